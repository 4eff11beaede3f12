"""`BrushPreview`: a wide strip with the stroke of one brush, drawn anew when the brush changes. GUI thread only.

One drawing runs on a thread, the newest wish waits; what is shown is never older than what was shown before.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.brush_shelf import BrushShelf
from app.brush_strokes import preview, preview_px
from app.panels.brush_pictures import inks_of, pixmap_of
from app.theme import RADIUS_PX, SMALL_PX, Theme, figures_font
from canvas import kernels
from canvas.brush import Brush
from canvas.tiles import Pixels8

_COLLECT_MS = 15


class BrushPreview(QWidget):
    """`executor`: runs the drawing; a thread when None."""

    def __init__(self, shelf: BrushShelf, theme: Theme, executor: Executor | None = None) -> None:
        super().__init__()
        self._shelf, self._theme = shelf, theme
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="brush preview")
        self._brush: Brush | None = None
        self._wanted = False
        self._future: Future[Pixels8] | None = None
        self._picture: QPixmap | None = None
        self._collecting = QTimer(self, interval=_COLLECT_MS)
        self._collecting.timeout.connect(self.collect)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(116)

    @property
    def is_drawn(self) -> bool:
        """What is shown is the stroke of the newest brush."""
        return self._picture is not None and not self._wanted and self._future is None

    def show_brush(self, brush: Brush) -> None:
        if brush != self._brush:
            self._brush = brush
            self._want()

    def _want(self) -> None:
        self._wanted = True
        self._collecting.start()
        self.update()

    def collect(self) -> None:
        """Take the drawing that is done, start the one that is wanted."""
        if self._future is not None and self._future.done():
            self._picture = pixmap_of(self._future.result(), self.devicePixelRatioF())
            self._future = None
            self.update()
        if self._future is None and self._wanted and self._brush is not None and kernels.can_paint():
            self._wanted = False
            ratio = self.devicePixelRatioF()
            size = max(8, round(self.width() * ratio)), round(self.height() * ratio)
            inks = inks_of(self._theme.tokens)
            self._future = self._executor.submit(preview, self._brush, self._shelf.images, inks, size, ratio)
        if self._future is None and not self._wanted:
            self._collecting.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._brush is not None:
            self._want()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.forget()
        super().closeEvent(event)

    def forget(self) -> None:
        """Draw no more."""
        self._collecting.stop()
        self._wanted = False
        self._executor.shutdown(wait=False, cancel_futures=True)

    def sizeHint(self) -> QSize:
        return QSize(480, 116)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        painter.setClipPath(ground)
        painter.fillPath(ground, tokens.field)
        if self._picture is not None:
            painter.drawPixmap(QRectF(self.rect()), self._picture, QRectF(self._picture.rect()))
        if self._brush is not None:
            shown = preview_px(self._brush, self.height()) / self._brush.size_px
            if shown < 0.99:
                painter.setFont(figures_font(SMALL_PX))
                painter.setPen(tokens.text_dim)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
                painter.drawText(QRectF(self.rect()).adjusted(0, 0, -8, -5), flags, f"shown at {shown * 100:.0f} %")
        painter.end()
