"""A file is replaced as a whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from canvas.formats.atomic import previous_version, replacing
from canvas.formats.errors import FormatError, from_os_error


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


# The previous version


def test_what_is_replaced_stays_beside_the_new_file(tmp_path: Path):
    path = tmp_path / "a.psd"
    for content in (b"first", b"second", b"third"):
        with replacing(path, keep_previous=True) as temporary:
            temporary.write_bytes(content)
    assert path.read_bytes() == b"third"
    assert previous_version(path) == tmp_path / "a.psd~"
    assert (tmp_path / "a.psd~").read_bytes() == b"second"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.psd", "a.psd~"]


def test_the_file_is_there_under_its_name_all_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.psd"
    path.write_bytes(b"first")
    seen: list[bytes] = []
    real = os.replace

    def replace(source, target):
        seen.append(path.read_bytes())
        real(source, target)
        seen.append(path.read_bytes())

    monkeypatch.setattr(os, "replace", replace)
    with replacing(path, keep_previous=True) as temporary:
        temporary.write_bytes(b"second")
    assert seen == [b"first", b"first", b"first", b"second"]


def test_where_a_file_cannot_have_two_names_the_previous_version_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.psd"
    path.write_bytes(b"first")
    with replacing(path, keep_previous=True) as temporary:
        temporary.write_bytes(b"second")
    assert (tmp_path / "a.psd~").read_bytes() == b"first"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.psd", "a.psd~"]


def test_a_save_that_fails_leaves_the_previous_version_alone(tmp_path: Path):
    path = tmp_path / "a.psd"
    path.write_bytes(b"second")
    previous_version(path).write_bytes(b"first")

    def fail() -> None:
        with replacing(path, keep_previous=True) as temporary:
            temporary.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_bytes() == b"second"
    assert previous_version(path).read_bytes() == b"first"


def test_a_previous_version_that_cannot_be_kept_does_not_keep_the_new_one_from_being_saved(tmp_path: Path):
    path = tmp_path / "a.psd"
    path.write_bytes(b"first")
    previous_version(path).mkdir()
    with replacing(path, keep_previous=True) as temporary:
        temporary.write_bytes(b"second")
    assert path.read_bytes() == b"second"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.psd", "a.psd~"]


def test_an_empty_file_is_no_version(tmp_path: Path):
    path = tmp_path / "a.psd"
    path.touch()
    previous_version(path).write_bytes(b"first")
    with replacing(path, keep_previous=True) as temporary:
        temporary.write_bytes(b"second")
    assert previous_version(path).read_bytes() == b"first"


# What the operating system refuses


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EROFS, "can only be read; choose another folder"),
        (errno.EACCES, "not permitted; change its permissions"),
        (errno.ENAMETOOLONG, "name is too long; choose a shorter one"),
        (errno.EBUSY, "another program is using it; close it there"),
        (errno.ESTALE, "does not answer; connect it again"),
        (errno.ENETUNREACH, "does not answer; connect it again"),
        (errno.EIO, "the disk reports a fault; choose another disk"),
        (errno.ENOENT, "no such file or folder; check the name"),
    ],
)
def test_every_refusal_is_one_sentence_with_a_remedy(tmp_path: Path, code: int, why: str):
    path = tmp_path / "a.psd"
    path.write_bytes(b"old")

    def save() -> None:
        with replacing(path) as temporary:
            temporary.write_bytes(b"half")
            raise OSError(code, os.strerror(code))

    with pytest.raises(FormatError) as caught:
        save()
    sentence = str(caught.value)
    assert sentence.startswith(f"Cannot save {path}: ")
    assert why in sentence
    assert sentence.endswith(".")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_another_program_holds_on_windows_is_named_as_such():
    error = PermissionError(13, "Access denied")
    error.winerror = 32  # type: ignore[attr-defined]
    assert "another program is using it" in str(from_os_error(Path("a.psd"), error, "save"))
    error.winerror = 53  # type: ignore[attr-defined]
    assert "does not answer" in str(from_os_error(Path("a.psd"), error, "open"))


def test_what_to_do_is_another_thing_when_opening():
    error = OSError(errno.EIO, "x")
    assert "use a backup" in str(from_os_error(Path("a.psd"), error, "open"))
    assert "choose another disk" in str(from_os_error(Path("a.psd"), error, "save"))
