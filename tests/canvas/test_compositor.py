"""The flat program of a layer tree, and the pixels it makes against a slow recursive composite in float64."""

from dataclasses import replace

import filter_twins
import numpy as np
import pixel_twins as twin
import pytest

from canvas.blend_modes import BlendMode
from canvas.compositor import (
    Adjust,
    BeginGroup,
    BeginPassThrough,
    BlendLayer,
    EndGroup,
    EndPassThrough,
    changed_tiles,
    compile_node,
    compile_program,
    composite,
    painted_layer,
    run,
)
from canvas.filters.values import BrightnessContrast, Desaturate, HueSaturation, Invert
from canvas.geometry import Rect
from canvas.layers import Adjustment, Group, Layer, LayerMask
from canvas.roles import Control, InpaintMask, Pose, Reference
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface

SIDE = 2 * TILE_PX
MODES = [BlendMode.NORMAL, BlendMode.NORMAL, BlendMode.MULTIPLY, BlendMode.SCREEN, BlendMode.OVERLAY]
FILTERS = [Invert(), HueSaturation(70.0, -0.3, 0.2), BrightnessContrast(0.2, 0.1), Desaturate()]


def layer(name="", pixels=None, **values):
    surface = Surface.from_pixels(np.full((4, 4, 4), ONE, np.uint16) if pixels is None else pixels)
    return Layer(name, surface=surface, **values)


def document(*nodes, side=SIDE):
    return DocumentState(side, side, nodes)


def shape(state, purpose="picture"):
    """The program as names, layers by theirs."""
    names = {node.id: node.name for node in state.walk()}
    program = compile_program(state, purpose)
    return [names[op.layer_id] if isinstance(op, BlendLayer | Adjust) else type(op) for op in program]


class TestProgram:
    def test_layers_come_from_bottom_to_top_and_hidden_or_empty_ones_leave_nothing(self):
        hidden, clear = layer("hidden", visible=False), layer("clear", opacity=0.0)
        assert shape(document(layer("a"), hidden, Layer("empty"), clear, layer("b"))) == ["a", "b"]

    def test_a_plain_pass_through_group_dissolves_into_its_children(self):
        assert shape(document(layer("a"), Group("g", children=(layer("b"), layer("c"))))) == ["a", "b", "c"]

    def test_a_pass_through_group_with_opacity_or_mask_is_taken_back_at_its_end(self):
        half = Group("g", children=(layer("b"),), opacity=0.5)
        masked = Group("g", children=(layer("b"),), mask=LayerMask(Surface.blank(1)))
        for group in (half, masked):
            assert shape(document(layer("a"), group)) == ["a", BeginPassThrough, "b", EndPassThrough]

    def test_any_other_group_is_composed_by_itself_and_an_empty_one_not_at_all(self):
        group = Group("g", children=(layer("b"),), blend=BlendMode.NORMAL)
        assert shape(document(group, Group("h", blend=BlendMode.SCREEN))) == [BeginGroup, "b", EndGroup]

    def test_clipped_layers_are_composed_onto_their_base_first(self):
        base = layer("base", blend=BlendMode.MULTIPLY, opacity=0.5)
        state = document(base, layer("c1", clip=True), layer("c2", clip=True), layer("top"))
        assert shape(state) == [BeginGroup, "base", "c1", "c2", EndGroup, "top"]
        _, first, *clipped, end, _ = compile_program(state)
        assert (first.mode, first.opacity, first.atop) == (BlendMode.NORMAL, ONE, False)
        assert [op.atop for op in clipped] == [True, True]
        assert (end.mode, end.opacity) == (BlendMode.MULTIPLY, ONE // 2)

    def test_a_hidden_base_hides_what_is_clipped_to_it(self):
        assert shape(document(layer("base", visible=False), layer("c", clip=True), layer("top"))) == ["top"]

    def test_a_clipped_layer_with_nothing_below_it_is_shown_as_it_is(self):
        assert shape(document(layer("c", clip=True))) == ["c"]

    def test_the_picture_is_paint_alone_and_instructions_are_controls_alone(self):
        state = document(
            layer("paint"),
            layer("lines", role=Control()),
            layer("mask", role=InpaintMask()),
            layer("pose", role=Pose()),
            layer("style", role=Reference()),
            Group("mixed", children=(layer("inner paint"), layer("inner lines", role=Control()))),
            Group("control", children=(layer("part"),), role=Control()),
        )
        assert shape(state) == ["paint", "inner paint"]
        assert shape(state, "instructions") == ["lines", "inner lines", "part"]

    def test_a_control_layer_in_between_does_not_part_a_clipped_layer_from_its_base(self):
        state = document(layer("base"), layer("lines", role=Control()), layer("c", clip=True))
        assert shape(state) == [BeginGroup, "base", "c", EndGroup]

    def test_a_node_by_itself_is_shown_whatever_its_role_opacity_and_visibility(self):
        alone = layer("style", role=Reference(), visible=False, opacity=0.1)
        (op,) = compile_node(alone)
        assert (op.opacity, op.mode) == (ONE, BlendMode.NORMAL)
        assert len(compile_node(Group("g", children=(alone, layer("x")), role=Reference()))) == 3


def slow_composite(state):
    """The picture by the definition, the whole document at once in float64."""
    return slow_siblings(state.layers, np.zeros((state.height, state.width, 4)), state.rect)


def slow_siblings(nodes, backdrop, rect):
    for i, node in enumerate(nodes):
        if node.clip and i > 0:
            continue
        clipped = []
        for above in nodes[i + 1 :]:
            if not above.clip:
                break
            clipped.append(above)
        if not node.visible:
            continue
        if isinstance(node, Adjustment):
            after = filter_twins.adjusted(node.filter, backdrop, mode=node.blend)
            after = slow_clipped(clipped, after, rect)
            weight = node.opacity * slow_mask(node, rect)
            backdrop = backdrop * (1 - weight) + after * weight
        elif any(c.visible for c in clipped):
            alone = slow_clipped(clipped, slow_alone(node, rect), rect)
            backdrop = twin.blend(backdrop, alone, node.opacity, isolated(node.blend))
        elif isinstance(node, Group) and node.blend is BlendMode.PASS_THROUGH:
            after = slow_siblings(node.children, backdrop, rect)
            weight = node.opacity * slow_mask(node, rect)
            backdrop = backdrop * (1 - weight) + after * weight
        else:
            backdrop = twin.blend(backdrop, slow_alone(node, rect), node.opacity, node.blend)
    return backdrop


def slow_clipped(nodes, base, rect):
    for node in nodes:
        if node.visible and isinstance(node, Adjustment):
            base = filter_twins.adjusted(node.filter, base, node.opacity, node.blend, slow_mask(node, rect))
        elif node.visible:
            base = twin.blend(base, slow_alone(node, rect), node.opacity, isolated(node.blend), atop=True)
    return base


def slow_alone(node, rect):
    if isinstance(node, Group):
        pixels = slow_siblings(node.children, np.zeros((rect.height, rect.width, 4)), rect)
    else:
        pixels = node.surface.read(rect).astype(np.float64)
    return pixels * slow_mask(node, rect)


def slow_mask(node, rect):
    if node.mask is None or not node.mask.enabled:
        return 1.0
    values = node.mask.surface.read(rect) / ONE
    for key in rect.tile_keys(TILE_PX):
        if key not in node.mask.surface.tiles:
            y, x = key[1] * TILE_PX, key[0] * TILE_PX
            values[y : y + TILE_PX, x : x + TILE_PX] = node.mask.outside / ONE
    return values


def isolated(mode):
    return BlendMode.NORMAL if mode is BlendMode.PASS_THROUGH else mode


def random_surface(rng):
    keys = [(x, y) for x in (0, 1) for y in (0, 1) if rng.random() < 0.6]
    return Surface({key: twin.random_pixels(rng, (TILE_PX, TILE_PX)) for key in keys})


def random_mask(rng):
    if rng.random() < 0.7:
        return None
    tile = rng.integers(0, ONE + 1, (TILE_PX, TILE_PX, 1)).astype(np.uint16)
    return LayerMask(Surface({(0, 0): tile}, 1), outside=int(rng.choice([0, ONE])), enabled=bool(rng.random() < 0.8))


def random_node(rng, depth=0):
    values = {
        "opacity": float(rng.choice([1.0, 0.5])),
        "visible": bool(rng.random() < 0.9),
        "clip": bool(rng.random() < 0.25),
        "mask": random_mask(rng),
    }
    if depth < 2 and rng.random() < 0.35:
        children = tuple(random_node(rng, depth + 1) for _ in range(rng.integers(1, 4)))
        blend = BlendMode.PASS_THROUGH if rng.random() < 0.5 else MODES[rng.integers(len(MODES))]
        return Group("group", children=children, blend=blend, **values)
    if rng.random() < 0.25:
        return Adjustment("adjustment", FILTERS[rng.integers(len(FILTERS))], blend=MODES[rng.integers(5)], **values)
    return Layer("layer", surface=random_surface(rng), blend=MODES[rng.integers(len(MODES))], **values)


def random_document(rng):
    return document(*(random_node(rng) for _ in range(rng.integers(2, 6))))


@pytest.mark.parametrize("seed", range(12))
def test_any_tree_looks_as_the_definition_says(seed):
    state = random_document(np.random.default_rng(seed))
    out = composite(state, state.rect)
    assert np.abs(out - slow_composite(state)).max() < twin.STEP_8BIT / 2
    assert (out[..., :3] <= out[..., 3:]).all()


def test_a_part_of_the_picture_is_cut_from_the_whole():
    state = random_document(np.random.default_rng(99))
    whole = composite(state, state.rect)
    np.testing.assert_array_equal(composite(state, Rect(100, 30, 203, 140)), whole[30:140, 100:203])


def test_what_lies_alone_is_passed_on_uncopied_and_nothing_is_none():
    only = layer("only", pixels=np.full((SIDE, TILE_PX, 4), ONE, np.uint16))
    program = compile_program(document(only))
    assert run(program, (0, 1))[0] is only.surface.tiles[0, 1]
    assert run(program, (1, 0)) == (None,)


def random_edit(rng, state):
    """Some change that an artist might make."""
    nodes = list(state.walk())
    node = nodes[rng.integers(len(nodes))]
    kind = rng.integers(9)
    if kind == 0 and isinstance(node, Layer):
        edit = node.surface.edit()
        edit.writable((int(rng.integers(2)), int(rng.integers(2))))[:50] = 0
        return state.replaced(node.id, lambda n: replace(n, surface=edit.freeze()))
    if kind == 1:
        return state.replaced(node.id, lambda n: replace(n, opacity=0.7))
    if kind == 2:
        return state.replaced(node.id, lambda n: replace(n, visible=not n.visible))
    if kind == 3:
        return state.replaced(node.id, lambda n: replace(n, clip=not n.clip))
    if kind == 4:
        return state.replaced(node.id, lambda _: None)
    if kind == 5:
        return replace(state, layers=(*state.layers[1:], state.layers[0]))
    if kind == 6:
        return state.replaced(node.id, lambda n: replace(n, mask=random_mask(rng), blend=BlendMode.NORMAL))
    if kind == 7 and isinstance(node, Adjustment):
        return state.replaced(node.id, lambda n: replace(n, filter=FILTERS[rng.integers(len(FILTERS))]))
    if kind == 8 and node.mask is not None:
        edit = node.mask.surface.edit()
        edit.writable((int(rng.integers(2)), 0))[:40] = rng.integers(ONE + 1)
        mask = replace(node.mask, surface=edit.freeze())
        return state.replaced(node.id, lambda n: replace(n, mask=mask))
    return replace(state, layers=(random_node(rng), *state.layers))


@pytest.mark.parametrize("seed", range(40))
def test_tiles_that_are_not_called_changed_are_unchanged(seed):
    rng = np.random.default_rng(seed)
    old = random_document(rng)
    new = random_edit(rng, old)
    changed = changed_tiles(compile_program(old), compile_program(new))
    for key in old.rect.tile_keys(TILE_PX):
        if key not in changed:
            before, after = (run(compile_program(state), key)[0] for state in (old, new))
            assert (before is None) == (after is None)
            assert before is None or np.array_equal(before, after)


def test_only_what_was_painted_on_is_called_changed_and_its_layer_is_known():
    full = np.full((SIDE, SIDE, 4), ONE, np.uint16)
    below, above = layer("below", full), layer("above", full)
    old = document(below, above)
    edit = below.surface.edit()
    edit.writable((1, 0))[0, 0] = 0
    painted = old.replaced(below.id, lambda n: replace(n, surface=edit.freeze()))
    before, after = compile_program(old), compile_program(painted)
    assert changed_tiles(before, after) == {(1, 0)}
    assert painted_layer(before, after) == below.id
    assert changed_tiles(before, compile_program(replace(old))) == set()
    hidden = compile_program(old.replaced(above.id, lambda n: replace(n, visible=False)))
    assert painted_layer(before, hidden) is None


def test_a_changed_layer_dirties_the_tiles_it_has_and_no_others():
    full, small = layer("full", np.full((SIDE, SIDE, 4), ONE, np.uint16)), layer("small")
    old = document(full, small)
    new = old.replaced(small.id, lambda n: replace(n, opacity=0.5))
    assert changed_tiles(compile_program(old), compile_program(new)) == {(0, 0)}
    assert changed_tiles(compile_program(old), compile_program(document(full))) == {(0, 0)}
