"""The table of control kinds: data in `control_kinds.toml`, validated when it is read.

Any thread, any process; plain Python. Which of them a model can follow is said by `ModelInfo.controls`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

TABLE = Path(__file__).with_name("control_kinds.toml")


@dataclass(frozen=True, slots=True)
class ControlKind:
    """`drawn`: "picture" for a layer's pixels, "figures" for the skeletons of a pose layer. `background`: what shows
    through where nothing is drawn. `preprocessor`: a name in `inference.preprocess`, run in the worker."""

    name: str
    label: str
    explanation: str
    drawn: Literal["picture", "figures"]
    background: Literal["white", "black"]
    preprocessor: str


_CHOICES = {"drawn": ("picture", "figures"), "background": ("white", "black")}


@cache
def control_kinds() -> Mapping[str, ControlKind]:
    """All kinds by name, in the order in which menus list them."""
    return read_control_kinds(TABLE)


def read_control_kinds(path: Path) -> Mapping[str, ControlKind]:
    """The table in a TOML file. Raises ValueError with a sentence that names the file and the entry that is wrong."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not valid TOML: {error}") from error
    return MappingProxyType({name: _kind(path, name, table) for name, table in tables.items()})


def _kind(path: Path, name: str, table: object) -> ControlKind:
    wanted = {f.name for f in fields(ControlKind)} - {"name"}
    if not isinstance(table, dict) or set(table) != wanted:
        raise ValueError(f"[{name}] in {path} must have exactly the entries {', '.join(sorted(wanted))}")
    for key, value in table.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"{key} of [{name}] in {path} must be text")
        if value not in _CHOICES.get(key, (value,)):
            raise ValueError(f"{key} of [{name}] in {path} must be one of {', '.join(_CHOICES[key])}, not {value}")
    return ControlKind(name=name, **cast(dict[str, str], table))  # type: ignore[arg-type] # the choices are checked
