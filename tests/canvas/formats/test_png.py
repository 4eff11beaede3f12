"""Flat pictures come in exact and upright, and go out with how they were made."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from canvas.formats import png
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats.picture import picture_rgba8
from canvas.formats.provenance import source_type
from canvas.layers import Group, Layer
from canvas.roles import Control
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

LIMITS = Limits.of_this_machine()
#: The pattern by which the web UI reads its settings line.
SETTING = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "picture.png"


def random_rgba(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 4)).astype(np.uint8)


def layer(name: str, **fields) -> Layer:
    return Layer(name, surface=Surface.from_pixels(np.full((20, 20, 4), ONE, np.uint16)), **fields)


def recipe(mode: str, prompt: str = "") -> str:
    return json.dumps({"mode": mode, "prompt": prompt, "seed": 1, "steps": 4, "strength": 0.5, "size": [64, 32]})


# Pictures in


def test_opaque_8_bit_pixels_survive_the_way_in_and_out_bit_for_bit(path):
    rgba = random_rgba(300, 200)
    rgba[..., 3] = 255
    png.write_png(path, rgba, {})
    state = png.read(path, LIMITS)
    assert (state.width, state.height, state.layers[0].name) == (300, 200, "Background")
    assert (picture_rgba8(state) == rgba).all()
    png.write(state, path)
    assert (png.read_image_rgba(path) == rgba).all()


def test_alpha_survives_bit_for_bit_and_colour_within_what_it_shows(path):
    rgba = random_rgba(300, 200)
    png.write_png(path, rgba, {})
    assert (png.read_image_rgba(path) == rgba).all()
    back = picture_rgba8(png.read(path, LIMITS))
    assert (back[..., 3] == rgba[..., 3]).all()
    shown = np.abs(back[..., :3].astype(float) - rgba[..., :3]) * (rgba[..., 3:] / 255)
    assert shown.max() <= 1


def test_a_photograph_stands_upright(tmp_path):
    upright = np.zeros((10, 20, 3), np.uint8)
    upright[:, 15:] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side: turn a quarter clockwise
    path = tmp_path / "photo.jpg"
    Image.fromarray(np.rot90(upright)).save(path, exif=exif, quality=100)
    seen = png.read_image_rgba(path)
    assert seen.shape == (10, 20, 4)
    assert seen[5, 17, 0] > 200
    assert seen[5, 5, 0] < 50


@pytest.mark.parametrize(
    ("mode", "suffix", "expected"),
    [
        ("1", ".png", (255, 255, 255, 255)),
        ("L", ".png", (204, 204, 204, 255)),
        ("LA", ".png", (204, 204, 204, 100)),
        ("P", ".gif", (204, 204, 204, 255)),
        ("RGB", ".bmp", (204, 204, 204, 255)),
        ("RGBA", ".webp", (204, 204, 204, 100)),
        ("RGBA", ".tiff", (204, 204, 204, 100)),
        ("CMYK", ".jpg", (204, 204, 204, 255)),
    ],
)
def test_pictures_of_any_kind_become_straight_rgba(tmp_path, mode, suffix, expected):
    path = tmp_path / f"picture{suffix}"
    grey = 255 if mode == "1" else 204
    Image.new("RGBA", (16, 16), (grey, grey, grey, 100)).convert("RGBA" if "A" in mode else "RGB").convert(mode).save(
        path, **({"lossless": True} if suffix == ".webp" else {})
    )
    seen = png.read_image_rgba(path)
    assert np.abs(seen.astype(int) - expected).max() <= 2


def test_a_colour_that_stands_for_transparency_is_transparent(path):
    Image.new("RGB", (4, 4), (9, 8, 7)).save(path, transparency=(9, 8, 7))
    assert (png.read_image_rgba(path)[..., 3] == 0).all()


def test_16_bit_grey_keeps_its_range(path):
    Image.fromarray(np.array([[0, 32_768, 65_535]], np.uint16)).save(path)
    assert png.read_image_rgba(path)[0, :, 0].tolist() == [0, 128, 255]


def test_pictures_of_32_bit_floats_are_cut_to_black_and_white(tmp_path):
    path = tmp_path / "deep.tiff"
    Image.fromarray(np.array([[-1, 0, 0.5, 1, 7, np.nan]], np.float32)).save(path)
    assert png.read_image_rgba(path)[0, :, 0].tolist() == [0, 0, 128, 255, 255, 0]


def test_a_picture_too_large_for_memory_is_refused_before_it_is_unpacked(path):
    Image.new("L", (2000, 2000)).save(path)
    with pytest.raises(FormatError, match="memory"):
        png.read_image_rgba(path, Limits(30_000, 1_000_000))
    with pytest.raises(FormatError, match="1 to 1000 pixels a side"):
        png.read_image_rgba(path, Limits(1000, 1 << 30))


def test_a_picture_that_ends_early_is_an_error_and_not_half_a_picture(path):
    png.write_png(path, random_rgba(64, 64), {})
    path.write_bytes(path.read_bytes()[:-9000])
    with pytest.raises(FormatError, match="damaged") as caught:
        png.read_image_rgba(path)
    assert str(path) in str(caught.value)


# Pictures out


@pytest.mark.parametrize("opaque", [True, False])
def test_a_picture_has_an_alpha_channel_only_when_it_needs_one(path, opaque):
    size = 20 if opaque else 21
    png.write(DocumentState(size, size, (layer("White"),)), path)
    with Image.open(path) as image:
        assert image.mode == ("RGB" if opaque else "RGBA")


def test_control_layers_are_not_in_the_picture(path):
    png.write(DocumentState(20, 20, (layer("Lines", role=Control()),)), path)
    assert not png.read_image_rgba(path).any()


def test_the_recipe_reads_as_other_tools_expect_it(rich, path):
    png.write(rich, path)
    with Image.open(path) as image:
        text = image.text["parameters"]
    prompt, negative, settings = text.split("\n")
    assert prompt == "a house: red, small"
    assert negative == "Negative prompt: rain, fog"
    assert settings.startswith("Steps: 8, ")
    found = dict(SETTING.findall(settings))
    assert found["Seed"] == "7"
    assert found["Size"] == "256x192"
    assert found["Model"] == "embedded"
    assert json.loads(found["ControlNet 0"]).startswith("Module: none, Model: scribble, Weight: 0.9")
    assert "Denoising strength" not in found


def test_our_own_metadata_holds_every_visible_recipe(rich, path):
    kept = rich.layers[2]
    hidden = Group("Hidden", children=(replace(kept, id="h", name="Not seen"),), visible=False)
    second = replace(kept, id="s", name="Second", recipe=recipe("image", "夜"))
    png.write(replace(rich, layers=(*rich.layers, hidden, second)), path)
    with Image.open(path) as image:
        data = json.loads(image.text["underdraw_metadata"])
        assert image.text["parameters"].startswith("夜\nSteps: 4, ")
        assert "Denoising strength: 0.5" in image.text["parameters"]
    assert [entry["name"] for entry in data["layers"]] == ["Kept", "Second"]
    assert data["layers"][0]["recipe"]["digest"] == "d0"


def test_a_picture_made_by_hand_has_no_recipe(path):
    png.write(DocumentState(20, 20, (layer("Mine"),)), path)
    with Image.open(path) as image:
        assert set(image.text) == {"XML:com.adobe.xmp"}


@pytest.mark.parametrize(
    ("layers", "term"),
    [
        ((layer("Mine"),), "digitalCreation"),
        ((layer("Made", recipe=recipe("text")),), "trainedAlgorithmicMedia"),
        ((layer("Mine"), layer("Made", recipe=recipe("text"))), "compositeSynthetic"),
        ((layer("Mine"), layer("Made", recipe=recipe("image"))), "compositeWithTrainedAlgorithmicMedia"),
        ((layer("Made", recipe=recipe("inpaint")),), "compositeWithTrainedAlgorithmicMedia"),
        ((layer("Made", recipe="written by a newer version"),), "compositeWithTrainedAlgorithmicMedia"),
        ((layer("Mine"), layer("Made", recipe=recipe("text"), visible=False)), "digitalCreation"),
        ((layer("Sketch", role=Control()), layer("Made", recipe=recipe("text"))), "trainedAlgorithmicMedia"),
    ],
)
def test_the_file_says_who_made_what_is_seen(path, layers, term):
    state = DocumentState(20, 20, layers)
    png.write(state, path)
    assert source_type(state) == term
    with Image.open(path) as image:
        xmp = image.text["XML:com.adobe.xmp"]
    (description,) = ElementTree.fromstring(xmp).iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    stated = description.attrib["{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"]
    assert stated == f"http://cv.iptc.org/newscodes/digitalsourcetype/{term}"


def test_a_failed_save_leaves_the_old_picture(path, file_size_limit):
    path.write_bytes(b"old")
    with file_size_limit(2_000), pytest.raises(FormatError, match="Cannot save"):
        png.write_png(path, random_rgba(100, 100), {})
    assert path.read_bytes() == b"old"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_pillow_writes_is_a_valid_png(path):
    png.write_png(path, random_rgba(10, 10), {"note": "a\0b"})
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.text == {"note": "ab"}
