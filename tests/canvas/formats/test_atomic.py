"""A file is replaced as a whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from canvas.formats.atomic import replacing
from canvas.formats.errors import FormatError


def test_the_new_content_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with replacing(path) as temporary:
        temporary.write_bytes(b"new")
        assert temporary.parent == path.parent
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_content_and_nothing_else(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_wrote_nothing_does_not_remove_the_old_file(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(FormatError), replacing(path):
        pass
    assert path.read_bytes() == b"old"


def test_what_killed_saves_left_long_ago_is_removed(tmp_path):
    old, recent = tmp_path / ".underdraw-1.saving", tmp_path / ".underdraw-2.saving"
    other = tmp_path / "mine.saving"
    for file in (old, recent, other):
        file.write_bytes(b"x")
    for file in (old, other):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    with replacing(tmp_path / "a.bin") as temporary:
        temporary.write_bytes(b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".underdraw-2.saving", "a.bin", "mine.saving"]


def test_a_link_is_followed(tmp_path: Path):
    real, link = tmp_path / "real.bin", tmp_path / "link.bin"
    real.write_bytes(b"old")
    link.symlink_to(real)
    with replacing(link) as temporary:
        temporary.write_bytes(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
