"""What an artist does to layers: each is one undoable step, and what cannot be says why."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import layer_intents, mask_intents, selection_intents
from app.layer_solo import Solo
from app.session import Session
from canvas import edits
from canvas.blend_modes import BlendMode
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.layers import Group, LabelColour, Layer, LayerId, Node
from canvas.roles import Control, InpaintMask, Paint
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface


def make_session() -> Session:
    """From the bottom: A, a group G of B and C, D. D is active."""
    group = Group("G", LayerId("G"), (Layer("B", LayerId("B")), Layer("C", LayerId("C"))))
    return Session(DocumentState(64, 64, (Layer("A", LayerId("A")), group, Layer("D", LayerId("D")))))


def choose(names: str) -> Session:
    """That session with several nodes chosen, the last one active."""
    session = make_session()
    ids = tuple(LayerId(name) for name in names)
    session.choose(ids, ids[-1])
    return session


def order(session: Session) -> str:
    """The tree from the top down, groups as X(...)."""

    def text(nodes: tuple[Node, ...]) -> str:
        return "".join(f"{n.name}({text(n.children)})" if isinstance(n, Group) else n.name for n in reversed(nodes))

    return text(session.document.state.layers)


@pytest.mark.parametrize(
    ("node", "target", "place", "expected"),
    [
        ("A", "D", "above", "ADG(CB)"),
        ("A", "D", "below", "DAG(CB)"),
        ("D", "A", "below", "G(CB)AD"),
        ("D", "G", "into", "G(DCB)A"),
        ("D", "B", "above", "G(CDB)A"),
        ("D", "B", "below", "G(CBD)A"),
        ("B", "C", "above", "DG(BC)A"),
        ("C", "G", "above", "DCG(B)A"),
        ("G", "D", "above", "G(CB)DA"),
    ],
)
def test_a_dropped_layer_lands_where_it_was_dropped(node: str, target: str, place: str, expected: str) -> None:
    session = make_session()
    layer_intents.move(session, (LayerId(node),), LayerId(target), place)  # type: ignore[arg-type]
    assert order(session) == expected
    session.undo()
    assert order(session) == "DG(CB)A"


@pytest.mark.parametrize("target", ["G", "B"])
def test_a_group_cannot_be_dropped_into_itself(target: str) -> None:
    session = make_session()
    with pytest.raises(EditError, match="itself"):
        layer_intents.move(session, (LayerId("G"),), LayerId(target), "into")
    assert order(session) == "DG(CB)A"


def test_moving_down_walks_through_every_place_and_stops_at_the_bottom() -> None:
    session = make_session()
    seen = []
    for _ in range(6):
        layer_intents.move_by(session, -1)
        seen.append(order(session))
    assert seen == ["G(DCB)A", "G(CDB)A", "G(CBD)A", "G(CB)DA", "G(CB)AD", "G(CB)AD"]


@given(st.lists(st.sampled_from([1, -1]), max_size=12))
def test_walking_up_and_down_never_loses_a_layer(steps: list[int]) -> None:
    session = make_session()
    for step in steps:
        layer_intents.move_by(session, step)  # type: ignore[arg-type]
    assert sorted(c for c in order(session) if c.isalpha()) == list("ABCDG")


def test_deleting_makes_the_layer_below_active() -> None:
    session = make_session()
    layer_intents.delete(session)
    assert (order(session), session.active) == ("G(CB)A", "G")


def test_deleting_the_last_layer_leaves_none_active_and_says_so_when_asked_again() -> None:
    session = Session(DocumentState(8, 8, (Layer("Only"),)))
    layer_intents.delete(session)
    assert session.active is None
    with pytest.raises(EditError, match="no layer"):
        layer_intents.delete(session)


def test_new_layers_get_names_that_are_free_and_lie_above_the_active_one() -> None:
    session = make_session()
    session.activate(LayerId("B"))
    layer_intents.add_layer(session, "Sketch", Control("scribble"))
    layer_intents.add_layer(session, "Sketch", Control("scribble"))
    names = [node.name for node in layer_intents.top_down(session.document.state)]
    assert names == ["D", "G", "C", "Sketch 2", "Sketch", "B", "A"]


def test_a_dragged_opacity_is_one_step() -> None:
    session = make_session()
    for percent in range(100, 40, -5):
        layer_intents.set_opacity(session, (LayerId("D"),), percent / 100)
    assert session.document.state.find(LayerId("D")).opacity == 0.45
    session.undo()
    assert session.document.state.find(LayerId("D")).opacity == 1.0


def test_changing_the_role_starts_with_its_defaults_and_the_same_role_keeps_its_settings() -> None:
    session = make_session()
    d = LayerId("D")
    layer_intents.set_role(session, d, Control())
    layer_intents.set_role_values(session, d, weight=0.5, kind="canny")
    layer_intents.set_role(session, d, Control())
    assert session.document.state.find(d).role == Control("canny", 0.5)
    layer_intents.set_role(session, d, InpaintMask())
    assert session.document.state.find(d).role == InpaintMask()
    layer_intents.set_role(session, d, Paint())
    assert session.document.state.find(d).role == Paint()


Setter = Callable[[Session, bool], None]


@pytest.mark.parametrize(
    "set_value",
    [
        lambda session, on: layer_intents.set_visible(session, session.chosen, on=not on),
        lambda session, on: layer_intents.set_locked(session, session.chosen, on=on),
        lambda session, on: layer_intents.set_alpha_locked(session, session.chosen, on=on),
        lambda session, on: layer_intents.set_clip(session, session.chosen, on=on),
    ],
)
def test_a_switch_thrown_on_several_is_one_step_and_thrown_back_is_as_before(set_value: Setter) -> None:
    session = choose("BD")

    def switches() -> list[tuple[bool, ...]]:
        layers = [session.document.state.layer(LayerId(name)) for name in "BD"]
        return [(node.visible, node.locked, node.alpha_locked, node.clip) for node in layers]

    before = switches()
    set_value(session, True)
    assert switches()[1] != before[1]
    assert len(session.document.undo_labels) == 1
    set_value(session, False)
    assert switches() == before


def test_what_is_not_possible_is_said_and_changes_nothing() -> None:
    session = make_session()
    said: list[str] = []
    session.message.connect(said.append)
    before = session.document.state
    layer_intents.attempt(session, lambda: layer_intents.set_blend(session, (LayerId("D"),), BlendMode.PASS_THROUGH))
    session.document.begin("stroke")
    layer_intents.attempt(session, lambda: layer_intents.set_locked(session, (LayerId("D"),), on=True))
    assert session.document.state is before
    assert len(said) == 2
    assert "Only groups" in said[0]
    assert "stroke" in said[1]


# Several at once


def test_deleting_several_is_one_step_and_the_layer_below_them_becomes_active() -> None:
    session = choose("BD")
    layer_intents.delete(session)
    assert (order(session), session.active) == ("G(C)A", "C")
    session.undo()
    assert order(session) == "DG(CB)A"


def test_copies_lie_above_the_topmost_and_are_what_is_chosen() -> None:
    session = choose("AC")
    layer_intents.duplicate(session)
    assert order(session) == "DG(C copyA copyCB)A"
    assert [session.document.state.find(i).name for i in session.chosen] == ["A copy", "C copy"]


def test_grouping_several_and_dissolving_the_group_again() -> None:
    session = choose("DA")
    layer_intents.group(session)
    assert order(session) == "Group(DA)G(CB)"
    layer_intents.ungroup(session)
    assert order(session) == "DAG(CB)"
    assert set(session.chosen) == {"A", "D"}
    session.activate(LayerId("A"))
    with pytest.raises(EditError, match="not a group"):
        layer_intents.ungroup(session)


@pytest.mark.parametrize(
    ("chosen", "step", "expected"),
    [
        ("BA", -1, "DG(C)BA"),
        ("DG", -1, "ADG(CB)"),
        ("AG", 1, "G(CB)AD"),
        ("BC", 1, "DCBG()A"),
        ("CB", -1, "DG()CBA"),
        ("DA", 1, "DG(CBA)"),
    ],
)
def test_several_walk_together_and_do_not_pass_each_other(chosen: str, step: int, expected: str) -> None:
    session = choose(chosen)
    layer_intents.move_by(session, step)  # type: ignore[arg-type]
    assert order(session) == expected


def test_arranging_keeps_to_the_group() -> None:
    session = choose("BA")
    layer_intents.arrange(session, "top")
    assert order(session) == "ADG(BC)"
    layer_intents.arrange(session, "bottom")
    assert order(session) == "DG(CB)A"


def test_several_are_dropped_in_their_order_or_as_copies() -> None:
    session = choose("DA")
    layer_intents.move(session, session.chosen, LayerId("B"), "above")
    assert order(session) == "G(CDAB)"
    layer_intents.copy_to(session, session.chosen, LayerId("G"), "below")
    assert order(session) == "G(CDAB)D copyA copy"


def test_opacity_blend_and_label_are_set_on_all_chosen() -> None:
    session = choose("AGD")
    layer_intents.set_opacity(session, session.chosen, 0.5)
    layer_intents.set_label(session, session.chosen, LabelColour.GREEN)
    layer_intents.set_blend(session, session.chosen, BlendMode.SCREEN)
    nodes = [session.document.state.find(LayerId(name)) for name in "AGD"]
    assert {(n.opacity, n.label, n.blend) for n in nodes} == {(0.5, LabelColour.GREEN, BlendMode.SCREEN)}
    layer_intents.set_blend(session, session.chosen, BlendMode.PASS_THROUGH)
    assert [session.document.state.find(LayerId(n)).blend for n in "AG"] == [BlendMode.SCREEN, BlendMode.PASS_THROUGH]


def test_going_through_blend_modes_is_one_step() -> None:
    session = make_session()
    for mode in (BlendMode.DARKEN, BlendMode.MULTIPLY, BlendMode.SCREEN):
        layer_intents.set_blend(session, session.chosen, mode)
    session.undo()
    assert session.document.state.find(LayerId("D")).blend is BlendMode.NORMAL
    assert not session.document.undo_labels


def test_the_lowest_layer_has_nothing_to_clip_to() -> None:
    session = choose("A")
    with pytest.raises(EditError, match="nothing below"):
        layer_intents.set_clip(session, session.chosen, on=True)


# Merging


def painted_session() -> Session:
    """As `make_session`, every layer with a dot of paint."""
    session = make_session()
    for name in "ABCD":
        dot = Surface.from_pixels(np.full((8, 8, 4), ONE, np.uint16), 4, 4)
        session.document.edit("dot", lambda s, name=name, dot=dot: edits.set_pixels(s, LayerId(name), dot))  # type: ignore[misc]
    return session


@pytest.mark.parametrize(
    ("chosen", "expected", "active"),
    [("C", "DG(B)A", "B"), ("G", "DGA", "G"), ("DA", "DG(CB)", "D"), ("DC", "DG(B)A", "D"), ("BC", "DG(C)A", "C")],
)
def test_merging_what_is_chosen(chosen: str, expected: str, active: str) -> None:
    session = painted_session()
    session.choose(tuple(LayerId(name) for name in chosen), LayerId(chosen[-1]))
    layer_intents.merge_down(session)
    assert (order(session), session.active) == (expected, active)
    session.undo()
    assert order(session) == "DG(CB)A"


def test_merging_the_visible_flattening_and_stamping() -> None:
    session = painted_session()
    said: list[str] = []
    session.message.connect(said.append)
    layer_intents.set_visible(session, (LayerId("C"),), on=False)
    layer_intents.merge_visible(session)
    assert (order(session), session.active) == ("G(C)A", "A")
    session.undo()
    session.activate(LayerId("B"))
    layer_intents.stamp_visible(session)
    assert order(session) == "DG(CVisibleB)A"
    session.undo()
    layer_intents.flatten(session)
    assert (order(session), session.active) == ("A", "A")
    assert "without 1 hidden layer" in said[-1]


def test_a_stamp_is_paint_also_from_within_a_group_of_another_role() -> None:
    session = painted_session()
    layer_intents.set_role(session, LayerId("G"), Control())
    session.activate(LayerId("B"))
    layer_intents.stamp_visible(session)
    assert order(session) == "DVisibleG(CB)A"


def test_the_layer_under_the_cursor() -> None:
    session = painted_session()
    assert layer_intents.layer_at(session, 5, 5) == "D"
    layer_intents.set_visible(session, (LayerId("D"),), on=False)
    assert layer_intents.layer_at(session, 5, 5) == "C"
    assert layer_intents.layer_at(session, 50, 5) is None


# Masks


def test_a_new_mask_is_painted_on_until_it_is_gone() -> None:
    session = choose("AD")
    mask_intents.add(session, "hide")
    assert session.plane == "mask"
    assert all(session.document.state.find(LayerId(name)).mask for name in "AD")
    mask_intents.toggle_plane(session)
    assert session.plane == "pixels"
    mask_intents.toggle_plane(session)
    session.undo()
    assert session.plane == "pixels"
    with pytest.raises(EditError, match="no mask"):
        mask_intents.toggle_plane(session)


def test_masks_of_several_are_changed_in_one_step_where_there_are_any() -> None:
    session = choose("AD")
    session.activate(LayerId("A"))
    mask_intents.add(session, "reveal")
    session.choose((LayerId("A"), LayerId("D")), LayerId("D"))
    mask_intents.invert(session)
    mask = session.document.state.find(LayerId("A")).mask
    assert mask is not None
    assert mask.outside == 0
    mask_intents.toggle_enabled(session, session.chosen)
    off = session.document.state.find(LayerId("A")).mask
    assert off is not None
    assert not off.enabled
    mask_intents.delete(session)
    assert session.document.state.find(LayerId("A")).mask is None
    with pytest.raises(EditError, match="no mask"):
        mask_intents.delete(session)


def test_a_mask_becomes_a_selection_and_a_selection_a_mask() -> None:
    session = painted_session()
    selection_intents.select_opaque(session, LayerId("D"))
    selected = session.document.state.selection
    assert selected is not None
    assert selected.content_bounds() == Rect(4, 4, 12, 12)
    mask_intents.add(session, "reveal selection")
    selection_intents.select_none(session)
    mask_intents.select(session, LayerId("D"))
    again = session.document.state.selection
    assert again is not None
    assert again.content_bounds() == Rect(4, 4, 12, 12)
    mask_intents.select(session, LayerId("D"), "subtract")
    assert session.document.state.selection is None


# Solo


def seen(session: Session) -> str:
    """The nodes that are visible, groups around them included."""
    state = session.document.state
    return "".join(
        n.name for n in layer_intents.top_down(state) if n.visible and all(g.visible for g in state.parents(n.id))
    )


def test_solo_shows_one_alone_and_then_everything_as_it_was() -> None:
    session = make_session()
    layer_intents.set_visible(session, (LayerId("C"),), on=False)
    solo = Solo(session)
    solo.toggle(LayerId("B"))
    assert seen(session) == "GB"
    solo.toggle(LayerId("B"))
    assert seen(session) == "DGBA"
    assert len(session.document.undo_labels) == 3
    session.undo()
    session.undo()
    assert seen(session) == "DGBA"


def test_from_one_solo_to_the_next_what_comes_back_is_what_was_there_before_both() -> None:
    session = make_session()
    layer_intents.set_visible(session, (LayerId("C"),), on=False)
    solo = Solo(session)
    solo.toggle(LayerId("B"))
    solo.toggle(LayerId("A"))
    assert seen(session) == "A"
    solo.toggle(LayerId("A"))
    assert seen(session) == "DGBA"


def test_solo_forgets_when_the_artist_shows_something_else() -> None:
    session = make_session()
    solo = Solo(session)
    solo.toggle(LayerId("A"))
    layer_intents.set_visible(session, (LayerId("D"),), on=True)
    solo.toggle(LayerId("A"))
    assert seen(session) == "A"
    solo.toggle(LayerId("A"))
    assert seen(session) == "DA"


def test_solo_of_a_clipped_layer_keeps_its_base() -> None:
    session = make_session()
    layer_intents.set_clip(session, (LayerId("D"),), on=True)
    Solo(session).toggle(LayerId("D"))
    assert seen(session) == "DGCB"
