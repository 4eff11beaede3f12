"""One contract for both hosts, and what only the worker process can show: it may die and the program goes on."""

from __future__ import annotations

import os
import queue
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from tiny import TinyModels, conditions, job, picture, scribble

from inference.condition_set import ControlInput, Part, ReferenceInput
from inference.engine import Engine
from inference.families.components import choose_device
from inference.hosts.base import EngineSettings, Host
from inference.hosts.inline import InlineHost
from inference.hosts.process import GIVEN_UP, MAX_DEATHS, RESTARTING, ProcessHost
from inference.messages import Cancelled, EngineState, Failed, Frame, FromHost, Job, Progress

#: Generous: a worker imports torch, on a machine that may be busy.
PATIENCE_S = 180

M = TypeVar("M")

linux_only = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for processes that are not its own")


class Inbox:
    """Everything a host says, in order."""

    def __init__(self) -> None:
        self._messages: queue.Queue[FromHost] = queue.Queue()
        self.seen: list[FromHost] = []
        self.put: Callable[[FromHost], None] = self._messages.put

    def until(self, kind: type[M]) -> M:
        """The next message of `kind`; what came before it is in `seen`."""
        while True:
            message = self._messages.get(timeout=PATIENCE_S)
            self.seen.append(message)
            if isinstance(message, kind):
                return message

    def until_state(self, name: str) -> EngineState:
        while True:
            state = self.until(EngineState)
            if state.name == name:
                return state

    def end_of(self, wanted: Job) -> Frame | Failed | Cancelled:
        while True:
            message = self.until((Frame, Failed, Cancelled))  # type: ignore[arg-type]
            if message.job_id == wanted.id:
                return message


def settings(models: TinyModels) -> EngineSettings:
    return EngineSettings(models.folder, models.embedded, device="cpu", threads=1)


def blocks() -> set[str]:
    """Shared memory of ours that exists now."""
    home = Path("/dev/shm")
    return {path.name for path in home.glob("underdraw-*")} if home.is_dir() else set()


def wait_for_end(pid: int) -> None:
    """Wait until a process that is not ours has ended. Fails when it lives on."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        assert poll.poll(PATIENCE_S * 1000), f"process {pid} lives on"
    finally:
        os.close(handle)


@pytest.fixture(scope="module", params=["inline", "process"])
def running(request: pytest.FixtureRequest, tiny_models: TinyModels) -> Iterator[tuple[Host, Inbox]]:
    before = blocks()
    inbox = Inbox()
    host: Host = (InlineHost if request.param == "inline" else ProcessHost)(settings(tiny_models))
    host.start(inbox.put)
    inbox.until_state("ready")
    yield host, inbox
    host.close()
    assert blocks() <= before  # another Underdraw may end meanwhile


ids = iter(range(1000, 10_000))


def new_job(**changes: object) -> Job:
    """A job that nothing remembers, unless a seed is given."""
    number = next(ids)
    return job(conditions(**{"seed": number, **changes}), id=number)


class TestEveryHost:
    def test_it_starts_in_words(self, running: tuple[Host, Inbox]) -> None:
        _, inbox = running
        states = [(m.name, m.sentence) for m in inbox.seen if isinstance(m, EngineState)]
        assert states[:3] == [
            ("starting", "Starting the engine"),
            ("loading", "Loading Tiny studio"),
            ("ready", "Tiny studio on CPU"),
        ]

    def test_a_job_ends_with_its_frame(self, running: tuple[Host, Inbox]) -> None:
        host, inbox = running
        wanted = new_job(steps=3)
        host.submit(wanted)
        frame = inbox.end_of(wanted)
        assert isinstance(frame, Frame)
        assert frame.pixels.shape == (64, 64, 3)
        assert frame.timings_s["total"] > 0
        steps = [m.step for m in inbox.seen if isinstance(m, Progress) and m.job_id == wanted.id]
        assert steps == [1, 2, 3]

    def test_every_input_arrives(self, running: tuple[Host, Inbox]) -> None:
        """Pictures of all roles change the result, so each of them reached the engine."""
        host, inbox = running
        base, mask = Part.of(picture(2)), Part.of(np.full((64, 64), 255, np.uint8))
        reference = ReferenceInput("style", Part.of(picture(3, 200, 104)), 1.0)
        wanted = [
            new_job(seed=1),
            new_job(seed=1, controls=(scribble(),)),
            new_job(seed=1, references=(reference,)),
            new_job(seed=1, mode="image", base=base, strength=0.5),
            new_job(seed=1, mode="inpaint", base=base, mask=mask, strength=0.7),
        ]
        for one in wanted:
            host.submit(one)
        frames = [inbox.end_of(one) for one in wanted]
        assert all(isinstance(frame, Frame) for frame in frames)
        assert len({frame.pixels.tobytes() for frame in frames}) == len(wanted)

    def test_the_picture_is_that_of_the_bare_engine(self, running: tuple[Host, Inbox], tiny_models: TinyModels) -> None:
        """The command line and the window, with different hosts, make the same picture bit for bit."""
        host, inbox = running
        wanted = new_job(seed=1, controls=(scribble(),), prompt="two hills")
        host.submit(wanted)
        frame = inbox.end_of(wanted)
        engine = Engine(tiny_models.catalogue, choose_device("cpu"), lambda state: None)
        bare = engine.run(wanted, lambda: False, lambda progress: None)
        assert isinstance(frame, Frame)
        assert np.array_equal(frame.pixels, bare.pixels)

    def test_jobs_end_in_the_order_of_submission(self, running: tuple[Host, Inbox]) -> None:
        host, inbox = running
        wanted = [new_job() for _ in range(4)]
        for one in wanted:
            host.submit(one)
        inbox.end_of(wanted[-1])
        ended = [m.job_id for m in inbox.seen if isinstance(m, Frame)]
        assert ended[-4:] == [one.id for one in wanted]

    def test_a_running_job_can_be_cancelled_between_its_steps(self, running: tuple[Host, Inbox]) -> None:
        host, inbox = running
        long = new_job(steps=200)
        host.submit(long)
        assert inbox.until(Progress).job_id == long.id
        host.cancel(long.id)
        assert inbox.end_of(long) == Cancelled(long.id)

    def test_a_waiting_job_can_be_cancelled(self, running: tuple[Host, Inbox]) -> None:
        host, inbox = running
        long, waiting, last = new_job(steps=200), new_job(), new_job()
        for one in (long, waiting, last):
            host.submit(one)
        host.cancel(waiting.id)
        host.cancel(long.id)
        assert inbox.end_of(waiting) == Cancelled(waiting.id)
        assert isinstance(inbox.end_of(last), Frame)

    def test_cancelling_what_has_ended_does_nothing(self, running: tuple[Host, Inbox]) -> None:
        host, inbox = running
        wanted = new_job()
        host.submit(wanted)
        inbox.end_of(wanted)
        host.cancel(wanted.id)
        after = new_job()
        host.submit(after)
        assert isinstance(inbox.end_of(after), Frame)

    def test_what_cannot_be_done_fails_with_a_sentence_and_the_next_job_runs(self, running: tuple[Host, Inbox]) -> None:
        host, inbox = running
        depth = ControlInput("depth", "none", Part.of(picture(1)), 1.0, 0.0, 1.0)
        wrong, right = new_job(controls=(depth,)), new_job()
        host.submit(wrong)
        host.submit(right)
        failed = inbox.end_of(wrong)
        assert isinstance(failed, Failed)
        assert "no ControlNet for depth" in failed.sentence
        assert isinstance(inbox.end_of(right), Frame)

    def test_another_model_is_loaded_when_a_job_asks_for_it(self, running: tuple[Host, Inbox]) -> None:
        host, inbox = running
        wanted = new_job(model="kl")
        host.submit(wanted)
        assert isinstance(inbox.end_of(wanted), Frame)
        assert EngineState("loading", "Loading kl", "CPU") in inbox.seen


@linux_only
def test_a_killed_worker_is_noticed_and_comes_back_and_answers(tiny_models: TinyModels) -> None:
    before = blocks()
    inbox = Inbox()
    host = ProcessHost(settings(tiny_models))
    host.start(inbox.put)
    long = job(conditions(steps=200), id=1)
    host.submit(long)
    inbox.until(Progress)
    first = host.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    assert inbox.until_state("restarting").sentence == RESTARTING
    assert not any(isinstance(m, Frame | Failed | Cancelled) for m in inbox.seen)
    again = job(conditions(steps=2), id=1)
    host.submit(again)
    host.submit(again)  # a caller that had not heard yet submits twice; one answer comes
    after = job(conditions(steps=1), id=2)
    host.submit(after)
    assert isinstance(inbox.end_of(after), Frame)
    assert [m.job_id for m in inbox.seen if isinstance(m, Frame)] == [1, 2]
    second = host.pid
    assert second not in (None, first)

    host.close()
    wait_for_end(second)
    assert blocks() <= before  # another Underdraw may end meanwhile


def test_an_engine_that_keeps_dying_is_given_up_with_a_sentence() -> None:
    inbox = Inbox()
    host = ProcessHost(EngineSettings(), command=(sys.executable, "-c", "pass"), delay_s=lambda deaths: 0.0)
    host.start(inbox.put)
    sentence = GIVEN_UP.format(deaths=MAX_DEATHS)
    assert inbox.until_state("failed").sentence == sentence
    wanted = job(conditions())
    host.submit(wanted)
    assert inbox.end_of(wanted) == Failed(wanted.id, sentence)
    host.close()


def test_a_first_model_that_cannot_be_loaded_is_told_and_others_still_run(tiny_models: TinyModels) -> None:
    inbox = Inbox()
    host = InlineHost(EngineSettings(tiny_models.folder, tiny_models.folder / "none", "cpu", threads=1))
    host.start(inbox.put)
    assert "model_index.json is missing" in inbox.until_state("failed").sentence
    wanted = new_job(model="kl")
    host.submit(wanted)
    assert isinstance(inbox.end_of(wanted), Frame)
    host.close()


@linux_only
def test_the_worker_and_its_shared_memory_go_when_the_program_is_killed(tiny_models: TinyModels) -> None:
    before = blocks()
    program = f"""
import sys
sys.path[:0] = {sys.path!r}
from multiprocessing import resource_tracker
from pathlib import Path
from inference.engine import Engine
from inference.families.components import choose_device
from inference.hosts.base import EngineSettings
from inference.hosts.process import ProcessHost
from inference.messages import Progress
from tiny import conditions, job

def hear(message):
    if isinstance(message, Progress):
        print(host.pid, resource_tracker._resource_tracker._pid, flush=True)

host = ProcessHost(EngineSettings(Path({str(tiny_models.folder)!r}), Path({str(tiny_models.embedded)!r}), "cpu"))
host.start(hear)
host.submit(job(conditions(steps=200)))
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        worker, tracker = (int(pid) for pid in parent.stdout.readline().split())
        assert blocks() > before
        parent.kill()
    wait_for_end(worker)
    wait_for_end(tracker)
    assert blocks() <= before  # another Underdraw may end meanwhile


def test_the_parent_needs_no_heavy_library() -> None:
    code = (
        "import sys, inference.hosts.process, inference.hosts.inline, models.catalogue\n"
        "print([m for m in ('torch', 'diffusers', 'transformers', 'PySide6') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
