"""People stand where their joints say, wear what the caption says, and a portrait fills its picture."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.training.conditions import object_masks
from models.training.figures.body import Figure, headed_at, joints_of, paint_figure, standing_at
from models.training.figures.look import BUILDS, Look, random_look
from models.training.figures.scribble import scribble_figure, scribble_portrait
from models.training.figures.skeleton import ACTIONS, RESTING, Pose, posed
from models.training.geometry import SIZE
from models.training.painter import paint
from models.training.palette import HAIR, NAMED, SKIN
from models.training.pose import pose_map
from models.training.scenes.people import compose_people, compose_portrait
from models.training.shapes import Scene

FACINGS = ("front", "back", "left", "right")
SEEDS = range(14)
Mask = NDArray[np.bool_]


def empty(style: str = "flat") -> Scene:
    return Scene(0, style, "day", "summer", 1, 200.0)


def look_of(seed: int = 0, **facts: Any) -> Look:
    plain: dict[str, Any] = {"hat": "", "beard": False}
    return replace(random_look(random.Random(seed)), **(plain | facts))


def figure_of(action: str, facing: str, seed: int = 0, **facts: Any) -> Figure:
    """A figure 180 px high in the middle of the picture."""
    look = look_of(seed, **facts)
    build = BUILDS[look.build]
    pose: Pose = posed(random.Random(seed), build, facing, action)
    return standing_at(128, 240, 180 / build.height, pose, look, 1)


def bust_of(facing: str = "front", half_width_px: float = 60.0, **facts: Any) -> Figure:
    look = look_of(**facts)
    build = BUILDS[look.build]
    return headed_at(128, 115, half_width_px / build.head, posed(random.Random(1), build, facing, RESTING), look, 1)


def painted(figure: Figure) -> NDArray[np.uint8]:
    scene = empty()
    scene.near.append(paint_figure(figure, "figure", 240))
    return paint(scene)


def mask_of(figure: Figure) -> Mask:
    scene = empty()
    scene.near.append(paint_figure(figure, "figure", 240))
    return object_masks(scene)["figure"]


def grown(mask: Mask, reach_px: int) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * reach_px + 1,) * 2, np.uint8)) > 0)


def nearest(colour: NDArray[np.float32], names: dict[str, NDArray[np.float32]]) -> str:
    return min(names, key=lambda name: float(np.abs(names[name] - colour).sum()))


@pytest.mark.parametrize("facing", FACINGS)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_joint_lies_on_the_painted_figure(action: str, facing: str) -> None:
    figure = figure_of(action, facing, len(action))
    mask = grown(mask_of(figure), 1)
    joints = joints_of(figure)
    seen = joints[joints[:, 2] > 0]
    assert len(seen) >= 12
    assert all(mask[int(y), int(x)] for x, y, _ in seen)


@pytest.mark.parametrize(("facing", "hidden"), [("back", {0, 14, 15}), ("left", {14, 16}), ("right", {15, 17})])
def test_what_is_turned_away_is_not_visible(facing: str, hidden: set[int]) -> None:
    """Who looks to image left shows us the left side."""
    joints = joints_of(figure_of("standing", facing))
    assert set(np.flatnonzero(joints[:, 2] == 0).tolist()) == hidden


def test_joints_outside_the_picture_are_invisible() -> None:
    joints = joints_of(bust_of())
    assert joints[[0, 1, 14, 15], 2].all()
    assert not joints[[9, 10, 12, 13], 2].any()
    assert pose_map([joints]).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_portrait_fills_its_picture(seed: int) -> None:
    scene = empty()
    compose_portrait(scene, random.Random(seed))
    mask = object_masks(scene)["face"]
    assert np.ptp(np.flatnonzero(mask.any(axis=1))) > 0.8 * SIZE
    assert 0.18 < mask.mean() < 0.9
    assert mask[-1].any()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_figure_is_large_and_whole(seed: int) -> None:
    scene = empty()
    compose_people(scene, random.Random(seed))
    assert 1 <= len(scene.people) <= 2
    for thing in (thing for thing in scene.near if thing.name == "figure"):
        points = np.concatenate([part.points for part in thing.parts])
        assert float(np.ptp(points[:, 1])) > 70
        assert float(points[:, 1].max()) <= SIZE + 2
    for joints in scene.people:
        assert all(0 <= y < SIZE for y in joints[[0, 1, 8, 9, 10, 11, 12, 13], 1])


@pytest.mark.parametrize("action", ["standing", "running", "sitting", "arms raised"])
def test_the_scribble_lies_on_the_figure(action: str) -> None:
    for seed in range(4):
        figure = figure_of(action, FACINGS[seed], seed)
        thing = paint_figure(figure, "figure", 240)
        scribble_figure(thing, figure, random.Random(seed))
        reach = grown(mask_of(figure), 3)
        drawn = np.concatenate(thing.symbol)
        inside = drawn[((drawn >= 0) & (drawn < SIZE)).all(axis=1)].astype(int)
        assert reach[inside[:, 1], inside[:, 0]].mean() > 0.97


def test_people_are_scribbled_as_sticks_and_as_outlines() -> None:
    lengths = set()
    for seed in range(8):
        figure = figure_of("standing", "front", lower="trousers", garment="shirt", hair_style="short")
        thing = paint_figure(figure, "figure", 240)
        scribble_figure(thing, figure, random.Random(seed))
        lengths.add(len(thing.symbol[0]) > 12)
    assert lengths == {True, False}


def test_a_portraits_scribble_has_eyes_mouth_hair_and_shoulders() -> None:
    figure = bust_of(hair_style="short", expression="smiling")
    thing = paint_figure(figure, "face", 262)
    scribble_portrait(thing, figure)
    eyes = figure.at[[14, 15]]
    for eye in eyes:
        assert any(np.hypot(*(line.mean(axis=0) - eye)) < 4 and np.ptp(line[:, 0]) < 30 for line in thing.symbol)
    below = figure.at[0, 1] + 10
    assert any(np.ptp(line[:, 0]) > 25 and below < line[:, 1].min() < line[:, 1].max() < 190 for line in thing.symbol)
    assert any(line[:, 1].min() < eyes[0, 1] - 50 for line in thing.symbol)
    assert any(np.ptp(line[:, 0]) > 150 for line in thing.symbol)


@pytest.mark.parametrize("colour", ["red", "yellow", "green", "blue", "purple", "black"])
def test_clothes_have_the_colour_that_is_said(colour: str) -> None:
    figure = figure_of("waving", "front", colour=colour, garment="jumper", lower="trousers", lower_colour="grey")
    picture = painted(figure)
    x, y = (0.6 * figure.at[1] + 0.4 * figure.at[19]).astype(int)
    seen = picture[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).mean(axis=0) / 255
    assert nearest(seen, dict(NAMED)) == colour
    assert f"{colour} jumper" in figure.look.details()


@pytest.mark.parametrize("skin", SKIN)
def test_faces_have_the_skin_that_is_said(skin: str) -> None:
    figure = bust_of(skin=skin, hair_style="short")
    x, y = (figure.at[0] + (0, -34)).astype(int)
    seen = painted(figure)[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(axis=0) / 255
    assert nearest(seen, dict(SKIN)) == skin


@pytest.mark.parametrize("hair", HAIR)
def test_hair_has_the_colour_that_is_said(hair: str) -> None:
    figure = bust_of(hair=hair, hair_style="short")
    x, y = (figure.at[18] + (10, -66)).astype(int)
    seen = painted(figure)[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(axis=0) / 255
    assert nearest(seen, dict(HAIR)) == hair


def test_long_hair_falls_to_the_shoulders_and_short_does_not() -> None:
    def dark_beside_the_neck(style: str) -> float:
        figure = bust_of(half_width_px=40.0, hair="black", hair_style=style, colour="yellow", garment="jumper")
        x, y = (figure.at[18] + (46, 40)).astype(int)
        return float(painted(figure)[y - 4 : y + 5, x - 4 : x + 5].mean())

    assert dark_beside_the_neck("long") < 80 < dark_beside_the_neck("short")


def test_who_sits_has_something_to_sit_on_and_who_jumps_is_in_the_air() -> None:
    sitting = [figure_of("sitting", facing) for facing in FACINGS]
    assert all(figure.at[19, 1] < 240 - 1.2 * figure.unit for figure in sitting)
    scenes = []
    for seed in range(60):
        scene = empty()
        compose_people(scene, random.Random(seed))
        scenes.append(scene)
    for scene in scenes:
        seats = sum(thing.name == "chair" for thing in scene.near)
        assert seats == sum(tag == ("sitting",) for tag in scene.tags)
    assert any(thing.name == "chair" for scene in scenes for thing in scene.near)
    assert figure_of("jumping", "front").at[:, 1].max() < 240 - 0.6 * figure_of("jumping", "front").unit


def test_a_child_has_a_large_head_and_a_stout_person_is_wider() -> None:
    child, grown_up, stout = (figure_of("standing", "front", build=build) for build in ("child", "", "stout"))
    assert child.head_place().unit_px > 1.3 * grown_up.head_place().unit_px
    assert mask_of(stout).sum() > 1.25 * mask_of(grown_up).sum()


@pytest.mark.parametrize("expression", ["smiling", "sad"])
def test_a_smile_turns_up_and_a_sad_mouth_down(expression: str) -> None:
    figure = bust_of(expression=expression)
    thing = paint_figure(figure, "face", 262)
    scribble_portrait(thing, figure)
    nose_y = figure.at[0, 1]
    low = [line for line in thing.symbol if nose_y + 8 < line[:, 1].mean() < nose_y + 50]
    mouth = next(line for line in low if np.ptp(line[:, 0]) < 60)
    corners, middle = (mouth[0, 1] + mouth[-1, 1]) / 2, mouth[len(mouth) // 2, 1]
    assert (corners < middle) == (expression == "smiling")
