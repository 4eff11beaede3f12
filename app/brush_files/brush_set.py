"""`BrushSet`: brushes with the pictures that they name. What every reader gives and every writer takes. No Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import cv2
import numpy as np

from canvas.brush import ROUND, Brush
from canvas.brush_tips import MAX_TIP_PX
from canvas.tiles import Pixels8

#: A picture with more pixels than this is no tip.
MAX_PICTURE_PX = 4096 * 4096
MAX_BRUSHES = 2000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, eq=False)
class BrushSet:
    """`tips`, `textures`: (h, w) of 8 bits by name, as `canvas.brush_tips` takes them."""

    brushes: tuple[Brush, ...]
    tips: Mapping[str, Pixels8] = field(default_factory=lambda: MappingProxyType({}))
    textures: Mapping[str, Pixels8] = field(default_factory=lambda: MappingProxyType({}))


def safe_name(name: str) -> str:
    """A name that can be that of a file anywhere: letters, digits, spaces, hyphens, at most 60 of them."""
    cleaned = re.sub(r"[^\w \-]+", " ", name)
    return re.sub(r"\s+", " ", cleaned).strip(" -")[:60].strip() or "Brush"


def free_name(name: str, taken: set[str]) -> str:
    """`name`, with a number when it is taken; taken without regard to capitals, as on most disks."""
    used = {each.casefold() for each in taken}
    candidate, number = name, 2
    while candidate.casefold() in used or candidate == ROUND:
        candidate = f"{name} {number}"
        number += 1
    return candidate


def picture_of(png: bytes, what: str) -> Pixels8:
    """(h, w) of a grey PNG. Raises ValueError naming `what`."""
    # The size is read before anything is unpacked: a few bytes can stand for a picture that fills the memory.
    if png[:8] != _PNG or len(png) < 24:
        raise ValueError(f"{what} is not a PNG picture")
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    if not 0 < width * height <= MAX_PICTURE_PX:
        raise ValueError(f"{what} is {width} x {height} px, which is no brush")
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"{what} is a damaged PNG picture")
    return np.asarray(picture, np.uint8)


def png_of(picture: Pixels8) -> bytes:
    done, png = cv2.imencode(".png", picture)
    assert done
    return bytes(png.tobytes())


def sampled_brush(name: str, mask: Pixels8, spacing: float) -> tuple[Brush, Pixels8]:
    """A brush that prints `mask` as other programs do: as large as the picture, its size by pressure."""
    height, width = mask.shape
    longest = max(height, width)
    if longest > MAX_TIP_PX:
        size = (max(1, width * MAX_TIP_PX // longest), max(1, height * MAX_TIP_PX // longest))
        mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
    brush = Brush(
        name, ("imported",), size_px=float(min(longest, 1000)), hardness=1.0, spacing=min(max(spacing, 0.01), 10.0),
        tip=name,
    )  # fmt: skip
    return brush, mask


def collected(found: list[tuple[str, Pixels8 | None, Brush]]) -> BrushSet:
    """A set of brushes that were read one by one, each with its tip if it has one; names are made safe and unique."""
    brushes: list[Brush] = []
    tips: dict[str, Pixels8] = {}
    taken: set[str] = set()
    for name, mask, brush in found[:MAX_BRUSHES]:
        free = free_name(safe_name(name), taken)
        taken.add(free)
        if mask is not None:
            tips[free] = mask
        brushes.append(replace(brush, name=free, tip=free if mask is not None else ROUND))
    return BrushSet(tuple(brushes), tips)
