"""Measure an exported model on held-out scenes, every measure beside what it is to be compared with, and draw sheets.

`python -m models.training.evaluate --model models/embedded --data DIR` prints JSON, with `--table` the Markdown table
of the model's README. Everything goes through the stock diffusers pipelines. The rulers are trained on first use, some
minutes of one core, and kept in the data folder.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import torch

from models.training import sheets
from models.training.evaluation import drawing, given_pictures, pictures
from models.training.evaluation.bench import Bench
from models.training.evaluation.findings import Finding, table
from models.training.evaluation.joint_detector import cached_joint_detector
from models.training.evaluation.look_reader import cached_look_reader
from models.training.evaluation.speed import speed
from models.training.picture_set import open_set
from models.training.progress import say
from models.training.studio import Studio

QUESTIONS: Final = MappingProxyType(
    {
        "autoencoder": pictures.autoencoder,
        "scribble": drawing.scribble,
        "half-scribble": drawing.half_scribble,
        "pose": drawing.pose,
        "prompt": pictures.prompt,
        "reference": given_pictures.reference,
        "inpainting": given_pictures.inpainting,
        "stability": drawing.stability,
        "looks": pictures.distance,
    }
)
SPEED, SHEETS = "speed", "sheets"


def set_up(model: Path, data: Path, count: int) -> Bench:
    """The bench with the first `count` held-out scenes."""
    rendered = open_set(data)
    held_out = range(rendered.training_count, len(rendered))
    looks = cached_look_reader(rendered, data / "look_reader.pt")
    joints = cached_joint_detector(rendered, data / "joint_detector.pt")
    return Bench(Studio(model), rendered, looks, joints, held_out[:count])


def draw_sheets(bench: Bench, folder: Path, suffix: str) -> None:
    rendered, studio = bench.pictures, bench.studio
    held_out = range(rendered.training_count, len(rendered))
    some = sheets.varied(rendered, held_out, sheets.ROWS)
    with_people = [i for i in held_out if bench.large_figures(i)][: sheets.ROWS]
    masks = [given_pictures.place_mask(rendered.recomposed(i), random.Random(i))[0] for i in some]
    drawn: dict[str, Callable[[], sheets.Sheet]] = {
        "held-out": lambda: sheets.held_out_sheet(bench, some),
        "doodles": lambda: sheets.doodle_sheet(studio),
        "steps": lambda: sheets.steps_sheet(studio),
        "times": lambda: sheets.time_sheet(studio),
        "pose": lambda: sheets.pose_sheet(bench, with_people),
        "maps": lambda: sheets.maps_sheet(bench, some),
        "reference": lambda: sheets.reference_sheet(bench, some),
        "inpainting": lambda: sheets.inpainting_sheet(bench, some, masks),
        "half-scribble": lambda: sheets.half_sheet(bench, some),
        "sizes": lambda: sheets.size_sheet(studio),
    }
    for name, draw in drawn.items():
        sheets.save(draw(), folder / f"{name}{suffix}")


def evaluate(bench: Bench, questions: Collection[str]) -> list[Finding]:
    """The findings; which question is being asked goes to the error output, as each takes a minute or so."""
    findings: list[Finding] = []
    for name, ask in QUESTIONS.items():
        if name in questions:
            sys.stderr.write(f"{name} ...\n")
            findings += ask(bench)
    return findings


def report(findings: Sequence[Finding], bench: Bench) -> str:
    """JSON."""
    told = {"scenes": len(bench.chosen), "measures": [finding.as_json() for finding in findings]}
    return json.dumps(told, indent=2, ensure_ascii=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=96, help="held-out scenes to measure on")
    parser.add_argument("--table", action="store_true", help="print Markdown instead of JSON")
    parser.add_argument("--json", type=Path, help="also write the JSON to this file")
    parser.add_argument("--sheets", type=Path, help="folder for the sheets; default: MODEL/sheets")
    parser.add_argument("--suffix", default=".webp")
    parser.add_argument("--only", nargs="+", choices=[*QUESTIONS, SPEED, SHEETS])
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    asked = arguments.only or [*QUESTIONS, SPEED, SHEETS]
    bench = set_up(arguments.model, arguments.data, arguments.count)
    findings = evaluate(bench, asked)
    if SPEED in asked:
        findings += speed(arguments.model)
    if findings:
        found = report(findings, bench)
        say(table(findings) if arguments.table else found)
        if arguments.json:
            arguments.json.write_text(found + "\n")
    if SHEETS in asked:
        draw_sheets(bench, arguments.sheets or arguments.model / "sheets", arguments.suffix)


if __name__ == "__main__":
    main()
