"""Open the painting window, on a file or on a new document; the first start shows the first document instead."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import COMMANDS_HELP, BadInput, Parser, sentence

if TYPE_CHECKING:
    from canvas.state import DocumentState

#: Large enough to draw on, small enough that a result of the embedded model still looks like one.
NEW_DOCUMENT_PX = 768
#: So that the first stroke comes alive in colour; the embedded model has no taste of its own without a word.
FIRST_PROMPT = "sunny day, flat illustration"


def run_window(words: Sequence[str]) -> int:
    """Run `underdraw [FILE]` until the window is closed; returns the exit status."""
    parser = Parser(prog="underdraw", description="A painting app whose picture finishes itself.", epilog=COMMANDS_HELP)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="a document or picture to open")
    parser.add_argument("--version", action="version", version=f"Underdraw {version('underdraw')}")
    parser.add_argument("--report-start", action="store_true", help="say on stdout when the window and engine are up")
    try:
        options = parser.parse_args(list(words))
        # Before any window, so that a bad file is told where the command was typed.
        for file in options.files:
            _check(file)
    except (ValueError, OSError, MemoryError) as error:
        sys.stderr.write(f"underdraw: {sentence(error)}\n")
        return 2
    from app.composition import open_window

    report = _say if options.report_start else _keep_quiet
    return open_window(_first_document(), [file.absolute() for file in options.files], report)


def _first_document() -> DocumentState:
    from canvas import edits
    from inference.direction import Direction, direction_to_json

    metadata = {"direction": direction_to_json(Direction(prompt=FIRST_PROMPT))}
    return replace(edits.new_document(NEW_DOCUMENT_PX, NEW_DOCUMENT_PX), metadata=metadata)


def _check(path: Path) -> None:
    """Raises BadInput and FormatError for what is no file to open, without reading it."""
    from canvas.formats import registry

    if not path.exists():
        raise BadInput(f"{path}: there is no such file; check the name")
    registry.recognised(path)


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def _keep_quiet(word: str) -> None:
    pass
