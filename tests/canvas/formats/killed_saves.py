"""Run as a program: saves a document in a child process, kills it at random moments, and tells what the file holds.

Usage: killed_saves.py FOLDER KILLS. Prints one JSON list: which of the saved states was found after each kill, -1 for
none of them, null where the file did not exist.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from canvas.formats import udraw
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.layers import Layer
from canvas.state import DocumentState, surfaces
from canvas.tiles import ONE, Surface

_MOST_S = 0.12


def states() -> list[DocumentState]:
    """Three states of one painting that share most of their tiles."""
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, ONE + 1, (640, 640, 4)).astype(np.uint16)
    pixels[..., 3] = ONE
    base = Layer("Paper", surface=Surface.from_pixels(pixels))
    first = DocumentState(640, 640, (base, Layer("Ink", surface=Surface.from_pixels(pixels[:256, :256]))))
    found = [first]
    for i in range(2):
        edit = first.layers[1].surface.edit()  # type: ignore[union-attr]
        for key in ((0, 0), (1, 1), (2, 0), (2, 1)):
            edit.writable(key)[...] = rng.integers(0, ONE + 1, (128, 128, 4))
        found.append(replace(first, layers=(base, Layer(f"Ink {i}", surface=edit.freeze()))))
    return found


def content(state: DocumentState) -> object:
    tiles = [{key: tile.tobytes() for key, tile in surface.tiles.items()} for surface in surfaces(state)]
    return [node.name for node in state.walk()], tiles


def kill_while(work: list[DocumentState], path: Path, digests: TileDigests, after_s: float) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b".")
        while True:
            for state in work:
                udraw.write(state, path, digests)
    os.read(reading, 1)
    select.select([reading], [], [], after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)


def kill_in_transaction(path: Path) -> None:
    """Leave the journal of a transaction that had already changed the file on disk."""
    child = os.fork()
    if child == 0:
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA cache_size=1")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE tile SET data = zeroblob(length(data))")
        db.execute("DELETE FROM document")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert path.with_name(path.name + "-journal").exists()


def main(folder: Path, kills: int) -> None:
    known = states()
    contents = [content(state) for state in known]
    chance = random.Random(11)
    found: list[int | None] = []

    def look(path: Path) -> None:
        if not path.exists():
            found.append(None)
            return
        seen = content(udraw.read(path, Limits.of_this_machine(), TileDigests()))
        found.append(contents.index(seen) if seen in contents else -1)

    path = folder / "saved.udraw"
    digests = TileDigests()
    udraw.write(known[0], path, digests)
    for _ in range(kills):
        kill_while(known, path, digests, chance.uniform(0, _MOST_S))
        look(path)
    kill_in_transaction(path)
    look(path)
    for i in range(kills // 4):
        fresh = folder / f"first {i}.udraw"
        kill_while(known[:1], fresh, TileDigests(), chance.uniform(0, _MOST_S))
        look(fresh)
    print(json.dumps(found))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
