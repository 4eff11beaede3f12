"""Smudging on 20 full layers of 4096 x 4096 with a brush of 100 px: from a pen event to composited pixels.

The reference is the same stroke with a brush of the same size that paints.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from app.cli.bench.composite import LAYERS, SIDE_PX
from app.cli.bench.figures import layered_document, summary
from app.cli.bench.pen import TimedView, application, replay_pen
from app.composition import open_studio
from canvas import kernels
from canvas.layers import Layer

SIZE_PX = 100
STROKE_S = 4.0
SETTLE_S = 4.0


def measure() -> dict[str, Any]:
    program = application()
    kernels.warm()
    state = layered_document(SIDE_PX, LAYERS)
    studio = open_studio(state, program, view_class=TimedView)
    view = studio.view
    assert isinstance(view, TimedView)
    try:
        middle = state.layers[LAYERS // 2]
        assert isinstance(middle, Layer)
        studio.session.set_live(False)
        studio.session.activate(middle.id)
        view.resize(1600, 1000)
        view.show()
        view.actual_size()
        # What the view prepares in the background after opening a document is not what is measured.
        opened = time.perf_counter()
        while time.perf_counter() - opened < SETTLE_S:
            program.processEvents()
        figures: dict[str, Any] = {"document": f"{LAYERS} full layers of {SIDE_PX} x {SIDE_PX}, {SIZE_PX} px brushes"}
        for name, tool in (("reference_paint", "brush"), ("smudge", "smudge")):
            studio.toolbox.select(tool)
            studio.session.set_brush(replace(studio.session.settings.brush, size_px=float(SIZE_PX)))
            replay_pen(view, 0.5)
            done = replay_pen(view, STROKE_S)
            figures[name] = {
                "event_to_pixels": summary(done.to_pixels),
                "work_per_display_frame": summary(done.frames),
                "events_sent": done.sent,
                "events_in_the_picture": done.taken,
            }
        return figures
    finally:
        studio.close()
