"""Captions: tags in any order or whole sentences, each fact said in one of several ways, some left out.

The vocabulary is closed and word-level; what is not in it is one `<unk>` token, which training also sees. What can be
said stands in `sayings`; this module owns the grammar.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from models.training.sayings import (
    ACTIONS,
    AMERICAN,
    COLOURS,
    DETAILS,
    GROUPS,
    JOINING,
    OWNED,
    PEOPLE,
    PREPOSITIONS,
    SAYINGS,
    SETTINGS,
    SYNONYMS,
)
from models.training.shapes import Scene

__all__ = ["SAYINGS", "WORD", "caption", "taught_words", "vocabulary", "word_groups"]

WORD = re.compile(r"[a-z]+")
STYLE_DROP, TIME_DROP, TAG_DROP, DETAIL_DROP = 0.04, 0.06, 0.12, 0.2
SEASON_SHARE, AMERICAN_SHARE, SYNONYM_SHARE = 0.8, 0.3, 0.2
TAGS_SHARE, PHRASES_SHARE = 0.4, 0.65
"""Below the first a caption is tags only, below the second tags of which some are phrases, above a sentence."""

MOST_THINGS = 4
"""A sentence names no more than these; who wants more writes tags."""

_MOMENTS: Final = MappingProxyType(
    {
        "day": ("by day", "on a sunny day", "in daylight"),
        "sunset": ("at sunset", "at dusk", "in the evening"),
        "dawn": ("at dawn", "at sunrise", "in the morning"),
        "night": ("at night", "by night", "at midnight"),
        "misty": ("in mist", "in the fog", "on a misty day"),
        "summer": ("in summer", "in green summer"),
        "spring": ("in spring",),
        "autumn": ("in autumn", "in the fall"),
        "winter": ("in winter", "in snow"),
        "rain": ("in the rain", "in rain"),
        "snowfall": ("in falling snow", "in snowfall"),
        "rainbow": ("with a rainbow", "under a rainbow"),
    }
)
"""How a sentence says time, season and weather."""

_ABOVE = ("under {}", "with {}")
_AFAR = ("before {}", "in front of {}", "with {} in the distance", "near {}")
_BY = ("by {}", "beside {}", "near {}")
_IN = ("in {}",)
_PLACES: Final = MappingProxyType(
    {
        **dict.fromkeys(("sky", "sun", "moon", "crescent moon", "stars", "cloud", "clouds"), _ABOVE),
        **dict.fromkeys(("mountain", "mountains", "hill", "hills", "city", "waterfall", "cliff"), _AFAR),
        **dict.fromkeys(("lake", "river", "sea", "coast", "path", "road", "window", "wall"), _BY),
        **dict.fromkeys(("desert", "field", "garden", "village", "street", "room"), _IN),
        **dict.fromkeys(("beach", "island", "ground", "grass", "floor", "table"), ("on {}",)),
    }
)
"""How a sentence says where its subject is."""

_FRAMES: Final = ("portrait", "close-up", "still life")
_CLOTHES: Final = frozenset(("shirt", "dress", "trousers", "skirt", "coat", "jumper", "scarf", "hat", "cap"))
_MEDIA: Final = frozenset(
    ("painting", "drawing", "illustration", "print", "poster", "watercolour", "aquarelle", "woodcut", "linocut")
) | {"wash", "art"}
_UNIQUE: Final = frozenset(("sun", "sky", "moon", "sea", "ocean", "coast", "ground", "shore", "beach"))
_NUMBERS: Final = frozenset(("two", "many"))
_UNCOUNTED: Final = frozenset(
    ("hair", "skin", "fur", "water", "grass", "snow", "fruit", "bread", "sand", "people", "still", "arms", "art")
)
_SINGULAR_IN_S: Final = frozenset(("glass", "cypress", "cactus", "dress", "fortress"))


def _words(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in WORD.findall(phrase)}


def _swapped(words: set[str]) -> set[str]:
    """American spellings of and synonyms for these words."""
    return {swaps[word] for swaps in (AMERICAN, SYNONYMS) for word in words if word in swaps}


def word_groups() -> dict[str, tuple[str, ...]]:
    """Every word a caption can contain, once, sorted within its group; what a newcomer looks for comes first."""
    found: dict[str, set[str]] = {group: set() for group in ("style", "time", "season", "weather", "subject", "colour")}
    found |= {group: set() for group in ("setting", "action", "detail", "joining word")}
    claims = [("joining word", _words(JOINING)), ("colour", _words(COLOURS))]
    claims += [(group, _words(way for ways in facts.values() for way in ways)) for group, facts in GROUPS.items()]
    claims.append(("detail", _words(OWNED)))
    taken: set[str] = set()
    for group, words in claims:
        words |= _swapped(words)
        found[group] |= words - taken
        taken |= words
    return {group: tuple(sorted(words)) for group, words in found.items()}


def taught_words(scenes: Iterable[Scene]) -> frozenset[str]:
    """The words that captions of these scenes can contain: what a model trained on them has heard."""
    stated: set[str] = set()
    for scene in scenes:
        stated |= {scene.style, scene.time, scene.season, scene.weather}
        stated.update(fact for tag in scene.tags for fact in tag)
    said = _words(JOINING) | _words(way for fact in stated for way in SAYINGS.get(fact, (fact,)))
    return frozenset((said | _swapped(said)) & set(vocabulary()))


def vocabulary() -> tuple[str, ...]:
    """Every word a caption can contain, sorted."""
    return tuple(sorted(word for words in word_groups().values() for word in words))


def _said(rng: random.Random, fact: str) -> str:
    return rng.choice(SAYINGS.get(fact, (fact,)))


def _with_article(phrase: str) -> str:
    """`a`, `an`, `the` or nothing before a noun and its adjectives, as its last word asks."""
    words = phrase.split()
    last = words[-1]
    if last in _UNIQUE:
        return f"the {phrase}"
    is_plural = last.endswith("s") and last not in _SINGULAR_IN_S
    if is_plural or last in _UNCOUNTED or words[0] in _NUMBERS:
        return phrase
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def _phrase(rng: random.Random, fact: str, details: list[str]) -> str:
    """A noun phrase: `a black cat sitting on a table`, `a house with a red roof`."""
    before: list[str] = []
    after: list[str] = []
    worn: list[str] = []
    owned: list[str] = []
    for detail in details:
        if detail in COLOURS or detail in DETAILS:
            before.append(_said(rng, detail))
        elif detail in ACTIONS or detail.split()[0] in ACTIONS or detail.split()[0] in PREPOSITIONS:
            after.append(_said(rng, detail))
        else:
            (worn if detail.split()[-1] in _CLOTHES else owned).append(_with_article(detail))
    noun = _said(rng, fact).split()
    number = noun[:1] if noun[0] in _NUMBERS else []
    parts = [_with_article(" ".join((*number, *before, *noun[len(number) :])))]
    if worn:
        parts.append(f"{rng.choice(('in', 'wearing'))} {' and '.join(worn)}")
    if owned:
        parts.append(f"with {' and '.join(owned)}")
    rng.shuffle(after)
    return " ".join((*parts, *after) if rng.random() < 0.5 else (parts[0], *after, *parts[1:]))


def _gathered(told: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """What people do, told as a fact of its own, becomes a detail of theirs."""
    doing = [" and ".join(dict.fromkeys(fact for fact, _ in told if fact in ACTIONS))]
    things = [(fact, details) for fact, details in told if fact not in ACTIONS]
    actor = next((fact for fact, _ in things if fact in PEOPLE), "")
    return [(fact, details + doing if doing[0] and fact == actor else details) for fact, details in things]


def _is_about(fact: str, kind: str) -> bool:
    return fact == kind or bool(set(SAYINGS.get(fact, ())) & set(SAYINGS.get(kind, ())))


def _tags(rng: random.Random, look: list[str], told: list[tuple[str, list[str]]]) -> str:
    tags = [_said(rng, fact) for fact in look]
    for fact, details in told:
        tags += [_said(rng, fact), *(_said(rng, detail) for detail in details)]
    tags = list(dict.fromkeys(tags))
    rng.shuffle(tags)
    return ", ".join(tags)


def _phrases(rng: random.Random, look: list[str], told: list[tuple[str, list[str]]]) -> str:
    phrases = [_said(rng, fact) for fact in look] + [_phrase(rng, fact, details) for fact, details in _gathered(told)]
    rng.shuffle(phrases)
    return ", ".join(phrases)


def _sentence(
    rng: random.Random, style: str, moments: list[str], told: list[tuple[str, list[str]]], subject: str
) -> str:
    frame = next((_said(rng, fact) for fact, _ in told if fact in _FRAMES), "")
    things = [(fact, details) for fact, details in _gathered(told) if fact not in _FRAMES]
    things.sort(key=lambda item: (not _is_about(item[0], subject), item[0] in SETTINGS))
    main = _phrase(rng, *things[0]) if things else "" if frame else "a scene"
    places = [
        rng.choice(_PLACES.get(fact, ("with {}", "beside {}", "near {}", "and {}"))).format(_phrase(rng, fact, details))
        for fact, details in things[1:MOST_THINGS]
    ]
    rng.shuffle(places)
    when = [rng.choice(_MOMENTS.get(fact, (fact,))) for fact in moments]
    rng.shuffle(when)
    first = rng.randint(0, len(when))
    rest = (*when[:first], *places, *when[first:])
    medium = _said(rng, style) if style else ""
    if medium and rng.random() < 0.7:
        is_named = bool(frame) or medium.split()[-1] in _MEDIA
        frame, medium = f"{medium} {frame}".strip() if is_named else f"{medium} picture", ""
    if frame:
        main = f"{_with_article(frame)} of {main}" if main else _with_article(frame)
    return ", ".join(part for part in (" ".join((main, *rest)), medium) if part)


def _respelt(rng: random.Random, text: str) -> str:
    """Sometimes in American spelling, now and then with another word for the same."""
    swaps = dict(AMERICAN) if rng.random() < AMERICAN_SHARE else {}
    swaps |= {word: other for word, other in SYNONYMS.items() if rng.random() < SYNONYM_SHARE}
    return WORD.sub(lambda found: swaps.get(found[0], found[0]), text) if swaps else text


def caption(scene: Scene, rng: random.Random, says_look: bool = True) -> str:
    """One way to describe the scene. Without `says_look` style and time stay unsaid (a reference shows them)."""
    style = scene.style if says_look and rng.random() >= STYLE_DROP else ""
    moments = [scene.time] if says_look and rng.random() >= TIME_DROP else []
    if rng.random() < SEASON_SHARE:
        moments.append(scene.season)
    if scene.weather != "clear" and rng.random() >= TAG_DROP:
        moments.append(scene.weather)
    told = [
        (fact, [detail for detail in details if rng.random() >= DETAIL_DROP])
        for fact, *details in scene.tags
        if fact != scene.weather and rng.random() >= TAG_DROP
    ]
    form = rng.random()
    if form < PHRASES_SHARE:
        look = [style, *moments] if style else moments
        return _respelt(rng, (_tags if form < TAGS_SHARE else _phrases)(rng, look, told))
    return _respelt(rng, _sentence(rng, style, moments, told, scene.subject))
