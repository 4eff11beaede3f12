"""Which formats there are, and reading and writing by them: files are recognised by content, written by extension.

A format's module has `read(path, limits, notes, job)`, `write(state, path, options, job)` and `losses(state, options)`,
as far as `Format` says that it can; the native one also takes `TileDigests`. Modules are imported when first used, so
that opening a window does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from canvas.formats.errors import FormatError, cannot_open, cannot_save, from_os_error
from canvas.formats.job import Cancelled, Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.tile_codec import TileDigests
from canvas.state import DocumentState

_HEAD_BYTES = 64
_NO_ATTACHMENTS: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Format:
    """`layered`: it holds layers. `deep`: it can be written with 16 bits a channel. `lossy`: it has a quality."""

    name: str
    extensions: tuple[str, ...]
    description: str
    module: str
    recognises: Callable[[bytes], bool]
    can_write: bool = True
    layered: bool = False
    deep: bool = False
    lossy: bool = False


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _riff_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _avif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and (b"avif" in head[8:64] or b"avis" in head[8:64])


def _zipped(kind: bytes) -> Callable[[bytes], bool]:
    """An archive whose first entry is `mimetype`, not compressed, with this content."""
    return lambda head: head[:4] == b"PK\3\4" and head[30:].startswith(b"mimetype" + kind)


NATIVE = Format(
    "Underdraw document",
    (".udraw",),
    "Everything: layers, roles, recipes, selection.",
    "canvas.formats.udraw",
    _starts(b"SQLite format 3\0"),
    layered=True,
    deep=True,
)
PSD = Format(
    "Photoshop document",
    (".psd",),
    "Layers, groups, masks and blend modes for other painting programs.",
    "canvas.formats.psd",
    _starts(b"8BPS\0\1"),
    layered=True,
    deep=True,
)
PSB = Format(
    "Photoshop large document",
    (".psb",),
    "As PSD, for documents beyond its 2 GB.",
    "canvas.formats.psd",
    _starts(b"8BPS\0\2"),
    layered=True,
    deep=True,
)
ORA = Format(
    "OpenRaster document",
    (".ora",),
    "Layers and groups for Krita, MyPaint and GIMP.",
    "canvas.formats.ora",
    _zipped(b"image/openraster"),
    layered=True,
    deep=True,
)
PNG = Format(
    "PNG picture",
    (".png", ".apng"),
    "The picture alone, exact, with how it was made as text.",
    "canvas.formats.png",
    _starts(b"\x89PNG\r\n\x1a\n"),
    deep=True,
)
JPEG = Format(
    "JPEG picture", (".jpg", ".jpeg", ".jpe", ".jfif"), "The picture alone, small, for the web.", "canvas.formats.jpeg",
    _starts(b"\xff\xd8\xff"), lossy=True,
)  # fmt: skip
WEBP = Format("WebP picture", (".webp",), "The picture alone, small.", "canvas.formats.webp", _riff_webp, lossy=True)
AVIF = Format("AVIF picture", (".avif",), "The picture alone, smallest.", "canvas.formats.avif", _avif, lossy=True)
TIFF = Format(
    "TIFF picture", (".tif", ".tiff"), "The picture alone, exact, for print.", "canvas.formats.tiff",
    _starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), deep=True,
)  # fmt: skip
BMP = Format("BMP picture", (".bmp", ".dib"), "Import.", "canvas.formats.flat", _starts(b"BM"), can_write=False)
GIF = Format("GIF picture", (".gif",), "Import, each frame a layer.", "canvas.formats.flat", _starts(b"GIF8"), False)
KRITA = Format(
    "Krita document", (".kra",), "Import of layers, groups and masks.", "canvas.formats.kra",
    _zipped(b"application/x-kra"), can_write=False,
)  # fmt: skip

FORMATS: tuple[Format, ...] = (NATIVE, PSD, PSB, ORA, PNG, JPEG, WEBP, AVIF, TIFF, BMP, GIF, KRITA)


def read(
    path: Path,
    limits: Limits | None = None,
    digests: TileDigests | None = None,
    notes: Notes | None = None,
    job: Job | None = None,
) -> DocumentState:
    """The document in a file of any known format, recognised by content.

    Without `limits`, those of this machine hold. `digests`: see `TileDigests`; what is remembered there makes the next
    save of the same document cheap. `notes` hears what of the file is not as it was. Raises FormatError and Cancelled.
    """
    limits, notes, job = limits or Limits.of_this_machine(), notes or Notes(), job or Job()
    chosen = recognised(path)
    module: Any = import_module(chosen.module)
    try:
        state: DocumentState = (
            module.read(path, limits, digests or TileDigests(), job)
            if chosen is NATIVE
            else module.read(path, limits, notes, job)
        )
    except MemoryError as error:
        raise cannot_open(path, "there is not enough memory for it", "close other documents and try again") from error
    if chosen is NATIVE:
        return state
    # Readers of XML and archives that a start does not need.
    from canvas.formats.recipes.reading import with_found_recipe

    return with_found_recipe(state, path, notes)


def write(
    state: DocumentState,
    path: Path,
    digests: TileDigests | None = None,
    options: WriteOptions = DEFAULT_OPTIONS,
    job: Job | None = None,
    attachments: Mapping[str, bytes] = _NO_ATTACHMENTS,
) -> None:
    """Write `state` in the format that the extension of `path` names. The old file survives any failure.

    `digests`: the same object as for earlier reads and writes makes saving a native document again cost only what
    changed. `attachments`: blobs that a native document keeps beside it, see `udraw.write`. Raises FormatError, and
    Cancelled when `job` was called off.
    """
    chosen = format_to_write(path)
    module: Any = import_module(chosen.module)
    job = job or Job()
    try:
        if chosen is NATIVE:
            module.write(state, path, digests or TileDigests(), job, attachments, keep_previous=options.keep_previous)
        else:
            from canvas.formats.provenance import to_be_written

            module.write(to_be_written(state, options), path, options, job)
    except MemoryError as error:
        why, remedy = "there is not enough memory to write it", "close other documents and try again"
        raise cannot_save(path, why, remedy) from error


def losses(state: DocumentState, chosen: Format, options: WriteOptions = DEFAULT_OPTIONS) -> tuple[str, ...]:
    """What of this very document the format would not keep, a short phrase each, what matters most first."""
    if chosen is NATIVE:
        return ()
    module: Any = import_module(chosen.module)
    found: tuple[str, ...] = module.losses(state, options)
    return found


def format_to_write(path: Path) -> Format:
    """The format that an extension names. Raises FormatError when it is none that can be written."""
    suffix = path.suffix.lower()
    for candidate in FORMATS:
        if candidate.can_write and suffix in candidate.extensions:
            return candidate
    known = ", ".join(extension for f in FORMATS if f.can_write for extension in f.extensions)
    raise cannot_save(path, f"{suffix or 'a name without extension'} is no format to save in", f"use one of {known}")


def recognised(path: Path) -> Format:
    """The format of a file by its content. Raises FormatError."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise from_os_error(path, error, "open") from error
    for candidate in FORMATS:
        if candidate.recognises(head):
            return candidate
    if head.startswith(b"PK\3\4"):
        # Some programs forget the first entry, or put it elsewhere.
        from canvas.formats.zip_archive import Archive

        with Archive(path) as archive:
            for candidate, entry in ((ORA, "stack.xml"), (KRITA, "maindoc.xml")):
                if archive.info(entry) is not None:
                    return candidate
    known = ", ".join(extension for f in FORMATS for extension in f.extensions)
    why = "its content is no picture or document that Underdraw knows" if head else "it is empty"
    raise cannot_open(path, why, f"choose one of {known}")


__all__ = [
    "FORMATS", "NATIVE", "Cancelled", "Format", "FormatError", "Job", "Limits", "Notes", "TileDigests", "WriteOptions",
    "format_to_write", "losses", "read", "recognised", "write",
]  # fmt: skip
