"""OpenRaster from strangers: one sentence or a document, in bounded memory and time, whatever the file holds."""

from __future__ import annotations

import io
import random
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from canvas.formats import ora, registry
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

LIMITS = Limits(30_000, 64 << 20)
MIB = 1 << 20


def png(size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, (10, 20, 30, 255)).save(out, "PNG")
    return out.getvalue()


def archive_of(path: Path, stack: str | bytes, method: int = zipfile.ZIP_DEFLATED, **pictures: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("mimetype", "image/openraster")
        out.writestr("stack.xml", stack, method)
        for name, data in pictures.items():
            out.writestr(f"{name}.png", data, method)
    return path


def image(stack: str, size: str = 'w="8" h="8"') -> str:
    return f"<image {size}><stack>{stack}</stack></image>"


def sentence(path: Path) -> str:
    with pytest.raises(FormatError) as caught:
        ora.read(path, LIMITS)
    text = str(caught.value)
    assert str(path) in text
    assert text.endswith(".")
    assert "\n" not in text
    return text


def blank_png(width: int, height: int) -> bytes:
    """As large as it says, and next to nothing in the file."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 4 * width)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_with(width, height, body)


def png_with(width: int, height: int, body: bytes, depth: int = 8, kind: int = 6) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


ENTITIES = '<!DOCTYPE image [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + image('<layer name="&b;"/>')
OUTSIDE = '<!DOCTYPE image [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + image('<layer name="&a;" src="a.png"/>')


@pytest.mark.parametrize(
    ("stack", "hint"),
    [
        (ENTITIES, "entities"),
        (OUTSIDE, "entities"),
        ("", "no XML"),
        ("<image", "no XML"),
        ("<stack/>", "damaged"),
        ("<image w='8' h='8'/>", "damaged"),
        (image("", size='w="0" h="8"'), "0x8"),
        (image("", size='w="40000" h="8"'), "40000x8"),
        (image("", size='w="nan" h="1e999"'), "0x0"),
        (image("<stack>" * 500 + "</stack>" * 500), "deep"),
        (image("<layer/>" * 200_001), "many"),
    ],
)
def test_bad_lists_of_layers(tmp_path, stack, hint):
    assert hint in sentence(archive_of(tmp_path / "a.ora", stack, a=png()))


def test_a_list_of_layers_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path):
    path = archive_of(tmp_path / "a.ora", b" " * (65 * MIB))
    tracemalloc.start()
    sentence(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MIB


def test_a_bomb_of_a_layer_is_refused_by_its_size(tmp_path):
    path = archive_of(tmp_path / "a.ora", image('<layer src="a.png"/>'), a=png_with(20_000, 20_000, zlib.compress(b"")))
    started = time.perf_counter()
    assert "memory" in sentence(path)
    assert time.perf_counter() - started < 5


def test_many_small_bombs_are_added_up(tmp_path):
    layers = "".join(f'<layer src="p{i}.png"/>' for i in range(300))
    data = blank_png(1000, 1000)
    path = archive_of(tmp_path / "a.ora", image(layers), **{f"p{i}": data for i in range(300)})
    assert "memory" in sentence(path)


def test_a_layer_named_a_thousand_times_is_read_once(tmp_path):
    path = archive_of(tmp_path / "a.ora", image('<layer src="a.png"/>' * 1000), a=blank_png(1000, 1000))
    started = time.perf_counter()
    assert len(ora.read(path, LIMITS).layers) == 1000
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        png()[:40],
        png()[:-30],
        png_with(8, 8, b"not deflate"),
        png_with(8, 8, zlib.compress(bytes(10))),
        png_with(8, 8, zlib.compress(bytes([9] + [0] * 32) * 8)),
        png_with(8, 8, zlib.compress(bytes(264)), depth=3),
        png_with(0, 8, zlib.compress(bytes(264))),
        b"GIF89a" + bytes(20),
        b"\xff\xd8\xff" + bytes(20),
    ],
)
def test_a_damaged_picture_costs_a_note_not_the_document(tmp_path, data):
    stack = image('<layer name="bad" src="b.png"/><layer name="good" src="a.png"/>')
    notes = Notes()
    back = ora.read(archive_of(tmp_path / "a.ora", stack, a=png(), b=data), LIMITS, notes)
    assert [bool(node.surface.tiles) for node in back.layers] == [True, False]
    assert "“bad”" in notes.sentences[0]


def test_pixels_beyond_the_last_row_do_not_matter(tmp_path):
    data = png_with(8, 8, zlib.compress(bytes([0] + [255] * 32) * 500))
    back = ora.read(archive_of(tmp_path / "a.ora", image('<layer src="a.png"/>'), a=data), LIMITS)
    assert back.layers[0].surface.content_bounds().size == (8, 8)


def test_empty_pieces_of_pixels_do_not_hold_it_up(tmp_path):
    empty = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    whole = png_with(8, 8, b"")
    data = whole[:33] + empty * 500_000 + whole[33:]
    started = time.perf_counter()
    sentence(archive_of(tmp_path / "a.ora", image('<layer src="a.png"/>'), a=data))
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("name", ["/etc/passwd", "../../secret.png", "C:\\\\a.png", "", "stack.xml", "\x00"])
def test_names_that_lead_elsewhere_are_only_names(tmp_path, name):
    stack = image(f'<layer name="x" src="{name if name.isprintable() else "&#1;"}"/><layer src="a.png"/>')
    path = archive_of(tmp_path / "a.ora", stack, a=png())
    try:
        assert not ora.read(path, LIMITS).layers[1].surface.tiles
    except FormatError:
        assert not name.isprintable()


@pytest.mark.parametrize(
    "attributes",
    [
        'x="1e400" y="nan"', 'x="99999999999"', 'opacity="nan"', 'opacity="-3"', 'opacity="five"', 'visibility="maybe"',
        'x="2000000000" y="-2000000000"', 'composite-op="&lt;x&gt;"', 'isolation="perhaps"',
    ],
)  # fmt: skip
def test_attributes_that_make_no_sense(tmp_path, attributes):
    path = archive_of(tmp_path / "a.ora", image(f'<layer src="a.png" {attributes}/>'), a=png())
    layer = ora.read(path, LIMITS).layers[0]
    assert 0.0 <= layer.opacity <= 1.0


@pytest.mark.parametrize(
    "own",
    [
        "x", "[]", "{", '{"blend": "norm"}', '{"blend": "norm", "opacity": 1e9, "written": ["", "", ""]}',
        '{"blend": "norm", "opacity": NaN, "written": ["svg:src-over", "1", ""]}',
        '{"blend": "norm", "opacity": 1, "written": ["svg:src-over", "1", ""], "filter": {"filter": "levels"}}',
        '{"blend": "norm", "opacity": 1, "written": ["svg:src-over", "1", ""], '
        '"mask": {"values": ["a.png", 0, 0, 1, 2], "outside": true, "enabled": true, "hides": true}}',
        '{"blend": "norm", "opacity": 1, "written": ["svg:src-over", "1", ""], "seen": ["a.png", 0, 0, 5, 6]}',
        '{"blend": "norm", "opacity": 1, "written": ["svg:src-over", "1", ""], "mask": 5, "label": "pink"}',
        '{"blend": "norm", "opacity": 1, "written": ["", "", ""], "seen": ["\\ud800", 0, 0, 5, 6]}',
        '{"blend": "norm", "opacity": 1, "written": ["", "", ""], "pixels": ["a.png", 99999999999, 0, 5, 6]}',
        "[" * 50_000,
    ],
)  # fmt: skip
def test_damaged_data_of_our_own_changes_nothing(tmp_path, own):
    escaped = own.replace('"', "&quot;")
    space = 'w="8" h="8" xmlns:underdraw="https://underdraw.app/ns/1.0/"'
    layer = f'<layer name="a" src="a.png" underdraw:look="{escaped}" underdraw:node="{escaped}"/>'
    layer += f'<stack underdraw:part="clipping" underdraw:look="{escaped}"/>'
    stack = (
        f'<image {space} underdraw:document="{escaped}" underdraw:selection="{escaped}"><stack>{layer}</stack></image>'
    )
    back = ora.read(archive_of(tmp_path / "a.ora", stack, a=png()), LIMITS)
    assert back.layers[-1].surface.tiles


def test_an_archive_that_lists_millions_of_files_is_refused_unread(tmp_path):
    path = archive_of(tmp_path / "a.ora", image(""))
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    data[end + 12 : end + 16] = struct.pack("<L", 1 << 31)
    path.write_bytes(data)
    assert "archive" in sentence(path)


def test_an_encrypted_archive_is_a_sentence(tmp_path):
    path = archive_of(tmp_path / "a.ora", image(""))
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(data)
    sentence(path)


def test_damage_anywhere_gives_a_sentence_or_a_document(tmp_path):
    pixels = np.random.default_rng(0).integers(0, ONE + 1, (30, 40, 4)).astype(np.uint16)
    pixels[..., 3] = ONE
    good = tmp_path / "good.ora"
    ora.write(DocumentState(40, 30, (Layer("Noise 音", surface=Surface.from_pixels(pixels)),)), good)
    data = good.read_bytes()
    chance = random.Random(4)
    path = tmp_path / "bad.ora"
    refused = 0
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del broken[chance.randrange(len(broken)) :]
        path.write_bytes(broken)
        try:
            registry.read(path, LIMITS)
        except FormatError:
            refused += 1
    assert refused > 50


def test_a_disk_that_fails_in_the_middle_is_no_empty_layer(tmp_path, monkeypatch):
    path = archive_of(tmp_path / "a.ora", image('<layer src="a.png"/>'), a=png())
    opened = zipfile.ZipFile.open

    def failing(self: zipfile.ZipFile, name: zipfile.ZipInfo, *rest: object) -> object:
        if getattr(name, "filename", "") == "a.png":
            raise OSError(5, "Input/output error")
        return opened(self, name, *rest)

    monkeypatch.setattr(zipfile.ZipFile, "open", failing)
    sentence(path)
