"""The merged picture of a PSD: as a layer where there are no others, the channels saved beside it, and whether what
this program shows looks like it.
"""

from __future__ import annotations

import struct
from functools import partial

import numpy as np
import numpy.typing as npt

from canvas.compositor import compile_program, run
from canvas.formats.planes import straight_rgba8
from canvas.formats.psd_carried import SELECTION_NAME
from canvas.formats.psd_channels import Plane, Rows, Shape, merged_rows
from canvas.formats.psd_colours import Colours, as_depth
from canvas.formats.psd_sections import Sections, Source
from canvas.formats.psd_surfaces import Drawing, masking, painting
from canvas.geometry import Rect
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels8

_MOST_NAMES = 1 << 16
_NOTHING = np.zeros((TILE_PX, TILE_PX, 4), np.uint8)
_ALPHA_NAMES, _UNICODE_ALPHA_NAMES, _VERSION_INFO = 1006, 1045, 1057
#: Rows of tiles, and tiles of each, that are compared with the picture; half a second of painting at the very most.
_ROWS, _COLUMNS = 4, 8
#: How far apart two values of 0..255 may be without anyone seeing it, and the share of pixels that may be further.
_VISIBLE, _FEW = 24, 0.01


def picture(source: Source, sections: Sections, colours: Colours) -> Drawing:
    """The merged picture as a surface to unpack, with its transparency where it has one."""
    canvas = _canvas(sections)
    wanted = colours.planes + int(_transparent(sections, colours))
    seen = Colours(colours.planes, partial(_off_white, colours)) if wanted > colours.planes else colours
    return painting(canvas, lambda: _rows(source, sections)[:wanted], seen, canvas)


def selection(source: Source, sections: Sections, colours: Colours) -> Drawing | None:
    """The saved channel that holds the selection."""
    canvas = _canvas(sections)
    index = next((index for index, name in _saved(source, sections, colours) if name == SELECTION_NAME), None)
    if index is None:
        return None
    return masking(canvas, lambda: _rows(source, sections)[index : index + 1], 0, 255, canvas)


def left_out(source: Source, sections: Sections, colours: Colours) -> list[str]:
    """Names of the saved channels that are neither transparency nor selection."""
    return [name for _, name in _saved(source, sections, colours) if name != SELECTION_NAME]


def looks_different(source: Source, sections: Sections, colours: Colours, state: DocumentState) -> bool:
    """Whether the document visibly differs from the file's own picture, by samples. Raises Damaged."""
    info = sections.resources.get(_VERSION_INFO)
    if info is not None and info.length > 4 and not source.read(info.start + 4, 1)[0]:
        return False
    rows = _rows(source, sections)[: colours.planes + int(_transparent(sections, colours))]
    if not all(each.in_any_order for each in rows):
        return False
    program = compile_program(state)
    down, across = -(-state.height // TILE_PX), -(-state.width // TILE_PX)
    far = shown = seen = 0
    for ty in sorted({int(y) for y in np.linspace(0, down - 1, _ROWS)}):
        y0, y1 = ty * TILE_PX, min((ty + 1) * TILE_PX, state.height)
        planes = colours.to_rgb([each.read(y0, y1) for each in rows])
        theirs = np.dstack([as_depth(plane, np.dtype(np.uint8)) for plane in planes]).astype(np.int16)
        for tx in sorted({int(x) for x in np.linspace(0, across - 1, _COLUMNS)}):
            part = theirs[:, tx * TILE_PX : (tx + 1) * TILE_PX]
            (tile,) = run(program, (tx, ty))
            ours = _NOTHING if tile is None else straight_rgba8(tile)
            far += _far(ours[: part.shape[0], : part.shape[1]], part)
            shown += int(np.count_nonzero(part[..., :3]))
            seen += part.shape[0] * part.shape[1]
    # Some programs write a black picture for want of a merged one.
    return shown > 0 and far > _FEW * seen


def _far(ours: Pixels8, theirs: npt.NDArray[np.int16]) -> int:
    """How many pixels differ visibly. What is half transparent lies on white in the files of some programs only, so
    only its alpha is compared; a picture without alpha is compared with ours laid on white.
    """
    seen = ours.astype(np.int16)
    if theirs.shape[2] == 3:
        alpha = seen[..., 3:].astype(np.int32)
        laid = (seen[..., :3] * alpha + 255 * (255 - alpha)) // 255
        return int((np.abs(laid - theirs) > _VISIBLE).any(axis=2).sum())
    far = np.abs(seen - theirs) > _VISIBLE
    return int(((far[..., :3].any(axis=2) & (theirs[..., 3] == 255)) | far[..., 3]).sum())


def _canvas(sections: Sections) -> Rect:
    return Rect(0, 0, sections.header.width, sections.header.height)


def _rows(source: Source, sections: Sections) -> list[Rows]:
    header = sections.header
    shape = Shape(header.width, header.height, header.depth)
    return merged_rows(source, sections.merged, shape, header.channels, header.version)


def _transparent(sections: Sections, colours: Colours) -> bool:
    return sections.merged_transparency and sections.header.channels > colours.planes


def _off_white(colours: Colours, planes: list[Plane]) -> list[Plane]:
    """Colours of a transparent picture, which lie on white in the file, by themselves."""
    *mixed, alpha = colours.to_rgb(planes)
    full = int(np.iinfo(mixed[0].dtype).max)
    share = np.maximum(as_depth(alpha, mixed[0].dtype), 1).astype(np.float32)
    pure = [full - np.minimum((full - plane.astype(np.float32)) * (full / share), full) for plane in mixed]
    return [*((plane + 0.5).astype(mixed[0].dtype) for plane in pure), alpha]


def _saved(source: Source, sections: Sections, colours: Colours) -> list[tuple[int, str]]:
    """Number of the plane and name of each channel beside colours and transparency."""
    first = colours.planes + int(_transparent(sections, colours))
    count = sections.header.channels - first
    names = _names(source, sections)
    names = [""] * (count - len(names)) + names[max(0, len(names) - count) :]
    return [(first + i, name or f"Alpha {i + 1}") for i, name in enumerate(names)]


def _names(source: Source, sections: Sections) -> list[str]:
    for key, unit, encoding in ((_UNICODE_ALPHA_NAMES, ">I", "utf-16-be"), (_ALPHA_NAMES, ">B", "mac_roman")):
        extent = sections.resources.get(key)
        if extent is None or extent.length > _MOST_NAMES:
            continue
        data, at, names = source.read(extent.start, extent.length), 0, []
        head, width = struct.calcsize(unit), 2 if unit == ">I" else 1
        while at + head <= len(data):
            (length,) = struct.unpack_from(unit, data, at)
            names.append(data[at + head : at + head + length * width].decode(encoding, "replace").rstrip("\0"))
            at += head + length * width
        return names
    return []
