"""How a layer row is laid out and painted: eye, thumbnail, name over a second line, locks and role badge.

`parts` is the one place that knows where things lie; painting and clicking both ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.icons import paint_icon
from app.panels.layer_rows import Row, RowRole, summary
from app.panels.thumbnails import HEIGHT_PX, WIDTH_PX
from app.theme import SMALL_PX, Theme, text_font
from app.widgets import badge
from app.widgets.field import TextField
from canvas.layers import Group, Layer
from canvas.roles import role_name

ROW_PX = 37
_INDENT_PX = 12
_ICON_PX = 14


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a row lie; `arrow` opens and closes a group and is empty for a layer."""

    eye: QRect
    arrow: QRect
    thumbnail: QRect
    name: QRect
    summary: QRect
    alpha_lock: QRect
    lock: QRect
    badge: QRect


def parts(row: Row, rect: QRect) -> Parts:
    """The places of a row that fills `rect`."""
    middle = rect.center().y() + 1
    left = rect.left() + 39 + row.depth * _INDENT_PX
    is_group = isinstance(row.node, Group)
    arrow = QRect(left - 3, rect.top(), 14, ROW_PX) if is_group else QRect()
    if is_group:
        left += 12
    width = badge.badge_width(role_name(row.node.role))
    badge_box = QRect(rect.right() - 11 - width, middle - badge.HEIGHT_PX // 2, width, badge.HEIGHT_PX)
    lock = QRect(badge_box.left() - 20, rect.top(), 18, ROW_PX)
    alpha = QRect(lock.left() - 18, rect.top(), 18, ROW_PX)
    text_left = left + WIDTH_PX + 8
    free = alpha.left() if isinstance(row.node, Layer) and row.node.alpha_locked else lock.left()
    if not row.node.locked and free == lock.left():
        free = badge_box.left() - 4
    return Parts(
        eye=QRect(rect.left() + 4, rect.top(), 28, ROW_PX),
        arrow=arrow,
        thumbnail=QRect(left, middle - HEIGHT_PX // 2, WIDTH_PX, HEIGHT_PX),
        name=QRect(text_left, rect.top() + 4, max(0, free - text_left - 4), 16),
        summary=QRect(text_left, rect.top() + 19, max(0, free - text_left - 4), 14),
        alpha_lock=alpha,
        lock=lock,
        badge=badge_box,
    )


def full_width(rect: QRect, view: QWidget) -> QRect:
    """A row as wide as the list: the scroll bar comes and goes in its margin and moves nothing."""
    return QRect(rect.left(), rect.top(), view.width(), rect.height())


class LayerDelegate(QStyledItemDelegate):
    """`thumbnail(row)` gives a row's picture; `rename(row, name)` is called when a new name was typed."""

    def __init__(
        self,
        theme: Theme,
        thumbnail: Callable[[Row], QPixmap],
        rename: Callable[[Row, str], None],
        view: QWidget,
    ) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._thumbnail = thumbnail
        self._rename = rename

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Row = index.data(RowRole.ROW)
        rect = self._row_rect(option)
        state: QStyle.StateFlag = option.state
        tokens = self._theme.tokens
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        place = parts(row, rect)
        node = row.node
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, tokens.chosen if chosen else tokens.panel)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.window)
        ink = tokens.icon if node.visible else tokens.text_disabled
        paint_icon(painter, "eye" if node.visible else "eye-off", _middle(place.eye), ink, 16)
        if isinstance(node, Group):
            paint_icon(painter, "down" if row.open else "right", _middle(place.arrow), tokens.text_dim, 12)
        painter.setOpacity(1.0 if node.visible else 0.45)
        painter.drawPixmap(place.thumbnail.topLeft(), self._thumbnail(row))
        painter.setOpacity(1.0)
        _line(painter, place.name, node.name, 12, tokens.text if node.visible else tokens.text_dim)
        _line(painter, place.summary, summary(node), SMALL_PX, tokens.text_dim)
        if node.locked or hovered:
            lock_ink = tokens.icon if node.locked else tokens.text_disabled
            if node.locked or place.name.right() < place.lock.left():
                paint_icon(painter, "lock" if node.locked else "unlock", _middle(place.lock), lock_ink, _ICON_PX)
        if isinstance(node, Layer) and node.alpha_locked:
            paint_icon(painter, "alpha-lock", _middle(place.alpha_lock), tokens.icon, _ICON_PX)
        role = role_name(node.role)
        badge.paint_badge(painter, QRectF(place.badge), role, tokens.badges[role])
        painter.restore()

    def _row_rect(self, option: QStyleOptionViewItem) -> QRect:
        rect: QRect = option.rect
        return full_width(rect, self._view)

    # Renaming

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = TextField(parent=parent)
        editor.setProperty("bare", True)
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.selectAll()

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, QLineEdit)
        name = editor.text().strip()
        row: Row = index.data(RowRole.ROW)
        if name and name != row.node.name:
            self._rename(row, name)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        place = parts(index.data(RowRole.ROW), self._row_rect(option))
        name = place.name
        editor.setGeometry(QRect(name.left() - 5, name.top() - 2, place.badge.left() - name.left(), 20))


def _middle(rect: QRect) -> QPointF:
    return QRectF(rect).center()


def _line(painter: QPainter, box: QRect, text: str, size_px: int, ink: object) -> None:
    font = text_font(size_px)
    painter.setFont(font)
    painter.setPen(ink)
    short = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)
