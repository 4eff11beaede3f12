"""`ReferenceBoard`: pictures to look at while painting, pinned beside the canvas and kept in the document's metadata.

They are no part of the picture and the engine does not see them. One thread: the session's. No Qt.

Each picture is stored once, scaled down and compressed, under a key of its own, so that moving one writes only where
the pictures lie. Changes are undoable steps of the document, because a removed picture must be able to come back.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from io import BytesIO
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np

from app.session import Session
from app.signals import Signal
from canvas.edits import EditError
from canvas.state import DocumentState
from canvas.tiles import Pixels8

#: Keys of the metadata: where the pictures lie, and each picture by its digest.
BOARD_KEY, PICTURE_KEY = "board", "board picture "
#: Stored pictures are scaled down to this longer side.
SIDE_PX = 1280
MAX_PICTURES = 24
#: Of all stored pictures together; they travel with every saved copy of the document.
MAX_BYTES = 12 << 20
_JPEG_QUALITY = 90
#: How high a new picture stands on the board, and the gap between neighbours, in board units.
_ROW, _GAP = 400.0, 16.0
_LIMIT = 1e6

Side: TypeAlias = Literal["front", "back"]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A picture on the board: its top left at (`x`, `y`), `width` and `height` in board units; `digest` names it."""

    digest: str
    name: str
    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def moved(self, dx: float, dy: float) -> Pinned:
        return replace(self, x=self.x + dx, y=self.y + dy)

    def scaled(self, factor: float) -> Pinned:
        """About its top left."""
        return replace(self, width=self.width * factor, height=self.height * factor)


class ReferenceBoard:
    """`changed` when other pictures are pinned or they lie elsewhere, also by undo and by another document."""

    def __init__(self, session: Session) -> None:
        self.changed: Signal[()] = Signal()
        self._session = session
        self._text = ""
        self.pictures: tuple[Pinned, ...] = ()
        session.document_changed.connect(lambda _old, _new: self._follow())
        session.document_replaced.connect(self._follow)
        self._follow()

    def data(self, pinned: Pinned) -> bytes:
        """The JPEG or PNG file of a pinned picture."""
        return _decoded(self._session.document.state.metadata.get(PICTURE_KEY + pinned.digest, "")) or b""

    def open(self, path: Path) -> None:
        """Pin the picture of a file. Raises FormatError, and EditError when the board is full."""
        # Pillow is imported when the first picture is, so that the window does not wait for it.
        from canvas.formats.png import read_image_rgba

        self.pin(path.stem, read_image_rgba(path))

    def pin(self, name: str, rgba: Pixels8) -> None:
        """Pin a picture, straight RGBA (h, w, 4), beside the others. Raises EditError when the board is full."""
        if len(self.pictures) >= MAX_PICTURES:
            raise EditError(f"The board holds {MAX_PICTURES} pictures; remove one to pin another")
        data = _encoded(rgba)
        digest = sha256(data).hexdigest()[:16]
        before = self._session.document.state.metadata
        stored = sum(len(text) for key, text in before.items() if key.startswith(PICTURE_KEY))
        if stored * 3 // 4 + len(data) > MAX_BYTES:
            raise EditError(f"The board holds {MAX_BYTES >> 20} MB of pictures; remove one to pin another")
        height, width = rgba.shape[:2]
        left = max((p.x + p.width for p in self.pictures), default=-_GAP) + _GAP
        top = min((p.y for p in self.pictures), default=0.0)
        pinned = Pinned(digest, name, left, top, _ROW * width / height, _ROW)
        text = b64encode(data).decode("ascii")
        self._keep("Pin a picture", (*self.pictures, pinned), {PICTURE_KEY + digest: text})

    def replace(self, index: int, pinned: Pinned) -> None:
        """Move or scale a picture; moving the same one again is the same step."""
        pictures = (*self.pictures[:index], pinned, *self.pictures[index + 1 :])
        self._keep("Move a pinned picture", pictures, merge=f"board {index} {pinned.digest}")

    def to(self, side: Side, index: int) -> None:
        """In front of all others, or behind them."""
        pinned, others = self.pictures[index], self.pictures[:index] + self.pictures[index + 1 :]
        self._keep("Order pinned pictures", (*others, pinned) if side == "front" else (pinned, *others))

    def remove(self, index: int) -> None:
        self._keep("Remove a pinned picture", self.pictures[:index] + self.pictures[index + 1 :])

    def _keep(
        self,
        label: str,
        pictures: tuple[Pinned, ...],
        added: Mapping[str, str] = MappingProxyType({}),
        merge: str | None = None,
    ) -> None:
        document = self._session.document
        if document.in_gesture:
            raise EditError("Finish what you are drawing first; then the pictures can be changed")
        wanted = {PICTURE_KEY + pinned.digest for pinned in pictures}

        def change(state: DocumentState) -> DocumentState:
            kept = {
                key: text
                for key, text in {**state.metadata, **added}.items()
                if key != BOARD_KEY and (not key.startswith(PICTURE_KEY) or key in wanted)
            }
            if pictures:
                kept[BOARD_KEY] = json.dumps([asdict(pinned) for pinned in pictures], ensure_ascii=False)
            return replace(state, metadata=MappingProxyType(kept))

        document.edit(label, change, merge)

    def _follow(self) -> None:
        metadata = self._session.document.state.metadata
        text = metadata.get(BOARD_KEY, "")
        if text != self._text:
            self._text = text
            self.pictures = tuple(p for p in _read(text) if PICTURE_KEY + p.digest in metadata)
            self.changed.emit()


def _encoded(rgba: Pixels8) -> bytes:
    from PIL import Image

    height, width = rgba.shape[:2]
    factor = SIDE_PX / max(width, height)
    opaque = bool((rgba[..., 3] == 255).all())
    if factor < 1.0:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        premultiplied = rgba.astype(np.float32)
        premultiplied[..., :3] *= premultiplied[..., 3:] / 255
        small = cv2.resize(premultiplied, size, interpolation=cv2.INTER_AREA)
        small[..., :3] *= 255 / np.maximum(small[..., 3:], 1e-3)
        rgba = np.clip(np.rint(small), 0, 255).astype(np.uint8)
    out = BytesIO()
    if opaque:
        Image.fromarray(np.ascontiguousarray(rgba[..., :3])).save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    else:
        Image.fromarray(np.ascontiguousarray(rgba)).save(out, "PNG")
    return out.getvalue()


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None


def _read(text: str) -> Iterator[Pinned]:
    """What can be read of a board; a file may come from anywhere, and a damaged board must not keep it shut."""
    try:
        entries = json.loads(text) if text else []
    except ValueError:
        return
    for entry in entries[:MAX_PICTURES] if isinstance(entries, list) else ():
        pinned = _pinned(entry)
        if pinned is not None:
            yield pinned


def _pinned(entry: Any) -> Pinned | None:
    if not isinstance(entry, dict):
        return None
    numbers = [entry.get(key) for key in ("x", "y", "width", "height")]
    if not all(isinstance(n, int | float) and isfinite(n) and abs(n) < _LIMIT for n in numbers):
        return None
    x, y, width, height = (float(n) for n in numbers)  # type: ignore[arg-type] # numbers, as was looked at
    if width <= 0 or height <= 0:
        return None
    return Pinned(str(entry.get("digest", "")), str(entry.get("name", "")), x, y, width, height)
