"""What the boxes of an AVIF file say that decoders do not pass on: bits a channel, and colours named by number.

Format: ISO 14496-12 (boxes), ISO 23008-12 (`iprp`, `ipco`), AV1-ISOBMFF (`av1C`), ITU-T H.273 (numbers of colours).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from canvas.formats.colour_spaces import cicp_profile

#: Properties come before the pixels; files with more of them are not looked at.
_HEAD_BYTES = 1 << 20
_INSIDE = {b"meta": 4, b"iprp": 0, b"ipco": 0}


@dataclass(frozen=True, slots=True)
class AvifFacts:
    """`cicp`: primaries and transfer of the first picture by H.273, where the file names them by number."""

    bits: int = 8
    cicp: tuple[int, int] | None = None

    @property
    def hdr(self) -> bool:
        """Its tones are those of PQ or HLG."""
        return self.cicp is not None and self.cicp[1] in (16, 18)

    def profile(self) -> bytes | None:
        return None if self.cicp is None else cicp_profile(*self.cicp)


def avif_facts(path: Path) -> AvifFacts:
    """What is found; of a damaged file what it has. Raises OSError."""
    with path.open("rb") as file:
        data = file.read(_HEAD_BYTES)
    bits, cicp = 8, None
    for kind, content in _boxes(data, 0, len(data), 0):
        if kind == b"av1C" and len(content) >= 4:
            bits = max(bits, 12 if content[2] & 0x20 else 10 if content[2] & 0x40 else 8)
        elif kind == b"colr" and content[:4] == b"nclx" and len(content) >= 10 and cicp is None:
            cicp = struct.unpack_from(">HH", content, 4)
    return AvifFacts(bits, cicp)


def _boxes(data: bytes, at: int, end: int, depth: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > end:
            return
        if kind in _INSIDE and depth < len(_INSIDE):
            yield from _boxes(data, at + 8 + _INSIDE[kind], at + size, depth + 1)
        elif depth:
            yield kind, data[at + 8 : at + size]
        at += size
