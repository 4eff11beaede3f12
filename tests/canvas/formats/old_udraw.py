"""Writes native documents as earlier versions did: schemas 1 and 2, whose tiles, digests and tables were others."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import cv2
import numpy as np
import zstandard

from canvas.formats.preview import preview_png
from canvas.formats.udraw_tree import tree_to_json
from canvas.state import DocumentState, surfaces
from canvas.tiles import TILE_PX, Pixels, Surface

_MISSING = {1: ("label", "fill"), 2: ("fill",)}


def encode(tile: Pixels) -> bytes:
    """Differences from the left neighbour, low bytes first, in a zstd frame."""
    planes = np.stack(cv2.split(tile))
    deltas = planes.copy()
    deltas[:, :, 1:] -= planes[:, :, :-1]
    octets = deltas.astype("<u2", copy=False).view(np.uint8).reshape(-1, tile.shape[1], 2)
    split = np.stack(cv2.split(octets))
    return zstandard.ZstdCompressor(level=1).compress(split.tobytes())


def digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def save(state: DocumentState, path: Path, schema: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA page_size=16384")
        db.execute("PRAGMA auto_vacuum=FULL")
        db.execute("PRAGMA application_id=0x55445257")
        db.execute(f"PRAGMA user_version={schema}")
        db.execute("CREATE TABLE document (key TEXT PRIMARY KEY, value NOT NULL)")
        db.execute("CREATE TABLE surface (digest BLOB PRIMARY KEY, map BLOB NOT NULL)")
        db.execute("CREATE TABLE tile (digest BLOB PRIMARY KEY, data BLOB NOT NULL)")
        names: dict[int, str] = {}
        for surface in surfaces(state):
            names[id(surface)] = _save_surface(db, surface)
        document = json.loads(tree_to_json(state, TILE_PX, lambda surface: names[id(surface)]))
        _forget(document["layers"], _MISSING[schema])
        db.execute("INSERT INTO document VALUES ('tree', ?)", (json.dumps(document, sort_keys=True),))
        db.execute("INSERT INTO document VALUES ('preview', ?)", (preview_png(state),))


def _save_surface(db: sqlite3.Connection, surface: Surface) -> str:
    placed = b""
    for (tx, ty), tile in sorted(surface.tiles.items()):
        blob = encode(tile)
        db.execute("INSERT OR REPLACE INTO tile VALUES (?, ?)", (digest(blob), blob))
        placed += np.array([tx, ty], "<i4").tobytes() + digest(blob)
    db.execute("INSERT OR REPLACE INTO surface VALUES (?, ?)", (digest(placed), placed))
    return digest(placed).hex()


def _forget(nodes: list[dict[str, object]], keys: tuple[str, ...]) -> None:
    for node in nodes:
        for key in keys:
            del node[key]
        _forget(node.get("children", []), keys)  # type: ignore[arg-type]
