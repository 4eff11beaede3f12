"""All the words a model was taught, by group, to click into a prompt; opens below a button. GUI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QLayoutItem, QScrollArea, QVBoxLayout, QWidget

from app.theme import MARGIN_PX, Theme
from app.widgets.buttons import TextButton
from models.vocabulary import Vocabulary

_SIZE = QSize(360, 420)
_GAP_PX = 4


class FlowLayout(QLayout):
    """Widgets side by side at their own size, in as many lines as they need."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return places[-1].bottom() + 1 if places else 0

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        widest = max((item.sizeHint().width() for item in self._items), default=0)
        return QSize(widest, 0)

    def setGeometry(self, box: QRect) -> None:
        super().setGeometry(box)
        for item, place in zip(self._items, self._places(box.width()), strict=True):
            item.setGeometry(place.translated(box.topLeft()))

    def _places(self, width: int) -> list[QRect]:
        places: list[QRect] = []
        x = y = 0
        for item in self._items:
            size = item.sizeHint()
            if x and x + size.width() > width:
                x, y = 0, y + size.height() + _GAP_PX
            places.append(QRect(QPoint(x, y), size))
            x += size.width() + _GAP_PX
        return places


class WordSheet(QFrame):
    """`chosen(word)`: a word was clicked; the sheet stays open for the next one. Escape or a click beside closes it."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, vocabulary: Vocabulary, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("panel")
        self.setAccessibleName("Words this model knows")
        self.setFixedSize(_SIZE)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN_PX, 8, MARGIN_PX, MARGIN_PX)
        column.setSpacing(_GAP_PX)
        for title, words in vocabulary.groups:
            heading = QLabel(title.capitalize() or "Words")
            heading.setProperty("dim", True)
            flow = FlowLayout()
            for word in words:
                chip = TextButton(theme, word)
                chip.setAccessibleName(f"Add “{word}”")
                chip.clicked.connect(partial(self.chosen.emit, word))
                flow.addWidget(chip)
            column.addWidget(heading)
            column.addLayout(flow)
            column.addSpacing(6)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        around = QVBoxLayout(self)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(area)
