"""The `underdraw` command: a window, or one of the subcommands of `app.cli`. Imports nothing until it knows which."""

from __future__ import annotations

import sys
from collections.abc import Sequence

COMMANDS = ("render", "convert", "info", "models", "bench")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 done, 1 failed, 2 bad input, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in COMMANDS:
        from app.cli import run

        return run(words)
    from app.cli.window import run_window

    return run_window(words)


if __name__ == "__main__":
    sys.exit(main())
