"""Colours and type of the window: tokens from `resources/themes`, and the style sheet and palette built from them.

GUI thread only. `Theme` is made once and handed to every widget that paints itself; such a widget reads
`theme.tokens` while painting and needs no other notice of a change. Must not import panels or the session.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

import resources
from app.signals import Signal

FAMILY = "Inter"
#: Sizes in pixels, so that text keeps its place in a layout drawn on a 4 px grid. Qt rasterises whole sizes only.
TEXT_PX = 12
TITLE_PX = 11
SMALL_PX = 11
RADIUS_PX = 3
#: Margin of panels, and the height of sliders, fields and buttons.
MARGIN_PX = 12
CONTROL_PX = 22
THEME_NAMES = ("dark", "light")

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class BadgeColours:
    fill: QColor
    text: QColor


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour of the window, by what it is for. `badges`: by role name; `labels`: of layers, by their name."""

    name: str
    window: QColor
    panel: QColor
    raised: QColor
    hover: QColor
    chosen: QColor
    hairline: QColor
    field: QColor
    slider_fill: QColor
    focus: QColor
    text: QColor
    text_dim: QColor
    text_disabled: QColor
    icon: QColor
    surround: QColor
    accent: QColor
    accent_hover: QColor
    on_accent: QColor
    selected_text: QColor
    checker_light: QColor
    checker_dark: QColor
    ready: QColor
    waiting: QColor
    broken: QColor
    badges: Mapping[str, BadgeColours]
    labels: Mapping[str, QColor]


_NOT_COLOURS = ("name", "badges", "labels")
COLOUR_NAMES = tuple(f.name for f in fields(Tokens) if f.name not in _NOT_COLOURS)


def load_tokens(path: Path) -> Tokens:
    """The tokens of a theme file. Raises ValueError naming the file and the token that is missing or no colour."""
    data = tomllib.loads(path.read_text("utf-8"))
    colours: Mapping[str, Any] = data.get("colours", {})
    badges = {
        role: BadgeColours(_colour(path, role, pair.get("fill")), _colour(path, role, pair.get("text")))
        for role, pair in data.get("badges", {}).items()
    }
    labels = {name: _colour(path, name, value) for name, value in data.get("labels", {}).items()}
    values = {name: _colour(path, name, colours.get(name)) for name in COLOUR_NAMES}
    name = str(data.get("name", path.stem))
    return Tokens(name=name, badges=MappingProxyType(badges), labels=MappingProxyType(labels), **values)


def _colour(path: Path, name: str, value: object) -> QColor:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise ValueError(f"{path.name}: “{name}” must be a colour like #d9874a, not {value!r}")
    return QColor(value)


def install_fonts() -> None:
    """Make Inter known to Qt; needs an application object."""
    for weight in ("Regular", "SemiBold"):
        QFontDatabase.addApplicationFont(str(resources.path("fonts", f"Inter-{weight}.ttf")))


def text_font(size_px: int = TEXT_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Inter at `size_px`."""
    font = QFont(FAMILY)
    font.setPixelSize(size_px)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def figures_font(size_px: int = TEXT_PX) -> QFont:
    """Inter with figures of one width, so that numbers do not jump. Its hyphens are as wide: not for text."""
    font = text_font(size_px)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def title_font() -> QFont:
    """Panel titles: small letter-spaced capitals; the caller gives upper-case text."""
    font = text_font(TITLE_PX, QFont.Weight.DemiBold)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.7)
    return font


def stylesheet(tokens: Tokens) -> str:
    """The Qt style sheet of the whole app."""
    values = {name: getattr(tokens, name).name() for name in COLOUR_NAMES}
    return Template(resources.path("themes", "window.qss").read_text("utf-8")).substitute(values)


def palette(tokens: Tokens) -> QPalette:
    """For what Fusion draws without asking the style sheet."""
    role = QPalette.ColorRole
    made = QPalette(tokens.panel)
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        text = tokens.text_disabled if group == QPalette.ColorGroup.Disabled else tokens.text
        for part in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.ToolTipText):
            made.setColor(group, part, text)
        for part in (role.Window, role.Button, role.AlternateBase):
            made.setColor(group, part, tokens.panel)
        made.setColor(group, role.Base, tokens.field)
        made.setColor(group, role.Highlight, tokens.chosen)
        made.setColor(group, role.ToolTipBase, tokens.hairline)
        made.setColor(group, role.PlaceholderText, tokens.text_disabled)
        made.setColor(group, role.Link, tokens.accent)
        made.setColor(group, role.LinkVisited, tokens.accent)
        made.setColor(group, role.Light, tokens.raised)
        made.setColor(group, role.Midlight, tokens.raised)
        made.setColor(group, role.Mid, tokens.surround)
        made.setColor(group, role.Dark, tokens.hairline)
        made.setColor(group, role.Shadow, tokens.hairline)
    return made


class Theme:
    """The theme in use. `changed` is emitted after the application has taken the new colours."""

    def __init__(self, app: QApplication, name: str = "dark") -> None:
        self.changed: Signal[()] = Signal()
        self._app = app
        install_fonts()
        app.setStyle("Fusion")
        app.setFont(text_font())
        self._apply(name)

    def use(self, name: str) -> None:
        """Change to a theme of THEME_NAMES. Raises ValueError for a damaged file and keeps the present one."""
        self._apply(name)
        self.changed.emit()

    def _apply(self, name: str) -> None:
        self.tokens = load_tokens(resources.path("themes", f"{name}.toml"))
        self.name = name
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(stylesheet(self.tokens))
