"""`FormatError`: what every reader and writer raises when a file cannot be read or written."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

#: Characters of what a library says about a damaged file.
_MOST_DETAIL = 160


class FormatError(ValueError):
    """Its text is one sentence for people: it names the file, says what is wrong, and what to do."""


def cannot_open(path: Path, why: str, remedy: str) -> FormatError:
    return FormatError(f"Cannot open {path}: {why}; {remedy}.")


def cannot_save(path: Path, why: str, remedy: str) -> FormatError:
    return FormatError(f"Cannot save {path}: {why}; {remedy}.")


def damaged(path: Path, what: str) -> FormatError:
    """A file that ends early, or holds what no program writes."""
    detail = " ".join(what.split()).rstrip(".")
    if len(detail) > _MOST_DETAIL:
        # Libraries quote what they found, however much that is.
        detail = detail[:_MOST_DETAIL] + "…"
    return cannot_open(path, f"the file is damaged ({detail})", "use a backup of it or export it again")


_ANOTHER_FOLDER, _ANOTHER_DISK = "choose another folder", "choose another disk"
#: What the operating system refuses: its codes, why in words, and what to do when saving and when opening.
_REFUSALS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("ENOSPC",), "the disk is full", f"free some space or {_ANOTHER_DISK}", "free some space"),
    (("EDQUOT",), "your share of the disk is used up", f"delete something of yours or {_ANOTHER_DISK}", ""),
    (("EFBIG",), "the disk takes no file that large", _ANOTHER_DISK, ""),
    (("EROFS",), "the disk can only be read", _ANOTHER_FOLDER, ""),
    (("EACCES", "EPERM"), "access is not permitted", f"change its permissions or {_ANOTHER_FOLDER}",
     "change its permissions"),
    (("ENAMETOOLONG",), "its name is too long", "choose a shorter one", ""),
    (("EBUSY", "ETXTBSY", "EDEADLK"), "another program is using it", "close it there and try again", ""),
    (("EMFILE", "ENFILE"), "too many files are open", "close other programs and try again", ""),
    (("ENOTDIR",), "what its path names as a folder is a file", _ANOTHER_FOLDER, "check the name"),
    (("ELOOP",), "the links on the way to it lead in a circle", _ANOTHER_FOLDER, "mend them"),
    (("EIO",), "the disk reports a fault", f"{_ANOTHER_DISK} and look after that one", "use a backup of it"),
    (("ENODEV", "ENXIO", "ESTALE", "ENOTCONN", "ETIMEDOUT", "ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH",
      "ECONNRESET", "ECONNABORTED", "EREMOTEIO"),
     "the drive it lies on does not answer", f"connect it again or {_ANOTHER_FOLDER}", "connect it again"),
)  # fmt: skip
#: Windows has codes of its own for a file that another program has open, and for a share or device that is gone.
_WINDOWS_CODES: Mapping[int, str] = MappingProxyType(
    dict.fromkeys((32, 33), "EBUSY") | dict.fromkeys((21, 53, 55, 59, 64, 67, 121, 1231), "ENODEV")
)


def from_os_error(path: Path, error: OSError, verb: str) -> FormatError:
    """The sentence for what the operating system refused; `verb` is "open" or "save"."""
    code = _WINDOWS_CODES.get(getattr(error, "winerror", None) or 0) or errno.errorcode.get(error.errno or 0, "")
    for codes, why, to_save, to_open in _REFUSALS:
        if code in codes:
            remedy = (to_open or to_save) if verb == "open" else to_save
            return FormatError(f"Cannot {verb} {path}: {why}; {remedy}.")
    if isinstance(error, FileNotFoundError):
        why, remedy = "there is no such file or folder", "check the name"
    elif isinstance(error, IsADirectoryError):
        why, remedy = "it is a folder", "name a file"
    elif isinstance(error, PermissionError):
        why, remedy = "access is not permitted", f"change its permissions or {_ANOTHER_FOLDER}"
    else:
        why, remedy = (error.strerror or str(error)).lower(), f"free some space or {_ANOTHER_FOLDER}"
        if verb == "open":
            remedy = "check the disk it lies on"
    return FormatError(f"Cannot {verb} {path}: {why}; {remedy}.")
