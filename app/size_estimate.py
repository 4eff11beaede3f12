"""`SizeEstimate`: how large a flat picture file will become, found out by writing one on a thread. No Qt.

Of a large picture a sample of its area is written. Asked and looked at on one thread.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np

from canvas.compositor import composite
from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.job import Cancelled, Job
from canvas.formats.options import WriteOptions
from canvas.formats.registry import Format
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Surface

#: The sample is a grid of squares; pictures that have no more pixels than it are written whole.
SQUARES, SQUARE_PX = 5, 3 * TILE_PX


class SizeEstimate:
    """Of one state of a document. `executor`: a thread of its own when None."""

    def __init__(self, state: DocumentState, executor: Executor | None = None) -> None:
        self._state = state
        self._pool = executor or ThreadPoolExecutor(1, thread_name_prefix="size estimate")
        self._asked: tuple[Job, Future[int | None]] | None = None

    def ask(self, chosen: Format, options: WriteOptions) -> None:
        """Find it out for these options from now on; what was asked before is called off."""
        self.stop()
        job = Job()
        self._asked = job, self._pool.submit(self._measure, chosen, options, job)

    @property
    def busy(self) -> bool:
        return self._asked is not None and not self._asked[1].done()

    @property
    def size_bytes(self) -> int | None:
        """What came out; None before that, and when the picture cannot be written like that."""
        return self._asked[1].result() if self._asked is not None and self._asked[1].done() else None

    def stop(self) -> None:
        if self._asked is not None:
            self._asked[0].cancel()

    def close(self) -> None:
        """No more questions."""
        self.stop()
        self._pool.shutdown(wait=False)

    def _measure(self, chosen: Format, options: WriteOptions, job: Job) -> int | None:
        try:
            job.reach(0.0)
            sample = self._sample
            with tempfile.TemporaryDirectory(prefix="underdraw-") as folder:
                path = Path(folder) / f"sample{chosen.extensions[0]}"
                registry.write(sample, path, options=options, job=job)
                size = path.stat().st_size
        except (Cancelled, FormatError, OSError):
            return None
        return round(size * self._state.width * self._state.height / (sample.width * sample.height))

    @cached_property
    def _sample(self) -> DocumentState:
        state = self._state
        if state.width * state.height <= (SQUARES * SQUARE_PX) ** 2:
            return _flat(composite(state, state.rect), state)
        rows = []
        for row in range(SQUARES):
            squares = [_square(state, column, row) for column in range(SQUARES)]
            rows.append(np.concatenate([composite(state, square) for square in squares], axis=1))
        return _flat(np.concatenate(rows), state)


def _square(state: DocumentState, column: int, row: int) -> Rect:
    """One of the squares, spread evenly; a side that is too short for them has smaller ones."""
    width, height = min(SQUARE_PX, state.width // SQUARES), min(SQUARE_PX, state.height // SQUARES)
    x = round((state.width - width) * column / (SQUARES - 1))
    y = round((state.height - height) * row / (SQUARES - 1))
    return Rect(x, y, x + width, y + height)


def _flat(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint16]], state: DocumentState) -> DocumentState:
    height, width = pixels.shape[:2]
    return DocumentState(width, height, (Layer("Picture", surface=Surface.from_pixels(pixels)),), None, state.metadata)
