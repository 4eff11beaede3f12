"""The files opened last, and the folders used last."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu

from app.export_options import ExportOptions
from app.file_desk import fill_recent
from app.recent import MOST, RecentFiles, names
from canvas.formats import registry
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_the_newest_comes_first_and_each_only_once(settings: QSettings) -> None:
    recent = RecentFiles(settings)
    for number in range(MOST + 3):
        recent.add(Path(f"/art/{number}.udraw"))
    recent.add(Path("/art/9.udraw"))
    assert len(recent.paths) == MOST
    assert recent.paths[:3] == (Path("/art/9.udraw"), Path("/art/12.udraw"), Path("/art/11.udraw"))
    assert RecentFiles(settings).paths == recent.paths
    recent.remove(Path("/art/9.udraw"))
    assert Path("/art/9.udraw") not in recent.paths
    recent.clear()
    assert recent.paths == ()


@pytest.mark.parametrize("stored", ["no JSON", '{"a": 1}', "[1, null]"])
def test_a_damaged_list_is_an_empty_one(settings: QSettings, stored: str) -> None:
    settings.setValue("recent_files", stored)
    assert RecentFiles(settings).paths == ()


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (("/a/x.udraw", "/b/y.udraw"), ("x.udraw", "y.udraw")),
        (("/a/x.udraw", "/b/x.udraw"), ("x.udraw (a)", "x.udraw (b)")),
        (("/a/art/x.psd", "/b/art/x.psd", "/c/x.psd"), ("x.psd (a/art)", "x.psd (b/art)", "x.psd (c)")),
        (("/x.psd", "/a/x.psd"), ("x.psd (/)", "x.psd (a)")),
    ],
)
def test_files_of_one_name_are_told_apart_by_their_folders(paths: tuple[str, ...], shown: tuple[str, ...]) -> None:
    assert names([Path(path) for path in paths]) == shown


def test_each_kind_of_file_has_a_folder_of_its_own(settings: QSettings, tmp_path: Path) -> None:
    recent = RecentFiles(settings)
    assert recent.folder("exports") is None
    (tmp_path / "out").mkdir()
    recent.remember_folder("exports", tmp_path / "out")
    assert recent.folder("exports") == tmp_path / "out"
    assert recent.folder("pictures") is None
    (tmp_path / "out").rmdir()
    assert recent.folder("exports") is None


def test_the_menu_lists_what_there_is_when_it_opens(settings: QSettings, qapp: object) -> None:
    menu, recent, opened = QMenu(), RecentFiles(settings), list[Path]()
    fill_recent(menu, recent, opened.append, recent.clear)
    assert [a.text() for a in menu.actions() if a.text()] == ["No files yet", "Clear the list"]
    recent.add(Path("/art/Ink & wash.udraw"))
    recent.add(Path("/art/harvest.udraw"))
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions() if a.text()] == ["harvest.udraw", "Ink && wash.udraw", "Clear the list"]
    menu.actions()[1].trigger()
    assert opened == [Path("/art/Ink & wash.udraw")]
    menu.actions()[-1].trigger()
    assert recent.paths == ()


# Options of formats


def test_options_are_remembered_for_each_format(settings: QSettings) -> None:
    memory = ExportOptions(settings)
    chosen = WriteOptions(depth=16, quality=71, lossless=True, background=(0.5, 0.25, 0.0), recipes=False, roles=False)
    memory.remember(registry.WEBP, chosen)
    again = ExportOptions(settings)
    assert again.of(registry.WEBP) == WriteOptions(
        depth=16, quality=71, lossless=True, background=(0.5, 0.25, 0.0), recipes=False, roles=False, keep_previous=True
    )
    assert again.of(registry.PNG).quality == DEFAULT_OPTIONS.quality
    assert again.last is registry.WEBP


@pytest.mark.parametrize("stored", ["", "{", "[]", '{"quality": 900}', '{"quality": "much"}', '{"background": [1]}'])
def test_damaged_options_are_the_usual_ones(settings: QSettings, stored: str) -> None:
    settings.setValue("export/png", stored)
    memory = ExportOptions(settings)
    memory.set_keep_previous(on=False)
    assert memory.of(registry.PNG) == DEFAULT_OPTIONS


def test_the_previous_version_is_kept_unless_it_is_switched_off(settings: QSettings) -> None:
    memory = ExportOptions(settings)
    assert memory.keep_previous
    memory.set_keep_previous(on=False)
    assert not ExportOptions(settings).keep_previous
    assert not ExportOptions(settings).of(registry.PSD).keep_previous
