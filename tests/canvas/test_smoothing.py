"""Stabilisers: each lags as it says, takes out the tremble, catches up at rest and when the pen is lifted."""

from math import hypot

import numpy as np
import pytest

from canvas.brush import UNSTEADIED, Stabiliser, StabiliserKind
from canvas.smoothing import Place, steadier

BASIC = Stabiliser(StabiliserKind.BASIC, 0.5)
WEIGHTED = Stabiliser(StabiliserKind.WEIGHTED, 0.5)
STRING = Stabiliser(StabiliserKind.STRING, string_px=40.0)


def place(x, y=0.0, pressure=1.0):
    return Place(x, y, pressure, 0.0, 0.0, 0.0)


def followed(stabiliser, xs, scale=1.0, y=lambda x: 0.0):
    made = steadier(stabiliser, scale)
    return made, [out for x in xs for out in made.follow(place(float(x), y(x)))]


@pytest.mark.parametrize(("stabiliser", "lag"), [(UNSTEADIED, 0.0), (BASIC, 15.0), (STRING, 40.0)])
def test_a_straight_line_lags_by_the_string(stabiliser, lag):
    _, places = followed(stabiliser, range(400))
    assert 399 - places[-1].x == pytest.approx(lag, abs=0.1)


def test_the_weighted_mean_lags_by_that_of_half_a_gaussian():
    _, places = followed(WEIGHTED, range(600))
    assert 599 - places[-1].x == pytest.approx(22.5 * np.sqrt(2 / np.pi), abs=2.5)


@pytest.mark.parametrize("stabiliser", [BASIC, WEIGHTED, STRING])
def test_zoomed_in_the_hand_feels_the_same_so_the_document_is_smoothed_less(stabiliser):
    def lag(scale):
        return 999 - followed(stabiliser, range(1000), scale)[1][-1].x

    assert lag(4.0) == pytest.approx(lag(1.0) / 4, rel=0.25)


@pytest.mark.parametrize("stabiliser", [BASIC, WEIGHTED, STRING])
def test_the_tremble_is_taken_out_of_a_line(stabiliser):
    _, rough = followed(UNSTEADIED, range(300), y=lambda x: 3.0 * (-1) ** x)
    _, steady = followed(stabiliser, range(300), y=lambda x: 3.0 * (-1) ** x)
    assert np.std([p.y for p in steady[len(steady) // 2 :]]) < np.std([p.y for p in rough]) / 3


def test_only_the_weighted_mean_smooths_pressure():
    for stabiliser, steady in ((BASIC, False), (WEIGHTED, True)):
        made = steadier(stabiliser, 1.0)
        places = [out for x in range(300) for out in made.follow(place(float(x), 0.0, x % 2))]
        assert bool(np.std([p.pressure for p in places[100:]]) < 0.1) is steady


def test_within_its_string_the_pen_moves_freely():
    made = steadier(STRING, 1.0)
    made.follow(place(0.0))
    assert made.follow(place(30.0)) == []
    assert made.follow(place(0.0, -25.0)) == []
    assert made.follow(place(60.0))[-1].x > 0.0


@pytest.mark.parametrize("stabiliser", [BASIC, WEIGHTED])
def test_a_resting_pen_is_caught_up_with_and_then_nothing_more_is_asked_for(stabiliser):
    made, places = followed(stabiliser, range(200))
    assert made.behind
    steps = 0
    while made.behind and steps < 400:
        places += made.rest(place(199.0), 0.008)
        steps += 1
    assert places[-1].x == pytest.approx(199.0, abs=0.1)
    assert steps * 0.008 < 1.5


def test_a_string_does_not_tighten_by_itself():
    made, _ = followed(STRING, range(200))
    assert not made.behind


@pytest.mark.parametrize("kind", [StabiliserKind.BASIC, StabiliserKind.WEIGHTED, StabiliserKind.STRING])
def test_lifting_the_pen_draws_the_line_to_its_end_unless_that_is_not_wanted(kind):
    made, places = followed(Stabiliser(kind, 0.6), range(300))
    end = [*places, *made.lift()][-1]
    assert hypot(end.x - 299, end.y) < 0.1
    made, places = followed(Stabiliser(kind, 0.6, finish_line=False), range(300))
    assert made.lift() == []
