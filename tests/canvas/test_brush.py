"""Brushes are values that cannot be wrong."""

from math import nan

import pytest

from canvas.brush import Brush, BrushMode, Dynamic, Input, Parameter, Stabiliser
from canvas.curves import LINEAR


@pytest.mark.parametrize(
    "wrong",
    [
        {"size_px": 0}, {"size_px": 5000}, {"size_px": nan}, {"hardness": 2}, {"spacing": 0}, {"flow": -0.1},
        {"opacity": nan}, {"scatter": -1}, {"roundness": 0}, {"airbrush_rate": 1e9}, {"texture_scale": 0},
    ],
)  # fmt: skip
def test_a_brush_that_cannot_be_is_refused_in_a_sentence(wrong):
    with pytest.raises(ValueError, match="brush"):
        Brush("b", **wrong)


@pytest.mark.parametrize("wrong", [{"strength": 2}, {"strength": nan}, {"string_px": -1}])
def test_a_stabiliser_that_cannot_be_is_refused_in_a_sentence(wrong):
    with pytest.raises(ValueError, match="stabiliser"):
        Stabiliser(**wrong)


def test_a_parameter_has_one_curve_for_each_input():
    twice = (Dynamic(Parameter.SIZE, Input.PRESSURE), Dynamic(Parameter.SIZE, Input.PRESSURE, ((0, 1), (1, 0))))
    with pytest.raises(ValueError, match="one curve of size by pressure"):
        Brush("b", dynamics=twice)
    with pytest.raises(ValueError, match="curve"):
        Dynamic(Parameter.SIZE, Input.PRESSURE, ((0.5, 0.5), (0.5, 1.0)))


def test_curves_are_set_and_taken_away_by_what_they_drive():
    brush = Brush("b").driven(Parameter.SIZE, Input.PRESSURE, LINEAR).driven(Parameter.FLOW, Input.TILT, LINEAR)
    steep = ((0.0, 0.0), (0.5, 1.0), (1.0, 1.0))
    steeper = brush.driven(Parameter.SIZE, Input.PRESSURE, steep)
    assert steeper.curve(Parameter.SIZE, Input.PRESSURE) == steep
    assert steeper.curve(Parameter.FLOW, Input.TILT) == LINEAR
    without = steeper.driven(Parameter.SIZE, Input.PRESSURE, None)
    assert without.curve(Parameter.SIZE, Input.PRESSURE) is None
    assert len(without.dynamics) == 1


def test_a_brush_smudges_by_its_mode_or_because_it_is_wet_but_an_eraser_never():
    assert Brush("b", mode=BrushMode.SMUDGE).smudges
    assert Brush("b", smudge=0.5).smudges
    assert not Brush("b").smudges
    assert not Brush("b", smudge=0.5, mode=BrushMode.ERASE).smudges
