"""Results of the engine as bytes and back, for the journal and for documents: lossless, and checked on reading. No Qt.

A stored result is MAGIC, a little-endian uint32, so many bytes of JSON, and one zstd frame or two: the pixels, and the
alpha of the placement where it has one. A frame holds the planes of a picture one after the other, each pixel as its
difference (modulo 256) from what the left and the upper neighbour differ.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, cast, get_args
from weakref import WeakKeyDictionary

import numpy as np
import zstandard

from canvas.formats.limits import Limits
from canvas.formats.tile_codec import digest_blob
from canvas.snapshot import Rect, Snapshot
from canvas.state import MAX_SIDE_PX
from inference.condition_set import Bytes, Part, Placement
from inference.messages import Purpose
from inference.result import Result

MAGIC = b"UDRESULT\x01"
#: How the names of attachments of a document begin: of the list of digests, the newest result first, and of what those
#: name. A digest follows, of what is attached.
_ORDER, _RESULT = "results/", "result/"
_LEVEL = 1
_HEAD = struct.Struct("<I")
_MOST_HEAD_BYTES = 4 << 20


class StoredResults:
    """Encodes each result once, for as long as it lives. Any thread."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Result, bytes] = WeakKeyDictionary()
        self._lock = Lock()

    def of(self, result: Result) -> bytes:
        with self._lock:
            found = self._known.get(result)
        if found is None:
            found = result_to_bytes(result)
            self.put(result, found)
        return found

    def put(self, result: Result, blob: bytes) -> None:
        """What `result` was read from."""
        with self._lock:
            self._known[result] = blob


def result_to_bytes(result: Result) -> bytes:
    """Equal results give equal bytes."""
    placement = result.placement
    rect, alpha = placement.rect, placement.alpha
    frames = [_packed(result.pixels)] + ([] if alpha is None else [_packed(alpha.pixels[..., None])])
    head = {
        "size": [result.pixels.shape[1], result.pixels.shape[0]],
        "rect": [rect.x0, rect.y0, rect.x1, rect.y1],
        "purpose": result.purpose,
        "recipe": result.recipe,
        "timings_s": dict(result.timings_s),
        "frames": [len(frame) for frame in frames],
    }
    text = json.dumps(head, sort_keys=True).encode()
    return b"".join((MAGIC, _HEAD.pack(len(text)), text, *frames))


def result_from_bytes(data: bytes, snapshot: Snapshot) -> Result:
    """Inverse of `result_to_bytes`; `snapshot` is the canvas that the result lies over. Raises ValueError on damage."""
    try:
        return _read(data, snapshot)
    except (struct.error, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"a stored result is damaged: {error}") from error
    except zstandard.ZstdError as error:
        raise ValueError("the pixels of a stored result cannot be unpacked") from error


def results_to_attachments(results: Sequence[Result], stored: StoredResults | None = None) -> dict[str, bytes]:
    """The strip, the newest first, as what a document carries along; each name belongs to its very content.

    `stored`: what was read, or encoded for the journal or an earlier save, is not encoded again.
    """
    stored = stored or StoredResults()
    blobs = {digest_blob(blob).hex(): blob for blob in map(stored.of, results)}
    if not blobs:
        return {}
    order = json.dumps(list(blobs)).encode()
    return {_ORDER + digest_blob(order).hex(): order} | {_RESULT + name: blob for name, blob in blobs.items()}


def results_from_attachments(
    attachments: Mapping[str, bytes], snapshot: Snapshot, stored: StoredResults | None = None
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """The strip of a document, and a sentence when some of it could not be read."""
    listed: list[str] = []
    for name, data in attachments.items():
        if name.startswith(_ORDER):
            with suppress(ValueError, RecursionError):
                listed += [_RESULT + each for each in _list(json.loads(data)) if isinstance(each, str)]
    # What no list names is there all the same.
    listed += sorted(name for name in attachments if name.startswith(_RESULT))
    found = [name for name in dict.fromkeys(listed) if name in attachments]
    return results_from_blobs([attachments[name] for name in found], snapshot, stored)


def results_from_blobs(
    blobs: Sequence[bytes], snapshot: Snapshot, stored: StoredResults | None = None
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """As many of the stored results as can be read, and a sentence when some cannot."""
    results: list[Result] = []
    for blob in blobs:
        with suppress(ValueError):
            results.append(result_from_bytes(blob, snapshot))
            if stored is not None:
                stored.put(results[-1], blob)
    lost = len(blobs) - len(results)
    if not lost:
        return tuple(results), ()
    return tuple(results), (f"{lost} result{'' if lost == 1 else 's'} of the strip could not be read.",)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _read(data: bytes, snapshot: Snapshot) -> Result:
    if not data.startswith(MAGIC):
        raise ValueError("not a stored result")
    start = len(MAGIC) + _HEAD.size
    (size,) = _HEAD.unpack(data[len(MAGIC) : start])
    if size > _MOST_HEAD_BYTES:
        raise ValueError(f"a stored result with a head of {size} bytes")
    head: dict[str, Any] = json.loads(data[start : start + size])
    width, height = (_side(side) for side in head["size"])
    x0, y0, x1, y1 = (_coordinate(edge) for edge in head["rect"])
    rect = Rect(x0, y0, x1, y1)
    _side(rect.width), _side(rect.height)
    recipe, purpose = head["recipe"], head["purpose"]
    if purpose not in get_args(Purpose) or not isinstance(recipe, str) or not isinstance(json.loads(recipe), dict):
        raise ValueError("a stored result without its recipe")
    timings_s = {str(name): float(value) for name, value in head["timings_s"].items()}
    if not all(math.isfinite(value) for value in timings_s.values()):
        raise ValueError("a stored result that took no time one can tell")
    frames, at = [], start + size
    for length in head["frames"]:
        frames.append(data[at : at + _coordinate(length)])
        at += length
    pixels = _unpacked(frames[0], height, width, 3)
    alpha = None if len(frames) == 1 else Part.of(_unpacked(frames[1], rect.height, rect.width, 1)[..., 0].copy())
    return Result(pixels, Placement(rect, alpha), cast(Purpose, purpose), snapshot, recipe, timings_s)


def _side(value: object) -> int:
    if type(value) is not int or not 1 <= value <= MAX_SIDE_PX:
        raise ValueError(f"a side of {value} pixels")
    return value


def _coordinate(value: object) -> int:
    if type(value) is not int or abs(value) > 1 << 30:
        raise ValueError(f"a number of {value}")
    return value


def _packed(pixels: Bytes) -> bytes:
    """(height, width, channels) as one zstd frame."""
    planes = np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
    across = planes.copy()
    across[:, :, 1:] -= planes[:, :, :-1]
    down = across.copy()
    down[:, 1:] -= across[:, :-1]
    return zstandard.ZstdCompressor(level=_LEVEL).compress(down.data.cast("B"))


def _unpacked(frame: bytes, height: int, width: int, channels: int) -> Bytes:
    size = height * width * channels
    # The frame says how much it unpacks to; zstandard would allocate whatever stands there.
    if zstandard.frame_content_size(frame) != size or size > Limits.of_this_machine().pixel_bytes // 4:
        raise ValueError(f"pixels that are not {size} bytes")
    data = zstandard.ZstdDecompressor().decompress(frame)
    planes = np.frombuffer(data, np.uint8).reshape(channels, height, width).copy()
    np.add.accumulate(planes, axis=1, out=planes)
    np.add.accumulate(planes, axis=2, out=planes)
    return np.ascontiguousarray(np.moveaxis(planes, 0, 2))
