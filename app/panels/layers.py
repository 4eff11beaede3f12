"""Layers: the list from the top down, and below it the settings that matter for the active one's role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QElapsedTimer, QSize, QTimer
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from app import layer_intents
from app.glossary import Glossary
from app.panels.layer_list import Drop, LayerList
from app.panels.layer_rows import LayerRows, Row
from app.panels.role_settings import RoleSettings
from app.panels.thumbnails import ThumbnailCache
from app.session import Session
from app.theme import MARGIN_PX, Theme
from canvas.layers import Group, LayerId
from canvas.roles import role_name

Intent = ParamSpec("Intent")

#: Thumbnails follow the pen at this pace, so that a stroke never waits for them.
_THUMBNAIL_MS = 250
#: So long may making them hold up the window in one go.
_BUDGET_MS = 8


class LayersPanel(QWidget):
    """`menu_actions`: what the context menu of a row offers; a separator is None."""

    def __init__(
        self, session: Session, theme: Theme, glossary: Glossary, menu_actions: Sequence[QAction | None]
    ) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._glossary = glossary
        self._menu_actions = tuple(menu_actions)
        self._cache = ThumbnailCache()
        self._pictures: dict[LayerId, tuple[object, QPixmap]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

        self.rows = LayerRows(session)
        self.list = LayerList(theme, self.rows, self._thumbnail, self._rename)
        self.list.eye_clicked.connect(lambda node: self._do(layer_intents.toggle_visible, LayerId(node)))
        self.list.lock_clicked.connect(lambda node: self._do(layer_intents.toggle_lock, LayerId(node)))
        self.list.alpha_lock_clicked.connect(lambda node: self._do(layer_intents.toggle_alpha_lock, LayerId(node)))
        self.list.chosen.connect(lambda node: session.activate(LayerId(node)))
        self.list.badge_clicked.connect(lambda node, at: self.role_menu(LayerId(node)).popup(at))
        self.list.dropped.connect(lambda node, drop: self._drop(LayerId(node), drop))
        self.list.menu_wanted.connect(lambda _node, at: self._row_menu().popup(at))

        self.role_settings = RoleSettings(session, theme, glossary)

        settings = QVBoxLayout()
        settings.setContentsMargins(MARGIN_PX, 6, MARGIN_PX, 8)
        settings.addWidget(self.role_settings)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addLayout(settings)  # below the list: their height changes, and rows must not move under the pointer

        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._renew_thumbnails)
        session.document_changed.connect(lambda _old, _new: self._follow())
        session.document_replaced.connect(self._replaced)
        session.active_changed.connect(self._show_active)
        theme.changed.connect(self._replaced)
        self._show_active()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

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
        """The selection, and the values of the active node; costs next to nothing when they have not changed."""
        at = self.rows.row_of(self._session.active)
        if at is None:
            self.list.clearSelection()
        elif self.list.currentIndex().row() != at or not self.list.selectionModel().hasSelection():
            self.list.setCurrentIndex(self.rows.index(at))
        self.role_settings.show_node(self._session.active_node)

    def _thumbnail(self, row: Row) -> QPixmap:
        known = self._pictures.get(row.node.id)
        if known is None:
            self._timer.start(0)
            return QPixmap()
        return known[1]

    def _renew_thumbnails(self) -> None:
        """Make what is missing or out of date, for as long as nobody notices; then go on in the next round."""
        if self._session.document.in_gesture:
            self._timer.start(_THUMBNAIL_MS)
            return
        state = self._session.document.state
        ids = frozenset(node.id for node in state.walk())
        self._cache.keep_only(ids)
        self._pictures = {known: made for known, made in self._pictures.items() if known in ids}
        self.list.viewport().update()
        clock = QElapsedTimer()
        clock.start()
        for row in self.rows.rows:
            look = (state.rect, None if isinstance(row.node, Group) else (row.node.surface, row.node.role))
            known = self._pictures.get(row.node.id)
            if known is None or known[0] != look:
                picture = self._cache.picture(row.node, state.rect, self._theme.tokens, self.devicePixelRatioF())
                self._pictures[row.node.id] = (look, picture)
                if clock.elapsed() >= _BUDGET_MS:
                    self._timer.start(0)
                    return

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

    def _row_menu(self) -> QMenu:
        menu = QMenu(self)
        for action in self._menu_actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _rename(self, row: Row, name: str) -> None:
        self._do(layer_intents.rename, row.node.id, name)

    def _drop(self, dragged: LayerId, drop: Drop) -> None:
        self._do(layer_intents.move, dragged, drop.target, drop.place)

    def _do(
        self, intent: Callable[Concatenate[Session, Intent], None], *args: Intent.args, **kw: Intent.kwargs
    ) -> None:
        layer_intents.attempt(self._session, lambda: intent(self._session, *args, **kw))
