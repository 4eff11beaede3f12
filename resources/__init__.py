"""Data files: icons, fonts, brush presets, themes. `path` is the only way to find them."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """The file `resources/<parts>`. Raises FileNotFoundError when the installation lacks it."""
    found = _HERE.joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(f"the installation lacks resources/{'/'.join(parts)}; install Underdraw again")
    return found
