"""All phases in order: `python -m models.training --out DIR --minutes N [--machine gpu]`. A second call resumes.

The minutes are shared out between the trained phases; encoding and measuring take what they take. The set is painted
in the background from the first second, and the autoencoder starts on what there is; everything after it waits for the
whole set. A phase that is over leaves a file `<number>-<phase>.done`. A rehearsal in small: `--minutes 6 --count 600`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

SHARES: Final = MappingProxyType(
    {"autoencoder": 0.2, "diffusion": 0.3, "reference": 0.02, "few_steps": 0.39, "decoder": 0.09}
)
BEFORE_REFERENCE = 0.6
"""Share of the diffusion minutes before the IP-Adapter is given its start; the rest fits it in."""
ALLOCATOR = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
"""glibc gives big tensors back to the system and faults them in again at every step unless told not to."""

Values = Mapping[str, object]


@dataclass(frozen=True)
class Machine:
    """What suits a machine: pictures to paint, processes that paint, and the options of the trained phases."""

    count: int
    painters: int
    autoencoder: Values
    diffusion: Values
    few_steps: Values
    decoder: Values
    encode: Values


CPU: Final = Machine(12_000, 2, {}, {}, {}, {}, {"workers": 2})
GPU: Final = Machine(
    count=100_000,
    painters=max(2, (os.cpu_count() or 2) - 2),
    autoencoder={"workers": 1, "device": "cuda", "batch": 96, "crop-px": 128},
    diffusion={"workers": 1, "device": "cuda", "batch": 192, "loaders": 12, "shape": "wide", "rate": 1e-3},
    few_steps={"workers": 1, "device": "cuda", "batch": 128, "loaders": 12},
    decoder={"workers": 1, "device": "cuda", "batch": 64},
    encode={"workers": 1, "device": "cuda"},
)
MACHINES: Final = MappingProxyType({"cpu": CPU, "gpu": GPU})

Phase = tuple[str, dict[str, object]]


def phases(out: Path, minutes: float, machine: Machine) -> list[Phase]:
    """Each phase's module and its options, after the painting."""
    data, trained, normalised = out / "set", out / "autoencoder.pt", out / "normalised.pt"
    diffusion, few_steps, decoder, embedded = (
        out / name for name in ("diffusion.pt", "few_steps.pt", "decoder.pt", "embedded")
    )
    given = {name: minutes * share for name, share in SHARES.items()}
    learn = {"folder": data, "checkpoint": diffusion}
    return [
        (
            "train_autoencoder",
            {"folder": data, "checkpoint": trained, "minutes": given["autoencoder"], **machine.autoencoder},
        ),
        ("encode_set", {"folder": data, "trained": trained, "normalised": normalised, **machine.encode}),
        ("train_diffusion", {**learn, "minutes": given["diffusion"] * BEFORE_REFERENCE, **machine.diffusion}),
        ("train_reference", {**learn, "minutes": given["reference"]}),
        ("train_diffusion", {**learn, "minutes": given["diffusion"], **machine.diffusion}),
        (
            "train_few_steps",
            {
                "folder": data,
                "start": diffusion,
                "checkpoint": few_steps,
                "minutes": given["few_steps"],
                **machine.few_steps,
            },
        ),
        (
            "train_decoder",
            {
                "folder": data,
                "normalised": normalised,
                "checkpoint": decoder,
                "minutes": given["decoder"],
                **machine.decoder,
            },
        ),
        ("export", {"diffusion": few_steps, "autoencoder": decoder, "data": data, "folder": embedded}),
        ("evaluate", {"model": embedded, "data": data}),
    ]


def command(phase: str, options: Values) -> list[str]:
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", f"models.training.{phase}", *words]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="of training, all phases together")
    parser.add_argument("--machine", choices=list(MACHINES), default="cpu")
    parser.add_argument("--count", type=int, help="pictures to paint")
    arguments = parser.parse_args()
    machine = MACHINES[arguments.machine]
    arguments.out.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **ALLOCATOR}
    count = arguments.count or machine.count
    painting = {"folder": arguments.out / "set", "count": count, "workers": machine.painters}
    with subprocess.Popen(command("render_set", painting), env=environment) as painters:
        for number, (phase, options) in enumerate(phases(arguments.out, arguments.minutes, machine)):
            done = arguments.out / f"{number}-{phase}.done"
            if number and painters.wait() != 0:
                raise SystemExit("painting the set failed; see above")
            if not done.exists():
                subprocess.run(command(phase, options), check=True, env=environment)
                done.touch()


if __name__ == "__main__":
    main()
