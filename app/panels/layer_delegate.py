"""How a layer row is laid out and painted: eye, thumbnails of pixels and mask, name over a second line, locks, badge.

`parts` is the one place that knows where things lie; painting and clicking both ask it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.icons import paint_icon
from app.panels.layer_rows import Row, RowRole, badge_word, summary
from app.panels.thumbnails import HEIGHT_PX, WIDTH_PX
from app.session import Session
from app.theme import SMALL_PX, Theme, text_font
from app.widgets import badge
from app.widgets.field import TextField
from canvas.layers import Group, LabelColour, Layer, LayerId

ROW_PX = 37
_LABEL_PX = 3
_INDENT_PX = 12
_ICON_PX = 14
#: Between a thumbnail and the frame that says that it is painted on.
_FRAME_GAP_PX = 1.5


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a row lie. Empty: `arrow`, which opens and closes a group, for what is none; `clip` for what
    is not clipped; `mask` for what has none; `badge` for what has no role to choose."""

    eye: QRect
    clip: QRect
    arrow: QRect
    thumbnail: QRect
    mask: QRect
    name: QRect
    summary: QRect
    alpha_lock: QRect
    lock: QRect
    badge: QRect


def parts(row: Row, rect: QRect) -> Parts:
    """The places of a row that fills `rect`."""
    node, middle = row.node, rect.center().y() + 1
    left = indent(rect, row.depth)
    clip = QRect(left, rect.top(), 14, ROW_PX) if node.clip else QRect()
    left += clip.width()
    arrow = QRect(left - 3, rect.top(), 14, ROW_PX) if isinstance(node, Group) else QRect()
    left += 12 if isinstance(node, Group) else 0
    top = middle - HEIGHT_PX // 2
    thumbnail = QRect(left, top, WIDTH_PX, HEIGHT_PX)
    mask = QRect(thumbnail.right() + 6, top, WIDTH_PX, HEIGHT_PX) if node.mask is not None else QRect()
    text_left = (thumbnail.right() if mask.isEmpty() else mask.right()) + 9
    word = badge_word(node)
    width = badge.badge_width(word) if word else 0
    badge_box = QRect(rect.right() - 11 - width, middle - badge.HEIGHT_PX // 2, width, badge.HEIGHT_PX if word else 0)
    # Locks stand on the line of the name, so that the line below has all the width.
    lock = QRect(badge_box.left() - 20, rect.top() + 1, 18, 20)
    alpha = QRect(lock.left() - 18, lock.top(), 18, 20)
    name_right = alpha.left() if isinstance(node, Layer) and node.alpha_locked else lock.left()
    return Parts(
        eye=QRect(rect.left() + 4, rect.top(), 28, ROW_PX),
        clip=clip,
        arrow=arrow,
        thumbnail=thumbnail,
        mask=mask,
        name=QRect(text_left, rect.top() + 4, max(0, name_right - text_left - 2), 16),
        summary=QRect(text_left, rect.top() + 19, max(0, badge_box.left() - text_left - 6), 14),
        alpha_lock=alpha,
        lock=lock,
        badge=badge_box,
    )


def indent(rect: QRect, depth: int) -> int:
    """Where the content of a row begins, to the right of the eye."""
    return rect.left() + 39 + depth * _INDENT_PX


def full_width(rect: QRect, view: QWidget) -> QRect:
    """A row as wide as the list: the scroll bar comes and goes in its margin and moves nothing."""
    return QRect(rect.left(), rect.top(), view.width(), rect.height())


class LayerDelegate(QStyledItemDelegate):
    """`picture(row)` and `mask_picture(row)` give a row's thumbnails; `rename(id, name)` is called when a new name was
    typed."""

    def __init__(
        self,
        session: Session,
        theme: Theme,
        picture: Callable[[Row], QPixmap],
        mask_picture: Callable[[Row], QPixmap],
        rename: Callable[[LayerId, str], None],
        view: QWidget,
    ) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._theme = theme
        self._picture, self._mask_picture = picture, mask_picture
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
        node, place = row.node, parts(row, rect)
        is_active = node.id == self._session.active
        chosen = node.id in self._session.chosen or bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, tokens.chosen if is_active else tokens.raised if chosen else tokens.panel)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.window)
        if node.label is not LabelColour.NONE:
            painter.fillRect(QRect(rect.left(), rect.top(), _LABEL_PX, rect.height() - 1), tokens.labels[node.label])
        ink = tokens.icon if row.seen else tokens.text_disabled
        paint_icon(painter, "eye" if node.visible else "eye-off", _middle(place.eye), ink, 16)
        if not place.clip.isEmpty():
            paint_icon(painter, "clip", _middle(place.clip), tokens.text_dim, _ICON_PX)
        if not place.arrow.isEmpty():
            paint_icon(painter, "down" if row.open else "right", _middle(place.arrow), tokens.text_dim, 12)
        self._paint_thumbnails(painter, row, place, is_active=is_active)
        _line(painter, place.name, node.name, 12, tokens.text if row.seen else tokens.text_dim)
        _line(painter, place.summary, summary(node), SMALL_PX, tokens.text_dim)
        if node.locked or bool(state & QStyle.StateFlag.State_MouseOver):
            lock_ink = tokens.icon if node.locked else tokens.text_disabled
            paint_icon(painter, "lock" if node.locked else "unlock", _middle(place.lock), lock_ink, _ICON_PX)
        if isinstance(node, Layer) and node.alpha_locked:
            paint_icon(painter, "alpha-lock", _middle(place.alpha_lock), tokens.icon, _ICON_PX)
        word = badge_word(node)
        if word:
            badge.paint_badge(painter, QRectF(place.badge), word, tokens.badges[word])
        painter.restore()

    def _paint_thumbnails(self, painter: QPainter, row: Row, place: Parts, *, is_active: bool) -> None:
        painter.setOpacity(1.0 if row.seen else 0.45)
        painter.drawPixmap(place.thumbnail.topLeft(), self._picture(row))
        if row.node.mask is None:
            painter.setOpacity(1.0)
            return
        painter.drawPixmap(place.mask.topLeft(), self._mask_picture(row))
        painter.setOpacity(1.0)
        if is_active and self._session.plane != "selection":
            painted = place.mask if self._session.plane == "mask" else place.thumbnail
            out = _FRAME_GAP_PX
            painter.setPen(QPen(self._theme.tokens.text, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(painted).adjusted(-out, -out, out, out), 3, 3)

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
            self._rename(row.node.id, name)

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
