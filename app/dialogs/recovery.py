"""The page of journals: documents that a program that died has left, or that were closed, to open them again. GUI
thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from app.dialogs.image_form import size_text
from app.journal_folder import Found
from app.recovering import png_pixels
from app.saving import ago_text
from app.theme import RADIUS_PX, Theme
from app.widgets.buttons import IconButton
from app.widgets.combo import Choice, Combo
from canvas.formats.journal_summary import Summary, Version

WIDTH_PX, MOST_HEIGHT_PX = 700, 560
_PICTURE_PX = QSize(128, 96)
_VERSIONS_PX, _WORDS_PX, _OPEN_PX = 280, 384, 72
_NAME_PX = 360
#: Versions closer to each other than this are not told apart.
_APART_S = 5.0


@dataclass(frozen=True, slots=True)
class Deeds:
    """What the page orders: `open(journal, version)`, `delete(journal)`, which asks; `preview(journal, version)`, a PNG
    or b""; `closed()` when it was closed by the artist."""

    open: Callable[[Summary, int], None]
    delete: Callable[[Summary], None]
    preview: Callable[[Summary, int], bytes]
    closed: Callable[[], None]


class RecoveryPage(QDialog):
    """`offered`: of what died, right after the start; else of all journals. It does not block the window."""

    def __init__(
        self, theme: Theme, found: Found, deeds: Deeds, now_s: float, parent: QWidget | None = None, *, offered: bool
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Recovered work" if offered else "Earlier versions")
        self.setFixedWidth(WIDTH_PX)
        self._theme, self._deeds, self._now_s, self._offered = theme, deeds, now_s, offered
        self.rows: list[JournalRow] = []
        heading = QLabel(self.windowTitle())
        heading.setProperty("heading", True)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("dim", True)
        self._list = QWidget()
        self._list.setObjectName("panel")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.keep = QPushButton("Keep for later" if offered else "Close")
        if offered:
            self.keep.setToolTip("It stays under File, Earlier versions")
        self.keep.setAutoDefault(False)
        self.keep.clicked.connect(self.reject)
        self.finished.connect(deeds.closed)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(self.words)
        column.addWidget(self._scroll, 1)
        column.addLayout(buttons)
        self.show_found(found)

    def show_found(self, found: Found) -> None:
        """Show what is there now."""
        present = () if found.present is None or self._offered else (found.present,)
        journals = (*present, *(found.lost_work if self._offered else found.journals))
        chosen = {row.journal.path: row.version for row in self.rows}
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [
            JournalRow(self._theme, each, self._deeds, self._now_s, is_open=each in present) for each in journals
        ]
        for row in self.rows:
            if row.journal.path in chosen:
                row.show_version(chosen[row.journal.path])
            self._column.addWidget(row)
        if self.rows and self._offered:
            self.rows[0].open.setProperty("primary", True)
        self.words.setText(self._words())
        height = sum(row.sizeHint().height() for row in self.rows)
        self._scroll.setVisible(bool(self.rows))
        self._scroll.setMinimumHeight(min(height, MOST_HEIGHT_PX))
        self._scroll.setMaximumHeight(min(height, MOST_HEIGHT_PX))
        self.adjustSize()

    def _words(self) -> str:
        if not self.rows:
            return "Nothing is kept at the moment."
        if self._offered:
            return "Underdraw did not end as it should the last time. This was not saved:"
        return "Documents as they were, with all results, for some days after they were closed."


class JournalRow(QWidget):
    """A document with its picture, when it was as it is, and what can be done with it."""

    def __init__(self, theme: Theme, journal: Summary, deeds: Deeds, now_s: float, *, is_open: bool) -> None:
        super().__init__()
        self._theme, self._deeds = theme, deeds
        self.journal = journal
        self.picture = _Picture(theme, journal.preview)
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        font = self.name.font()
        font.setWeight(font.Weight.DemiBold)
        self.name.setFont(font)
        self.name.setText(QFontMetricsF(font).elidedText(journal.name, Qt.TextElideMode.ElideMiddle, _NAME_PX))
        self.name.setToolTip(journal.name)
        self.versions = Combo(theme)
        self.versions.setFixedWidth(_VERSIONS_PX)
        self.versions.setAccessibleName("Version")
        self.versions.setToolTip("When the document was as it will be opened")
        self.versions.set_choices(
            Choice(each.id, time_text(each.made_s, now_s)) for each in told_apart(journal.versions)
        )
        self.versions.show_key(journal.versions[0].id)
        self.versions.chosen.connect(self._on_version)
        self.details = QLabel(details_text(journal, is_open=is_open))
        self.details.setProperty("dim", True)
        self.open = QPushButton("Open")
        self.open.setFixedWidth(_OPEN_PX)
        self.open.setToolTip("Open it without a file name: saving asks where to")
        self.open.setAutoDefault(False)
        self.open.clicked.connect(lambda: deeds.open(journal, self.version))
        self.delete = IconButton(theme, "trash", f"Delete {journal.name}")
        self.delete.clicked.connect(lambda: deeds.delete(journal))
        self.delete.setEnabled(not is_open)
        middle = QWidget()
        middle.setFixedWidth(_WORDS_PX)
        words = QVBoxLayout(middle)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(6)
        words.addWidget(self.name)
        words.addWidget(self.versions)
        words.addWidget(self.details)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 10, 10, 10)
        row.setSpacing(12)
        row.addWidget(self.picture)
        row.addWidget(middle)
        row.addStretch(1)
        row.addWidget(self.open, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.delete, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def version(self) -> int:
        """The chosen version."""
        key = self.versions.key
        assert isinstance(key, int)
        return key

    def show_version(self, version: int) -> None:
        """Choose it, if it is there."""
        self.versions.show_key(version)
        if self.versions.key is None:
            self.versions.show_key(self.journal.versions[0].id)

    def _on_version(self, version: object) -> None:
        assert isinstance(version, int)
        png = self._deeds.preview(self.journal, version)
        if png:
            self.picture.show_png(png)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.tokens.hairline)
        painter.end()


class _Picture(QWidget):
    """A small picture, as large as it fits."""

    def __init__(self, theme: Theme, png: bytes) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(_PICTURE_PX)
        self.show_png(png)

    def show_png(self, png: bytes) -> None:
        pixels = png_pixels(png)
        if pixels is None:
            self._image = QImage()
        else:
            height, width = pixels.shape[:2]
            self._image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.surround)
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        if self._image.isNull():
            painter.setPen(tokens.text)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No picture yet")
        else:
            size = self._image.size().scaled(_PICTURE_PX - QSize(8, 8), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF(0, 0, size.width(), size.height())
            box.moveCenter(QRectF(self.rect()).center())
            painter.fillRect(box, tokens.checker_light)
            painter.drawImage(box, self._image)
        painter.end()


def told_apart(versions: Sequence[Version]) -> tuple[Version, ...]:
    """The newest, and of those before it as many as a reader can tell from each other."""
    shown: list[Version] = []
    for each in versions:
        if not shown or shown[-1].made_s - each.made_s >= _APART_S:
            shown.append(each)
    return tuple(shown)


def time_text(made_s: float, now_s: float) -> str:
    """ "12 Nov, 14:03:20, 3 minutes ago" """
    made = datetime.fromtimestamp(made_s)
    return f"{made.day} {made:%b}, {made:%H:%M:%S}, {ago_text(now_s - made_s)}"


def details_text(journal: Summary, *, is_open: bool) -> str:
    """ "4 096 × 4 096 px  •  12 results  •  34 MB  •  closed without saving" """
    newest = journal.versions[0]
    results = f"{journal.results} result{'' if journal.results == 1 else 's'}"
    size = f"{max(1, round(journal.size_bytes / 1e6))} MB"
    left = "not saved" if journal.has_unsaved_work else "saved" if newest.clean else "closed without saving"
    how = "open now" if is_open else left
    parts = (size_text(newest.width, newest.height), results if journal.results else "", size, how)
    return "  •  ".join(part for part in parts if part)
