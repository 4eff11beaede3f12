"""`WriteOptions`: what the artist may choose about a file beside its format. Each format uses what it can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Depth = Literal[8, 16]
#: The loss of every format with a quality: chosen with it, and no news at every save.
APPROXIMATE_COLOURS = "exact colours, which are stored approximately"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """`depth`: bits a channel, where the format has both. `quality`: 1..100 of JPEG, WebP and AVIF; `lossless`: WebP
    and AVIF without loss. `background`: straight sRGB 0..1 under a transparent picture in a format without
    transparency. `recipes`: how the picture was made, as text for people and programs. `mark_ai`: the IPTC digital
    source type. `roles`: what only Underdraw reads, such as roles and prompts of layers. `keep_previous`: a file that
    is replaced stays beside the new one, see `atomic.previous_version`."""

    depth: Depth = 8
    quality: int = 92
    lossless: bool = False
    background: tuple[float, float, float] = (1.0, 1.0, 1.0)
    recipes: bool = True
    mark_ai: bool = True
    roles: bool = True
    keep_previous: bool = False

    def __post_init__(self) -> None:
        if self.depth not in (8, 16):
            raise ValueError(f"a channel has 8 or 16 bits, not {self.depth}")
        if not 1 <= self.quality <= 100:
            raise ValueError(f"the quality lies between 1 and 100, not {self.quality}")


DEFAULT_OPTIONS = WriteOptions()
