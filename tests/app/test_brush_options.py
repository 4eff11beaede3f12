"""The options bar of the tools that paint: what it sets, what it leaves out when there is no room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from desk import Desk
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.tool_options.brush import BrushOptions, pressure_text
from canvas.brush import Input, Parameter, StabiliserKind
from canvas.curves import LINEAR
from canvas.symmetry import SymmetryKind


@pytest.fixture
def options(desk: Desk, theme: Theme, qtbot: QtBot) -> BrushOptions:
    made = BrushOptions(desk.session, desk.toolbox, theme)
    qtbot.addWidget(made)
    made.resize(1010, 38)
    made.show()
    return made


def pick(menu: Callable[[], QMenu], text: str) -> None:
    next(action for action in menu().actions() if action.text() == text).trigger()


def test_the_stabiliser_has_a_slider_that_fits_its_kind(desk: Desk, options: BrushOptions) -> None:
    assert not options.strength.isVisible()  # the desk's brush is not steadied
    options.stabiliser.chosen.emit(StabiliserKind.WEIGHTED)
    assert options.strength.isVisible()
    options.strength.changed.emit(60.0)
    assert desk.session.settings.brush.stabiliser.strength == 0.6
    options.stabiliser.chosen.emit(StabiliserKind.STRING)
    assert not options.strength.isVisible()
    options.string.changed.emit(80.0)
    assert desk.session.settings.brush.stabiliser.string_px == 80.0


def test_pressure_is_given_to_what_is_ticked(desk: Desk, options: BrushOptions) -> None:
    pick(options.pressure_menu, "Pressure changes flow")
    assert desk.session.settings.brush.curve(Parameter.FLOW, Input.PRESSURE) == LINEAR
    assert options.pressure.toolTip() == "Pressure changes size and flow"
    pick(options.pressure_menu, "Pressure changes size")
    pick(options.pressure_menu, "Pressure changes flow")
    assert desk.session.settings.brush.dynamics == ()
    assert pressure_text(desk.session.settings.brush) == "Pressure changes nothing"
    assert not options.pressure.isChecked()


def test_symmetry_is_chosen_with_its_arms_and_its_axes(desk: Desk, options: BrushOptions) -> None:
    texts = [action.text() for action in options.symmetry_menu().actions()]
    assert "6 arms" not in texts
    pick(options.symmetry_menu, "Rotational")
    assert options.symmetry.isChecked()
    pick(options.symmetry_menu, "8 arms")
    held = desk.toolbox.symmetry
    assert (held.value.kind, held.value.arms) == (SymmetryKind.ROTATIONAL, 8)
    pick(options.symmetry_menu, "Off")
    assert not options.symmetry.isChecked()


def test_the_axes_are_put_down_by_one_drag_and_escape_puts_them_back(desk: Desk, options: BrushOptions) -> None:
    pick(options.symmetry_menu, "Mirror left and right")
    pick(options.symmetry_menu, "Move the axes by dragging on the canvas")
    desk.tablet(QEvent.Type.TabletPress, 60, 60)
    desk.tablet(QEvent.Type.TabletMove, 80, 70)
    desk.key(Qt.Key.Key_Escape)
    assert desk.toolbox.symmetry.value.x is None
    assert desk.toolbox.active_id == "brush"
    desk.tablet(QEvent.Type.TabletRelease, 80, 70)
    pick(options.symmetry_menu, "Move the axes by dragging on the canvas")
    before = desk.session.document.state
    desk.stroke((60, 60), (100, 90))
    assert (desk.toolbox.symmetry.value.x, desk.toolbox.symmetry.value.y) == (100.0, 90.0)
    assert desk.session.document.state is before
    assert desk.toolbox.active_id == "brush"
    desk.stroke((80, 40), (80, 140))
    assert desk.seen(120, 100) != (255, 255, 255)
    pick(options.symmetry_menu, "Axes through the middle")
    assert desk.toolbox.symmetry.value.x is None


def test_erasing_with_the_brush_and_smudging_all_layers_stand_where_they_count(
    desk: Desk, options: BrushOptions
) -> None:
    assert options.erasing.isVisible()
    assert not options.all_layers.isVisible()
    options.erasing.click()
    assert desk.toolbox.erasing.value.with_brush
    desk.toolbox.erasing.set(with_brush=False)
    assert not options.erasing.isChecked()
    desk.toolbox.select("smudge")
    assert not options.erasing.isVisible()
    options.all_layers.click()
    assert desk.toolbox.tool("smudge").all_layers  # type: ignore[attr-defined]


def test_a_picture_tip_has_no_hardness(desk: Desk, options: BrushOptions) -> None:
    assert options.hardness.isVisible()
    desk.session.set_brush(replace(desk.session.settings.brush, tip="leaf"))
    assert not options.hardness.isVisible()


@pytest.mark.parametrize("width", [1040, 760, 540, 430])
def test_nothing_is_cut_off_in_a_narrow_window(desk: Desk, options: BrushOptions, width: int) -> None:
    options.stabiliser.chosen.emit(StabiliserKind.WEIGHTED)
    options.resize(width, 38)
    options.layout().activate()
    shown = [control for control in options._controls if control.isVisible()]
    assert {options.preset, options.size_px, options.opacity, options.pressure, options.erasing} <= set(shown)
    for control in shown:
        assert control.geometry().right() <= width
        assert control.width() >= control.minimumSizeHint().width()
    if width == 1040:
        assert options.strength in shown


def test_the_preset_button_shows_its_name_and_mark(options: BrushOptions) -> None:
    options.preset.show_preset("G-pen", None, dirty=True)
    assert options.preset.text() == "G-pen"
    marked = options.preset.grab().toImage()
    options.preset.show_preset("G-pen", None, dirty=False)
    assert options.preset.grab().toImage() != marked
