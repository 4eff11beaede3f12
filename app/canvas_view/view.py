"""`CanvasView`: the widget an artist draws on. It hands pointer events to the tools and paints what `Scene` holds.

GUI thread only. It knows neither what a tool does nor how a result is made, and nothing in it waits for the engine.
One display frame is one `flush`: the tools publish what they gathered, the changed tiles are composited, and Qt is
asked to repaint their rectangle. Frames are made only while something changes; an idle view has no timer running.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, ceil, degrees, floor
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.canvas_view.chosen_layers import figures
from app.canvas_view.drops import dropped_paths, take_files
from app.canvas_view.image_age import ImageAge
from app.canvas_view.keys import CanvasKeys
from app.canvas_view.labels import Label, LabelColours, paint_frame, paint_labels, place_labels
from app.canvas_view.painter import LINES_OVER_RESULT, Showing, paint_canvas
from app.canvas_view.result_picture import ResultPicture
from app.canvas_view.scene import Scene
from app.canvas_view.skeletons import paint_shapes
from app.canvas_view.tablet import Pinch, PointerInput, pinched
from app.canvas_view.viewport import Viewport
from app.session import Session
from app.signals import Signal
from app.theme import Theme
from app.tools.pointer import PointerEvent
from app.tools.shapes import Circle, Shape
from app.tools.toolbox import Toolbox
from canvas.geometry import Rect, rect_around
from canvas.state import DocumentState

#: Twice the usual display rate, so that a pen event does not wait most of a refresh before it is drawn.
FRAME_S = 0.008
#: How often the counting label of a late image is renewed.
AGE_MS = 100
#: One notch of a wheel magnifies by this.
WHEEL_STEP = 2.0**0.25

#: Tiles that may wait are composited for so long in one display frame.
FILL_S = 0.010

_CURSORS = {
    "brush": Qt.CursorShape.CrossCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "arrow": Qt.CursorShape.ArrowCursor,
    "hand": Qt.CursorShape.OpenHandCursor,
    "zoom": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
}


class CanvasView(QWidget):
    """`open_file` is called for dropped files that are documents; the window sets it.

    `may_composite`: false while the compiled loops are being loaded elsewhere. Until then pen points are gathered and
    nothing is drawn, so that the window can be on screen first.
    """

    def __init__(
        self, session: Session, toolbox: Toolbox, theme: Theme, clock: Callable[[], float] = perf_counter
    ) -> None:
        super().__init__()
        self.viewport_changed: Signal[Viewport] = Signal()
        self.pointer_moved: Signal[float, float] = Signal()
        self.open_file: Callable[[Path], None] | None = None
        self.may_composite: Callable[[], bool] = lambda: True
        self.age = ImageAge()
        self._session, self._toolbox, self._theme, self._clock = session, toolbox, theme, clock
        self._scene = Scene(_paper(theme))
        self._result: ResultPicture | None = None
        self._result_is_new = True
        self._repaint_all = True
        self._keys = CanvasKeys(session, toolbox, self.mirror)
        self._input = PointerInput()
        self._pinch: Pinch | None = None
        self._touching = False
        self._viewport = Viewport(1.0, 1.0)
        self._fits = True
        self._shapes: tuple[Shape, ...] = ()
        self._age_text = ""
        self._last_flush_s = clock() - FRAME_S
        self._frame = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self.flush)
        self._ageing = QTimer(self, interval=AGE_MS)
        self._ageing.timeout.connect(self._renew_age)

        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumSize(160, 120)

        toolbox.navigate(self)
        session.document_changed.connect(self._on_document_changed)
        session.document_replaced.connect(self._on_document_replaced)
        session.active_changed.connect(self._wake)
        session.look_changed.connect(lambda _look: self._show_all())
        session.result_changed.connect(self._on_result_changed)
        session.settings_changed.connect(lambda _settings: self._wake())
        session.live_changed.connect(lambda _live: self._wake())
        session.sync_changed.connect(self._on_sync_changed)
        session.engine_changed.connect(lambda _state: self._wake())
        toolbox.changed.connect(self._on_tool_changed)
        theme.changed.connect(self._on_theme_changed)
        self._document = session.document
        self._on_tool_changed()
        self._on_result_changed()

    # Looking

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    def set_viewport(self, viewport: Viewport) -> None:
        """Look at another part of the document; from then on a resized window keeps this view."""
        self._fits = False
        self._take(viewport)

    def fit(self) -> None:
        """Show the whole document, also after the window is resized, until the artist moves the view."""
        self._fits = True
        self._take(self._viewport.fitted(self._session.document.state.rect))

    def actual_size(self) -> None:
        self.set_viewport(self._viewport.at_actual_size())

    def zoom_by(self, factor: float) -> None:
        """Magnify about the middle of the view."""
        self.zoom_about(factor, self.width() / 2, self.height() / 2)

    def turn(self, degrees_clockwise: float) -> None:
        self.set_viewport(self._viewport.rotated(degrees_clockwise, self.width() / 2, self.height() / 2))

    def mirror(self) -> None:
        self.set_viewport(self._viewport.flipped())

    def pan(self, dx: float, dy: float) -> None:
        self.set_viewport(self._viewport.panned(dx, dy))

    def zoom_about(self, factor: float, x: float, y: float) -> None:
        self.set_viewport(self._viewport.zoomed(factor, x, y))

    def rotate_about_middle(self, from_x: float, from_y: float, to_x: float, to_y: float) -> None:
        cx, cy = self.width() / 2, self.height() / 2
        angle = degrees(atan2(to_y - cy, to_x - cx) - atan2(from_y - cy, from_x - cx))
        self.set_viewport(self._viewport.rotated(angle, cx, cy))

    def _take(self, viewport: Viewport) -> None:
        if viewport == self._viewport:
            return
        self._viewport = viewport
        self._show_all()
        self.viewport_changed.emit(viewport)

    # What changes the picture

    def _on_document_changed(self, _old: DocumentState, new: DocumentState) -> None:
        self.age.document_changed(self._session.document.revision, new, self._clock())
        self._wake()

    def _on_document_replaced(self) -> None:
        if self._session.document is self._document:
            return
        self._document = self._session.document
        self.age.document_replaced(self._document.state)
        self._scene = Scene(_paper(self._theme))
        self.fit()
        self._show_all()

    def _on_theme_changed(self) -> None:
        self._scene = Scene(_paper(self._theme))
        self._show_all()

    def _on_result_changed(self) -> None:
        self.age.result_changed(self._session.result)
        self._result_is_new = True
        self._show_all()

    def _on_sync_changed(self, behind_since_s: float | None) -> None:
        self.age.engine_synced(behind_since_s)
        self._wake()

    def _on_tool_changed(self) -> None:
        self.setCursor(_CURSORS[self._toolbox.cursor])
        self._wake()

    def _show_all(self) -> None:
        """Repaint everything in the next display frame."""
        self._repaint_all = True
        self._wake()

    def _wake(self) -> None:
        """Have a display frame made soon, but not sooner than one frame after the last."""
        if not self._frame.isActive():
            rest_s = FRAME_S - (self._clock() - self._last_flush_s)
            self._frame.start(max(0, ceil(rest_s * 1000)))

    def flush(self) -> None:
        """Make one display frame now: what a pen did since the last one is composited and ready to be painted.

        Tiles of a stroke are always done; what else waits for compositing gets the time that a frame has left.
        """
        started_s = self._clock()
        if not self.may_composite():
            self._last_flush_s = started_s
            self._frame.start(ceil(FRAME_S * 1000))
            return
        self._toolbox.flush()
        self._frame.stop()
        self._last_flush_s = started_s
        session, view = self._session, self._viewport
        if self._result_is_new:
            self._result_is_new = False
            self._result = None if session.result is None else ResultPicture.of(session.result)
        baseline = None if session.result is None else session.result.snapshot.state
        self._scene.show(session.document.state, session.active, baseline, view)
        red, green, blue = (round(channel * 255) for channel in session.settings.colour)
        dirty = self._scene.fill((red, green, blue), lambda: self._clock() - started_s < FILL_S)
        if self._repaint_all:
            self._repaint_all = False
            self.update()
        elif dirty:
            self.update(_pixels_around(view.view_bounds(dirty)))
        self._renew_shapes()
        self._renew_age()
        if self._scene.pending:
            self._wake()

    def _renew_shapes(self) -> None:
        shapes = self._toolbox.overlay()
        if shapes == self._shapes:
            return
        old, self._shapes = self._shapes, shapes
        for shape in (*old, *shapes):
            if isinstance(shape, Circle):
                self.update(_pixels_around(self._viewport.view_bounds(_box(shape))))
            else:
                self.update()

    def _renew_age(self) -> None:
        """Repaint the age of the image when its text changed; count on only while a newer image is to be expected."""
        session = self._session
        expected = session.live and session.engine_state.name not in ("failed", "stopped")
        counting = expected and session.result is not None and not self.age.in_sync
        text = self.age.sentence(self._clock())
        if text and not counting and not self.age.in_sync:
            text = "behind" if session.live else "behind, live is off"
        if text != self._age_text:
            self._age_text = text
            top = self._labels(self._viewport.snapped())[0].box.toAlignedRect()
            self.update(0, top.top(), self.width(), top.height())
        if counting != self._ageing.isActive():
            if counting:
                self._ageing.start()
            else:
                self._ageing.stop()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, look = self._theme.tokens, self._session.look
        result = None if look.paint_only else self._result
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), tokens.surround)
            if not self.may_composite():
                return
            if look.side_by_side and self._result is not None:
                self._paint_side_by_side(painter, self._result)
                return
            view = self._viewport.snapped()
            softened = 1.0 if result is None else LINES_OVER_RESULT
            self._paint_pane(painter, view, result, look.opacity, softened)
            paint_shapes(painter, view, self._shapes)
            paint_frame(painter, view, self._framed())
            paint_labels(painter, self._labels(view), tokens.hairline)

    def _paint_pane(
        self, painter: QPainter, view: Viewport, result: ResultPicture | None, opacity: float, instructions: float
    ) -> None:
        state = self._session.document.state
        shown = figures(state) if instructions else ()
        posing = self._toolbox.active_id == "pose"
        showing = Showing(view, state.rect, self._scene, result, opacity, instructions, shown, posing)
        paint_canvas(painter, showing, self._theme.tokens)

    def _paint_side_by_side(self, painter: QPainter, result: ResultPicture) -> None:
        """The paint in the left half, the result in the right one: the same part of the document in both."""
        half = self.width() / 2
        document = self._session.document.state.rect
        view = self._viewport.resized(half, self.height(), self._viewport.pixel_ratio)
        if self._viewport.visible().contains(document):
            view = view.fitted(document)
        view = view.snapped()
        for x, shown, instructions in ((0.0, None, 1.0), (half, result, 0.0)):
            painter.save()
            painter.translate(x, 0.0)
            painter.setClipRect(QRectF(0.0, 0.0, half, self.height()))
            self._paint_pane(painter, view, shown, 1.0, instructions)
            paint_frame(painter, view, document)
            painter.restore()
        painter.fillRect(QRectF(half - 1.0, 0.0, 2.0, self.height()), self._theme.tokens.hairline)

    def _labels(self, view: Viewport) -> tuple[Label, ...]:
        tokens = self._theme.tokens
        colours = LabelColours(tokens.text, tokens.ready, tokens.waiting)
        age = "" if self._session.look.paint_only else self._age_text
        return place_labels(view, self._framed(), self._session.document.state.rect, age, colours)

    def _framed(self) -> Rect:
        """The rectangle that the shown image was made for; the whole canvas before there is one."""
        return self._session.document.state.rect if self._result is None else self._result.rect

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._take_size()

    def _take_size(self) -> None:
        viewport = self._viewport.resized(self.width(), self.height(), self.devicePixelRatioF())
        if self._fits:
            viewport = viewport.fitted(self._session.document.state.rect)
        self._take(viewport)

    # Hands

    def tabletEvent(self, event: QTabletEvent) -> None:
        point = self._input.from_tablet(event, self._viewport)
        event.accept()
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            self._press(point)
        elif kind == QEvent.Type.TabletRelease:
            self._release(point)
        else:
            self._move(point, touches=event.buttons() != Qt.MouseButton.NoButton)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (point := self._input.from_mouse(event, self._viewport)) is not None:
            self._press(point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if (point := self._input.from_mouse(event, self._viewport)) is not None:
            self._move(point, touches=event.buttons() != Qt.MouseButton.NoButton)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (point := self._input.from_mouse(event, self._viewport)) is not None:
            self._release(point)

    def _press(self, point: PointerEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if not self._session.look.side_by_side:
            self._toolbox.press(point)
            self._wake()

    def _move(self, point: PointerEvent, *, touches: bool) -> None:
        if touches:
            self._toolbox.move(point)
        else:
            self._toolbox.hover(point)
        self.pointer_moved.emit(point.x, point.y)
        self._wake()

    def _release(self, point: PointerEvent) -> None:
        self._toolbox.release(point)
        self._wake()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch(event)
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._take_size()
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> None:
        """One finger paints unless a pen is in use; two fingers move and magnify, and take back what one began."""
        event.accept()
        points = event.points()
        ended = event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)
        if len(points) >= 2 and not ended:
            if self._touching:
                self._touching = False
                self._toolbox.cancel()
            pinch = Pinch.of(points)
            if self._pinch is not None:
                self.set_viewport(pinched(self._viewport, self._pinch, pinch))
            self._pinch = pinch
            return
        pinching, self._pinch = self._pinch is not None, None
        if self._input.pen_seen or not points or (pinching and not ended):
            return
        point = self._input.from_touch(points[0], event.modifiers(), self._viewport)
        if event.type() == QEvent.Type.TouchBegin:
            self._touching = True
            self._press(point)
        elif self._touching and ended:
            self._touching = False
            self._release(point)
        elif self._touching:
            self._move(point, touches=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        at, pixels = event.position(), event.pixelDelta()
        fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase and not pixels.isNull()
        if fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(pixels.x(), pixels.y())
        else:
            self.zoom_about(WHEEL_STEP ** (event.angleDelta().y() / 120.0), at.x(), at.y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.pressed(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._keys.released(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._keys.release_all()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._toolbox.leave()
        self._wake()
        super().leaveEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._toolbox.finish()
        take_files(dropped_paths(event.mimeData()), self._session, self._toolbox.active_id, self.open_file)


def _paper(theme: Theme) -> tuple[int, int, int]:
    """The mean of the checkerboard: what stands for transparency where no pattern can be painted."""
    light, dark = theme.tokens.checker_light, theme.tokens.checker_dark
    return (light.red() + dark.red()) // 2, (light.green() + dark.green()) // 2, (light.blue() + dark.blue()) // 2


def _box(circle: Circle) -> Rect:
    r = circle.radius
    return rect_around(circle.x - r, circle.y - r, circle.x + r, circle.y + r)


def _pixels_around(box: tuple[float, float, float, float]) -> QRect:
    """The widget's pixels that painting a box touches, with room for smoothing and outlines."""
    x0, y0 = floor(box[0]) - 3, floor(box[1]) - 3
    return QRect(x0, y0, ceil(box[2]) + 3 - x0, ceil(box[3]) + 3 - y0)
