"""The command line as a person at a terminal meets it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from app.__main__ import main
from canvas.formats import registry
from canvas.layers import Layer


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    """A hill and a sun in black on white."""
    lines = np.full((256, 256), 255, np.uint8)
    cv2.ellipse(lines, (110, 230), (120, 90), 0, 180, 360, 0, 3)
    cv2.circle(lines, (190, 60), 24, 0, 3)
    path = tmp_path / "sketch.png"
    Image.fromarray(lines).save(path)
    return path


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """Every 8-bit value there is, in a picture of 96 x 96."""
    path = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (96, 96, 3), np.uint8)).save(path)
    return path


def pixels_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(path).convert("RGB"))


def test_render_follows_a_sketch_and_repeats_itself(sketch: Path, tmp_path: Path) -> None:
    words = ["render", "--control", f"scribble={sketch}", "--prompt", "hills, sun", "--seed", "7", "--steps", "2"]
    first, again, other = tmp_path / "a.png", tmp_path / "b.png", tmp_path / "c.png"
    assert main([*words, "-o", str(first)]) == 0
    assert main([*words, "-o", str(again)]) == 0
    assert main([*words, "--prompt", "night, hills, moon", "-o", str(other)]) == 0
    assert pixels_of(first).shape == (256, 256, 3)
    assert np.array_equal(pixels_of(first), pixels_of(again))
    assert not np.array_equal(pixels_of(first), pixels_of(other))
    assert "Seed: 7" in Image.open(first).text["parameters"]


def test_outside_the_mask_not_one_byte_changes(noise: Path, tmp_path: Path) -> None:
    mask = np.zeros((96, 96), np.uint8)
    mask[30:60, 40:80] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    out = tmp_path / "out.png"
    words = ["render", "--paint", str(noise), "--mask", str(tmp_path / "mask.png"), "--steps", "2", "-o", str(out)]
    assert main(words) == 0
    before, after = pixels_of(noise), pixels_of(out)
    assert np.array_equal(before[mask == 0], after[mask == 0])
    assert not np.array_equal(before[mask == 255], after[mask == 255])


def test_a_rendered_document_holds_all_layers_and_the_recipe(
    sketch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.udraw"
    assert main(["render", "--control", f"scribble={sketch}", "--seed", "11", "--steps", "1", "-o", str(out)]) == 0
    assert main(["info", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["width"], told["height"]) == (256, 256)
    assert {layer["role"] for layer in told["layers"]} == {"control", "paint"}
    kept = next(layer for layer in told["layers"] if layer["role"] == "paint")
    assert kept["recipe"]["seed"] == 11
    assert any(key.startswith("control.0") for key in kept["recipe"]["digests"])


def test_convert_keeps_opaque_pixels_exact(noise: Path, tmp_path: Path) -> None:
    udraw, psd, png = tmp_path / "a.udraw", tmp_path / "b.psd", tmp_path / "c.png"
    for source, target in ((noise, udraw), (udraw, psd), (psd, png)):
        assert main(["convert", str(source), str(target)]) == 0
    assert np.array_equal(pixels_of(png), pixels_of(noise))


def test_convert_says_what_is_lost_and_writes_as_told(
    noise: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layered, deep = tmp_path / "a.udraw", tmp_path / "b.png"
    state = registry.read(noise)
    registry.write(replace(state, layers=(*state.layers, Layer("More"))), layered)
    assert main(["convert", str(layered), str(deep), "--depth", "16", "--no-recipes", "--keep-previous"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{deep}: not kept: " in told.err
    before = deep.read_bytes()
    assert before[24] == 16
    assert main(["convert", str(layered), str(deep), "--keep-previous"]) == 0
    assert (tmp_path / "b.png~").read_bytes() == before
    capsys.readouterr()
    assert main(["convert", str(layered), str(tmp_path / "c.udraw")]) == 0
    assert capsys.readouterr().err == ""


def test_info_tells_what_a_file_is(noise: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(noise)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "noise.png: PNG picture, 96 × 96 px, 1 layer"
    assert lines[1] == "Colours: sRGB"
    assert "Background" in lines[-1]
    assert main(["info", str(noise), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["ppi"], told["notes"]) == ("PNG picture", None, [])


def test_models_lists_the_embedded_one_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["models"][0]
    assert first["id"] == "embedded"
    assert first["problem"] is None
    assert {"scribble", "pose"} <= set(first["controls"])


@pytest.mark.parametrize(
    "words",
    [
        ["info", "{tmp}/missing.udraw"],
        ["info", "{tmp}/broken.psd"],
        ["convert", "{tmp}/noise.png", "{tmp}/out.xyz"],
        ["convert", "{tmp}/noise.png", "{tmp}/no/folder/out.png"],
        ["convert", "{tmp}/noise.png", "{tmp}/out.png", "--depth", "12"],
        ["convert", "{tmp}/noise.png", "{tmp}/out.jpg", "--quality", "0"],
        ["convert", "{tmp}/noise.png", "{tmp}/out.jpg", "--background", "white"],
        ["render", "--paint", "{tmp}/broken.png", "-o", "{tmp}/out.png"],
        ["render", "--control", "depthless={tmp}/noise.png", "-o", "{tmp}/out.png"],
        ["render", "--control", "scribble", "-o", "{tmp}/out.png"],
        ["render", "--pose", "{tmp}/broken.json", "-o", "{tmp}/out.png"],
        ["render", "--size", "12by9", "-o", "{tmp}/out.png"],
        ["render", "--strength", "1.5", "-o", "{tmp}/out.png"],
        ["render", "--steps", "0", "-o", "{tmp}/out.png"],
        ["render", "--seed", "-4", "-o", "{tmp}/out.png"],
        ["render", "--model", "no-such-model", "-o", "{tmp}/out.png"],
        ["render", "-o", "{tmp}/out.gif"],
        ["render"],
        ["bench", "everything"],
        ["{tmp}/missing.udraw"],
        ["{tmp}/noise.png", "{tmp}/broken.json"],
    ],
)
def test_bad_input_gives_one_sentence_and_writes_nothing(
    words: list[str], noise: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("broken.psd", "broken.png", "broken.json"):
        (tmp_path / name).write_bytes(b"8BPS not really")
    before = sorted(tmp_path.iterdir())
    assert main([word.format(tmp=tmp_path) for word in words]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert "Traceback" not in said.err
    assert sorted(tmp_path.iterdir()) == before


def test_convert_leaves_the_old_file_when_the_input_is_bad(noise: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.psd").write_bytes(b"8BPS")
    target = tmp_path / "kept.png"
    target.write_bytes(noise.read_bytes())
    assert main(["convert", str(tmp_path / "bad.psd"), str(target)]) == 2
    assert target.read_bytes() == noise.read_bytes()
