"""Masks, conversions, scaling and dabs against slow twins; and how kernels come to be compiled."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pixel_twins as twin
import pytest

from canvas import kernels
from canvas.kernels.strokes import ERASE, PAINT, PAINT_ATOP
from canvas.tiles import ONE, to_rgba8

NO_SELECTION = np.zeros((0, 0, 1), np.uint16)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_a_mask_multiplies_colour_and_alpha(rng):
    src, mask = twin.random_pixels(rng), rng.integers(0, ONE + 1, (128, 128, 1)).astype(np.uint16)
    out = np.empty_like(src)
    kernels.masked(out, src, mask)
    assert np.abs(out - src * (mask / ONE)).max() <= 0.5
    assert (out[..., :3] <= out[..., 3:]).all()


def test_mixing_goes_from_before_to_after_by_mask_and_opacity(rng):
    before, after = twin.random_pixels(rng), twin.random_pixels(rng)
    mask = rng.choice([0, 1000, ONE], (128, 128, 1)).astype(np.uint16)
    out = after.copy()
    kernels.mix(out, before, mask, ONE // 2)
    weight = mask / ONE / 2
    assert np.abs(out - (before * (1 - weight) + after * weight)).max() <= 1.5
    np.testing.assert_array_equal(out[mask[..., 0] == 0], before[mask[..., 0] == 0])


@pytest.mark.parametrize("level", range(5))
def test_8_bit_levels_are_rounded_means_of_blocks(level, rng):
    src, side = twin.random_pixels(rng), 1 << level
    out = np.empty((128 >> level, 128 >> level, 4), np.uint8)
    kernels.to_premultiplied8(out, src, level)
    mean = src.reshape(128 >> level, side, 128 >> level, side, 4).mean((1, 3))
    assert np.abs(out - mean * 255 / ONE).max() <= 0.5 + 1e-9
    assert (out[..., :3] <= out[..., 3:]).all()


def test_straight_8_bit_of_whole_values_equals_the_reference_conversion(rng):
    src = twin.random_pixels(rng)
    out = np.empty((128, 128, 4), np.uint8)
    kernels.to_straight8(out, src.astype(np.float32))
    np.testing.assert_array_equal(out, to_rgba8(src))


@pytest.mark.parametrize("cells", [128, 64, 48, 17])
def test_area_cells_hold_the_mean_of_what_they_cover(cells, rng):
    src = twin.random_pixels(rng)
    out = np.zeros((cells, cells, 4), np.float32)
    kernels.add_area(out, src, 0, 0, 0, 0, 128 / cells, 128 / cells)
    edges = np.arange(cells + 1) * 128 / cells
    pixels = np.arange(128)
    shares = np.clip(np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0, 1)
    mean = np.stack([shares @ src[..., c] @ shares.T for c in range(4)], -1) * (cells / 128) ** 2
    assert np.abs(out - mean).max() < 0.05


@pytest.mark.parametrize("mode", [PAINT, ERASE, PAINT_ATOP])
def test_a_stroke_mask_is_applied_as_porter_and_duff_say(mode, rng):
    base = twin.random_pixels(rng)
    mask, selection = (rng.choice([0, 9000, ONE], (128, 128, 1)).astype(np.uint16) for _ in range(2))
    colour = (ONE, ONE // 3, 0)
    out = np.empty_like(base)
    kernels.apply_stroke(out, base, mask, selection, *colour, ONE // 2, mode)
    cover = mask / ONE * (selection / ONE) * 0.5
    paint = np.array([*colour, ONE]) * cover
    expected = {
        PAINT: paint + base * (1 - cover),
        ERASE: base * (1 - cover),
        PAINT_ATOP: paint * (base[..., 3:] / ONE) + base * (1 - cover),
    }[mode]
    assert np.abs(out - expected).max() <= 2
    assert (out[..., :3] <= out[..., 3:]).all()
    outside = (selection == 0)[..., 0] | (mask == 0)[..., 0]
    np.testing.assert_array_equal(out[outside], base[outside])
    if mode == PAINT_ATOP:
        np.testing.assert_array_equal(out[..., 3], base[..., 3])


def test_without_a_selection_the_whole_mask_counts(rng):
    base, mask = twin.random_pixels(rng), np.full((128, 128, 1), ONE, np.uint16)
    out = np.empty_like(base)
    kernels.apply_stroke(out, base, mask, NO_SELECTION, 5, 6, 7, ONE, PAINT)
    assert (out == [5, 6, 7, ONE]).all()


def run_python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.strip()


def test_importing_the_canvas_does_not_import_the_compiler():
    code = "import sys, canvas.projection, canvas.stroke, canvas.snapshot; print('numba' in sys.modules)"
    assert run_python(code) == "False"


def test_compiled_kernels_go_to_the_users_cache_when_the_program_folder_is_read_only(tmp_path, monkeypatch):
    from canvas.kernels import compiling

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    really = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != "/program" and really(path, mode))
    assert compiling.cache_folder(Path("/program")) == str(tmp_path / "underdraw" / "kernels")
    assert (tmp_path / "underdraw" / "kernels").is_dir()
    assert compiling.cache_folder(tmp_path) == ""


def test_a_home_that_cannot_be_written_to_still_leaves_a_place_of_ones_own(tmp_path, monkeypatch):
    from canvas.kernels import compiling

    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(compiling.tempfile, "gettempdir", lambda: str(tmp_path))
    really = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != "/program" and really(path, mode))
    folder = Path(compiling.cache_folder(Path("/program")))
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o077 == 0
