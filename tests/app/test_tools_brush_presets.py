"""Brush presets are data: the shipped ones load, and a damaged file says what is wrong and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.brush_presets import load
from canvas.brush import BrushMode


def test_the_shipped_brushes_load() -> None:
    brushes = {brush.name: brush for brush in load()}
    for name in ("Pencil", "Ink pen", "Soft round", "Hard round", "Marker", "Airbrush", "Eraser soft", "Eraser hard"):
        assert name in brushes
    assert brushes["Eraser soft"].mode is BrushMode.ERASE
    assert brushes["Ink pen"].mode is BrushMode.PAINT
    assert brushes["Soft round"].hardness < brushes["Hard round"].hardness


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[brush]", "not a TOML file"),
        ("title = 1", "holds no brushes"),
        ("[[brush]]\nsize_px = 3", "brush 1 has no name"),
        ('[[brush]]\nname = "A"\nwobble = 3', "“A” has an unknown field “wobble”"),
        ('[[brush]]\nname = "A"\nsize_px = "big"', "“A”: size_px must be a number"),
        ('[[brush]]\nname = "A"\nsize_px = true', "“A”: size_px must be a number"),
        ('[[brush]]\nname = "A"\nsize_px = 90000', "“A”: a brush is up to"),
        ('[[brush]]\nname = "A"\nmode = "smear"', "“A”: mode is paint or erase"),
        ('[[brush]]\nname = "A"\n[[brush]]\nname = "A"', "two brushes named “A”"),
    ],
)
def test_a_damaged_file_is_told_with_its_name_and_the_brush(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"mine\.toml") as caught:
        load(path)
    assert words in str(caught.value)
