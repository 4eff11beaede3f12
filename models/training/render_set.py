"""Phase: paint the set. Workers interleave; each goes on where its facts file ends."""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
from numpy.lib.format import open_memmap

from models.training.compose import compose
from models.training.geometry import SIZE
from models.training.painter import paint
from models.training.picture_set import MOST_PEOPLE, SKETCHES, facts_line
from models.training.sketch import sketch

FIRST_SEED = 1_000_000


def create(folder: Path, count: int) -> None:
    """Allocate the arrays unless they exist."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "people.npy").exists():
        return
    open_memmap(folder / "pictures.npy", "w+", np.uint8, (count, SIZE, SIZE, 3))
    open_memmap(folder / "sketches.npy", "w+", np.uint8, (count, SKETCHES, SIZE, SIZE // 8))
    open_memmap(folder / "people.npy", "w+", np.float32, (count, MOST_PEOPLE, 18, 3))


def render_share(folder: Path, worker: int, workers: int) -> None:
    """Paint every `workers`-th scene, starting at `worker`."""
    cv2.setNumThreads(1)
    pictures, sketches, people = (
        open_memmap(folder / f"{name}.npy", "r+") for name in ("pictures", "sketches", "people")
    )
    facts = folder / f"facts{worker}.jsonl"
    done = len(facts.read_text().splitlines()) if facts.exists() else 0
    with facts.open("a") as lines:
        for index in range(worker + done * workers, len(pictures), workers):
            scene = compose(FIRST_SEED + index)
            pictures[index] = paint(scene)
            for hand in range(SKETCHES):
                drawn = sketch(scene, FIRST_SEED + index * SKETCHES + hand)
                sketches[index, hand] = np.packbits(drawn > 127, axis=-1)
            for slot, joints in enumerate(scene.people):
                people[index, slot] = joints
            lines.write(facts_line(index, scene) + "\n")
            lines.flush()


def render(folder: Path, count: int, workers: int) -> None:
    create(folder, count)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=render_share, args=(folder, worker, workers)) for worker in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode != 0:
            raise RuntimeError(f"a rendering process ended with {process.exitcode}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--count", type=int, default=9000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    render(arguments.folder, arguments.count, arguments.workers)


if __name__ == "__main__":
    main()
