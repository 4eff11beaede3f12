"""The pages of the Help menu: glossary, keyboard shortcuts, about. Made from the same data as the window."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextListFormat,
    QTextTable,
)
from PySide6.QtWidgets import QDialog, QLabel, QTextBrowser, QVBoxLayout, QWidget

import resources
from app.actions import MENUS
from app.commands import COMMANDS
from app.glossary import Glossary
from app.shortcuts import HELD_KEYS, Scheme, key_text
from app.theme import Theme, Tokens, text_font
from app.tools.tool import ToolSpec
from app.widgets.field import TextField

ABOUT = (
    "A painting app whose picture finishes itself while you draw.",
    "Everything runs on this computer. Licence: Apache-2.0. Typeface: Inter, SIL Open Font License 1.1.",
)


PAGE_PX, WIDE_PAGE_PX = 620, 860


class Page(QDialog):
    """A titled page of rich text that does not block the window; with a field to search where `search` is given."""

    def __init__(self, title: str, html: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(520, 620)
        heading = QLabel(title)
        heading.setProperty("heading", True)
        self.browser = QTextBrowser()
        self.browser.setHtml(html)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 16, 12, 12)
        self._column.setSpacing(10)
        self._column.addWidget(heading)
        self._column.addWidget(self.browser, 1)


class GlossaryPage(Page):
    """All words, narrowed down by typing."""

    def __init__(self, glossary: Glossary, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Glossary", glossary_html(glossary, "", theme.tokens), parent)
        self.search = TextField()
        self.search.setPlaceholderText("Find a word")
        self.search.setAccessibleName("Find a word")
        self.search.textChanged.connect(lambda text: self.browser.setHtml(glossary_html(glossary, text, theme.tokens)))
        self._column.insertWidget(1, self.search)
        self.search.setFocus()


def glossary_html(glossary: Glossary, wanted: str, tokens: Tokens) -> str:
    """Entries whose word or texts hold `wanted`, by word."""
    needle = wanted.strip().casefold()
    shown = [e for e in glossary.sorted() if needle in f"{e.word} {e.hover} {e.use}".casefold()]
    if not shown:
        return f"<p>No word like “{escape(wanted.strip())}” is explained here.</p>"
    dim = tokens.text_dim.name()
    return "".join(
        f'<p style="margin: 0 12px 10px 0"><b>{escape(entry.word)}</b><br>{escape(entry.hover)}<br>'
        f'<span style="color: {dim}">{escape(entry.use)}</span></p>'
        for entry in shown
    )


def shortcuts_page(scheme: Scheme, tools: Sequence[ToolSpec], theme: Theme, parent: QWidget | None = None) -> Page:
    """Every command with its keys, menu by menu, after the tools and the keys to hold."""
    name = scheme.name[:1].lower() + scheme.name[1:]
    return Page(f"Keyboard shortcuts, {name}", shortcuts_html(scheme, tools, theme.tokens), parent)


def shortcuts_html(scheme: Scheme, tools: Sequence[ToolSpec], tokens: Tokens) -> str:
    parts = [_section("Tools", ((tool.label, scheme.of_tool(tool)) for tool in tools), tokens)]
    held = [(key.text, scheme.of(key.id)) for key in HELD_KEYS]
    parts.append(_section("On the canvas", held, tokens))
    for menu in MENUS:
        rows = [(c.text, scheme.of(c.id)) for c in COMMANDS if c.menu.split("/")[0] == menu]
        parts.append(_section(menu, rows, tokens))
    return "".join(parts)


def _section(title: str, rows: Iterable[tuple[str, tuple[str, ...]]], tokens: Tokens) -> str:
    dim = tokens.text_dim.name()
    lines = "".join(
        f'<tr><td width="300" style="padding: 2px 0">{escape(text)}</td>'
        f'<td style="padding: 2px 0; color: {dim}">{escape(key_text(keys))}</td></tr>'
        for text, keys in rows
    )
    return f'<p style="margin: 14px 0 6px 2px"><b>{escape(title)}</b></p><table>{lines}</table>'


def guide_page(name: str, parent: QWidget | None = None) -> Page:
    """The page of help `resources/help/<name>.md`."""
    title, _, text = resources.path("help", f"{name}.md").read_text("utf-8").partition("\n")
    page = Page(title.removeprefix("# "), "", parent)
    page.browser.document().setDefaultFont(text_font())
    page.browser.setMarkdown(re.sub(r"<!--.*?-->\n?", "", text))
    _space_out(page.browser.document())
    tables = _lay_out_tables(page.browser.document())
    page.resize(WIDE_PAGE_PX if tables else PAGE_PX, 720)
    return page


def _lay_out_tables(document: QTextDocument) -> int:
    """Cells with room and hairlines only between rows; how many tables there are."""
    tables = [frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    for table in tables:
        shape = table.format()
        shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        shape.setBorder(0)
        shape.setCellPadding(3)
        shape.setCellSpacing(0)
        table.setFormat(shape)
    return len(tables)


def _space_out(document: QTextDocument) -> None:
    """Headings of the window's own size, and room between paragraphs: Qt's Markdown has neither."""
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        cursor.setPosition(block.position())
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        layout = QTextBlockFormat()
        layout.setBottomMargin(4)
        if block.blockFormat().headingLevel():
            layout.setTopMargin(16)
            letters = QTextCharFormat()
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
            letters.setProperty(QTextFormat.Property.FontPixelSize, 14)
            letters.setFontWeight(QFont.Weight.DemiBold)
            cursor.mergeCharFormat(letters)
        cursor.mergeBlockFormat(layout)
        if block.textList() is not None:
            shape = QTextListFormat(block.textList().format())
            shape.setIndent(1)
            block.textList().setFormat(shape)
        block = block.next()
    document.setIndentWidth(18)


def about_page(parent: QWidget | None = None) -> Page:
    page = Page(f"Underdraw {_version()}", "".join(f"<p>{escape(line)}</p>" for line in ABOUT), parent)
    page.resize(420, 200)
    return page


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # a tenth of a second that only About needs

    try:
        return version("underdraw")
    except PackageNotFoundError:
        return ""
