"""Contact sheets for looking at, one function a question; each returns one picture, uint8 (H, W, 3)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.conditions import normal_map
from models.training.doodles import DOODLES, doodle_lines
from models.training.evaluation.bench import Bench, rgb, told
from models.training.evaluation.given_pictures import LOW_STRENGTH, recoloured
from models.training.evaluation.look_reader import QUESTIONS
from models.training.measures import Picture, thinned
from models.training.palette import STYLES, TIMES
from models.training.picture_set import PictureSet
from models.training.pose import pose_map
from models.training.studio import Mask, Pictures, Studio, paste

Sheet = NDArray[np.uint8]
ROWS = 8
WEBP_QUALITY = 82
THREE_STYLES = tuple(dict.fromkeys((STYLES[0], STYLES[len(STYLES) // 2], STYLES[-1])))
SIZES = ((384, 384), (512, 512), (512, 256), (256, 512))
"""Width and height of pictures larger or of other shape than the model's own."""
PLAIN_LOOK = "day, summer"
STEPS_AND_SEEDS = ((1, 3), (2, 3), (4, 3), (8, 3), (4, 11))


def grid(rows: Sequence[Pictures]) -> Sheet:
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def columns(*shown: Sequence[Picture]) -> Sheet:
    """Each list of pictures from above downwards."""
    return grid([list(row) for row in zip(*shown, strict=True)])


def held_out_sheet(bench: Bench, chosen: Sequence[int]) -> Sheet:
    """Columns: sketch, three styles, as captioned, the painter's own picture."""
    sketches = [rgb(bench.pictures.sketch(i, 0)) for i in chosen]
    scenes = [bench.pictures.scenes[i] for i in chosen]
    controls = {"scribble": sketches}
    styled = [bench.studio.paint([told(scene, style) for scene in scenes], controls) for style in THREE_STYLES]
    said = bench.studio.paint([told(scene) for scene in scenes], controls)
    return columns(sketches, *styled, said, _truths(bench.pictures, chosen))


def doodle_sheet(studio: Studio) -> Sheet:
    """Rows: a doodle by hand; columns: every style."""
    rows = []
    for name in DOODLES:
        sketch = rgb(doodle_lines(name))
        captions = [f"{style}, {PLAIN_LOOK}, {name}" for style in STYLES]
        rows.append([sketch, *studio.paint(captions, {"scribble": [sketch] * len(STYLES)}, seed=3)])
    return grid(rows)


def steps_sheet(studio: Studio) -> Sheet:
    """Rows: a doodle by hand; columns: 1, 2, 4 and 8 steps, then another seed at 4."""
    rows = []
    for index, name in enumerate(DOODLES):
        sketch = rgb(doodle_lines(name))
        caption = f"{STYLES[index % len(STYLES)]}, {PLAIN_LOOK}, {name}"
        made = [studio.paint([caption], {"scribble": [sketch]}, steps, seed) for steps, seed in STEPS_AND_SEEDS]
        rows.append([sketch, *(pictures[0] for pictures in made)])
    return grid(rows)


def time_sheet(studio: Studio) -> Sheet:
    """Columns: day, sunset, dawn, night, misty, then winter; rows: a doodle in each of three styles."""
    rows = []
    for style, name in zip(THREE_STYLES, DOODLES, strict=False):
        sketch = rgb(doodle_lines(name))
        captions = [f"{style}, {time}, summer, {name}" for time in TIMES] + [f"{style}, day, winter, {name}"]
        rows.append([sketch, *studio.paint(captions, {"scribble": [sketch] * len(captions)}, seed=5)])
    return grid(rows)


def pose_sheet(bench: Bench, chosen: Sequence[int]) -> Sheet:
    """Columns: map, three styles from the map and the caption, the painter's own picture."""
    maps = [pose_map(bench.pictures.figures(i)) for i in chosen]
    scenes = [bench.pictures.scenes[i] for i in chosen]
    styled = [
        bench.studio.paint([told(scene, style) for scene in scenes], {"pose": maps}, seed=1) for style in THREE_STYLES
    ]
    return columns(maps, *styled, _truths(bench.pictures, chosen))


def maps_sheet(bench: Bench, chosen: Sequence[int]) -> Sheet:
    """Columns: the painter's own picture, then each map that the model follows beside what it makes of it."""
    pictures = bench.pictures
    drawn = {
        "lineart": [rgb(pictures.line_art(i)) for i in chosen],
        "depth": [rgb(pictures.depth(i)) for i in chosen],
        "normal": [normal_map(pictures.recomposed(i)) for i in chosen],
        "segmentation": [pictures.segmentation(i) for i in chosen],
        "tile": [pictures.blocks(i) for i in chosen],
    }
    shown: list[Pictures] = [_truths(pictures, chosen)]
    said = [told(pictures.scenes[i]) for i in chosen]
    for kind, maps in drawn.items():
        if kind in bench.studio.controls:
            shown += [maps, bench.studio.paint(said, {kind: maps})]
    return columns(*shown)


def reference_sheet(bench: Bench, references: Sequence[int]) -> Sheet:
    """First row the references, then doodles painted without a word in the look of each."""
    shown = _truths(bench.pictures, references)
    rows: list[Pictures] = [[np.zeros_like(shown[0]), *shown]]
    for name in list(DOODLES)[:4]:
        sketches = [rgb(doodle_lines(name))] * len(shown)
        rows.append([sketches[0], *bench.studio.paint([""] * len(shown), {"scribble": sketches}, 4, 7, shown)])
    return grid(rows)


def inpainting_sheet(bench: Bench, chosen: Sequence[int], masks: Sequence[Mask]) -> Sheet:
    """Columns: picture, mask, made anew, half anew, and other colours at low strength."""
    truths, studio, steps = _truths(bench.pictures, chosen), bench.studio, bench.studio.settle_steps
    scenes = [bench.pictures.scenes[i] for i in chosen]
    covered = [
        np.where(mask[..., None], truth // 2 + np.array((127, 0, 0)), truth).astype(np.uint8)
        for truth, mask in zip(truths, masks, strict=True)
    ]
    shown: list[Pictures] = [truths, covered]
    same, changed = [told(scene) for scene in scenes], [recoloured(scene) for scene in scenes]
    for said, strength in ((same, 1.0), (changed, 0.75), (changed, LOW_STRENGTH)):
        made = studio.repaint(said, truths, masks, strength, steps)
        shown.append([paste(a, b, mask, 0) for a, b, mask in zip(truths, made, masks, strict=True)])
    return columns(*shown)


def half_sheet(bench: Bench, chosen: Sequence[int]) -> Sheet:
    """Columns: sketch, picture, the sketch with half of its lines missing, picture."""
    rng = np.random.default_rng(2)
    lines = [bench.pictures.sketch(i, 0) for i in chosen]
    whole, half = [rgb(drawn) for drawn in lines], [rgb(thinned(drawn, 0.5, rng)) for drawn in lines]
    said = [told(bench.pictures.scenes[i]) for i in chosen]
    return columns(
        whole, bench.studio.paint(said, {"scribble": whole}), half, bench.studio.paint(said, {"scribble": half})
    )


def size_sheet(studio: Studio) -> Sheet:
    """Rows: a doodle; columns: every size of SIZES, at one scale."""
    rows = []
    for index, name in enumerate(list(DOODLES)[:4]):
        caption = f"{THREE_STYLES[index % len(THREE_STYLES)]}, {PLAIN_LOOK}, {name}"
        row = []
        for size in SIZES:
            drawn = cv2.resize(doodle_lines(name), size, interpolation=cv2.INTER_LINEAR)
            made = studio.paint([caption], {"scribble": [rgb(drawn)]}, seed=3, size=size)[0]
            tallest = max(height for _, height in SIZES)
            row.append(np.pad(made, ((0, tallest - size[1]), (0, 8), (0, 0)), constant_values=255))
        rows.append(row)
    return grid(rows)


def varied(pictures: PictureSet, chosen: Sequence[int], count: int) -> list[int]:
    """Scenes as unlike as can be had: each adds the most labels that those before it do not have."""
    left, taken, seen = list(chosen), list[int](), set[tuple[str, str]]()
    while left and len(taken) < count:
        labels = {i: {(name, getattr(pictures.scenes[i], name)) for name in QUESTIONS} for i in left}
        best = max(left, key=lambda i: len(labels[i] - seen))
        taken.append(best)
        left.remove(best)
        seen |= labels[best]
    return taken


def _truths(pictures: PictureSet, chosen: Sequence[int]) -> Pictures:
    return [np.asarray(pictures.pictures[i]) for i in chosen]


def save(sheet: Sheet, path: Path, scale: float = 0.5) -> None:
    """Small enough to ship as webp, and readable enough to judge."""
    small = cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    path.parent.mkdir(parents=True, exist_ok=True)
    quality = [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY] if path.suffix == ".webp" else []
    cv2.imwrite(str(path), cv2.cvtColor(small, cv2.COLOR_RGB2BGR), quality)
