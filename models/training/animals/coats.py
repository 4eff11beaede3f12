"""The colours animals come in, by the names that captions say; everything else about a coat follows from its name."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.training.geometry import Colour
from models.training.palette import rgb


@dataclass(frozen=True)
class Coat:
    """Fur: its main colour, the pale parts (muzzle, chest, paws), the dark ones (stripes, ears, mane), the iris."""

    fur: Colour
    pale: Colour
    dark: Colour
    iris: Colour


PINK: Final = rgb(240, 150, 152)
NOSE: Final = rgb(46, 38, 42)
BEAK: Final = rgb(250, 160, 48)
HOOF: Final = rgb(58, 48, 50)

CATS: Final = MappingProxyType(
    {
        "orange": Coat(rgb(238, 146, 62), rgb(255, 240, 220), rgb(198, 96, 36), rgb(132, 196, 88)),
        "grey": Coat(rgb(142, 148, 162), rgb(236, 238, 242), rgb(92, 98, 116), rgb(246, 204, 84)),
        "black": Coat(rgb(62, 58, 72), rgb(92, 86, 104), rgb(40, 36, 48), rgb(250, 214, 84)),
        "white": Coat(rgb(246, 242, 236), rgb(255, 255, 255), rgb(222, 212, 206), rgb(96, 172, 232)),
    }
)
DOGS: Final = MappingProxyType(
    {
        "brown": Coat(rgb(166, 106, 62), rgb(250, 232, 206), rgb(106, 62, 38), rgb(86, 52, 34)),
        "golden": Coat(rgb(238, 188, 106), rgb(255, 242, 214), rgb(204, 140, 62), rgb(92, 58, 36)),
        "black": Coat(rgb(64, 60, 70), rgb(206, 150, 98), rgb(40, 36, 44), rgb(120, 76, 44)),
        "white": Coat(rgb(246, 242, 234), rgb(255, 255, 255), rgb(152, 104, 70), rgb(74, 52, 40)),
    }
)
HORSES: Final = MappingProxyType(
    {
        "brown": Coat(rgb(158, 94, 54), rgb(246, 236, 222), rgb(70, 44, 36), rgb(50, 34, 30)),
        "black": Coat(rgb(70, 66, 80), rgb(236, 236, 240), rgb(36, 34, 44), rgb(40, 30, 30)),
        "white": Coat(rgb(242, 240, 238), rgb(255, 255, 255), rgb(176, 178, 192), rgb(50, 40, 40)),
        "golden": Coat(rgb(226, 168, 88), rgb(255, 246, 226), rgb(250, 234, 200), rgb(50, 36, 30)),
    }
)
BIRDS: Final = MappingProxyType(
    {
        "red": Coat(rgb(222, 74, 62), rgb(255, 222, 180), rgb(164, 42, 50), rgb(40, 30, 30)),
        "blue": Coat(rgb(66, 136, 214), rgb(255, 226, 170), rgb(36, 86, 164), rgb(40, 30, 30)),
        "yellow": Coat(rgb(250, 208, 74), rgb(255, 246, 206), rgb(220, 150, 44), rgb(40, 30, 30)),
        "green": Coat(rgb(104, 180, 92), rgb(246, 240, 160), rgb(52, 128, 76), rgb(40, 30, 30)),
        "white": Coat(rgb(248, 248, 250), rgb(255, 255, 255), rgb(184, 196, 214), rgb(40, 30, 30)),
    }
)
FISHES: Final = MappingProxyType(
    {
        "orange": Coat(rgb(250, 134, 46), rgb(255, 250, 240), rgb(216, 84, 30), rgb(255, 255, 255)),
        "yellow": Coat(rgb(252, 212, 66), rgb(255, 246, 206), rgb(232, 150, 40), rgb(255, 255, 255)),
        "red": Coat(rgb(230, 72, 74), rgb(255, 206, 178), rgb(170, 36, 60), rgb(255, 255, 255)),
        "purple": Coat(rgb(164, 104, 206), rgb(250, 206, 232), rgb(112, 64, 164), rgb(255, 255, 255)),
        "blue": Coat(rgb(74, 150, 236), rgb(252, 220, 92), rgb(34, 92, 190), rgb(255, 255, 255)),
    }
)
"""Fish: the pale colour bands orange fish and belly others; the dark one fins and tail (blue fish: the pale one)."""
