"""Questions about whole pictures: what the autoencoder lets through, what the words decide, how near to real ones."""

from __future__ import annotations

import numpy as np

from models.training import measures
from models.training.evaluation.bench import Bench, shifted
from models.training.evaluation.findings import Bar, Finding, share, steps_said
from models.training.evaluation.look_reader import NAMES, QUESTIONS
from models.training.evaluation.rulers import readings
from models.training.studio import Pictures

BARS = {
    "style": Bar(">=", 0.85),
    "time": Bar(">=", 0.85, 0.8),
    "season": Bar(">=", 0.8),
    "subject": Bar(">=", 0.75),
}
ALL_STEPS = (1, 2, 4, 8)
OTHER_PICTURES = 480


def rulers(bench: Bench) -> list[Finding]:
    return readings(bench.rulers, bench.pictures)


def autoencoder(bench: Bench) -> list[Finding]:
    made = bench.studio.reconstruct(bench.truths)
    before, after = bench.looks.read(bench.truths)["style"], bench.looks.read(made)["style"]
    right = [i for i, scene in enumerate(bench.scenes) if before[i] == scene.style]
    return [
        Finding(
            "Autoencoder alone",
            "sharpness, share of the picture's",
            measures.sharpness(made) / measures.sharpness(bench.truths),
            bar=Bar(">=", 0.8, 0.55),
        ),
        Finding(
            "Autoencoder alone",
            "style labels kept",
            share(after[i] == before[i] for i in right),
            {"shuffled": share(a == b for a, b in zip(shifted(after), before, strict=True))},
            Bar(">=", 0.95, 0.6),
        ),
        Finding("Autoencoder alone", "PSNR dB", measures.psnr(made, bench.truths)),
    ]


def prompt(bench: Bench) -> list[Finding]:
    """Words alone, without any drawing: the look reader sees what was said."""
    made = bench.studio.paint(bench.captions, {}, steps=4)
    findings = []
    for question in QUESTIONS:
        if bench.looks.labels[question]:
            beside = {
                "shuffled": bench.agreement(question, made, shifted(bench.scenes)),
                "with the sketch": bench.agreement(question, bench.sketched(4), bench.scenes),
                "painter's own": bench.agreement(question, bench.truths, bench.scenes),
            }
            value = bench.agreement(question, made, bench.scenes)
            findings.append(Finding("Prompt, 4 steps", f"{NAMES[question]} agrees", value, beside, BARS[question]))
    return findings


def distance(bench: Bench) -> list[Finding]:
    """Fréchet distances to the painter's other pictures, of pictures from sketch and caption and of real ones."""
    count = min(OTHER_PICTURES, bench.pictures.training_count)
    others = bench.looks.features_of([np.asarray(picture) for picture in bench.pictures.pictures[:count]])

    def away(made: Pictures) -> float:
        return measures.frechet_distance(others, bench.looks.features_of(made))

    beside = {"real to real": away(bench.truths), "autoencoder alone": away(bench.studio.reconstruct(bench.truths))}
    return [
        Finding("Looks", f"Fréchet distance, {steps_said(steps)}", away(bench.sketched(steps)), beside)
        for steps in ALL_STEPS
    ]
