"""The table of control kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.control_kinds import control_kinds, read_control_kinds


def test_the_kinds_that_layers_can_have() -> None:
    kinds = control_kinds()
    assert list(kinds) == ["scribble", "lineart", "canny", "depth", "segmentation", "tile", "pose"]
    assert kinds["lineart"].label == "Line art"
    assert kinds["pose"].drawn == "figures"
    assert all(kind.explanation.endswith(".") for kind in kinds.values())


def test_every_preprocessor_in_the_table_exists() -> None:
    from inference import preprocess

    assert {kind.preprocessor for kind in control_kinds().values()} <= set(preprocess.PREPROCESSORS)


GOOD = 'label = "A"\nexplanation = "B."\ndrawn = "picture"\nbackground = "white"\npreprocessor = "lines"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[depth", ("not valid TOML",)),
        ("depth = 3", ("[depth]", "exactly the entries")),
        ("[depth]\n" + GOOD.replace('label = "A"\n', ""), ("[depth]", "label")),
        ("[depth]\n" + GOOD + 'colour = "red"', ("[depth]", "exactly")),
        ("[depth]\n" + GOOD.replace('"A"', "7"), ("label of [depth]", "text")),
        ("[depth]\n" + GOOD.replace("picture", "painted"), ("drawn of [depth]", "picture, figures", "painted")),
    ],
)
def test_a_damaged_table_is_refused_with_file_and_entry(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    path = tmp_path / "kinds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"kinds\.toml") as refusal:
        read_control_kinds(path)
    for word in words:
        assert word in str(refusal.value)


def test_a_new_kind_is_one_table_more(tmp_path: Path) -> None:
    path = tmp_path / "kinds.toml"
    path.write_text("[depth]\n" + GOOD, encoding="utf-8")
    assert read_control_kinds(path)["depth"].preprocessor == "lines"
