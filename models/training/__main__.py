"""All phases in order: `python -m models.training --out DIR --minutes N`. A second call resumes.

The minutes are shared out between the trained phases; rendering and encoding take what they take (about eight
minutes on two cores). A phase that is over leaves a file `<number>-<phase>.done`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

SHARES = {"autoencoder": 0.22, "diffusion": 0.67, "reference": 0.02, "decoder": 0.09}
BEFORE_REFERENCE = 0.6
"""Share of the diffusion minutes before the IP-Adapter is given its start; the rest fits it in."""
ALLOCATOR = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
"""glibc gives big tensors back to the system and faults them in again at every step unless told not to."""

Phase = tuple[str, dict[str, object]]


def phases(out: Path, minutes: float, count: int, workers: int) -> list[Phase]:
    """Each phase's module and its options."""
    data, trained, normalised = out / "set", out / "autoencoder.pt", out / "normalised.pt"
    decoder, diffusion, embedded = out / "decoder.pt", out / "diffusion.pt", out / "embedded"
    given = {name: minutes * share for name, share in SHARES.items()}
    learn = {"folder": data, "checkpoint": diffusion}
    return [
        ("render_set", {"folder": data, "count": count, "workers": workers}),
        (
            "train_autoencoder",
            {
                "pictures": data / "pictures.npy",
                "checkpoint": trained,
                "minutes": given["autoencoder"],
                "workers": workers,
            },
        ),
        ("encode_set", {"folder": data, "trained": trained, "normalised": normalised, "workers": workers}),
        ("train_diffusion", {**learn, "minutes": given["diffusion"] * BEFORE_REFERENCE, "workers": workers}),
        ("train_reference", {**learn, "minutes": given["reference"]}),
        ("train_diffusion", {**learn, "minutes": given["diffusion"], "workers": workers}),
        (
            "train_decoder",
            {
                "folder": data,
                "normalised": normalised,
                "checkpoint": decoder,
                "minutes": given["decoder"],
                "workers": workers,
            },
        ),
        ("export", {"diffusion": diffusion, "autoencoder": decoder, "folder": embedded}),
        ("evaluate", {"model": embedded, "data": data}),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--count", type=int, default=9600)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **ALLOCATOR}
    plan = phases(arguments.out, arguments.minutes, arguments.count, arguments.workers)
    for number, (phase, options) in enumerate(plan):
        done = arguments.out / f"{number}-{phase}.done"
        if done.exists():
            continue
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        subprocess.run([sys.executable, "-m", f"models.training.{phase}", *words], check=True, env=environment)
        done.touch()


if __name__ == "__main__":
    main()
