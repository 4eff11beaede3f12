"""`Plane`: one kind of thing seen on the canvas, as sheets of tiles that follow the document. No Qt.

A sheet is kept for every mip level that was looked at; the one that is painted is always whole. What a stroke changed
is composed at once, on the calling thread. What comes in bulk (a layer toggled, another part of the document in view)
is composed by the threads of a `TilePool`: first a rough draft from reduced layers, so that something true is seen
within a few display frames, then tile by tile as it is. What is no longer wanted by then is dropped.

Owned by the GUI thread. Jobs work on immutable programs and tiles, so nothing is locked and results do not depend on
which thread made them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import sleep
from typing import Protocol, TypeAlias

import cv2
import numpy as np

from app.canvas_view.fresh_ink import Rgb
from app.canvas_view.sheet import Sheet, keys_of, room_for, tiles_around
from app.canvas_view.tile_pool import TilePool, Urgency
from canvas import kernels
from canvas.compositor import BlendLayer, Program, changed_tiles, run
from canvas.geometry import EMPTY, Rect
from canvas.layers import LayerId
from canvas.mips import Mips, reduced_key
from canvas.projection import MAX_LEVEL
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels, Pixels8, TileKey, tile_rect

#: So many tiles that a stroke changed are composed at once whatever it costs; more than that is bulk.
FEW_TILES = 40
#: Tiles of another level that are enlarged into the sheet at once rather than by showing the other level.
FEW_TO_BORROW = 96
#: Jobs that wait in the pool at a time: what comes into view later must not queue behind the whole document.
MOST_FLYING = 192
#: What one layer costs for one pixel, roughly, and how long a draft of everything visible may take.
BLEND_S_PER_PIXEL = 4e-9
DRAFT_S = 0.030
#: The window helps with a draft for so long; until it is whole the old picture stays.
HELP_S = 0.030
WAIT_S = 0.0005
#: How long another level may stand in for the right one before tiles are shown one by one as they come.
STAND_IN_S = 0.25
#: Nothing is prepared for later views before the document has been left alone for so long.
REST_S = 0.4
#: Other levels are forgotten beyond this.
SHEETS_BYTES = 256 << 20

Clock: TypeAlias = Callable[[], float]
Compose: TypeAlias = Callable[[Program, TileKey], Pixels | None]
Fresh: TypeAlias = Callable[[Pixels8, Pixels8, Sequence[Rgb]], Pixels8 | None]


class Source(Protocol):
    """Where a plane takes its tiles from: `Projection`, or what answers like one."""

    @property
    def program(self) -> Program: ...
    def update(self, state: DocumentState, active: LayerId | None) -> set[TileKey]: ...
    def composed(self, key: TileKey) -> Pixels | None: ...
    def tile_rgba8(self, key: TileKey, level: int = 0) -> Pixels8: ...
    def has(self, key: TileKey) -> bool: ...
    def keep(self, key: TileKey, tile: Pixels | None) -> None: ...
    def cached_bytes(self) -> int: ...


@dataclass(slots=True, eq=False)
class _Job:
    """Composes one tile of `program`, which is reduced for a draft, as pixels of a sheet.

    `tiles`: what it covers of the document, in tiles. `known`: the tile where it was composed before.
    """

    key: TileKey
    level: int
    rough: bool
    urgency: Urgency
    tiles: Rect
    program: Program
    baseline: Program | None
    known: Pixels | None
    compose: Compose
    to_bgra: Callable[[Pixels8], Pixels8]
    fresh: Callable[[Pixels8, Pixels8], Pixels8 | None] | None
    done: deque[_Job]
    stale: bool = False
    tile: Pixels | None = None
    pixels: Pixels8 | None = None
    ink: Pixels8 | None = None

    def __call__(self) -> None:
        try:
            if not self.stale:
                shrink = 0 if self.rough else self.level
                self.tile = self.known if self.known is not None else self.compose(self.program, self.key)
                now = as_rgba8(self.tile, shrink)
                self.pixels = self.to_bgra(now)
                if self.baseline is not None and self.fresh is not None:
                    ink = self.fresh(as_rgba8(self.compose(self.baseline, self.key), shrink), now)
                    self.ink = None if ink is None else to_bgra(ink)
        finally:
            self.done.append(self)


class Plane:
    """What one source shows of the document.

    `to_bgra_of` makes sheet pixels of a tile. `fresh` makes fresh ink of the tile as it was, as it is and the colours
    painted with, None where there is none; a plane without it shows none.
    """

    def __init__(
        self,
        source: Source,
        to_bgra_of: Callable[[Pixels8], Pixels8],
        pool: TilePool,
        baseline: Source | None = None,
        fresh: Fresh | None = None,
        compose: Compose | None = None,
    ) -> None:
        self._source, self._baseline = source, baseline
        self._to_bgra, self._fresh, self._pool = to_bgra_of, fresh, pool
        self._compose, self._clear_outside = compose or composed, compose is None
        self._sheets: dict[int, Sheet] = {}
        self._shown = Sheet(EMPTY, 0)
        self._visible, self._document, self._level = EMPTY, EMPTY, 0
        self._visible_keys: tuple[TileKey, ...] = ()
        self._visible_set: frozenset[TileKey] = frozenset()
        self._painted: tuple[Program, set[TileKey]] = (), set()
        self._comparing = False
        self._newer: set[TileKey] = set()
        self._to_ink: set[TileKey] = set()  # whose fresh ink must be told anew
        self._changed: set[TileKey] = set()
        self._mips, self._baseline_mips = Mips(), Mips()
        self._reduced: list[tuple[Program, int, Program]] = []
        self._flying: dict[tuple[TileKey, int, bool], _Job] = {}
        self._done: deque[_Job] = deque()
        self._stand_in_since_s: float | None = None
        self._settled, self._moved, self._ahead = False, False, False
        self._changed_at_s = 0.0

    @property
    def empty(self) -> bool:
        """No layer of the document belongs to this plane."""
        return not self._source.program

    @property
    def sheet(self) -> Sheet:
        """The sheet to paint, with its fresh ink."""
        return self._shown

    @property
    def opaque(self) -> bool:
        """Every visible tile hides what lies below."""
        return not self.empty and self._visible_set <= self._shown.opaque

    @property
    def up_to_date(self) -> bool:
        """Every visible tile shows the newest state of the document, at least roughly."""
        return self.empty or not self._shown.unknown(self._visible_keys)

    @property
    def exact(self) -> bool:
        """Every visible tile shows exactly the newest state, at the level of the view."""
        return self.empty or (self._settled and not self._to_ink and self._shown.level == self._level)

    @property
    def busy(self) -> bool:
        """There is more to do in the next display frames."""
        return not self.exact or self._ahead or bool(self._flying)

    def cached_bytes(self) -> int:
        caches = self._source.cached_bytes() + (0 if self._baseline is None else self._baseline.cached_bytes())
        mips = self._mips.size_bytes() + self._baseline_mips.size_bytes()
        return caches + mips + sum(sheet.size_bytes for sheet in self._sheets.values())

    def look_at(self, visible: Rect, document: Rect, level: int) -> None:
        """Cover `visible` of `document`, both in tiles, at another level."""
        if (visible, document, level) == (self._visible, self._document, self._level):
            return
        self._visible, self._document, self._level = visible, document, level
        self._visible_keys = tuple(keys_of(visible))
        self._visible_set = frozenset(self._visible_keys)
        self._settled, self._moved = False, True

    def take(self, state: DocumentState, active: LayerId | None) -> None:
        """A newer state of the document."""
        changed = self._source.update(state, active)
        if self._baseline is not None and self._comparing:
            self._newer = changed_tiles(self._baseline.program, self._source.program)
        self._outdate(changed)

    def compare_with(self, state: DocumentState | None, active: LayerId | None) -> None:
        """The state that the shown result was made from: ink is fresh where the picture differs from it.

        None when no result is shown: then no ink is fresh.
        """
        if self._baseline is None:
            return
        self._comparing = state is not None
        before = self._newer
        self._newer = set()
        if state is not None:
            self._baseline.update(state, active)
            self._newer = changed_tiles(self._baseline.program, self._source.program)
        keys = before | self._newer
        self._to_ink |= keys
        for level, sheet in self._sheets.items():
            if level != self._level:
                sheet.outdate(keys)
        self._drop_jobs(keys)

    def _outdate(self, keys: set[TileKey]) -> None:
        if not keys:
            return
        self._settled = False
        self._changed |= keys
        self._reduced.clear()
        for sheet in self._sheets.values():
            sheet.outdate(keys)
        self._drop_jobs(keys)

    def _drop_jobs(self, keys: set[TileKey]) -> None:
        for place, job in tuple(self._flying.items()):
            if not keys.isdisjoint(keys_of(job.tiles)):
                job.stale = True
                del self._flying[place]

    # Filling

    def fill(self, inks: Sequence[Rgb], clock: Clock, budget_s: float) -> Rect:
        """Bring the visible tiles closer to the newest state; returns the rectangle of the document that changed.

        What a stroke changed is done for certain, other tiles that are quickly done for about `budget_s`.
        """
        dirty = self._collect()
        if self.empty:
            self._sheets.clear()
            self._shown = Sheet(EMPTY, 0)
            self._changed.clear()
            self._to_ink.clear()
            return dirty
        if self._changed:
            self._changed_at_s = clock()
        if self._settled:
            dirty |= self._ink_anew(inks, clock, budget_s)
            self._look_ahead(inks, clock())
            return dirty
        wanted = self._sheet(self._level)
        missing = [key for key in self._visible_keys if key not in wanted.exact]
        if self._clear_outside and len(missing) > FEW_TILES:
            dirty |= self._clear_unpainted(wanted, missing)
            missing = [key for key in missing if key not in wanted.exact]
        drawing = 0 < len(self._changed) <= FEW_TILES
        dirty |= self._fill_some(wanted, missing, inks, clock, budget_s)
        missing = [key for key in missing if key not in wanted.exact]
        if missing:
            self._draft(missing, inks)
            self._send(missing, self._level, inks, Urgency.SEEN)
            if not drawing:
                dirty |= self._help(clock, 0.0 if self._moved else budget_s)
            missing = [key for key in missing if key not in wanted.exact]
        dirty |= self._choose(wanted, missing, clock())
        dirty |= self._ink_anew(inks, clock, budget_s)
        self._moved = False
        self._settled = not missing
        self._ahead = self._document.area > FEW_TILES
        return dirty

    def _help(self, clock: Clock, budget_s: float) -> Rect:
        """Work beside the pool: on drafts until they are there, and on what follows them while there is time."""
        started_s = clock()
        self._pool.help(Urgency.SEEN_ROUGH, lambda: clock() - started_s < HELP_S)
        dirty = self._collect()
        while clock() - started_s < HELP_S and any(job.urgency is Urgency.SEEN_ROUGH for job in self._flying.values()):
            sleep(WAIT_S)
            dirty |= self._collect()
        started_s = clock()
        self._pool.help(Urgency.SEEN, lambda: clock() - started_s < budget_s)
        return dirty | self._collect()

    def _sheet(self, level: int) -> Sheet:
        """The sheet of a level, covering what is visible."""
        sheet = self._sheets.pop(level, None)
        if sheet is None:
            sheet = Sheet(room_for(self._visible, self._document, level), level)
        elif not sheet.tiles.contains(self._visible):
            moved = sheet.moved_to(room_for(self._visible, self._document, level))
            if sheet is self._shown:
                self._shown = moved
            sheet = moved
        self._sheets[level] = sheet
        for other in tuple(self._sheets):
            total = sum(each.size_bytes for each in self._sheets.values())
            if total > SHEETS_BYTES and self._sheets[other] not in (sheet, self._shown):
                del self._sheets[other]
        return sheet

    def _clear_unpainted(self, sheet: Sheet, keys: Iterable[TileKey]) -> Rect:
        """Tiles in which no layer has any pixels are transparent without further ado."""
        program, painted = self._painted
        if program is not self._source.program:
            program = self._source.program
            painted = set().union(*(op.surface.tiles for op in program if isinstance(op, BlendLayer)))
            self._painted = program, painted
        dirty = EMPTY
        for key in keys:
            if key not in painted and key not in self._newer:
                if key in sheet.drawn:
                    sheet.clear(key)
                    dirty |= tile_rect(key)
                sheet.exact.add(key)
        return dirty

    def _fill_some(
        self, wanted: Sheet, missing: Sequence[TileKey], inks: Sequence[Rgb], clock: Clock, budget_s: float
    ) -> Rect:
        """Compose here and now: what a stroke changed, and as much else as there is time for."""
        dirty = EMPTY
        stroke = [key for key in missing if key in self._changed]
        if len(stroke) > FEW_TILES:
            stroke = []
        for key in stroke:
            self._fill(wanted, key, inks)
            if self._shown is not wanted and self._shown.covers(key):
                self._fill(self._shown, key, inks)
            dirty |= tile_rect(key)
        bulk = len(missing) > FEW_TILES
        started_s = clock()
        for key in missing:
            if clock() - started_s >= budget_s:
                break
            if key not in wanted.exact and (not bulk or self._source.has(key)):
                self._fill(wanted, key, inks)
                dirty |= tile_rect(key)
        self._changed.clear()
        return dirty

    def _ink_anew(self, inks: Sequence[Rgb], clock: Clock, budget_s: float) -> Rect:
        """Tell fresh ink from older ink where the shown result changed; the picture itself is right there."""
        dirty = EMPTY
        started_s = clock()
        while self._to_ink and clock() - started_s < budget_s:
            key = self._to_ink.pop()
            for sheet in self._sheets.values():
                if key in sheet.exact:
                    self._fill(sheet, key, inks)
                    dirty |= tile_rect(key)
        return dirty

    def _fill(self, sheet: Sheet, key: TileKey, inks: Sequence[Rgb]) -> None:
        now = self._source.tile_rgba8(key, sheet.level)
        ink = None
        if key in self._newer and self._baseline is not None and self._fresh is not None:
            ink = self._fresh(self._baseline.tile_rgba8(key, sheet.level), now, inks)
        sheet.write(_one(key), self._to_bgra(now), None if ink is None else to_bgra(ink))
        sheet.exact.add(key)
        flying = self._flying.pop((key, sheet.level, False), None)
        if flying is not None:
            flying.stale = True

    def _draft_level(self) -> int:
        """The level at which what is visible is drafted in time, not finer than the view."""
        pixels = self._visible.area * TILE_PX * TILE_PX
        cost_s = pixels * BLEND_S_PER_PIXEL * len(self._source.program) / (self._pool.thread_count + 1)
        level = 1
        while level < MAX_LEVEL and cost_s / 4**level > DRAFT_S:
            level += 1
        return max(level, self._level)

    def _draft(self, missing: Iterable[TileKey], inks: Sequence[Rgb]) -> None:
        """Have those drafted that no sheet knows."""
        unknown = set(missing)
        for sheet in self._sheets.values():
            unknown = sheet.unknown(unknown)
        if unknown:
            self._send_drafts(unknown, inks, Urgency.SEEN_ROUGH)

    def _send_drafts(self, keys: Iterable[TileKey], inks: Sequence[Rgb], urgency: Urgency) -> None:
        level = self._draft_level()
        sheet = self._sheet(level)
        baseline = None
        if self._newer and self._baseline is not None:
            baseline = self._reduced_program(self._baseline.program, level, self._baseline_mips)
        program = self._reduced_program(self._source.program, level, self._mips)
        for key in {reduced_key(key, level) for key in keys}:
            x, y = key[0] << level, key[1] << level
            tiles = Rect(x, y, x + (1 << level), y + (1 << level))
            if self._is_flying((key, level, True), urgency) or not tiles & sheet.tiles:
                continue
            compare = baseline is not None and not self._newer.isdisjoint(keys_of(tiles))
            self._submit(key, level, True, tiles, program, baseline if compare else None, None, inks, urgency)

    def _reduced_program(self, program: Program, level: int, mips: Mips) -> Program:
        for whole, at, reduced in self._reduced:
            if whole is program and at == level:
                return reduced
        reduced = mips.reduced(program, level)
        self._reduced.append((program, level, reduced))
        return reduced

    def _send(self, keys: Iterable[TileKey], level: int, inks: Sequence[Rgb], urgency: Urgency) -> None:
        for key in keys:
            if len(self._flying) >= MOST_FLYING:
                break
            if not self._is_flying((key, level, False), urgency):
                known = self._source.composed(key) if self._source.has(key) else None
                baseline = self._baseline.program if self._baseline is not None and key in self._newer else None
                program = self._source.program
                self._submit(key, level, False, _one(key), program, baseline, known, inks, urgency)

    def _is_flying(self, place: tuple[TileKey, int, bool], urgency: Urgency) -> bool:
        """Whether that is on its way, as urgently at least; a less urgent job makes room."""
        job = self._flying.get(place)
        if job is not None and job.urgency > urgency:
            job.stale = True
            return False
        return job is not None

    def _submit(
        self,
        key: TileKey,
        level: int,
        rough: bool,
        tiles: Rect,
        program: Program,
        baseline: Program | None,
        known: Pixels | None,
        inks: Sequence[Rgb],
        urgency: Urgency,
    ) -> None:
        make, colours = self._fresh, tuple(inks)
        fresh = None if make is None else lambda before, now: make(before, now, colours)
        job = _Job(
            key, level, rough, urgency, tiles, program, baseline, known, self._compose, self._to_bgra, fresh, self._done
        )
        self._flying[key, level, rough] = job
        self._pool.submit(job, urgency)

    def _collect(self) -> Rect:
        """Take over what the pool has finished; what changed of the document as it is shown."""
        dirty = EMPTY
        while self._done:
            job = self._done.popleft()
            place = (job.key, job.level, job.rough)
            if self._flying.get(place) is job:
                del self._flying[place]
            if job.stale or job.pixels is None:
                continue
            sheet = self._sheets.get(job.level)
            if not job.rough:
                self._source.keep(job.key, job.tile)
            if sheet is None:
                continue
            tiles = job.tiles & sheet.tiles
            if not tiles:
                continue
            if job.rough:
                self._write_draft(sheet, job, tiles)
            else:
                sheet.write(tiles, job.pixels, job.ink)
                sheet.exact.add(job.key)
            if sheet is self._shown:
                dirty |= _pixels_of(tiles)
        return dirty

    def _write_draft(self, sheet: Sheet, job: _Job, tiles: Rect) -> None:
        assert job.pixels is not None
        side = TILE_PX >> job.level
        keys = set(keys_of(tiles))
        parts = [tiles] if keys.isdisjoint(sheet.exact) else [_one(key) for key in keys - sheet.exact]
        for part in parts:
            x, y = (part.x0 - job.tiles.x0) * side, (part.y0 - job.tiles.y0) * side
            cut = np.s_[y : y + part.height * side, x : x + part.width * side]
            sheet.write(part, job.pixels[cut], None if job.ink is None else job.ink[cut])
        sheet.rough |= keys - sheet.exact

    def _choose(self, wanted: Sheet, missing: Sequence[TileKey], now_s: float) -> Rect:
        """Decide which sheet is painted: the wanted one as soon as it shows nothing old; until then another."""
        unknown = [key for key in missing if key not in wanted.rough]
        if unknown:
            if self._stand_in_since_s is None:
                self._stand_in_since_s = now_s
            lender = self._lender(wanted, unknown)
            late = now_s - self._stand_in_since_s >= STAND_IN_S
            if lender is not None and (late or len(unknown) <= FEW_TO_BORROW):
                self._borrow(wanted, lender, unknown)
            elif lender is not None:
                return self._show(lender)
            elif not late and self._shown.tiles.contains(self._visible):
                return EMPTY
        self._stand_in_since_s = None
        return self._show(wanted)

    def _lender(self, wanted: Sheet, unknown: Sequence[TileKey]) -> Sheet | None:
        """The sheet of the nearest level that knows those tiles and shows all that is visible."""
        others = [sheet for sheet in self._sheets.values() if sheet is not wanted]
        for sheet in sorted(others, key=lambda sheet: abs(sheet.level - wanted.level)):
            if sheet.tiles.contains(self._visible) and not sheet.unknown(unknown):
                return sheet
        return None

    def _borrow(self, wanted: Sheet, lender: Sheet, unknown: Sequence[TileKey]) -> None:
        if len(unknown) == self._visible.area:
            wanted.borrow(tiles_around(unknown), lender)
        else:
            for key in unknown:
                wanted.borrow(_one(key), lender)
        wanted.rough.update(unknown)

    def _show(self, sheet: Sheet) -> Rect:
        if sheet is self._shown:
            return EMPTY
        self._shown = sheet
        return _pixels_of(self._visible)

    def _look_ahead(self, inks: Sequence[Rgb], now_s: float) -> None:
        """Nothing visible waits: draft all of the document, for views to come, and compose what lies around."""
        self._changed.clear()
        if not self._ahead or self._flying or now_s - self._changed_at_s < REST_S:
            return
        draft = self._sheet(self._draft_level())
        unknown = draft.unknown(keys_of(draft.tiles))
        if unknown:
            self._send_drafts(unknown, inks, Urgency.LATER)
            return
        wanted = self._sheet(self._level)
        around = [key for key in keys_of(wanted.tiles) if key not in wanted.exact]
        self._ahead = bool(around)
        middle_x, middle_y = (self._visible.x0 + self._visible.x1) / 2, (self._visible.y0 + self._visible.y1) / 2
        around.sort(key=lambda key: (key[0] - middle_x) ** 2 + (key[1] - middle_y) ** 2)
        self._send(around[: FEW_TILES // 2], self._level, inks, Urgency.LATER)


def composed(program: Program, key: TileKey) -> Pixels | None:
    """The composite of a tile; None where it is transparent."""
    return run(program, key)[0]


def as_rgba8(tile: Pixels | None, level: int) -> Pixels8:
    """Premultiplied 8-bit RGBA at 1 / 2**level of the size; None is transparent."""
    side = TILE_PX >> level
    if tile is None:
        return np.zeros((side, side, 4), np.uint8)
    out = np.empty((side, side, 4), np.uint8)
    kernels.to_premultiplied8(out, tile, level)
    return out


def to_bgra(rgba: Pixels8) -> Pixels8:
    return np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA), np.uint8)


def _one(key: TileKey) -> Rect:
    return Rect(key[0], key[1], key[0] + 1, key[1] + 1)


def _pixels_of(tiles: Rect) -> Rect:
    return Rect(tiles.x0 * TILE_PX, tiles.y0 * TILE_PX, tiles.x1 * TILE_PX, tiles.y1 * TILE_PX)
