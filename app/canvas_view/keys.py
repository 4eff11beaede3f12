"""The keys of the canvas: those that count while they are held, and a few that act at once. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.session import Session
from app.tools.toolbox import Toolbox

#: Ways of looking, and the tool that Space holds.
HELD_KEYS = {
    Qt.Key.Key_QuoteLeft: "paint",
    Qt.Key.Key_Dead_Grave: "paint",
    Qt.Key.Key_Backslash: "side by side",
    Qt.Key.Key_Space: "hand",
}


class CanvasKeys:
    def __init__(self, session: Session, toolbox: Toolbox, mirror: Callable[[], None]) -> None:
        self._session, self._toolbox, self._mirror = session, toolbox, mirror

    def pressed(self, event: QKeyEvent) -> bool:
        """Act on a key; False for one that means nothing here."""
        key = Qt.Key(event.key())
        if key in HELD_KEYS:
            if not event.isAutoRepeat():
                self._hold(HELD_KEYS[key], down=True)
            return True
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        match key:
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._toolbox.finish()
                self._session.keep()
            case Qt.Key.Key_Escape if self._toolbox.in_gesture:
                self._toolbox.cancel()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._toolbox.delete()
            case Qt.Key.Key_M:
                self._mirror()
            case _:
                return False
        return True

    def released(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key not in HELD_KEYS:
            return False
        if not event.isAutoRepeat():
            self._hold(HELD_KEYS[key], down=False)
        return True

    def release_all(self) -> None:
        """The focus has gone: keys that are still down will be lifted unseen."""
        for what in set(HELD_KEYS.values()):
            self._hold(what, down=False)

    def _hold(self, what: str, *, down: bool) -> None:
        look = self._session.look
        if what == "paint":
            self._session.set_look(replace(look, paint_only=down))
        elif what == "side by side":
            self._session.set_look(replace(look, side_by_side=down))
        elif down:
            self._toolbox.push(what)
        else:
            self._toolbox.pop(what)
