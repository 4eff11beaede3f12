"""Small pictures with names to choose one from, such as the tips of brushes. They are fetched while nobody waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QSize, QTimer, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.theme import MARGIN_PX, Theme
from app.widgets.thumbnail_row import Thumbnail, ThumbnailRow

#: So long may fetching pictures hold up the window in one go.
_BUDGET_MS = 8
#: The most that a row of pictures takes.
_ROW_PX = 82


class PictureChooser(QWidget):
    """`fetch(key)`: the picture of a key, square. `chosen(key)` is emitted for what the artist does."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, fetch: Callable[[str], QPixmap], rows: int = 2) -> None:
        super().__init__()
        self._fetch = fetch
        self._rows = rows
        self._keys: tuple[str, ...] = ()
        self._pictures: dict[str, QPixmap] = {}
        self._key = ""
        self.row = ThumbnailRow(theme, "")
        self.row.setAccessibleName(name)
        self.row.clicked.connect(self._choose)
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self.fetch_some)
        self.row.setParent(self)
        self.setFixedHeight(rows * _ROW_PX)

    def set_keys(self, keys: Sequence[str]) -> None:
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self._pictures = {key: self._pictures[key] for key in keys if key in self._pictures}
            self._show()
            self._slices.start()

    def show_key(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self._show()

    def fetch_some(self) -> None:
        """Get pictures that are missing, as many as the time allows."""
        clock = QElapsedTimer()
        clock.start()
        missing = [key for key in self._keys if key not in self._pictures]
        for key in missing:
            self._pictures[key] = self._fetch(key)
            if clock.elapsed() > _BUDGET_MS:
                self._slices.start()
                break
        if missing:
            self._show()

    def _choose(self, index: int) -> None:
        key = self._keys[index]
        if key != self._key:
            self._key = key
            self._show()
            self.chosen.emit(key)

    def _show(self) -> None:
        empty = QPixmap(1, 1)
        empty.fill("#000000")
        thumbnails = [Thumbnail(self._pictures.get(key, empty), key.capitalize() or "None") for key in self._keys]
        self.row.set_thumbnails(thumbnails, self._keys.index(self._key) if self._key in self._keys else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The row keeps the margin of a panel at its left, which this widget stands in already.
        self.row.setGeometry(-MARGIN_PX, 0, self.width() + MARGIN_PX, self.height())

    def sizeHint(self) -> QSize:
        return QSize(360, self._rows * _ROW_PX)
