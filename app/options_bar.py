"""The bar on top: the options of the tool in the hand on the left, how the result is shown and Live on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QStackedWidget, QWidget

from app.glossary import Glossary
from app.session import Look, Session, Settings
from app.theme import MARGIN_PX, Theme
from app.tools.toolbox import Toolbox
from app.widgets.buttons import LampButton, TextButton
from app.widgets.scale import PERCENT, Scale
from app.widgets.slider import ValueSlider
from canvas.brush import MAX_SIZE_PX, Brush

HEIGHT_PX = 38
#: Tools that paint with a brush of their own, so that its options are theirs.
BRUSH_TOOLS = ("brush", "eraser", "mask")
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


class OptionsBar(QWidget):
    def __init__(
        self, session: Session, toolbox: Toolbox, theme: Theme, glossary: Glossary, toggle_live: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("options")
        self.setFixedHeight(HEIGHT_PX)
        self._session = session
        self._toolbox = toolbox
        self.brush = BrushOptions(session, toolbox, theme)
        self.hint = QLabel()
        self.hint.setProperty("dim", True)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._left = QStackedWidget()
        self._left.addWidget(self.brush)
        self._left.addWidget(self.hint)
        label = QLabel("Result over canvas")
        label.setProperty("dim", True)
        self.show_result = ValueSlider(theme, "Show", PERCENT, Look().opacity * 100)
        self.show_result.setFixedWidth(120)
        self.show_result.setToolTip(glossary.tip("show"))
        self.show_result.changed.connect(lambda v: session.set_look(replace(session.look, opacity=v / 100)))
        self.live = LampButton(theme, "Live")
        self.live.setToolTip(glossary.tip("live"))
        self.live.clicked.connect(toggle_live)

        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 0)
        row.setSpacing(8)
        row.addWidget(self._left, 1)
        row.addSpacing(8)
        row.addWidget(label)
        row.addWidget(self.show_result)
        row.addSpacing(4)
        row.addWidget(self.live, 0, Qt.AlignmentFlag.AlignVCenter)
        toolbox.changed.connect(self._show_tool)
        session.look_changed.connect(self._show_look)
        session.live_changed.connect(self.live.setChecked)
        self._show_tool()
        self._show_look(session.look)
        self.live.setChecked(session.live)

    def _show_tool(self) -> None:
        if self._toolbox.active_id in BRUSH_TOOLS:
            self._left.setCurrentWidget(self.brush)
            return
        spec = next(spec for spec in self._toolbox.tools if spec.id == self._toolbox.active_id)
        self.hint.setText(f"{spec.label}: {spec.hint[:1].lower()}{spec.hint[1:]}")
        self.hint.setToolTip(spec.hint)
        self._left.setCurrentWidget(self.hint)

    def _show_look(self, look: Look) -> None:
        self.show_result.set_value(look.opacity * 100)
