"""Keys: two maps of habit as data in `resources/shortcuts`, and what the artist changed in them. GUI thread only.

A map gives keys to commands (by their id), to tools ("tool.brush") and to keys that count while they are held. An
artist's changes are kept per map in the settings, as differences, so that new commands of a newer version get theirs.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence

import resources
from app.commands import COMMANDS
from app.tools.tool import ToolSpec

SCHEMES = ("krita", "photoshop")

Keys: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key that works while it is held, with the canvas under the pen. `id` names it in the shortcut files."""

    id: str
    text: str


HELD_KEYS = (
    HeldKey("look.paint_only", "Hold: see the paint alone"),
    HeldKey("look.side_by_side", "Hold: see paint and result side by side"),
    HeldKey("hold.hand", "Hold: move the canvas; with Ctrl zoom, with Shift turn"),
    HeldKey("hold.picker", "Hold while painting: pick a colour"),
)
#: A key for picking must leave the pen free to paint meanwhile: one of these.
PICKER_KEYS = ("Ctrl", "Alt")


@dataclass(frozen=True, slots=True)
class Scheme:
    """The keys of one habit of hand: `keys` by command id, in Qt's portable notation."""

    name: str
    keys: Mapping[str, Keys]

    def of(self, command_id: str) -> Keys:
        return self.keys.get(command_id, ())

    def of_tool(self, tool: ToolSpec) -> Keys:
        """The scheme's keys for a tool, else the tool's own."""
        return self.keys.get(f"tool.{tool.id}", (tool.shortcut,) if tool.shortcut else ())

    def owner(self, key: str, tools: Iterable[ToolSpec]) -> str | None:
        """The id of what has this key already."""
        wanted = portable(key)
        every = {**{f"tool.{tool.id}": self.of_tool(tool) for tool in tools}, **self.keys}
        return next((owner for owner, keys in every.items() if wanted in map(portable, keys)), None)

    def with_keys(self, changes: Mapping[str, Keys]) -> Scheme:
        return replace(self, keys=MappingProxyType({**self.keys, **changes}))


def portable(key: str) -> str:
    """One spelling for each key: "ctrl+t" and "Ctrl+T" are the same."""
    return QKeySequence(key).toString() or key  # a modifier alone is no sequence for Qt, but it can be held


def load_scheme(name: str) -> Scheme:
    """The scheme `resources/shortcuts/<name>.toml`. Raises ValueError naming what is wrong with it."""
    return read_scheme(resources.path("shortcuts", f"{name}.toml"))


def read_scheme(path: Path) -> Scheme:
    """The scheme in a file. Raises ValueError naming what is wrong with it."""
    data = tomllib.loads(path.read_text("utf-8"))
    known = _known()
    keys: dict[str, Keys] = {}
    owners: dict[str, str] = {}
    for command_id, value in data["keys"].items():
        if command_id not in known and not command_id.startswith("tool."):
            raise ValueError(f"shortcuts {path.name}: there is no command “{command_id}”")
        keys[command_id] = tuple(value) if isinstance(value, list) else (value,)
        for key in keys[command_id]:
            if not QKeySequence(key).toString() and key not in PICKER_KEYS:
                raise ValueError(f"shortcuts {path.name}: “{key}” is no key")
            if key in owners:
                raise ValueError(f"shortcuts {path.name}: “{key}” belongs to {owners[key]} and {command_id}")
            owners[key] = command_id
    return Scheme(str(data["name"]), MappingProxyType(keys))


def _known() -> set[str]:
    return {command.id for command in COMMANDS} | {held.id for held in HELD_KEYS}


class ShortcutBook:
    """The scheme in use with the artist's changes, kept in `settings`."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        name = str(settings.value("shortcuts", SCHEMES[0]))
        self.name = name if name in SCHEMES else SCHEMES[0]
        self._load()

    def _load(self) -> None:
        self.original = load_scheme(self.name)
        self.changes = self._stored()
        self.scheme = self.original.with_keys(self.changes)

    def _stored(self) -> dict[str, Keys]:
        """What is damaged or belongs to commands that are gone is left out: keys must never keep the window shut."""
        try:
            stored = json.loads(str(self._settings.value(f"keys/{self.name}", "{}")))
        except ValueError:
            return {}
        if not isinstance(stored, dict):
            return {}
        known = _known()
        return {
            command_id: tuple(keys)
            for command_id, keys in stored.items()
            if (command_id in known or command_id.startswith("tool."))
            and isinstance(keys, list)
            and all(isinstance(key, str) for key in keys)
        }

    def use(self, name: str) -> None:
        """Take another map, with what was changed in it before; an unknown name means the first."""
        self.name = name if name in SCHEMES else SCHEMES[0]
        self._settings.setValue("shortcuts", self.name)
        self._load()

    def assign(self, command_id: str, keys: Keys, tools: Iterable[ToolSpec]) -> None:
        """Give a command these keys and nobody else; who had one of them before loses it."""
        changes = dict(self.changes)
        for key in keys:
            while (owner := self.original.with_keys(changes).owner(key, tools)) not in (None, command_id):
                assert owner is not None
                present = changes.get(owner) or self.original.with_keys(changes).keys.get(owner) or (key,)
                changes[owner] = tuple(k for k in present if portable(k) != portable(key))
        changes[command_id] = keys
        self._keep(changes)

    def reset(self, command_id: str | None = None) -> None:
        """Back to the map's own keys, for one command or for all. A key that another took meanwhile stays there."""
        if command_id is None:
            self._keep({})
            return
        changes = {known: keys for known, keys in self.changes.items() if known != command_id}
        taken = {portable(key) for keys in changes.values() for key in keys}
        own = self.original.of(command_id)
        left = tuple(key for key in own if portable(key) not in taken)
        self._keep(changes if left == own else {**changes, command_id: left})

    def _keep(self, changes: Mapping[str, Keys]) -> None:
        self.changes = dict(changes)
        self.scheme = self.original.with_keys(self.changes)
        self._settings.setValue(f"keys/{self.name}", json.dumps({k: list(v) for k, v in self.changes.items()}))


def key_of(shortcut: QKeySequence) -> Qt.Key:
    """The key of a shortcut without its modifiers; Key_unknown of an empty one."""
    if shortcut.isEmpty():
        return Qt.Key.Key_unknown
    key: Qt.Key = shortcut[0].key()  # type: ignore[index] # missing in PySide's stubs
    return key


def key_text(keys: Keys) -> str:
    """Keys as a person reads them on this computer: "Ctrl+Shift+Z, Ctrl+Y"."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) or key for key in keys)
