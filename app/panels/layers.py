"""Layers: how the chosen ones blend, the list from the top down, and the settings that matter for the active one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from app import layer_intents, mask_intents, selection_intents
from app.glossary import Glossary
from app.layer_solo import Solo
from app.panels.adjustment_settings import AdjustmentSettings
from app.panels.layer_list import Drop, LayerList, Sweep
from app.panels.layer_rows import LayerRows, Row
from app.panels.layer_strip import LayerStrip
from app.panels.role_settings import RoleSettings
from app.panels.thumbnails import ThumbnailCache
from app.session import Session
from app.theme import MARGIN_PX, Theme
from canvas.layers import Group, LabelColour, Layer, LayerId, Node
from canvas.roles import role_name
from canvas.selection import Mode

Intent = ParamSpec("Intent")

#: Thumbnails follow the pen at this pace, so that a stroke never waits for them.
_THUMBNAIL_MS = 250
#: So long may making them hold up the window in one go.
_BUDGET_MS = 8
_SWATCH_PX = 14

_SHIFT, _CTRL, _ALT = (
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip


class LayersPanel(QWidget):
    """`menu_actions`: what the context menu of a row offers; a separator is None.

    `may_compose`: false while the compiled loops are being loaded elsewhere; groups wait for their thumbnails then.
    """

    def __init__(
        self, session: Session, theme: Theme, glossary: Glossary, menu_actions: Sequence[QAction | None]
    ) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._glossary = glossary
        self._menu_actions = tuple(menu_actions)
        self._cache = ThumbnailCache()
        self._pictures: dict[tuple[LayerId, str], tuple[object, QPixmap]] = {}
        self._solo = Solo(session)
        self.may_compose: Callable[[], bool] = lambda: True
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

        self.rows = LayerRows(session)
        self.strip = LayerStrip(session, theme)
        self.strip.filtered.connect(self.rows.show_only)
        self.list = LayerList(session, theme, self.rows, self._picture, self._mask_picture, self._rename)
        self.list.swept.connect(lambda node, sweep: self._sweep(LayerId(node), sweep))
        self.list.solo_clicked.connect(
            lambda node: layer_intents.attempt(session, lambda: self._solo.toggle(LayerId(node)))
        )
        self.list.alpha_lock_clicked.connect(
            lambda node: self._do(layer_intents.set_alpha_locked, (LayerId(node),), on=False)
        )
        self.list.pixels_clicked.connect(lambda _node: session.paint_on("pixels") if session.plane == "mask" else None)
        self.list.opaque_wanted.connect(
            lambda node, held: self._do(selection_intents.select_opaque, LayerId(node), selection_mode(held))
        )
        self.list.mask_clicked.connect(lambda node, held: self._click_mask(LayerId(node), held))
        self.list.chosen.connect(lambda chosen, active: session.choose(tuple(chosen), LayerId(active)))
        self.list.badge_clicked.connect(lambda node, at: self.role_menu(LayerId(node)).popup(at))
        self.list.dropped.connect(lambda nodes, drop, copies: self._drop(tuple(nodes), drop, copies=copies))
        self.list.menu_wanted.connect(lambda at: self.row_menu().popup(at))

        self.role_settings = RoleSettings(session, theme, glossary)
        self.adjustment_settings = AdjustmentSettings(session, theme)

        self._settings = QWidget()
        settings = QVBoxLayout(self._settings)
        settings.setContentsMargins(MARGIN_PX, 6, MARGIN_PX, 8)
        settings.addWidget(self.role_settings)
        settings.addWidget(self.adjustment_settings)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.list, 1)
        column.addWidget(
            self._settings
        )  # below the list: their height changes, and rows must not move under the pointer

        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._renew_thumbnails)
        self.list.verticalScrollBar().valueChanged.connect(lambda _value: self._timer.start(0))
        session.document_changed.connect(lambda _old, _new: self._follow())
        session.document_replaced.connect(self._replaced)
        session.active_changed.connect(self._show_active)
        session.chosen_changed.connect(self.list.show_chosen)
        session.plane_changed.connect(lambda _plane: self.list.viewport().update())
        theme.changed.connect(self._replaced)
        self._show_active()

    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()

    # Showing

    def _follow(self) -> None:
        if not self._session.document.in_gesture:  # a stroke changes no settings
            self._show_values()
        if not self._timer.isActive():
            self._timer.start(_THUMBNAIL_MS)

    def _replaced(self) -> None:
        self._pictures.clear()
        self._show_active()

    def _show_active(self) -> None:
        if self._session.active is not None and self._session.document.state.has(self._session.active):
            self.rows.reveal(self._session.active)
        self._show_values()

    def _show_values(self) -> None:
        """What is chosen, and the values of the active node; costs next to nothing when they have not changed."""
        self.list.show_chosen()
        self.strip.show_active()
        node, look = self._session.active_node, self._session.look
        self.role_settings.show_node(node)
        self._settings.setHidden(self.role_settings.isHidden() and self.adjustment_settings.isHidden())
        if look.mask is not None and (node is None or node.mask is None or node.id != look.mask):
            self._session.set_look(replace(look, mask=None))

    def _picture(self, row: Row) -> QPixmap:
        return self._known(row.node.id, "pixels")

    def _mask_picture(self, row: Row) -> QPixmap:
        return self._known(row.node.id, "mask")

    def _known(self, node_id: LayerId, plane: str) -> QPixmap:
        known = self._pictures.get((node_id, plane))
        if known is None:
            self._timer.start(0)
            return QPixmap()
        return known[1]

    def _renew_thumbnails(self) -> None:
        """Make what is missing or out of date in sight, for as long as nobody notices; then go on in the next round."""
        if self._session.document.in_gesture:
            self._timer.start(_THUMBNAIL_MS)
            return
        ids = frozenset(node.id for node in self._session.document.state.walk())
        self._cache.keep_only(ids)
        self._pictures = {known: made for known, made in self._pictures.items() if known[0] in ids}
        clock = QElapsedTimer()
        clock.start()
        for row in self.list.rows_in_sight():
            if isinstance(row.node, Group) and not self.may_compose():
                self._timer.start(_THUMBNAIL_MS)
            elif not self._renew(row.node, lambda: clock.elapsed() < _BUDGET_MS) or clock.elapsed() >= _BUDGET_MS:
                self._timer.start(0)
                return

    def _renew(self, node: Node, patience: Callable[[], bool]) -> bool:
        """Bring the thumbnails of a node up to date; False when there was no time for it."""
        document, tokens, ratio = self._session.document.state.rect, self._theme.tokens, self.devicePixelRatioF()
        content = (node.surface, node.role) if isinstance(node, Layer) else node if isinstance(node, Group) else None
        wanted: list[tuple[str, object, Callable[[], QPixmap]]] = [
            ("pixels", (document, content), lambda: self._cache.picture(node, document, tokens, ratio))
        ]
        mask = node.mask
        if mask is not None:
            wanted.append(
                ("mask", (document, mask), lambda: self._cache.mask_picture(node, mask, document, tokens, ratio))
            )
        for plane, look, make in wanted:
            known = self._pictures.get((node.id, plane))
            if known is not None and known[0] == look:
                continue
            if not self._cache.prepare(node, document, patience):
                return False
            self._pictures[node.id, plane] = (look, make())
            at = self.rows.row_of(node.id)
            if at is not None:
                self.list.update(self.rows.index(at))
        return True

    # Intents

    def start_renaming(self) -> None:
        if self._session.active is not None:
            self.list.start_renaming(self._session.active)

    def role_menu(self, layer_id: LayerId) -> QMenu:
        """The roles a node can have, each with a sentence on hover; the present one is checked."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        present = role_name(self._session.document.state.find(layer_id).role)
        for role in layer_intents.ROLES:
            name = role_name(role)
            action = menu.addAction(name.capitalize())
            action.setToolTip(self._glossary.tip(name))
            action.setCheckable(True)
            action.setChecked(name == present)
            action.triggered.connect(lambda _on=False, r=role: self._do(layer_intents.set_role, layer_id, r))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def row_menu(self) -> QMenu:
        """What can be done to the chosen rows."""
        menu = QMenu(self)
        for action in self._menu_actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        menu.addSeparator()
        labels = menu.addMenu("Colour label")
        for label in LabelColour:
            action = labels.addAction("None" if label is LabelColour.NONE else label.capitalize())
            if label is not LabelColour.NONE:
                action.setIcon(self._swatch(label))
            action.triggered.connect(lambda _on=False, value=label: self._set_label(value))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _swatch(self, label: LabelColour) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(_SWATCH_PX * ratio), round(_SWATCH_PX * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.labels[label])
        painter.drawEllipse(1, 1, _SWATCH_PX - 2, _SWATCH_PX - 2)
        painter.end()
        return QIcon(pixmap)

    def _set_label(self, label: LabelColour) -> None:
        session = self._session
        layer_intents.attempt(session, lambda: layer_intents.set_label(session, layer_intents.targets(session), label))

    def _rename(self, layer_id: LayerId, name: str) -> None:
        self._do(layer_intents.rename, layer_id, name)

    def _sweep(self, layer_id: LayerId, sweep: Sweep) -> None:
        intent = layer_intents.set_visible if sweep.kind == "visible" else layer_intents.set_locked
        self._do(intent, (layer_id,), on=sweep.on, sweep=sweep.mark)

    def _click_mask(self, layer_id: LayerId, held: Qt.KeyboardModifier) -> None:
        """Plain: paint on the mask. Shift: off and on. Ctrl: select it. Alt: see it in place of the picture."""
        if held & _CTRL:
            self._do(mask_intents.select, layer_id, selection_mode(held))
        elif held & _SHIFT:
            self._do(mask_intents.toggle_enabled, (layer_id,))
        else:
            self._session.activate(layer_id)
            self._session.paint_on("mask")
            if held & _ALT:
                look = self._session.look
                self._session.set_look(replace(look, mask=None if look.mask == layer_id else layer_id))

    def _drop(self, dragged: tuple[LayerId, ...], drop: Drop, *, copies: bool) -> None:
        intent = layer_intents.copy_to if copies else layer_intents.move
        self._do(intent, dragged, drop.target, drop.place)

    def _do(
        self, intent: Callable[Concatenate[Session, Intent], None], *args: Intent.args, **kw: Intent.kwargs
    ) -> None:
        layer_intents.attempt(self._session, lambda: intent(self._session, *args, **kw))


def selection_mode(held: Qt.KeyboardModifier) -> Mode:
    """What a Ctrl-click on a thumbnail does to the selection: replace it; with Shift add, with Alt subtract."""
    if held & _SHIFT and held & _ALT:
        return "intersect"
    return "add" if held & _SHIFT else "subtract" if held & _ALT else "replace"
