"""A module that is deferred costs nothing until it is used, and then is what it always was."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.hosts.libraries import defer


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """`parent.slow`, a package with a value and a part; the list is empty until it is imported."""
    ran: list[str] = []
    monkeypatch.setattr(sys, "ran_for_test", ran, raising=False)
    package = tmp_path / "parent" / "slow"
    package.mkdir(parents=True)
    (tmp_path / "parent" / "__init__.py").touch()
    (package / "__init__.py").write_text("import sys\nsys.ran_for_test.append(__name__)\nVALUE = 7\n")
    (package / "part.py").write_text("from . import VALUE\nDOUBLE = VALUE * 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield ran
    for name in [name for name in sys.modules if name.split(".")[0] == "parent"]:
        del sys.modules[name]


def test_an_import_alone_does_not_run_it(slow: list[str]) -> None:
    defer("parent.slow")
    module = importlib.import_module("parent.slow")
    inspect.getmodule(test_an_import_alone_does_not_run_it)
    assert not slow
    assert module.VALUE == 7
    assert module.VALUE == 7
    assert slow == ["parent.slow"], "it runs once"
    assert importlib.import_module("parent.slow") is sys.modules["parent"].slow


def test_its_names_and_its_parts_are_found(slow: list[str]) -> None:
    defer("parent.slow")
    names: dict[str, object] = {}
    exec("from parent.slow import VALUE\nfrom parent.slow.part import DOUBLE\nimport parent.slow.part as part", names)
    assert (names["VALUE"], names["DOUBLE"]) == (7, 14)
    assert sys.modules["parent"].slow.part is names["part"]
    assert slow == ["parent.slow"]


def test_a_part_is_found_first(slow: list[str]) -> None:
    defer("parent.slow")
    assert importlib.import_module("parent.slow.part").DOUBLE == 14
    assert slow == ["parent.slow"]


def test_what_is_imported_already_stays(slow: list[str]) -> None:
    module = importlib.import_module("parent.slow")
    defer("parent.slow")
    assert sys.modules["parent.slow"] is module


def test_what_is_not_installed_is_still_missed() -> None:
    defer("no_such_package.part")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_package.part")
