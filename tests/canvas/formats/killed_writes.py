"""Run as a program: writes documents over each other in one format, is killed at random moments, tells what is left.

Usage: killed_writes.py FOLDER SUFFIX KILLS. Prints JSON: `found`, which of the two documents the file held after each
kill, -1 for neither.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from canvas.formats import registry
from canvas.formats.picture import picture_rgba8
from canvas.layers import Group, Layer
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface


def documents() -> tuple[DocumentState, DocumentState]:
    """Two pictures that no lossy format confuses."""
    found = []
    for colour in ((0.9, 0.2, 0.1), (0.1, 0.3, 0.9)):
        pixels = np.empty((500, 500, 4), np.uint16)
        pixels[...] = [round(c * ONE) for c in (*colour, 1)]
        pixels[::7, ::5, :3] //= 2
        paper = Layer("Paper", surface=Surface.from_pixels(pixels))
        ink = Layer("Ink", surface=Surface.from_pixels(pixels[:200, :200] // 2, 50, 50))
        found.append(DocumentState(500, 500, (paper, Group("Group", children=(ink,)))))
    return found[0], found[1]


def which(path: Path, pictures: list[np.ndarray]) -> int:
    """The document whose picture the file shows; -1 for neither."""
    seen = picture_rgba8(registry.read(path)).astype(np.int32)
    off = [float(np.abs(seen - picture.astype(np.int32)).mean()) for picture in pictures]
    return int(np.argmin(off)) if min(off) < 6 and max(off) > 40 else -1


def write_until_killed(path: Path, both: tuple[DocumentState, DocumentState], after_s: float) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b".")
        while True:
            for state in (both[1], both[0]):
                registry.write(state, path)
    os.read(reading, 1)
    select.select([reading], [], [], after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)


def main(folder: Path, suffix: str, kills: int) -> None:
    both = documents()
    path = folder / f"picture{suffix}"
    registry.write(both[0], path)
    start = perf_counter()
    registry.write(both[0], path)
    save_s = perf_counter() - start
    pictures = [picture_rgba8(state) for state in both]
    chance = random.Random(7)
    found = []
    for _ in range(kills):
        write_until_killed(path, both, chance.uniform(0, 2 * save_s))
        found.append(which(path, pictures))
    backup = path.with_name(path.name + "~")
    if backup.exists():
        found.append(which(backup, pictures))
    print(json.dumps({"found": found}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
