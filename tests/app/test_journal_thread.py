"""The journal of a session: what is painted is on disk a moment later, painting never waits for it, nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app import journal as journal_module
from app.journal import INTERVAL_S, RETRY_S, Journal
from app.journal_folder import Budget, JournalFolder
from app.result_storing import results_from_blobs
from app.session import Session
from canvas import edits
from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.journal import JournalWriter
from canvas.formats.journal_file import JournalRefused
from canvas.formats.journal_read import Recovered, recover, summary
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.layers import Layer
from canvas.snapshot import Rect, Snapshot
from canvas.state import DocumentState
from inference.condition_set import Part, Placement
from inference.result import Result

PROGRAM = Path(__file__).with_name("killed_painting.py")
#: Enough for every moment of a write to be hit, in the time that the suite has for it.
KILLS = 60


class Painter:
    """A session with a journal that is driven by hand: no thread, and a clock that moves when told."""

    def __init__(self, folder: Path, budget: Budget | None = None) -> None:
        self.session = Session(edits.new_document(256, 256))
        self.folder = JournalFolder(folder, budget)
        self.time_s, self.now_s = time.time(), 0.0
        self.journal = Journal(self.session, self.folder, clock=lambda: self.time_s, now=lambda: self.now_s)
        self.told: list[str] = []
        self.journal.failed.connect(self.told.append)
        self.journal.mended.connect(self.told.append)

    def paint(self, value: int = 5, key: tuple[int, int] = (0, 0)) -> DocumentState:
        self.session.document.edit("Brush stroke", lambda state: painted(state, value, key))
        return self.session.document.state

    def wait(self, seconds: float) -> None:
        """Time goes by, and the journal works as it would."""
        end_s = self.now_s + seconds
        while True:
            pause_s = self.journal.step()
            if self.now_s + pause_s > end_s:
                break
            self.now_s += pause_s
            self.time_s += pause_s
        self.time_s += end_s - self.now_s
        self.now_s = end_s
        self.journal.poll()

    def die(self) -> None:
        """As if the process were killed: what is on disk stays as it is."""
        for paper in (self.journal._paper, *self.journal._left):
            if paper.writer is not None:
                paper.writer.close()

    def found(self) -> Recovered:
        """What another Underdraw would recover now."""
        (left,) = self.folder.look(self.time_s).lost_work
        recovered = recover(left.path, left.versions[0].id, Limits.of_this_machine(), TileDigests(), 40)
        recovered.close()
        return recovered


def painted(state: DocumentState, value: int, key: tuple[int, int] = (0, 0)) -> DocumentState:
    layer = state.layers[0]
    assert isinstance(layer, Layer)
    edit = layer.surface.edit()
    edit.writable(key)[...] = value
    return replace(state, layers=(replace(layer, surface=edit.freeze()), *state.layers[1:]))


def pixels(state: DocumentState) -> list[dict[tuple[int, int], bytes]]:
    return [{key: tile.tobytes() for key, tile in node.surface.tiles.items()} for node in state.walk()]  # type: ignore[union-attr]


def result(state: DocumentState, seed: int = 1) -> Result:
    rng = np.random.default_rng(seed)
    alpha = Part.of(rng.integers(0, 256, (32, 40)).astype(np.uint8))
    image = rng.integers(0, 256, (24, 32, 3)).astype(np.uint8)
    recipe = json.dumps({"model": "embedded", "seed": seed})
    return Result(image, Placement(Rect(-4, 8, 36, 40), alpha), "final", Snapshot(0, state), recipe, {"total": 0.5})


@pytest.fixture
def painter(tmp_path: Path) -> Painter:
    return Painter(tmp_path / "journal")


# What is on disk when


def test_a_document_that_was_not_changed_has_no_journal(painter: Painter) -> None:
    painter.wait(10.0)
    painter.session.new(64, 64)
    painter.wait(10.0)
    painter.journal.close()
    assert not painter.folder.path.exists()


def test_the_first_stroke_is_on_disk_at_once(painter: Painter) -> None:
    state = painter.paint()
    painter.wait(0.0)
    painter.die()
    assert pixels(painter.found().state) == pixels(state)


def test_the_middle_of_a_stroke_is_on_disk_within_the_interval(painter: Painter) -> None:
    document = painter.session.document
    document.begin("Brush stroke")
    published = []
    for number in range(200):
        document.update(painted(document.state, number))
        published.append(document.state)
        painter.wait(0.01)
    painter.die()
    found = pixels(painter.found().state)
    number = next(i for i, state in enumerate(published) if pixels(state) == found)
    assert 200 - number <= INTERVAL_S / 0.01 + 1


def test_between_two_writes_only_the_newest_state_is_written(painter: Painter) -> None:
    for number in range(50):
        painter.paint(number)
        painter.wait(0.01)
    painter.wait(1.0)
    painter.die()
    (left,) = painter.folder.look(painter.time_s).lost_work
    assert len(left.versions) <= 1 + round(0.5 / INTERVAL_S) + 1
    assert pixels(painter.found().state) == pixels(painter.session.document.state)


def test_what_the_engine_is_told_is_journalled_too(painter: Painter) -> None:
    session = painter.session
    session.set_direction(replace(session.direction, prompt="a red house"))
    painter.wait(0.0)
    painter.die()
    assert "a red house" in painter.found().state.metadata["direction"]


def test_the_picture_follows_within_moments(painter: Painter) -> None:
    painter.paint(0)
    assert painter.journal.wait_written()
    while not painter.journal._paper.picture or not painter.journal._paper.picture[1].done():
        painter.journal.step()
    painter.wait(0.0)
    painter.die()
    (left,) = painter.folder.look(painter.time_s).lost_work
    assert left.preview.startswith(b"\x89PNG")


def test_an_idle_journal_does_nothing(painter: Painter) -> None:
    painter.paint()
    painter.wait(60.0)
    assert painter.journal.step() == float("inf")


def test_the_name_follows_the_file(painter: Painter, tmp_path: Path) -> None:
    painter.paint()
    painter.session.save(tmp_path / "house.udraw")
    painter.paint(9)
    painter.wait(1.0)
    painter.die()
    assert painter.found().name == "house.udraw"


# What becomes of it


def test_a_saved_document_is_not_offered_but_kept(painter: Painter, tmp_path: Path) -> None:
    painter.paint()
    painter.session.save(tmp_path / "house.udraw")
    painter.wait(1.0)
    painter.die()
    look = painter.folder.look(painter.time_s)
    assert not look.lost_work
    assert [journal.name for journal in look.journals] == ["house.udraw"]


def test_what_was_painted_after_saving_is_offered(painter: Painter, tmp_path: Path) -> None:
    painter.paint()
    painter.session.save(tmp_path / "house.udraw")
    painter.wait(1.0)
    state = painter.paint(9)
    painter.wait(1.0)
    painter.die()
    assert pixels(painter.found().state) == pixels(state)


def test_a_document_that_was_not_to_be_saved_can_still_be_fetched(painter: Painter) -> None:
    state = painter.paint()
    painter.session.new(64, 64)
    painter.wait(1.0)
    look = painter.folder.look(painter.time_s)
    assert not look.lost_work
    (left,) = look.journals
    assert left.ended == "discarded"
    recovered = recover(left.path, left.versions[0].id, Limits.of_this_machine(), TileDigests(), 40)
    recovered.close()
    assert pixels(recovered.state) == pixels(state)


def test_closing_writes_the_last_stroke(painter: Painter) -> None:
    painter.paint(1)
    painter.wait(0.0)
    state = painter.paint(2)
    painter.journal.close(settled=True)
    (left,) = painter.folder.look(painter.time_s).journals
    assert left.ended == "discarded"
    recovered = recover(left.path, left.versions[0].id, Limits.of_this_machine(), TileDigests(), 40)
    recovered.close()
    assert pixels(recovered.state) == pixels(state)
    assert left.preview


def test_who_was_ended_without_being_asked_is_offered_the_work(painter: Painter) -> None:
    state = painter.paint()
    painter.journal.close()  # as a shutdown of the machine does
    assert pixels(painter.found().state) == pixels(state)


def test_only_so_many_are_kept_and_unsaved_work_always(tmp_path: Path) -> None:
    budget = Budget(documents=2, days=14.0)
    for number in range(5):
        painter = Painter(tmp_path, budget)
        painter.time_s += 100.0 * number
        painter.paint(number)
        painter.journal.close(settled=number != 0)
    look = JournalFolder(tmp_path, budget).look(painter.time_s)
    assert len(look.journals) == 3
    assert len(look.lost_work) == 1
    later = JournalFolder(tmp_path, budget).look(painter.time_s + 15 * 86400.0)
    assert later.journals == later.lost_work


def test_kept_journals_go_when_they_take_too_much_room(tmp_path: Path) -> None:
    for number in range(3):
        painter = Painter(tmp_path, Budget(size_bytes=1))
        painter.time_s += 100.0 * number
        painter.paint(number)
        painter.journal.close(settled=True)
    assert not JournalFolder(tmp_path, Budget(size_bytes=1)).look(painter.time_s).journals


def test_a_damaged_journal_is_moved_aside_with_a_sentence(painter: Painter) -> None:
    painter.folder.path.mkdir()
    (painter.folder.path / "bad.journal").write_bytes(b"no journal" * 1000)
    painter.journal.look()
    painter.wait(0.0)
    assert len(painter.told) == 1
    assert "A damaged journal was moved to" in painter.told[0]
    assert (painter.folder.path / "damaged" / "bad.journal").exists()
    painter.journal.look()
    painter.wait(0.0)
    assert len(painter.told) == 1


def test_another_underdraw_that_is_alive_is_left_alone(painter: Painter, tmp_path: Path) -> None:
    painter.paint()
    painter.wait(0.0)
    other = Painter(painter.folder.path)
    other.journal.look()
    other.wait(1.0)
    assert not other.journal.found.journals
    assert not other.told
    painter.paint(9)
    painter.wait(1.0)
    painter.die()
    other.journal.look()
    other.wait(1.0)
    assert len(other.journal.found.lost_work) == 1


# Opened files


def test_an_opened_file_is_not_copied_before_it_is_painted_on(painter: Painter, tmp_path: Path) -> None:
    file = tmp_path / "opened.udraw"
    registry.write(painted(edits.new_document(1024, 1024), 77), file)
    painter.session.open(file)
    painter.wait(10.0)
    assert not painter.folder.path.exists()
    state = painter.paint(3, (2, 2))
    painter.wait(0.0)
    painter.die()
    assert summary(painter.folder._paths()[0]).size_bytes < 200_000
    recovered = painter.found()
    assert not recovered.notes
    assert pixels(recovered.state) == pixels(state)


def test_after_a_while_the_opened_file_is_needed_no_more(painter: Painter, tmp_path: Path) -> None:
    file = tmp_path / "opened.png"
    rng = np.random.default_rng(1)
    registry.write(edits.new_document(640, 640), file)
    painter.session.open(file)
    state = painter.paint(int(rng.integers(100)), (2, 2))
    painter.wait(60.0)
    file.unlink()
    painter.die()
    recovered = painter.found()
    assert not recovered.notes
    assert pixels(recovered.state) == pixels(state)


def test_saving_over_the_opened_file_copies_it_first(
    painter: Painter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "COPIED_AT_ONCE", 1)
    file = tmp_path / "opened.png"
    registry.write(edits.new_document(640, 640), file)
    painter.session.open(file)
    painter.paint(3, (2, 2))
    painter.session.save_later(file)
    painter.wait(0.01)
    writer = painter.journal._paper.writer
    assert writer is not None
    assert writer.uncopied == 0
    painter.session.saving.wait()
    painter.die()


# Results


def test_final_results_are_journalled_as_they_come(painter: Painter) -> None:
    session = painter.session
    made = [result(session.document.state, seed) for seed in range(3)]
    for each in made:
        session.show_result(each)
        painter.wait(1.0)
    session.show_result(replace(made[0], purpose="preview"))
    painter.wait(1.0)
    painter.die()
    recovered = painter.found()
    again, unread = results_from_blobs(recovered.results, Snapshot(0, recovered.state))
    assert not unread
    assert [each.recipe for each in again] == [each.recipe for each in reversed(made)]
    for ours, theirs in zip(again, reversed(made), strict=True):
        assert np.array_equal(ours.pixels, theirs.pixels)
        assert ours.placement == theirs.placement


def test_more_results_than_the_strip_shows_stay_in_the_journal(painter: Painter) -> None:
    for seed in range(45):
        painter.session.show_result(result(painter.session.document.state, seed))
        painter.wait(0.1)
    painter.wait(1.0)
    painter.die()
    (left,) = painter.folder.look(painter.time_s).lost_work
    assert left.results == 45


def test_results_that_came_with_a_file_are_no_new_work(painter: Painter, tmp_path: Path) -> None:
    session = painter.session
    session.show_result(result(session.document.state))
    session.save(tmp_path / "with results.udraw")
    session.new(64, 64)
    painter.wait(1.0)
    session.open(tmp_path / "with results.udraw")
    assert len(session.results) == 1
    painter.wait(1.0)
    assert not painter.folder.look(painter.time_s).lost_work
    painter.paint()
    painter.wait(1.0)
    painter.die()
    assert len(painter.found().results) == 1


# Recovery


def take(painter: Painter, recovered: Recovered) -> None:
    results, _ = results_from_blobs(recovered.results, Snapshot(0, recovered.state))
    painter.journal.take(recovered, results)


def recovered_by(painter: Painter) -> Recovered:
    (left,) = painter.folder.look(painter.time_s).lost_work
    version = left.versions[0].id
    return recover(left.path, version, Limits.of_this_machine(), painter.session.digests, 40)


def test_what_was_recovered_has_no_file_and_is_journalled_before_anything_else(
    painter: Painter, tmp_path: Path
) -> None:
    painter.session.show_result(result(painter.session.document.state))
    painter.session.save(tmp_path / "house.udraw")
    state = painter.paint()
    painter.wait(1.0)
    painter.die()
    second = Painter(painter.folder.path)
    recovered = recovered_by(second)
    take(second, recovered)
    session = second.session
    assert pixels(session.document.state) == pixels(state)
    assert (session.path, session.origin, session.modified) == (None, None, True)
    assert session.recovered_from == "house.udraw"
    assert len(session.results) == 1
    # Nobody else can fetch it, not for a moment.
    assert not second.folder.look(second.time_s).journals
    second.wait(0.0)
    last = second.paint(99)
    second.wait(1.0)
    second.die()
    third = Painter(painter.folder.path)
    assert pixels(third.found().state) == pixels(last)
    assert len(third.found().results) == 1


def test_killed_right_after_recovering_nothing_is_lost(painter: Painter) -> None:
    state = painter.paint()
    painter.wait(1.0)
    painter.die()
    second = Painter(painter.folder.path)
    recovered = recovered_by(second)
    take(second, recovered)
    recovered.close()
    assert pixels(second.found().state) == pixels(state)


def test_from_a_damaged_journal_what_is_whole_is_written_anew(painter: Painter) -> None:
    first = painter.paint(1)
    painter.wait(1.0)
    painter.paint(2)
    painter.wait(1.0)
    path = painter.journal._paper.writer.path  # type: ignore[union-attr]
    painter.journal._paper.writer._db.execute(  # type: ignore[union-attr]
        "UPDATE tile SET data = x'00' WHERE id = (SELECT max(id) FROM tile)"
    )
    painter.die()
    second = Painter(painter.folder.path)
    recovered = recovered_by(second)
    assert not recovered.intact
    take(second, recovered)
    second.wait(1.0)
    assert "moved to" in second.told[0]
    assert not path.exists()
    second.die()
    assert pixels(second.found().state) == pixels(first)


def test_an_earlier_version_of_the_open_document_can_be_let_go(painter: Painter) -> None:
    painter.paint(1)
    painter.wait(20.0)
    painter.paint(2)
    painter.wait(1.0)
    painter.journal.look()
    painter.wait(0.0)
    present = painter.journal.found.present
    assert present is not None
    assert len(present.versions) == 2
    painter.journal.let_go()
    recovered = recover(present.path, present.versions[1].id, Limits.of_this_machine(), TileDigests(), 1)
    recovered.close()
    painter.paint(3)
    painter.wait(1.0)
    assert len(painter.folder._paths()) == 2


# A disk that refuses


def test_a_disk_that_refuses_is_told_once_and_tried_again(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    painter.paint(1)
    painter.wait(1.0)

    def refuse(*_args: object, **_kwargs: object) -> bool:
        raise JournalRefused("Cannot write to /disk: the disk is full; free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(JournalWriter, "write", refuse)
        for number in range(100):
            painter.paint(number)
            painter.wait(1.0)
    assert painter.told == [
        "What you paint is not safe from a crash now: Cannot write to /disk: the disk is full; free some space."
    ]
    painter.wait(RETRY_S)
    assert painter.told[1:] == ["What you paint is safe from a crash again."]
    painter.die()
    assert pixels(painter.found().state) == pixels(painter.session.document.state)


def test_a_folder_that_cannot_be_made_is_told_and_painting_goes_on(painter: Painter) -> None:
    painter.folder.path.write_text("a file is in the way")
    painter.paint(1)
    painter.wait(1.0)
    assert "not safe from a crash" in painter.told[0]
    painter.folder.path.unlink()
    painter.wait(RETRY_S)
    painter.die()
    assert pixels(painter.found().state) == pixels(painter.session.document.state)


def test_a_journal_that_someone_deletes_is_begun_again(painter: Painter) -> None:
    painter.session.show_result(result(painter.session.document.state))
    painter.paint(1)
    painter.wait(1.0)
    for path in painter.folder.path.iterdir():
        path.unlink()
    painter.paint(2)
    painter.wait(1.0)
    painter.wait(RETRY_S)
    painter.die()
    recovered = painter.found()
    assert pixels(recovered.state) == pixels(painter.session.document.state)
    assert len(recovered.results) == 1


def test_a_fault_of_ours_does_not_end_the_journal(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(JournalWriter, "write", lambda *_args, **_kwargs: 1 / 0)
        painter.paint(1)
        painter.wait(1.0)
    assert "fault in Underdraw" in painter.told[0]
    painter.wait(RETRY_S)
    painter.die()
    assert pixels(painter.found().state) == pixels(painter.session.document.state)


# The thread


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Session, Journal]]:
    session = Session(edits.new_document(256, 256))
    journal = Journal(session, JournalFolder(tmp_path / "journal"))
    journal.start()
    yield session, journal
    journal.close()


def test_the_thread_writes_what_is_painted(running: tuple[Session, Journal]) -> None:
    session, journal = running
    session.document.edit("Brush stroke", lambda state: painted(state, 5))
    assert journal.wait_written(10.0)
    journal.close()
    (left,) = journal.folder.look(0.0).lost_work
    recovered = recover(left.path, left.versions[0].id, Limits.of_this_machine(), TileDigests(), 1)
    recovered.close()
    assert pixels(recovered.state) == pixels(session.document.state)


def test_closing_twice_is_closing_once(running: tuple[Session, Journal]) -> None:
    session, journal = running
    session.document.edit("Brush stroke", lambda state: painted(state, 5))
    journal.close(settled=True)
    journal.close()
    assert [each.ended for each in journal.folder.look(0.0).journals] == ["discarded"]


def test_deleting_is_done_by_the_thread(running: tuple[Session, Journal], tmp_path: Path) -> None:
    _session, journal = running
    other = Painter(journal.folder.path)
    other.paint()
    other.journal.close(settled=True)
    (left,) = journal.folder.look(0.0).journals
    journal.delete(left.path)
    journal.close()
    assert not journal.folder._paths()
    with pytest.raises(FormatError):
        summary(left.path)


# Kills


@pytest.fixture(scope="module")
def kills(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    folder = tmp_path_factory.mktemp("killed")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), str(KILLS)], cwd=root, env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, object]] = json.loads(done.stdout)
    return answers


def test_whatever_was_killed_when_no_more_than_a_second_is_lost(kills: list[dict[str, object]]) -> None:
    assert len(kills) == KILLS
    assert [kill for kill in kills if kill["found"] == -1] == []
    assert max(kill["lost_s"] for kill in kills) <= 1.0  # type: ignore[type-var]


def test_the_kills_hit_what_they_should(kills: list[dict[str, object]]) -> None:
    """Painting for long enough that something could be lost, and files that were not copied yet."""
    assert sum(1 for kill in kills if kill["painted"] and kill["found"]) > KILLS // 2
    assert sum(1 for kill in kills if kill["opened"] and kill["uncopied"]) >= 3
