"""List the models that Underdraw can use, the embedded one first, and what keeps others from working."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from models.catalogue import ModelInfo, scan


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(options: argparse.Namespace) -> int:
    catalogue = scan()
    if options.json:
        found = {"folder": str(catalogue.folder), "models": [_values(model) for model in catalogue.models]}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        for model in catalogue.models:
            can = ", ".join([*model.controls, *(["reference"] if model.ip_adapter else [])]) or "no controls"
            sys.stdout.write(f"{model.id}: {model.name}, {model.family}, {model.problem or can}\n")
        sys.stdout.write(f"Put models in diffusers layout into {catalogue.folder}\n")
    return 0


def _values(model: ModelInfo) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.name,
        "family": model.family,
        "folder": str(model.folder),
        "native_size": model.native_size,
        "preview_steps": model.preview_steps,
        "steps": model.steps,
        "guidance": model.guidance,
        "controls": {kind: str(path) for kind, path in model.controls.items()},
        "ip_adapter": str(model.ip_adapter.weights) if model.ip_adapter else None,
        "problem": model.problem or None,
    }
