"""Where the artist's own files of a kind are kept: palettes, and what else the app lets one make. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths


def journal_folder(settings: QSettings, environ: Mapping[str, str]) -> Path:
    """Where the journals are kept: the folder that UNDERDRAW_JOURNAL names, else one beside a settings file that was
    chosen, else where this system keeps data of programs. It need not be there yet."""
    if environ.get("UNDERDRAW_JOURNAL"):
        return Path(environ["UNDERDRAW_JOURNAL"])
    if settings.format() == QSettings.Format.IniFormat:
        return Path(settings.fileName()).parent / "journal"
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "journal"


def own_folder(settings: QSettings, name: str) -> Path:
    """The folder `name` beside a settings file that was chosen, else where this system keeps settings of programs.

    It need not be there yet.
    """
    if settings.format() == QSettings.Format.IniFormat:
        return Path(settings.fileName()).parent / name
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)) / name
