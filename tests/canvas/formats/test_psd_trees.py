"""Any document: psd-tools lists the tree that was written, and so does our own reader."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psd_tools import PSDImage
from psd_tools.constants import Tag

from canvas.blend_modes import BlendMode
from canvas.filters.values import Curves, Invert, Levels, Posterise
from canvas.formats import psd
from canvas.formats.limits import Limits
from canvas.formats.options import WriteOptions
from canvas.formats.psd_records import clipping_kept
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask, Node
from canvas.roles import Control, Paint, Region
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

LIMITS = Limits.of_this_machine()
SIZE = (50, 40)
#: Few surfaces, so that documents are made and shrunk quickly.
SURFACES = [
    Surface.blank(),
    Surface.from_pixels(np.full((9, 7, 4), ONE, np.uint16), 3, 4),
    Surface.from_pixels(np.full((30, 200, 4), (ONE // 4, 0, 0, ONE // 2), np.uint16), -150, -20),
]
MASKS = [
    None,
    LayerMask(Surface.from_pixels(np.full((20, 20, 1), ONE // 3, np.uint16), 2, 2)),
    LayerMask(Surface.blank(1), 0),
    LayerMask(Surface({(0, 0): np.zeros((128, 128, 1), np.uint16)}, 1), ONE, enabled=False),
]
NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
LAYER_MODES = [mode for mode in BlendMode if mode is not BlendMode.PASS_THROUGH]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """psd-tools warns of blocks that it does not know."""
    logging.getLogger("psd_tools").setLevel(logging.ERROR)


def common(modes):
    octets = st.integers(0, 255).map(lambda value: value / 255)
    return {
        "name": NAMES,
        "opacity": octets,
        "fill": octets,
        "blend": st.sampled_from(modes),
        "visible": st.booleans(),
        "locked": st.booleans(),
        "clip": st.booleans(),
        "mask": st.sampled_from(MASKS),
        "label": st.sampled_from(LabelColour),
    }


LAYERS = st.builds(
    Layer,
    surface=st.sampled_from(SURFACES),
    alpha_locked=st.booleans(),
    role=st.sampled_from([Paint(), Paint(), Control("depth")]),
    **common(LAYER_MODES),
)
ADJUSTMENTS = st.builds(
    Adjustment, filter=st.sampled_from([Invert(), Posterise(4), Curves(), Levels()]), **common(LAYER_MODES)
)
NODES = st.recursive(
    LAYERS | ADJUSTMENTS,
    lambda nodes: st.builds(
        Group,
        children=st.lists(nodes, max_size=3).map(tuple),
        role=st.sampled_from([Paint(), Paint(), Region("a tree")]),
        **common(list(BlendMode)),
    ),
    max_leaves=6,
)
DOCUMENTS = st.lists(NODES, min_size=1, max_size=4).map(lambda nodes: DocumentState(*SIZE, tuple(nodes)))


@dataclass(frozen=True)
class Listed:
    """A node as a reader lists it; shares as 0..255."""

    name: str
    group: bool
    blend: str
    opacity: int
    fill: int
    visible: bool
    clip: bool
    label: int
    mask: tuple | None
    children: tuple


def ours(nodes: tuple[Node, ...], *, in_photoshop: bool) -> tuple[Listed, ...]:
    """`in_photoshop`: where instructions are hidden, and groups not clipped."""

    def mask(found: LayerMask | None) -> tuple | None:
        return None if found is None else (255 if found.outside else 0, not found.enabled)

    return tuple(
        Listed(
            node.name,
            isinstance(node, Group),
            node.blend.key,
            round(node.opacity * 255),
            round(node.fill * 255),
            node.visible and (isinstance(node.role, Paint) or not in_photoshop),
            node.clip and not (in_photoshop and isinstance(node, Group)),
            list(LabelColour).index(node.label),
            mask(node.mask),
            ours(node.children, in_photoshop=in_photoshop) if isinstance(node, Group) else (),
        )
        for node in clipping_kept(nodes)
    )


def of_psd_tools(layers) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            layer.name,
            layer.is_group(),
            layer.blend_mode.value.decode(),
            layer.opacity,
            layer.tagged_blocks.get_data(Tag.BLEND_FILL_OPACITY, 255),
            layer.visible,
            layer.clipping,
            int(layer.tagged_blocks.get_data(Tag.SHEET_COLOR_SETTING, 0)),
            (layer.mask.background_color, layer.mask.disabled) if layer.has_mask() else None,
            of_psd_tools(layer) if layer.is_group() else (),
        )
        for layer in layers
    )


@settings(max_examples=40, deadline=None)
@given(DOCUMENTS, st.sampled_from([8, 16]), st.sampled_from(["psd", "psb"]))
def test_every_reader_lists_the_tree_that_was_written(state, depth, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"any.{kind}"
        psd.write(state, path, WriteOptions(depth=depth))
        assert of_psd_tools(PSDImage.open(path)) == ours(state.layers, in_photoshop=True)
        back = psd.read(path, LIMITS)
        assert ours(back.layers, in_photoshop=False) == ours(state.layers, in_photoshop=False)
        for a, b in zip(_walk(state.layers), back.walk(), strict=True):
            assert (a.id, a.role, a.locked) == (b.id, b.role, b.locked)
            if isinstance(a, Layer):
                assert isinstance(b, Layer)
                assert a.alpha_locked == b.alpha_locked
            if isinstance(a, Adjustment):
                assert isinstance(b, Adjustment)
                assert a.filter == b.filter


def _walk(nodes):
    for node in clipping_kept(nodes):
        if isinstance(node, Group):
            yield from _walk(node.children)
        yield node
