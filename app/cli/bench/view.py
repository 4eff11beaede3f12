"""Looking at 20 full layers in groups of 4096 x 4096 in a window of 3840 x 2160: moving the view, toggling layers.

A frame is what the window does: bring the visible tiles up to date, and paint them. References in the same run: Qt
painting a ready picture of the whole document with the same transform, and Pillow compositing the visible part.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QApplication

from app.canvas_view.fresh_ink import lay_over
from app.canvas_view.gl_surface import renderer
from app.canvas_view.view import WHEEL_STEP, CanvasKind, CanvasView
from app.canvas_view.viewport import MAX_ZOOM, MIN_ZOOM, Viewport
from app.cli.bench.figures import grouped_document, layered_document, summary
from app.cli.bench.pen import application
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits, kernels
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Layer, LayerId, Node
from canvas.state import DocumentState
from canvas.tiles import to_rgba8

SIDE_PX, LAYERS = 4096, 20
LARGE_SIDE_PX, LARGE_LAYERS = 8192, 4
WINDOW_PX = (3840, 2160)
#: Of the reference with Pillow only this many pixels of the visible part are composited; the time is scaled up.
REFERENCE_SIDE_PX = 512


def measure() -> dict[str, Any]:
    program = application()
    kernels.warm()
    lay_over.load()
    figures: dict[str, Any] = {"window": "{} x {}".format(*WINDOW_PX)}
    state = grouped_document(SIDE_PX, LAYERS)
    figures[f"{LAYERS} layers of {SIDE_PX}"] = _measure(program, state, "software")
    name = "" if program.platformName() in ("offscreen", "minimal") else renderer()
    if name:
        figures[f"{LAYERS} layers of {SIDE_PX}, OpenGL by {name}"] = _measure(program, state, "opengl")
    state = layered_document(LARGE_SIDE_PX, LARGE_LAYERS)
    figures[f"{LARGE_LAYERS} layers of {LARGE_SIDE_PX}"] = _measure(program, state, "software")
    return figures


def _measure(program: QApplication, state: DocumentState, canvas: CanvasKind) -> dict[str, Any]:
    before_mib = resident_mib()
    reference = state.width == SIDE_PX and canvas == "software"
    session = Session(state)
    view = CanvasView(session, Toolbox(session), Theme(program, "dark"))
    bench = _Bench(program, session, view)
    try:
        view.resize(*WINDOW_PX)
        view.show()
        view.paint_with(canvas)
        figures: dict[str, Any] = {"open": bench.until_shown(view.fit)}
        figures["pan_at_100_percent"] = bench.moves(_pans(view))
        figures["zoom_6_to_3200_percent"] = bench.moves(_zooms(view))
        figures["rotate_fitted"] = bench.moves(_turns(view, zoom=None))
        figures["rotate_at_100_percent"] = bench.moves(_turns(view, zoom=1.0))
        if reference:
            figures["reference_qt_rotating_a_ready_picture"] = summary(list(_ready_picture(view)))
        layer = [node for node in state.walk() if isinstance(node, Layer)][len(list(state.walk())) // 2]
        for name, look in (("fitted", view.fit), ("at_100_percent", view.actual_size)):
            bench.until_shown(look)
            figures[f"toggle_{name}"] = [bench.until_shown(lambda: _toggle(session, layer.id)) for _ in range(2)]
            figures[f"opacity_drag_{name}"] = bench.drag_opacity(layer.id)
            if reference:
                figures[f"reference_pillow_{name}_ms"] = _pillow_ms(session.document.state, view.viewport.visible())
        figures["sheets_and_caches_mib"] = round(view.cached_bytes() / 2**20)
        figures["document_mib"] = round(sum(_bytes(node) for node in state.walk()) / 2**20)
        figures["process_grew_by_mib"] = resident_mib() - before_mib
        return figures
    finally:
        view.dispose()
        view.close()
        view.deleteLater()
        session.close()


class _Bench:
    def __init__(self, program: QApplication, session: Session, view: CanvasView) -> None:
        self._program, self._session, self._view = program, session, view

    def frame(self) -> float:
        """One display frame, in seconds."""
        start = time.perf_counter()
        self._view.flush()
        self._program.processEvents()
        return time.perf_counter() - start

    def until_shown(self, act: Callable[[], object]) -> dict[str, float]:
        """How long after `act` every visible tile shows what it changed, and shows it exactly; the longest frame."""
        start = time.perf_counter()
        act()
        shown_s = 0.0
        frames = []
        while not shown_s or not self._view.exact:
            frames.append(self.frame())
            if not shown_s and self._view.up_to_date:
                shown_s = time.perf_counter() - start
        done_s = time.perf_counter() - start
        return {
            "visible_ms": round(1e3 * shown_s, 1),
            "exact_ms": round(1e3 * done_s, 1),
            "longest_frame_ms": round(1e3 * max(frames), 1),
        }

    def moves(self, steps: Iterable[object]) -> dict[str, float]:
        """Frames while the view moves, one after each step."""
        return summary([self.frame() for _ in steps])

    def drag_opacity(self, layer_id: LayerId) -> dict[str, float]:
        """Time from each new opacity of a layer to its being visible everywhere."""
        shown = []
        for percent in range(95, 35, -5):

            def turn_down(value: float = percent / 100) -> None:
                change = lambda node: replace(node, opacity=value)  # noqa: E731
                self._session.document.edit("Opacity", lambda s: s.replaced(layer_id, change), merge="opacity")

            start = time.perf_counter()
            turn_down()
            self.frame()
            while not self._view.up_to_date:
                self.frame()
            shown.append(time.perf_counter() - start)
        self.until_shown(self._session.undo)
        return summary(shown)


def _pans(view: CanvasView) -> Iterator[None]:
    view.actual_size()
    for index in range(60):
        forth = 1 if index % 30 < 15 else -1
        view.pan(-23.0 * forth, -17.0 * forth)
        yield


def _zooms(view: CanvasView) -> Iterator[None]:
    x, y = WINDOW_PX[0] * 0.4, WINDOW_PX[1] * 0.6
    view.fit()
    view.zoom_about(MIN_ZOOM / view.viewport.zoom, x, y)
    while view.viewport.zoom < MAX_ZOOM:
        view.zoom_about(WHEEL_STEP, x, y)
        yield
    while view.viewport.zoom > MIN_ZOOM:
        view.zoom_about(1 / WHEEL_STEP, x, y)
        yield


def _turns(view: CanvasView, zoom: float | None) -> Iterator[None]:
    view.fit()
    if zoom is not None:
        view.actual_size()
    for _ in range(36):
        view.turn(5.0)
        yield
    view.fit()


def _ready_picture(view: CanvasView) -> Iterator[float]:
    """Seconds that Qt takes to paint a picture of the whole document, ready in memory, turned and scaled."""
    pixels = np.full((SIDE_PX, SIDE_PX, 4), 255, np.uint8)
    picture = QImage(pixels.data, SIDE_PX, SIDE_PX, 4 * SIDE_PX, QImage.Format.Format_ARGB32_Premultiplied)
    target = QImage(*WINDOW_PX, QImage.Format.Format_RGB32)
    looks = [Viewport(*WINDOW_PX).fitted(Rect(0, 0, SIDE_PX, SIDE_PX)).at_actual_size()]
    looks.append(looks[0].rotated(20.0, WINDOW_PX[0] / 2, WINDOW_PX[1] / 2))
    for look in looks[1:] * 10:
        start = time.perf_counter()
        with QPainter(target) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setTransform(QTransform(*look.matrix()))
            painter.drawImage(QPointF(0, 0), picture)
        yield time.perf_counter() - start


def _pillow_ms(state: DocumentState, visible: Rect) -> float:
    """What Pillow takes to composite as many Normal layers over the visible part of the document."""
    part = Rect(0, 0, REFERENCE_SIDE_PX, REFERENCE_SIDE_PX)
    below = Image.fromarray(to_rgba8(composite(state, part)))
    above = below.copy()
    above.putalpha(90)
    count = sum(isinstance(node, Layer) for node in state.walk())
    start = time.perf_counter()
    for _ in range(count):
        below = Image.alpha_composite(below, above)
    seconds = time.perf_counter() - start
    return round(1e3 * seconds * (visible & state.rect).area / part.area, 1)


def _toggle(session: Session, layer_id: LayerId) -> None:
    visible = session.document.state.find(layer_id).visible
    session.document.edit("Visibility", lambda s: edits.set_visible(s, layer_id, not visible))


def _bytes(node: Node) -> int:
    return node.surface.byte_size() if isinstance(node, Layer) else 0


def resident_mib() -> int:
    """The highest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 2**20 if sys.platform == "darwin" else peak / 2**10)
