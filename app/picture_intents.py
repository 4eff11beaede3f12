"""Picture files as layers: what dropping, pasting and opening them as layers have in common. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.session import Session
from canvas.formats.errors import FormatError
from canvas.formats.registry import FORMATS, KRITA, recognised
from canvas.layers import Layer
from canvas.roles import Role


def add_pictures(session: Session, paths: Sequence[Path], role: Role, at: tuple[float, float] | None = None) -> None:
    """Add each of the files as a layer of `role`, see `Session.import_picture`.

    What cannot be added is told in one sentence; the other files are added all the same.
    """
    problems: list[str] = []
    for path in paths:
        if is_document(path):
            problems.append(f"“{path.name}” is a document with layers of its own; open it instead")
            continue
        try:
            session.import_picture(path, Layer(name="", role=role), at)
        except FormatError as error:
            problems.append(str(error))
    if problems:
        more = len(problems) - 1
        session.message.emit(problems[0] + (f" And {more} more could not be added." if more else ""))


def is_document(path: Path) -> bool:
    """Whether a file is a document with layers; what cannot be read counts by its name."""
    try:
        chosen = recognised(path)
    except FormatError:
        ending = path.suffix.lower()
        return any(ending in f.extensions for f in FORMATS if f.layered or f is KRITA)
    return chosen.layered or chosen is KRITA
