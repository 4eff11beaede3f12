"""Saving in the background: the pen goes on, nothing is lost, and what is shown is true."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from by_hand import ByHand

from app.saving import OnDisk, Order, Saving
from app.session import Session
from canvas import edits
from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.job import Job
from canvas.formats.options import WriteOptions
from canvas.layers import Layer
from canvas.tiles import Surface, from_rgba8


class Desk:
    """A session whose saves are let run by hand, and what it has said."""

    def __init__(self) -> None:
        self.hand = ByHand()
        self.now_s = 1000.0
        self.saving = Saving(self.hand, clock=lambda: self.now_s)
        self.session = Session(edits.new_document(64, 48), saving=self.saving, clock=lambda: self.now_s)
        self.messages: list[str] = []
        self.failures: list[str] = []
        self.saved: list[Path] = []
        self.session.message.connect(self.messages.append)
        self.saving.failed.connect(self.failures.append)
        self.session.saved.connect(self.saved.append)

    def paint(self, name: str = "More") -> None:
        self.session.add_node(Layer(name), "Add layer")

    def run(self) -> None:
        """Let what is next be written, and take it over."""
        self.hand.run()
        self.saving.poll()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def layers_in(path: Path) -> list[str]:
    return [node.name for node in registry.read(path).layers]


# A save


def test_a_save_is_told_when_it_is_on_disk_and_not_before(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "harvest.udraw"
    desk.paint()
    desk.session.save_later(path)
    assert desk.session.path is None
    assert desk.session.modified
    assert desk.saving.busy
    desk.run()
    assert desk.session.path == path
    assert not desk.session.modified
    assert not desk.saving.busy
    assert desk.messages == ["Saved harvest.udraw"]
    assert desk.saved == [path]
    assert "More" in layers_in(path)


def test_what_is_painted_while_a_save_runs_stays_unsaved(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "harvest.udraw"
    desk.paint("Before")
    desk.session.save_later(path)
    desk.paint("While")
    desk.run()
    assert desk.session.modified
    assert "While" not in layers_in(path)
    desk.session.undo()
    assert not desk.session.modified


def test_of_several_saves_that_wait_for_one_file_the_newest_is_written(desk: Desk, tmp_path: Path) -> None:
    path, other = tmp_path / "harvest.udraw", tmp_path / "copy.png"
    for name in ("one", "two", "three"):
        desk.paint(name)
        desk.session.save_later(path)
    desk.session.export_later(other)
    assert desk.hand.waiting == 1
    for _ in range(3):
        desk.run()
    assert not desk.saving.busy
    assert desk.saved == [path, path, other]
    assert "three" in layers_in(path)
    assert not desk.session.modified


def test_save_goes_where_the_first_save_is_still_going(desk: Desk, tmp_path: Path) -> None:
    desk.session.save_later(tmp_path / "harvest.udraw")
    assert desk.session.save_target == tmp_path / "harvest.udraw"
    desk.saving.cancel()
    desk.run()
    assert desk.session.save_target is None


def test_waiting_takes_over_everything(tmp_path: Path) -> None:
    session = Session(edits.new_document(64, 48))
    session.save_later(tmp_path / "a.udraw")
    session.save_later(tmp_path / "b.udraw")
    assert session.saving.wait()
    assert session.path == tmp_path / "b.udraw"
    assert (tmp_path / "a.udraw").is_file()


def test_files_are_written_on_another_thread_and_told_on_this_one(tmp_path: Path) -> None:
    saving = Saving()
    threads: list[threading.Thread] = []
    told: list[threading.Thread] = []
    order = Order(
        tmp_path / "x", lambda _job: threads.append(threading.current_thread()),
        lambda: told.append(threading.current_thread()),
    )  # fmt: skip
    saving.put(order)
    saving.wait()
    assert threads[0] is not threading.current_thread()
    assert told == [threading.current_thread()]


def test_saving_at_once_waits_for_what_is_under_way(tmp_path: Path) -> None:
    session = Session(edits.new_document(64, 48))
    session.save_later(tmp_path / "a.udraw")
    session.add_node(Layer("Newer"), "Add layer")
    session.save(tmp_path / "a.udraw")
    assert "Newer" in layers_in(tmp_path / "a.udraw")
    assert not session.modified
    assert not session.saving.busy


# Failing and calling off


def test_a_save_that_fails_says_so_and_leaves_the_old_file_and_the_work(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "harvest.udraw"
    desk.session.save_later(path)
    desk.run()
    before = path.read_bytes()
    desk.paint()
    gone = tmp_path / "no such folder" / "harvest.udraw"
    desk.session.save_later(gone)
    desk.run()
    assert len(desk.failures) == 1
    assert str(gone) in desk.failures[0]
    assert desk.session.modified
    assert desk.session.path == path
    assert path.read_bytes() == before


def test_after_a_failure_the_next_file_is_written(desk: Desk, tmp_path: Path) -> None:
    desk.session.save_later(tmp_path / "nowhere" / "a.udraw")
    desk.session.save_later(tmp_path / "b.udraw")
    desk.run()
    desk.run()
    assert len(desk.failures) == 1
    assert (tmp_path / "b.udraw").is_file()


def test_a_fault_is_raised_and_the_next_file_is_written_all_the_same(desk: Desk, tmp_path: Path) -> None:
    def fault(_job: Job) -> None:
        raise ZeroDivisionError

    desk.saving.put(Order(tmp_path / "x", fault, lambda: None))
    desk.session.save_later(tmp_path / "b.udraw")
    desk.hand.run()
    with pytest.raises(ZeroDivisionError):
        desk.saving.poll()
    desk.run()
    assert (tmp_path / "b.udraw").is_file()


def test_calling_it_off_leaves_the_file_and_drops_what_waits(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "harvest.udraw"
    desk.session.save_later(path)
    desk.run()
    before = path.read_bytes()
    desk.messages.clear()
    desk.paint()
    desk.session.save_later(path)
    desk.session.save_later(tmp_path / "other.udraw")
    desk.saving.cancel()
    desk.run()
    assert path.read_bytes() == before
    assert not (tmp_path / "other.udraw").exists()
    assert not desk.saving.busy
    assert desk.session.modified
    assert len(desk.messages) == 2
    assert all("cancelled" in message for message in desk.messages)
    assert [p.name for p in tmp_path.iterdir()] == ["harvest.udraw"]


def test_a_save_in_time_is_not_noticed(desk: Desk, tmp_path: Path) -> None:
    desk.session.save_later(tmp_path / "a.udraw")
    assert not desk.saving.noticed
    desk.now_s += 0.5
    assert desk.saving.noticed
    desk.run()
    assert not desk.saving.noticed


# What the file holds


def test_a_copy_changes_nothing_about_the_document(desk: Desk, tmp_path: Path) -> None:
    desk.paint()
    desk.session.export_later(tmp_path / "copy.png", told="; without layers")
    desk.run()
    assert desk.session.path is None
    assert desk.session.modified
    assert desk.messages == ["Exported copy.png; without layers"]


def test_what_a_format_could_not_keep_is_remembered(desk: Desk, tmp_path: Path) -> None:
    desk.paint()
    desk.session.save_later(tmp_path / "flat.png")
    desk.run()
    assert not desk.session.modified
    assert desk.session.on_disk.unkept
    assert not desk.session.in_full
    desk.session.save_later(tmp_path / "all.udraw")
    desk.run()
    assert desk.session.in_full
    assert desk.session.path == tmp_path / "all.udraw"


def test_a_changed_prompt_is_unsaved_work_and_a_rolled_seed_is_none(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.set_direction(replace(session.direction, seed=99))
    assert not session.modified
    session.set_direction(replace(session.direction, prompt="a hill"))
    assert session.modified
    session.save_later(tmp_path / "a.udraw")
    desk.run()
    assert not session.modified


def test_the_previous_version_stays_when_a_file_is_replaced(tmp_path: Path) -> None:
    session = Session(edits.new_document(64, 48))
    path = tmp_path / "picture.png"
    session.save(path)
    first = path.read_bytes()
    session.document.edit("Smaller", lambda state: replace(state, width=32))
    session.save(path, WriteOptions(keep_previous=True))
    assert (tmp_path / "picture.png~").read_bytes() == first
    assert registry.read(path).width == 32


def test_another_document_in_place_of_one_of_ours_leaves_that_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "harvest.udraw"
    Session(edits.new_document(64, 48)).save(path)
    other = Session(edits.new_document(32, 32))
    rng = np.random.default_rng(2)
    for number in range(6):
        pixels = rng.integers(0, 256, (32, 32, 4), np.uint8)
        other.add_node(Layer(f"Noise {number}", surface=Surface.from_pixels(from_rgba8(pixels))), "Add")
    other.save(path, WriteOptions(keep_previous=True))
    assert registry.read(path).width == 32
    assert registry.read(tmp_path / "harvest.udraw~").width == 64


def test_an_unknown_ending_is_refused_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"\.xyz"):
        desk.session.save_later(tmp_path / "a.xyz")
    assert desk.hand.waiting == 0


@pytest.mark.parametrize(
    ("on_disk", "now_s", "sentence"),
    [
        (OnDisk("saved", 0.0), 30.0, "Last saved just now."),
        (OnDisk("saved", 0.0), 60.0, "Last saved 1 minute ago."),
        (OnDisk("opened", 0.0), 12 * 60.0, "Never saved; opened 12 minutes ago."),
        (OnDisk("begun", 0.0), 3 * 3600.0, "Never saved; begun 3 hours ago."),
        (OnDisk("saved", 0.0), 5 * 86400.0, "Last saved 5 days ago."),
    ],
)
def test_how_long_ago_it_was_is_said_in_words(on_disk: OnDisk, now_s: float, sentence: str) -> None:
    assert on_disk.sentence(now_s) == sentence
