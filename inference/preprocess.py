"""Control preprocessors: what the artist drew becomes the picture that a ControlNet expects. Runs in the worker.

Every function takes uint8 RGB (h, w, 3) and gives uint8 RGB of exactly the same size. controlnet-aux is imported on
first use of a detector that needs it. Must not import Qt. One thread at a time.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, TypeAlias

import numpy as np

from inference.condition_set import Bytes
from inference.messages import EngineError

Preprocessor: TypeAlias = Callable[[Bytes], Bytes]

#: Ink stronger than this counts as a line: a stroke a sixth of a working pixel wide stays in, paper texture does not.
LINE_THRESHOLD = 40

#: Canny thresholds of the pictures that the public canny ControlNets were trained on (controlnet-aux' defaults).
CANNY_LOW, CANNY_HIGH = 100, 200


def lines(image: Bytes) -> Bytes:
    """Dark or coloured lines on white become white lines on black; antialiasing stays.

    Line strength is 255 - min(R, G, B): pure red on white is as much a line as black.
    """
    strength = np.subtract(255, image.min(axis=2))
    return np.repeat(strength[..., None], 3, axis=2)


def lines_binary(image: Bytes) -> Bytes:
    """As `lines`, but every pixel is either line (255) or not (0): what scribble ControlNets were trained on."""
    return np.where(lines(image) >= LINE_THRESHOLD, np.uint8(255), np.uint8(0))


def canny(image: Bytes) -> Bytes:
    """Edges of a picture, white on black."""
    detector = _detector("canny", "CannyDetector")
    return _at_size(
        image,
        lambda padded, edge: detector(
            padded, CANNY_LOW, CANNY_HIGH, detect_resolution=edge, image_resolution=edge, output_type="np"
        ),
    )


def lineart_standard(image: Bytes) -> Bytes:
    """Soft line art of an opaque picture, such as a photograph, white on black."""
    detector = _detector("lineart_standard", "LineartStandardDetector")
    return _at_size(image, lambda padded, edge: detector(padded, detect_resolution=edge, output_type="np"))


def grey(image: Bytes) -> Bytes:
    """Its lightness alone, for maps in which only lightness means something."""
    weighted = (image @ np.array((0.299, 0.587, 0.114), np.float32)).round().astype(np.uint8)  # Rec. 601 luma
    return np.repeat(weighted[..., None], 3, axis=2)


def unchanged(image: Bytes) -> Bytes:
    """For controls that are drawn as their ControlNet expects them, such as pose skeletons."""
    return image


PREPROCESSORS: Mapping[str, Preprocessor] = MappingProxyType(
    {
        "lines": lines,
        "lines_binary": lines_binary,
        "canny": canny,
        "lineart_standard": lineart_standard,
        "grey": grey,
        "none": unchanged,
    }
)


def preprocess(name: str, image: Bytes) -> Bytes:
    """Run the preprocessor `name`. Raises EngineError for one that is not there."""
    preprocessor = PREPROCESSORS.get(name)
    if preprocessor is None:
        raise EngineError(f"There is no preprocessor “{name}”; there are: {', '.join(PREPROCESSORS)}.")
    return preprocessor(image)


def _at_size(image: Bytes, detect: Callable[[Bytes, int], Bytes]) -> Bytes:
    """`detect(picture, short edge)` of controlnet-aux at exactly the size of `image`.

    The detectors scale the short edge to the resolution asked for and round both edges to multiples of 64. On a
    picture whose edges are such multiples already, with its own short edge asked for, that changes nothing.
    """
    height, width = image.shape[:2]
    padded = np.pad(image, ((0, -height % 64), (0, -width % 64), (0, 0)), mode="edge")
    found = detect(padded, min(padded.shape[:2]))
    return np.ascontiguousarray(found[:height, :width])


@cache
def _detector(module: str, name: str) -> Any:
    """A detector of controlnet-aux, from its own module.

    The package's `__init__` imports every detector there is, with timm and torchvision: some twenty seconds on a slow
    machine, in the middle of a stroke. A bare package of the same path gives the one module that is needed.
    """
    package = "controlnet_aux"
    if package in sys.modules:
        return getattr(importlib.import_module(f"{package}.{module}"), name)()
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise EngineError("controlnet-aux is not installed; install Underdraw again.")
    bare = ModuleType(package)
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules[package] = bare
    try:
        return getattr(importlib.import_module(f"{package}.{module}"), name)()
    finally:
        del sys.modules[package]
