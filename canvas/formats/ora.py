"""OpenRaster: layers, groups and blend modes for Krita, MyPaint, GIMP and others, and back.

What the format does not have is shown as near as it goes (`ora_seen`) and carried along (`ora_own`), so that this
program loses little.
"""

from __future__ import annotations

from pathlib import Path

from canvas.formats.job import Job
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.ora_losses import losses
from canvas.formats.ora_read import read_file
from canvas.formats.ora_write import write_file
from canvas.state import DocumentState


def read(path: Path, limits: Limits, notes: Notes | None = None, job: Job | None = None) -> DocumentState:
    """The document in the file. Raises FormatError and Cancelled."""
    return read_file(path, limits, notes or Notes(), job or Job())


def write(state: DocumentState, path: Path, options: WriteOptions = DEFAULT_OPTIONS, job: Job | None = None) -> None:
    """Write `state` as OpenRaster. Raises FormatError and Cancelled; the old file then stays."""
    write_file(state, path, options, job or Job())


__all__ = ["losses", "read", "write"]
