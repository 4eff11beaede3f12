"""`KeyMap`: the keys in use, bound to the window: commands, tools, and keys that count while they are held.

A tool's key takes the tool; held down while the tool is used, or for longer than a tap, it gives the tool before back
when it is lifted. GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow

from app.actions import Actions
from app.canvas_view.keys import CanvasKeys
from app.shortcuts import ShortcutBook, key_of
from app.signals import Signal
from app.tools.pointer import Modifier
from app.tools.toolbox import Toolbox

#: A key that is down for longer than this was held, not tapped.
TAP_S = 0.35


class KeyMap(QObject):
    """`changed` after other keys were taken. `clock`: seconds."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        toolbox: Toolbox,
        canvas_keys: CanvasKeys,
        book: ShortcutBook,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        super().__init__(window)
        self.changed: Signal[()] = Signal()
        self.book = book
        self._actions, self._toolbox, self._canvas_keys, self._clock = actions, toolbox, canvas_keys, clock
        self._tool_actions: dict[str, QAction] = {}
        self._spring: _Spring | None = None
        for spec in toolbox.tools:
            action = QAction(spec.label, window)
            action.setAutoRepeat(False)
            action.triggered.connect(lambda _on=False, tool=spec.id: self._take(tool))
            window.addAction(action)
            self._tool_actions[spec.id] = action
        self.apply()

    def use(self, name: str) -> None:
        """Take the map of that name."""
        self.book.use(name)
        self.apply()

    def apply(self) -> None:
        """Bind what the book says now."""
        scheme = self.book.scheme
        self._actions.use(scheme)
        for spec in self._toolbox.tools:
            keys = [QKeySequence(key) for key in scheme.of_tool(spec)]
            self._tool_actions[spec.id].setShortcuts(keys)
        self._canvas_keys.use(scheme)
        self._toolbox.picker_modifier = Modifier.ALT if scheme.of("hold.picker") == ("Alt",) else Modifier.CTRL
        self.changed.emit()

    def _take(self, tool_id: str) -> None:
        before = self._toolbox.selected_id
        self._toolbox.select(tool_id)
        keys = {key_of(shortcut) for shortcut in self._tool_actions[tool_id].shortcuts()}
        if before != tool_id:
            self._spring = _Spring(before, tool_id, keys, self._clock(), self._toolbox.gestures)
            # Only while the key is down: a filter over all events of the application costs each of them.
            _application().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        spring = self._spring
        if spring is not None and event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            if event.isAutoRepeat() or event.key() not in spring.keys:
                return False
            self._spring = None
            _application().removeEventFilter(self)
            used = self._toolbox.gestures > spring.gestures
            if self._toolbox.selected_id == spring.tool and (used or self._clock() - spring.since_s > TAP_S):
                self._toolbox.select(spring.before)
        return False


def _application() -> QCoreApplication:
    application = QApplication.instance()
    assert application is not None
    return application


class _Spring:
    """A tool's key is down. `gestures`: how many the toolbox had seen before."""

    def __init__(self, before: str, tool: str, keys: set[Qt.Key], since_s: float, gestures: int) -> None:
        self.before, self.tool, self.keys, self.since_s, self.gestures = before, tool, keys, since_s, gestures
