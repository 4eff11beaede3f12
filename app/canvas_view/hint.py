"""`ViewHint`: a word over the canvas for a moment, such as the angle while the view is turned. GUI thread only.

It lies over the view as a widget of its own, so that the canvas is not painted anew for it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.canvas_view.viewport import Viewport
from app.theme import RADIUS_PX, Theme, text_font

BRIEFLY_MS, LONG_MS = 900, 4000
_PAD_PX, _HEIGHT_PX, _TOP_PX = 10, 24, 12
_DIAL_PX = 14


class ViewHint(QWidget):
    """At the top of `view`, in the middle. The angle comes with a dial that is lit while the view stands upright."""

    def __init__(self, view: QWidget, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._theme = view, theme
        self._text = ""
        self._rotation_deg: float | None = None
        self._shown_deg = 0.0
        self._gone = QTimer(self, singleShot=True)
        self._gone.timeout.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        view.installEventFilter(self)

    @property
    def text(self) -> str:
        """What is shown; "" while nothing is."""
        return self._text if not self.isHidden() else ""

    def show_viewport(self, viewport: Viewport) -> None:
        """Say the angle when it changed."""
        if viewport.rotation_deg != self._shown_deg:
            self._shown_deg = viewport.rotation_deg
            self._say(f"{round(viewport.rotation_deg)}°", viewport.rotation_deg, BRIEFLY_MS)

    def tell(self, sentence: str) -> None:
        """Show a sentence long enough to be read."""
        self._say(sentence, None, LONG_MS)

    def _say(self, text: str, rotation_deg: float | None, for_ms: int) -> None:
        self._text, self._rotation_deg = text, rotation_deg
        dial = 0 if rotation_deg is None else _DIAL_PX + 6
        width = QFontMetricsF(text_font()).horizontalAdvance(text)
        if rotation_deg is not None:
            width = max(width, QFontMetricsF(text_font()).horizontalAdvance("-180°"))
        self.resize(int(width) + dial + 2 * _PAD_PX, _HEIGHT_PX)
        self._place()
        self.show()
        self.raise_()
        self.update()
        self._gone.start(for_ms)

    def _place(self) -> None:
        self.move((self._view.width() - self.width()) // 2, _TOP_PX)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.hairline)
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        left = float(_PAD_PX)
        if self._rotation_deg is not None:
            upright = self._rotation_deg % 90.0 == 0.0
            painter.save()
            painter.translate(_PAD_PX + _DIAL_PX / 2, self.height() / 2)
            painter.rotate(self._rotation_deg)
            painter.setPen(tokens.accent if upright else tokens.text_dim)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(0, 0), _DIAL_PX / 2, _DIAL_PX / 2)
            painter.drawLine(QPointF(0, 0), QPointF(0, -_DIAL_PX / 2))
            painter.restore()
            left += _DIAL_PX + 6
        painter.setFont(text_font())
        painter.setPen(tokens.text)
        box = QRectF(left, 0, self.width() - left - _PAD_PX, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)
        painter.end()
