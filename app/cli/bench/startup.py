"""From starting the command to a window on screen, and to an engine that answers; beside a bare Qt window."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

RUNS = 5
_BARE_WINDOW = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.resize(1600, 1000)
window.show()
QTimer.singleShot(0, lambda: (print("shown", flush=True), app.quit()))
app.exec()
"""


def measure() -> dict[str, Any]:
    ours = [_time_lines([sys.executable, "-m", "app", "--report-start"], ("shown", "ready")) for _ in range(RUNS)]
    bare = [_time_lines([sys.executable, "-c", _BARE_WINDOW], ("shown",)) for _ in range(RUNS)]
    window_s = sorted(run["shown"] for run in ours)
    reference_s = sorted(run["shown"] for run in bare)
    return {
        "window_shown_s": {"best": round(window_s[0], 2), "median": round(window_s[RUNS // 2], 2)},
        "engine_ready_s": {"median": round(sorted(run["ready"] for run in ours)[RUNS // 2], 2)},
        "reference_bare_qt_window_s": {"best": round(reference_s[0], 2), "median": round(reference_s[RUNS // 2], 2)},
        "ratio": round(window_s[RUNS // 2] / reference_s[RUNS // 2], 2),
    }


def _time_lines(command: list[str], expected: tuple[str, ...]) -> dict[str, float]:
    """Seconds from starting `command` until it printed each expected line; it is ended after the last one."""
    environment = dict(os.environ)
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY") and sys.platform.startswith("linux"):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    start = time.perf_counter()
    times: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        for line in child.stdout:
            times[line.strip()] = time.perf_counter() - start
            if all(word in times for word in expected):
                break
        child.terminate()
    missing = [word for word in expected if word not in times]
    if missing:
        raise RuntimeError(f"the program ended before it said “{missing[0]}”")
    return times
