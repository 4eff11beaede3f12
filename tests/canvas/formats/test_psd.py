"""A PSD shows other programs the same layers and the same picture, and comes back as far as PSD can say it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from canvas.blend_modes import BlendMode
from canvas.formats import psd
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats.picture import picture_rgba8
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.pose import draw_openpose
from canvas.roles import Control
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, to_rgba8

LIMITS = Limits.of_this_machine()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "painting.psd"


def square(name: str, x: int = 0, side: int = 40, colour=(ONE, 0, 0, ONE), **fields) -> Layer:
    pixels = np.full((side, side, 4), colour, np.uint16)
    return Layer(name, surface=Surface.from_pixels(pixels, x, 10), **fields)


def of_psd_tools(path: Path) -> list:
    return list(PSDImage.open(path).descendants())


# What other readers see


def test_psd_tools_sees_the_tree_with_every_property(rich, path):
    psd.write(rich, path)
    seen = [
        (layer.name, layer.is_group(), layer.blend_mode.value.decode(), layer.opacity, layer.visible, layer.clipping)
        for layer in of_psd_tools(path)
    ]
    assert seen == [
        ("Paper", False, "norm", 255, True, False),
        ("Outer", True, "pass", 255, True, False),
        ("Tinte 線画 🖋️", False, "norm", 204, True, False),
        ("Ομάδα", True, "norm", 128, True, False),
        ("Тень", False, "mul ", 255, True, False),
        ("ظل", False, "scrn", 255, True, True),
        ("Kept", False, "norm", 255, True, False),
        ("Lines", False, "norm", 255, False, False),
        ("Figure", False, "norm", 255, False, False),
        ("Hidden", False, "norm", 255, False, False),
        ("Where", False, "norm", 255, False, False),
        ("Style", False, "norm", 255, False, False),
        ("There", True, "norm", 255, False, False),
        ("Later", False, "norm", 255, False, False),
        ("Empty", False, "norm", 255, True, False),
    ]


def test_groups_hold_their_children(rich, path):
    psd.write(rich, path)
    tree = {layer.name: layer.parent.name for layer in of_psd_tools(path) if layer.parent.name != "Root"}
    assert tree == {"Tinte 線画 🖋️": "Outer", "Ομάδα": "Outer", "Тень": "Ομάδα", "ظل": "Ομάδα"}


def test_pixels_lie_where_they_were_cropped_to_what_is_painted(rich, path):
    psd.write(rich, path)
    layers = {layer.name: layer for layer in of_psd_tools(path)}
    ink = rich.find(rich.layers[1].children[0].id)
    assert layers["Tinte 線画 🖋️"].bbox == (-20, 30, 70, 90)
    expected = to_rgba8(ink.surface.read(Rect(-20, 30, 70, 90)))
    assert (np.asarray(layers["Tinte 線画 🖋️"].topil(apply_icc=False)) == expected).all()


def test_masks_keep_their_place_values_and_what_lies_outside(rich, path):
    psd.write(rich, path)
    layers = {layer.name: layer for layer in of_psd_tools(path)}
    ramp, hole, off = layers["Тень"].mask, layers["Outer"].mask, layers["ظل"].mask
    assert (ramp.background_color, ramp.disabled) == (0, False)
    assert np.abs(np.asarray(ramp.topil())[0].astype(int) - np.linspace(0, 255, 150)[1:]).max() <= 1
    assert (hole.background_color, hole.bbox, hole.topil().getextrema()) == (255, (128, 0, 256, 128), (0, 0))
    assert off.disabled


def test_locks_are_kept(rich, path):
    psd.write(rich, path)
    layers = {layer.name: layer for layer in of_psd_tools(path)}
    assert layers["Tinte 線画 🖋️"].locks.transparency
    assert layers["Outer"].locks.complete
    assert layers["Paper"].locks is None


def test_every_record_has_an_id_of_its_own(rich, path):
    psd.write(rich, path)
    ids = [layer.layer_id for layer in of_psd_tools(path)]
    assert min(ids) > 0
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("selected", [False, True], ids=["", "with a selection"])
@pytest.mark.parametrize("paper", [True, False], ids=["opaque", "transparent"])
def test_the_merged_picture_is_ours_to_every_reader(rich, path, over_white, paper, selected):
    state = rich if paper else replace(rich, layers=rich.layers[1:])
    state = state if selected else replace(state, selection=None)
    psd.write(state, path)
    ours = picture_rgba8(state)
    merged = np.asarray(PSDImage.open(path).topil().convert("RGBA"))
    assert np.abs(over_white(merged) - over_white(ours)).max() <= 2
    assert (merged[..., 3] == ours[..., 3]).all()
    with Image.open(path) as image:
        # Beside a saved selection, Pillow does not tell which plane is transparency.
        assert image.mode == ("RGB" if paper or selected else "RGBA")
        # Pillow leaves the colours as they are stored: on white.
        assert np.abs(np.asarray(image)[..., :3] - over_white(ours)).max() <= 2


@pytest.mark.parametrize("side", [30, 40], ids=["one band", "layers that reach out of the canvas"])
def test_what_shows_is_what_psd_tools_composes_from_the_layers(path, over_white, side):
    layers = (
        square("Paper", side=60, colour=(ONE, ONE, ONE, ONE)),
        square("Half", 10, side, (ONE // 4, 0, 0, ONE // 2), blend=BlendMode.MULTIPLY, opacity=0.5),
        Group("Group", children=(square("Top", 20, side, (0, ONE // 8, 0, ONE // 8)),), blend=BlendMode.NORMAL),
        square("Lines", 0, side, role=Control()),
    )
    state = DocumentState(60, 60, layers)
    psd.write(state, path)
    composed = np.asarray(PSDImage.open(path).composite(force=True).convert("RGBA"))
    assert np.abs(over_white(composed) - over_white(picture_rgba8(state))).max() <= 2


def test_a_pose_layer_holds_its_drawing(rich, path):
    psd.write(rich, path)
    figure = next(layer for layer in of_psd_tools(path) if layer.name == "Figure")
    drawn = draw_openpose(rich.layers[4].role.figures, rich.rect, rich.rect.size)
    left, top, right, bottom = figure.bbox
    pixels = np.asarray(figure.topil(apply_icc=False))
    assert (pixels[..., :3] * (pixels[..., 3:] > 0) == drawn[top:bottom, left:right]).all()
    assert drawn.any(axis=2).sum() == (pixels[..., 3] > 0).sum() > 100


def test_an_instruction_between_a_layer_and_what_is_clipped_to_it_does_not_take_its_place(path):
    layers = (square("Base"), square("Lines", role=Control()), square("Shade", clip=True), square("Next"))
    psd.write(DocumentState(60, 60, layers), path)
    seen = of_psd_tools(path)
    assert [layer.name for layer in seen] == ["Base", "Shade", "Lines", "Next"]
    assert [clipped.name for clipped in seen[0].clip_layers] == ["Shade"]


@pytest.mark.parametrize("name", ["", "é" * 300, "🖋" * 200, "a\udc80b", "tab\tand\nline"])
def test_names_of_any_kind_can_be_written(path, name):
    psd.write(DocumentState(8, 8, (Layer(name), Group(name))), path)
    for layer in of_psd_tools(path):
        assert name.replace("\udc80", "?").startswith(layer.name)
        assert len(layer.name) >= min(len(name), 127)


# And back


def test_all_blend_modes_come_back(path):
    layers = tuple(square(mode.label, blend=mode) for mode in BlendMode if mode is not BlendMode.PASS_THROUGH)
    groups = tuple(Group(mode.label, blend=mode) for mode in BlendMode)
    psd.write(DocumentState(60, 60, (*layers, *groups)), path)
    back = psd.read(path, LIMITS)
    assert [(n.name, n.blend) for n in back.layers] == [(n.name, n.blend) for n in (*layers, *groups)]


def test_layers_come_back_with_every_property_and_their_pixels(rich, path):
    psd.write(rich, path)
    back = psd.read(path, LIMITS)
    assert (back.width, back.height) == (300, 200)
    ours, theirs = list(rich.walk()), list(back.walk())
    for a, b in zip(ours, theirs, strict=True):
        assert (type(a), a.name, a.blend, a.locked, a.clip) == (type(b), b.name, b.blend, b.locked, b.clip)
        assert abs(a.opacity - b.opacity) <= 1 / 510
        if isinstance(a, Layer) and isinstance(b, Layer) and a.name != "Figure":
            assert a.alpha_locked == b.alpha_locked
            bounds = a.surface.tile_bounds() | b.surface.tile_bounds()
            difference = a.surface.read(bounds).astype(int) - b.surface.read(bounds)
            assert np.abs(difference).max(initial=0) <= ONE / 255
        if a.mask is not None:
            assert b.mask is not None
            assert (a.mask.outside, a.mask.enabled) == (b.mask.outside, b.mask.enabled)
    assert (back.layers[1].mask.surface.tiles[1, 0] == 0).all()
    assert [n.name for n in back.layers[1].children] == [n.name for n in rich.layers[1].children]


def test_the_second_generation_is_exactly_the_first(rich, path):
    """8-bit values that went through our 16 bits once do not wander."""
    psd.write(rich, path)
    once = psd.read(path, LIMITS)
    psd.write(once, path)
    twice = psd.read(path, LIMITS)
    visible = picture_rgba8(once)
    assert (picture_rgba8(twice)[visible[..., 3] == 255] == visible[visible[..., 3] == 255]).all()


def test_a_mask_that_hides_everything_still_does(path):
    layer = square("Gone", mask=LayerMask(Surface.blank(1), 0))
    psd.write(DocumentState(60, 60, (layer,)), path)
    back = psd.read(path, LIMITS)
    assert not picture_rgba8(back).any()


def test_a_document_without_layers_and_a_layer_without_pixels_can_be_written(path):
    for state in (DocumentState(5, 3), DocumentState(5, 3, (Layer("Empty"),))):
        psd.write(state, path)
        assert PSDImage.open(path).size == (5, 3)
        assert psd.read(path, LIMITS).width == 5


def test_a_layer_far_outside_is_kept_unless_it_would_be_larger_than_a_psd_may_be(path):
    near = square("Near", -25_000)
    far = Layer("Far", surface=Surface({**square("", 0).surface.tiles, (900, 0): square("", 0).surface.tiles[0, 0]}))
    psd.write(DocumentState(60, 60, (near, far)), path)
    assert [layer.bbox for layer in of_psd_tools(path)] == [(-25_000, 10, -24_960, 50), (0, 10, 60, 50)]


def test_a_full_disk_leaves_the_old_file(rich, path, file_size_limit):
    path.write_bytes(b"old")
    with file_size_limit(10_000), pytest.raises(FormatError, match="Cannot save"):
        psd.write(rich, path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in path.parent.iterdir()] == [path.name]
