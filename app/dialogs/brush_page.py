"""One page of the brush editor: its numbers, and a curve for every input that drives its parameter. GUI thread only.

Everything acts on the brush in the hand at once, so that it can be tried on the canvas while the editor is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.brush_shelf import BrushShelf
from app.dialogs.brush_pages import INPUT_ENDS, INPUT_NAMES, BrushPage, Number, Switch, first_curve
from app.panels.brush_pictures import pixmap_of
from app.session import Session
from app.theme import Theme
from app.tool_options.brush import STABILISERS, STRING
from app.widgets.check import Check
from app.widgets.combo import Combo
from app.widgets.curve_editor import CurveEditor
from app.widgets.dynamics_matrix import DynamicsMatrix
from app.widgets.picture_chooser import PictureChooser
from app.widgets.scale import PERCENT
from app.widgets.segments import Segments
from app.widgets.slider import ValueSlider
from canvas.brush import ROUND, Brush, BrushMode, Input, Parameter, StabiliserKind
from canvas.curves import Curve
from canvas.tiles import Pixels8

_CURVE_PX = 168
_COLUMNS = 2
_WIDTH_PX = 2 * _CURVE_PX + 24
_PICTURE_PX = 128
_MODES = ((BrushMode.PAINT, "Paint"), (BrushMode.ERASE, "Erase"), (BrushMode.SMUDGE, "Smudge"))


class BrushPageView(QWidget):
    """`go_to(parameter, input)`: the overview asks for the page of a parameter; `input` is to drive it."""

    def __init__(
        self,
        page: BrushPage,
        session: Session,
        shelf: BrushShelf,
        theme: Theme,
        go_to: Callable[[Parameter, Input], None],
    ) -> None:
        super().__init__()
        self._page, self._session, self._shelf, self._theme, self._go_to = page, session, shelf, theme, go_to
        self._shows: list[Callable[[Brush], None]] = []
        self.sliders: dict[str, ValueSlider] = {}
        self.switches: dict[str, Check] = {}
        self.setObjectName("panel")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(8)
        title, about = QLabel(page.title), QLabel(page.about)
        title.setProperty("heading", True)
        about.setProperty("dim", True)
        about.setWordWrap(True)
        self._column.addWidget(title)
        self._column.addWidget(about)
        self._column.addSpacing(4)
        for part in page.parts:
            self._add(part)
        self.drivers: dict[Input, Check] = {}
        self.curves: dict[Input, CurveEditor] = {}
        if page.parameter is not None:
            self._add_drivers(page.parameter)
        self._column.addStretch(1)

    def show_brush(self, brush: Brush) -> None:
        for show in self._shows:
            show(brush)

    # Parts

    def _add(self, part: Number | Switch | str) -> None:
        if isinstance(part, Number):
            self._add_number(part)
        elif isinstance(part, Switch):
            self._add_switch(part)
        else:
            {
                "tip": self._add_tips,
                "texture": self._add_textures,
                "stabiliser": self._add_stabiliser,
                "mode": self._add_mode,
                "matrix": self._add_matrix,
            }[part]()

    def _slider(self, part: Number, take: Callable[[float], object]) -> ValueSlider:
        slider = ValueSlider(self._theme, part.name, part.scale, part.default * part.shown)
        slider.setToolTip(part.tip)
        slider.setFixedWidth(_WIDTH_PX)
        slider.changed.connect(take)
        self._column.addWidget(slider)
        self.sliders[part.field] = slider
        return slider

    def _add_number(self, part: Number) -> None:
        slider = self._slider(part, lambda value: self._set(**{part.field: value / part.shown}))
        self._shows.append(lambda brush: slider.set_value(getattr(brush, part.field) * part.shown))

    def _add_switch(self, part: Switch) -> None:
        check = Check(self._theme, part.text)
        check.setToolTip(part.tip)
        check.clicked.connect(lambda on: self._set(**{part.field: on != part.inverted}))
        self._column.addWidget(check)
        self.switches[part.field] = check
        self._shows.append(lambda brush: check.setChecked(getattr(brush, part.field) != part.inverted))

    def _add_tips(self) -> None:
        chooser = PictureChooser(self._theme, "Tips", self._tip_picture)
        chooser.chosen.connect(lambda tip: self._set(tip=tip))
        self._column.addWidget(chooser)

        def show(brush: Brush) -> None:
            chooser.set_keys((ROUND, *sorted(self._shelf.images.tips, key=str.casefold)))
            chooser.show_key(brush.tip)

        self._shows.append(show)

    def _add_textures(self) -> None:
        chooser = PictureChooser(self._theme, "Textures", self._texture_picture, rows=1)
        chooser.chosen.connect(lambda texture: self._set(texture=texture))
        self._column.addWidget(chooser)

        def show(brush: Brush) -> None:
            chooser.set_keys(("", *sorted(self._shelf.images.grains, key=str.casefold)))
            chooser.show_key(brush.texture)
            for field in ("texture_strength", "texture_scale"):
                self.sliders[field].setEnabled(bool(brush.texture))

        self._shows.append(show)

    def _tip_picture(self, tip: str) -> QPixmap:
        """A tip as it prints, on the ground of a field."""
        if tip == ROUND:
            ys, xs = np.mgrid[:_PICTURE_PX, :_PICTURE_PX] - (_PICTURE_PX - 1) / 2
            disc = np.clip(_PICTURE_PX * 0.4 - np.hypot(xs, ys), 0.0, 1.0) * 255
            return self._inked(np.asarray(disc, np.uint8))
        try:
            mask = self._shelf.images.tips[tip].mask
        except KeyError:  # the file is gone or damaged
            mask = np.zeros((1, 1), np.uint8)
        scale = 0.8 * _PICTURE_PX / max(mask.shape)
        size = max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale))
        small = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
        square = np.zeros((_PICTURE_PX, _PICTURE_PX), np.uint8)
        top, left = (_PICTURE_PX - size[1]) // 2, (_PICTURE_PX - size[0]) // 2
        square[top : top + size[1], left : left + size[0]] = small
        return self._inked(square)

    def _texture_picture(self, texture: str) -> QPixmap:
        """A corner of the grain; a field that is struck out for none."""
        try:
            heights = self._shelf.images.grains[texture].heights
        except KeyError:
            empty = np.zeros((_PICTURE_PX, _PICTURE_PX), np.uint8)
            far = _PICTURE_PX - 32
            return self._inked(np.asarray(cv2.line(empty, (32, far), (far, 32), 140, 3, cv2.LINE_AA), np.uint8))
        rows, columns = (np.arange(_PICTURE_PX) % side for side in heights.shape)
        return self._inked(heights[np.ix_(rows, columns)])

    def _inked(self, mask: Pixels8) -> QPixmap:
        tokens = self._theme.tokens
        ink, ground = (np.array([c.red(), c.green(), c.blue()]) for c in (tokens.text, tokens.field))
        share = mask[..., None] / 255.0
        rgb = np.rint(share * ink + (1.0 - share) * ground).astype(np.uint8)
        return pixmap_of(np.dstack([rgb, np.full(mask.shape, 255, np.uint8)]), 1.0)

    def _add_stabiliser(self) -> None:
        kind = Combo(self._theme)
        kind.setFixedWidth(_WIDTH_PX)
        kind.setAccessibleName("Stabiliser")
        kind.set_choices(STABILISERS)
        kind.chosen.connect(lambda chosen: self._steady(kind=chosen))
        self._column.addWidget(kind)
        strength = self._slider(
            Number("strength", "Strength", PERCENT, 100.0, "How much the line is steadied; more follows the pen later"),
            lambda value: self._steady(strength=value / 100),
        )
        string = self._slider(
            Number("string_px", "String", STRING, 1.0, "Within this length the pen moves freely"),
            lambda value: self._steady(string_px=value),
        )
        zoom = Check(self._theme, "The same for the hand at every zoom")
        zoom.clicked.connect(lambda on: self._steady(zoom_scaled=on))
        finish = Check(self._theme, "Draw the line to its end when the pen is lifted")
        finish.clicked.connect(lambda on: self._steady(finish_line=on))
        self._column.addWidget(zoom)
        self._column.addWidget(finish)

        def show(brush: Brush) -> None:
            steady = brush.stabiliser
            kind.show_key(steady.kind)
            strength.set_value(steady.strength * 100)
            strength.setVisible(steady.kind in (StabiliserKind.BASIC, StabiliserKind.WEIGHTED))
            string.set_value(steady.string_px)
            string.setVisible(steady.kind is StabiliserKind.STRING)
            for check, on in ((zoom, steady.zoom_scaled), (finish, steady.finish_line)):
                check.setChecked(on)
                check.setVisible(steady.kind is not StabiliserKind.NONE)

        self._shows.append(show)

    def _add_mode(self) -> None:
        modes = Segments(self._theme, "Mode", _MODES)
        modes.setFixedWidth(_WIDTH_PX)
        modes.chosen.connect(lambda mode: self._set(mode=BrushMode(mode)))
        self._column.addWidget(modes)
        self._shows.append(lambda brush: modes.show_key(brush.mode))

    def _add_matrix(self) -> None:
        matrix = DynamicsMatrix(self._theme, tuple(Parameter), INPUT_NAMES)
        matrix.picked.connect(self._go_to)
        self._column.addWidget(matrix)
        self._shows.append(matrix.show_brush)

    # What drives the parameter

    def _add_drivers(self, parameter: Parameter) -> None:
        self._column.addSpacing(6)
        heading = QLabel("Driven by")
        self._column.addWidget(heading)
        row = QHBoxLayout()
        row.setSpacing(12)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(_COLUMNS, 1)
        frames: dict[Input, QWidget] = {}
        for by, name in INPUT_NAMES.items():
            check = Check(self._theme, name)
            check.clicked.connect(lambda on, b=by: self.drive(parameter, b, on=on))
            row.addWidget(check)
            self.drivers[by] = check
            frames[by] = self._curve_frame(parameter, by)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addLayout(grid)
        placed: list[Input] = []

        def show(brush: Brush) -> None:
            driving = [by for by in INPUT_NAMES if brush.curve(parameter, by) is not None]
            for by, check in self.drivers.items():
                curve = brush.curve(parameter, by)
                check.setChecked(curve is not None)
                if curve is not None:
                    self.curves[by].set_curve(curve)
            if driving != placed:
                for by in placed:
                    grid.removeWidget(frames[by])
                for index, by in enumerate(driving):
                    grid.addWidget(frames[by], *divmod(index, _COLUMNS), Qt.AlignmentFlag.AlignLeft)
                for by, frame in frames.items():
                    frame.setVisible(by in driving)
                placed[:] = driving

        self._shows.append(show)
        for frame in frames.values():
            frame.setParent(self)
            frame.hide()

    def _curve_frame(self, parameter: Parameter, by: Input) -> QWidget:
        """The curve with the name of its input above and the meaning of its ends below."""
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        name = QLabel(INPUT_NAMES[by])
        name.setProperty("small", True)
        editor = CurveEditor(self._theme, first_curve(parameter, by))
        editor.setFixedSize(_CURVE_PX, _CURVE_PX)
        editor.setAccessibleName(f"{parameter.value.capitalize()} by {INPUT_NAMES[by].lower()}")
        editor.changed.connect(lambda curve: self._bend(parameter, by, curve))
        ends = QHBoxLayout()
        for text in INPUT_ENDS[by]:
            label = QLabel(text)
            label.setProperty("small", True)
            ends.addWidget(label)
            if text is not INPUT_ENDS[by][1]:
                ends.addStretch(1)
        column.addWidget(name)
        column.addWidget(editor)
        column.addLayout(ends)
        frame.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.curves[by] = editor
        return frame

    def drive(self, parameter: Parameter, by: Input, *, on: bool) -> None:
        """Have an input drive the parameter, with the curve it last had here, or no longer."""
        self._bend(parameter, by, self.curves[by].curve if on else None)

    def _bend(self, parameter: Parameter, by: Input, curve: Curve | None) -> None:
        self._session.set_brush(self._session.settings.brush.driven(parameter, by, curve))

    def _set(self, **values: Any) -> None:
        self._session.set_brush(replace(self._session.settings.brush, **values))

    def _steady(self, **values: Any) -> None:
        self._set(stabiliser=replace(self._session.settings.brush.stabiliser, **values))

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX + 96, super().sizeHint().height())
