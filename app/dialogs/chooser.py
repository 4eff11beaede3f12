"""What has to be asked before something can go on: which file, and what to do about what would be lost.

`Chooser` is the interface, so that tests and scripts can answer; `QtChooser` asks the artist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, cast

from PySide6.QtWidgets import QFileDialog, QWidget

from app.dialogs.question import Answer, Question, QuestionDialog

Unsaved: TypeAlias = Literal["save", "discard", "cancel"]


@dataclass(frozen=True, slots=True)
class FileKind:
    """`suffixes` with their dots, the usual one first."""

    label: str
    suffixes: tuple[str, ...]

    @property
    def filter(self) -> str:
        """As Qt's file dialog wants it: "PNG (*.png)"."""
        return f"{self.label} ({' '.join('*' + suffix for suffix in self.suffixes)})"


def with_ending(path: Path, kind: FileKind, kinds: Sequence[FileKind]) -> Path:
    """`path` with an ending of one of `kinds`: its own when it has such a one, else the usual one of `kind` after it.

    What follows a dot is an ending only when it is a known one: "sketch.v2" becomes "sketch.v2.png".
    """
    known = {suffix for each in kinds for suffix in each.suffixes}
    return path if path.suffix.lower() in known else path.with_name(path.name.rstrip(".") + kind.suffixes[0])


class Chooser(Protocol):
    """Each returns None, nothing or "cancel" when the artist thinks better of it."""

    def open_file(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> Path | None: ...
    def open_files(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> tuple[Path, ...]: ...
    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None: ...
    def save_document(self, title: str, suggestion: Path, kinds: Sequence[FileKind]) -> Path | None:
        """A name with an ending of one of `kinds`, the first of which is suggested. A file that is there already has
        been agreed to be replaced."""

    def unsaved(self, name: str, when: str) -> Unsaved:
        """`when`: a sentence about how long ago the document was saved."""

    def ask(self, question: Question) -> str: ...


class QtChooser:
    """Asks with the platform's file dialogs, above `window`."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def open_file(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), _filters(kinds))
        return Path(chosen) if chosen else None

    def open_files(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> tuple[Path, ...]:
        chosen, _ = QFileDialog.getOpenFileNames(self._window, title, str(folder), _filters(kinds))
        return tuple(Path(each) for each in chosen)

    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None:
        return self.save_document(title, suggestion, (kind,))

    def save_document(self, title: str, suggestion: Path, kinds: Sequence[FileKind]) -> Path | None:
        dialog = QFileDialog(self._window, title, str(suggestion.parent))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        by_filter = {kind.filter: kind for kind in kinds}
        dialog.setNameFilters(list(by_filter))

        def suffix() -> str:
            return by_filter.get(dialog.selectedNameFilter(), kinds[0]).suffixes[0].removeprefix(".")

        dialog.filterSelected.connect(lambda _filter: dialog.setDefaultSuffix(suffix()))
        dialog.setDefaultSuffix(suffix())
        dialog.selectFile(suggestion.name)
        if dialog.exec() != QFileDialog.DialogCode.Accepted:
            return None
        typed = Path(dialog.selectedFiles()[0])
        path = with_ending(typed, by_filter.get(dialog.selectedNameFilter(), kinds[0]), kinds)
        # The dialog has asked about the name that was typed, not about the one with another ending.
        return path if path == typed or not path.exists() or self.ask(replacing_question(path)) == "replace" else None

    def unsaved(self, name: str, when: str) -> Unsaved:
        return cast(Unsaved, self.ask(unsaved_question(name, when)))

    def ask(self, question: Question) -> str:
        dialog = QuestionDialog(question, self._window)
        dialog.exec()
        dialog.deleteLater()
        return dialog.answer


def unsaved_question(name: str, when: str) -> Question:
    answers = Answer("save", "&Save"), Answer("discard", "&Don’t save")
    return Question("Unsaved changes", f"“{name}” has changes that are not saved.", answers, remark=when)


def replacing_question(path: Path) -> Question:
    sentence = f"“{path.name}” is there already in the folder “{path.parent.name or path.parent}”."
    return Question("Replace the file?", sentence, (Answer("replace", "&Replace"),))


def _filters(kinds: Sequence[FileKind]) -> str:
    every = FileKind("All of these", tuple(suffix for kind in kinds for suffix in kind.suffixes))
    return ";;".join(kind.filter for kind in (every, *kinds))
