"""What an artist does to layers: each is one undoable step, and what cannot be says why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import layer_intents
from app.session import Session
from canvas.blend_modes import BlendMode
from canvas.edits import EditError
from canvas.layers import Group, Layer, LayerId
from canvas.roles import Control, InpaintMask, Paint
from canvas.state import DocumentState


def make_session() -> Session:
    """From the bottom: A, a group G of B and C, D. D is active."""
    group = Group("G", LayerId("G"), (Layer("B", LayerId("B")), Layer("C", LayerId("C"))))
    return Session(DocumentState(64, 64, (Layer("A", LayerId("A")), group, Layer("D", LayerId("D")))))


def order(session: Session) -> str:
    """The tree from the top down, groups as X(...)."""

    def text(nodes: tuple[Layer | Group, ...]) -> str:
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
    layer_intents.move(session, LayerId(node), LayerId(target), place)  # type: ignore[arg-type]
    assert order(session) == expected
    session.undo()
    assert order(session) == "DG(CB)A"


@pytest.mark.parametrize("target", ["G", "B"])
def test_a_group_cannot_be_dropped_into_itself(target: str) -> None:
    session = make_session()
    with pytest.raises(EditError, match="itself"):
        layer_intents.move(session, LayerId("G"), LayerId(target), "into")
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
        layer_intents.set_opacity(session, LayerId("D"), percent / 100)
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


@pytest.mark.parametrize(
    "toggle", [layer_intents.toggle_visible, layer_intents.toggle_lock, layer_intents.toggle_alpha_lock]
)
def test_a_switch_thrown_twice_is_as_before(toggle: Callable[[Session, LayerId], None]) -> None:
    session = make_session()

    def switches() -> tuple[bool, ...]:
        node = session.document.state.layer(LayerId("D"))
        return node.visible, node.locked, node.alpha_locked

    before = switches()
    toggle(session, LayerId("D"))
    assert switches() != before
    toggle(session, LayerId("D"))
    assert switches() == before


def test_what_is_not_possible_is_said_and_changes_nothing() -> None:
    session = make_session()
    said: list[str] = []
    session.message.connect(said.append)
    before = session.document.state
    layer_intents.attempt(session, lambda: layer_intents.set_blend(session, LayerId("D"), BlendMode.PASS_THROUGH))
    session.document.begin("stroke")
    layer_intents.attempt(session, lambda: layer_intents.toggle_lock(session, LayerId("D")))
    assert session.document.state is before
    assert len(said) == 2
    assert "Only groups" in said[0]
    assert "stroke" in said[1]
