"""Palettes: those that come with the app, files of other programs, and the artist's own."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.colours import Colour, hex_of
from app.palette_files import MAX_FILE_BYTES, aco, ase, gpl, read_palette, write_palette
from app.palette_shelf import PaletteShelf
from app.palettes import BUILT_IN, Palette, Swatch, load_palette
from canvas.formats.errors import FormatError

RED, GREEN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def aco_v1(colours: Sequence[tuple[int, ...]]) -> bytes:
    return struct.pack(">HH", 1, len(colours)) + b"".join(struct.pack(">5H", *colour) for colour in colours)


def aco_v2(colours: Sequence[tuple[tuple[int, ...], str]]) -> bytes:
    out = struct.pack(">HH", 2, len(colours))
    for colour, name in colours:
        text = (name + "\0").encode("utf-16-be")
        out += struct.pack(">5H", *colour) + struct.pack(">L", len(text) // 2) + text
    return out


def ase_block(kind: int, content: bytes) -> bytes:
    return struct.pack(">HL", kind, len(content)) + content


def ase_name(name: str) -> bytes:
    text = (name + "\0").encode("utf-16-be")
    return struct.pack(">H", len(text) // 2) + text


def ase_colour(name: str, model: bytes, *values: float) -> bytes:
    return ase_block(1, ase_name(name) + model + struct.pack(f">{len(values)}f", *values) + b"\0\0")


def ase_file(*blocks: bytes) -> bytes:
    return b"ASEF" + struct.pack(">HHL", 1, 0, len(blocks)) + b"".join(blocks)


def test_every_palette_of_the_app_can_be_loaded_and_fits_rows_of_the_panel() -> None:
    palettes = [load_palette(name) for name in BUILT_IN]
    assert len({palette.name for palette in palettes}) == len(BUILT_IN)
    assert all(len(palette.swatches) >= 14 for palette in palettes)


def test_a_gimp_palette_is_read_with_its_names() -> None:
    text = "GIMP Palette\nName: Sea\nColumns: 4\n# by hand\n  0   0 255\tDeep blue\n255 255 255 Untitled\n\n1 2 3\n"
    palette = gpl.parse(text.encode(), "file")
    assert palette.name == "Sea"
    assert [(hex_of(s.colour), s.name) for s in palette.swatches] == [
        ("#0000ff", "Deep blue"),
        ("#ffffff", ""),
        ("#010203", ""),
    ]


def test_a_gimp_palette_with_alpha_or_in_latin_1_is_read_too() -> None:
    text = "GIMP Palette\nChannels: RGBA\n255 0 0 128 Gr\xfcn\n"
    assert gpl.parse(text.encode("latin-1"), "old").swatches == (Swatch(RED, "Gr\xfcn"),)


names = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12).filter(lambda n: n != "Untitled")
bytes_ = st.integers(0, 255).map(lambda v: v / 255)


@given(
    st.lists(
        st.builds(Swatch, st.tuples(bytes_, bytes_, bytes_), names, st.sampled_from(["", "Skin", "Sky"])), max_size=9
    )
)
def test_what_is_written_as_gpl_comes_back(swatches: list[Swatch]) -> None:
    palette = Palette("Any name", tuple(swatches))
    assert gpl.parse(gpl.text_of(palette).encode(), "stem") == palette


@pytest.mark.parametrize(
    ("colour", "seen"),
    [
        ((0, 65535, 0, 0, 0), "#ff0000"),
        ((1, 21845, 65535, 65535, 0), "#00ff00"),  # a third round the circle
        ((2, 0, 65535, 65535, 65535), "#00ffff"),  # 0 is full ink
        ((2, 65535, 65535, 65535, 0), "#000000"),
        ((7, 10000, 0, 0, 0), "#ffffff"),
        ((7, 5358, 0, 0, 0), "#808080"),
        ((8, 10000, 0, 0, 0), "#000000"),
        ((8, 2500, 0, 0, 0), "#bfbfbf"),  # Photoshop's "25% Gray"
        ((9, 0, 10000, 0, 0), "#ff00ff"),
    ],
)
def test_photoshop_swatches_of_every_colour_space(colour: tuple[int, ...], seen: str) -> None:
    (swatch,) = aco.parse(aco_v1([colour]), "file").swatches
    assert hex_of(swatch.colour) == seen


def test_lab_is_seen_as_the_colour_that_was_measured() -> None:
    # sRGB red under D50: L* 54.29, a* 80.80, b* 69.89 (Lindbloom's calculator)
    (swatch,) = aco.parse(aco_v1([(7, 5429, 8080, 6989, 0)]), "file").swatches
    assert swatch.colour == pytest.approx(RED, abs=0.01)


def test_the_second_version_of_photoshop_swatches_gives_the_names() -> None:
    colour = (0, 65535, 0, 0, 0)
    data = aco_v1([colour]) + aco_v2([(colour, "Rot"), ((3, 1, 2, 3, 4), "PANTONE 1")])
    assert aco.parse(data, "file").swatches == (Swatch(RED, "Rot"),)


def test_swatch_exchange_files_keep_their_groups() -> None:
    data = ase_file(
        ase_block(0xC001, ase_name("Warm")),
        ase_colour("Red", b"RGB ", 1, 0, 0),
        ase_block(0xC002, b""),
        ase_block(0xC001, ase_name("Print")),
        ase_colour("Cyan", b"CMYK", 1, 0, 0, 0),
        ase_colour("Light", b"Gray", 0.5),
        ase_block(0xC002, b""),
        ase_colour("White", b"LAB ", 1, 0, 0),
    )
    found = [(hex_of(s.colour), s.name, s.group) for s in ase.parse(data, "file").swatches]
    assert found == [
        ("#ff0000", "Red", "Warm"),
        ("#00ffff", "Cyan", "Print"),
        ("#808080", "Light", "Print"),
        ("#ffffff", "White", ""),
    ]


def test_a_swatch_exchange_file_of_one_group_is_named_by_it() -> None:
    data = ase_file(ase_block(0xC001, ase_name("Sea")), ase_colour("", b"RGB ", 0, 1, 0), ase_block(0xC002, b""))
    assert ase.parse(data, "file") == Palette("Sea", (Swatch(GREEN),))


GOOD = {
    ".gpl": b"GIMP Palette\nName: A\n255 0 0 red\n0 255 0 green\n",
    ".aco": aco_v1([(0, 1, 2, 3, 0)]) + aco_v2([((0, 1, 2, 3, 0), "name")]),
    ".ase": ase_file(ase_colour("Red", b"RGB ", 1, 0, 0), ase_colour("Ink", b"CMYK", 1, 0, 0, 0)),
}


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_hostile_file_gives_a_palette_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, ending: str, data: st.DataObject
) -> None:
    content = bytearray(GOOD[ending])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("palette", numbered=True) / f"a{ending}"
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        read_palette(path)
    except FormatError as error:
        sentence = str(error).replace(str(path), "")
        assert sentence.startswith("Cannot open")
        assert sentence.endswith(".")
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "choose a .gpl, .aco or .ase file"),
        ("a.aco", aco_v1([(3, 1, 2, 3, 4)]), "holds no colours"),
        ("a.gpl", b"GIMP Palette\n" + b"1 2 3\n" * 5000, "more than 4096 colours"),
        ("a.gpl", b"GIMP Palette\n1 2 300\n", "line 2"),
        ("a.gpl", b"x" * (MAX_FILE_BYTES + 1), "larger than any palette"),
        ("a.aco", aco_v1([(0, 0, 0, 0, 0)])[:-1], "ends early"),
        ("a.aco", struct.pack(">HH5HL", 2, 1, 0, 0, 0, 0, 0, 0xFFFFFFFF), "ends early"),
        ("a.ase", ase_file(ase_colour("x", b"HSL ", 1, 1, 1)), "unknown kind"),
        ("a.ase", ase_file(ase_colour("x", b"RGB ", float("nan"), 1, 1)), "no number"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FormatError, match=said):
        read_palette(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file"):
        read_palette(tmp_path / "none.gpl")


# The shelf


def colours(shelf: PaletteShelf) -> list[Colour]:
    return list(shelf.shown.colours)


def test_an_own_palette_is_there_again_after_a_restart(tmp_path: Path) -> None:
    shelf = PaletteShelf(tmp_path / "palettes")
    shelf.new("Sketches / 2")
    shelf.add(Swatch(RED, "Red"))
    shelf.add(Swatch(GREEN))
    shelf.rename_swatch(1, "Green")
    again = PaletteShelf(tmp_path / "palettes", "Sketches / 2")
    assert again.shown.swatches == (Swatch(RED, "Red"), Swatch(GREEN, "Green"))
    again.remove(0)
    assert colours(PaletteShelf(tmp_path / "palettes", "Sketches / 2")) == [GREEN]


def test_an_empty_own_palette_survives_a_restart(tmp_path: Path) -> None:
    PaletteShelf(tmp_path).new("Empty")
    again = PaletteShelf(tmp_path, "Empty")
    assert not again.problems
    assert again.shown == Palette("Empty")


def test_a_changed_built_in_palette_can_be_brought_back(tmp_path: Path) -> None:
    shelf = PaletteShelf(tmp_path)
    original = shelf.shown
    shelf.remove(0)
    again = PaletteShelf(tmp_path)
    assert again.names == shelf.names
    assert len(again.shown.swatches) == len(original.swatches) - 1
    again.discard()
    assert again.shown == original
    assert PaletteShelf(tmp_path).shown == original


def test_names_stay_different(tmp_path: Path) -> None:
    shelf = PaletteShelf(tmp_path)
    shelf.new("Sea")
    shelf.new("Sea")
    assert shelf.shown.name == "Sea 2"
    shelf.rename("Sea")
    assert shelf.shown.name == "Sea 3"
    assert set(PaletteShelf(tmp_path).names) == set(shelf.names)


def test_importing_shows_the_palette_and_keeps_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "web.ase"
    path.write_bytes(GOOD[".ase"])
    shelf = PaletteShelf(tmp_path / "own")
    shelf.import_file(path)
    path.unlink()
    assert shelf.shown.name == "web"
    assert len(PaletteShelf(tmp_path / "own", "web").shown.swatches) == 2


def test_a_damaged_own_palette_is_said_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bad.gpl").write_text("nonsense")
    shelf = PaletteShelf(tmp_path)
    assert len(shelf.problems) == 1
    assert (tmp_path / "bad.gpl").read_text() == "nonsense"
    shelf.new("bad")
    assert (tmp_path / "bad.gpl").read_text() == "nonsense"


def test_nothing_changes_when_a_palette_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shelf = PaletteShelf(tmp_path / "file")
    before = shelf.shown
    with pytest.raises(FormatError, match="Cannot save"):
        shelf.add(Swatch(RED))
    assert shelf.shown is before


def test_an_exported_palette_is_read_by_others(tmp_path: Path) -> None:
    palette = load_palette("studio")
    write_palette(palette, tmp_path / "out.gpl")
    assert (tmp_path / "out.gpl").read_text().startswith("GIMP Palette\nName: Studio\n")
    assert read_palette(tmp_path / "out.gpl") == palette
