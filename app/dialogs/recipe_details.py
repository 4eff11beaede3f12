"""How a picture was made, all of it: what can be used here, what cannot, and the text as the file had it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextOption
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.recipe_restoring import Restoring, shortened
from app.theme import Theme, Tokens
from app.widgets.buttons import FoldButton
from app.widgets.combo import Choice, Combo
from canvas.formats.recipes.found import FoundRecipe

PAGE_PX = (560, 620)
_NAME_PX, _RAW_PX = 116, 190
_SOURCE_CHARS = 36


@dataclass(frozen=True, slots=True)
class NamedRecipe:
    """`place`: the layer or picture that it is of. `restoring`: what it would do here."""

    place: str
    found: FoundRecipe
    restoring: Restoring


@dataclass(frozen=True, slots=True)
class Deeds:
    """What the page's buttons do."""

    restore: Callable[[FoundRecipe], None]
    new_document: Callable[[int, int], None]


class RecipeDetails(QDialog):
    """Does not block the window. `recipes`: at least one, the one to be shown first in front."""

    def __init__(
        self, theme: Theme, recipes: Sequence[NamedRecipe], deeds: Deeds, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("How it was made")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*PAGE_PX)
        self._theme, self._recipes, self._deeds = theme, tuple(recipes), deeds
        self.heading = QLabel()
        self.heading.setProperty("heading", True)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.choice = Combo(theme)
        self.choice.set_choices(Choice(i, recipe.place) for i, recipe in enumerate(self._recipes))
        self.choice.setAccessibleName("Layer")
        self.choice.chosen.connect(self.show_recipe)
        self.choice.setVisible(len(self._recipes) > 1)
        self.fields = QTextBrowser()
        # Hashes and names of files have no places to break.
        self.fields.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.fields.document().setDocumentMargin(0)
        self.fields.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fold = FoldButton(theme, "The text as it stands in the file")
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setFixedHeight(_RAW_PX)
        self.raw.setAccessibleName("The text as it stands in the file")
        self.raw.hide()
        self.fold.toggled.connect(self.raw.setVisible)
        self.copy = QPushButton("&Copy text")
        self.copy.clicked.connect(self._copy)
        self.new = QPushButton()
        self.new.clicked.connect(self._begin)
        self.restore = QPushButton("&Restore")
        self.restore.setProperty("primary", True)
        self.restore.clicked.connect(self._restore)
        for button in (self.copy, self.new, self.restore):
            button.setAutoDefault(False)
        self._lay_out()
        self.show_recipe(0)

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.heading)
        top.addWidget(self.choice)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.new)
        buttons.addWidget(self.restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.fields, 1)
        column.addWidget(self.fold)
        column.addWidget(self.raw)
        column.addLayout(buttons)

    @property
    def shown(self) -> NamedRecipe:
        return self._recipes[self._index]

    def show_recipe(self, index: object) -> None:
        """Show another one of them."""
        self._index = index if isinstance(index, int) else 0
        found = self.shown.found
        self.choice.show_key(self._index)
        self.heading.setText(f"Made with {shortened(found.source, _SOURCE_CHARS)}")
        self.fields.setHtml(fields_html(self.shown, self._theme.tokens))
        self.raw.setPlainText(found.raw)
        self.fold.setVisible(bool(found.raw))
        self.raw.setVisible(bool(found.raw) and self.fold.isChecked())
        self.new.setVisible(found.size is not None)
        if found.size is not None:
            width, height = found.size
            self.new.setText(f"&New document, {width} × {height} px")
        self.restore.setEnabled(bool(self.shown.restoring.used))
        used = ", ".join(self.shown.restoring.used)
        self.restore.setToolTip(f"Sets {used}" if used else "Nothing of it can be used here")

    def _copy(self) -> None:
        """The text of the file; of a recipe of our own, what is shown."""
        found = self.shown.found
        said = "\n".join(f"{name}: {value}" for name, value in _said(found))
        QGuiApplication.clipboard().setText(found.raw or said)

    def _begin(self) -> None:
        if self.shown.found.size is not None:
            self._deeds.new_document(*self.shown.found.size)

    def _restore(self) -> None:
        self._deeds.restore(self.shown.found)
        self.close()


def fields_html(recipe: NamedRecipe, tokens: Tokens) -> str:
    """What it says, name and value; below, what cannot be used here, and why."""
    rows = [_row(name, value, tokens) for name, value in _said(recipe.found)]
    unused = [_row(name, f"{value}: {why}" if value else why, tokens) for name, value, why in recipe.restoring.unused]
    table = f'<table width="100%" cellspacing="0">{"".join(rows)}</table>'
    if not unused:
        return table
    words = "Kept with the picture, but not used here"
    title = f'<p style="margin: 12px 0 6px 0"><span style="font-weight: 600">{words}</span></p>'
    return f'{table}{title}<table width="100%" cellspacing="0">{"".join(unused)}</table>'


def _row(name: str, value: str, tokens: Tokens) -> str:
    said = escape(value).replace("\n", "<br>")
    style = "padding: 3px 12px 3px 0"
    return (
        f'<tr><td width="{_NAME_PX}" style="{style}; color: {tokens.text_dim.name()}">{escape(name)}</td>'
        f'<td style="{style}">{said}</td></tr>'
    )


def _said(found: FoundRecipe) -> Iterator[tuple[str, str]]:
    """Every field that says something."""
    model = f"{found.model} [{found.model_hash}]" if found.model and found.model_hash else found.model
    size = f"{found.size[0]} × {found.size[1]} px" if found.size else ""
    loras = "\n".join(f"{x.name} {x.weight:g}{f' [{x.hash}]' if x.hash else ''}" for x in found.loras)
    controls = "\n".join(
        " ".join(part for part in (c.kind, c.model, f"{c.weight:g}", _range(c.start, c.end)) if part)
        for c in found.controls
    )
    fields = {
        "Prompt": found.prompt,
        "Negative prompt": found.negative,
        "Model": model or found.model_hash,
        "Seed": _number(found.seed),
        "Steps": _number(found.steps),
        "Guidance": _number(found.guidance),
        "Strength": _number(found.strength),
        "Size": size,
        "Sampler": " ".join(part for part in (found.sampler, found.schedule) if part),
        "Clip skip": _number(found.clip_skip),
        "VAE": found.vae,
        "LoRAs": loras,
        "ControlNets": controls,
    }
    yield from ((name, value) for name, value in fields.items() if value)
    yield from ((name, value[:2000]) for name, value in found.other)


def _range(start: float, end: float) -> str:
    return "" if (start, end) == (0.0, 1.0) else f"{round(start * 100)}–{round(end * 100)} %"


def _number(value: float | None) -> str:
    return "" if value is None else str(value) if isinstance(value, int) else f"{value:g}"
