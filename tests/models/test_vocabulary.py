"""What a model of few words hears of a prompt."""

from __future__ import annotations

import pytest

from models.vocabulary import Vocabulary

FEW = Vocabulary((("subject", ("cat", "cats", "red roof")), ("time", ("night",)), ("joining word", ("a", "and"))))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("a Cat, NIGHT", "a Cat, NIGHT"),
        ("a purple cat and cats", "a cat and cats"),
        ("a red cat, zebra, night", "a red cat,, night"),
        ("café", ""),
        ("night-cat", "night-cat"),
        ("", ""),
    ],
)
def test_words_that_were_not_taught_are_left_out(text: str, heard: str) -> None:
    assert FEW.heard(text) == heard


def test_a_model_of_normal_language_hears_everything() -> None:
    text = "an  iridescent café , 8k"
    assert Vocabulary().heard(text) == text
    assert Vocabulary().ignored(text) == ()


def test_ignored_words_are_found_where_they_stand() -> None:
    assert FEW.ignored("a zebra, cat") == ((2, 7),)


def test_entries_come_in_alphabetical_order_with_their_group() -> None:
    assert list(FEW.entries())[2:4] == [("cat", "subject"), ("cats", "subject")]
