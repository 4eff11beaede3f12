"""PNG in bands: what others read in it, and that nothing is lost between tiles and file."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from canvas.formats import png_kernels
from canvas.formats.job import Job
from canvas.formats.png_stream import read_header, read_surface, srgb_chunks, write_png
from canvas.geometry import Rect
from canvas.tiles import ONE, Pixels, from_rgba8, to_rgba8


def pixels(height: int, width: int, seed: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    alpha = rng.integers(0, ONE + 1, (height, width, 1))
    alpha[: height // 4] = ONE
    alpha[-height // 4 :] = 0
    return np.concatenate([rng.integers(0, ONE + 1, (height, width, 3)) * alpha // ONE, alpha], 2).astype(np.uint16)


def encoded(straight: np.ndarray, first_band: int = 128) -> bytes:
    out = io.BytesIO()
    height, width, _ = straight.shape
    chunks = srgb_chunks(8 * straight.itemsize) if straight.shape[2] > 2 else []
    write_png(out, width, height, lambda y0, y1: straight[y0:y1], chunks, Job(), first_band)
    return out.getvalue()


def test_straight_pixels_are_those_of_the_slow_way():
    source = pixels(40, 50)
    eight = np.empty(source.shape, np.uint8)
    png_kernels.straight8(source, eight)
    assert (eight == to_rgba8(source)).all()
    sixteen = np.empty(source.shape, np.uint16)
    png_kernels.straight16(source, sixteen)
    wide = source.astype(np.float64)
    expected = np.floor(wide[..., :3] * 65535 / np.maximum(wide[..., 3:], 1) + 0.5)
    assert (np.abs(sixteen[..., :3] - expected)[source[..., 3] > 0] <= 1).all()
    assert (sixteen[..., 3] == np.floor(wide[..., 3] * 65535 / ONE + 0.5)).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_premultiplied_pixels_are_those_of_the_slow_way(channels):
    straight = np.random.default_rng(1).integers(0, 256, (30, 40, channels)).astype(np.uint8)
    rgba = np.full((30, 40, 4), 255, np.uint8)
    rgba[..., :3] = straight[..., :3] if channels >= 3 else straight[..., :1]
    if channels in (2, 4):
        rgba[..., 3] = straight[..., -1]
    eight, sixteen = np.zeros((60, 60, 4), np.uint16), np.zeros((60, 60, 4), np.uint16)
    assert png_kernels.premultiply8(straight, eight, 5, 25, 10)
    assert (eight[10:40, 25:60] == from_rgba8(rgba)[:, 5:]).all()
    assert not eight[:10].any()
    png_kernels.premultiply16(straight.astype(np.uint16) * 257, sixteen, 5, 25, 10)
    assert np.abs(sixteen.astype(int) - eight).max() <= 1


def test_what_is_transparent_leaves_the_tile_alone():
    tile = np.zeros((8, 8, 4), np.uint16)
    straight = np.full((8, 8, 4), 200, np.uint8)
    straight[..., 3] = 0
    assert not png_kernels.premultiply8(straight, tile, 0, 0, 0)
    assert not tile.any()


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize(("height", "first_band"), [(1, 1), (300, 44), (256, 128)])
def test_others_read_what_is_written(channels, depth, height, first_band):
    straight = np.random.default_rng(2).integers(0, 1 << depth, (height, 37, channels)).astype(f"u{depth // 8}")
    straight[5:60] = straight[5:6]
    data = encoded(straight, first_band)
    assert Image.open(io.BytesIO(data)).size == (37, height)
    seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if channels == 2:
        assert (seen[..., 3] == straight[..., 1]).all()
    else:
        order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
        assert (seen.reshape(height, 37, -1)[..., order] == straight).all()


@pytest.mark.parametrize(("x", "y"), [(0, 0), (-30, 55), (200, -129)])
def test_16_bits_bring_back_every_value(x, y):
    source = pixels(150, 140, 3)
    straight = np.empty(source.shape, np.uint16)
    png_kernels.straight16(source, straight)
    data = encoded(straight)
    surface, profile = read_surface(lambda: io.BytesIO(data), read_header(data), x, y, Job())
    assert (surface.read(Rect(x, y, x + 140, y + 150)) == source).all()
    assert profile is not None


@pytest.mark.parametrize("kind", ["filters", "interlaced", "palette"])
def test_pngs_of_other_programs_are_read(kind):
    picture = np.kron(np.random.default_rng(5).integers(0, 256, (20, 30, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    picture[50:90, :, 0] = np.arange(240)
    image = Image.fromarray(picture)
    out = io.BytesIO()
    if kind == "palette":
        image = image.quantize(16)
        image.save(out, "PNG", transparency=3)
    elif kind == "interlaced":
        out.write(cv2.imencode(".png", picture[..., ::-1])[1].tobytes())
        Image.open(out).save(out := io.BytesIO(), "PNG", interlace=1)
    else:
        image.save(out, "PNG", compress_level=6)
    data = out.getvalue()
    surface, _ = read_surface(lambda: io.BytesIO(data), read_header(data), 0, 0, Job())
    expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    assert (to_rgba8(surface.read(Rect(0, 0, 240, 160)))[expected[..., 3] > 0] == expected[expected[..., 3] > 0]).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_a_transparent_colour_is_transparent(channels):
    straight = np.full((20, 20, channels), 90, np.uint8)
    straight[5:10] = 40
    image = Image.fromarray(straight[..., 0] if channels == 1 else straight)
    out = io.BytesIO()
    image.save(out, "PNG", transparency=40 if channels == 1 else (40, 40, 40))
    data = out.getvalue()
    surface, _ = read_surface(lambda: io.BytesIO(data), read_header(data), 0, 0, Job())
    seen = to_rgba8(surface.read(Rect(0, 0, 20, 20)))
    assert tuple(seen[0, 0]) == (90, 90, 90, 255)
    assert not seen[5:10].any()
