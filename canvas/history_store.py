"""Tiles that only the history needs, compressed in temporary files: states are packed and come back bit for bit.

A packed state is the state with every tile in a `Box`. Boxes are shared by all packed states that share the tile; one
whose tile nobody else needs is stored, on a thread that lives as long as there is something to store. The files have
no names, so that the system deletes them when the program ends, however it ends.

Owned by the document's thread; imports no Qt.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from threading import Lock, Thread, current_thread
from typing import IO, cast
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary, finalize, ref

import numpy as np
import zstandard

from canvas.layers import Group, Layer, Node
from canvas.state import DocumentState
from canvas.tiles import Pixels, Surface, TileKey

#: Of zstandard: more would take longer and save little.
_LEVEL = 1


@dataclass(slots=True, eq=False, weakref_slot=True)
class Box:
    """A tile, in memory or in a file or both."""

    tile: Pixels | None
    place: Place | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a stored tile lies."""

    segment: Segment
    offset: int
    size_bytes: int
    shape: tuple[int, ...]


class Segment:
    """A temporary file, deleted with the last tile in it."""

    def __init__(self) -> None:
        self._file = cast(IO[bytes], tempfile.TemporaryFile(prefix="underdraw-history-"))  # noqa: SIM115
        self._lock = Lock()
        self.size_bytes = 0
        finalize(self, self._file.close).atexit = False  # a thread may still write; the system closes it

    def append(self, data: bytes) -> int:
        """Write at the end; returns where. Raises OSError when the disk is full."""
        with self._lock:
            self._file.seek(self.size_bytes)
            self._file.write(data)
            self._file.flush()
            offset, self.size_bytes = self.size_bytes, self.size_bytes + len(data)
            return offset

    def read(self, offset: int, size_bytes: int) -> bytes:
        with self._lock:
            self._file.seek(offset)
            return self._file.read(size_bytes)


class _PackedSurface(Surface):
    """A surface whose tiles are boxes. It is never seen outside the history."""

    __slots__ = ("boxes", "real")

    def __init__(self, boxes: dict[TileKey, Box], real: Surface) -> None:
        super().__init__({}, real.channels)
        self.boxes = boxes
        #: The surface it was made of, while anyone still has that.
        self.real = ref(real)


class HistoryStore:
    """`segment_bytes`: the size of a file, which goes when nothing in it is needed any more.

    `failed`: the disk refused a tile. What was to be stored then stays in memory, and nothing more is stored.
    """

    def __init__(self, segment_bytes: int) -> None:
        self._segment_bytes = segment_bytes
        self._packed: WeakKeyDictionary[Surface, _PackedSurface] = WeakKeyDictionary()
        self._boxes: WeakValueDictionary[int, Box] = WeakValueDictionary()
        self._waiting: deque[Box] = deque()
        self._thread: Thread | None = None
        self._running: list[Thread] = []
        # Also when the interpreter goes: a thread that is in compiled code then would take the process down with it.
        finalize(self, _give_up, self._waiting, self._running)
        self._lock = Lock()
        self._segment: Segment | None = None
        self._segments: WeakSet[Segment] = WeakSet()
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.waiting_bytes = 0
        self.failed = False

    @property
    def disk_bytes(self) -> int:
        """The size of all files."""
        with self._lock:
            return sum(segment.size_bytes for segment in self._segments)

    # Packing

    def pack(self, state: DocumentState) -> DocumentState:
        """The state with its tiles in boxes; nothing is stored yet."""
        return _with_surfaces(state, self._pack_surface)

    def unpack(self, packed: DocumentState) -> DocumentState:
        """The state again, reading what is in the file only. Raises OSError when the file cannot be read."""
        return _with_surfaces(packed, self._unpack_surface)

    def _pack_surface(self, surface: Surface) -> Surface:
        packed = self._packed.get(surface)
        if packed is None:
            packed = _PackedSurface({key: self._box(tile) for key, tile in surface.tiles.items()}, surface)
            self._packed[surface] = packed
        return packed

    def _unpack_surface(self, surface: Surface) -> Surface:
        assert isinstance(surface, _PackedSurface)
        real = surface.real()
        if real is None:
            real = Surface({key: self._load(box) for key, box in surface.boxes.items()}, surface.channels)
            surface.real = ref(real)
            self._packed[real] = surface
        return real

    def _box(self, tile: Pixels) -> Box:
        box = self._boxes.get(id(tile))
        if box is None or box.tile is not tile:
            box = self._boxes[id(tile)] = Box(tile)
        return box

    def _load(self, box: Box) -> Pixels:
        tile = box.tile
        if tile is None:
            place = box.place
            assert place is not None
            data = zstandard.ZstdDecompressor().decompress(place.segment.read(place.offset, place.size_bytes))
            tile = np.frombuffer(data, np.uint16).reshape(place.shape)
            box.tile = tile
            self._boxes[id(tile)] = box
        return tile

    # Storing

    def store(self, tiles: Iterable[Pixels]) -> None:
        """Take out of memory those of `tiles` that are in boxes; nobody else may need them any more."""
        boxes = [box for tile in tiles if (box := self._boxes.get(id(tile))) is not None and box.tile is tile]
        with self._lock:
            self._waiting.extend(boxes)
            self.waiting_bytes += sum(box.tile.nbytes for box in boxes if box.tile is not None)
            if self._waiting and self._thread is None:
                self._thread = Thread(target=self._store_waiting, name="history", daemon=True)
                self._running[:] = [self._thread]
                self._thread.start()

    def wait(self) -> None:
        """Return when nothing waits to be stored."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _store_waiting(self) -> None:
        while True:
            with self._lock:
                try:
                    box = self._waiting.popleft()
                except IndexError:
                    self._thread = None
                    return
            tile = box.tile
            if tile is not None:
                self._store(box, tile)

    def _store(self, box: Box, tile: Pixels) -> None:
        if box.place is None and not self.failed:
            data = self._compressor.compress(np.ascontiguousarray(tile).data)
            try:
                segment = self._roomy_segment(len(data))
                box.place = Place(segment, segment.append(data), len(data), tile.shape)
            except OSError:
                self.failed = True
        # The place first: a reader that finds no tile must find the place.
        if box.place is not None:
            box.tile = None
        with self._lock:
            self.waiting_bytes -= tile.nbytes

    def _roomy_segment(self, size_bytes: int) -> Segment:
        segment = self._segment
        if segment is None or segment.size_bytes + size_bytes > self._segment_bytes:
            segment = self._segment = Segment()
            with self._lock:
                self._segments.add(segment)
        return segment


def _give_up(waiting: deque[Box], running: list[Thread]) -> None:
    """Nobody will undo any more: store nothing that still waits."""
    waiting.clear()
    for thread in running:
        # The thread keeps the store alive: when it was the last to do so, this runs on it.
        if thread is not current_thread():
            thread.join()


def _with_surfaces(state: DocumentState, change: Callable[[Surface], Surface]) -> DocumentState:
    """The state with every surface replaced."""
    selection = None if state.selection is None else change(state.selection)
    return replace(state, layers=_changed(state.layers, change), selection=selection)


def _changed(nodes: tuple[Node, ...], change: Callable[[Surface], Surface]) -> tuple[Node, ...]:
    out: list[Node] = []
    for node in nodes:
        mask = node.mask and replace(node.mask, surface=change(node.mask.surface))
        if isinstance(node, Layer):
            out.append(replace(node, mask=mask, surface=change(node.surface)))
        elif isinstance(node, Group):
            out.append(replace(node, mask=mask, children=_changed(node.children, change)))
        else:
            out.append(replace(node, mask=mask))
    return tuple(out)
