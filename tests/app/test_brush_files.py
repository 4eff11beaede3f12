"""Files of brushes: what is written is read back, other programs' brushes become ours, damage is told in a sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.brush_files import abr, gbr, read_brushes, write_brushes
from app.brush_files.brush_set import BrushSet, free_name, png_of, safe_name
from app.brush_presets import BrushLibrary, images, load
from canvas.brush import Brush, BrushMode, Dynamic, Input, Parameter, Stabiliser, StabiliserKind
from canvas.formats.errors import FormatError
from canvas.tiles import Pixels8

MASK: Pixels8 = (np.arange(12 * 20).reshape(12, 20) % 256).astype(np.uint8)
RICH = Brush(
    'Ink “& Co”\t\\ "x"', ("ink", "été"), size_px=33.3, flow=0.123456789, tip="blob", texture="tooth", antialias=False,
    build_up=True, mode=BrushMode.SMUDGE, smudge=0.4, stabiliser=Stabiliser(StabiliserKind.STRING, 0.7, 55.0, False),
    dynamics=(
        Dynamic(Parameter.SIZE, Input.PRESSURE, ((0.0, 0.2), (0.3, 0.4), (1.0, 1.0))),
        Dynamic(Parameter.ROTATION, Input.DIRECTION),
    ),
)  # fmt: skip
SET = BrushSet((RICH, Brush("Plain")), {"blob": MASK}, {"tooth": MASK.T.copy()})


@pytest.mark.parametrize("ending", [".udbrushes", ".toml"])
def test_a_set_of_brushes_comes_back_as_it_was_with_its_pictures(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"mine{ending}"
    write_brushes(SET, path)
    found = read_brushes(path)
    assert found.brushes == SET.brushes
    np.testing.assert_array_equal(found.tips["blob"], MASK)
    np.testing.assert_array_equal(found.textures["tooth"], MASK.T)


def packbits(row: bytes) -> bytes:
    """Runs where there are any, single bytes elsewhere."""
    out, i = b"", 0
    while i < len(row):
        run = 1
        while i + run < len(row) and run < 128 and row[i + run] == row[i]:
            run += 1
        out += bytes([257 - run, row[i]]) if run > 1 else bytes([0, row[i]])
        i += run
    return out


def abr_picture(mask: Pixels8, depth: int, *, packed: bool) -> bytes:
    rows = [bytes(row) if depth == 8 else bytes(np.stack([row, row], -1).reshape(-1)) for row in mask]
    head = struct.pack(">4iHB", 5, 7, 5 + mask.shape[0], 7 + mask.shape[1], depth, packed)
    if not packed:
        return head + b"".join(rows)
    packs = [packbits(row) for row in rows]
    return head + struct.pack(f">{len(packs)}H", *map(len, packs)) + b"".join(packs)


def abr_old(version: int, *, packed: bool) -> bytes:
    name = "Ölbrush"
    text = struct.pack(">I", len(name) + 1) + name.encode("utf-16-be") + b"\0\0" if version == 2 else b""
    entry = struct.pack(">IH", 0, 30) + text + b"\1" + struct.pack(">4H", 0, 0, 12, 20)
    entry += abr_picture(MASK, 8, packed=packed)
    computed = struct.pack(">IHHHhH", 0, 25, 40, 50, 30, 80)
    return b"".join(
        [
            struct.pack(">HH", version, 2),
            struct.pack(">HI", 2, len(entry)), entry,
            struct.pack(">HI", 1, len(computed)), computed,
        ]
    )  # fmt: skip


def abr_new(subversion: int, depth: int, *, packed: bool) -> bytes:
    def sample(mask: Pixels8) -> bytes:
        body = b"\0" * {1: 47, 2: 301}[subversion] + abr_picture(mask, depth, packed=packed)
        return struct.pack(">I", len(body)) + body + b"\0" * (-len(body) % 4)

    block = sample(MASK) + sample(MASK.T)
    other = b"8BIMdesc" + struct.pack(">I", 4) + b"abcd"
    return struct.pack(">HH", 6, subversion) + other + b"8BIMsamp" + struct.pack(">I", len(block)) + block


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("version", [1, 2])
def test_old_photoshop_brushes_are_read_sampled_and_computed(version: int, packed: bool) -> None:
    found = abr.parse(abr_old(version, packed=packed), "Set")
    sampled, computed = found.brushes
    assert sampled.name == ("Ölbrush" if version == 2 else "Set 1")
    assert sampled.size_px == 20
    assert sampled.spacing == pytest.approx(0.3)
    np.testing.assert_array_equal(found.tips[sampled.tip], MASK)
    assert (computed.size_px, computed.roundness, computed.hardness) == (40, 0.5, 0.8)
    assert computed.tip == "round"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("subversion", [1, 2])
def test_newer_photoshop_brushes_give_their_sampled_tips(subversion: int, depth: int, packed: bool) -> None:
    found = abr.parse(abr_new(subversion, depth, packed=packed), "Set")
    assert [brush.name for brush in found.brushes] == ["Set 1", "Set 2"]
    np.testing.assert_array_equal(found.tips["Set 1"], MASK)
    np.testing.assert_array_equal(found.tips["Set 2"], MASK.T)


def gbr_file(version: int, depth: int) -> bytes:
    name = "Blätter".encode() + b"\0"
    fixed = 28 if version == 2 else 20
    extra = b"GIMP" + struct.pack(">I", 15) if version == 2 else b""
    pixels = MASK[..., None] if depth == 1 else np.dstack([MASK * 0, MASK * 0, MASK * 0, MASK])
    head = struct.pack(">5I", fixed + len(name), version, MASK.shape[1], MASK.shape[0], depth)
    return head + extra + name + pixels.tobytes()


@pytest.mark.parametrize("depth", [1, 4])
@pytest.mark.parametrize("version", [1, 2])
def test_gimp_brushes_are_read_grey_and_coloured(version: int, depth: int) -> None:
    found = gbr.parse(gbr_file(version, depth), "file")
    (brush,) = found.brushes
    assert brush.name == "Blätter"
    assert brush.spacing == pytest.approx(0.15 if version == 2 else 0.2)
    np.testing.assert_array_equal(found.tips[brush.tip], MASK)


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


BOMB = png_of(MASK)[:16] + struct.pack(">II", 60000, 60000) + png_of(MASK)[24:]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.abr", b"", "ends early"),
        ("a.abr", b"\0\x63\0\1", "version 99.1"),
        ("a.abr", abr_old(2, packed=True)[:60], "ends early"),
        ("a.abr", abr_new(1, 8, packed=False)[:200], "ends early"),
        ("a.abr", struct.pack(">HH", 6, 1), "no tips"),
        ("a.gbr", b"GIMP", "ends early"),
        ("a.gbr", struct.pack(">5I", 20, 1, 60000, 60000, 1), "60000 x 60000"),
        ("a.gbr", gbr_file(2, 4)[:-5], "ends early"),
        ("a.udbrushes", b"nonsense", "zip"),
        ("a.udbrushes", zipped(other_txt=b"x"), "holds no brushes.toml"),
        ("a.udbrushes", zipped(brushes_toml=b'[[brush]]\nname = "A"', tips__t_png=b"GIF89a"), "not a PNG"),
        ("a.udbrushes", zipped(brushes_toml=b'[[brush]]\nname = "A"', tips__t_png=BOMB), "60000 x 60000"),
        ("a.toml", b'[[brush]]\nname = "A"\n[tips]\nt = "%%"', "base64"),
        ("a.toml", b"\xff\xfe", "decode"),
        ("a.jpg", b"", "no file of brushes"),
    ],
)
def test_what_is_no_brush_is_told_in_one_sentence(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FormatError, match="Cannot open") as caught:
        read_brushes(path)
    assert words in str(caught.value)
    assert str(caught.value).count("\n") == 0


@settings(max_examples=60, deadline=None)
@given(
    good=st.sampled_from([abr_old(2, packed=True), abr_new(2, 8, packed=True), gbr_file(2, 4)]),
    at=st.integers(0, 400), new=st.binary(min_size=1, max_size=4),
)  # fmt: skip
def test_damage_anywhere_gives_brushes_or_a_sentence(good: bytes, at: int, new: bytes) -> None:
    data = good[:at] + new + good[at + len(new) :]
    for parse in (abr.parse, gbr.parse):
        with suppress(ValueError):
            assert parse(data, "x").brushes


class TestLibrary:
    def test_saved_brushes_are_there_the_next_time_and_can_be_forgotten(self, tmp_path: Path) -> None:
        library = BrushLibrary(tmp_path / "brushes")
        assert library.brushes == library.built_in
        library.save(Brush("Mine: a/b", size_px=77))
        changed = Brush("Ink pen", size_px=3)
        library.save(changed)
        again = BrushLibrary(tmp_path / "brushes")
        assert Brush("Mine: a/b", size_px=77) in again.brushes
        assert again.brushes[again.built_in.index(next(b for b in again.built_in if b.name == "Ink pen"))] == changed
        original = again.original("Ink pen")
        assert original is not None
        assert original.size_px == 12
        again.remove("Ink pen")
        again.remove("Mine: a/b")
        assert BrushLibrary(tmp_path / "brushes").brushes == library.built_in

    def test_an_imported_set_gets_free_names_and_its_pictures_are_found(self, tmp_path: Path) -> None:
        library = BrushLibrary(tmp_path)
        first = library.add(SET)
        second = library.add(SET)
        assert [b.name for b in second] == [f"{RICH.name} 2", "Plain 2"]
        assert first[0].tip == "blob"
        assert second[0].tip == "blob 2"
        np.testing.assert_array_equal(BrushLibrary(tmp_path).images().tips["blob 2"].mask, MASK)

    def test_exported_brushes_take_their_pictures_along(self, tmp_path: Path) -> None:
        library = BrushLibrary(tmp_path / "a")
        write_brushes(library.exported({"Chalk", "Ink pen"}), tmp_path / "some.udbrushes")
        found = read_brushes(tmp_path / "some.udbrushes")
        assert {brush.name for brush in found.brushes} == {"Chalk", "Ink pen"}
        assert set(found.tips) == {"chalk"}
        assert set(found.textures) == {"paper"}

    def test_a_damaged_file_is_told_and_left_and_the_others_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "bad.toml").write_text("[[brush")
        BrushLibrary(tmp_path).save(Brush("Good"))
        library = BrushLibrary(tmp_path)
        assert [brush.name for brush in library.own] == ["Good"]
        assert "bad.toml" in library.unreadable[0]
        assert (tmp_path / "bad.toml").exists()

    def test_names_cannot_leave_the_folder(self, tmp_path: Path) -> None:
        library = BrushLibrary(tmp_path / "in")
        library.add(BrushSet((Brush("../../evil", tip="../x"),), {"../x": MASK}))
        assert {path.parent.name for path in tmp_path.rglob("*") if path.is_file()} == {"in", "tips"}


def test_names_are_made_safe_and_free() -> None:
    assert safe_name("a/b\\c:*?") == "a b c"
    assert safe_name("...") == "Brush"
    assert free_name("Ink", {"ink", "INK 2"}) == "Ink 3"


def test_every_shipped_brush_has_its_pictures_and_a_tag() -> None:
    present = images()
    for brush in load():
        assert brush.tags
        assert brush.tip == "round" or brush.tip in present.tips
        assert not brush.texture or brush.texture in present.grains
