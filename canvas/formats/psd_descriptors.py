"""Settings inside a PSD's blocks, as psd-tools parses them: descriptors, old effects, adjustments.

The only reader that needs psd-tools, which takes as long to import as a small file to open: it is imported when a file
has such blocks. Its parsers bound nesting and numbers of objects; `Source.may_parse` bounds what is given to them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import Any

from canvas.filters.values import PointFilter
from canvas.formats.psd_sections import Source

#: What parsers raise over bytes that mean nothing.
SENSELESS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, struct.error, RecursionError)


def descriptor(source: Source, data: bytes | None, versions: int = 1) -> Any:
    """A mapping from four-byte keys to values, after so many version numbers; None for what is none."""
    if data is None or not source.may_parse(len(data)):
        return None
    from psd_tools.psd.descriptor import DescriptorBlock, DescriptorBlock2

    try:
        return (DescriptorBlock if versions == 1 else DescriptorBlock2).frombytes(data)
    except SENSELESS:
        return None


def old_effects(source: Source, data: bytes | None) -> bool:
    """Whether an effects block of before Photoshop 6 has one that is switched on."""
    if data is None or not source.may_parse(len(data)):
        return False
    from psd_tools.psd.effects_layer import EffectsLayer

    try:
        return any(bool(getattr(each.value, "enabled", 0)) for each in EffectsLayer.frombytes(data).values())
    except SENSELESS:
        return False


def point_filter(source: Source, blocks: Mapping[bytes, bytes]) -> PointFilter | None:
    """The adjustment that a layer's blocks make, in this program's terms; None where it has no such one."""
    if not source.may_parse(sum(map(len, blocks.values()))):
        return None
    from psd_tools.psd.tagged_blocks import TaggedBlocks

    from canvas.formats.psd_adjustments import read_filter

    data = b"".join(b"8BIM" + key + struct.pack(">I", len(block)) + block for key, block in blocks.items())
    try:
        return read_filter(TaggedBlocks.read(io.BytesIO(data)))
    except SENSELESS:
        return None
