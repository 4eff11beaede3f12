"""How a plain function over arrays becomes a machine-code kernel: lazily, with one signature, cached on disk.

numba is imported when the first kernel is loaded, not when this module is: it takes about a second, which the window
must not wait for. A kernel may be called from any thread and releases the GIL while it runs. Imports neither Qt nor
any other module of the document.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

#: Argument codes -> (dtype, axes, written to). All arrays are C contiguous.
_ARRAYS = {
    "in16": ("uint16", 3, False),
    "out16": ("uint16", 3, True),
    "in8": ("uint8", 3, False),
    "out8": ("uint8", 3, True),
    "in32f": ("float32", 3, False),
    "out32f": ("float32", 3, True),
    "table": ("float64", 2, False),
    "out64f": ("float64", 2, True),
}


class Kernel(Generic[P, R]):
    """A function that is compiled, or fetched from the cache, on its first call or on `load`."""

    def __init__(
        self, function: Callable[P, R], arguments: tuple[str, ...], helpers: tuple[Callable[..., object], ...]
    ) -> None:
        self._function = function
        self._arguments = arguments
        self._helpers = helpers
        self._lock = Lock()
        self._compiled: Callable[P, R] | None = None
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        compiled = self._compiled
        if compiled is None:
            compiled = self.load()
        return compiled(*args, **kwargs)

    @property
    def loaded(self) -> bool:
        return self._compiled is not None

    def load(self) -> Callable[P, R]:
        """Make the machine code ready: milliseconds from the cache, about a second when it must be compiled."""
        with self._lock:
            if self._compiled is None:
                self._compiled = _compile(self._function, self._arguments, self._helpers)
            return self._compiled


def kernel(
    *arguments: str, helpers: tuple[Callable[..., object], ...] = ()
) -> Callable[[Callable[P, R]], Kernel[P, R]]:
    """Declare a kernel by the codes of its arguments: those of `_ARRAYS`, "int" or "float".

    `helpers` are the plain functions that it calls. They must live in the same file: the cache is renewed when the
    file of the kernel changes, and only then.
    """

    def declare(function: Callable[P, R]) -> Kernel[P, R]:
        return Kernel(function, arguments, helpers)

    return declare


def _compile(function: Callable[P, R], arguments: tuple[str, ...], helpers: tuple[Callable[..., object], ...]) -> Any:
    import numba
    from numba.extending import register_jitable

    if not numba.config.CACHE_DIR:
        numba.config.CACHE_DIR = cache_folder(Path(function.__code__.co_filename).parent)
    for helper in helpers:
        register_jitable(helper)
    types = numba.types
    scalars = {"int": types.int64, "float": types.float64}
    signature = []
    for code in arguments:
        if code in scalars:
            signature.append(scalars[code])
        else:
            dtype, axes, written = _ARRAYS[code]
            signature.append(types.Array(getattr(types, dtype), axes, "C", readonly=not written))
    # error_model="numpy": a division by zero gives inf as in numpy instead of a branch that stops vectorising.
    return numba.njit(tuple(signature), cache=True, nogil=True, error_model="numpy")(function)


def cache_folder(source: Path) -> str:
    """Where compiled kernels go: "" (numba's choice, beside the source) or, in a read-only install, the user's cache.

    A home that cannot be written to leaves the temporary folder: kernels are then compiled once a boot.
    """
    if os.access(source, os.W_OK):
        return ""
    for folder in (_user_cache() / "underdraw" / "kernels", Path(tempfile.gettempdir()) / f"underdraw-{_user()}"):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        # A folder of someone else could hold code that we would run.
        if os.access(folder, os.W_OK) and (os.name == "nt" or folder.stat().st_uid == os.getuid()):
            return str(folder)
    return tempfile.mkdtemp(prefix="underdraw-")


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _user() -> str:
    return os.environ.get("USERNAME", "user") if os.name == "nt" else str(os.getuid())
