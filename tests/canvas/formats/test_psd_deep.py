"""PSD of 16 bits and PSB: nothing is lost on the way, and other programs see the same layers and the same picture."""

from __future__ import annotations

import logging
import struct
from dataclasses import replace
from pathlib import Path

import foreign
import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.constants import Tag

from canvas.blend_modes import BlendMode
from canvas.formats import psd
from canvas.formats.limits import Limits
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, from_rgba8

DEEP = WriteOptions(depth=16)
LIMITS = Limits.of_this_machine()
KINDS = [(8, "psd"), (16, "psd"), (8, "psb"), (16, "psb")]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """psd-tools warns of blocks that it does not know."""
    logging.getLogger("psd_tools").setLevel(logging.ERROR)


def of_psd_tools(path: Path) -> list:
    return list(PSDImage.open(path).descendants())


def ramp(width=150, height=20) -> np.ndarray:
    """Every shade that 15 bits can tell on the way from black to white, half transparent below."""
    pixels = np.full((height, width, 4), ONE, np.uint16)
    pixels[..., :3] = np.linspace(0, ONE, width * height).reshape(height, width, 1).round()
    pixels[height // 2 :] //= 3
    return pixels


def both_ways(state: DocumentState, path: Path, options: WriteOptions) -> DocumentState:
    psd.write(state, path, options)
    return psd.read(path, LIMITS)


@pytest.mark.parametrize(("depth", "kind"), KINDS)
def test_every_kind_holds_the_same_tree(rich, tmp_path, depth, kind):
    path, plain = tmp_path / f"deep.{kind}", tmp_path / "plain.psd"
    psd.write(rich, path, WriteOptions(depth=depth))
    psd.write(rich, plain)

    def listed(path: Path) -> list:
        return [
            (x.name, x.kind, x.blend_mode, x.opacity, x.visible, x.clipping, x.bbox, x.layer_id, x.has_mask())
            for x in of_psd_tools(path)
        ]

    assert listed(path) == listed(plain)
    image = PSDImage.open(path)
    assert (image.depth, image.version) == (depth, 2 if kind == "psb" else 1)


@pytest.mark.parametrize("kind", ["psd", "psb"])
def test_16_bits_lose_nothing_of_a_layer_or_a_mask(tmp_path, kind):
    mask = np.linspace(0, ONE, 150 * 20).reshape(20, 150, 1).round().astype(np.uint16)
    layer = Layer("Ramp", surface=Surface.from_pixels(ramp(), 5, 7), mask=LayerMask(Surface.from_pixels(mask, 5, 7)))
    (back,) = both_ways(DocumentState(200, 60, (layer,)), tmp_path / f"ramp.{kind}", DEEP).layers
    rect = Rect(0, 0, 200, 60)
    assert isinstance(back, Layer)
    assert back.mask is not None
    difference = back.surface.read(rect).astype(int) - layer.surface.read(rect)
    opaque = layer.surface.read(rect)[..., 3] == ONE
    assert (difference[opaque] == 0).all()
    assert np.abs(difference).max() <= 1
    assert (back.mask.surface.read(rect) == layer.mask.surface.read(rect)).all()


def test_8_bits_are_257_times_as_much_in_16_at_every_alpha(tmp_path):
    colour, alpha = np.mgrid[:256, :256]
    straight = np.stack([colour, colour[::-1], colour, alpha], axis=2).astype(np.uint8)
    path = tmp_path / "octets.psd"
    surface = Surface.from_pixels(from_rgba8(straight))
    psd.write(DocumentState(256, 256, (Layer("Every", surface=surface),)), path, DEEP)
    (layer,) = of_psd_tools(path)
    wide = np.rint(layer.numpy() * 65535).astype(int)
    left, top, right, bottom = layer.bbox
    expected = straight[top:bottom, left:right].astype(int)
    assert (wide[..., 3] == expected[..., 3] * 257).all()
    solid = expected[..., 3] == 255
    assert (wide[solid][:, :3] == expected[solid][:, :3] * 257).all()


def test_layers_of_16_bits_lie_where_photoshop_has_them(rich, tmp_path):
    path = tmp_path / "deep.psd"
    psd.write(rich, path, DEEP)
    record = PSDImage.open(path)._record.layer_and_mask_information
    assert not record.layer_info or not record.layer_info.layer_count
    assert len(record.tagged_blocks.get_data(Tag.LAYER_16).layer_records) == len(list(rich.walk())) + 3


@pytest.mark.parametrize("paper", [True, False], ids=["opaque", "transparent"])
@pytest.mark.parametrize(("depth", "kind"), KINDS)
def test_the_merged_picture_is_ours(rich, tmp_path, depth, kind, paper):
    layers = rich.layers if paper else rich.layers[1:]
    path = tmp_path / f"merged.{kind}"
    for selection in (rich.selection, None):
        state = replace(rich, layers=layers, selection=selection)
        psd.write(state, path, WriteOptions(depth=depth))
        ours = picture_rgba8(state)
        assert foreign.differs(np.asarray(PSDImage.open(path).topil().convert("RGBA")), ours) <= 2
        assert foreign.differs(foreign.magick(path, tmp_path), ours) <= 2


@pytest.mark.parametrize("depth", [8, 16])
def test_gimp_sees_the_same_layers_and_picture(rich, tmp_path, depth):
    """Of PSB, GIMP 2.10 says that it does not know the version."""
    path = tmp_path / "for gimp.psd"
    psd.write(rich, path, WriteOptions(depth=depth))
    opened = foreign.gimp(path, tmp_path)
    assert foreign.differs(opened.picture, picture_rgba8(rich)) <= 2
    # GIMP puts what is clipped into a group of its own.
    seen = [(layer.name, layer.mask) for layer in opened.layers if layer.name != "Group added by GIMP"]
    ours = [(node.name, node.mask is not None) for node in reversed(list(rich.walk()))]
    assert seen == ours


@pytest.mark.parametrize(("depth", "kind"), KINDS)
def test_krita_sees_the_same_layers_and_picture(tmp_path, depth, kind):
    """Without what Krita 5.1 leaves out when it imports: clipping, and masks and opacities of groups."""
    noise = np.random.default_rng(3).integers(0, ONE, (40, 40, 4)).astype(np.uint16)
    noise[..., :3] = np.minimum(noise[..., :3], noise[..., 3:])
    mask = LayerMask(Surface.from_pixels(np.linspace(0, ONE, 64 * 64).reshape(64, 64, 1).astype(np.uint16)), 0)
    paper = Layer("Paper", surface=Surface.from_pixels(np.full((64, 64, 4), ONE, np.uint16)))
    layers = (
        paper,
        Layer("Tinte 線", surface=Surface.from_pixels(noise, 4, 5), opacity=0.8, mask=mask),
        Group(
            "Gruppe",
            children=(Layer("Inner", surface=Surface.from_pixels(noise, 20, 20), blend=BlendMode.MULTIPLY),),
            blend=BlendMode.NORMAL,
        ),
    )
    state = DocumentState(64, 64, layers)
    path = tmp_path / f"for krita.{kind}"
    psd.write(state, path, WriteOptions(depth=depth))
    opened = foreign.krita(path, tmp_path)
    seen = [(layer.depth, layer.name, layer.mask) for layer in opened.layers]
    assert seen == [(0, "Gruppe", False), (1, "Inner", False), (0, "Tinte 線", True), (0, "Paper", False)]
    assert foreign.differs(opened.picture, picture_rgba8(state)) <= 2


@pytest.mark.parametrize(("depth", "kind"), KINDS)
def test_photoshopapi_reads_every_layer(rich, tmp_path, depth, kind):
    photoshopapi = pytest.importorskip("photoshopapi")
    path = tmp_path / f"for the api.{kind}"
    psd.write(rich, path, WriteOptions(depth=depth))
    read = photoshopapi.LayeredFile.read(str(path))
    assert [layer.name for layer in read.flat_layers] == [node.name for node in reversed(list(rich.walk()))]
    ink = next(layer for layer in read.flat_layers if layer.name.startswith("Tinte"))
    node = next(node for node in rich.walk() if node.name == ink.name)
    ours = node.surface.read(Rect(-20, 30, 70, 90))
    red = np.asarray(ink.get_channel_by_index(0)).reshape(60, 90)
    opaque = ours[..., 3] == ONE
    top = 255 if depth == 8 else 65535
    assert np.abs(red[opaque] / top - ours[opaque][:, 0] / ONE).max() <= 1 / top


def test_lengths_of_a_psb_have_64_bits(rich, tmp_path):
    path = tmp_path / "large.psb"
    psd.write(rich, path)
    data = path.read_bytes()
    resources = 30 + struct.unpack(">I", data[30:34])[0] + 4
    section, layers = struct.unpack(">QQ", data[resources : resources + 16])
    assert layers + 8 + 4 == section
    assert section < len(data)


@pytest.mark.parametrize(("depth", "kind"), KINDS)
def test_a_document_without_layers_or_of_one_pixel_can_be_written(tmp_path, depth, kind):
    path = tmp_path / f"small.{kind}"
    for state in (
        DocumentState(5, 3),
        DocumentState(1, 300),
        DocumentState(300, 1, (Layer("Empty"), Group("None"))),
    ):
        psd.write(state, path, WriteOptions(depth=depth))
        assert PSDImage.open(path).size == (state.width, state.height)
        assert psd.read(path, LIMITS).width == state.width
