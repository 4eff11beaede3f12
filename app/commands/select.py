"""The Select menu. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app import mask_intents, selection_intents
from app.commands.command import Command, CommandGroup, Means
from app.dialogs.colour_range import ColourRange
from app.dialogs.select_amount import Amount, SelectionForm
from app.layer_intents import active_id
from app.theme import Theme
from app.widgets.scale import Scale
from canvas import edits, selection
from canvas.edits import EditError
from canvas.state import DocumentState
from canvas.tiles import Surface

_PX = Scale(1, 250, unit=" px", curve="log")

COMMANDS = (
    Command("select.all", "All", "Select", "select_all"),
    Command("select.none", "None", "Select", "select_none", ready="has_selection"),
    Command("select.reselect", "Reselect", "Select", "reselect", ready="had_selection"),
    Command("select.invert", "Invert", "Select", "invert", ready="has_selection"),
    Command("select.opaque", "What is opaque", "Select", "select_opaque", 1, ready="has_pixels"),
    Command("select.colour_range", "Colour range…", "Select", "colour_range", 1),
    Command("select.grow", "Grow…", "Select", "grow", 2, ready="has_selection"),
    Command("select.shrink", "Shrink…", "Select", "shrink", 2, ready="has_selection"),
    Command("select.feather", "Feather…", "Select", "feather", 2, ready="has_selection"),
    Command("select.border", "Border…", "Select", "border", 2, ready="has_selection"),
    Command("select.smooth", "Smooth…", "Select", "smooth", 2, ready="has_selection"),
    Command("select.to_mask", "Save as layer mask", "Select", "to_mask", 3, ready="has_selection"),
    Command("select.quick_mask", "Quick mask: paint the selection", "Select", "quick_mask", 4, checked="is_quick_mask"),
    Command("select.show_edge", "Show edge", "Select", "toggle_edge", 4, checked="is_edge_shown", mid_stroke=True),
)  # fmt: skip


class SelectCommands(CommandGroup):
    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._last: Surface | None = None
        means.session.document_changed.connect(self._remember)
        means.session.document_replaced.connect(self._forget)
        self._document = means.session.document

    def _remember(self, old: DocumentState, new: DocumentState) -> None:
        if new.selection is None and old.selection is not None:
            self._last = old.selection

    def _forget(self) -> None:
        if self._session.document is not self._document:
            self._document, self._last = self._session.document, None

    @property
    def had_selection(self) -> bool:
        return self._last is not None and not self.has_selection

    @property
    def is_quick_mask(self) -> bool:
        return self._session.plane == "selection"

    @property
    def is_edge_shown(self) -> bool:
        return self._toolbox.edge.shown

    def select_all(self) -> None:
        selection_intents.select_all(self._session)

    def select_none(self) -> None:
        selection_intents.select_none(self._session)

    def reselect(self) -> None:
        """Bring back the selection that was there before the last time nothing was."""
        last = self._last
        if last is None or self.has_selection:
            raise EditError("There is no earlier selection to bring back")
        self._session.document.edit("Reselect", lambda state: edits.set_selection(state, last))

    def invert(self) -> None:
        selection_intents.invert(self._session)

    def select_opaque(self) -> None:
        selection_intents.select_opaque(self._session, active_id(self._session))

    def to_mask(self) -> None:
        mask_intents.add(self._session, "reveal selection")
        self._session.paint_on("pixels")

    def quick_mask(self) -> None:
        selection_intents.toggle_quick_mask(self._session)

    def toggle_edge(self) -> None:
        self._toolbox.edge.show(on=not self._toolbox.edge.shown)

    # With an amount

    def colour_range(self) -> None:
        session, edge = self._session, self._toolbox.edge
        self._desk.show_form(lambda theme, window: ColourRange(theme, session, edge, window))

    def grow(self) -> None:
        self._ask("Grow selection", Amount("Grow by", _PX, 4), lambda s, d, px: selection.grown(s, d.rect, round(px)))

    def shrink(self) -> None:
        self._ask(
            "Shrink selection", Amount("Shrink by", _PX, 4), lambda s, d, px: selection.grown(s, d.rect, -round(px))
        )

    def feather(self) -> None:
        self._ask("Feather selection", Amount("Radius", _PX, 8), lambda s, d, px: selection.feathered(s, d.rect, px))

    def border(self) -> None:
        self._ask(
            "Border of selection", Amount("Width", _PX, 8), lambda s, d, px: selection.bordered(s, d.rect, round(px))
        )

    def smooth(self) -> None:
        self._ask(
            "Smooth selection", Amount("Radius", _PX, 4), lambda s, d, px: selection.smoothed(s, d.rect, round(px))
        )

    def _ask(self, title: str, amount: Amount, change: Callable[[Surface, DocumentState, float], Surface]) -> None:
        """A form for one amount. Raises EditError when nothing is selected."""
        session, edge = self._session, self._toolbox.edge
        selection_intents.present(session)

        def compute(state: DocumentState, px: float) -> Surface:
            return change(selection_intents.present(session), state, px)

        def build(theme: Theme, window: QWidget) -> QWidget:
            return SelectionForm(theme, session, edge, title, (amount,), compute, window)

        self._desk.show_form(build)
