"""The pen's own settings: how hard it must be pressed, and what its side buttons do. GUI thread only.

What is chosen counts at once, on the canvas too; Cancel brings back what there was.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.pen_settings import DEEDS, PRESETS, ButtonDeed, PenSettings, response
from app.theme import Theme
from app.tools.options import Held
from app.widgets.buttons import TextButton
from app.widgets.combo import Choice, Combo
from app.widgets.curve_editor import CurveEditor
from app.widgets.scratch_pad import Sample, ScratchPad
from canvas.curves import Curve

WIDTH_PX = 340
CURVE_PX = 220
PAD_PX = 120


class PenDialog(QDialog):
    """`pen`: the settings that canvas and window obey."""

    def __init__(self, theme: Theme, pen: Held[PenSettings], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Pen")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._pen, self._before = pen, pen.value
        self.presets = {name: TextButton(theme, name) for name in PRESETS}
        for name, button in self.presets.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _on=False, curve=PRESETS[name]: pen.set(curve=curve))
        self.curve = CurveEditor(theme)
        self.curve.setFixedHeight(CURVE_PX)
        self.curve.changed.connect(self._bend)
        self.pad = ScratchPad(theme, response(pen.value.curve), "Try it here", shows_stroke=True)
        self.pad.setFixedHeight(PAD_PX)
        self.pad.sampled.connect(self._mark)
        clear = TextButton(theme, "Clear")
        clear.clicked.connect(self.pad.clear)
        self.lower_button = self._choices(theme, "Lower side button")
        self.lower_button.chosen.connect(lambda deed: pen.set(lower_button=cast(ButtonDeed, deed)))
        self.upper_button = self._choices(theme, "Upper side button")
        self.upper_button.chosen.connect(lambda deed: pen.set(upper_button=cast(ButtonDeed, deed)))

        weights = QHBoxLayout()
        weights.setSpacing(6)
        weights.addWidget(QLabel("Pressure"), 1)
        for button in self.presets.values():
            weights.addWidget(button)
        about = QLabel("Across: how hard you press. Up: what brushes get.")
        about.setProperty("small", True)
        self.curve.setToolTip("Click to add a point, drag it out to remove it, double-click for the straight line")
        trying = QHBoxLayout()
        trying.addWidget(QLabel("Strokes"), 1)
        trying.addWidget(clear)
        buttons = QGridLayout()
        buttons.setHorizontalSpacing(8)
        buttons.setVerticalSpacing(6)
        buttons.setColumnStretch(1, 1)
        for row, (text, combo) in enumerate(
            (("Lower side button", self.lower_button), ("Upper side button", self.upper_button))
        ):
            buttons.addWidget(QLabel(text), row, 0)
            buttons.addWidget(combo, row, 1)
        reset = TextButton(theme, "Reset")
        reset.setToolTip("Back to a straight curve and the buttons as they come")
        reset.clicked.connect(lambda: pen.put(PenSettings()))
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        ok = QPushButton("OK")
        ok.setProperty("primary", True)
        ok.setDefault(True)
        ok.clicked.connect(self.accept)
        ending = QHBoxLayout()
        ending.setSpacing(6)
        ending.addWidget(reset)
        ending.addStretch(1)
        ending.addWidget(cancel)
        ending.addWidget(ok)

        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(weights)
        column.addWidget(self.curve)
        column.addWidget(about)
        column.addSpacing(4)
        column.addLayout(trying)
        column.addWidget(self.pad)
        column.addSpacing(4)
        column.addLayout(buttons)
        column.addSpacing(4)
        column.addLayout(ending)
        self.setFixedWidth(WIDTH_PX)
        ok.setFocus()
        self._disconnect = pen.changed.connect(self._show)
        self._show(pen.value)

    def _choices(self, theme: Theme, name: str) -> Combo:
        combo = Combo(theme)
        combo.setAccessibleName(name)
        combo.set_choices(Choice(deed, text) for deed, text in DEEDS.items())
        return combo

    def _bend(self, curve: Curve) -> None:
        self._pen.set(curve=curve)

    def _mark(self, sample: Sample) -> None:
        """Where on the curve the pen is now."""
        self.curve.set_marker(None if sample.happening == "release" else sample.pressure)

    def _show(self, pen: PenSettings) -> None:
        self.curve.set_curve(pen.curve)
        self.pad.set_response(response(pen.curve))
        for name, button in self.presets.items():
            button.setChecked(pen.curve == PRESETS[name])
        self.lower_button.show_key(pen.lower_button)
        self.upper_button.show_key(pen.upper_button)

    def reject(self) -> None:
        self._pen.put(self._before)
        super().reject()

    def done(self, result: int) -> None:
        self._disconnect()
        super().done(result)
