"""Pictures that Pillow decodes: JPEG, WebP, AVIF, GIF, BMP, animated PNG, and rare kinds of TIFF. Any thread.

Only the readers that a caller names are used, sizes and numbers of frames are checked before anything is unpacked, and
frames come one at a time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps

from canvas.formats.avif_boxes import AvifFacts, avif_facts
from canvas.formats.colour_profiles import Space, applicable, cmyk_to_srgb
from canvas.formats.errors import cannot_open
from canvas.formats.flat_pictures import MAX_PICTURES, Opened, Picture, check_pictures, upright
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.pixels import Samples

_ORIENTATION, _RESOLUTION, _RESOLUTION_UNIT, _CENTIMETRES = 274, 282, 296, 3


def open_with_pillow(image: ImageFile.ImageFile, path: Path, limits: Limits, notes: Notes) -> Opened:
    """All frames of an image that was just opened. It must stay open while pictures are taken."""
    # A JPEG may have previews or the other eye's view behind it; they are no frames.
    count = 1 if image.format in ("JPEG", "MPO") else _frames(image)
    first = 1 if count > 1 and image.info.get("default_image") else 0
    check_pictures(path, limits, *image.size, count - first)
    profile = image.info.get("icc_profile")
    facts = avif_facts(path) if image.format == "AVIF" else AvifFacts()
    if profile is None:
        profile = facts.profile()
    used = applicable(profile, _space(image), notes)
    if facts.hdr:
        notes.add("It was made for HDR screens, so its brightness is not exactly as it is there")

    def pictures() -> Iterator[Picture]:
        for i in range(first, count):
            image.seek(i)
            # A frame of a GIF may enlarge the picture.
            check_pictures(path, limits, *image.size, count - first)
            image.load()
            if facts.bits > 8 and count == 1:
                pixels = _deep_avif(image, path, facts.bits)
            else:
                pixels = samples(ImageOps.exif_transpose(image), path, used, notes)
            name = "Background" if count - first == 1 else _frame_name(i - first, image.info.get("duration"))
            yield Picture(pixels, name, None if image.mode == "CMYK" else used)

    return Opened(count - first, pictures(), used, _ppi(image))


def samples(image: Image.Image, path: Path, profile: bytes | None, notes: Notes) -> Samples:
    """The pixels of an image of any of Pillow's modes; ink is converted to sRGB by `profile`."""
    mode = image.mode
    if mode == "CMYK":
        if profile is None:
            notes.add("It is CMYK without a colour profile, so its colours are not exactly those of print")
        return cmyk_to_srgb(np.asarray(image), profile)
    if mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)[..., None]
    if mode in ("I", "F"):
        raise cannot_open(path, "it has 32 bits a channel", "convert it to 16 bits where it was made")
    if mode == "LAB":
        return np.asarray(ImageCms.profileToProfile(image, *_LAB_TO_SRGB, outputMode="RGB"))
    if mode in ("1", "L") and "transparency" not in image.info:
        return np.asarray(image.convert("L"))[..., None]
    if mode not in ("LA", "RGB", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return np.asarray(image)


def _frames(image: ImageFile.ImageFile) -> int:
    """How many there are; of a GIF at most one more than may be, for then counting ends."""
    if image.format != "GIF":
        return int(getattr(image, "n_frames", 1))
    if image.fp is None:
        return 1
    at = image.fp.tell()
    image.fp.seek(0)
    count = _gif_frames(image.fp.read())
    image.fp.seek(at)
    return count


def _gif_frames(data: bytes) -> int:
    """Pictures in a GIF, by its blocks (GIF89a specification); Pillow would need seconds to count those of a bomb."""

    def table_bytes(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    count, at = 0, 13 + table_bytes(data[10])
    while at < len(data) and count <= MAX_PICTURES:
        kind = data[at]
        if kind == 0x2C and at + 10 < len(data):
            count += 1
            at += 11 + table_bytes(data[at + 9])
        elif kind == 0x21:
            at += 2
        elif kind == 0:
            at += 1
            continue
        else:
            break
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return max(count, 1)


def _deep_avif(image: Image.Image, path: Path, bits: int) -> Samples:
    """More than the 8 bits that Pillow gives, upright."""
    decoded = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16 or decoded.shape[:2] != (image.height, image.width):
        return np.asarray(ImageOps.exif_transpose(image))
    most = (1 << bits) - 1
    wide = (np.minimum(decoded, most).astype(np.uint32) * 65535 + most // 2) // most
    pixels = wide.astype(np.uint16).reshape(*decoded.shape[:2], -1)
    colours = pixels[..., [2, 1, 0, 3][: pixels.shape[2]]] if pixels.shape[2] >= 3 else pixels
    return upright(colours, orientation(image.info.get("exif", b"")))


def orientation(exif: bytes) -> int:
    """1..8 as in EXIF; 1, upright, where it does not say."""
    found = Image.Exif()
    try:
        found.load(exif)
        value = found.get(_ORIENTATION, 1)
    except (SyntaxError, ValueError, LookupError, TypeError, EOFError, OSError, struct.error):
        return 1
    return value if value in range(1, 9) else 1


def _frame_name(index: int, duration_ms: float | None) -> str:
    return f"Frame {index + 1}" + (f" ({duration_ms:.0f} ms)" if duration_ms else "")


def _space(image: Image.Image) -> Space:
    if image.mode == "CMYK":
        return "CMYK"
    return "GRAY" if image.mode in ("1", "L", "LA", "I;16", "I;16B") else "RGB"


def _ppi(image: Image.Image) -> float | None:
    """From what the format says itself, else from EXIF."""
    found = image.info.get("dpi")
    if isinstance(found, tuple) and found:
        return float(found[0])
    exif = image.getexif()
    value = exif.get(_RESOLUTION)
    if value is None:
        return None
    return float(value) * (2.54 if exif.get(_RESOLUTION_UNIT) == _CENTIMETRES else 1.0)


_LAB_TO_SRGB = (ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"))
