"""The brush editor: everything about the brush in the hand, tried on the canvas while it is open. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.brush_shelf import BrushShelf
from app.dialogs.brush_page import BrushPageView
from app.dialogs.brush_pages import PAGES, first_curve, page_of
from app.panels.brush_preview import BrushPreview
from app.session import Session
from app.theme import CONTROL_PX, Theme
from app.widgets.buttons import TextButton
from app.widgets.name_editor import edit_name
from app.widgets.page_list import PageList
from canvas.brush import Brush, Input, Parameter
from canvas.formats.errors import FormatError

_LIST_PX = 148


class BrushEditor(QDialog):
    """Follows the brush in the hand, whoever changes it; what is wrong with a file is said below."""

    def __init__(self, session: Session, shelf: BrushShelf, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Brush editor")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._shelf = session, shelf
        self.preview = BrushPreview(shelf, theme)
        self.name = QLabel()
        self.name.setProperty("heading", True)
        self.note = QLabel()
        self.note.setProperty("dim", True)
        self.reset = TextButton(theme, "Reset")
        self.reset.setToolTip("Back to the preset as it was saved")
        self.reset.clicked.connect(shelf.reset)
        self.save = TextButton(theme, "Save")
        self.save.setToolTip("Save the changes in the preset")
        self.save.clicked.connect(lambda: self._try(shelf.overwrite))
        self.save_as = TextButton(theme, "Save as new…")
        self.save_as.setToolTip("Make the brush a preset of its own")
        self.save_as.clicked.connect(self.ask_name)
        self.list = PageList(theme, "Parts of the brush", [(page.group, page.title) for page in PAGES])
        self.list.chosen.connect(self.show_page)
        self.pages = QStackedWidget()
        self.views = [BrushPageView(page, session, shelf, theme, self.go_to) for page in PAGES]
        for view in self.views:
            self.pages.addWidget(_scrolling(view))

        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.name)
        top.addWidget(self.note)
        top.addStretch(1)
        for button in (self.reset, self.save, self.save_as):
            top.addWidget(button)
        left = _scrolling(self.list)
        left.setFixedWidth(_LIST_PX)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(1)
        body.addWidget(left)
        body.addWidget(self.pages, 1)
        head = QVBoxLayout()
        head.setContentsMargins(12, 12, 12, 10)
        head.setSpacing(10)
        head.addLayout(top)
        head.addWidget(self.preview)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(body, 1)
        self.resize(640, 720)
        self._disconnect: tuple[Callable[[], None], ...] = (
            session.settings_changed.connect(lambda settings: self._show(settings.brush)),
            shelf.changed.connect(lambda: self._show(session.settings.brush)),
        )
        self._show(session.settings.brush)
        self.list.setFocus()

    def minimumSizeHint(self) -> QSize:
        return QSize(600, 460)

    def show_page(self, index: int) -> None:
        self.list.show_index(index)
        self.views[index].show_brush(self._session.settings.brush)
        self.pages.setCurrentIndex(index)

    def go_to(self, parameter: Parameter, by: Input) -> None:
        """The page of a parameter, which `by` drives from now on if it did not."""
        brush = self._session.settings.brush
        if brush.curve(parameter, by) is None:
            self._session.set_brush(brush.driven(parameter, by, first_curve(parameter, by)))
        self.show_page(page_of(parameter))
        self.views[page_of(parameter)].curves[by].setFocus()

    def ask_name(self) -> None:
        """Let the artist type the name of a new preset."""
        right = self.save_as.geometry().right()
        place = QRect(right - 220, self.save_as.geometry().center().y() - CONTROL_PX // 2, 220, CONTROL_PX)
        edit_name(self, place, self._shelf.brush.name, lambda name: self._try(lambda: self._shelf.save_as(name)))

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except FormatError as reason:
            self._session.message.emit(str(reason))

    def _show(self, brush: Brush) -> None:
        self.preview.show_brush(brush)
        self.views[self.pages.currentIndex()].show_brush(brush)
        driven = {dynamic.parameter for dynamic in brush.dynamics}
        self.list.mark(frozenset(i for i, page in enumerate(PAGES) if page.parameter in driven))
        dirty = self._shelf.preset is not None and self._shelf.is_dirty(brush.name)
        self.name.setText(brush.name)
        self.note.setText("changed" if dirty else "")
        self.reset.setEnabled(dirty)
        self.save.setEnabled(dirty)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._forget()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        self._forget()
        super().done(result)

    def _forget(self) -> None:
        for disconnect in self._disconnect:
            disconnect()
        self._disconnect = ()
        self.preview.forget()


def _scrolling(view: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(view)
    return area
