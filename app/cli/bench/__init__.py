"""Measure the real paths, each beside a reference in the same run: machines differ, ratios travel."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module

BENCHES = ("ink", "dabs", "smudge", "composite", "view", "live", "psd", "files", "startup", "fill")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")


def run(options: argparse.Namespace) -> int:
    figures = import_module(f"app.cli.bench.{options.name}").measure()
    if options.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        for key, value in figures.items():
            sys.stdout.write(f"{key}: {json.dumps(value)}\n")
    return 0
