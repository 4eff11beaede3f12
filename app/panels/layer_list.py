"""The list of layers: turns clicks, drags and typed names on rows into the panel's intents.

It emits what the artist meant; it never changes the document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)  # fmt: skip
from PySide6.QtWidgets import QAbstractItemView, QListView, QSizePolicy

from app.panels.layer_delegate import ROW_PX, LayerDelegate, Parts, full_width, parts
from app.panels.layer_rows import LayerRows, Row
from app.theme import Theme
from canvas.layers import Group, LayerId


@dataclass(frozen=True, slots=True)
class Drop:
    """Where a dragged row goes: beside or into the node `target`. `above` means nearer to the viewer."""

    target: LayerId
    place: Literal["above", "below", "into"]


def drop_at(row: Row, share: float) -> Drop:
    """The drop at height `share` (0 top, 1 bottom) of a row. The middle of a group means into it."""
    if isinstance(row.node, Group):
        if share < 0.25:
            return Drop(row.node.id, "above")
        if share < 0.75 or row.open:
            return Drop(row.node.id, "into")
        return Drop(row.node.id, "below")
    return Drop(row.node.id, "above" if share < 0.5 else "below")


class LayerList(QListView):
    """Signals carry the id of the node meant; `dropped` the dragged node and its `Drop`."""

    eye_clicked = Signal(str)
    lock_clicked = Signal(str)
    alpha_lock_clicked = Signal(str)
    badge_clicked = Signal(str, QPoint)
    chosen = Signal(str)
    dropped = Signal(str, Drop)
    menu_wanted = Signal(str, QPoint)

    def __init__(
        self,
        theme: Theme,
        model: LayerRows,
        thumbnail: Callable[[Row], QPixmap],
        rename: Callable[[Row, str], None],
    ) -> None:
        super().__init__()
        self._theme = theme
        self._rows = model
        self._dragged: LayerId | None = None
        self._drop: Drop | None = None
        self.setModel(model)
        self.setItemDelegate(LayerDelegate(theme, thumbnail, rename, self))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the canvas
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(False)  # painted here, in the theme's colours
        self.setUniformItemSizes(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Layers")

    def row_at(self, point: QPoint) -> tuple[Row, QRect] | None:
        index = self.indexAt(point)
        return (self._rows.rows[index.row()], full_width(self.visualRect(index), self)) if index.isValid() else None

    def parts_of(self, layer_id: LayerId) -> Parts:
        """Where the parts of a node's row lie in the viewport. Raises KeyError for a row that is not shown."""
        for i, row in enumerate(self._rows.rows):
            if row.node.id == layer_id:
                return parts(row, full_width(self.visualRect(self._rows.index(i)), self))
        raise KeyError(layer_id)

    def start_renaming(self, layer_id: LayerId) -> None:
        at = self._rows.row_of(layer_id)
        if at is not None:
            self.scrollTo(self._rows.index(at))
            self.edit(self._rows.index(at))

    # Pressing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self.row_at(event.position().toPoint())
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            return
        row, rect = hit
        point, node, place = event.position().toPoint(), row.node, parts(row, rect)
        if place.eye.contains(point):
            self.eye_clicked.emit(node.id)
        elif place.arrow.contains(point):
            self._rows.toggle(node.id)
        elif place.badge.contains(point):
            self.chosen.emit(node.id)
            self.badge_clicked.emit(node.id, self.viewport().mapToGlobal(place.badge.bottomLeft()))
        elif place.lock.contains(point) and (node.locked or place.name.right() < place.lock.left()):
            self.lock_clicked.emit(node.id)
        elif place.alpha_lock.contains(point) and getattr(node, "alpha_locked", False):
            self.alpha_lock_clicked.emit(node.id)
        else:
            super().mousePressEvent(event)
            self._dragged = node.id
            self.chosen.emit(node.id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        hit = self.row_at(event.position().toPoint())
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            return
        point, place = event.position().toPoint(), parts(*hit)
        if place.name.united(place.summary).contains(point):
            self.start_renaming(hit[0].node.id)
        elif not place.thumbnail.contains(point):
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        hit = self.row_at(event.pos())
        if hit is not None:
            self.chosen.emit(hit[0].node.id)
            self.menu_wanted.emit(hit[0].node.id, event.globalPos())

    # Dragging

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop = self._drop_under(event.position().toPoint()) if event.source() is self else None
        self.viewport().update()
        if self._drop is None:
            event.ignore()
        else:
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop = None
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        drop, dragged = self._drop_under(event.position().toPoint()), self._dragged
        self._drop = self._dragged = None
        self.viewport().update()
        if event.source() is self and drop is not None and dragged is not None and drop.target != dragged:
            # A copy for Qt, so that the view does not remove the row after the document has moved it.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(dragged, drop)

    def _drop_under(self, point: QPoint) -> Drop | None:
        hit = self.row_at(point)
        if hit is not None:
            return drop_at(hit[0], (point.y() - hit[1].top()) / ROW_PX)
        bottom = next((row for row in reversed(self._rows.rows) if row.depth == 0), None)
        return Drop(bottom.node.id, "below") if bottom is not None else None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop is None:
            return
        at = self._rows.row_of(self._drop.target)
        if at is None:
            return
        rect = self.visualRect(self._rows.index(at))
        painter = QPainter(self.viewport())
        painter.setPen(QPen(self._theme.tokens.accent, 2))
        if self._drop.place == "into":
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        else:
            y = rect.top() + 1 if self._drop.place == "above" else rect.bottom()
            painter.drawLine(rect.left(), y, rect.right(), y)
        painter.end()
