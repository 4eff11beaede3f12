"""Which documents come with Underdraw, what is said about them, and how one is read. No Qt; any thread.

The files lie among the resources and are only ever read: what opens is a copy that has no path.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import resources
from canvas.formats import registry
from canvas.state import DocumentState

Aim: TypeAlias = Literal["control", "pose", "mask", "prompt", "reference"]
"""What an artist changes: the pixels or figures of a layer with that role, which references there are, the prompt."""

#: The one of the first start.
FIRST = "first"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to try. `word` names it, `sentence` says what to do and what will happen."""

    aim: Aim
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Example:
    """`name`: of its file. `sentence`: what it is there for; with `steps`, what is said when all are done."""

    name: str
    title: str
    sentence: str
    steps: tuple[Step, ...] = ()

    @property
    def path(self) -> Path:
        """The installed file. Raises FileNotFoundError when the installation lacks it."""
        return resources.path("examples", f"{self.name}.udraw")

    def read(self) -> DocumentState:
        """A new copy. Raises FormatError."""
        return registry.read(self.path)


@cache
def examples() -> tuple[Example, ...]:
    """All of them, the first one first. Raises ValueError naming what is wrong in the table."""
    text = resources.path("examples", "examples.toml").read_text("utf-8")
    return tuple(_example(each) for each in tomllib.loads(text)["example"])


def example(name: str) -> Example:
    """Raises LookupError."""
    for each in examples():
        if each.name == name:
            return each
    raise LookupError(f"no example is called “{name}”")


def _example(data: Mapping[str, Any]) -> Example:
    try:
        steps = tuple(Step(**each) for each in data.get("step", ()))
        made = Example(data["name"], data["title"], data["sentence"], steps)
    except (KeyError, TypeError) as error:
        raise ValueError(f"examples.toml: {data.get('name', 'an example')} is incomplete: {error}") from error
    for step in steps:
        if step.aim not in get_args(Aim):
            raise ValueError(f"examples.toml: {made.name} has a step with an unknown aim “{step.aim}”")
    return made
