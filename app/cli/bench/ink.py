"""Ink on 20 full layers of 4096 x 4096 in groups, 4K window, live engine: from an event to composited pixels.

The pen paints on a layer in a group that multiplies. The reference is what a program without caches would do for each
display frame: Pillow's `alpha_composite` of all layers over the area that a 50 px brush touches in a frame.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.cli.bench.composite import AREA, LAYERS, SIDE_PX, pillow_reference, seconds
from app.cli.bench.figures import grouped_document, layered_document, summary
from app.cli.bench.pen import TimedView, application, replay_pen
from app.composition import open_studio
from canvas import kernels
from canvas.layers import Layer

SIZES_PX = (50, 500)
WINDOW_PX = (3840, 2160)
STROKE_S = 5.0


def measure() -> dict[str, Any]:
    program = application()
    kernels.warm()
    flat = layered_document(SIDE_PX, LAYERS)
    state = grouped_document(SIDE_PX, LAYERS)
    studio = open_studio(state, program, view_class=TimedView)
    view = studio.view
    assert isinstance(view, TimedView)
    try:
        studio.wait_until_ready()
        layers = [node for node in state.walk() if isinstance(node, Layer)]
        studio.session.activate(layers[LAYERS // 2].id)
        view.resize(*WINDOW_PX)
        view.show()
        view.actual_size()
        program.processEvents()
        while not view.exact:
            view.flush()
        figures: dict[str, Any] = {"document": f"{LAYERS} full layers of {SIDE_PX} x {SIDE_PX} in groups, live on"}
        for size_px in SIZES_PX:
            studio.session.set_brush(replace(studio.session.settings.brush, size_px=float(size_px)))
            replay_pen(view, 0.5)
            done = replay_pen(view, STROKE_S)
            figures[f"brush_{size_px}_px"] = {
                "event_to_pixels": summary(done.to_pixels),
                "work_per_display_frame": summary(done.frames),
                "events_sent": done.sent,
                "events_in_the_picture": done.taken,
            }
        reference = pillow_reference(flat, AREA)
        figures["reference_pillow_per_frame"] = summary([seconds(reference) for _ in range(10)])
        return figures
    finally:
        studio.close()
