"""A dock for one panel: a header in small letter-spaced capitals that collapses it, and the panel below.

The header carries the panel's own buttons. Dragging it moves the dock, its context menu closes or floats it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QWidget

from app.icons import paint_icon
from app.theme import MARGIN_PX, SMALL_PX, Theme, text_font, title_font

HEADER_PX = 29
_ARROW_PX = 12
#: Qt's QWIDGETSIZE_MAX.
_UNBOUNDED = (1 << 24) - 1
#: What a panel keeps in a window that is too low for all of them.
SQUEEZED_PX = 72


class SectionHeader(QWidget):
    """`toggled` on a click. `note`: a short dim text at the right, such as a count."""

    toggled = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self._note = ""
        self._open = True
        self._pressed_at: QPointF | None = None
        self.setFixedHeight(HEADER_PX)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(MARGIN_PX, 0, MARGIN_PX + _ARROW_PX + 2, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEADER_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def add_button(self, button: QWidget) -> None:
        self._row.addWidget(button)

    def set_note(self, note: str) -> None:
        self._note = note
        self.update()

    def set_open(self, is_open: bool) -> None:
        self._open = is_open
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.globalPosition() if event.button() == Qt.MouseButton.LeftButton else None
        event.ignore()  # the dock moves by it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, self._pressed_at = self._pressed_at, None
        if start is not None and (event.globalPosition() - start).manhattanLength() < 4:
            self.toggled.emit()
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()  # two quick clicks open and close; they must not tear the dock off

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.panel)
        painter.setFont(title_font())
        painter.setPen(tokens.text_dim)
        metrics = QFontMetricsF(title_font())
        baseline = (self.height() + metrics.capHeight()) / 2
        painter.drawText(QPointF(MARGIN_PX, baseline), self._title.upper())
        arrow = QPointF(self.width() - MARGIN_PX - _ARROW_PX / 2 + 2, self.height() / 2 + 0.5)
        paint_icon(painter, "down" if self._open else "right", arrow, tokens.text_dim, _ARROW_PX)
        if self._note:
            painter.setFont(text_font(SMALL_PX))
            width = QFontMetricsF(text_font(SMALL_PX)).horizontalAdvance(self._note)
            painter.drawText(QPointF(self.width() - MARGIN_PX - _ARROW_PX - 4 - width, baseline), self._note)
        painter.end()


class PanelDock(QDockWidget):
    """`name` identifies the saved place. A panel of fixed size policy is as high as its content asks, and scrolls while
    the dock is squeezed; others scroll by themselves and share what is left. `height_changed`: it asks
    for another height.
    """

    height_changed = Signal()

    def __init__(self, theme: Theme, name: str, title: str, panel: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.header = SectionHeader(theme, title)
        self.header.toggled.connect(self.toggle)
        self.panel = panel
        panel.setObjectName("panel")
        self._fixed = panel.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed
        self._body = QScrollArea()
        self._body.setWidgetResizable(True)
        self._body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._body.setWidget(panel)
        self._squeezed = False
        self._natural_px = -1
        self.setTitleBarWidget(self.header)
        self.setWidget(self._body)
        panel.installEventFilter(self)
        self._fit()

    @property
    def is_open(self) -> bool:
        return not self._body.isHidden()

    @property
    def natural_height(self) -> int:
        """The least height in pixels at which nothing needs to scroll."""
        if not self.is_open:
            return HEADER_PX
        hint = self.panel.sizeHint() if self._fixed else self.panel.minimumSizeHint()
        return HEADER_PX + hint.height()

    def toggle(self) -> None:
        """Collapse to the header, or open again."""
        self.set_open(not self.is_open)

    def set_open(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self.header.set_open(is_open)
        self._fit()

    def squeeze(self) -> None:
        """There is not enough room for all panels: let this one scroll if it is of fixed size."""
        self._squeezed = True
        self._fit()

    def relax(self) -> None:
        """There is room again."""
        self._squeezed = False
        self._fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.header.geometry().contains(event.pos()):
            return
        menu = QMenu(self)
        menu.addAction("Collapse" if self.is_open else "Open", self.toggle)
        menu.addAction("Dock" if self.isFloating() else "Float", lambda: self.setFloating(not self.isFloating()))
        menu.addAction("Close panel", self.close)
        menu.popup(event.globalPos())
        menu.aboutToHide.connect(menu.deleteLater)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return False

    def _fit(self) -> None:
        natural = self.natural_height
        content = natural - HEADER_PX
        if not self.is_open:
            self.setFixedHeight(HEADER_PX)
        else:
            least = min(content, SQUEEZED_PX) if self._squeezed and self._fixed else content
            self._body.setMinimumHeight(least)
            self.setMinimumHeight(HEADER_PX + least)
            self.setMaximumHeight(natural if self._fixed and not self.isFloating() else _UNBOUNDED)
        if natural != self._natural_px:
            self._natural_px = natural
            self.height_changed.emit()

    def sizeHint(self) -> QSize:
        return QSize(300, self.natural_height)
