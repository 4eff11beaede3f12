"""Numbers on sliders: where they lie, how they are written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.widgets.scale import PERCENT, Scale

SIZE = Scale(1, 1000, unit=" px", curve="log")
WEIGHT = Scale(0, 2, 0.05, decimals=2)


@pytest.mark.parametrize("scale", [PERCENT, SIZE, WEIGHT])
@given(share=st.floats(0, 1))
def test_a_place_and_its_value_belong_together(scale: Scale, share: float) -> None:
    value = scale.at(share)
    assert scale.low <= value <= scale.high
    assert scale.at(scale.share(value)) == pytest.approx(value, abs=1.01 * 10**-scale.decimals)


@given(st.floats(0, 1), st.floats(0, 1))
def test_further_right_is_never_less(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert SIZE.at(low) <= SIZE.at(high)


def test_a_logarithmic_scale_gives_small_sizes_half_of_the_room() -> None:
    assert SIZE.at(0.5) == pytest.approx(32, abs=1)


@given(st.integers(0, 200))
def test_what_is_written_can_be_read_back(hundredths: int) -> None:
    value = hundredths / 100
    assert WEIGHT.read(WEIGHT.text(value)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.85", 0.85),
        ("0,85", 0.85),
        (" .5 ", 0.5),
        ("9", 2.0),
        ("-3", 0.0),
        ("1.2 px", 1.2),
        ("", None),
        ("abc", None),
    ],
)
def test_typed_numbers_are_read_as_people_write_them(typed: str, value: float | None) -> None:
    assert WEIGHT.read(typed) == value


def test_grouped_thousands_are_read_as_one_number() -> None:
    assert Scale(0, 30_000).read("12 500 px") == 12_500


def test_a_step_moves_small_sizes_by_a_pixel_and_large_ones_by_a_tenth() -> None:
    assert SIZE.moved(3, 1) == 4
    assert SIZE.moved(500, 1) == 550
    assert SIZE.moved(1000, 1) == 1000


@pytest.mark.parametrize("bad", [{"low": 1.0, "high": 1.0}, {"low": 0.0, "high": 9.0, "curve": "log"}])
def test_impossible_scales_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale(**bad)  # type: ignore[arg-type]
