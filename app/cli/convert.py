"""Convert a document or picture between formats; the endings of the names pick them."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from app.cli import BadInput
from canvas.formats import registry
from canvas.formats.notes import Notes
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions


def configure(parser: argparse.ArgumentParser) -> None:
    endings = " ".join(ending for f in registry.FORMATS if f.can_write for ending in f.extensions)
    usual = DEFAULT_OPTIONS
    parser.add_argument("input", type=Path, metavar="IN", help="a document or picture of any known format")
    parser.add_argument("output", type=Path, metavar="OUT", help=f"the file to write, one of {endings}")
    parser.add_argument("--depth", type=int, choices=(8, 16), default=usual.depth, help="bits a channel")
    parser.add_argument(
        "--quality", type=int, default=usual.quality, metavar="N", help="1 to 100, of JPEG, WebP and AVIF"
    )
    parser.add_argument("--lossless", action="store_true", help="WebP and AVIF with every pixel as it is")
    parser.add_argument("--background", metavar="RRGGBB", help="what lies behind transparent parts in a JPEG")
    parser.add_argument("--no-recipes", action="store_true", help="leave out how the picture was made")
    parser.add_argument("--no-ai-mark", action="store_true", help="leave out the IPTC mark of AI use")
    parser.add_argument("--no-roles", action="store_true", help="leave out what only Underdraw reads in PSD and ORA")
    parser.add_argument("--keep-previous", action="store_true", help="keep the file that is replaced as OUT~")


def run(options: argparse.Namespace) -> int:
    chosen = registry.format_to_write(options.output)
    how = _write_options(options)
    notes = Notes()
    state = registry.read(options.input, notes=notes)
    losses = registry.losses(state, chosen, how)
    registry.write(state, options.output, options=how)
    for note in notes.sentences:
        sys.stderr.write(f"{options.input}: {note}\n")
    for loss in losses:
        sys.stderr.write(f"{options.output}: not kept: {loss}\n")
    return 0


def _write_options(options: argparse.Namespace) -> WriteOptions:
    if not 1 <= options.quality <= 100:
        raise BadInput(f"--quality {options.quality}: write a number from 1 to 100")
    return WriteOptions(
        depth=options.depth,
        quality=options.quality,
        lossless=options.lossless,
        background=_colour(options.background) if options.background else DEFAULT_OPTIONS.background,
        recipes=not options.no_recipes,
        mark_ai=not options.no_ai_mark,
        roles=not options.no_roles,
        keep_previous=options.keep_previous,
    )


def _colour(text: str) -> tuple[float, float, float]:
    if not re.fullmatch(r"#?[0-9a-fA-F]{6}", text):
        raise BadInput(f"--background {text}: write it as six hexadecimal digits, such as ffffff")
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red / 255, green / 255, blue / 255
