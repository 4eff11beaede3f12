"""Words to choose one from, in one line: as many as fit, the rest in a menu behind the last."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from app.theme import RADIUS_PX, SMALL_PX, Theme, text_font

HEIGHT_PX = 20
_PAD_PX = 7.0
_GAP_PX = 3.0
_MORE = "More"


class TagRow(QWidget):
    """`chosen(key)` is emitted for what the artist does, never for `show_key`. `choices`: pairs of key and word.

    The chosen word is always in sight: when it would be in the menu, it takes the place of the last one that fits.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices: tuple[tuple[str, str], ...] = ()
        self._key = ""
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)

    @property
    def key(self) -> str:
        return self._key

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Replace the words; the chosen key stays if it is still there, else it is the first."""
        self._choices = tuple(choices)
        if self._key not in (key for key, _ in self._choices) and self._choices:
            self._key = self._choices[0][0]
        self.update()

    def show_key(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self.update()

    def _choose(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self.update()
            self.chosen.emit(key)

    def boxes(self) -> list[tuple[str, str, QRectF]]:
        """(key, word, where) of what is in sight; the key of the menu is "\\0"."""
        widths = [self._width(text) for _, text in self._choices]
        if sum(widths) + _GAP_PX * (len(widths) - 1) <= self.width():
            fitting = list(self._choices)
        else:
            room = self.width() - self._width(_MORE + " ›")
            fitting = []
            for choice, width in zip(self._choices, widths, strict=True):
                room -= width + _GAP_PX
                if room < 0:
                    break
                fitting.append(choice)
            chosen = next((choice for choice in self._choices if choice[0] == self._key), None)
            if chosen is not None and chosen not in fitting:
                self._make_room(fitting, chosen)
            fitting.append(("\0", _MORE + " ›"))
        placed, x = [], 0.0
        for key, text in fitting:
            width = self._width(text)
            placed.append((key, text, QRectF(x, 0.0, width, self.height())))
            x += width + _GAP_PX
        return placed

    def _make_room(self, fitting: list[tuple[str, str]], chosen: tuple[str, str]) -> None:
        room = self.width() - self._width(_MORE + " ›") - self._width(chosen[1]) - _GAP_PX
        while len(fitting) > 1 and sum(self._width(text) + _GAP_PX for _, text in fitting) > room:
            fitting.pop()
        fitting.append(chosen)

    def _width(self, text: str) -> float:
        return QFontMetricsF(text_font(SMALL_PX)).horizontalAdvance(text) + 2 * _PAD_PX

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        for key, _, box in self.boxes():
            if box.contains(event.position()):
                if key == "\0":
                    self.menu().popup(self.mapToGlobal(QPoint(int(box.left()), self.height())))
                else:
                    self._choose(key)

    def menu(self) -> QMenu:
        """The words that did not fit."""
        seen = {key for key, _, _ in self.boxes()}
        menu = QMenu(self)
        for key, text in self._choices:
            if key not in seen:
                menu.addAction(text, partial(self._choose, key))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        keys = [key for key, _ in self._choices]
        if step is None or self._key not in keys:
            event.ignore()
            return
        self._choose(keys[min(len(keys) - 1, max(0, keys.index(self._key) + step))])

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(SMALL_PX))
        for key, text, box in self.boxes():
            chosen = key == self._key
            painter.setPen(QPen(tokens.focus, 1) if chosen and self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(tokens.chosen if chosen else tokens.field)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
            painter.setPen(tokens.text if chosen else tokens.text_dim)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
