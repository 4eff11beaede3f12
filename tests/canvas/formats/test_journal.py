"""A journal: generations complete or not there, tiles shared, damage told, and what it takes from the opened file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled, Job
from canvas.formats.journal import JournalWriter, preview_of
from canvas.formats.journal_base import Base
from canvas.formats.journal_file import JournalDamaged, JournalInUse, JournalRefused, remove
from canvas.formats.journal_read import Recovered, preview, recover, summary
from canvas.formats.journal_thinning import NEWEST, STEPS_S, kept
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.layers import Layer
from canvas.roles import Control
from canvas.state import DocumentState, surfaces
from canvas.tiles import ONE, Surface

LIMITS = Limits.of_this_machine()
Same = Callable[[DocumentState, DocumentState], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drawing.journal"


@pytest.fixture
def writer(path: Path) -> Iterator[JournalWriter]:
    made = JournalWriter.create(path, "drawing.udraw", TileDigests())
    yield made
    made.close()


def painting(side: int = 384, seed: int = 1) -> DocumentState:
    pixels = np.random.default_rng(seed).integers(0, ONE + 1, (side, side, 4)).astype(np.uint16)
    pixels[..., 3] = ONE
    return DocumentState(side, side, (Layer("Ink", surface=Surface.from_pixels(pixels)),))


def stroked(state: DocumentState, key: tuple[int, int] = (0, 0), value: int = 7) -> DocumentState:
    """One tile of the first layer painted over."""
    layer = state.layers[0]
    assert isinstance(layer, Layer)
    edit = layer.surface.edit()
    edit.writable(key)[...] = value
    return replace(state, layers=(replace(layer, surface=edit.freeze()), *state.layers[1:]))


def newest(path: Path, digests: TileDigests | None = None) -> Recovered:
    return recover(path, summary(path).versions[0].id, LIMITS, digests or TileDigests(), 40)


def read(path: Path, version: int | None = None) -> DocumentState:
    found = recover(path, version or summary(path).versions[0].id, LIMITS, TileDigests(), 40)
    found.close()
    return found.state


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def spoil(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(statement, values)


# Generations


def test_a_document_comes_back_as_it_was(
    rich: DocumentState, writer: JournalWriter, path: Path, assert_same: Same
) -> None:
    writer.write(rich, 1000.0, clean=False)
    writer.close()
    assert_same(read(path), rich)


def test_every_generation_can_be_read_and_only_what_changed_is_stored(
    writer: JournalWriter, path: Path, assert_same: Same
) -> None:
    states = [painting()]
    for value in range(3):
        states.append(stroked(states[-1], (1, 1), value))
    for number, state in enumerate(states):
        assert writer.write(state, 1000.0 + number, clean=False)
    writer.close()
    found = summary(path)
    assert [version.made_s for version in found.versions] == [1003.0, 1002.0, 1001.0, 1000.0]
    assert rows(path, "tile") == 9 + 3
    for version, state in zip(reversed(found.versions), states, strict=True):
        assert_same(read(path, version.id), state)


def test_what_has_not_changed_is_not_written_again(writer: JournalWriter, path: Path) -> None:
    state = painting()
    assert writer.write(state, 1000.0, clean=False)
    assert not writer.write(state, 1001.0, clean=False)
    assert not writer.write(replace(state), 1002.0, clean=True)
    writer.close()
    (version,) = summary(path).versions
    assert version.clean


def test_equal_tiles_are_stored_once(writer: JournalWriter, path: Path) -> None:
    paper = Surface.from_pixels(np.full((512, 512, 4), ONE, np.uint16))
    writer.write(DocumentState(512, 512, (Layer("Paper", surface=paper),)), 1000.0, clean=False)
    writer.close()
    assert rows(path, "tile") == 1


def test_tiles_that_undo_brings_back_are_there(writer: JournalWriter, path: Path, assert_same: Same) -> None:
    first = painting()
    for number, state in enumerate((first, stroked(first), first)):
        writer.write(state, 1000.0 + number, clean=False)
    writer.close()
    assert rows(path, "tile") == 10
    assert_same(read(path), first)


def test_thinning_keeps_the_newest_and_gives_back_what_nobody_needs(
    writer: JournalWriter, path: Path, assert_same: Same
) -> None:
    state = painting()
    written = []
    for number in range(60):
        state = stroked(state, (number % 3, 0), number)
        writer.write(state, 1000.0 + 30.0 * number, clean=False)
        written.append(state)
        if writer.loose:
            writer.thin()
            writer.collect(writer.unused)
    writer.thin()
    writer.collect(writer.unused)
    undone = written[-20]
    writer.write(undone, 3000.0, clean=False)  # its tiles may be gone: they are written again
    writer.close()
    found = summary(path)
    assert len(found.versions) < 25
    assert rows(path, "tile") < 9 + 30
    assert_same(read(path), undone)
    assert_same(read(path, found.versions[1].id), written[-1])
    for version in found.versions[2:]:
        assert_same(read(path, version.id), written[round((version.made_s - 1000.0) / 30.0)])


def test_the_newest_few_and_fewer_of_the_older_are_kept() -> None:
    made_s = [0.4 * i for i in range(20_000)]
    chosen = sorted(kept(made_s))
    assert chosen[-NEWEST:] == list(range(20_000 - NEWEST, 20_000))
    assert len(chosen) < 50
    gaps = np.diff([made_s[i] for i in chosen])
    assert max(gaps) <= STEPS_S[-1][0] + 1
    last_minutes = [made_s[i] for i in chosen if made_s[-1] - made_s[i] <= 600]
    assert max(np.diff(last_minutes)) <= 61


def test_a_clock_that_is_set_back_loses_nothing_new() -> None:
    made_s = [*(1e6 + i for i in range(100)), *(5.0 + i for i in range(100))]
    chosen = kept(made_s)
    assert {199, 198, 197, 196} <= chosen
    assert any(index < 100 for index in chosen)


def test_no_generations_is_nothing_to_keep() -> None:
    assert kept([]) == frozenset()


def test_results_are_stored_once_and_come_newest_first(writer: JournalWriter, path: Path) -> None:
    writer.write(painting(), 1000.0, clean=True)
    for number, blob in enumerate((b"first", b"second", b"first")):
        writer.add_result(blob, 1001.0 + number)
    writer.close()
    found = summary(path)
    assert (found.results, found.unsaved_results) == (2, 2)
    assert found.has_unsaved_work  # a picture that no file has
    recovered = newest(path)
    recovered.close()
    assert recovered.results == (b"second", b"first")


def test_the_preview_shows_sketches_too(writer: JournalWriter, path: Path) -> None:
    sketch = Layer("Sketch", surface=painting(128).layers[0].surface, role=Control("scribble"))  # type: ignore[union-attr]
    state = DocumentState(256, 256, (sketch,))
    writer.write(state, 1000.0, clean=False)
    writer.add_preview(writer.newest, preview_of(state))
    writer.write(replace(state, layers=()), 1001.0, clean=False)
    writer.close()
    found = summary(path)
    assert found.preview.startswith(b"\x89PNG")
    assert preview(path, found.versions[1].id) == found.preview
    with Image.open(BytesIO(found.preview)) as image:
        assert image.getextrema()[3] == (0, 255)


def test_it_says_what_became_of_the_document(writer: JournalWriter, path: Path) -> None:
    writer.write(painting(), 1000.0, clean=False)
    writer.tell(name="other.psd")
    writer.end("discarded")
    found = summary(path)
    assert (found.name, found.ended, found.has_unsaved_work) == ("other.psd", "discarded", False)
    assert not path.with_name(path.name + "-wal").exists()


# Who may open it


def test_a_journal_that_is_written_is_in_use(writer: JournalWriter, path: Path) -> None:
    writer.write(painting(), 1000.0, clean=False)
    for look in (summary, remove, lambda p: recover(p, 1, LIMITS, TileDigests(), 1)):
        with pytest.raises(JournalInUse, match="another Underdraw is writing it"):
            look(path)
    assert path.exists()
    writer.write(stroked(painting()), 1001.0, clean=False)  # looking did not take the lock away
    with pytest.raises(JournalInUse):
        summary(path)


def test_going_on_writes_into_the_same_file_and_stores_nothing_again(
    writer: JournalWriter, path: Path, assert_same: Same
) -> None:
    state = painting()
    writer.write(state, 1000.0, clean=False)
    writer.close()
    digests = TileDigests()
    recovered = newest(path, digests)
    with pytest.raises(JournalInUse):
        summary(path)  # held from reading to writing
    again = recovered.go_on(digests)
    again.write(recovered.state, 1001.0, clean=False)
    again.write(stroked(recovered.state), 1002.0, clean=False)
    again.close()
    assert rows(path, "tile") == 10
    assert_same(read(path), stroked(state))
    assert len(summary(path).versions) == 3


def test_reading_can_be_called_off(writer: JournalWriter, path: Path) -> None:
    writer.write(painting(1024), 1000.0, clean=False)
    writer.close()
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        recover(path, 1, LIMITS, TileDigests(), 1, job)
    assert summary(path).versions  # and it is not held any more


def test_an_unwritten_journal_holds_nothing(path: Path) -> None:
    path.write_bytes(b"")
    assert summary(path).versions == ()


def test_a_deleted_journal_is_noticed(writer: JournalWriter, path: Path) -> None:
    writer.write(painting(), 1000.0, clean=False)
    path.unlink()
    with pytest.raises(JournalRefused, match="deleted"):
        writer.write(stroked(painting()), 1001.0, clean=False)


# The opened file


@pytest.mark.parametrize("suffix", [".udraw", ".png"])
def test_before_the_file_is_copied_the_journal_leans_on_it(
    tmp_path: Path, path: Path, suffix: str, assert_same: Same
) -> None:
    file = tmp_path / f"opened{suffix}"
    registry.write(painting(640), file)
    digests = TileDigests()
    opened = registry.read(file, digests=digests)
    writer = JournalWriter.create(path, file.name, digests, Base.of(file), opened)
    state = stroked(opened)
    writer.write(state, 1000.0, clean=False)
    assert writer.uncopied == 25
    writer.close()
    assert rows(path, "tile") == 1
    digests = TileDigests()
    recovered = newest(path, digests)
    assert not recovered.notes
    assert_same(recovered.state, state)
    # What goes on from there copies the rest, and then needs the file no more.
    again = recovered.go_on(digests)
    again.write(recovered.state, 1001.0, clean=False)
    while again.uncopied:
        again.copy_base(7)
    again.close()
    file.unlink()
    assert_same(read(path), state)


def test_a_kill_between_the_slices_loses_nothing(tmp_path: Path, path: Path, assert_same: Same) -> None:
    file = tmp_path / "opened.png"
    registry.write(painting(640), file)
    opened = registry.read(file)
    writer = JournalWriter.create(path, file.name, TileDigests(), Base.of(file), opened)
    state = stroked(opened)
    writer.write(state, 1000.0, clean=False)
    writer.copy_base(10)
    writer.close()
    assert_same(read(path), state)


def test_generations_from_before_the_copy_outlive_the_file(tmp_path: Path, path: Path, assert_same: Same) -> None:
    file = tmp_path / "opened.png"
    registry.write(painting(640), file)
    opened = registry.read(file)
    writer = JournalWriter.create(path, file.name, TileDigests(), Base.of(file), opened)
    state = stroked(opened)
    writer.write(opened, 1000.0, clean=False)
    writer.write(state, 1001.0, clean=False)
    while writer.uncopied:
        writer.copy_base(100)
    writer.close()
    file.unlink()
    versions = summary(path).versions
    assert_same(read(path, versions[1].id), opened)
    assert_same(read(path, versions[0].id), state)


@pytest.mark.parametrize(("fate", "told"), [("gone", "is gone"), ("changed", "has changed")])
def test_when_the_file_is_not_what_it_was_one_sentence_says_so(
    tmp_path: Path, path: Path, fate: str, told: str
) -> None:
    file = tmp_path / "opened.png"
    registry.write(painting(640), file)
    opened = registry.read(file)
    writer = JournalWriter.create(path, file.name, TileDigests(), Base.of(file), opened)
    writer.write(stroked(opened), 1000.0, clean=False)
    writer.copy_base(5)
    writer.close()
    if fate == "gone":
        file.unlink()
    else:
        registry.write(painting(640, seed=2), file)
    recovered = newest(path)
    assert recovered.notes == (f"opened.png {told} since: 20 tiles of it are missing in what was recovered.",)
    (surface,) = surfaces(recovered.state)
    assert len(surface.tiles) == 5  # the stroke, and what was copied of the rest
    assert int(surface.tiles[0, 0].max()) == 7
    again = recovered.go_on(TileDigests())
    again.write(recovered.state, 1001.0, clean=False)
    again.close()
    recovered = newest(path)
    recovered.close()
    assert not recovered.notes  # it was told once


def test_a_document_saved_over_its_own_file_is_found_by_its_digests(
    tmp_path: Path, path: Path, assert_same: Same
) -> None:
    file = tmp_path / "opened.udraw"
    registry.write(painting(640), file)
    digests = TileDigests()
    opened = registry.read(file, digests=digests)
    writer = JournalWriter.create(path, file.name, digests, Base.of(file), opened)
    state = stroked(opened)
    writer.write(state, 1000.0, clean=False)
    registry.write(replace(state, width=641), file, digests)
    writer.close()
    recovered = newest(path)
    recovered.close()
    assert not recovered.notes
    assert_same(recovered.state, state)


# Damage


@pytest.fixture
def two(writer: JournalWriter, path: Path) -> tuple[DocumentState, DocumentState]:
    """A journal with two generations."""
    states = painting(), stroked(painting())
    for number, state in enumerate(states):
        writer.write(state, 1000.0 + number, clean=False)
    writer.close()
    return states


def test_where_the_newest_is_damaged_an_earlier_one_is_opened(
    two: tuple[DocumentState, DocumentState], path: Path, assert_same: Same
) -> None:
    spoil(path, "UPDATE tile SET data = zeroblob(100) WHERE id = (SELECT max(id) FROM tile)")
    recovered = newest(path)
    recovered.close()
    assert recovered.notes == ("The newest version is damaged; this is an earlier one.",)
    assert not recovered.intact
    assert_same(recovered.state, two[0])


DAMAGED = (
    "UPDATE tile SET data = zeroblob(100)",
    "UPDATE tile SET data = 'text'",
    "DELETE FROM tile",
    "UPDATE surface SET map = zeroblob(17)",
    "UPDATE surface SET map = zeroblob(16)",
    "DELETE FROM surface",
    "UPDATE generation SET tree = '{}'",
    "UPDATE generation SET surfaces = zeroblob(9)",
    "UPDATE generation SET surfaces = 'text'",
)


@pytest.mark.parametrize("statement", DAMAGED)
def test_damage_is_told_as_such(two: object, path: Path, statement: str) -> None:
    spoil(path, statement)
    with pytest.raises(JournalDamaged, match="the journal is damaged"):
        newest(path)
    summary(path)  # and it is not held any more


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE generation SET made_s = 'x'",
        "UPDATE generation SET made_s = 1e300",
        "UPDATE generation SET width = 99999999999",
        "DELETE FROM about",
        "DROP TABLE result",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON tile BEGIN DELETE FROM tile; END",
        "PRAGMA application_id=5",
    ],
)
def test_a_journal_that_is_none_is_told_at_once(two: object, path: Path, statement: str) -> None:
    spoil(path, statement)
    with pytest.raises(JournalDamaged):
        summary(path)


def test_a_journal_of_a_newer_underdraw_is_no_damage(two: object, path: Path) -> None:
    spoil(path, "PRAGMA user_version=99")
    with pytest.raises(FormatError, match="newer Underdraw") as caught:
        summary(path)
    assert not isinstance(caught.value, JournalDamaged)


def test_no_byte_of_a_journal_can_do_more_than_raise_one_kind_of_error(
    two: tuple[DocumentState, DocumentState], path: Path, tmp_path: Path
) -> None:
    whole = path.read_bytes()
    chance = np.random.default_rng(3)
    for number in range(60):
        spoilt = bytearray(whole)
        if number % 4 == 0:
            del spoilt[int(chance.integers(len(whole))) :]
        else:
            for at in chance.integers(0, len(whole) if number % 4 == 1 else 4096, 20):
                spoilt[at] = chance.integers(256)
        broken = tmp_path / f"{number}.journal"
        broken.write_bytes(spoilt)
        try:
            recovered = newest(broken)
        except FormatError:
            continue
        except IndexError:
            assert not summary(broken).versions
            continue
        recovered.close()


def test_a_document_beyond_the_memory_is_refused(two: object, path: Path) -> None:
    with pytest.raises(FormatError, match="GB of memory"):
        recover(path, 2, Limits(30_000, 100_000), TileDigests(), 1)


# What the disk refuses


def test_a_full_disk_loses_nothing_that_was_written(
    path: Path, file_size_limit: Callable[[int], AbstractContextManager[None]], assert_same: Same
) -> None:
    writer = JournalWriter.create(path, "a", TileDigests())
    first = painting()
    writer.write(first, 1000.0, clean=False)
    with file_size_limit(path.stat().st_size + 4096), pytest.raises(JournalRefused, match="free some space"):
        writer.write(painting(1024, seed=2), 1001.0, clean=False)
    last = painting(seed=20)
    writer.write(last, 1002.0, clean=False)  # there is space again
    writer.close()
    assert_same(read(path), last)
    assert_same(read(path, 1), first)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(JournalRefused, match="permissions"):
        JournalWriter.create(tmp_path / "a.journal", "a", TileDigests())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalRefused, match="Cannot write to"):
        JournalWriter.create(tmp_path / "no" / "a.journal", "a", TileDigests())
