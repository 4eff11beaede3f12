"""From a seed to a Scene: what stands where. No pixels here."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from models.training import palette
from models.training.geometry import Points, closed, ellipse
from models.training.scenes.animals import compose_animals
from models.training.scenes.city import compose_city
from models.training.scenes.landscape import compose_landscape
from models.training.scenes.people import compose_people, compose_portrait
from models.training.scenes.still_life import compose_still_life
from models.training.shapes import Disc, Scene

Composer = Callable[[Scene, random.Random], None]

FAMILIES: Final = MappingProxyType(
    {
        "landscape": (4.2, compose_landscape),
        "city": (0.8, compose_city),
        "people": (3.2, compose_people),
        "portrait": (2.2, compose_portrait),
        "still life": (2.0, compose_still_life),
        "animals": (2.6, compose_animals),
    }
)
"""Each family of subjects with how often it is drawn."""


def compose(seed: int, style: str | None = None) -> Scene:
    """The scene of a seed. `style` overrides the drawn one without changing anything else."""
    rng = random.Random(seed)
    scene = Scene(
        seed=seed,
        style=rng.choice(palette.STYLES),
        time=rng.choices(palette.TIMES, [3, 2.0, 1.4, 1.8, 1.1])[0],
        season=rng.choices(palette.SEASONS, [3, 1.2, 1.6, 1.4])[0],
        light_side=rng.choice([-1, 1]),
        horizon=rng.uniform(92, 168),
    )
    scene.style = style or scene.style
    names = list(FAMILIES)
    scene.family = rng.choices(names, [FAMILIES[name][0] for name in names])[0]
    FAMILIES[scene.family][1](scene, rng)
    return scene


def disc_outline(disc: Disc) -> Points:
    return closed(ellipse(disc.x, disc.y, disc.radius_px, disc.radius_px))
