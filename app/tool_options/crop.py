"""Options of the crop tool: ratio, size, and what becomes of pixels outside. GUI thread only."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent

from app.session import Session
from app.theme import Theme
from app.tool_options.fitting import FittingRow
from app.tools.toolbox import Toolbox
from app.widgets.buttons import IconButton
from app.widgets.combo import Choice
from app.widgets.number_field import NumberField
from app.widgets.scale import Scale
from canvas.geometry import Rect
from canvas.state import MAX_SIDE_PX

RATIOS = (
    Choice("free", "Any ratio"),
    Choice("original", "Ratio of the canvas"),
    Choice("1:1", "1 : 1"),
    Choice("4:3", "4 : 3"),
    Choice("3:2", "3 : 2"),
    Choice("16:9", "16 : 9"),
    Choice("3:4", "3 : 4"),
    Choice("2:3", "2 : 3"),
    Choice("9:16", "9 : 16"),
)
_SIDE = Scale(1, MAX_SIDE_PX)
_PLACE = Scale(-MAX_SIDE_PX, MAX_SIDE_PX)


class CropOptionRow(FittingRow):
    def __init__(self, session: Session, toolbox: Toolbox, theme: Theme) -> None:
        tool = self._tool = toolbox.cropping
        super().__init__(theme, tool.options)
        self.ratio = self.combo("Ratio", "ratio", RATIOS, 138, "Ratio of width to height")
        self.apply = IconButton(theme, "check", "Crop (Enter)")
        self.apply.clicked.connect(lambda: toolbox.finish())
        self.cancel = IconButton(theme, "close", "Cancel (Esc)")
        self.cancel.clicked.connect(lambda: toolbox.dismiss())
        self.place_x = NumberField("X", _PLACE, 76, "Left edge, in pixels")
        self.place_y = NumberField("Y", _PLACE, 76, "Top edge, in pixels")
        self.wide = NumberField("W", _SIDE, 76, "Width in pixels")
        self.high = NumberField("H", _SIDE, 76, "Height in pixels")
        for widget in (self.apply, self.cancel, self.place_x, self.place_y, self.wide, self.high):
            self._row.addWidget(widget)
        for field in (self.place_x, self.place_y, self.wide, self.high):
            field.typed.connect(self._take_typed)
        outside = self.switch(
            "Delete cropped pixels", "outside",
            "Off: layers keep what lies beyond the new edges, and it can be moved back into the picture",
            on="delete", off="keep",
        )  # fmt: skip
        self.may_hide(outside, self.wide, self.high, self.place_x, self.place_y)
        tool.changed.connect(self._show_rect)
        session.document_changed.connect(lambda _old, _new: self._show_rect())
        self.finish()

    def _take_typed(self) -> None:
        values = [field.value for field in (self.place_x, self.place_y, self.wide, self.high)]
        x, y, width, height = (0 if value is None else round(value) for value in values)
        self._tool.set_rect(Rect(x, y, x + width, y + height))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_rect()

    def _show_rect(self) -> None:
        if not self.isVisible():
            return
        rect = self._tool.rect
        for field, value in zip(
            (self.place_x, self.place_y, self.wide, self.high), (rect.x0, rect.y0, rect.width, rect.height), strict=True
        ):
            field.show_value(value)
        for button in (self.apply, self.cancel):
            button.setEnabled(self._tool.pending)
