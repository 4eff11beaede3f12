"""The light of a scene before any style: its sky in every hour and weather, and a part's colour under it."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.training import palette
from models.training.geometry import Colour
from models.training.palette import mix
from models.training.shapes import INDOORS, Part, Scene

CLOUDED: Final = {"clear": 0.0, "rainbow": 0.12, "rain": 0.62, "snowfall": 0.5}
"""How much of the sky's colour each weather hides."""

LAMPLIGHT: Final = palette.rgb(255, 236, 200)

Sky = tuple[Colour, Colour, Colour]
"""Top, middle, horizon."""


def sky_of(scene: Scene) -> Sky:
    top, middle, low = palette.SKY[scene.time]
    cover = CLOUDED[scene.weather]
    cloud = palette.rgb(96, 108, 124) * (0.45 if scene.time == "night" else 1.0)
    return mix(top, cloud, cover), mix(middle, cloud * 1.25, cover), mix(low, cloud * 1.5, cover)


def lit(scene: Scene, part: Part) -> Colour:
    """A part's colour under the scene's light, lost in the air by its haze; named colours keep some of their own."""
    if part.glows:
        return part.colour
    sky = sky_of(scene)
    air = mix(sky[1], sky[2], 0.5) if scene.time == "night" else sky[2]
    density = part.haze * 0.98 + 0.14 if scene.time == "misty" else part.haze * 0.82 + 0.05
    light = mix(palette.LIGHT[scene.time], palette.rgb(255, 255, 255), 0.35 if part.named else 0.0)
    if scene.family in INDOORS:
        light = mix(light, LAMPLIGHT, 0.6 if scene.time == "night" else 0.2)
    light = light * (1 - 0.25 * CLOUDED[scene.weather])
    return mix((part.colour * light).astype(np.float32), air, min(1.0, density))


def saturated(colour: Colour, gain: float) -> Colour:
    """`gain` times as far from its own grey."""
    grey = np.float32(palette.luminance(colour))
    return np.asarray(np.clip(grey + (colour - grey) * gain, 0, 1), np.float32)
