"""Krita and MyPaint open our OpenRaster files, we open theirs, and all see the same picture."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import foreign
import numpy as np
import pytest
from PIL import Image

from canvas.blend_modes import BlendMode
from canvas.formats import ora
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask, Node
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

LIMITS = Limits(30_000, 1 << 30)
WIDTH, HEIGHT = 200, 150
#: Krita's luminosity has the weights of television; and it decides otherwise where two colours tie.
APART = {BlendMode.DISSOLVE, BlendMode.HARD_MIX, BlendMode.DARKER_COLOR, BlendMode.LIGHTER_COLOR} | {
    BlendMode.HUE, BlendMode.SATURATION, BlendMode.COLOR, BlendMode.LUMINOSITY,
}  # fmt: skip
MODES = [mode for mode in BlendMode if mode is not BlendMode.PASS_THROUGH and mode not in APART]
MYPAINTS = [
    BlendMode.NORMAL, BlendMode.MULTIPLY, BlendMode.SCREEN, BlendMode.OVERLAY, BlendMode.DARKEN, BlendMode.LIGHTEN,
    BlendMode.COLOR_BURN, BlendMode.COLOR_DODGE, BlendMode.HARD_LIGHT, BlendMode.SOFT_LIGHT, BlendMode.DIFFERENCE,
]  # fmt: skip


def dab(seed: int) -> Surface:
    """Colour waves under a round shape whose rim is soft or hard, in part beyond the canvas."""
    rng = np.random.default_rng(seed)
    width, height = rng.integers(60, 150, 2)
    y, x = np.mgrid[:height, :width]
    radius = np.hypot((x - width / 2) / width * 2, (y - height / 2) / height * 2)
    alpha = np.clip((1 - radius) * rng.choice([2, 30]), 0, 1)
    waves = [0.5 + 0.4 * np.sin(x / a + y / b + c) for a, b, c in rng.uniform(8, 50, (3, 3))]
    pixels = np.stack([wave * alpha for wave in waves] + [alpha], axis=2) * ONE
    place = rng.integers(-25, 90, 2)
    return Surface.from_pixels(pixels.astype(np.uint16), int(place[0]), int(place[1]))


def mask(seed: int, outside: int = 0) -> LayerMask:
    y, x = np.mgrid[:128, :128]
    values = np.clip(0.5 + 0.7 * np.sin(x / 25 + y / 40 + seed), 0, 1) * ONE
    return LayerMask(Surface.from_pixels(values.astype(np.uint16)[..., None]), outside)


def paper() -> Layer:
    pixels = np.full((HEIGHT, WIDTH, 4), ONE, np.uint16)
    pixels[..., 2] = ONE // 2
    return Layer("Paper 紙", surface=Surface.from_pixels(pixels))


def every_mode(modes: list[BlendMode]) -> DocumentState:
    """Each mode in a place of its own, over a paper of many colours."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    waves = [0.5 + 0.5 * np.sin(x / 9), 0.5 + 0.5 * np.sin(y / 7), 0.5 + 0.5 * np.sin((x + y) / 11), np.ones(x.shape)]
    below = Layer("Paper", surface=Surface.from_pixels((np.stack(waves, axis=2) * ONE).astype(np.uint16)))
    layers = []
    for i, mode in enumerate(modes):
        part = dab(i).read(Rect(30, 30, 68, 58))
        surface = Surface.from_pixels(part, i % 5 * 40, i // 5 * 30)
        layers.append(Layer(mode.name, surface=surface, blend=mode, opacity=0.8))
    return DocumentState(WIDTH, HEIGHT, (below, *layers))


def everything(modes: list[BlendMode]) -> DocumentState:
    """Groups in groups, masks on layers and groups, clipping in many modes onto layers and groups."""
    one, two, three = modes[1], modes[2], modes[3]
    base = Layer("Base", surface=dab(1), opacity=0.7, blend=one, mask=mask(1))
    clipped = tuple(Layer(f"On {m.name}", surface=dab(i), blend=m, clip=True, opacity=0.8) for i, m in enumerate(modes))
    lone = Layer("Masked", surface=dab(30), mask=mask(2, ONE), blend=two)
    inner = Group(
        "Inner", children=(lone, Layer("In", surface=dab(31), blend=three)), blend=BlendMode.NORMAL, opacity=0.6
    )
    masked = Group(
        "Masked group", children=(inner, Layer("Top", surface=dab(32))), blend=BlendMode.NORMAL, mask=mask(3)
    )
    onto = Group("Onto", children=(Layer("a", surface=dab(33)), Layer("b", surface=dab(34), opacity=0.5)))
    shade = Group("Shade", children=(Layer("c", surface=dab(35)),), blend=two, clip=True, mask=mask(4))
    through = Group(
        "Through", children=(Layer("d", surface=dab(36), blend=one), Layer("Hidden", surface=dab(37), visible=False))
    )
    dots = Layer("Dots", surface=dab(38), blend=BlendMode.DISSOLVE, opacity=0.5)
    return DocumentState(WIDTH, HEIGHT, (paper(), base, *clipped, masked, onto, shade, through, dots))


def plain_names(nodes: tuple[Node, ...]) -> list[str]:
    """Names as other programs list them, from the top, groups before what they hold."""
    found: list[str] = []
    for node in reversed(nodes):
        found.append(node.name)
        if isinstance(node, Group):
            found += plain_names(node.children)
    return found


@dataclass(frozen=True)
class Painted:
    picture: np.ndarray
    saved: Path


def mypaint(path: Path, tmp_path: Path) -> Painted:
    script = Path(__file__).with_name("mypaint_sees.py")
    if shutil.which("mypaint") is None or not Path("/usr/bin/python3").exists():
        pytest.skip("mypaint is not installed")
    png, saved = tmp_path / "seen by mypaint.png", tmp_path / "saved by mypaint.ora"
    command = ["/usr/bin/python3", str(script), str(path), str(WIDTH), str(HEIGHT), str(png), str(saved)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)
    assert saved.is_file(), done.stderr[-1000:]
    return Painted(foreign.picture(png), saved)


def merged(path: Path) -> np.ndarray:
    with zipfile.ZipFile(path) as archive:
        return np.asarray(Image.open(io.BytesIO(archive.read("mergedimage.png"))).convert("RGBA"))


def written(state: DocumentState, tmp_path: Path, depth: int = 8) -> Path:
    path = tmp_path / "ours.ora"
    ora.write(state, path, WriteOptions(depth=depth))
    return path


@pytest.mark.parametrize("depth", [8, 16])
def test_krita_sees_the_same_picture_and_reads_it_back_to_us(tmp_path, depth):
    state = everything(MODES)
    path = written(state, tmp_path, depth)
    seen = foreign.krita(path, tmp_path)
    assert foreign.differs(seen.picture, picture_rgba8(state)) <= 2
    names = [layer.name for layer in seen.layers]
    assert set(plain_names(state.layers)) <= set(names)
    again = foreign.krita_converted(path, tmp_path / "again.ora")
    notes = Notes()
    back = ora.read(again, LIMITS, notes)
    assert foreign.differs(picture_rgba8(back), seen.picture) <= 2
    assert notes.sentences == ()


def test_krita_knows_every_mode(tmp_path):
    state = every_mode(MODES)
    seen = foreign.krita(written(state, tmp_path), tmp_path)
    assert foreign.differs(seen.picture, picture_rgba8(state)) <= 2
    assert [layer.name for layer in seen.layers] == plain_names(state.layers)
    modes = {layer.name: layer.mode for layer in seen.layers}
    assert sum(mode == "normal" for mode in modes.values()) == 2
    assert all(layer.opacity == pytest.approx(0.8, abs=1 / 255) for layer in seen.layers[:-1])


def test_krita_knows_the_modes_that_it_computes_otherwise(tmp_path):
    modes = sorted(APART - {BlendMode.DISSOLVE})
    layers = [Layer(mode.name, surface=dab(i), blend=mode) for i, mode in enumerate(modes)]
    seen = foreign.krita(written(DocumentState(WIDTH, HEIGHT, (paper(), *layers)), tmp_path), tmp_path)
    assert len({layer.mode for layer in seen.layers}) == len(modes) + 1


def test_mypaint_sees_the_same_picture_and_reads_it_back_to_us(tmp_path):
    state = everything(MYPAINTS)
    seen = mypaint(written(state, tmp_path), tmp_path)
    assert foreign.differs(seen.picture, picture_rgba8(state)) <= 2
    back = ora.read(seen.saved, LIMITS)
    # MyPaint writes as much as its tiles cover, and a background.
    theirs = ElementTree.fromstring(zipfile.ZipFile(seen.saved).read("stack.xml"))
    assert (back.width, back.height) == (int(theirs.get("w")), int(theirs.get("h")))
    assert foreign.differs(picture_rgba8(back), merged(seen.saved)) <= 2
    assert set(plain_names(state.layers)) <= {node.name for node in back.walk()}


def test_imagemagick_and_others_show_the_merged_picture(tmp_path):
    state = everything(MODES)
    path = written(state, tmp_path)
    assert (merged(path) == picture_rgba8(state)).all()
