"""Measure an exported model on held-out scenes, every measure beside its shuffled baseline, and draw the sheets.

`python -m models.training.evaluate --model models/embedded --data DIR` prints JSON. Everything goes through the stock
diffusers pipelines, as in the app.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from models.training import measures, sheets
from models.training.captions import caption
from models.training.limb_detector import LimbDetector, limb_mask, overlap, train_detector
from models.training.picture_set import PictureSet, open_set
from models.training.pose import pose_map
from models.training.progress import say
from models.training.studio import Pictures, Studio

Item = TypeVar("Item")
CLASSIFIER_PICTURES = 1600
SHIFT = 7
"""A shuffled baseline takes the condition of the scene this many places on."""


def shifted(items: Sequence[Item]) -> list[Item]:
    return [items[(index + SHIFT) % len(items)] for index in range(len(items))]


@dataclass(frozen=True)
class Rulers:
    """What pictures are judged with, fitted on the painter's training pictures only."""

    style: measures.LookClassifier
    time: measures.LookClassifier
    limbs: LimbDetector


def fit_rulers(pictures: PictureSet, detector: LimbDetector) -> Rulers:
    count = min(CLASSIFIER_PICTURES, pictures.training_count)
    shown = [np.asarray(picture) for picture in pictures.pictures[:count]]
    scenes = pictures.scenes[:count]
    return Rulers(
        measures.fit_classifier(shown, [scene.style for scene in scenes]),
        measures.fit_classifier(shown, [scene.time for scene in scenes]),
        detector,
    )


def sketch_measures(
    studio: Studio, pictures: PictureSet, rulers: Rulers, chosen: list[int]
) -> dict[str, dict[str, float]]:
    """Rows as in the prototype's table: the painter's pictures, the autoencoder alone, then steps."""
    truths = [np.asarray(pictures.pictures[i]) for i in chosen]
    lines = [pictures.sketch(i, 0) for i in chosen]
    scenes = [pictures.scenes[i] for i in chosen]
    said = [caption(scene, random.Random(scene.seed)) for scene in scenes]
    controls = {"scribble": [sheets.rgb(drawn) for drawn in lines]}

    def row(made: Pictures) -> dict[str, float]:
        return {
            "recall": measures.mean_recall(made, lines),
            "recall_shuffled": measures.mean_recall(made, shifted(lines)),
            "style": rulers.style.agreement(made, [scene.style for scene in scenes]),
            "style_shuffled": rulers.style.agreement(made, shifted([scene.style for scene in scenes])),
            "time": rulers.time.agreement(made, [scene.time for scene in scenes]),
            "time_shuffled": rulers.time.agreement(made, shifted([scene.time for scene in scenes])),
            "sharpness": measures.sharpness(made),
            "psnr_db": measures.psnr(made, truths),
        }

    return {
        "painter": row(truths),
        "autoencoder": row(studio.reconstruct(truths)),
        "steps_4": row(studio.paint(said, controls)),
        "steps_8": row(studio.paint(said, controls, steps=8)),
        "steps_4_without_sketch": row(studio.paint(said, {})),
    }


def pose_measures(
    studio: Studio, pictures: PictureSet, rulers: Rulers, chosen: list[int]
) -> dict[str, dict[str, float]]:
    """Limbs the detector finds in the picture against the limbs asked for, and against those of another scene."""
    wanted = [limb_mask(pictures.figures(i)) for i in chosen]
    said = [caption(pictures.scenes[i], random.Random(i)) for i in chosen]
    maps = [pose_map(pictures.figures(i)) for i in chosen]

    def row(made: Pictures) -> dict[str, float]:
        found = rulers.limbs.find(made)
        right, other = overlap(found, wanted), overlap(found, shifted(wanted))
        return {**right, "recall_shuffled": other["recall"], "iou_shuffled": other["iou"]}

    return {
        "painter": row([np.asarray(pictures.pictures[i]) for i in chosen]),
        "pose_alone": row(studio.paint(said, {"pose": maps})),
        "without_pose": row(studio.paint(said, {})),
    }


def reference_measures(studio: Studio, pictures: PictureSet, rulers: Rulers, chosen: list[int]) -> dict[str, float]:
    """A sketch, no words, and another scene's picture as reference: whose look does the result have?"""
    controls = {"scribble": [sheets.rgb(pictures.sketch(i, 0)) for i in chosen]}
    shown = shifted(chosen)
    made = studio.paint([""] * len(chosen), controls, reference=[np.asarray(pictures.pictures[i]) for i in shown])
    styles, times = [pictures.scenes[i].style for i in shown], [pictures.scenes[i].time for i in shown]
    plain = studio.paint([""] * len(chosen), controls)
    return {
        "style": rulers.style.agreement(made, styles),
        "style_shuffled": rulers.style.agreement(made, shifted(styles)),
        "style_without_reference": rulers.style.agreement(plain, styles),
        "time": rulers.time.agreement(made, times),
        "time_shuffled": rulers.time.agreement(made, shifted(times)),
        "time_without_reference": rulers.time.agreement(plain, times),
    }


def frame_seconds(studio: Studio, pictures: PictureSet, index: int) -> float:
    """Median wall seconds of encode, one ControlNet, four steps and decode at 256 x 256."""
    truth, sketch = np.asarray(pictures.pictures[index]), sheets.rgb(pictures.sketch(index, 0))

    def once(clock: Callable[[], float] = time.perf_counter) -> float:
        start = clock()
        with torch.no_grad():
            studio.plain.vae.encode(sheets_tensor(truth))
        studio.paint(["flat, day"], {"scribble": [sketch]})
        return clock() - start

    return float(np.median([once() for _ in range(6)][1:]))


def sheets_tensor(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> torch.Tensor:
    return torch.from_numpy(picture[None].copy()).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def cached_detector(pictures: PictureSet, path: Path) -> LimbDetector:
    """The limb detector of this data folder, trained on first use."""
    if path.exists():
        detector = LimbDetector()
        detector.load_state_dict(torch.load(path, weights_only=True))
        return detector.eval()
    detector = train_detector(pictures)
    torch.save(detector.state_dict(), path)
    return detector


def draw_sheets(studio: Studio, pictures: PictureSet, folder: Path, suffix: str = ".webp") -> None:
    held_out = range(pictures.training_count, len(pictures))
    some = list(held_out)[:8]
    said = [caption(pictures.scenes[i], random.Random(i)) for i in some]
    with_people = [i for i in held_out if pictures.figures(i) and np.ptp(pictures.figures(i)[0][:, 1]) > 90][:8]
    looks = {(pictures.scenes[i].style, pictures.scenes[i].time): i for i in held_out}
    references = [
        looks[key]
        for key in (
            ("flat", "day"),
            ("flat", "sunset"),
            ("flat", "night"),
            ("ink", "day"),
            ("ink", "sunset"),
            ("ink", "night"),
        )
    ]
    sheets.save(sheets.held_out_sheet(studio, pictures, some, said), folder / f"held-out{suffix}")
    sheets.save(sheets.doodle_sheet(studio), folder / f"doodles{suffix}")
    sheets.save(sheets.time_sheet(studio), folder / f"times{suffix}")
    sheets.save(sheets.pose_sheet(studio, pictures, with_people), folder / f"pose{suffix}")
    sheets.save(sheets.reference_sheet(studio, pictures, references), folder / f"reference{suffix}")


def evaluate(model: Path, data: Path, count: int) -> dict[str, object]:
    pictures = open_set(data)
    held_out = list(range(pictures.training_count, len(pictures)))
    with_people = [i for i in held_out if pictures.figures(i)]
    studio = Studio(model)
    rulers = fit_rulers(pictures, cached_detector(pictures, data / "limb_detector.pt"))
    return {
        "scenes": min(count, len(held_out)),
        "sketch": sketch_measures(studio, pictures, rulers, held_out[:count]),
        "pose": pose_measures(studio, pictures, rulers, with_people[: count // 2]),
        "reference": reference_measures(studio, pictures, rulers, held_out[:count]),
        "frame_s": frame_seconds(studio, pictures, held_out[0]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=96, help="held-out scenes to measure on")
    parser.add_argument("--sheets", type=Path, help="folder for the sheets; default: MODEL/sheets")
    parser.add_argument("--suffix", default=".webp")
    parser.add_argument("--only", choices=("measures", "sheets"))
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.only != "measures":
        draw_sheets(
            Studio(arguments.model),
            open_set(arguments.data),
            arguments.sheets or arguments.model / "sheets",
            arguments.suffix,
        )
    if arguments.only != "sheets":
        say(json.dumps(evaluate(arguments.model, arguments.data, arguments.count), indent=2))


if __name__ == "__main__":
    main()
