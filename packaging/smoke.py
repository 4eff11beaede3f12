"""Smoke test of an installed Underdraw: draws, renders with the embedded model, saves, reads back. No display needed.

    python packaging/smoke.py [COMMAND ...]        # default: underdraw

Uses the standard library only, so that it can test any build. Exit status 0 when everything worked.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

SIDE_PX = 256


def main(command: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sketch, psd, png = folder / "sketch.png", folder / "out.psd", folder / "out.png"
        write_sketch(sketch)
        models = json.loads(run([*command, "models", "--json"]))["models"]
        assert models[0]["id"] == "embedded", models
        assert models[0]["problem"] is None, models[0]["problem"]
        ask = ["--control", f"scribble={sketch}", "--prompt", "hills, sun, flat", "--seed", "7", "-o"]
        run([*command, "render", *ask, str(png)])
        run([*command, "render", *ask, str(psd)])
        layers = json.loads(run([*command, "info", str(psd), "--json"]))["layers"]
        assert len(layers) >= 2, layers
        assert png.read_bytes().startswith(b"\x89PNG"), "no picture"
    sys.stdout.write("Underdraw works: models, render, PNG, PSD, info\n")


def run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def write_sketch(path: Path) -> None:
    """A hill and a sun in black on white, as an 8-bit grey PNG."""
    rows = []
    for y in range(SIDE_PX):
        row = bytearray(b"\xff" * SIDE_PX)
        for x in range(SIDE_PX):
            hill = abs(y - (180 - 60 * (1 - ((x - 100) / 100) ** 2))) < 2
            sun = abs(((x - 190) ** 2 + (y - 60) ** 2) ** 0.5 - 24) < 2
            if hill or sun:
                row[x] = 0
        rows.append(b"\0" + bytes(row))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )


if __name__ == "__main__":
    main(sys.argv[1:] or ["underdraw"])
