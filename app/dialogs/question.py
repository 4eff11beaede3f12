"""A question with a few answers, each on a button, and what it is about in a list. GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

WIDTH_PX = 440
#: More lines than this are counted, not listed.
MOST_LINES = 10
CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Answer:
    """`text`: with "&" before the letter that chooses it together with Alt."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """`answers`: what Enter chooses first. Escape and the Cancel button, which every question has, give CANCEL."""

    title: str
    sentence: str
    answers: tuple[Answer, ...]
    lines: tuple[str, ...] = ()
    remark: str = ""


class QuestionDialog(QDialog):
    """`answer` after it was closed."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(question.title)
        self.setFixedWidth(WIDTH_PX)
        self.answer = CANCEL
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(_words(question.sentence))
        if question.lines:
            column.addWidget(listed(question.lines))
        if question.remark:
            column.addWidget(_words(question.remark, dim=True))
        column.addSpacing(8)
        self.buttons = {answer.key: QPushButton(answer.text) for answer in question.answers}
        self.buttons[CANCEL] = QPushButton("&Cancel")
        for key, button in self.buttons.items():
            button.clicked.connect(lambda _on=False, k=key: self._choose(k))
        first, *others = question.answers
        primary = self.buttons[first.key]
        primary.setProperty("primary", True)
        primary.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        # What throws something away stands apart from what keeps it.
        for other in others:
            row.addWidget(self.buttons[other.key])
        row.addStretch(1)
        row.addWidget(self.buttons[CANCEL])
        row.addWidget(primary)
        column.addLayout(row)
        primary.setFocus()

    def _choose(self, key: str) -> None:
        self.answer = key
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.focusNextPrevChild(step > 0)


def listed(lines: Sequence[str]) -> QWidget:
    """A list of what is meant, a line each; what is beyond MOST_LINES is counted."""
    area = QWidget()
    grid = QGridLayout(area)
    grid.setContentsMargins(4, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for row, line in enumerate(lines[:MOST_LINES]):
        grid.addWidget(_words("•"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_words(line), row, 1)
    if len(lines) > MOST_LINES:
        grid.addWidget(_words(f"and {len(lines) - MOST_LINES} more"), MOST_LINES, 1)
    return area


def _words(text: str, *, dim: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("dim", dim)
    # The layout asks how high it is before it is shown: its font must be there by then.
    label.ensurePolished()
    return label
