"""Adjustments and labels through the native format and PSD."""

import json
import sqlite3
from dataclasses import replace

import numpy as np
import old_udraw
import pytest
from psd_tools import PSDImage

from canvas.blend_modes import BlendMode
from canvas.compositor import composite
from canvas.filters import values as f
from canvas.formats import registry
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface, to_rgba8

TONES = f.Tones(10 / 255, 1.25, 230 / 255, 5 / 255, 250 / 255)
#: Settings that whole numbers hold, as a slider gives them.
FILTERS = {
    "levels": f.Levels(TONES, blue=f.Tones(0.0, 0.5, 1.0, 1.0, 0.0)),
    "curves": f.Curves(((0.0, 0.2), (51 / 255, 102 / 255), (1.0, 1.0)), green=((0.0, 1.0), (1.0, 0.0))),
    "huesaturation": f.HueSaturation(-35.0, 0.4, -0.1),
    "brightnesscontrast": f.BrightnessContrast(-0.2, 0.35),
    "colorbalance": f.ColourBalance(f.Balance(0.1, -0.2, 0.3), f.Balance(blue=-1.0), f.Balance(1.0), False),
    "invert": f.Invert(),
    "posterize": f.Posterise(6),
    "threshold": f.Threshold(100 / 255),
}
KEPT = [*FILTERS.values(), f.HueSaturation(120.0, 0.25, 0.0, colourise=True)]


def gradient():
    pixels = np.full((200, 300, 4), ONE, np.uint16)
    pixels[..., 0] = np.linspace(0, ONE, 300).astype(np.uint16)
    pixels[..., 1] = np.linspace(0, ONE, 200).astype(np.uint16)[:, None]
    pixels[..., 2] = ONE // 3
    return Surface.from_pixels(pixels)


def document(*filters):
    half = np.full((TILE_PX, TILE_PX, 1), ONE // 2, np.uint16)
    mask = LayerMask(Surface({(0, 0): half}, 1), outside=ONE)
    nodes = [Adjustment(f"a{i}", value, opacity=0.8, mask=mask if i % 2 else None) for i, value in enumerate(filters)]
    nodes[0] = replace(nodes[0], blend=BlendMode.MULTIPLY, label=LabelColour.ORANGE, clip=True)
    inner = Group("g", children=(Layer("inner", label=LabelColour.GREY), nodes[-1]), label=LabelColour.VIOLET)
    return DocumentState(300, 200, (Layer("base", surface=gradient()), *nodes[:-1], inner))


def through(tmp_path, state, ending):
    registry.write(state, tmp_path / f"d.{ending}")
    return registry.read(tmp_path / f"d.{ending}")


def outline(state):
    return [(n.name, type(n), n.blend, round(n.opacity, 1), n.clip, n.label, n.mask is None) for n in state.walk()]


def filters_of(state):
    return [node.filter for node in state.walk() if isinstance(node, Adjustment)]


class TestUdraw:
    def test_adjustments_and_labels_come_back_exactly(self, tmp_path):
        unknown = f.UnknownFilter(json.dumps({"filter": "glow", "radius": 3}, sort_keys=True))
        every = [*KEPT, f.Desaturate(f.Grey.AVERAGE), f.Noise(0.123, monochrome=True), unknown]
        state = document(*every)
        back = through(tmp_path, state, "udraw")
        assert filters_of(back) == every
        assert outline(back) == outline(state)
        np.testing.assert_array_equal(composite(back, back.rect), composite(state, state.rect))

    def test_a_file_from_before_there_were_labels_opens_and_is_then_saved_as_new(self, tmp_path):
        path = tmp_path / "old.udraw"
        old_udraw.save(DocumentState(300, 200, (Layer("base", surface=gradient()), Group("g"))), path, 1)
        state = registry.read(path)
        assert [node.label for node in state.walk()] == [LabelColour.NONE] * 2
        labelled = replace(state, layers=(replace(state.layers[0], label=LabelColour.RED), state.layers[1]))
        registry.write(labelled, path)
        assert registry.read(path).layers[0].label is LabelColour.RED
        with sqlite3.connect(path) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (3,)
        db.close()


class TestPsd:
    def test_photoshops_records_come_back_as_adjustments(self, tmp_path):
        state = document(*KEPT)
        back = through(tmp_path, state, "psd")
        assert outline(back) == outline(state)
        for kept, value in zip(filters_of(back), KEPT, strict=True):
            assert kept == value or repr(kept) == pytest.approx(repr(value)), value

    def test_other_readers_see_the_adjustments_and_the_adjusted_picture(self, tmp_path):
        state = document(*FILTERS.values())
        registry.write(state, tmp_path / "d.psd")
        opened = PSDImage.open(tmp_path / "d.psd")
        kinds = [layer.kind for layer in opened.descendants()]
        assert [kind for kind in kinds if kind not in ("pixel", "group")] == list(FILTERS)
        merged = np.asarray(opened.topil().convert("RGBA"))
        assert np.abs(merged.astype(int) - to_rgba8(composite(state, state.rect))).max() <= 1

    def test_greys_by_lightness_come_back_as_a_saturation_of_nothing(self, tmp_path):
        state = document(f.Desaturate(f.Grey.LIGHTNESS), f.Invert())
        back = through(tmp_path, state, "psd")
        assert filters_of(back) == [f.HueSaturation(saturation=-1.0), f.Invert()]
        assert np.abs(composite(back, back.rect).astype(int) - composite(state, state.rect)).max() <= ONE / 255

    def test_what_photoshop_does_not_have_leaves_an_empty_layer_and_its_effect_in_the_picture(self, tmp_path):
        state = document(f.Noise(0.4), f.Invert())
        registry.write(state, tmp_path / "d.psd")
        back = registry.read(tmp_path / "d.psd")
        empty = next(node for node in back.walk() if node.name == "a0")
        assert isinstance(empty, Layer)
        assert not empty.surface.tiles
        merged = np.asarray(PSDImage.open(tmp_path / "d.psd").topil().convert("RGBA"))
        assert np.abs(merged.astype(int) - to_rgba8(composite(state, state.rect))).max() <= 1

    def test_curves_of_many_or_crowded_points_fit_the_format(self, tmp_path):
        many = tuple((i / 39, (i / 39) ** 2) for i in range(40))
        crowded = ((0.5, 0.3), (0.501, 0.9))
        state = document(f.Curves(many, red=crowded), f.Invert())
        back = filters_of(through(tmp_path, state, "psd"))[0]
        assert len(back.rgb) == 19
        assert back.rgb[9][1] == pytest.approx(0.25, abs=0.01)
        assert len(back.red) == 2
