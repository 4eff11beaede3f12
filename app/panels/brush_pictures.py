"""`BrushPictures`: the stroke that each brush makes, as pixmaps drawn in the background. GUI thread only.

Nothing waits for a picture: who asks too early gets None and is told when it is there. While nothing is asked for, no
timer and no thread runs.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from app.brush_shelf import BrushShelf
from app.brush_strokes import Inks, thumbnail
from app.theme import Theme, Tokens
from canvas import kernels
from canvas.brush import Brush
from canvas.tiles import Pixels8

#: How often finished pictures are collected.
_COLLECT_MS = 30
#: More than are shown at once, of all sizes; the oldest are forgotten.
_KEPT = 600

Key = tuple[Brush, int, int, float, str]


def inks_of(tokens: Tokens) -> Inks:
    """What strokes are drawn with on the ground of a field."""
    ink, accent, field = (
        (colour.redF(), colour.greenF(), colour.blueF()) for colour in (tokens.text, tokens.accent, tokens.field)
    )
    red, green, blue = (0.5 * a + 0.5 * b for a, b in zip(accent, field, strict=True))
    return Inks(ink, (red, green, blue), accent)


def pixmap_of(pixels: Pixels8, ratio: float) -> QPixmap:
    """(height, width, 4) straight RGBA on a screen of `ratio` device pixels to one."""
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class BrushPictures(QObject):
    """`made`: pictures that were asked for are there now. `executor`: runs the drawing; a thread when None."""

    made = Signal()

    def __init__(self, shelf: BrushShelf, theme: Theme, executor: Executor | None = None) -> None:
        super().__init__()
        self._shelf, self._theme = shelf, theme
        self._executor = executor
        self._pictures: dict[Key, QPixmap] = {}
        self._wanted: dict[Key, Future[Pixels8] | None] = {}
        self._collecting = QTimer(self, interval=_COLLECT_MS)
        self._collecting.timeout.connect(self.collect)

    def picture(self, brush: Brush, width: int, height: int, ratio: float) -> QPixmap | None:
        """The brush's stroke, `width` x `height` logical pixels on a transparent ground; None until it is drawn."""
        key = (brush, width, height, ratio, self._theme.name)
        made = self._pictures.get(key)
        if made is None and key not in self._wanted:
            self._wanted[key] = None
            self._collecting.start()
        return made

    def collect(self) -> None:
        """Start what is wanted, take what is done."""
        if not kernels.can_paint():  # the loops are still being loaded elsewhere
            return
        for key, future in list(self._wanted.items()):
            if future is None:
                self._wanted[key] = self._start(key)
            elif future.done():
                self._pictures[key] = pixmap_of(future.result(), key[3])
                del self._wanted[key]
                self.made.emit()
        while len(self._pictures) > _KEPT:
            del self._pictures[next(iter(self._pictures))]
        if not self._wanted:
            self._collecting.stop()

    def _start(self, key: Key) -> Future[Pixels8]:
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="brush pictures")
        brush, width, height, ratio, _ = key
        size = round(width * ratio), round(height * ratio)
        draw: Callable[[], Pixels8] = partial(
            thumbnail, brush, self._shelf.images, inks_of(self._theme.tokens), size, ratio
        )
        return self._executor.submit(draw)

    def close(self) -> None:
        """The window is closed: draw no more."""
        self._collecting.stop()
        self._wanted = {}
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None
