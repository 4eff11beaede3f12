"""`Scene`: the visible part of the document as planes ready to be painted, kept up to date tile by tile. No Qt.

Each `Plane` is one kind of thing seen on the canvas: the picture, the instruction lines, the tint of the masks, the
active reference, what is not selected. Planes also know fresh ink: what was painted since the shown result was asked
for. Owned by the GUI thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from app.canvas_view.chosen_layers import ChosenLayers, active_reference, mask_layers
from app.canvas_view.fresh_ink import Rgb, fresh_ink
from app.canvas_view.plane import Clock, Plane, to_bgra
from app.canvas_view.quick_mask import Unselected, unselected
from app.canvas_view.shown_mask import ShownMask, greys
from app.canvas_view.tile_pool import TilePool
from app.canvas_view.viewport import Viewport
from canvas.geometry import EMPTY, Rect
from canvas.layers import LayerId
from canvas.projection import Projection
from canvas.state import DocumentState
from canvas.tiles import TILE_PX, Pixels8

#: Cache of the state that the shown result was made from: only its changed tiles are ever looked at.
BASELINE_BYTES = 64 << 20
#: Colour (B, G, R) and strength of the tint over masks.
MASK_TINT = (48, 48, 224)
MASK_OPACITY = 0.4
#: Colours remembered for telling fresh ink from other changes.
INKS = 3


class Scene:
    """`paper`: the colour (RGB) that fresh ink shows for transparency."""

    def __init__(self, paper: Rgb, pool: TilePool) -> None:
        self._inks: deque[Rgb] = deque(maxlen=INKS)

        def fresh_paint(before: Pixels8, now: Pixels8, inks: Sequence[Rgb]) -> Pixels8 | None:
            return fresh_ink(before, now, inks, paper)

        def fresh_lines(before: Pixels8, now: Pixels8, inks: Sequence[Rgb]) -> Pixels8 | None:
            return fresh_ink(before, now, inks, None)

        paint, lines = Projection("picture"), Projection("instructions")
        before_paint = Projection("picture", budget_bytes=BASELINE_BYTES, beside=paint)
        before_lines = Projection("instructions", budget_bytes=BASELINE_BYTES, beside=lines)
        self.picture = Plane(paint, to_bgra, pool, before_paint, fresh_paint)
        self.lines = Plane(lines, to_bgra, pool, before_lines, fresh_lines)
        self.masks = Plane(ChosenLayers(mask_layers), tinted, pool)
        self.reference = Plane(ChosenLayers(active_reference), to_bgra, pool)
        self._unselected = Unselected()
        self.quick_mask = Plane(self._unselected, tinted, pool, compose=unselected)
        self._shown_mask = ShownMask()
        self.layer_mask = Plane(self._shown_mask, to_bgra, pool, compose=greys)
        self.planes = (self.picture, self.lines, self.masks, self.reference, self.quick_mask, self.layer_mask)
        self._shown: tuple[DocumentState, LayerId | None] | None = None
        self._baseline: DocumentState | None = None

    @property
    def up_to_date(self) -> bool:
        """Everything visible shows the newest state, at least roughly."""
        return all(plane.up_to_date for plane in self.planes)

    @property
    def exact(self) -> bool:
        """Everything visible shows exactly the newest state."""
        return all(plane.exact for plane in self.planes)

    @property
    def busy(self) -> bool:
        """There is more to do in the next display frames."""
        return any(plane.busy for plane in self.planes)

    def cached_bytes(self) -> int:
        return sum(plane.cached_bytes() for plane in self.planes)

    def tint_unselected(self, *, on: bool) -> None:
        """Show what is not selected, while the selection is painted on."""
        if on != self._unselected.shown:
            self._unselected.shown = on
            self._shown = None

    def show_mask(self, node_id: LayerId | None) -> None:
        """Show the mask of a node in place of everything, or the picture again."""
        if node_id != self._shown_mask.of:
            self._shown_mask.of = node_id
            self._shown = None

    def show(
        self, state: DocumentState, active: LayerId | None, baseline: DocumentState | None, view: Viewport
    ) -> None:
        """Take the newest state and the visible part. `baseline`: what the shown result was made from, if any is."""
        visible, document = _in_tiles(view.visible().grown(1) & state.rect), _in_tiles(state.rect)
        fresh_state = self._shown is None or self._shown[0] is not state or self._shown[1] != active
        self._shown = state, active
        for plane in self.planes:
            plane.look_at(visible, document, view.level)
            if fresh_state:
                plane.take(state, active)
            if baseline is not self._baseline:
                plane.compare_with(baseline, active)
        self._baseline = baseline

    def fill(self, ink: Rgb, clock: Clock, budget_s: float) -> Rect:
        """Bring the planes closer to the newest state; returns what changed of the document as it is shown.

        `ink`: the colour (RGB) that the artist paints with now. `budget_s`: for work that could wait.
        """
        if ink in self._inks:
            self._inks.remove(ink)
        self._inks.appendleft(ink)
        dirty = EMPTY
        for plane in self.planes:
            dirty |= plane.fill(self._inks, clock, budget_s)
        return dirty


def _in_tiles(rect: Rect) -> Rect:
    return Rect(rect.x0 // TILE_PX, rect.y0 // TILE_PX, -(-rect.x1 // TILE_PX), -(-rect.y1 // TILE_PX))


def tinted(rgba: Pixels8) -> Pixels8:
    """The tint of a mask: its alpha in one translucent colour, premultiplied BGRA."""
    return _TINTS[rgba[..., 3]]


_TINTS = np.array([[round(c * MASK_OPACITY * a / 255) for c in (*MASK_TINT, 255)] for a in range(256)], np.uint8)
