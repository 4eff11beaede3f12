"""A slider that shows its name and value inside itself and can be dragged, scrolled, stepped or typed into."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import CONTROL_PX, RADIUS_PX, Theme, figures_font
from app.widgets.field import TextField
from app.widgets.scale import Scale

_PAD_PX = 8.0
#: Between name and value at least.
_GAP_PX = 4.0
_FINE = 0.1


class ValueSlider(QWidget):
    """`changed(value)` is emitted for what the artist does, never for `set_value`. `finished`: a drag has ended.

    Drag or click sets, Shift drags finely, the wheel and the arrow keys step, a double click or Enter types,
    a middle or Ctrl click goes back to the default.
    """

    changed = Signal(float)
    finished = Signal()

    def __init__(self, theme: Theme, name: str, scale: Scale, default: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self.scale = scale
        self._default = scale.clamped(default)
        self._value = self._default
        self._before_press = self._value
        self._drag: tuple[float, float] | None = None
        self._editor: TextField | None = None
        self._by_keyboard = False
        self.setFixedHeight(CONTROL_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName(name)

    @property
    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show `value`; the artist's own hand has precedence while they drag or type."""
        value = self.scale.clamped(value)
        if value != self._value and self._drag is None and self._editor is None:
            self._value = value
            self.update()

    def _choose(self, value: float) -> None:
        value = self.scale.clamped(value)
        if value != self._value:
            self._value = value
            self.update()
            self.changed.emit(value)

    # Typing

    def open_editor(self) -> None:
        """Let the artist type the value; the present one is selected."""
        if self._editor is not None:
            return
        editor = TextField(self.scale.text(self._value).removesuffix(self.scale.unit), self)
        editor.setProperty("bare", True)
        editor.setGeometry(self.rect())
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.selectAll()
        editor.editingFinished.connect(self._take_typed)
        self._editor = editor
        editor.show()
        editor.setFocus()

    def _take_typed(self) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        value = self.scale.read(editor.text())
        editor.deleteLater()
        self.setFocus()
        editor.hide()
        if value is not None:
            self._choose(value)
            self.finished.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.OtherFocusReason:
            self._by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        # Enter types a value only where the keyboard came by itself: after a drag it must still keep the result.
        enter = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.type() == QEvent.Type.ShortcutOverride and self._by_keyboard:
            event.accept()
            return True
        return super().event(event)

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        reset = event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if reset:
            self._choose(self._default)
            self.finished.emit()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._before_press = self._value
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._choose(self.scale.at(event.position().x() / max(1, self.width())))
            self._drag = (event.position().x(), self.scale.share(self._value))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        x, share = self._drag
        gain = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        self._choose(self.scale.at(share + gain * (event.position().x() - x) / max(1, self.width())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self.finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._before_press)
            self.open_editor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self._choose(self.scale.moved(self._value, notches))
            self.finished.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if steps is not None:
            self._choose(self.scale.moved(self._value, steps))
        elif event.key() == Qt.Key.Key_Home:
            self._choose(self.scale.low)
        elif event.key() == Qt.Key.Key_End:
            self._choose(self.scale.high)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_editor()
        else:
            event.ignore()
            return
        self.finished.emit()

    # The look

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        figures = QFontMetricsF(figures_font())
        widest = max(figures.horizontalAdvance(self.scale.text(v)) for v in (self.scale.low, self.scale.high))
        return QSize(int(metrics.horizontalAdvance(self._name) + widest + 2 * _PAD_PX + _GAP_PX), CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        painter.fillPath(shape, tokens.field)
        painter.save()
        painter.setClipRect(QRectF(0, 0, round(self.scale.share(self._value) * self.width()), self.height()))
        painter.fillPath(shape, tokens.slider_fill if self.isEnabled() else tokens.raised)
        painter.restore()
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(tokens.focus, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        painter.setPen(tokens.text if self.isEnabled() else tokens.text_disabled)
        metrics = QFontMetricsF(self.font())
        value = self.scale.text(self._value)
        figures = figures_font()
        width = QFontMetricsF(figures).horizontalAdvance(value)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, self.width() - width - 2 * _PAD_PX - _GAP_PX)
        baseline = (self.height() + metrics.capHeight()) / 2
        painter.drawText(QPointF(_PAD_PX, baseline), name)
        painter.setFont(figures)
        painter.drawText(QPointF(self.width() - width - _PAD_PX, baseline), value)
        painter.end()
