"""The look: two themes with the same tokens, readable in both, in our own typeface and with our own icons."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo

import resources
from app.icons import icon
from app.theme import COLOUR_NAMES, THEME_NAMES, Theme, load_tokens, stylesheet, text_font
from canvas.roles import ROLE_NAMES

ICONS = sorted(path.stem for path in resources.path("icons").glob("*.svg"))


def contrast(a: QColor, b: QColor) -> float:
    """The contrast ratio of WCAG 2.1, 1..21."""

    def luminance(colour: QColor) -> float:
        channels = (colour.redF(), colour.greenF(), colour.blueF())
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEME_NAMES)
def test_text_can_be_read_on_everything_it_stands_on(name: str) -> None:
    tokens = load_tokens(resources.path("themes", f"{name}.toml"))
    for ground in (tokens.panel, tokens.raised, tokens.field, tokens.slider_fill, tokens.chosen):
        assert contrast(tokens.text, ground) >= 4.5
    assert contrast(tokens.text_dim, tokens.panel) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    for badge in tokens.badges.values():
        assert contrast(badge.text, badge.fill) >= 4.5


@pytest.mark.parametrize("name", THEME_NAMES)
def test_every_role_has_a_badge_and_the_canvas_surround_is_neutral(name: str) -> None:
    tokens = load_tokens(resources.path("themes", f"{name}.toml"))
    assert set(ROLE_NAMES.values()) <= set(tokens.badges)
    assert tokens.surround.saturation() == 0


@pytest.mark.parametrize("name", THEME_NAMES)
def test_the_style_sheet_leaves_no_token_open(name: str) -> None:
    sheet = stylesheet(load_tokens(resources.path("themes", f"{name}.toml")))
    assert "$" not in sheet
    assert "gradient" not in sheet


@pytest.mark.parametrize("token", COLOUR_NAMES)
def test_a_theme_that_lacks_a_colour_is_refused_by_name(tmp_path: Path, token: str) -> None:
    lines = resources.path("themes", "dark.toml").read_text("utf-8").splitlines()
    broken = tmp_path / "broken.toml"
    broken.write_text("\n".join(line for line in lines if not line.startswith(f"{token} =")), "utf-8")
    with pytest.raises(ValueError, match=f"broken.toml.*{token}"):
        load_tokens(broken)


def test_text_is_set_in_the_typeface_that_is_shipped(theme: Theme) -> None:
    assert QFontInfo(text_font()).family() == "Inter"
    assert resources.path("fonts", "OFL.txt").read_text("utf-8").count("SIL OPEN FONT LICENSE") >= 1


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_drawn_in_the_colour_asked_for_and_nothing_else(theme: Theme, name: str) -> None:
    image = icon(name, "#ff0000", 18, 2.0).toImage()
    drawn = [image.pixelColor(x, y) for x in range(36) for y in range(36) if image.pixelColor(x, y).alpha() > 200]
    assert drawn
    assert all(colour.red() > 240 and colour.green() < 15 and colour.blue() < 15 for colour in drawn)


@pytest.mark.parametrize("name", ICONS)
def test_icons_have_one_stroke_width(name: str) -> None:
    text = resources.path("icons", f"{name}.svg").read_text("utf-8")
    assert text.count("stroke-width") == 1
    assert 'stroke-width="1.5"' in text
