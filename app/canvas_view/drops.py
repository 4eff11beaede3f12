"""What is dropped on the canvas and the window: documents are opened, pictures become layers. GUI thread only.

What lies on a network is not fetched: Underdraw does not go online.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDropEvent

from app.drags import LAYERS_MIME, RESULT_MIME
from app.mime_pictures import HandedOver, holds_picture, is_elsewhere, local_files, picture_in
from app.picture_intents import add_pictures, is_document
from app.session import Session
from canvas.formats.errors import FormatError
from canvas.layers import Layer
from canvas.roles import Paint, Reference, Role

ELSEWHERE = "That picture is on a network, and Underdraw does not go online; save it first, then drop the file"
NO_PICTURE = "There is no picture in what was dropped; save it as a file first, then drop that"

Place = tuple[float, float]
"""A point of the document."""


def can_take(data: QMimeData) -> bool:
    """Whether `take` can do something with a drag. Asks for no data, which may be expensive to make."""
    if data.hasFormat(LAYERS_MIME):
        return False
    return data.hasUrls() or holds_picture(data)


def wants_document(event: QDropEvent) -> bool:
    """Ctrl is held: what is dropped is to be a document of its own."""
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def take(
    data: QMimeData,
    session: Session,
    tool_id: str,
    open_files: Callable[[Sequence[Path]], None] | None,
    place: Place | None,
    *,
    as_document: bool,
) -> None:
    """Open documents, and add pictures as layers at `place`: as references while the reference tool is in the hand or
    a reference is the active layer.

    With `as_document`, and in a document that nothing was done to yet, the first picture is opened instead. What cannot
    be read is told in one sentence; other files are taken all the same.
    """
    active = session.active_node
    refers = tool_id == "reference" or (active is not None and isinstance(active.role, Reference))
    role: Role = Reference() if refers else Paint()
    if data.hasFormat(RESULT_MIME):
        _keep_result(session, data)
        return
    paths = local_files(data)
    documents = tuple(path for path in paths if is_document(path))
    if open_files is not None and (documents or (paths and (as_document or (_untouched(session) and role == Paint())))):
        open_files((*documents, *(path for path in paths if path not in documents)))
    elif paths:
        add_pictures(session, paths, role, place)
    else:
        picture = picture_in(data)
        if picture is not None:
            _add(session, picture, role, place)
        else:
            session.message.emit(ELSEWHERE if is_elsewhere(data) else NO_PICTURE)


def take_as_results(data: QMimeData, session: Session) -> None:
    """Put pictures that say how they were made into the strip of results. What is none is told in one sentence."""
    paths = local_files(data)
    problems = [sentence for path in paths if (sentence := _put_into_strip(path, session))]
    if not paths:
        problems = [ELSEWHERE if is_elsewhere(data) else NO_PICTURE]
    if problems:
        session.message.emit(problems[0])


def _put_into_strip(path: Path, session: Session) -> str:
    from app.importing import result_of  # with the decoders that nobody waits for who opens a window

    try:
        result = result_of(path, session.document.snapshot())
    except FormatError as reason:
        return str(reason)
    if result is None:
        return f"“{path.name}” does not say how it was made; drop it on the canvas to have it as a layer"
    session.show_result(result)
    return ""


def _untouched(session: Session) -> bool:
    """A document that the artist has neither opened, nor painted on, nor directed."""
    done = session.document.undo_labels or session.document.redo_labels
    return session.origin is None and not session.modified and not done


def _add(session: Session, picture: HandedOver, role: Role, place: Place | None) -> None:
    from app.importing import placed  # with the decoders that nobody waits for who opens a window

    surface = picture.surface
    if place is not None:
        surface = placed(surface, picture.width, picture.height, session.document.state, place)
    layer = Layer("Dropped", surface=surface, role=role, recipe=picture.recipe)
    session.add_node(layer, "Drop a picture")
    session.imported.emit(layer.id)


def _keep_result(session: Session, data: QMimeData) -> None:
    """A result of the strip was drawn onto the canvas: keep it there."""
    text = bytes(data.data(RESULT_MIME).data()).decode()
    index = int(text) if text.isdecimal() else -1
    if 0 <= index < len(session.results):
        session.choose_result(session.results[index])
        session.keep()
