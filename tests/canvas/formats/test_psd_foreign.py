"""Photoshop files that other programs make, here and now, open in ours and look as they do there."""

from __future__ import annotations

import logging
import shutil
import subprocess
from pathlib import Path

import foreign
import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode as TheirMode
from psd_tools.constants import Compression

from canvas.blend_modes import BlendMode
from canvas.formats import psd_read, psd_write
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.layers import Group, Layer, LayerMask, Node
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface, from_rgba8

WIDTH, HEIGHT = 150, 140


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("psd_tools").setLevel(logging.ERROR)


def opened(path: Path) -> tuple[DocumentState, tuple[str, ...]]:
    notes = Notes()
    return psd_read.read(path, Limits.of_this_machine(), notes), notes.sentences


def painting(width=WIDTH, height=HEIGHT) -> np.ndarray:
    """Gradients in every channel, and transparency that grows from the left: straight RGBA8."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    planes = [255 * x, 255 * y, 255 * (1 - x * y), np.clip(500 * x, 0, 255)]
    return np.dstack(planes).round().astype(np.uint8)


def outline(nodes: tuple[Node, ...]) -> list:
    return [
        (n.name, n.blend.name, round(n.opacity, 2), n.mask is not None, outline(n.children))
        if isinstance(n, Group)
        else (n.name, n.blend.name, round(n.opacity, 2), n.mask is not None)
        for n in nodes
    ]


# GIMP: modes in the meaning that its PSD files give them are its legacy ones.
_GIMP = """(let* (
  (image (car (gimp-image-new 150 140 RGB)))
  (paper (car (gimp-layer-new image 150 140 RGB-IMAGE "Paper" 100 LAYER-MODE-NORMAL-LEGACY)))
  (group (car (gimp-layer-group-new image)))
  (red (car (gimp-layer-new image 90 80 RGBA-IMAGE "Ünï 層" 60 LAYER-MODE-MULTIPLY-LEGACY)))
  (inside (car (gimp-layer-new image 70 70 RGBA-IMAGE "Inside" 100 LAYER-MODE-NORMAL-LEGACY)))
  (masked (car (gimp-layer-new image 60 50 RGBA-IMAGE "Masked" 100 LAYER-MODE-NORMAL-LEGACY)))
  (hidden (car (gimp-layer-new image 60 50 RGBA-IMAGE "Hidden" 100 LAYER-MODE-DIFFERENCE-LEGACY))))
  (gimp-image-insert-layer image paper 0 0)
  (gimp-context-set-foreground '(230 200 120)) (gimp-context-set-background '(20 60 160))
  (gimp-drawable-edit-gradient-fill paper GRADIENT-LINEAR 0 0 0 0 0 0 0 149 139)
  (gimp-image-insert-layer image red 0 0) (gimp-layer-set-offsets red 20 30)
  (gimp-context-set-foreground '(200 30 30)) (gimp-drawable-fill red FILL-FOREGROUND)
  (gimp-image-insert-layer image group 0 0) (gimp-item-set-name group "Group")
  (gimp-layer-set-mode group LAYER-MODE-NORMAL-LEGACY) (gimp-layer-set-opacity group 80)
  (gimp-image-insert-layer image inside group 0) (gimp-layer-set-offsets inside 60 10)
  (gimp-context-set-foreground '(30 120 90)) (gimp-drawable-fill inside FILL-FOREGROUND)
  (gimp-image-insert-layer image masked group 0) (gimp-layer-set-offsets masked 90 60)
  (gimp-drawable-fill masked FILL-FOREGROUND)
  (let ((mask (car (gimp-layer-create-mask masked ADD-MASK-BLACK))))
    (gimp-layer-add-mask masked mask)
    (gimp-context-set-foreground '(255 255 255)) (gimp-context-set-background '(0 0 0))
    (gimp-drawable-edit-gradient-fill mask GRADIENT-LINEAR 0 0 0 0 0 90 60 149 60))
  (gimp-image-insert-layer image hidden 0 0) (gimp-item-set-visible hidden 0)
  (file-psd-save RUN-NONINTERACTIVE image paper "{psd}" "{psd}" 1 0)
  (let ((merged (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE))))
    (file-png-save RUN-NONINTERACTIVE image merged "{png}" "{png}" 0 3 0 0 0 0 0)))"""


def test_what_gimp_makes_looks_as_in_gimp(tmp_path):
    if shutil.which("gimp") is None:
        pytest.skip("gimp is not installed")
    path, png = tmp_path / "gimp.psd", tmp_path / "gimp.png"
    script = _GIMP.replace("{psd}", str(path)).replace("{png}", str(png))
    command = ["gimp", "-i", "-d", "-f", "-s", "-b", script, "-b", "(gimp-quit 0)"]
    subprocess.run(command, capture_output=True, timeout=90, stdin=subprocess.DEVNULL, check=False)
    state, notes = opened(path)
    assert outline(state.layers) == [
        ("Paper", "NORMAL", 1.0, False),
        ("Ünï 層", "MULTIPLY", 0.6, False),
        ("Group", "NORMAL", 0.8, False, [("Inside", "NORMAL", 1.0, False), ("Masked", "NORMAL", 1.0, True)]),
        ("Hidden", "DIFFERENCE", 1.0, False),
    ]
    assert [node.visible for node in state.layers] == [True, True, True, False]
    assert foreign.differs(picture_rgba8(state), foreign.picture(png)) <= 2
    assert notes == ()


def ours() -> DocumentState:
    rng = np.random.default_rng(2)
    paper = Layer("Paper", surface=Surface.from_pixels(np.full((HEIGHT, WIDTH, 4), ONE, np.uint16)))
    soft = Layer("Söft", surface=Surface.from_pixels(from_rgba8(painting(80, 90)), 30, 20), blend=BlendMode.MULTIPLY)
    half = LayerMask(Surface.from_pixels((rng.random((HEIGHT, WIDTH, 1)) * ONE).astype(np.uint16)))
    masked = Layer("Masked", surface=Surface.from_pixels(from_rgba8(painting())), mask=half, opacity=0.6)
    # Krita gives groups from PSD files their full opacity, whatever they have.
    group = Group("Gruppe", children=(masked,), blend=BlendMode.NORMAL)
    return DocumentState(WIDTH, HEIGHT, (paper, group, soft))


def test_what_krita_saves_looks_as_in_krita(tmp_path):
    path = tmp_path / "ours.psd"
    psd_write.write(ours(), path)
    saved = foreign.krita_converted(path, tmp_path / "krita.psd")
    state, _ = opened(saved)
    assert outline(state.layers) == [
        ("Paper", "NORMAL", 1.0, False),
        ("Gruppe", "NORMAL", 1.0, False, [("Masked", "NORMAL", 0.6, True)]),
        ("Söft", "MULTIPLY", 1.0, False),
    ]
    assert foreign.differs(picture_rgba8(state), foreign.krita(path, tmp_path).picture) <= 2


MAGICK = {
    "8 bit": ([], "psd"),
    "16 bit": (["-depth", "16"], "psd"),
    "zip": (["-compress", "Zip"], "psd"),
    "psb": ([], "psb"),
    "grey": (["-colorspace", "Gray"], "psd"),
    "inks": (["-colorspace", "CMYK"], "psd"),
}


@pytest.mark.parametrize("kind", MAGICK)
def test_what_imagemagick_makes_looks_as_it_was(tmp_path, kind):
    if shutil.which("convert") is None:
        pytest.skip("convert is not installed")
    options, ending = MAGICK[kind]
    rgba = painting()
    picture, path = tmp_path / "in.png", tmp_path / f"magick.{ending}"
    Image.fromarray(rgba if kind not in ("grey", "inks") else rgba[..., :3]).save(picture)
    subprocess.run(["convert", str(picture), *options, str(path)], check=True, timeout=60)
    state, _ = opened(path)
    expected = foreign.magick(path, tmp_path, 1) if kind in ("grey", "inks") else rgba
    assert foreign.differs(picture_rgba8(state), expected) <= 2


def test_what_imagemagick_makes_of_several_pictures_are_layers(tmp_path):
    if shutil.which("convert") is None:
        pytest.skip("convert is not installed")
    rgba, path = painting(), tmp_path / "layers.psd"
    Image.fromarray(rgba).save(tmp_path / "a.png")
    Image.fromarray(rgba[:50, :60, :3]).save(tmp_path / "b.png")
    subprocess.run(["convert", *(str(tmp_path / n) for n in ("a.png", "a.png", "b.png")), str(path)], check=True)
    state, _ = opened(path)
    assert len(state.layers) == 2
    (top,) = (node for node in state.layers[1:] if isinstance(node, Layer))
    assert top.surface.content_bounds().size == (60, 50)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("compression", [Compression.RLE, Compression.ZIP_WITH_PREDICTION])
@pytest.mark.parametrize("large", [False, True], ids=["psd", "psb"])
def test_what_psd_tools_makes_looks_as_in_psd_tools(tmp_path, depth, compression, large):
    made = PSDImage.new("RGB", (WIDTH, HEIGHT), depth=depth)
    if large:
        made._record.header.version = 2
    rgba = painting().astype(np.float32) / 255
    paper = np.full((HEIGHT, WIDTH, 3), 0.9, np.float32)
    made.create_pixel_layer_from_array(paper, name="Paper", compression=compression)
    group = made.create_group(name="Group")
    group.opacity = 180
    top = group.create_pixel_layer_from_array(rgba[:90, :80], name="Top", top=9, left=33, compression=compression)
    top.blend_mode, top.opacity = TheirMode.SCREEN, 200
    top.create_mask(Image.fromarray(np.tile(np.arange(80, dtype=np.uint8) * 3, (90, 1))), top=9, left=33)
    path = tmp_path / ("theirs.psb" if large else "theirs.psd")
    made.save(path)
    state, _ = opened(path)
    expected = np.asarray(PSDImage.open(path).composite(force=True).convert("RGBA"))
    assert [node.name for node in state.walk()] == ["Paper", "Top", "Group"]
    assert foreign.differs(picture_rgba8(state), expected) <= 2


@pytest.mark.parametrize("kind", ["8bit", "16bit", "32bit"])
@pytest.mark.parametrize("ending", ["psd", "psb"])
def test_what_photoshopapi_makes_is_as_it_was_given(tmp_path, kind, ending):
    api = pytest.importorskip("photoshopapi")
    rgba = painting()
    whole = {"8bit": rgba, "16bit": rgba.astype(np.uint16) * 257, "32bit": (rgba / 255).astype(np.float32)}[kind]
    ramp = np.ascontiguousarray(np.broadcast_to(whole[:1, :, 0], (HEIGHT, WIDTH)))
    channels = {i: np.ascontiguousarray(whole[..., c]) for c, i in enumerate((0, 1, 2, -1))}
    file = getattr(api, f"LayeredFile_{kind}")(api.enum.ColorMode.rgb, WIDTH, HEIGHT)
    group = getattr(api, f"GroupLayer_{kind}")("Gruppe 層")
    image_layer = getattr(api, f"ImageLayer_{kind}")(
        channels, "Bild 画", layer_mask=ramp, width=WIDTH, height=HEIGHT, blend_mode=api.enum.BlendMode.multiply,
        pos_x=WIDTH / 2, pos_y=HEIGHT / 2,
    )  # fmt: skip
    # Its layers come with a fill of 0, which hides them, in Photoshop too.
    group.fill = image_layer.fill = 1.0
    group.add_layer(file, image_layer)
    file.add_layer(group)
    path = tmp_path / f"api.{ending}"
    file.write(path)
    state, _ = opened(path)
    (only,) = state.layers
    assert isinstance(only, Group)
    assert (only.name, [(n.name, n.blend) for n in only.children]) == ("Gruppe 層", [("Bild 画", BlendMode.MULTIPLY)])
    seen = picture_rgba8(state)
    expected = rgba.astype(float)
    if kind == "32bit":
        light = expected[..., :3] / 255
        expected[..., :3] = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    alpha = expected[..., 3] * rgba[:1, :, 0] / 255
    assert np.abs(seen[..., 3] - alpha).max() <= 1
    solid = alpha > 128
    assert np.abs(seen[..., :3] - expected[..., :3])[solid].max() <= 2


def test_our_own_16_bits_look_the_same_here_and_in_photoshopapi(tmp_path):
    api = pytest.importorskip("photoshopapi")
    path = tmp_path / "deep.psd"
    psd_write.write(ours(), path, WriteOptions(depth=16))
    theirs = {node.name: node for node in api.LayeredFile.read(path).layers}
    state, _ = opened(path)
    soft = next(node for node in state.layers if isinstance(node, Layer) and node.name == "Söft")
    bounds = soft.surface.content_bounds()
    alpha = soft.surface.read(bounds)[..., 3] / ONE
    seen = theirs["Söft"].get_image_data()[-1] / 65535
    assert np.abs(alpha - seen).max() < 1e-4
