"""Contact sheets for looking at, one function a question; each returns one labelled picture, uint8 (H, W, 3)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from models.training.doodles import DOODLES, doodle_lines
from models.training.evaluation.bench import Bench, rgb, told
from models.training.evaluation.given_pictures import LOW_STRENGTH, place_mask, recoloured
from models.training.evaluation.look_reader import QUESTIONS
from models.training.measures import Picture
from models.training.palette import STYLES, TIMES
from models.training.picture_set import PictureSet
from models.training.pose import pose_map
from models.training.studio import paste

Sheet = NDArray[np.uint8]
CELL_PX, LABEL_PX, GAP_PX = 144, 15, 4
TEXT_PX = 11
PAPER, INK = (255, 255, 255), (40, 40, 40)
WEBP_QUALITY = 76
ROWS = 7
ABREAST = 3
"""Doodles beside each other on their sheet."""
THREE_STYLES = tuple(dict.fromkeys((STYLES[0], STYLES[len(STYLES) // 2], STYLES[-1])))
SIZES = ((384, 384), (512, 512), (512, 256), (256, 512))
"""Width and height of pictures larger or of other shape than the model's own."""
PLAIN_LOOK = "day, summer"
PAINTERS_OWN = "painter's own"
STEPS_AND_SEEDS = ((1, 3), (2, 3), (4, 3), (8, 3), (4, 11))


@dataclass(frozen=True)
class Cell:
    """A picture and what is written over it."""

    picture: Picture
    label: str

    def drawn(self) -> Picture:
        """CELL_PX wide and high below its label; what is not square keeps its shape."""
        height, width = self.picture.shape[:2]
        scale = CELL_PX / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA)
        paper = Image.new("RGB", (CELL_PX + GAP_PX, CELL_PX + LABEL_PX + GAP_PX), PAPER)
        paper.paste(Image.fromarray(np.asarray(small, np.uint8)), (0, LABEL_PX))
        font = ImageFont.load_default(TEXT_PX)
        ImageDraw.Draw(paper).text((1, 0), _shortened(self.label, font), fill=INK, font=font)
        return np.asarray(paper)


def _shortened(label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """As much of it as fits over a cell."""
    if font.getlength(label) <= CELL_PX:
        return label
    while font.getlength(f"{label}…") > CELL_PX:
        label = label[:-1]
    return f"{label.rstrip(' ,')}…"


def grid(rows: Sequence[Sequence[Cell]]) -> Sheet:
    """Rows of equal length."""
    return np.concatenate([np.concatenate([cell.drawn() for cell in row], axis=1) for row in rows])


def _cells(pictures: Sequence[Picture], labels: Sequence[str]) -> list[Cell]:
    return [Cell(picture, label) for picture, label in zip(pictures, labels, strict=True)]


def held_out_sheet(bench: Bench) -> Sheet:
    """Columns: sketch, three styles, the painter's own picture."""
    rows = []
    for index in varied(bench.pictures, _held_out(bench), ROWS):
        scene, sketch = bench.pictures.scenes[index], rgb(bench.pictures.sketch(index, 0))
        labels = [scene.subject or scene.family, *THREE_STYLES, f"{PAINTERS_OWN}, {scene.style}"]
        said = [told(scene, style) for style in THREE_STYLES]
        made = bench.studio.paint(said, {"scribble": [sketch] * len(said)}, seed=index)
        rows.append(_cells([_on_paper(sketch), *made, _truth(bench, index)], labels))
    return grid(rows)


def doodle_sheet(bench: Bench) -> Sheet:
    """Doodles by hand, each with three styles; ABREAST beside each other."""
    rows = []
    for name in DOODLES:
        sketch = rgb(doodle_lines(name))
        captions = [f"{style}, {PLAIN_LOOK}, {name}" for style in THREE_STYLES]
        made = bench.studio.paint(captions, {"scribble": [sketch] * len(captions)}, seed=3)
        rows.append(_cells([_on_paper(sketch), *made], [name, *THREE_STYLES]))
    return grid([_joined(rows[start : start + ABREAST]) for start in range(0, len(rows), ABREAST)])


def _joined(rows: Sequence[list[Cell]]) -> list[Cell]:
    """Side by side, filled up with blanks to ABREAST."""
    blank = [Cell(np.full((CELL_PX, CELL_PX, 3), 255, np.uint8), "")] * len(rows[0])
    return [cell for row in (*rows, *[blank] * (ABREAST - len(rows))) for cell in row]


def roles_sheet(bench: Bench) -> Sheet:
    """What each role of a layer does, two rows a role: pose, depth, segmentation, reference, mask."""
    chosen = varied(bench.pictures, _held_out(bench), 2)
    with_people = varied(bench.pictures, [i for i in _held_out(bench) if bench.large_figures(i)], 2)
    pictures = bench.pictures
    rows = [_map_row(bench, "pose", i, pose_map(pictures.figures(i))) for i in with_people]
    maps: dict[str, Callable[[int], Picture]] = {
        "depth": lambda i: rgb(pictures.depth(i)),
        "segmentation": pictures.segmentation,
    }
    for kind in sorted(maps.keys() & bench.studio.controls.keys()):
        rows += [_map_row(bench, kind, i, maps[kind](i)) for i in chosen]
    rows += [_reference_row(bench, i, name) for i, name in zip(chosen, DOODLES, strict=False)]
    return grid([*rows, *(_mask_row(bench, i) for i in chosen)])


def _map_row(bench: Bench, kind: str, index: int, drawn: Picture) -> list[Cell]:
    scene = bench.pictures.scenes[index]
    said = [told(scene, style) for style in THREE_STYLES]
    made = bench.studio.paint(said, {kind: [drawn] * len(said)}, seed=1)
    return _cells([drawn, *made, _truth(bench, index)], [kind, *THREE_STYLES, f"{PAINTERS_OWN}, {scene.style}"])


def _reference_row(bench: Bench, index: int, doodle: str) -> list[Cell]:
    """A doodle without a word, without and with the look of a picture; then words as well."""
    shown, sketch = _truth(bench, index), rgb(doodle_lines(doodle))
    given = {"scribble": [sketch]}
    plain = bench.studio.paint([""], given, seed=7)
    alike = bench.studio.paint([""], given, seed=7, reference=[shown])
    worded = bench.studio.paint([doodle], given, seed=7, reference=[shown])
    labels = ["reference", "sketch, no words", "without reference", "with reference", "with words too"]
    return _cells([shown, _on_paper(sketch), *plain, *alike, *worded], labels)


def _mask_row(bench: Bench, index: int) -> list[Cell]:
    scene, truth, studio = bench.pictures.scenes[index], _truth(bench, index), bench.studio
    mask, _ = place_mask(bench.pictures.recomposed(index), random.Random(index))
    covered = np.where(mask[..., None], truth // 2 + np.array((127, 0, 0)), truth).astype(np.uint8)
    row = [Cell(truth, "picture"), Cell(covered, "mask")]
    for words, label, strength in (
        (told(scene), "made anew", 1.0),
        (recoloured(scene), "other colours, 75 %", 0.75),
        (recoloured(scene), f"other colours, {LOW_STRENGTH:.0%}", LOW_STRENGTH),
    ):
        made = studio.repaint([words], [truth], [mask], strength)[0]
        row.append(Cell(paste(truth, made, mask, 0), label))
    return row


def steps_sheet(bench: Bench) -> Sheet:
    """Rows: a doodle by hand; columns: 1, 2, 4 and 8 steps, then another seed at 4."""
    rows = []
    for index, name in enumerate(DOODLES):
        sketch = rgb(doodle_lines(name))
        caption = f"{STYLES[index % len(STYLES)]}, {PLAIN_LOOK}, {name}"
        row = [Cell(_on_paper(sketch), name)]
        for steps, seed in STEPS_AND_SEEDS:
            made = bench.studio.paint([caption], {"scribble": [sketch]}, steps, seed)[0]
            row.append(Cell(made, f"steps {steps}, seed {seed}"))
        rows.append(row)
    return grid(rows)


def time_sheet(bench: Bench) -> Sheet:
    """Columns: every time of day, then winter; rows: a doodle in each of three styles."""
    looks = [*(f"{time}, summer" for time in TIMES), "day, winter"]
    rows = []
    for style, name in zip(THREE_STYLES, DOODLES, strict=False):
        sketch = rgb(doodle_lines(name))
        captions = [f"{style}, {look}, {name}" for look in looks]
        made = bench.studio.paint(captions, {"scribble": [sketch] * len(captions)}, seed=5)
        rows.append(_cells([_on_paper(sketch), *made], [f"{name}, {style}", *looks]))
    return grid(rows)


def size_sheet(bench: Bench) -> Sheet:
    """Rows: a doodle; columns: every size of SIZES."""
    rows = []
    for index, name in enumerate(list(DOODLES)[:4]):
        caption = f"{THREE_STYLES[index % len(THREE_STYLES)]}, {PLAIN_LOOK}, {name}"
        row = []
        for size in SIZES:
            drawn = cv2.resize(doodle_lines(name), size, interpolation=cv2.INTER_LINEAR)
            made = bench.studio.paint([caption], {"scribble": [rgb(drawn)]}, seed=3, size=size)[0]
            row.append(Cell(made, f"{name}, {size[0]} x {size[1]}"))
        rows.append(row)
    return grid(rows)


def varied(pictures: PictureSet, chosen: Sequence[int], count: int) -> list[int]:
    """Scenes as unlike as can be had: each adds the most labels that those before it do not have."""
    left, taken, seen = list(chosen), list[int](), set[tuple[str, str]]()
    while left and len(taken) < count:
        labels = {i: {(name, getattr(pictures.scenes[i], name)) for name in (*QUESTIONS, "family")} for i in left}
        best = max(left, key=lambda i: len(labels[i] - seen))
        taken.append(best)
        left.remove(best)
        seen |= labels[best]
    return taken


def _held_out(bench: Bench) -> range:
    return range(bench.pictures.training_count, len(bench.pictures))


def _truth(bench: Bench, index: int) -> Picture:
    return np.asarray(bench.pictures.pictures[index])


def _on_paper(lines: Picture) -> Picture:
    """Dark on white, as it was drawn."""
    return np.asarray(255 - lines, np.uint8)


def save(sheet: Sheet, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    quality = [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY] if path.suffix == ".webp" else []
    cv2.imwrite(str(path), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), quality)
