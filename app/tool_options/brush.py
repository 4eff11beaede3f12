"""Options of the tools that paint: the preset, what is changed most often about a brush, symmetry. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from app.icons import paint_icon
from app.session import Session, Settings
from app.theme import CONTROL_PX, RADIUS_PX, Theme, text_font
from app.tools.smudge import SmudgeTool
from app.tools.toolbox import Toolbox
from app.widgets.buttons import IconButton
from app.widgets.combo import Choice, Combo
from app.widgets.scale import PERCENT, Scale
from app.widgets.slider import ValueSlider
from canvas.brush import MAX_SIZE_PX, ROUND, Brush, Input, Parameter, StabiliserKind
from canvas.curves import LINEAR
from canvas.symmetry import SymmetryKind

SIZE = Scale(1, MAX_SIZE_PX, unit=" px", curve="log")
STRING = Scale(1, 300, unit=" px", curve="log")
STABILISERS = (
    Choice(StabiliserKind.NONE, "No stabiliser", tip="The line is exactly the pen's"),
    Choice(StabiliserKind.BASIC, "Basic", tip="The line follows the pen on a soft string"),
    Choice(StabiliserKind.WEIGHTED, "Weighted", tip="The line is a mean of the way so far; pressure too"),
    Choice(StabiliserKind.STRING, "Pulled string", tip="The pen pulls the line on a string; short ways change nothing"),
)
#: What pressure governs most often, with what the artist reads.
_PRESSED = (
    (Parameter.SIZE, "Size"),
    (Parameter.OPACITY, "Opacity"),
    (Parameter.FLOW, "Flow"),
    (Parameter.HARDNESS, "Hardness"),
    (Parameter.SMUDGE, "Smudge"),
)
_SYMMETRIES = (
    (SymmetryKind.NONE, "Off"),
    (SymmetryKind.VERTICAL, "Mirror left and right"),
    (SymmetryKind.HORIZONTAL, "Mirror top and bottom"),
    (SymmetryKind.BOTH, "Mirror both"),
    (SymmetryKind.ROTATIONAL, "Rotational"),
    (SymmetryKind.SNOWFLAKE, "Snowflake"),
)
_ARMS = (3, 4, 5, 6, 8, 12, 16)
_SLIDER_PX = 140


class PresetButton(QAbstractButton):
    """The preset in the hand: the stroke that it makes, its name, and a dot while it is changed."""

    PICTURE = QSize(52, CONTROL_PX)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._picture: QPixmap | None = None
        self._dirty = False
        self.setFixedHeight(CONTROL_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip("Brush preset: everything about the brush at once. A right click on the canvas shows it too.")

    @property
    def is_dirty(self) -> bool:
        return self._dirty

    def show_preset(self, name: str, picture: QPixmap | None, *, dirty: bool) -> None:
        """`picture`: of the size PICTURE on a transparent ground, None while it is drawn."""
        self._picture, self._dirty = picture, dirty
        self.setText(name)
        self.setAccessibleName(f"Brush preset {name}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.PICTURE.width() + 104, CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        painter.fillPath(shape, tokens.hover if self.underMouse() or self.isDown() else tokens.raised)
        picture = QRectF(0, 0, self.PICTURE.width(), self.height())
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(picture, tokens.field)
        if self._picture is not None:
            painter.drawPixmap(picture.topLeft(), self._picture)
        painter.restore()
        painter.setPen(tokens.text)
        arrow = QRectF(self.width() - 18, 0, 12, self.height()).center()
        paint_icon(painter, "down", arrow, tokens.text, 12)
        words = QRectF(picture.right() + 8, 0, self.width() - picture.width() - 8 - 20, self.height())
        if self._dirty:
            words.setRight(words.right() - 9)
        text = QFontMetricsF(text_font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if self._dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.accent)
            painter.drawEllipse(QRectF(words.right() + 3, self.height() / 2 - 2.5, 5, 5))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(tokens.focus)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        painter.end()


class BrushOptions(QWidget):
    """In a window that is too narrow for all of it, what can be reached elsewhere makes room first.

    A click on `preset` is for the window to answer: it has the presets.
    """

    def __init__(self, session: Session, toolbox: Toolbox, theme: Theme) -> None:
        super().__init__()
        self._session, self._toolbox, self._theme = session, toolbox, theme
        self.preset = PresetButton(theme)
        self.size_px = self._slider("Size", SIZE, 12, "Diameter where nothing makes it smaller", self._take_size)
        self.opacity = self._share(
            "Opacity", "opacity", "How opaque a whole stroke gets, however often it crosses itself"
        )
        self.flow = self._share("Flow", "flow", "How much paint each touch of the brush adds, up to the opacity")
        self.hardness = self._share("Hardness", "hardness", "100 % has a crisp edge, 0 % fades from the middle")
        self.stabiliser = Combo(theme)
        self.stabiliser.setFixedWidth(112)
        self.stabiliser.setAccessibleName("Stabiliser")
        self.stabiliser.setToolTip("How the line is steadied while you draw")
        self.stabiliser.set_choices(STABILISERS)
        self.stabiliser.chosen.connect(lambda kind: self._steady(kind=kind))
        self.strength = self._slider(
            "Steady", PERCENT, 30, "How much the line is steadied; more follows the pen later", self._take_strength
        )
        self.string = self._slider("String", STRING, 40, "How long the string is, on the screen", self._take_string)
        self.pressure = self._menu_button("wedge", "What pressing the pen harder changes", self.pressure_menu)
        self.symmetry = self._menu_button("symmetry", "", self.symmetry_menu)
        self.erasing = IconButton(theme, "eraser", "Erase with this brush")
        self.erasing.setCheckable(True)
        self.erasing.clicked.connect(lambda on: toolbox.erasing.set(with_brush=on))
        self.all_layers = IconButton(theme, "merge-all", "Smudge what is seen of all layers")
        self.all_layers.setCheckable(True)
        smudge = toolbox.tool("smudge")
        assert isinstance(smudge, SmudgeTool)
        self._smudge = smudge
        self.all_layers.clicked.connect(lambda on: smudge.options.set(all_layers=on))

        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._controls: tuple[QWidget, ...] = (
            self.preset, self.size_px, self.opacity, self.flow, self.hardness, self.stabiliser, self.strength,
            self.string, self.pressure, self.symmetry, self.erasing, self.all_layers,
        )  # fmt: skip
        for control in self._controls:
            self._row.addWidget(control, int(isinstance(control, ValueSlider)))
        self._row.addStretch(1)
        self.setMinimumWidth(1)
        session.settings_changed.connect(self._show)
        toolbox.symmetry.changed.connect(lambda _symmetry: self._show_modes())
        toolbox.erasing.changed.connect(lambda _erasing: self._show_modes())
        smudge.options.changed.connect(lambda _options: self._show_modes())
        toolbox.changed.connect(self.fit)
        self._show(session.settings)
        self._show_modes()

    # Building

    def _slider(self, name: str, scale: Scale, default: float, tip: str, take: Callable[[float], None]) -> ValueSlider:
        slider = ValueSlider(self._theme, name, scale, default)
        slider.setToolTip(tip)
        slider.setMinimumWidth(slider.minimumSizeHint().width() + 2)
        slider.setMaximumWidth(max(_SLIDER_PX, slider.minimumWidth()))
        slider.changed.connect(take)
        return slider

    def _share(self, name: str, field: str, tip: str) -> ValueSlider:
        return self._slider(name, PERCENT, 100, tip, lambda value: self._set(**{field: value / 100}))

    def _menu_button(self, icon: str, tip: str, menu: Callable[[], QMenu]) -> IconButton:
        button = IconButton(self._theme, icon, tip)
        button.setCheckable(True)

        def open_menu() -> None:
            self._show_modes()  # a click has turned it over
            menu().popup(button.mapToGlobal(QPoint(0, button.height() + 2)))

        button.clicked.connect(open_menu)
        return button

    def pressure_menu(self) -> QMenu:
        """What the pressure of the pen may govern."""
        menu, brush = QMenu(self), self._session.settings.brush
        for parameter, text in _PRESSED:
            if parameter is Parameter.SMUDGE and not brush.smudges:
                continue
            driven = brush.curve(parameter, Input.PRESSURE) is not None
            self._tick(menu, f"Pressure changes {text.lower()}", partial(self._turn_over, parameter), on=driven)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def symmetry_menu(self) -> QMenu:
        """How strokes are mirrored, how many arms they have, and where the axes lie."""
        menu, held = QMenu(self), self._toolbox.symmetry
        value = held.value
        kinds = QActionGroup(menu)
        for kind, text in _SYMMETRIES:
            kinds.addAction(self._tick(menu, text, partial(held.set, kind=kind), on=kind is value.kind))
        if value.kind in (SymmetryKind.ROTATIONAL, SymmetryKind.SNOWFLAKE):
            menu.addSeparator()
            arms = QActionGroup(menu)
            for count in _ARMS:
                on = count == value.arms
                arms.addAction(self._tick(menu, f"{count} arms", partial(held.set, arms=count), on=on))
        menu.addSeparator()
        state = self._session.document.state
        box = None if state.selection is None else state.selection.content_bounds()
        menu.addAction("Axes through the middle", lambda: held.set(x=None, y=None))
        at_selection = menu.addAction("Axes through the middle of the selection")
        at_selection.setEnabled(bool(box))
        if box:
            at_selection.triggered.connect(lambda: held.set(x=(box.x0 + box.x1) / 2, y=(box.y0 + box.y1) / 2))
        if value.kind is not SymmetryKind.NONE:
            menu.addAction("Move the axes by dragging on the canvas", self._toolbox.place_axes)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _tick(self, menu: QMenu, text: str, do: Callable[[], object], *, on: bool) -> QAction:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(lambda _on: do())
        return action

    # The hand

    def _set(self, **values: Any) -> None:
        self._session.set_brush(replace(self._session.settings.brush, **values))

    def _steady(self, **values: Any) -> None:
        self._set(stabiliser=replace(self._session.settings.brush.stabiliser, **values))

    def _take_size(self, value: float) -> None:
        self._set(size_px=value)

    def _take_strength(self, value: float) -> None:
        self._steady(strength=value / 100)

    def _take_string(self, value: float) -> None:
        self._steady(string_px=value)

    def _turn_over(self, parameter: Parameter) -> None:
        """Have pressure drive a parameter, or no longer."""
        brush = self._session.settings.brush
        driven = brush.curve(parameter, Input.PRESSURE) is not None
        self._session.set_brush(brush.driven(parameter, Input.PRESSURE, None if driven else LINEAR))

    # The look

    def _show(self, settings: Settings) -> None:
        brush = settings.brush
        self.size_px.set_value(brush.size_px)
        for slider, share in (
            (self.opacity, brush.opacity), (self.flow, brush.flow),
            (self.hardness, brush.hardness), (self.strength, brush.stabiliser.strength),
        ):  # fmt: skip
            slider.set_value(share * 100)
        self.string.set_value(brush.stabiliser.string_px)
        self.stabiliser.show_key(brush.stabiliser.kind)
        self._show_modes()
        self.fit()

    def _show_modes(self) -> None:
        brush, symmetry = self._session.settings.brush, self._toolbox.symmetry.value
        self.pressure.setChecked(any(dynamic.input is Input.PRESSURE for dynamic in brush.dynamics))
        self.pressure.setToolTip(pressure_text(brush))
        self.symmetry.setChecked(symmetry.kind is not SymmetryKind.NONE)
        name = dict(_SYMMETRIES)[symmetry.kind].lower()
        self.symmetry.setToolTip("Symmetry: strokes are drawn once more in a mirror" if name == "off" else
                                 f"Symmetry: {name}")  # fmt: skip
        self.erasing.setChecked(self._toolbox.erasing.value.with_brush)
        self.all_layers.setChecked(self._smudge.options.value.all_layers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Show what has a meaning for the tool and the brush, as far as there is room."""
        tool, brush = self._toolbox.active_id, self._session.settings.brush
        kind = brush.stabiliser.kind
        meaningless = {
            self.hardness: brush.tip != ROUND,
            self.strength: kind not in (StabiliserKind.BASIC, StabiliserKind.WEIGHTED),
            self.string: kind is not StabiliserKind.STRING,
            self.erasing: tool != "brush",
            self.all_layers: tool != "smudge",
        }
        shown = [control for control in self._controls if not meaningless.get(control, False)]
        # The first to make room are those that the brush editor has as well.
        spared = (self.strength, self.string, self.hardness, self.stabiliser, self.flow, self.symmetry)
        for control in spared:
            if self._needed_px(shown) <= self.width():
                break
            if control in shown:
                shown.remove(control)
        for each in self._controls:
            each.setVisible(each in shown)

    def _needed_px(self, shown: Sequence[QWidget]) -> int:
        return sum(max(c.minimumSizeHint().width(), c.minimumWidth()) + self._row.spacing() for c in shown)


def pressure_text(brush: Brush) -> str:
    """ "Pressure changes size and opacity", or that it changes nothing."""
    governed = [dynamic.parameter.value for dynamic in brush.dynamics if dynamic.input is Input.PRESSURE]
    if not governed:
        return "Pressure changes nothing"
    *first, last = governed
    return f"Pressure changes {', '.join(first)} and {last}" if first else f"Pressure changes {last}"
