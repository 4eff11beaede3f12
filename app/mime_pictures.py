"""Pictures that other programs hand over, by clipboard or drag: as files, as encoded pictures, as Qt's own images.

GUI thread only. Nothing is fetched from a network.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QColorSpace, QImage

from canvas.formats.errors import FormatError
from canvas.formats.notes import Notes
from canvas.formats.pixels import Pixels16, premultiplied16, surface_from_rgba8
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import Surface

#: Encoded pictures, what says most first, and the endings that files of them have.
_ENCODED = (
    ("image/png", ".png"), ("image/tiff", ".tif"), ("image/webp", ".webp"), ("image/avif", ".avif"),
    ("image/jpeg", ".jpg"), ("image/gif", ".gif"), ("image/bmp", ".bmp"),
)  # fmt: skip
_MAX_ENCODED_BYTES = 1 << 30
_PICTURE_URL = "data:image/"
_MAX_URL_CHARS = 256 << 20


@dataclass(frozen=True, slots=True, eq=False)
class HandedOver:
    """A picture with its top left at (0, 0). `recipe`: how it was made, where it says so."""

    surface: Surface
    width: int
    height: int
    recipe: str | None = None


def local_files(data: QMimeData) -> tuple[Path, ...]:
    """The files of this machine that are meant, in order."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


def holds_picture(data: QMimeData) -> bool:
    """Whether `picture_in` may find one."""
    return data.hasImage() or any(data.hasFormat(kind) for kind, _ in _ENCODED)


def picture_in(data: QMimeData) -> HandedOver | None:
    """The picture itself, at its full depth and with its colours as sRGB; None when there is none that can be read."""
    for kind, ending in _ENCODED:
        if data.hasFormat(kind):
            found = _decoded(data.data(kind), ending)
            if found is not None:
                return found
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return of_image(image)
    return _of_urls(data)


def of_image(image: QImage) -> HandedOver:
    """Qt's image, with 16 bits where it has them."""
    if image.colorSpace().isValid():
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    width, height = image.width(), image.height()
    if image.depth() > 32:
        image = image.convertToFormat(QImage.Format.Format_RGBA64)
        pixels: Pixels16 = _rows(image).view(np.uint16)[:, : width * 4].reshape(height, width, 4)
        surface = Surface.from_pixels(premultiplied16(np.ascontiguousarray(pixels)))
    else:
        image = image.convertToFormat(QImage.Format.Format_RGBA8888)
        surface = surface_from_rgba8(np.ascontiguousarray(_rows(image)[:, : width * 4].reshape(height, width, 4)))
    return HandedOver(surface, width, height)


def is_elsewhere(data: QMimeData) -> bool:
    """Whether all that is meant lies somewhere on a network."""
    urls = data.urls()
    return bool(urls) and all(url.scheme() in ("http", "https", "ftp", "blob") for url in urls)


def _rows(image: QImage) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())


def _of_urls(data: QMimeData) -> HandedOver | None:
    """A picture that a page holds in its address."""
    for url in data.urls() if data.hasUrls() else ():
        text = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        kind, comma, body = text.partition(",")
        if kind.startswith(_PICTURE_URL) and kind.endswith(";base64") and comma and len(body) < _MAX_URL_CHARS:
            found = _decoded(QByteArray.fromBase64(QByteArray(QUrl.fromPercentEncoding(body.encode()).encode())), "")
            if found is not None:
                return found
    return None


def _decoded(data: QByteArray, ending: str) -> HandedOver | None:
    if not 0 < data.size() <= _MAX_ENCODED_BYTES:
        return None
    # Decoders of pictures: nobody waits for them who opens a window.
    from canvas.formats.flat import read_surface
    from canvas.formats.recipes.reading import with_found_recipe

    with _as_file(bytes(data.data()), ending) as path:
        try:
            surface, width, height = read_surface(path)
        except FormatError:
            return None
        state = with_found_recipe(DocumentState(width, height, (Layer("", surface=surface),)), path, Notes())
    (layer,) = state.layers
    return HandedOver(surface, width, height, layer.recipe if isinstance(layer, Layer) else None)


@contextmanager
def _as_file(data: bytes, ending: str) -> Iterator[Path]:
    with TemporaryDirectory(prefix="underdraw-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"picture{ending}"
        path.write_bytes(data)
        yield path
