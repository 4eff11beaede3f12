"""What has to be asked before something can go on: which file, and what to do with unsaved changes.

`Chooser` is the interface, so that tests and scripts can answer; `QtChooser` asks the artist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

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


class Chooser(Protocol):
    """Each returns None when the artist thinks better of it."""

    def open_file(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> Path | None: ...
    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None: ...
    def unsaved(self, name: str) -> Unsaved: ...


class QtChooser:
    """Asks with the platform's file dialogs, above `window`."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def open_file(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> Path | None:
        every = FileKind("All of these", tuple(suffix for kind in kinds for suffix in kind.suffixes))
        filters = ";;".join(kind.filter for kind in (every, *kinds))
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), filters)
        return Path(chosen) if chosen else None

    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None:
        dialog = QFileDialog(self._window, title, str(suggestion.parent), kind.filter)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind.suffixes[0].removeprefix("."))
        dialog.selectFile(suggestion.name)
        if dialog.exec() != QFileDialog.DialogCode.Accepted:
            return None
        return Path(dialog.selectedFiles()[0])

    def unsaved(self, name: str) -> Unsaved:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"“{name}” has changes that are not saved.")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        if answer == buttons.Save:
            return "save"
        return "discard" if answer == buttons.Discard else "cancel"
