"""A pen replayed through the window's own path: real tablet events at 240 Hz into the canvas view, real display frames.

GUI thread only. `TimedView` is the canvas view with a stopwatch around its display frame.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from math import cos, pi, sin

from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtWidgets import QApplication

from app.canvas_view.view import CanvasView

RATE_HZ = 240


def application() -> QApplication:
    """The application the window would have; off screen when there is no display."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.composition import make_application

    return make_application([])


@dataclass(slots=True)
class Replay:
    """What a replay measured, all in seconds.

    `to_pixels`: from an event's arrival to the end of the display frame that holds it. `blocked`: how long the event's
    own handling took. `late`: how much after its time the event could be delivered. `sent`, `taken`: events sent, and
    events that a display frame has taken up; equal when no point was lost.
    """

    to_pixels: list[float] = field(default_factory=list)
    blocked: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)
    sent: int = 0
    taken: int = 0


class TimedView(CanvasView):
    """Notes when each display frame ends; `replay` may be None."""

    replay: Replay | None = None
    waiting: list[float]

    def flush(self) -> None:
        start = time.perf_counter()
        super().flush()
        if self.replay is None:
            return
        now = time.perf_counter()
        self.replay.frames.append(now - start)
        self.replay.to_pixels += [now - sent for sent in self.waiting]
        self.replay.taken += len(self.waiting)
        self.waiting.clear()


def replay_pen(view: TimedView, seconds: float) -> Replay:
    """One stroke of overlapping loops over the middle of the view, in real time; returns when it has ended."""
    replay = Replay()
    view.replay, view.waiting = replay, []
    pen = QPointingDevice(
        "Bench pen", 7, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 2, "", QPointingDeviceUniqueId(),
    )  # fmt: skip
    count = round(seconds * RATE_HZ)
    loop = QEventLoop()
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=1)
    start = time.perf_counter()

    def send_due() -> None:
        while replay.sent <= count:
            due = start + replay.sent / RATE_HZ
            now = time.perf_counter()
            if now < due:
                return
            replay.late.append(now - due)
            view.waiting.append(now)
            QApplication.sendEvent(view, _event(view, pen, replay.sent, count))
            replay.blocked.append(time.perf_counter() - now)
            replay.sent += 1
        timer.stop()
        loop.quit()

    timer.timeout.connect(send_due)
    timer.start()
    loop.exec()
    view.flush()
    view.replay = None
    return replay


def _event(view: CanvasView, pen: QPointingDevice, index: int, count: int) -> QTabletEvent:
    kind = QTabletEvent.Type.TabletMove
    if index == 0:
        kind = QTabletEvent.Type.TabletPress
    elif index == count:
        kind = QTabletEvent.Type.TabletRelease
    angle = 2 * pi * index / RATE_HZ
    radius = min(view.width(), view.height()) * (0.16 + 0.12 * sin(angle * 0.23))
    at = QPointF(view.width() / 2 + radius * 1.4 * cos(angle), view.height() / 2 + radius * sin(angle * 1.07))
    up = kind == QTabletEvent.Type.TabletRelease
    event = QTabletEvent(
        kind, pen, at, view.mapToGlobal(at), 0.0 if up else 0.5 + 0.4 * sin(angle * 0.7), 0.0, 0.0, 0.0, 0.0, 0.0,
        Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton,
        Qt.MouseButton.NoButton if up else Qt.MouseButton.LeftButton,
    )  # fmt: skip
    event.setTimestamp(round(index * 1000 / RATE_HZ))
    return event
