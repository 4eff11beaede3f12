"""Native documents of strangers, saves that are called off, and what is kept beside a document."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import old_udraw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas.blend_modes import BlendMode
from canvas.filters.values import Invert, Posterise
from canvas.formats import registry, udraw, udraw_file, udraw_read, udraw_write
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests, digest_blob
from canvas.formats.udraw_tree import MOST_DEPTH, tree_to_json
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerMask, Node
from canvas.roles import Control, Paint
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface

LIMITS = Limits.of_this_machine()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "painting.udraw"


def content(state: DocumentState) -> str:
    """Text that is the same for equal documents."""

    def name(surface: Surface) -> str:
        tiles = [(key, digest_blob(tile.tobytes()).hex()) for key, tile in sorted(surface.tiles.items())]
        return f"{surface.channels if tiles else 0} {tiles}"

    return tree_to_json(state, TILE_PX, name)


def read(path: Path, digests: TileDigests | None = None) -> DocumentState:
    return udraw.read(path, LIMITS, digests or TileDigests())


def large(seed: int, tiles: int = 40) -> DocumentState:
    rng = np.random.default_rng(seed)
    placed = {(x, 0): rng.integers(0, ONE + 1, (TILE_PX, TILE_PX, 4)).astype(np.uint16) for x in range(tiles)}
    for tile in placed.values():
        tile.flags.writeable = False
    return DocumentState(TILE_PX * tiles, TILE_PX, (Layer("A", id="a", surface=Surface(placed)),))


# Any document


@st.composite
def documents(draw: st.DrawFn) -> DocumentState:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ids = iter(range(1000))
    shares = st.floats(0, 1)

    def surface(channels: int) -> Surface:
        placed = {}
        for _ in range(draw(st.integers(0, 3))):
            key = draw(st.integers(-3, 3)), draw(st.integers(-3, 3))
            values = rng.integers(0, draw(st.sampled_from([1, 255, ONE])) + 1, (TILE_PX, TILE_PX, channels))
            placed[key] = values.astype(np.uint16)
            placed[key].flags.writeable = False
        return Surface(placed, channels)

    def node(depth: int) -> Node:
        kind = draw(st.sampled_from(["layer", "layer", "group", "adjustment"] if depth else ["layer", "adjustment"]))
        mask = (
            LayerMask(surface(1), draw(st.sampled_from([0, ONE])), draw(st.booleans())) if draw(st.booleans()) else None
        )
        common = {
            "name": draw(st.text(max_size=8)),
            "id": f"n{next(ids)}",
            "opacity": draw(shares),
            "fill": draw(shares),
            "visible": draw(st.booleans()),
            "clip": draw(st.booleans()),
            "label": draw(st.sampled_from(LabelColour)),
            "mask": mask,
        }
        if kind == "group":
            return Group(**common, children=tuple(node(depth - 1) for _ in range(draw(st.integers(0, 3)))))
        if kind == "adjustment":
            return Adjustment(**common, filter=draw(st.sampled_from([Invert(), Posterise(5)])))
        role = draw(st.sampled_from([Paint(), Control("lineart", 0.5)]))
        return Layer(
            **common, surface=surface(4), blend=draw(st.sampled_from([BlendMode.NORMAL, BlendMode.SCREEN])), role=role
        )

    layers = tuple(node(2) for _ in range(draw(st.integers(0, 3))))
    selection = surface(1) if draw(st.booleans()) else None
    return DocumentState(draw(st.integers(1, 900)), draw(st.integers(1, 900)), layers, selection)


@given(st.lists(documents(), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_any_document_comes_back_equal_whatever_was_saved_there_before(tmp_path_factory, states):
    path = tmp_path_factory.mktemp("any") / "a.udraw"
    digests = TileDigests()
    for state in [*states, states[0]]:
        udraw.write(state, path, digests)
        assert content(read(path)) == content(state)
        with closing(sqlite3.connect(path)) as db:
            stored = {digest for (digest,) in db.execute("SELECT digest FROM tile")}
            maps = b"".join(data for (data,) in db.execute("SELECT map FROM surface"))
            assert stored == {maps[i + 8 : i + 24] for i in range(0, len(maps), 24)}
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("schema", [1, 2])
def test_documents_of_earlier_versions_open_and_are_saved_as_new_ones(rich, path, assert_same, schema):
    old_udraw.save(rich, path, schema)
    digests = TileDigests()
    opened = read(path, digests)
    assert_same(opened, rich)
    assert udraw.read_attachments(path) == {}
    udraw.write(opened, path, digests)
    assert_same(read(path), rich)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (udraw_file.SCHEMA_VERSION,)


# Two programs, two paths


def test_a_file_that_another_program_changed_is_not_taken_for_what_it_was(path):
    mine, others = TileDigests(), TileDigests()
    state = large(1)
    udraw.write(state, path, mine)
    udraw.write(large(2, 3), path, others)
    edit = state.layers[0].surface.edit()
    edit.writable((0, 0))[...] = 5
    changed = replace(state, layers=(replace(state.layers[0], surface=edit.freeze()),))
    udraw.write(changed, path, mine)
    assert content(read(path)) == content(changed)


def test_saving_elsewhere_and_back_keeps_both_files_whole(path):
    digests = TileDigests()
    first, second = large(1), large(3)
    other = path.with_name("other.udraw")
    for state in (first, second, first):
        for target in (path, other):
            udraw.write(state, target, digests)
            assert content(read(target)) == content(state)


# Calling it off


class CancelledAt(Job):
    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    def reach(self, share: float) -> None:
        if share >= self._share:
            self.cancel()
        super().reach(share)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.84, 0.9])
@pytest.mark.parametrize("kind", ["first", "in place", "anew"])
def test_a_save_that_is_called_off_changes_nothing(path, share, kind):
    digests = TileDigests()
    before, other = large(1), large(2)
    if kind != "first":
        udraw.write(before, path, digests)
    old = path.read_bytes() if path.exists() else None
    grown = replace(before, layers=(*before.layers, *(replace(layer, id="b") for layer in other.layers)))
    wanted = grown if kind == "in place" else other
    with pytest.raises(Cancelled):
        udraw.write(wanted, path, digests, CancelledAt(share))
    assert (path.read_bytes() if path.exists() else None) == old
    assert [entry.name for entry in path.parent.iterdir()] == ([path.name] if old else [])
    udraw.write(wanted, path, digests)
    assert content(read(path)) == content(wanted)


def test_reading_can_be_called_off_and_tells_how_far_it_is(path):
    udraw.write(large(1, 80), path, TileDigests())
    with pytest.raises(Cancelled):
        udraw.read(path, LIMITS, TileDigests(), CancelledAt(0.2))

    class Steps(Job):
        seen: list[float] = []  # noqa: RUF012

        def reach(self, share: float) -> None:
            self.seen.append(share)
            super().reach(share)

    udraw.read(path, LIMITS, TileDigests(), Steps())
    assert Steps.seen == sorted(Steps.seen)
    assert len(Steps.seen) > 3
    assert Steps.seen[-1] == 1.0


# Attachments


def test_attachments_stay_until_they_are_no_longer_named(rich, path, assert_same):
    digests = TileDigests()
    udraw.write(rich, path, digests, attachments={"a": b"1" * 9000, "b": b""})
    assert udraw.read_attachments(path) == {"a": b"1" * 9000, "b": b""}
    udraw.write(rich, path, digests, attachments={"b": b"", "c": b"3"})
    assert udraw.read_attachments(path) == {"b": b"", "c": b"3"}
    udraw.write(rich, path, TileDigests(), attachments={"c": b"4"})
    assert udraw.read_attachments(path) == {"c": b"4"}
    udraw.write(rich, path, digests)
    assert udraw.read_attachments(path) == {}
    assert_same(read(path), rich)


@pytest.mark.parametrize("digests", [None, TileDigests()], ids=["another session", "same session"])
def test_the_same_attachments_again_do_not_touch_the_file(rich, path, digests):
    attachments = {"a": b"1" * 9000}
    udraw.write(rich, path, digests or TileDigests(), attachments=attachments)
    before = path.read_bytes(), path.stat().st_mtime_ns
    udraw.write(rich, path, digests or TileDigests(), attachments=attachments)
    # Another session encodes again what it does not know, but finds it all there.
    assert digests is None or (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert udraw.read_attachments(path) == attachments


def test_attachments_beyond_the_limits_are_refused_in_one_sentence(rich, path, monkeypatch):
    monkeypatch.setattr(udraw_write, "MOST_ATTACHMENT_BYTES", 100)
    with pytest.raises(FormatError, match="discard that result"):
        udraw.write(rich, path, TileDigests(), attachments={"a": bytes(101)})
    monkeypatch.setattr(udraw_write, "MOST_ATTACHMENTS_BYTES", 150)
    with pytest.raises(FormatError, match="discard some results"):
        udraw.write(rich, path, TileDigests(), attachments={"a": bytes(100), "b": bytes(99)})
    assert not path.exists()
    monkeypatch.undo()
    udraw.write(rich, path, TileDigests(), attachments={"a": bytes(100), "b": bytes(99)})
    monkeypatch.setattr(udraw_read, "MOST_ATTACHMENTS_BYTES", 150)
    with pytest.raises(FormatError, match="too many attachments"):
        udraw.read_attachments(path)


# Strangers


def nested(depth: int) -> Node:
    node: Node = Layer("core")
    for _ in range(depth):
        node = Group("g", children=(node,))
    return node


def test_groups_are_nested_as_deep_as_can_be_opened_again(path):
    deepest = DocumentState(8, 8, (nested(MOST_DEPTH),))
    udraw.write(deepest, path, TileDigests())
    assert content(read(path)) == content(deepest)
    with pytest.raises(FormatError, match=f"nested more than {MOST_DEPTH} deep; ungroup"):
        udraw.write(DocumentState(8, 8, (nested(MOST_DEPTH + 1),)), path, TileDigests())


@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 400, 100_000])
def test_deeper_groups_of_a_stranger_are_refused_in_one_sentence(path, depth):
    udraw.write(DocumentState(8, 8, (nested(1),)), path, TileDigests())
    with closing(sqlite3.connect(path)) as db, db:
        (text,) = db.execute("SELECT value FROM document WHERE key = 'tree'").fetchone()
        tree = json.loads(text)
        (group,) = tree["layers"]
        tree["layers"], group["children"] = ["HERE"], ["HERE"]
        shell = json.dumps(group).split('"HERE"')
        ids = iter(range(depth))
        opening = "".join(shell[0].replace(group["id"], f"g{next(ids)}") for _ in range(depth))
        text = json.dumps(tree).replace('"HERE"', f"{opening}{shell[1] * depth}")
        db.execute("UPDATE document SET value = ? WHERE key = 'tree'", (text,))
    with pytest.raises(FormatError, match=f"nested more than {MOST_DEPTH} deep") as caught:
        registry.read(path)
    assert "\n" not in str(caught.value)


def test_more_placements_than_a_painting_has_are_neither_read_nor_written(path, monkeypatch):
    state = large(1)
    udraw.write(state, path, TileDigests())
    monkeypatch.setattr(udraw_read, "MOST_PLACEMENTS", 39)
    with pytest.raises(FormatError, match="more surfaces than a document has"):
        read(path)
    monkeypatch.setattr(udraw_write, "MOST_PLACEMENTS", 39)
    with pytest.raises(FormatError, match="merge layers"):
        udraw.write(state, path, TileDigests())


def test_a_row_of_absurd_length_is_refused_before_it_is_read(path, monkeypatch):
    udraw.write(large(1), path, TileDigests())
    monkeypatch.setattr(udraw_file, "_MOST_VALUE_BYTES", 20_000)
    with pytest.raises(FormatError, match="damaged"):
        read(path)


def test_a_tree_of_absurd_length_is_neither_read_nor_written(path, monkeypatch):
    udraw.write(large(1), path, TileDigests())
    monkeypatch.setattr(udraw_read, "MOST_TREE_CHARS", 100)
    with pytest.raises(FormatError, match="too long"):
        read(path)
    monkeypatch.setattr(udraw_write, "MOST_TREE_CHARS", 100)
    with pytest.raises(FormatError, match="too much room"):
        udraw.write(large(2), path, TileDigests())
    monkeypatch.undo()
    assert content(read(path)) == content(large(1))
