"""What the exported model says of itself."""

from __future__ import annotations

import random

from models.training.captions import caption, taught_words
from models.training.compose import compose
from models.training.export import known_words
from models.vocabulary import Vocabulary

SCENES = [compose(seed) for seed in range(40)]


def test_the_listed_words_are_those_that_were_taught() -> None:
    groups = known_words(taught_words(SCENES))
    vocabulary = Vocabulary(tuple((title, tuple(words)) for title, words in groups.items()))
    for seed, scene in enumerate(SCENES):
        assert vocabulary.ignored(caption(scene, random.Random(seed))) == ()
    assert vocabulary.ignored("a submarine") == ((2, 11),)
    assert known_words(frozenset(("a", "cat"))) == {"subject": ["cat"], "other": ["a"]}


def test_phrases_are_listed_whole_and_only_where_they_say_more() -> None:
    groups = known_words(taught_words(SCENES))
    assert {"anime", "block print"} <= set(groups["style"])
    assert not {"block", "anime drawing"} & set(groups["style"])


def test_another_word_for_the_same_is_listed_beside_it() -> None:
    groups = known_words(frozenset(("watercolour", "watercolor", "coat", "jacket", "grey", "gray", "trousers")))
    assert {"watercolour", "watercolor"} <= set(groups["style"])
    assert {"coat", "jacket", "trousers"} <= set(groups["detail"])
    assert {"grey", "gray"} <= set(groups["colour"])
    assert "other" not in groups
