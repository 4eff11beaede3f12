"""The layer tree as the rows of a list, the top layer first, and what each row says. The model of the layers panel.

A row is a node with its depth; the rows inside a closed group are left out. The model never changes the document:
it follows `Session` and tells the view what moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.session import Session
from canvas.layers import Group, LayerId, Node
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Region, UnknownRole
from canvas.state import DocumentState
from models.control_kinds import control_kinds

REFERENCE_KINDS = {"style": "Style", "composition": "Composition", "subject": "Subject", "face": "Face"}


class RowRole(IntEnum):
    """What a row answers beside its name."""

    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """`open`: of a group, whether its children are shown."""

    node: Node
    depth: int
    open: bool = True


def rows_of(state: DocumentState, closed: frozenset[LayerId]) -> tuple[Row, ...]:
    """The rows of a document, from the top down, without what lies in the groups `closed`."""
    return tuple(_rows(state.layers, 0, closed))


def _rows(nodes: tuple[Node, ...], depth: int, closed: frozenset[LayerId]) -> Iterator[Row]:
    for node in reversed(nodes):
        is_open = node.id not in closed
        yield Row(node, depth, is_open)
        if isinstance(node, Group) and is_open:
            yield from _rows(node.children, depth + 1, closed)


def control_label(kind: str) -> str:
    """What the artist reads for a control kind; a kind of a newer file is shown by its own name."""
    known = control_kinds().get(kind)
    return known.label if known else kind


def summary(node: Node) -> str:
    """The second line of a row: what matters for its role."""
    match node.role:
        case Paint():
            return f"{node.blend.label} {round(node.opacity * 100)} %"
        case Control(kind, weight, start, end):
            return f"{control_label(kind)} {weight:.2f} {_range(start, end)}"
        case Pose(figures, weight, start, end):
            count = f"{len(figures)} figure" + ("" if len(figures) == 1 else "s")
            return f"{count} {weight:.2f}" + ("" if (start, end) == (0.0, 1.0) else f" {_range(start, end)}")
        case InpaintMask(grow_px, feather_px):
            return f"grow {grow_px} feather {feather_px}"
        case Reference(kind, weight):
            return f"{REFERENCE_KINDS.get(kind, kind)} {weight:.2f}"
        case Region(prompt):
            return prompt or "no prompt"
        case UnknownRole():
            return "made by a newer version"


def _range(start: float, end: float) -> str:
    return f"{round(start * 100)}–{round(end * 100)} %"


class LayerRows(QAbstractListModel):
    """Follows the session's document. `closed`: groups whose children are not shown."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._closed: frozenset[LayerId] = frozenset()
        self._rows = rows_of(session.document.state, self._closed)
        session.document_changed.connect(lambda _old, _new: self._follow())
        session.document_replaced.connect(self._follow)

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == RowRole.ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.node.name
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return summary(row.node)
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        return (
            flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable | flag.ItemIsDragEnabled
            | flag.ItemIsDropEnabled
        )  # fmt: skip

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def row_of(self, layer_id: LayerId | None) -> int | None:
        """The row that shows a node, or the closed group around it; None when it is nowhere."""
        if layer_id is None or not self._session.document.state.has(layer_id):
            return None
        parents = self._session.document.state.parents(layer_id)
        shown = next((group.id for group in parents if group.id in self._closed), layer_id)
        return next((i for i, row in enumerate(self._rows) if row.node.id == shown), None)

    def toggle(self, group_id: LayerId) -> None:
        """Open or close a group."""
        self._closed ^= {group_id}
        self._follow()

    def reveal(self, layer_id: LayerId) -> None:
        """Open every group around a node."""
        around = {group.id for group in self._session.document.state.parents(layer_id)}
        if self._closed & around:
            self._closed -= around
            self._follow()

    def _follow(self) -> None:
        new = rows_of(self._session.document.state, self._closed)
        old = self._rows
        if [(row.node.id, row.depth) for row in old] != [(row.node.id, row.depth) for row in new]:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        self._rows = new
        for i, (before, after) in enumerate(zip(old, new, strict=True)):
            if before.node is not after.node or before.open != after.open:
                self.dataChanged.emit(self.index(i), self.index(i))
