"""The curve in the hands of an artist: points are added, moved, dragged out, nudged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.widgets.curve_editor import CurveEditor
from canvas.curves import LINEAR, Curve

LEFT = Qt.MouseButton.LeftButton
BENT: Curve = ((0.0, 0.0), (0.5, 0.25), (1.0, 1.0))


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> CurveEditor:
    made = CurveEditor(theme)
    qtbot.addWidget(made)
    made.resize(214, 214)
    made.show()
    return made


def at(editor: CurveEditor, x: float, y: float) -> QPoint:
    return editor.place(x, y).toPoint()


def heard(editor: CurveEditor) -> list[Curve]:
    curves: list[Curve] = []
    editor.changed.connect(curves.append)
    return curves


def test_a_click_adds_a_point_and_a_drag_moves_it(qtbot: QtBot, editor: CurveEditor) -> None:
    curves = heard(editor)
    qtbot.mousePress(editor, LEFT, pos=at(editor, 0.5, 0.5))
    qtbot.mouseMove(editor, at(editor, 0.25, 0.75))
    qtbot.mouseRelease(editor, LEFT, pos=at(editor, 0.25, 0.75))
    assert editor.curve[1] == pytest.approx((0.25, 0.75))
    assert len(editor.curve) == 3
    assert curves[-1] == editor.curve


def test_a_second_click_adds_a_second_point(qtbot: QtBot, editor: CurveEditor) -> None:
    for x in (0.25, 0.75):
        qtbot.mouseClick(editor, LEFT, pos=at(editor, x, 0.5))
    assert [x for x, _ in editor.curve] == pytest.approx([0.0, 0.25, 0.75, 1.0])


def test_a_point_stays_between_its_neighbours(qtbot: QtBot, editor: CurveEditor) -> None:
    editor.set_curve(((0.0, 0.0), (0.4, 0.4), (0.6, 0.6), (1.0, 1.0)))
    qtbot.mousePress(editor, LEFT, pos=at(editor, 0.4, 0.4))
    qtbot.mouseMove(editor, at(editor, 0.9, 0.2))
    qtbot.mouseRelease(editor, LEFT, pos=at(editor, 0.9, 0.2))
    assert 0.59 < editor.curve[1][0] < 0.6
    assert editor.curve[1][1] == pytest.approx(0.2)


def test_dragging_out_removes_a_point_and_coming_back_brings_it_again(qtbot: QtBot, editor: CurveEditor) -> None:
    editor.set_curve(BENT)
    qtbot.mousePress(editor, LEFT, pos=at(editor, 0.5, 0.25))
    qtbot.mouseMove(editor, QPoint(100, 300))
    assert editor.curve == LINEAR
    qtbot.mouseMove(editor, at(editor, 0.5, 0.5))
    assert len(editor.curve) == 3
    qtbot.mouseMove(editor, QPoint(100, -90))
    qtbot.mouseRelease(editor, LEFT, pos=QPoint(100, -90))
    assert editor.curve == LINEAR


def test_two_points_always_stay(qtbot: QtBot, editor: CurveEditor) -> None:
    qtbot.mousePress(editor, LEFT, pos=at(editor, 1.0, 1.0))
    qtbot.mouseMove(editor, QPoint(100, 400))
    qtbot.mouseRelease(editor, LEFT, pos=QPoint(100, 400))
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert len(editor.curve) == 2


def test_keys_choose_nudge_and_remove(qtbot: QtBot, editor: CurveEditor) -> None:
    editor.set_curve(BENT)
    qtbot.keyClick(editor, Qt.Key.Key_Home)
    qtbot.keyClick(editor, Qt.Key.Key_PageDown)
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    qtbot.keyClick(editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert editor.curve[1] == pytest.approx((0.6, 0.26))
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert editor.curve == LINEAR


def test_a_double_click_goes_back_to_the_default(qtbot: QtBot, theme: Theme) -> None:
    editor = CurveEditor(theme, BENT)
    qtbot.addWidget(editor)
    editor.resize(214, 214)
    editor.set_curve(LINEAR)
    qtbot.mouseDClick(editor, LEFT, pos=at(editor, 0.3, 0.8))
    assert editor.curve == BENT


def test_showing_a_curve_says_nothing_and_does_not_take_it_out_of_the_hand(qtbot: QtBot, editor: CurveEditor) -> None:
    curves = heard(editor)
    editor.set_curve(BENT)
    assert curves == []
    qtbot.mousePress(editor, LEFT, pos=at(editor, 0.5, 0.25))
    editor.set_curve(LINEAR)
    assert editor.curve == BENT
    qtbot.mouseRelease(editor, LEFT, pos=at(editor, 0.5, 0.25))


def test_what_is_no_curve_or_no_histogram_is_refused(editor: CurveEditor) -> None:
    with pytest.raises(ValueError, match="two points"):
        editor.set_curve(((0.0, 0.0),))
    with pytest.raises(ValueError, match="256"):
        editor.set_histogram([1.0] * 10)


def test_histogram_and_marker_are_drawn(editor: CurveEditor) -> None:
    plain = editor.grab().toImage()
    editor.set_histogram([float(90 < i < 102) * 50 + 1 for i in range(256)])
    counted = editor.grab().toImage()
    peak = editor.place(96 / 255, 0.3).toPoint()
    assert counted.pixelColor(peak) != plain.pixelColor(peak)
    editor.set_histogram(None)
    spot = editor.place(0.6, 0.4).toPoint()
    editor.set_marker(0.6)
    assert editor.grab().toImage().pixelColor(spot) != plain.pixelColor(spot)
