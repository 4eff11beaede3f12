"""A picture that is still on the clipboard when the program ends must not take its end down."""

from __future__ import annotations

import subprocess
import sys

COPY_AND_GO = """
import numpy as np
from PySide6.QtWidgets import QApplication
from app.clipboard import QtClipboard
from canvas.tiles import ONE, Surface
application = QApplication([])
clipboard = QtClipboard()
clipboard.put(Surface.from_pixels(np.full((4, 4, 4), ONE, np.uint16), 7, 9))
clip = clipboard.take()
assert clip is not None and clip.placed and clip.surface.content_bounds().x0 == 7
"""


def test_a_copy_survives_to_be_pasted_and_the_program_ends_in_peace() -> None:
    done = subprocess.run([sys.executable, "-c", COPY_AND_GO], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
