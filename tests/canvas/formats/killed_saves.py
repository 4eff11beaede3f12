"""Run as a program: saves a document in a child process, kills it at random moments, and tells what the file holds.

Usage: killed_saves.py FOLDER KILLS. Prints one JSON list: which of the saved states was found after each kill, null
where the file did not exist; -1 for none of them, for one with the picture or the attachments of another, and where the
next save leaves a journal behind.
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

from canvas.formats import udraw, udraw_picture
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.layers import Layer
from canvas.state import DocumentState, surfaces
from canvas.tiles import ONE, Surface

_MOST_S = 0.12


def states() -> list[DocumentState]:
    """Three states of one painting that share most of their tiles, and one that shares few: it is written anew."""
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
    return [*found, DocumentState(640, 640, (Layer("Other", surface=Surface.from_pixels(pixels[::-1])),))]


def attachments(number: int) -> dict[str, bytes]:
    """What is kept with the state of that number; one is the same for all."""
    return {"shared": bytes(50_000), f"result {number}": bytes([number]) * 30_000}


def content(state: DocumentState) -> object:
    tiles = [{key: tile.tobytes() for key, tile in surface.tiles.items()} for surface in surfaces(state)]
    return [node.name for node in state.walk()], tiles


def kill_while(work: dict[int, DocumentState], path: Path, digests: TileDigests, after_s: float) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b".")
        while True:
            for number, state in work.items():
                udraw.write(state, path, digests, attachments=attachments(number))
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
    # Small as these are, they carry a picture.
    udraw_picture.FEWEST_TILES = 1
    known = dict(enumerate(states()))
    contents = [content(state) for state in known.values()]
    pictures = []
    for number, state in known.items():
        udraw.write(state, folder / "alone.udraw", TileDigests(), attachments=attachments(number))
        pictures.append(udraw.first_picture(folder / "alone.udraw"))
    chance = random.Random(11)
    found: list[int | None] = []

    def look(path: Path) -> None:
        if not path.exists():
            found.append(None)
            return
        digests = TileDigests()
        state = udraw.read(path, Limits.of_this_machine(), digests)
        number = contents.index(content(state)) if content(state) in contents else -1
        whole = (
            number >= 0
            and np.array_equal(udraw.first_picture(path), pictures[number])
            and udraw.read_attachments(path) == attachments(number)
        )
        # What was found can be gone on with, and the next save leaves one file.
        udraw.write(state, path, digests)
        whole = whole and not path.with_name(path.name + "-journal").exists()
        udraw.write(state, path, digests, attachments=attachments(number))
        found.append(number if whole else -1)

    path = folder / "saved.udraw"
    digests = TileDigests()
    udraw.write(known[0], path, digests, attachments=attachments(0))
    for i in range(kills):
        # Saves in place alone, or taking turns with files written anew.
        numbers = [(i + n) % 3 for n in range(3)] if i % 2 else [(i // 2 + n) % 4 for n in range(4)]
        kill_while({number: known[number] for number in numbers}, path, digests, chance.uniform(0, _MOST_S))
        look(path)
    kill_in_transaction(path)
    look(path)
    for i in range(kills // 4):
        fresh = folder / f"first {i}.udraw"
        kill_while({0: known[0]}, fresh, TileDigests(), chance.uniform(0, _MOST_S))
        look(fresh)
    print(json.dumps(found))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
