"""The cached projection and the engine's reader always show what a fresh composite would."""

from dataclasses import replace

import numpy as np
import pixel_twins as twin
import pytest
from test_compositor import document, random_document, random_edit, random_surface

from canvas.blend_modes import BlendMode
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Group, Layer
from canvas.projection import Projection
from canvas.roles import Control
from canvas.snapshot import PictureReader, Snapshot, layer_rgba8
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface, tile_rect, to_rgba8


def painted(state, layer_id, rng):
    """The state after a dab of noise on one layer."""
    edit = state.layer(layer_id).surface.edit()
    tile = edit.writable((int(rng.integers(2)), int(rng.integers(2))))
    tile[10:60, 20:90] = twin.random_pixels(rng, (50, 70))
    return state.replaced(layer_id, lambda n: replace(n, surface=edit.freeze()))


def assert_shows(projection, state, tolerance):
    for key in state.rect.tile_keys(TILE_PX):
        fresh = composite(state, tile_rect(key))
        assert np.abs(projection.tile(key).astype(int) - fresh).max() <= tolerance


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("above", "tolerance"), [("merged", 16), ("exact", 0)])
def test_whatever_is_edited_and_painted_the_projection_keeps_up(seed, above, tolerance):
    rng = np.random.default_rng(seed)
    state = random_document(rng)
    projection = Projection(above=above)
    for step in range(6):
        layers = [node.id for node in state.walk() if isinstance(node, Layer)]
        active = layers[rng.integers(len(layers))] if layers else None
        projection.update(state, active)
        for _ in range(3):
            if active is not None:
                state = painted(state, active, rng)
            projection.update(state, active)
            # Multiplying or dividing by small alpha can enlarge the last digit that merging rounds.
            assert_shows(projection, state, tolerance)
        state = random_edit(rng, state) if step % 2 else state


def test_an_update_names_the_tiles_to_repaint():
    state = random_document(np.random.default_rng(1))
    projection = Projection()
    assert projection.update(state, None) == set(state.rect.tile_keys(TILE_PX))
    assert projection.update(state, None) == set()
    assert projection.update(replace(state, metadata={"note": "text"}), None) == set()
    larger = replace(state, width=state.width + TILE_PX)
    assert projection.update(larger, None) == set(larger.rect.tile_keys(TILE_PX))


def test_drawing_lines_for_the_engine_does_not_repaint_the_picture():
    rng = np.random.default_rng(2)
    lines = Layer("lines", surface=random_surface(rng), role=Control())
    state = document(Layer("paint", surface=random_surface(rng)), lines)
    picture, instructions = Projection("picture"), Projection("instructions")
    for projection in (picture, instructions):
        projection.update(state, lines.id)
    drawn = painted(state, lines.id, rng)
    assert picture.update(drawn, lines.id) == set()
    assert len(instructions.update(drawn, lines.id)) == 1


def test_a_stroke_costs_the_same_under_one_layer_as_under_twenty(monkeypatch):
    from canvas import kernels

    rng = np.random.default_rng(4)
    full = Surface({(0, 0): twin.random_pixels(rng, (TILE_PX, TILE_PX))})
    calls = []
    over, blend = kernels.over, kernels.blend
    monkeypatch.setattr(kernels, "over", lambda *a: calls.append(1) or over(*a))
    monkeypatch.setattr(kernels, "blend", lambda *a: calls.append(1) or blend(*a))

    def blends_per_frame(others):
        active = Layer("active", surface=full)
        group = Group("group", children=tuple(Layer("g", surface=full) for _ in range(3)), blend=BlendMode.MULTIPLY)
        below, above = ([Layer("x", surface=full, opacity=0.5) for _ in range(others)] for _ in range(2))
        state = document(*below, group, active, *above, side=TILE_PX)
        projection = Projection()
        for frame in range(3):
            edit = state.layer(active.id).surface.edit()
            edit.writable((0, 0))[frame, :] = 0
            state = state.replaced(active.id, lambda n, e=edit: replace(n, surface=e.freeze()))
            projection.update(state, active.id)
            calls.clear()
            projection.tile((0, 0))
        return len(calls)

    assert blends_per_frame(10) == blends_per_frame(1) == 2


@pytest.mark.parametrize("level", range(5))
def test_tiles_for_the_screen_are_means_of_the_picture(level):
    state = random_document(np.random.default_rng(6))
    projection = Projection()
    projection.update(state, None)
    side = TILE_PX >> level
    for key in state.rect.tile_keys(TILE_PX):
        shown = projection.tile_rgba8(key, level)
        fine = composite(state, tile_rect(key)).reshape(side, 1 << level, side, 1 << level, 4).mean((1, 3))
        assert shown.shape == (side, side, 4)
        assert np.abs(shown - fine * 255 / ONE).max() <= 0.51
        assert not shown.flags.writeable


def test_memory_is_bounded_and_what_was_dropped_comes_back():
    state = random_document(np.random.default_rng(8))
    tight = Projection(budget_bytes=TILE_PX * TILE_PX * 8)
    tight.update(state, None)
    for _ in range(2):
        assert_shows(tight, state, 0)
    assert tight.cached_bytes() <= TILE_PX * TILE_PX * 8


class TestReader:
    def test_at_full_size_it_reads_exactly_the_picture(self):
        state = random_document(np.random.default_rng(11))
        rect = Rect(37, 50, 200, 173)
        np.testing.assert_array_equal(
            PictureReader().read(Snapshot(1, state), rect, rect.size), to_rgba8(composite(state, rect))
        )

    @pytest.mark.parametrize("size", [(128, 128), (100, 75), (256, 64), (7, 3)])
    def test_smaller_pictures_are_area_means(self, size):
        state = document(Layer("a", surface=random_surface(np.random.default_rng(12))))
        picture = composite(state, state.rect).astype(np.float64)
        for axis, cells in ((0, size[1]), (1, size[0])):
            edges, pixels = np.arange(cells + 1) * 256 / cells, np.arange(256)
            share = np.clip(np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0, 1)
            picture = np.moveaxis(np.tensordot(share * cells / 256, picture, (1, axis)), 0, axis)
        read = PictureReader().read(Snapshot(1, state), state.rect, size)
        expected = to_rgba8(np.rint(picture).astype(np.uint16))
        seen = expected[..., 3] > 8  # of fainter colour the last digits depend on the rounding of alpha
        error = np.abs(read.astype(int) - expected)
        assert max(error[seen].max(), error[..., 3].max()) <= 1

    @pytest.mark.parametrize("size", [(512, 512), (300, 400), (256, 1000)])
    def test_larger_pictures_stay_smooth_and_opaque(self, size):
        rng = np.random.default_rng(13)
        state = document(Layer("a", surface=Surface.from_pixels(twin.random_opaque(rng, (256, 256)))))
        read = PictureReader().read(Snapshot(1, state), state.rect, size)
        assert read.shape == (size[1], size[0], 4)
        assert (read[..., 3] == 255).all()
        assert read[..., :3].mean() == pytest.approx(to_rgba8(composite(state, state.rect))[..., :3].mean(), abs=1)

    @pytest.mark.parametrize("size", [(256, 256), (101, 67), (400, 300)])
    def test_reading_again_and_again_equals_reading_afresh(self, size):
        rng = np.random.default_rng(14)
        state = random_document(rng)
        reader = PictureReader()
        rect = Rect(-20, 5, 240, 256)
        for step in range(12):
            layers = [node.id for node in state.walk() if isinstance(node, Layer)]
            state = painted(state, layers[step % len(layers)], rng) if step % 3 else random_edit(rng, state)
            read = reader.read(Snapshot(step, state), rect, size)
            np.testing.assert_array_equal(read, PictureReader().read(Snapshot(step, state), rect, size))

    def test_an_earlier_answer_does_not_change(self):
        rng = np.random.default_rng(15)
        state = document(Layer("a", surface=Surface.from_pixels(twin.random_opaque(rng, (256, 256)))))
        reader = PictureReader()
        first = reader.read(Snapshot(1, state), state.rect, (64, 64))
        kept = first.copy()
        reader.read(Snapshot(2, painted(state, state.layers[0].id, rng)), state.rect, (64, 64))
        np.testing.assert_array_equal(first, kept)

    def test_a_layer_is_read_alone_whatever_its_role_and_follows_its_changes(self):
        rng = np.random.default_rng(16)
        lines = Layer("lines", surface=random_surface(rng), role=Control(), opacity=0.3, visible=False)
        state = document(Layer("paint", surface=random_surface(rng)), lines)
        reader = PictureReader()
        for _ in range(3):
            read = reader.read_node(state.layer(lines.id), state.rect, state.rect.size)
            np.testing.assert_array_equal(read, to_rgba8(state.layer(lines.id).surface.read(state.rect)))
            np.testing.assert_array_equal(read, layer_rgba8(state.layer(lines.id), state.rect, state.rect.size))
            state = painted(state, lines.id, rng)

    def test_an_empty_document_is_transparent_and_an_empty_rectangle_an_error(self):
        snapshot = Snapshot(1, DocumentState(50, 40))
        assert not PictureReader().read(snapshot, Rect(0, 0, 50, 40), (25, 20)).any()
        with pytest.raises(ValueError, match="cannot show"):
            PictureReader().read(snapshot, Rect(0, 0, 0, 0), (25, 20))
