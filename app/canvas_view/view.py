"""`CanvasView`: the widget an artist draws on. It hands pointer events to the tools and paints what `Scene` holds.

GUI thread only. It knows neither what a tool does nor how a result is made, and nothing in it waits for the engine.
One display frame is one `flush`: the tools publish what they gathered, the changed tiles are composited, and Qt is
asked to repaint their rectangle. Frames are made only while something changes; an idle view has no timer running.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import atan2, ceil, degrees, floor
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.canvas_view import drops
from app.canvas_view.cursors import cursor_of
from app.canvas_view.hands import Hands
from app.canvas_view.image_age import ImageAge
from app.canvas_view.keys import CanvasKeys
from app.canvas_view.labels import Label, LabelColours, paint_frame, paint_labels, place_labels
from app.canvas_view.marching_ants import MarchingAnts
from app.canvas_view.painter import paint_canvas, paint_poses
from app.canvas_view.panes import arrange
from app.canvas_view.pixel_grid import paint_pixel_grid
from app.canvas_view.proximity import PenProximity
from app.canvas_view.result_picture import ResultPicture
from app.canvas_view.scene import Scene
from app.canvas_view.showing import Pane
from app.canvas_view.skeletons import paint_shapes, picked_box
from app.canvas_view.tile_pool import TilePool
from app.canvas_view.turning import Turning
from app.canvas_view.viewport import Viewport
from app.session import Session
from app.signals import Signal
from app.theme import Theme
from app.tools.shapes import Circle, PickedColour, Shape
from app.tools.toolbox import Toolbox
from canvas.geometry import Rect, rect_around
from canvas.state import DocumentState

if TYPE_CHECKING:
    from app.canvas_view.gl_surface import GlSurface

CanvasKind: TypeAlias = Literal["software", "opengl"]

#: From the beginning of a display frame to that of the next: the time between two events of a fast pen at least, at
#: most one refresh of the usual screen.
SHORTEST_FRAME_S, LONGEST_PAUSE_S = 0.004, 0.016
#: While the view moves, painting that takes longer than this is done without smoothing, until it rests so long.
HASTY_S, SMOOTH_MS = 0.012, 150
#: How often the counting label of a late image is renewed.
AGE_MS = 100
#: A pen that has not reported for so long rests: the slowest report more often while they move.
REST_AFTER_S = 0.05
#: One notch of a wheel magnifies by this.
WHEEL_STEP = 2.0**0.25

#: Tiles that may wait are composited for so long in one display frame.
FILL_S = 0.004


class CanvasView(QWidget):
    """`open_files` is called for dropped files that are documents; the window sets it.

    `opengl_failed` is called when OpenGL was to paint and cannot. `may_composite`: false while the compiled loops are
    being loaded elsewhere. Until then pen points are gathered and nothing is drawn, so that the window can be on screen
    first.
    """

    def __init__(
        self,
        session: Session,
        toolbox: Toolbox,
        theme: Theme,
        clock: Callable[[], float] = perf_counter,
        pool: TilePool | None = None,
        proximity: PenProximity | None = None,
    ) -> None:
        super().__init__()
        self.viewport_changed: Signal[Viewport] = Signal()
        self.open_files: Callable[[Sequence[Path]], None] | None = None
        self.may_composite: Callable[[], bool] = lambda: True
        self.opengl_failed: Callable[[], None] = lambda: None
        self.age = ImageAge()
        self._session, self._toolbox, self._theme, self._clock = session, toolbox, theme, clock
        self._pool = pool or TilePool()
        self._scene = Scene(_paper(theme), self._pool)
        self._result: ResultPicture | None = None
        self._result_is_new = True
        self._repaint_all = True
        self.keys = CanvasKeys(session, toolbox, self.mirror)
        self._proximity = proximity or PenProximity(toolbox)
        # What follows the pointer is drawn only in the view that it is over.
        self.hands = Hands(self, session, toolbox, self._proximity, self._wake, clock)
        self.palette_wanted, self.pointer_moved = self.hands.palette_wanted, self.hands.pointer_moved
        self._turning = Turning()
        self._ants = MarchingAnts(self)
        self._viewport = Viewport(1.0, 1.0)
        self._fits = True
        self._shapes: tuple[Shape, ...] = ()
        self._cursor = ""
        self._age_text = ""
        self._last_flush_s = clock() - SHORTEST_FRAME_S
        self._frame_cost_s = self._paint_cost_s = 0.0
        self._surface: GlSurface | None = None
        self._frame = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self.flush)
        self._hasty = False
        self._smoothing = QTimer(self, singleShot=True, interval=SMOOTH_MS)
        self._smoothing.timeout.connect(self._smooth)
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
        self._disconnect = [
            session.document_changed.connect(self._on_document_changed),
            session.document_replaced.connect(self._on_document_replaced),
            session.active_changed.connect(self._wake),
            session.plane_changed.connect(lambda _plane: self._wake()),
            session.look_changed.connect(lambda _look: self._show_all()),
            session.result_changed.connect(self._on_result_changed),
            session.settings_changed.connect(lambda _settings: self._wake()),
            session.live_changed.connect(lambda _live: self._wake()),
            session.sync_changed.connect(self._on_sync_changed),
            session.engine_changed.connect(lambda _state: self._wake()),
            toolbox.changed.connect(self._on_tool_changed),
            toolbox.edge.changed.connect(self._wake),
            toolbox.redraw.connect(self._wake),
            theme.changed.connect(self._on_theme_changed),
        ]
        # A view that goes without being disposed of must not be called any more: its timers are gone with it.
        if proximity is None:
            self._disconnect.append(self._proximity.close)
        for disconnect in (*self._disconnect, self.hands.dispose):
            self.destroyed.connect(lambda _view=None, end=disconnect: end())
        self._document = session.document
        self._on_tool_changed()
        self._on_result_changed()

    def twin(self) -> CanvasView:
        """Another view of the same session, drawn in the same way, with a viewport of its own."""
        twin = type(self)(self._session, self._toolbox, self._theme, self._clock, self._pool, self._proximity)
        twin.may_composite, twin.open_files = self.may_composite, self.open_files
        twin.paint_with(self.canvas)
        return twin

    def take_navigation(self) -> None:
        """Hand and zoom move this view from now on."""
        self._toolbox.navigate(self)

    def dispose(self) -> None:
        """The view is closed for good: it hears of nothing any more, and its tiles can be freed."""
        for disconnect in (*self._disconnect, self.hands.dispose):
            disconnect()
        self._disconnect = []
        self._frame.stop()
        self._ageing.stop()
        self._ants.show(())
        self._smoothing.stop()
        self.paint_with("software")

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

    def seen(self) -> tuple[Rect, int]:
        """The document rectangle in sight, and the mip level that it is shown at."""
        return self._viewport.visible(), self._viewport.level

    def rotate_about_middle(self, from_x: float, from_y: float, to_x: float, to_y: float) -> None:
        cx, cy = self.width() / 2, self.height() / 2
        angle = degrees(atan2(to_y - cy, to_x - cx) - atan2(from_y - cy, from_x - cx))
        angle = self._turning.turned(self._viewport.rotation_deg, angle)
        self.set_viewport(self._viewport.turned_to(angle, cx, cy))

    def _take(self, viewport: Viewport) -> None:
        if viewport == self._viewport:
            return
        self._viewport = viewport
        self._hasty = self._hasty or self._paint_cost_s > HASTY_S
        if self._hasty:
            self._smoothing.start()
        self._show_all()
        self.viewport_changed.emit(viewport)

    @property
    def up_to_date(self) -> bool:
        """Everything visible shows the newest state of the document, at least roughly."""
        return self._scene.up_to_date

    @property
    def exact(self) -> bool:
        """Everything visible shows exactly the newest state of the document."""
        return self._scene.exact

    def cached_bytes(self) -> int:
        """The memory that the view takes for pixels made ready to be shown."""
        return self._scene.cached_bytes()

    # What changes the picture

    def _on_document_changed(self, _old: DocumentState, new: DocumentState) -> None:
        self.age.document_changed(self._session.document.revision, new, self._clock())
        self._wake()

    def _on_document_replaced(self) -> None:
        if self._session.document is self._document:
            return
        self._document = self._session.document
        self.age.document_replaced(self._document.state)
        self._scene = Scene(_paper(self._theme), self._pool)
        self.fit()
        self._show_all()

    def _on_theme_changed(self) -> None:
        self._scene = Scene(_paper(self._theme), self._pool)
        self._show_all()

    def _on_result_changed(self) -> None:
        self.age.result_changed(self._session.result)
        self._result_is_new = True
        self._show_all()

    def _on_sync_changed(self, behind_since_s: float | None) -> None:
        self.age.engine_synced(behind_since_s)
        self._wake()

    def _on_tool_changed(self) -> None:
        self._show_cursor()
        self._wake()

    def _show_cursor(self) -> None:
        name = self._toolbox.cursor
        if name != self._cursor:
            self._cursor = name
            self.setCursor(cursor_of(name, self.devicePixelRatioF()))

    def _smooth(self) -> None:
        """The view has come to rest."""
        self._hasty, self._paint_cost_s = False, 0.0
        self._show_all()

    def _show_all(self) -> None:
        """Repaint everything in the next display frame."""
        self._repaint_all = True
        self._wake()

    def _wake(self) -> None:
        """Have a display frame made: at once when the last one is long done, else so that some time is left for events
        between the two."""
        if not self._frame.isActive():
            pause_s = min(max(SHORTEST_FRAME_S, 1.25 * self._frame_cost_s), LONGEST_PAUSE_S)
            rest_s = pause_s - (self._clock() - self._last_flush_s)
            self._frame.start(max(0, ceil(rest_s * 1000)))

    def flush(self) -> None:
        """Make one display frame now: what a pen did since the last one is composited and ready to be painted.

        Tiles of a stroke are always done; what else waits for compositing gets the time that a frame has left.
        """
        started_s = self._clock()
        if not self.may_composite():
            self._last_flush_s = started_s
            self._frame.start(ceil(SHORTEST_FRAME_S * 1000))
            return
        self._toolbox.flush()
        self._rest(started_s)
        self._frame.stop()
        self._last_flush_s = started_s
        session, view = self._session, self._viewport
        if self._result_is_new:
            self._result_is_new = False
            self._result = None if session.result is None else ResultPicture.of(session.result)
        baseline = None if session.result is None else session.result.snapshot.state
        self._scene.tint_unselected(on=session.plane == "selection")
        self._scene.show_mask(session.look.mask)
        self._scene.show(session.document.state, session.active, baseline, view)
        red, green, blue = (round(channel * 255) for channel in session.settings.colour)
        dirty = self._scene.fill((red, green, blue), self._clock, FILL_S)
        if self._repaint_all:
            self._repaint_all = False
            self.update()
        elif dirty:
            self.update(_pixels_around(view.view_bounds(dirty)))
        self._renew_shapes()
        self._show_cursor()
        self._renew_age()
        if self._scene.busy or self._resting or self._toolbox.busy:
            self._wake()
        self._frame_cost_s = self._clock() - started_s + self._paint_cost_s

    @property
    def _resting(self) -> bool:
        """The pen is down on this view, and its gesture goes on although it rests."""
        return self.hands.reported_s is not None and self._toolbox.restless

    def _rest(self, now_s: float) -> None:
        """Hand in the time that the pen has rested; between two of its events it does not."""
        if self.hands.reported_s is not None and self._resting:
            seconds = now_s - max(self.hands.reported_s + REST_AFTER_S, self._last_flush_s)
            if seconds > 0.0:
                self._toolbox.rest(seconds)

    def _renew_shapes(self) -> None:
        shapes = self._toolbox.overlay()
        if not self.hands.over:
            shapes = tuple(shape for shape in shapes if not isinstance(shape, Circle | PickedColour))
        if shapes == self._shapes:
            return
        old, self._shapes = self._shapes, shapes
        self._ants.show(shapes)
        for shape in (*(s for s in old if s not in shapes), *(s for s in shapes if s not in old)):
            if isinstance(shape, Circle):
                self.update(_pixels_around(self._viewport.view_bounds(_box(shape))))
            elif isinstance(shape, PickedColour):
                self.update(_pixels_around(picked_box(self._viewport, shape)))
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
        if self._surface is not None:
            return
        started_s = self._clock()
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), self._theme.tokens.surround)
            for pane in self._panes():
                with _within(painter, pane, self.height()):
                    paint_canvas(painter, pane.showing, self._theme.tokens)
            self._paint_over(painter)
        self._paint_cost_s = self._clock() - started_s

    def _panes(self) -> tuple[Pane, ...]:
        if not self.may_composite():
            return ()
        posing = self._toolbox.active_id == "pose"
        state, look = self._session.document.state, self._session.look
        return arrange(state, self._scene, self._viewport, look, self._result, posing=posing, hasty=self._hasty)

    def _paint_over(self, painter: QPainter) -> None:
        """What lies over the pixels, however they were painted."""
        tokens, state = self._theme.tokens, self._session.document.state
        panes = self._panes()
        for pane in panes:
            with _within(painter, pane, self.height()):
                paint_poses(painter, pane.showing)
                if self._session.look.pixel_grid:
                    paint_pixel_grid(painter, pane.showing.view, state.rect)
                if len(panes) > 1:
                    paint_frame(painter, pane.showing.view, state.rect)
        if len(panes) > 1:
            painter.fillRect(QRectF(panes[1].x - 1.0, 0.0, 2.0, self.height()), tokens.hairline)
        elif panes:
            view = panes[0].showing.view
            self._ants.paint(painter, view)
            paint_shapes(painter, view, self._shapes)
            paint_frame(painter, view, self._framed())
            paint_labels(painter, self._labels(view), tokens.hairline)

    # Which canvas paints

    @property
    def canvas(self) -> CanvasKind:
        """What paints: OpenGL or Qt's painter."""
        return "software" if self._surface is None else "opengl"

    def paint_with(self, canvas: CanvasKind) -> None:
        """Change what paints. Where OpenGL fails, the software canvas goes on and `message` says why."""
        if canvas == self.canvas:
            return
        if self._surface is not None:
            self._surface.hide()
            self._surface.release()
            self._surface.deleteLater()
            self._surface = None
        else:
            # Qt's OpenGL classes are loaded only where they are wanted.
            from app.canvas_view.gl_surface import GlSurface

            self._surface = GlSurface(self, self._theme, self._panes, self._paint_over, self._do_without_opengl)
            self._surface.show()
        self._show_all()

    def _do_without_opengl(self, sentence: str) -> None:
        # Called while the surface is being set up: it is taken away when that is over.
        QTimer.singleShot(0, self, lambda: self.paint_with("software"))
        self.opengl_failed()
        self._session.message.emit(sentence)

    def update(self, *area: Any) -> None:
        """Have all, or an area, painted again by whichever canvas paints."""
        if self._surface is None:
            super().update(*area)
        else:
            self._surface.update()

    def repaint(self, *area: Any) -> None:
        """Paint all, or an area, now."""
        if self._surface is None:
            super().repaint(*area)
        else:
            self._surface.repaint()

    def _labels(self, view: Viewport) -> tuple[Label, ...]:
        tokens = self._theme.tokens
        colours = LabelColours(tokens.text, tokens.ready, tokens.waiting)
        age = "" if self._session.look.paint_only else self._age_text
        return place_labels(view, self._framed(), self._session.document.state.rect, age, colours)

    def _framed(self) -> Rect:
        """The rectangle that the shown image was made for; the whole canvas before there is one."""
        return self._session.document.state.rect if self._result is None else self._result.rect

    def resizeEvent(self, _event: QResizeEvent) -> None:
        if self._surface is not None:
            self._surface.setGeometry(self.rect())
        self._take_size()

    def _take_size(self) -> None:
        viewport = self._viewport.resized(self.width(), self.height(), self.devicePixelRatioF())
        if self._fits:
            viewport = viewport.fitted(self._session.document.state.rect)
        self._take(viewport)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ants.rest_or_march()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ants.rest_or_march()

    # Hands

    def tabletEvent(self, event: QTabletEvent) -> None:
        self.hands.tablet(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hands.mouse(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hands.mouse(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hands.mouse(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self.hands.touch(event)
            return True
        if isinstance(event, QKeyEvent) and self.keys.comes_first(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._take_size()
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        at, pixels = event.position(), event.pixelDelta()
        fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase and not pixels.isNull()
        if fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(pixels.x(), pixels.y())
        else:
            self.zoom_about(WHEEL_STEP ** (event.angleDelta().y() / 120.0), at.x(), at.y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.pressed(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.keys.released(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.keys.release_all()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hands.leave()
        super().leaveEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if drops.can_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._toolbox.finish()
        place = self.viewport.to_document(event.position().x(), event.position().y())
        as_document = drops.wants_document(event)
        tool = self._toolbox.active_id
        drops.take(event.mimeData(), self._session, tool, self.open_files, place, as_document=as_document)


@contextmanager
def _within(painter: QPainter, pane: Pane, height: int) -> Iterator[None]:
    """Paint in a pane's own coordinates, and nowhere else."""
    painter.save()
    painter.translate(pane.x, 0.0)
    painter.setClipRect(QRectF(0.0, 0.0, pane.showing.view.width, height), Qt.ClipOperation.IntersectClip)
    try:
        yield
    finally:
        painter.restore()


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
