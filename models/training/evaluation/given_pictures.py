"""Questions about pictures that are given: does the look of a reference carry over, does inpainting fit in?"""

from __future__ import annotations

import random
from dataclasses import replace

import cv2
import numpy as np

from models.training import measures
from models.training.captions import SAYINGS
from models.training.conditions import object_masks
from models.training.evaluation.bench import Bench, disc, rgb, shifted, told
from models.training.evaluation.findings import Bar, Finding
from models.training.geometry import SIZE
from models.training.palette import NAMED
from models.training.shapes import Scene
from models.training.studio import Mask, Pictures, paste

REFERENCE_MULTIPLE = 3.0
SMALLEST_RADIUS_PX, LARGEST_RADIUS_PX = 36, 84
MARGIN_PX = 10
FEATHER_PX = 8
"""What a new mask layer has in the app."""
USUAL_STRENGTH, LOW_STRENGTH = 0.75, 0.3


def reference(bench: Bench) -> list[Finding]:
    """A sketch, no words, and another scene's picture as reference: whose look does the result have?"""
    maps = {"scribble": [rgb(lines) for lines in bench.sketches]}
    silent, shown = [""] * len(bench.chosen), shifted(bench.scenes)
    made = bench.studio.paint(silent, maps, reference=shifted(bench.truths))
    plain = bench.studio.paint(silent, maps)
    chance = 1 / len(bench.looks.labels["style"])
    findings = []
    for question, name, bar in (
        ("style", "style agrees", Bar(">=", 0.75, min(0.75, REFERENCE_MULTIPLE * chance))),
        ("time", "time of day agrees", None),
    ):
        beside = {
            "chance": 1 / len(bench.looks.labels[question]),
            "shuffled": bench.agreement(question, made, shifted(shown)),
            "without it": bench.agreement(question, plain, shown),
        }
        findings.append(Finding("Reference, empty prompt", name, bench.agreement(question, made, shown), beside, bar))
    return findings


def place_mask(scene: Scene, rng: random.Random) -> tuple[Mask, Mask]:
    """A disc around the main object, or somewhere if there is none, and what of the disc the object leaves free."""
    seen = object_masks(scene).get(scene.subject)
    if seen is None or not seen.any():
        around = disc(rng.uniform(70, SIZE - 70), rng.uniform(70, SIZE - 70), rng.uniform(40, 64))
        return around, around
    ys, xs = np.nonzero(seen)
    radius_px = max(np.ptp(xs), np.ptp(ys)) / 2 + MARGIN_PX
    around = disc(
        (xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2, min(max(radius_px, SMALLEST_RADIUS_PX), LARGEST_RADIUS_PX)
    )
    free = around & (cv2.dilate(seen.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0)
    return around, free if free.any() else around


def recoloured(scene: Scene) -> str:
    """What is said about the scene, with other colours for its main object."""
    colours = list(NAMED)
    other = {colour: colours[(index + 3) % len(colours)] for index, colour in enumerate(colours)}
    ways = set(SAYINGS.get(scene.subject, (scene.subject,)))
    tags = [
        tuple(" ".join(other.get(word, word) for word in said.split()) for said in tag)
        if ways & set(SAYINGS.get(tag[0], (tag[0],)))
        else tag
        for tag in scene.tags
    ]
    return told(replace(scene, tags=tags))


def inpainting(bench: Bench) -> list[Finding]:
    """The step across the border is 1 where it is as in the painter's own pictures.

    Pasted hard, nothing is blended away; the app fades what it pastes in over a feather. For the drift the main object
    is said in other colours, and what counts is where the mask covers something else.
    """
    count = max(1, len(bench.chosen) // 2)
    truths, said, studio = bench.truths[:count], bench.captions[:count], bench.studio
    placed = [place_mask(bench.pictures.recomposed(i), random.Random(i)) for i in bench.chosen[:count]]
    masks = [mask for mask, _ in placed]
    real = float(np.mean([measures.border_step(a, mask) for a, mask in zip(truths, masks, strict=True)]))

    def step(made: Pictures, feather_px: int = 0) -> float:
        triples = zip(truths, made, masks, strict=True)
        return (
            float(np.mean([measures.border_step(paste(a, b, mask, feather_px), mask) for a, b, mask in triples])) / real
        )

    def drift(made: Pictures) -> float:
        triples = zip(made, truths, placed, strict=True)
        return float(np.mean([measures.colour_drift(a, b, free) for a, b, (_, free) in triples]))

    changed = [recoloured(scene) for scene in bench.scenes[:count]]
    anew, usual, low = (
        studio.repaint(words, truths, masks, strength)
        for words, strength in ((said, 1.0), (said, USUAL_STRENGTH), (changed, LOW_STRENGTH))
    )
    kept = studio.reconstruct(truths)
    border, close = "step across the border, real = 1", Bar("<=", 1.5)
    return [
        Finding("Inpainting", f"{border}, hard, strength 1", step(anew), {"autoencoder alone": step(kept)}, close),
        Finding(
            "Inpainting",
            f"{border}, feather {FEATHER_PX} px, strength {USUAL_STRENGTH}",
            step(usual, FEATHER_PX),
            {"hard": step(usual), "at strength 1": step(anew, FEATHER_PX)},
            close,
        ),
        Finding(
            "Inpainting",
            f"colour drift /255, strength {LOW_STRENGTH}",
            drift(low),
            {"autoencoder alone": drift(kept), "at strength 1": drift(anew)},
            Bar("<=", 2.0),
        ),
    ]
