"""Navigator: the whole document in small, with what the view shows of it; drag, wheel and sliders move the view.

It never slows a stroke: while one is drawn nothing is renewed, afterwards only in short slices of idle time.
GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.canvas_view.overview import Overview
from app.canvas_view.painter import image_of
from app.canvas_view.result_picture import ResultPicture
from app.canvas_view.view import WHEEL_STEP, CanvasView
from app.canvas_view.viewport import MAX_ZOOM, MIN_ZOOM, Point, Viewport
from app.session import Session
from app.theme import MARGIN_PX, Theme
from app.widgets.buttons import IconButton
from app.widgets.scale import Scale
from app.widgets.slider import ValueSlider
from canvas.geometry import Rect

#: The picture is renewed when nothing has changed for so long, in slices of so much time.
REST_MS = 150
SLICE_S = 0.003
_PAUSE_MS = 10
_MAP_PX = 150


class NavigatorMap(QWidget):
    """`asked(viewport)`: the artist wants to look there."""

    asked = Signal(object)
    fit_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._document = Rect(0, 0, 1, 1)
        self._view = Viewport(1.0, 1.0)
        self._picture: QImage | None = None
        self._scaled: QPixmap | None = None
        self._grip: Point | None = None
        self.setMinimumHeight(_MAP_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag to move the view, wheel to zoom, double-click to fit")

    def show_viewport(self, view: Viewport) -> None:
        if view != self._view:
            self._view = view
            self.update()

    def show_picture(self, picture: QImage, document: Rect) -> None:
        """`picture`: all of `document`, of any size."""
        self._picture, self._document, self._scaled = picture, document, None
        self.update()

    # Measures

    def _scale(self) -> float:
        """Logical pixels of the map per document pixel."""
        return min(self.width() / self._document.width, self.height() / self._document.height)

    def _place(self) -> QRectF:
        """Where the document lies in the map."""
        width, height = self._document.width * self._scale(), self._document.height * self._scale()
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def to_map(self, x: float, y: float) -> QPointF:
        place, scale = self._place(), self._scale()
        return QPointF(place.x() + x * scale, place.y() + y * scale)

    def _to_document(self, at: QPointF) -> Point:
        place, scale = self._place(), self._scale()
        return (at.x() - place.x()) / scale, (at.y() - place.y()) / scale

    def _seen(self) -> QPolygonF:
        view = self._view
        corners = ((0.0, 0.0), (view.width, 0.0), (view.width, view.height), (0.0, view.height))
        return QPolygonF([self.to_map(*view.to_document(*corner)) for corner in corners])

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, y = self._to_document(event.position())
        inside = self._seen().containsPoint(event.position(), Qt.FillRule.OddEvenFill)
        # Within the frame the view is dragged by where it was taken; outside of it, it comes to the pointer.
        self._grip = (x - self._view.centre[0], y - self._view.centre[1]) if inside else (0.0, 0.0)
        self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.fit_asked.emit()

    def _follow(self, at: QPointF) -> None:
        if self._grip is not None:
            x, y = self._to_document(at)
            self.asked.emit(self._view.centred((x - self._grip[0], y - self._grip[1])))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.asked.emit(self._view.at_zoom(self._view.zoom * WHEEL_STEP ** (event.angleDelta().y() / 120.0)))
        event.accept()

    # The look

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        place = self._place()
        painter.fillRect(self.rect(), tokens.window)
        painter.fillRect(place, tokens.checker_dark)
        if self._picture is not None:
            painter.drawPixmap(place, self._fitted(place), QRectF())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        seen = self._seen()
        for colour, width in ((QColor(20, 20, 20, 170), 3.0), (QColor(255, 255, 255, 230), 1.25)):
            painter.setPen(QPen(colour, width))
            painter.drawPolygon(seen)
        painter.end()

    def _fitted(self, place: QRectF) -> QPixmap:
        """The picture at the size of the map; kept until one of them changes."""
        assert self._picture is not None
        ratio = self.devicePixelRatioF()
        size = QSize(max(1, round(place.width() * ratio)), max(1, round(place.height() * ratio)))
        if self._scaled is None or self._scaled.size() != size:
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = self._picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = QPixmap.fromImage(scaled)
        return self._scaled


class NavigatorPanel(QWidget):
    """`clock`: seconds, to keep each slice of work short."""

    def __init__(
        self, session: Session, theme: Theme, view: CanvasView, clock: Callable[[], float] = perf_counter
    ) -> None:
        super().__init__()
        self._session, self._view, self._clock = session, view, clock
        self._overview = Overview()
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self.renew)
        self.map = NavigatorMap(theme)
        self.map.asked.connect(view.set_viewport)
        self.map.fit_asked.connect(view.fit)
        percent = Scale(MIN_ZOOM * 100, MAX_ZOOM * 100, unit=" %", curve="log")
        self.zoom = ValueSlider(theme, "Zoom", percent, 100)
        self.zoom.changed.connect(lambda value: view.set_viewport(view.viewport.at_zoom(value / 100)))
        self.rotation = ValueSlider(theme, "Rotation", Scale(-180, 180, unit="°"), 0)
        self.rotation.changed.connect(lambda degrees: view.turn(degrees - view.viewport.rotation_deg))
        fit = IconButton(theme, "fit", "Fit to window")
        fit.clicked.connect(view.fit)
        self.mirror = IconButton(theme, "mirror", "Mirror view")
        self.mirror.setCheckable(True)
        self.mirror.clicked.connect(view.mirror)

        grid = QGridLayout()
        grid.setSpacing(4)
        grid.addWidget(self.zoom, 0, 0)
        grid.addWidget(fit, 0, 1)
        grid.addWidget(self.rotation, 1, 0)
        grid.addWidget(self.mirror, 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 8)
        column.setSpacing(8)
        column.addWidget(self.map, 1)
        column.addLayout(grid)

        view.viewport_changed.connect(self._show_viewport)
        session.document_changed.connect(lambda _old, _new: self._wait())
        session.document_replaced.connect(self._wait)
        session.result_changed.connect(self._wait)
        session.look_changed.connect(lambda _look: self._wait())
        self._show_viewport(view.viewport)

    def _show_viewport(self, viewport: Viewport) -> None:
        self.map.show_viewport(viewport)
        self.zoom.set_value(viewport.zoom * 100)
        self.rotation.set_value(viewport.rotation_deg)
        self.mirror.setChecked(viewport.mirrored)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wait()

    def hideEvent(self, event: QHideEvent) -> None:
        self._due.stop()
        super().hideEvent(event)

    def _wait(self) -> None:
        if self.isVisible():
            self._due.start(REST_MS)

    def renew(self) -> None:
        """One slice of work; the next one follows by itself."""
        if self._session.document.in_gesture or not self._view.may_composite():
            self._due.start(REST_MS)
            return
        started_s = self._clock()
        self._overview.take(self._session.document.state)
        self._overview.work(lambda: self._clock() - started_s < SLICE_S)
        if self._overview.pending:
            self._due.start(_PAUSE_MS)
        else:
            self.map.show_picture(self._picture(), self._session.document.state.rect)

    def _picture(self) -> QImage:
        """The document in small, the result over it as far as the canvas shows it."""
        document, level, look = self._session.document.state.rect, self._overview.level, self._session.look
        size = QSize(max(1, document.width >> level), max(1, document.height >> level))
        picture = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.drawImage(QPointF(0, 0), image_of(self._overview.pixels))
            result = None if look.paint_only else self._session.result
            if result is not None:
                shown = ResultPicture.of(result)
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.setOpacity(look.opacity)
                painter.scale(size.width() / document.width, size.height() / document.height)
                rect = shown.rect
                painter.drawImage(QRectF(rect.x0, rect.y0, rect.width, rect.height), image_of(shown.pixels))
        return picture
