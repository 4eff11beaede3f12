"""Several nodes at once: what is inside another chosen one comes along, order is kept, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas import edits, layer_edits
from canvas.edits import EditError
from canvas.layers import Group, Layer, LayerId
from canvas.state import DocumentState


def document():
    """From the bottom: a, a group g of b, a group h of c, and d; e."""
    h = Group("h", LayerId("h"), (Layer("c", LayerId("c")),))
    g = Group("g", LayerId("g"), (Layer("b", LayerId("b")), h, Layer("d", LayerId("d"))))
    return DocumentState(64, 64, (Layer("a", LayerId("a")), g, Layer("e", LayerId("e"))))


def tree(state):
    def text(nodes):
        return "".join(f"{n.name}({text(n.children)})" if isinstance(n, Group) else n.name for n in nodes)

    return text(state.layers)


def test_what_lies_in_another_chosen_node_is_not_a_top_of_its_own():
    assert [n.name for n in layer_edits.tops(document(), ("e", "c", "g", "a"))] == ["a", "g", "e"]


def test_removing_several_takes_their_content_along():
    assert tree(layer_edits.remove_all(document(), ("h", "c", "a"))) == "g(bd)e"


@pytest.mark.parametrize(
    ("moved", "parent", "index", "expected"),
    [
        (("a", "e"), "g", 1, "g(baeh(c)d)"),
        (("e", "a"), "g", 99, "g(bh(c)dae)"),
        (("b", "d"), None, 0, "bdag(h(c))e"),
        (("b", "c"), "h", 0, "ag(h(bc)d)e"),
        (("a", "g"), None, 1, "eag(bh(c)d)"),
        (("h", "c"), None, 3, "ag(bd)eh(c)"),
    ],
)
def test_several_move_together_in_their_order(moved, parent, index, expected):
    assert tree(layer_edits.move_all(document(), moved, parent, index)) == expected


def test_moving_to_where_they_are_changes_nothing():
    state = document()
    assert layer_edits.move_all(state, ("b", "h"), "g", 0) is state


@pytest.mark.parametrize("parent", ["g", "h"])
def test_a_group_among_them_cannot_go_into_itself(parent):
    with pytest.raises(EditError, match="“g” cannot be moved into itself"):
        layer_edits.move_all(document(), ("a", "g"), parent, 0)


def test_nothing_goes_into_a_layer_and_unknown_nodes_are_key_errors():
    with pytest.raises(EditError, match="“a” is not a group"):
        layer_edits.move_all(document(), ("e",), "a", 0)
    with pytest.raises(KeyError):
        layer_edits.remove_all(document(), ("nobody",))


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abcdegh"), min_size=1, max_size=3, unique=True),
            st.sampled_from([None, "g", "h"]),
            st.integers(0, 4),
        ),
        max_size=8,
    )
)
def test_no_node_is_ever_lost_or_doubled_by_moves(moves):
    state = document()
    for moved, parent, index in moves:
        try:
            state = layer_edits.move_all(state, moved, parent, index)
        except EditError:
            continue
    assert sorted(c for c in tree(state) if c.isalpha()) == list("abcdegh")


def test_one_edit_on_each():
    state = layer_edits.set_on_all(document(), ("a", "c"), lambda s, i: edits.set_opacity(s, i, 0.5))
    assert [n.name for n in state.walk() if n.opacity == 0.5] == ["a", "c"]
