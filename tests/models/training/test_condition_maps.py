"""Every map of a scene agrees with what stands where."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from models.training.compose import compose
from models.training.conditions import (
    CLASSES,
    KINDS,
    class_colours,
    class_map,
    colour_blocks,
    depth_map,
    layers,
    normal_map,
    object_masks,
    segmentation_map,
)
from models.training.geometry import SIZE, ellipse
from models.training.painter import paint
from models.training.shapes import Disc, Scene, Thing

SEEDS = range(150)
GREY = np.full(3, 0.5, np.float32)


def box(kind: str, left: float, top: float, right: float, bottom: float, haze: float = 0.0) -> Thing:
    thing = Thing(kind, bottom)
    thing.add([(left, top), (right, top), (right, bottom), (left, bottom)], GREY, haze, outlined=True)
    return thing


def scene() -> Scene:
    """Sky and sun, a far and a near ridge, ground, a small house far off and a round tree near."""
    made = Scene(0, "flat", "day", "summer", 1, 120.0, disc=Disc(40, 40, 20, False))
    made.far = [box("mountains", -9, 80, 270, 130, 0.8), box("hills", -9, 100, 270, 130, 0.4)]
    tree = Thing("round", 240)
    tree.add(ellipse(190, 190, 40, 50), GREY, 0.0, outlined=True)
    made.near = [box("ground", -9, 125, 270, 270), box("house", 40, 110, 90, 150), tree]
    return made


def test_every_kind_of_thing_has_a_class() -> None:
    kinds = {layer.kind for seed in SEEDS for layer in layers(compose(seed))}
    assert sorted(kinds - set(KINDS)) == []
    assert set(KINDS.values()) <= set(CLASSES)


def test_classes_are_told_apart_by_colour() -> None:
    colours = {colour for _, colour in CLASSES.values()}
    assert len(colours) == len({index for index, _ in CLASSES.values()}) == len(CLASSES)
    assert class_colours()[CLASSES["house"][0]].tolist() == [0xFF, 0x09, 0xE0]


def test_segmentation_has_each_thing_in_its_colour_and_no_others() -> None:
    seen = segmentation_map(scene())
    for (x, y), name in {
        **{(128, 20): "sky", (40, 40): "sky", (128, 90): "mountain", (128, 110): "hill"},
        **{(128, 250): "grass", (65, 130): "house", (190, 190): "tree"},
    }.items():
        assert tuple(seen[y, x]) == CLASSES[name][1]
    known = {colour for _, colour in CLASSES.values()}
    assert {tuple(colour) for colour in seen.reshape(-1, 3).tolist()} <= known
    assert np.array_equal(class_colours()[class_map(scene())], seen)


def test_near_is_white() -> None:
    depth = depth_map(scene()).astype(int)
    sky, mountain, hill, house, tree = depth[20, 128], depth[90, 128], depth[110, 128], depth[130, 65], depth[190, 190]
    assert sky == 0
    assert sky < mountain < hill < house < tree
    assert depth[252, 20] > 240
    assert (np.diff(depth[160:250, 10]) >= 0).all()
    assert abs(tree - depth[240, 20]) < 12


def test_normals_face_left_up_and_the_viewer() -> None:
    normals = normal_map(scene()).astype(int)
    left, right, top, middle = normals[190, 153], normals[190, 227], normals[143, 190], normals[190, 190]
    assert left[0] > 170 > 90 > right[0]
    assert top[1] > 170
    assert abs(middle - (128, 128, 255)).max() < 12
    assert normals[20, 128].tolist() == [128, 128, 255]
    assert normals[240, 20, 1] > 220


def test_masks_share_the_picture_between_the_kinds() -> None:
    masks = object_masks(scene())
    assert set(masks) == {"sky", "sun", "mountains", "hills", "ground", "house", "round"}
    assert (np.sum(list(masks.values()), axis=0) == 1).all()
    assert masks["round"][190, 190]
    assert not masks["house"][190, 190]


def test_blocks_have_the_paintings_colours_without_its_detail() -> None:
    for seed in range(6):
        made = compose(seed)
        painting = paint(made)
        blocks = colour_blocks(made, painting)
        assert np.abs(blocks.mean(axis=(0, 1)) - painting.mean(axis=(0, 1))).max() < 4
        assert len(np.unique(blocks.reshape(-1, 3), axis=0)) < 0.2 * len(np.unique(painting.reshape(-1, 3), axis=0))


def test_a_room_has_a_wall_instead_of_the_sky() -> None:
    room = scene()
    room.family = "still_life"
    assert "wall" in object_masks(room)
    assert depth_map(room)[20, 128] > 20


@pytest.mark.parametrize("draw", [depth_map, class_map, normal_map])
def test_maps_are_the_same_in_every_style(draw: Callable[[Scene], NDArray[np.uint8]]) -> None:
    drawn = draw(compose(11, "flat"))
    assert drawn.shape[:2] == (SIZE, SIZE)
    assert drawn.dtype == np.uint8
    assert np.array_equal(drawn, draw(compose(11, "ink")))
