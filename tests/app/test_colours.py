"""Colours as numbers, as an artist meets them in the wheel, the sliders and the swatches."""

from __future__ import annotations

from colorsys import hsv_to_rgb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.colour_history import KEPT, ColourHistory
from app.colours import Colour, colour_of_hex, from_xyz, hex_of, hsv_of, is_same, with_lightness
from app.palettes import Palette, Swatch
from app.session import Session
from app.theme import Theme
from app.widgets.colour_sliders import HsvSliders, RgbSliders
from app.widgets.colour_wheel import ColourWheel
from app.widgets.segments import Segments
from app.widgets.swatches import ColourPair, ColourStrip, Swatches
from canvas import edits

LEFT = Qt.MouseButton.LeftButton
RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
channels = st.floats(0, 1)
colours = st.tuples(channels, channels, channels)


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_colour_survives_its_hex_text(red: int, green: int, blue: int) -> None:
    text = f"#{red:02x}{green:02x}{blue:02x}"
    colour = colour_of_hex(text)
    assert colour is not None
    assert hex_of(colour) == text


@pytest.mark.parametrize("text", ["", "#12", "red", "#1234567", "#gg0000", "1 2 3 "])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert colour_of_hex(text) is None


@given(colours, colours)
def test_hue_saturation_and_value_give_the_colour_back(colour: Colour, before: Colour) -> None:
    assert is_same(hsv_to_rgb(*hsv_of(colour, before)), colour)


def test_greys_and_black_keep_what_they_have_none_of() -> None:
    orange = hsv_of((1.0, 0.5, 0.0), (0.0, 0.0, 0.0))
    black = hsv_of((0.0, 0.0, 0.0), orange)
    assert black[:2] == orange[:2]
    grey = hsv_of((0.5, 0.5, 0.5), orange)
    assert grey == (orange[0], 0.0, 0.5)


def test_white_in_xyz_is_white() -> None:
    assert from_xyz(0.95047, 1.0, 1.08883) == pytest.approx((1, 1, 1), abs=1e-3)


@given(colours, st.floats(-0.2, 0.2))
def test_lighter_and_darker_stay_on_the_screen(colour: Colour, step: float) -> None:
    moved = with_lightness(colour, step)
    assert all(0.0 <= c <= 1.0 for c in moved)
    if abs(step) > 0.02 and max(colour) > 0.25 and max(colour) < 0.85:
        assert (sum(moved) > sum(colour)) == (step > 0)


def test_no_step_of_lightness_changes_nothing() -> None:
    for colour in (RED, GREEN, BLUE, (0.2, 0.4, 0.6)):
        assert is_same(with_lightness(colour, 0.0), colour)


def test_lighter_keeps_the_hue() -> None:
    blue = (0.1, 0.2, 0.6)
    lighter = with_lightness(blue, 0.12)
    assert hsv_of(lighter, blue)[0] == pytest.approx(hsv_of(blue, blue)[0], abs=0.03)
    assert with_lightness((0.5, 0.5, 0.5), 1.0) == pytest.approx((1, 1, 1), abs=1e-3)
    assert with_lightness(blue, -1.0) == pytest.approx((0, 0, 0), abs=1e-3)


# History


@pytest.fixture
def session() -> Session:
    return Session(edits.new_document(64, 64))


def test_a_used_colour_comes_to_the_front_and_the_oldest_go(session: Session) -> None:
    history = ColourHistory(session)
    for step in range(KEPT + 5):
        session.colour_used.emit((step / 255, 0.0, 0.0))
    assert len(history.colours) == KEPT
    oldest = history.colours[-1]
    session.colour_used.emit(oldest)
    assert history.colours[0] == oldest
    assert len(set(history.colours)) == KEPT


def test_looking_for_a_colour_leaves_the_history_alone(session: Session) -> None:
    history = ColourHistory(session)
    session.set_colour(RED)
    assert history.colours == ()


def test_the_history_comes_back_from_its_text(session: Session) -> None:
    history = ColourHistory(session, "#ff0000 nonsense #00ff00")
    assert history.colours == (RED, GREEN)
    assert ColourHistory(session, history.text).colours == history.colours


# The wheel


def test_the_ring_turns_the_hue_and_the_square_keeps_it(qtbot: QtBot, theme: Theme) -> None:
    wheel = ColourWheel(120)
    qtbot.addWidget(wheel)
    wheel.set_colour(RED)
    qtbot.mousePress(wheel, LEFT, pos=QPoint(60, 114))
    qtbot.mouseRelease(wheel, LEFT, pos=QPoint(60, 114))
    assert hex_of(wheel.colour) == "#00ffff"
    qtbot.mousePress(wheel, LEFT, pos=QPoint(60, 60))
    red, green, blue = wheel.colour
    assert red < green == pytest.approx(blue)


def test_black_and_grey_keep_the_hue_that_was_chosen(qtbot: QtBot, theme: Theme) -> None:
    wheel = ColourWheel(120)
    qtbot.addWidget(wheel)
    wheel.set_colour(BLUE)
    wheel.set_colour((0.0, 0.0, 0.0))
    wheel.set_colour((0.5, 0.5, 0.5))
    heard: list[Colour] = []
    wheel.changed.connect(heard.append)
    qtbot.mousePress(wheel, LEFT, pos=QPoint(85, 40))
    red, green, blue = heard[-1]
    assert blue > red == pytest.approx(green)


# Sliders


def seen(widget: HsvSliders | RgbSliders, share: float, row: int) -> tuple[int, int, int]:
    """The colour of a slider's ramp at a share of its width."""
    slider = (
        (widget.hue, widget.saturation, widget.value)[row] if isinstance(widget, HsvSliders) else widget.sliders[row]
    )
    image: QImage = slider.grab().toImage()
    colour = image.pixelColor(round(share * (image.width() - 1)), image.height() - 2)
    return colour.red(), colour.green(), colour.blue()


def test_the_ramps_show_the_colours_that_they_give(qtbot: QtBot, theme: Theme) -> None:
    sliders = HsvSliders(theme)
    qtbot.addWidget(sliders)
    sliders.resize(362, 74)
    sliders.show()
    sliders.show_hsv((0.0, 1.0, 1.0))
    assert seen(sliders, 1 / 3, 0) == pytest.approx((0, 255, 0), abs=8)
    assert seen(sliders, 0.5, 1) == pytest.approx((255, 127, 127), abs=6)
    assert seen(sliders, 0.5, 2) == pytest.approx((127, 0, 0), abs=6)


def test_a_slider_can_be_drawn_back_from_black(qtbot: QtBot, theme: Theme) -> None:
    sliders = HsvSliders(theme)
    qtbot.addWidget(sliders)
    heard: list[tuple[float, float, float]] = []
    sliders.changed.connect(heard.append)
    sliders.show_hsv(hsv_of((1.0, 0.5, 0.0), (0.0, 0.0, 0.0)))
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(sliders.value, key)
    assert hsv_to_rgb(*heard[0]) == (0.0, 0.0, 0.0)
    assert hsv_to_rgb(*heard[1]) == pytest.approx((1.0, 0.5, 0.0))


def test_rgb_sliders_change_one_channel(qtbot: QtBot, theme: Theme) -> None:
    sliders = RgbSliders(theme)
    qtbot.addWidget(sliders)
    sliders.show_hsv(hsv_of((0.2, 0.4, 0.6), (0.0, 0.0, 0.0)))
    heard: list[tuple[float, float, float]] = []
    sliders.changed.connect(heard.append)
    qtbot.keyClick(sliders.sliders[1], Qt.Key.Key_End)
    assert hsv_to_rgb(*heard[-1]) == pytest.approx((0.2, 1.0, 0.6), abs=0.003)


def test_a_switch_is_moved_by_mouse_and_keys(qtbot: QtBot, theme: Theme) -> None:
    switch = Segments(theme, "Page", (("a", "First"), ("b", "Second"), ("c", "Third")))
    qtbot.addWidget(switch)
    switch.resize(300, 20)
    heard: list[str] = []
    switch.chosen.connect(heard.append)
    qtbot.mousePress(switch, LEFT, pos=QPoint(290, 10))
    qtbot.keyClick(switch, Qt.Key.Key_Left)
    assert heard == ["c", "b"]
    with pytest.raises(ValueError, match="none of the choices"):
        switch.show_key("d")


# Swatches


def palette(count: int, columns: int = 0) -> Palette:
    return Palette("A", tuple(Swatch((i / 255, 0.0, 0.0)) for i in range(count)), columns)


def test_a_click_on_a_swatch_chooses_its_colour(qtbot: QtBot, theme: Theme) -> None:
    swatches = Swatches(theme)
    qtbot.addWidget(swatches)
    swatches.set_palette(Palette("A", (Swatch(RED), Swatch(GREEN), Swatch(BLUE))))
    swatches.resize(39, 60)
    with qtbot.waitSignal(swatches.chosen) as chosen:
        qtbot.mousePress(swatches, LEFT, pos=QPoint(5, 25))
    assert chosen.args == [BLUE]


def test_swatches_fill_the_width_and_keep_the_rows_of_the_palette(qtbot: QtBot, theme: Theme) -> None:
    swatches = Swatches(theme)
    qtbot.addWidget(swatches)
    swatches.set_palette(palette(28, columns=7))
    for width, rows in ((136, 4), (276, 2)):
        swatches.resize(width, 100)
        assert swatches.heightForWidth(width) == rows * 21 - 3
        assert swatches.cell(27).right() == pytest.approx(width - 1, abs=1)


def test_a_group_begins_a_row_of_its_own(qtbot: QtBot, theme: Theme) -> None:
    swatches = Swatches(theme)
    qtbot.addWidget(swatches)
    swatches.resize(200, 60)
    swatches.set_palette(Palette("A", (Swatch(RED, group="Warm"), Swatch(BLUE, group="Cold"))))
    assert swatches.cell(1).left() == 0
    assert swatches.cell(1).top() > swatches.cell(0).bottom()


def test_the_strip_holds_all_its_colours_in_one_row(qtbot: QtBot, theme: Theme) -> None:
    strip = ColourStrip(theme, 24)
    qtbot.addWidget(strip)
    strip.resize(276, 16)
    strip.set_colours([(i / 255, 0.0, 0.0) for i in range(30)])
    assert strip.cell(23).right() <= 276
    with qtbot.waitSignal(strip.chosen) as chosen:
        qtbot.mousePress(strip, LEFT, pos=QPoint(270, 8))
    assert chosen.args == [(23 / 255, 0.0, 0.0)]


def test_the_pair_swaps_and_its_corner_resets(qtbot: QtBot, theme: Theme) -> None:
    pair = ColourPair(theme)
    qtbot.addWidget(pair)
    with qtbot.waitSignal(pair.swapped):
        qtbot.mousePress(pair, LEFT, pos=QPoint(10, 10))
    with qtbot.waitSignal(pair.reset):
        qtbot.mousePress(pair, LEFT, pos=QPoint(5, 34))
