"""Maps of a scene beside its picture: depth, normals, ADE20K segmentation, colour blocks and object masks.

All of them come from one walk over the scene in paint order, in which skia fills every polygon without antialiasing
with the number of the region it belongs to. A region is a traced part of a thing together with what is painted on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import cv2
import numpy as np
import skia  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from models.training.geometry import SIZE, Points, ellipse
from models.training.shapes import INDOORS, Scene, Thing

Map = NDArray[np.uint8]

CLASSES: Final = MappingProxyType(
    {
        "wall": (0, (120, 120, 120)),
        "building": (1, (180, 120, 120)),
        "sky": (2, (6, 230, 230)),
        "floor": (3, (80, 50, 50)),
        "tree": (4, (4, 200, 3)),
        "road": (6, (140, 140, 140)),
        "window": (8, (230, 230, 230)),
        "grass": (9, (4, 250, 7)),
        "person": (12, (150, 5, 61)),
        "earth": (13, (120, 120, 70)),
        "door": (14, (8, 255, 51)),
        "table": (15, (255, 6, 82)),
        "mountain": (16, (143, 255, 140)),
        "plant": (17, (204, 255, 4)),
        "curtain": (18, (255, 51, 7)),
        "chair": (19, (204, 70, 3)),
        "car": (20, (0, 102, 200)),
        "water": (21, (61, 230, 250)),
        "house": (25, (255, 9, 224)),
        "sea": (26, (9, 7, 230)),
        "field": (29, (112, 9, 255)),
        "fence": (32, (255, 184, 6)),
        "rock": (34, (255, 41, 10)),
        "lamp": (36, (224, 255, 8)),
        "sand": (46, (160, 150, 20)),
        "path": (52, (255, 31, 0)),
        "river": (60, (11, 200, 200)),
        "bridge": (61, (255, 82, 0)),
        "flower": (66, (255, 0, 0)),
        "book": (67, (255, 163, 0)),
        "hill": (68, (255, 102, 0)),
        "palm": (72, (0, 82, 255)),
        "boat": (76, (173, 255, 0)),
        "tower": (84, (255, 184, 184)),
        "bottle": (98, (0, 10, 255)),
        "waterfall": (113, (0, 224, 255)),
        "tent": (114, (112, 224, 255)),
        "bag": (115, (70, 184, 160)),
        "food": (120, (255, 0, 143)),
        "pot": (125, (245, 0, 255)),
        "animal": (126, (255, 0, 122)),
        "lake": (128, (10, 190, 212)),
        "sculpture": (132, (255, 255, 0)),
        "vase": (135, (0, 255, 204)),
        "plate": (142, (255, 214, 0)),
        "glass": (147, (25, 194, 194)),
    }
)
"""The classes of ADE20K's 150 that are in use: index and RGB, as segmentation ControlNets are trained on them."""

_SAME: Final = {name: name for name in CLASSES}

KINDS: Final = MappingProxyType(
    {
        **_SAME,
        "sun": "sky",
        "moon": "sky",
        "star": "sky",
        "cloud": "sky",
        "ground": "grass",
        "mountains": "mountain",
        "island": "sand",
        "hills": "hill",
        "cliff": "rock",
        "desert": "sand",
        "dune": "sand",
        "dunes": "sand",
        "beach": "sand",
        "snow": "earth",
        "street": "road",
        "pavement": "path",
        "round": "tree",
        "pine": "tree",
        "poplar": "tree",
        "birch": "tree",
        "willow": "tree",
        "bare tree": "tree",
        "forest": "tree",
        "cypress": "tree",
        "oak": "tree",
        "bush": "plant",
        "cactus": "plant",
        "mushroom": "plant",
        "leaf": "plant",
        "branch": "tree",
        "water plant": "plant",
        "bubbles": "water",
        "flowers": "flower",
        "rocks": "rock",
        "castle": "building",
        "church": "building",
        "shop": "building",
        "barn": "house",
        "windmill": "tower",
        "lighthouse": "tower",
        "figure": "person",
        "face": "person",
        "bird": "animal",
        "cat": "animal",
        "dog": "animal",
        "horse": "animal",
        "fish": "animal",
        "rabbit": "animal",
        "duck": "animal",
        "snowman": "sculpture",
        "balloon": "sculpture",
        "candle": "lamp",
        "cloth": "curtain",
        "tablecloth": "curtain",
        "bowl": "pot",
        "jug": "pot",
        "teapot": "pot",
        "cup": "glass",
        "fruit": "food",
        "apple": "food",
        "pear": "food",
        "orange": "food",
        "lemon": "food",
        "banana": "food",
        "grapes": "food",
        "cherries": "food",
        "bread": "food",
    }
)
"""Each kind of thing (`Thing.name`) and its class. ADE20K's 150 know no snow, cactus, mushroom, castle, windmill,
lighthouse, snowman, balloon, candle, bowl, jug or cup and only one animal: these take the nearest class."""
UNKNOWN_CLASS: Final = "sculpture"

LYING: Final = frozenset(
    (
        *("ground", "path", "road", "street", "pavement", "river", "water", "lake", "sea", "table", "tablecloth"),
        *("floor", "field", "grass", "sand", "beach", "desert", "snow", "earth"),
    )
)
"""Kinds that lie flat and recede towards the horizon instead of standing upright."""

SKY_NEARNESS, HORIZON_NEARNESS = 0.0, 0.25
BULGE, BULGE_PX = 0.07, 26.0
"""How much nearer the middle of a thing is than its rim, and how far in its rim reaches."""
RELIEF_PX = 22.0
GROUND_SLOPE = -2.0
SOFTNESS_PX = 1.6
COARSENESS_PX = 5


@dataclass(frozen=True)
class Layer:
    """A thing in paint order; `nearness` 0 (sky) to 1 (before the viewer's feet), None where it lies flat."""

    kind: str
    outlines: tuple[Points, ...]
    starts_region: tuple[bool, ...]
    """Whether each outline is a region of its own or belongs to the one before."""
    nearness: float | None


@dataclass(frozen=True)
class Regions:
    """`numbers` uint16 (256, 256); layer and kind of each region by its number; 0 is the background."""

    numbers: NDArray[np.uint16]
    layer_of: NDArray[np.intp]
    layers: tuple[Layer, ...]


def _ground_nearness(scene: Scene, y: float) -> float:
    share = (y - scene.horizon) / max(SIZE - scene.horizon, 1.0)
    return HORIZON_NEARNESS + (1 - HORIZON_NEARNESS) * min(max(share, 0.0), 1.0)


def _layer(thing: Thing, nearness: float) -> Layer:
    parts = [part for part in thing.parts if len(part.points) > 2]
    return Layer(
        thing.name,
        tuple(part.points for part in parts),
        tuple(index == 0 or part.outlined for index, part in enumerate(parts)),
        None if thing.name in LYING else nearness,
    )


def layers(scene: Scene) -> tuple[Layer, ...]:
    """What is painted, back to front; the first is the background."""
    backdrop = "wall" if scene.family in INDOORS else "sky"
    sky = HORIZON_NEARNESS * 0.5 if backdrop == "wall" else SKY_NEARNESS
    found = [Layer(backdrop, (), (), sky)]
    if scene.disc is not None:
        disc = ellipse(scene.disc.x, scene.disc.y, scene.disc.radius_px, scene.disc.radius_px, 32)
        found.append(Layer("moon" if scene.time == "night" else "sun", (disc,), (True,), sky))
    found += [_layer(thing, sky + 0.02) for thing in scene.sky]
    for thing in scene.far:
        haze = thing.parts[0].haze if thing.parts else 1.0
        found.append(_layer(thing, 0.04 + (HORIZON_NEARNESS - 0.04) * (1 - haze)))
    for x, y, size in scene.birds:
        wings = ellipse(x, y - size * 0.3, size, size * 0.45, 10)
        found.append(Layer("bird", (wings,), (True,), HORIZON_NEARNESS))
    if scene.water is not None:
        top = scene.water[0]
        surface = np.array([(-9, top), (SIZE + 9, top), (SIZE + 9, SIZE + 9), (-9, SIZE + 9)], np.float32)
        kind = "sea" if ("sea",) in scene.tags else "water"
        found.append(Layer(kind, (surface,), (True,), None))
    standing = [*sorted(scene.afloat, key=lambda thing: thing.base_y), *scene.near]
    found += [_layer(thing, _ground_nearness(scene, thing.base_y)) for thing in standing]
    return tuple(found)


def _path(points: Points) -> Any:
    path = skia.Path()
    path.addPoly([skia.Point(x, y) for x, y in points.tolist()], True)
    return path


def regions(scene: Scene) -> Regions:
    """The walk: which region is seen at each pixel."""
    pixels = np.zeros((SIZE, SIZE, 4), np.uint8)
    surface = skia.Surface(pixels)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorBLACK)
    paint = skia.Paint(AntiAlias=False)
    found = layers(scene)
    layer_of = [0]
    for index, layer in enumerate(found):
        for outline, is_first in zip(layer.outlines, layer.starts_region, strict=True):
            if is_first:
                layer_of.append(index)
            number = len(layer_of) - 1
            paint.setColor(skia.ColorSetRGB(number & 255, number >> 8, 0))
            canvas.drawPath(_path(outline), paint)
    numbers = pixels[..., 0] + pixels[..., 1].astype(np.uint16) * np.uint16(256)
    return Regions(numbers, np.array(layer_of), found)


def _layer_map(found: Regions) -> NDArray[np.intp]:
    return np.asarray(found.layer_of.take(found.numbers), np.intp)


def _roundness(layer_map: NDArray[np.intp]) -> NDArray[np.float32]:
    """0 at the rim of each silhouette to 1 inside it: float32 (256, 256)."""
    inside = np.full((SIZE, SIZE), 255, np.uint8)
    inside[:, 1:][layer_map[:, 1:] != layer_map[:, :-1]] = 0
    inside[1:][layer_map[1:] != layer_map[:-1]] = 0
    reach = np.clip(cv2.distanceTransform(inside, cv2.DIST_L2, 3) / BULGE_PX, 0, 1)
    return np.asarray(np.sqrt(1 - (1 - reach) ** 2), np.float32)


def _upright(found: Regions, layer_map: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Where something with a body is seen: neither background nor flat ground nor a distant ridge."""
    stands = [
        layer.nearness is not None and layer.nearness >= HORIZON_NEARNESS and bool(layer.outlines)
        for layer in found.layers
    ]
    return np.asarray(np.array(stands)[layer_map], np.bool_)


def depth_map(scene: Scene) -> Map:
    """Near is white, the sky black: uint8 (256, 256)."""
    found = regions(scene)
    layer_map = _layer_map(found)
    ground = np.array([_ground_nearness(scene, y) for y in range(SIZE)], np.float32)[:, None]
    planes = np.array([-1.0 if layer.nearness is None else layer.nearness for layer in found.layers], np.float32)
    nearness = planes[layer_map]
    nearness = np.where(nearness < 0, ground, nearness)
    nearness = nearness + BULGE * (_roundness(layer_map) - 1) * _upright(found, layer_map)
    soft = cv2.GaussianBlur(nearness, (7, 7), SOFTNESS_PX)
    return np.asarray(np.clip(soft * 255 + 0.5, 0, 255), np.uint8)


def normal_map(scene: Scene) -> Map:
    """As NormalBAE and controlnet_aux have them: red faces left, green up, blue the viewer. uint8 (256, 256, 3).

    A thing is as round as its silhouette; what lies flat faces up; sky and distance face the viewer.
    """
    found = regions(scene)
    layer_map = _layer_map(found)
    height = cv2.GaussianBlur(_roundness(layer_map) * RELIEF_PX, (7, 7), SOFTNESS_PX)
    body = _upright(found, layer_map).astype(np.float32)
    across = -cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / 8) * body
    down = -cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=1 / 8) * body
    is_lying = np.array([layer.nearness is None for layer in found.layers])[layer_map]
    down[is_lying] = GROUND_SLOPE
    scale = 127.5 / np.sqrt(across * across + down * down + 1)
    return np.asarray(cv2.merge([128 - across * scale, 128 - down * scale, 127.5 + scale]), np.uint8)


def class_map(scene: Scene) -> Map:
    """The ADE20K class, 0..149, of each pixel: uint8 (256, 256)."""
    found = regions(scene)
    indices = [CLASSES[KINDS.get(layer.kind, UNKNOWN_CLASS)][0] for layer in found.layers]
    return np.array(indices, np.uint8).take(_layer_map(found))


def class_colours() -> Map:
    """The colour of each class by its index, black where it is not in use: uint8 (150, 3)."""
    table = np.zeros((150, 3), np.uint8)
    for index, colour in CLASSES.values():
        table[index] = colour
    return table


def segmentation_map(scene: Scene) -> Map:
    """uint8 (256, 256, 3)."""
    return class_colours().take(class_map(scene), axis=0)


def colour_blocks(scene: Scene, painting: Map) -> Map:
    """Every region filled with its mean colour, corners rounded off, as an artist blocks a picture in."""
    numbers = regions(scene).numbers
    flat, pixels = numbers.ravel(), painting.reshape(-1, 3)
    counts = np.maximum(np.bincount(flat), 1)
    means = np.stack([np.bincount(flat, pixels[:, channel]) / counts for channel in range(3)], axis=1)
    filled = (means + 0.5).astype(np.uint8).take(numbers, axis=0)
    return np.asarray(cv2.medianBlur(filled, COARSENESS_PX), np.uint8)


def object_masks(scene: Scene) -> dict[str, NDArray[np.bool_]]:
    """Where each kind of thing is seen, background included: bool (256, 256) each; hidden kinds are left out."""
    found = regions(scene)
    layer_map = _layer_map(found)
    masks: dict[str, NDArray[np.bool_]] = {}
    for index in np.unique(layer_map):
        kind, seen = found.layers[index].kind, layer_map == index
        masks[kind] = masks[kind] | seen if kind in masks else seen
    return masks
