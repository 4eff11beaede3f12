"""The Filter menu, and adjustment layers of the same filters. GUI thread only."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app import adjustment_intents
from app.commands.command import Command, CommandGroup, Means
from app.dialogs.filter_dialog import UNNOTICED_MS, FilterDialog, FilterProgress
from app.dialogs.filters import form_for
from app.filter_kinds import KINDS, SECTIONS
from app.filtering import Filtering
from app.theme import Theme
from canvas.edits import EditError
from canvas.filters.values import Filter, PointFilter
from canvas.geometry import Rect

COMMANDS = (
    Command("filter.repeat", "Repeat last filter", "Filter", "repeat", ready="has_last"),
    *(
        Command(
            f"filter.{kind.id}", kind.label if kind.immediate else f"{kind.label}…", "Filter", "start", section,
            ready="has_subject", arguments=(kind.id,),
        )
        for section, kinds in enumerate(SECTIONS, 1) for kind in kinds
    ),
)  # fmt: skip

#: For the Layer menu.
ADJUSTMENTS = tuple(
    Command(
        f"layer.adjust_{kind.id}", kind.label, "Layer/Add adjustment", "filter.add_adjustment", section,
        arguments=(kind.id,),
    )
    for section, kinds in enumerate(SECTIONS) for kind in kinds if kind.adjusts
)  # fmt: skip


class FilterCommands(CommandGroup):
    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._last: Filter | None = None

    @property
    def has_last(self) -> bool:
        return self._last is not None and self.has_subject

    @property
    def has_subject(self) -> bool:
        """There may be something to filter."""
        plane = self._session.plane
        return plane == "selection" or self.has_pixels or (plane == "mask" and self.has_node)

    def start(self, kind_id: str) -> None:
        """Open the form of a filter, or apply one that has nothing to set."""
        kind = KINDS[kind_id]
        if kind.immediate:
            self._apply(kind.first, kind.label)
            return
        filtering = self._begin(kind.label)
        remembered = self._last if type(self._last) is type(kind.first) else None

        def build(theme: Theme, parent: QWidget) -> QWidget:
            form = form_for(theme, kind.first)
            assert form is not None
            if remembered is not None and not kind.adjusts:
                form.set_value(remembered)
            return FilterDialog(theme, filtering, form, self._in_sight, parent)

        self._desk.show_form(build)

    def repeat(self) -> None:
        """Apply the last filter again with the same settings."""
        if self._last is None:
            raise EditError("No filter has been applied yet; choose one from the Filter menu")
        kind = next(kind for kind in KINDS.values() if type(kind.first) is type(self._last))
        self._apply(self._last, kind.label)

    def add_adjustment(self, kind_id: str) -> None:
        kind = KINDS[kind_id]
        assert isinstance(kind.first, PointFilter)
        adjustment_intents.add(self._session, kind.label, kind.first)

    def _apply(self, value: Filter, label: str) -> None:
        filtering = self._begin(label)
        filtering.use(value)
        if filtering.step(UNNOTICED_MS / 1000):
            self._desk.show_form(lambda theme, parent: FilterProgress(theme, filtering, self._in_sight, parent))
        else:
            filtering.confirm()

    def _begin(self, label: str) -> Filtering:
        filtering = Filtering(self._session, label)
        self._toolbox.interlude = filtering

        def on_ended(applied: bool) -> None:
            self._toolbox.interlude = None
            if applied:
                self._last = filtering.value

        filtering.ended.connect(on_ended)
        return filtering

    def _in_sight(self) -> Rect:
        return self._view.viewport.visible()
