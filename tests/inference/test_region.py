"""Which rectangle is generated, at which size, and which of its pixels reach the document."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas.snapshot import Pixels8, Rect
from inference.region import GRID_PX, denoise_mask, frame_around, grown, paste_alpha, working_size


@pytest.mark.parametrize(
    ("frame", "native_px", "size"),
    [
        # Embedded model, native 256.
        ((256, 256), 256, (256, 256)),
        ((1024, 1024), 256, (256, 256)),
        ((4096, 4096), 256, (256, 256)),
        ((1920, 1080), 256, (344, 192)),
        ((1080, 1920), 256, (192, 344)),
        ((1000, 1000), 256, (256, 256)),
        # SD 1.5, native 512.
        ((512, 768), 512, (416, 624)),
        ((1536, 600), 512, (816, 320)),
        ((1024, 1536), 512, (416, 624)),
        ((3008, 2000), 512, (624, 416)),
        # A canvas smaller than the model's own size is not enlarged.
        ((200, 100), 256, (200, 96)),
        ((300, 300), 512, (304, 304)),
        # Down to the smallest side a UNet can work with.
        ((10, 10), 256, (64, 64)),
        ((4096, 64), 256, (1024, 64)),
        # Extreme strips are squeezed instead of taking all memory.
        ((30000, 10), 256, (1024, 64)),
    ],
)
def test_working_size(frame: tuple[int, int], native_px: int, size: tuple[int, int]) -> None:
    assert working_size(Rect(7, 9, 7 + frame[0], 9 + frame[1]), native_px) == size


@given(st.integers(1, 30_000), st.integers(1, 30_000), st.sampled_from([256, 512, 1024]))
def test_working_size_is_always_on_the_grid_and_affordable(width: int, height: int, native_px: int) -> None:
    w, h = working_size(Rect(0, 0, width, height), native_px)
    assert w % GRID_PX == 0
    assert h % GRID_PX == 0
    assert min(w, h) >= 64
    assert w * h <= 4 * native_px * native_px
    if width * height >= native_px**2 and max(width, height) < 4 * min(width, height):
        assert w * h == pytest.approx(native_px**2, rel=0.1)
        assert w / h == pytest.approx(width / height, rel=0.1)


def test_a_frame_without_pixels_has_no_working_size() -> None:
    with pytest.raises(ValueError, match="without pixels"):
        working_size(Rect(5, 5, 5, 9), 256)


DOCUMENT_2K = Rect(0, 0, 2048, 2048)


@pytest.mark.parametrize(
    ("changes", "document", "native_px", "frame"),
    [
        # 64 px in the middle: a sixteenth of the canvas on each side is 320, and that beats 256 ...
        (Rect(1000, 1000, 1064, 1064), DOCUMENT_2K, 256, Rect(872, 872, 1192, 1192)),
        # ... but a model of 512 gets its 512.
        (Rect(1000, 1000, 1064, 1064), DOCUMENT_2K, 512, Rect(776, 776, 1288, 1288)),
        # A large change takes half its mean side as context.
        (Rect(300, 300, 700, 600), Rect(0, 0, 1024, 1024), 512, Rect(124, 122, 876, 778)),
        # At a corner the frame moves inward and keeps its size.
        (Rect(0, 0, 64, 64), DOCUMENT_2K, 512, Rect(0, 0, 512, 512)),
        (Rect(2040, 2040, 2048, 2048), DOCUMENT_2K, 512, Rect(1536, 1536, 2048, 2048)),
        # Never larger than the document.
        (Rect(10, 10, 20, 20), Rect(0, 0, 100, 60), 512, Rect(0, 0, 100, 60)),
        (Rect(0, 0, 100, 60), Rect(0, 0, 100, 60), 512, Rect(0, 0, 100, 60)),
    ],
)
def test_frame_around_a_mask(changes: Rect, document: Rect, native_px: int, frame: Rect) -> None:
    assert frame_around(changes, document, native_px) == frame


@given(st.data())
def test_frame_always_holds_the_mask_and_lies_in_the_document(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 5000)), data.draw(st.integers(1, 5000))
    x0, y0 = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    changes = Rect(x0, y0, data.draw(st.integers(x0 + 1, width)), data.draw(st.integers(y0 + 1, height)))
    document = Rect(0, 0, width, height)
    frame = frame_around(changes, document, data.draw(st.sampled_from([256, 512])))
    assert frame.contains(changes)
    assert document.contains(frame)


masks = st.integers(0, 2**32 - 1).map(
    lambda seed: (np.random.default_rng(seed).random((23, 31)) > 0.97).astype(np.uint8) * 255
)


def disc_oracle(mask: Pixels8, radius: int) -> Pixels8:
    """Slow and obvious: a pixel is in when any mask pixel lies within the radius."""
    ys, xs = np.nonzero(mask)
    out = np.zeros_like(mask)
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            if ((ys - y) ** 2 + (xs - x) ** 2 <= radius**2).any():
                out[y, x] = 255
    return out


@settings(max_examples=25, deadline=None)
@given(masks, st.integers(0, 9))
def test_grow_is_an_exact_disc(mask: Pixels8, grow_px: int) -> None:
    np.testing.assert_array_equal(grown(mask, grow_px), disc_oracle(mask, grow_px))


def test_growing_nothing_gives_nothing() -> None:
    assert not grown(np.zeros((8, 8), np.uint8), 50).any()


@settings(max_examples=25, deadline=None)
@given(masks, st.integers(0, 6), st.integers(0, 400))
def test_paste_alpha_is_positive_exactly_on_the_grown_mask(mask: Pixels8, grow_px: int, feather_px: int) -> None:
    alpha = paste_alpha(mask, grow_px, feather_px)
    np.testing.assert_array_equal(alpha > 0, grown(mask, grow_px) > 0)


@pytest.mark.parametrize(("grow_px", "feather_px"), [(0, 0), (0, 8), (12, 0), (5, 30)])
def test_a_large_mask_is_what_one_transform_of_the_whole_would_give(grow_px: int, feather_px: int) -> None:
    mask = np.zeros((700, 610), np.uint8)
    cv2.circle(mask, (250, 260), 190, 255, -1)
    cv2.line(mask, (20, 690), (600, 500), 255, 9)
    mask[511:513, 400:] = 255
    changes = grown(mask, grow_px)
    inside_px = cv2.distanceTransform(changes, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    whole = np.where(changes != 0, np.rint(np.minimum(inside_px / (max(feather_px, 0) + 1) * 255, 255)), 0)
    if feather_px == 0:
        whole = changes
    assert np.abs(paste_alpha(mask, grow_px, feather_px).astype(int) - whole).max() <= 1, "but for rounding"


def test_the_feather_rises_inward_from_the_edge() -> None:
    mask = np.zeros((1, 40), np.uint8)
    mask[0, 10:30] = 255
    alpha = paste_alpha(mask, 0, 4)[0]
    assert alpha[9:16].tolist() == [0, 51, 102, 153, 204, 255, 255]
    np.testing.assert_array_equal(alpha[10:30], alpha[10:30][::-1])


def test_a_mask_does_not_fade_at_the_end_of_the_document() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[:, :12] = 255
    alpha = paste_alpha(mask, 0, 4)
    assert (alpha[:, :7] == 255).all()
    assert (alpha[:, 12:] == 0).all()
    assert (paste_alpha(np.full((9, 9), 255, np.uint8), 0, 8) == 255).all()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90), st.sampled_from([64, 72, 96]), st.integers(1, 6)
)
def test_every_pixel_that_may_change_is_denoised(seed: int, height: int, width: int, side: int, dots: int) -> None:
    rng = np.random.default_rng(seed)
    alpha = np.zeros((height, width), np.uint8)
    alpha[rng.integers(0, height, dots), rng.integers(0, width, dots)] = 1
    mask = denoise_mask(alpha, (side, 64))
    assert mask.shape == (64, side)
    assert set(np.unique(mask)) <= {0, 255}
    for y, x in zip(*np.nonzero(alpha), strict=True):
        # All working pixels that this document pixel's area touches.
        rows = slice(y * 64 // height, -(-(y + 1) * 64 // height))
        columns = slice(x * side // width, -(-(x + 1) * side // width))
        assert (mask[rows, columns] == 255).all()


def test_the_denoise_mask_follows_the_latent_grid_and_stays_tight() -> None:
    alpha = np.zeros((128, 128), np.uint8)
    alpha[33, 70] = 255
    mask = denoise_mask(alpha, (128, 128))
    expected = np.zeros((128, 128), np.uint8)
    expected[32:40, 64:72] = 255
    np.testing.assert_array_equal(mask, expected)
