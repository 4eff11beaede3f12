"""`PenProximity`: whether a pen is over the tablet, and which end of it points down. GUI thread only.

Qt reports that to the application, not to a widget, and some drivers not at all: there the pen's own events tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakSet

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from app.signals import Signal
from app.tools.pointer import Pointer
from app.tools.toolbox import Toolbox


class PenApplication(QApplication):
    """Tells whoever listens that a pen comes or goes. An event filter would see that too, but also every other event of
    the program, each at the price of a call into Python."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self.listeners: WeakSet[PenProximity] = WeakSet()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.TabletEnterProximity, QEvent.Type.TabletLeaveProximity):
            for listener in tuple(self.listeners):
                listener.hear(event)
        return super().event(event)


class PenProximity:
    """One for all views of a toolbox. While the eraser's end is near, the eraser is the tool in the hand.

    `left` once the pen is lifted out of reach. `pen_seen`: there has been a pen.
    """

    def __init__(self, toolbox: Toolbox) -> None:
        self.left: Signal[()] = Signal()
        self.pen_seen = False
        self._toolbox = toolbox
        self._erases = False
        application = QCoreApplication.instance()
        if isinstance(application, PenApplication):
            application.listeners.add(self)

    def close(self) -> None:
        """Hear of no pen any more."""
        application = QCoreApplication.instance()
        if isinstance(application, PenApplication):
            application.listeners.discard(self)

    def hear(self, event: QEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.TabletEnterProximity and isinstance(event, QTabletEvent):
            eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self.come("eraser" if eraser else "pen")
        elif kind == QEvent.Type.TabletLeaveProximity:
            self.put_away()
            self.left.emit()

    def come(self, end: Pointer) -> None:
        """A pen is near, with that end down."""
        self.pen_seen = True
        # What is pending holds the document open: its own tool goes on with it, whichever end is down.
        self._erase(on=end == "eraser" and not self._toolbox.pending)

    def put_away(self) -> None:
        """No pen is near."""
        self._erase(on=False)

    def _erase(self, *, on: bool) -> None:
        if on != self._erases:
            self._erases = on
            if on:
                self._toolbox.push("eraser")
            else:
                self._toolbox.pop("eraser")
