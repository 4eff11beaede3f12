"""`Wire`: values between two of our own processes. Small things go through a pipe, pixels through shared memory.

A packet is a pickled value whose arrays were taken out (protocol 5, out-of-band buffers) and lie in a block of shared
memory. Blocks are made, reused and removed by the parent alone; when it is killed, multiprocessing's resource tracker
removes them. Plain Python, any thread, one sender and one receiver at a time. Must not import torch or Qt.
"""

from __future__ import annotations

import os
import pickle  # noqa: TID251 - both ends are this program; nothing from a file or a network comes through here
import secrets
import struct
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from typing import IO, Any

LENGTH = struct.Struct("<I")
ALIGNMENT = 64

#: Blocks are multiples of this, so that one fits the next job too.
BLOCK_BYTES = 1 << 20

#: Begins the names of all blocks, for whoever looks into /dev/shm.
BLOCK_PREFIX = "underdraw-"


@dataclass(frozen=True, slots=True)
class Envelope:
    """`payload`: the pickled value. `spans`: (offset, length) of its buffers in `block`; no block, no buffers."""

    payload: bytes
    block: str = ""
    spans: tuple[tuple[int, int], ...] = ()


def seal(value: object, block: SharedMemory | None) -> Envelope:
    """Pickle `value` and copy its arrays into `block`; without one, or too large for it, they stay in the pickle."""
    if block is not None:
        buffers: list[pickle.PickleBuffer] = []
        payload = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
        spans = _spans([buffer.raw().nbytes for buffer in buffers])
        if not spans or sum(spans[-1]) <= block.size:
            for (offset, length), buffer in zip(spans, buffers, strict=True):
                _memory(block)[offset : offset + length] = buffer.raw()
            return Envelope(payload, block.name, spans)
    return Envelope(pickle.dumps(value, protocol=5))


def unseal(envelope: Envelope, block: SharedMemory | None) -> Any:
    """The value, with its arrays copied out of the block: they are read-only and stay valid when it is reused."""
    if not envelope.spans:
        return pickle.loads(envelope.payload)
    assert block is not None
    buffers = [bytes(_memory(block)[offset : offset + length]) for offset, length in envelope.spans]
    return pickle.loads(envelope.payload, buffers=buffers)


def room_for(value: object, more_bytes: int) -> int:
    """Bytes a block needs to hold the arrays of `value`, and `more_bytes` of an answer afterwards."""
    buffers: list[pickle.PickleBuffer] = []
    pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    spans = _spans([buffer.raw().nbytes for buffer in buffers])
    return max(sum(spans[-1]) if spans else 0, more_bytes)


def _memory(block: SharedMemory) -> memoryview:
    assert block.buf is not None
    return block.buf


def _spans(lengths: Sequence[int]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    offset = 0
    for length in lengths:
        spans.append((offset, length))
        offset += -(-length // ALIGNMENT) * ALIGNMENT
    return tuple(spans)


class Wire:
    """Envelopes over a pair of pipes. `send` may be called by several threads; `receive` by one."""

    def __init__(self, reader: IO[bytes], writer: IO[bytes]) -> None:
        self._reader = reader
        self._writer = writer
        self._sending = threading.Lock()

    def send(self, envelope: Envelope) -> None:
        """Raises OSError when the other end is gone."""
        packet = pickle.dumps(envelope, protocol=5)
        with self._sending:
            self._writer.write(LENGTH.pack(len(packet)) + packet)
            self._writer.flush()

    def receive(self) -> Envelope:
        """Waits for the next envelope. Raises EOFError when the other end is gone."""
        (length,) = LENGTH.unpack(self._read(LENGTH.size))
        envelope = pickle.loads(self._read(length))
        assert isinstance(envelope, Envelope)
        return envelope

    def _read(self, length: int) -> bytes:
        try:
            data = self._reader.read(length)
        except (OSError, ValueError) as error:
            raise EOFError from error
        if len(data) < length:
            raise EOFError
        return data

    def close(self) -> None:
        for file in (self._writer, self._reader):
            with suppress(OSError):
                file.close()


class Blocks:
    """The parent's shared memory: `take` a block for a job, `give_back` when it has ended. One thread at a time."""

    def __init__(self) -> None:
        self._free: list[SharedMemory] = []
        self._taken: dict[str, SharedMemory] = {}

    def take(self, size_bytes: int) -> SharedMemory | None:
        """A block of at least that size, or None when the system has no shared memory left."""
        block = next((free for free in self._free if free.size >= size_bytes), None)
        if block is not None:
            self._free.remove(block)
        else:
            while self._free:  # too small for what is asked for now
                _remove(self._free.pop())
            block = _new_block(-(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES)
        if block is not None:
            self._taken[block.name] = block
        return block

    def taken(self, name: str) -> SharedMemory | None:
        return self._taken.get(name)

    def give_back(self, name: str) -> None:
        block = self._taken.pop(name, None)
        if block is not None:
            self._free.append(block)

    def close(self) -> None:
        for block in [*self._free, *self._taken.values()]:
            _remove(block)
        self._free.clear()
        self._taken.clear()


def _new_block(size_bytes: int) -> SharedMemory | None:
    try:
        block = SharedMemory(f"{BLOCK_PREFIX}{secrets.token_hex(6)}", create=True, size=size_bytes)
    except OSError:
        return None
    try:
        # Memory is promised, not given, when a block is made: writing to a full /dev/shm would kill this process.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(block._fd, 0, size_bytes)  # type: ignore[attr-defined]
    except OSError:
        _remove(block)
        return None
    return block


def _remove(block: SharedMemory) -> None:
    block.close()
    with suppress(FileNotFoundError):
        block.unlink()


def attach(name: str) -> SharedMemory:
    """The worker's view of one of the parent's blocks, which stays the parent's; to be closed when the job has ended.

    Before Python 3.13 attaching registers the block with a resource tracker of this process, which would remove it
    under the parent's feet (python/cpython issue 82300).
    """
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    register = resource_tracker.register
    resource_tracker.register = lambda name, rtype: None
    try:
        return SharedMemory(name)
    finally:
        resource_tracker.register = register
