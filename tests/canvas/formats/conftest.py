"""Documents to save: one that uses everything a document can hold, and how to tell whether two are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType

import numpy as np
import pytest

from canvas.blend_modes import BlendMode
from canvas.layers import Group, Layer, LayerId, LayerMask, Node
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Pose, Reference, Region, UnknownRole
from canvas.state import DocumentState
from canvas.tiles import ONE, Pixels, Surface

RECIPE = (
    '{"controls": [{"end": 1.0, "kind": "scribble", "start": 0.0, "weight": 0.9}], "digest": "d0", "digests": {}, '
    '"guidance": 1.0, "mode": "text", "model": "embedded", "negative": "rain, fog", "prompt": "a house: red, small", '
    '"references": [], "seed": 7, "size": [256, 192], "steps": 8, "strength": 1.0}'
)


def noise(width: int, height: int, seed: int) -> Pixels:
    """Premultiplied random pixels of every opacity."""
    rng = np.random.default_rng(seed)
    alpha = rng.integers(0, ONE + 1, (height, width, 1))
    alpha[: height // 2] = ONE
    colour = rng.integers(0, ONE + 1, (height, width, 3)) * alpha // ONE
    return np.concatenate([colour, alpha], axis=2).astype(np.uint16)


def blob(width: int, height: int, colour: tuple[float, float, float]) -> Pixels:
    """A soft round dab that fades to nothing at its rim."""
    y, x = np.mgrid[:height, :width]
    alpha = np.clip(1.3 - np.hypot((x - width / 2) / width * 2, (y - height / 2) / height * 2), 0, 1)
    return np.stack([alpha * c * ONE for c in colour] + [alpha * ONE], axis=2).astype(np.uint16)


def half(width: int, height: int) -> Pixels:
    """A one-channel ramp from nothing to all."""
    ramp = np.linspace(0, ONE, width).astype(np.uint16)
    return np.broadcast_to(ramp[None, :, None], (height, width, 1)).copy()


@pytest.fixture
def rich() -> DocumentState:
    """Groups in groups, masks, every role, names in many scripts, pixels outside the canvas."""
    paper = Layer("Paper", surface=Surface.from_pixels(np.full((200, 300, 4), ONE, np.uint16)))
    ink = Layer("Tinte 線画 🖋️", surface=Surface.from_pixels(noise(90, 60, 1), -20, 30), alpha_locked=True, opacity=0.8)
    shade = Layer(
        "Тень",
        surface=Surface.from_pixels(blob(160, 120, (0.2, 0.1, 0.6)), 60, 40),
        blend=BlendMode.MULTIPLY,
        mask=LayerMask(Surface.from_pixels(half(150, 150), 20, 20), outside=0),
    )
    glow = Layer(
        "ظل",
        surface=Surface.from_pixels(blob(80, 80, (0.9, 0.8, 0.1)), 150, 90),
        blend=BlendMode.SCREEN,
        clip=True,
        mask=LayerMask(hole(), outside=ONE, enabled=False),
    )
    made = Layer("Kept", surface=Surface.from_pixels(blob(100, 100, (0.5, 0.9, 0.5)), 180, 10), recipe=RECIPE)
    inner = Group("Ομάδα", children=(shade, glow), opacity=0.5, blend=BlendMode.NORMAL)
    outer = Group("Outer", children=(ink, inner), locked=True, mask=LayerMask(hole(), outside=ONE))
    lines = Layer("Lines", surface=Surface.from_pixels(noise(40, 40, 2), 5, 5), role=Control("lineart", 0.7, 0.1, 0.9))
    pose = Layer("Figure", role=Pose((Figure.standing(150, 100, 150),), 0.8))
    hidden = Layer("Hidden", surface=Surface.from_pixels(noise(20, 20, 3), 0, 0), visible=False)
    others = (
        Layer("Where", surface=Surface.from_pixels(blob(50, 50, (1, 1, 1)), 90, 90), role=InpaintMask(4, 12)),
        Layer("Style", surface=Surface.from_pixels(noise(30, 30, 4)), role=Reference("style", 0.4)),
        Group("There", children=(), role=Region("a tree", "fog"), blend=BlendMode.NORMAL),
        Layer("Later", role=UnknownRole('{"role": "hologram", "x": [1, 2]}')),
        Layer("Empty"),
    )
    selection = Surface.from_pixels(half(64, 64), 100, 100)
    metadata = MappingProxyType({"direction": '{"prompt": "猫 🐈"}', "note": ""})
    layers = (paper, outer, made, lines, pose, hidden, *others)
    return DocumentState(300, 200, layers, selection, metadata)


def hole() -> Surface:
    """A mask surface that hides one tile; to be used with outside=ONE."""
    edit = Surface.blank(1).edit()
    edit.writable((1, 0))[...] = 0
    return edit.freeze()


@pytest.fixture
def assert_same() -> Callable[[DocumentState, DocumentState], None]:
    """Fails unless two documents are equal field by field and tile by tile."""

    def check(a: DocumentState, b: DocumentState) -> None:
        assert (a.width, a.height) == (b.width, b.height)
        assert dict(a.metadata) == dict(b.metadata)
        assert _surface(a.selection) == _surface(b.selection)
        assert [_node(n) for n in a.layers] == [_node(n) for n in b.layers]

    return check


def _node(node: Node) -> tuple[object, ...]:
    own: tuple[object, ...]
    if isinstance(node, Group):
        own = (Group, [_node(child) for child in node.children])
    else:
        own = (Layer, _surface(node.surface), node.alpha_locked, node.recipe)
    mask = None if node.mask is None else (_surface(node.mask.surface), node.mask.outside, node.mask.enabled)
    look = (node.opacity, node.blend, node.visible, node.locked, node.clip, node.role)
    return (LayerId(node.id), node.name, look, mask, own)


def _surface(surface: Surface | None) -> object:
    if surface is None:
        return None
    return surface.channels, {key: tile.tobytes() for key, tile in surface.tiles.items()}


@pytest.fixture
def over_white() -> Callable[[np.ndarray], np.ndarray]:
    """Straight 8-bit RGBA laid on white, as floats 0..255: what an eye compares."""

    def lay(rgba: np.ndarray) -> np.ndarray:
        alpha = rgba[..., 3:].astype(np.float64) / 255
        return rgba[..., :3] * alpha + 255 * (1 - alpha)

    return lay


@pytest.fixture
def file_size_limit() -> Callable[[int], AbstractContextManager[None]]:
    """While open, no file of this process grows beyond so many bytes: a full disk, as far as a writer can tell."""
    resource = pytest.importorskip("resource", reason="needs POSIX limits")

    @contextmanager
    def limited(size: int) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited
