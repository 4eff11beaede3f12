"""Krita documents: what Krita draws from its layers, we draw from them too."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import foreign
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from test_ora_foreign import MODES, dab, everything, mask, paper

from canvas.blend_modes import BlendMode
from canvas.formats import kra, ora, registry
from canvas.formats.errors import FormatError
from canvas.formats.kra_tiles import unpack_lzf
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.layers import Group, LabelColour, Layer, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE

LIMITS = Limits(30_000, 1 << 30)


def merged(path: Path) -> np.ndarray:
    with zipfile.ZipFile(path) as archive:
        return np.asarray(Image.open(io.BytesIO(archive.read("mergedimage.png"))).convert("RGBA"))


# Made by Krita


def test_layers_that_krita_saved_look_as_in_krita(tmp_path):
    source, path = tmp_path / "a.ora", tmp_path / "a.kra"
    ora.write(everything(MODES), source, WriteOptions())
    foreign.krita_converted(source, path)
    notes = Notes()
    state = registry.read(path, notes=notes)
    assert registry.recognised(path) is registry.KRITA
    assert foreign.differs(picture_rgba8(state), merged(path)) <= 2
    assert notes.sentences == ()
    assert {"Paper 紙", "Masked group", "Through", "Shade"} <= {node.name for node in state.walk()}
    assert any(node.clip for node in state.walk())


def test_transparency_masks_of_krita_are_masks(tmp_path):
    group = Group("Group", children=(Layer("In", surface=dab(3)),), blend=BlendMode.NORMAL, mask=mask(3))
    masked = Layer("Masked", surface=dab(5), mask=mask(1), blend=BlendMode.MULTIPLY, opacity=0.8)
    source, path = tmp_path / "a.psd", tmp_path / "a.kra"
    registry.write(DocumentState(200, 150, (paper(), masked, group)), source)
    foreign.krita_converted(source, path)
    state = kra.read(path, LIMITS)
    assert [node.mask is not None for node in state.layers] == [False, True, True]
    assert foreign.differs(picture_rgba8(state), merged(path)) <= 2


def test_16_bits_and_grey_of_krita(tmp_path):
    ramp = np.linspace(0, 65535, 90).astype(np.uint16)[None, :].repeat(70, axis=0)
    Image.fromarray((ramp >> 8).astype(np.uint8), "L").save(tmp_path / "grey.png")
    state = DocumentState(200, 150, (Layer("a", surface=dab(4)),))
    registry.write(state, tmp_path / "deep.png", options=WriteOptions(depth=16))
    for name in ("grey", "deep"):
        path = foreign.krita_converted(tmp_path / f"{name}.png", tmp_path / f"{name}.kra")
        notes = Notes()
        assert foreign.differs(picture_rgba8(kra.read(path, LIMITS, notes)), merged(path)) <= 1, name
        assert notes.sentences == ()


# Made here


def tiles(count: int, pixel_bytes: int, *each: bytes) -> bytes:
    head = f"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE {pixel_bytes}\nDATA {count}\n".encode()
    return head + b"".join(each)


def raw_tile(x: int, y: int, pixel: bytes) -> bytes:
    data = b"\0" + b"".join(bytes([value]) * 4096 for value in pixel)
    return f"{x},{y},LZF,{len(data)}\n".encode() + data


RED = bytes([0, 0, 255, 255])
PAINT = 'nodetype="paintlayer" colorspacename="RGBA" opacity="255" compositeop="normal" visible="1"'


def archive_of(path: Path, layers: str, picture: tuple[int, ...] | None = (0, 255, 0, 255), **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/x-kra")
        image = f'<DOC><IMAGE name="Pic" width="100" height="80" x-res="300"><layers>{layers}</layers></IMAGE></DOC>'
        out.writestr("maindoc.xml", image)
        for name, data in entries.items():
            out.writestr(f"Pic/layers/{name.replace('__', '.')}", data)
        if picture is not None:
            data = io.BytesIO()
            Image.new("RGBA", (100, 80), picture).save(data, "PNG")
            out.writestr("mergedimage.png", data.getvalue())
    return path


def test_place_opacity_label_and_locks(tmp_path):
    layer = f'<layer {PAINT} name="a" filename="l1" x="10" y="-5" colorlabel="6" channellockflags="1110" locked="1"/>'
    path = archive_of(tmp_path / "a.kra", layer.replace('"255"', '"51"'), l1=tiles(1, 4, raw_tile(64, 0, RED)))
    (node,) = kra.read(path, LIMITS).layers
    assert (node.opacity, node.label, node.locked, node.alpha_locked) == (0.2, LabelColour.RED, True, True)
    assert node.surface.content_bounds().size == (64, 64)
    assert (node.surface.content_bounds().x0, node.surface.content_bounds().y0) == (74, -5)


def test_a_default_pixel_fills_the_canvas(tmp_path):
    entries = {"l1": tiles(0, 4), "l1__defaultpixel": RED}
    path = archive_of(tmp_path / "a.kra", f'<layer {PAINT} name="a" filename="l1"/>', **entries)
    assert (picture_rgba8(kra.read(path, LIMITS)) == (255, 0, 0, 255)).all()


def test_a_transparent_tile_covers_the_default_pixel(tmp_path):
    entries = {"l1": tiles(1, 4, raw_tile(0, 0, bytes(4))), "l1__defaultpixel": RED}
    path = archive_of(tmp_path / "a.kra", f'<layer {PAINT} name="a" filename="l1"/>', **entries)
    alpha = picture_rgba8(kra.read(path, LIMITS))[..., 3]
    assert (alpha[5, 5], alpha[5, 70]) == (0, 255)


@pytest.mark.parametrize("default", [b"\0", b"\xff"])
def test_two_masks_are_one(tmp_path, default):
    masks = "".join(f'<mask nodetype="transparencymask" filename="m{i}" visible="1"/>' for i in (1, 2))
    layer = f'<layer {PAINT} name="a" filename="l1"><masks>{masks}</masks></layer>'
    half = tiles(1, 1, raw_tile(0, 0, b"\x80"))
    entries = {"l1": tiles(0, 4), "l1__defaultpixel": RED, "m1__pixelselection": half, "m2__pixelselection": half}
    entries |= {f"m{i}__pixelselection__defaultpixel": default for i in (1, 2)}
    alpha = picture_rgba8(kra.read(archive_of(tmp_path / "a.kra", layer, **entries), LIMITS))[..., 3]
    assert (alpha[5, 5], alpha[5, 90]) == (64, default[0])


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        ('<layer nodetype="adjustmentlayer" name="f" visible="1"/>', "filter layers"),
        ('<layer nodetype="shapelayer" name="v" visible="1"/>', "vector layers"),
        (f'<layer {PAINT.replace("RGBA", "CMYKA")} name="c" filename="l1"/>', "other colours"),
        (f'<layer {PAINT} name="d" filename="none"/>', "damaged layers"),
        (f'<layer {PAINT.replace("normal", "reeze")} name="m" filename="l1"/>', "reeze"),
        (f'<layer {PAINT} filename="l1"><masks><mask nodetype="filtermask" visible="1"/></masks></layer>', "filter m"),
        (f'<layer {PAINT} name="m" filename="l1" layerstyle="x"/>', "styles"),
    ],
)  # fmt: skip
def test_of_what_there_is_not_here_the_picture_is_shown(tmp_path, layer, word):
    below = f'<layer {PAINT} name="below" filename="l1"/>'
    path = archive_of(tmp_path / "a.kra", layer + below, l1=tiles(1, 4, raw_tile(0, 0, RED)))
    notes = Notes()
    state = kra.read(path, LIMITS, notes)
    assert word in notes.sentences[0]
    assert (picture_rgba8(state) == (0, 255, 0, 255)).all()
    assert [node.visible for node in state.layers] == [False, True]
    assert any(node.name == "below" and node.surface.tiles for node in state.walk() if isinstance(node, Layer))


def test_what_is_hidden_may_be_of_any_kind(tmp_path):
    layers = f'<layer nodetype="shapelayer" name="v" visible="0"/><layer {PAINT} name="a" filename="l1"/>'
    notes = Notes()
    state = kra.read(archive_of(tmp_path / "a.kra", layers, l1=tiles(1, 4, raw_tile(0, 0, RED))), LIMITS, notes)
    assert [node.name for node in state.layers] == ["a"]
    assert len(notes.sentences) == 1


def test_a_mask_of_a_pass_through_group_is_off_as_in_krita(tmp_path):
    inside = f'<layers><layer {PAINT} name="a" filename="l1"/><mask nodetype="transparencymask" filename="m"/></layers>'
    group = f'<layer nodetype="grouplayer" name="g" passthrough="1" visible="1">{inside}</layer>'
    entries = {"l1": tiles(1, 4, raw_tile(0, 0, RED)), "m__pixelselection": tiles(0, 1)}
    (node,) = kra.read(archive_of(tmp_path / "a.kra", group, **entries), LIMITS).layers
    assert isinstance(node.mask, LayerMask)
    assert not node.mask.enabled


# Hostile


@pytest.mark.parametrize(
    "stream",
    [
        b"", b"VERSION 1\n", tiles(5, 4), tiles(1, 4, b"0,0,LZF,99999999\n" + bytes(50)),
        tiles(1, 4, b"0,0,ZIP,4\nabcd"), tiles(1, 4, b"x,y,LZF,4\nabcd"), tiles(1, 4, b"9999999999,0,LZF,4\nabcd"),
        tiles(1, 3, raw_tile(0, 0, b"abc")),
        tiles(1, 4, b"0,0,LZF,5\n\1\xff\xff\xff\xff"), tiles(1, 4, b"0,0,LZF,3\n\1\x20\x05"), tiles(10**12, 4),
        tiles(1, 4, raw_tile(0, 0, RED)[:-1]), b"VERSION 2\n" + b"a" * 200,
        tiles(1, 4).replace(b"64", b"0"), tiles(1, 4).replace(b"64", b"100000"),
    ],
)  # fmt: skip
def test_damaged_pixels_leave_the_picture(tmp_path, stream):
    path = archive_of(tmp_path / "a.kra", f'<layer {PAINT} name="a" filename="l1"/>', l1=stream)
    notes = Notes()
    assert (picture_rgba8(kra.read(path, LIMITS, notes)) == (0, 255, 0, 255)).all()
    assert notes.sentences


def test_tiles_all_over_the_world_are_counted(tmp_path):
    far = [raw_tile(i * 128, 0, RED) for i in range(600)]
    path = tmp_path / "a.kra"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(
            "maindoc.xml",
            f'<DOC><IMAGE name="P" width="9" height="9"><layers><layer {PAINT} filename="l"/></layers></IMAGE></DOC>',
        )
        out.writestr("P/layers/l", tiles(600, 4, *far))
    started = time.perf_counter()
    with pytest.raises(FormatError, match="memory"):
        kra.read(path, Limits(30_000, 32 << 20))
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "document", ["", "<DOC/>", '<!DOCTYPE a [<!ENTITY b "c">]><DOC/>', '<DOC><IMAGE width="0" height="3"/></DOC>']
)
def test_bad_lists_of_layers_are_a_sentence(tmp_path, document):
    path = tmp_path / "a.kra"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "application/x-kra")
        out.writestr("maindoc.xml", document)
    with pytest.raises(FormatError) as caught:
        registry.read(path)
    assert str(path) in str(caught.value)


def slow_lzf(packed: bytes, room: int) -> bytes | None:
    out = bytearray()
    at = 0
    try:
        while at < len(packed):
            head = packed[at]
            at += 1
            if head < 32:
                if at + head + 1 > len(packed):
                    return None
                out += packed[at : at + head + 1]
                at += head + 1
            else:
                count = head >> 5
                if count == 7:
                    count += packed[at]
                    at += 1
                start = len(out) - ((head & 31) << 8) - packed[at] - 1
                at += 1
                if start < 0:
                    return None
                for i in range(count + 2):
                    out.append(out[start + i])
            if len(out) > room:
                return None
    except IndexError:
        return None
    return bytes(out)


@given(st.binary(max_size=60) | st.lists(st.sampled_from([0, 1, 2, 32, 33, 64, 224, 255, 7]), max_size=60).map(bytes))
def test_lzf_is_unpacked_as_slowly(packed):
    out = np.zeros((1, 1, 300), np.uint8)
    count = unpack_lzf(np.frombuffer(packed, np.uint8).reshape(1, 1, -1), out)
    expected = slow_lzf(packed, 300)
    assert (None if count < 0 else out[0, 0, :count].tobytes()) == expected


def test_16_bit_tiles_are_little_endian(tmp_path):
    blue, green, red = 65535, 0, 32768
    pixel = struct.pack("<4H", blue, green, red, 65535)
    layer = f'<layer {PAINT.replace("RGBA", "RGBA16")} name="a" filename="l1"/>'
    state = kra.read(archive_of(tmp_path / "a.kra", layer, l1=tiles(1, 8, raw_tile(0, 0, pixel))), LIMITS)
    assert tuple(state.layers[0].surface.read(state.rect)[0, 0]) == (ONE // 2, 0, ONE, ONE)
