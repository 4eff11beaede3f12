"""PNG: the merged picture, exact, with 8 or 16 bits a channel, its profile, its resolution, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from canvas.formats.colour_profiles import srgb_profile
from canvas.formats.flat import read, read_image_rgba, read_surface
from canvas.formats.flat_losses import flat_losses
from canvas.formats.flat_writing import own_profile, put_in_place, same
from canvas.formats.job import Job
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.picture import picture
from canvas.formats.pixels import Samples
from canvas.formats.png_codec import (
    PngReader,
    international_text_chunk,
    png_pieces,
    ppi_chunk,
    profile_chunk,
    srgb_chunk,
    text_chunk,
)
from canvas.formats.properties import ppi
from canvas.formats.provenance import texts_of
from canvas.state import DocumentState
from canvas.tiles import Pixels8

__all__ = ["losses", "read", "read_image_rgba", "read_surface", "write", "write_png"]

#: Text chunks of our own; `parameters` is A1111's, the other the one that XMP prescribes.
METADATA_KEY, PARAMETERS_KEY, XMP_KEY = "underdraw_metadata", "parameters", "XML:com.adobe.xmp"


def losses(state: DocumentState, options: WriteOptions) -> tuple[str, ...]:
    """What of `state` the file would not keep, a short phrase each."""
    return flat_losses(state, options)


def write(state: DocumentState, path: Path, options: WriteOptions = DEFAULT_OPTIONS, job: Job | None = None) -> None:
    """Write the merged picture, RGB when opaque. 16 bits hold every value of a document of one layer exactly.

    Raises FormatError and Cancelled.
    """
    job = job or Job()
    pixels = picture(state, options.depth, own_profile(state), None, job.part(0.0, 0.5))
    _write(path, pixels, _chunks(state, options), options, job.part(0.5, 1.0))


def write_png(path: Path, rgba8: Pixels8, text_chunks: Mapping[str, str]) -> None:
    """Write straight sRGB, RGBA uint8 (h, w, 4), as it is; RGB when fully opaque. Raises FormatError."""
    opaque = bool((rgba8[..., 3] == 255).all())
    chunks = [srgb_chunk(), *_texts(text_chunks)]
    _write(path, rgba8[..., :3] if opaque else rgba8, chunks, DEFAULT_OPTIONS, Job())


def _write(path: Path, pixels: Samples, chunks: list[bytes], options: WriteOptions, job: Job) -> None:
    pieces = png_pieces(pixels, chunks, job.part(0.0, 0.7))
    put_in_place(path, options, pieces, partial(_verify, pixels, job.part(0.7, 1.0)), job)


def _verify(pixels: Samples, job: Job, path: Path) -> None:
    with path.open("rb") as file:
        reader = PngReader(file)
        height, width = pixels.shape[:2]
        if (reader.info.width, reader.info.height) != (width, height):
            raise ValueError(f"its size is {reader.info.width}x{reader.info.height}")
        for y, band in reader.bands(width, height):
            same(band, pixels[y : y + len(band)])
            job.reach((y + len(band)) / height)
        reader.finish()


def _chunks(state: DocumentState, options: WriteOptions) -> list[bytes]:
    profile, resolution = own_profile(state), ppi(state)
    if profile is None and options.depth == 16:
        # Krita asks what 16-bit pictures without a whole profile mean.
        profile = srgb_profile()
    texts = texts_of(state, options)
    named = {PARAMETERS_KEY: texts.parameters, METADATA_KEY: texts.own, XMP_KEY: texts.short_xmp, **dict(texts.carried)}
    return [
        srgb_chunk() if profile is None else profile_chunk(profile),
        *([ppi_chunk(resolution)] if resolution is not None else []),
        *_texts({key: text for key, text in named.items() if text is not None}),
    ]


def _texts(texts: Mapping[str, str]) -> Iterator[bytes]:
    for key, text in texts.items():
        yield international_text_chunk(key, text) if key in (METADATA_KEY, XMP_KEY) else text_chunk(key, text)
