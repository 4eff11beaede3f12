"""Questions about drawn conditions: does the picture follow the scribble, stand in the pose, and stay still?"""

from __future__ import annotations

from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training import measures
from models.training.evaluation.bench import Bench, rgb, shifted, told
from models.training.evaluation.findings import Bar, Finding, share, steps_said
from models.training.evaluation.joint_detector import Joints, limbs_in_place
from models.training.evaluation.pictures import ALL_STEPS
from models.training.geometry import SIZE
from models.training.pose import pose_map
from models.training.studio import Mask, Pictures

MISSING_SHARE = 0.5
CLEAR_MULTIPLE = 2.0
"""What a CPU-trained model owes of the shuffled baseline where no figure is set for it."""
STROKE_PX = (16, 28)
STROKE_WIDTH_PX = 3


def scribble(bench: Bench) -> list[Finding]:
    sharp, lines = measures.sharpness(bench.truths), bench.sketches
    recalls = {steps: measures.mean_recall(bench.sketched(steps), lines) for steps in ALL_STEPS}
    shuffled = {steps: measures.mean_recall(bench.sketched(steps), shifted(lines)) for steps in ALL_STEPS}
    beside = {
        "painter's own": measures.mean_recall(bench.truths, lines),
        "its shuffled": measures.mean_recall(bench.truths, shifted(lines)),
    }
    findings = [
        Finding(
            "Scribble",
            f"lines met within {measures.REACH_PX} px, {steps_said(steps)}",
            recalls[steps],
            {"shuffled": shuffled[steps], **(beside if steps == 4 else {})},
            Bar(">=", 0.55, 0.48) if steps == 4 else None,
        )
        for steps in ALL_STEPS
    ]
    times = recalls[4] / max(shuffled[4], 1e-6)
    own = beside["painter's own"] / max(beside["its shuffled"], 1e-6)
    findings += [
        Finding("Scribble", "times the shuffled, 4 steps", times, {"painter's own": own}, Bar(">=", 2.2)),
        Finding("Scribble", "2 steps, share of 4 steps", recalls[2] / max(recalls[4], 1e-6), {}, Bar(">=", 0.85)),
    ]
    for steps in ALL_STEPS:
        sharpness = measures.sharpness(bench.sketched(steps)) / sharp
        bar = Bar(">=", 0.7, 0.4) if steps == 4 else None
        findings.append(
            Finding("Scribble", f"sharpness, share of the painter's, {steps_said(steps)}", sharpness, {}, bar)
        )
    return findings


def half_scribble(bench: Bench) -> list[Finding]:
    """Half of the lines are missing: what is left is still followed, and the picture is no worse a picture."""
    rng = np.random.default_rng(0)
    thinned = [measures.thinned(lines, MISSING_SHARE, rng) for lines in bench.sketches]
    made = bench.studio.paint(bench.captions, {"scribble": [rgb(lines) for lines in thinned]}, steps=4)
    real = bench.looks.features_of(bench.truths)
    away, whole = (
        measures.frechet_distance(real, bench.looks.features_of(shown)) for shown in (made, bench.sketched(4))
    )
    name = "Half of the lines missing, 4 steps"
    beside = {
        "shuffled": measures.mean_recall(made, shifted(thinned)),
        "with all lines": measures.mean_recall(bench.sketched(4), thinned),
    }
    found = [
        Finding(name, "lines left that are met", measures.mean_recall(made, thinned), beside),
        Finding(name, "Fréchet distance", away, {"with all lines": whole}),
    ]
    if bench.looks.labels["subject"]:
        kept = bench.agreement("subject", made, bench.scenes)
        all_lines = bench.agreement("subject", bench.sketched(4), bench.scenes)
        found.append(Finding(name, "main object agrees", kept, {"with all lines": all_lines}))
    return found


def pose(bench: Bench) -> list[Finding]:
    """Half as many scenes as elsewhere, all with a figure large enough to find joints in; the map shows all figures.

    Limbs count that the detector finds in the painter's own picture: of what is hidden behind a body or a dress it
    cannot tell.
    """
    held_out = range(bench.pictures.training_count, len(bench.pictures))
    chosen = [i for i in held_out if bench.large_figures(i)][: max(1, len(bench.chosen) // 2)]
    if not chosen:
        return []
    people = [bench.large_figures(i) for i in chosen]
    said = [told(bench.pictures.scenes[i]) for i in chosen]
    maps = {"pose": [pose_map(bench.pictures.figures(i)) for i in chosen]}

    def in_place(made: Pictures, wanted: list[list[Joints]]) -> list[list[bool]]:
        found = bench.joints.find(made)
        return [limbs_in_place(here, figures) for here, figures in zip(found, wanted, strict=True)]

    own = in_place([np.asarray(bench.pictures.pictures[i]) for i in chosen], people)

    def kept(places: list[list[bool]], readable: list[list[bool]]) -> float:
        pairs = zip(chain.from_iterable(places), chain.from_iterable(readable), strict=True)
        return share(is_right for is_right, can_be_read in pairs if can_be_read)

    made = bench.studio.paint(said, maps, steps=4)
    right = in_place(made, people)
    shuffled = kept(in_place(made, shifted(people)), shifted(own))
    beside = {
        "shuffled": shuffled,
        "without the map": kept(in_place(bench.studio.paint(said, {}, steps=4), people), own),
        "of all limbs": share(chain.from_iterable(right)),
        "painter's own, of all limbs": share(chain.from_iterable(own)),
    }
    bar = Bar(">=", 0.9, min(0.9, CLEAR_MULTIPLE * shuffled))
    return [Finding("Pose alone, 4 steps", "limbs in place", kept(right, own), beside, bar)]


def stroke_beside(lines: NDArray[np.uint8], rng: np.random.Generator) -> tuple[NDArray[np.uint8], Mask]:
    """The sketch with one small stroke more, and all pixels outside twice the stroke's box."""
    length, angle = rng.uniform(*STROKE_PX), rng.uniform(0, np.pi)
    middle = rng.uniform(40, SIZE - 40, 2)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = ([round(float(v)) for v in middle + side * reach] for side in (-1, 1))
    drawn = cv2.line(lines.copy(), start, end, 1, STROKE_WIDTH_PX, cv2.LINE_8)
    half = np.maximum(np.abs(reach) + STROKE_WIDTH_PX / 2, 1)
    low, high = (np.clip(middle + side * 2 * half, 0, SIZE).round().astype(int) for side in (-1, 1))
    outside = np.ones((SIZE, SIZE), bool)
    outside[low[1] : high[1], low[0] : high[0]] = False
    return drawn, outside


def stability(bench: Bench) -> list[Finding]:
    """Live as the app has it: the sketch alone, the model's preview steps, one seed."""
    rng = np.random.default_rng(1)
    count = max(1, len(bench.chosen) // 2)
    strokes = [stroke_beside(lines, rng) for lines in bench.sketches[:count]]
    steps, said = bench.studio.preview_steps, bench.captions[:count]
    before = bench.studio.paint(said, {"scribble": [rgb(lines) for lines in bench.sketches[:count]]}, steps, seed=1)
    after = bench.studio.paint(said, {"scribble": [rgb(drawn) for drawn, _ in strokes]}, steps, seed=1)
    other = bench.studio.paint(said, {"scribble": [rgb(drawn) for drawn, _ in strokes]}, steps, seed=1_000)

    def still(shown: Pictures) -> list[float]:
        return [measures.psnr_where(a, b, away) for a, b, (_, away) in zip(shown, before, strokes, strict=True)]

    beside = {"another seed": float(np.mean(still(other))), "worst": min(still(after))}
    value = float(np.mean(still(after)))
    return [
        Finding(f"Stability, {steps_said(steps)}", "PSNR dB away from a new stroke", value, beside, Bar(">=", 30.0))
    ]
