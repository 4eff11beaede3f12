"""A quiet bar that leads through a document: steps that light up as they are done, and a sentence. GUI thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.icons import paint_icon
from app.theme import CONTROL_PX, MARGIN_PX, Theme, text_font
from app.widgets.bar import Bar
from app.widgets.buttons import IconButton, TextButton

_DISC_PX, _PAD_PX, _GAP_PX = 14, 6, 6


class StepButton(TextButton):
    """A word beside a disc: empty, ringed in the accent colour while it is this step's turn, ticked when it is done."""

    def __init__(self, theme: Theme, word: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, word, parent=parent)
        self.done = self.current = False
        self.setToolTip(tip)

    def show_state(self, *, done: bool, current: bool) -> None:
        self.done, self.current = done, current
        self.setAccessibleDescription("done" if done else "next" if current else "")
        self.update()

    def sizeHint(self) -> QSize:
        word = QFontMetricsF(text_font()).horizontalAdvance(self.text())
        return QSize(int(word) + _DISC_PX + _GAP_PX + 2 * _PAD_PX + 1, CONTROL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        self._paint_ground(painter)
        middle = QPointF(_PAD_PX + _DISC_PX / 2, self.height() / 2)
        painter.setBrush(tokens.accent if self.done else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tokens.accent if self.done or self.current else tokens.text_disabled, 1.5))
        painter.drawEllipse(middle, _DISC_PX / 2 - 1, _DISC_PX / 2 - 1)
        if self.done:
            paint_icon(painter, "check", middle, tokens.on_accent, _DISC_PX - 3)
        painter.setFont(text_font())
        painter.setPen(tokens.text if self.current else tokens.text_dim)
        box = self.rect().adjusted(_PAD_PX + _DISC_PX + _GAP_PX, 0, -_PAD_PX, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()


class GuideBar(Bar):
    """Hidden until `begin`; `closed` when the artist wants no more of it. `chosen(index)`: a step was clicked."""

    chosen = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "accent", dot_y=15, parent=parent)
        self.steps: tuple[StepButton, ...] = ()
        self.title = QLabel()
        self.title.setProperty("heading", True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.close_button = IconButton(theme, "close", "Close the guide")
        self.close_button.clicked.connect(self.closed)
        self._row = QHBoxLayout()
        self._row.setSpacing(2)
        self._row.addWidget(self.title)
        self._row.addSpacing(8)
        self._row.addStretch(1)
        self._row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX + 12, 7, 8, 8)
        column.setSpacing(3)
        column.addLayout(self._row)
        column.addWidget(self.label)
        self.hide()

    def begin(self, title: str, steps: Sequence[tuple[str, str]]) -> None:
        """Show a title and a step for each word and its sentence."""
        for old in self.steps:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.title.setText(title)
        self.steps = tuple(StepButton(self._theme, word, tip) for word, tip in steps)
        for index, step in enumerate(self.steps):
            step.clicked.connect(lambda _on=False, i=index: self.chosen.emit(i))
            self._row.insertWidget(2 + index, step)
        self.show()

    def show_steps(self, done: Collection[int], current: int | None) -> None:
        """Which of the steps are done, and whose turn it is."""
        for index, step in enumerate(self.steps):
            step.show_state(done=index in done, current=index == current)

    def say(self, sentence: str, aside: str) -> None:
        """What to do, and quieter beside it what more there is to know."""
        dim = self._theme.tokens.text_dim.name()
        quiet = f' &nbsp;<span style="color: {dim}">{escape(aside)}</span>' if aside else ""
        self.label.setText(f"{escape(sentence)}{quiet}")
