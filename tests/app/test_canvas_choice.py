"""Which canvas paints: the wish of the artist, that of the environment, and what the machine has."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from app.canvas_choice import CanvasChoice


class View:
    """Takes what it is told; `works`: whether OpenGL does."""

    def __init__(self, *, works: bool = True) -> None:
        self.canvas = "software"
        self.works = works
        self.opengl_failed = lambda: None

    def paint_with(self, canvas: str) -> None:
        self.canvas = canvas
        if canvas == "opengl" and not self.works:
            self.canvas = "software"
            self.opengl_failed()


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def choice(settings: QSettings, view: View, messages: list[str] | None = None, **environment: str) -> CanvasChoice:
    said: list[str] = [] if messages is None else messages
    return CanvasChoice(settings, environment, lambda: (view,), said.append)  # type: ignore[arg-type,return-value]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The renderer that the driver names, in a list so that a test can change it."""
    from app.canvas_view import gl_surface

    named = ["NVIDIA GeForce RTX 3060/PCIe/SSE2"]
    monkeypatch.setattr(gl_surface, "renderer", lambda: named[0])
    return named


def test_the_first_run_starts_in_software_and_takes_a_graphics_card_once_it_is_found(
    settings: QSettings, card: list[str]
) -> None:
    view = View()
    first = choice(settings, view)
    first.apply()
    assert view.canvas == "software"
    first.look_for_card()
    assert view.canvas == "opengl"
    later = View()
    choice(settings, later).apply()
    assert later.canvas == "opengl"


def test_without_a_graphics_card_the_software_canvas_stays(settings: QSettings, card: list[str]) -> None:
    card[0] = "llvmpipe (LLVM 15.0.6, 256 bits)"
    view = View()
    made = choice(settings, view)
    made.look_for_card()
    assert view.canvas == "software"
    assert made.chosen == "software"


def test_the_environment_decides_for_one_run(settings: QSettings, card: list[str]) -> None:
    view = View()
    made = choice(settings, view, UNDERDRAW_CANVAS="opengl")
    made.apply()
    assert view.canvas == "opengl"
    assert choice(settings, View(), UNDERDRAW_CANVAS="software").chosen == "software"
    assert choice(settings, View()).chosen == "software"


def test_a_word_the_environment_should_not_hold_is_told(settings: QSettings) -> None:
    messages: list[str] = []
    assert choice(settings, View(), messages, UNDERDRAW_CANVAS="vulkan").wish == "auto"
    assert "vulkan" in messages[0]


def test_the_menu_changes_the_canvas_for_good_and_says_when_that_is_slow(settings: QSettings, card: list[str]) -> None:
    card[0] = "llvmpipe (LLVM 15.0.6, 256 bits)"
    view, messages = View(), []
    choice(settings, view, messages).toggle_opengl()
    assert view.canvas == "opengl"
    assert "llvmpipe" in messages[0]
    assert choice(settings, View()).chosen == "opengl"
    choice(settings, view).toggle_opengl()
    assert choice(settings, View()).chosen == "software"


def test_opengl_that_fails_is_not_tried_again(settings: QSettings, card: list[str]) -> None:
    view = View(works=False)
    made = choice(settings, view)
    made.look_for_card()
    assert view.canvas == "software"
    assert choice(settings, View()).chosen == "software"
