"""`Painting`: what all tools that paint share: tips and textures, symmetry, and where the last stroke ended. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.session import Session
from app.tools.options import Held
from app.tools.shapes import Outline
from canvas.brush_tips import NO_IMAGES, BrushImages
from canvas.symmetry import Symmetry, SymmetryKind


@dataclass(frozen=True, slots=True)
class Erasing:
    """`with_brush`: the brush tool erases with its own brush. `pen_end`: what the other end of the pen erases with, the
    eraser's brush or the shape of the one in the hand."""

    with_brush: bool = False
    pen_end: Literal["eraser", "brush"] = "eraser"


class Painting:
    """`images`: replace it when tips are imported. `last_end`: where a Shift-click begins its line; None before the
    first stroke on a document."""

    def __init__(self, session: Session) -> None:
        self.images: BrushImages = NO_IMAGES
        self.symmetry = Held(Symmetry())
        self.erasing = Held(Erasing())
        self.last_end: tuple[float, float] | None = None
        self._session = session
        self._document = session.document
        session.document_replaced.connect(self._on_document_replaced)

    def axes(self) -> tuple[Outline, ...]:
        """The lines about which strokes are mirrored or turned, to be shown over the canvas."""
        symmetry, state = self.symmetry.value, self._session.document.state
        x, y = symmetry.centre(state.width, state.height)
        upright = Outline(((x, 0.0), (x, float(state.height))), closed=False, dashed=True)
        level = Outline(((0.0, y), (float(state.width), y)), closed=False, dashed=True)
        if symmetry.kind is SymmetryKind.NONE:
            return ()
        if symmetry.kind is SymmetryKind.VERTICAL:
            return (upright,)
        if symmetry.kind is SymmetryKind.HORIZONTAL:
            return (level,)
        return (upright, level)

    def _on_document_replaced(self) -> None:
        if self._session.document is not self._document:
            self._document = self._session.document
            self.last_end = None
