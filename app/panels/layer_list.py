"""The list of layers: turns clicks, drags, keys and typed names on rows into the panel's intents.

It emits what the artist meant; it never changes the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)  # fmt: skip
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QApplication, QListView, QSizePolicy, QWidget

from app.drags import LAYERS_MIME as MIME
from app.drags import DragFiles, layers_mime
from app.panels.layer_delegate import ROW_PX, LayerDelegate, Parts, full_width, indent, parts
from app.panels.layer_rows import LayerRows, Row
from app.session import Session
from app.theme import Theme
from canvas.layers import Group, Layer, LayerId

#: A closed group opens when rows are held over it for so long.
_SPRING_MS = 700
#: So many rows are seen under the pointer while they are dragged.
_DRAGGED_ROWS = 4

#: So many rows are seen however much room the settings below take.
_LEAST_ROWS = 3

_Modifier = Qt.KeyboardModifier


@dataclass(frozen=True, slots=True)
class Drop:
    """Where dragged rows go: beside or into the node `target`. `above` means nearer to the viewer."""

    target: LayerId
    place: Literal["above", "below", "into"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A press on an eye or a lock, drawn over the rows: all get the same. `mark`: no other sweep has it."""

    kind: Literal["visible", "locked"]
    on: bool
    mark: str


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
    """Signals carry ids of nodes. `chosen`: all that are, and the active one; `swept`: a row that a `Sweep` reached;
    `mask_clicked`, `opaque_wanted`: with the modifiers that were held; `dropped`: the dragged nodes, their `Drop`,
    and whether copies of them.
    """

    swept = Signal(str, Sweep)
    solo_clicked = Signal(str)
    alpha_lock_clicked = Signal(str)
    badge_clicked = Signal(str, QPoint)
    pixels_clicked = Signal(str)
    opaque_wanted = Signal(str, object)
    mask_clicked = Signal(str, object)
    chosen = Signal(tuple, str)
    dropped = Signal(tuple, Drop, bool)
    menu_wanted = Signal(QPoint)

    def __init__(
        self,
        session: Session,
        theme: Theme,
        model: LayerRows,
        picture: Callable[[Row], QPixmap],
        mask_picture: Callable[[Row], QPixmap],
        rename: Callable[[LayerId, str], None],
    ) -> None:
        super().__init__()
        self._session = session
        self._files = DragFiles(session.message.emit)
        self._theme = theme
        self._rows = model
        self._pressed: tuple[QPoint, LayerId] | None = None
        self._anchor: LayerId | None = None
        self._narrow_to: LayerId | None = None
        self._sweep: Sweep | None = None
        self._swept_from = 0
        self._marks = count()
        self._drop: Drop | None = None
        self._spring = QTimer(self)
        self._spring.setSingleShot(True)
        self._spring.setInterval(_SPRING_MS)
        self._spring.timeout.connect(self._open_under_drag)
        self.setModel(model)
        self.setItemDelegate(LayerDelegate(session, theme, picture, mask_picture, rename, self))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the canvas
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAcceptDrops(True)
        self.setDropIndicatorShown(False)  # painted here, in the theme's colours
        self.setUniformItemSizes(True)
        self.setMinimumHeight(_LEAST_ROWS * ROW_PX)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Layers")

    def row_at(self, point: QPoint) -> tuple[Row, QRect] | None:
        index = self.indexAt(point)
        return (self._rows.rows[index.row()], self._rect_of(index.row())) if index.isValid() else None

    def rows_in_sight(self) -> tuple[Row, ...]:
        """The rows that are seen, at least in part."""
        first = self.indexAt(QPoint(0, 0)).row()
        count = self.viewport().height() // ROW_PX + 2
        return self._rows.rows[max(0, first) : max(0, first) + count]

    def parts_of(self, layer_id: LayerId) -> Parts:
        """Where the parts of a node's row lie in the viewport. Raises KeyError for a row that is not shown."""
        for i, row in enumerate(self._rows.rows):
            if row.node.id == layer_id:
                return parts(row, self._rect_of(i))
        raise KeyError(layer_id)

    def _rect_of(self, row: int) -> QRect:
        return full_width(self.visualRect(self._rows.index(row)), self)

    def show_chosen(self) -> None:
        """Take over from the session what is chosen and active."""
        at = self._rows.row_of(self._session.active)
        if at is None:
            self.clearSelection()
            return
        wanted = {i for i, row in enumerate(self._rows.rows) if row.node.id in self._session.chosen} | {at}
        model = self.selectionModel()
        if {index.row() for index in self.selectedIndexes()} != wanted:
            selection = QItemSelection()
            for i in wanted:
                selection.select(self._rows.index(i), self._rows.index(i))
            model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if self.currentIndex().row() != at:
            model.setCurrentIndex(self._rows.index(at), QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(self._rows.index(at))
        self.viewport().update()

    # Renaming

    def start_renaming(self, layer_id: LayerId) -> None:
        at = self._rows.row_of(layer_id)
        if at is not None:
            self.scrollTo(self._rows.index(at))
            self.edit(self._rows.index(at))

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Tab and Shift+Tab go on to the name of the next or the previous row."""
        at = self.currentIndex().row()
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        steps = {
            QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
            QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
        }
        following = at + steps.get(hint, 0)
        if hint in steps and 0 <= following < len(self._rows.rows):
            node_id = self._rows.rows[following].node.id
            self._choose((node_id,), node_id)
            self.start_renaming(node_id)

    # Pressing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        hit = self.row_at(point)
        self._pressed = self._narrow_to = None
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            return
        node, place, held = hit[0].node, parts(*hit), event.modifiers()
        if place.eye.contains(point) and held & _Modifier.AltModifier:
            self.solo_clicked.emit(node.id)
        elif place.eye.contains(point):
            self._begin_sweep(hit[0], point, "visible", on=not node.visible)
        elif place.lock.contains(point):
            self._begin_sweep(hit[0], point, "locked", on=not node.locked)
        elif place.arrow.contains(point):
            self._rows.toggle(node.id)
        elif place.badge.contains(point):
            self._choose((node.id,), node.id)
            self.badge_clicked.emit(node.id, self.viewport().mapToGlobal(place.badge.bottomLeft()))
        elif isinstance(node, Layer) and node.alpha_locked and place.alpha_lock.contains(point):
            self.alpha_lock_clicked.emit(node.id)
        elif place.mask.contains(point):
            self._pressed = point, node.id
            self.mask_clicked.emit(node.id, held)
        elif place.thumbnail.contains(point) and held & _Modifier.ControlModifier and isinstance(node, Layer):
            self.opaque_wanted.emit(node.id, held)
        else:
            self._pressed = point, node.id
            self._press_row(node.id, held)
            if place.thumbnail.contains(point) and not held:
                self.pixels_clicked.emit(node.id)

    def _press_row(self, node_id: LayerId, held: Qt.KeyboardModifier) -> None:
        chosen = self._session.chosen
        if held & _Modifier.ShiftModifier:
            self._choose(self._between(self._anchor or self._session.active, node_id), node_id)
            return
        self._anchor = node_id
        if held & _Modifier.ControlModifier and node_id in chosen and len(chosen) > 1:
            left = tuple(other for other in chosen if other != node_id)
            self._choose(left, left[-1] if self._session.active == node_id else self._session.active)
        elif held & _Modifier.ControlModifier:
            self._choose((*(other for other in chosen if other != node_id), node_id), node_id)
        elif node_id in chosen:
            # All of them may be about to be dragged; only a click without a drag means this one.
            self._narrow_to = node_id
            self._choose(chosen, node_id)
        else:
            self._choose((node_id,), node_id)

    def _between(self, start: LayerId | None, end: LayerId) -> tuple[LayerId, ...]:
        """The nodes of the rows from one to another, both included, from the top down."""
        a, b = self._rows.row_of(start), self._rows.row_of(end)
        if a is None or b is None:
            return (end,)
        return tuple(row.node.id for row in self._rows.rows[min(a, b) : max(a, b) + 1])

    def _choose(self, chosen: tuple[LayerId, ...], active: LayerId | None) -> None:
        if active is not None:
            self.chosen.emit(chosen, active)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if self._sweep is not None:
            self._sweep_to(point)
        elif self._pressed is not None:
            far = (point - self._pressed[0]).manhattanLength() >= QApplication.startDragDistance()
            if far:
                node_id, self._pressed, self._narrow_to = self._pressed[1], None, None
                chosen = self._session.chosen
                self._drag(chosen if node_id in chosen else (node_id,))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._sweep = self._pressed = None
        if self._narrow_to is not None:
            self._choose((self._narrow_to,), self._narrow_to)
            self._narrow_to = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        hit = self.row_at(point)
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            return
        place = parts(*hit)
        if place.name.united(place.summary).contains(point):
            self.start_renaming(hit[0].node.id)
        elif not place.thumbnail.contains(point):
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        hit = self.row_at(event.pos())
        if hit is not None:
            node_id = hit[0].node.id
            self._choose(self._session.chosen if node_id in self._session.chosen else (node_id,), node_id)
            self.menu_wanted.emit(event.globalPos())

    # Sweeping over eyes and locks

    def _begin_sweep(self, row: Row, point: QPoint, kind: Literal["visible", "locked"], *, on: bool) -> None:
        self._sweep = Sweep(kind, on, f"{kind} sweep {next(self._marks)}")
        self._swept_from = point.y()
        self.swept.emit(row.node.id, self._sweep)

    def _sweep_to(self, point: QPoint) -> None:
        """Reach all rows between the last place and this one: a quick hand skips some."""
        sweep = self._sweep
        for row in tuple(self._rows_between(self._swept_from, point.y())):
            value = row.node.visible if sweep and sweep.kind == "visible" else row.node.locked
            if sweep is not None and value is not sweep.on:
                self.swept.emit(row.node.id, sweep)
        self._swept_from = point.y()

    def _rows_between(self, y0: int, y1: int) -> Iterator[Row]:
        low, high = min(y0, y1), max(y0, y1)
        for i, row in enumerate(self._rows.rows):
            rect = self._rect_of(i)
            if rect.top() <= high and rect.bottom() >= low:
                yield row

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        at = self._rows.row_of(self._session.active)
        if at is None:
            event.ignore()
        elif steps is not None and not event.modifiers() & ~_Modifier.ShiftModifier & ~_Modifier.KeypadModifier:
            self._walk(at, steps, ranging=bool(event.modifiers() & _Modifier.ShiftModifier))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and isinstance(self._rows.rows[at].node, Group):
            if self._rows.rows[at].open is (event.key() == Qt.Key.Key_Left):
                self._rows.toggle(self._rows.rows[at].node.id)
        else:
            event.ignore()

    def _walk(self, at: int, steps: int, *, ranging: bool) -> None:
        there = self._rows.rows[min(max(at + steps, 0), len(self._rows.rows) - 1)].node.id
        if ranging:
            self._choose(self._between(self._anchor or self._session.active, there), there)
        else:
            self._anchor = there
            self._choose((there,), there)

    # Dragging

    def _drag(self, node_ids: tuple[LayerId, ...]) -> None:
        drag = QDrag(self)
        drag.setMimeData(layers_mime(self._session, node_ids, self._files))
        rows = [i for i, row in enumerate(self._rows.rows) if row.node.id in node_ids][:_DRAGGED_ROWS]
        pixmap = QPixmap(QSize(self.viewport().width(), ROW_PX * len(rows)) * self.devicePixelRatioF())
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        pixmap.fill(Qt.GlobalColor.transparent)
        for place, i in enumerate(rows):
            self.viewport().render(pixmap, QPoint(0, place * ROW_PX), self._rect_of(i))
        drag.setPixmap(pixmap)
        drag.setHotSpot(QPoint(24, ROW_PX // 2))
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction)
        self._end_drag()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.accept()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        drop = self._drop_under(event.position().toPoint()) if event.mimeData().hasFormat(MIME) else None
        if drop != self._drop:
            self._drop = drop
            self._spring.start()
            self.viewport().update()
        if drop is None:
            event.ignore()
            return
        self._scroll_at_the_edge(event.position().y())
        copies = bool(event.modifiers() & _Modifier.AltModifier)
        event.setDropAction(Qt.DropAction.CopyAction if copies else Qt.DropAction.MoveAction)
        event.accept()

    def _scroll_at_the_edge(self, y: float) -> None:
        bar = self.verticalScrollBar()
        if y < ROW_PX / 2:
            bar.setValue(bar.value() - ROW_PX // 4)
        elif y > self.viewport().height() - ROW_PX / 2:
            bar.setValue(bar.value() + ROW_PX // 4)

    def _open_under_drag(self) -> None:
        if self._drop is not None and self._drop.place == "into":
            at = self._rows.row_of(self._drop.target)
            if at is not None and not self._rows.rows[at].open:
                self._rows.toggle(self._drop.target)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._end_drag()

    def _end_drag(self) -> None:
        self._drop = None
        self._spring.stop()
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        drop = self._drop_under(event.position().toPoint())
        text = bytes(event.mimeData().data(MIME).data()).decode()
        state = self._session.document.state
        node_ids = tuple(LayerId(line) for line in text.splitlines() if state.has(LayerId(line)))
        self._end_drag()
        if drop is not None and node_ids:
            event.accept()
            self.dropped.emit(node_ids, drop, bool(event.modifiers() & _Modifier.AltModifier))

    def _drop_under(self, point: QPoint) -> Drop | None:
        hit = self.row_at(point)
        if hit is None:
            bottom = next((row for row in reversed(self._rows.rows) if row.depth == 0), None)
            return Drop(bottom.node.id, "below") if bottom is not None else None
        drop = drop_at(hit[0], (point.y() - hit[1].top()) / ROW_PX)
        if drop.place == "below" and not self._rows.filtered:
            return self._out_of_groups(drop, hit[0].depth, point.x())
        return drop

    def _out_of_groups(self, drop: Drop, depth: int, x: int) -> Drop:
        """Below the last row of a group, further to the left means below the group."""
        state = self._session.document.state
        target = drop.target
        while depth and x < indent(self.viewport().rect(), depth):
            parent = state.parents(target)[-1]
            if parent.children[0].id != target:
                break
            target, depth = parent.id, depth - 1
        return Drop(target, "below")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        drop = self._drop
        at = None if drop is None else self._rows.row_of(drop.target)
        if drop is None or at is None:
            return
        depth = self._rows.rows[at].depth
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.accent, 2))
        if drop.place == "into":
            painter.drawRect(self._rect_of(at).adjusted(1, 1, -2, -2))
        else:
            # Below an open group means below all that is in it.
            last = at
            while drop.place == "below" and last + 1 < len(self._rows.rows) and self._rows.rows[last + 1].depth > depth:
                last += 1
            rect = self._rect_of(last)
            y = rect.top() if drop.place == "above" else rect.bottom()
            left = indent(rect, depth)
            painter.drawLine(left, y, rect.right(), y)
            painter.drawEllipse(QPoint(left - 4, y), 3, 3)
        painter.end()
