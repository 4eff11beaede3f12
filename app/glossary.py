"""What the AI words in the window mean: one sentence each for the hover, and a little more for the glossary page.

The texts are data in `resources/glossary`. Plain Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

import resources


@dataclass(frozen=True, slots=True)
class Entry:
    """`hover`: what the word means, in one sentence. `use`: what it is good for."""

    word: str
    hover: str
    use: str


@dataclass(frozen=True, slots=True)
class Glossary:
    entries: Mapping[str, Entry]

    def tip(self, key: str) -> str:
        """The hover text of an entry, as rich text so that Qt wraps it. Raises KeyError for an unknown one."""
        entry = self.entries[key]
        return f"<p><b>{escape(entry.word)}.</b> {escape(entry.hover)}</p>"

    def sorted(self) -> tuple[Entry, ...]:
        return tuple(sorted(self.entries.values(), key=lambda entry: entry.word.casefold()))


def load_glossary(language: str = "en") -> Glossary:
    """Raises ValueError naming the entry that lacks one of its texts."""
    data = tomllib.loads(resources.path("glossary", f"{language}.toml").read_text("utf-8"))
    entries = {}
    for key, texts in data.items():
        try:
            entries[key] = Entry(texts["word"], texts["hover"], texts["use"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"glossary {language}.toml: “{key}” needs word, hover and use") from error
    return Glossary(MappingProxyType(entries))
