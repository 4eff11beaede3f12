"""All that an engine imports, as fast as it goes. Without it everything works too, and begins a second later."""

from __future__ import annotations

import gc
import importlib
import sys
from types import ModuleType


def import_libraries() -> None:
    """For a process in which nothing but the engine runs.

    Nobody looks for garbage meanwhile: of a million new objects none is any. They are not looked through later either,
    which would hold up a frame for a moment now and then. diffusers imports `scipy.stats` for a kind of schedule that
    no family here uses.
    """
    defer("scipy.stats")
    gc.disable()
    try:
        import inference.engine  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()


def defer(name: str) -> None:
    """From now on `import name` costs nothing; the module is imported when something of it is asked for.

    A module that is imported already, or whose package is not there, is left alone.
    """
    package, _, last = name.rpartition(".")
    if name in sys.modules:
        return
    try:
        within = importlib.import_module(package)
    except ImportError:
        return
    sys.modules[name] = stand_in = _StandIn(name)
    setattr(within, last, stand_in)


class _StandIn(ModuleType):
    def __getattr__(self, attribute: str) -> object:
        if attribute.startswith("__") and attribute != "__path__":  # whoever looks through all modules asks for these
            raise AttributeError(attribute)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), attribute)
