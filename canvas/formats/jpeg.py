"""JPEG: the merged picture on a background, with 8 bits a channel. Opens everywhere.

Baseline, not progressive, with tables made for the picture. EXIF and XMP segments take 64 kB: longer XMP is split as
Adobe prescribes (XMP Specification part 3, 1.1.3.1); a longer user comment is left out.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from canvas.formats.flat import read
from canvas.formats.flat_losses import flat_losses
from canvas.formats.flat_writing import (
    embedded_profile,
    encoded,
    exif,
    own_profile,
    put_in_place,
    verified_by_pillow,
)
from canvas.formats.job import Job
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.picture import picture
from canvas.formats.pixels import as_8_bits
from canvas.formats.properties import ppi
from canvas.formats.provenance import EmbeddedTexts, texts_of
from canvas.state import DocumentState
from canvas.tiles import Pixels8

__all__ = ["losses", "read", "write"]

#: From this quality on colour has the full resolution: thin coloured lines stay clean.
_FULL_COLOUR_QUALITY = 90
_START, _APP0, _APP1, _APP2 = b"\xff\xd8", b"\xff\xe0", b"\xff\xe1", b"\xff\xe2"
_SEGMENT_BYTES = 65533
_XMP, _MORE_XMP = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_XMP_BYTES = _SEGMENT_BYTES - len(_XMP)
#: Of each piece of a long packet, as the specification recommends, or of a profile.
_PIECE_BYTES = 65400
_DESCRIPTION = "<rdf:Description "


def losses(state: DocumentState, options: WriteOptions) -> tuple[str, ...]:
    """What of `state` the file would not keep, a short phrase each."""
    found = flat_losses(state, options, "transparency", "exact colours")
    texts = texts_of(state, options)
    return (*found, "how it was made, which is too long for JPEG") if _too_long(texts, state) else found


def write(state: DocumentState, path: Path, options: WriteOptions = DEFAULT_OPTIONS, job: Job | None = None) -> None:
    """Write the merged picture. Raises FormatError and Cancelled."""
    job = job or Job()
    pixels = as_8_bits(picture(state, 8, own_profile(state), options.background, job.part(0.0, 0.4)))
    texts = texts_of(state, options)
    if _too_long(texts, state):
        texts = replace(texts, parameters=None)
    segments = _density(ppi(state))
    if texts.parameters is not None:
        segments += _segment(_APP1, exif(state, texts))
    segments += _xmp_segments(texts, texts_of(state, replace(options, recipes=False)))
    segments += _profile_segments(embedded_profile(state))
    data = encoded(path, job.part(0.4, 0.9), partial(_encoded, pixels, options.quality, segments))
    verify = partial(verified_by_pillow, kind="JPEG", size=pixels.shape[1::-1])
    put_in_place(path, options, (data,), verify, job)


def _encoded(pixels: Pixels8, quality: int, segments: bytes) -> bytes:
    """By OpenCV: Pillow cannot make tables for a picture that is all noise. `segments` take the place of its own."""
    full = quality >= _FULL_COLOUR_QUALITY
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if full else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    settings += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    done, found = cv2.imencode(".jpg", np.ascontiguousarray(pixels[..., ::-1]), settings)
    data = found.tobytes()
    if not done or not data.startswith(_START + _APP0):
        raise ValueError("it gives nothing")
    (own_bytes,) = struct.unpack_from(">H", data, 4)
    return _START + segments + data[4 + own_bytes :]


def _density(resolution: float | None) -> bytes:
    """JFIF's own segment, which must be the first; without a resolution it says that pixels are square."""
    dots = min(max(1, round(resolution or 1)), 0xFFFF)
    return _segment(_APP0, b"JFIF\0" + struct.pack(">HBHHBB", 0x0101, int(resolution is not None), dots, dots, 0, 0))


def _profile_segments(profile: bytes) -> bytes:
    """ICC.1:2022, annex B.4: the profile in numbered pieces."""
    pieces = [profile[at : at + _PIECE_BYTES] for at in range(0, len(profile), _PIECE_BYTES)]
    return b"".join(
        _segment(_APP2, b"ICC_PROFILE\0" + bytes((number, len(pieces))) + piece)
        for number, piece in enumerate(pieces, 1)
    )


def _too_long(texts: EmbeddedTexts, state: DocumentState) -> bool:
    return texts.parameters is not None and len(exif(state, texts)) > _SEGMENT_BYTES


def _xmp_segments(texts: EmbeddedTexts, short: EmbeddedTexts) -> bytes:
    """APP1 segments for the packet; one that is too long becomes an extension of that of `short`."""
    packet = (texts.xmp or "").encode()
    if len(packet) <= _XMP_BYTES:
        return _segment(_APP1, _XMP + packet) if packet else b""
    # An extension is the serialised data without its wrapper.
    start, end = packet.find(b"<x:xmpmeta"), packet.rfind(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")
    whole = packet[start:end]
    digest = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper()
    note = f'{_DESCRIPTION}xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{digest}" '
    head = short.xmp or '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-' \
        'syntax-ns#"><rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>'  # fmt: skip
    segments = _segment(_APP1, _XMP + head.replace(_DESCRIPTION, note, 1).encode())
    for at in range(0, len(whole), _PIECE_BYTES):
        place = struct.pack(">II", len(whole), at)
        segments += _segment(_APP1, _MORE_XMP + digest.encode() + place + whole[at : at + _PIECE_BYTES])
    return segments


def _segment(marker: bytes, content: bytes) -> bytes:
    return marker + struct.pack(">H", len(content) + 2) + content
