"""Contact sheets for looking at, one function a question; each returns one picture, uint8 (H, W, 3)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.doodles import DOODLES, doodle_lines
from models.training.palette import TIMES
from models.training.picture_set import PictureSet
from models.training.pose import pose_map
from models.training.studio import Pictures, Studio

Sheet = NDArray[np.uint8]


def grid(rows: Sequence[Pictures]) -> Sheet:
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def rgb(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey 0..255 or bits 0..1 to three channels of 0..255."""
    scaled = lines * 255 if lines.max() <= 1 else lines
    return np.repeat(scaled[..., None], 3, axis=2)


def held_out_sheet(studio: Studio, pictures: PictureSet, chosen: Sequence[int], captions: Sequence[str]) -> Sheet:
    """Rows: sketch, flat by day, ink, as captioned, the painter's own picture."""
    sketches = [rgb(pictures.sketch(i, 0)) for i in chosen]
    rest = [", ".join(tag for fact in pictures.scenes[i].tags for tag in fact) for i in chosen]
    controls = {"scribble": sketches}
    flat = studio.paint([f"flat, day, summer, {words}" for words in rest], controls)
    ink = studio.paint([f"ink, day, {words}" for words in rest], controls)
    told = studio.paint(captions, controls)
    truth = [np.asarray(pictures.pictures[i]) for i in chosen]
    return grid([list(row) for row in zip(sketches, flat, ink, told, truth, strict=True)])


def doodle_sheet(studio: Studio) -> Sheet:
    """Rows: a doodle by hand, then flat day, flat sunset, flat night, ink, ink at 8 steps."""
    rows = []
    for name in DOODLES:
        sketch = rgb(doodle_lines(name))
        looks = ("flat, day, summer", "flat, sunset", "flat, night, stars", "ink, day")
        made = studio.paint([f"{look}, {name}" for look in looks], {"scribble": [sketch] * 4}, seed=3)
        rows.append([sketch, *made, *studio.paint([f"ink, sunset, {name}"], {"scribble": [sketch]}, steps=8, seed=3)])
    return grid(rows)


def time_sheet(studio: Studio) -> Sheet:
    """Columns: day, sunset, dawn, night, misty, winter; rows: two doodles in flat, one in ink."""
    rows = []
    for style, name in (("flat", "house, tree, path"), ("flat", "mountains, sun"), ("ink", "pines, hills, moon")):
        sketch = rgb(doodle_lines(name))
        captions = [f"{style}, {time}, summer, {name}" for time in TIMES] + [f"{style}, day, winter, {name}"]
        rows.append([sketch, *studio.paint(captions, {"scribble": [sketch] * len(captions)}, seed=5)])
    return grid(rows)


def pose_sheet(studio: Studio, pictures: PictureSet, chosen: Sequence[int]) -> Sheet:
    """Rows: map, flat with pose alone, ink with pose alone, the painter's own picture."""
    maps = [pose_map(pictures.figures(i)) for i in chosen]
    people = ["two people" if len(pictures.figures(i)) == 2 else "person" for i in chosen]
    flat = studio.paint(
        [f"flat, day, summer, {who}, red shirt, blue trousers, hills" for who in people], {"pose": maps}
    )
    ink = studio.paint([f"ink, day, {who}, hills" for who in people], {"pose": maps})
    truth = [np.asarray(pictures.pictures[i]) for i in chosen]
    return grid([list(row) for row in zip(maps, flat, ink, truth, strict=True)])


def reference_sheet(studio: Studio, pictures: PictureSet, references: Sequence[int]) -> Sheet:
    """First row the references, then each doodle painted without a word in the look of each."""
    shown = [np.asarray(pictures.pictures[i]) for i in references]
    rows: list[Pictures] = [[np.zeros((256, 256, 3), np.uint8), *shown]]
    for name in ("mountains, sun", "house, tree, path", "sea, boat, sun"):
        sketch = rgb(doodle_lines(name))
        count = len(references)
        rows.append([sketch, *studio.paint([""] * count, {"scribble": [sketch] * count}, reference=shown, seed=7)])
    return grid(rows)


def save(sheet: Sheet, path: Path, scale: float = 0.5) -> None:
    """As webp, small enough to ship, and readable enough to judge."""
    small = cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(
        str(path), cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, 82, cv2.IMWRITE_JPEG_QUALITY, 85]
    )
