"""The native format keeps everything, writes only what changed, and survives whatever happens while it saves."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zstandard
from PIL import Image

from canvas.formats import registry, udraw, udraw_file, udraw_write
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests, decode_tile, digest_blob, encode_tile
from canvas.layers import Layer, LayerMask
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Surface

LIMITS = Limits.of_this_machine()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "painting.udraw"


def painted(state: DocumentState) -> DocumentState:
    """One more dab on the bottom layer."""
    layer = state.layers[0]
    assert isinstance(layer, Layer)
    edit = layer.surface.edit()
    edit.writable((0, 0))[5:9, 5:9] = (0, ONE // 2, 0, ONE)
    return replace(state, layers=(replace(layer, surface=edit.freeze()), *state.layers[1:]))


def tile_rows(path: Path) -> set[tuple[int, bytes]]:
    with closing(sqlite3.connect(path)) as db:
        return set(db.execute("SELECT rowid, digest FROM tile"))


def test_a_document_comes_back_equal_in_every_field_and_tile(rich, path, assert_same):
    udraw.write(rich, path, TileDigests())
    assert_same(udraw.read(path, LIMITS, TileDigests()), rich)


def test_what_was_read_is_shared_where_it_was_shared(rich, path):
    paper = rich.layers[0]
    twice = replace(rich, layers=(paper, replace(paper, name="Copy", id="copy")))
    udraw.write(twice, path, TileDigests())
    first, second = udraw.read(path, LIMITS, TileDigests()).layers
    assert all(first.surface.tiles[key] is second.surface.tiles[key] for key in first.surface.tiles)


def test_saving_an_unchanged_document_does_not_touch_the_file(rich, path):
    digests = TileDigests()
    udraw.write(rich, path, digests)
    before = path.read_bytes(), path.stat().st_mtime_ns
    udraw.write(rich, path, digests)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize("reopened", [False, True], ids=["same session", "after opening"])
def test_saving_a_stroke_writes_the_tiles_it_touched(rich, path, assert_same, reopened):
    digests = TileDigests()
    udraw.write(rich, path, digests)
    if reopened:
        digests = TileDigests()
        rich = udraw.read(path, LIMITS, digests)
    before = tile_rows(path)
    changed = painted(rich)
    udraw.write(changed, path, digests)
    after = tile_rows(path)
    assert len(after - before) == 1
    assert_same(udraw.read(path, LIMITS, TileDigests()), changed)


def test_tiles_of_deleted_layers_leave_the_file(path):
    rng = np.random.default_rng(0)
    big, small = (Layer(str(n), surface=Surface.from_pixels(opaque_noise(rng, n))) for n in (512, 128))
    digests = TileDigests()
    both = DocumentState(512, 512, (big, small, replace(small, id="again")))
    udraw.write(both, path, digests)
    full = path.stat().st_size
    udraw.write(replace(both, layers=(small,)), path, digests)
    assert path.stat().st_size < full / 4


def opaque_noise(rng: np.random.Generator, side: int) -> np.ndarray:
    pixels = rng.integers(0, ONE + 1, (side, side, 4)).astype(np.uint16)
    pixels[..., 3] = ONE
    return pixels


def test_a_symbolic_link_stays_a_link_and_permissions_stay(rich, path):
    real = path.with_name("real.udraw")
    udraw.write(rich, real, TileDigests())
    real.chmod(0o640)
    path.symlink_to(real)
    udraw.write(DocumentState(8, 8), path, TileDigests())
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert udraw.read(real, LIMITS, TileDigests()).width == 8


def test_names_that_are_no_valid_unicode_survive(path):
    udraw.write(DocumentState(8, 8, (Layer("bro\udc80ken"),)), path, TileDigests())
    assert udraw.read(path, LIMITS, TileDigests()).layers[0].name == "bro\udc80ken"


def test_the_preview_is_a_small_picture_of_the_document(path):
    red = np.zeros((600, 1000, 4), np.uint16)
    red[:, 500:] = (ONE, 0, 0, ONE)
    udraw.write(DocumentState(1000, 600, (Layer("Red", surface=Surface.from_pixels(red)),)), path, TileDigests())
    with Image.open(io.BytesIO(udraw.read_preview(path))) as preview:
        assert preview.size == (250, 150)
        assert preview.getpixel((20, 75)) == (0, 0, 0, 0)
        assert preview.getpixel((230, 75)) == (255, 0, 0, 255)


def test_a_preview_that_is_a_number_is_refused(rich, path):
    udraw.write(rich, path, TileDigests())
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE document SET value = 1000000000000 WHERE key = 'preview'")
    with pytest.raises(FormatError, match="preview is no blob"):
        udraw.read_preview(path)


# Files of other versions


def test_tiles_of_another_size_are_read_into_ours(path):
    """Also where a mask hides what its tiles say and shows all outside of them."""
    side = 96
    rng = np.random.default_rng(1)
    colour = {key: opaque_noise(rng, side) for key in ((0, 0), (2, 1), (-1, 0))}
    hiding = {(1, 1): np.zeros((side, side, 1), np.uint16)}
    write_raw(path, side, colour, hiding)
    layer = udraw.read(path, LIMITS, TileDigests()).layers[0]
    assert isinstance(layer, Layer)
    assert layer.mask is not None
    for (tx, ty), tile in colour.items():
        assert (layer.surface.read(area(tx, ty, side)) == tile).all()
    mask = layer.mask.surface
    assert (mask.read(area(1, 1, side)) == 0).all()
    covered = mask.tiles[1, 1]
    assert (covered[192 - TILE_PX :, 192 - TILE_PX :] == ONE).all()


def area(tx: int, ty: int, side: int):
    from canvas.geometry import Rect

    return Rect(tx * side, ty * side, (tx + 1) * side, (ty + 1) * side)


def write_raw(path: Path, side: int, colour: dict, hiding: dict) -> None:
    """A file as a version with tiles of `side` pixels writes it: one layer and its mask."""
    udraw.write(DocumentState(300, 200, (Layer("A", mask=LayerMask(Surface.blank(1), ONE)),)), path, TileDigests())
    with closing(sqlite3.connect(path)) as db, db:
        names = []
        db.execute("DELETE FROM surface")
        for tiles in (colour, hiding):
            placements = []
            for (tx, ty), tile in tiles.items():
                blob = encode_tile(tile)
                db.execute("INSERT OR REPLACE INTO tile VALUES (?, ?)", (digest_blob(blob), blob))
                placements.append(np.int32([tx, ty]).tobytes() + digest_blob(blob))
            data = b"".join(placements)
            db.execute("INSERT INTO surface VALUES (?, ?)", (digest_blob(data), data))
            names.append(digest_blob(data).hex())
        (text,) = db.execute("SELECT value FROM document WHERE key = 'tree'").fetchone()
        tree = json.loads(text) | {"tile_px": side}
        tree["layers"][0]["surface"], tree["layers"][0]["mask"]["surface"] = names
        db.execute("UPDATE document SET value = ? WHERE key = 'tree'", (json.dumps(tree),))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("PRAGMA application_id=77", "another program"),
        ("PRAGMA user_version=99", "newer Underdraw"),
        ("CREATE VIEW endless AS SELECT 1", "damaged"),
        ("DELETE FROM tile WHERE rowid = 2", "damaged"),
        ("UPDATE tile SET data = data || 'x' WHERE rowid = 2", "damaged"),
        (
            "UPDATE document SET value = replace(value, '\"opacity\": 0.8', '\"opacity\": 8') WHERE key='tree'",
            "damaged",
        ),
        ("UPDATE document SET value = replace(value, 'lineart', 'line\"art') WHERE key = 'tree'", "damaged"),
        ("UPDATE document SET value = replace(value, '\"clip\"', '\"clap\"') WHERE key = 'tree'", "damaged"),
        ("UPDATE document SET value = zeroblob(9) WHERE key = 'tree'", "damaged"),
        ("UPDATE document SET value = 1000000000000 WHERE key = 'stamp'", "damaged"),
        ("UPDATE surface SET map = 1000000000000", "damaged"),
        ("UPDATE tile SET data = 1000000000000", "damaged"),
        ("DELETE FROM document", "damaged"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_sentence(rich, path, change, sentence):
    udraw.write(rich, path, TileDigests())
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)
    with pytest.raises(FormatError, match=sentence) as caught:
        registry.read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_tile_that_claims_to_unpack_to_gigabytes_is_refused_before_it_is_unpacked(path):
    bomb = zstandard.ZstdCompressor().compress(bytes(50_000_000))
    with pytest.raises(ValueError, match="50000000 bytes"):
        decode_tile(bomb, TILE_PX)


def test_a_document_that_needs_more_memory_than_allowed_is_refused(rich, path):
    udraw.write(rich, path, TileDigests())
    with pytest.raises(FormatError, match="memory"):
        udraw.read(path, Limits(30_000, 3 * TILE_PX * TILE_PX * 8), TileDigests())


# Failures while saving


def test_saving_over_a_damaged_or_foreign_file_makes_a_good_one(rich, path, assert_same):
    path.write_bytes(b"SQLite format 3\0" + b"\1" * 5000)
    udraw.write(rich, path, TileDigests())
    assert_same(udraw.read(path, LIMITS, TileDigests()), rich)


def test_a_save_that_fails_leaves_the_old_document_and_no_other_file(rich, path, assert_same, monkeypatch):
    digests = TileDigests()
    udraw.write(rich, path, digests)

    def fails(state: DocumentState) -> bytes:
        raise MemoryError

    monkeypatch.setattr(udraw_write, "preview_png", fails)
    for target in (path, path.with_name("new.udraw")):
        with pytest.raises(MemoryError):
            udraw.write(painted(rich), target, digests)
    assert_same(udraw.read(path, LIMITS, TileDigests()), rich)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_full_disk_leaves_the_old_document(rich, path, assert_same, file_size_limit):
    digests = TileDigests()
    udraw.write(rich, path, digests)
    pixels = opaque_noise(np.random.default_rng(2), 1024)
    grown = replace(rich, layers=(*rich.layers, Layer("Big", surface=Surface.from_pixels(pixels))))
    with file_size_limit(path.stat().st_size + 100_000), pytest.raises(FormatError, match="Cannot save"):
        udraw.write(grown, path, digests)
    assert_same(udraw.read(path, LIMITS, TileDigests()), rich)


def test_a_document_in_use_elsewhere_is_not_saved_over(rich, path, monkeypatch):
    monkeypatch.setattr(udraw_file, "_WAIT_S", 0.01)
    udraw.write(rich, path, TileDigests())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(FormatError, match="another program is using it"):
            udraw.write(painted(rich), path, TileDigests())


def test_the_journal_of_a_file_that_is_gone_does_not_spoil_a_new_one(rich, path, assert_same):
    udraw.write(rich, path, TileDigests())
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size=1")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE tile SET data = zeroblob(length(data))")
        db.execute("UPDATE document SET value = zeroblob(length(value))")
        db.execute("DELETE FROM surface")
        journal = path.with_name(path.name + "-journal")
        kept = journal.read_bytes()
        assert kept
    path.unlink()
    journal.write_bytes(kept)
    other = replace(rich, layers=rich.layers[1:])
    udraw.write(other, path, TileDigests())
    assert_same(udraw.read(path, LIMITS, TileDigests()), other)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_killed_at_any_moment_the_file_holds_the_old_or_the_new_document(tmp_path):
    script = Path(__file__).with_name("killed_saves.py")
    root = Path(udraw.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, script, tmp_path, "48"],
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    saves, first_saves = found[:49], found[49:]
    assert set(saves) <= {0, 1, 2, 3}
    assert set(first_saves) <= {0, None}
    assert len(first_saves) == 12
