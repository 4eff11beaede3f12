"""The one table of commands: everything in it works, explains itself and has at most one meaning per key."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

from app.actions import MENUS
from app.commands import COMMANDS, GROUPS, place
from app.commands.command import Command
from app.dialogs.help_pages import glossary_html, shortcuts_html
from app.glossary import load_glossary
from app.session import Session
from app.shortcuts import HELD_KEYS, SCHEMES, key_text, load_scheme, read_scheme
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.roles import ROLE_NAMES


@pytest.fixture(scope="module")
def toolbox() -> Toolbox:
    return Toolbox(Session(edits.new_document(64, 64)))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_a_command_names_what_exists(command: Command) -> None:
    assert command.menu.split("/")[0] in MENUS
    group, verb = place(command)
    assert callable(getattr(GROUPS[group], verb))
    for question in (command.ready, command.checked):
        assert not question or hasattr(GROUPS[command.id.partition(".")[0]], question) or question == "seed_locked"
    assert not command.term or command.term in load_glossary().entries


def test_command_ids_are_unique() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("name", SCHEMES)
def test_no_key_has_two_meanings(name: str, toolbox: Toolbox) -> None:
    scheme = load_scheme(name)
    owners: dict[str, str] = {}
    everything = {c.id: scheme.of(c.id) for c in (*COMMANDS, *HELD_KEYS)}
    everything |= {f"tool.{tool.id}": scheme.of_tool(tool) for tool in toolbox.tools}
    for owner, keys in everything.items():
        for key in keys:
            portable = QKeySequence(key).toString() or key
            assert portable not in owners, f"{key} means {owners[portable]} and {owner}"
            owners[portable] = owner


@pytest.mark.parametrize("name", SCHEMES)
def test_hands_find_the_keys_they_know(name: str) -> None:
    scheme = load_scheme(name)
    known = {
        "edit.undo": "Ctrl+Z", "edit.redo": "Ctrl+Shift+Z", "edit.brush_larger": "]", "edit.brush_smaller": "[",
        "edit.swap_colours": "X", "edit.reset_colours": "D", "layer.duplicate": "Ctrl+J", "layer.merge_down": "Ctrl+E",
        "layer.group": "Ctrl+G", "window.panels": "Tab", "file.save": "Ctrl+S", "ai.keep": "Return",
    }  # fmt: skip
    for command_id, key in known.items():
        assert key in scheme.of(command_id)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('name = "x"\n[keys]\n"no.such" = "A"', "no.such"),
        ('name = "x"\n[keys]\n"edit.undo" = "Nonsense+"', "no key"),
        ('name = "x"\n[keys]\n"edit.undo" = "A"\n"edit.redo" = "A"', "edit.undo and edit.redo"),
    ],
)
def test_a_faulty_scheme_says_what_is_wrong(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=f"mine.toml.*{fault}"):
        read_scheme(file)


def test_the_shortcut_sheet_shows_every_command_tool_and_held_key(toolbox: Toolbox, theme: Theme) -> None:
    scheme = load_scheme(SCHEMES[0])
    page = shortcuts_html(scheme, toolbox.tools, theme.tokens)
    for item in (*COMMANDS, *HELD_KEYS):
        assert item.text in page
    for tool in toolbox.tools:
        assert tool.label in page


def test_a_modifier_to_hold_has_a_name_too() -> None:
    assert key_text(("Ctrl",)) == "Ctrl"


# The words


def test_every_role_and_control_kind_explains_itself() -> None:
    glossary = load_glossary()
    for name in ROLE_NAMES.values():
        if name != "unknown":
            assert name in glossary.entries


def test_an_explanation_on_hover_is_one_sentence() -> None:
    for entry in load_glossary().entries.values():
        assert entry.hover.endswith(".")
        assert ". " not in entry.hover


def test_the_glossary_finds_words_by_what_they_mean(theme: Theme) -> None:
    glossary = load_glossary()
    found = glossary_html(glossary, "stick figure", theme.tokens)
    assert "<b>Pose</b>" in found
    assert "<b>VAE</b>" not in found
    assert "No word like “zzz”" in glossary_html(glossary, "zzz", theme.tokens)
