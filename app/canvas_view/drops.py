"""Files dropped on the canvas: pictures become layers, documents are handed to the window. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData

from app.session import Session
from app.tools.reference import import_picture
from canvas.roles import Paint, Reference

DOCUMENT_ENDINGS = (".udraw", ".psd", ".psb", ".ora")


def dropped_paths(data: QMimeData) -> tuple[Path, ...]:
    """The local files of a drag, in order."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


def take_files(
    paths: tuple[Path, ...], session: Session, tool_id: str, open_document: Callable[[Path], None] | None
) -> None:
    """Open a document, or add each picture as a layer: a reference while the reference tool is in the hand.

    What cannot be read is told in one sentence; the other files are taken all the same.
    """
    for path in paths:
        if path.suffix.lower() not in DOCUMENT_ENDINGS:
            import_picture(session, path, Reference() if tool_id == "reference" else Paint())
        elif open_document is not None:
            open_document(path)
            return
