"""The settings of the active layer's role, in place: the kind and range of a control, growth of a mask, and so on.

What does not matter for a role is not shown; how layers blend is set in the strip above the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from app import layer_intents
from app.glossary import Glossary
from app.panels.layer_rows import REFERENCE_KINDS
from app.session import Session
from app.theme import Theme
from app.widgets.combo import Choice, Combo
from app.widgets.scale import PERCENT, WEIGHT, Scale
from app.widgets.slider import ValueSlider
from canvas.layers import Node
from canvas.roles import Control, InpaintMask, Pose, Reference
from models.control_kinds import control_kinds

_PIXELS = Scale(0, 128, unit=" px")


@dataclass(frozen=True, slots=True)
class _Form:
    """`show(node)` fills the widgets with the values of a node whose role the form is for."""

    widget: QWidget
    show: Callable[[Node], None]


class RoleSettings(QWidget):
    """Shows the form of the active node's role, and nothing at all for a role that has none."""

    def __init__(self, session: Session, theme: Theme, glossary: Glossary) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._glossary = glossary
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._forms: Mapping[type, _Form] = {
            Control: self._control_form(), Pose: self._pose_form(), InpaintMask: self._mask_form(),
            Reference: self._reference_form(),
        }  # fmt: skip
        for form in self._forms.values():
            self._stack.addWidget(form.widget)

    def show_node(self, node: Node | None) -> None:
        form = self._forms.get(type(node.role)) if node is not None else None
        self.setVisible(form is not None)
        if form is None or node is None:
            return
        form.show(node)
        if self._stack.currentWidget() is not form.widget or self.height() != form.widget.sizeHint().height():
            self._stack.setCurrentWidget(form.widget)
            self.setFixedHeight(form.widget.sizeHint().height())

    # The forms

    def _control_form(self) -> _Form:
        kinds = [Choice(k.name, k.label, tip=k.explanation) for k in control_kinds().values() if k.drawn == "picture"]
        kind = self._combo("Control kind", kinds, "kind")
        weight, start, end = self._strictness()

        def show(node: Node) -> None:
            role = node.role
            assert isinstance(role, Control)
            kind.show_key(role.kind)
            _show_strictness(role, weight, start, end)

        return _Form(_rows((kind,), (weight, start, end)), show)

    def _pose_form(self) -> _Form:
        weight, start, end = self._strictness()

        def show(node: Node) -> None:
            assert isinstance(node.role, Pose)
            _show_strictness(node.role, weight, start, end)

        return _Form(_rows((weight, start, end)), show)

    def _mask_form(self) -> _Form:
        grow = self._slider("Grow", _PIXELS, 0, "grow", lambda v: {"grow_px": round(v)})
        feather = self._slider("Feather", _PIXELS, 8, "feather", lambda v: {"feather_px": round(v)})

        def show(node: Node) -> None:
            assert isinstance(node.role, InpaintMask)
            grow.set_value(node.role.grow_px)
            feather.set_value(node.role.feather_px)

        return _Form(_rows((grow, feather)), show)

    def _reference_form(self) -> _Form:
        choices = [Choice(key, label) for key, label in REFERENCE_KINDS.items()]
        kind = self._combo("Reference kind", choices, "reference_kind")
        weight = self._slider("Weight", WEIGHT, 0.7, "weight", lambda v: {"weight": v})

        def show(node: Node) -> None:
            assert isinstance(node.role, Reference)
            kind.show_key(node.role.kind)
            weight.set_value(node.role.weight)

        return _Form(_rows((kind, weight)), show)

    # Their parts

    def _strictness(self) -> tuple[ValueSlider, ValueSlider, ValueSlider]:
        """Weight, start and end in percent of the steps; moving start or end past the other takes it along."""
        weight = self._slider("Weight", WEIGHT, 1.0, "weight", lambda v: {"weight": v})
        start = self._slider("Start", PERCENT, 0, "start", lambda v: {"start": v / 100, "end": max(v, end.value) / 100})
        end = self._slider("End", PERCENT, 100, "end", lambda v: {"end": v / 100, "start": min(v, start.value) / 100})
        return weight, start, end

    def _slider(
        self, name: str, scale: Scale, default: float, term: str, values: Callable[[float], Mapping[str, object]]
    ) -> ValueSlider:
        slider = ValueSlider(self._theme, name, scale, default)
        slider.setToolTip(self._glossary.tip(term))
        slider.changed.connect(lambda value: self._set(**values(value)))
        return slider

    def _combo(self, name: str, choices: list[Choice], term: str) -> Combo:
        """A choice for the field `kind` of the role."""
        combo = Combo(self._theme)
        combo.setAccessibleName(name)
        combo.setToolTip(self._glossary.tip(term))
        combo.set_choices(choices)
        combo.chosen.connect(lambda key: self._set(kind=key))
        return combo

    def _set(self, **values: object) -> None:
        session, active = self._session, self._session.active
        if active is not None:
            layer_intents.attempt(session, lambda: layer_intents.set_role_values(session, active, **values))


def _show_strictness(role: Control | Pose, weight: ValueSlider, start: ValueSlider, end: ValueSlider) -> None:
    weight.set_value(role.weight)
    start.set_value(role.start * 100)
    end.set_value(role.end * 100)


def _rows(*rows: tuple[QWidget, ...]) -> QWidget:
    """Cells that share the width of their row, 4 px apart."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for cells in rows:
        row = QHBoxLayout()
        row.setSpacing(4)
        for cell in cells:
            row.addWidget(cell, 1)
        column.addLayout(row)
    return widget
