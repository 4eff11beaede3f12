"""Magic wand and selection by colour: a click selects what looks alike."""

from __future__ import annotations

from app.tools.pointer import PointerEvent
from app.tools.references import sampler
from app.tools.selection_tool import SelectionTool
from app.tools.tool import ToolSpec
from canvas.flood import Likeness, Likenesses
from canvas.tiles import Surface


class ColourSelectionTool(SelectionTool):
    """Selects at the press, or, where a drag would move the selection, at a release that did not move."""

    def found(self, seen: Likenesses, event: PointerEvent) -> Surface:
        """The selection that a click makes."""
        raise NotImplementedError

    def begin(self, event: PointerEvent) -> None:
        document = self._session.document.state.rect
        if not (document.x0 <= event.x < document.x1 and document.y0 <= event.y < document.y1):
            self._session.message.emit("That is outside the canvas; click on what to select")
            return
        seen = Likenesses(sampler(self._session, self.options.value.reference), document)
        self.apply(self.found(seen, event))

    def click(self, event: PointerEvent) -> None:
        self.begin(event)


class WandTool(ColourSelectionTool):
    spec = ToolSpec(
        "select-wand", "Magic wand", "wand", "W", "select", "cross",
        "Click to select the area of like colour around the pointer. Shift adds, Alt subtracts.", "select",
    )  # fmt: skip

    def found(self, seen: Likenesses, event: PointerEvent) -> Surface:
        options = self.options.value
        likeness = Likeness(
            options.tolerance, options.contiguous, options.gap_px, options.grow_px, antialias=options.antialias
        )
        return seen.area(event.x, event.y, likeness)


class SimilarColourTool(ColourSelectionTool):
    spec = ToolSpec(
        "select-colour", "Colour selection", "select-colour", "Shift+W", "select", "cross",
        "Click to select everything of a colour, softer the less it is alike. Shift adds, Alt subtracts.", "select",
    )  # fmt: skip

    def found(self, seen: Likenesses, event: PointerEvent) -> Surface:
        options = self.options.value
        return seen.range(seen.colour_at(event.x, event.y), options.tolerance, options.fuzziness)
