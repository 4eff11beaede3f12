"""`Stroke`: from the first point to pen-up. Points become dabs, dabs go onto the pixels, the mask or the selection.

Owned by one thread; `freeze` may be called once per display frame. Time is handed in: there is no clock here. No Qt.
"""

from __future__ import annotations

from collections.abc import Iterable

from canvas.brush import Brush, StrokePoint
from canvas.brush_tips import NO_IMAGES, BrushImages
from canvas.compositor import composite
from canvas.dab_path import DabPath
from canvas.dynamics import Colour
from canvas.geometry import EMPTY, Rect
from canvas.kernels.dab_table import Table
from canvas.paint_target import Target, mask_value, opened
from canvas.smear import Smear
from canvas.stamping import Stamper
from canvas.state import DocumentState
from canvas.symmetry import Symmetry, mirrored
from canvas.wash import Wash

_NOT_MIRRORED = Symmetry()


class Stroke:
    """Draws on the document as it is in `state`, which must not change otherwise while the stroke is open.

    `colour`: straight red, green, blue, 0..1. `images`: the tips and textures that the brush may name. `scale`: screen
    pixels in a document pixel. `all_layers`: a smudging brush picks up what is seen instead of what is on its layer.
    Raises EditError when the target cannot be drawn on, or the brush lacks an image.
    """

    def __init__(
        self,
        state: DocumentState,
        target: Target,
        brush: Brush,
        colour: Colour,
        *,
        images: BrushImages = NO_IMAGES,
        symmetry: Symmetry = _NOT_MIRRORED,
        scale: float = 1.0,
        all_layers: bool = False,
    ) -> None:
        self._ground = opened(state, target, brush)
        value = mask_value(target.plane, brush, colour)
        dab_colour = colour if self._ground.channels == 4 else (value, value, value)
        self._path = DabPath(brush, dab_colour, scale)
        self._copies = symmetry.copies()
        self._centre = symmetry.centre(state.width, state.height)
        stamper = Stamper(brush, images, state.rect)
        self._paint: Wash | Smear
        if brush.smudges:
            seen = (lambda rect: composite(state, rect)) if all_layers else None
            self._paint = Smear(self._ground, brush, stamper, seen)
        else:
            self._paint = Wash(self._ground, brush, colour, value, stamper)
        self._edit = self._ground.surface.edit()
        self._frozen = state

    @property
    def restless(self) -> bool:
        """The stroke would go on if the pen rested: an airbrush sprays, the stabiliser catches up."""
        return self._path.restless

    def add(self, points: Iterable[StrokePoint]) -> Rect:
        """Draw on through `points`; returns the rectangle, tile by tile, in which the target will change."""
        return self._draw(self._path.add(points))

    def rest(self, seconds: float) -> Rect:
        """The pen has stayed where it is for so long."""
        return self._draw(self._path.rest(seconds))

    def freeze(self) -> DocumentState:
        """The document with the stroke as far as it is drawn; the same object again when nothing was added."""
        if self._paint.publish(self._edit):
            self._frozen = self._ground.put(self._edit.freeze())
        return self._frozen

    def finish(self) -> DocumentState:
        """Draw to where the pen was lifted; the finished document, the first one again when nothing was painted."""
        self._draw(self._path.finish())
        state = self.freeze()
        outside = self._ground.outside
        empty = [k for k in self._paint.touched if (t := self._edit.peek(k)) is not None and (t == outside).all()]
        if not empty:
            return state
        for key in empty:
            self._edit.drop(key)
        return self._ground.put(self._edit.freeze())

    def _draw(self, dabs: Table) -> Rect:
        if not len(dabs):
            return EMPTY
        return self._paint.draw(mirrored(dabs, self._copies, self._centre))
