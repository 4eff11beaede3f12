"""Colours of land, plants and buildings as data: fixed by kind and season, so that no caption has to say them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from models.training.palette import rgb

CROWN: Final = MappingProxyType(
    {
        "summer": rgb(58, 128, 58),
        "spring": rgb(240, 150, 184),
        "autumn": rgb(222, 104, 40),
        "winter": rgb(124, 146, 172),
    }
)
POPLAR: Final = MappingProxyType(
    {
        "summer": rgb(72, 126, 44),
        "spring": rgb(98, 158, 58),
        "autumn": rgb(236, 174, 50),
        "winter": rgb(112, 130, 154),
    }
)
BIRCH: Final = MappingProxyType(
    {
        "summer": rgb(112, 160, 52),
        "spring": rgb(132, 184, 66),
        "autumn": rgb(244, 190, 58),
        "winter": rgb(150, 166, 188),
    }
)
WILLOW: Final = MappingProxyType(
    {
        "summer": rgb(90, 138, 82),
        "spring": rgb(122, 170, 84),
        "autumn": rgb(206, 160, 62),
        "winter": rgb(126, 146, 160),
    }
)
PINE: Final = rgb(28, 88, 70)
PALM: Final = rgb(48, 134, 68)
CACTUS: Final = rgb(62, 134, 82)
BRANCH: Final = rgb(78, 56, 50)
TRUNK: Final = rgb(104, 70, 52)
PALM_TRUNK: Final = rgb(150, 108, 70)
BARK: Final = rgb(240, 236, 226)
BARK_MARK: Final = rgb(52, 46, 48)
LEAF: Final = rgb(66, 140, 70)
SAND: Final = rgb(236, 198, 126)
BEACH: Final = rgb(244, 218, 162)
FOAM: Final = rgb(252, 252, 248)
RIVER: Final = rgb(72, 150, 204)
ICE: Final = rgb(150, 196, 226)
GRAIN: Final = MappingProxyType(
    {
        "summer": rgb(234, 194, 84),
        "spring": rgb(124, 178, 70),
        "autumn": rgb(214, 158, 72),
        "winter": rgb(226, 232, 242),
    }
)
FURROW: Final = MappingProxyType(
    {
        "summer": rgb(198, 148, 52),
        "spring": rgb(92, 140, 56),
        "autumn": rgb(150, 100, 58),
        "winter": rgb(164, 170, 188),
    }
)
WALL: Final = MappingProxyType(
    {
        "summer": rgb(250, 232, 200),
        "spring": rgb(250, 232, 200),
        "autumn": rgb(250, 234, 208),
        "winter": rgb(196, 140, 96),
    }
)
"""Cream; timber before snow."""
STONE: Final = rgb(164, 154, 148)
BRICK: Final = rgb(178, 108, 82)
WOOD: Final = rgb(142, 94, 60)
SLATE: Final = rgb(66, 82, 128)
IRON: Final = rgb(54, 56, 68)
ASPHALT: Final = rgb(92, 94, 108)
PAVEMENT: Final = rgb(196, 192, 190)
MARKING: Final = rgb(244, 238, 216)
FACADES: Final = (rgb(214, 160, 84), rgb(176, 92, 80), rgb(112, 140, 168), rgb(224, 204, 168))
"""Of the buildings of a street, by the quarter of the picture they stand in."""
