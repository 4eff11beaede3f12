"""Captions: comma-separated tags in any order, each said in one of several ways, some left out.

The vocabulary is closed and word-level; what is not in it is one `<unk>` token, which training also sees.
"""

from __future__ import annotations

import random
import re
from types import MappingProxyType
from typing import Final

from models.training import palette
from models.training.shapes import Scene

SAYINGS: Final = MappingProxyType(
    {
        "flat": ("flat", "flat illustration", "flat vector", "poster"),
        "ink": ("ink", "ink wash", "ink drawing", "brush ink"),
        "day": ("day", "sunny day", "daylight", "sunny"),
        "sunset": ("sunset", "evening", "dusk"),
        "dawn": ("dawn", "sunrise", "morning"),
        "night": ("night", "at night", "midnight"),
        "misty": ("misty", "mist", "foggy", "fog"),
        "summer": ("summer", "green summer"),
        "spring": ("spring", "blossom"),
        "autumn": ("autumn", "fall"),
        "winter": ("winter", "snow", "snowy"),
        "sun": ("sun",),
        "moon": ("moon", "full moon"),
        "crescent moon": ("crescent moon", "moon", "crescent"),
        "stars": ("stars", "starry sky"),
        "clouds": ("clouds", "cloud"),
        "mountains": ("mountains", "mountain", "peaks"),
        "hills": ("hills", "hill"),
        "lake": ("lake", "water", "river"),
        "sea": ("sea", "ocean", "water"),
        "tree": ("tree", "a tree", "round tree"),
        "trees": ("trees", "many trees", "forest"),
        "pine": ("pine", "pine tree", "fir"),
        "pines": ("pines", "pine trees", "pine forest"),
        "poplar": ("poplar", "tall tree"),
        "poplars": ("poplars", "tall trees"),
        "house": ("house", "a house", "cottage", "cabin", "home"),
        "path": ("path", "road"),
        "rock": ("rock", "stone", "boulder"),
        "boat": ("boat", "a boat", "sailboat", "ship"),
        "boats": ("boats", "two boats", "sailboats"),
        "birds": ("birds", "bird"),
        "person": ("person", "a person", "man", "figure", "boy"),
        "woman": ("woman", "girl", "person", "figure"),
        "two people": ("two people", "people", "couple", "friends"),
        "standing": ("standing",),
        "walking": ("walking",),
        "running": ("running",),
        "jumping": ("jumping", "dancing"),
        "kneeling": ("kneeling", "crouching"),
        "sitting": ("sitting",),
    }
)
"""Every fact the painter can state and the ways to say it; facts not listed here are said as they are."""

WORD = re.compile(r"[a-z]+")
STYLE_DROP, TIME_DROP, TAG_DROP, DETAIL_DROP = 0.04, 0.06, 0.12, 0.25


def vocabulary() -> tuple[str, ...]:
    """Every word a caption can contain, sorted."""
    names = (*palette.NAMED, *palette.SKIN, *palette.HAIR)
    words = set(names) | {
        "roof",
        "hull",
        "shirt",
        "dress",
        "trousers",
        "skin",
        "hair",
        "and",
        "with",
        "the",
        "of",
        "in",
    }
    for sayings in SAYINGS.values():
        for saying in sayings:
            words.update(WORD.findall(saying))
    return tuple(sorted(words))


def caption(scene: Scene, rng: random.Random, says_look: bool = True) -> str:
    """One way to describe the scene. Without `says_look` style and time stay unsaid (a reference shows them)."""
    tags: list[str] = []
    if says_look and rng.random() >= STYLE_DROP:
        tags.append(rng.choice(SAYINGS[scene.style]))
    if says_look and rng.random() >= TIME_DROP:
        tags.append(rng.choice(SAYINGS[scene.time]))
    if rng.random() < 0.8:
        tags.append(rng.choice(SAYINGS[scene.season]))
    for fact, *details in scene.tags:
        if rng.random() >= TAG_DROP:
            tags.append(rng.choice(SAYINGS[fact]))
        tags += [detail for detail in details if rng.random() >= DETAIL_DROP]
    rng.shuffle(tags)
    return ", ".join(tags)
