"""Merging makes one layer of many: the picture stays the same, and what instructs the engine stays what it is."""

from dataclasses import replace

import numpy as np
import pixel_twins as twin
import pytest

from canvas import merging
from canvas.blend_modes import BlendMode
from canvas.compositor import composite
from canvas.edits import EditError
from canvas.filters.values import Invert
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerId, LayerMask
from canvas.roles import Control, Pose
from canvas.state import DocumentState
from canvas.tiles import Surface


def pixels(seed):
    return Surface.from_pixels(twin.random_pixels(np.random.default_rng(seed), (90, 150)), seed % 40, seed % 17)


def layer(name, **values):
    return Layer(name, LayerId(name), pixels(sum(map(ord, name))), **values)


def document(*layers):
    paper = Surface.from_pixels(twin.random_opaque(np.random.default_rng(1), (160, 200)))
    return DocumentState(200, 160, (Layer("paper", LayerId("paper"), paper), *layers))


def tree(state):
    def text(nodes):
        return " ".join(f"{n.name}({text(n.children)})" if isinstance(n, Group) else n.name for n in nodes)

    return text(state.layers)


def difference(before, after):
    return np.abs(composite(before, before.rect).astype(int) - composite(after, before.rect)).max()


MASK = LayerMask(Surface.from_pixels(np.full((60, 60, 1), 20_000, np.uint16), 20, 10))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"b": {"opacity": 0.4}, "c": {"mask": MASK}},
        {"a": {"opacity": 0.6, "mask": MASK}},
        {"b": {"clip": True}, "c": {"clip": True, "blend": BlendMode.SCREEN}},
    ],
)
def test_merging_neighbours_keeps_the_picture(values):
    before = document(*(layer(name, **values.get(name, {})) for name in "abc"))
    after = merging.merge(before, ("a", "b", "c"))
    assert tree(after) == "paper c"
    assert difference(before, after) < twin.STEP_8BIT / 2


def test_clipped_layers_merge_into_one_that_is_clipped_as_they_were():
    before = document(layer("a"), layer("b", clip=True), layer("c", clip=True))
    after = merging.merge(before, ("b", "c"))
    assert after.find("c").clip
    assert difference(before, after) < twin.STEP_8BIT / 2


def test_the_result_is_the_topmost_with_opacity_and_mask_applied_and_blends_as_the_lowest():
    before = document(
        layer("a", blend=BlendMode.MULTIPLY, label=LabelColour.RED),
        layer("b", opacity=0.5, mask=MASK, label=LabelColour.BLUE, recipe="{}"),
    )
    made = merging.merge(before, ("a", "b")).find("b")
    assert (made.name, made.opacity, made.mask, made.blend) == ("b", 1.0, None, BlendMode.MULTIPLY)
    assert (made.label, made.recipe) == (LabelColour.BLUE, None)


def test_groups_and_adjustments_merge_with_layers():
    group = Group("g", LayerId("g"), (layer("b"), layer("c", blend=BlendMode.SCREEN)))
    before = document(layer("a"), group, Adjustment("inv", Invert(), LayerId("inv")))
    after = merging.merge(before, ("a", "g"))
    assert tree(after) == "paper g inv"
    assert isinstance(after.find("g"), Layer)
    inverted = merging.merge(before, ("paper", "a", "g", "inv"))
    assert tree(inverted) == "g"
    assert difference(before, inverted) < twin.STEP_8BIT / 2


def test_layers_of_several_groups_gather_at_the_topmost():
    before = document(Group("g", LayerId("g"), (layer("a"), layer("b"))), layer("c"))
    assert tree(merging.merge(before, ("a", "c"))) == "paper g(b) c"


def test_controls_merge_with_controls():
    before = document(layer("a", role=Control("canny")), layer("b", role=Control("scribble", 0.5)))
    after = merging.merge(before, ("a", "b"))
    assert after.find("b").role == Control("scribble", 0.5)
    assert after.find("b").surface.tiles


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((layer("a"), layer("b", role=Control())), "“a” is paint and “b” control"),
        ((layer("a", role=Pose()), layer("b", role=Pose())), "“a” holds figures"),
        ((layer("a"), layer("b", locked=True)), "“b” is locked"),
        ((layer("a", visible=False), layer("b")), "“a” is hidden"),
        ((layer("a"), Group("b", LayerId("b"), (layer("c", role=Control()),))), "“b” holds “c”, which is control"),
        ((Adjustment("a", Invert(), LayerId("a")), Adjustment("b", Invert(), LayerId("b"))), "Adjustments hold no"),
    ],
)
def test_what_does_not_go_together_is_refused_and_says_why(layers, words):
    with pytest.raises(EditError, match=words):
        merging.merge(document(*layers), ("a", "b"))


def test_a_group_becomes_a_layer_that_keeps_its_mask_and_opacity():
    group = Group(
        "g", LayerId("g"), (layer("a"), layer("b", visible=False), layer("c", blend=BlendMode.MULTIPLY)),
        opacity=0.5, blend=BlendMode.SCREEN, mask=MASK,
    )  # fmt: skip
    before = document(group)
    after = merging.merge_group(before, "g")
    made = after.find("g")
    assert isinstance(made, Layer)
    assert (made.opacity, made.mask, made.blend) == (0.5, MASK, BlendMode.SCREEN)
    assert difference(before, after) < twin.STEP_8BIT / 2


def test_a_group_with_nothing_to_see_is_not_merged():
    with pytest.raises(EditError, match="The group “g” shows nothing"):
        merging.merge_group(document(Group("g", LayerId("g"), (layer("a", visible=False),))), "g")
    with pytest.raises(EditError, match="not a group"):
        merging.merge_group(document(layer("a")), "a")


def illustration():
    """Paint, a hidden sketch of paint, a group with a control line and a hidden note, an adjustment, a control."""
    group = Group("g", LayerId("g"), (layer("b"), layer("line", role=Control()), layer("note", visible=False)))
    return document(
        layer("a", blend=BlendMode.MULTIPLY), layer("old", visible=False), layer("on old", clip=True), group,
        Adjustment("inv", Invert(), LayerId("inv"), opacity=0.5), layer("top line", role=Control()),
    )  # fmt: skip


def test_merging_the_visible_keeps_what_is_hidden_and_what_instructs():
    before = illustration()
    after = merging.merge_visible(before)
    assert tree(after) == "paper old on old g(line note) top line"
    assert difference(before, after) == 0
    lines = composite(before, before.rect, "instructions"), composite(after, before.rect, "instructions")
    np.testing.assert_array_equal(*lines)


def test_flattening_keeps_only_the_picture_and_what_instructs():
    before = illustration()
    after = merging.flatten(before)
    assert tree(after) == "paper g(line) top line"
    assert difference(before, after) == 0
    assert merging.hidden_paint(before) == 3


def test_paint_beyond_the_edges_survives():
    beyond = Layer("b", surface=Surface.from_pixels(np.full((10, 10, 4), 32768, np.uint16), 600, 600))
    state = document(beyond)
    for merged in (merging.merge_visible(state), merging.flatten(state)):
        assert merged.layers[0].surface.content_bounds().x1 == 610


def test_an_empty_picture_is_not_merged():
    state = DocumentState(10, 10, (Layer("a"), replace(layer("b"), visible=False)))
    for merge in (merging.merge_visible, merging.flatten, merging.visible_surface):
        with pytest.raises(EditError, match="nothing visible"):
            merge(state)
