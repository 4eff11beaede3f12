"""Pasting what other programs copy: files, pictures of 8 and 16 bits with transparency; and copying for them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from board import Board
from PIL import Image, PngImagePlugin
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from app import pixel_intents
from app.clipboard import Clip, QtClipboard
from app.mime_pictures import holds_picture, is_elsewhere, local_files, picture_in
from canvas.edits import EditError
from canvas.formats.png_codec import encode_png
from canvas.geometry import Rect
from canvas.layers import Layer
from canvas.tiles import ONE, Surface, to_rgba8

TEXT = "a mill\nSteps: 4, Sampler: Euler, Seed: 9, Size: 8x8"


@pytest.fixture(autouse=True)
def _empty_afterwards(qapp: QApplication) -> Iterator[None]:
    yield
    QGuiApplication.clipboard().clear()


def mime(**formats: bytes) -> QMimeData:
    data = QMimeData()
    for kind, content in formats.items():
        data.setData(f"image/{kind}", QByteArray(content))
    return data


def straight(surface: Surface, width: int, height: int) -> np.ndarray:
    return to_rgba8(surface.read(Rect(0, 0, width, height)))


def rgba(width: int = 6, height: int = 4) -> np.ndarray:
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:, :3] = [200, 40, 0, 128]
    pixels[:, 3:] = [0, 255, 10, 255]
    return pixels


def png(pixels: np.ndarray, text: str = "") -> bytes:
    out, info = io.BytesIO(), PngImagePlugin.PngInfo()
    if text:
        info.add_text("parameters", text)
    Image.fromarray(pixels).save(out, "PNG", pnginfo=info)
    return out.getvalue()


# Pictures from other programs


def test_a_png_is_taken_with_its_transparency_and_its_recipe() -> None:
    found = picture_in(mime(png=png(rgba(), TEXT)))
    assert found is not None
    assert (found.width, found.height) == (6, 4)
    seen = straight(found.surface, 6, 4).astype(int)
    assert (np.abs(seen - rgba()) <= 1).all()
    assert found.recipe is not None
    assert "a mill" in found.recipe


def test_sixteen_bits_stay_sixteen_bits() -> None:
    values = np.zeros((2, 256, 4), np.uint16)
    values[..., :3] = np.arange(256, dtype=np.uint16)[None, :, None] * 3 + 20_000
    values[..., 3] = 65535
    found = picture_in(mime(png=encode_png(values)))
    assert found is not None
    assert len(np.unique(found.surface.read(Rect(0, 0, 256, 1))[..., 0])) > 200
    image = QImage(values.tobytes(), 256, 2, 2048, QImage.Format.Format_RGBA64).copy()
    data = QMimeData()
    data.setImageData(image)
    given = picture_in(data)
    assert given is not None
    assert (given.surface.read(Rect(0, 0, 256, 2)) == found.surface.read(Rect(0, 0, 256, 2))).all()


def test_pictures_of_qt_and_in_other_formats_are_taken() -> None:
    data = QMimeData()
    pixels = rgba()
    data.setImageData(QImage(pixels.tobytes(), 6, 4, 24, QImage.Format.Format_RGBA8888).copy())
    assert holds_picture(data)
    found = picture_in(data)
    assert found is not None
    assert (np.abs(straight(found.surface, 6, 4).astype(int) - pixels) <= 1).all()
    out = io.BytesIO()
    Image.fromarray(pixels[..., :3]).save(out, "BMP")
    assert picture_in(mime(bmp=out.getvalue())) is not None


def test_a_picture_in_the_address_of_a_page_is_taken_and_one_on_a_network_is_not() -> None:
    data = QMimeData()
    encoded = bytes(QByteArray(png(rgba())).toBase64().data()).decode()
    data.setUrls([QUrl(f"data:image/png;base64,{encoded}")])
    found = picture_in(data)
    assert found is not None
    assert (found.width, found.height) == (6, 4)
    data.setUrls([QUrl("https://example.org/a.png")])
    assert picture_in(data) is None
    assert is_elsewhere(data)
    assert local_files(data) == ()


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_damaged_data_is_no_picture(content: bytes) -> None:
    assert picture_in(mime(png=content)) is None


# The clipboard of the desktop


def test_what_is_copied_is_a_picture_with_transparency_for_others() -> None:
    pixels = np.zeros((4, 6, 4), np.uint16)
    pixels[:, :3] = [ONE // 2, 0, 0, ONE // 2]
    clipboard = QtClipboard()
    clipboard.put(Surface.from_pixels(pixels, 10, 20))
    image = QGuiApplication.clipboard().image()
    assert image.hasAlphaChannel()
    # What the platform does when another program asks for a PNG.
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    with Image.open(io.BytesIO(bytes(buffer.data().data()))) as seen:
        assert (seen.mode, seen.size, seen.getpixel((0, 0))) == ("RGBA", (3, 4), (255, 0, 0, 128))
    own = clipboard.take()
    assert own is not None
    assert own.placed
    assert own.surface.content_bounds() == Rect(10, 20, 13, 24)


def test_what_another_program_copied_is_pasted_with_how_it_was_made() -> None:
    QGuiApplication.clipboard().setMimeData(mime(png=png(rgba(), TEXT)))
    clip = QtClipboard().take()
    assert clip is not None
    assert (clip.placed, clip.size) == (False, (6, 4))
    board = Board()
    pixel_intents.paste(board.session, _Box(clip), Rect(0, 0, 64, 64))
    assert "a mill" in (board.layer("Pasted").recipe or "")


def test_copied_files_are_told_from_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(rgba()))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)), QUrl("https://example.org/b.png")])
    QGuiApplication.clipboard().setMimeData(data)
    assert QtClipboard().files() == (path,)
    QGuiApplication.clipboard().setText("words")
    assert QtClipboard().files() == ()
    assert QtClipboard().take() is None


class _Box:
    def __init__(self, clip: Clip | None) -> None:
        self._clip = clip

    def put(self, surface: Surface, recipe: str | None = None) -> None: ...

    def take(self) -> Clip | None:
        return self._clip

    def files(self) -> tuple[Path, ...]:
        return ()


def test_a_copy_of_what_a_program_made_still_says_so() -> None:
    board = Board()
    made = Layer("Made", surface=Surface.from_pixels(np.full((4, 6, 4), ONE, np.uint16)), recipe='{"seed": 9}')
    board.session.add_node(made, "Add")
    clipboard = QtClipboard()
    pixel_intents.copy(board.session, clipboard)
    clip = clipboard.take()
    assert clip is not None
    assert clip.recipe == made.recipe
    pixel_intents.layer_via_copy(board.session)
    assert board.layer("Made copy").recipe == made.recipe


# A new document


def test_a_new_document_begins_with_what_was_copied() -> None:
    board = Board()
    surface = Surface.from_pixels(np.full((4, 6, 4), ONE, np.uint16), 2, 3)
    pixel_intents.begin_with(board.session, Clip(surface, placed=False, size=(20, 10)))
    state = board.session.document.state
    assert state.rect.size == (20, 10)
    assert isinstance(state.layers[0], Layer)
    assert state.layers[0].surface.content_bounds() == Rect(2, 3, 8, 7)
    assert board.session.modified
    pixel_intents.begin_with(board.session, Clip(surface, placed=True))
    state = board.session.document.state
    assert state.rect.size == (6, 4)
    assert board.layer("Pasted").surface.content_bounds() == Rect(0, 0, 6, 4)


def test_without_a_picture_there_is_nothing_to_begin_with() -> None:
    with pytest.raises(EditError, match="clipboard"):
        pixel_intents.copied_picture(_Box(None))
