"""Captions say the scene's facts in words that the model knows."""

from __future__ import annotations

import random

import pytest

from models.training.captions import SAYINGS, WORD, caption, taught_words, vocabulary, word_groups
from models.training.compose import compose
from models.training.doodles import DOODLES
from models.training.palette import SEASONS, STYLES, TIMES, WEATHERS
from models.training.shapes import Scene
from models.training.text import LENGTH, UNKNOWN_ID, encode_caption, word_ids

SEEDS = range(150)
TEN_STYLES = ("flat", "anime", "watercolour", "ink", "oil", "gouache", "pencil", "woodcut", "pixel", "neon")


def scene(*tags: tuple[str, ...], style: str = "watercolour", subject: str = "") -> Scene:
    return Scene(0, style, "sunset", "winter", 1, 120.0, subject=subject, tags=list(tags))


def many(described: Scene, count: int = 200, says_look: bool = True) -> list[str]:
    return [caption(described, random.Random(seed), says_look) for seed in range(count)]


def test_every_fact_of_the_painter_has_a_saying() -> None:
    scenes = [compose(seed) for seed in SEEDS]
    facts = {fact for made in scenes for fact, *_ in made.tags} | {made.subject for made in scenes}
    known = {*STYLES, *TEN_STYLES, *TIMES, *SEASONS, *WEATHERS} - {"clear"}
    assert sorted((facts | known) - set(SAYINGS) - {""}) == []


def test_every_word_said_is_in_the_vocabulary() -> None:
    words = set(vocabulary())
    scenes = [compose(seed) for seed in SEEDS]
    said = {word for made in scenes for word in WORD.findall(caption(made, random.Random(made.seed)))}
    details = {word for made in scenes for _, *rest in made.tags for detail in rest for word in WORD.findall(detail)}
    assert sorted((said | details) - words) == []


def test_a_fact_without_a_saying_is_said_in_its_own_words() -> None:
    assert any("zeppelin" in text and "red hull" in text for text in many(scene(("zeppelin", "red hull"))))


def test_captions_fit_the_text_encoder() -> None:
    ids = word_ids()
    lengths = [len(WORD.findall(caption(compose(seed), random.Random(seed)))) for seed in SEEDS]
    assert sum(length > LENGTH - 2 for length in lengths) <= 0.01 * len(lengths)
    assert all(len(encode_caption(ids, text)) == LENGTH for text in many(scene(("cat",))))


def test_there_are_sentences_and_tags() -> None:
    told = many(scene(("house", "red roof"), ("lake",), subject="house"), 400)
    assert 0.2 < sum("of a" in text for text in told) / len(told) < 0.5
    assert any(text.count(",") >= 4 for text in told)
    assert any(text.startswith(("a watercolour of a house", "a watercolor of a house")) for text in told)
    assert any("beside a lake" in text for text in told)
    assert any("at sunset" in text and "in winter" in text for text in told)


def test_colours_stand_before_the_noun_and_actions_behind() -> None:
    told = many(scene(("cat", "black", "sitting", "on a table"), subject="cat"))
    assert any("a black cat sitting on a table" in text for text in told)
    dressed = many(scene(("portrait",), ("woman", "smiling", "long brown hair", "red dress"), subject="woman"), 900)
    assert any("portrait of a smiling woman" in text and "with long brown hair" in text for text in dressed)
    assert any("in a red dress" in text for text in dressed)
    assert all("a orange" not in text for text in many(scene(("cat", "orange"), subject="cat")))


def test_what_people_do_is_said_of_people() -> None:
    told = many(scene(("house",), ("walking",), ("person", "blue shirt"), subject="house"), 400)
    assert not any(
        f"{home} {doing}" in text for text in told for home in ("house", "home") for doing in ("walk", "str")
    )


def test_both_spellings_are_used() -> None:
    told = " ".join(many(scene(("cat", "grey")), 300))
    assert all(word in told for word in ("watercolour", "watercolor", "grey", "gray"))


@pytest.mark.parametrize("time", TIMES)
def test_a_caption_can_leave_the_look_to_a_reference(time: str) -> None:
    described = scene(("house",), ("sun",), ("boat", "red hull"))
    described.time = time
    look = {word for name in ("watercolour", time) for saying in SAYINGS[name] for word in WORD.findall(saying)}
    assert not look & {word for text in many(described, 60, says_look=False) for word in WORD.findall(text)}


def test_the_same_choices_make_the_same_caption() -> None:
    assert caption(compose(4), random.Random(2)) == caption(compose(4), random.Random(2))


def test_each_word_is_in_one_group() -> None:
    groups = word_groups()
    every = [word for words in groups.values() for word in words]
    assert len(every) == len(set(every))
    assert sorted(every) == list(vocabulary())
    for word, group in (
        *(("watercolor", "style"), ("sunset", "time"), ("winter", "season"), ("rain", "weather"), ("cat", "subject")),
        *(("red", "colour"), ("gray", "colour"), ("running", "action"), ("with", "joining word")),
    ):
        assert word in groups[group]


def test_taught_words_are_those_that_captions_use() -> None:
    made = scene(("cat", "grey", "sitting"), ("lake",), subject="cat")
    taught = taught_words([made])
    assert {word for text in many(made, 600) for word in WORD.findall(text)} <= taught
    assert {"kitten", "gray", "seated", "watercolor", "winter", "beside"} <= taught <= set(vocabulary())
    assert not {"dog", "summer", "oil", "blue"} & taught


def test_the_doodles_are_described_in_known_words_but_one() -> None:
    ids = word_ids()
    unknown = {name for name in DOODLES if UNKNOWN_ID in encode_caption(ids, name)}
    assert len(DOODLES) >= 14
    assert unknown == {"dinosaur"}
