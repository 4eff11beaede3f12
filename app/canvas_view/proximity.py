"""`PenProximity`: whether a pen is over the tablet, and which end of it points down. GUI thread only.

Qt reports that to the application, not to a widget, and some drivers not at all: there the pen's own events tell.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QPointingDevice, QTabletEvent

from app.signals import Signal
from app.tools.pointer import Pointer
from app.tools.toolbox import Toolbox


class PenProximity(QObject):
    """One for all views of a toolbox. While the eraser's end is near, the eraser is the tool in the hand.

    `left` once the pen is lifted out of reach. `pen_seen`: there has been a pen.
    """

    def __init__(self, toolbox: Toolbox) -> None:
        super().__init__()
        self.left: Signal[()] = Signal()
        self.pen_seen = False
        self._toolbox = toolbox
        self._erases = False
        application = QCoreApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.TabletEnterProximity and isinstance(event, QTabletEvent):
            eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
            self.come("eraser" if eraser else "pen")
        elif kind == QEvent.Type.TabletLeaveProximity:
            self.put_away()
            self.left.emit()
        return False

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
