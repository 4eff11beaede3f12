"""`RecentFiles`: the documents opened or saved last, and the folder last used for each kind of file. GUI thread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from PySide6.QtCore import QSettings

from app.signals import Signal

FolderKind: TypeAlias = Literal["documents", "pictures", "exports"]

MOST = 10
_KEY = "recent_files"


class RecentFiles:
    """Kept in `settings`. `changed` after the list has."""

    def __init__(self, settings: QSettings) -> None:
        self.changed: Signal[()] = Signal()
        self._settings = settings

    @property
    def paths(self) -> tuple[Path, ...]:
        """The newest first."""
        try:
            stored = json.loads(str(self._settings.value(_KEY, "[]")))
        except ValueError:
            return ()
        return tuple(Path(each) for each in stored if isinstance(each, str))[:MOST] if isinstance(stored, list) else ()

    def add(self, path: Path) -> None:
        """A document was opened or saved there."""
        path = path.absolute()
        self._store((path, *(other for other in self.paths if other != path)))

    def remove(self, path: Path) -> None:
        self._store(tuple(other for other in self.paths if other != path))

    def clear(self) -> None:
        self._store(())

    def _store(self, paths: tuple[Path, ...]) -> None:
        self._settings.setValue(_KEY, json.dumps([str(path) for path in paths[:MOST]]))
        self.changed.emit()

    def folder(self, kind: FolderKind) -> Path | None:
        """Where a file of that kind was last chosen; None before that, and when the folder is gone."""
        stored = str(self._settings.value(f"folder/{kind}", ""))
        return Path(stored) if stored and Path(stored).is_dir() else None

    def remember_folder(self, kind: FolderKind, folder: Path) -> None:
        self._settings.setValue(f"folder/{kind}", str(folder))


def names(paths: Sequence[Path]) -> tuple[str, ...]:
    """A name for each file; where two are called the same, with as much of its folder as tells them apart."""
    return tuple(_name(path, paths) for path in paths)


def _name(path: Path, paths: Sequence[Path]) -> str:
    rivals = [other for other in paths if other.name == path.name and other != path]
    if not rivals:
        return path.name
    parents = path.parent.parts
    for depth in range(1, len(parents) + 1):
        tail = parents[-depth:]
        if Counter(other.parent.parts[-depth:] for other in rivals)[tail] == 0:
            return f"{path.name} ({'/'.join(part.strip('/') or '/' for part in tail)})"
    return str(path)
