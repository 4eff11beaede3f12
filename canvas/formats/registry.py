"""Which formats there are, and reading and writing by them: files are recognised by content, written by extension.

Modules of formats are imported when first used, so that opening a window does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from canvas.formats.errors import FormatError, cannot_open, cannot_save, from_os_error
from canvas.formats.limits import Limits
from canvas.formats.tile_codec import TileDigests
from canvas.state import DocumentState

_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True)
class Format:
    """`module`: where its `read(path, limits)` and `write(state, path)` are. `loses`: what writing does not keep."""

    name: str
    extensions: tuple[str, ...]
    description: str
    module: str
    recognises: Callable[[bytes], bool]
    can_write: bool
    loses: str = ""
    can_read: bool = True


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


NATIVE = Format(
    "Underdraw document",
    (".udraw",),
    "Everything: layers, roles, recipes, selection.",
    "canvas.formats.udraw",
    _starts(b"SQLite format 3\0"),
    can_write=True,
)
FORMATS: tuple[Format, ...] = (
    NATIVE,
    Format(
        "Photoshop document",
        (".psd",),
        "Layers, groups, masks and blend modes for other painting programs.",
        "canvas.formats.psd",
        _starts(b"8BPS\0\1"),
        can_write=True,
        loses="Roles and recipes, the selection, and precision beyond 8 bits; instruction layers come out hidden",
    ),
    Format(
        "Photoshop large document", (".psb",), "Import.", "canvas.formats.psd", _starts(b"8BPS\0\2"), can_write=False
    ),
    Format(
        "PNG picture",
        (".png",),
        "The picture alone, with how it was made as text.",
        "canvas.formats.png",
        _starts(b"\x89PNG\r\n\x1a\n"),
        can_write=True,
        loses="Layers, roles and everything but the picture",
    ),
    Format("JPEG picture", (".jpg", ".jpeg"), "Import.", "canvas.formats.png", _starts(b"\xff\xd8\xff"), False),
    Format(
        "WebP picture",
        (".webp",),
        "Import.",
        "canvas.formats.png",
        lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
        can_write=False,
    ),
    Format("TIFF picture", (".tif", ".tiff"), "Import.", "canvas.formats.png", _starts(b"II*\0", b"MM\0*"), False),
    Format("BMP picture", (".bmp",), "Import.", "canvas.formats.png", _starts(b"BM"), False),
    Format("GIF picture", (".gif",), "Import of the first image.", "canvas.formats.png", _starts(b"GIF8"), False),
)


def read(path: Path, limits: Limits | None = None, digests: TileDigests | None = None) -> DocumentState:
    """The document in a file of any known format, recognised by content.

    Without `limits`, those of this machine hold. `digests`: see `TileDigests`; what is remembered there makes the next
    save of the same document cheap. Raises FormatError.
    """
    limits = limits or Limits.of_this_machine()
    chosen = _recognised(path)
    module: Any = import_module(chosen.module)
    try:
        state: DocumentState = (
            module.read(path, limits, digests or TileDigests()) if chosen is NATIVE else module.read(path, limits)
        )
    except MemoryError as error:
        raise cannot_open(path, "there is not enough memory for it", "close other documents and try again") from error
    return state


def write(state: DocumentState, path: Path, digests: TileDigests | None = None) -> None:
    """Write `state` in the format that the extension of `path` names. The old file survives any failure.

    `digests`: the same object as for earlier reads and writes makes saving a native document again cost only what
    changed. Raises FormatError.
    """
    chosen = format_to_write(path)
    module: Any = import_module(chosen.module)
    if chosen is NATIVE:
        module.write(state, path, digests or TileDigests())
    else:
        module.write(state, path)


def format_to_write(path: Path) -> Format:
    """The format that an extension names. Raises FormatError when it is none that can be written."""
    suffix = path.suffix.lower()
    for candidate in FORMATS:
        if candidate.can_write and suffix in candidate.extensions:
            return candidate
    known = ", ".join(extension for f in FORMATS if f.can_write for extension in f.extensions)
    raise cannot_save(path, f"{suffix or 'a name without extension'} is no format to save in", f"use one of {known}")


def _recognised(path: Path) -> Format:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise from_os_error(path, error, "open") from error
    for candidate in FORMATS:
        if candidate.can_read and candidate.recognises(head):
            return candidate
    known = ", ".join(extension for f in FORMATS if f.can_read for extension in f.extensions)
    why = "its content is no picture or document that Underdraw knows" if head else "it is empty"
    raise cannot_open(path, why, f"choose one of {known}")


__all__ = ["FORMATS", "NATIVE", "Format", "FormatError", "Limits", "TileDigests", "format_to_write", "read", "write"]
