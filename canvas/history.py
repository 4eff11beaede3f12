"""`History`: the steps of a document, within a budget of memory and one of disk. Counted as they come and go.

Steps that are far from the present are packed: their tiles go into the temporary file of a `HistoryStore` and come back
bit for bit. When the disk is full too, or refuses, the oldest steps are forgotten. Owned by the document's thread;
imports no Qt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from zstandard import ZstdError

from canvas.edits import EditError
from canvas.history_store import HistoryStore
from canvas.state import DocumentState, surfaces
from canvas.tiles import Pixels, Surface

DEFAULT_MEMORY_BYTES = 1 << 30
DEFAULT_DISK_BYTES = 8 << 30
#: The history's files are of this size, and smaller for a small budget: what is forgotten goes file by file.
SEGMENT_BYTES = 64 << 20
#: Tiles that wait to be stored are still in memory; with more than this the document waits for the disk.
MOST_WAITING_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What the history holds. `memory_bytes`: tiles that the present does not share. `forgotten`: steps dropped."""

    undo_steps: int
    redo_steps: int
    memory_bytes: int
    disk_bytes: int
    memory_budget_bytes: int
    disk_budget_bytes: int
    forgotten: int


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One undoable step: the state before it and after it, either of which may be packed."""

    label: str
    before: DocumentState
    after: DocumentState
    merge: str | None = None


class History:
    """What can be undone and redone.

    The undo list has the oldest step first, the redo list the farthest one: in both the packed steps are the first.
    Of neighbouring steps the state between them is the same object, packed or not.
    """

    def __init__(self, state: DocumentState, memory_bytes: int, disk_bytes: int) -> None:
        self.memory_bytes, self.disk_bytes = memory_bytes, disk_bytes
        self.undo: list[Step] = []
        self.redo: list[Step] = []
        self.forgotten = 0
        self._packed = {"undo": 0, "redo": 0}
        self._bytes = HistoryBytes(state)
        self._store = self._new_store()

    def _new_store(self) -> HistoryStore:
        return HistoryStore(min(SEGMENT_BYTES, self.disk_bytes // 8))

    def push(self, step: Step) -> None:
        """A step was made, which ends what could be redone; one with the merge key of the last becomes part of it."""
        for undone in self.redo[self._packed["redo"] :]:
            self._bytes.forget(undone)
        self.redo.clear()
        self._packed["redo"] = 0
        last = self.undo[-1] if self.undo else None
        if step.merge is not None and last is not None and last.merge == step.merge and last.after is step.before:
            self._bytes.forget(last)
            step = replace(last, after=step.after)
            self.undo[-1] = step
        else:
            self.undo.append(step)
        self._bytes.remember(step)
        self._keep_budgets(step.after)

    def step_back(self) -> Step | None:
        """Take the last step out of the undo list into the redo list. Raises EditError when it cannot be read back."""
        if not self.undo:
            return None
        if self._packed["undo"] == len(self.undo):
            self._unpack_last_undo()
        step = self.undo.pop()
        self.redo.append(step)
        self._pack_to_fit(step.before)
        return step

    def step_forward(self) -> Step | None:
        """Take the next step out of the redo list into the undo list."""
        if not self.redo:
            return None
        if self._packed["redo"] == len(self.redo):
            self._unpack_last_redo()
        step = self.redo.pop()
        self.undo.append(step)
        self._pack_to_fit(step.after)
        return step

    def size_bytes(self, current: DocumentState) -> int:
        """The memory of tiles that only the history keeps alive."""
        return self._bytes.unshared(current) + self._store.waiting_bytes

    def report(self, current: DocumentState) -> HistoryReport:
        memory, store = self.size_bytes(current), self._store
        return HistoryReport(
            *(len(self.undo), len(self.redo), memory, store.disk_bytes),
            *(self.memory_bytes, self.disk_bytes, self.forgotten),
        )

    def wait(self) -> None:
        """Return when what was packed is on the disk."""
        self._store.wait()

    def _keep_budgets(self, current: DocumentState) -> None:
        if self._store.failed:
            self._forget_packed()
        self._pack_to_fit(current)
        while self._store.disk_bytes > self.disk_bytes and (self._packed["undo"] or self._packed["redo"]):
            self._forget_farthest()
        # The newest step always stays: an undo that is gone at once would be worse than a budget overrun.
        while len(self.undo) > 1 and self._bytes.unshared(current) > self.memory_bytes:
            self._forget_oldest()

    def _pack_to_fit(self, current: DocumentState) -> None:
        while self._bytes.unshared(current) > self.memory_bytes and self._pack_farthest():
            pass
        if self._store.waiting_bytes > MOST_WAITING_BYTES:
            self._store.wait()

    def _pack_farthest(self) -> bool:
        """Pack one more step, on the side that reaches farther; whether there was one to pack."""
        if not self.disk_bytes or self._store.failed:
            return False
        undo, redo = len(self.undo) - self._packed["undo"], len(self.redo) - self._packed["redo"]
        if max(undo, redo) <= 1:
            return False
        if undo >= redo:
            self._pack_undo(self._packed["undo"])
        else:
            self._pack_redo(self._packed["redo"])
        return True

    def _pack_undo(self, i: int) -> None:
        step = self.undo[i]
        before = self._store.pack(step.before)
        free = self._bytes.forget(step)
        self.undo[i] = replace(step, before=before)
        if i:
            self.undo[i - 1] = replace(self.undo[i - 1], after=before)
        self._packed["undo"] += 1
        self._store.store(free)

    def _pack_redo(self, i: int) -> None:
        step = self.redo[i]
        after = self._store.pack(step.after)
        free = self._bytes.forget(step)
        self.redo[i] = replace(step, after=after)
        if i:
            self.redo[i - 1] = replace(self.redo[i - 1], before=after)
        self._packed["redo"] += 1
        self._store.store(free)

    def _unpack_last_undo(self) -> None:
        step = self.undo[-1]
        self.undo[-1] = step = replace(step, before=self._read(step.before))
        if len(self.undo) > 1:
            self.undo[-2] = replace(self.undo[-2], after=step.before)
        self._packed["undo"] -= 1
        self._bytes.remember(step)

    def _unpack_last_redo(self) -> None:
        step = self.redo[-1]
        self.redo[-1] = step = replace(step, after=self._read(step.after))
        if len(self.redo) > 1:
            self.redo[-2] = replace(self.redo[-2], before=step.after)
        self._packed["redo"] -= 1
        self._bytes.remember(step)

    def _read(self, packed: DocumentState) -> DocumentState:
        try:
            return self._store.unpack(packed)
        except (OSError, ZstdError) as error:
            self._forget_packed()
            raise EditError("The temporary files of the history cannot be read; what they held is lost") from error

    def _forget_oldest(self) -> None:
        step = self.undo.pop(0)
        self.forgotten += 1
        if self._packed["undo"]:
            self._packed["undo"] -= 1
        else:
            self._bytes.forget(step)

    def _forget_farthest(self) -> None:
        if self._packed["undo"] >= self._packed["redo"]:
            self._forget_oldest()
        else:
            self.redo.pop(0)
            self._packed["redo"] -= 1
            self.forgotten += 1

    def _forget_packed(self) -> None:
        """The disk took no more: what was packed goes, with its files, and the disk gets another chance."""
        while self._packed["undo"] or self._packed["redo"]:
            self._forget_farthest()
        self._store.wait()
        self._store = self._new_store()


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

    def forget(self, step: Step) -> list[Pixels]:
        """Leave a remembered step out again; the tiles that nobody needs any more."""
        free = []
        for tile in self._exchanged.pop(id(step)):
            steps, size = self._kept.pop(id(tile))
            if steps > 1:
                self._kept[id(tile)] = (steps - 1, size)
            elif id(tile) not in self._held:
                self._unshared -= size
                free.append(tile)
        return free

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
