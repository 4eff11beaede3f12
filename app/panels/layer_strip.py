"""The strip above the list of layers: blend mode, opacity, fill, locks, clipping, mask, and the field that filters it.

All of it works on what is chosen and shows the active node.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from app import layer_intents, mask_intents
from app.layer_intents import BLEND_MODES
from app.session import Session
from app.theme import MARGIN_PX, Theme
from app.widgets.buttons import IconButton
from app.widgets.combo import Choice, Combo
from app.widgets.field import TextField
from app.widgets.scale import PERCENT
from app.widgets.slider import ValueSlider
from canvas.blend_modes import BlendMode
from canvas.layers import Group, Layer
from canvas.roles import Control, Paint

#: From so many layers on there is a field to find one.
FILTER_FROM = 13


class BlendCombo(Combo):
    """The modes in their families. The wheel goes through them without a click; `tried(mode)` says which one the list
    that is open points at, None when it closes."""

    tried = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._with_groups: bool | None = None
        self._open = False
        self.setAccessibleName("Blend mode")
        self.setToolTip("How the layer mixes with what lies below it; scroll to try others")
        self.setMaxVisibleItems(len(BlendMode) + len(BLEND_MODES))
        self.highlighted.connect(self._try)

    def offer(self, *, pass_through: bool) -> None:
        """Offer the modes of layers, and of groups as well."""
        if pass_through == self._with_groups:
            return
        self._with_groups = pass_through
        families = (((BlendMode.PASS_THROUGH,),) if pass_through else ()) + BLEND_MODES
        self.set_choices(
            Choice(mode, mode.label, rule=bool(i) and mode is family[0])
            for i, family in enumerate(families)
            for mode in family
        )

    def _try(self, row: int) -> None:
        if self._open:
            self.tried.emit(self.itemData(row))

    def showPopup(self) -> None:
        super().showPopup()
        self._open = True

    def hidePopup(self) -> None:
        was_open, self._open = self._open, False
        super().hidePopup()
        if was_open:
            self.tried.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        QComboBox.wheelEvent(self, event)


class LayerStrip(QWidget):
    """`filtered(text)`: the artist typed into the field."""

    filtered = Signal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._trying = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        self.blend = BlendCombo(theme)
        self.blend.chosen.connect(self._set_blend)
        self.blend.tried.connect(self._try_blend)
        self.opacity = ValueSlider(theme, "Opacity", PERCENT, 100)
        self.opacity.setToolTip("How opaque the layer is")
        self.opacity.changed.connect(
            lambda percent: self._do(
                lambda: layer_intents.set_opacity(session, layer_intents.targets(session), percent / 100)
            )
        )
        self.fill = ValueSlider(theme, "Fill", PERCENT, 100)
        self.fill.setToolTip("A second opacity; burn, dodge, light and difference modes fade more finely by it")
        self.fill.changed.connect(
            lambda percent: self._do(
                lambda: layer_intents.set_fill(session, layer_intents.targets(session), percent / 100)
            )
        )
        self.lock = _switch(theme, "lock", "Lock: nothing changes the layer", self._toggle_lock)
        self.alpha_lock = _switch(
            theme, "alpha-lock", "Lock alpha: paint only where something is painted", self._toggle_alpha_lock
        )
        self.clip = _switch(theme, "clip", "Clip to below: show only where the layer below is", self._toggle_clip)
        self.add_mask = _switch(theme, "layer-mask", "Add a layer mask; with a selection it shows that", self._add_mask)
        self.add_mask.setCheckable(False)
        self.field = TextField()
        self.field.setPlaceholderText("Find a layer")
        self.field.setAccessibleName("Find a layer")
        self.field.setToolTip("Part of a name, a role such as control, or a label such as red")
        self.field.setClearButtonEnabled(False)
        self.field.textChanged.connect(self.filtered.emit)
        self.field.hide()

        switches = QHBoxLayout()
        switches.setSpacing(2)
        for button in (self.lock, self.alpha_lock, self.clip, self.add_mask):
            switches.addWidget(button)
        switches.addStretch(0)
        grid = QGridLayout(self)
        grid.setContentsMargins(MARGIN_PX, 4, MARGIN_PX, 6)
        grid.setSpacing(4)
        grid.addWidget(self.blend, 0, 0)
        grid.addWidget(self.opacity, 0, 1)
        grid.addLayout(switches, 1, 0)
        grid.addWidget(self.fill, 1, 1)
        grid.addWidget(self.field, 2, 0, 1, 2)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 1)

    def show_active(self) -> None:
        """Show the values of the active node; costs next to nothing when they have not changed."""
        node = self._session.active_node
        for widget in (*(self.blend, self.opacity, self.fill, self.lock, self.alpha_lock, self.clip, self.add_mask),):
            widget.setEnabled(node is not None)
        if node is not None and not self._trying:
            drawn = isinstance(node.role, Paint | Control)
            self.blend.setEnabled(drawn)
            self.opacity.setEnabled(drawn)
            self.blend.offer(pass_through=isinstance(node, Group))
            self.blend.show_key(node.blend)
            self.opacity.set_value(node.opacity * 100)
            self.fill.setEnabled(drawn)
            self.fill.set_value(node.fill * 100)
            self.lock.setChecked(node.locked)
            self.alpha_lock.setEnabled(isinstance(node, Layer))
            self.alpha_lock.setChecked(isinstance(node, Layer) and node.alpha_locked)
            self.clip.setChecked(node.clip)
            self.add_mask.setEnabled(node.mask is None)
        many = sum(1 for _ in self._session.document.state.walk()) >= FILTER_FROM
        if self.field.isHidden() == (many or bool(self.field.text())):
            self.field.setVisible(many)
            if not many:
                self.field.clear()

    # Intents

    def _toggle_lock(self) -> None:
        session, on = self._session, self.lock.isChecked()
        self._do(lambda: layer_intents.set_locked(session, layer_intents.targets(session), on=on))

    def _toggle_alpha_lock(self) -> None:
        session, on = self._session, self.alpha_lock.isChecked()
        self._do(lambda: layer_intents.set_alpha_locked(session, layer_intents.targets(session), on=on))

    def _toggle_clip(self) -> None:
        session, on = self._session, self.clip.isChecked()
        self._do(lambda: layer_intents.set_clip(session, layer_intents.targets(session), on=on))

    def _add_mask(self) -> None:
        session = self._session
        selected = session.document.state.selection is not None
        self._do(lambda: mask_intents.add(session, "reveal selection" if selected else "reveal"))

    def _set_blend(self, mode: BlendMode) -> None:
        session = self._session
        self._do(lambda: layer_intents.set_blend(session, layer_intents.targets(session), mode))

    def _try_blend(self, mode: Hashable) -> None:
        """Show the canvas in a mode that the open list points at; nothing of it remains when the list closes."""
        document = self._session.document
        if self._trying and mode is None:
            self._trying = False
            document.rollback()
        elif isinstance(mode, BlendMode) and self._session.active_node is not None:
            if not self._trying and not document.in_gesture:
                self._trying = True
                document.begin("Try blend modes")
            if self._trying:
                tried = layer_intents.with_blend(document.state, layer_intents.targets(self._session), mode)
                document.update(tried)

    def _do(self, step: Callable[[], None]) -> None:
        layer_intents.attempt(self._session, step)
        self.show_active()


def _switch(theme: Theme, icon: str, tip: str, switched: Callable[[], None]) -> IconButton:
    button = IconButton(theme, icon, tip)
    button.setCheckable(True)
    button.clicked.connect(switched)
    return button
