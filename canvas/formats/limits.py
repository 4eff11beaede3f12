"""How much a file may ask for before it is refused. Files come from strangers: sizes are checked before allocating."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from canvas.formats.errors import cannot_open
from canvas.state import MAX_SIDE_PX
from canvas.tiles import TILE_PX

#: Used where the operating system does not tell how much memory there is.
_ASSUMED_MEMORY_BYTES = 16 << 30
_VALUE_BYTES = 2


def surface_bytes(width: int, height: int, channels: int) -> int:
    """The most that a surface with so many pixels takes: a line of pixels costs a line of tiles."""
    if not (width and height):
        return 0
    columns, rows = width // TILE_PX + 2, height // TILE_PX + 2
    return columns * rows * TILE_PX * TILE_PX * channels * _VALUE_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest side in pixels, and the most bytes that the pixels of one document may take when unpacked."""

    side_px: int
    pixel_bytes: int

    @staticmethod
    def of_this_machine() -> Limits:
        """Three quarters of the memory: a document that could be painted here can be opened here."""
        memory = _ASSUMED_MEMORY_BYTES
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return Limits(MAX_SIDE_PX, memory * 3 // 4)

    def check_size(self, path: Path, width: int, height: int) -> None:
        """Raises FormatError when no document may be that large."""
        if not (1 <= width <= self.side_px and 1 <= height <= self.side_px):
            raise cannot_open(
                path, f"its size is {width}x{height} pixels", f"scale it to 1 to {self.side_px} pixels a side"
            )
        self.check_bytes(path, surface_bytes(width, height, 4))

    def check_bytes(self, path: Path, pixel_bytes: int) -> None:
        """Raises FormatError when the unpacked pixels would not fit."""
        if pixel_bytes > self.pixel_bytes:
            need, have = pixel_bytes / 1e9, self.pixel_bytes / 1e9
            raise cannot_open(
                path,
                f"it needs {need:.1f} GB of memory and {have:.1f} GB may be used",
                "make it smaller or merge layers in the program it comes from",
            )
