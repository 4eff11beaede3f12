"""Small pictures of layers, groups and masks. Tiles are shrunk once and remembered by identity, so a stroke costs the
tiles it touched, and a group is composed of what is shrunk already.

GUI thread only. Work is done in slices: `ThumbnailCache.prepare` goes on for as long as nobody notices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap

from app.icons import paint_icon
from app.theme import Tokens
from canvas.compositor import compile_node, compile_program, composite_program
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, Layer, LayerId, LayerMask, Node
from canvas.pose import draw_openpose
from canvas.roles import InpaintMask, Paint, Pose
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels, Pixels8, Surface, TileKey, tile_rect, to_rgba8

WIDTH_PX, HEIGHT_PX = 34, 26
_CHECKER_PX = 5
#: Of the colour a mask is shown in.
_MASK_TINT = (176, 52, 40)
#: Skeletons are drawn this large, where their limbs are a pixel or two wide, and then shrunk.
_POSE_SIDE_PX = 96
#: So large is the longer side of a shrunk document at most: twice a thumbnail on a screen of high density.
_SMALL_PX = 128
_SAMPLES = 8

Patience: TypeAlias = Callable[[], bool]
"""Answers whether there is time to go on."""

_Slot: TypeAlias = tuple[LayerId, str]
"""What is shrunk: the "pixels" or the "mask" of a node."""


@dataclass(slots=True)
class _Shrunk:
    """The pixels of a surface within `document`, each tile shrunk to `side` pixels. `known`: the tiles they show."""

    document: Rect
    side: int
    outside: int
    pixels: Pixels
    known: dict[TileKey, Pixels] = field(default_factory=dict)
    surface: Surface | None = None

    @staticmethod
    def blank(document: Rect, side: int, channels: int, outside: int) -> _Shrunk:
        columns, rows = -(-document.width // TILE_PX), -(-document.height // TILE_PX)
        pixels = np.full((rows * side, columns * side, channels), outside, np.uint16)
        return _Shrunk(document, side, outside, pixels)

    def follow(self, surface: Surface, patience: Patience) -> bool:
        """Renew the tiles in which `surface` differs; False when there was no time for all."""
        if surface is self.surface:
            return True
        tiles = surface.tiles
        stale = [key for key, tile in tiles.items() if self.known.get(key) is not tile]
        stale += [key for key in self.known if key not in tiles]
        # Eight samples a side for each pixel are enough, and a large document has a thousand tiles.
        side, step = self.side, max(1, TILE_PX // self.side // _SAMPLES)
        for key in stale:
            if not patience():
                return False
            tile = tiles.get(key)
            if tile is None:
                del self.known[key]
            else:
                self.known[key] = tile
            if key[0] >= 0 and key[1] >= 0 and tile_rect(key) & self.document:
                target = self.pixels[key[1] * side : (key[1] + 1) * side, key[0] * side : (key[0] + 1) * side]
                if tile is None:
                    target[...] = self.outside
                else:
                    small = cv2.resize(tile[::step, ::step], (side, side), interpolation=cv2.INTER_AREA)
                    target[...] = small.reshape(target.shape)
        self.surface = surface
        return True

    def visible(self) -> Pixels:
        """What lies on the document."""
        width, height = _small_size(self.document)
        return self.pixels[:height, :width]


class ThumbnailCache:
    """Thumbnails by layer. What is gone from the document is forgotten by `keep_only`."""

    def __init__(self) -> None:
        self._shrunk: dict[_Slot, _Shrunk] = {}

    def keep_only(self, ids: frozenset[LayerId]) -> None:
        for slot in [known for known in self._shrunk if known[0] not in ids]:
            del self._shrunk[slot]

    def prepare(self, node: Node, document: Rect, patience: Patience) -> bool:
        """Shrink what changed of a node and of all that is in it; False when there was no time for all."""
        for slot, surface, outside in _surfaces(node):
            if not self._small(slot, surface, outside, document).follow(surface, patience):
                return False
        return True

    def picture(self, node: Node, document: Rect, tokens: Tokens, ratio: float) -> QPixmap:
        """The node's content on the whole of the document, fitted into WIDTH_PX x HEIGHT_PX and centred."""
        if isinstance(node, Adjustment):
            return _drawn(document, ratio, lambda painter, box: _paint_icon(painter, box, "adjust", tokens))
        if isinstance(node, Group) and not node.children:
            return _drawn(document, ratio, lambda painter, box: _paint_icon(painter, box, "group", tokens))
        role = node.role
        if isinstance(role, Pose) and isinstance(node, Layer):
            figures = _pose_image(role, document)
            return _drawn(document, ratio, lambda painter, box: painter.drawImage(box, figures))
        self.prepare(node, document, lambda: True)
        small = self._composed(node, document) if isinstance(node, Group) else self._pixels(node, document)

        def paint(painter: QPainter, box: QRectF) -> None:
            _paint_ground(painter, node, box, tokens)
            pixels = to_rgba8(_resized(small, box, ratio))
            painter.drawImage(box, _image(_tinted(pixels) if isinstance(role, InpaintMask) else pixels))

        return _drawn(document, ratio, paint)

    def mask_picture(self, node: Node, mask: LayerMask, document: Rect, tokens: Tokens, ratio: float) -> QPixmap:
        """The mask in grey: white shows, black hides; crossed out when it is off."""
        self.prepare(node, document, lambda: True)
        grey = self._shrunk[node.id, "mask"].visible()

        def paint(painter: QPainter, box: QRectF) -> None:
            value = (_resized(grey, box, ratio).astype(np.uint32) * 255 + (1 << 14)) >> 15
            pixels = np.full((*value.shape[:2], 4), 255, np.uint8)
            pixels[..., :3] = value.reshape(*value.shape[:2], 1)
            painter.drawImage(box, _image(pixels))
            if not mask.enabled:
                painter.setPen(tokens.broken)
                painter.drawLine(box.topLeft(), box.bottomRight())
                painter.drawLine(box.bottomLeft(), box.topRight())

        return _drawn(document, ratio, paint)

    def _small(self, slot: _Slot, surface: Surface, outside: int, document: Rect) -> _Shrunk:
        """What a surface is shrunk into."""
        side = _tile_side(document)
        known = self._shrunk.get(slot)
        if known is None or (known.document, known.side, known.outside) != (document, side, outside):
            known = self._shrunk[slot] = _Shrunk.blank(document, side, surface.channels, outside)
        return known

    def _pixels(self, layer: Node, document: Rect) -> Pixels:
        return self._shrunk[layer.id, "pixels"].visible()

    def _composed(self, group: Group, document: Rect) -> Pixels:
        """What is in a group, composed at the small size."""
        small = replace(self._miniature(group), visible=True, opacity=1.0, clip=False)
        width, height = _small_size(document)
        program = compile_node(small)
        if isinstance(group.role, Paint):
            state = DocumentState(width, height, (small,))
            program = compile_program(state) or compile_program(state, "instructions")
        return composite_program(program, Rect(0, 0, width, height))

    def _miniature(self, node: Node) -> Node:
        """The same node with its surfaces shrunk."""
        mask = node.mask
        if mask is not None:
            mask = replace(mask, surface=Surface.from_pixels(self._shrunk[node.id, "mask"].visible()), outside=0)
        if isinstance(node, Group):
            return replace(node, mask=mask, children=tuple(self._miniature(child) for child in node.children))
        if isinstance(node, Layer):
            return replace(node, mask=mask, surface=Surface.from_pixels(self._shrunk[node.id, "pixels"].visible()))
        return replace(node, mask=mask)


def _tile_side(document: Rect) -> int:
    """The side of a shrunk tile: a power of two, the longer side of the document becoming _SMALL_PX at most."""
    side = TILE_PX
    while side > 1 and max(document.width, document.height) * side > _SMALL_PX * TILE_PX:
        side //= 2
    return side


def _small_size(document: Rect) -> tuple[int, int]:
    """Width and height of the shrunk document."""
    factor = TILE_PX // _tile_side(document)
    return -(-document.width // factor), -(-document.height // factor)


def _surfaces(node: Node) -> Iterator[tuple[_Slot, Surface, int]]:
    """All surfaces of a node and of what is in it, with their value where no tile is."""
    if isinstance(node, Layer):
        yield (node.id, "pixels"), node.surface, 0
    if node.mask is not None:
        yield (node.id, "mask"), node.mask.surface, node.mask.outside
    if isinstance(node, Group):
        for child in node.children:
            yield from _surfaces(child)


def _drawn(document: Rect, ratio: float, paint: Callable[[QPainter, QRectF], object]) -> QPixmap:
    """What `paint` draws into the place of the document in a thumbnail."""
    pixmap = QPixmap(round(WIDTH_PX * ratio), round(HEIGHT_PX * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    box = _fitted(document)
    shape = QPainterPath()
    shape.addRoundedRect(box, 2, 2)
    painter.setClipPath(shape)
    paint(painter, box)
    painter.end()
    return pixmap


def _fitted(document: Rect) -> QRectF:
    scale = min(WIDTH_PX / document.width, HEIGHT_PX / document.height)
    width, height = max(1.0, document.width * scale), max(1.0, document.height * scale)
    return QRectF((WIDTH_PX - width) / 2, (HEIGHT_PX - height) / 2, width, height)


def _resized(pixels: Pixels, box: QRectF, ratio: float) -> Pixels:
    size = max(1, round(box.width() * ratio)), max(1, round(box.height() * ratio))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint16)


def _paint_icon(painter: QPainter, box: QRectF, name: str, tokens: Tokens) -> None:
    painter.fillRect(box, tokens.raised)
    paint_icon(painter, name, QPointF(WIDTH_PX / 2, HEIGHT_PX / 2), tokens.icon)


def _paint_ground(painter: QPainter, node: Node, box: QRectF, tokens: Tokens) -> None:
    """Transparent paint shows a checkerboard; what the engine reads shows the white or the nothing it stands on."""
    if isinstance(node.role, InpaintMask):
        painter.fillRect(box, tokens.checker_dark)
    elif isinstance(node.role, Paint):
        painter.fillRect(box, tokens.checker_dark)
        for row in range(int(box.height() // _CHECKER_PX) + 1):
            for column in range(row % 2, int(box.width() // _CHECKER_PX) + 1, 2):
                cell = QRectF(
                    box.left() + column * _CHECKER_PX, box.top() + row * _CHECKER_PX, _CHECKER_PX, _CHECKER_PX
                )
                painter.fillRect(cell & box, tokens.checker_light)
    else:
        painter.fillRect(box, QColor("#f2f2f2"))


def _pose_image(role: Pose, document: Rect) -> QImage:
    """The skeletons on black, drawn at a size at which their limbs are visible."""
    scale = _POSE_SIDE_PX / max(document.width, document.height)
    width, height = max(1, round(document.width * scale)), max(1, round(document.height * scale))
    pixels = np.ascontiguousarray(draw_openpose(role.figures, document, (width, height)))
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _tinted(pixels: Pixels8) -> Pixels8:
    tinted = np.empty_like(pixels)
    tinted[..., :3] = _MASK_TINT
    tinted[..., 3] = pixels[..., 3]
    return tinted


def _image(pixels: Pixels8) -> QImage:
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels).tobytes()
    return QImage(data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
