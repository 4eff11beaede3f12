"""The zoom as a percentage that can be typed into: "38 %", "200". GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from app.canvas_view.viewport import MAX_ZOOM, MIN_ZOOM
from app.widgets.field import TextField
from app.widgets.scale import Scale

_PERCENT = Scale(MIN_ZOOM * 100, MAX_ZOOM * 100, decimals=1)
_WIDTH_PX = 62


class ZoomField(TextField):
    """`typed(zoom)`: device pixels per document pixel, within what a view can show."""

    typed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.setProperty("bare", True)
        self.setFixedWidth(_WIDTH_PX)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName("Zoom")
        self.setToolTip("Zoom: type a percentage")
        self.editingFinished.connect(self._take)
        self.returnPressed.connect(self.clearFocus)

    def show_zoom(self, zoom: float) -> None:
        self._shown = f"{zoom * 100:.0f} %" if zoom >= 0.1 else f"{zoom * 100:.1f} %"
        self.show_text(self._shown)

    def _take(self) -> None:
        """A text that is no number, or the one that was there, changes nothing."""
        text = self.text()
        percent = _PERCENT.read(text)
        if percent is not None and text != self._shown:
            self.typed.emit(percent / 100)
        self.setText(self._shown)
