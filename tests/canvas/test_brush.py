"""Strokes: the same points give the same pixels, none is lost, and wash, erasing, alpha lock and selection hold."""

from dataclasses import replace
from itertools import pairwise
from math import cos, nan, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas.brush import Brush, BrushMode, DabPath, StrokePoint
from canvas.edits import EditError, new_document
from canvas.fill import solid
from canvas.geometry import Rect
from canvas.layers import Group, Layer
from canvas.roles import Control, InpaintMask, Pose, Reference
from canvas.smoothing import Follower
from canvas.state import DocumentState
from canvas.stroke import Stroke
from canvas.tiles import ONE, Surface, tile_rect

RED = (1.0, 0.0, 0.0)
HARD = Brush("hard", size_px=10, hardness=1.0, smoothing=0.0, size_by_pressure=0.0)


def document(layer=None, selection=None):
    return DocumentState(300, 300, (Layer("Paint") if layer is None else layer,), selection=selection)


def line(*places, pressure=1.0, steps=20):
    """Evenly spaced points through `places`."""
    points = []
    for (x0, y0), (x1, y1) in pairwise(places):
        points += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps)]
    points.append(places[-1])
    return [StrokePoint(x, y, pressure, time_s=i / 240) for i, (x, y) in enumerate(points)]


def drawn(state, points, brush=HARD, colour=RED):
    stroke = Stroke(state, state.layers[0].id, brush, colour)
    stroke.add(points)
    return stroke.finish()


def alpha(state):
    return state.layers[0].surface.read(state.rect)[..., 3] / ONE


def wiggle(count=120):
    return [
        StrokePoint(150 + 100 * cos(i / 17) + sin(i), 150 + 90 * sin(i / 9), 0.5 + 0.5 * sin(i / 11), time_s=i / 240)
        for i in range(count)
    ]


class TestPath:
    @settings(max_examples=40, deadline=None)
    @given(cuts=st.lists(st.integers(0, 120), max_size=12), smoothing=st.sampled_from([0.0, 0.3, 1.0]))
    def test_however_the_events_were_batched_the_dabs_are_the_same(self, cuts, smoothing):
        brush = Brush("b", size_px=14, smoothing=smoothing, opacity_by_pressure=0.5)
        points, edges = wiggle(), sorted({0, *cuts, 120})
        at_once, in_parts = DabPath(brush), DabPath(brush)
        expected = [*at_once.add(points), *at_once.finish()]
        dabs = [dab for a, b in pairwise(edges) for dab in in_parts.add(points[a:b])]
        assert [*dabs, *in_parts.finish()] == expected

    @pytest.mark.parametrize("hertz", [60, 133, 250, 1000])
    def test_a_line_reported_more_or_less_often_has_its_dabs_in_the_same_places(self, hertz):
        def path(steps):
            dabs = DabPath(replace(HARD, smoothing=0.5))
            return [*dabs.add(line((20, 30), (280, 200), steps=steps)), *dabs.finish()]

        few, many = path(hertz // 10), path(4000)
        assert abs(len(few) - len(many)) <= 1
        for a, b in zip(few, many, strict=False):
            assert abs(a.x - b.x) < 0.5
            assert abs(a.y - b.y) < 0.5

    def test_dabs_are_a_share_of_the_diameter_apart_and_tiny_brushes_do_not_drown_in_them(self):
        for size, step in ((100, 8.0), (10, 0.8), (1, 0.5)):
            brush = replace(HARD, size_px=size, spacing=0.08)
            path = DabPath(brush)
            dabs = [*path.add(line((10, 150), (290, 150))), *path.finish()]
            gaps = np.diff([dab.x for dab in dabs])
            assert gaps.max() == pytest.approx(step, rel=1e-6)
            assert len(dabs) == pytest.approx(280 / step, abs=2)

    def test_pressing_harder_on_one_spot_grows_the_dab(self):
        path = DabPath(Brush("b", size_px=20))
        dabs = path.add([StrokePoint(50, 50, p / 10) for p in range(11)]) + path.finish()
        assert len(dabs) > 5
        assert max(dab.radius_px for dab in dabs) > 9

    def test_places_that_no_pen_can_report_are_left_out(self):
        glitches = [StrokePoint(nan, 5), StrokePoint(5, 1e300), StrokePoint(-1e9, 5)]
        good = line((20, 20), (60, 20))
        path, clean = DabPath(HARD), DabPath(HARD)
        assert [*path.add([*good[:5], *glitches, *good[5:]]), *path.finish()] == [*clean.add(good), *clean.finish()]

    def test_smoothing_lags_behind_by_its_string_and_the_lift_catches_up(self):
        follower = Follower(0.5)
        for x in range(400):
            at = follower.follow(float(x), 0.0)
        assert 399 - at[0] == pytest.approx(15.0, abs=0.1)
        path = DabPath(replace(HARD, smoothing=1.0))
        dabs = path.add(line((20, 20), (200, 20))) + path.finish()
        assert dabs[-1].x == pytest.approx(200, abs=1)

    def test_smoothing_takes_the_tremble_out_of_a_line(self):
        trembling = [StrokePoint(20 + i, 100 + 3 * (-1) ** i) for i in range(200)]

        def roughness(smoothing):
            path = DabPath(replace(HARD, smoothing=smoothing))
            path.add(trembling[:100])
            return np.std([dab.y for dab in path.add(trembling[100:])])

        assert roughness(0.6) < roughness(0.0) / 5

    @pytest.mark.parametrize(
        "wrong",
        [{"size_px": 0}, {"size_px": 5000}, {"hardness": 2}, {"spacing": 0}, {"flow": -0.1}, {"smoothing": nan}],
    )
    def test_a_brush_that_cannot_be_is_refused_in_a_sentence(self, wrong):
        with pytest.raises(ValueError, match="brush"):
            Brush("b", **wrong)


class TestStroke:
    @settings(max_examples=10, deadline=None)
    @given(cuts=st.lists(st.integers(0, 120), max_size=8))
    def test_however_points_were_batched_and_shown_the_pixels_are_the_same(self, cuts):
        brush = Brush("b", size_px=40, hardness=0.4, flow=0.6, opacity=0.8, opacity_by_pressure=0.7)
        points, edges, state = wiggle(), sorted({0, *cuts, 120}), document()
        stroke = Stroke(state, state.layers[0].id, brush, RED)
        for a, b in pairwise(edges):
            stroke.add(points[a:b])
            stroke.freeze()
        expected, got = drawn(state, points, brush).layers[0].surface, stroke.finish().layers[0].surface
        assert got.tiles.keys() == expected.tiles.keys()
        for key, tile in expected.tiles.items():
            np.testing.assert_array_equal(got.tiles[key], tile)

    def test_a_tap_leaves_a_dot_as_large_as_the_brush(self):
        state = drawn(document(), [StrokePoint(50, 60)])
        assert alpha(state).sum() == pytest.approx(np.pi * 25, rel=0.03)
        assert state.layers[0].surface.content_bounds() == Rect(45, 55, 55, 65)

    def test_touching_without_pressure_still_leaves_a_mark(self):
        for brush in (Brush("size"), Brush("opacity", size_by_pressure=0, opacity_by_pressure=1)):
            assert alpha(drawn(document(), [StrokePoint(50, 60, 0.0)], brush)).max() > 0

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

    def test_low_flow_builds_up_to_the_opacity_of_the_stroke_and_no_further(self):
        soft = Brush("soft", size_px=60, hardness=0.0, flow=0.1, opacity=0.6, smoothing=0, size_by_pressure=0)
        there = line((60, 60), (200, 60))
        single = alpha(drawn(document(), there[:2], soft)).max()
        passes = alpha(drawn(document(), (there + there[::-1]) * 12, soft)).max()
        assert single < 0.2
        assert passes == pytest.approx(0.6, abs=0.02)

    def test_closer_dabs_do_not_thicken_a_line(self):
        def weight(spacing):
            return alpha(drawn(document(), line((50, 50), (200, 80)), replace(HARD, spacing=spacing))).sum()

        assert weight(0.02) == pytest.approx(weight(0.1), rel=0.02)

    def test_pressure_governs_width_or_opacity_as_the_brush_says(self):
        def middle_column(brush, pressure):
            return alpha(drawn(document(), line((20, 50), (200, 50), pressure=pressure), brush))[:, 100]

        by_size, by_opacity = replace(HARD, size_by_pressure=1.0), replace(HARD, opacity_by_pressure=1.0)
        assert middle_column(by_size, 0.5).sum() == pytest.approx(5, abs=0.3)
        assert middle_column(by_opacity, 0.5).sum() == pytest.approx(5, abs=0.3)
        assert middle_column(by_opacity, 0.5).max() == pytest.approx(0.5, abs=0.01)

    def test_the_colour_is_put_down_exactly(self):
        state = drawn(document(), line((50, 50), (90, 50)), colour=(0.25, 0.5, 1.0))
        assert tuple(state.layers[0].surface.read(Rect(70, 50, 71, 51))[0, 0]) == (ONE // 4, ONE // 2, ONE, ONE)

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

    def test_outside_the_selection_not_a_bit_changes(self):
        selection = Surface.from_pixels(np.full((40, 50, 1), ONE, np.uint16), 60, 30)
        before = drawn(document(), wiggle(), colour=(0, 0, 1))
        after = drawn(replace(before, selection=selection), line((10, 50), (290, 50)))
        a, b = before.layers[0].surface.read(before.rect), after.layers[0].surface.read(before.rect)
        changed = np.argwhere((a != b).any(-1))
        assert changed.min(0).tolist() == [45, 60]
        assert changed.max(0).tolist() == [54, 109]

    def test_what_was_frozen_earlier_stays_as_it_was_and_an_idle_freeze_gives_the_same_state(self):
        state = document()
        stroke = Stroke(state, state.layers[0].id, HARD, RED)
        assert stroke.freeze() is state
        stroke.add(line((20, 20), (60, 20)))
        early = stroke.freeze()
        kept = alpha(early).copy()
        assert stroke.freeze() is early
        stroke.add(line((60, 20), (200, 30)))
        stroke.finish()
        np.testing.assert_array_equal(alpha(early), kept)
        assert not alpha(state).any()

    def test_the_dirty_rectangle_holds_all_that_changed(self):
        state = document()
        stroke = Stroke(state, state.layers[0].id, replace(HARD, smoothing=0.5), RED)
        before = stroke.freeze()
        for point in wiggle():
            dirty = stroke.add([point])
            after = stroke.freeze()
            for key in before.layers[0].surface.changed_tiles(after.layers[0].surface):
                assert dirty.contains(tile_rect(key))
            before = after

    def test_beyond_the_document_nothing_is_kept(self):
        state = drawn(document(), line((-500, -500), (-100, -900)))
        assert not state.layers[0].surface.tiles
        assert state.layers[0].surface.tile_bounds() == Rect(0, 0, 0, 0)

    def test_only_touched_tiles_are_new(self):
        filled = document(Layer("Paint", surface=solid(Rect(0, 0, 300, 300), RED)))
        after = drawn(filled, [StrokePoint(50, 50)], colour=(0, 0, 0))
        assert filled.layers[0].surface.changed_tiles(after.layers[0].surface) == {(0, 0)}

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
            Stroke(document(node), node.id, HARD, RED)

    def test_a_lock_or_eye_of_a_group_counts_for_what_is_in_it(self):
        for values in ({"locked": True}, {"visible": False}):
            inner = Layer("inner")
            state = document(Group("Outer", children=(inner,), **values))
            with pytest.raises(EditError, match="“Outer” is"):
                Stroke(state, inner.id, HARD, RED)

    def test_erasing_under_a_locked_alpha_is_refused(self):
        state = document(Layer("Sky", alpha_locked=True))
        with pytest.raises(EditError, match="alpha of “Sky” is locked"):
            Stroke(state, state.layers[0].id, replace(HARD, mode=BrushMode.ERASE), RED)

    def test_a_new_document_can_be_drawn_on_at_once(self):
        state = new_document(200, 100)
        for node in state.layers:
            Stroke(state, node.id, HARD, RED).add([StrokePoint(5, 5)])
