"""Brush presets are data: the shipped ones load, and a damaged file says what is wrong and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.brush_presets import load
from canvas.brush import BrushMode
from canvas.formats.errors import FormatError


def test_the_shipped_brushes_load() -> None:
    brushes = {brush.name: brush for brush in load()}
    assert len(brushes) >= 18
    tags = {tag for brush in brushes.values() for tag in brush.tags}
    assert tags >= {"pencil", "ink", "paint", "blend", "texture", "pixel", "eraser"}
    assert brushes["Eraser soft"].mode is BrushMode.ERASE
    assert brushes["Smudge"].mode is BrushMode.SMUDGE
    assert brushes["Ink pen"].mode is BrushMode.PAINT
    assert brushes["Wet paint"].smudges
    assert brushes["Soft round"].hardness < brushes["Hard round"].hardness


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[brush]", "not a TOML file"),
        ("title = 1", "holds no brushes"),
        ("[[brush]]\nsize_px = 3", "brush 1 has no name"),
        ('[[brush]]\nname = "A"\nwobble = 3', "“A”: there is no field “wobble”"),
        ('[[brush]]\nname = "A"\nsize_px = "big"', "“A”: size_px must be a number"),
        ('[[brush]]\nname = "A"\nsize_px = true', "“A”: size_px must be a number"),
        ('[[brush]]\nname = "A"\nsize_px = 90000', "“A”: a brush is up to"),
        ('[[brush]]\nname = "A"\nsize_px = nan', "“A”: a brush is up to"),
        ('[[brush]]\nname = "A"\nmode = "smear"', "“A”: mode is one of paint, erase, smudge"),
        ('[[brush]]\nname = "A"\nbuild_up = 1', "“A”: build_up must be true or false"),
        ('[[brush]]\nname = "A"\nstabiliser = { kind = "magic" }', "“A”: kind is one of none, basic"),
        ('[[brush]]\nname = "A"\ndynamics = [{ parameter = "size" }]', "“A”: a dynamic names its parameter and its"),
        (
            '[[brush]]\nname = "A"\ndynamics = [{ parameter = "size", input = "tilt", curve = [[0, 2], [1, 1]] }]',
            "“A”: a curve has at least two points within 0 and 1",
        ),
        ('[[brush]]\nname = "A"\n[[brush]]\nname = "A"', "two brushes named “A”"),
    ],
)
def test_a_damaged_file_is_told_with_its_name_and_the_brush(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(FormatError, match=r"mine\.toml") as caught:
        load(path)
    assert words in str(caught.value)
