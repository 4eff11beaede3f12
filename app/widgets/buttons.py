"""Buttons that paint themselves: an icon, a text with a menu, a lamp that is on or off, a job with its progress."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from app.icons import ICON_PX, paint_icon
from app.theme import CONTROL_PX, RADIUS_PX, SMALL_PX, Theme, text_font

TOOL_PX = 32
_ARROW_PX = 12


class _Button(QAbstractButton):
    """Paints a rounded ground in the colour of its state; heirs paint what lies on it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def _ground(self) -> QColor | None:
        tokens = self._theme.tokens
        if self.isDown() or self.isChecked():
            return tokens.chosen
        return tokens.hover if self.underMouse() and self.isEnabled() else tokens.raised

    def _paint_ground(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = self._ground()
        if ground is not None:
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.tokens.focus, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)

    def _ink(self) -> QColor:
        return self._theme.tokens.text if self.isEnabled() else self._theme.tokens.text_disabled

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)


class IconButton(_Button):
    """A line icon on a square; without ground until hovered or checked. `tip` is also what a screen reader says."""

    def __init__(
        self, theme: Theme, icon_name: str, tip: str, side_px: int = CONTROL_PX, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._icon_name = icon_name
        self._icon_px = min(ICON_PX, side_px - 6)
        self.setFixedSize(side_px, side_px)
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    def set_icon(self, icon_name: str) -> None:
        self._icon_name = icon_name
        self.update()

    def _ground(self) -> QColor | None:
        ground = super()._ground()
        return None if ground == self._theme.tokens.raised else ground

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_ground(painter)
        tokens = self._theme.tokens
        ink = tokens.text_disabled if not self.isEnabled() else tokens.text if self.isChecked() else tokens.icon
        paint_icon(painter, self._icon_name, QRectF(self.rect()).center(), ink, self._icon_px)
        painter.end()


class TextButton(_Button):
    """A text on a raised ground; with a menu it also shows an arrow and opens the menu below itself."""

    def __init__(self, theme: Theme, text: str, menu: QMenu | None = None, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setText(text)
        self.menu = menu
        self.setFixedHeight(CONTROL_PX)
        if menu is not None:
            self.clicked.connect(lambda: menu.popup(self.mapToGlobal(self.rect().bottomLeft())))

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self.font()).horizontalAdvance(self.text()) + 20 + (_ARROW_PX + 2 if self.menu else 0)
        return QSize(int(width) + 1, CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_ground(painter)
        painter.setPen(self._ink())
        box = QRectF(self.rect()).adjusted(10, 0, -10, 0)
        if self.menu is not None:
            paint_icon(painter, "down", QPointF(box.right() - 3, box.center().y() + 0.5), self._ink(), _ARROW_PX)
            box.setRight(box.right() - _ARROW_PX - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        else:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class LampButton(_Button):
    """A switch with a lamp: in the accent colour while it is on."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFixedHeight(CONTROL_PX)

    def sizeHint(self) -> QSize:
        return QSize(int(QFontMetricsF(self.font()).horizontalAdvance(self.text())) + 35, CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _ground(self) -> QColor | None:
        tokens = self._theme.tokens
        if self.isChecked():
            return tokens.accent_hover if self.underMouse() else tokens.accent
        return super()._ground()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_ground(painter)
        tokens = self._theme.tokens
        ink = tokens.on_accent if self.isChecked() else self._ink()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink if self.isChecked() else tokens.text_disabled)
        painter.drawEllipse(QPointF(14, self.height() / 2), 4, 4)
        painter.setPen(ink)
        box = QRectF(self.rect()).adjusted(23, 0, -8, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()


class JobButton(_Button):
    """The one primary button: starts a job; while it runs it shows the progress and cancels.

    `started` and `cancelled` say what a click meant.
    """

    started = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._idle_text = text
        self._progress: tuple[int, int] | None = None
        self.setText(text)
        self.setFixedHeight(CONTROL_PX + 4)
        self.clicked.connect(lambda: self.started.emit() if self._progress is None else self.cancelled.emit())

    @property
    def running(self) -> bool:
        return self._progress is not None

    def show_progress(self, step: int, steps: int) -> None:
        """`step` of `steps` are done."""
        self._progress = (step, max(1, steps))
        self.setText(f"Cancel {step}/{steps}" if step else "Cancel")
        self.update()

    def show_idle(self) -> None:
        self._progress = None
        self.setText(self._idle_text)
        self.update()

    def sizeHint(self) -> QSize:
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        width = max(metrics.horizontalAdvance(text) for text in (self._idle_text, "Cancel 88/88"))
        return QSize(int(width) + 21, CONTROL_PX + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _ground(self) -> QColor | None:
        tokens = self._theme.tokens
        if not self.isEnabled() or self._progress is not None:
            return tokens.raised
        return tokens.accent_hover if self.underMouse() or self.isDown() else tokens.accent

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        self._paint_ground(painter)
        ink = tokens.on_accent if self.isEnabled() else tokens.text_disabled
        if self._progress is not None:
            step, steps = self._progress
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.accent)
            painter.drawRect(QRectF(0, self.height() - 3, self.width() * step / steps, 3))
            ink = tokens.text
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class FoldButton(_Button):
    """A quiet line that shows or hides what is below it."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFixedHeight(CONTROL_PX - 4)

    def _ground(self) -> QColor | None:
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_ground(painter)
        tokens = self._theme.tokens
        ink = tokens.text if self.underMouse() else tokens.text_dim
        arrow = QPointF(_ARROW_PX / 2 - 2, self.height() / 2 + 0.5)
        paint_icon(painter, "down" if self.isChecked() else "right", arrow, ink, _ARROW_PX)
        painter.setPen(ink)
        painter.setFont(text_font(SMALL_PX))
        box = QRectF(self.rect()).adjusted(_ARROW_PX + 2, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()
