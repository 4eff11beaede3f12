"""What an artist draws becomes what a ControlNet expects, at exactly the same size."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import drawing, picture

from inference.condition_set import Bytes
from inference.messages import EngineError
from inference.preprocess import PREPROCESSORS, preprocess


@pytest.mark.parametrize("name", sorted(PREPROCESSORS))
@pytest.mark.parametrize(("width", "height"), [(64, 64), (200, 120), (72, 136)])
def test_the_size_stays(name: str, width: int, height: int) -> None:
    image = preprocess(name, drawing(1, width, height))
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8


def white(*dots: tuple[int, int, int]) -> Bytes:
    image = np.full((8, 8, 3), 255, np.uint8)
    for x, colour in enumerate(dots):
        image[0, x] = colour
    return image


def test_lines_are_white_on_black_and_keep_their_soft_edges() -> None:
    found = preprocess("lines", white((0, 0, 0), (128, 128, 128), (255, 0, 0)))
    assert found[0, :4, 0].tolist() == [255, 127, 255, 0]
    assert (found[1:] == 0).all()


def test_scribbles_are_line_or_nothing() -> None:
    found = preprocess("lines_binary", white((0, 0, 0), (120, 120, 120), (240, 240, 235)))
    assert found[0, :4, 0].tolist() == [255, 255, 0, 0]


def test_canny_finds_edges_where_they_are() -> None:
    image = np.zeros((120, 200, 3), np.uint8)
    image[:, 90:] = 255
    columns = np.flatnonzero(preprocess("canny", image).any(axis=(0, 2)))
    assert set(columns) <= {89, 90}
    assert len(columns)


def test_line_art_of_a_picture_finds_a_dark_line() -> None:
    image = np.full((120, 200, 3), 200, np.uint8)
    image[:, 100:102] = 30
    found = preprocess("lineart_standard", image)[..., 0].mean(axis=0)
    assert found[100:102].min() > 60
    assert found[:80].max() < 10


def test_none_changes_nothing() -> None:
    assert np.array_equal(preprocess("none", picture(1)), picture(1))


def test_an_unknown_preprocessor_is_one_sentence() -> None:
    with pytest.raises(EngineError, match="no preprocessor “magic”"):
        preprocess("magic", picture(1))


def test_the_whole_of_controlnet_aux_can_still_be_imported_afterwards() -> None:
    """Detectors are taken from their own modules; no half-made package may stay behind."""
    import sys

    preprocess("canny", picture(1))
    package = sys.modules.get("controlnet_aux")
    assert package is None or hasattr(package, "CannyDetector")


def test_a_depth_map_is_its_lightness() -> None:
    image = np.full((8, 8, 3), (255, 0, 0), np.uint8)
    image[4:] = 200
    made = preprocess("grey", image)
    assert (made[:4] == 76).all()
    assert (made[4:] == 200).all()
