"""The colour panel and the palettes in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.colour_history import ColourHistory
from app.colours import hex_of
from app.dialogs.chooser import FileKind, Unsaved
from app.palette_shelf import PaletteShelf
from app.panels.colour import ColourPanel
from app.panels.palettes import PalettesPanel, PaletteView
from app.session import Session
from app.theme import Theme
from app.widgets.name_editor import NameField
from canvas import edits

LEFT = Qt.MouseButton.LeftButton


class Answers:
    """Answers for files, in place of the artist."""

    file: Path | None = None

    def open_file(self, title: str, folder: Path, kinds: Sequence[FileKind]) -> Path | None:
        return self.file

    def save_file(self, title: str, suggestion: Path, kind: FileKind) -> Path | None:
        return self.file

    def unsaved(self, name: str) -> Unsaved:
        return "cancel"


@pytest.fixture
def session() -> Session:
    return Session(edits.new_document(64, 64))


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def shelf(tmp_path: Path) -> PaletteShelf:
    return PaletteShelf(tmp_path / "palettes")


@pytest.fixture
def view(qtbot: QtBot, session: Session, theme: Theme, shelf: PaletteShelf, answers: Answers) -> PaletteView:
    view = PaletteView(session, shelf, theme, answers)
    qtbot.addWidget(view)
    view.resize(136, 74)
    view.show()
    return view


@pytest.fixture
def panel(qtbot: QtBot, session: Session, theme: Theme, view: PaletteView) -> ColourPanel:
    panel = ColourPanel(session, theme, view, ColourHistory(session, "#112233"))
    qtbot.addWidget(panel)
    panel.resize(panel.sizeHint())
    panel.show()
    return panel


def order(menu: QMenu, text: str) -> None:
    """Choose a line of a menu."""
    next(action for action in menu.actions() if action.text() == text).trigger()


def lines(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_panel_follows_and_sets_the_colour(qtbot: QtBot, session: Session, panel: ColourPanel) -> None:
    session.set_colour((1.0, 0.0, 0.0))
    assert panel.hex.text() == "#ff0000"
    panel.hex.setText("0f0")
    panel.hex.editingFinished.emit()
    assert session.settings.colour == (0.0, 1.0, 0.0)
    panel.hex.setText("no colour")
    panel.hex.editingFinished.emit()
    assert panel.hex.text() == "#00ff00"
    qtbot.mousePress(panel.pair, LEFT)
    assert session.settings.background == (0.0, 1.0, 0.0)


def test_the_panel_fits_the_column_of_panels(panel: ColourPanel) -> None:
    assert panel.minimumSizeHint().width() <= 292
    assert panel.sizeHint().height() <= 180


def test_wheel_and_sliders_agree_and_black_keeps_the_hue(qtbot: QtBot, session: Session, panel: ColourPanel) -> None:
    panel.show_page("hsv")
    session.set_colour((0.0, 0.0, 1.0))
    qtbot.keyClick(panel.hsv.value, Qt.Key.Key_Home)
    assert session.settings.colour == (0.0, 0.0, 0.0)
    assert panel.hsv.hue.value == 240
    qtbot.keyClick(panel.hsv.value, Qt.Key.Key_End)
    assert hex_of(session.settings.colour) == "#0000ff"
    assert panel.wheel.hsv == pytest.approx((240 / 360, 1.0, 1.0))
    assert panel.rgb.sliders[2].value == 255


def test_recent_colours_are_there_to_take(qtbot: QtBot, session: Session, panel: ColourPanel) -> None:
    session.colour_used.emit((1.0, 0.0, 0.0))
    qtbot.mousePress(panel.recent, LEFT, pos=panel.recent.cell(1).center())
    assert hex_of(session.settings.colour) == "#112233"


def test_a_swatch_can_be_added_named_and_removed(
    qtbot: QtBot, session: Session, view: PaletteView, shelf: PaletteShelf
) -> None:
    session.set_colour((1.0, 0.0, 1.0))
    before = len(shelf.shown.swatches)
    order(view.menu(), "Add the foreground colour")
    assert shelf.shown.colours[-1] == (1.0, 0.0, 1.0)
    order(view.swatch_menu(before), "Name")
    (field,) = view.findChildren(NameField)
    field.setText("Pink")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert shelf.shown.swatches[before].name == "Pink"
    order(view.swatch_menu(before), "Remove")
    assert len(shelf.shown.swatches) == before
    order(view.swatch_menu(0), "Use as background")
    assert session.settings.background == shelf.shown.colours[0]


def test_escape_leaves_a_name_as_it_was(qtbot: QtBot, view: PaletteView, shelf: PaletteShelf) -> None:
    name = shelf.shown.swatches[0].name
    order(view.swatch_menu(0), "Name")
    (field,) = view.findChildren(NameField)
    field.setText("Other")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert shelf.shown.swatches[0].name == name


def test_only_own_palettes_can_be_renamed_and_deleted(qtbot: QtBot, view: PaletteView, shelf: PaletteShelf) -> None:
    assert not {"Rename", "Delete palette", "Bring the original back"} & set(lines(view.menu()))
    order(view.menu(), "Add the foreground colour")
    assert "Bring the original back" in lines(view.menu())
    order(view.menu(), "New palette")
    (field,) = view.findChildren(NameField)
    field.setText("Sea")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert shelf.shown.name == "Sea"
    order(view.menu(), "Delete palette")
    assert "Sea" not in shelf.names


def test_a_palette_that_cannot_be_read_is_said_and_changes_nothing(
    tmp_path: Path, session: Session, view: PaletteView, shelf: PaletteShelf, answers: Answers
) -> None:
    said: list[str] = []
    session.message.connect(said.append)
    answers.file = tmp_path / "bad.ase"
    answers.file.write_bytes(b"ASEF")
    before = shelf.names
    order(view.menu(), "Import…")
    assert shelf.names == before
    assert said == [
        f"Cannot open {answers.file}: the file is damaged (it ends early); use a backup of it or export it again."
    ]


def test_export_and_import_give_the_same_colours(
    tmp_path: Path, view: PaletteView, shelf: PaletteShelf, answers: Answers
) -> None:
    answers.file = tmp_path / "mine.gpl"
    colours = shelf.shown.colours
    order(view.menu(), "Export…")
    order(view.menu(), "Import…")
    assert shelf.shown.name == "Studio 2"
    assert shelf.shown.colours == colours


def test_the_palettes_panel_offers_all_and_follows(
    qtbot: QtBot, session: Session, theme: Theme, shelf: PaletteShelf, answers: Answers
) -> None:
    panel = PalettesPanel(session, shelf, theme, answers)
    qtbot.addWidget(panel)
    panel.resize(300, 200)
    panel.show()
    QApplication.processEvents()
    shelf.show("Greys")
    assert panel.names.key == "Greys"
    qtbot.mousePress(panel.view.swatches, LEFT, pos=QPoint(3, 3))
    assert session.settings.colour == shelf.shown.colours[0]
