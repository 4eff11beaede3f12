"""Draws the documents that come with Underdraw anew: `python -m app.examples [NAME ...]`, after the painter changed."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import resources
from app.examples.documents import DOCUMENTS
from canvas.formats import registry

PAGE_BYTES = 1024


def main(names: Sequence[str]) -> None:
    """Write those documents, all without a name, into the resources."""
    folder = resources.path("examples")
    for name in names or tuple(DOCUMENTS):
        path = Path(folder, f"{name}.udraw")
        path.unlink(missing_ok=True)
        registry.write(DOCUMENTS[name](), path, registry.TileDigests())
        _pack(path)
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


def _pack(path: Path) -> None:
    """Give the file small pages: those of a document that is worked on are large, and half empty in a small one."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        db.execute("VACUUM")


if __name__ == "__main__":
    main(sys.argv[1:])
