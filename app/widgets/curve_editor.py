"""A curve to bend by its points: how the pen drives a brush, how tones are shifted. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import RADIUS_PX, SMALL_PX, Theme, figures_font
from canvas.curves import LINEAR, Curve, checked, evaluated

#: Around the plot, so that a point at its edge can be seen and grasped whole.
_MARGIN_PX = 7.0
_POINT_PX = 4.0
_GRASP_PX = 10.0
#: A point dragged this far out of the plot is gone.
_OUT_PX = 26.0
#: Neighbouring points stay this far apart.
_GAP = 0.005
_NUDGE, _FAR_NUDGE = 0.01, 0.1

_NUDGES = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_WALK = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}


def percent(share: float) -> str:
    return f"{round(share * 100)} %"


class CurveEditor(QWidget):
    """`changed(curve)` is emitted for what the artist does, never for `set_curve`; `finished` when a drag has ended.

    A click adds a point, a drag moves it; dragging it out or Delete removes it; the arrow keys nudge the chosen point
    (with Shift ten times as far), Page up and Page down choose another. A double click goes back to `default`. `shown`
    writes a number 0..1 of either axis.
    """

    changed = Signal(object)
    finished = Signal()

    def __init__(
        self,
        theme: Theme,
        default: Curve = LINEAR,
        shown: Callable[[float], str] = percent,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._default = checked(default)
        self._shown = shown
        self._curve = self._default
        self._chosen: int | None = None
        self._hovered: int | None = None
        self._rest: Curve | None = None  # while dragging: the points beside the one in the hand
        self._histogram: tuple[float, ...] | None = None
        self._marker: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setAccessibleName("Curve")

    @property
    def curve(self) -> Curve:
        return self._curve

    def set_curve(self, curve: Curve) -> None:
        """Show a curve; the artist's own hand has precedence while they drag. Raises ValueError when it is none."""
        checked(curve)
        if self._rest is None and curve != self._curve:
            self._curve = curve
            self._chosen = None
            self.update()

    def set_histogram(self, counts: Sequence[float] | None) -> None:
        """Draw how often each of 256 values occurs behind the curve. Raises ValueError for another number of them."""
        if counts is not None and len(counts) != 256:
            raise ValueError(f"a histogram counts 256 values, not {len(counts)}")
        self._histogram = None if counts is None else _heights(counts)
        self.update()

    def set_marker(self, x: float | None) -> None:
        """Show where on the curve the pen is now, 0..1; nowhere when None."""
        if x != self._marker:
            self._marker = x
            self.update()

    def reset(self) -> None:
        """Back to the default."""
        self._rest = None
        self._chosen = None
        self._take(self._default)
        self.finished.emit()

    def _take(self, curve: Curve) -> None:
        if curve != self._curve:
            self._curve = curve
            self.changed.emit(curve)
        self.update()

    # Measures

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)

    def place(self, x: float, y: float) -> QPointF:
        """Where a point of the curve lies in the widget."""
        plot = self._plot()
        return QPointF(plot.left() + x * plot.width(), plot.bottom() - y * plot.height())

    def _value(self, at: QPointF) -> tuple[float, float]:
        plot = self._plot()
        x, y = (at.x() - plot.left()) / plot.width(), (plot.bottom() - at.y()) / plot.height()
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def _near(self, at: QPointF) -> int | None:
        """The point under the pointer."""
        far = [((self.place(x, y) - at).manhattanLength(), i) for i, (x, y) in enumerate(self._curve)]
        distance, index = min(far)
        return index if distance <= _GRASP_PX else None

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        index = self._near(event.position())
        if index is None:
            self._rest, self._chosen = self._curve, None
            self._drop(self._value(event.position()))
        else:
            self._rest = (*self._curve[:index], *self._curve[index + 1 :])
            self._chosen = index
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._rest is None:
            hovered = self._near(event.position())
            if hovered != self._hovered:
                self._hovered = hovered
                self.update()
        elif len(self._rest) >= 2 and not self._within(event.position()):
            self._chosen = None
            self._take(self._rest)
        else:
            self._drop(self._value(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._rest is not None:
            self._rest = None
            self.update()
            self.finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def _within(self, at: QPointF) -> bool:
        return QRectF(self.rect()).adjusted(-_OUT_PX, -_OUT_PX, _OUT_PX, _OUT_PX).contains(at)

    def _drop(self, point: tuple[float, float]) -> None:
        """Lay the point in the hand among the others, as near as they let it come."""
        assert self._rest is not None
        rest = self._rest
        # A new point, or one that was dragged out, finds its place by its x.
        index = sum(x <= point[0] for x, _ in rest) if self._chosen is None else self._chosen
        placed = _between(rest, index, point)
        if placed is not None:
            self._chosen = index
            self._take((*rest[:index], placed, *rest[index:]))

    # The keys

    def event(self, event: QEvent) -> bool:
        # Delete and the arrow keys are the window's as well; while the curve has the focus they are the curve's.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            own = Qt.Key(event.key())
            if own in _NUDGES or own in _REMOVE or own in _WALK or own in _ENDS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        chosen = self._chosen
        if key in _WALK:
            start = (-1 if _WALK[key] > 0 else 0) if chosen is None else chosen
            self._chosen = (start + _WALK[key]) % len(self._curve)
        elif key in _ENDS:
            self._chosen = _ENDS[key] % len(self._curve)
        elif key in _NUDGES and chosen is not None:
            step = _FAR_NUDGE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _NUDGE
            (x, y), (dx, dy) = self._curve[chosen], _NUDGES[key]
            rest = (*self._curve[:chosen], *self._curve[chosen + 1 :])
            moved = _between(rest, chosen, (x + dx * step, y + dy * step))
            if moved is not None:
                self._take((*rest[:chosen], moved, *rest[chosen:]))
                self.finished.emit()
        elif key in _REMOVE and chosen is not None and len(self._curve) > 2:
            self._chosen = None
            self._take((*self._curve[:chosen], *self._curve[chosen + 1 :]))
            self.finished.emit()
        elif key not in _NUDGES and key not in _REMOVE:
            event.ignore()
            return
        self.update()

    # The look

    def sizeHint(self) -> QSize:
        return QSize(200, 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, plot = self._theme.tokens, self._plot()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        painter.fillPath(ground, tokens.field)
        if self._histogram is not None:
            self._paint_histogram(painter, plot, tokens.slider_fill)
        painter.setPen(QPen(tokens.raised, 1))
        for quarter in range(5):
            x = round(plot.left() + plot.width() * quarter / 4) + 0.5
            y = round(plot.top() + plot.height() * quarter / 4) + 0.5
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(QPen(tokens.chosen, 1, Qt.PenStyle.DotLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())
        ink = tokens.text if self.isEnabled() else tokens.text_disabled
        if self._marker is not None and self.isEnabled():
            self._paint_marker(painter, plot, self._marker, tokens.accent)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink, 1.5))
        xs = np.linspace(0.0, 1.0, max(2, round(plot.width())))
        points = [self.place(float(x), float(y)) for x, y in zip(xs, evaluated(self._curve, xs), strict=True)]
        painter.drawPolyline(QPolygonF(points))
        for index, (x, y) in enumerate(self._curve):
            chosen = index == self._chosen
            painter.setPen(QPen(tokens.field, 1.5))
            painter.setBrush(tokens.accent if chosen and self.isEnabled() else ink)
            radius = _POINT_PX + 1.0 if chosen or index == self._hovered else _POINT_PX
            painter.drawEllipse(self.place(x, y), radius, radius)
        if self._chosen is not None and self.isEnabled():
            self._paint_figures(painter, plot, *self._curve[self._chosen])
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.focus, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        painter.end()

    def _paint_histogram(self, painter: QPainter, plot: QRectF, colour: QColor) -> None:
        assert self._histogram is not None
        hills = QPolygonF([plot.bottomLeft()])
        for index, height in enumerate(self._histogram):
            hills.append(self.place(index / 255, height))
        hills.append(plot.bottomRight())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(hills)

    def _paint_marker(self, painter: QPainter, plot: QRectF, x: float, colour: QColor) -> None:
        at = self.place(x, float(evaluated(self._curve, [x])[0]))
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(at.x(), plot.bottom()), at)
        painter.drawLine(QPointF(plot.left(), at.y()), at)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(at, 3.0, 3.0)

    def _paint_figures(self, painter: QPainter, plot: QRectF, x: float, y: float) -> None:
        """Where the chosen point lies, in the corner that the curve leaves free."""
        text = f"{self._shown(x)} → {self._shown(y)}"
        font = figures_font(SMALL_PX)
        painter.setFont(font)
        painter.setPen(self._theme.tokens.text_dim)
        width = QFontMetricsF(font).horizontalAdvance(text)
        crowded = y > 0.82 and x < 0.55
        corner = QPointF(plot.right() - width - 6, plot.bottom() - 7) if crowded else plot.topLeft() + QPointF(6, 14)
        painter.drawText(corner, text)


def _between(rest: Curve, index: int, point: tuple[float, float]) -> tuple[float, float] | None:
    """`point` moved between its neighbours; None when there is no room between them."""
    low = rest[index - 1][0] + _GAP if index > 0 else 0.0
    high = rest[index][0] - _GAP if index < len(rest) else 1.0
    if low > high:
        return None
    return min(high, max(low, point[0])), min(1.0, max(0.0, point[1]))


def _heights(counts: Sequence[float]) -> tuple[float, ...]:
    """Counts as heights 0..1; what lies at the very ends (empty paper) does not flatten the rest."""
    highest = max(max(counts[1:-1]), max(counts) / 8, 1e-9)
    return tuple(min(1.0, count / highest) for count in counts)
