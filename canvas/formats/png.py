"""Flat pictures: the merged picture as PNG with its recipe, and PNG, JPEG, WebP, TIFF, BMP and GIF as one layer.

Pictures come in as 8-bit sRGB values; embedded colour profiles are not applied.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

from canvas.formats.atomic import replacing
from canvas.formats.errors import FormatError, cannot_open, damaged, from_os_error
from canvas.formats.limits import Limits
from canvas.formats.picture import picture_rgba8
from canvas.formats.pixels import surface_from_rgba8
from canvas.formats.provenance import a1111_parameters, made_layers, metadata_json, xmp_packet
from canvas.layers import Layer
from canvas.state import DocumentState
from canvas.tiles import Pixels8

#: Text chunks of our own; `parameters` is A1111's, the other the one that XMP prescribes.
METADATA_KEY, PARAMETERS_KEY, XMP_KEY = "underdraw_metadata", "parameters", "XML:com.adobe.xmp"
#: Names of Pillow's readers that are safe with strangers' files.
_READERS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF")
_DIRECT_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
#: A fifth larger than zlib's default level 6 on paintings, in a third of the time.
_COMPRESS_LEVEL = 3


def read(path: Path, limits: Limits) -> DocumentState:
    """A document as large as the picture, with it as the layer "Background"; 8-bit opaque values stay exact."""
    rgba = read_image_rgba(path, limits)
    layer = Layer("Background", surface=surface_from_rgba8(rgba))
    return DocumentState(rgba.shape[1], rgba.shape[0], (layer,))


def read_image_rgba(path: Path, limits: Limits | None = None) -> Pixels8:
    """The picture in the file, upright (EXIF orientation applied): straight RGBA, uint8 (h, w, 4).

    Without `limits`, those of this machine hold. Raises FormatError.
    """
    limits = limits or Limits.of_this_machine()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=_READERS) as image:
                limits.check_size(path, *image.size)
                return _rgba(ImageOps.exif_transpose(image), path)
    except Image.DecompressionBombError as error:
        raise cannot_open(path, "it has more than 178 million pixels", "scale it down") from error
    except FormatError:
        raise
    except OSError as error:
        if error.errno is None:
            raise damaged(path, str(error)) from error
        raise from_os_error(path, error, "open") from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, SyntaxError, EOFError) as error:
        raise damaged(path, str(error)) from error
    except (struct.error, zlib.error) as error:
        raise damaged(path, str(error)) from error


def _rgba(image: Image.Image, path: Path) -> Pixels8:
    if image.mode.startswith("I;16"):
        grey = ((np.asarray(image).astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
        return np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    if image.mode in ("I", "F"):
        raise cannot_open(path, "it has 32 bits a channel", "convert it to 8 bits where it was made")
    if image.mode not in _DIRECT_MODES:
        image = image.convert("RGB")
    return np.array(image.convert("RGBA"))


def write(state: DocumentState, path: Path) -> None:
    """Write the merged picture, 8 bits, RGB when opaque, with how it was made as text. Raises FormatError."""
    write_png(path, picture_rgba8(state), text_of(state))


def text_of(state: DocumentState) -> dict[str, str]:
    """The text chunks that say how the visible picture came about; `parameters` is of the topmost such layer."""
    made = made_layers(state)
    text = {XMP_KEY: xmp_packet(state)}
    if made:
        text = {PARAMETERS_KEY: a1111_parameters(made[-1].recipe), METADATA_KEY: metadata_json(state), **text}
    return text


def write_png(path: Path, rgba8: Pixels8, text_chunks: Mapping[str, str]) -> None:
    """Write straight RGBA, uint8 (h, w, 4), as 8-bit PNG; RGB when fully opaque. Raises FormatError."""
    info = PngImagePlugin.PngInfo()
    for key, text in text_chunks.items():
        # tEXt where Latin-1 will do, for that is what the tools that read `parameters` look for first.
        add = info.add_text if key == PARAMETERS_KEY else info.add_itxt
        add(key, text.replace("\0", ""))
    opaque = bool((rgba8[..., 3] == 255).all())
    with replacing(path) as temporary:
        with Image.fromarray(rgba8[..., :3] if opaque else rgba8) as image:
            image.save(temporary, "PNG", pnginfo=info, compress_level=_COMPRESS_LEVEL)
        with Image.open(temporary, formats=("PNG",)) as written:
            written.verify()
