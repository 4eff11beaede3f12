"""When images are made, told with a fake clock and simulated renderers from 5 ms to 2 s a frame."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studio import PEN_S, Studio

from inference.messages import Purpose
from inference.scheduler import (
    Cancel,
    CanvasChanged,
    Closed,
    Compile,
    Compiled,
    DirectionChanged,
    Drop,
    Ended,
    Event,
    FinalWanted,
    HostFailed,
    HostReady,
    LiveSet,
    PenMoved,
    Scheduler,
    Submit,
    Tick,
    Undone,
    UserCancelled,
    WakeAt,
)


def purposes(studio: Studio) -> list[Purpose]:
    return [image.purpose for image in studio.shown]


# --- live


def test_one_change_gives_a_preview_at_once_and_a_settle_pass_after_rest() -> None:
    studio = Studio(frame_s=0.2)
    changed_s = studio.now
    studio.change()
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "settle"]
    assert studio.shown[0].at_s == pytest.approx(changed_s + 0.2)
    assert studio.shown[1].at_s == pytest.approx(changed_s + 0.4 + 0.4)
    assert studio.scheduler.behind_since_s is None


@pytest.mark.parametrize("frame_s", [0.005, 0.03, 0.27, 0.5, 1.0, 2.0])
def test_while_drawing_the_image_is_never_older_than_twice_the_frame_time(frame_s: float) -> None:
    studio = Studio(frame_s)
    studio.stroke(max(2.0, 6 * frame_s))
    assert max(now - since for now, since in studio.lags) <= 2 * frame_s + PEN_S
    gaps = [b.at_s - a.at_s for a, b in zip(studio.shown, studio.shown[1:], strict=False) if b.purpose == "preview"]
    assert max(gaps) <= frame_s + 2 * PEN_S, "previews follow each other without a pause"


@pytest.mark.parametrize("frame_s", [0.005, 0.27, 2.0])
def test_when_drawing_begins_during_a_settle_pass_the_promise_still_holds(frame_s: float) -> None:
    for moment in (0.01, 0.3, 0.6, 0.99):
        studio = Studio(frame_s)
        studio.change()
        studio.run(max(0.4, frame_s) + moment * 2 * frame_s)
        studio.stroke(5 * frame_s)
        assert max(now - since for now, since in studio.lags) <= 2 * frame_s + PEN_S


def test_drawing_on_does_not_cancel_a_preview_nor_queue_a_second_one() -> None:
    studio = Studio(frame_s=0.5)
    studio.stroke(0.6)
    studio.run_until_idle()
    assert studio.cancelled == []
    first, second = studio.submitted[:2]
    assert first == ("preview", 1)
    assert second[1] > 100, "the second took the newest canvas when its turn came"
    assert studio.submitted[-1] == ("settle", studio.canvas)


def test_the_settle_pass_waits_until_the_pen_has_rested_and_never_runs_while_it_is_down() -> None:
    studio = Studio(frame_s=0.05)
    studio.change(pen_down=True)
    studio.run(30.0)
    assert purposes(studio) == ["preview"], "the pen rests on the tablet, but it is down"
    studio.lift()
    studio.run(0.3)
    assert purposes(studio) == ["preview"]
    studio.send(PenMoved(True))
    studio.run(0.3)
    studio.lift()
    studio.run(0.39)
    assert purposes(studio) == ["preview"], "touching the tablet starts the rest anew"
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "settle"]


def test_a_settle_pass_gives_way_to_the_pen_and_comes_again() -> None:
    studio = Studio(frame_s=1.0)
    studio.change()
    studio.run(1.2)
    assert studio.submitted[-1][0] == "settle"
    studio.send(PenMoved(True))
    assert len(studio.cancelled) == 1
    studio.lift()
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "settle"]


def test_a_settle_pass_that_is_nearly_done_is_let_finish() -> None:
    studio = Studio(frame_s=1.0)
    studio.change()
    studio.run_until_idle()  # how long a settle pass takes is known now
    studio.change()
    studio.run(1.0 + 1.5)
    studio.change(pen_down=True)
    assert studio.cancelled == []
    studio.run(0.6)
    assert purposes(studio)[-1] == "settle"


def test_lifting_the_pen_early_in_a_long_frame_starts_a_fresh_one_that_is_still_in_time() -> None:
    studio = Studio(frame_s=2.0)
    studio.change(pen_down=True)
    changed_s = studio.now
    studio.run(0.1)
    studio.change(pen_down=True)
    studio.lift()
    assert len(studio.cancelled) == 1
    studio.run(4.0)
    assert studio.shown[0].canvas == studio.canvas
    assert studio.shown[0].at_s - changed_s <= 2 * 2.0


def test_taps_of_the_pen_do_not_starve_a_slow_preview() -> None:
    studio = Studio(frame_s=2.0)
    for _ in range(60):
        studio.change(pen_down=True)
        studio.run(0.1)
        studio.change(pen_down=True)
        studio.lift()
        studio.run(0.1)
    times = [
        studio.shown[0].at_s - 100.0,
        *(b.at_s - a.at_s for a, b in zip(studio.shown, studio.shown[1:], strict=False)),
    ]
    assert len(studio.shown) >= 4
    assert max(times[1:]) <= 2 * 2.0


def test_a_change_that_alters_no_condition_computes_nothing() -> None:
    studio = Studio(frame_s=0.2)
    studio.change()
    studio.run_until_idle()
    made = len(studio.submitted)
    studio.send(CanvasChanged(pen_down=False))  # paint on a hidden layer: another canvas, the same inputs
    assert studio.scheduler.behind_since_s is None
    studio.run_until_idle()
    assert len(studio.submitted) == made


def test_an_idle_scheduler_asks_for_nothing() -> None:
    studio = Studio(frame_s=0.2)
    studio.change()
    studio.run_until_idle()
    assert studio.send(Tick()) == []


def test_more_steps_for_the_same_inputs_run_as_settle_pass_only() -> None:
    scheduler = Scheduler()
    scheduler.handle(HostReady(), 0.0)
    [compile_] = scheduler.handle(LiveSet(True), 0.0)
    assert isinstance(compile_, Compile)
    scheduler.handle(Compiled(compile_.job_id, "same", 4), 0.0)
    scheduler.handle(Ended(compile_.job_id, "frame"), 0.1)
    again = scheduler.handle(DirectionChanged("follow"), 5.0)[0]
    assert isinstance(again, Compile)
    assert again.purpose == "preview"
    dropped = scheduler.handle(Compiled(again.job_id, "same", 6), 5.0)
    assert dropped == [Drop(again.job_id), WakeAt(5.4)]
    settle = scheduler.handle(Tick(), 5.4)[0]
    assert isinstance(settle, Compile)
    assert settle.purpose == "settle"
    assert scheduler.handle(Compiled(settle.job_id, "same", 20), 5.4) == [Submit(settle.job_id)]


# --- what cancels


@pytest.mark.parametrize("event", [Undone(), DirectionChanged("discard")])
def test_undo_and_another_prompt_cancel_the_preview_and_its_late_frame_is_not_shown(event: Event) -> None:
    studio = Studio(frame_s=0.4)
    studio.change()
    stale = studio.canvas
    studio.run(0.39)  # in its last step: the frame will be faster than the cancel
    studio.canvas += 1
    studio.send(event)
    assert len(studio.cancelled) == 1
    studio.run_until_idle()
    assert stale not in [image.canvas for image in studio.shown]
    assert studio.shown[-1].canvas == studio.canvas


def test_dragging_a_slider_does_not_starve_the_preview() -> None:
    studio = Studio(frame_s=0.3)
    for _ in range(120):
        studio.canvas += 1
        studio.send(DirectionChanged("follow"))
        studio.run(1 / 60)
    assert len(studio.shown) >= 5
    assert studio.cancelled == []


def test_undo_back_to_what_is_shown_computes_nothing() -> None:
    studio = Studio(frame_s=0.4)
    studio.change()
    studio.run_until_idle()
    made = len(studio.shown)
    studio.change()
    studio.run(0.1)
    studio.canvas -= 1
    studio.send(Undone())
    studio.run_until_idle()
    assert len(studio.shown) == made
    assert studio.scheduler.behind_since_s is None


# --- live off, finals, cancel


def test_with_live_off_nothing_runs_by_itself() -> None:
    studio = Studio(frame_s=0.4)
    studio.change()
    studio.run(0.1)
    studio.send(LiveSet(False))
    studio.stroke(1.0)
    studio.run_until_idle()
    assert studio.shown == []
    studio.send(LiveSet(True))
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "settle"]


def test_generate_goes_first_and_is_shown_though_the_artist_draws_and_undoes_meanwhile() -> None:
    studio = Studio(frame_s=0.4)
    studio.change()
    studio.run(0.1)
    asked_for = studio.canvas
    studio.send(FinalWanted(asked_for))
    studio.stroke(0.3)
    studio.send(Undone())
    studio.send(DirectionChanged("discard"))
    studio.run_until_idle()
    assert studio.shown[0].purpose == "final"
    assert studio.shown[0].canvas == asked_for
    assert purposes(studio)[1:] == ["preview", "settle"]


def test_every_generate_is_answered_in_order() -> None:
    studio = Studio(frame_s=0.2)
    studio.send(LiveSet(False))
    for canvas in (7, 8, 9):
        studio.send(FinalWanted(canvas))
    studio.run_until_idle()
    assert [(image.purpose, image.canvas) for image in studio.shown] == [("final", c) for c in (7, 8, 9)]


def test_generate_runs_even_when_the_same_image_is_shown_and_then_needs_no_settle_pass() -> None:
    studio = Studio(frame_s=0.2)
    studio.change()
    studio.run(0.25)
    studio.send(FinalWanted(studio.canvas))
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "final"], "the final has the settle pass's inputs and steps"
    studio.send(FinalWanted(studio.canvas))
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "final", "final"]


def test_a_final_of_an_older_canvas_leaves_the_image_behind() -> None:
    studio = Studio(frame_s=0.2)
    studio.send(LiveSet(False))
    studio.send(FinalWanted(studio.canvas))
    studio.send(FinalWanted(studio.canvas))
    studio.run(0.1)
    studio.change()
    studio.run_until_idle()
    assert studio.scheduler.behind_since_s is not None
    studio.send(FinalWanted(studio.canvas))
    studio.run_until_idle()
    assert studio.scheduler.behind_since_s is None


def test_cancel_stops_all_until_something_changes() -> None:
    studio = Studio(frame_s=0.4)
    studio.change()
    studio.send(FinalWanted(studio.canvas))
    studio.send(FinalWanted(studio.canvas))
    studio.run(0.2)
    studio.send(UserCancelled())
    studio.run_until_idle()
    assert studio.shown == []
    studio.change()
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "settle"]


# --- failures


def test_what_cannot_be_compiled_or_made_is_not_tried_again_until_something_changes() -> None:
    for outcome in ("refused", "failed"):
        scheduler = Scheduler()
        scheduler.handle(HostReady(), 0.0)
        [compile_] = scheduler.handle(LiveSet(True), 0.0)
        assert isinstance(compile_, Compile)
        if outcome == "failed":
            scheduler.handle(Compiled(compile_.job_id, "a", 4), 0.0)
            actions = scheduler.handle(Ended(compile_.job_id, "failed"), 0.1)
        else:
            actions = scheduler.handle(Ended(compile_.job_id, "refused"), 0.1)
        assert actions == [Drop(compile_.job_id)]
        assert scheduler.handle(Tick(), 9.0) == []
        assert isinstance(scheduler.handle(CanvasChanged(True), 10.0)[0], Compile)


def test_a_lost_worker_costs_no_image() -> None:
    studio = Studio(frame_s=0.4)
    studio.send(FinalWanted(42))
    studio.run(0.1)
    studio.kill_worker()
    studio.change()
    studio.run(5.0)
    assert studio.shown == []
    studio.send(HostReady())
    studio.run_until_idle()
    assert [(image.purpose, image.canvas) for image in studio.shown] == [
        ("final", 42),
        ("preview", studio.canvas),
        ("settle", studio.canvas),
    ]


def test_a_preview_lost_with_its_worker_is_made_again_on_the_newest_canvas() -> None:
    studio = Studio(frame_s=0.4)
    studio.change(pen_down=True)
    studio.run(0.1)
    studio.kill_worker()
    studio.canvas += 1
    studio.send(HostReady())
    studio.run(1.0)
    assert [image.canvas for image in studio.shown] == [studio.canvas]


def test_an_image_that_kills_the_worker_twice_is_given_up_with_a_sentence() -> None:
    studio = Studio(frame_s=0.4)
    studio.change()
    for _ in range(2):
        studio.run(0.1)
        studio.kill_worker()
        studio.send(HostReady())
    studio.run_until_idle()
    assert studio.shown == []
    assert len(studio.reports) == 1
    studio.change()
    studio.run_until_idle()
    assert purposes(studio) == ["preview", "settle"]


def test_a_failed_engine_answers_generate_with_its_reason() -> None:
    studio = Studio(frame_s=0.4)
    studio.send(FinalWanted(1))
    studio.send(HostFailed("There is no memory left."))
    studio.send(FinalWanted(2))
    studio.change()
    assert studio.reports == ["There is no memory left."] * 2
    studio.run_until_idle()
    assert studio.shown == []


def test_before_the_host_is_ready_nothing_starts_and_then_the_newest_canvas_goes() -> None:
    scheduler = Scheduler()
    assert scheduler.handle(LiveSet(True), 0.0) == []
    for i in range(5):
        assert scheduler.handle(CanvasChanged(True), float(i)) == []
    assert scheduler.handle(HostReady(), 20.0) == [Compile(1, "preview")]


def test_after_closing_there_are_no_actions() -> None:
    studio = Studio(frame_s=0.4)
    studio.change()
    assert [type(action) for action in studio.send(Closed())] == [Cancel]
    studio.run_until_idle()
    assert studio.send(CanvasChanged(True)) == []
    assert studio.send(FinalWanted(1)) == []
    assert studio.shown == []


# --- whatever happens

moves = st.lists(
    st.tuples(
        st.sampled_from(["draw", "lift", "undo", "prompt", "slider", "final", "kill", "ready", "off", "on", "cancel"]),
        st.floats(0.0, 1.5),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(moves, st.sampled_from([0.005, 0.1, 0.5, 2.0]))
def test_whatever_happens_images_come_in_order_and_the_last_canvas_is_shown_in_the_end(
    story: list[tuple[str, float]], frame_s: float
) -> None:
    studio = Studio(frame_s)
    finals = 0
    for what, pause_s in story:
        match what:
            case "draw":
                studio.change(pen_down=True)
            case "lift":
                studio.lift()
            case "undo":
                studio.canvas += 1
                studio.send(Undone())
            case "prompt" | "slider":
                studio.canvas += 1
                studio.send(DirectionChanged("discard" if what == "prompt" else "follow"))
            case "final":
                finals += 1
                studio.send(FinalWanted(studio.canvas))
            case "kill":
                studio.kill_worker()
            case "ready":
                studio.send(HostReady())
            case "off" | "on":
                studio.send(LiveSet(what == "on"))
            case "cancel":
                finals = 0
                studio.shown = [image for image in studio.shown if image.purpose != "final"]
                studio.send(UserCancelled())
        studio.run(pause_s)
    studio.lift()
    studio.send(HostReady())
    studio.send(LiveSet(True))
    studio.change()
    studio.run_until_idle()

    canvases = [image.canvas for image in studio.shown]
    assert canvases == sorted(canvases), "a result is never shown after a newer one"
    assert studio.shown[-1].canvas == studio.canvas
    assert studio.shown[-1].purpose in ("settle", "final")
    assert studio.scheduler.behind_since_s is None
    given_up = len(studio.reports)
    assert purposes(studio).count("final") + given_up >= finals, "every Generate is answered"
