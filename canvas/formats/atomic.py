"""Saving so that the old file survives whatever happens: a full disk, a kill, a pulled plug."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from canvas.formats.errors import from_os_error

_PREFIX, _SUFFIX = ".underdraw-", ".saving"
_STALE_S = 24 * 3600.0


def previous_version(path: Path) -> Path:
    """Where the previous version of a file is kept: "drawing.psd~"."""
    return path.with_name(path.name + "~")


@contextmanager
def replacing(path: Path, *, keep_previous: bool = False) -> Iterator[Path]:
    """The name of a temporary file beside `path`, for the block to write and check.

    When the block ends it is flushed to disk and takes the place of `path` in one step; when it raises, it is removed
    and `path` is as it was. `keep_previous`: what it replaces stays as `previous_version(path)`. Symbolic links are
    followed, permissions kept. Raises FormatError for what the operating system refuses.
    """
    target = path.resolve()
    temporary = target.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
    try:
        if target.is_dir():
            raise IsADirectoryError(target)
        if not target.parent.is_dir():
            raise FileNotFoundError(target.parent)
        _remove_stale(target.parent)
        yield temporary
        if target.exists():
            shutil.copymode(target, temporary)
        _flush(temporary)
        if keep_previous:
            _keep(target)
        os.replace(temporary, target)
        _flush_folder(target.parent)
    except OSError as error:
        raise from_os_error(path, error, "save") from error
    finally:
        temporary.unlink(missing_ok=True)


def _keep(target: Path) -> None:
    """Give what is at `target` its second name. `target` itself is there all the time."""
    spare = target.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
    # A version that cannot be kept is no reason not to save the new one, which is complete and checked.
    with suppress(OSError):
        if not target.is_file() or target.stat().st_size == 0:
            return
        try:
            try:
                os.link(target, spare)
            except OSError:
                shutil.copy2(target, spare)
                _flush(spare)
            os.replace(spare, previous_version(target))
        finally:
            # Two names of one file are not renamed onto each other: the spare one stays.
            spare.unlink(missing_ok=True)


def _remove_stale(folder: Path) -> None:
    """Remove what earlier, killed saves left behind; a day is longer than any save takes."""
    for leftover in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        if time.time() - leftover.stat().st_mtime > _STALE_S:
            leftover.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    # The rename itself lasts only when its folder is on disk; Windows has no such call and needs none.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
