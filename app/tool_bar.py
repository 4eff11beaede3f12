"""The tools at the left, in their groups; the one in the hand is marked. Tools of one family share a button: it shows
the one used last, and offers the others when it is held down or right-clicked. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QIcon, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.icons import ICON_PX, icon
from app.shortcuts import Keys, key_text
from app.theme import Theme
from app.tools.tool import ToolSpec
from app.tools.toolbox import Toolbox
from app.widgets.buttons import TOOL_PX, IconButton

WIDTH_PX = 44
#: Holding a button this long opens its family.
HOLD_MS = 350
_CORNER_PX = 5.0


class ToolButton(IconButton):
    """One tool, or the family whose last used member it shows. `select(id)` takes a tool."""

    def __init__(
        self, theme: Theme, family: Sequence[ToolSpec], keys: Callable[[ToolSpec], Keys], select: Callable[[str], None]
    ) -> None:
        super().__init__(theme, family[0].icon, family[0].label, TOOL_PX)
        self.family = tuple(family)
        self.shown = family[0]
        self._keys, self._select = keys, select
        self._hold = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._hold.timeout.connect(self.open_family)
        self.setCheckable(True)
        self.clicked.connect(lambda: select(self.shown.id))

    def show_tool(self, tool_id: str) -> None:
        """Show that member of the family, or that none of them is in the hand."""
        member = next((spec for spec in self.family if spec.id == tool_id), None)
        if member is not None and member is not self.shown:
            self.shown = member
            self.set_icon(member.icon)
            self.show_keys()
        self.setChecked(member is not None)

    def show_keys(self) -> None:
        keys = key_text(self._keys(self.shown))
        title = f"{self.shown.label} ({keys})" if keys else self.shown.label
        more = " Hold or right-click for related tools." if len(self.family) > 1 else ""
        self.setToolTip(f"<p><b>{escape(title)}.</b> {escape(self.shown.hint)}{more}</p>")
        self.setAccessibleName(self.shown.label)

    def open_family(self) -> None:
        """The menu of related tools, beside the button."""
        self._hold.stop()
        if len(self.family) < 2:
            return
        menu = self.family_menu()
        self.setDown(False)
        menu.popup(self.mapToGlobal(self.rect().topRight()))

    def family_menu(self) -> QMenu:
        menu = QMenu(self)
        ratio = self.devicePixelRatioF()
        for spec in self.family:
            keys = key_text(self._keys(spec))
            action = QAction(f"{spec.label}\t{keys}" if keys else spec.label, menu)
            action.setIcon(QIcon(icon(spec.icon, self._theme.tokens.icon.name(), ICON_PX, ratio)))
            action.triggered.connect(lambda _on=False, tool=spec.id: self._select(tool))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._hold.start()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hold.stop()
        super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.open_family()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if len(self.family) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.icon)
        x, y = self.width() - 3.0, self.height() - 3.0
        painter.drawPolygon(QPolygonF([QPointF(x, y - _CORNER_PX), QPointF(x, y), QPointF(x - _CORNER_PX, y)]))
        painter.end()


class ToolBar(QWidget):
    """`keys(tool)`: the keys of a tool in the scheme in use."""

    def __init__(self, toolbox: Toolbox, theme: Theme, keys: Callable[[ToolSpec], Keys]) -> None:
        super().__init__()
        self.setObjectName("tools")
        self.setFixedWidth(WIDTH_PX)
        self._toolbox = toolbox
        #: By the id of every tool: the button that shows it.
        self.buttons: dict[str, ToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(3)
        for number, (_, specs) in enumerate(groupby(toolbox.tools, lambda spec: spec.group)):
            if number:
                column.addWidget(_Line(theme))
            for family in _families(tuple(specs)):
                button = ToolButton(theme, family, keys, self._select)
                self.buttons |= dict.fromkeys((spec.id for spec in family), button)
                column.addWidget(button)
        column.addStretch(1)
        toolbox.changed.connect(self._show)
        self.show_keys()
        self._show()

    def show_keys(self) -> None:
        """Renew the tips after other keys were chosen."""
        for button in set(self.buttons.values()):
            button.show_keys()

    def _select(self, tool_id: str) -> None:
        self._toolbox.select(tool_id)
        self._show()

    def _show(self) -> None:
        for button in set(self.buttons.values()):
            button.show_tool(self._toolbox.active_id)


def _families(specs: Sequence[ToolSpec]) -> list[list[ToolSpec]]:
    """Tools that share a button, in the order in which the first of each comes."""
    families: dict[str, list[ToolSpec]] = {}
    for spec in specs:
        families.setdefault(spec.family or spec.id, []).append(spec)
    return list(families.values())


class _Line(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(9)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 4, self.width(), 1), self._theme.tokens.hairline)
        painter.end()
