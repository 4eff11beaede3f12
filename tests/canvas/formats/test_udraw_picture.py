"""The merged picture in a native document: what is seen while the rest loads, kept up to date by every save."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import old_udraw
import pytest
from PIL import Image

from canvas.blend_modes import BlendMode
from canvas.compositor import composite
from canvas.formats import udraw, udraw_picture
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, to_rgba8

LIMITS = Limits.of_this_machine()
SIDE = 16 * TILE_PX


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "painting.udraw"


@pytest.fixture
def big() -> DocumentState:
    """512 tiles in two layers, most of them the same object."""
    rng = np.random.default_rng(2)
    paper = tile(rng, opaque=True)
    wash = tile(rng, opaque=False)
    keys = [(x, y) for y in range(16) for x in range(16)]
    below, above = Surface(dict.fromkeys(keys, paper)), Surface(dict.fromkeys(keys, wash))
    return DocumentState(SIDE, SIDE, (Layer("Paper", surface=below), Layer("Wash", surface=above, opacity=0.6)))


def tile(rng: np.random.Generator, *, opaque: bool) -> Pixels:
    alpha = np.full((TILE_PX, TILE_PX, 1), ONE) if opaque else rng.integers(0, ONE + 1, (TILE_PX, TILE_PX, 1))
    colour = cv2.resize(rng.random((5, 5, 3)), (TILE_PX, TILE_PX))
    out = np.concatenate([colour * alpha, alpha], axis=2).astype(np.uint16)
    out.flags.writeable = False
    return out


def painted(state: DocumentState, key: tuple[int, int], layer: int = 1) -> DocumentState:
    node = state.layers[layer]
    assert isinstance(node, Layer)
    edit = node.surface.edit()
    edit.writable(key)[20:90, 30:70] = (ONE, 0, ONE // 2, ONE)
    layers = (*state.layers[:layer], replace(node, surface=edit.freeze()), *state.layers[layer + 1 :])
    return replace(state, layers=layers)


def reduced(state: DocumentState, level: int) -> np.ndarray:
    """The picture averaged in blocks, straight RGBA."""
    whole = composite(state, state.rect).astype(np.float64)
    side = 1 << level
    height, width = whole.shape[0] // side, whole.shape[1] // side
    blocks = whole[: height * side, : width * side].reshape(height, side, width, side, 4)
    return to_rgba8(np.round(blocks.mean(axis=(1, 3))).astype(np.uint16))


def fresh_picture(state: DocumentState, folder: Path) -> tuple[np.ndarray | None, bytes]:
    path = folder / "fresh.udraw"
    path.unlink(missing_ok=True)
    udraw.write(state, path, TileDigests())
    return udraw.first_picture(path), udraw.read_preview(path)


def picture_rows(path: Path) -> set[tuple[int, bytes]]:
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT place, data FROM picture"))


def test_it_is_the_picture_of_the_document_at_a_part_of_its_size(big, path):
    udraw.write(big, path, TileDigests())
    seen = udraw.first_picture(path)
    assert seen is not None
    assert seen.shape == (SIDE // 2, SIDE // 2, 4)
    assert np.abs(seen.astype(int) - reduced(big, 1)).max() <= 1
    with Image.open(io.BytesIO(udraw.read_preview(path))) as preview:
        assert preview.size == (256, 256)
        small = np.asarray(preview).astype(int)
    assert np.abs(small - reduced(big, 3)).max() <= 2


@pytest.mark.parametrize("reopened", [False, True], ids=["same session", "after opening"])
def test_a_stroke_renews_the_part_that_it_touched(big, path, tmp_path, reopened):
    digests = TileDigests()
    udraw.write(big, path, digests)
    if reopened:
        digests = TileDigests()
        big = udraw.read(path, LIMITS, digests)
    before = picture_rows(path)
    changed = painted(big, (5, 7))
    udraw.write(changed, path, digests)
    assert len(picture_rows(path) - before) == 1
    expected, preview = fresh_picture(changed, tmp_path)
    assert (udraw.first_picture(path) == expected).all()
    assert udraw.read_preview(path) == preview


def test_whatever_changes_the_look_changes_the_picture(big, path, tmp_path):
    digests = TileDigests()
    udraw.write(big, path, digests)
    top = big.layers[1]
    for changed in (
        replace(big, layers=tuple(replace(layer, visible=False) for layer in big.layers)),
        replace(big, layers=(big.layers[0], replace(top, visible=False))),
        replace(big, layers=(big.layers[0], replace(top, blend=BlendMode.MULTIPLY))),
        replace(big, layers=(top,)),
        replace(big, width=SIDE - 300, height=SIDE - 77),
        replace(big, width=SIDE * 2),
        painted(big, (15, 15), layer=0),
    ):
        udraw.write(changed, path, digests)
        expected, preview = fresh_picture(changed, tmp_path)
        seen = udraw.first_picture(path)
        assert (seen is None) == (expected is None)
        assert seen is None or (seen == expected).all()
        assert udraw.read_preview(path) == preview


def test_what_does_not_change_the_look_leaves_the_picture_alone(big, path):
    digests = TileDigests()
    udraw.write(big, path, digests)
    before = picture_rows(path), udraw.read_preview(path)
    udraw.write(replace(big, layers=(replace(big.layers[0], name="Ground"), big.layers[1])), path, digests)
    assert (picture_rows(path), udraw.read_preview(path)) == before


def test_documents_that_open_at_once_and_those_of_old_have_none(path, tmp_path):
    small = DocumentState(200, 200, (Layer("A", surface=Surface.from_pixels(np.full((200, 200, 4), ONE, np.uint16))),))
    udraw.write(small, path, TileDigests())
    assert udraw.first_picture(path) is None
    old = tmp_path / "old.udraw"
    old_udraw.save(small, old, 2)
    assert udraw.first_picture(old) is None


def test_a_document_that_became_small_loses_its_picture(big, path):
    digests = TileDigests()
    udraw.write(big, path, digests)
    udraw.write(replace(big, layers=big.layers[:1]), path, digests)
    assert udraw.first_picture(path) is None
    assert not picture_rows(path)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE picture SET data = zeroblob(900)",
        "UPDATE picture SET place = place + 9",
        "UPDATE document SET value = '[99999, 99999, 1]' WHERE key = 'picture'",
        "UPDATE document SET value = '[1]' WHERE key = 'picture'",
        "UPDATE document SET value = '{' WHERE key = 'picture'",
    ],
)
def test_a_damaged_picture_is_refused_and_made_anew_by_the_next_save(big, path, tmp_path, change):
    udraw.write(big, path, TileDigests())
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)
    with pytest.raises(FormatError, match="damaged"):
        udraw.first_picture(path)
    digests = TileDigests()
    changed = painted(udraw.read(path, LIMITS, digests), (1, 1))
    udraw.write(changed, path, digests)
    assert (udraw.first_picture(path) == fresh_picture(changed, tmp_path)[0]).all()


@pytest.mark.parametrize(("size", "level"), [((1600, 9), 0), ((1601, 9), 1), ((4096, 4096), 2), ((30_000, 30_000), 5)])
def test_the_longest_side_is_as_large_as_a_window(size, level):
    assert udraw_picture.picture_level(size) == level
