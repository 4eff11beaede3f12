"""Surfaces by the names of their tiles, and what a native file is known to hold.

Surfaces do not change, so what was found out about one holds as long as it lives: a save after a stroke looks at the
tiles of the painted layer only. Any thread; imports no database.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from canvas.compositor import Adjust, BlendLayer, EndGroup, EndPassThrough, Op, Program
from canvas.layers import LayerMask
from canvas.tiles import Pixels8, Surface, TileKey

PLACEMENT = np.dtype([("tx", "<i4"), ("ty", "<i4"), ("digest", "V16")])
#: A surface may name one tile many times; more placements than this are no painting. The same holds for saving.
MOST_PLACEMENTS = 1 << 21
#: Files of which something is remembered.
_MOST_FILES = 4


class NamedSurface(Surface):
    """A surface whose tiles are their digests instead of pixels; `name` is the digest of its map.

    Programs of such surfaces can be compared: `compositor.changed_tiles` tells what differs without any pixels.
    """

    __slots__ = ("name",)

    def __init__(self, tiles: Mapping[TileKey, bytes], channels: int, name: bytes) -> None:
        named: Any = tiles
        super().__init__(named, channels)
        self.name = name

    @property
    def digests(self) -> Mapping[TileKey, bytes]:
        named: Mapping[TileKey, bytes] = self.tiles  # type: ignore[assignment] # see the constructor
        return named


def digests_in(surface: NamedSurface) -> frozenset[bytes]:
    """Each of its tiles once."""
    return frozenset(surface.digests.values())


def map_of(tiles: Mapping[TileKey, bytes]) -> bytes:
    """The placements as a file keeps them, the same for equal ones."""
    return np.array(sorted((tx, ty, digest) for (tx, ty), digest in tiles.items()), PLACEMENT).tobytes()


def named_program(program: Program, name_of: Callable[[Surface], NamedSurface]) -> Program:
    """The program with every surface by name: what is composed, without the pixels."""

    def named_mask(mask: LayerMask | None) -> LayerMask | None:
        return mask and replace(mask, surface=name_of(mask.surface))

    out: list[Op] = []
    for op in program:
        if isinstance(op, BlendLayer):
            out.append(replace(op, surface=name_of(op.surface), mask=named_mask(op.mask)))
        elif isinstance(op, Adjust | EndGroup | EndPassThrough):
            out.append(replace(op, mask=named_mask(op.mask)))
        else:
            out.append(op)
    return tuple(out)


@dataclass(frozen=True, slots=True)
class KnownPicture:
    """The merged picture in a file: what it shows, surfaces by name, of a canvas of `size`; and the pixels, straight
    RGBA at 1 / 2**level of the size, None where nobody has looked at them yet."""

    program: Program
    size: tuple[int, int]
    level: int
    rgba: Pixels8 | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a file holds that has this stamp: by digest how many of its surfaces use a tile, its surfaces by name, and
    the hash of each attachment; None where nobody has looked at those."""

    stamp: bytes
    uses: Mapping[bytes, int]
    surfaces: Mapping[bytes, NamedSurface]
    picture: KnownPicture | None = None
    attachments: Mapping[str, int] | None = None


class Memory:
    """What is known of surfaces and files."""

    def __init__(self) -> None:
        self._names: WeakKeyDictionary[Surface, NamedSurface] = WeakKeyDictionary()
        self._files: OrderedDict[Path, Holdings] = OrderedDict()

    def name(self, surface: Surface) -> NamedSurface | None:
        return self._names.get(surface)

    def put_name(self, surface: Surface, named: NamedSurface) -> None:
        self._names[surface] = named

    def holdings(self, path: Path, stamp: bytes) -> Holdings | None:
        held = self._files.get(path)
        return held if held is not None and held.stamp == stamp else None

    def put_holdings(self, path: Path, held: Holdings) -> None:
        self._files[path] = held
        self._files.move_to_end(path)
        while len(self._files) > _MOST_FILES:
            self._files.popitem(last=False)
