"""The layer tree as the rows of a list, the top layer first, and what each row says. The model of the layers panel.

A row is a node with its depth; the rows inside a closed group are left out. The model never changes the document:
it follows `Session` and tells the view what came, went and moved, so that a list of hundreds stays quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.filter_kinds import label_of
from app.layer_notes import layer_note
from app.session import Session
from canvas.blend_modes import BlendMode
from canvas.layers import Adjustment, Group, LabelColour, Layer, LayerId, Node
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Region, UnknownRole, role_name
from canvas.state import DocumentState
from models.control_kinds import control_kinds

REFERENCE_KINDS = {"style": "Style", "composition": "Composition", "subject": "Subject", "face": "Face"}


class RowRole(IntEnum):
    """What a row answers beside its name."""

    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """`open`: of a group, whether its children are shown. `seen`: neither it nor a group around it is hidden."""

    node: Node
    depth: int
    open: bool = True
    seen: bool = True


def rows_of(state: DocumentState, closed: frozenset[LayerId], wanted: str = "") -> tuple[Row, ...]:
    """The rows of a document, from the top down, without what lies in the groups `closed`.

    With `wanted`, all nodes that it names, wherever they lie.
    """
    if not wanted:
        return tuple(_rows(state.layers, 0, closed, seen=True))
    every = _rows(state.layers, 0, frozenset(), seen=True)
    return tuple(Row(row.node, 0, row.open, row.seen) for row in every if answers(row.node, wanted))


def _rows(nodes: tuple[Node, ...], depth: int, closed: frozenset[LayerId], *, seen: bool) -> Iterator[Row]:
    for node in reversed(nodes):
        is_open, is_seen = node.id not in closed, seen and node.visible
        yield Row(node, depth, is_open, is_seen)
        if isinstance(node, Group) and is_open:
            yield from _rows(node.children, depth + 1, closed, seen=is_seen)


def answers(node: Node, wanted: str) -> bool:
    """Whether a node is meant by typed words: parts of its name, its role, or the colour of its label."""
    label = "" if node.label is LabelColour.NONE else str(node.label)
    name = node.name.casefold()
    return all(word in name or word in (role_name(node.role), label) for word in wanted.casefold().split())


def control_label(kind: str) -> str:
    """What the artist reads for a control kind; a kind of a newer file is shown by its own name."""
    known = control_kinds().get(kind)
    return known.label if known else kind


def summary(node: Node) -> str:
    """The second line of a row: what matters for its role, or what an adjustment does."""
    if isinstance(node, Adjustment):
        blend = "" if node.blend is BlendMode.NORMAL else f"{node.blend.label} "
        return f"{label_of(node.filter)} {blend}{round(node.opacity * 100)} %"
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


def badge_word(node: Node) -> str:
    """What the badge of a row says: the role, "" where there is none to choose."""
    return "" if isinstance(node, Adjustment) else role_name(node.role)


def _range(start: float, end: float) -> str:
    return f"{round(start * 100)}–{round(end * 100)} %"


def _look(row: Row) -> tuple[object, ...]:
    """What is seen of a row but its thumbnails: a stroke must not have the list painted again."""
    node = row.node
    alpha_locked = isinstance(node, Layer) and node.alpha_locked
    return (
        row.depth, row.open, row.seen, node.name, summary(node), badge_word(node), node.visible, node.locked,
        alpha_locked, node.clip, node.mask is None, node.label,
    )  # fmt: skip


class LayerRows(QAbstractListModel):
    """Follows the session's document. `closed`: groups whose children are not shown."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._closed: frozenset[LayerId] = frozenset()
        self._wanted = ""
        self._rows = rows_of(session.document.state, self._closed)
        session.document_changed.connect(self._changed)
        session.document_replaced.connect(self._follow)

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows

    @property
    def filtered(self) -> bool:
        """Only the rows that answer typed words are shown."""
        return bool(self._wanted)

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
        if role == Qt.ItemDataRole.ToolTipRole:
            return layer_note(self._session.document.state, row.node.id)
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

    def row_of(self, layer_id: LayerId | None) -> int | None:
        """The row that shows a node, or the closed group around it; None when it is nowhere."""
        if layer_id is None or not self._session.document.state.has(layer_id):
            return None
        shown = layer_id
        if not self._wanted:
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

    def show_only(self, wanted: str) -> None:
        """Show the nodes that answer typed words, or the tree again for none."""
        self._wanted = wanted.strip()
        self._follow()

    def _changed(self, old: DocumentState, new: DocumentState) -> None:
        if old.layers is not new.layers:
            self._follow()

    def _follow(self) -> None:
        """Take the rows of the present state: what left goes, what came comes, what stayed moves and changes."""
        new = rows_of(self._session.document.state, self._closed, self._wanted)
        ids = [row.node.id for row in new]
        if ids != [row.node.id for row in self._rows]:
            self._remove_all_but(frozenset(ids))
            self._sort_like(ids)
            self._insert(new)
        old, self._rows = self._rows, new
        for i, (before, after) in enumerate(zip(old, new, strict=True)):
            same = before.node is after.node and (before.depth, before.open, before.seen) == (
                after.depth, after.open, after.seen,
            )  # fmt: skip
            if not same and _look(before) != _look(after):
                self.dataChanged.emit(self.index(i), self.index(i))

    def _remove_all_but(self, ids: frozenset[LayerId]) -> None:
        end = len(self._rows)
        while end:
            start = end
            while start and self._rows[start - 1].node.id not in ids:
                start -= 1
            if start < end:
                self.beginRemoveRows(QModelIndex(), start, end - 1)
                self._rows = self._rows[:start] + self._rows[end:]
                self.endRemoveRows()
            end = max(0, start - 1)

    def _sort_like(self, ids: list[LayerId]) -> None:
        place = {node_id: i for i, node_id in enumerate(ids)}
        moved = tuple(sorted(self._rows, key=lambda row: place[row.node.id]))
        if moved == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        at = {row.node.id: i for i, row in enumerate(moved)}
        before = self.persistentIndexList()
        after = [self.index(at[self._rows[index.row()].node.id]) for index in before]
        self._rows = moved
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, new: tuple[Row, ...]) -> None:
        known = {row.node.id for row in self._rows}
        start = 0
        while start < len(new):
            end = start
            while end < len(new) and new[end].node.id not in known:
                end += 1
            if start < end:
                self.beginInsertRows(QModelIndex(), start, end - 1)
                self._rows = self._rows[:start] + new[start:end] + self._rows[start:]
                self.endInsertRows()
            start = end + 1
