"""Convert a document or picture between formats; the endings of the names pick them."""

from __future__ import annotations

import argparse
from pathlib import Path

from canvas.formats import registry


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="IN", help="a .udraw, .psd, or picture file")
    parser.add_argument("output", type=Path, metavar="OUT", help="the file to write: .udraw, .psd or .png")


def run(options: argparse.Namespace) -> int:
    registry.format_to_write(options.output)
    registry.write(registry.read(options.input), options.output)
    return 0
