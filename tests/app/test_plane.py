"""Sheets follow the document: at once under the pen, roughly and then exactly after changes in bulk."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from app.canvas_view.plane import FEW_TILES, STAND_IN_S, Plane, to_bgra
from app.canvas_view.sheet import Sheet, keys_of, room_for
from app.canvas_view.tile_pool import TilePool, Urgency
from canvas import edits
from canvas.compositor import compile_program, run
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.projection import Projection
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey, tile_rect

WIDE = 10  # tiles a side: more than few


class Screen:
    """A plane that looks at a document, with a clock of its own. Nothing computes but who is told to."""

    def __init__(self, pool: TilePool | None = None, side_tiles: int = WIDE) -> None:
        self.pool = pool or TilePool(threads=0)
        self.plane = Plane(Projection("picture"), to_bgra, self.pool)
        self.all = Rect(0, 0, side_tiles, side_tiles)
        self.now_s = 0.0

    def look(self, visible: Rect | None = None, level: int = 0) -> None:
        self.plane.look_at(visible or self.all, self.all, level)

    def take(self, state: DocumentState) -> None:
        self.plane.take(state, None)

    def frame(self, budget_s: float = 0.0) -> Rect:
        """One display frame, in which as much as `budget_s` allows is done by the window itself."""
        return self.plane.fill((), lambda: self.now_s, budget_s)

    def finish(self, frames: int = 80) -> None:
        """Display frames, with the pool's work done between them, until nothing waits."""
        for _ in range(frames):
            self.frame()
            for urgency in Urgency:
                self.pool.help(urgency, lambda: True)
            self.now_s += 0.01
            if not self.plane.busy:
                return
        raise AssertionError("the plane never comes to rest")


def noise(seed: int, keys: Rect, alpha: bool = True) -> Surface:
    """Smooth colours, another in each tile."""
    rng = np.random.default_rng(seed)
    tiles: dict[TileKey, Pixels] = {}
    for key in keys_of(keys):
        tile = np.empty((TILE_PX, TILE_PX, 4), np.uint16)
        opacity = int(rng.integers(ONE // 4, ONE)) if alpha else ONE
        tile[..., :3] = rng.integers(0, opacity, 3)
        tile[..., 3] = opacity
        tiles[key] = tile
    return Surface(tiles)


def illustration(side_tiles: int = WIDE) -> DocumentState:
    side, keys = side_tiles * TILE_PX, Rect(0, 0, side_tiles, side_tiles)
    layers = tuple(Layer(f"{i}", surface=noise(i, keys, alpha=i > 0)) for i in range(4))
    return DocumentState(side, side, layers)


def toggled(state: DocumentState, index: int = 2) -> DocumentState:
    layer = state.layers[index]
    return edits.set_visible(state, layer.id, not layer.visible)


def dabbed(state: DocumentState, key: TileKey, value: int) -> DocumentState:
    """The state after a dab on the top layer."""
    layer = state.layers[-1]
    assert isinstance(layer, Layer)
    edit = layer.surface.edit()
    edit.writable(key)[10:30, 10:30] = value
    surface = edit.freeze()
    return state.replaced(layer.id, lambda n: replace(n, surface=surface))


def error(sheet: Sheet, state: DocumentState, keys: Rect, inset_px: int = 0) -> int:
    """The largest difference of a sheet to the exact picture, in 8-bit steps, so far from the borders of tiles."""
    worst = 0
    program = compile_program(state)
    for key in keys_of(keys):
        (tile,) = run(program, key)
        exact = np.zeros((TILE_PX, TILE_PX, 4)) if tile is None else tile.astype(float) * 255 / ONE
        side, n = TILE_PX >> sheet.level, 1 << sheet.level
        exact = exact.reshape(side, n, side, n, 4).mean((1, 3))[..., [2, 1, 0, 3]]
        shown = sheet.part(Rect(key[0], key[1], key[0] + 1, key[1] + 1))
        inner = slice(inset_px, side - inset_px)
        worst = max(worst, int(np.abs(shown - exact)[inner, inner].max()))
    return worst


@pytest.fixture
def screen() -> Screen:
    made = Screen()
    made.look()
    return made


def test_a_change_in_bulk_is_seen_roughly_in_one_frame_and_exactly_later(screen: Screen) -> None:
    state = illustration()
    screen.take(state)
    screen.finish()
    state = toggled(state)
    screen.take(state)
    assert not screen.plane.up_to_date
    screen.frame()
    assert screen.plane.up_to_date
    assert not screen.plane.exact
    assert error(screen.plane.sheet, state, screen.all) <= 3
    screen.finish()
    assert screen.plane.exact
    assert error(screen.plane.sheet, state, screen.all) <= 1


def test_a_few_tiles_are_exact_at_once_whatever_else_waits(screen: Screen) -> None:
    state = illustration()
    screen.take(state)
    screen.finish()
    state = toggled(state)
    screen.take(state)
    screen.frame()
    for step in range(3):
        state = dabbed(state, (3, 4), 1000 * step)
        screen.take(state)
        dirty = screen.frame()
        assert dirty.contains(tile_rect((3, 4)))
        assert error(screen.plane.sheet, state, Rect(3, 4, 4, 5)) <= 1
    screen.finish()
    assert error(screen.plane.sheet, state, screen.all) <= 1


def test_what_was_wanted_before_a_newer_change_is_dropped(screen: Screen) -> None:
    state = illustration()
    screen.take(state)
    screen.finish()
    for _ in range(5):
        state = toggled(state)
        screen.take(state)
        screen.frame()
    screen.finish()
    assert error(screen.plane.sheet, state, screen.all) <= 1


def test_another_zoom_shows_the_old_level_until_the_new_one_is_whole(screen: Screen) -> None:
    state = illustration()
    screen.take(state)
    screen.finish()
    screen.look(level=2)
    screen.frame()
    assert screen.plane.sheet.level < 2
    assert screen.plane.up_to_date
    screen.finish()
    assert screen.plane.sheet.level == 2
    assert error(screen.plane.sheet, state, screen.all) <= 1


def test_what_takes_long_is_shown_tile_by_tile_over_a_stand_in(screen: Screen) -> None:
    state = illustration()
    screen.take(state)
    screen.finish()
    state = toggled(state)
    screen.take(state)
    screen.frame()
    assert screen.plane.sheet.level > 0
    screen.now_s += 1.1 * STAND_IN_S
    screen.frame()
    assert screen.plane.sheet.level == 0
    assert screen.plane.up_to_date
    # Enlarging is smooth, the colours of these tiles are not.
    assert error(screen.plane.sheet, state, screen.all, inset_px=4) <= 3


def test_a_view_that_moves_never_shows_holes() -> None:
    screen = Screen()
    state = illustration()
    screen.take(state)
    screen.look(Rect(0, 0, 3, 3))
    screen.finish()
    for x in range(1, 7):
        visible = Rect(x, x, x + 3, x + 3)
        screen.look(visible)
        screen.frame()
        assert screen.plane.sheet.tiles.contains(visible)
        assert error(screen.plane.sheet, state, visible) <= 3


def test_everything_around_is_made_ready_when_nothing_is_to_be_done() -> None:
    screen = Screen()
    screen.take(illustration())
    screen.look(Rect(0, 0, 2, 2))
    screen.finish()
    screen.look()
    screen.frame()
    assert screen.plane.exact


def test_a_large_document_with_a_spot_of_paint_costs_the_spot() -> None:
    screen = Screen(side_tiles=64)
    spot = noise(1, Rect(5, 5, 7, 7))
    state = DocumentState(64 * TILE_PX, 64 * TILE_PX, (Layer("spot", surface=spot),))
    screen.take(state)
    screen.look(level=2)
    screen.frame(budget_s=1.0)
    assert screen.plane.exact
    assert len(screen.plane.sheet.drawn) == 4
    state = state.replaced(state.layers[0].id, lambda n: replace(n, surface=Surface.blank()))
    screen.take(state)
    screen.frame()
    assert screen.plane.empty
    assert screen.plane.cached_bytes() < 1 << 20


def test_a_document_in_few_tiles_needs_no_threads() -> None:
    screen = Screen(side_tiles=6)
    assert screen.all.area <= FEW_TILES
    screen.look()
    screen.take(illustration(6))
    screen.frame(budget_s=1.0)
    assert not screen.plane.busy
    assert not screen.plane.sheet.unknown(keys_of(screen.all))


def test_threads_make_the_same_pixels_as_the_window_itself() -> None:
    pool = TilePool(threads=3)
    screen = Screen(pool)
    screen.look()
    state = illustration()
    for step in range(4):
        state = toggled(state, step % 3 + 1)
        screen.take(state)
        until = time.monotonic() + 30
        while not screen.plane.exact and time.monotonic() < until:
            screen.frame()
    assert screen.plane.exact
    alone = Screen()
    alone.look()
    alone.take(state)
    alone.finish()
    np.testing.assert_array_equal(screen.plane.sheet.pixels, alone.plane.sheet.pixels)
    pool.close()


def test_urgent_jobs_come_first_and_a_closed_pool_ends_its_threads() -> None:
    pool = TilePool(threads=0)
    done: list[str] = []
    for name, urgency in (("later", Urgency.LATER), ("seen", Urgency.SEEN), ("rough", Urgency.SEEN_ROUGH)):
        pool.submit(lambda name=name: done.append(name), urgency)  # type: ignore[misc]
    pool.thread_count = 1
    pool.submit(lambda: done.append("last"), Urgency.LATER)
    until = time.monotonic() + 10
    while len(done) < 4 and time.monotonic() < until:
        pass
    assert done == ["rough", "seen", "later", "last"]
    (thread,) = pool._threads
    pool.close()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_a_long_narrow_document_gets_sheets_that_a_graphics_card_takes() -> None:
    """30 000 px are more than textures may have, though their memory would be small."""
    tiles = Rect(0, 0, 234, 4)
    assert room_for(Rect(0, 0, 20, 4), tiles, 0).width < 64
    assert room_for(Rect(0, 0, 20, 4), tiles, 2) == tiles
