"""How the pen answers: its curve as a function, and what is kept of it."""

from __future__ import annotations

import pytest

from app.pen_settings import PRESETS, PenSettings, as_text, read, response
from canvas.curves import LINEAR, Curve, evaluated


@pytest.mark.parametrize("curve", [*PRESETS.values(), ((0.0, 0.3), (1.0, 0.3)), ((0.2, 0.0), (0.8, 1.0))])
def test_the_table_follows_the_curve(curve: Curve) -> None:
    answer = response(curve)
    for step in range(501):
        pressure = step / 500
        assert answer(pressure) == pytest.approx(float(evaluated(curve, [pressure])[0]), abs=2e-3)


def test_the_straight_curve_changes_no_bit() -> None:
    assert [response(LINEAR)(p) for p in (0.0, 1 / 3, 1.0)] == [0.0, 1 / 3, 1.0]


def test_a_soft_curve_lifts_light_pressure_and_a_firm_one_lowers_it() -> None:
    soft, firm = (response(PRESETS[name])(0.3) for name in ("Soft", "Firm"))
    assert soft > 0.5
    assert firm < 0.1


def test_what_was_kept_comes_back() -> None:
    pen = PenSettings(PRESETS["Firm"], "undo", "erase")
    assert read(as_text(pen)) == pen


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "7", "{'curve'", '{"curve": 3, "lower_button": "hand", "upper_button": "hand"}',
        '{"curve": [[0, 0], [1, 2]], "lower_button": "hand", "upper_button": "hand"}',
        '{"curve": [[0, 0], [NaN, 1]], "lower_button": "hand", "upper_button": "hand"}',
        '{"curve": [[1, 0], [0, 1]], "lower_button": "hand", "upper_button": "hand"}',
        '{"curve": [[0, 0], [1, 1]], "lower_button": "shout", "upper_button": "hand"}',
        '{"curve": [[0, 0], [1, 1]], "lower_button": [], "upper_button": "hand"}',
    ],
)  # fmt: skip
def test_damaged_settings_give_the_defaults(text: str) -> None:
    assert read(text) == PenSettings()


def test_an_unknown_deed_is_refused() -> None:
    with pytest.raises(ValueError, match="shout"):
        PenSettings(lower_button="shout")  # type: ignore[arg-type]
