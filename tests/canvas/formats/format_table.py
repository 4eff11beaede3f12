"""What each file format keeps, found out by writing and reading: the table of the page of help is made here.

`python tests/canvas/formats/format_table.py` writes it into the page; a test says when the page is out of date. A thing
counts as kept when it comes back the same. What comes back only with the data that other programs ignore is marked so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import numpy as np
from icc_profiles import ADOBE_RGB, gamma, rgb_profile

from canvas.blend_modes import BlendMode
from canvas.filters.values import Desaturate, Grey, HueSaturation, Invert, Levels, Noise, Tones
from canvas.formats import registry
from canvas.formats.options import WriteOptions
from canvas.formats.picture import picture_rgba8
from canvas.formats.properties import icc_profile, ppi, with_icc_profile, with_ppi
from canvas.formats.recipes.reading import read_recipe
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerId, LayerMask, Node
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Pose, Reference, Region
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

PAGE = Path(registry.__file__).parents[2] / "resources" / "help" / "files.md"
BEGIN, END = "<!-- table: made by tests/canvas/formats/format_table.py -->", "<!-- end of table -->"
WIDTH, HEIGHT = 160, 140
FORMATS = tuple(f for f in registry.FORMATS if f.can_write)

YES, OURS, NO = "yes", "here only", "–"


@dataclass(frozen=True)
class Row:
    """`same(before, after)`: whether the thing of that name is in the document that was read again. `in_file`: whether
    it is in the file, where no document holds it."""

    name: str
    make: Callable[[], DocumentState]
    same: Callable[[DocumentState, DocumentState], bool]
    in_file: Callable[[Path], bool] = lambda _path: True


def _smooth(width: int = WIDTH, height: int = HEIGHT, alpha: float = 1.0) -> np.ndarray:
    """Premultiplied, without steps, so that a lossy format keeps it but for a little."""
    y, x = np.mgrid[:height, :width]
    colour = np.stack([x / width, y / height, np.full(x.shape, 0.4)], axis=2) * 0.8 + 0.1
    out = np.empty((height, width, 4), np.uint16)
    out[..., :3] = np.round(colour * alpha * ONE)
    out[..., 3] = round(alpha * ONE)
    return out


def _layer(name: str, width: int = WIDTH, height: int = HEIGHT, alpha: float = 1.0, **fields: Any) -> Layer:
    return Layer(name, surface=Surface.from_pixels(_smooth(width, height, alpha)), **fields)


def _over(*nodes: Node) -> Callable[[], DocumentState]:
    """A document with those nodes above a paper."""
    return lambda: DocumentState(WIDTH, HEIGHT, (_layer("Paper"), *nodes))


def _named(state: DocumentState, name: str) -> Node | None:
    return next((node for node in state.walk() if node.name == name), None)


def _kept(name: str, what: Callable[[Node], object]) -> Callable[[DocumentState, DocumentState], bool]:
    """Whether the node of that name is there and the same in that respect."""

    def same(before: DocumentState, after: DocumentState) -> bool:
        one, other = _named(before, name), _named(after, name)
        return one is not None and type(one) is type(other) and other is not None and what(one) == what(other)

    return same


def _mask(node: Node) -> object:
    mask = node.mask
    if mask is None:
        return None
    values = np.round(mask.surface.read(mask.surface.content_bounds()) / ONE * 255)
    return mask.enabled, mask.outside, mask.surface.content_bounds(), values.tobytes()


def _tree(state: DocumentState) -> object:
    def names(nodes: tuple[Node, ...]) -> list[object]:
        return [[node.name, names(node.children)] if isinstance(node, Group) else node.name for node in nodes]

    return names(state.layers)


def _modes() -> DocumentState:
    modes = [mode for mode in BlendMode if mode is not BlendMode.PASS_THROUGH]
    return _over(*(_layer(mode.name, 20, 20, 0.5, blend=mode) for mode in modes), Group("PASS_THROUGH"))()


def _outside() -> DocumentState:
    return _over(Layer("Wide", surface=Surface.from_pixels(_smooth(60, 60), -30, -40)))()


def _profile() -> bytes:
    """A colour space larger than sRGB."""
    return rgb_profile("Test RGB", ADOBE_RGB, gamma(2.2))


_MASK = LayerMask(Surface.from_pixels(np.full((50, 60, 1), ONE // 2, np.uint16), 20, 10))
_RECIPE = (
    '{"controls": [], "guidance": 1.0, "mode": "text", "model": "m", "negative": "fog", "prompt": "a house, red", '
    '"references": [], "seed": 7, "size": [64, 48], "steps": 8, "strength": 1.0}'
)
_ROLES = (
    _layer("Lines", 20, 20, role=Control("lineart", 0.7, 0.1, 0.9)),
    Layer("Figure", role=Pose((Figure.standing(70, 70, 90),), 0.8)),
    _layer("Where", 20, 20, role=InpaintMask(4, 12)),
    _layer("Style", 20, 20, role=Reference("style", 0.4)),
    _layer("There", 20, 20, role=Region("a tree", "fog")),
)


def _picture(before: DocumentState, after: DocumentState) -> bool:
    """Lossless to the eye; a lossy format may be off by a little everywhere."""
    one, other = picture_rgba8(before).astype(int), picture_rgba8(after).astype(int)
    return one.shape == other.shape and float(np.abs(one - other).mean()) < 1.5


def _transparency(before: DocumentState, after: DocumentState) -> bool:
    return bool(np.abs(picture_rgba8(before)[..., 3].astype(int) - picture_rgba8(after)[..., 3]).max() <= 2)


def _deep(before: DocumentState, after: DocumentState) -> bool:
    """Finer steps than 8 bits have."""
    surfaces = [node.surface for node in after.walk() if isinstance(node, Layer)]
    found = max((len(np.unique(surface.read(after.rect)[..., 0])) for surface in surfaces), default=0)
    return found > 300


ROWS: tuple[Row, ...] = (
    Row("The picture as it looks", lambda: _over(_layer("Above", 60, 60, 0.5))(), _picture),
    Row("Transparency", lambda: DocumentState(WIDTH, HEIGHT, (_layer("Half", 80, 80, 0.5),)), _transparency),
    Row("16 bits a channel", lambda: DocumentState(900, 30, (_layer("Fine", 900, 30),)), _deep),
    Row(
        "Colour profile",
        lambda: with_icc_profile(_over()(), _profile()),
        lambda before, after: icc_profile(before) == icc_profile(after),
    ),
    Row("Resolution (ppi)", lambda: with_ppi(_over()(), 300), lambda _before, after: round(ppi(after) or 0) == 300),
    Row(
        "Layers and groups",
        _over(Group("Group", children=(_layer("A", 30, 30), Group("Inner", children=(_layer("B"),))))),
        lambda before, after: _tree(before) == _tree(after),
    ),
    Row(
        "Names in any script", _over(_layer("線画 🖋️ Тень ظل", 30, 30)), _kept("線画 🖋️ Тень ظل", lambda node: node.name)
    ),
    Row("Opacity", _over(_layer("A", 30, 30, opacity=0.4)), _kept("A", lambda node: round(node.opacity * 255))),
    Row(
        "Fill",
        _over(_layer("A", 30, 30, opacity=0.8, fill=0.6)),
        _kept("A", lambda node: (round(node.opacity * 255), round(node.fill * 255))),
    ),
    Row(
        "All 28 blend modes",
        _modes,
        lambda before, after: [(n.name, n.blend) for n in before.walk()] == [(n.name, n.blend) for n in after.walk()],
    ),
    Row("Hidden layers", _over(_layer("A", 30, 30, visible=False)), _kept("A", lambda node: node.visible)),
    Row("Layer masks", _over(_layer("A", 90, 90, mask=_MASK)), _kept("A", _mask)),
    Row("Switched-off masks", _over(_layer("A", 90, 90, mask=replace(_MASK, enabled=False))), _kept("A", _mask)),
    Row("Masks of groups", _over(Group("A", children=(_layer("B"),), mask=_MASK)), _kept("A", _mask)),
    Row(
        "Clipping",
        _over(_layer("Base", 50, 50), _layer("A", 80, 80, 0.5, clip=True)),
        _kept("A", lambda node: node.clip),
    ),
    Row("Pixels outside the canvas", _outside, lambda before, after: _bounds(before) == _bounds(after)),
    Row("Lock", _over(_layer("A", 30, 30, locked=True)), _kept("A", lambda node: node.locked)),
    Row(
        "Alpha lock",
        _over(_layer("A", 30, 30, alpha_locked=True)),
        _kept("A", lambda node: isinstance(node, Layer) and node.alpha_locked),
    ),
    Row("Layer colours", _over(_layer("A", 30, 30, label=LabelColour.VIOLET)), _kept("A", lambda node: node.label)),
    Row(
        "Adjustment layers that Photoshop has",
        _over(
            Adjustment("A", Levels(Tones(0.2, 1.5, 0.8))),
            Adjustment("B", HueSaturation(30.0)),
            Adjustment("C", Invert()),
        ),
        lambda before, after: [_filter(before, n) for n in "ABC"] == [_filter(after, n) for n in "ABC"],
    ),
    Row(
        "Other adjustment layers",
        _over(Adjustment("A", Noise(0.2)), Adjustment("B", Desaturate(Grey.AVERAGE))),
        lambda before, after: [_filter(before, n) for n in "AB"] == [_filter(after, n) for n in "AB"],
    ),
    Row(
        "Selection",
        lambda: replace(_over()(), selection=Surface.from_pixels(np.full((40, 50, 1), ONE, np.uint16), 30, 20)),
        lambda before, after: _selection(before) == _selection(after),
    ),
    Row(
        "Roles: control, pose, mask, reference, region",
        _over(*_ROLES),
        lambda before, after: [_role(before, n.name) for n in _ROLES] == [_role(after, n.name) for n in _ROLES],
    ),
    Row(
        "Prompt and settings",
        lambda: replace(_over()(), metadata=MappingProxyType({"direction": '{"prompt": "猫"}'})),
        lambda before, after: before.metadata["direction"] == after.metadata.get("direction"),
    ),
    Row(
        "Recipes of layers",
        _over(_layer("A", 30, 30, recipe=_RECIPE)),
        lambda before, after: _recipe(before) == _recipe(after),
    ),
    Row(
        "How the picture was made: prompt, model, seed",
        lambda: DocumentState(WIDTH, HEIGHT, (_layer("A", recipe=_RECIPE),)),
        lambda _before, _after: True,
        lambda path: _prompt(path) == "a house, red",
    ),
    Row("Identity of layers", _over(_layer("A", 30, 30, id=LayerId("abc"))), _kept("A", lambda node: node.id)),
)


def _bounds(state: DocumentState) -> object:
    node = _named(state, "Wide")
    return node.surface.content_bounds() if isinstance(node, Layer) else None


def _filter(state: DocumentState, name: str) -> object:
    node = _named(state, name)
    # Files have whole numbers where we have shares.
    return re.sub(r"(0\.\d)\d+", r"\1", repr(node.filter)) if isinstance(node, Adjustment) else None


def _selection(state: DocumentState) -> object:
    return None if state.selection is None else state.selection.content_bounds()


def _role(state: DocumentState, name: str) -> object:
    node = _named(state, name)
    return None if node is None else node.role


def _recipe(state: DocumentState) -> object:
    node = _named(state, "A")
    return node.recipe if isinstance(node, Layer) else None


def _prompt(path: Path) -> str:
    found = read_recipe(path)
    return "" if found is None else found.prompt


def table() -> str:
    """The table in Markdown."""
    heads = [f.extensions[0].removeprefix(".").upper() for f in FORMATS]
    heads[0] = ".udraw"
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    with TemporaryDirectory() as folder:
        lines += [f"| {row.name} | {' | '.join(_cells(row, Path(folder)))} |" for row in ROWS]
    return "\n".join(lines)


def _cells(row: Row, folder: Path) -> Iterator[str]:
    state = row.make()
    for each in FORMATS:
        depth = 16 if each.deep else 8
        if _comes_back(row, state, each, WriteOptions(depth=depth, quality=95, roles=False), folder):
            yield YES
        elif _comes_back(row, state, each, WriteOptions(depth=depth, quality=95), folder):
            yield OURS
        else:
            yield NO


def _comes_back(row: Row, state: DocumentState, each: registry.Format, options: WriteOptions, folder: Path) -> bool:
    path = folder / f"document{each.extensions[0]}"
    registry.write(state, path, options=options)
    # Ours holds it in the layer.
    return row.same(state, registry.read(path)) and (each is registry.NATIVE or row.in_file(path))


def page_with(table_text: str) -> str:
    """The page with this table in its place."""
    text = PAGE.read_text("utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return f"{text[:start]}\n{table_text}\n{text[end:]}"


if __name__ == "__main__":
    PAGE.write_text(page_with(table()), "utf-8")
