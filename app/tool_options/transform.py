"""Options of the transform tool: its mode, its numbers, turning and mirroring, and how pixels are made. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.session import Session
from app.theme import Theme
from app.tool_options.fitting import FittingRow
from app.tools.free_transform import FreeTransform
from app.tools.toolbox import Toolbox
from app.widgets.buttons import IconButton, TextButton
from app.widgets.combo import Choice
from app.widgets.number_field import NumberField
from app.widgets.scale import Scale
from canvas.transform import Interpolation

MODES = (
    Choice("free", "Free", tip="Move, scale, turn; with Ctrl edges skew and corners distort"),
    Choice("perspective", "Perspective", tip="Each corner and each edge moves by itself"),
    Choice("warp", "Warp", tip="Bend the picture by a grid of handles, or pull it anywhere"),
)
INTERPOLATIONS = (
    Choice(Interpolation.NEAREST, "Nearest", tip="Hard pixels, for pixel art"),
    Choice(Interpolation.BILINEAR, "Bilinear", tip="Soft, without halos"),
    Choice(Interpolation.BICUBIC, "Bicubic", tip="Crisp; the best for most pictures"),
    Choice(Interpolation.LANCZOS, "Lanczos", tip="The crispest, with faint halos at hard edges"),
)
GRIDS = (Choice(3, "3 × 3"), Choice(4, "4 × 4"))
_PLACE = Scale(-100_000, 100_000, decimals=1)
_SIZE = Scale(-100_000, 100_000, decimals=1)
_SHARE = Scale(-100_000, 100_000, decimals=1, unit=" %")
_ANGLE = Scale(-360, 360, decimals=1, unit="°")
_SKEW = Scale(-85, 85, decimals=1, unit="°")
_FIELD_PX = 76


class TransformOptionRow(FittingRow):
    def __init__(self, session: Session, toolbox: Toolbox, theme: Theme) -> None:
        tool = self._tool = toolbox.transforming
        super().__init__(theme, tool.options)
        self._toolbox = toolbox
        self._percent = False
        self.mode = self.combo("Mode", "mode", MODES, 106, "What dragging the handles does")
        self.grid = self.combo("Grid", "grid", GRIDS, 66, "How many handles the warp has")
        self.apply = self._icon("check", "Apply (Enter)", toolbox.finish)
        self.cancel = self._icon("close", "Cancel (Esc)", toolbox.dismiss)
        self.place_x = self._field(
            "X", _PLACE, "Where the middle lies, from the left, in pixels", lambda s, v: replace(s, x=v)
        )
        self.place_y = self._field(
            "Y", _PLACE, "Where the middle lies, from the top, in pixels", lambda s, v: replace(s, y=v)
        )
        self.wide = self._field("W", _SIZE, "Width; negative is mirrored", partial(self._sized, 0))
        self.high = self._field("H", _SIZE, "Height; negative is mirrored", partial(self._sized, 1))
        self.unit = TextButton(theme, "px")
        self.unit.setToolTip("Width and height in pixels or in percent of what they were")
        self.unit.clicked.connect(self._swap_unit)
        self.even = IconButton(theme, "lock", "Keep the ratio of width to height while typing")
        self.even.setCheckable(True)
        for button in (self.unit, self.even):
            self._row.addWidget(button)
        self.angle = self._field("Angle", _ANGLE, "Angle, clockwise", lambda s, v: s.turned(v))
        self.skew = self._field("Skew", _SKEW, "How far upright edges lean", lambda s, v: replace(s, skew_deg=v))
        for field in (self.angle, self.skew):
            field.setFixedWidth(_FIELD_PX + 14)
        self.turns = TextButton(theme, "Turn", self._turn_menu())
        self.turns.setToolTip("Quarter turns and mirror images, and back to how it was")
        self._row.addWidget(self.turns)
        self.interpolation = self.combo(
            "Interpolation", "interpolation", INTERPOLATIONS, 86, "How the colours of new pixels are found"
        )
        self.may_hide(
            self.turns, self.wide, self.high, self.angle, self.interpolation, self.unit, self.even,
            self.place_x, self.place_y, self.skew, self.grid,
        )  # fmt: skip
        tool.changed.connect(self._show_shape)
        self.finish()

    def _icon(self, name: str, tip: str, act: Callable[[], None]) -> IconButton:
        button = IconButton(self._theme, name, tip)
        button.clicked.connect(lambda: act())
        self._row.addWidget(button)
        return button

    def _field(
        self, name: str, scale: Scale, tip: str, change: Callable[[FreeTransform, float], FreeTransform]
    ) -> NumberField:
        field = NumberField(name, scale, _FIELD_PX, tip)
        field.typed.connect(lambda value: self._change(lambda shape: change(shape, value)))
        self._row.addWidget(field)
        return field

    def _turn_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, change in (
            ("Flip horizontally", lambda shape: shape.flipped("horizontal")),
            ("Flip vertically", lambda shape: shape.flipped("vertical")),
            ("Turn 90° right", lambda shape: shape.quarter(1)),
            ("Turn 90° left", lambda shape: shape.quarter(-1)),
            ("Turn 180°", lambda shape: shape.quarter(1).quarter(1)),
        ):
            menu.addAction(text, partial(self._change, change))
        menu.addSeparator()
        menu.addAction("Reset", self._reset)
        return menu

    def _reset(self) -> None:
        self._change(lambda shape: FreeTransform.of(shape.box))

    def _change(self, change: Callable[[FreeTransform], FreeTransform]) -> None:
        shape = self._tool.shape
        if shape is not None:
            self._tool.set_shape(change(shape))
            self._show_shape()

    def _sized(self, axis: int, shape: FreeTransform, value: float) -> FreeTransform:
        """With a width (axis 0) or height (1) that was typed; 0 is no size."""
        scale = value / 100 if self._percent else value / shape.size[axis]
        if scale == 0.0:
            return shape
        before = (shape.scale_x, shape.scale_y)[axis]
        other = (shape.scale_y, shape.scale_x)[axis] * (abs(scale / before) if self.even.isChecked() else 1.0)
        across, down = (scale, other) if axis == 0 else (other, scale)
        return replace(shape, scale_x=across, scale_y=down)

    def _swap_unit(self) -> None:
        self._percent = not self._percent
        self.unit.setText("%" if self._percent else "px")
        for field in (self.wide, self.high):
            field.scale = _SHARE if self._percent else _SIZE
        self._show_shape()

    def wants(self, control: QWidget) -> bool:
        return control is not self.grid or self._tool.options.value.mode == "warp"

    def show_values(self, value: object) -> None:
        super().show_values(value)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_shape()

    def _show_shape(self) -> None:
        # Looking what there is to transform takes time: only while it is to be seen.
        if not self.isVisible():
            return
        shape = self._tool.shape
        values: tuple[float | None, ...] = (None,) * 6
        if shape is not None:
            across, down = (100.0, 100.0) if self._percent else shape.size
            values = (shape.x, shape.y, across * shape.scale_x, down * shape.scale_y, shape.angle_deg, shape.skew_deg)
        for field, value in zip(
            (self.place_x, self.place_y, self.wide, self.high, self.angle, self.skew), values, strict=True
        ):
            field.show_value(value)
        for button in (self.turns, self.unit, self.even):
            button.setEnabled(shape is not None)
        for button in (self.apply, self.cancel):
            button.setEnabled(self._tool.pending)
