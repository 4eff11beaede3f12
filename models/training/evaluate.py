"""Measure an exported model on held-out scenes, every measure beside what it is to be compared with, and draw sheets.

`python -m models.training.evaluate --model FOLDER --data SET --count N [--rulers FILE]` prints JSON, with `--table` the
Markdown table of the model's README, and writes the JSON beside the sheets. Everything goes through the app's own
engine. The rulers come from `models.training.evaluation.rulers`; where there is no file of them they are trained first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import torch

from models.training import sheets
from models.training.evaluation import drawing, given_pictures, pictures
from models.training.evaluation.bench import Bench
from models.training.evaluation.findings import Finding, table
from models.training.evaluation.rulers import rulers_for
from models.training.evaluation.speed import speed
from models.training.picture_set import open_set
from models.training.progress import say
from models.training.studio import Studio

QUESTIONS: Final = MappingProxyType(
    {
        "rulers": pictures.rulers,
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
DRAWN: Final = MappingProxyType(
    {
        "held-out": sheets.held_out_sheet,
        "doodles": sheets.doodle_sheet,
        "roles": sheets.roles_sheet,
        "times": sheets.time_sheet,
        "steps": sheets.steps_sheet,
        "sizes": sheets.size_sheet,
    }
)
SHIPPED_SHEETS = ("held-out", "doodles", "roles")
RULERS_FILE, JSON_FILE = "rulers.pt", "evaluation.json"


def set_up(model: Path, data: Path, count: int, rulers: Path | None = None) -> Bench:
    """The bench with the first `count` held-out scenes."""
    rendered = open_set(data)
    held_out = range(rendered.training_count, len(rendered))
    return Bench(Studio(model), rendered, rulers_for(rendered, rulers or data / RULERS_FILE), held_out[:count])


def draw_sheets(bench: Bench, folder: Path, names: Collection[str], suffix: str = ".webp") -> None:
    for name in names:
        sys.stderr.write(f"sheet {name} ...\n")
        sheets.save(DRAWN[name](bench), folder / f"{name}{suffix}")


def evaluate(bench: Bench, questions: Collection[str]) -> list[Finding]:
    """The findings; which question is being asked goes to the error output, as some take a minute."""
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
    parser.add_argument("--count", type=int, default=48, help="held-out scenes to measure on")
    parser.add_argument("--rulers", type=Path, help=f"file of trained rulers; default: {RULERS_FILE} in DATA")
    parser.add_argument("--table", action="store_true", help="print Markdown instead of JSON")
    parser.add_argument("--sheets", type=Path, help="folder for the sheets and the JSON; default: MODEL/sheets")
    parser.add_argument("--json", type=Path, help=f"file for the JSON; default: {JSON_FILE} beside the sheets")
    parser.add_argument("--draw", nargs="+", choices=list(DRAWN), default=list(SHIPPED_SHEETS))
    parser.add_argument("--suffix", default=".webp")
    parser.add_argument("--only", nargs="+", choices=[*QUESTIONS, SPEED, SHEETS])
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    asked = arguments.only or [*QUESTIONS, SPEED, SHEETS]
    folder = arguments.sheets or arguments.model / "sheets"
    bench = set_up(arguments.model, arguments.data, arguments.count, arguments.rulers)
    findings = evaluate(bench, asked)
    if SPEED in asked:
        findings += speed(arguments.model)
    if findings:
        found = report(findings, bench)
        say(table(findings) if arguments.table else found)
        path = arguments.json or folder / JSON_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found + "\n")
    if SHEETS in asked:
        draw_sheets(bench, folder, arguments.draw, arguments.suffix)


if __name__ == "__main__":
    main()
