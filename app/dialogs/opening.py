"""What lies over the canvas while a file is read: its stored picture, how far it is, and a way to call it off. GUI
thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTabletEvent,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.dialogs.filter_dialog import WorkLine
from app.opening import Opening
from app.saving_note import elided
from app.theme import Theme
from app.widgets.field import is_typing

_LOOK_MS = 30
#: A file that is there within this time needs no word.
_UNNOTICED_MS = 150
_CARD_PX, _WORDS_PX, _GAP_PX = 340, 220, 24
_ALMOST = 0.99


class OpeningPicture(QWidget):
    """Covers `view` until `ended(opening)` was called, once the file is read or could not be."""

    def __init__(self, theme: Theme, opening: Opening, view: QWidget, ended: Callable[[Opening], None]) -> None:
        super().__init__(view)
        self.opening = opening
        self._theme, self._view, self._ended = theme, view, ended
        self._picture: QImage | None = None
        # What happens here is not meant for the canvas below.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.label = QLabel(elided(f"Opening {opening.path.name}", _WORDS_PX))
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.line = WorkLine(theme)
        self.cancel = QPushButton("Cancel")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cancel.clicked.connect(self.call_off)
        self.card = QWidget(self)
        self.card.setObjectName("panel")
        self.card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.label, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.line)
        self.card.setFixedWidth(_CARD_PX)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._appear = QTimer(self, interval=_UNNOTICED_MS, singleShot=True)
        self._appear.timeout.connect(self._show_up)
        self._appear.start()
        self.hide()
        view.installEventFilter(self)

    def call_off(self) -> None:
        """The artist thinks better of it, or opens something else."""
        self.opening.cancel()
        self._end()

    def finish(self) -> None:
        """Hand over what was read, however long the rest takes."""
        if self._timer.isActive():
            self.opening.wait(None)
            self._look()

    def _look(self) -> None:
        if self.opening.done:
            self._end()
            return
        self.line.show_share(min(self.opening.progress, _ALMOST))
        if self._picture is None and self.opening.picture is not None:
            pixels = self.opening.picture
            height, width = pixels.shape[:2]
            self._picture = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
            self._show_up()

    def _show_up(self) -> None:
        if self._timer.isActive():
            self._place()
            self.show()
            self.raise_()
            self.setFocus()
            self.update()

    def _end(self) -> None:
        if not self._timer.isActive():
            return
        self._timer.stop()
        self._appear.stop()
        self._view.removeEventFilter(self)
        had_focus = self.hasFocus()
        self.hide()
        if had_focus:
            self._view.setFocus()
        self.deleteLater()
        self._ended(self.opening)

    def _place(self) -> None:
        self.setGeometry(self._view.rect())
        self.card.adjustSize()
        x = (self.width() - self.card.width()) // 2
        y = self.height() - self.card.height() - _GAP_PX if self._picture else (self.height() - self.card.height()) // 2
        self.card.move(x, y)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.surround)
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._picture_box(self._picture), self._picture)
        painter.end()

    def _picture_box(self, picture: QImage) -> QRectF:
        """As large as it can be above the card, in the middle."""
        room = QRectF(self.rect()).adjusted(_GAP_PX, _GAP_PX, -_GAP_PX, -2 * _GAP_PX - self.card.height())
        scale = min(room.width() / picture.width(), room.height() / picture.height())
        box = QRectF(0, 0, picture.width() * scale, picture.height() * scale)
        box.moveCenter(room.center())
        return box

    # Nothing reaches the canvas

    def event(self, event: QEvent) -> bool:
        if is_typing(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.call_off()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
