"""`Viewport`: which part of the document a widget shows. Pure arithmetic, an immutable value, no Qt.

View coordinates are logical widget pixels from the top left; document coordinates are document pixels. `zoom` is the
number of *device* pixels per document pixel, so that 1.0 is sharp on every screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, floor, log2, radians, sin
from typing import TypeAlias

from canvas.geometry import Rect, rect_around

MIN_ZOOM = 0.06
MAX_ZOOM = 32.0
#: Free space around a fitted document in logical pixels; the labels at its corners stand there.
FIT_MARGIN_PX = 44.0

Point: TypeAlias = tuple[float, float]
Matrix: TypeAlias = tuple[float, float, float, float, float, float]
"""m11, m12, m21, m22, dx, dy with x' = m11 x + m21 y + dx and y' = m12 x + m22 y + dy, the order of QTransform."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A view of `width` x `height` logical pixels whose middle shows the document point `centre`.

    `rotation_deg` turns the picture clockwise; `mirrored` flips it left to right before that.
    """

    width: float
    height: float
    pixel_ratio: float = 1.0
    centre: Point = (0.0, 0.0)
    zoom: float = 1.0
    rotation_deg: float = 0.0
    mirrored: bool = False

    @property
    def scale(self) -> float:
        """Logical pixels per document pixel."""
        return self.zoom / self.pixel_ratio

    @property
    def level(self) -> int:
        """The mip level (each halves the side) whose pixels are shown at 0.5 to 1 device pixel; 0 from 100 % up."""
        return max(0, floor(-log2(self.zoom) + 1e-9))

    def matrix(self) -> Matrix:
        """Document -> view."""
        angle = radians(self.rotation_deg)
        c, s = cos(angle) * self.scale, sin(angle) * self.scale
        flip = -1.0 if self.mirrored else 1.0
        m11, m12, m21, m22 = flip * c, flip * s, -s, c
        x, y = self.centre
        return m11, m12, m21, m22, self.width / 2 - m11 * x - m21 * y, self.height / 2 - m12 * x - m22 * y

    def to_view(self, x: float, y: float) -> Point:
        m11, m12, m21, m22, dx, dy = self.matrix()
        return m11 * x + m21 * y + dx, m12 * x + m22 * y + dy

    def to_document(self, x: float, y: float) -> Point:
        m11, m12, m21, m22, dx, dy = self.matrix()
        # The matrix is a similarity: its inverse is its transpose over scale squared.
        k = 1.0 / (self.scale * self.scale)
        u, v = x - dx, y - dy
        return k * (m11 * u + m12 * v), k * (m21 * u + m22 * v)

    def visible(self) -> Rect:
        """The smallest document rectangle around everything the view shows."""
        corners = [self.to_document(x, y) for x in (0.0, self.width) for y in (0.0, self.height)]
        xs, ys = [p[0] for p in corners], [p[1] for p in corners]
        return rect_around(min(xs), min(ys), max(xs), max(ys))

    def view_bounds(self, rect: Rect) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 in view coordinates of the box around a document rectangle."""
        corners = [self.to_view(x, y) for x in (rect.x0, rect.x1) for y in (rect.y0, rect.y1)]
        xs, ys = [p[0] for p in corners], [p[1] for p in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def resized(self, width: float, height: float, pixel_ratio: float) -> Viewport:
        """The same middle and zoom in a widget of another size or on another screen."""
        return replace(self, width=width, height=height, pixel_ratio=pixel_ratio)

    def panned(self, dx: float, dy: float) -> Viewport:
        """Move the picture by (dx, dy) logical pixels."""
        return replace(self, centre=self.to_document(self.width / 2 - dx, self.height / 2 - dy))

    def centred(self, centre: Point) -> Viewport:
        """With another document point in the middle."""
        return replace(self, centre=centre)

    def zoomed(self, factor: float, x: float, y: float) -> Viewport:
        """Magnify by `factor`, within the limits, keeping what lies under the view point (x, y)."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, self.zoom * factor))
        return replace(self, zoom=zoom)._keeping(self.to_document(x, y), x, y)

    def rotated(self, degrees: float, x: float, y: float) -> Viewport:
        """Turn clockwise about the view point (x, y)."""
        turned = (self.rotation_deg + degrees + 180.0) % 360.0 - 180.0
        return replace(self, rotation_deg=turned)._keeping(self.to_document(x, y), x, y)

    def turned_to(self, degrees: float, x: float, y: float) -> Viewport:
        """Turn to exactly this rotation (-180 up to 180) about the view point (x, y)."""
        return replace(self, rotation_deg=degrees)._keeping(self.to_document(x, y), x, y)

    def flipped(self) -> Viewport:
        """Mirrored left to right about the middle of the view, as a picture is turned over to judge it."""
        return replace(self, mirrored=not self.mirrored, rotation_deg=-self.rotation_deg)

    def fitted(self, rect: Rect) -> Viewport:
        """All of `rect` in the middle, upright, as large as fits beside the margin."""
        return replace(self, rotation_deg=0.0).framed(rect)

    def framed(self, rect: Rect) -> Viewport:
        """All of `rect` in the middle, turned as the view is, as large as fits beside the margin."""
        angle = radians(self.rotation_deg)
        c, s = abs(cos(angle)), abs(sin(angle))
        wide, high = rect.width * c + rect.height * s, rect.width * s + rect.height * c
        room_x = max(1.0, self.width - 2 * FIT_MARGIN_PX)
        room_y = max(1.0, self.height - 2 * FIT_MARGIN_PX)
        return self.at_zoom(min(room_x / max(1.0, wide), room_y / max(1.0, high)) * self.pixel_ratio)._about(rect)

    def fitted_to_width(self, rect: Rect) -> Viewport:
        """`rect` upright and as wide as the view, its middle in the middle."""
        upright = replace(self, rotation_deg=0.0)
        return upright.at_zoom(self.width / max(1, rect.width) * self.pixel_ratio)._about(rect)

    def at_zoom(self, zoom: float) -> Viewport:
        """Magnified to `zoom`, within the limits, about the middle of the view."""
        return replace(self, zoom=min(MAX_ZOOM, max(MIN_ZOOM, zoom)))

    def at_actual_size(self) -> Viewport:
        """One document pixel per device pixel about the middle of the view."""
        return self.at_zoom(1.0)

    def snapped(self) -> Viewport:
        """The view for painting: when upright, moved by less than a device pixel onto the pixel grid, so that
        an unscaled picture is copied and not resampled."""
        if self.rotation_deg % 90.0:
            return self
        x, y = self.to_view(0.0, 0.0)
        ratio = self.pixel_ratio
        return self.panned(floor(x * ratio + 0.5) / ratio - x, floor(y * ratio + 0.5) / ratio - y)

    def _about(self, rect: Rect) -> Viewport:
        return replace(self, centre=((rect.x0 + rect.x1) / 2, (rect.y0 + rect.y1) / 2))

    def _keeping(self, point: Point, x: float, y: float) -> Viewport:
        now_x, now_y = self.to_view(*point)
        return self.panned(x - now_x, y - now_y)
