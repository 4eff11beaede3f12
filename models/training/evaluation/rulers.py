"""The rulers that all models are measured with, and what each of them makes of real pictures it has not seen.

`python -m models.training.evaluation.rulers --data SET --rulers FILE [--minutes N]` trains them on the painter's
pictures and prints how they read the held-out ones: a ruler that cannot read those is no ruler. One file serves the
evaluation of many models.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import torch

from models.training import measures
from models.training.budget import Budget, load_checkpoint, save_checkpoint
from models.training.evaluation.findings import Finding, share, table
from models.training.evaluation.joint_detector import (
    JointDetector,
    Joints,
    large_figures,
    limbs_in_place,
    train_joint_detector,
)
from models.training.evaluation.look_reader import NAMES, QUESTIONS, LookReader, labels_of, train_look_reader
from models.training.measures import Picture
from models.training.picture_set import PictureSet, open_set
from models.training.progress import say
from models.training.shapes import Scene

MINUTES = 16.0
"""Processor minutes for both: half as long by the clock on two free cores."""
LOOKS_SHARE = 0.75
READ = "Rulers on real pictures"
BLUR_PX = 2.0
"""Deviation of the blur that a distance between pictures has to notice."""


@dataclass(frozen=True)
class Rulers:
    """`looks` reads style, time of day, season and main object; `joints` finds people's joints."""

    looks: LookReader
    joints: JointDetector


def train_rulers(
    pictures: PictureSet, minutes: float = MINUTES, clock: Callable[[], float] = time.process_time
) -> Rulers:
    """Spends `minutes` by `clock`, processor time unless told otherwise: other work on the machine takes none away."""
    looks = train_look_reader(pictures, Budget(60 * minutes * LOOKS_SHARE, clock=clock))
    return Rulers(looks, train_joint_detector(pictures, Budget(60 * minutes * (1 - LOOKS_SHARE), clock=clock)))


def save_rulers(rulers: Rulers, path: Path) -> None:
    labels = {name: list(names) for name, names in rulers.looks.labels.items()}
    save_checkpoint(path, {"labels": labels, "looks": rulers.looks.state_dict(), "joints": rulers.joints.state_dict()})


def load_rulers(path: Path) -> Rulers | None:
    """None when there is no such file."""
    state = load_checkpoint(path)
    if state is None:
        return None
    looks, joints = LookReader({name: tuple(names) for name, names in state["labels"].items()}), JointDetector()
    looks.load_state_dict(state["looks"])
    joints.load_state_dict(state["joints"])
    return Rulers(looks.eval(), joints.eval())


def rulers_for(pictures: PictureSet, path: Path, minutes: float = MINUTES) -> Rulers:
    """Those of the file; trained first if there are none, or if they do not know what this painter paints."""
    kept = load_rulers(path)
    if kept is not None and dict(kept.looks.labels) == dict(labels_of(pictures.scenes[: pictures.training_count])):
        return kept
    rulers = train_rulers(pictures, minutes)
    save_rulers(rulers, path)
    return rulers


def readings(rulers: Rulers, pictures: PictureSet) -> list[Finding]:
    """What the rulers say of the painter's own held-out pictures, beside what says nothing of a picture."""
    held_out = range(pictures.training_count, len(pictures))
    shown = [np.asarray(pictures.pictures[i]) for i in held_out]
    scenes, people = [pictures.scenes[i] for i in held_out], [large_figures(pictures, i) for i in held_out]
    return [
        *_looks_read(rulers.looks, shown, scenes),
        *_limbs_found(rulers.joints, shown, people),
        *_distances(rulers.looks, shown),
    ]


def _looks_read(looks: LookReader, shown: list[Picture], scenes: list[Scene]) -> list[Finding]:
    answers, findings = looks.read(shown), list[Finding]()
    for question in QUESTIONS:
        pairs = [(a, str(getattr(scene, question))) for a, scene in zip(answers[question], scenes, strict=True)]
        said = [(a, b) for a, b in pairs if b]
        beside = {f"always “{name}”": count / len(said) for name, count in Counter(b for _, b in said).most_common(1)}
        beside["kinds"] = len(looks.labels[question])
        findings.append(Finding(READ, f"{NAMES[question]} read", share(a == b for a, b in said), beside))
    return findings


def _limbs_found(joints: JointDetector, shown: list[Picture], people: list[list[Joints]]) -> list[Finding]:
    populated = [place for place, figures in enumerate(people) if figures]
    if not populated:
        return []
    found, asked = joints.find([shown[place] for place in populated]), [people[place] for place in populated]
    right, chance = (
        share(chain.from_iterable(limbs_in_place(a, b) for a, b in zip(found, wanted, strict=True)))
        for wanted in (asked, asked[1:] + asked[:1])
    )
    return [Finding(READ, "limbs found", right, {"shuffled": chance, "pictures": len(populated)})]


def _distances(looks: LookReader, shown: list[Picture]) -> list[Finding]:
    """Half of the pictures from the other half, sharp and blurred."""
    one, other = shown[::2], shown[1::2]
    blurred = [np.asarray(cv2.GaussianBlur(picture, (0, 0), BLUR_PX), np.uint8) for picture in other]
    first = looks.features_of(one)
    sharp_away, blurred_away = (measures.frechet_distance(first, looks.features_of(p)) for p in (other, blurred))
    return [Finding(READ, "Fréchet distance, real to real", sharp_away, {"real to blurred": blurred_away})]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a rendered set")
    parser.add_argument("--rulers", type=Path, required=True, help="file to write")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="processor minutes")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    pictures = open_set(arguments.data)
    rulers = train_rulers(pictures, arguments.minutes)
    save_rulers(rulers, arguments.rulers)
    found = readings(rulers, pictures)
    arguments.rulers.with_suffix(".json").write_text(
        json.dumps([finding.as_json() for finding in found], indent=2, ensure_ascii=False) + "\n"
    )
    say(table(found))


if __name__ == "__main__":
    main()
