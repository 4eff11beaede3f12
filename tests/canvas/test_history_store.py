"""History beyond its memory: steps go to disk and come back bit for bit, whatever happens to the disk."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pixel_twins as twin
import pytest

from canvas import history_store
from canvas.document import Document
from canvas.edits import EditError
from canvas.layers import Adjustment, Group, Layer, LayerMask
from canvas.state import DocumentState, surfaces
from canvas.tiles import ONE, TILE_PX, Surface

TILE_BYTES = TILE_PX * TILE_PX * 4 * 2
MEMORY = 4 * TILE_BYTES


def document(disk_bytes=1 << 30, memory_bytes=MEMORY):
    mask = LayerMask(Surface.blank(1), outside=ONE)
    inner = Layer("inner", mask=mask)
    state = DocumentState(512, 512, (Layer("a"), Group("g", children=(inner,)), Layer("b")))
    return Document(state, memory_bytes=memory_bytes, disk_bytes=disk_bytes)


def paint(rng, doc, where=None):
    """One tile of noise on a layer, a mask or the selection."""
    nodes = [node for node in doc.state.walk() if isinstance(node, Layer)]
    node = nodes[rng.integers(len(nodes))]
    key = (int(rng.integers(3)), int(rng.integers(3)))
    kind = where or rng.choice(["pixels", "pixels", "mask", "selection"])
    grey = rng.integers(0, ONE + 1, (TILE_PX, TILE_PX, 1)).astype(np.uint16)

    def painted(surface, pixels):
        edit = surface.edit()
        edit.writable(key)[...] = pixels
        return edit.freeze()

    def change(state):
        if kind == "selection":
            return replace(state, selection=painted(state.selection or Surface.blank(1), grey))
        if kind == "mask":
            old = node.mask or LayerMask(Surface.blank(1), outside=ONE)
            return state.replaced(node.id, lambda n: replace(n, mask=replace(old, surface=painted(old.surface, grey))))
        noise = painted(node.surface, twin.random_pixels(rng, (TILE_PX, TILE_PX)))
        return state.replaced(node.id, lambda n: replace(n, surface=noise))

    doc.edit(str(kind), change)


def content(state):
    """Everything of a state as plain bytes."""
    return (
        [(node.id, node.name, node.opacity, node.visible) for node in state.walk()],
        [{key: tile.tobytes() for key, tile in surface.tiles.items()} for surface in surfaces(state)],
    )


def settle(doc):
    doc._history.wait()


@pytest.mark.parametrize("seed", range(6))
def test_any_walk_through_the_history_restores_every_byte(seed):
    rng = np.random.default_rng(seed)
    doc = document()
    past, future = [content(doc.state)], []
    for _ in range(90):
        act = rng.choice(["paint", "paint", "undo", "redo", "hide", "clear", "copy", "back", "settle"])
        if act == "paint":
            paint(rng, doc)
        elif act == "hide":
            doc.edit("Hide", lambda s: s.replaced(s.layers[0].id, lambda n: replace(n, visible=not n.visible)))
        elif act == "clear":
            doc.edit("Clear", lambda s: s.replaced(s.layers[0].id, lambda n: replace(n, surface=Surface.blank())))
        elif act == "copy":
            doc.edit("Copy", lambda s: s.replaced(s.layers[-1].id, lambda n: replace(n, surface=s.layers[0].surface)))
        elif act == "settle":
            settle(doc)
        for _ in range(12 if act == "back" else 1 if act == "undo" else 0):
            if doc.undo():
                future.append(past.pop())
                assert content(doc.state) == past[-1]
        if act == "redo" and doc.redo():
            past.append(future.pop())
            assert content(doc.state) == past[-1]
        if act in ("paint", "hide", "clear", "copy"):
            past.append(content(doc.state))
            future.clear()
    while doc.redo():
        past.append(future.pop())
    assert content(doc.state) == past[-1]
    while doc.undo():
        past.pop()
        assert content(doc.state) == past[-1]
    assert len(past) == 1


def test_old_steps_leave_the_memory_for_the_disk_and_are_counted_there():
    rng = np.random.default_rng(1)
    doc = document()
    for _ in range(40):
        paint(rng, doc, "pixels")
    settle(doc)
    report = doc.history_report()
    assert (report.undo_steps, report.redo_steps, report.forgotten) == (40, 0, 0)
    assert 0 < report.memory_bytes <= MEMORY
    assert 0 < report.disk_bytes < 40 * TILE_BYTES * 1.05
    assert doc.history_size_bytes() == report.memory_bytes


def test_a_tile_that_only_the_packed_history_holds_is_freed():
    rng = np.random.default_rng(2)
    doc = document()
    paint(rng, doc, "pixels")
    tile = weakref.ref(next(t for surface in surfaces(doc.state) for t in surface.tiles.values()))
    for layer_id in [node.id for node in doc.state.walk() if isinstance(node, Layer)]:
        doc.edit("Clear", lambda s, i=layer_id: s.replaced(i, lambda n: replace(n, surface=Surface.blank())))
    for _ in range(12):
        paint(rng, doc, "selection")
        paint(rng, doc, "pixels")
    settle(doc)
    gc.collect()
    assert tile() is None


def test_a_tile_the_present_still_shows_stays_the_same_object_after_a_walk():
    rng = np.random.default_rng(3)
    doc = document()
    paint(rng, doc, "mask")
    for _ in range(20):
        paint(rng, doc, "pixels")
    settle(doc)
    kept = [surface for surface in surfaces(doc.state) if surface.channels == 1]
    for _ in range(15):
        doc.undo()
    assert [surface for surface in surfaces(doc.state) if surface.channels == 1] == kept


def test_when_the_disk_budget_is_used_up_the_oldest_steps_go():
    rng = np.random.default_rng(4)
    budget = 10 * TILE_BYTES
    doc = document(disk_bytes=budget)
    states = [content(doc.state)]
    for _ in range(60):
        paint(rng, doc, "pixels")
        states.append(content(doc.state))
        settle(doc)
    report = doc.history_report()
    assert report.forgotten > 0
    assert report.forgotten + report.undo_steps == 60
    assert report.disk_bytes <= budget + TILE_BYTES * 2
    assert report.memory_bytes <= MEMORY
    while doc.undo():
        states.pop()
        assert content(doc.state) == states[-1]
    assert len(states) == 1 + report.forgotten


def test_a_full_disk_costs_old_steps_and_nothing_else(monkeypatch):
    rng = np.random.default_rng(5)
    doc = document()
    states = [content(doc.state)]
    written = []
    append = history_store.Segment.append

    def full_after_some(self, data):
        if len(written) >= 5:
            raise OSError(28, "No space left on device")
        written.append(data)
        return append(self, data)

    monkeypatch.setattr(history_store.Segment, "append", full_after_some)
    for _ in range(30):
        paint(rng, doc, "pixels")
        states.append(content(doc.state))
        settle(doc)
    assert doc.history_report().forgotten > 0
    assert len(doc.undo_labels) >= 2
    assert doc.history_report().memory_bytes <= MEMORY + 2 * TILE_BYTES
    while doc.undo():
        states.pop()
        assert content(doc.state) == states[-1]


def test_no_room_for_even_one_file_is_no_harm(monkeypatch):
    def refuses(*_args, **_values):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(history_store.tempfile, "TemporaryFile", refuses)
    rng = np.random.default_rng(6)
    doc = document()
    for _ in range(20):
        paint(rng, doc, "pixels")
        settle(doc)
    assert doc.history_report().disk_bytes == 0
    before = content(doc.state)
    doc.undo()
    doc.redo()
    assert content(doc.state) == before


def test_a_file_that_cannot_be_read_is_told_and_the_rest_goes_on(monkeypatch):
    rng = np.random.default_rng(7)
    doc = document()
    for _ in range(30):
        paint(rng, doc, "pixels")
    settle(doc)

    def broken(self, offset, size_bytes):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(history_store.Segment, "read", broken)
    for _ in range(len(doc.undo_labels) - doc._history._packed["undo"]):
        doc.undo()
    with pytest.raises(EditError, match="cannot be read"):
        doc.undo()
    shown = content(doc.state)
    assert doc.undo() is None
    assert doc.redo() is not None
    doc.undo()
    assert content(doc.state) == shown


def test_the_files_go_with_the_document():
    rng = np.random.default_rng(8)
    doc = document()
    for _ in range(20):
        paint(rng, doc, "pixels")
    settle(doc)
    files = [segment._file for segment in doc._history._store._segments]
    assert files
    assert not any(file.closed for file in files)
    del doc
    gc.collect()
    assert all(file.closed for file in files)


def test_adjustments_and_groups_survive_packing():
    from canvas.filters.values import Invert

    rng = np.random.default_rng(9)
    doc = document()
    adjustment = Adjustment("Invert", filter=Invert(), mask=LayerMask(Surface.blank(1), outside=ONE))
    doc.edit("Add", lambda s: replace(s, layers=(*s.layers, adjustment)))
    before = doc.state
    for _ in range(30):
        paint(rng, doc, "pixels")
    settle(doc)
    while doc.undo_labels != ("Add",):
        doc.undo()
    found = doc.state.find(adjustment.id)
    assert isinstance(found, Adjustment)
    assert (found.filter, found.mask.outside) == (adjustment.filter, ONE)
    assert [node.name for node in doc.state.walk()] == [node.name for node in before.walk()]
