"""Every colour of the painter, as data.

A colour is either fixed by time and season or chosen by a name that the caption says. Nothing is drawn at random and
left unsaid: a small model answers unsaid randomness with mud.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np

from models.training.geometry import Colour


def rgb(red: float, green: float, blue: float) -> Colour:
    """From 0..255 to 0..1."""
    return np.asarray(np.array((red, green, blue), np.float32) / 255, np.float32)


STYLES: Final = ("flat", "anime", "watercolour", "ink", "oil", "gouache", "pencil", "woodcut", "pixel", "neon")
TIMES: Final = ("day", "sunset", "dawn", "night", "misty")
WEATHERS: Final = ("clear", "rain", "snowfall", "rainbow")
SEASONS: Final = ("summer", "spring", "autumn", "winter")

SKY: Final = MappingProxyType(
    {
        "day": (rgb(66, 146, 214), rgb(140, 200, 238), rgb(230, 244, 246)),
        "sunset": (rgb(84, 60, 136), rgb(240, 108, 96), rgb(255, 214, 132)),
        "dawn": (rgb(134, 160, 214), rgb(248, 194, 200), rgb(255, 238, 208)),
        "night": (rgb(8, 14, 44), rgb(22, 42, 94), rgb(72, 98, 152)),
        "misty": (rgb(164, 178, 186), rgb(198, 208, 210), rgb(232, 234, 230)),
    }
)
"""Top, middle, horizon."""

LIGHT: Final = MappingProxyType(
    {
        "day": rgb(255, 255, 250),
        "sunset": rgb(255, 200, 172),
        "dawn": rgb(252, 230, 234),
        "night": rgb(124, 144, 204),
        "misty": rgb(216, 226, 230),
    }
)
SUN: Final = MappingProxyType(
    {
        "day": rgb(255, 216, 98),
        "sunset": rgb(255, 232, 150),
        "dawn": rgb(255, 244, 214),
        "night": rgb(250, 246, 226),
        "misty": rgb(255, 252, 240),
    }
)
CLOUD: Final = MappingProxyType(
    {
        "day": rgb(255, 255, 255),
        "sunset": rgb(255, 186, 156),
        "dawn": rgb(255, 228, 222),
        "night": rgb(66, 88, 150),
        "misty": rgb(246, 246, 246),
    }
)
GROUND: Final = MappingProxyType(
    {
        "summer": rgb(118, 166, 78),
        "spring": rgb(150, 198, 98),
        "autumn": rgb(192, 146, 76),
        "winter": rgb(236, 241, 248),
    }
)
LEAF: Final = MappingProxyType(
    {
        "summer": rgb(64, 130, 62),
        "spring": rgb(244, 164, 192),
        "autumn": rgb(222, 112, 44),
        "winter": rgb(206, 218, 232),
    }
)
POPLAR: Final = MappingProxyType(
    {
        "summer": rgb(86, 142, 60),
        "spring": rgb(142, 186, 84),
        "autumn": rgb(230, 170, 56),
        "winter": rgb(196, 208, 222),
    }
)
PINE: Final = rgb(34, 90, 70)
TRUNK: Final = rgb(98, 70, 54)
MOUNTAIN: Final = rgb(108, 116, 146)
SNOW: Final = rgb(244, 248, 254)
ROCK: Final = rgb(132, 128, 130)
WALL: Final = rgb(246, 230, 202)
CHIMNEY: Final = rgb(150, 90, 76)
DOOR: Final = rgb(112, 66, 50)
WINDOW: Final = rgb(84, 112, 140)
LIT_WINDOW: Final = rgb(255, 214, 120)
PATH: Final = rgb(224, 198, 152)
MAST: Final = rgb(96, 70, 54)
SAIL: Final = rgb(250, 244, 230)
SHOE: Final = rgb(60, 44, 40)
EYE: Final = rgb(40, 30, 30)
BIRD: Final = rgb(50, 50, 62)
PAPER: Final = rgb(246, 240, 226)
INK: Final = rgb(26, 28, 34)
SEAL_RED: Final = rgb(206, 64, 48)

NAMED: Final = MappingProxyType(
    {
        "red": rgb(208, 58, 54),
        "orange": rgb(236, 128, 50),
        "yellow": rgb(246, 200, 64),
        "green": rgb(58, 150, 92),
        "blue": rgb(52, 108, 190),
        "purple": rgb(146, 84, 168),
        "pink": rgb(240, 140, 170),
        "white": rgb(240, 240, 236),
        "black": rgb(44, 44, 52),
        "brown": rgb(128, 84, 56),
        "grey": rgb(124, 124, 132),
    }
)
ROOF_NAMES: Final = ("red", "blue", "brown", "grey", "green")
HULL_NAMES: Final = ("red", "blue", "brown", "white")
TOP_NAMES: Final = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black")
TROUSER_NAMES: Final = ("blue", "brown", "black", "grey", "white")
SKIN: Final = MappingProxyType({"light": rgb(246, 208, 178), "brown": rgb(190, 132, 94), "dark": rgb(118, 78, 58)})
HAIR: Final = MappingProxyType(
    {"black": rgb(40, 32, 34), "brown": rgb(112, 68, 42), "blond": rgb(224, 178, 96), "red": rgb(178, 78, 44)}
)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with `share` (0..1) of it replaced by `second`."""
    return (first * (1 - share) + second * share).astype(np.float32)


def luminance(colour: Colour) -> float:
    return float(colour @ np.array((0.3, 0.59, 0.11), np.float32))
