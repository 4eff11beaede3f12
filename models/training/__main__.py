"""All phases in order: `python -m models.training --out DIR --minutes N`. A second call resumes.

The minutes are shared out between the trained phases; rendering and encoding take what they take (about eight
minutes on two cores).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

SHARES = {"autoencoder": 0.25, "diffusion": 0.66, "decoder": 0.09}
ALLOCATOR = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
"""glibc gives big tensors back to the system and faults them in again at every step unless told not to."""


def commands(out: Path, minutes: float, count: int, threads: int) -> list[tuple[str, list[str], Path | None]]:
    """Phase, its arguments, and a file whose presence means that it is done (None: it knows by itself)."""
    data, trained, normalised = out / "set", out / "autoencoder.pt", out / "normalised.pt"
    decoder, diffusion = out / "decoder.pt", out / "diffusion.pt"

    def share(phase: str) -> list[str]:
        return ["--minutes", f"{minutes * SHARES[phase]:.2f}", "--workers", str(threads)]

    return [
        ("render_set", ["--folder", str(data), "--count", str(count), "--workers", str(threads)], None),
        (
            "train_autoencoder",
            ["--pictures", str(data / "pictures.npy"), "--checkpoint", str(trained), *share("autoencoder")],
            None,
        ),
        (
            "encode_set",
            ["--folder", str(data), "--trained", str(trained), "--normalised", str(normalised)],
            data / "latents.npy",
        ),
        ("train_diffusion", ["--folder", str(data), "--checkpoint", str(diffusion), *share("diffusion")], None),
        (
            "train_decoder",
            ["--folder", str(data), "--normalised", str(normalised), "--checkpoint", str(decoder), *share("decoder")],
            None,
        ),
        (
            "export",
            ["--diffusion", str(diffusion), "--autoencoder", str(decoder), "--folder", str(out / "embedded")],
            None,
        ),
        ("evaluate", ["--model", str(out / "embedded"), "--data", str(data)], None),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--count", type=int, default=9600)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **ALLOCATOR}
    for phase, options, done in commands(arguments.out, arguments.minutes, arguments.count, arguments.threads):
        if done is None or not done.exists():
            subprocess.run([sys.executable, "-m", f"models.training.{phase}", *options], check=True, env=environment)


if __name__ == "__main__":
    main()
