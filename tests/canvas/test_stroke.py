"""Strokes on pixels: batching and frames do not matter; wash, build-up, spacing, erasing, locks and limits hold."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strokes import HARD, RED, alpha, document, drawn, line, wiggle

from canvas.brush import Brush, BrushMode, Dynamic, Input, Parameter, Stabiliser, StabiliserKind, StrokePoint
from canvas.brush_tips import BrushImages, Grain, Tip
from canvas.edits import EditError, new_document
from canvas.fill import solid
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.paint_target import Target
from canvas.roles import Control, InpaintMask, Pose, Reference
from canvas.stroke import Stroke
from canvas.tiles import ONE, Surface, tile_rect

BY_SIZE, BY_OPACITY = (Dynamic(p, Input.PRESSURE) for p in (Parameter.SIZE, Parameter.OPACITY))
IMAGES = BrushImages(
    {"wedge": Tip(np.tril(np.full((24, 24), 255, np.uint8)))},
    {"checks": Grain(np.kron([[255, 0], [0, 255]], np.ones((4, 4))).astype(np.uint8))},
)
BRUSHES = {
    "soft": Brush("b", size_px=40, hardness=0.4, flow=0.6, opacity=0.8, dynamics=(BY_SIZE, BY_OPACITY)),
    "weighted": replace(HARD, stabiliser=Stabiliser(StabiliserKind.WEIGHTED, 0.5)),
    "build-up": Brush("b", size_px=30, hardness=0.2, flow=0.3, build_up=True, dynamics=(BY_OPACITY,)),
    "coloured": Brush("b", size_px=24, hue_jitter=1.0, scatter=0.5, flow=0.7),
    "coloured build-up": Brush("b", size_px=24, value_jitter=0.5, build_up=True, flow=0.4),
    "bitmap": Brush("b", size_px=30, tip="wedge", spacing=0.3, rotation_deg=30),
    "textured": Brush("b", size_px=30, texture="checks", texture_strength=0.6, hardness=0.3),
    "pixels": Brush("b", size_px=5, antialias=False),
    "wet edge": Brush("b", size_px=30, wet_edge=0.6),
    "smudge": Brush("b", size_px=30, mode=BrushMode.SMUDGE, smudge=0.8, hardness=0.3),
    "wet": Brush("b", size_px=30, smudge=0.6, colour_rate=0.3),
    "eraser": Brush("b", size_px=30, mode=BrushMode.ERASE, hardness=0.2),
}


def busy_document():
    """Stripes of colour, half transparent."""
    pixels = np.zeros((300, 300, 4), np.uint16)
    pixels[:, ::2] = (ONE // 2, 0, ONE // 4, ONE // 2)
    pixels[:, 100:180] = (0, ONE, ONE // 3, ONE)
    return document(Layer("Paint", surface=Surface.from_pixels(pixels)))


class TestSamePixels:
    @pytest.mark.parametrize("brush", BRUSHES.values(), ids=BRUSHES.keys())
    @settings(max_examples=4, deadline=None)
    @given(cuts=st.lists(st.integers(0, 120), max_size=12))
    def test_however_the_points_were_batched_and_shown_the_pixels_are_the_same(self, brush, cuts):
        points, edges, state = wiggle(), sorted({0, *cuts, 120}), busy_document()
        stroke = Stroke(state, Target(state.layers[0].id), brush, RED, images=IMAGES)
        for a, b in pairwise(edges):
            stroke.add(points[a:b])
            stroke.freeze()
        expected, got = drawn(state, points, brush, images=IMAGES).layers[0].surface, stroke.finish().layers[0].surface
        assert got.tiles.keys() == expected.tiles.keys()
        for key, tile in expected.tiles.items():
            np.testing.assert_array_equal(got.tiles[key], tile)

    @pytest.mark.parametrize("brush", BRUSHES.values(), ids=BRUSHES.keys())
    def test_premultiplied_colour_never_exceeds_alpha(self, brush):
        pixels = drawn(busy_document(), wiggle(), brush, images=IMAGES).layers[0].surface.read(Rect(0, 0, 300, 300))
        assert (pixels[..., :3] <= pixels[..., 3:]).all()
        assert pixels.max() <= ONE

    @pytest.mark.parametrize("brush", BRUSHES.values(), ids=BRUSHES.keys())
    def test_outside_the_selection_not_a_bit_changes(self, brush):
        selection = Surface.from_pixels(np.full((40, 50, 1), ONE, np.uint16), 60, 30)
        before = busy_document()
        after = drawn(replace(before, selection=selection), line((10, 50), (290, 50)), brush, images=IMAGES)
        a, b = (state.layers[0].surface.read(before.rect) for state in (before, after))
        changed = np.argwhere((a != b).any(-1))
        assert len(changed)
        assert changed.min(0).tolist() >= [30, 60]
        assert changed[:, 0].max() < 70
        assert changed[:, 1].max() < 110

    @pytest.mark.parametrize("name", [name for name in BRUSHES if name != "eraser"])
    def test_a_locked_alpha_stays_bit_for_bit_while_colour_changes(self, name):
        before = busy_document()
        before = before.replaced(before.layers[0].id, lambda n: replace(n, alpha_locked=True))
        after = drawn(before, wiggle(), BRUSHES[name], colour=(0, 0, 1), images=IMAGES)
        np.testing.assert_array_equal(alpha(after), alpha(before))
        a, b = (state.layers[0].surface.read(before.rect) for state in (before, after))
        assert (a != b).any()


class TestPaint:
    def test_a_tap_leaves_a_dot_as_large_as_the_brush(self):
        state = drawn(document(), [StrokePoint(50, 60)])
        assert alpha(state).sum() == pytest.approx(np.pi * 25, rel=0.03)
        assert state.layers[0].surface.content_bounds() == Rect(45, 55, 55, 65)

    def test_touching_without_pressure_still_leaves_a_mark(self):
        for dynamic in (BY_SIZE, BY_OPACITY):
            assert alpha(drawn(document(), [StrokePoint(50, 60, 0.0)], replace(HARD, dynamics=(dynamic,)))).max() > 0

    def test_every_point_of_the_pen_is_covered(self):
        state = drawn(document(), wiggle())
        for point in wiggle():
            assert alpha(state)[int(point.y) - 1 : int(point.y) + 2, int(point.x) - 1 : int(point.x) + 2].max() > 0.9

    def test_within_a_stroke_paint_does_not_pile_up_and_between_strokes_it_does(self):
        half = replace(HARD, opacity=0.5)
        crossing = line((50, 50), (150, 150), (150, 50), (50, 150))
        once = drawn(document(), crossing, half)
        assert alpha(once).max() == pytest.approx(0.5, abs=1e-3)
        twice = drawn(once, crossing, half)
        assert alpha(twice).max() == pytest.approx(0.75, abs=1e-3)

    def test_with_build_up_a_crossing_darkens(self):
        brush = replace(HARD, size_px=20.0, opacity=0.3, build_up=True)
        there = line((60, 60), (200, 60))
        once, twice = (alpha(drawn(document(), points, brush))[60, 130] for points in (there, there + there[::-1]))
        assert 0.3 < once < 0.9
        assert twice == pytest.approx(1 - (1 - once) ** 2, abs=0.02)

    def test_low_flow_builds_up_to_the_opacity_of_the_stroke_and_no_further(self):
        soft = replace(HARD, size_px=60, hardness=0.0, flow=0.1, opacity=0.6)
        there = line((60, 60), (200, 60))
        single = alpha(drawn(document(), there[:2], soft)).max()
        passes = alpha(drawn(document(), (there + there[::-1]) * 20, soft)).max()
        assert single < 0.2
        assert 0.55 < passes <= 0.6

    @pytest.mark.parametrize("fields", [{}, {"flow": 0.3}, {"opacity": 0.4, "build_up": True}, {"hardness": 0.0}])
    def test_spacing_changes_neither_how_opaque_nor_how_thick_a_line_is(self, fields):
        def column(spacing):
            brush = replace(HARD, size_px=40.0, hardness=0.5, spacing=spacing)
            return alpha(drawn(document(), line((30, 50), (270, 50)), replace(brush, **fields)))[:, 150]

        fine = column(0.025)
        for spacing in (0.05, 0.1, 0.2):
            assert np.abs(column(spacing) - fine).max() < 0.04

    def test_pressure_governs_width_or_opacity_as_the_brush_says(self):
        def middle_column(dynamic):
            brush = replace(HARD, dynamics=(dynamic,))
            return alpha(drawn(document(), line((20, 50), (200, 50), pressure=0.5), brush))[:, 100]

        assert middle_column(BY_SIZE).sum() == pytest.approx(5, abs=0.3)
        assert middle_column(BY_OPACITY).sum() == pytest.approx(5, abs=0.3)
        assert middle_column(BY_OPACITY).max() == pytest.approx(0.5, abs=0.01)

    def test_the_colour_is_put_down_exactly(self):
        state = drawn(document(), line((50, 50), (90, 50)), colour=(0.25, 0.5, 1.0))
        assert tuple(state.layers[0].surface.read(Rect(70, 50, 71, 51))[0, 0]) == (ONE // 4, ONE // 2, ONE, ONE)

    def test_jitter_lays_dabs_of_several_colours_in_one_stroke(self):
        brush = replace(HARD, hue_jitter=1.0, spacing=1.5)
        pixels = drawn(document(), line((20, 50), (280, 50)), brush).layers[0].surface.read(Rect(0, 50, 300, 51))[0]
        opaque = pixels[pixels[:, 3] == ONE]
        assert len({tuple(p) for p in opaque.tolist()}) > 8

    def test_erasing_takes_away_and_leaves_no_empty_tiles(self):
        filled = document(Layer("Paint", surface=solid(Rect(0, 0, 300, 300), RED)))
        eraser = replace(HARD, mode=BrushMode.ERASE, opacity=0.5)
        assert alpha(drawn(filled, line((20, 50), (200, 50)), eraser))[50, 100] == pytest.approx(0.5, abs=1e-3)
        dot = drawn(document(), [StrokePoint(50, 50)])
        gone = drawn(dot, line((40, 50), (60, 50)), replace(HARD, mode=BrushMode.ERASE, size_px=60))
        assert not gone.layers[0].surface.tiles

    def test_a_locked_alpha_recolours_what_is_there_and_nothing_else(self):
        dot = drawn(document(), [StrokePoint(50, 50)])
        locked = dot.replaced(dot.layers[0].id, lambda n: replace(n, alpha_locked=True))
        painted = drawn(locked, line((20, 50), (250, 50)), colour=(0, 1, 0))
        np.testing.assert_array_equal(alpha(painted), alpha(dot))
        assert tuple(painted.layers[0].surface.read(Rect(50, 50, 51, 51))[0, 0]) == (0, ONE, 0, ONE)
        assert painted.layers[0].surface.tiles.keys() == dot.layers[0].surface.tiles.keys()

    def test_a_pixel_brush_sets_whole_pixels_and_its_size_is_exact(self):
        for size, count in ((1, 1), (2, 4), (3, 9)):
            dot = alpha(drawn(document(), [StrokePoint(50.3, 60.7)], replace(HARD, size_px=size, antialias=False)))
            assert set(np.unique(dot)) == {0.0, 1.0}
            assert dot.sum() == count
        slanted = alpha(drawn(document(), line((20, 20), (90, 61)), replace(HARD, size_px=1, antialias=False)))
        assert set(np.unique(slanted)) == {0.0, 1.0}
        assert (slanted.sum(0)[20:90] >= 1).all()

    def test_a_bitmap_tip_prints_its_picture_turned_as_the_brush_says(self):
        stamp = Brush("b", size_px=24, tip="wedge", hardness=1.0)
        upright = alpha(drawn(document(), [StrokePoint(100, 100)], stamp, images=IMAGES))
        assert upright[110, 90] > 0.95
        assert upright[90, 110] < 0.05
        turned = alpha(drawn(document(), [StrokePoint(100, 100)], replace(stamp, rotation_deg=180), images=IMAGES))
        assert turned[90, 110] > 0.95
        assert turned[110, 90] < 0.05

    def test_a_grain_stays_where_the_document_is_and_a_firm_touch_fills_it(self):
        brush = replace(HARD, size_px=60, texture="checks", texture_strength=0.5, dynamics=(BY_OPACITY,))
        light = alpha(drawn(document(), line((30, 50), (200, 50), pressure=0.3), brush, images=IMAGES))[40:60, 60:160]
        assert light.min() == 0.0
        assert light.max() > 0.3
        moved = alpha(drawn(document(), line((37, 53), (200, 53), pressure=0.3), brush, images=IMAGES))[40:60, 60:160]
        np.testing.assert_array_equal(light == 0, moved == 0)
        firm = alpha(drawn(document(), line((30, 50), (200, 50), pressure=1.0), brush, images=IMAGES))[40:60, 60:160]
        assert firm.min() > 0.6

    def test_a_wet_edge_is_darker_than_what_lies_inside(self):
        column = alpha(drawn(document(), line((30, 80), (270, 80)), replace(BRUSHES["wet edge"], hardness=0.6)))[:, 150]
        assert column.max() > 1.5 * column[80]
        assert column[80] == pytest.approx(0.4, abs=0.02)

    @pytest.mark.parametrize("field", ["tip", "texture"])
    def test_a_brush_whose_picture_is_missing_says_so(self, field):
        state = document()
        with pytest.raises(EditError, match=f"“hard” needs the {field} “gone”"):
            Stroke(state, Target(state.layers[0].id), replace(HARD, **{field: "gone"}), RED)


class TestFrames:
    def test_what_was_frozen_earlier_stays_as_it_was_and_an_idle_freeze_gives_the_same_state(self):
        state = document()
        stroke = Stroke(state, Target(state.layers[0].id), HARD, RED)
        assert stroke.freeze() is state
        stroke.add(line((20, 20), (60, 20)))
        early = stroke.freeze()
        kept = alpha(early).copy()
        assert stroke.freeze() is early
        stroke.add(line((60, 20), (200, 30)))
        stroke.finish()
        np.testing.assert_array_equal(alpha(early), kept)
        assert not alpha(state).any()

    @pytest.mark.parametrize("brush", BRUSHES.values(), ids=BRUSHES.keys())
    def test_the_dirty_rectangle_holds_all_that_changed(self, brush):
        state = busy_document()
        stroke = Stroke(state, Target(state.layers[0].id), brush, RED, images=IMAGES)
        before = stroke.freeze()
        for point in wiggle(40):
            dirty = stroke.add([point])
            after = stroke.freeze()
            for key in before.layers[0].surface.changed_tiles(after.layers[0].surface):
                assert dirty.contains(tile_rect(key))
            before = after

    def test_beyond_the_document_nothing_is_kept(self):
        state = drawn(document(), line((-500, -500), (-100, -900)))
        assert not state.layers[0].surface.tiles

    def test_only_touched_tiles_are_new(self):
        filled = document(Layer("Paint", surface=solid(Rect(0, 0, 300, 300), RED)))
        after = drawn(filled, [StrokePoint(50, 50)], colour=(0, 0, 0))
        assert filled.layers[0].surface.changed_tiles(after.layers[0].surface) == {(0, 0)}

    def test_while_the_pen_rests_an_airbrush_goes_on_and_a_smoothed_line_arrives(self):
        state = document()
        spraying = Stroke(state, Target(state.layers[0].id), replace(HARD, flow=0.1, airbrush_rate=50.0), RED)
        spraying.add([StrokePoint(50, 50)])
        first = alpha(spraying.freeze()).max()
        for _ in range(60):
            assert spraying.restless
            spraying.rest(0.008)
        assert alpha(spraying.freeze()).max() > 3 * first
        late = Stroke(state, Target(state.layers[0].id), BRUSHES["weighted"], RED)
        late.add(line((20, 50), (200, 50)))
        assert alpha(late.freeze())[50, 199] == 0.0
        for _ in range(100):
            late.rest(0.008)
        assert alpha(late.freeze())[50, 199] == 1.0
        assert not late.restless


class TestTargets:
    @pytest.mark.parametrize("role", [Control(), InpaintMask(), Reference()])
    def test_instruction_layers_are_drawn_on_like_any_other(self, role):
        assert alpha(drawn(document(Layer("x", role=role)), line((20, 20), (60, 20)))).max() == 1.0

    @pytest.mark.parametrize(
        ("node", "words"),
        [
            (Layer("Sky", locked=True), "“Sky” is locked; unlock it"),
            (Layer("Sky", visible=False), "“Sky” is hidden; show it"),
            (Layer("Sky", role=Pose()), "“Sky” holds figures"),
            (Group("Sky"), "“Sky” is a group; choose a layer"),
        ],
    )
    def test_where_one_cannot_draw_one_is_told_why(self, node, words):
        with pytest.raises(EditError, match=words):
            Stroke(document(node), Target(node.id), HARD, RED)

    def test_a_lock_or_eye_of_a_group_counts_for_what_is_in_it(self):
        for values in ({"locked": True}, {"visible": False}):
            inner = Layer("inner")
            state = document(Group("Outer", children=(inner,), **values))
            with pytest.raises(EditError, match="“Outer” is"):
                Stroke(state, Target(inner.id), HARD, RED)

    def test_erasing_under_a_locked_alpha_is_refused(self):
        state = document(Layer("Sky", alpha_locked=True))
        with pytest.raises(EditError, match="alpha of “Sky” is locked"):
            Stroke(state, Target(state.layers[0].id), replace(HARD, mode=BrushMode.ERASE), RED)

    def test_a_new_document_can_be_drawn_on_at_once(self):
        state = new_document(200, 100)
        for node in state.layers:
            Stroke(state, Target(node.id), HARD, RED).add([StrokePoint(5, 5)])


def mask_of(state):
    mask = state.layers[0].mask
    values = mask.surface.read(state.rect)[..., 0]
    if mask.outside:
        for key in state.rect.tile_keys(128):
            if key not in mask.surface.tiles:
                values[key[1] * 128 : key[1] * 128 + 128, key[0] * 128 : key[0] * 128 + 128] = mask.outside
    return values / ONE


class TestMasks:
    @pytest.mark.parametrize("outside", [0, ONE])
    def test_white_shows_black_hides_grey_is_between_and_the_eraser_hides(self, outside):
        def painted(colour, mode=BrushMode.PAINT):
            state = document(Layer("Sky", mask=LayerMask(Surface.blank(1), outside)))
            after = drawn(state, line((50, 50), (150, 50)), replace(HARD, mode=mode), colour, plane="mask")
            assert after.layers[0].surface is state.layers[0].surface
            assert mask_of(after)[5, 5] == outside / ONE
            return mask_of(after)[50, 100]

        assert painted((1, 1, 1)) == 1.0
        assert painted((0, 0, 0)) == 0.0
        assert painted((0.5, 0.5, 0.5)) == pytest.approx(0.5, abs=1e-3)
        assert painted((1, 1, 1), BrushMode.ERASE) == 0.0

    def test_a_mask_made_plain_again_keeps_no_tiles(self):
        state = document(Layer("Sky", mask=LayerMask(Surface.blank(1), ONE)))
        hidden = drawn(state, [StrokePoint(50, 50)], HARD, (0, 0, 0), plane="mask")
        assert hidden.layers[0].mask.surface.tiles
        shown = drawn(hidden, [StrokePoint(50, 50)], replace(HARD, size_px=60), (1, 1, 1), plane="mask")
        assert not shown.layers[0].mask.surface.tiles

    def test_the_mask_of_a_group_is_painted_on_and_the_selection_limits_it(self):
        selection = Surface.from_pixels(np.full((300, 100, 1), ONE, np.uint16))
        group = Group("G", mask=LayerMask(Surface.blank(1), ONE))
        after = drawn(document(group, selection), line((50, 50), (150, 50)), HARD, (0, 0, 0), plane="mask")
        assert mask_of(after)[50, 80] == 0.0
        assert mask_of(after)[50, 120] == 1.0

    @pytest.mark.parametrize(
        ("layer", "words"),
        [
            (Layer("Sky"), "“Sky” has no mask; add one"),
            (Layer("Sky", mask=LayerMask(Surface.blank(1)), locked=True), "“Sky” is locked"),
        ],
    )
    def test_a_mask_that_is_not_there_or_is_locked_is_refused(self, layer, words):
        with pytest.raises(EditError, match=words):
            Stroke(document(layer), Target(layer.id, "mask"), HARD, RED)

    def test_smudging_a_mask_softens_its_edge(self):
        half = np.zeros((300, 300, 1), np.uint16)
        half[:, 150:] = ONE
        state = document(Layer("Sky", mask=LayerMask(Surface.from_pixels(half))))
        after = drawn(state, line((100, 50), (200, 50)), BRUSHES["smudge"], plane="mask")
        row = mask_of(after)[50]
        assert ((row > 0.05) & (row < 0.95)).sum() > 10
        assert (row[:80] == 0).all()


class TestQuickMask:
    def test_painting_adds_to_the_selection_and_erasing_takes_away(self):
        selection = Surface.from_pixels(np.full((100, 100, 1), ONE, np.uint16))
        more = drawn(document(selection=selection), line((80, 50), (180, 50)), plane="selection")
        values = more.selection.read(more.rect)[..., 0]
        assert values[50, 150] == ONE
        assert values[150, 150] == 0
        eraser = replace(HARD, mode=BrushMode.ERASE)
        less = drawn(document(selection=selection), line((20, 50), (80, 50)), eraser, plane="selection")
        assert less.selection.read(less.rect)[50, 50, 0] == 0
        assert less.selection.read(less.rect)[20, 50, 0] == ONE

    def test_without_a_selection_painting_begins_one_and_erasing_takes_away_from_everything(self):
        begun = drawn(document(), line((80, 50), (180, 50)), plane="selection")
        assert begun.selection.content_bounds().height <= 12
        taken = drawn(document(), line((80, 50), (180, 50)), replace(HARD, mode=BrushMode.ERASE), plane="selection")
        values = taken.selection.read(taken.rect)[..., 0]
        assert values[50, 100] == 0
        assert values[299, 299] == ONE
        assert taken.layers[0] is not None

    def test_neither_locks_nor_the_lack_of_a_layer_are_in_the_way(self):
        state = document(Layer("Sky", locked=True))
        stroke = Stroke(state, Target(None, "selection"), HARD, RED)
        stroke.add(line((80, 50), (180, 50)))
        assert stroke.finish().selection is not None
