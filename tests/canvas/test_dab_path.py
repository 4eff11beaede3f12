"""From points to dabs: batching and the rate of events do not matter, and every input drives what it says."""

from dataclasses import replace
from itertools import pairwise
from math import cos, hypot, inf, nan, pi, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strokes import HARD, line, wiggle

from canvas.brush import Brush, Dynamic, Input, Parameter, Stabiliser, StabiliserKind, StrokePoint
from canvas.curves import LINEAR
from canvas.dab_path import DabPath
from canvas.kernels.dab_table import (
    ANGLE,
    BLUE,
    CAP,
    FLOW,
    GREEN,
    HARDNESS,
    KEEP,
    RADIUS,
    RED,
    ROUNDNESS,
    TEXTURE,
    X,
    Y,
)  # fmt: skip

BY_SIZE = (Dynamic(Parameter.SIZE, Input.PRESSURE),)
KINDS = [Stabiliser(kind, 0.4, 20.0) for kind in StabiliserKind]


def dabs_of(brush, points, **options):
    path = DabPath(brush, **options)
    return np.concatenate([path.add(points), path.finish()])


def everything(stabiliser):
    """A brush in which all inputs drive something."""
    pairs = zip(Parameter, [*Input, *Input, *Input], strict=False)
    dynamics = tuple(Dynamic(parameter, input_, ((0.0, 0.2), (1.0, 1.0))) for parameter, input_ in pairs)
    return Brush(
        "all", size_px=14, scatter=0.3, hue_jitter=0.2, smudge=0.5, texture="paper", stabiliser=stabiliser,
        airbrush_rate=20.0, dynamics=dynamics,
    )  # fmt: skip


class TestSamePoints:
    @pytest.mark.parametrize("stabiliser", KINDS, ids=lambda s: s.kind)
    @settings(max_examples=15, deadline=None)
    @given(cuts=st.lists(st.integers(0, 120), max_size=12))
    def test_however_the_events_were_batched_the_dabs_are_the_same(self, stabiliser, cuts):
        brush = everything(stabiliser)
        points, edges = wiggle(), sorted({0, *cuts, 120})
        path = DabPath(brush)
        parts = [path.add(points[a:b]) for a, b in pairwise(edges)]
        np.testing.assert_array_equal(np.concatenate([*parts, path.finish()]), dabs_of(brush, points))

    def test_a_stroke_drawn_again_has_the_same_chance_and_another_one_has_not(self):
        brush = replace(HARD, scatter=1.0)
        np.testing.assert_array_equal(dabs_of(brush, wiggle()), dabs_of(brush, wiggle()))
        later = [replace(point, time_s=point.time_s + 1.0) for point in wiggle()]
        assert not np.allclose(dabs_of(brush, wiggle())[:, X], dabs_of(brush, later)[:, X])

    def test_places_that_no_pen_can_report_are_left_out(self):
        glitches = [StrokePoint(nan, 5), StrokePoint(5, 1e300), StrokePoint(-1e9, 5), StrokePoint(1, 1, time_s=inf)]
        good = line((20, 20), (60, 20))
        np.testing.assert_array_equal(dabs_of(HARD, [*good[:5], *glitches, *good[5:]]), dabs_of(HARD, good))

    def test_an_unknown_pressure_is_none_and_tilts_beyond_level_are_level(self):
        wild = [replace(p, pressure=nan, tilt_x=400.0) for p in line((20, 20), (60, 20))]
        brush = replace(HARD, dynamics=(*BY_SIZE, Dynamic(Parameter.OPACITY, Input.TILT)))
        dabs = dabs_of(brush, wild)
        assert dabs[:, RADIUS].max() == 0.5
        assert dabs[:, CAP].min() == 1.0


def recorded(hertz):
    """A hand's stroke of 1.5 s, up to 1900 px/s, as a tablet of that rate reports it."""
    count = round(1.5 * hertz)
    points = []
    for i in range(count + 1):
        t = 1.5 * i / count
        x = 300 + 180 * sin(2 * pi * 0.9 * t) + 60 * t
        y = 300 + 150 * sin(2 * pi * 1.3 * t + 0.4)
        points.append(StrokePoint(x, y, 0.55 + 0.4 * sin(2 * pi * 0.8 * t), tilt_x=40 * t, time_s=t))
    return points


class TestRate:
    @pytest.mark.parametrize("hertz", [60, 133, 250])
    @pytest.mark.parametrize("stabiliser", KINDS, ids=lambda s: s.kind)
    def test_a_stroke_reported_more_or_less_often_has_the_same_dabs_within_a_pixel(self, hertz, stabiliser):
        brush = Brush("b", size_px=20, spacing=0.1, stabiliser=stabiliser, dynamics=BY_SIZE)
        often, seldom = dabs_of(brush, recorded(1000)), dabs_of(brush, recorded(hertz))
        assert len(seldom) == pytest.approx(len(often), rel=0.01)
        # Near the line of the one, at about the same time, lies every dab of the other.
        apart = np.hypot(*(seldom[:, None, (X, Y)] - often[None, :, (X, Y)]).transpose(2, 0, 1))
        apart[np.abs(np.subtract.outer(np.arange(len(seldom)), np.arange(len(often)))) > 40] = np.inf
        nearest = apart.argmin(1)
        step = 0.1 * 20
        across = np.sqrt(np.maximum(apart.min(1) ** 2 - (step / 2) ** 2, 0.0))
        assert across.max() < 1.0
        assert np.abs(seldom[:, RADIUS] - often[nearest, RADIUS]).max() < 0.5

    @pytest.mark.parametrize("hertz", [60, 133, 250])
    def test_dab_by_dab_they_lie_where_the_others_do(self, hertz):
        brush = replace(HARD, size_px=40.0, spacing=0.1)
        often, seldom = dabs_of(brush, recorded(1000)), dabs_of(brush, recorded(hertz))
        count = min(len(often), len(seldom))
        gaps = np.hypot(*(often[:count, (X, Y)] - seldom[:count, (X, Y)]).T)
        assert gaps.max() < 1.0

    @pytest.mark.parametrize("hertz", [60, 133, 250])
    def test_the_measured_speed_does_not_depend_on_the_rate(self, hertz):
        brush = replace(HARD, size_px=40.0, dynamics=(Dynamic(Parameter.OPACITY, Input.SPEED),))
        often, seldom = dabs_of(brush, recorded(1000)), dabs_of(brush, recorded(hertz))
        half = len(often) // 2
        assert seldom[half, CAP] == pytest.approx(often[half, CAP], abs=0.05)


class TestSteps:
    def test_dabs_are_a_share_of_the_diameter_apart_and_tiny_brushes_do_not_drown_in_them(self):
        for size, step in ((100, 8.0), (10, 0.8), (1, 0.5)):
            dabs = dabs_of(replace(HARD, size_px=size, spacing=0.08), line((10, 150), (290, 150)))
            gaps = np.diff(dabs[:, X])
            assert gaps.max() == pytest.approx(step, rel=1e-6)
            assert len(dabs) == pytest.approx(280 / step, abs=2)

    def test_the_first_dab_is_where_the_pen_touched_and_the_last_where_it_left(self):
        dabs = dabs_of(HARD, line((20, 30), (140, 110)))
        assert dabs[0, (X, Y)].tolist() == [20, 30]
        assert hypot(dabs[-1, X] - 140, dabs[-1, Y] - 110) <= 0.8

    def test_the_first_dab_needs_no_second_point(self):
        assert len(DabPath(HARD).add([StrokePoint(5, 6)])) == 1

    def test_pressing_harder_on_one_spot_grows_the_dab(self):
        dabs = dabs_of(Brush("b", size_px=20, dynamics=BY_SIZE), [StrokePoint(50, 50, p / 10) for p in range(11)])
        assert len(dabs) > 5
        assert dabs[:, RADIUS].max() > 9

    def test_the_curve_goes_through_the_points_of_the_pen(self):
        points = [StrokePoint(150 + 60 * cos(i), 150 + 60 * sin(i), time_s=i / 60) for i in range(6)]
        dabs = dabs_of(replace(HARD, size_px=4.0), points)
        for point in points:
            assert np.hypot(dabs[:, X] - point.x, dabs[:, Y] - point.y).min() < 0.5


class TestInputs:
    @pytest.mark.parametrize(
        ("input_", "low", "high"),
        [
            (Input.PRESSURE, line((20, 20), (60, 20), pressure=0.25), line((20, 20), (60, 20), pressure=0.75)),
            (
                Input.TILT,
                [replace(p, tilt_x=15.0) for p in line((20, 20), (60, 20))],
                [replace(p, tilt_y=45.0) for p in line((20, 20), (60, 20))],
            ),
            (
                Input.SPEED,
                [StrokePoint(i * 750 / 240, 9, time_s=i / 240) for i in range(240)],
                [StrokePoint(i * 2250 / 240, 9, time_s=i / 240) for i in range(240)],
            ),
            (Input.DIRECTION, line((20, 20), (20, 90)), line((20, 90), (20, 20))),
        ],
    )
    def test_each_delivers_its_share(self, input_, low, high):
        brush = replace(HARD, dynamics=(Dynamic(Parameter.OPACITY, input_),))
        assert dabs_of(brush, low)[-1, CAP] == pytest.approx(0.25, abs=0.01)
        assert dabs_of(brush, high)[-1, CAP] == pytest.approx(0.75, abs=0.01)

    def test_chance_fills_its_range_evenly_and_each_parameter_has_its_own(self):
        brush = replace(
            HARD, dynamics=(Dynamic(Parameter.OPACITY, Input.RANDOM), Dynamic(Parameter.HARDNESS, Input.RANDOM))
        )
        dabs = dabs_of(brush, line((10, 10), (290, 290), steps=200))
        shares = np.histogram(dabs[:, HARDNESS], bins=4, range=(0, 1))[0] / len(dabs)
        assert shares == pytest.approx([0.25] * 4, abs=0.07)
        assert abs(np.corrcoef(dabs[:, HARDNESS], dabs[:, CAP])[0, 1]) < 0.15

    @pytest.mark.parametrize(
        ("parameter", "column", "whole"),
        [
            (Parameter.SIZE, RADIUS, 20.0),
            (Parameter.OPACITY, CAP, 1.0),
            (Parameter.HARDNESS, HARDNESS, 0.8),
            (Parameter.ROUNDNESS, ROUNDNESS, 0.6),
            (Parameter.TEXTURE, TEXTURE, 0.5),
        ],
    )
    def test_each_parameter_is_multiplied_by_its_curve_and_by_several(self, parameter, column, whole):
        brush = Brush(
            "b", size_px=40, hardness=0.8, roundness=0.6, texture="paper", texture_strength=0.5,
            dynamics=(
                Dynamic(parameter, Input.PRESSURE, ((0.0, 0.0), (0.5, 0.8), (1.0, 1.0))),
                Dynamic(parameter, Input.TILT, ((0.0, 0.5), (1.0, 0.5))),
            ),
        )  # fmt: skip
        dabs = dabs_of(brush, line((20, 20), (60, 20), pressure=0.5))
        assert dabs[-1, column] == pytest.approx(whole * 0.8 * 0.5, rel=0.01)

    def test_flow_spacing_scatter_smudge_and_rotation_are_driven_as_well(self):
        def last(parameter, pressure, column, **fields):
            brush = replace(HARD, spacing=0.5, dynamics=(Dynamic(parameter, Input.PRESSURE),), **fields)
            return dabs_of(brush, line((20, 20), (220, 20), pressure=pressure))[:, column]

        assert last(Parameter.FLOW, 0.5, FLOW)[-1] == pytest.approx(0.5, abs=0.01)
        assert np.diff(last(Parameter.SPACING, 0.5, X)).max() == pytest.approx(2.5, abs=0.05)
        assert np.ptp(last(Parameter.SCATTER, 0.5, Y, scatter=1.0)) < np.ptp(
            last(Parameter.SCATTER, 1.0, Y, scatter=1.0)
        )
        assert last(Parameter.SMUDGE, 0.5, KEEP, smudge=0.8)[-1] == pytest.approx(0.4, abs=0.01)
        assert last(Parameter.ROTATION, 0.25, ANGLE, rotation_deg=30.0)[-1] == pytest.approx(pi / 2 + pi / 6, abs=0.02)

    def test_a_tip_that_follows_the_stroke_waits_for_its_direction(self):
        brush = replace(HARD, dynamics=(Dynamic(Parameter.ROTATION, Input.DIRECTION),))
        dabs = dabs_of(brush, line((20, 20), (20, 60)))
        assert dabs[:, ANGLE] == pytest.approx(pi / 2)
        assert len(dabs_of(brush, [StrokePoint(20, 20)])) == 1

    def test_colour_is_shifted_by_chance_around_the_chosen_one_or_by_what_drives_it(self):
        points = line((10, 150), (290, 150), steps=100)
        still = dabs_of(HARD, points, colour=(0.25, 0.5, 0.75))
        assert still[:, (RED, GREEN, BLUE)] == pytest.approx(np.broadcast_to((0.25, 0.5, 0.75), (len(still), 3)))
        jittered = dabs_of(replace(HARD, value_jitter=0.2), points, colour=(0.5, 0.5, 0.5))
        assert jittered[:, RED].mean() == pytest.approx(0.5, abs=0.02)
        assert np.ptp(jittered[:, RED]) == pytest.approx(0.4, abs=0.03)
        driven = replace(HARD, value_jitter=0.2, dynamics=(Dynamic(Parameter.VALUE, Input.PRESSURE, LINEAR),))
        lighter = dabs_of(driven, line((10, 150), (290, 150), pressure=1.0), colour=(0.5, 0.5, 0.5))
        assert lighter[:, RED] == pytest.approx(0.7)


class TestRest:
    def test_an_airbrush_sprays_by_the_clock_while_the_pen_rests_and_others_do_not(self):
        path = DabPath(replace(HARD, airbrush_rate=40.0))
        path.add([StrokePoint(50, 50)])
        assert path.restless
        laid = sum(len(path.rest(0.01)) for _ in range(100))
        assert laid == pytest.approx(40, abs=2)
        still = DabPath(HARD)
        still.add([StrokePoint(50, 50)])
        assert not still.restless
        assert not len(still.rest(5.0))

    def test_rests_of_any_length_add_up(self):
        def laid(parts):
            path = DabPath(replace(HARD, airbrush_rate=50.0))
            dabs = [path.add([StrokePoint(50, 50)]), *(path.rest(1.0 / parts) for _ in range(parts)), path.finish()]
            return np.concatenate(dabs)

        np.testing.assert_allclose(laid(10)[:50], laid(64)[:50], atol=1e-9)


def test_a_clock_that_jumps_does_not_make_an_airbrush_spray_for_hours() -> None:
    """Some drivers stamp the lifting of the pen by another clock than its strokes."""
    brush = Brush("Air", size_px=20.0, airbrush_rate=60.0)
    points = [StrokePoint(10.0 + i, 10.0, 1.0, time_s=0.01 * i) for i in range(10)]
    path = DabPath(brush)
    drawn = len(path.add([*points, StrokePoint(20.0, 10.0, 1.0, time_s=86_400.0)])) + len(path.finish())
    assert drawn < 200
    later = DabPath(brush)
    later.add([*points, StrokePoint(20.0, 10.0, 1.0, time_s=86_400.0)])
    assert len(later.add([StrokePoint(20.0, 10.0, 1.0, time_s=86_400.5)])) >= 25, "the new clock counts from then on"
