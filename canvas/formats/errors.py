"""`FormatError`: what every reader and writer raises when a file cannot be read or written."""

from __future__ import annotations

from pathlib import Path


class FormatError(ValueError):
    """Its text is one sentence for people: it names the file, says what is wrong, and what to do."""


def cannot_open(path: Path, why: str, remedy: str) -> FormatError:
    return FormatError(f"Cannot open {path}: {why}; {remedy}.")


def cannot_save(path: Path, why: str, remedy: str) -> FormatError:
    return FormatError(f"Cannot save {path}: {why}; {remedy}.")


def damaged(path: Path, what: str) -> FormatError:
    """A file that ends early, or holds what no program writes."""
    detail = " ".join(what.split()).rstrip(".")
    return cannot_open(path, f"the file is damaged ({detail})", "use a backup of it or export it again")


def from_os_error(path: Path, error: OSError, verb: str) -> FormatError:
    """The sentence for what the operating system refused; `verb` is "open" or "save"."""
    if isinstance(error, FileNotFoundError):
        why, remedy = "there is no such file or folder", "check the name"
    elif isinstance(error, IsADirectoryError):
        why, remedy = "it is a folder", "name a file"
    elif isinstance(error, PermissionError):
        why, remedy = "access is not permitted", "change its permissions or choose another folder"
    else:
        why, remedy = (error.strerror or str(error)).lower(), "free some space or choose another folder"
        if verb == "open":
            remedy = "check the disk it lies on"
    return FormatError(f"Cannot {verb} {path}: {why}; {remedy}.")
