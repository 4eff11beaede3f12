"""The keys of the canvas: those that count while they are held, and a few that act at once. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from app.session import Session
from app.shortcuts import SCHEMES, Scheme, key_of, load_scheme
from app.tools.toolbox import Toolbox

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
#: With Shift an arrow key moves this many times as far.
_FAR = 10
_HELD = ("look.paint_only", "look.side_by_side", "hold.hand")


class CanvasKeys:
    """`mirror`: turns the view over."""

    def __init__(self, session: Session, toolbox: Toolbox, mirror: Callable[[], None]) -> None:
        self._session, self._toolbox, self._mirror = session, toolbox, mirror
        self._held: dict[Qt.Key, str] = {}
        self.use(load_scheme(SCHEMES[0]))

    def use(self, scheme: Scheme) -> None:
        """Take the held keys of `scheme`."""
        self.release_all()
        self._mirror_keys = {key_of(QKeySequence(key)) for key in scheme.of("view.mirror")}
        self._held = {key_of(QKeySequence(key)): what for what in _HELD for key in scheme.of(what)}
        if Qt.Key.Key_QuoteLeft in self._held:  # the same key where it waits for a letter to put its accent on
            self._held[Qt.Key.Key_Dead_Grave] = self._held[Qt.Key.Key_QuoteLeft]

    def comes_first(self, event: QKeyEvent) -> bool:
        """Asked before a key becomes a command: it belongs to what a tool has open, as taking back a corner does."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        return asked and self._toolbox.pending and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)

    def pressed(self, event: QKeyEvent) -> bool:
        """Act on a key; False for one that means nothing here."""
        key = Qt.Key(event.key())
        if key in self._held:
            if not event.isAutoRepeat():
                self._hold(self._held[key], down=True)
            return True
        if key in _ARROWS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            dx, dy = _ARROWS[key]
            return self._toolbox.nudge(_FAR * dx, _FAR * dy)
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        match key:
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._toolbox.pending:
                self._toolbox.finish()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._toolbox.finish()
                self._session.keep()
            case Qt.Key.Key_Escape if self._toolbox.in_gesture:
                self._toolbox.cancel()
            case Qt.Key.Key_Escape if self._toolbox.pending:
                self._toolbox.dismiss()
            case _ if key in _ARROWS:
                return self._toolbox.nudge(*_ARROWS[key])
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._toolbox.delete()
            case _ if key in self._mirror_keys:
                self._mirror()
            case _:
                return False
        return True

    def released(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key not in self._held:
            return False
        if not event.isAutoRepeat():
            self._hold(self._held[key], down=False)
        return True

    def release_all(self) -> None:
        """The focus has gone: keys that are still down will be lifted unseen."""
        for what in set(self._held.values()):
            self._hold(what, down=False)

    def _hold(self, what: str, *, down: bool) -> None:
        look = self._session.look
        if what == "look.paint_only":
            self._session.set_look(replace(look, paint_only=down))
        elif what == "look.side_by_side":
            self._session.set_look(replace(look, side_by_side=down))
        elif down:
            self._toolbox.push("hand")
        else:
            self._toolbox.pop("hand")
