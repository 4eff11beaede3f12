"""Writing a PSD: nothing half-written stays, what was written is followed to its end, and losses are named before."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from canvas.blend_modes import BlendMode
from canvas.filters.values import Desaturate, Grey, Invert, Noise
from canvas.formats import psd, psd_checking, psd_packing, psd_write
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.options import WriteOptions
from canvas.formats.properties import PPI_KEY
from canvas.layers import Adjustment, Group, Layer, LayerMask
from canvas.roles import Control
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface, from_rgba8

LIMITS = Limits.of_this_machine()
KINDS = [(8, "psd"), (16, "psd"), (8, "psb"), (16, "psb")]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """psd-tools warns of blocks that it does not know."""
    logging.getLogger("psd_tools").setLevel(logging.ERROR)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "painting.psd"


def square(name: str, side=40, colour=(ONE, 0, 0, ONE), **fields) -> Layer:
    return Layer(name, surface=Surface.from_pixels(np.full((side, side, 4), colour, np.uint16)), **fields)


class Watched(Job):
    """Remembers what it was told, and calls it off once so much is done."""

    def __init__(self, most: float = 2.0) -> None:
        super().__init__()
        self.shares: list[float] = []
        self._most = most

    def reach(self, share: float) -> None:
        self.shares.append(share)
        if share >= self._most:
            self.cancel()
        super().reach(share)


# Progress and cancelling


def test_progress_goes_from_nothing_to_all(rich, path):
    job = Watched()
    psd.write(rich, path, job=job)
    assert job.shares == sorted(job.shares)
    assert len(job.shares) >= sum(isinstance(node, Layer) and bool(node.surface.tiles) for node in rich.walk())
    assert job.progress == 1.0


@pytest.mark.parametrize("most", [0.0, 0.14, 0.16, 0.5, 0.97, 1.0])
def test_called_off_at_any_time_it_leaves_the_old_file_and_nothing_else(rich, path, most):
    path.write_bytes(b"old")
    with pytest.raises(Cancelled):
        psd.write(rich, path, job=Watched(most))
    assert path.read_bytes() == b"old"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


# Verification


@pytest.mark.parametrize(("depth", "kind"), KINDS)
def test_what_is_too_short_too_long_or_of_other_lengths_is_noticed(rich, tmp_path, depth, kind):
    path, broken = tmp_path / f"whole.{kind}", tmp_path / "broken"
    psd.write(rich, path, WriteOptions(depth=depth))
    count = len(list(rich.walk())) + 3
    psd_checking.check_file(path, count)
    data = path.read_bytes()
    for damaged in (
        data[:-1],
        data + b"\0",
        data[: len(data) // 2],
        data[:20],
        b"",
        data[:4] + b"\0\7" + data[6:],
    ):
        broken.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"."):
            psd_checking.check_file(broken, count)
    with pytest.raises(ValueError, match="records"):
        psd_checking.check_file(path, count + 1)


def test_one_changed_length_of_a_row_is_noticed(path):
    psd.write(DocumentState(60, 60, (square("A"),)), path)
    data = path.read_bytes()
    at = data.index(b"\0\1" + b"\0\2" * 40)
    path.write_bytes(data[: at + 2] + b"\0\3" + data[at + 4 :])
    with pytest.raises(ValueError, match="as long as it says"):
        psd_checking.check_file(path, 1)


def test_a_disk_that_loses_bytes_does_not_cost_the_old_file(rich, path, monkeypatch):
    path.write_bytes(b"old")
    whole = psd_write.write_planes

    def losing(file, version, planes):
        whole(file, version, planes)
        file.seek(-1, 2)
        file.truncate()

    monkeypatch.setattr(psd_write, "write_planes", losing)
    with pytest.raises(FormatError, match="reads back damaged"):
        psd.write(rich, path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in path.parent.iterdir()] == [path.name]


# Size


def test_beyond_2_gb_a_psd_says_what_to_do_and_a_psb_does_not_mind(rich, tmp_path, monkeypatch):
    path, large = tmp_path / "painting.psd", tmp_path / "painting.psb"
    monkeypatch.setattr(psd_write, "_MAX_PSD_BYTES", 50_000)
    path.write_bytes(b"old")
    with pytest.raises(FormatError, match=r"2 GB.*save as \.psb\.$"):
        psd.write(rich, path)
    assert path.read_bytes() == b"old"
    psd.write(rich, large)
    assert large.stat().st_size > 50_000
    assert {p.name for p in tmp_path.iterdir()} == {path.name, large.name}


def test_what_does_not_fit_into_memory_waits_in_a_file_and_comes_out_the_same(rich, tmp_path, monkeypatch):
    path, spilled = tmp_path / "plain.psd", tmp_path / "spilled.psd"
    psd.write(rich, path)
    monkeypatch.setattr(psd_packing, "_MEMORY_BYTES", 1000)
    psd.write(rich, spilled)
    assert spilled.read_bytes() == path.read_bytes()
    assert {p.name for p in tmp_path.iterdir()} == {path.name, spilled.name}


# Losses


def of(*layers, **fields) -> DocumentState:
    return DocumentState(300, 300, layers, **fields)


def lossless() -> Layer:
    rgba = np.random.default_rng(0).integers(0, 256, (200, 200, 4)).astype(np.uint8)
    return Layer("Imported", surface=Surface.from_pixels(from_rgba8(rgba)))


def test_nothing_is_named_that_is_not_lost():
    mask = LayerMask(Surface({(0, 0): np.zeros((TILE_PX, TILE_PX, 1), np.uint16)}, 1), ONE)
    group = Group("G", children=(lossless(), Adjustment("Invert", Invert())), mask=mask, fill=0.5)
    shapes = np.full((300, 300, 1), ONE, np.uint16)
    state = of(group, lossless(), selection=Surface.from_pixels(shapes))
    assert psd.losses(state, WriteOptions()) == ()


@pytest.mark.parametrize(
    ("state", "options", "phrase"),
    [
        (of(Adjustment("Grain", Noise(0.5))), WriteOptions(), "1 adjustment that Photoshop does not have (“Grain”)"),
        (of(Adjustment("Grey", Desaturate(Grey.AVERAGE))), WriteOptions(), "1 adjustment that Photoshop does not have"),
        (of(square("Soft", colour=(1234, 0, 0, ONE))), WriteOptions(), "shades finer than 8 bits"),
        (of(square("é" * 256)), WriteOptions(), "the ends of 1 name of more than 255 characters"),
        (of(square("L", role=Control())), WriteOptions(roles=False), "the roles of 1 layer (“L”)"),
        (of(square("K", recipe="{}")), WriteOptions(recipes=False), "the recipes of layers"),
        (
            of(square("A"), Group("Hair", clip=True)),
            WriteOptions(),
            "in Photoshop, which clips layers alone, the clipping of 1 group (“Hair”)",
        ),
        (
            of(square("A"), square("L", role=Control()), square("B", clip=True)),
            WriteOptions(),
            "the place of instruction layers",
        ),
        (
            of(Layer("Far", surface=Surface({k: square("").surface.tiles[0, 0] for k in ((0, 0), (900, 0))}))),
            WriteOptions(),
            "what lies outside the canvas of 1 layer (“Far”)",
        ),
    ],
)
def test_what_this_document_would_lose_is_named(state, options, phrase):
    (found,) = (loss for loss in psd.losses(state, options))
    assert found.startswith(phrase)


def test_resolution_and_profile_are_no_settings_that_are_lost():
    state = of(lossless(), metadata=MappingProxyType({PPI_KEY: "300", "note": ""}))
    assert psd.losses(state, WriteOptions(roles=False)) == ()
    told = replace(state, metadata=MappingProxyType({"direction": "{}"}))
    assert psd.losses(told, WriteOptions(roles=False)) == ("the prompt and other settings of the document",)


def test_16_bits_keep_fine_shades():
    assert psd.losses(of(square("Soft", colour=(1234, 0, 0, ONE))), WriteOptions(depth=16)) == ()


def test_losses_of_a_large_document_are_found_quickly():
    """Only some pixels are looked at, and tiles that layers share only as long as nothing was found."""
    tile = square("", TILE_PX).surface.tiles[0, 0]
    surface = Surface({(x, y): tile for x in range(32) for y in range(32)})
    layers = tuple(Layer(f"L{i}", surface=surface) for i in range(3))
    assert psd.losses(DocumentState(4096, 4096, layers), WriteOptions()) == ()


# Fill


def test_opacity_and_fill_are_two_values(path):
    nodes = (
        square("Both", opacity=0.8, fill=0.4, blend=BlendMode.LINEAR_DODGE),
        Group("Group", fill=0.2, blend=BlendMode.NORMAL, children=(square("Inner"),)),
        Adjustment("Invert", Invert(), fill=0.6),
        square("Plain"),
    )
    psd.write(of(*nodes), path)
    for ours, theirs in zip(nodes, psd.read(path, LIMITS).layers, strict=True):
        assert (round(ours.opacity * 255), round(ours.fill * 255)) == (
            round(theirs.opacity * 255),
            round(theirs.fill * 255),
        )
    assert b"iOpa" in path.read_bytes()
    psd.write(of(*(replace(node, fill=1.0) for node in nodes)), path)
    assert b"iOpa" not in path.read_bytes()
