"""The few words that a small model was taught, by group: what the app offers, marks, and leaves out of a prompt.

A plain value that any thread may use. Must not import Qt or torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Vocabulary:
    """`groups`: pairs of title and words; a title may be "". Without groups it is that of a model of normal language.

    Upper and lower case are one; every other form of a word is a word of its own, as it is to the model.

    >>> Vocabulary((("Subject", ("cat", "cats")),)).heard("three Cats, zebra")
    'Cats,'
    """

    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @staticmethod
    def of_words(words: Sequence[str]) -> Vocabulary:
        """Words without groups."""
        return Vocabulary((("", tuple(words)),)) if words else Vocabulary()

    def __bool__(self) -> bool:
        return bool(self.groups)

    @cached_property
    def _taught(self) -> frozenset[str]:
        """Every single word; a phrase is as many words as it has."""
        return frozenset(word.lower() for _, sayings in self.groups for said in sayings for word in _WORD.findall(said))

    def entries(self) -> Iterator[tuple[str, str]]:
        """(word or phrase, title of its group), in alphabetical order."""
        found = ((said, title) for title, sayings in self.groups for said in sayings)
        return iter(sorted(found, key=lambda entry: entry[0].casefold()))

    def ignored(self, text: str) -> tuple[tuple[int, int], ...]:
        """(first, end) of every word in `text` that was not taught; nothing where there is no vocabulary."""
        if not self:
            return ()
        return tuple(found.span() for found in _WORD.finditer(text) if found[0].lower() not in self._taught)

    def heard(self, text: str) -> str:
        """`text` without the words that were not taught; commas and the like stay, spaces are set right."""
        if not self:
            return text
        letters = list(text)
        for first, end in self.ignored(text):
            letters[first:end] = " " * (end - first)
        return re.sub(r"\s+([,.;])", r"\1", " ".join("".join(letters).split()))
