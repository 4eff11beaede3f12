"""Flat pictures: exact where the format is, with profile, resolution and texts; and those of other programs."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import lzma
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import cv2
import foreign
import numpy as np
import pytest
import tifffile
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icc_profiles import ADOBE_RGB, gamma, grey_profile, ink_profile, rgb_profile, srgb_table
from PIL import Image, ImageCms

from canvas.blend_modes import BlendMode
from canvas.filters.values import Invert
from canvas.formats import flat, flat_writing, registry, tiff
from canvas.formats.colour_profiles import srgb_profile
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.formats.properties import icc_profile, ppi, with_icc_profile, with_ppi
from canvas.layers import Adjustment, Layer, LayerMask
from canvas.roles import Control
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, from_rgba8

LIMITS = Limits.of_this_machine()
ADOBE = rgb_profile("Like Adobe RGB", ADOBE_RGB, gamma(2.2))
#: Every ending with the options by which it keeps each pixel.
EXACT = {
    "png": WriteOptions(),
    "png 16": WriteOptions(depth=16),
    "tiff": WriteOptions(),
    "tiff 16": WriteOptions(depth=16),
    "webp": WriteOptions(lossless=True),
    "avif": WriteOptions(lossless=True),
}
LOSSY = {ending: WriteOptions(quality=95) for ending in ("jpg", "webp", "avif")}
ALL = {**{f"{name} exact": (name.split()[0], options) for name, options in EXACT.items()},
       **{name: (name, options) for name, options in LOSSY.items()}}  # fmt: skip
each_exact = pytest.mark.parametrize(("kind", "options"), EXACT.items(), ids=EXACT.keys())
each = pytest.mark.parametrize(("ending", "options"), ALL.values(), ids=ALL.keys())


def soft(width: int = 90, height: int = 60) -> np.ndarray:
    """A smooth opaque picture, uint8 RGB: what all formats keep well."""
    y, x = np.mgrid[:height, :width]
    return (np.stack([x / width, y / height, (x + y) / (width + height)], axis=2) * 200 + 30).astype(np.uint8)


def document(pixels: np.ndarray, **fields) -> DocumentState:
    """One layer of straight 8-bit RGB or RGBA."""
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    layer = Layer("Paint", surface=Surface.from_pixels(from_rgba8(pixels)), **fields)
    return DocumentState(pixels.shape[1], pixels.shape[0], (layer,))


def read(path: Path) -> tuple[DocumentState, tuple[str, ...]]:
    notes = Notes()
    return registry.read(path, notes=notes), notes.sentences


def tiles(state: DocumentState) -> dict:
    (layer,) = state.layers
    return {key: tile.tobytes() for key, tile in layer.surface.tiles.items()}


# There and back


@each_exact
@given(
    size=st.tuples(st.integers(1, 150), st.integers(1, 140)),
    alpha=st.sampled_from(("opaque", "holes", "any")),
    seed=st.integers(0, 999),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_formats_without_loss_keep_every_pixel(tmp_path, kind, options, size, alpha, seed):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (*size, 4)).astype(np.uint8)
    pixels[: size[0] // 2] = pixels[0, 0]
    if alpha != "any":
        pixels[..., 3] = 255 if alpha == "opaque" else (pixels[..., 3] > 99) * 255
    state = document(pixels)
    path = tmp_path / f"picture.{kind.split()[0]}"
    registry.write(state, path, options=options)
    back, notes = read(path)
    assert (picture_rgba8(back) == picture_rgba8(state)).all()
    assert notes == ()


@pytest.mark.parametrize("ending", ["png", "tiff"])
@given(seed=st.integers(0, 999), opaque=st.booleans())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_16_bits_keep_every_value_that_a_layer_can_have(tmp_path, ending, seed, opaque):
    rng = np.random.default_rng(seed)
    pixels = np.empty((70, 140, 4), np.uint16)
    pixels[..., 3] = ONE if opaque else rng.integers(0, ONE + 1, (70, 140))
    pixels[..., :3] = rng.random((70, 140, 3)) * (pixels[..., 3:] + 1.0)
    state = DocumentState(140, 70, (Layer("Paint", surface=Surface.from_pixels(pixels)),))
    path = tmp_path / f"picture.{ending}"
    registry.write(state, path, options=WriteOptions(depth=16))
    back, _ = read(path)
    assert tiles(back) == tiles(state)


@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_a_picture_of_16_bits_comes_back_within_what_a_tile_can_hold(tmp_path, ending):
    values = np.random.default_rng(5).integers(0, 65536, (50, 60, 3)).astype(np.uint16)
    values[0, :10] = np.arange(10)[:, None] * 257
    first, second = tmp_path / f"first.{ending}", tmp_path / f"second.{ending}"
    cv2.imwrite(str(first), values[..., ::-1])
    state, notes = read(first)
    registry.write(state, second, options=WriteOptions(depth=16))
    seen = cv2.imread(str(second), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert seen.dtype == np.uint16
    assert np.abs(seen.astype(int) - values).max() <= 1
    assert (seen[0, :10] == values[0, :10]).all()
    assert notes == ()
    # And a second round changes nothing at all.
    registry.write(read(second)[0], first, options=WriteOptions(depth=16))
    assert (cv2.imread(str(first), cv2.IMREAD_UNCHANGED)[..., ::-1] == seen).all()


def test_the_depth_of_a_file_is_told(tmp_path):
    for dtype, depth in ((np.uint8, 8), (np.uint16, 16)):
        path, notes = tmp_path / "picture.png", Notes()
        cv2.imwrite(str(path), np.zeros((4, 4, 3), dtype))
        registry.read(path, notes=notes)
        assert notes.depth == depth


@each
def test_a_picture_looks_the_same_afterwards(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    registry.write(document(soft()), path, options=options)
    back, _ = read(path)
    assert np.abs(picture_rgba8(back)[..., :3].astype(int) - soft()).max() <= 8


@each
def test_transparency_stays_or_becomes_the_background(tmp_path, ending, options):
    pixels = np.dstack([soft(), np.full((60, 90), 255, np.uint8)])
    pixels[:, 45:, 3] = 0
    path = tmp_path / f"picture.{ending}"
    registry.write(document(pixels), path, options=replace(options, background=(0.0, 1.0, 0.0)))
    seen = picture_rgba8(read(path)[0])
    if ending == "jpg":
        assert np.abs(seen[30, 80].astype(int) - (0, 255, 0, 255)).max() <= 6
    else:
        assert seen[30, 80, 3] <= 2
        assert seen[30, 10, 3] >= 253


@each
def test_the_resolution_is_kept(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    registry.write(with_ppi(document(soft()), 300.0), path, options=options)
    assert ppi(read(path)[0]) == pytest.approx(300.0)
    registry.write(document(soft()), path, options=options)
    assert ppi(read(path)[0]) is None


@each
def test_the_profile_of_a_document_goes_along_and_colours_stay(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    state = with_icc_profile(document(soft()), ADOBE)
    registry.write(state, path, options=options)
    with Image.open(path) as image:
        assert image.info["icc_profile"] == ADOBE
        stored = np.asarray(image.convert("RGB")).astype(int)
    back, notes = read(path)
    assert notes == ("Its colours were converted from Like Adobe RGB to sRGB",)
    assert icc_profile(back) == ADOBE
    assert np.abs(picture_rgba8(back)[..., :3].astype(int) - soft()).mean() <= 2
    # What is stored is what LittleCMS makes of the picture.
    lcms = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())), ImageCms.ImageCmsProfile(io.BytesIO(ADOBE))
    wanted = ImageCms.profileToProfile(Image.fromarray(soft()), *lcms, ImageCms.Intent.RELATIVE_COLORIMETRIC)
    assert np.abs(stored - np.asarray(wanted)).max() <= (1 if options in EXACT.values() else 20)


@each
def test_without_a_profile_a_file_says_that_it_is_srgb(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    registry.write(document(soft()), path, options=options)
    with Image.open(path) as image:
        if ending == "png" and options.depth == 8:
            assert image.info["srgb"] == 0
        else:
            assert image.info["icc_profile"] == srgb_profile()
    assert icc_profile(read(path)[0]) is None


def test_the_same_picture_makes_the_same_file(tmp_path):
    for name, (ending, options) in ALL.items():
        first, second = tmp_path / f"first.{ending}", tmp_path / f"second.{ending}"
        registry.write(document(soft()), first, options=options)
        registry.write(document(soft()), second, options=options)
        assert first.read_bytes() == second.read_bytes(), name


# What is said beside the picture


PROMPT = "ein Haus, 夜 🖋️"


def made_document(prompt: str = PROMPT) -> DocumentState:
    recipe = {"mode": "text", "prompt": prompt, "seed": 7, "steps": 4, "guidance": 1.0, "size": [90, 60], "model": "m"}
    return document(soft(), recipe=json.dumps(recipe))


@each
def test_how_it_was_made_is_where_others_look_for_it(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    registry.write(made_document(), path, options=options)
    with Image.open(path) as image:
        if ending == "png":
            text, xmp = image.text["parameters"], image.text["XML:com.adobe.xmp"]
        elif ending == "tiff":
            text, xmp = image.tag_v2[270].encode("latin-1").decode("utf-8"), image.tag_v2[700].decode()
        else:
            comment = image.getexif().get_ifd(0x8769)[0x9286]
            assert comment.startswith(b"UNICODE\0")
            text, xmp = comment[8:].decode("utf-16-be"), image.info["xmp"].decode()
    assert text.startswith(PROMPT + "\nSteps: 4, ")
    assert "trainedAlgorithmicMedia" in xmp


@each
def test_nothing_is_said_when_nothing_is_wanted(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    registry.write(made_document("secret"), path, options=replace(options, recipes=False, mark_ai=False))
    data = path.read_bytes()
    assert not any(word in data for word in (b"secret", "secret".encode("utf-16-be"), b"Steps", b"xmpmeta", b"ud:"))


def test_a_packet_too_long_for_a_jpeg_segment_is_split_as_adobe_prescribes(tmp_path):
    path = tmp_path / "long.jpg"
    state = made_document("夜" * 15_000 + "end")
    registry.write(state, path)
    with Image.open(path) as image:
        short = image.info["xmp"].decode()
        assert image.getexif().get_ifd(0x8769)[0x9286][8:].decode("utf-16-be").startswith("夜夜")
        pieces = [data for marker, data in image.applist if data.startswith(b"http://ns.adobe.com/xmp/extension/\0")]
    digest = short.split('xmpNote:HasExtendedXMP="')[1][:32]
    assert "DigitalSourceType" in short
    whole = bytearray()
    for piece in pieces:
        assert piece[35:67].decode() == digest
        length, at = struct.unpack(">II", piece[67:75])
        assert at == len(whole)
        whole += piece[75:]
    assert len(whole) == length
    assert hashlib.md5(whole).hexdigest().upper() == digest
    assert ElementTree.fromstring(bytes(whole)).tag == "{adobe:ns:meta/}xmpmeta"


@pytest.mark.parametrize("length", [40_000, 200_000])
def test_no_text_is_too_long_to_save(tmp_path, length):
    state = made_document("x" * length)
    for ending, options in ALL.values():
        path = tmp_path / f"picture.{ending}"
        registry.write(state, path, options=options)
        assert picture_rgba8(read(path)[0]).shape == (60, 90, 4)
    told = registry.losses(state, registry.JPEG)
    assert "how it was made, which is too long for JPEG" in told


@pytest.mark.parametrize("quality", [1, 89, 90, 100])
def test_noise_becomes_a_jpeg_of_any_quality(tmp_path, quality):
    path = tmp_path / "noise.jpg"
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    registry.write(document(noise), path, options=WriteOptions(quality=quality))
    with Image.open(path) as image:
        assert image.info["jfif_unit"] == 0
        assert image.layer[0][1:3] == ((1, 1) if quality >= 90 else (2, 2))
    if quality == 100:
        assert np.abs(picture_rgba8(read(path)[0])[..., :3].astype(int) - noise).max() <= 4


def test_a_profile_too_long_for_a_jpeg_segment_comes_in_pieces(tmp_path):
    path = tmp_path / "picture.jpg"
    profile = ADOBE + bytes(200_000)
    registry.write(with_icc_profile(document(soft()), profile), path)
    assert icc_profile(read(path)[0]) == profile


# What would be lost


def test_a_plain_opaque_picture_loses_nothing_by_formats_without_loss():
    for chosen, options in ((registry.PNG, WriteOptions()), (registry.TIFF, WriteOptions()),
                            (registry.WEBP, WriteOptions(lossless=True)), (registry.AVIF, WriteOptions(lossless=True))):  # fmt: skip  # noqa: E501
        assert registry.losses(document(soft()), chosen, options) == ()
    assert registry.losses(document(soft()), registry.JPEG) == ("exact colours, which are stored approximately",)


def test_losses_name_what_this_document_has():
    fine = np.full((30, 30, 4), ONE, np.uint16)
    fine[..., 0] = 77
    paint = Layer("Paint", surface=Surface.from_pixels(fine))
    mask = LayerMask(Surface.from_pixels(np.full((30, 30, 1), ONE // 2, np.uint16)))

    def told(*layers, chosen=registry.PNG, **fields) -> str:
        return "; ".join(registry.losses(DocumentState(30, 30, layers, **fields), chosen, WriteOptions()))

    assert told(paint) == "shades finer than 8 bits"
    assert "2 layers, which become one picture" in told(paint, Adjustment("Invert", Invert()))
    assert "the layer mask" in told(replace(paint, mask=mask))
    assert "the roles of 1 layer (“Lines”)" in told(paint, Layer("Lines", role=Control()))
    assert "what lies outside the canvas" in told(replace(paint, surface=Surface.from_pixels(fine, 5, 5)))
    assert "the selection" in told(paint, selection=mask.surface)
    direction = MappingProxyType({"direction": '{"prompt": "a house"}'})
    assert "the prompt and its settings" in told(paint, metadata=direction)
    assert "prompt" not in told(paint, metadata=MappingProxyType({"direction": '{"prompt": ""}'}))
    assert "transparency" in told(replace(paint, surface=Surface.from_pixels(fine, 1, 0)), chosen=registry.JPEG)
    assert "transparency" not in told(paint, chosen=registry.JPEG)
    glazed = replace(paint, opacity=0.5), replace(paint, id="2", blend=BlendMode.MULTIPLY)
    assert "transparency" in told(glazed[0], chosen=registry.JPEG)
    assert "transparency" not in told(*glazed, chosen=registry.JPEG)


# Safety


@each
def test_calling_off_leaves_the_old_file_and_nothing_else(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    path.write_bytes(b"old")

    class CalledOff(Job):
        def reach(self, share: float) -> None:
            if share > 0.6:
                self.cancel()
            super().reach(share)

    with pytest.raises(Cancelled):
        registry.write(document(soft()), path, options=options, job=CalledOff())
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@each
def test_progress_only_grows_and_reaches_the_end(tmp_path, ending, options):
    class Watched(Job):
        seen: list[float]

        def reach(self, share: float) -> None:
            self.seen.append(share)
            super().reach(share)

    job = Watched()
    job.seen = []
    registry.write(document(soft(300, 300)), tmp_path / f"picture.{ending}", options=options, job=job)
    assert job.seen == sorted(job.seen)
    assert job.seen[-1] == pytest.approx(1.0)


@each
@pytest.mark.parametrize("fault", ["cut off", "other pixels"])
def test_a_file_that_does_not_read_back_is_not_put_in_place(tmp_path, monkeypatch, ending, options, fault):
    if fault == "other pixels" and options not in EXACT.values():
        pytest.skip("lossy formats change pixels")
    path = tmp_path / f"picture.{ending}"
    path.write_bytes(b"old")
    module = importlib.import_module(registry.format_to_write(path).module)
    name = {"png": "png_pieces", "tiff": "_pieces", "jpg": "_encoded"}.get(ending, "encoded_by_pillow")
    if ending == "avif" and options.lossless:
        name = "_lossless"
    encode = getattr(module, name)

    def badly(pixels: np.ndarray, *rest: object, **fields: object) -> bytes | list[bytes]:
        data = encode(pixels ^ 1 if fault == "other pixels" else pixels, *rest, **fields)
        whole = data if isinstance(data, bytes) else b"".join(data)
        damaged = whole if fault == "other pixels" else whole[: len(whole) // 2]
        return damaged if isinstance(data, bytes) else [damaged]

    monkeypatch.setattr(module, name, badly)
    with pytest.raises(FormatError, match="does not read back"):
        registry.write(document(soft()), path, options=options)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_picture_too_large_for_webp_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(FormatError, match="16383 a side at most; save it as AVIF or PNG"):
        registry.write(DocumentState(16_384, 1), tmp_path / "long.webp")


@pytest.mark.parametrize("ending", ["jpg", "webp", "avif"])
def test_pictures_that_pillow_takes_for_bombs_are_verified_all_the_same(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(flat_writing, "_PILLOW_TAKES", 1000)
    path = tmp_path / f"picture.{ending}"
    registry.write(document(soft()), path)
    assert path.stat().st_size > 500
    monkeypatch.setattr(cv2, "imdecode", lambda *_: None)
    with pytest.raises(FormatError, match="does not read back"):
        registry.write(document(soft()), path)


@pytest.mark.parametrize("ending", ["jpg", "webp", "avif"])
@pytest.mark.parametrize("error", [ValueError("no"), OSError("encoder error -2"), RuntimeError("no"), cv2.error("no")])
def test_an_encoder_that_refuses_is_told_in_a_sentence(tmp_path, monkeypatch, ending, error):
    path = tmp_path / f"picture.{ending}"
    path.write_bytes(b"old")
    module = importlib.import_module(registry.format_to_write(path).module)

    def refuse(*_: object, **__: object) -> bytes:
        raise error

    monkeypatch.setattr(module, "_encoded" if ending == "jpg" else "encoded_by_pillow", refuse)
    with pytest.raises(FormatError, match=r"encoder refuses the picture .*; save it as PNG"):
        registry.write(document(soft()), path)
    assert path.read_bytes() == b"old"


def test_a_large_tiff_becomes_a_big_one(tmp_path, monkeypatch):
    monkeypatch.setattr(tiff, "_CLASSIC_BYTES", 1000)
    path = tmp_path / "big.tif"
    registry.write(document(soft()), path)
    assert path.read_bytes()[:4] == b"II+\0"
    assert (picture_rgba8(read(path)[0])[..., :3] == soft()).all()
    assert (tifffile.imread(path) == soft()).all()


# Files of other programs


TIFF_PIXELS = (np.random.default_rng(2).integers(0, 6, (50, 70, 4)) * 13_000).astype(np.uint16)


def tiff_file(path: Path, pixels: np.ndarray, **fields) -> np.ndarray:
    tifffile.imwrite(path, pixels, **fields)
    return pixels


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"byteorder": ">"}, {"bigtiff": True}, {"compression": "zlib"}, {"compression": "zlib", "predictor": 2},
        {"tile": (16, 32)}, {"planarconfig": "separate"}, {"rowsperstrip": 7, "byteorder": ">"},
        {"planarconfig": "separate", "tile": (32, 16), "compression": "zlib"},
    ],
    ids=lambda fields: " ".join(f"{k}={v}" for k, v in fields.items()) or "plain",
)  # fmt: skip
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiffs_however_they_lie_in_the_file(tmp_path, fields, dtype):
    path = tmp_path / "picture.tif"
    pixels = (TIFF_PIXELS[..., :3] >> 8).astype(np.uint8) if dtype == np.uint8 else TIFF_PIXELS[..., :3]
    stored = pixels.transpose(2, 0, 1) if "planarconfig" in fields else pixels
    tifffile.imwrite(path, stored, photometric="rgb", **fields)
    surface, width, height = flat.read_surface(path)
    assert (width, height) == (70, 50)
    wanted = pixels.astype(np.float64) / np.iinfo(dtype).max * ONE
    assert np.abs(surface.read(DocumentState(70, 50).rect)[..., :3] - wanted).max() <= 0.5


def raw_tiff(compression: int, strip: bytes, **tags: tuple[int, ...]) -> bytes:
    """A grey 8-bit TIFF of one strip, 8 x 4 pixels unless `tags` say otherwise."""
    values = {"256": (8,), "257": (4,), "258": (8,), "259": (compression,), "262": (1,), "273": (8,), "277": (1,),
              "278": (4,), "279": (len(strip),), **{key[1:]: value for key, value in tags.items()}}  # fmt: skip
    body = strip + bytes(len(strip) % 2)
    after = 8 + len(body) + 2 + 12 * len(values) + 4
    entries, behind = b"", b""
    for tag, value in sorted((int(k), v) for k, v in values.items()):
        data = struct.pack(f"<{len(value)}I", *value)
        if len(value) > 1:
            behind += data
            data = struct.pack("<I", after + len(behind) - len(data))
        entries += struct.pack("<HHI", tag, 4, len(value)) + data
    return struct.pack("<2sHI", b"II", 42, 8 + len(body)) + body + struct.pack("<H", len(values)) + entries + bytes(4) + behind  # fmt: skip  # noqa: E501


RAMP = np.arange(32, dtype=np.uint8).reshape(4, 8) * 8


@pytest.mark.parametrize(
    ("compression", "strip"),
    [
        (1, RAMP.tobytes()),
        (8, zlib.compress(RAMP.tobytes())),
        (32946, zlib.compress(RAMP.tobytes())),
        (34925, lzma.compress(RAMP.tobytes())),
        (50000, zstandard.compress(RAMP.tobytes())),
        (32773, b"".join(bytes([7]) + row.tobytes() for row in RAMP)),
    ],
    ids=["none", "deflate", "old deflate", "LZMA", "zstd", "PackBits"],
)
def test_tiffs_however_they_are_packed(tmp_path, compression, strip):
    path = tmp_path / "grey.tif"
    path.write_bytes(raw_tiff(compression, strip))
    assert (flat.read_image_rgba(path)[..., 0] == RAMP).all()


@pytest.mark.parametrize("values", [2, 7, 256])
def test_lzw_of_pillow_is_unpacked(tmp_path, values):
    path = tmp_path / "grey.tif"
    grey = np.random.default_rng(values).integers(0, values, (300, 400)).astype(np.uint8)
    Image.fromarray(grey).save(path, compression="tiff_lzw")
    assert (flat.read_image_rgba(path)[..., 0] == grey).all()


def test_floats_with_differences_of_their_bytes(tmp_path):
    values = np.linspace(0, 1, 32, dtype=np.float32).reshape(4, 8)
    shuffled = values.astype(">f4").view(np.uint8).reshape(4, 8, 4).transpose(0, 2, 1).reshape(4, 32)
    differences = np.diff(shuffled, axis=1, prepend=np.zeros((4, 1), np.uint8)).astype(np.uint8)
    path = tmp_path / "float.tif"
    path.write_bytes(raw_tiff(8, zlib.compress(differences.tobytes()), t258=(32,), t317=(3,), t339=(3,)))
    assert (flat.read_image_rgba(path)[..., 0] == np.round(values * 255)).all()


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_few_bits_and_white_as_zero(tmp_path, bits):
    path = tmp_path / "grey.tif"
    row = bytes(range(bits))
    path.write_bytes(raw_tiff(1, row * 4, t258=(bits,), t262=(0,)))
    seen = flat.read_image_rgba(path)[0, :, 0]
    values = np.unpackbits(np.frombuffer(row, np.uint8)).reshape(8, bits) @ (1 << np.arange(bits)[::-1])
    assert (seen == 255 - values * (255 // ((1 << bits) - 1))).all()


@pytest.mark.parametrize("kind", ["straight", "premultiplied", "not said", "a saved selection"])
def test_alpha_of_a_tiff_is_what_the_file_says(tmp_path, kind):
    path = tmp_path / "alpha.tif"
    colour, alpha = np.array([200, 100, 50]), 128
    stored = colour * alpha // 255 if kind == "premultiplied" else colour
    pixel = bytes([*stored, alpha])
    tags = {} if kind == "not said" else {"t338": ({"straight": 2, "premultiplied": 1}.get(kind, 0),)}
    path.write_bytes(raw_tiff(1, pixel * 32, t258=(8, 8, 8, 8), t262=(2,), t277=(4,), **tags))
    state, notes = read(path)
    seen = picture_rgba8(state)[0, 0].astype(int)
    if kind == "a saved selection":
        assert seen.tolist() == [200, 100, 50, 255]
        assert notes == ("1 extra channel of a page came not along",)
    else:
        assert np.abs(seen - [200, 100, 50, 128]).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiffs_and_photographs_stand_upright(tmp_path, orientation):
    upright = np.kron(np.array([[0, 80, 160], [255, 200, 120]], np.uint8), np.ones((16, 16), np.uint8))
    stored = {1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.T,
              6: np.rot90(upright), 7: upright.T[::-1, ::-1], 8: np.rot90(upright, 3)}[orientation]  # fmt: skip
    image = Image.fromarray(np.ascontiguousarray(stored))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / "photo.tif", tiffinfo={274: orientation})
    image.save(tmp_path / "photo.jpg", exif=exif, quality=100)
    image.save(tmp_path / "photo.png", exif=exif)
    image.convert("RGB").save(tmp_path / "photo.webp", exif=exif, lossless=True)
    image.convert("RGB").save(tmp_path / "photo.avif", exif=exif, quality=95)
    for ending in ("png", "tif", "jpg", "webp", "avif"):
        seen = flat.read_image_rgba(tmp_path / f"photo.{ending}")[..., 0].astype(int)
        assert seen.shape == upright.shape
        assert np.abs(seen - upright).mean() < 4, ending


@pytest.mark.parametrize("ending", ["jpg", "tif"])
def test_ink_becomes_colour_by_its_profile(tmp_path, ending):
    ink = np.zeros((20, 30, 4), np.uint8)
    ink[:, 10:20] = (255, 0, 0, 0)
    ink[:, 20:] = (0, 0, 0, 255)
    path = tmp_path / f"ink.{ending}"
    Image.fromarray(ink, "CMYK").save(path, icc_profile=ink_profile(), **({"quality": 100} if ending == "jpg" else {}))
    state, notes = read(path)
    seen = picture_rgba8(state).astype(int)
    assert seen[5, 3, :3].min() > 245
    assert seen[5, 15, 2] > seen[5, 15, 0] + 50
    assert seen[5, 27, :3].max() < 12
    assert notes == (
        "Its colours were converted from Ink to sRGB",
        "Saving cannot bring its colours back to Ink",
    )
    assert icc_profile(state) is None


def test_grey_pictures_go_by_grey_profiles(tmp_path):
    path = tmp_path / "grey.png"
    Image.new("L", (4, 4), 128).save(path, icc_profile=grey_profile("Linear", gamma(1.0)))
    state, notes = read(path)
    assert picture_rgba8(state)[0, 0].tolist() == [188, 188, 188, 255]
    assert "Its colours were converted from Linear to sRGB" in notes


def test_a_damaged_profile_costs_a_sentence(tmp_path):
    for ending in ("png", "jpg", "webp", "tif"):
        path = tmp_path / f"picture.{ending}"
        Image.fromarray(soft()).save(path, icc_profile=b"no profile" * 30)
        state, notes = read(path)
        assert notes == ("Its colour profile is damaged and was ignored",), ending
        assert icc_profile(state) is None


def test_usual_srgb_profiles_change_nothing(tmp_path):
    path = tmp_path / "picture.png"
    lcms = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lcms, rgb_profile("sRGB", np.array(srgb_colourants()), srgb_table())):
        Image.fromarray(soft()).save(path, icc_profile=profile)
        state, notes = read(path)
        assert notes == ()
        assert (picture_rgba8(state)[..., :3] == soft()).all()


def srgb_colourants() -> list[list[float]]:
    return [[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]]


@pytest.mark.parametrize("bits", [10, 12])
def test_deep_avif_is_read_deep(tmp_path, bits):
    path = tmp_path / "deep.avif"
    values = np.random.default_rng(bits).integers(0, 1 << bits, (20, 30, 3)).astype(np.uint16)
    settings_ = [cv2.IMWRITE_AVIF_QUALITY, 100, cv2.IMWRITE_AVIF_DEPTH, bits]
    path.write_bytes(cv2.imencode(".avif", values[..., ::-1], settings_)[1].tobytes())
    surface, _, _ = flat.read_surface(path)
    wanted = values / ((1 << bits) - 1) * ONE
    assert np.abs(surface.read(DocumentState(30, 20).rect)[..., :3] - wanted).max() <= 1


def test_lossless_avif_is_exact_also_for_pillow(tmp_path):
    path = tmp_path / "picture.avif"
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 4)).astype(np.uint8)
    registry.write(document(pixels), path, options=WriteOptions(lossless=True))
    with Image.open(path) as image:
        assert (np.asarray(image) == picture_rgba8(document(pixels))).all()


HOSTILE_TIFFS = {
    "no directory": lambda data: data[:4] + b"\xff\xff\xff\x7f" + data[8:],
    "cut": lambda data: data[:60],
    "endless entries": lambda data: data[:40] + b"\xff\xff" + data[42:],
}


@pytest.mark.parametrize("damage", HOSTILE_TIFFS.values(), ids=HOSTILE_TIFFS.keys())
def test_damaged_tiffs_give_one_sentence(tmp_path, damage):
    path = tmp_path / "bad.tif"
    path.write_bytes(damage(raw_tiff(1, RAMP.tobytes())))
    with pytest.raises(FormatError, match="damaged"):
        registry.read(path)


@pytest.mark.parametrize(
    "tags",
    [
        {"t256": (2_000_000_000,)}, {"t278": (0,)}, {"t273": (0xFFFFFFF0,)}, {"t277": (60_000,)}, {"t317": (77,)},
        {"t322": (1 << 30,), "t323": (1 << 30,), "t324": (8,), "t325": (32,)}, {"t279": (0,)}, {"t262": (3,)},
    ],
    ids=str,
)  # fmt: skip
def test_lies_of_a_tiff_are_found_before_they_cost_memory(tmp_path, tags):
    path = tmp_path / "bad.tif"
    path.write_bytes(raw_tiff(1, RAMP.tobytes(), **tags))
    with pytest.raises(FormatError) as caught:
        registry.read(path, Limits(30_000, 1 << 28))
    assert "\n" not in str(caught.value)


def test_raw_data_of_a_camera_is_named_as_such(tmp_path):
    path = tmp_path / "raw.tif"
    path.write_bytes(raw_tiff(1, RAMP.tobytes(), t262=(32803,)))
    with pytest.raises(FormatError, match="raw data of a camera; develop it"):
        registry.read(path)


def test_pictures_to_lay_on_a_layer_keep_their_depth(tmp_path):
    path = tmp_path / "deep.png"
    values = np.full((5, 6, 3), 12_345, np.uint16)
    cv2.imwrite(str(path), values)
    surface, width, height = flat.read_surface(path)
    assert (width, height) == (6, 5)
    assert surface.read(DocumentState(6, 5).rect)[0, 0].tolist() == [round(12_345 / 65_535 * ONE)] * 3 + [ONE]
    assert flat.read_image_rgba(path)[0, 0].tolist() == [48, 48, 48, 255]


# Other programs


@each
def test_imagemagick_sees_our_picture(tmp_path, ending, options):
    path = tmp_path / f"picture.{ending}"
    pixels = np.dstack([soft(), np.full((60, 90), 255, np.uint8)])
    if ending != "avif":  # of which version 6 reads no transparency
        pixels[:, 60:, 3] = 128
    registry.write(with_ppi(document(pixels), 300.0), path, options=options)
    seen = foreign.magick(path, tmp_path)
    assert foreign.differs(seen, picture_rgba8(read(path)[0])) <= (4 if ending in ("jpg", "avif") else 1)
    (said,) = foreign.identified(path, "%m %wx%h %z")
    assert said.split()[1:] == ["90x60", str(options.depth)]


@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_gimp_sees_our_picture_of_16_bits(tmp_path, ending):
    path = tmp_path / f"picture.{ending}"
    pixels = np.dstack([soft(), np.full((60, 90), 255, np.uint8)])
    pixels[:, 60:, 3] = 128
    registry.write(document(pixels), path, options=WriteOptions(depth=16))
    assert foreign.differs(foreign.gimp(path, tmp_path).picture, picture_rgba8(document(pixels))) <= 2
