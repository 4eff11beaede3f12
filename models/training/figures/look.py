"""Who a person is and what they wear: everything about a figure that its caption says."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.training import palette
from models.training.geometry import Colour
from models.training.palette import HAIR, NAMED, SKIN, rgb

EYES: Final = MappingProxyType(
    {"black": rgb(92, 56, 36), "brown": rgb(126, 80, 40), "blond": rgb(72, 136, 206), "red": rgb(70, 146, 92)}
)
"""The iris follows from the hair."""


WHO: Final = MappingProxyType({"woman": 4.0, "man": 2.6, "person": 1.5, "girl": 1.3, "boy": 1.2})
"""Who is painted and how often."""
GROWN_UP: Final = ("woman", "man", "person")

HAIR_SHARES: Final = MappingProxyType({"light": (1, 1, 1, 1), "brown": (4, 4, 1, 1), "dark": (4, 3, 1, 1)})
"""How often each of palette.HAIR goes with each skin."""


@dataclass(frozen=True)
class Build:
    """Proportions in units of about a seventh of a grown-up's height; `width` scales how thick everything is."""

    torso: float = 2.3
    neck: float = 0.92
    """From the shoulders' level to the middle of the head."""
    head: float = 0.56
    """Half the width of the head."""
    upper_arm: float = 1.2
    forearm: float = 1.1
    thigh: float = 1.72
    shin: float = 1.65
    shoulder: float = 0.76
    hip: float = 0.4
    width: float = 1.0
    belly: float = 0.0
    limbs: float = 1.0
    """How thick arms and legs and how large hands and feet are."""

    @property
    def height(self) -> float:
        """Standing straight, sole to crown."""
        return 0.2 + self.shin + self.thigh + self.torso + self.neck + 1.4 * self.head


BUILDS: Final = MappingProxyType(
    {
        "": Build(),
        "slim": Build(shoulder=0.66, hip=0.32, width=0.82, thigh=1.85, shin=1.8),
        "stout": Build(shoulder=0.86, hip=0.52, width=1.3, belly=0.34, thigh=1.55, shin=1.5),
        "child": Build(
            torso=1.62,
            neck=0.9,
            head=0.62,
            upper_arm=0.85,
            forearm=0.78,
            thigh=1.12,
            shin=1.08,
            shoulder=0.54,
            hip=0.3,
            limbs=0.86,
        ),
    }
)


@dataclass(frozen=True)
class Look:
    """Names as captions say them; `lower` is trousers or skirt, empty below a dress; `hat` a colour or empty."""

    who: str
    build: str
    garment: str
    colour: str
    lower: str
    lower_colour: str
    skin: str
    hair: str
    hair_style: str
    hat: str
    beard: bool
    expression: str

    @property
    def is_bare_legged(self) -> bool:
        return self.lower != "trousers"

    @property
    def lower_detail(self) -> str:
        return f"{self.lower_colour} {self.lower}"

    def details(self) -> tuple[str, ...]:
        """What is said of the person, noun apart."""
        told = [self.build] if self.build in ("slim", "stout") else []
        told.append(f"{self.colour} {self.garment}")
        if self.lower:
            told.append(self.lower_detail)
        told.append(f"{self.skin} skin")
        told.append(
            f"{self.hair_style} {self.hair} hair"
            if self.hair_style in ("short", "long")
            else f"{self.hair} {self.hair_style}"
        )
        if self.hat:
            told.append(f"{self.hat} hat")
        if self.beard:
            told.append("beard")
        return tuple(told)


def random_look(rng: random.Random, unseen: frozenset[str] = frozenset(), of_age: Collection[str] = WHO) -> Look:
    """Somebody of those in `of_age`, in nothing of a colour in `unseen` (that of the ground they stand on)."""
    who = rng.choices(list(of_age), [WHO[name] for name in of_age])[0]
    is_child, is_female = who in ("girl", "boy"), who in ("woman", "girl")
    outfits = ("dress", "skirt", "trousers", "coat")
    outfit = rng.choices(outfits, (4, 2, 2.4, 1.6) if is_female else (0, 0, 6, 2.4))[0]
    garment = {"dress": "dress", "coat": "coat"}.get(outfit) or rng.choice(("shirt", "jumper"))
    colour = rng.choice([name for name in palette.TOP_NAMES if name not in unseen])
    trousers = [name for name in palette.TROUSER_NAMES if name != colour and name not in unseen]
    skirts = [name for name in ("red", "blue", "green", "purple", "black") if name != colour and name not in unseen]
    skin = rng.choice(list(SKIN))
    hair_style = rng.choices(("long", "bun", "ponytail", "short"), (4, 2, 2, 1))[0] if is_female else "short"
    hats = [name for name in ("red", "yellow", "blue", "green") if name != colour]
    return Look(
        who=who,
        build="child" if is_child else rng.choices(("", "slim", "stout"), (5, 2, 1.6))[0],
        garment=garment,
        colour=colour,
        lower={"dress": "", "skirt": "skirt"}.get(outfit, "trousers"),
        lower_colour=rng.choice(skirts if outfit == "skirt" else trousers),
        skin=skin,
        hair=rng.choices(list(HAIR), HAIR_SHARES[skin])[0],
        hair_style=hair_style,
        hat=rng.choice(hats) if rng.random() < 0.17 and hair_style != "bun" else "",
        beard=who == "man" and rng.random() < 0.25,
        expression=rng.choices(("smiling", "serious", "surprised", "sad"), (5, 2, 1, 1))[0],
    )


@dataclass(frozen=True)
class Colours:
    """The paints a look is made of."""

    top: Colour
    lower: Colour
    skin: Colour
    hair: Colour
    iris: Colour
    shoe: Colour


def colours_of(look: Look) -> Colours:
    skin, top = SKIN[look.skin], NAMED[look.colour]
    lower = NAMED[look.lower_colour] if look.lower else top
    return Colours(top, lower, skin, HAIR[look.hair], EYES[look.hair], palette.SHOE)
