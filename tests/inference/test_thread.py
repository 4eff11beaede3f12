"""The engine's thread between a GUI thread that never waits and a host that answers from anywhere."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue
from statistics import median

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from canvas.layers import Layer
from canvas.roles import Control
from canvas.snapshot import Node, Snapshot, Surface, from_rgba8
from canvas.state import DocumentState
from inference.condition_set import ConditionSet
from inference.direction import Direction
from inference.hosts.base import OnMessage
from inference.messages import Cancelled, EngineState, Failed, Frame, Job, Progress
from inference.result import Result
from inference.scheduler import Pace
from inference.thread import EngineThread
from models.catalogue import Catalogue, ModelInfo

SIDE = 64
MODEL = ModelInfo("small", "Small", Path("small"), "sd15", native_size=SIDE, controls={"scribble": Path("s")})
CATALOGUE = Catalogue((MODEL,), Path("models"))
DIRECTION = Direction(prompt="a lake", model="small", strength=0.75, steps=8, preview_steps=4)
WAIT_S = 10


def rendered(conditions: ConditionSet) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture that depends on every condition and on nothing else."""
    seed = int(conditions.digest, 16)
    return np.random.default_rng(seed).integers(0, 256, (*reversed(conditions.size), 3), np.uint8)


class PaintHost:
    """Keeps the host contract in this process. A submitted job waits until the test lets it end."""

    def __init__(self) -> None:
        self.submitted: Queue[Job] = Queue()
        self.cancelled: Queue[int] = Queue()
        self.started = self.closed = False
        self._running: Job | None = None

    def start(self, on_message: OnMessage) -> None:
        self.started = True
        self._say = on_message
        self._come_up()

    def submit(self, job: Job) -> None:
        assert self._running is None, "one job at a time"
        self._running = job
        self.submitted.put(job)

    def cancel(self, job_id: int) -> None:
        self.cancelled.put(job_id)

    def close(self) -> None:
        self.closed = True

    # What the test lets happen.

    def _come_up(self) -> None:
        self._say(EngineState("starting", "The engine is starting."))
        self._say(EngineState("ready", "Ready.", "cpu"))

    def next_job(self) -> Job:
        return self.submitted.get(timeout=WAIT_S)

    def progress(self, step: int) -> None:
        assert self._running is not None
        self._say(Progress(self._running.id, step, self._running.conditions.steps))

    def finish(self) -> Job:
        job = self._end()
        self._say(Frame(job.id, rendered(job.conditions), {"total": 0.1}))
        return job

    def fail(self, sentence: str) -> None:
        self._say(Failed(self._end().id, sentence))

    def confirm_cancel(self) -> None:
        assert self.cancelled.get(timeout=WAIT_S) == (self._running and self._running.id)
        self._say(Cancelled(self._end().id))

    def die(self) -> None:
        self._running = None
        self._say(EngineState("restarting", "The engine stopped and is starting again."))

    def revive(self) -> None:
        self._come_up()

    def _end(self) -> Job:
        job, self._running = self._running, None
        assert job is not None
        return job


class CountingClock:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> float:
        self.calls += 1
        return time.monotonic()


class Heard:
    """Everything the thread has said to the GUI so far."""

    def __init__(self, engine: EngineThread) -> None:
        self.results: list[Result] = []
        self.errors: list[str] = []
        self.sync: list[float | None] = []
        self.states: list[str] = []
        engine.frame.connect(self.results.append)
        engine.error.connect(self.errors.append)
        engine.sync.connect(self.sync.append)
        engine.state.connect(lambda state: self.states.append(state.name))


revisions = itertools.count(1)


def canvas(*nodes: Node) -> Snapshot:
    return Snapshot(next(revisions), DocumentState(SIDE, SIDE, nodes))


def dot(x: int, name: str = "Paint") -> Layer:
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[...] = (200, 30, 20, 255)
    return Layer(name, surface=Surface.from_pixels(from_rgba8(pixels), x, 20))


@pytest.fixture
def host() -> PaintHost:
    return PaintHost()


@pytest.fixture
def clock() -> CountingClock:
    return CountingClock()


@pytest.fixture
def engine(host: PaintHost, clock: CountingClock, qtbot: QtBot) -> Iterator[EngineThread]:
    thread = EngineThread(host, CATALOGUE, DIRECTION, Pace(rest_s=0.02), clock)
    with qtbot.waitSignal(thread.state, check_params_cb=lambda state: state.name == "ready"):
        thread.start()
    yield thread
    thread.close()


def test_a_stroke_becomes_a_preview_and_after_rest_a_settled_image(
    engine: EngineThread, host: PaintHost, qtbot: QtBot
) -> None:
    heard = Heard(engine)
    stroke = canvas(dot(10))
    engine.set_live(True)
    engine.canvas_changed(stroke, pen_down=True)
    preview = host.next_job()
    assert (preview.purpose, preview.conditions.steps, preview.revision) == ("preview", 6, stroke.revision)
    with qtbot.waitSignal(engine.frame):
        host.finish()
    engine.canvas_changed(stroke, pen_down=False)
    settle = host.next_job()
    assert (settle.purpose, settle.conditions.steps) == ("settle", 8)
    with qtbot.waitSignal(engine.frame):
        host.finish()
    assert [result.purpose for result in heard.results] == ["preview", "settle"]
    for result, job in zip(heard.results, (preview, settle), strict=True):
        assert result.snapshot is stroke
        np.testing.assert_array_equal(result.pixels, rendered(job.conditions))
        assert job.conditions.digest in result.recipe
    assert engine.isRunning()


def test_sync_tells_since_when_the_image_is_behind(engine: EngineThread, host: PaintHost, qtbot: QtBot) -> None:
    heard = Heard(engine)
    engine.set_live(True)
    before_s = time.monotonic()
    with qtbot.waitSignal(engine.sync):
        engine.canvas_changed(canvas(dot(10)), pen_down=True)
    assert heard.sync[0] is not None
    assert before_s <= heard.sync[0] <= time.monotonic()
    host.next_job()
    with qtbot.waitSignal(engine.sync):
        engine.canvas_changed(canvas(dot(12)), pen_down=True)
        host.finish()
    assert heard.sync[1] is not None
    assert heard.sync[1] > heard.sync[0], "the image that came has the first change, not the second"
    host.next_job()
    with qtbot.waitSignal(engine.sync):
        host.finish()
    assert heard.sync[2] is None


def test_while_a_frame_runs_only_the_newest_canvas_waits(engine: EngineThread, host: PaintHost, qtbot: QtBot) -> None:
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(0)), pen_down=True)
    host.next_job()
    for x in range(1, 40):
        newest = canvas(dot(x))
        engine.canvas_changed(newest, pen_down=True)
    with qtbot.waitSignal(engine.frame):
        host.finish()
    assert host.next_job().revision == newest.revision
    assert host.submitted.empty()
    assert host.cancelled.empty()


def test_a_change_that_no_image_can_show_is_not_computed(engine: EngineThread, host: PaintHost, qtbot: QtBot) -> None:
    heard = Heard(engine)
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(10)), pen_down=True)
    host.next_job()
    with qtbot.waitSignal(engine.sync):
        host.finish()
    hidden = replace(dot(30), visible=False)
    engine.canvas_changed(canvas(dot(10), hidden), pen_down=True)
    visible = canvas(dot(10), dot(40), hidden)
    with qtbot.waitSignal(engine.sync):
        engine.canvas_changed(visible, pen_down=True)
    assert host.next_job().revision == visible.revision
    assert len(heard.sync) == 3, "the hidden layer was never a change to catch up with"


def test_an_empty_canvas_without_words_stays_empty_until_something_is_drawn(
    engine: EngineThread, host: PaintHost
) -> None:
    engine.direction_changed(replace(DIRECTION, prompt=" "))
    engine.set_live(True)
    engine.canvas_changed(canvas(), pen_down=False)
    stroke = canvas(dot(10))
    engine.canvas_changed(stroke, pen_down=False)
    assert host.next_job().revision == stroke.revision


def test_an_idle_engine_does_not_even_look_at_the_clock(
    engine: EngineThread, host: PaintHost, clock: CountingClock, qtbot: QtBot
) -> None:
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(10)), pen_down=False)
    for _ in ("preview", "settle"):
        host.next_job()
        with qtbot.waitSignal(engine.frame):
            host.finish()
    calls = clock.calls
    with pytest.raises(Empty):
        host.submitted.get(timeout=0.3)
    assert clock.calls - calls <= 1, "at most the end of the last turn"


def test_after_undo_the_late_frame_of_the_old_canvas_is_not_shown(
    engine: EngineThread, host: PaintHost, qtbot: QtBot
) -> None:
    heard = Heard(engine)
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(10)), pen_down=True)
    stale = host.next_job()
    undone = canvas(dot(50))
    engine.undone(undone)
    assert host.cancelled.get(timeout=WAIT_S) == stale.id
    host.finish()  # faster than the cancel
    assert host.next_job().revision == undone.revision
    with qtbot.waitSignal(engine.frame):
        host.finish()
    assert [result.snapshot.revision for result in heard.results] == [undone.revision]


def test_another_prompt_cancels_and_another_strength_follows(
    engine: EngineThread, host: PaintHost, qtbot: QtBot
) -> None:
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(10)), pen_down=True)
    host.next_job()
    engine.direction_changed(replace(DIRECTION, prompt="a hill"))
    host.confirm_cancel()
    assert host.next_job().conditions.prompt == "a hill"
    engine.direction_changed(replace(DIRECTION, prompt="a hill", strength=0.3))
    with qtbot.waitSignal(engine.frame):
        host.finish()
    assert host.next_job().conditions.strength == 0.3
    assert host.cancelled.empty()


def test_generate_works_with_live_off_and_tells_its_progress(
    engine: EngineThread, host: PaintHost, qtbot: QtBot
) -> None:
    heard = Heard(engine)
    asked = canvas(dot(10))
    engine.canvas_changed(canvas(dot(40)), pen_down=False)
    engine.generate(asked)
    job = host.next_job()
    assert (job.purpose, job.conditions.steps, job.revision) == ("final", 8, asked.revision)
    with qtbot.waitSignal(engine.progress) as progress:
        host.progress(3)
    assert progress.args == [3, 8, "final"]
    engine.undone(canvas(dot(1)))
    with qtbot.waitSignal(engine.frame):
        host.finish()
    assert heard.results[0].snapshot is asked
    assert host.cancelled.empty()


def test_generate_uses_the_direction_of_the_moment_it_was_pressed(engine: EngineThread, host: PaintHost) -> None:
    engine.generate(canvas(dot(10)))
    engine.generate(canvas(dot(11)))
    engine.direction_changed(replace(DIRECTION, prompt="later"))
    for _ in range(2):
        assert host.next_job().conditions.prompt == "a lake"
        host.finish()


def test_cancel_stops_the_final(engine: EngineThread, host: PaintHost, qtbot: QtBot) -> None:
    heard = Heard(engine)
    engine.generate(canvas(dot(10)))
    engine.generate(canvas(dot(11)))
    host.next_job()
    engine.cancel()
    host.confirm_cancel()
    last = canvas(dot(12))
    engine.generate(last)
    host.next_job()
    with qtbot.waitSignal(engine.frame):
        host.finish()
    assert [result.snapshot for result in heard.results] == [last]


def test_what_cannot_be_done_is_said_once_while_drawing_and_live_goes_on(
    engine: EngineThread, host: PaintHost, qtbot: QtBot
) -> None:
    heard = Heard(engine)
    depth = replace(dot(10), name="Far hills", role=Control("depth"))
    engine.set_live(True)
    with qtbot.waitSignal(engine.error):
        engine.canvas_changed(canvas(depth), pen_down=True)
    for x in range(5):
        engine.canvas_changed(canvas(depth, dot(x)), pen_down=True)
    with qtbot.waitSignal(engine.error):
        engine.generate(canvas(depth))
    assert len(heard.errors) == 2, "once while drawing, once for Generate"
    assert "“Far hills”" in heard.errors[0]
    engine.canvas_changed(canvas(dot(10)), pen_down=True)
    assert host.next_job().purpose == "preview"


def test_a_model_that_is_gone_is_named_and_works_when_it_is_back(
    engine: EngineThread, host: PaintHost, qtbot: QtBot
) -> None:
    engine.models_changed(Catalogue((), Path("models")))
    engine.set_live(True)
    with qtbot.waitSignal(engine.error) as error:
        engine.canvas_changed(canvas(dot(10)), pen_down=True)
    assert "small" in error.args[0]
    engine.models_changed(CATALOGUE)
    assert host.next_job().conditions.model == "small"


def test_a_failed_frame_is_told_and_live_goes_on(engine: EngineThread, host: PaintHost, qtbot: QtBot) -> None:
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(10)), pen_down=True)
    host.next_job()
    with qtbot.waitSignal(engine.error) as error:
        host.fail("There is not enough memory; choose a smaller canvas.")
    assert error.args == ["There is not enough memory; choose a smaller canvas."]
    engine.canvas_changed(canvas(dot(11)), pen_down=True)
    assert host.next_job().purpose == "preview"


def test_a_fault_over_one_canvas_does_not_end_the_engine(
    engine: EngineThread, host: PaintHost, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Layer("Broken", surface=None)  # type: ignore[arg-type] # what no program should ever hold
    engine.set_live(True)
    with qtbot.waitSignal(engine.error):
        engine.canvas_changed(canvas(broken), pen_down=True)
    assert "compiling revision" in caplog.text
    engine.canvas_changed(canvas(dot(11)), pen_down=True)
    assert host.next_job().purpose == "preview"


def test_when_the_worker_dies_the_image_is_made_by_the_next_one(
    engine: EngineThread, host: PaintHost, qtbot: QtBot
) -> None:
    heard = Heard(engine)
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(10)), pen_down=True)
    host.next_job()
    with qtbot.waitSignal(engine.state):
        host.die()
    assert heard.states == ["restarting"]
    newest = canvas(dot(30))
    engine.canvas_changed(newest, pen_down=True)
    host.revive()
    assert host.next_job().revision == newest.revision
    with qtbot.waitSignal(engine.frame):
        host.finish()
    assert heard.results[0].snapshot is newest


def test_the_gui_thread_pays_microseconds_even_while_the_engine_is_busy(engine: EngineThread, host: PaintHost) -> None:
    engine.set_live(True)
    snapshots = [canvas(dot(x % 50)) for x in range(1000)]
    costs_s = []
    for snapshot in snapshots:
        start_s = time.perf_counter()
        engine.canvas_changed(snapshot, pen_down=True)
        costs_s.append(time.perf_counter() - start_s)
    assert median(costs_s) < 1e-4


def test_closing_ends_the_thread_and_the_host_whatever_is_going_on(engine: EngineThread, host: PaintHost) -> None:
    engine.set_live(True)
    engine.canvas_changed(canvas(dot(10)), pen_down=True)
    engine.generate(canvas(dot(10)))
    host.next_job()
    engine.close()
    assert engine.isFinished()
    assert host.closed


def test_an_engine_that_never_started_can_be_closed(host: PaintHost, qtbot: QtBot) -> None:
    EngineThread(host, CATALOGUE, DIRECTION).close()
    assert not host.started
