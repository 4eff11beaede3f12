"""Live painting: a pen at 240 Hz for 10 s through the window's own path and the worker process.

Reports the time of a frame and of the bare networks in it, the age of the image that is shown, frames out of order,
and how long a pen event was blocked. The reference for the last is the same replay with live off.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from app.cli.bench.figures import summary
from app.cli.bench.pen import TimedView, application, replay_pen
from app.composition import open_studio
from canvas import edits, kernels
from inference.result import Result

SIDE_PX = 768
STROKE_S = 10.0


def measure() -> dict[str, Any]:
    program = application()
    kernels.warm()
    studio = open_studio(edits.new_document(SIDE_PX, SIDE_PX), program, view_class=TimedView)
    view, session = studio.view, studio.session
    assert isinstance(view, TimedView)
    try:
        studio.wait_until_ready()
        session.set_direction(replace(session.direction, prompt="hills, sun, flat"))
        view.resize(1200, 900)
        view.show()
        view.fit()
        program.processEvents()
        session.set_live(False)
        still = replay_pen(view, 3.0)
        session.undo()
        session.set_live(True)
        replay_pen(view, 2.0)
        session.undo()
        ages = _Ages(session.document.revision)
        session.document_changed.connect(lambda _old, _new: ages.drawn(session.document.revision))
        session.result_changed.connect(lambda: ages.shown(session.result))
        drawn = replay_pen(view, STROKE_S)
        return {
            "document": f"{SIDE_PX} x {SIDE_PX}, sketch layer, embedded model, {session.direction.preview_steps} steps",
            "frame": summary(ages.frame_s),
            "network": summary(ages.network_s),
            "network_share": round(sum(ages.network_s) / sum(ages.frame_s), 2),
            "age_of_shown_image": summary(ages.age_s),
            "age_limit_ms": round(2e3 * max(ages.frame_s) + 50, 1),
            "images": len(ages.frame_s),
            "out_of_order": ages.out_of_order,
            "pen_event_blocked": summary(drawn.blocked),
            "reference_blocked_with_live_off": summary(still.blocked),
            "event_to_pixels": summary(drawn.to_pixels),
        }
    finally:
        studio.close()


class _Ages:
    """How old the shown image is, noted when it appears and again when it is replaced, which is its oldest moment."""

    def __init__(self, revision: int) -> None:
        self._drawn_s: dict[int, float] = {revision: time.perf_counter()}
        self._first = revision
        self._shown: int | None = None
        self.age_s: list[float] = []
        self.frame_s: list[float] = []
        self.network_s: list[float] = []
        self.out_of_order = 0

    def drawn(self, revision: int) -> None:
        self._drawn_s[revision] = time.perf_counter()

    def shown(self, result: Result | None) -> None:
        if result is None or result.snapshot.revision <= self._first:
            return
        now = time.perf_counter()
        revision = result.snapshot.revision
        if self._shown is not None:
            self.age_s.append(now - self._drawn_s[self._shown])
            self.out_of_order += revision < self._shown
        self.age_s.append(now - self._drawn_s[revision])
        self._shown = revision
        self.frame_s.append(result.timings_s["total"])
        self.network_s.append(result.timings_s["network"])
