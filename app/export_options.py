"""What the artist last chose for files of each format, kept in the settings. GUI thread."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Any

from PySide6.QtCore import QSettings

from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.registry import FORMATS, PNG, Format

_KEEP_PREVIOUS, _LAST = "keep_previous_version", "export/last"


class ExportOptions:
    """`of` and `remember` the options of a format; `keep_previous` holds for all of them."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def of(self, chosen: Format) -> WriteOptions:
        """What was last chosen for it; the usual options before that, and where the settings are damaged."""
        options = _from_text(str(self._settings.value(_key(chosen), "")))
        return replace(options, keep_previous=self.keep_previous)

    def remember(self, chosen: Format, options: WriteOptions) -> None:
        self._settings.setValue(_key(chosen), json.dumps(asdict(options)))
        self._settings.setValue(_LAST, chosen.extensions[0])

    @property
    def last(self) -> Format:
        """The format that was exported to last; PNG before that."""
        ending = str(self._settings.value(_LAST, ""))
        return next((f for f in FORMATS if f.can_write and f.extensions[0] == ending), PNG)

    @property
    def keep_previous(self) -> bool:
        """What a new version replaces stays beside it."""
        return bool(self._settings.value(_KEEP_PREVIOUS, True, bool))

    def set_keep_previous(self, *, on: bool) -> None:
        self._settings.setValue(_KEEP_PREVIOUS, on)


def _key(chosen: Format) -> str:
    return f"export/{chosen.extensions[0].removeprefix('.')}"


def _from_text(text: str) -> WriteOptions:
    try:
        stored: Any = json.loads(text)
        known = {f.name: stored[f.name] for f in fields(WriteOptions) if f.name in stored}
        known["background"] = tuple(float(part) for part in known.get("background", DEFAULT_OPTIONS.background))
        options = WriteOptions(**known)
    except (ValueError, TypeError, KeyError):
        return DEFAULT_OPTIONS
    return options if len(options.background) == 3 else DEFAULT_OPTIONS
