"""Area filters: blurs and sharpening of premultiplied pixels, rectangle by rectangle. Any thread; no Qt.

`prepared` finds out once what a filter needs to know of the whole picture, and gives a function that filters any
rectangle of it. Beyond the edges of its domain a picture goes on as its outermost pixels: a full canvas has no fading
rim.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, cos, radians, sin, sqrt
from threading import Lock
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from canvas.filters.values import AreaFilter, BoxBlur, GaussianBlur, MotionBlur, Sharpen, UnsharpMask
from canvas.geometry import Rect
from canvas.kernels import filtering
from canvas.tiles import Pixels

Read: TypeAlias = Callable[[Rect], Pixels]
"""Fresh premultiplied pixels of a rectangle, shape (height, width, 4)."""

#: A blur is worked out at a size at which its standard deviation is at least this many pixels.
_FEW_PX = 2.0
#: How many standard deviations of a blur are looked at to every side.
_TAIL = 4.0
#: The same for the rim around a canvas, whose pixels are those of its edge anyway.
_PAD = 3.0
#: Rows of the full size that are read at a time.
_BAND_PX = 256
#: Up to so many halvings a blur is worked out for each rectangle by itself, so that what is in sight comes at once.
_NEARBY = 2
#: Halvings that are undone for each rectangle, not for the whole picture at once; and the margin they need.
_LAST_DOUBLINGS, _MARGIN_PX = 2, 4


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is filtered: `read` gives pixels within `domain`, which is not empty. Keeps the small sizes once made."""

    read: Read
    domain: Rect
    _small: dict[int, Pixels] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def around(self, rect: Rect) -> Pixels:
        """The pixels of any rectangle; outside the domain those of its edge."""
        d = self.domain
        if rect & d == rect:
            return self.read(rect)
        x0, y0 = min(max(rect.x0, d.x0), d.x1 - 1), min(max(rect.y0, d.y0), d.y1 - 1)
        inside = Rect(x0, y0, max(x0 + 1, min(rect.x1, d.x1)), max(y0 + 1, min(rect.y1, d.y1)))
        top, left = max(0, inside.y0 - rect.y0), max(0, inside.x0 - rect.x0)
        below, right = max(0, rect.y1 - inside.y1), max(0, rect.x1 - inside.x1)
        wide = _array(cv2.copyMakeBorder(self.read(inside), top, below, left, right, cv2.BORDER_REPLICATE))
        # A rectangle that lies wholly outside was given one edge pixel too many.
        return np.ascontiguousarray(wide[: rect.height, : rect.width])

    def padded(self, level: int) -> Rect:
        """The domain with a rim that a blur worked out at `level` does not look beyond."""
        return self.domain.grown(ceil(_PAD * 2 * _FEW_PX) << level)

    def small(self, level: int) -> Pixels:
        """`padded` at 1 / 2**level (level > 0) of its size."""
        with self._lock:
            if level not in self._small:
                pixels = self._halved(self.padded(level))
                for _ in range(level - 1):
                    pixels = _array(cv2.pyrDown(pixels))
                self._small[level] = pixels
            return self._small[level]

    def _halved(self, area: Rect) -> Pixels:
        bands = []
        for y in range(area.y0, area.y1, _BAND_PX):
            height = min(_BAND_PX, area.y1 - y)
            rows = self.around(Rect(area.x0, y - 2, area.x1, y + height + 2))
            bands.append(_array(cv2.pyrDown(rows))[1 : 1 + ceil(height / 2)])
        return np.concatenate(bands)


def prepared(area_filter: AreaFilter, picture: Picture) -> Read:
    """A function that gives the filtered pixels of a rectangle in the domain, on several threads at once if wished."""
    match area_filter:
        case GaussianBlur(radius):
            return _gaussian(picture, radius)
        case BoxBlur(radius):
            side = 2 * radius + 1
            return _near(picture, radius, lambda pixels: cv2.blur(pixels, (side, side)))
        case MotionBlur(angle, distance):
            line = line_kernel(angle, distance)
            return _near(picture, line.shape[0] // 2, lambda pixels: _correlated(pixels, line))
        case UnsharpMask(amount, radius, threshold):
            return _sharpened(picture, _gaussian(picture, radius), amount, threshold)
        case Sharpen(amount):
            cross = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4
            return _sharpened(picture, _near(picture, 1, lambda pixels: _correlated(pixels, cross)), 4 * amount, 0.0)


def reach_px(area_filter: AreaFilter) -> int:
    """How far the colour of a pixel can spread into transparent neighbours."""
    match area_filter:
        case GaussianBlur(radius):
            return ceil(_TAIL * radius) + 1
        case BoxBlur(radius):
            return radius
        case MotionBlur(_, distance):
            return ceil(distance / 2) + 1
        case _:
            return 0


def line_kernel(angle: float, distance: float) -> npt.NDArray[np.float64]:
    """The weights of a motion blur: a line of `distance` pixels through the middle of a square of odd side."""
    reach = ceil(distance / 2) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for along in np.linspace(-distance / 2, distance / 2, 4 * ceil(distance) + 1):
        x, y = reach + along * cos(radians(angle)), reach - along * sin(radians(angle))
        column, row = int(x), int(y)
        u, v = x - column, y - row
        kernel[row : row + 2, column : column + 2] += np.outer((1 - v, v), (1 - u, u))
    kernel /= kernel.sum()
    return kernel


def _near(picture: Picture, reach: int, work: Callable[[Pixels], Any]) -> Read:
    """A filter whose pixels depend on those at most `reach` away."""

    def read(rect: Rect) -> Pixels:
        out = _array(work(picture.around(rect.grown(reach))))
        return _cut(out, Rect(reach, reach, reach + rect.width, reach + rect.height))

    return read


def _correlated(pixels: Pixels, kernel: npt.NDArray[np.float64]) -> Pixels:
    out = _array(cv2.filter2D(pixels, -1, kernel))
    # Large kernels go by way of a Fourier transform, whose last digits know no order.
    return np.minimum(out, out[..., 3:])


def _gaussian(picture: Picture, radius: float) -> Read:
    level = 0
    while radius / 2 ** (level + 1) >= _FEW_PX:
        level += 1
    if level == 0:
        return _near(picture, ceil(_TAIL * radius) + 1, lambda pixels: cv2.GaussianBlur(pixels, (0, 0), radius))
    # Each halving and each doubling smooths by (1 4 6 4 1) / 16, whose variance is one pixel of the larger size.
    sigma = sqrt(radius**2 - 2 * (4**level - 1) / 3) / 2**level
    return _blurred_nearby(picture, level, sigma) if level <= _NEARBY else _blurred_at_once(picture, level, sigma)


def _blurred_nearby(picture: Picture, level: int, sigma: float) -> Read:
    """A blur worked out for each rectangle, at 1 / 2**level of its size."""
    step = 2**level
    reach = (ceil(_TAIL * sigma) + _MARGIN_PX) * step

    def read(rect: Rect) -> Pixels:
        wide = rect.grown(reach)
        # Rectangles share one grid of pixels of the small size.
        x0, y0 = wide.x0 // step * step, wide.y0 // step * step
        part = picture.around(Rect(x0, y0, wide.x1, wide.y1))
        for _ in range(level):
            part = _array(cv2.pyrDown(part))
        part = _smoothed(part, sigma)
        for _ in range(level):
            part = _array(cv2.pyrUp(part))
        return _cut(part, rect.moved(-x0, -y0))

    return read


def _blurred_at_once(picture: Picture, level: int, sigma: float) -> Read:
    """A blur worked out for the whole picture, whose last doublings are left to each rectangle."""
    area = picture.padded(level)
    blurred = _smoothed(picture.small(level), sigma)
    for n in range(level - 1, _LAST_DOUBLINGS - 1, -1):
        blurred = _array(cv2.pyrUp(blurred, dstsize=(-(-area.width >> n), -(-area.height >> n))))
    step = 2**_LAST_DOUBLINGS

    def read(rect: Rect) -> Pixels:
        r = rect.moved(-area.x0, -area.y0)
        x0, y0 = r.x0 // step - _MARGIN_PX, r.y0 // step - _MARGIN_PX
        part = blurred[y0 : -(-r.y1 // step) + _MARGIN_PX, x0 : -(-r.x1 // step) + _MARGIN_PX]
        for _ in range(_LAST_DOUBLINGS):
            part = _array(cv2.pyrUp(part))
        return _cut(part, r.moved(-step * x0, -step * y0))

    return read


def _smoothed(pixels: Pixels, sigma: float) -> Pixels:
    smooth = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), sigma)
    return _array(np.rint(smooth).astype(np.uint16))


def _cut(pixels: Pixels, part: Rect) -> Pixels:
    return np.ascontiguousarray(pixels[part.y0 : part.y1, part.x0 : part.x1])


def _sharpened(picture: Picture, blurred: Read, amount: float, threshold: float) -> Read:
    def read(rect: Rect) -> Pixels:
        out = picture.read(rect)
        filtering.sharpen(out, blurred(rect), amount, threshold)
        return out

    return read


def _array(result: Any) -> Pixels:
    """What OpenCV returned, which keeps the type it was given."""
    pixels: Pixels = result
    return pixels
