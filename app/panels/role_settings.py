"""The settings of the active layer's role, in place: kind and range of a control, growth of a mask, and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QStackedLayout, QWidget

from app import layer_intents
from app.glossary import Glossary
from app.panels.layer_rows import REFERENCE_KINDS
from app.session import Session
from app.theme import Theme
from app.widgets.combo import Choice, Combo
from app.widgets.scale import PERCENT, WEIGHT, Scale
from app.widgets.slider import ValueSlider
from canvas.roles import Control, InpaintMask, Pose, Reference, Role
from models.control_kinds import control_kinds

_PIXELS = Scale(0, 128, unit=" px")


@dataclass(frozen=True, slots=True)
class _Form:
    """`show(role)` fills the widgets with the values of a role."""

    widget: QWidget
    show: Callable[[Role], None]


class RoleSettings(QWidget):
    """Shows what fits the active node's role and nothing for paint, groups of paint and unknown roles."""

    def __init__(self, session: Session, theme: Theme, glossary: Glossary) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._glossary = glossary
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._forms: Mapping[type, _Form] = {
            Control: self._control_form(), Pose: self._pose_form(),
            InpaintMask: self._mask_form(), Reference: self._reference_form(),
        }  # fmt: skip
        for form in self._forms.values():
            self._stack.addWidget(form.widget)

    def show_role(self, role: Role | None) -> None:
        form = self._forms.get(type(role))
        self.setVisible(form is not None)
        if form is not None and role is not None:
            form.show(role)
            self._stack.setCurrentWidget(form.widget)
            self.setFixedHeight(form.widget.sizeHint().height())

    # The forms

    def _control_form(self) -> _Form:
        kinds = [Choice(k.name, k.label, tip=k.explanation) for k in control_kinds().values() if k.drawn == "picture"]
        kind = self._combo("Control kind", "kind", kinds, "kind")
        weight = self._slider("Weight", WEIGHT, 1.0, "weight", lambda v: {"weight": v})
        start, end = self._range_sliders()

        def show(role: Role) -> None:
            assert isinstance(role, Control)
            kind.show_key(role.kind)
            weight.set_value(role.weight)
            start.set_value(role.start * 100)
            end.set_value(role.end * 100)

        return _Form(_grid(kind, weight, start, end), show)

    def _pose_form(self) -> _Form:
        weight = self._slider("Weight", WEIGHT, 1.0, "weight", lambda v: {"weight": v})
        start, end = self._range_sliders()

        def show(role: Role) -> None:
            assert isinstance(role, Pose)
            weight.set_value(role.weight)
            start.set_value(role.start * 100)
            end.set_value(role.end * 100)

        return _Form(_grid(weight, None, start, end), show)

    def _mask_form(self) -> _Form:
        grow = self._slider("Grow", _PIXELS, 0, "grow", lambda v: {"grow_px": round(v)})
        feather = self._slider("Feather", _PIXELS, 8, "feather", lambda v: {"feather_px": round(v)})

        def show(role: Role) -> None:
            assert isinstance(role, InpaintMask)
            grow.set_value(role.grow_px)
            feather.set_value(role.feather_px)

        return _Form(_grid(grow, feather), show)

    def _reference_form(self) -> _Form:
        choices = [Choice(key, label) for key, label in REFERENCE_KINDS.items()]
        kind = self._combo("Reference kind", "kind", choices, "reference_kind")
        weight = self._slider("Weight", WEIGHT, 0.7, "weight", lambda v: {"weight": v})

        def show(role: Role) -> None:
            assert isinstance(role, Reference)
            kind.show_key(role.kind)
            weight.set_value(role.weight)

        return _Form(_grid(kind, weight), show)

    def _range_sliders(self) -> tuple[ValueSlider, ValueSlider]:
        """Start and end in percent of the steps; moving one past the other takes it along."""
        start = self._slider("Start", PERCENT, 0, "start", lambda v: {"start": v / 100, "end": max(v, end.value) / 100})
        end = self._slider("End", PERCENT, 100, "end", lambda v: {"end": v / 100, "start": min(v, start.value) / 100})
        return start, end

    def _slider(
        self, name: str, scale: Scale, default: float, term: str, values: Callable[[float], Mapping[str, object]]
    ) -> ValueSlider:
        slider = ValueSlider(self._theme, name, scale, default)
        slider.setToolTip(self._glossary.tip(term))
        slider.changed.connect(lambda value: self._set(**values(value)))
        return slider

    def _combo(self, name: str, field: str, choices: list[Choice], term: str) -> Combo:
        combo = Combo(self._theme)
        combo.setAccessibleName(name)
        combo.setToolTip(self._glossary.tip(term))
        combo.set_choices(choices)
        combo.chosen.connect(lambda key: self._set(**{field: key}))
        return combo

    def _set(self, **values: object) -> None:
        session, active = self._session, self._session.active
        if active is not None:
            layer_intents.attempt(session, lambda: layer_intents.set_role_values(session, active, **values))


def _grid(*cells: QWidget | None) -> QWidget:
    """Two cells a row, 4 px apart."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(4)
    for i, cell in enumerate(cells):
        if cell is not None:
            grid.addWidget(cell, i // 2, i % 2)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    return widget
