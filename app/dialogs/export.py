"""The form for exporting: format, name, what a file of that format takes, and what it cannot keep. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.dialogs.chooser import Chooser, FileKind, replacing_question, with_ending
from app.dialogs.export_settings import LABEL_PX, ExportSettings
from app.dialogs.question import listed
from app.export_options import ExportOptions
from app.session import Session
from app.size_estimate import SizeEstimate
from app.theme import Theme
from app.widgets.buttons import TextButton
from app.widgets.combo import Choice, Combo
from app.widgets.field import TextField
from canvas.formats import registry
from canvas.formats.options import DEFAULT_OPTIONS, WriteOptions
from canvas.formats.registry import FORMATS, Format

WIDTH_PX = 500
_LOOK_MS = 60
#: How long the settings must rest before the size is found out.
_REST_MS = 200
_FORBIDDEN = frozenset('/\\:*?"<>|\0')

Deliver = Callable[[Path, WriteOptions], None]


class ExportDialog(QDialog):
    """Calls `export(path, options)` and closes. `start`: the suggested file, whose ending picks the first format."""

    def __init__(
        self,
        theme: Theme,
        session: Session,
        memory: ExportOptions,
        chooser: Chooser,
        start: Path,
        export: Deliver,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setFixedWidth(WIDTH_PX)
        self._session, self._memory, self._chooser, self._export = session, memory, chooser, export
        self._state = session.state_to_save()
        self._folder = start.parent
        self._estimate = SizeEstimate(self._state)
        self._found: dict[tuple[Format, WriteOptions], tuple[str, ...]] = {}

        self.formats = Combo(theme)
        self.formats.setAccessibleName("Format")
        self.formats.set_choices(
            Choice(f, f"{f.name} ({f.extensions[0]})", tip=f.description) for f in FORMATS if f.can_write
        )
        self.formats.show_key(registry.format_to_write(start))
        self.formats.chosen.connect(self._take_format)
        self.description = QLabel()
        self.description.setProperty("small", True)
        self.name = TextField(start.name)
        self.name.setAccessibleName("File name")
        self.name.textChanged.connect(self._show_possible)
        self.name.editingFinished.connect(self._take_name)
        self.folder = _PathLabel(self._folder)
        choose = TextButton(theme, "Choose…")
        choose.clicked.connect(self._choose_file)
        self.settings = ExportSettings(theme, session.settings.background)
        self.settings.changed.connect(self._show)
        self.losses = QVBoxLayout()
        self.losses.setSpacing(4)
        self.size_ = QLabel()
        self.size_.setProperty("dim", True)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self.ok = QPushButton("Export")
        self.ok.setProperty("primary", True)
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.accept)

        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self.folder, 1)
        folder.addWidget(choose)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow(_name("Format"), self.formats)
        form.addRow("", self.description)
        form.addRow(_name("Name"), self.name)
        form.addRow(_name("Folder"), folder)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.size_)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.ok)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.settings)
        column.addLayout(self.losses)
        column.addLayout(buttons)

        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._ask_size)
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self._show_size)
        self._take_format(self.format)
        self.name.setFocus()
        self.name.setSelection(0, len(start.stem))

    @property
    def format(self) -> Format:
        chosen = self.formats.key
        assert isinstance(chosen, Format)
        return chosen

    @property
    def path(self) -> Path:
        """The file that is going to be written."""
        kinds = [FileKind(f.name, f.extensions) for f in FORMATS if f.can_write]
        return with_ending(self._folder / self.name.text().strip(), FileKind("", self.format.extensions), kinds)

    @property
    def options(self) -> WriteOptions:
        return self.settings.options

    # What the artist does

    def _take_format(self, chosen: object) -> None:
        assert isinstance(chosen, Format)
        name = self.path.name
        if name and self.path.suffix.lower() not in chosen.extensions:
            self.name.setText(self.path.stem + chosen.extensions[0])
        self.description.setText(chosen.description)
        self.settings.show_format(chosen, self._memory.of(chosen))
        self._show()

    def _take_name(self) -> None:
        """An ending that was typed is a format that was chosen."""
        if self._problem() == "" and self.path.suffix.lower() not in self.format.extensions:
            typed = registry.format_to_write(self.path)
            self.formats.show_key(typed)
            self._take_format(typed)

    def _choose_file(self) -> None:
        kinds = [FileKind(self.format.name, self.format.extensions)]
        path = self._chooser.save_document("Export", self._folder / (self.path.name or "Untitled"), kinds)
        if path is not None:
            self._folder = path.parent
            self.folder.show_path(path.parent)
            self.name.setText(path.name)

    def accept(self) -> None:
        if self._problem():
            return
        self._take_name()
        path, options = self.path, self.options
        if path.exists() and self._chooser.ask(replacing_question(path)) != "replace":
            return
        self._memory.remember(self.format, options)
        self._export(path, options)
        super().accept()

    def done(self, result: int) -> None:
        self._rest.stop()
        self._looking.stop()
        self._estimate.close()
        super().done(result)

    # What is shown

    def _problem(self) -> str:
        name = self.name.text().strip()
        if not name.strip("."):
            return "The file needs a name."
        return 'A name cannot have any of / \\ : * ? " < > |' if _FORBIDDEN.intersection(name) else ""

    def _show_possible(self) -> None:
        problem = self._problem()
        self.ok.setEnabled(not problem)
        self.ok.setToolTip(problem)

    def _show(self) -> None:
        found = self._losses()
        while self.losses.count():
            item = self.losses.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        heading = QLabel("This format cannot keep:" if found else "Keeps everything of this document.")
        heading.setProperty("dim", not found)
        self.losses.addWidget(heading)
        if found:
            self.losses.addWidget(listed(found))
        self._show_possible()
        self.size_.setText("")
        self._looking.stop()
        self._estimate.stop()
        if self.format.layered:
            self._rest.stop()
        else:
            self._rest.start()
        # The new list counts before the layout has heard of it.
        self._column.invalidate()
        self._column.activate()
        self.adjustSize()

    def _losses(self) -> tuple[str, ...]:
        """Looking through all layers takes time; a slider that is being dragged must not wait for it."""
        alike = replace(self.options, quality=DEFAULT_OPTIONS.quality, background=DEFAULT_OPTIONS.background)
        key = self.format, alike
        if key not in self._found:
            self._found[key] = registry.losses(self._state, *key)
        return self._found[key]

    def _ask_size(self) -> None:
        # The older files beside the new one are not part of its size.
        self._estimate.ask(self.format, replace(self.options, keep_previous=False))
        self.size_.setText("Finding out the size…")
        self._looking.start()

    def _show_size(self) -> None:
        if not self._estimate.busy:
            self._looking.stop()
            size = self._estimate.size_bytes
            self.size_.setText("" if size is None else f"About {size_text(size)}")


def _name(text: str) -> QLabel:
    label = QLabel(text)
    label.setFixedWidth(LABEL_PX)
    return label


class _PathLabel(QLabel):
    """A folder, the middle of its path left out where it does not fit."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.setProperty("dim", True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.show_path(path)

    def show_path(self, path: Path) -> None:
        self._path = path
        self.setToolTip(str(path))
        self.setText(
            QFontMetricsF(self.font()).elidedText(str(path), Qt.TextElideMode.ElideMiddle, max(40, self.width()))
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_path(self._path)


def size_text(size_bytes: int) -> str:
    """ "812 kB", "3.4 MB" """
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1e6:.1f} MB"
