"""`Views`: the canvas view of the main window, and windows with further views of the same document. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QMainWindow

from app.canvas_view.hint import ViewHint
from app.canvas_view.second_view import SecondView
from app.canvas_view.view import CanvasView
from app.key_map import KeyMap
from app.theme import Theme


class Views:
    """Further windows take the same commands and keys as `window`; they close with it. `name`: of the document."""

    def __init__(
        self, window: QMainWindow, main: CanvasView, keys: KeyMap, theme: Theme, name: Callable[[], str]
    ) -> None:
        self._window, self._main, self._keys, self._theme, self._name = window, main, keys, theme, name
        self.others: list[SecondView] = []
        self.hint = _hinting(main, theme)
        keys.changed.connect(self._use_keys)

    @property
    def in_use(self) -> CanvasView:
        """That of the window which has the keyboard."""
        active = QApplication.activeWindow()
        return active.view if isinstance(active, SecondView) and active in self.others else self._main

    @property
    def every(self) -> tuple[CanvasView, ...]:
        """All canvas views, that of the main window first."""
        return (self._main, *(other.view for other in self.others))

    def open(self) -> SecondView:
        """Another view in a window of its own, beside the others."""
        view = self._main.twin()
        other = SecondView(view)
        _hinting(view, self._theme)
        other.addActions(self._window.actions())
        other.closed.connect(self._forget)
        self.others.append(other)
        self._use_keys()
        self.show_name()
        other.show()
        view.fit()
        return other

    def close(self) -> None:
        for other in tuple(self.others):
            other.close()

    def show_name(self) -> None:
        """The document has another name."""
        for other in self.others:
            other.show_document(self._name())

    def _forget(self, other: SecondView) -> None:
        self.others.remove(other)
        self._main.take_navigation()

    def _use_keys(self) -> None:
        for other in self.others:
            other.view.keys.use(self._keys.book.scheme)


def _hinting(view: CanvasView, theme: Theme) -> ViewHint:
    hint = ViewHint(view, theme)
    view.viewport_changed.connect(hint.show_viewport)
    return hint
