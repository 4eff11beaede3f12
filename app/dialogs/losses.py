"""The questions about what a file format would lose of a document, asked before it is lost. GUI thread only."""

from __future__ import annotations

from pathlib import Path

from app.dialogs.question import Answer, Question
from canvas.formats.registry import format_to_write

#: Answers: go on and lose it; save everything elsewhere.
SAVE, KEEP_ALL = "save", "keep_all"
_KEEP_ALL = Answer(KEEP_ALL, "Save as .&udraw…")


def losing_question(path: Path, losses: tuple[str, ...]) -> Question:
    """Asked before the document is saved to `path`. Who has layers and saves a flat picture means to keep both."""
    chosen, ending = format_to_write(path), path.suffix.lower()
    answers: tuple[Answer, ...] = (_KEEP_ALL, Answer(SAVE, f"Save {ending} &anyway"))
    if chosen.layered:
        answers = Answer(SAVE, f"&Save {ending}"), _KEEP_ALL
    return Question(
        "Not everything can be kept",
        f"“{path.name}” would not keep of this document:",
        answers,
        losses,
        "A .udraw file keeps everything.",
    )


def unkept_question(path: Path, unkept: tuple[str, ...]) -> Question:
    """Asked before a document is left whose file does not have all of it."""
    return Question(
        "Not everything is saved",
        f"“{path.name}” was saved without:",
        (_KEEP_ALL, Answer(SAVE, "Leave &without them")),
        unkept,
        "That is lost when the document is closed. A .udraw file keeps everything.",
    )
