"""Small pictures of layers. Tiles are shrunk once and remembered by identity, so a stroke costs the tiles it touched.

GUI thread only. Pixels are shrunk in numpy and OpenCV; nothing here asks the compositor.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap

from app.icons import paint_icon
from app.theme import Tokens
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerId, Node
from canvas.pose import draw_openpose
from canvas.roles import InpaintMask, Paint, Pose
from canvas.tiles import TILE_PX, Pixels, Pixels8, Surface, tile_rect, to_rgba8

WIDTH_PX, HEIGHT_PX = 34, 26
_CHECKER_PX = 5
#: Of the colour a mask is shown in.
_MASK_TINT = (176, 52, 40)
#: Skeletons are drawn this large, where their limbs are a pixel or two wide, and then shrunk.
_POSE_SIDE_PX = 96
_SAMPLES = 8


@dataclass(slots=True)
class _Shrunk:
    """The pixels of `surface` within `document`, each tile shrunk to `side` pixels."""

    document: Rect
    side: int
    surface: Surface
    pixels: Pixels

    @staticmethod
    def blank(document: Rect, side: int, channels: int) -> _Shrunk:
        columns, rows = -(-document.width // TILE_PX), -(-document.height // TILE_PX)
        pixels = np.zeros((rows * side, columns * side, channels), np.uint16)
        return _Shrunk(document, side, Surface.blank(channels), pixels)

    def follow(self, surface: Surface) -> None:
        """Renew the tiles in which `surface` differs."""
        # Eight samples a side for each pixel are enough, and a large document has a thousand tiles.
        side, step = self.side, max(1, TILE_PX // self.side // _SAMPLES)
        for tx, ty in self.surface.changed_tiles(surface):
            if tx >= 0 and ty >= 0 and tile_rect((tx, ty)) & self.document:
                target = self.pixels[ty * side : (ty + 1) * side, tx * side : (tx + 1) * side]
                tile = surface.tiles.get((tx, ty))
                if tile is None:
                    target[...] = 0
                else:
                    target[...] = cv2.resize(tile[::step, ::step], (side, side), interpolation=cv2.INTER_AREA)
        self.surface = surface

    def visible(self) -> Pixels:
        """What lies on the document."""
        factor = TILE_PX // self.side
        return self.pixels[: -(-self.document.height // factor), : -(-self.document.width // factor)]


class ThumbnailCache:
    """Thumbnails by layer. `picture` is the only way in; what is gone from the document is forgotten by `keep_only`."""

    def __init__(self) -> None:
        self._shrunk: dict[LayerId, _Shrunk] = {}

    def keep_only(self, ids: frozenset[LayerId]) -> None:
        for layer_id in [known for known in self._shrunk if known not in ids]:
            del self._shrunk[layer_id]

    def picture(self, node: Node, document: Rect, tokens: Tokens, ratio: float) -> QPixmap:
        """The node's content on the whole of the document, fitted into WIDTH_PX x HEIGHT_PX and centred."""
        pixmap = QPixmap(round(WIDTH_PX * ratio), round(HEIGHT_PX * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        box = _fitted(document)
        shape = QPainterPath()
        shape.addRoundedRect(box, 2, 2)
        painter.setClipPath(shape)
        if isinstance(node, Group):
            painter.fillRect(box, tokens.raised)
            paint_icon(painter, "group", QRectF(0, 0, WIDTH_PX, HEIGHT_PX).center(), tokens.icon)
        elif isinstance(node.role, Pose):
            painter.drawImage(box, _pose_image(node.role, document))
        else:
            _paint_ground(painter, node, box, tokens)
            size = max(1, round(box.width() * ratio)), max(1, round(box.height() * ratio))
            pixels = to_rgba8(cv2.resize(self._small(node, document, ratio), size, interpolation=cv2.INTER_AREA))
            if isinstance(node.role, InpaintMask):
                pixels = _tinted(pixels)
            painter.drawImage(box, _image(pixels))
        painter.end()
        return pixmap

    def _small(self, layer: Layer, document: Rect, ratio: float) -> Pixels:
        """The layer's pixels on the document, shrunk by a power of two to about twice the thumbnail or more."""
        wanted = 2 * ratio * max(WIDTH_PX / document.width, HEIGHT_PX / document.height)
        side = TILE_PX
        while side > 1 and side / 2 / TILE_PX >= wanted:
            side //= 2
        known = self._shrunk.get(layer.id)
        if known is None or (known.document, known.side) != (document, side):
            known = self._shrunk[layer.id] = _Shrunk.blank(document, side, layer.surface.channels)
        known.follow(layer.surface)
        return known.visible()


def _fitted(document: Rect) -> QRectF:
    scale = min(WIDTH_PX / document.width, HEIGHT_PX / document.height)
    width, height = max(1.0, document.width * scale), max(1.0, document.height * scale)
    return QRectF((WIDTH_PX - width) / 2, (HEIGHT_PX - height) / 2, width, height)


def _paint_ground(painter: QPainter, layer: Layer, box: QRectF, tokens: Tokens) -> None:
    """Transparent paint shows a checkerboard; what the engine reads shows the white or the nothing it stands on."""
    if isinstance(layer.role, InpaintMask):
        painter.fillRect(box, tokens.checker_dark)
    elif isinstance(layer.role, Paint):
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
