"""Steps of a document's history, and how much memory they alone keep alive, counted as they come and go.

Owned by the document's thread; imports no Qt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from canvas.state import DocumentState, surfaces
from canvas.tiles import Pixels, Surface


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One undoable step: the state before it and after it."""

    label: str
    before: DocumentState
    after: DocumentState
    merge: str | None = None


class HistoryBytes:
    """Bytes of tiles that the remembered steps hold and the current state does not.

    Remembered steps must form a chain through the current state, as undo and redo do. Every tile of the chain that the
    current state lacks was then added or removed by one of the steps: it is enough to count what each step exchanged,
    whatever the size of the document and the length of its history.
    """

    def __init__(self, state: DocumentState) -> None:
        self._current = state
        self._held: dict[int, int] = {}  # by id of a tile: how many places of the current state hold it
        self._kept: dict[int, tuple[int, int]] = {}  # by id of a tile: how many steps exchanged it, its bytes
        self._exchanged: dict[int, tuple[Pixels, ...]] = {}  # by id of a step; keeps the ids of its tiles valid
        self._unshared = 0
        self._hold(surfaces(state), 1)

    def remember(self, step: Step) -> None:
        """Count a step, which must not be counted yet."""
        removed, added = _exchanged(step.before, step.after)
        gone, new = _tiles(removed), _tiles(added)
        exchanged = tuple(gone[i] if i in gone else new[i] for i in gone.keys() ^ new.keys())
        self._exchanged[id(step)] = exchanged
        for tile in exchanged:
            steps, size = self._kept.get(id(tile), (0, tile.nbytes))
            self._kept[id(tile)] = (steps + 1, size)
            if not steps and id(tile) not in self._held:
                self._unshared += size

    def forget(self, step: Step) -> None:
        """Leave a remembered step out again."""
        for tile in self._exchanged.pop(id(step)):
            steps, size = self._kept.pop(id(tile))
            if steps > 1:
                self._kept[id(tile)] = (steps - 1, size)
            elif id(tile) not in self._held:
                self._unshared -= size

    def unshared(self, current: DocumentState) -> int:
        """The bytes, now that `current` is the state of the document."""
        if current is not self._current:
            removed, added = _exchanged(self._current, current)
            self._hold(added, 1)
            self._hold(removed, -1)
            self._current = current
        return self._unshared

    def _hold(self, several: Iterable[Surface], places: int) -> None:
        for surface in several:
            for tile in surface.tiles.values():
                before = self._held.get(id(tile), 0)
                if before + places:
                    self._held[id(tile)] = before + places
                else:
                    del self._held[id(tile)]
                if id(tile) in self._kept and (before == 0) != (before + places == 0):
                    size = self._kept[id(tile)][1]
                    self._unshared += size if before else -size


def _exchanged(old: DocumentState, new: DocumentState) -> tuple[list[Surface], list[Surface]]:
    """Surfaces of `old` that `new` lacks, and the reverse. A surface in two places counts by its places."""
    return _lacking(old, new), _lacking(new, old)


def _lacking(one: DocumentState, other: DocumentState) -> list[Surface]:
    places: dict[int, int] = {}
    for surface in surfaces(other):
        places[id(surface)] = places.get(id(surface), 0) + 1
    lacking = []
    for surface in surfaces(one):
        if places.get(id(surface), 0):
            places[id(surface)] -= 1
        else:
            lacking.append(surface)
    return lacking


def _tiles(several: Iterable[Surface]) -> dict[int, Pixels]:
    return {id(tile): tile for surface in several for tile in surface.tiles.values()}
