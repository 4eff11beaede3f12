"""A slider of one component of a colour: below its name and value runs the ramp of the colours that it gives."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.colours import Colour
from app.theme import RADIUS_PX, Theme, figures_font
from app.widgets.colour_wheel import to_qcolor
from app.widgets.scale import Scale
from app.widgets.slider import ValueSlider

_RAMP_PX = 6
_PAD_PX = 6.0


class RampSlider(ValueSlider):
    def __init__(self, theme: Theme, name: str, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, scale, scale.low, parent)
        self._ramp: tuple[Colour, ...] = ()

    def set_ramp(self, colours: Sequence[Colour]) -> None:
        """Colours at even steps from the low end to the high one; between them the ramp is straight in sRGB."""
        if tuple(colours) != self._ramp:
            self._ramp = tuple(colours)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        painter.fillPath(shape, tokens.field)
        top = self.height() - _RAMP_PX
        painter.setClipRect(QRectF(0, top, self.width(), _RAMP_PX))
        painter.fillPath(shape, self._gradient())
        painter.setClipping(False)
        x = min(self.width() - 1.5, max(1.5, self.scale.share(self.value) * self.width()))
        for colour, width in ((QColor(20, 20, 20), 4.0), (QColor(255, 255, 255), 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QLineF(x, top - 1, x, self.height()))
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(tokens.focus, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        painter.setPen(tokens.text)
        value = self.scale.text(self.value)
        baseline = (top + QFontMetricsF(self.font()).capHeight()) / 2
        painter.drawText(QPointF(_PAD_PX, baseline), self.accessibleName())
        painter.setFont(figures_font())
        width = QFontMetricsF(figures_font()).horizontalAdvance(value)
        painter.drawText(QPointF(self.width() - width - _PAD_PX, baseline), value)
        painter.end()

    def _gradient(self) -> QLinearGradient:
        gradient = QLinearGradient(0, 0, self.width(), 0)
        for step, colour in enumerate(self._ramp):
            gradient.setColorAt(step / max(1, len(self._ramp) - 1), to_qcolor(colour))
        return gradient
