"""The keyboard shortcuts, all of them editable: find a command, press its new key. GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.commands import COMMANDS
from app.key_map import KeyMap
from app.shortcuts import HELD_KEYS, PICKER_KEYS, Keys, key_text, portable
from app.theme import Theme
from app.tools.tool import ToolSpec
from app.widgets.field import TextField

_COLUMNS = ("Command", "Menu", "Keys")
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    text: str
    place: str


def entries(tools: Sequence[ToolSpec]) -> tuple[Entry, ...]:
    """Everything that can have a key: tools, keys to hold, commands menu by menu."""
    return (
        *(Entry(f"tool.{tool.id}", tool.label, "Tools") for tool in tools),
        *(Entry(held.id, held.text, "On the canvas") for held in HELD_KEYS),
        *(Entry(command.id, command.text.rstrip("…"), command.menu.replace("/", " / ")) for command in COMMANDS),
    )


class ShortcutTable(QAbstractTableModel):
    """Entries and their keys in the map in use; what the artist changed is marked."""

    def __init__(self, key_map: KeyMap, tools: Sequence[ToolSpec], theme: Theme) -> None:
        super().__init__()
        self.entries = entries(tools)
        self._key_map, self._tools, self._theme = key_map, {f"tool.{t.id}": t for t in tools}, theme

    def keys(self, entry: Entry) -> Keys:
        scheme = self._key_map.book.scheme
        tool = self._tools.get(entry.id)
        return scheme.of(entry.id) if tool is None else scheme.of_tool(tool)

    def renew(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.entries) - 1, 2))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _COLUMNS[section] if shown else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (entry.text, entry.place, key_text(self.keys(entry)))[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(entry, index.column())
        return None

    def _colour(self, entry: Entry, column: int) -> QColor | None:
        tokens = self._theme.tokens
        if column == 2 and entry.id in self._key_map.book.changes:
            return tokens.accent
        return tokens.text_dim if column == 1 else None


class ShortcutEditor(QDialog):
    """Changes count at once. A key that another command has is taken over, and that is said."""

    def __init__(self, key_map: KeyMap, tools: Sequence[ToolSpec], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 620)
        self._key_map, self._tools = key_map, tuple(tools)
        self.model = ShortcutTable(key_map, tools, theme)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.model)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._proxy.setFilterKeyColumn(-1)
        self.search = TextField()
        self.search.setPlaceholderText("Find a command or a key")
        self.search.textChanged.connect(self._proxy.setFilterFixedString)
        self.table = QTableView()
        self.table.setModel(self._proxy)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(22)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(2, 190)
        self.table.doubleClicked.connect(lambda _index: self.start_recording())
        self.table.selectionModel().currentChanged.connect(lambda _new, _old: self._stop_recording())
        self.note = QLabel()
        self.note.setProperty("dim", True)
        self.note.setWordWrap(True)
        self.record = QPushButton("Press a new key…")
        self.record.setCheckable(True)
        self.record.clicked.connect(self.start_recording)
        self.record.installEventFilter(self)
        self.add = QPushButton("Add another…")
        self.add.clicked.connect(lambda: self.start_recording(adding=True))
        self.clear = QPushButton("No key")
        self.clear.clicked.connect(lambda: self._assign(()))
        self.reset = QPushButton("Default")
        self.reset.clicked.connect(self._reset)
        self.reset_all = QPushButton("Reset all")
        self.reset_all.clicked.connect(self._reset_all)
        self._adding = False

        buttons = QHBoxLayout()
        for button in (self.record, self.add, self.clear, self.reset):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.reset_all.setAutoDefault(False)
        buttons.addWidget(self.reset_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addLayout(buttons)
        disconnect = key_map.changed.connect(self.model.renew)
        self.destroyed.connect(lambda: disconnect())
        self.table.selectRow(0)
        self._say_idle()

    @property
    def entry(self) -> Entry | None:
        """The chosen one."""
        index = self.table.currentIndex()
        return self.model.entries[self._proxy.mapToSource(index).row()] if index.isValid() else None

    def choose(self, command_id: str) -> None:
        """Show and choose a command."""
        self.search.clear()
        row = next(i for i, entry in enumerate(self.model.entries) if entry.id == command_id)
        index = self._proxy.mapFromSource(self.model.index(row, 0))
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)

    def start_recording(self, adding: bool = False) -> None:
        """The next key that is pressed becomes the command's, instead of its present keys or beside them."""
        if self.entry is None:
            return
        self._adding = adding is True
        self.record.setChecked(True)
        self.record.setFocus()
        self.note.setText(f"Press the key for “{self.entry.text}”; Esc to leave it as it is.")

    def _stop_recording(self) -> None:
        self.record.setChecked(False)
        self._say_idle()

    def _say_idle(self) -> None:
        self.note.setText(f"{self._key_map.book.scheme.name}. Double-click a line, then press its new key.")

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is not self.record or not self.record.isChecked() or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            self._recorded(event)
        return True

    def _recorded(self, event: QKeyEvent) -> None:
        entry = self.entry
        if entry is None or (event.key() == Qt.Key.Key_Escape and not event.modifiers()):
            self._stop_recording()
            return
        if event.key() in _MODIFIERS:
            if entry.id == "hold.picker" and event.key() in (Qt.Key.Key_Control, Qt.Key.Key_Alt):
                self._assign((PICKER_KEYS[event.key() == Qt.Key.Key_Alt],))
            return
        if entry.id == "hold.picker":
            self.note.setText("Colours are picked while Ctrl or Alt is held: press one of these.")
            return
        if entry.id in {held.id for held in HELD_KEYS} and event.modifiers():
            self.note.setText("A key to hold stands alone, without Ctrl, Alt or Shift.")
            return
        key = QKeySequence(event.keyCombination()).toString()
        present = tuple(k for k in self.model.keys(entry) if portable(k) != portable(key)) if self._adding else ()
        self._assign((*present, key))

    def _assign(self, keys: Keys) -> None:
        entry = self.entry
        if entry is None:
            return
        self._stop_recording()
        scheme = self._key_map.book.scheme
        losers = [scheme.owner(key, self._tools) for key in keys]
        names = {known.id: known.text for known in self.model.entries}
        lost = [names[loser] for loser in losers if loser is not None and loser != entry.id]
        self._key_map.book.assign(entry.id, keys, self._tools)
        self._key_map.apply()
        if lost:
            self.note.setText(f"“{entry.text}” has {key_text(keys)} now; “{lost[0]}” no longer has it.")

    def _reset(self) -> None:
        if self.entry is not None:
            self._key_map.book.reset(self.entry.id)
            self._key_map.apply()

    def _reset_all(self) -> None:
        self._key_map.book.reset()
        self._key_map.apply()
        self.note.setText("All keys are as they came with Underdraw.")
