"""Pictures drawn out of the window: a result, or layers, as a PNG file with its recipe and as image data. GUI thread.

The file is only made when another program asks for it, in a folder that goes with the program. `QDrag` owns the mime
data; it must not be put on the clipboard, which would outlive the interpreter.
"""

from __future__ import annotations

import atexit
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from PySide6.QtCore import QByteArray, QMetaType, QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from app.session import Session
from canvas.formats import registry
from canvas.formats.errors import FormatError
from canvas.formats.properties import icc_profile, ppi, with_icc_profile, with_ppi
from canvas.formats.recipes.a1111 import without_tags
from canvas.formats.recipes.found import found_in, recipe_object
from canvas.geometry import EMPTY, Rect
from canvas.image_size import cropped
from canvas.layers import Adjustment, Group, Layer, LayerId, Node
from canvas.lifting import content_bounds
from canvas.roles import Paint
from canvas.state import DocumentState
from canvas.tiles import Surface, from_rgba8
from inference.result import Result

#: Rows of the list of layers: the ids of their nodes, one a line.
LAYERS_MIME = "application/x-underdraw-layers"
#: A result of the strip: its number, from 0.
RESULT_MIME = "application/x-underdraw-result"
_URLS, _PNG, _QT_IMAGE = "text/uri-list", "image/png", "application/x-qt-image"
_MAX_NAME, _WORDS = 60, 6
#: What no file system takes in a name, or what means something there.
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')

Make = Callable[[], Path | None]


class DragFiles:
    """Files for other programs to copy, each in a folder of its own so that its name is free. They go with the
    program. `tell` hears one sentence about what cannot be written."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._folder: Path | None = None
        self._count = 0

    def written(self, state: DocumentState | None, name: str) -> Path | None:
        """A PNG of that picture; None for no picture, or when it cannot be written."""
        if state is None:
            return None
        try:
            if self._folder is None:
                self._folder = Path(mkdtemp(prefix="underdraw-dragged-"))
                atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
            self._count += 1
            path = self._folder / str(self._count) / f"{name}.png"
            path.parent.mkdir()
            registry.write(state, path)
        except FormatError as reason:
            self._tell(str(reason))
            return None
        except OSError as reason:
            self._tell(f"The dragged picture cannot be written: {reason.strerror}; free some space on the disk")
            return None
        return path


class PictureMime(QMimeData):
    """A picture as a file, as PNG and as Qt's image, made when it is first asked for. `own`: data beside it."""

    def __init__(self, make: Make, own: Mapping[str, bytes]) -> None:
        super().__init__()
        self._make: Make | None = make
        self._path: Path | None = None
        for kind, data in own.items():
            self.setData(kind, QByteArray(data))

    def formats(self) -> list[str]:
        return [*super().formats(), _URLS, _PNG, _QT_IMAGE]

    def hasFormat(self, kind: str) -> bool:
        return kind in (_URLS, _PNG, _QT_IMAGE) or super().hasFormat(kind)

    def retrieveData(self, kind: str, preferred: QMetaType | QMetaType.Type) -> Any:
        if kind not in (_URLS, _PNG, _QT_IMAGE):
            return super().retrieveData(kind, preferred)
        path = self._file()
        if path is None:
            return None
        if kind == _URLS:
            return [QUrl.fromLocalFile(str(path))]
        return QByteArray(path.read_bytes()) if kind == _PNG else QImage(str(path))

    def _file(self) -> Path | None:
        if self._make is not None:
            make, self._make = self._make, None
            self._path = make()
        return self._path if self._path is not None and self._path.is_file() else None


def result_mime(result: Result, index: int, files: DragFiles) -> PictureMime:
    """The image as the engine made it, at its own size."""
    make = partial(_written_result, result, files)
    return PictureMime(make, {RESULT_MIME: str(index).encode()})


def layers_mime(session: Session, node_ids: Sequence[LayerId], files: DragFiles) -> PictureMime:
    """The rows, for the list itself, and what they look like by themselves, for other programs."""
    make = partial(_written_layers, session.document.state, tuple(node_ids), files)
    return PictureMime(make, {LAYERS_MIME: "\n".join(node_ids).encode()})


def drag(widget: QWidget, mime: QMimeData, pixmap: QPixmap) -> None:
    """Carry `mime` out of the window; returns when it was dropped."""
    carried = QDrag(widget)
    carried.setMimeData(mime)
    carried.setPixmap(pixmap)
    carried.exec(Qt.DropAction.CopyAction)


# Pictures


def picture_of_result(result: Result) -> DocumentState:
    height, width = result.pixels.shape[:2]
    rgba = np.dstack([result.pixels, np.full((height, width), 255, np.uint8)])
    surface = Surface.from_pixels(from_rgba8(rgba))
    return DocumentState(width, height, (Layer("Result", surface=surface, recipe=result.recipe),))


def picture_of_layers(state: DocumentState, node_ids: Sequence[LayerId]) -> DocumentState | None:
    """Those nodes by themselves, as large as what is on them; None when that is nothing."""
    chosen = [node for node in state.walk() if node.id in node_ids]
    inside = {inner.id for node in chosen if isinstance(node, Group) for inner in DocumentState(1, 1, (node,)).walk()}
    inside -= {node.id for node in chosen if isinstance(node, Group)}
    nodes = tuple(_by_itself(node) for node in chosen if node.id not in inside)
    alone = with_ppi(with_icc_profile(DocumentState(state.width, state.height, nodes), icc_profile(state)), ppi(state))
    box = _bounds(nodes)
    return cropped(alone, box) if box else None


def _bounds(nodes: Sequence[Node]) -> Rect:
    """Around what shows of them."""
    box = EMPTY
    for node in nodes:
        if node.visible and isinstance(node.role, Paint) and not isinstance(node, Adjustment):
            box |= _bounds(node.children) if isinstance(node, Group) else content_bounds(node.surface)
    return box


def _by_itself(node: Node) -> Node:
    """Shown, as pixels, whatever it is in the document."""
    return replace(node, visible=True, clip=False, role=Paint())


def _written_result(result: Result, files: DragFiles) -> Path | None:
    return files.written(picture_of_result(result), name_of_recipe(result.recipe))


def _written_layers(state: DocumentState, node_ids: tuple[LayerId, ...], files: DragFiles) -> Path | None:
    names = [node.name for node in state.walk() if node.id in node_ids]
    return files.written(picture_of_layers(state, node_ids), file_name(names[-1] if names else ""))


# Names


def name_of_recipe(recipe: str) -> str:
    """The first words of the prompt and the seed: "a lighthouse at dusk 42"."""
    found = found_in(recipe_object(recipe))
    words = re.split(r"[\s,.;:()]+", without_tags(found.prompt).strip())[:_WORDS]
    seed = "" if found.seed is None else str(found.seed)
    return file_name(" ".join(word for word in (*words, seed) if word) or "Result")


def file_name(text: str) -> str:
    """`text` as the name of a file without its ending, on every system."""
    plain = _UNFIT.sub(" ", text).strip(" .")[:_MAX_NAME].strip(" .")
    reserved = re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", plain)
    return f"{plain} picture" if reserved else plain or "Layer"
