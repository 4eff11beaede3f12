"""`GlSurface`: a widget over the canvas view in which OpenGL paints; and what OpenGL this machine has. GUI thread only.

Import it only when OpenGL is wanted: Qt's OpenGL classes take a while to load.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QPainter
from PySide6.QtOpenGL import QOpenGLPaintDevice
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from app.canvas_view.gl_painter import GlPainter
from app.canvas_view.showing import Pane
from app.theme import Theme

_RENDERER = 0x1F01
#: Renderers that compute on the processor: our own painting is faster than theirs.
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swr", "software", "swiftshader", "gdi generic", "basic render", "warp")


def renderer() -> str:
    """The name of what would paint, "" when there is no OpenGL."""
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    if not (context.create() and context.makeCurrent(surface)):
        return ""
    try:
        return str(context.functions().glGetString(_RENDERER) or "")
    finally:
        context.doneCurrent()


def is_hardware(name: str) -> bool:
    """Whether a renderer is a graphics card."""
    return bool(name) and not any(word in name.lower() for word in _SOFTWARE)


class GlSurface(QOpenGLWidget):
    """Covers `view`, takes no input, and paints `panes()` by OpenGL and `paint_over` with Qt's painter above them.

    `failed` is called with a sentence when there turns out to be no usable OpenGL; the surface then stays empty.
    """

    def __init__(
        self,
        view: QWidget,
        theme: Theme,
        panes: Callable[[], Sequence[Pane]],
        paint_over: Callable[[QPainter], None],
        failed: Callable[[str], None],
    ) -> None:
        super().__init__(view)
        self._theme, self._panes, self._paint_over, self._failed = theme, panes, paint_over, failed
        self._painter: GlPainter | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(view.rect())
        self.lower()

    def initializeGL(self) -> None:
        self.context().aboutToBeDestroyed.connect(self.release)
        try:
            self._painter = GlPainter()
        except RuntimeError as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._painter = None
        self._failed(f"OpenGL cannot be used, {error}; the canvas is painted without it")

    def paintGL(self) -> None:
        if self._painter is None:
            return
        ratio = self.devicePixelRatioF()
        size = round(self.width() * ratio), round(self.height() * ratio)
        try:
            self._painter.begin(*size, self._theme.tokens.surround)
            for pane in self._panes():
                self._painter.paint(pane, self._theme.tokens)
        except (RuntimeError, MemoryError) as error:
            self._give_up(error)
            return
        # A painter of the widget itself would paint elsewhere while the window is photographed.
        device = QOpenGLPaintDevice(*size)
        device.setDevicePixelRatio(ratio)
        with QPainter(device) as painter:
            self._paint_over(painter)

    def release(self) -> None:
        """Free what lies on the graphics card; the surface paints no more until its context is made anew."""
        if self._painter is not None:
            self.makeCurrent()
            self._painter.destroy()
            self._painter = None
            self.doneCurrent()
