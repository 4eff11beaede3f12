"""The command line: every subcommand drives the same session object as the window and needs no display.

Bad input ends with one sentence on stderr and exit status 2; Ctrl-C with 130. Nothing is left half-written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from inference.messages import EngineError

COMMANDS_HELP = "Subcommands: render, convert, info, models, bench; each explains itself with --help."


class BadInput(ValueError):
    """What the user typed or named cannot work; the text is one sentence with a remedy."""


class Parser(argparse.ArgumentParser):
    """Argparse whose complaints are one sentence."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{self.prog}: {message}; see {self.prog} --help")


def run(words: Sequence[str]) -> int:
    """Run `underdraw <words>`; the first word is one of `app.__main__.COMMANDS`."""
    try:
        command = _command(words[0])
        parser = Parser(prog=f"underdraw {words[0]}", description=command.__doc__)
        command.configure(parser)
        status: int = command.run(parser.parse_args(list(words[1:])))
    except KeyboardInterrupt:
        sys.stderr.write("\nunderdraw: stopped; nothing was written\n")
        return 130
    except BrokenPipeError:
        return 0
    except (ValueError, OSError, MemoryError, EngineError) as error:
        sys.stderr.write(f"underdraw: {sentence(error)}\n")
        return 2
    return status


def sentence(error: Exception) -> str:
    """What to tell a person about an expected error: one line, no traceback."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this; use a smaller size or close other programs"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or 'cannot be used').lower()}; check the path and your rights to it"
    return " ".join(str(error).split())


def _command(name: str) -> Any:
    """The module of a subcommand: it has `configure(parser)` and `run(options) -> status`."""
    return import_module(f"app.cli.{name}")
