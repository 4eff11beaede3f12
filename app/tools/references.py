"""Where tools that tell pixels apart by colour look: the active layer, or the picture. No Qt."""

from __future__ import annotations

from app.session import Session
from app.tools.selection_tool import Reference
from canvas import flood
from canvas.flood import Sampler
from canvas.layers import Layer


def sampler(session: Session, reference: Reference) -> Sampler:
    """The tiles of the active layer, or the picture where that is wanted or no layer is active."""
    node = session.active_node
    if reference == "layer" and isinstance(node, Layer):
        return flood.layer_pixels(node)
    return flood.picture_pixels(session.document.state)
