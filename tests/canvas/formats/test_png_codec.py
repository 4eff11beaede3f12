"""PNG as bytes: exact at every depth, readable by others, theirs readable here; nothing believed of a stranger's."""

from __future__ import annotations

import io
import struct
import zlib
from itertools import product

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from canvas.formats import png_codec
from canvas.formats.errors import cannot_open
from canvas.formats.job import Cancelled, Job
from canvas.formats.png_codec import PngError, PngReader, chunk, decode_png, encode_png
from canvas.formats.png_filters import filter_rows, unfilter_rows

CASES = list(product((np.uint8, np.uint16), (1, 2, 3, 4)))


def any_size(width: int, height: int) -> None:
    """A check that lets everything through."""


def decoded(data: bytes) -> np.ndarray:
    return decode_png(io.BytesIO(data), any_size)[1]


def picture(width: int, height: int, channels: int, dtype: type, seed: int = 1) -> np.ndarray:
    """Noise, a flat part, a ramp, and repeated rows: something for every filter."""
    rng = np.random.default_rng(seed)
    out = rng.integers(0, np.iinfo(dtype).max + 1, (height, width, channels)).astype(dtype)
    out[height // 4 : height // 2] = out[0, 0]
    out[height // 2 : 3 * height // 4] = np.arange(width, dtype=dtype)[None, :, None] * 3
    out[3 * height // 4 :] = out[height // 2 if height > 1 else 0]
    return out


@given(
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4)),
    deep=st.booleans(),
    values=st.sampled_from((1, 2, 5, 256)),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_every_picture_comes_back_bit_for_bit(shape, deep, values, seed):
    dtype = np.uint16 if deep else np.uint8
    pixels = np.random.default_rng(seed).integers(0, values, shape).astype(dtype) * dtype(257 if deep else 1)
    back = decoded(encode_png(pixels))
    assert back.dtype == dtype
    assert (back == pixels).all()


@pytest.mark.parametrize(("dtype", "channels"), CASES)
def test_other_readers_see_the_same_pixels(dtype, channels):
    pixels = picture(233, 120, channels, dtype)
    data = encode_png(pixels)
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.size == (233, 120)
        if dtype == np.uint8:
            assert (np.asarray(image).reshape(pixels.shape) == pixels).all()
    seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert seen.dtype == dtype
    if channels == 2:  # OpenCV has no grey with alpha
        assert (seen[..., [0, 3]] == pixels).all()
    else:
        order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
        assert (seen.reshape(120, 233, channels)[..., order] == pixels).all()


def test_a_picture_of_many_bands_is_one_stream(monkeypatch):
    monkeypatch.setattr(png_codec, "_BAND_BYTES", 3000)
    pixels = picture(200, 300, 3, np.uint8)
    data = encode_png(pixels)
    assert data.count(b"IDAT") == 60
    assert (decoded(data) == pixels).all()
    with Image.open(io.BytesIO(data)) as image:
        assert (np.asarray(image) == pixels).all()


def test_pictures_are_about_as_small_as_pillow_makes_them():
    y, x = np.mgrid[:500, :500] / 500
    pixels = (np.stack([x * 0.7 + y * 0.3, np.hypot(x, y) / 2, np.cos(x * 3)], axis=2) * 120 + 120).astype(np.uint8)
    pixels[100:200, 100:300] = (200, 30, 40)
    theirs = io.BytesIO()
    Image.fromarray(pixels).save(theirs, "PNG", compress_level=3)
    assert len(encode_png(pixels)) < 1.05 * len(theirs.getvalue())


@pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 8])
@pytest.mark.parametrize("width", [1, 2, 7])
def test_filters_are_those_of_the_specification(step, width):
    rng = np.random.default_rng(step * 10 + width)
    n = step * width
    for kind in range(5):
        filtered = rng.integers(0, 256, (1, 6, n + 1)).astype(np.uint8)
        filtered[..., 0] = kind
        rows = np.zeros((1, 7, n), np.uint8)
        rows[0, 0] = rng.integers(0, 256, n)
        wanted = slowly_unfiltered(filtered[0], rows[0, 0], step)
        assert unfilter_rows(filtered, step, rows) == -1
        assert (rows[0, 1:] == wanted).all()
        again = np.empty_like(filtered)
        filter_rows(rows, step, again)
        back = rows.copy()
        back[0, 1:] = 0
        assert unfilter_rows(again, step, back) == -1
        assert (back == rows).all()


def slowly_unfiltered(filtered: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    out = []
    up = above.astype(int)
    for row in filtered.astype(int):
        kind, values = row[0], row[1:]
        line = np.zeros_like(values)
        for i, value in enumerate(values):
            a, b, c = (line[i - step] if i >= step else 0), up[i], (up[i - step] if i >= step else 0)
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            line[i] = (value + (0, a, b, (a + b) // 2, nearest)[kind]) % 256
        out.append(line)
        up = line
    return np.array(out, np.uint8)


# Files of other makes


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes_of_any_depth_with_transparent_colours(bits):
    count = 1 << bits
    rng = np.random.default_rng(bits)
    palette = rng.integers(0, 256, (count, 3)).astype(np.uint8)
    indices = rng.integers(0, count, (9, 13)).astype(np.uint8)
    indices[0, :2] = 0, 1
    image = Image.fromarray(indices, "P")
    image.putpalette(palette.tobytes())
    out = io.BytesIO()
    image.save(out, "PNG", bits=bits, transparency=bytes([7, 99][: min(count, 2)]))
    seen = decoded(out.getvalue())
    assert (seen == np.asarray(image_of(out).convert("RGBA"))).all()
    assert (seen[..., 3] < 255).any()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "I;16"])
def test_what_pillow_writes_is_read(mode):
    if mode == "I;16":
        image = Image.fromarray(picture(31, 17, 1, np.uint16)[..., 0])
    else:
        image = Image.fromarray(picture(31, 17, 4, np.uint8)).convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG")
    wanted = np.asarray(image.convert("L") if mode == "1" else image)
    assert (decoded(out.getvalue()).reshape(wanted.shape) == wanted).all()


@pytest.mark.parametrize(("depth", "colour", "channels"), [(8, 2, 3), (16, 6, 4), (16, 0, 1), (8, 4, 2)])
@pytest.mark.parametrize("size", [(1, 1), (5, 3), (8, 8), (33, 19)])
def test_interlaced_pictures_come_together(depth, colour, channels, size):
    pixels = picture(*size, channels, np.uint16 if depth == 16 else np.uint8)
    rows = b""
    for x, y, step_x, step_y in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        part = pixels[y::step_y, x::step_x]
        if part.size:
            rows += b"".join(b"\0" + line.astype(f">u{depth // 8}").tobytes() for line in part)
    data = made(*size, depth, colour, zlib.compress(rows), interlaced=1)
    assert (decoded(data) == pixels).all()


@pytest.mark.parametrize(
    ("bits", "colour", "key"), [(2, 0, b"\0\3"), (8, 2, b"\0\1\0\2\0\3"), (16, 2, b"\1\1\2\2\3\3")]
)
def test_a_colour_that_stands_for_transparency(bits, colour, key):
    if colour == 0:
        rows = b"\0" + bytes([0b11_10_01_00])
    else:
        one = key if bits == 16 else key[1::2]
        rows = b"\0" + one + bytes(len(one))
    width = 4 if colour == 0 else 2
    seen = decoded(made(width, 1, bits, colour, zlib.compress(rows), chunks=chunk(b"tRNS", key)))
    assert seen[0, 0, -1] == 0
    assert (seen[0, 1:, -1] == np.iinfo(seen.dtype).max).all()
    if colour == 0:
        assert seen[0, :, 0].tolist() == [255, 170, 85, 0]


def test_what_stands_before_the_pixels_is_told():
    info = PngImagePlugin.PngInfo()
    info.add(b"gAMA", struct.pack(">I", 45455))
    info.add(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    info.add(b"cICP", bytes((12, 13, 0, 1)))
    out = io.BytesIO()
    Image.new("RGB", (4, 3)).save(out, "PNG", pnginfo=info, dpi=(300, 300), icc_profile=b"profile")
    found = PngReader(io.BytesIO(out.getvalue())).info
    assert (found.width, found.height, found.depth, found.channels, found.frames) == (4, 3, 8, 3, 1)
    assert found.gamma == pytest.approx(0.45455)
    assert found.chromaticities == pytest.approx((0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06))
    assert found.cicp == (12, 13)
    assert found.ppi == 300.0
    assert found.profile == b"profile"


def test_our_chunks_are_read_by_pillow():
    chunks = [
        png_codec.profile_chunk(b"not much of a profile"),
        png_codec.ppi_chunk(72),
        png_codec.text_chunk("parameters", "für"),
        png_codec.text_chunk("note", "夜\0"),
        png_codec.international_text_chunk("XML:com.adobe.xmp", "<x/>"),
    ]
    with image_of(io.BytesIO(encode_png(picture(5, 5, 3, np.uint8), chunks))) as image:
        assert image.text == {"parameters": "für", "note": "夜", "XML:com.adobe.xmp": "<x/>"}
        assert image.info["icc_profile"] == b"not much of a profile"
        assert image.info["dpi"] == pytest.approx((72, 72), abs=0.01)


# Strangers' files


def made(
    width: int, height: int, depth: int, colour: int, idat: bytes, *, interlaced: int = 0, chunks: bytes = b""
) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    return png_codec.SIGNATURE + header + chunks + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


ROW = zlib.compress(b"\0\1\2\3")
BAD = {
    "empty": (b"", "no PNG"),
    "another format": (b"GIF89a" * 9, "no PNG"),
    "cut in the header": (made(1, 1, 8, 2, ROW)[:20], "ends early"),
    "cut in the pixels": (made(1, 1, 8, 2, ROW)[:-25], "ends early"),
    "no pixels": (
        png_codec.SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IEND", b""),
        "no pixels",
    ),
    "no header": (png_codec.SIGNATURE + chunk(b"IDAT", ROW), "begin with its size"),
    "no size": (made(0, 5, 8, 2, ROW), "0x5"),
    "strange depth": (made(1, 1, 3, 2, ROW), "3 bits"),
    "strange kind": (made(1, 1, 8, 5, ROW), "kind 5"),
    "too few rows": (made(1, 2, 8, 2, ROW), "ends early"),
    "unknown filter": (made(1, 1, 8, 2, zlib.compress(b"\x09\1\2\3")), "filtered"),
    "no deflate": (made(1, 1, 8, 2, b"nonsense"), "header"),
    "wrong checksum": (made(1, 1, 8, 2, ROW).replace(b"IHDR\0\0\0\1", b"IHDR\0\0\0\2"), "checksum"),
    "no palette": (made(1, 1, 8, 3, zlib.compress(b"\0\0")), "palette"),
    "flipped bit in the last data": (
        made(1, 1, 8, 2, zlib.compress(b"\0\1\2\3", 0)).replace(b"\0\1\2\3", b"\0\1\2\7"),
        "data check",
    ),
    "endless chunk": (made(1, 1, 8, 2, ROW, chunks=b"\xff\xff\xff\xfftEXt"), "length"),
}


@pytest.mark.parametrize(("data", "why"), BAD.values(), ids=BAD.keys())
def test_a_damaged_file_says_what_is_wrong(data, why):
    with pytest.raises(PngError, match=why):
        decoded(data)


def test_the_size_is_asked_about_before_anything_is_allocated():
    def refuse(width: int, height: int) -> None:
        raise cannot_open(io.BytesIO, f"{width}x{height}", "no")

    with pytest.raises(ValueError, match="2000000000x2000000000"):
        decode_png(io.BytesIO(made(2_000_000_000, 2_000_000_000, 16, 6, ROW)), refuse)


def test_a_bomb_unpacks_to_no_more_than_its_header_says():
    bomb = zlib.compress(bytes(50_000_000))
    assert decoded(made(2, 1, 8, 0, bomb)).tolist() == [[[0], [0]]]


def test_damaged_words_about_a_picture_do_not_cost_the_picture():
    junk = b"".join(chunk(kind, b"\1") for kind in (b"gAMA", b"cHRM", b"pHYs", b"cICP", b"acTL", b"tRNS", b"zTXt"))
    info, pixels = decode_png(io.BytesIO(made(1, 1, 8, 2, ROW, chunks=junk + chunk(b"iCCP", b"x"))), any_size)
    assert pixels.tolist() == [[[1, 2, 3]]]
    assert (info.gamma, info.ppi, info.transparent, info.frames) == (None, None, None, 1)
    assert info.profile == b""


def test_encoding_and_decoding_can_be_called_off():
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        encode_png(picture(50, 50, 3, np.uint8), job=job)
    with pytest.raises(Cancelled):
        decode_png(io.BytesIO(encode_png(picture(50, 50, 3, np.uint8))), any_size, job)


def image_of(out: io.BytesIO) -> Image.Image:
    return Image.open(io.BytesIO(out.getvalue()))
