"""Whatever a PSD holds is read as its specification says; what a document cannot hold is told, counted and named."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import psd_parts as parts
import pytest
from PIL import Image, ImageCms
from psd_parts import Part, mask_record, photoshop_file
from psd_tools import PSDImage
from psd_tools.psd.descriptor import (
    Bool,
    Descriptor,
    DescriptorBlock,
    DescriptorBlock2,
    Double,
    Enumerated,
    Integer,
    List,
)

from canvas.blend_modes import BlendMode
from canvas.filters.values import Invert
from canvas.formats import psd_kernels as kernels
from canvas.formats import psd_read
from canvas.formats.colour_profiles import to_srgb
from canvas.formats.errors import FormatError
from canvas.formats.icc import colourants_of, matrix_profile
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.picture import picture_rgba8
from canvas.formats.properties import icc_profile, ppi
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, LabelColour, Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, from_rgba8, to_rgba8

LIMITS = Limits.of_this_machine()
COMPRESSIONS = [parts.RAW, parts.PACKBITS, parts.ZIP, parts.PREDICTED]
WIDTH, HEIGHT = 150, 140


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "theirs.psd"


class Reading:
    """Writes bytes to a file and reads it; keeps the sentences."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self.depth = 0

    def __call__(self, data: bytes, limits: Limits = LIMITS, job: Job | None = None) -> DocumentState:
        self.path.write_bytes(data)
        notes = Notes()
        state = psd_read.read(self.path, limits, notes, job)
        self.notes, self.depth = notes.sentences, notes.depth
        return state


@pytest.fixture
def reading(path: Path) -> Reading:
    return Reading(path)


def planes8(width=WIDTH, height=HEIGHT, count=4, seed=0) -> np.ndarray:
    """Noise and long runs; where there is an alpha plane, parts are opaque and a whole tile is transparent."""
    rng = np.random.default_rng(seed)
    out = rng.integers(0, 256, (count, height, width)).astype(np.uint8)
    out[:, :, width // 3 : width // 2] = 77
    if count == 4:
        out[3, :40] = 255
        out[3, :TILE_PX, :TILE_PX] //= 2
    return out


def layer(planes: np.ndarray, **fields) -> Part:
    """A layer of red, green, blue and alpha planes."""
    channels = dict(zip((0, 1, 2, -1), planes, strict=False)) if len(planes) > 1 else {0: planes[0]}
    return Part(channels=channels, **fields)


def flat(value: tuple[int, ...], width=20, height=10, **fields) -> Part:
    return layer(np.stack([np.full((height, width), v, np.uint8) for v in value]), **fields)


def one(state: DocumentState) -> Layer:
    (only,) = state.layers
    assert isinstance(only, Layer)
    return only


# Pixels


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("version", [1, 2], ids=["psd", "psb"])
def test_layers_of_8_bits_come_exactly_however_they_are_packed(reading, compression, version):
    planes = planes8()
    part = layer(planes, left=-21, top=33, compression=compression)
    back = one(reading(photoshop_file((WIDTH, HEIGHT), [part], version=version)))
    expected = from_rgba8(planes.transpose(1, 2, 0))
    assert (back.surface.read(Rect(-21, 33, WIDTH - 21, HEIGHT + 33)) == expected).all()
    assert not back.surface.read(Rect(-21, 0, WIDTH, 33)).any()
    assert all(tile.any() and not tile.flags.writeable for tile in back.surface.tiles.values())


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("section", [None, b"Lr16"], ids=["plain section", "Lr16"])
@pytest.mark.parametrize("version", [1, 2], ids=["psd", "psb"])
def test_16_bits_are_kept_as_far_as_tiles_hold_them(reading, compression, section, version):
    planes = np.random.default_rng(1).integers(0, 65536, (4, HEIGHT, WIDTH)).astype(np.uint16)
    planes[3, :50] = 65535
    part = layer(planes, left=5, compression=compression)
    data = photoshop_file((WIDTH, HEIGHT), [part], depth=16, section=section, version=version)
    pixels = one(reading(data)).surface.read(Rect(5, 0, WIDTH + 5, HEIGHT))
    alpha = (planes[3].astype(np.uint64) * ONE + 32767) // 65535
    assert (pixels[..., 3] == alpha).all()
    assert (pixels[..., :3] == (planes[:3].astype(np.uint64) * alpha + 32767).transpose(1, 2, 0) // 65535).all()
    assert reading.notes == ("Its 16 bits a channel are kept as 16",)
    assert reading.depth == 16


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_32_bits_are_linear_light_and_clipped(reading, compression):
    ramp = np.linspace(-0.5, 1.5, WIDTH, dtype=np.float32)[None].repeat(6, 0)
    ramp[1, 0] = np.nan
    part = layer(np.stack([ramp, ramp, ramp, np.ones_like(ramp)]), compression=compression)
    back = one(reading(photoshop_file((WIDTH, 6), [part], depth=32, section=b"Lr32")))
    light = np.clip(ramp[3], 0, 1)
    tones = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    seen = back.surface.read(Rect(0, 3, WIDTH, 4))[0, :, 0] / ONE
    assert np.abs(seen - tones).max() < 1e-4
    assert any("32-bit" in note for note in reading.notes)


def test_a_layer_without_alpha_is_opaque_and_one_without_pixels_is_empty(reading):
    solid = flat((10, 20, 30), name="Background")
    empty = Part("Empty", channels=dict.fromkeys((-1, 0, 1, 2), b"\0\0"))
    odd = Part("No data for its size", channels=dict.fromkeys((-1, 0, 1, 2), b"\0\0"), size=(9, 9))
    state = reading(photoshop_file((20, 10), [solid, empty, odd]))
    first, *rest = state.layers
    assert (to_rgba8(first.surface.read(state.rect)) == (10, 20, 30, 255)).all()
    assert [n.name for n in rest if not n.surface.tiles] == ["Empty", "No data for its size"]


def test_rows_that_end_with_padding_or_hold_too_much_are_read_as_other_programs_read_them(reading):
    row = bytes([0, 9, 128, 128, 257 - 19, 7, 128])
    longer = bytes([257 - 50, 8])
    channel = struct.pack(">H2H", 1, len(row), len(longer)) + row + longer
    part = Part(channels={0: channel, 1: channel, 2: channel}, size=(20, 2))
    pixels = to_rgba8(one(reading(photoshop_file((20, 2), [part]))).surface.read(Rect(0, 0, 20, 2)))
    assert pixels[0, :, 0].tolist() == [9] + [7] * 19
    assert (pixels[1, :, 0] == 8).all()


@pytest.mark.parametrize("entry", [2, 4])
def test_unpacking_is_what_the_format_says_row_by_row(entry):
    rng = np.random.default_rng(3)
    noise, runs = rng.integers(0, 256, (4, 300)), rng.integers(0, 256, (4, 30)).repeat(10, axis=1)
    rows = [row.astype(np.uint8).tobytes() for row in (*noise, *runs)]
    packed = [parts.packbits(row) for row in rows]
    lengths = np.array([len(row) for row in packed], f">u{entry}").view(np.uint8).reshape(1, 8, entry)
    out = np.zeros((1, 8, 300), np.uint8)
    octets = np.frombuffer(b"".join(packed), np.uint8)[None, None]
    assert kernels.unpack_rows(octets, lengths, out) == -1
    assert [row.tobytes() for row in out[0]] == rows
    assert kernels.unpack_rows(octets[:, :, :-1].copy(), lengths, out) == 7


# Colours


def merged(reading: Reading, planes: np.ndarray, **fields) -> np.ndarray:
    """The picture of a file without layers, straight RGBA8."""
    height, width = planes[0].shape
    state = reading(photoshop_file((width, height), (), list(planes), **fields))
    assert one(state).name == "Background"
    return picture_rgba8(state)


def test_a_file_without_layers_is_its_picture(reading):
    planes = planes8(count=3)
    assert (merged(reading, planes)[..., :3] == planes.transpose(1, 2, 0)).all()
    assert reading.notes == ()


def test_grey_bitmap_and_duotone(reading):
    (grey,) = planes8(count=1)
    for mode in (parts.GREY, parts.DUOTONE):
        assert (merged(reading, grey[None], mode=mode)[..., :3] == grey[..., None]).all()
    assert any("duotone" in note for note in reading.notes)
    bits = (grey > 99).astype(np.uint8)
    assert (merged(reading, bits[None], mode=0, depth=1)[..., 0] == bits * 255).all()


def test_indexed_colours_and_the_one_that_is_transparent(reading):
    palette = np.random.default_rng(5).integers(0, 256, (3, 256)).astype(np.uint8)
    index = planes8(count=1)
    seen = merged(reading, index, mode=parts.INDEXED, palette=palette.tobytes())
    assert (seen[..., :3] == palette[:, index[0]].transpose(1, 2, 0)).all()
    resources = {1047: struct.pack(">H", 77)}
    seen = merged(reading, index, mode=parts.INDEXED, palette=palette.tobytes(), resources=resources)
    assert ((seen[..., 3] == 0) == (index[0] == 77)).all()


def test_printing_inks_without_a_profile_subtract_from_white(reading):
    inks = planes8(count=4, seed=8)
    seen = merged(reading, inks, mode=parts.CMYK)
    expected = inks[:3].astype(float) * inks[3] / 255
    assert np.abs(seen[..., :3] - expected.transpose(1, 2, 0)).max() <= 0.51
    assert any("printing inks" in note for note in reading.notes)


def test_lab_is_what_littlecms_makes_of_it(reading):
    planes = planes8(count=3, seed=4)
    planes[1:] = 128 + (planes[1:].astype(int) - 128) // 4
    planes[0] = 60 + planes[0] // 2
    picture = Image.merge("LAB", [Image.fromarray(plane) for plane in planes])
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(lab, srgb, "LAB", "RGB", flags=ImageCms.Flags.NOOPTIMIZE)
    expected = np.asarray(ImageCms.applyTransform(picture, transform)).astype(int)
    inside = ((expected > 2) & (expected < 253)).all(axis=2)
    seen = merged(reading, planes, mode=parts.LAB)[..., :3].astype(int)
    assert inside.mean() > 0.5
    assert np.abs(seen - expected)[inside].max() <= 2


def test_spot_colours_are_read_as_inks(reading):
    planes = planes8(count=3)
    assert (merged(reading, planes, mode=parts.MULTICHANNEL)[..., :3] == planes.transpose(1, 2, 0)).all()
    assert any("spot" in note for note in reading.notes)


def wide_profile() -> bytes:
    primaries = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
    return matrix_profile("A wide space", colourants_of((0.3127, 0.329), primaries), (2.2,))


@pytest.mark.parametrize("depth", [8, 16])
def test_colours_of_a_profile_become_srgb_and_the_profile_is_kept(reading, depth):
    profile = wide_profile()
    planes = planes8(count=3) if depth == 8 else planes8(count=3).astype(np.uint16) * 257
    part = layer(planes)
    data = photoshop_file((WIDTH, HEIGHT), [part], depth=depth, resources={1039: profile})
    state = reading(data)
    assert icc_profile(state) == profile
    expected = to_srgb(np.dstack(list(planes)), profile)
    assert expected is not None
    seen = one(state).surface.read(state.rect)[..., :3] / ONE
    assert np.abs(seen - expected / (255 if depth == 8 else 65535)).max() < 1 / 25000
    assert any("A wide space" in note for note in reading.notes)


def test_a_profile_of_srgb_changes_nothing_and_a_damaged_one_costs_a_sentence(reading):
    planes = planes8(count=3)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert (merged(reading, planes, resources={1039: srgb})[..., :3] == planes.transpose(1, 2, 0)).all()
    assert reading.notes == ()
    assert (merged(reading, planes, resources={1039: srgb[:99]})[..., :3] == planes.transpose(1, 2, 0)).all()
    assert any("damaged" in note for note in reading.notes)


def test_a_transparent_picture_is_taken_off_the_white_it_lies_on(reading):
    planes = planes8()
    alpha = planes[3] / 255
    mixed = [(plane * alpha + 255 * (1 - alpha) + 0.5).astype(np.uint8) for plane in planes[:3]]
    data = photoshop_file((WIDTH, HEIGHT), (), [*mixed, planes[3]], extra=b"8BIMMtrn" + bytes(4))
    seen = picture_rgba8(reading(data))
    solid = planes[3] > 100
    assert (seen[..., 3] == planes[3]).all()
    assert np.abs(seen[..., :3].astype(int) - planes[:3].transpose(1, 2, 0))[solid].max() <= 2


def test_a_mode_with_bits_that_it_cannot_have_is_damage(reading):
    with pytest.raises(FormatError, match="damaged"):
        reading(photoshop_file((4, 4), (), bytes(100), mode=parts.CMYK, depth=32))


# What a layer is


def test_every_property_is_where_the_format_has_it(reading):
    blocks = {
        b"iOpa": bytes([51, 0, 0, 0]),
        b"lclr": struct.pack(">4H", 3, 0, 0, 0),
        b"lspf": struct.pack(">I", 1),
        b"lyid": struct.pack(">I", 42),
        b"luni": parts.unicode_name("名前 🖋️\0"),
    }
    first = flat((1, 2, 3), name="?", blend=b"mul ", opacity=102, flags=8 | 2, blocks=blocks)
    second = flat((1, 2, 3), name="Other", clipping=1, blocks={b"lspf": struct.pack(">I", 1 << 31)})
    a, b = reading(photoshop_file((20, 10), [first, second])).layers
    assert (a.name, a.blend, a.opacity, a.fill, a.visible) == ("名前 🖋️", BlendMode.MULTIPLY, 0.4, 0.2, False)
    assert (a.label, a.alpha_locked, a.locked, a.id) == (LabelColour.YELLOW, True, False, "lyid:42")
    assert (b.clip, b.locked, b.label, b.fill) == (True, True, LabelColour.NONE, 1.0)


def test_all_blend_modes_and_one_that_nobody_knows(reading):
    modes = [mode for mode in BlendMode if mode is not BlendMode.PASS_THROUGH]
    layers = [flat((1, 2, 3), name=mode.name, blend=mode.key.encode()) for mode in modes]
    state = reading(photoshop_file((20, 10), [*layers, flat((1, 2, 3), name="Odd", blend=b"odd?")]))
    assert [node.blend for node in state.layers] == [*modes, BlendMode.NORMAL]
    assert "The blend mode of 1 layer is not known: it became Normal: “Odd”" in reading.notes


def test_two_layers_with_one_id_get_ids_of_their_own(reading):
    same = {b"lyid": struct.pack(">I", 7)}
    a, b = reading(photoshop_file((20, 10), [flat((1, 2, 3), blocks=same), flat((4, 5, 6), blocks=same)])).layers
    assert a.id == "lyid:7" != b.id


def test_groups_are_put_together_with_their_own_blend_mode(reading):
    inner = parts.group("Inner", [flat((1, 2, 3), name="Deep")], b"scrn")
    outer = parts.group("Outer", [*inner, flat((1, 2, 3), name="Above")])
    (group,) = reading(photoshop_file((20, 10), outer)).layers
    assert isinstance(group, Group)
    assert (group.name, group.blend) == ("Outer", BlendMode.PASS_THROUGH)
    assert [(n.name, n.blend) for n in group.children] == [("Inner", BlendMode.SCREEN), ("Above", BlendMode.NORMAL)]


def test_marks_without_a_partner_lose_no_layer(reading):
    end, begin = parts.group("Lost", [])
    records = [begin, flat((1, 2, 3), name="One"), end, flat((1, 2, 3), name="Two")]
    assert [node.name for node in reading(photoshop_file((20, 10), records)).layers] == ["One", "Two"]


def test_groups_nested_beyond_reason_are_flattened_and_lose_no_layer(reading):
    records = [flat((1, 2, 3), name="Deep")]
    for i in range(300):
        records = parts.group(f"Group {i}", records)
    state = reading(photoshop_file((20, 10), [*records, flat((4, 5, 6), name="Top")]))
    depth, node = 0, state.layers[0]
    while isinstance(node, Group):
        depth, node = depth + 1, node.children[0]
    assert (node.name, state.layers[1].name, depth < 100) == ("Deep", "Top", True)
    assert (picture_rgba8(state)[..., 0] == 4).all()


# Masks


def ramp_mask() -> np.ndarray:
    return np.linspace(0, 255, 12).astype(np.uint8)[None].repeat(6, 0)


def masked(mask: bytes, channels: dict[int, np.ndarray], **fields) -> bytes:
    part = flat((90, 90, 90), name="Masked", mask=mask, **fields)
    return photoshop_file((20, 10), [Part(**{**vars(part), "channels": {**part.channels, **channels}})])


@pytest.mark.parametrize("outside", [0, 255])
@pytest.mark.parametrize("flags", [0, 2], ids=["on", "off"])
def test_a_mask_has_its_place_its_surrounding_and_its_switch(reading, outside, flags):
    data = masked(mask_record((2, 3, 8, 15), outside, flags), {-2: ramp_mask()})
    mask = one(reading(data)).mask
    assert mask is not None
    assert (mask.outside, mask.enabled) == (ONE if outside else 0, flags == 0)
    expected = np.full((10, 20), outside / 255)
    expected[2:8, 3:15] = ramp_mask() / 255
    seen = mask.surface.read(Rect(0, 0, 20, 10))[..., 0] / ONE
    assert np.abs(seen - expected).max() < 1e-4


def test_density_lets_what_is_hidden_shine_through_everywhere(reading):
    more = struct.pack(">BB", 1, 51)
    state = reading(masked(mask_record((2, 3, 8, 15), 0, 16, more), {-2: ramp_mask()}))
    expected = np.full((10, 20), 0.8 * 255)
    expected[2:8, 3:15] = 255 * 0.8 + ramp_mask() * 0.2
    assert np.abs(picture_rgba8(state)[..., 3] - expected).max() <= 1


def test_feather_is_left_out_and_told(reading):
    more = struct.pack(">Bd", 2, 3.5)
    reading(masked(mask_record((2, 3, 8, 15), 0, 16, more), {-2: ramp_mask()}))
    assert "The feather of 1 mask was left out: “Masked”" in reading.notes


def test_where_there_is_a_real_mask_it_is_the_one(reading):
    real = struct.pack(">BB4i", 0, 255, 1, 1, 5, 5)
    channels = {-2: ramp_mask(), -3: np.zeros((4, 4), np.uint8)}
    state = reading(masked(mask_record((2, 3, 8, 15), 0, 0, real), channels))
    alpha = picture_rgba8(state)[..., 3]
    assert not alpha[1:5, 1:5].any()
    assert (alpha[5:] == 255).all()


def test_groups_and_adjustments_have_masks(reading):
    mask = {"mask": mask_record((0, 0, 10, 10), 0), "channels": {-2: np.full((10, 10), 255, np.uint8)}}
    base = flat((10, 20, 30), name="Base")
    end, head = parts.group("Group", [], b"norm")
    head = Part(**{**vars(head), **mask})
    invert = Part("Invert", blocks={b"nvrt": b""}, **mask)
    state = reading(photoshop_file((20, 10), [base, end, flat((200, 200, 200)), head, invert]))
    _, group, adjustment = state.layers
    assert isinstance(adjustment, Adjustment)
    assert adjustment.filter == Invert()
    assert group.mask is not None
    assert adjustment.mask is not None
    seen = picture_rgba8(state)
    assert (seen[0, 0, 0], seen[0, 15, 0]) == (55, 10)


# Fill layers


def colour(red: float, green: float, blue: float) -> Descriptor:
    return Descriptor([(b"Rd  ", Double(red)), (b"Grn ", Double(green)), (b"Bl  ", Double(blue))], classID=b"RGBC")


def test_a_layer_of_one_colour_covers_the_canvas_through_its_mask(reading):
    fill = DescriptorBlock([(b"Clr ", colour(255, 128, 0))], classID=b"null").tobytes()
    mask = {-2: np.full((10, 5), 255, np.uint8)}
    data = photoshop_file(
        (20, 10), [Part("Fill", blocks={b"SoCo": fill}, mask=mask_record((0, 0, 10, 5)), channels=mask)]
    )
    seen = picture_rgba8(reading(data))
    assert (seen[:, :5] == (255, 128, 0, 255)).all()
    assert not seen[:, 5:, 3].any()
    assert "1 fill layer came as pixels: “Fill”" in reading.notes


def gradient_block(kind: bytes, angle: float) -> bytes:
    stops = [
        Descriptor([(b"Clr ", colour(*rgb)), (b"Lctn", Integer(at)), (b"Mdpn", Integer(50))], classID=b"Clrt")
        for at, rgb in ((0, (0, 0, 0)), (4096, (255, 255, 255)))
    ]
    ramp = Descriptor([(b"GrdF", Enumerated(b"GrdF", b"CstS")), (b"Clrs", List(stops))], classID=b"Grdn")
    fields = [(b"Grad", ramp), (b"Angl", Double(angle)), (b"Type", Enumerated(b"GrdT", kind))]
    return DescriptorBlock(fields, classID=b"null").tobytes()


def test_a_gradient_is_painted_over_the_canvas(reading):
    state = reading(photoshop_file((200, 100), [Part("Gradient", blocks={b"GdFl": gradient_block(b"Lnr ", 0.0)})]))
    seen = picture_rgba8(state)[..., 0].astype(int)
    assert np.abs(seen - np.linspace(0, 255, 200)[None]).max() <= 2
    upwards = picture_rgba8(reading(photoshop_file((50, 50), [Part(blocks={b"GdFl": gradient_block(b"Lnr ", 90.0)})])))
    assert (upwards[0, :, 0] > 250).all()
    assert (upwards[-1, :, 0] < 5).all()
    radial = picture_rgba8(reading(photoshop_file((51, 51), [Part(blocks={b"GdFl": gradient_block(b"Rdl ", 0.0)})])))
    assert (radial[25, 25, 0], radial[25, 50, 0] > 245, radial[0, 0, 0]) == (0, True, 255)


def vector_block(*outlines: tuple[int, list[tuple[float, float]]], flags: int = 0) -> bytes:
    """Polygons with their operation; corners are shares of the canvas, x first."""
    records = struct.pack(">II", 3, flags) + struct.pack(">H24x", 6)
    for operation, corners in outlines:
        records += struct.pack(">HHh20x", 0, len(corners), operation)
        for x, y in corners:
            point = (round(y * (1 << 24)), round(x * (1 << 24)))
            records += struct.pack(">H6i", 2, *point * 3)
    return records


def box(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def shape(block: bytes, name: str = "Shape") -> bytes:
    fill = DescriptorBlock([(b"Clr ", colour(255, 0, 0))], classID=b"null").tobytes()
    return photoshop_file((200, 160), [Part(name, blocks={b"SoCo": fill, b"vmsk": block})])


def test_a_shape_that_the_file_has_not_drawn_is_drawn(reading):
    outer, hole = (1, box(0.1, 0.25, 0.6, 0.75)), (-1, box(0.2, 0.5, 0.3, 0.7))
    seen = picture_rgba8(reading(shape(vector_block(outer, hole))))
    expected = np.zeros((160, 200), np.uint8)
    expected[40:120, 20:120] = 255
    expected[80:112, 40:60] = 0
    assert np.abs(seen[..., 3].astype(int) - expected).max() <= 1
    assert (seen[expected > 0][:, 0] == 255).all()
    assert reading.notes == ("1 shape layer came as pixels: “Shape”",)


def test_shapes_are_added_cut_met_and_excluded(reading):
    left, right = np.zeros((160, 200), bool), np.zeros((160, 200), bool)
    left[32:128, 20:120], right[32:128, 60:180] = True, True
    wanted = {0: left ^ right, 1: left | right, 2: left & ~right, 3: left & right}
    for operation, expected in wanted.items():
        block = vector_block((1, box(0.1, 0.2, 0.6, 0.8)), (operation, box(0.3, 0.2, 0.9, 0.8)))
        alpha = picture_rgba8(reading(shape(block)))[..., 3]
        assert np.abs(alpha.astype(int) - expected * 255).max() <= 1
    turned = picture_rgba8(reading(shape(vector_block((1, box(0.1, 0.2, 0.6, 0.8)), flags=1))))[..., 3]
    assert np.abs(turned.astype(int) - ~left * 255).max() <= 1


def test_edges_of_a_shape_are_smooth_and_curves_are_round(reading):
    k = 0.5523 * 0.4
    corners = [((0.5, 0.1), (-k, 0)), ((0.1, 0.5), (0, k)), ((0.5, 0.9), (k, 0)), ((0.9, 0.5), (0, -k))]
    block = struct.pack(">II", 3, 0) + struct.pack(">HHh20x", 0, 4, 1)
    for (x, y), (dx, dy) in corners:
        points = ((x - dx, y - dy), (x, y), (x + dx, y + dy))
        block += struct.pack(">H6i", 1, *(round(v * (1 << 24)) for px, py in points for v in (py, px)))
    fill = DescriptorBlock([(b"Clr ", colour(255, 0, 0))], classID=b"null").tobytes()
    state = reading(photoshop_file((200, 200), [Part("Disc", blocks={b"SoCo": fill, b"vmsk": block})]))
    y, x = (np.mgrid[:3200, :3200] + 0.5) / 16
    expected = (np.hypot(x - 100, y - 100) < 80).reshape(200, 16, 200, 16).mean(axis=(1, 3)) * 255
    assert np.abs(picture_rgba8(state)[..., 3] - expected).max() < 17


def test_a_shape_that_cannot_be_drawn_covers_nothing(reading):
    odd = struct.pack(">II", 3, 0) + struct.pack(">H24x", 99)
    assert not picture_rgba8(reading(shape(odd))).any()
    assert "Vector masks that could not be drawn were left out: “Shape”" in reading.notes


# What is told


def effects(enabled: bool) -> bytes:
    shadow = Descriptor([(b"enab", Bool(enabled))], classID=b"DrSh")
    return DescriptorBlock2([(b"masterFXSwitch", Bool(True)), (b"DrSh", shadow)], classID=b"null").tobytes()


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ({b"TySh": b""}, "1 text layer came as pixels: “Thing”"),
        ({b"SoLd": b""}, "1 smart object came as pixels: “Thing”"),
        ({b"vmsk": b"", b"vscg": b""}, "1 shape layer came as pixels: “Thing”"),
        ({b"lfx2": effects(True)}, "The effects of 1 layer are not shown: “Thing”"),
        ({b"knko": b"\1\0\0\0"}, "The knockout of 1 layer was left out: “Thing”"),
        ({b"brst": struct.pack(">I", 1)}, "1 layer shows in all colour channels, not in some: “Thing”"),
        ({b"artb": b""}, "1 artboard came as a group without edges or background: “Thing”"),
        ({b"vibA": b""}, "1 adjustment that Underdraw does not have came as an empty layer: vibrance"),
    ],
)
def test_what_other_programs_have_is_counted_and_named(reading, blocks, sentence):
    reading(photoshop_file((20, 10), [flat((1, 2, 3), name="Thing", blocks=blocks)]))
    assert reading.notes == (sentence,)


def test_effects_that_are_switched_off_are_not_missed(reading):
    reading(photoshop_file((20, 10), [flat((1, 2, 3), blocks={b"lfx2": effects(False)})]))
    assert reading.notes == ()


def test_blending_ranges_are_told_and_the_usual_ones_are_not(reading):
    usual = b"\0\0\xff\xff" * 10
    reading(photoshop_file((20, 10), [flat((1, 2, 3), ranges=usual)]))
    assert reading.notes == ()
    reading(photoshop_file((20, 10), [flat((1, 2, 3), name="If", ranges=b"\x20\x30" + usual[2:])]))
    assert reading.notes == ("The blending ranges of 1 layer were left out: “If”",)


def test_many_of_a_kind_are_one_sentence_that_names_a_few(reading):
    text = [flat((1, 2, 3), name=f"Text {i}", blocks={b"TySh": b""}) for i in range(5)]
    reading(photoshop_file((20, 10), text))
    assert reading.notes == ("5 text layers came as pixels: “Text 0”, “Text 1”, “Text 2” and 2 more",)


def test_what_resources_hold_is_told(reading):
    comps = DescriptorBlock([(b"list", List([Integer(1), Integer(2)]))], classID=b"CompList").tobytes()
    resources = {
        1026: struct.pack(">3H", 5, 0, 5),
        1032: struct.pack(">4I", 1, 576, 576, 3) + bytes(15),
        1065: comps,
        2000: b"path",
        4000: b"maniIRFR....FrInVlLs" + struct.pack(">I", 7),
    }
    reading(photoshop_file((20, 10), [flat((1, 2, 3))] * 3, resources=resources))
    assert reading.notes == (
        "2 linked layers are not linked any more",
        "2 layer comps were left out",
        "The 7 frames of its animation were left out: its layers are as they were shown last",
        "1 saved path was left out",
        "3 guides were left out",
    )


def test_a_picture_that_looks_different_is_told_and_a_black_or_missing_one_is_not(reading):
    red, nothing = flat((200, 0, 0), 20, 10), np.zeros((10, 20), np.uint8)
    same = [nothing + 200, nothing, nothing]
    for picture, told in ((same, False), ([nothing, nothing + 90, nothing], True), ([nothing] * 3, False)):
        reading(photoshop_file((20, 10), [red], picture))
        assert any("looks different" in note for note in reading.notes) == told
    without = {1057: struct.pack(">IB", 1, 0)}
    reading(photoshop_file((20, 10), [red], [nothing, nothing + 90, nothing], resources=without))
    assert reading.notes == ()


def test_layers_survive_a_picture_that_is_cut_off(reading):
    nothing = np.zeros((10, 20), np.uint8)
    data = photoshop_file((20, 10), [flat((200, 0, 0))], [nothing, nothing, nothing])
    state = reading(data[:-300])
    assert (picture_rgba8(state)[..., 0] == 200).all()
    assert reading.notes == ("Its merged picture is damaged; the layers are whole",)


# Beside the layers


def test_resolution_and_saved_channels(reading):
    planes = planes8(count=3)
    saved = planes8(count=2, seed=9)
    names = b"".join(parts.unicode_name(name + "\0") for name in ("Selection", "Hair"))
    resources = {1005: struct.pack(">IHHIHH", 300 << 16, 1, 1, 300 << 16, 1, 1), 1045: names}
    state = reading(photoshop_file((WIDTH, HEIGHT), [layer(planes)], [*planes, *saved], resources=resources))
    assert ppi(state) == 300
    assert state.selection is not None
    assert np.abs(state.selection.read(state.rect)[..., 0] * 255.0 / ONE - saved[0]).max() < 0.01
    assert reading.notes == ("1 saved channel was left out: “Hair”",)


def test_progress_reaches_the_end_and_a_cancelled_job_stops(reading):
    seen = []

    class Watched(Job):
        def reach(self, share: float) -> None:
            seen.append(share)
            super().reach(share)

    data = photoshop_file((WIDTH, 600), [layer(planes8(height=600)), layer(planes8(height=600))])
    reading(data, job=Watched())
    assert seen == sorted(seen)
    assert len(seen) > 8
    assert seen[-1] == 1.0
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        reading(data, job=job)


def test_a_layer_larger_than_a_document_may_be_is_cropped_to_the_canvas(reading):
    part = flat((1, 2, 3), 900, 4, left=-300)
    state = reading(photoshop_file((200, 4), [part]), Limits(500, 1 << 30))
    assert one(state).surface.tile_bounds() == Rect(0, 0, 256, 128)
    assert any("cut off" in note for note in reading.notes)


# Files that psd-tools makes


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("large", [False, True], ids=["psd", "psb"])
def test_files_that_psd_tools_made_are_read(path, mode, large):
    made = PSDImage.new(mode, (30, 20))
    if large:
        made._record.header.version = 2
    pixels = np.random.default_rng(0).integers(0, 256, (12, 10, 3 if mode == "RGB" else 1)).astype(np.uint8)
    picture = Image.fromarray(pixels if mode == "RGB" else pixels[..., 0], mode)
    pixel_layer = made.create_pixel_layer(picture, name="Pixels", top=4, left=5)
    pixel_layer.fill_opacity = 128
    made.save(path)
    back = one(psd_read.read(path, LIMITS))
    assert (back.name, round(back.fill * 255), back.opacity) == ("Pixels", 128, 1.0)
    assert (to_rgba8(back.surface.read(Rect(5, 4, 15, 16)))[..., :3] == pixels).all()


def test_a_file_without_layers_is_one_background(path):
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype(np.uint8))
    PSDImage.frompil(picture).save(path)
    back = one(psd_read.read(path, LIMITS))
    assert back.name == "Background"
    assert (to_rgba8(back.surface.read(Rect(0, 0, 7, 9)))[..., :3] == np.asarray(picture)).all()
