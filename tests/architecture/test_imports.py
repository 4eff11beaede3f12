"""What a room must not pull in, seen in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "torchvision", "diffusers", "transformers", "controlnet_aux", "accelerate")


def modules_of(room: str) -> list[str]:
    names = []
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def imported_after(modules: list[str], probes: tuple[str, ...]) -> set[str]:
    code = f"import sys\nfor m in {modules!r}: __import__(m)\nprint(*[p for p in {probes!r} if p in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("room", "absent"),
    [("canvas", (*HEAVY, "PySide6")), ("resources", (*HEAVY, "PySide6", "numpy")), ("app", HEAVY)],
)
def test_room_stays_light(room: str, absent: tuple[str, ...]) -> None:
    assert imported_after(modules_of(room), absent) == set()


def test_session_and_tools_need_no_qt() -> None:
    modules = ["app.session", *[m for m in modules_of("app") if m.startswith("app.tools")]]
    assert imported_after(modules, ("PySide6",)) == set()


def test_catalogue_and_conditions_need_neither_qt_nor_torch() -> None:
    modules = ["models.catalogue", "inference.conditions", "inference.scheduler", "inference.hosts.process"]
    assert imported_after(modules, (*HEAVY, "PySide6")) == set()
