"""Phase: paint the set. Workers interleave; each goes on where its facts file ends."""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
from numpy.lib.format import open_memmap

from models.training.compose import compose
from models.training.conditions import class_map, depth_map
from models.training.painter import paint
from models.training.picture_set import ARRAYS, DEPTH_SIZE, SKETCHES, create, facts_line
from models.training.sketch import line_art, sketch

FIRST_SEED = 1_000_000


def render_share(folder: Path, worker: int, workers: int) -> None:
    """Paint every `workers`-th scene, starting at `worker`."""
    cv2.setNumThreads(1)
    arrays = {name: open_memmap(folder / f"{name}.npy", "r+") for name in ARRAYS}
    facts = folder / f"facts{worker}.jsonl"
    done = len(facts.read_text().splitlines()) if facts.exists() else 0
    with facts.open("a") as lines:
        for index in range(worker + done * workers, len(arrays["pictures"]), workers):
            scene = compose(FIRST_SEED + index)
            arrays["pictures"][index] = paint(scene)
            for hand in range(SKETCHES):
                drawn = sketch(scene, FIRST_SEED + index * SKETCHES + hand)
                arrays["sketches"][index, hand] = np.packbits(drawn > 127, axis=-1)
            arrays["line_art"][index] = np.packbits(line_art(scene) > 127, axis=-1)
            size = (DEPTH_SIZE, DEPTH_SIZE)
            arrays["depth"][index] = cv2.resize(depth_map(scene), size, interpolation=cv2.INTER_AREA)
            arrays["classes"][index] = class_map(scene)
            for slot, joints in enumerate(scene.people):
                arrays["people"][index, slot] = joints
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
    parser.add_argument("--count", type=int, default=12000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    render(arguments.folder, arguments.count, arguments.workers)


if __name__ == "__main__":
    main()
