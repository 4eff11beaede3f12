"""One line of progress to standard output at once; phases run for an hour with their output in a file."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
