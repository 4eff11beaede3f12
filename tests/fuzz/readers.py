"""Damages files of every format and reads them: a reader may refuse with one sentence, or open what is left.

Run as a program for as long as you like, `python tests/fuzz/readers.py --minutes 30`; tests run a fixed number. Reading
happens in a child with bounded memory; one that dies, hangs or raises anything else leaves the file for a look.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mutations import mutated
from seeds import seeds

from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.limits import Limits
from canvas.formats.picture import picture_rgba8
from canvas.formats.recipes.reading import read_recipe

#: What a document made of a damaged file may take, and what the child may take in all beyond what it had before.
PIXEL_BYTES, CHILD_BYTES = 64 << 20, 1200 << 20
#: A damaged file is small: reading it takes milliseconds, with room for a loaded machine.
SECONDS_A_FILE = 20


@dataclass(frozen=True)
class Fault:
    """A file that a reader did not take well. `why` has the traceback, or how the child ended."""

    format: str
    number: int
    why: str
    data: bytes


def damaged(files: tuple[bytes, ...], format_name: str, number: int) -> bytes:
    chance = random.Random(f"{format_name} {number}")
    return mutated(chance.choice(files), chance)


def read_many(name: str, files: tuple[bytes, ...], numbers: range, folder: Path) -> Iterator[Fault]:
    """Read the damaged files of those numbers, in children that take over where one died."""
    first = numbers.start
    while first < numbers.stop:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _read_in_child(name, files, range(first, numbers.stop), folder, writing)
        os.close(writing)
        last, fault = first, None
        with os.fdopen(reading) as answers:
            for line in answers:
                said = json.loads(line)
                last = said["number"]
                if "why" in said:
                    yield Fault(name, last, said["why"], damaged(files, name, last))
                    last += 1
        _, status = os.waitpid(child, 0)
        if status:
            why = f"the reader ended by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "the reader ended"
            fault = Fault(name, last, why, damaged(files, name, last))
            yield fault
            first = last + 1
        else:
            first = numbers.stop


def _read_in_child(name: str, files: tuple[bytes, ...], numbers: range, folder: Path, answer: int) -> None:
    warnings.simplefilter("ignore")
    with open("/proc/self/statm") as statm:
        present = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (present + CHILD_BYTES, resource.RLIM_INFINITY))
    path = folder / "damaged"
    for number in numbers:
        path.write_bytes(damaged(files, name, number))
        os.write(answer, json.dumps({"number": number}).encode() + b"\n")
        signal.alarm(SECONDS_A_FILE)
        try:
            _read(path)
        except BaseException:  # noqa: BLE001 - whatever it is, it is what is looked for
            why = traceback.format_exc()[-3000:]
            os.write(answer, json.dumps({"number": number, "why": why}).encode() + b"\n")
        signal.alarm(0)
    os._exit(0)


def _read(path: Path) -> None:
    """Everything that the program does with a file that an artist opens."""
    try:
        state = registry.read(path, Limits(4000, PIXEL_BYTES))
    except FormatError as refusal:
        text = str(refusal)
        if "\n" in text or not text.endswith(".") or len(text) > 700:
            raise AssertionError(f"not one sentence: {text!r}") from refusal
    else:
        if state.width * state.height <= 1 << 20:
            picture_rgba8(state)
    read_recipe(path)


def main() -> int:
    parser = argparse.ArgumentParser(description="Damage files of every format and read them.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--format", help="a part of the name of a format; all by default")
    parser.add_argument("--first", type=int, default=0, help="the number to start with; one number, one damage")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-faults"), help="where files that did harm are kept")
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    faults = files_read = 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        every = {k: v for k, v in seeds(folder).items() if (options.format or "").lower() in k.lower()}
        first = options.first
        while time.monotonic() < end:
            for kind, files in every.items():
                files_read += 100
                for fault in read_many(kind, files, range(first, first + 100), folder):
                    faults += 1
                    options.keep.mkdir(exist_ok=True)
                    (options.keep / f"{kind.split()[0]}-{fault.number}").write_bytes(fault.data)
                    sys.stdout.write(f"{kind} {fault.number}: {fault.why}\n")
            first += 100
            sys.stdout.write(f"{files_read} files read, {faults} faults\n")
            sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
