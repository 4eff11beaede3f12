"""A stranger's ZIP archive: entries by name, their number and the size of their list checked before they are read.

Nothing is ever extracted to a path. Any number of threads may read entries at once.
"""

from __future__ import annotations

import errno
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Self

from canvas.formats.errors import cannot_open, damaged, from_os_error

#: Larger archives are no documents: a directory entry takes 46 bytes and its name.
_MAX_ENTRIES, _MAX_DIRECTORY_BYTES = 100_000, 32 << 20
_END, _END_64, _LOCATOR_64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_END_BYTES, _COMMENT_BYTES, _LOCATOR_BYTES = 22, 65536, 20


class Archive:
    """A context manager. Raises FormatError for what is no archive, or too large a one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, UnicodeError, LookupError, struct.error, NotImplementedError) as error:
            raise damaged(path, "its list of files makes no sense") from error
        except OSError as error:
            raise from_os_error(path, error, "open") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def info(self, name: str) -> zipfile.ZipInfo | None:
        """The entry of that name, also where a program has forgotten to say that its names are UTF-8."""
        for spelling in (
            name,
            name.encode("utf-8", "replace").decode("cp437"),
            name.removeprefix("./").replace("\\", "/"),
        ):
            try:
                return self._zip.getinfo(spelling)
            except KeyError:
                continue
        return None

    def names(self) -> list[str]:
        return self._zip.namelist()

    def open(self, info: zipfile.ZipInfo) -> IO[bytes]:
        """Raises zipfile.BadZipFile, RuntimeError (encrypted), NotImplementedError (compression), OSError."""
        try:
            return self._zip.open(info)
        except OSError as error:
            if error.errno == errno.EINVAL:
                # An entry that begins before the file does.
                raise zipfile.BadZipFile("an entry of it lies nowhere") from error
            raise

    def needed(self, name: str, most_bytes: int) -> bytes:
        """An entry without which there is no document. Raises FormatError."""
        try:
            data = self.read(name, most_bytes)
        except NotImplementedError as error:
            raise damaged(self._path, f"{name} is packed in an unknown way") from error
        except RuntimeError as error:
            raise cannot_open(self._path, "it is encrypted", "save it without a password") from error
        except OSError as error:
            raise from_os_error(self._path, error, "open") from error
        except (zipfile.BadZipFile, EOFError, zlib.error) as error:
            raise damaged(self._path, f"{name} cannot be unpacked") from error
        if data is None:
            raise damaged(self._path, f"it has no {name}, or one that is too large")
        return data

    def read(self, name: str, most_bytes: int) -> bytes | None:
        """A small entry; None where there is none, or a larger one. Raises as `open`, and zlib.error."""
        info = self.info(name)
        if info is None or info.file_size > most_bytes:
            return None
        with self.open(info) as file:
            return file.read(most_bytes)


def _check_directory(path: Path) -> None:
    """Python reads the whole list of entries into memory, so what it says about itself is looked at before."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - _END_BYTES - _COMMENT_BYTES)
        file.seek(start)
        tail = file.read()
        at = len(tail) - _END_BYTES
        if not (at >= 0 and tail.startswith(_END, at) and tail.endswith(b"\0\0")):
            at = tail.rfind(_END, 0, max(0, len(tail) - _END_BYTES + len(_END)))
        if at < 0:
            raise damaged(path, "it ends early")
        count, directory_bytes = struct.unpack("<HL", tail[at + 10 : at + 16])
        locator_at = start + at - _LOCATOR_BYTES
        if (count == 0xFFFF or directory_bytes == 0xFFFFFFFF) and locator_at >= 0:
            file.seek(locator_at)
            locator = file.read(_LOCATOR_BYTES)
            if locator.startswith(_LOCATOR_64):
                file.seek(min(int.from_bytes(locator[8:16], "little"), size))
                end = file.read(56)
                if end.startswith(_END_64) and len(end) == 56:
                    count, directory_bytes = struct.unpack("<QQ", end[32:48])
    if count > _MAX_ENTRIES or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise cannot_open(path, f"it is an archive of {count} files", "choose a document")
