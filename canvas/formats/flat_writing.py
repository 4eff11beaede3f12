"""Flat pictures out: what PNG, TIFF, JPEG, WebP and AVIF have in common when they are written. Any thread."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Thread
from typing import TypeVar

import cv2
import numpy as np
from PIL import Image

from canvas.formats.atomic import replacing
from canvas.formats.colour_profiles import can_be_embedded, in_effect_srgb, srgb_profile
from canvas.formats.errors import FormatError, cannot_save
from canvas.formats.job import Job
from canvas.formats.options import WriteOptions
from canvas.formats.pixels import Samples
from canvas.formats.properties import icc_profile, ppi
from canvas.formats.provenance import EmbeddedTexts
from canvas.state import DocumentState
from canvas.tiles import Pixels8

_Done = TypeVar("_Done")

_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_RESOLUTION_UNIT, _RESOLUTIONS, _INCHES = 296, (282, 283), 2
_POLL_S = 0.05
#: Pixels of a file that Pillow does not refuse.
_PILLOW_TAKES = 2 * (Image.MAX_IMAGE_PIXELS or 0)


def own_profile(state: DocumentState) -> bytes | None:
    """The profile that the picture is to be converted into and that is embedded; None for sRGB."""
    profile = icc_profile(state)
    return profile if profile is not None and can_be_embedded(profile) and not in_effect_srgb(profile) else None


def embedded_profile(state: DocumentState) -> bytes:
    """What a format gets that can say "sRGB" only by a profile."""
    return own_profile(state) or srgb_profile()


def exif(state: DocumentState, texts: EmbeddedTexts) -> bytes:
    """EXIF with `parameters` as user comment, as the A1111 web UI writes it into JPEG, WebP and AVIF, and with the
    resolution; empty when there is neither."""
    found = Image.Exif()
    if texts.parameters is not None:
        found.get_ifd(_EXIF_IFD)[_USER_COMMENT] = b"UNICODE\0" + texts.parameters.encode("utf-16-be", "replace")
    resolution = ppi(state)
    if resolution is not None:
        for tag in _RESOLUTIONS:
            found[tag] = resolution
        found[_RESOLUTION_UNIT] = _INCHES
    return found.tobytes() if len(found) or texts.parameters is not None else b""


def put_in_place(
    path: Path, options: WriteOptions, pieces: Iterable[bytes], verify: Callable[[Path], None], job: Job
) -> None:
    """Write `pieces` to a temporary file, have it verified, and put it in the place of `path`.

    `verify` raises ValueError or OSError when the file is not what was written. `job` ends before the file is put in
    place: once that is done, it is not called off any more. Raises FormatError and Cancelled.
    """
    with replacing(path, keep_previous=options.keep_previous) as temporary:
        with temporary.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        try:
            verify(temporary)
        except FormatError:
            raise
        except (ValueError, SyntaxError, EOFError, OSError, Image.DecompressionBombError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            why, remedy = f"what was written does not read back ({error})", "save it in another format or place"
            raise cannot_save(path, why, remedy) from error
        job.reach(1.0)


def verified_by_pillow(path: Path, kind: str, size: tuple[int, int], exact: Pixels8 | None = None) -> None:
    """Raises ValueError or OSError when a file is no such picture; with `exact`, also when a pixel differs."""
    if size[0] * size[1] > _PILLOW_TAKES:
        _verified_by_opencv(path, size)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(path, formats=(kind,)) as image:
            if image.size != size:
                raise ValueError(f"its size is {image.size}")
            image.load()
            if exact is not None and not np.array_equal(np.asarray(image), exact):
                raise ValueError("its pixels differ")


def _verified_by_opencv(path: Path, size: tuple[int, int]) -> None:
    """For what Pillow takes for a bomb; here it is known not to be one."""
    found = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.shape[1::-1] != size:
        raise ValueError("it is damaged")


def encoded_by_pillow(pixels: Pixels8, kind: str, **settings: object) -> bytes:
    out = io.BytesIO()
    with Image.fromarray(pixels) as image:
        image.save(out, kind, **settings)
    return out.getvalue()


def encoded(path: Path, job: Job, work: Callable[[], bytes]) -> bytes:
    """The file that `work` makes, which cannot report or be called off: when `job` is, nobody waits for it any more.

    Raises FormatError when the encoder refuses the picture, and Cancelled.
    """
    try:
        return _attended(job, work)
    except (ValueError, OSError, RuntimeError, cv2.error) as error:
        why = f"its encoder refuses the picture ({' '.join(str(error).split())})"
        raise cannot_save(path, why, "save it as PNG, or make it smaller") from error


def _attended(job: Job, work: Callable[[], _Done]) -> _Done:
    done: list[_Done] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    thread = Thread(target=run, name="encoding", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_POLL_S)
        job.reach(job.progress)
    if failed:
        raise failed[0]
    return done[0]


def same(first: Samples, second: Samples) -> None:
    """Raises ValueError when two bands of pixels differ."""
    if not np.array_equal(first, second):
        raise ValueError("its pixels differ")
