"""The engine's process is killed in the middle of a stroke: the painting does not notice, and the engine comes back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.composition import Studio, open_studio
from canvas import edits
from canvas.brush import StrokePoint
from canvas.compositor import composite
from canvas.paint_target import Target
from canvas.stroke import Stroke
from inference.messages import EngineState

#: Starting a worker imports torch, which takes a while on a slow machine.
PATIENCE_MS = 180_000


@pytest.fixture
def studio(qapp: QApplication) -> Iterator[Studio]:
    made = open_studio(edits.new_document(256, 256), qapp)
    yield made
    made.close()
    made.view.deleteLater()


def test_a_killed_worker_costs_no_stroke_says_so_and_comes_back(studio: Studio, qtbot: QtBot) -> None:
    session = studio.session
    heard: list[EngineState] = []
    session.engine_changed.connect(heard.append)
    qtbot.waitUntil(lambda: session.engine_state.name == "ready", timeout=PATIENCE_MS)
    assert session.active is not None
    session.document.begin("Brush stroke")
    stroke = Stroke(session.document.state, Target(session.active), session.settings.brush, (0.0, 0.0, 0.0))
    stroke.add([StrokePoint(40.0, 128.0, 1.0, 0.0, 0.0, 0.0), StrokePoint(128.0, 100.0, 1.0, 0.0, 0.0, 0.1)])
    session.document.update(stroke.freeze())

    pid = studio.host.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: any(state.name == "restarting" for state in heard), timeout=PATIENCE_MS)
    assert any("your painting is untouched" in state.sentence for state in heard)

    stroke.add([StrokePoint(220.0, 128.0, 1.0, 0.0, 0.0, 0.2)])
    session.document.update(stroke.finish())
    session.document.commit()
    session.gesture_ended()
    state = session.document.state
    ink = composite(state, state.rect, "instructions")[..., 3]
    assert np.flatnonzero(ink.any(axis=0))[[0, -1]].tolist() == pytest.approx([40, 219], abs=8)
    assert session.document.undo_labels == ("Brush stroke",)

    revision = session.document.revision
    qtbot.waitUntil(
        lambda: session.result is not None and session.result.snapshot.revision == revision, timeout=PATIENCE_MS
    )
    assert studio.host.pid not in (None, pid)
