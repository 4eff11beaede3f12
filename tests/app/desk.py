"""A canvas with a pen in front of it, for tests that paint through the view's own event handlers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from app.canvas_view.view import CanvasView
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.brush import UNSTEADIED
from canvas.layers import Layer
from canvas.snapshot import Snapshot
from inference.condition_set import Part, Placement
from inference.result import Result


class Desk:
    """A canvas view with a pen: strokes go through the view's own event handlers, as from a driver."""

    def __init__(self, theme: Theme, side_px: int = 256) -> None:
        self.session = Session(edits.new_document(side_px, side_px))
        self.toolbox = Toolbox(self.session)
        self.now_s = 100.0
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.view = CanvasView(self.session, self.toolbox, theme, clock=lambda: self.now_s)
        self.view.resize(400, 400)
        self.view.show()
        self.view.set_viewport(replace(self.view.viewport, centre=(side_px / 2, side_px / 2), zoom=1.0))
        self.activate("Paint")
        self.session.set_brush(replace(self.session.settings.brush, stabiliser=UNSTEADIED))
        self.pen = pen_device(QPointingDevice.PointerType.Pen)
        self.eraser = pen_device(QPointingDevice.PointerType.Eraser)

    def activate(self, name: str) -> None:
        self.session.activate(self.layer(name).id)

    def layer(self, name: str) -> Layer:
        found = next(node for node in self.session.document.state.walk() if node.name == name)
        assert isinstance(found, Layer)
        return found

    def tablet(
        self, kind: QEvent.Type, x: float, y: float, pressure: float = 1.0, device: QPointingDevice | None = None
    ) -> None:
        """One tablet event at a document point."""
        at = QPointF(*self.view.viewport.to_view(x, y))
        QApplication.sendEvent(self.view, tablet_event(kind, device or self.pen, at, pressure))

    def stroke(self, *points: tuple[float, float], device: QPointingDevice | None = None) -> None:
        self.tablet(QEvent.Type.TabletPress, *points[0], device=device)
        for point in points[1:]:
            self.tablet(QEvent.Type.TabletMove, *point, device=device)
        self.tablet(QEvent.Type.TabletRelease, *points[-1], pressure=0.0, device=device)

    def mouse(self, kind: QEvent.Type, x: float, y: float, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        """One mouse event at a view point, long after the pen."""
        at = QPointF(x, y)
        event = QMouseEvent(kind, at, at, button, held, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(10**9)
        QApplication.sendEvent(self.view, event)

    def drag(self, start: tuple[float, float], end: tuple[float, float], button: Qt.MouseButton) -> None:
        none = Qt.MouseButton.NoButton
        self.mouse(QEvent.Type.MouseButtonPress, *start, button, button)
        self.mouse(QEvent.Type.MouseMove, *end, none, button)
        self.mouse(QEvent.Type.MouseButtonRelease, *end, button, none)

    def key(self, key: Qt.Key, kind: QEvent.Type = QEvent.Type.KeyPress) -> None:
        QApplication.sendEvent(self.view, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))

    def show_result(
        self, rgb: tuple[int, int, int], snapshot: Snapshot | None = None, alpha: Part | None = None
    ) -> None:
        """A result of one colour over the whole canvas, made from `snapshot` (now when None)."""
        pixels = np.empty((64, 64, 3), np.uint8)
        pixels[...] = rgb
        placement = Placement(self.session.document.state.rect, alpha)
        made_from = snapshot or self.session.document.snapshot()
        self.session.show_result(Result(pixels, placement, "preview", made_from, "{}", {"total": 0.29}))

    def seen(self, x: float, y: float) -> tuple[int, int, int]:
        """The colour on the screen at a document point."""
        at = self.view.viewport.to_view(x, y)
        return self.seen_in_view(*at)

    def seen_in_view(self, x: float, y: float) -> tuple[int, int, int]:
        self.view.flush()
        colour = self.view.grab().toImage().pixelColor(int(x), int(y))
        return colour.red(), colour.green(), colour.blue()


def pen_device(kind: QPointingDevice.PointerType = QPointingDevice.PointerType.Pen) -> QPointingDevice:
    able = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    return QPointingDevice("test pen", 1, QInputDevice.DeviceType.Stylus, kind, able, 1, 2)


def tablet_event(
    kind: QEvent.Type,
    device: QPointingDevice,
    at: QPointF,
    pressure: float,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> QTabletEvent:
    """The pen's tip at a point of the view: down from press until release."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    return QTabletEvent(
        kind, device, at, at, pressure, 0, 0, 0, 0, 0, keys,
        none if kind == QEvent.Type.TabletMove else left, none if kind == QEvent.Type.TabletRelease else left,
    )  # fmt: skip
