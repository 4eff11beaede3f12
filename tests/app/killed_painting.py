"""Run as a program: paints on a session with a journal in child processes, kills them, and tells what was recovered.

Usage: killed_painting.py FOLDER KILLS. Prints one JSON list with an entry for each kill: `painted`, how many states
were published; `found`, the number of the one that was recovered, null for none, -1 for one that never was; `lost_s`,
for how many seconds had been painted since the first that is not in it, 0 when nothing is lost; `opened`, whether the
document came from a file; `uncopied`, whether the journal still needed that file.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from app import journal
from app.journal import Journal
from app.journal_folder import JournalFolder
from app.session import Session
from canvas import edits
from canvas.formats import journal as writing
from canvas.formats import registry
from canvas.formats.journal_read import recover
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.layers import Layer
from canvas.state import DocumentState, surfaces
from canvas.tiles import ONE, TILE_PX, Surface

SIDE_PX = 640
AT_ONCE = 6
MOST_S = 1.5
_FRAME_S = 0.008
#: No frame takes so long where the processor is to be had.
_STOOD_STILL_S = 0.15


def digest(state: DocumentState) -> str:
    """What a document looks like, in a word: names and every pixel."""
    h = hashlib.sha256(repr([node.name for node in state.walk()]).encode())
    for surface in surfaces(state):
        for key in sorted(surface.tiles):
            h.update(repr(key).encode())
            h.update(np.ascontiguousarray(surface.tiles[key]).data.cast("B"))
    return h.hexdigest()


def paint(folder: Path, base: Path | None, seed: int, heard: int) -> None:
    """Paint until killed. Each state is told when it is published: its number, the time, and its digest."""
    # Minutes go by in a second, so that generations are thinned out all the time; the base is copied slowly.
    writing.LOOSE = 2
    journal.COPIED_AT_ONCE = 1
    begun = time.time()
    session = Session(edits.new_document(256, 256))
    kept = Journal(session, JournalFolder(folder), clock=lambda: begun + 100.0 * (time.time() - begun))
    kept.start()
    if base is not None:
        session.open(base)
    chance = random.Random(seed)
    number = 0
    while True:
        session.document.begin("Brush stroke")
        for _ in range(chance.randint(5, 60)):
            state = dabbed(session.document.state, chance)
            number += 1
            # Before it is published: it may be on disk before this process comes to say so.
            os.write(heard, f"{number} {time.monotonic()} {digest(state)}\n".encode())
            session.document.update(state)
            time.sleep(_FRAME_S)
        session.document.commit()
        if chance.random() < 0.3:
            state = edits.add_layer(session.document.state, Layer("More"), None)
            number += 1
            os.write(heard, f"{number} {time.monotonic()} {digest(state)}\n".encode())
            session.document.edit("New layer", lambda _state, new=state: new)


def dabbed(state: DocumentState, chance: random.Random) -> DocumentState:
    layer = state.layers[-1]
    assert isinstance(layer, Layer)
    edit = layer.surface.edit()
    tiles = -(-state.width // TILE_PX)
    x, y = chance.randrange(TILE_PX - 20), chance.randrange(TILE_PX - 20)
    edit.writable((chance.randrange(tiles), chance.randrange(tiles)))[y : y + 20, x : x + 20] = chance.randrange(ONE)
    return replace(state, layers=(*state.layers[:-1], replace(layer, surface=edit.freeze())))


class Painting:
    """A child process that paints, and what it told."""

    def __init__(self, folder: Path, base: Path | None, seed: int) -> None:
        self.folder, self.base = folder, base
        self.kill_at_s = time.monotonic() + random.Random(seed).uniform(0.0, MOST_S)
        self._reading, writing_end = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            paint(folder, base, seed, writing_end)
        os.close(writing_end)

    def stop(self) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)

    def kill(self) -> dict[str, object]:
        killed_s = time.monotonic()
        self.stop()
        with open(self._reading, "rb") as heard:
            lines = heard.read().decode().splitlines()
        told = [(float(line.split()[1]), line.split()[2]) for line in lines]
        known = [seen for _, seen in told]
        look = JournalFolder(self.folder).look(time.time() + 1000.0)
        assert not look.sentences, look.sentences
        found: int | None = None
        uncopied = False
        if look.lost_work:
            (left,) = look.lost_work
            with closing(sqlite3.connect(left.path)) as db:
                uncopied = bool(db.execute("SELECT 1 FROM about WHERE key = 'base'").fetchall())
            recovered = recover(left.path, left.versions[0].id, Limits.of_this_machine(), TileDigests(), 1)
            recovered.close()
            assert not recovered.notes, recovered.notes
            seen = digest(recovered.state)
            found = known.index(seen) + 1 if seen in known else -1
        lost = told[max(0, found or 0) :]
        return {
            "painted": len(told),
            "found": found,
            "lost_s": painted_s([at_s for at_s, _ in lost], killed_s),
            "opened": self.base is not None,
            "uncopied": uncopied,
        }


def painted_s(published_s: list[float], killed_s: float) -> float:
    """For how long was painted from the first of these moments on: a machine that stood still painted nothing."""
    moments_s = [*published_s, killed_s]
    return sum(min(end_s - start_s, _STOOD_STILL_S) for start_s, end_s in pairwise(moments_s))


def main(folder: Path, kills: int) -> None:
    bases: list[Path | None] = [None, folder / "base.udraw", folder / "base.png"]
    pixels = np.random.default_rng(5).integers(0, ONE + 1, (SIDE_PX, SIDE_PX, 4)).astype(np.uint16)
    pixels[..., 3] = ONE
    document = DocumentState(SIDE_PX, SIDE_PX, (Layer("Paper", surface=Surface.from_pixels(pixels)),))
    for base in bases[1:]:
        assert base is not None
        registry.write(document, base)
        registry.read(base)  # loaded once, for all children
    digest(document)
    running: list[Painting] = []
    answers = []
    begun = 0
    try:
        while begun < kills or running:
            if begun < kills and len(running) < AT_ONCE:
                running.append(Painting(folder / f"{begun}", bases[begun % 3], begun))
                begun += 1
                continue
            first = min(running, key=lambda painting: painting.kill_at_s)
            time.sleep(max(0.0, first.kill_at_s - time.monotonic()))
            running.remove(first)
            answers.append(first.kill())
    finally:
        for painting in running:
            painting.stop()
    print(json.dumps(answers))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
