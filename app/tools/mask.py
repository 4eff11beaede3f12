"""Mask: paints where the image may change. What is not covered stays as it is, bit for bit."""

from __future__ import annotations

from app.tools.stroke_tool import StrokeTool
from app.tools.targets import of_role
from app.tools.tool import ToolSpec
from canvas.layers import Layer
from canvas.paint_target import Target
from canvas.roles import InpaintMask


class MaskTool(StrokeTool):
    label = "Paint mask"
    spec = ToolSpec(
        "mask", "Mask", "mask", "K", "instruct", "brush",
        "Paint where the image may change; everything else stays as it is. The pen's other end erases.",
    )  # fmt: skip

    def target(self) -> Target:
        """The mask to paint on; made when the document has none."""
        layer = of_role(self._session, InpaintMask)
        if layer is None:
            layer = Layer(name="Mask", role=InpaintMask())
            self._session.add_node(layer, "Add mask layer")
        self._session.activate(layer.id)
        return Target(layer.id)
