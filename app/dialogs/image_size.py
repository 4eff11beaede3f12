"""The forms that resample the whole picture: another size in pixels, and another angle. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.dialogs.image_form import ImageForm, Sides, memory_note, size_text
from app.theme import Theme
from app.tool_options.transform import INTERPOLATIONS
from app.widgets.buttons import TextButton
from app.widgets.combo import Combo
from app.widgets.scale import Scale
from app.widgets.slider import ValueSlider
from canvas.image_size import surface_bytes, turned_size
from canvas.state import MAX_SIDE_PX, DocumentState
from canvas.transform import Interpolation

_ANGLE = Scale(-180, 180, 1, decimals=1, unit="°")


def _interpolations(theme: Theme) -> Combo:
    combo = Combo(theme)
    combo.setAccessibleName("Interpolation")
    combo.setToolTip("How the colours of new pixels are found")
    combo.set_choices(INTERPOLATIONS)
    combo.show_key(Interpolation.BICUBIC)
    return combo


class ImageSize(ImageForm):
    """`resize(width, height, interpolation)` is called on OK."""

    def __init__(
        self,
        theme: Theme,
        state: DocumentState,
        resize: Callable[[int, int, Interpolation], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Image size", parent)
        self._state, self._resize = state, resize
        self.sides = Sides(theme, state.rect.size)
        self.ratio = TextButton(theme, "Keep ratio")
        self.ratio.setCheckable(True)
        self.ratio.setChecked(True)
        self.ratio.setToolTip("Width and height change together")
        self.interpolation = _interpolations(theme)
        for axis, slider in enumerate(self.sides.sliders):
            slider.changed.connect(lambda _value, a=axis: self._take(a))
        for control in (self.sides, self.ratio, self.interpolation):
            self.column.addWidget(control)
        self.finish()
        self._show()

    def _take(self, axis: int) -> None:
        size = [float(side) for side in self.sides.size_px]
        size[axis] = self.sides.typed(axis)
        if self.ratio.isChecked():
            base = self._state.rect.size
            size[1 - axis] = size[axis] * base[1 - axis] / base[axis]
        self.sides.show_size(*size)
        self._show()

    def _show(self) -> None:
        width, height = self.sides.size_px
        warning, possible = memory_note(surface_bytes(self._state, width, height))
        self.tell(
            warning or f"From {size_text(*self._state.rect.size)} to {size_text(width, height)}", possible=possible
        )

    def apply(self) -> None:
        self._resize(*self.sides.size_px, Interpolation(str(self.interpolation.key)))


class RotateImage(ImageForm):
    """`rotate(degrees, interpolation)` is called on OK."""

    def __init__(
        self,
        theme: Theme,
        state: DocumentState,
        rotate: Callable[[float, Interpolation], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Rotate image", parent)
        self._state, self._rotate = state, rotate
        self.angle = ValueSlider(theme, "Angle, clockwise", _ANGLE, 0.0)
        self.angle.changed.connect(lambda _value: self._show())
        self.interpolation = _interpolations(theme)
        for control in (self.angle, self.interpolation):
            self.column.addWidget(control)
        self.finish()
        self._show()

    def _show(self) -> None:
        width, height = turned_size(self._state, self.angle.value)
        if max(width, height) > MAX_SIDE_PX:
            self.tell(f"The canvas would become {size_text(width, height)}; that is too large.", possible=False)
            return
        warning, possible = memory_note(surface_bytes(self._state, width, height))
        self.tell(warning or f"The canvas becomes {size_text(width, height)}", possible=possible)

    def apply(self) -> None:
        self._rotate(self.angle.value, Interpolation(str(self.interpolation.key)))
