"""`Hands`: where the pen, the mouse and fingers over a view meet the tools. GUI thread only.

It decides which events become a gesture and which mean something else: a side button of the pen, a touch of the palm,
the brush palette. What a gesture does is the toolbox's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTabletEvent, QTouchEvent

from app.canvas_view.proximity import PenProximity
from app.canvas_view.tablet import PointerInput
from app.canvas_view.touch import TouchedView, TouchInput
from app.pen_settings import ButtonDeed
from app.session import Session
from app.signals import Signal
from app.tools.pointer import Button, Modifier, PointerEvent
from app.tools.tool import Navigator
from app.tools.toolbox import Toolbox


class HeldView(TouchedView, Navigator, Protocol):
    """What hands ask of the view they are over."""

    def setFocus(self, reason: Qt.FocusReason, /) -> None: ...


@dataclass(frozen=True, slots=True)
class _Barrel:
    """A side button that is down. `acts_as`: the button of the gesture that it began, "" for none. `holds`: the tool
    in the hand meanwhile, "" for none."""

    button: Button
    acts_as: Button | None = None
    holds: str = ""


#: What the side buttons hold in the hand, and the button that they begin a gesture with.
_ACTS_AS: dict[ButtonDeed, Button] = {"palette": "right", "hand": "middle", "picker": "left"}
_HOLDS: dict[ButtonDeed, str] = {"picker": "picker", "erase": "eraser"}


class Hands:
    """`wake` has a display frame made. `over`: a pointer is over the view. `reported_s`: when the pointer that is down
    here last reported, on `clock`; None while none is.

    `palette_wanted(where on the screen)`: a right-click while a tool that paints is in the hand.
    """

    def __init__(
        self,
        view: HeldView,
        session: Session,
        toolbox: Toolbox,
        proximity: PenProximity,
        wake: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self.palette_wanted: Signal[QPoint] = Signal()
        self.pointer_moved: Signal[float, float] = Signal()
        self.over = False
        self.reported_s: float | None = None
        self._view, self._session, self._toolbox, self._proximity = view, session, toolbox, proximity
        self._wake, self._clock = wake, clock
        self._input = PointerInput(toolbox.pen)
        self._touch = TouchInput(view, toolbox, self._input, self, lambda: proximity.pen_seen)
        self._barrel: _Barrel | None = None
        self._last_pen: PointerEvent | None = None
        self.dispose = proximity.left.connect(self._on_pen_left)

    # Events of Qt

    def tablet(self, event: QTabletEvent) -> None:
        event.accept()
        point = self._input.from_tablet(event, self._view.viewport)
        self._last_pen = point
        self._proximity.come(point.pointer)
        self._touch.give_up()
        kind, barrel = event.type(), self._barrel
        if kind == QEvent.Type.TabletPress:
            if point.button == "left":
                self._tip_pressed(point)
            elif barrel is None and not self._toolbox.in_gesture:
                self._barrel_pressed(point, event)
        elif kind == QEvent.Type.TabletRelease:
            if barrel is not None and point.button == barrel.button:
                self._barrel_released(point)
            elif point.button == "left" and (barrel is None or barrel.acts_as is None):
                self.release(point)
        elif barrel is not None and barrel.acts_as is not None:
            self.move(replace(point, button=barrel.acts_as), touches=True)
        else:
            self.move(point, touches=bool(event.buttons() & Qt.MouseButton.LeftButton))

    def mouse(self, event: QMouseEvent) -> None:
        point = self._input.from_mouse(event, self._view.viewport)
        if point is None:
            return
        self._proximity.put_away()
        self._last_pen = None
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            if not self._asks_for_palette(point, event.globalPosition()):
                self.press(point)
        elif kind == QEvent.Type.MouseButtonRelease:
            self.release(point)
        else:
            self.move(point, touches=event.buttons() != Qt.MouseButton.NoButton)

    def touch(self, event: QTouchEvent) -> None:
        self._touch.take(event)

    def leave(self) -> None:
        """The pointer has left the view."""
        self._toolbox.leave()
        self.over = False
        self._wake()

    # Points of a gesture

    def press(self, point: PointerEvent) -> None:
        self.over = True
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        if not self._session.look.side_by_side:
            self._toolbox.navigate(self._view)
            self._toolbox.press(point)
            self.reported_s = self._clock()
            self._wake()

    def move(self, point: PointerEvent, *, touches: bool) -> None:
        self.over = True
        if touches:
            self._toolbox.move(point)
            self.reported_s = None if self.reported_s is None else self._clock()
        else:
            self._toolbox.hover(point)
        self.pointer_moved.emit(point.x, point.y)
        self._wake()

    def release(self, point: PointerEvent) -> None:
        self._toolbox.release(point)
        self.reported_s = None
        self._wake()

    # The pen's buttons

    def _tip_pressed(self, point: PointerEvent) -> None:
        if self._barrel is None or self._barrel.acts_as is None:
            self.press(point)

    def _barrel_pressed(self, point: PointerEvent, event: QTabletEvent) -> None:
        pen = self._toolbox.pen.value
        deed = pen.lower_button if point.button == "right" else pen.upper_button
        if deed == "undo":
            self._toolbox.undo()
        acts_as = _ACTS_AS.get(deed)
        # Some drivers tell of a button only when the tip touches, and then not of the tip.
        if deed == "erase" and event.pressure() > 0.0:
            acts_as = "left"
        holds = _HOLDS.get(deed, "")
        if self._toolbox.pending and holds == "eraser":
            acts_as, holds = None, ""
        self._barrel = _Barrel(point.button, acts_as, holds)
        if holds:
            self._toolbox.push(holds)
        if acts_as is not None:
            begun = replace(point, button=acts_as)
            if not self._asks_for_palette(begun, event.globalPosition()):
                self.press(begun)

    def _barrel_released(self, point: PointerEvent) -> None:
        barrel, self._barrel = self._barrel, None
        assert barrel is not None
        if barrel.acts_as is not None:
            self.release(replace(point, button=barrel.acts_as))
        if barrel.holds:
            self._toolbox.pop(barrel.holds)

    def _asks_for_palette(self, point: PointerEvent, at: QPointF) -> bool:
        plain = point.button == "right" and point.modifiers == Modifier.NONE
        paints = self._toolbox.tool(self._toolbox.active_id).spec.cursor == "brush"
        if not plain or not paints or self._toolbox.in_gesture or self._session.look.side_by_side:
            return False
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        self.palette_wanted.emit(at.toPoint())
        return True

    def _on_pen_left(self) -> None:
        """Out of reach: the outline goes, and what was down without a word of its release ends where it was."""
        last, self._last_pen = self._last_pen, None
        if last is None:
            return
        if self._barrel is not None:
            self._barrel_released(last)
        elif self.reported_s is not None:
            self.release(replace(last, button="left"))
        self.leave()
