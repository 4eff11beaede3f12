"""Filling on 4096 x 4096: a blank canvas, line art, line art whose gaps are closed; gradients; changes of a selection.

From the press of the pen to the new state of the document, as the fill tool does it. The references flood the same
picture: OpenCV's `floodFill`, and Pillow's, which is plain Python and gets a sixteenth of the area.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from app.cli.bench.composite import seconds
from app.cli.bench.figures import summary
from canvas import edits, gradient, kernels, selection
from canvas.contour import contour
from canvas.flood import Likeness, Likenesses, picture_pixels
from canvas.gradient import Gradient
from canvas.pouring import one_colour, poured
from canvas.state import DocumentState
from canvas.tiles import Pixels8, Surface, from_rgba8

SIDE_PX = 4096
ROUNDS = 5
RED = (1.0, 0.0, 0.0)


def measure() -> dict[str, Any]:
    kernels.warm()
    blank = edits.new_document(SIDE_PX, SIDE_PX)
    lines = _line_art()
    rgba = np.dstack([lines, np.full_like(lines[..., 0], 255)])
    drawn = edits.set_pixels(blank, blank.layers[0].id, Surface.from_pixels(from_rgba8(rgba)))
    middle = SIDE_PX // 2
    ellipse = selection.ellipse(100, 100, SIDE_PX - 100, SIDE_PX - 100, blank.rect)
    fade = Gradient(100, 100, 4000, 3000, (*RED, 1.0), (*RED, 0.0))
    across = Gradient(100, 100, 4000, 3000, (*RED, 1.0), (0.0, 0.0, 1.0, 1.0), "radial")
    work: dict[str, Callable[[], object]] = {
        "fill_blank_canvas": lambda: _fill(blank, middle, Likeness()),
        "fill_inside_line_art": lambda: _fill(drawn, middle, Likeness()),
        "fill_closing_gaps_of_10_px": lambda: _fill(drawn, middle, Likeness(gap_px=10)),
        "fill_growing_2_px": lambda: _fill(drawn, middle, Likeness(grow_px=2)),
        "gradient_radial": lambda: _lay(blank, across),
        "gradient_to_transparent": lambda: _lay(blank, fade),
        "selection_grow_20_px": lambda: selection.grown(ellipse, blank.rect, 20),
        "selection_feather_50_px": lambda: selection.feathered(ellipse, blank.rect, 50),
        "selection_contour": lambda: contour(ellipse, blank.rect),
        "reference_opencv_line_art": lambda: _opencv(lines, middle),
        "reference_opencv_blank_canvas": lambda: _opencv(np.full_like(lines, 255), middle),
    }
    figures: dict[str, Any] = {"document": f"{SIDE_PX} x {SIDE_PX}"}
    for name, do in work.items():
        figures[name] = summary([seconds(do) for _ in range(ROUNDS)])
    small = Image.new("RGB", (SIDE_PX // 4, SIDE_PX // 4), "white")
    figures["reference_pillow_blank_1024_px"] = summary(
        [seconds(lambda: ImageDraw.floodfill(small.copy(), (9, 9), (255, 0, 0)))]
    )
    return figures


def _fill(state: DocumentState, at: int, likeness: Likeness) -> DocumentState:
    area = Likenesses(picture_pixels(state), state.rect).area(at, at, likeness)
    return poured(state, state.layers[0].id, "pixels", one_colour(area, RED), 1.0)


def _lay(state: DocumentState, line: Gradient) -> DocumentState:
    return poured(state, state.layers[0].id, "pixels", gradient.source(line, state.rect), 1.0)


def _opencv(picture: Pixels8, at: int) -> None:
    near = (round(255 * Likeness().tolerance),) * 3
    cv2.floodFill(picture.copy(), None, (at, at), (255, 0, 0), near, near, 4 | cv2.FLOODFILL_FIXED_RANGE)


def _line_art() -> Pixels8:
    """A large shape with a wavy outline of soft ink, full of strokes that leave it in one piece."""
    picture = np.full((SIDE_PX, SIDE_PX, 3), 255, np.uint8)
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    reach = SIDE_PX * (0.42 + 0.03 * np.sin(9 * turn))
    outline = np.stack((SIDE_PX / 2 + reach * np.cos(turn), SIDE_PX / 2 + reach * np.sin(turn)), 1)
    cv2.polylines(picture, [outline.astype(np.int32)], True, (0, 0, 0), 6, cv2.LINE_AA)
    rng = np.random.default_rng(5)
    for x, y, dx, dy in rng.integers((600, 600, -90, -90), (3400, 3400, 90, 90), (400, 4)).tolist():
        if abs(x - SIDE_PX // 2) > 120 or abs(y - SIDE_PX // 2) > 120:
            cv2.line(picture, (x, y), (x + dx, y + dy), (0, 0, 0), 4, cv2.LINE_AA)
    return picture
