"""Curves go through their points and never beyond them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas.curves import LINEAR, Curve, checked, evaluated, table

rising = st.lists(st.integers(0, 100), min_size=2, max_size=8, unique=True).map(sorted)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    xs = draw(rising)
    return tuple((x / 100, draw(st.integers(0, 100)) / 100) for x in xs)


@given(curves())
def test_a_curve_goes_through_its_points_and_stays_between_neighbours(curve: Curve) -> None:
    assert checked(curve) is curve
    xs = [x for x, _ in curve]
    np.testing.assert_allclose(evaluated(curve, xs), [y for _, y in curve], atol=1e-9)
    for (x0, y0), (x1, y1) in pairwise(curve):
        between = evaluated(curve, np.linspace(x0, x1, 20))
        assert between.min() >= min(y0, y1) - 1e-9
        assert between.max() <= max(y0, y1) + 1e-9


def test_a_straight_curve_changes_nothing() -> None:
    np.testing.assert_allclose(table(LINEAR, 11), np.linspace(0, 1, 11), atol=1e-12)


@pytest.mark.parametrize("curve", [((0.0, 0.0),), ((0.5, 0.0), (0.5, 1.0)), ((0.0, 0.0), (1.0, 2.0))])
def test_what_is_no_curve_is_refused(curve: Curve) -> None:
    with pytest.raises(ValueError, match="curve"):
        checked(curve)
