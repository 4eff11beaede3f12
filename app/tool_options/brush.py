"""Options of the tools that paint: the brush preset and its most used settings. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.session import Session, Settings
from app.theme import Theme
from app.tools.toolbox import Toolbox
from app.widgets.buttons import TextButton
from app.widgets.scale import PERCENT, Scale
from app.widgets.slider import ValueSlider
from canvas.brush import MAX_SIZE_PX, Brush

_SIZE = Scale(1, MAX_SIZE_PX, unit=" px", curve="log")


class BrushOptions(QWidget):
    """Preset, size, opacity, flow, hardness, smoothing, and what the pressure of the pen governs."""

    def __init__(self, session: Session, toolbox: Toolbox, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        presets = QMenu(self)
        for brush in toolbox.presets:
            presets.addAction(brush.name, partial(session.set_brush, brush))
        self.preset = TextButton(theme, "", presets)
        self.preset.setToolTip("Brush preset: everything about the brush at once")
        self.size_px = self._slider("Size", _SIZE, 12, "Diameter at full pressure", lambda v: {"size_px": v})
        self.opacity = self._share(
            "Opacity", "opacity", "How opaque a whole stroke gets, however often it crosses itself"
        )
        self.flow = self._share("Flow", "flow", "How much paint each touch of the brush adds, up to the opacity")
        self.hardness = self._share("Hardness", "hardness", "100 % has a crisp edge, 0 % fades from the middle")
        self.smoothing = self._share(
            "Smoothing", "smoothing", "How much the line is steadied; more lags further behind"
        )
        pressure = QMenu(self)
        self._by_size = self._pressure(pressure, "Pressure changes size", "size_by_pressure")
        self._by_opacity = self._pressure(pressure, "Pressure changes opacity", "opacity_by_pressure")
        self.pressure = TextButton(theme, "", pressure)
        self.pressure.setToolTip("What pressing the pen harder changes")

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.preset)
        for slider in (self.size_px, self.opacity, self.flow, self.hardness, self.smoothing):
            slider.setMaximumWidth(150)
            row.addWidget(slider, 1)
        row.addWidget(self.pressure)
        row.addStretch(1)
        session.settings_changed.connect(self._show)
        self._show(session.settings)

    def _slider(
        self, name: str, scale: Scale, default: float, tip: str, values: Callable[[float], dict[str, float]]
    ) -> ValueSlider:
        slider = ValueSlider(self._theme, name, scale, default)
        slider.setToolTip(tip)
        slider.changed.connect(lambda value: self._set(**values(value)))
        return slider

    def _share(self, name: str, field: str, tip: str) -> ValueSlider:
        return self._slider(name, PERCENT, 100, tip, lambda v: {field: v / 100})

    def _pressure(self, menu: QMenu, text: str, field: str) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.triggered.connect(lambda on: self._set(**{field: 1.0 if on else 0.0}))
        return action

    def _set(self, **values: float) -> None:
        self._session.set_brush(replace(self._session.settings.brush, **values))  # type: ignore[arg-type]

    def _show(self, settings: Settings) -> None:
        brush = settings.brush
        self.preset.setText(brush.name)
        self.preset.updateGeometry()
        self.size_px.set_value(brush.size_px)
        for slider, share in (
            (self.opacity, brush.opacity), (self.flow, brush.flow),
            (self.hardness, brush.hardness), (self.smoothing, brush.smoothing),
        ):  # fmt: skip
            slider.set_value(share * 100)
        self._by_size.setChecked(brush.size_by_pressure > 0)
        self._by_opacity.setChecked(brush.opacity_by_pressure > 0)
        self.pressure.setText(pressure_text(brush))
        self.pressure.updateGeometry()


def pressure_text(brush: Brush) -> str:
    """ "Pressure: size", "Pressure: size, opacity" or "Pressure off" """
    governed = [
        name for name, share in (("size", brush.size_by_pressure), ("opacity", brush.opacity_by_pressure)) if share > 0
    ]
    return f"Pressure: {', '.join(governed)}" if governed else "Pressure off"
