"""The form for the size of the canvas: more or less room around the picture, which keeps its pixels. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.dialogs.image_form import ImageForm, Sides, canvas_bytes, memory_note, size_text
from app.theme import RADIUS_PX, Theme
from app.widgets.buttons import TextButton
from canvas.image_size import Anchor, Outside
from canvas.state import DocumentState

_CELL_PX = 26
_DOT_PX = 3.0


class AnchorGrid(QWidget):
    """Nine places; the chosen one is where the picture stays. The arrow keys move it."""

    chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.anchor: Anchor = (1, 1)
        self.setFixedSize(3 * _CELL_PX, 3 * _CELL_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("Which part of the picture stays in its place")
        self.setAccessibleName("Anchor")

    def sizeHint(self) -> QSize:
        return QSize(3 * _CELL_PX, 3 * _CELL_PX)

    def choose(self, anchor: Anchor) -> None:
        if anchor != self.anchor:
            self.anchor = anchor
            self.update()
            self.chosen.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        column, row = (min(2, max(0, int(c // _CELL_PX))) for c in (event.position().x(), event.position().y()))
        self.choose((column, row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is None:
            event.ignore()
            return
        column, row = (min(2, max(0, a + s)) for a, s in zip(self.anchor, step, strict=True))
        self.choose((column, row))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.focus if self.hasFocus() else tokens.hairline, 1))
        painter.setBrush(tokens.field)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        for row in range(3):
            for column in range(3):
                cell = QRectF(column * _CELL_PX, row * _CELL_PX, _CELL_PX, _CELL_PX)
                if (column, row) == self.anchor:
                    painter.setBrush(tokens.accent)
                    painter.drawRoundedRect(cell.adjusted(5, 5, -5, -5), RADIUS_PX, RADIUS_PX)
                else:
                    painter.setBrush(tokens.text_disabled)
                    painter.drawEllipse(QPointF(cell.center()), _DOT_PX, _DOT_PX)
        painter.end()


class CanvasSize(ImageForm):
    """`resize(width, height, anchor, outside)` is called on OK."""

    def __init__(
        self,
        theme: Theme,
        state: DocumentState,
        resize: Callable[[int, int, Anchor, Outside], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Canvas size", parent)
        self._state, self._resize = state, resize
        self.sides = Sides(theme, state.rect.size)
        for axis, slider in enumerate(self.sides.sliders):
            slider.changed.connect(lambda _value, a=axis: self._take(a))
        self.anchor = AnchorGrid(theme)
        words = QLabel("Anchor")
        words.setToolTip(self.anchor.toolTip())
        self.delete = TextButton(theme, "Delete pixels outside")
        self.delete.setCheckable(True)
        self.delete.setToolTip("Off: layers keep what lies beyond the edges, and it can be moved back into the picture")
        beside = QVBoxLayout()
        beside.addWidget(words)
        beside.addStretch(1)
        beside.addWidget(self.delete)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.anchor)
        row.addLayout(beside, 1)
        self.column.addWidget(self.sides)
        self.column.addLayout(row)
        self.finish()
        self._show()

    def _take(self, axis: int) -> None:
        size = [float(side) for side in self.sides.size_px]
        size[axis] = self.sides.typed(axis)
        self.sides.show_size(*size)
        self._show()

    def _show(self) -> None:
        width, height = self.sides.size_px
        warning, possible = memory_note(canvas_bytes(width, height))
        self.tell(
            warning or f"From {size_text(*self._state.rect.size)} to {size_text(width, height)}", possible=possible
        )

    def apply(self) -> None:
        outside: Outside = "delete" if self.delete.isChecked() else "keep"
        self._resize(*self.sides.size_px, self.anchor.anchor, outside)
