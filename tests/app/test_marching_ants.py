"""The edge of the selection in the view: it marches while it can be seen, and costs nothing otherwise."""

from __future__ import annotations

from desk import Desk
from PySide6.QtCore import QEvent, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QRegion
from PySide6.QtWidgets import QApplication

from app import selection_intents
from canvas import edits, selection
from canvas.geometry import Rect


def select(desk: Desk, rect: Rect) -> None:
    chosen = selection.rectangle(rect)
    desk.session.document.edit("Select", lambda state: edits.set_selection(state, chosen))
    desk.view.flush()
    desk.view.grab()


def marching(desk: Desk) -> bool:
    return desk.view._ants.marching


def test_an_idle_view_without_a_selection_has_no_timer_running(desk: Desk) -> None:
    desk.view.flush()
    desk.view.flush()
    assert not marching(desk)
    desk.stroke((50, 50), (100, 100))
    desk.view.flush()
    assert not [t for t in desk.view.findChildren(QTimer) if t.isActive() and t.interval() > 50]


def test_the_edge_marches_only_while_it_can_be_seen(desk: Desk) -> None:
    select(desk, Rect(50, 50, 200, 200))
    assert marching(desk)
    desk.view.hide()
    assert not marching(desk)
    desk.view.show()
    assert marching(desk)
    desk.toolbox.edge.show(on=False)
    desk.view.flush()
    assert not marching(desk)
    desk.toolbox.edge.show(on=True)
    desk.view.flush()
    assert marching(desk)
    selection_intents.select_none(desk.session)
    desk.view.flush()
    assert not marching(desk)


def test_a_step_changes_the_dashes_and_repaints_only_around_the_edge(desk: Desk) -> None:
    select(desk, Rect(20, 20, 230, 230))
    x, y = (round(v) for v in desk.view.viewport.to_view(20, 20))
    edge = QRect(x, y - 1, 200, 3)
    before = desk.view.grab(edge).toImage()
    regions: list[QRegion] = []
    desk.view.update = regions.append  # type: ignore[assignment, method-assign]
    desk.view._ants.march()
    desk.view._ants.march()
    del desk.view.update  # type: ignore[attr-defined]
    assert desk.view.grab(edge).toImage() != before
    middle = desk.view.rect().center()
    assert all(region.contains(edge.center()) and not region.contains(middle) for region in regions)


def test_the_edge_runs_between_selected_and_unselected_pixels(desk: Desk) -> None:
    select(desk, Rect(50, 50, 200, 200))
    along = {desk.seen(50, y) for y in range(60, 190)}
    assert (20, 20, 20) in along
    assert (255, 255, 255) in along
    assert {desk.seen(120, y) for y in range(60, 190)} == {(255, 255, 255)}


def test_the_quick_mask_tints_what_is_not_selected(desk: Desk) -> None:
    select(desk, Rect(50, 50, 200, 200))
    selection_intents.toggle_quick_mask(desk.session)
    desk.view.flush()
    assert not marching(desk)
    outside, inside = desk.seen(20, 20), desk.seen(120, 120)
    assert inside == (255, 255, 255)
    assert outside[0] > outside[1] + 40
    desk.stroke((10, 20), (120, 20), (10, 21))
    assert desk.seen(60, 20) == (255, 255, 255)
    selection_intents.toggle_quick_mask(desk.session)
    desk.view.flush()
    assert marching(desk)
    assert desk.seen(20, 230) == (255, 255, 255)


def test_backspace_takes_back_a_corner_instead_of_filling(desk: Desk) -> None:
    desk.toolbox.select("select-polygon")
    for place in ((50, 50), (100, 50), (100, 100)):
        desk.stroke(place)
    assert asked_for(desk, Qt.Key.Key_Backspace)
    desk.key(Qt.Key.Key_Backspace)
    assert desk.toolbox.pending
    desk.toolbox.confirm()
    assert desk.session.document.state.selection is None
    assert not asked_for(desk, Qt.Key.Key_Backspace)


def asked_for(desk: Desk, key: Qt.Key) -> bool:
    """Whether the canvas wants a key before it becomes a command."""
    question = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    question.ignore()
    QApplication.sendEvent(desk.view, question)
    return question.isAccepted()
