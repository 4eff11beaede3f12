"""What the window does for looking and for colours: zoom, second views, canvas only, what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.canvas_view.view import CanvasView
from app.commands import COMMANDS
from app.main_window import MainWindow
from app.session import Session
from app.theme import Theme
from app.tools.pointer import PointerEvent
from app.tools.toolbox import Toolbox
from canvas import edits, pouring
from canvas.geometry import Rect
from canvas.tiles import ONE, Surface

SIDE = 256


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> QSettings:
    return QSettings(str(tmp_path_factory.mktemp("config") / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture(scope="module")
def make_window(qapp: QApplication, settings: QSettings) -> Iterator[Callable[[], MainWindow]]:
    theme = Theme(qapp)
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        session = Session(edits.new_document(SIDE, SIDE))
        toolbox = Toolbox(session)
        made = MainWindow(session, toolbox, CanvasView(session, toolbox, theme), theme, (), settings)
        made.resize(1280, 900)
        made.show()
        windows.append(made)
        return made

    yield make
    for made in windows:
        made._session._saved_state = made._session.document.state
        made.close()
        made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="module")
def shared(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


@pytest.fixture
def window(shared: MainWindow) -> MainWindow:
    """One window for all tests that leave it open, with a new document."""
    shared._session.new(SIDE, SIDE)
    shared._session.reset_colours()
    shared._toolbox.select("brush")
    shared.colours.history.colours = ()
    shared.views.close()
    return shared


def do(window: MainWindow, command_id: str) -> None:
    window.run(next(command for command in COMMANDS if command.id == command_id))


def test_zoom_presets_and_the_zoom_field_set_the_zoom(qtbot: QtBot, window: MainWindow) -> None:
    do(window, "view.zoom_400")
    assert window.view.viewport.zoom == 4.0
    field = window.status.zoom
    assert field.text() == "400 %"
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "12,5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.view.viewport.zoom == pytest.approx(0.125)
    field.setFocus()
    field.setText("9999")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.view.viewport.zoom == 32.0
    field.setFocus()
    field.setText("nonsense")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.view.viewport.zoom == 32.0
    assert field.text() == "3200 %"


def test_zooming_to_what_is_selected_or_painted(window: MainWindow) -> None:
    session = window._session
    do(window, "view.zoom_layer")
    assert "empty" in window.status.message.text()
    part = Rect(40, 60, 80, 90)
    selection = Surface.from_pixels(np.full((part.height, part.width, 1), ONE, np.uint16), part.x0, part.y0)
    session.document.edit("Select", lambda state: edits.set_selection(state, selection))
    do(window, "view.zoom_selection")
    assert window.view.viewport.centre == (60, 75)
    zoom = window.view.viewport.zoom
    assert zoom == window.view.viewport.framed(part).zoom
    do(window, "edit.fill")
    do(window, "view.zoom_fit")
    do(window, "view.zoom_layer")
    assert window.view.viewport.centre == (60, 75)


def test_canvas_only_hides_all_and_says_how_to_come_back(window: MainWindow) -> None:
    do(window, "window.panels")
    assert not window.status.isVisible()
    assert not window._menu_row.isVisible()
    assert not window.docks["colour"].isVisible()
    assert window.views.hint.text == "Tab brings the panels back"
    do(window, "window.panels")
    assert window.status.isVisible()
    assert window._menu_row.isVisible()
    assert window.docks["colour"].isVisible()
    assert not window.docks["navigator"].isVisible()


def test_without_a_key_the_menu_stays(window: MainWindow) -> None:
    window.key_map.book.assign("window.panels", (), window._toolbox.tools)
    do(window, "window.panels")
    assert window._menu_row.isVisible()
    do(window, "window.panels")
    window.key_map.book.reset("window.panels")


def test_full_screen_comes_and_goes(window: MainWindow) -> None:
    do(window, "window.full_screen")
    assert window.isFullScreen()
    do(window, "window.full_screen")
    assert not window.isFullScreen()


def test_a_second_view_takes_the_commands_while_it_has_the_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    do(window, "view.new")
    (second,) = window.views.others
    assert second.view.viewport.visible().contains(window._session.document.state.rect)
    second.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is second)
    first = window.view.viewport
    do(window, "view.zoom_800")
    assert second.view.viewport.zoom == 8.0
    assert window.view.viewport == first
    assert "800 %" in second.windowTitle()
    qtbot.keyClick(second.view, "4")
    assert second.view.viewport.rotation_deg == -15
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    do(window, "view.zoom_100")
    assert window.view.viewport.zoom == 1.0
    assert second.view.viewport.zoom == 8.0


def test_closing_a_second_view_lets_it_go(window: MainWindow) -> None:
    heard = len(window._session.document_changed._slots)
    do(window, "view.new")
    (second,) = window.views.others
    second.close()
    assert not window.views.others
    assert len(window._session.document_changed._slots) == heard
    assert window._toolbox._hand.navigator is window.view
    active = window._session.active
    window._session.document.edit("Fill", lambda state: pouring.filled(state, active, "pixels", (1.0, 0.0, 0.0)))


def test_second_views_close_with_the_window(make_window: Callable[[], MainWindow]) -> None:
    window = make_window()
    do(window, "view.new")
    (second,) = window.views.others
    window.close()
    assert not window.views.others
    assert not second.isVisible()


def test_the_window_keeps_colours_palette_page_and_grid(
    make_window: Callable[[], MainWindow], settings: QSettings
) -> None:
    window = make_window()
    window._session.colour_used.emit((1.0, 0.0, 0.0))
    window.colours.shelf.show("Night")
    window.colour.show_page("rgb")
    do(window, "view.pixel_grid")
    window.close()
    again = make_window()
    assert again.colours.history.colours == ((1.0, 0.0, 0.0),)
    assert again.colours.shelf.shown.name == "Night"
    assert again.colour.page == "rgb"
    assert not again._session.look.pixel_grid


def test_a_picked_colour_joins_the_palette_when_asked(window: MainWindow) -> None:
    toolbox, shelf = window._toolbox, window.colours.shelf
    toolbox.select("picker")
    for wanted in (False, True):
        window._session.set_colour((0.2, 0.3, 0.4))
        window.colours._picker.options.set(to_palette=wanted)
        toolbox.press(PointerEvent(5, 5, button="left"))
        toolbox.release(PointerEvent(5, 5, button="left"))
        assert (shelf.shown.colours[-1] == (1.0, 1.0, 1.0)) == wanted


def test_a_stroke_and_a_fill_enter_the_history_a_pick_does_not(window: MainWindow) -> None:
    session, history = window._session, window.colours.history
    session.set_colour((0.0, 1.0, 0.0))
    assert history.colours == ()
    for x in (20.0, 60.0):
        event = PointerEvent(x, 20, button="left", time_s=x / 100)
        (window._toolbox.press if x == 20 else window._toolbox.release)(event)
    assert history.colours == ((0.0, 1.0, 0.0),)
    session.set_colour((0.0, 0.0, 1.0))
    do(window, "edit.fill")
    assert history.colours == ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))


def test_lighter_and_darker_move_the_colour(window: MainWindow) -> None:
    session = window._session
    session.set_colour((0.2, 0.3, 0.5))
    do(window, "edit.colour_lighter")
    assert sum(session.settings.colour) > 1.0
    do(window, "edit.colour_darker")
    assert session.settings.colour == pytest.approx((0.2, 0.3, 0.5), abs=0.01)


def test_rotation_is_drawn_upright_and_said(window: MainWindow) -> None:
    window.view.set_viewport(replace(window.view.viewport, rotation_deg=8.0))
    x, y = window.view.width() / 2, window.view.height() / 2
    window.view.rotate_about_middle(x + 100, y, x + 100, y - 12)
    assert window.view.viewport.rotation_deg == 0.0
    assert window.views.hint.text == "0°"
