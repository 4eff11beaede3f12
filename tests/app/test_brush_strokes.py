"""Pictures of brushes: every preset shows something of what it does, within its picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app import brush_presets
from app.brush_strokes import Inks, preview, preview_px, resized, thumbnail
from canvas.brush import Brush

IMAGES = brush_presets.images()
INKS = Inks((0.9, 0.9, 0.9), (0.5, 0.3, 0.2), (0.9, 0.5, 0.3))
SIZE = (88, 42)
PRESETS = {brush.name: brush for brush in brush_presets.load()}


@pytest.mark.parametrize("brush", PRESETS.values(), ids=lambda brush: brush.name)
def test_every_preset_shows_a_stroke(brush: Brush) -> None:
    pixels = thumbnail(brush, IMAGES, INKS, SIZE)
    assert pixels.shape == (42, 88, 4)
    assert 0.01 < (pixels[..., 3] > 12).mean() < 0.9


def test_larger_brushes_look_larger_and_the_largest_still_fits() -> None:
    covered = []
    for size in (2.0, 12.0, 80.0, 1000.0):
        pixels = thumbnail(replace(PRESETS["Hard round"], size_px=size), IMAGES, INKS, SIZE)
        covered.append(float((pixels[..., 3] > 128).mean()))
        assert not pixels[0].any()
        assert not pixels[-1].any()
    assert covered == sorted(covered)
    assert covered[0] < 0.5 * covered[-1]


def test_an_eraser_takes_away_and_a_smudge_moves_paint() -> None:
    erased = thumbnail(PRESETS["Eraser hard"], IMAGES, INKS, SIZE)[21]
    assert erased[:, 3].max() > 150
    assert erased[:, 3].min() < 20
    smudge = PRESETS["Smudge"]
    moved = thumbnail(smudge, IMAGES, INKS, SIZE)
    untouched = thumbnail(replace(smudge, opacity=0.0), IMAGES, INKS, SIZE)
    assert np.abs(moved.astype(int) - untouched).max() > 40


def test_a_brush_whose_pictures_are_gone_is_shown_without_them() -> None:
    lost = replace(PRESETS["Charcoal"], tip="gone", texture="gone too")
    assert thumbnail(lost, IMAGES, INKS, SIZE)[..., 3].any()


def test_the_preview_shows_real_sizes_as_far_as_they_fit() -> None:
    assert preview_px(replace(PRESETS["Ink pen"], size_px=20.0), 116) == 20.0
    assert preview_px(replace(PRESETS["Ink pen"], size_px=500.0), 116) == pytest.approx(69.6)
    pixels = preview(replace(PRESETS["Hard round"], size_px=500.0), IMAGES, INKS, (300, 116))
    assert not pixels[0].any()


def test_a_texture_grows_with_its_brush() -> None:
    brush = replace(PRESETS["Charcoal"], size_px=40.0, texture_scale=1.0)
    assert resized(brush, 10.0).texture_scale == pytest.approx(0.25)
    assert resized(brush, 1.0).texture_scale == pytest.approx(0.1)
