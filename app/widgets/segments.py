"""A compact switch: a few words side by side, one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import RADIUS_PX, SMALL_PX, Theme, text_font

HEIGHT_PX = 20
_PAD_PX = 4.0


class Segments(QWidget):
    """`choices`: pairs of key and word. `chosen(key)` is emitted for what the artist does, never for `show_key`.

    A word takes the room that it needs and its share of what is left.
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices = tuple(choices)
        self._key = self._choices[0][0]
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)

    @property
    def key(self) -> str:
        return self._key

    def show_key(self, key: str) -> None:
        """Raises ValueError for a key that is no choice."""
        if key not in (known for known, _ in self._choices):
            raise ValueError(f"“{key}” is none of the choices")
        if key != self._key:
            self._key = key
            self.update()

    def _choose(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self.update()
            self.chosen.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            for (key, _), box in zip(self._choices, self._boxes(), strict=True):
                if box.contains(event.position()):
                    self._choose(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
            return
        keys = [key for key, _ in self._choices]
        self._choose(keys[min(len(keys) - 1, max(0, keys.index(self._key) + step))])

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(text_font(SMALL_PX))
        return [metrics.horizontalAdvance(text) + 2 * _PAD_PX for _, text in self._choices]

    def _boxes(self) -> list[QRectF]:
        widths = self._widths()
        more = (self.width() - sum(widths)) / len(widths)
        boxes, x = [], 0.0
        for width in widths:
            boxes.append(QRectF(x, 0.0, width + more, self.height()))
            x += width + more
        return boxes

    def sizeHint(self) -> QSize:
        return QSize(int(sum(self._widths())) + 1, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(SMALL_PX))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.field)
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        for (key, text), box in zip(self._choices, self._boxes(), strict=True):
            if key == self._key:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.chosen)
                painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)
            painter.setPen(tokens.text if key == self._key else tokens.text_dim)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.focus, 1))
            inside = QRectF(QPointF(0.5, 0.5), QPointF(self.width() - 0.5, self.height() - 0.5))
            painter.drawRoundedRect(inside, RADIUS_PX, RADIUS_PX)
        painter.end()
