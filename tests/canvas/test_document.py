"""Undo, redo, gestures, and the memory that history may take."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas.document import Document
from canvas.history import HistoryBytes, Step
from canvas.layers import Layer
from canvas.state import DocumentState, surfaces
from canvas.tiles import ONE, TILE_PX, Surface

TILE_BYTES = TILE_PX * TILE_PX * 4 * 2
ACTS = ["paint", "clear", "copy", "drop", "undo", "redo", "merge"]


def blank(layers=2):
    return DocumentState(512, 512, tuple(Layer(f"layer {i}") for i in range(layers)))


def painted(state, layer=0, keys=((0, 0),), value=ONE):
    node = state.layers[layer]
    edit = node.surface.edit()
    for key in keys:
        edit.writable(key)[...] = value
    return state.replaced(node.id, lambda n: replace(n, surface=edit.freeze()))


def test_undo_and_redo_walk_through_the_very_same_states():
    document = Document(blank())
    states = [document.state]
    for i in range(5):
        document.edit(f"step {i}", lambda s, i=i: painted(s, i % 2, [(i, 0)]))
        states.append(document.state)
    for expected in reversed(states[:-1]):
        document.undo()
        assert document.state is expected
    assert document.undo() is None
    for expected in states[1:]:
        document.redo()
        assert document.state is expected
    assert document.redo() is None


def test_labels_tell_what_undo_and_redo_would_do():
    document = Document(blank())
    document.edit("one", painted)
    document.edit("two", lambda s: painted(s, 1))
    assert document.undo() == "two"
    assert document.undo_labels == ("one",)
    assert document.redo_labels == ("two",)


def test_a_new_edit_ends_what_could_be_redone():
    document = Document(blank())
    document.edit("one", painted)
    document.undo()
    document.edit("other", lambda s: painted(s, 1))
    assert document.redo_labels == ()


def test_an_edit_that_changes_nothing_leaves_no_step_and_no_revision():
    document = Document(blank())
    document.edit("nothing", lambda s: s)
    assert document.undo_labels == ()
    assert document.revision == 0


def test_an_edit_that_fails_leaves_the_document_as_it_was():
    document = Document(blank())
    before = document.state

    def fails(state):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        document.edit("fails", fails)
    assert document.state is before
    assert document.undo_labels == ()


def test_steps_with_the_same_merge_key_become_one():
    document = Document(blank())
    start = document.state
    for i in range(4):
        document.edit("drag", lambda s, i=i: painted(s, 0, value=i), merge="opacity 1")
    document.edit("drag", lambda s: painted(s, 1), merge="opacity 2")
    assert document.undo_labels == ("drag", "drag")
    document.undo()
    document.undo()
    assert document.state is start


def test_after_an_undo_a_drag_does_not_merge_into_the_step_before():
    document = Document(blank())
    document.edit("drag", lambda s: painted(s, 0, value=1), merge="x")
    document.edit("other", lambda s: painted(s, 1))
    document.undo()
    document.undo()
    document.edit("drag", lambda s: painted(s, 0, value=2), merge="x")
    assert document.undo_labels == ("drag",)


def test_a_gesture_is_one_step_however_often_it_was_shown():
    document = Document(blank())
    start, seen = document.state, []
    document.listen(lambda old, new: seen.append((old, new)))
    document.begin("stroke")
    for i in range(3):
        document.update(painted(start, keys=[(i, 0)]))
    document.commit()
    assert document.undo_labels == ("stroke",)
    assert len(seen) == 3
    document.undo()
    assert document.state is start


def test_a_gesture_can_be_given_up_and_an_empty_one_leaves_nothing():
    document = Document(blank())
    start = document.state
    document.begin("stroke")
    document.update(painted(start))
    document.rollback()
    assert document.state is start
    document.begin("tap")
    document.commit()
    assert document.undo_labels == ()


def test_while_a_gesture_is_open_nothing_else_happens():
    document = Document(blank())
    document.edit("one", painted)
    document.begin("stroke")
    assert document.undo() is None
    with pytest.raises(RuntimeError, match="finish the stroke"):
        document.edit("other", painted)
    with pytest.raises(RuntimeError, match="already open"):
        document.begin("another")


def test_who_no_longer_listens_hears_nothing():
    document = Document(blank())
    heard = []
    stop = document.listen(lambda old, new: heard.append(new))
    document.edit("one", painted)
    stop()
    document.edit("two", lambda s: painted(s, 1))
    assert len(heard) == 1


def test_a_snapshot_keeps_the_state_of_its_revision():
    document = Document(blank())
    document.edit("one", painted)
    shown, snapshot = document.state, document.snapshot()
    document.edit("two", lambda s: painted(s, 1))
    assert snapshot.revision == 1
    assert snapshot.state is shown


class TestMemory:
    def test_only_tiles_that_the_document_no_longer_has_count(self):
        document = Document(blank())
        document.edit("one", lambda s: painted(s, keys=[(0, 0), (1, 0), (2, 0)]))
        assert document.history_size_bytes() == 0
        document.edit("two", lambda s: painted(s, keys=[(0, 0)], value=5))
        assert document.history_size_bytes() == TILE_BYTES
        document.undo()
        assert document.history_size_bytes() == TILE_BYTES  # now the one of the redo
        document.undo()
        assert document.history_size_bytes() == 4 * TILE_BYTES

    def test_the_oldest_steps_go_when_the_budget_is_used_up_but_never_the_newest(self):
        document = Document(blank(), disk_bytes=0, memory_bytes=3 * TILE_BYTES)
        for i in range(10):
            document.edit(f"{i}", lambda s, i=i: painted(s, value=i))
        assert document.undo_labels == ("7", "8", "9")
        document.edit("large", lambda s: painted(s, keys=[(x, y) for x in range(4) for y in range(4)]))
        document.edit("larger", lambda s: painted(s, keys=[(x, y) for x in range(4) for y in range(4)], value=7))
        assert document.undo_labels == ("larger",)

    def test_a_copied_layer_costs_nothing_until_both_are_gone(self):
        document = Document(blank(1))
        document.edit("paint", painted)
        node = document.state.layers[0]
        copy = Layer("copy", surface=node.surface)
        document.edit("copy", lambda s: replace(s, layers=(*s.layers, copy)))
        document.edit("remove", lambda s: s.replaced(node.id, lambda _: None))
        assert document.history_size_bytes() == 0
        document.edit("remove", lambda s: s.replaced(copy.id, lambda _: None))
        assert document.history_size_bytes() == TILE_BYTES

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5))))
    def test_whatever_happens_the_count_equals_counting_everything(self, acts):
        document = Document(blank(), disk_bytes=0, memory_bytes=6 * TILE_BYTES)
        for name, n in acts:
            state = document.state
            layer = n % len(state.layers) if state.layers else None
            if name == "undo":
                document.undo()
            elif name == "redo":
                document.redo()
            elif layer is None:
                document.edit("new", lambda s: replace(s, layers=(Layer("new"),)))
            elif name in ("paint", "merge"):
                key = "drag" if name == "merge" else None
                document.edit(name, lambda s, i=layer, k=n: painted(s, i, [(k, 0), (k % 2, 0)]), merge=key)
            elif name == "clear":
                blank_layer = replace(state.layers[layer], surface=Surface.blank())
                document.edit(name, lambda s, new=blank_layer: s.replaced(new.id, lambda _: new))
            elif name == "copy":
                twin = Layer("copy", surface=state.layers[layer].surface)
                document.edit(name, lambda s, t=twin: replace(s, layers=(*s.layers, t)))
            else:
                document.edit(name, lambda s, i=state.layers[layer].id: s.replaced(i, lambda _: None))
            assert document.history_size_bytes() == counted(document)


def counted(document):
    """Bytes of all tiles of the history that the present lacks, by looking at each."""
    held = {id(tile) for surface in surfaces(document.state) for tile in surface.tiles.values()}
    sizes = {}
    for step in document._history.undo + document._history.redo:
        for state in (step.before, step.after):
            for surface in surfaces(state):
                sizes.update({id(tile): tile.nbytes for tile in surface.tiles.values()})
    return sum(size for tile, size in sizes.items() if tile not in held)


def test_a_step_costs_by_what_it_changed_not_by_the_length_of_the_history():
    state = painted(blank(3), keys=[(x, 0) for x in range(50)])
    ledger = HistoryBytes(state)
    looked_at = []
    for i in range(30):
        after = painted(state, 1, [(0, 0)], value=i)
        step = Step("s", state, after)
        ledger.remember(step)
        ledger.unshared(after)
        looked_at.append(len(ledger._exchanged[id(step)]))
        state = after
    assert set(looked_at[1:]) == {2}
    assert np.all(np.array(looked_at) <= 2)
