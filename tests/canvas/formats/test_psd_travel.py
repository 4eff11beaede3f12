"""What travels in a PSD beside layers: roles and recipes, ids, selection, colour profile, resolution, thumbnail."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import foreign
import numpy as np
import pytest
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.constants import Resource

from canvas.formats import psd
from canvas.formats.carried import NAMESPACE
from canvas.formats.icc import colourants_of, matrix_profile
from canvas.formats.limits import Limits
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.formats.properties import icc_profile, with_icc_profile, with_ppi
from canvas.formats.psd_carried import BLOCK_KEY, carried_in_xmp, carried_text, restored, with_carried_xmp
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerId
from canvas.roles import Control, Paint, Reference, Region
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, to_rgba8

LIMITS = Limits.of_this_machine()


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """psd-tools warns of blocks that it does not know."""
    logging.getLogger("psd_tools").setLevel(logging.ERROR)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "painting.psd"


def square(name: str, colour=(ONE, 0, 0, ONE), **fields) -> Layer:
    return Layer(name, surface=Surface.from_pixels(np.full((30, 30, 4), colour, np.uint16)), **fields)


def opened(path: Path) -> PSDImage:
    return PSDImage.open(path)


# Roles and recipes


def test_roles_recipes_ids_and_settings_come_back(rich, path):
    psd.write(rich, path)
    back = psd.read(path, LIMITS)
    for ours, theirs in zip(rich.walk(), back.walk(), strict=True):
        assert (ours.id, ours.role, ours.visible) == (theirs.id, theirs.role, theirs.visible)
        if isinstance(ours, Layer) and isinstance(theirs, Layer):
            assert ours.recipe == theirs.recipe
    assert dict(rich.metadata).items() <= dict(back.metadata).items()


def test_they_come_back_from_the_xmp_alone_when_a_program_dropped_the_blocks(rich, path):
    """Photoshop keeps XMP and layer ids, not blocks that it does not know."""
    psd.write(rich, path)
    data = path.read_bytes()
    assert data.count(BLOCK_KEY) == len(list(rich.walk()))
    path.write_bytes(data.replace(b"8BIM" + BLOCK_KEY, b"8BIMzzzz"))
    assert [node.role for node in psd.read(path, LIMITS).walk()] == [node.role for node in rich.walk()]


def test_they_come_back_from_the_blocks_alone_when_a_program_dropped_the_xmp(rich, path):
    psd.write(rich, path)
    data = path.read_bytes()
    path.write_bytes(data.replace(NAMESPACE.encode(), b"x" * len(NAMESPACE)))
    assert [node.role for node in psd.read(path, LIMITS).walk()] == [node.role for node in rich.walk()]


def test_what_the_artist_hid_elsewhere_stays_hidden():
    painted, lines = Layer("Painted"), Layer("Lines", role=Control())
    hidden_there = replace(painted, visible=False)
    assert not restored(hidden_there, carried_text(painted, WriteOptions())).visible
    # Instructions are hidden by us, and shown again.
    assert restored(replace(lines, visible=False, role=Paint()), carried_text(lines, WriteOptions())).visible


def test_left_out_where_they_are_not_wanted(rich, path):
    psd.write(rich, path, WriteOptions(roles=False))
    data = path.read_bytes()
    assert BLOCK_KEY not in data
    assert b"<ud:layers>" not in data
    assert b"<ud:document>" not in data
    assert all(isinstance(node.role, Paint) for node in psd.read(path, LIMITS).walk())
    psd.write(rich, path, WriteOptions(roles=False, recipes=False, mark_ai=False))
    assert opened(path).image_resources.get_data(Resource.XMP_METADATA) is None
    assert b"a house" not in path.read_bytes()
    psd.write(rich, path, WriteOptions(recipes=False))
    assert b"a house" not in path.read_bytes()
    assert isinstance(next(n for n in psd.read(path, LIMITS).walk() if n.name == "Style").role, Reference)


def test_the_packet_is_xmp_with_the_source_type_as_well(rich, path):
    psd.write(rich, path)
    packet = opened(path).image_resources.get_data(Resource.XMP_METADATA)
    text = packet if isinstance(packet, str) else packet.decode()
    assert text.startswith("<?xpacket begin=")
    assert "DigitalSourceType" in text
    assert text.count("</rdf:RDF>") == 1


def test_texts_of_any_kind_survive_xml(rich):
    nasty = Layer("]]>", recipe='{"prompt": "<b>&amp; \\" ]]> 猫 🐈\\u0000"}', role=Region("a < b & c"))
    packet = with_carried_xmp(None, rich, {7: carried_text(nasty, WriteOptions())})
    back = carried_in_xmp(packet.encode())
    assert restored(Layer("x"), back.layers[7]).role == nasty.role
    assert restored(Layer("x"), back.layers[7]).recipe == nasty.recipe
    assert "猫" in back.document or "\\u732b" in back.document


def test_a_program_may_write_the_properties_as_attributes(rich):
    packet = with_carried_xmp(None, rich, {1: "{}"})
    found = {name: re.search(rf"<ud:{name}>(.*?)</ud:{name}>", packet)[1] for name in ("document", "layers")}
    attributes = " ".join(f"ud:{name}='{text}'" for name, text in found.items())
    rewritten = re.sub(r"<ud:document>.*</ud:layers>", "", packet)
    rewritten = rewritten.replace(f'xmlns:ud="{NAMESPACE}"', f'xmlns:ud="{NAMESPACE}" {attributes}')
    assert carried_in_xmp(rewritten.encode()) == carried_in_xmp(packet.encode())


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x",
        b'<!DOCTYPE a [<!ENTITY b "c">]><x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
        b"<a/>",
        with_carried_xmp(None, DocumentState(1, 1), {}).replace("{}", "[[[").encode(),
    ],
)
def test_damaged_packets_carry_nothing(packet):
    carried = carried_in_xmp(packet)
    assert (carried.document, dict(carried.layers)) == ("", {}) or not carried.layers


# Ids


def test_layers_of_other_programs_get_their_numbers_back_and_others_fresh_ones(path):
    layers = (
        square("Seven", id=LayerId("lyid:7")),
        square("Ours"),
        Group("Group", id=LayerId("lyid:3"), children=(square("Again", id=LayerId("lyid:70000000000")),)),
    )
    psd.write(DocumentState(40, 40, layers), path)
    numbers = {layer.name: layer.layer_id for layer in opened(path).descendants()}
    assert (numbers["Seven"], numbers["Group"]) == (7, 3)
    assert min(numbers["Ours"], numbers["Again"]) > 7
    records = opened(path)._record.layer_and_mask_information.layer_info.layer_records
    ids = [record.tagged_blocks.get_data(b"lyid") for record in records]
    assert len(set(ids)) == len(ids) == 5


# Selection


@pytest.mark.parametrize("depth", [8, 16])
def test_the_selection_is_a_saved_channel_and_comes_back(rich, path, depth):
    psd.write(rich, path, WriteOptions(depth=depth))
    image = opened(path)
    assert image.channels == 5
    assert list(image.image_resources.get_data(Resource.ALPHA_NAMES_UNICODE)) == ["Transparency", "Selection"]
    back = psd.read(path, LIMITS)
    assert back.selection is not None
    difference = back.selection.read(rich.rect).astype(int) - rich.selection.read(rich.rect)
    assert np.abs(difference).max() <= (ONE / 255 if depth == 8 else 1)


# Properties of the picture


def wide_profile() -> bytes:
    primaries = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
    return matrix_profile("A wide space", colourants_of((0.3127, 0.329), primaries), (2.2,))


@pytest.mark.parametrize("depth", [8, 16])
def test_a_document_goes_back_into_the_colours_that_it_came_from(rich, path, depth):
    profile = wide_profile()
    psd.write(with_icc_profile(rich, profile), path, WriteOptions(depth=depth))
    image = opened(path)
    assert image.image_resources.get_data(Resource.ICC_PROFILE) == profile
    # Other programs show the document's own colours by the profile; without it they would be paler.
    shown, stored = (np.asarray(image.topil(apply_icc=icc).convert("RGBA")) for icc in (True, False))
    ours = picture_rgba8(rich)
    assert foreign.differs(shown, ours) <= 4
    assert foreign.differs(stored, ours) > 20
    back = psd.read(path, LIMITS)
    assert icc_profile(back) == profile
    # 8 bits of a wider space are coarser, and most so in the dark.
    assert foreign.differs(picture_rgba8(back), ours) <= (8 if depth == 8 else 1)


def test_files_say_that_their_colours_are_srgb(rich, path):
    psd.write(rich, path)
    profile = opened(path).image_resources.get_data(Resource.ICC_PROFILE)
    described = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    assert "sRGB" in described
    with Image.open(path) as image:
        assert image.info["icc_profile"] == profile


def test_a_profile_that_cannot_be_written_is_named_before(rich):
    state = with_icc_profile(rich, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    assert any("profile" in loss for loss in psd.losses(state, WriteOptions()))
    assert not any("profile" in loss for loss in psd.losses(rich, WriteOptions()))


@pytest.mark.parametrize("ppi", [72.0, 300.0, 118.11])
def test_the_resolution_is_kept(path, ppi):
    psd.write(with_ppi(DocumentState(8, 8, (square("A"),)), ppi), path)
    info = opened(path).image_resources.get_data(Resource.RESOLUTION_INFO)
    assert info.horizontal / 65536 == pytest.approx(ppi, abs=1e-4)
    assert (info.horizontal_unit, info.vertical) == (1, info.horizontal)
    psd.write(DocumentState(8, 8), path)
    assert opened(path).image_resources.get_data(Resource.RESOLUTION_INFO) is None


@pytest.mark.parametrize("size", [(300, 200), (1000, 40), (40, 1000), (1, 700)])
def test_file_browsers_have_a_thumbnail(path, over_white, size):
    width, height = size
    half = Surface.from_pixels(np.full((height, max(1, width // 2), 4), (ONE, 0, 0, ONE), np.uint16))
    state = DocumentState(width, height, (Layer("Left", surface=half),), metadata=MappingProxyType({}))
    psd.write(state, path)
    thumbnail = opened(path).thumbnail()
    assert max(thumbnail.size) <= 256
    share = max(thumbnail.size) / max(size)
    assert np.abs(np.array(thumbnail.size) - np.array(size) * share).max() <= 1
    small = np.asarray(thumbnail.convert("RGB")).astype(int)
    expected = over_white(to_rgba8(half.read(Rect(0, 0, 1, 1))))[0, 0]
    assert np.abs(small[small.shape[0] // 2, 0] - expected).max() < 32
    if width > 2:
        assert np.abs(small[small.shape[0] // 2, -1] - 255).max() < 32


def test_the_thumbnail_is_the_picture(rich, path, over_white):
    psd.write(rich, path)
    thumbnail = opened(path).thumbnail()
    ours = Image.fromarray(over_white(picture_rgba8(rich)).astype(np.uint8))
    ours = ours.resize(thumbnail.size, Image.Resampling.BOX)
    difference = np.abs(np.asarray(thumbnail.convert("RGB")).astype(int) - np.asarray(ours))
    assert difference.mean() < 12


def test_without_blocks_and_ids_the_names_tell_which_layer_is_which(rich, path):
    """What Krita leaves of a file: the packet, and layers in an order and with names that may have changed."""
    psd.write(rich, path)
    path.write_bytes(path.read_bytes().replace(b"8BIMlyid", b"8BIMzzzz").replace(b"8BIM" + BLOCK_KEY, b"8BIMzzzy"))
    back = psd.read(path, Limits.of_this_machine())
    assert [(node.name, node.role, node.id) for node in back.walk()] == [(n.name, n.role, n.id) for n in rich.walk()]


def test_what_krita_saves_is_alive_again(rich, path, tmp_path):
    psd.write(rich, path)
    back = psd.read(foreign.krita_converted(path, tmp_path / "saved by krita.psd"), Limits.of_this_machine())
    ours = {node.name: node.role for node in rich.walk()}
    assert {node.name: node.role for node in back.walk()} == ours
    assert back.metadata["direction"] == rich.metadata["direction"]
