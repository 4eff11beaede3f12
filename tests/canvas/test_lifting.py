"""What a transform takes along, and what stays."""

from dataclasses import replace

import numpy as np
import pytest

from canvas import edits, fill
from canvas.edits import EditError
from canvas.filters.values import Invert
from canvas.geometry import Rect
from canvas.layer_masks import revealing
from canvas.layers import Adjustment, Group, Layer, LayerMask
from canvas.lifting import hovering, lift, lift_mask, lift_selection, placed
from canvas.pose import Figure
from canvas.roles import Pose
from canvas.selection import rectangle
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface
from canvas.transform import IDENTITY, Interpolation, Projective

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
BICUBIC = Interpolation.BICUBIC


def document(*layers, selection=None):
    return DocumentState(256, 256, layers, selection)


def square(name, x=40, y=40, side=40, **fields):
    return Layer(name, surface=fill.solid(Rect(x, y, x + side, y + side), RED), **fields)


def alpha_at(surface, x, y):
    return int(surface.read(Rect(x, y, x + 1, y + 1))[0, 0, -1])


def test_a_layer_goes_with_its_mask():
    mask = LayerMask(rectangle(Rect(40, 40, 60, 80)), 0)
    state = document(square("a", mask=mask))
    lifted = lift(state, [state.layers[0].id])
    assert lifted.box == Rect(40, 40, 80, 80)
    after = placed(lifted, Projective.shift(100, 10), BICUBIC).layers[0]
    assert after.surface.content_bounds() == Rect(140, 50, 180, 90)
    assert after.mask.surface.content_bounds() == Rect(140, 50, 160, 90)


def test_a_mask_that_shows_all_beyond_its_pixels_still_does():
    surface = rectangle(Rect(0, 0, 128, 128)).edit()
    surface.writable((0, 0))[50:60, 50:60] = 0
    state = document(square("a", mask=LayerMask(surface.freeze(), ONE)))
    after = placed(lift(state, [state.layers[0].id]), Projective.turn(90).about(60, 60), BICUBIC).layers[0].mask
    assert after.outside == ONE
    holes = np.argwhere(after.surface.read(Rect(0, 0, 128, 128))[..., 0] == 0)
    assert holes.min(axis=0).tolist() == [50, 60]
    assert holes.max(axis=0).tolist() == [59, 69]


def test_a_group_goes_with_all_that_is_in_it_and_its_mask():
    inner = Group("inner", children=(square("b", 100, 100),))
    state = document(Group("g", children=(square("a"), inner), mask=LayerMask(rectangle(Rect(0, 0, 64, 256)), 0)))
    after = placed(lift(state, [state.layers[0].id]), Projective.shift(10, 0), BICUBIC)
    bounds = {node.name: node.surface.content_bounds() for node in after.walk() if isinstance(node, Layer)}
    assert bounds == {"a": Rect(50, 40, 90, 80), "b": Rect(110, 100, 150, 140)}
    assert after.layers[0].mask.surface.content_bounds() == Rect(10, 0, 74, 256)
    assert [n.id for n in after.walk()] == [n.id for n in state.walk()]


def test_several_layers_share_one_box():
    state = document(square("a"), square("b", 100, 120), square("c", 200, 200))
    lifted = lift(state, [state.layers[0].id, state.layers[1].id])
    assert lifted.box == Rect(40, 40, 140, 160)
    after = placed(lifted, Projective.scale(2, 2), BICUBIC)
    assert after.layers[2] is state.layers[2]


def test_only_what_is_selected_moves_and_the_selection_goes_along():
    selection = rectangle(Rect(60, 0, 256, 256))
    state = document(square("a"), selection=selection)
    lifted = lift(state, [state.layers[0].id])
    assert lifted.box == Rect(60, 40, 80, 80)
    after = placed(lifted, Projective.shift(50, 0), BICUBIC)
    surface = after.layers[0].surface
    assert [alpha_at(surface, x, 60) for x in (45, 59, 60, 79, 109, 110, 129, 130)] == [
        ONE, ONE, 0, 0, 0, ONE, ONE, 0,
    ]  # fmt: skip
    assert after.selection.content_bounds() == Rect(110, 0, 306, 256)


def test_moved_pixels_lie_over_those_that_stayed():
    surface = fill.filled(fill.solid(Rect(0, 0, 40, 40), RED), Rect(40, 0, 80, 40), BLUE, None)
    state = document(Layer("a", surface=surface), selection=rectangle(Rect(0, 0, 40, 40)))
    after = placed(lift(state, [state.layers[0].id]), Projective.shift(40, 0), BICUBIC).layers[0].surface
    np.testing.assert_array_equal(after.read(Rect(40, 0, 80, 40)), surface.read(Rect(0, 0, 40, 40)))
    assert after.content_bounds() == Rect(40, 0, 80, 40)


def test_a_copy_leaves_the_original():
    state = document(square("a"), selection=rectangle(Rect(60, 0, 256, 256)))
    after = placed(lift(state, [state.layers[0].id], "a copy"), Projective.shift(50, 0), BICUBIC).layers[0].surface
    assert alpha_at(after, 70, 60) == alpha_at(after, 120, 60) == ONE


def test_cutting_half_selected_pixels_loses_nothing():
    rng = np.random.default_rng(1)
    weight = Surface.from_pixels(rng.integers(0, ONE + 1, (128, 128, 1)).astype(np.uint16))
    state = document(square("a"), selection=weight)
    (piece,) = lift(state, [state.layers[0].id]).pieces
    area = Rect(0, 0, 128, 128)
    np.testing.assert_array_equal(
        piece.surface.read(area) + piece.rest.read(area), state.layers[0].surface.read(area)
    )  # fmt: skip
    rest = piece.rest.read(area)
    assert (rest[..., :3] <= rest[..., 3:]).all()


def test_joints_go_along_and_with_a_selection_only_the_selected_ones():
    figure = Figure.standing(128, 128, 200)
    state = document(Layer("p", role=Pose((figure,))))
    moved = placed(lift(state, [state.layers[0].id]), Projective.turn(90).about(128, 128), BICUBIC)
    (turned,) = moved.layers[0].role.figures
    assert (turned.joints[0].x, turned.joints[0].y) == pytest.approx(
        (128 - (figure.joints[0].y - 128), 128 + (figure.joints[0].x - 128))
    )
    head = replace(state, selection=rectangle(Rect(0, 0, 256, 60)))
    (bent,) = placed(lift(head, [state.layers[0].id]), Projective.shift(7, 0), BICUBIC).layers[0].role.figures
    assert bent.joints[0].x == figure.joints[0].x + 7
    assert bent.joints[10] == figure.joints[10]


def test_a_mask_and_a_selection_can_be_moved_alone():
    state = document(square("a", mask=LayerMask(rectangle(Rect(40, 40, 60, 80)), 0)), selection=None)
    after = placed(lift_mask(state, state.layers[0].id), Projective.shift(9, 0), BICUBIC)
    assert after.layers[0].surface is state.layers[0].surface
    assert after.layers[0].mask.surface.content_bounds() == Rect(49, 40, 69, 80)
    selected = replace(state, selection=rectangle(Rect(10, 10, 20, 20)))
    moved = placed(lift_selection(selected), Projective.scale(2, 2), Interpolation.NEAREST)
    assert moved.selection.content_bounds() == Rect(20, 20, 40, 40)
    assert moved.layers is selected.layers


def test_nothing_moved_is_the_same_document():
    state = document(square("a"), selection=rectangle(Rect(60, 0, 256, 256)))
    assert placed(lift(state, [state.layers[0].id]), IDENTITY, BICUBIC) is state


def test_while_in_the_air_only_the_rest_is_there():
    state = document(square("a"), square("b"), selection=rectangle(Rect(60, 0, 256, 256)))
    hovers = hovering(lift(state, [state.layers[0].id]), IDENTITY)
    assert hovers.layers[0].surface.content_bounds() == Rect(40, 40, 60, 80)
    assert hovers.layers[1] is state.layers[1]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (document(Layer("a")), "nothing on “a”"),
        (document(square("a", locked=True)), "locked"),
        (document(square("a", visible=False)), "hidden"),
        (document(Group("g", children=(square("a", locked=True),))), "“a” is locked"),
        (document(square("a"), selection=rectangle(Rect(0, 0, 5, 5))), "Nothing of “a” is selected"),
        (document(Adjustment("x", Invert())), "nothing on “x”"),
        (document(Adjustment("x", Invert(), mask=revealing())), "nothing on “x”"),
    ],
)
def test_what_cannot_be_moved_is_said(state, words):
    with pytest.raises(EditError, match=words):
        lift(state, [state.layers[0].id])


def test_an_adjustment_moves_by_its_mask():
    state = document(Adjustment("x", Invert(), mask=LayerMask(rectangle(Rect(10, 10, 20, 20)), 0)))
    after = placed(lift(state, [state.layers[0].id]), Projective.shift(5, 0), BICUBIC)
    assert after.layers[0].mask.surface.content_bounds() == Rect(15, 10, 25, 20)


def test_no_mask_and_no_selection_is_said():
    state = edits.new_document(64, 64)
    with pytest.raises(EditError, match="has no mask"):
        lift_mask(state, state.layers[0].id)
    with pytest.raises(EditError, match="Nothing is selected"):
        lift_selection(state)
