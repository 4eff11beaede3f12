"""A fixed number of damaged files of every format, the same ones each time. `readers.py` goes on from there."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("resource", reason="needs POSIX limits")

from readers import read_many
from seeds import seeds

from canvas.formats import registry

FILES_A_FORMAT = 120


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, ...]]:
    return seeds(tmp_path_factory.mktemp("seeds"))


@pytest.mark.parametrize("name", [each.name for each in registry.FORMATS])
def test_a_damaged_file_gives_a_sentence_or_a_document(name: str, good: dict[str, tuple[bytes, ...]], tmp_path: Path):
    faults = list(read_many(name, good[name], range(FILES_A_FORMAT), tmp_path))
    assert not faults, "\n\n".join(f"{fault.format} {fault.number}: {fault.why}" for fault in faults[:5])


@pytest.mark.parametrize("name", [each.name for each in registry.FORMATS])
def test_the_undamaged_files_open(name: str, good: dict[str, tuple[bytes, ...]], tmp_path: Path):
    for data in good[name]:
        path = tmp_path / "good"
        path.write_bytes(data)
        assert registry.read(path).layers
