"""The presets on the screen: narrowed down, picked, starred, saved; the palette under the pen; their pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.brush_presets import BrushLibrary
from app.brush_shelf import BrushShelf
from app.dialogs.chooser import FileKind, Unsaved
from app.panels.brush_pictures import BrushPictures
from app.panels.brushes import BrushesPanel, BrushPopup
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from app.widgets.name_editor import NameField
from app.widgets.tag_row import TagRow
from canvas import edits, kernels

LEFT = Qt.MouseButton.LeftButton


class AtOnce(Executor):
    """Draws where it is asked, when it is allowed to."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Files:
    """Answers what the panel asks for."""

    def __init__(self) -> None:
        self.file: Path | None = None

    def open_file(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> Path | None:
        return self.file

    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None:
        return self.file

    def unsaved(self, name: str) -> Unsaved:
        return "cancel"


class Desk:
    def __init__(self, folder: Path, theme: Theme, qtbot: QtBot) -> None:
        kernels.warm()
        self.session = Session(edits.new_document(64, 64))
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.shelf = BrushShelf(self.session, Toolbox(self.session), BrushLibrary(folder))
        self.drawing, self.files, self.edited = AtOnce(), Files(), 0
        self.pictures = BrushPictures(self.shelf, theme, self.drawing)
        self.panel = BrushesPanel(self.session, self.shelf, self.pictures, theme, self.files, self._edit)
        self.panel.setObjectName("panel")
        qtbot.addWidget(self.panel)
        self.panel.resize(300, 420)
        self.panel.show()

    def _edit(self) -> None:
        self.edited += 1

    def click(self, qtbot: QtBot, name: str, dx: int = 10, dy: int = 20) -> None:
        grid = self.panel.browser.grid
        qtbot.mouseClick(grid.widget(), LEFT, pos=grid.cell(name).topLeft() - grid.widget().pos() + QPoint(dx, dy))

    def names(self) -> tuple[str, ...]:
        return self.panel.browser.shown_names

    def type_into(self, qtbot: QtBot, text: str) -> None:
        field = self.panel.findChild(NameField)
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.fixture
def desk(tmp_path: Path, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(tmp_path / "brushes", theme, qtbot)
    yield made
    made.pictures.close()


def entries(menu: QMenu) -> dict[str, Any]:
    return {action.text(): action for action in menu.actions() if action.text()}


def test_a_click_takes_a_preset(desk: Desk, qtbot: QtBot) -> None:
    desk.click(qtbot, "Fine liner")
    assert desk.session.settings.brush.name == "Fine liner"
    assert desk.panel.name.text() == "Fine liner"


def test_arrow_keys_and_enter_take_a_preset(desk: Desk, qtbot: QtBot) -> None:
    desk.shelf.choose("Pencil")
    cells = desk.panel.browser.grid.widget()
    qtbot.keyClick(cells, Qt.Key.Key_Right)
    assert desk.shelf.brush.name == "Pencil"
    qtbot.keyClick(cells, Qt.Key.Key_Return)
    assert desk.shelf.brush.name == "Shading pencil"


def test_tags_and_words_narrow_down(desk: Desk, qtbot: QtBot) -> None:
    everything = len(desk.names())
    desk.panel.browser.tags._choose("ink")
    assert set(desk.names()) == {brush.name for brush in desk.shelf.found("ink")}
    assert 0 < len(desk.names()) < everything
    qtbot.keyClicks(desk.panel.browser.search, "gphy")
    assert desk.names() == ()
    desk.panel.browser.search.clear()
    qtbot.keyClicks(desk.panel.browser.search, "calli")
    assert desk.names() == ("Calligraphy",)


def test_a_star_makes_a_favourite_with_a_row_of_its_own(desk: Desk, qtbot: QtBot) -> None:
    before = desk.panel.browser.grid.cell("Airbrush").top()
    box = desk.panel.browser.grid.cell("Fine liner")
    desk.click(qtbot, "Fine liner", dx=box.width() - 8, dy=8)
    assert desk.shelf.is_favourite("Fine liner")
    assert desk.shelf.brush.name == "Ink pen"  # starring takes nothing into the hand
    assert desk.panel.browser.grid.cell("Fine liner").top() < box.top() + 30
    assert desk.panel.browser.grid.cell("Airbrush").top() > before
    desk.panel.browser.tags._choose("\1")
    assert desk.names() == ("Fine liner",)


def test_a_changed_brush_is_marked_reset_and_saved_from_below_the_grid(desk: Desk, qtbot: QtBot) -> None:
    panel = desk.panel
    assert not panel.reset.isEnabled()
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=50.0))
    assert panel.name.text() == "Ink pen •"
    panel.reset.click()
    assert panel.name.text() == "Ink pen"
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=50.0))
    panel.save_as.click()
    desk.type_into(qtbot, "Big pen")
    assert desk.shelf.brush.name == "Big pen"
    assert "Big pen" in desk.names()
    assert not desk.shelf.is_dirty("Ink pen")


def test_the_menu_offers_what_can_be_done(desk: Desk, qtbot: QtBot) -> None:
    built_in = entries(desk.panel.menu("G-pen"))
    assert "Rename…" not in built_in
    assert "Delete" not in built_in
    built_in["Edit brush…"].trigger()
    assert (desk.shelf.brush.name, desk.edited) == ("G-pen", 1)
    desk.shelf.save_as("Mine")
    entries(desk.panel.menu("Mine"))["Rename…"].trigger()
    desk.type_into(qtbot, "Yours")
    assert desk.shelf.brush.name == "Yours"
    entries(desk.panel.menu("Yours"))["Tags…"].trigger()
    desk.type_into(qtbot, "Ink,  Comic , ink")
    assert desk.shelf.brush.tags == ("ink", "comic")
    entries(desk.panel.menu("Yours"))["Delete"].trigger()
    assert "Yours" not in desk.names()


def test_export_and_import(desk: Desk, tmp_path: Path) -> None:
    desk.files.file = tmp_path / "set"
    desk.panel.export_brushes(("Charcoal",))
    desk.files.file = tmp_path / "set.udbrushes"
    assert desk.files.file.exists()
    desk.panel.import_brushes()
    assert desk.shelf.brush.name == "Charcoal 2"
    assert "1 brush" in desk.messages[-1]


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.files.file = tmp_path / "holiday.abr"
    desk.files.file.write_bytes(b"no brushes")
    desk.panel.import_brushes()
    assert "holiday.abr" in desk.messages[-1]


def test_pictures_are_drawn_once_and_only_for_presets_in_sight(desk: Desk, qtbot: QtBot) -> None:
    desk.panel.grab()
    for _ in range(3):
        desk.pictures.collect()
        desk.panel.grab()
    drawn = desk.drawing.count
    assert 6 <= drawn < len(desk.shelf.brushes)
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=50.0))
    desk.panel.grab()
    desk.pictures.collect()
    assert desk.drawing.count == drawn
    assert not desk.pictures._collecting.isActive()  # an idle panel runs no timer


def test_the_palette_closes_with_the_preset_that_was_taken(desk: Desk, theme: Theme, qtbot: QtBot) -> None:
    popup = BrushPopup(desk.session, desk.shelf, desk.pictures, theme)
    popup.open_at(QPoint(5, 5))
    assert popup.pos().x() >= 0
    popup.size_px.changed.emit(64.0)
    assert desk.session.settings.brush.size_px == 64.0
    qtbot.keyClicks(popup.browser.search, "airbr")
    qtbot.keyClick(popup.browser.search, Qt.Key.Key_Return)
    assert desk.shelf.brush.name == "Airbrush"
    assert not popup.isVisible()
    desk.session.set_brush(replace(desk.session.settings.brush, size_px=70.0))  # it hears of nothing any more


def test_escape_closes_the_palette_and_takes_nothing(desk: Desk, theme: Theme, qtbot: QtBot) -> None:
    popup = BrushPopup(desk.session, desk.shelf, desk.pictures, theme)
    popup.open_at(QPoint(300, 300))
    brush = desk.session.settings.brush
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert desk.session.settings.brush == brush


def test_a_tag_behind_more_takes_the_last_place_when_it_is_chosen(theme: Theme, qtbot: QtBot) -> None:
    row = TagRow(theme, "Tags")
    qtbot.addWidget(row)
    row.resize(220, 20)
    row.set_choices([(word, word) for word in ("all", "paint", "sketch", "texture", "ink", "comic")])
    hidden = [action.text() for action in row.menu().actions()]
    assert hidden[-1] == "comic"
    row._choose("comic")
    assert "comic" in [key for key, _, _ in row.boxes()]
    assert row.boxes()[-1][2].right() <= 220
    row.set_choices([("all", "all")])
    assert row.key == "all"
