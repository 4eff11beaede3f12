"""The tools that paint: where strokes go, straight lines, symmetry, erasing with either end, and a pen that rests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from desk import Desk
from PySide6.QtCore import QEvent

from app.session import Session
from app.tools.pointer import Modifier, PointerEvent
from app.tools.shapes import Outline
from app.tools.smudge import SmudgeTool
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.brush import UNSTEADIED, Brush, BrushMode, Stabiliser, StabiliserKind
from canvas.brush_tips import NO_IMAGES
from canvas.layers import Layer, LayerMask
from canvas.symmetry import SymmetryKind
from canvas.tiles import ONE, Surface

PEN = Brush("pen", size_px=10, hardness=1.0, stabiliser=UNSTEADIED)


class Hand:
    """A session with a toolbox and a pen, without a window."""

    def __init__(self) -> None:
        self.session = Session(edits.new_document(256, 256))
        self.toolbox = Toolbox(self.session)
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.colours: list[tuple[float, float, float]] = []
        self.session.colour_used.connect(self.colours.append)
        layer = Layer("Paint")
        self.session.add_node(layer, "Add")
        self.session.set_brush(PEN)
        self.session.set_colour((1.0, 0.0, 0.0))

    def stroke(self, *points: tuple[float, float], keys: Modifier = Modifier.NONE, end: bool = False) -> None:
        events = [
            PointerEvent(x, y, time_s=i / 100, button="left", modifiers=keys, pointer="eraser" if end else "pen",
                         view_x=x, view_y=y)
            for i, (x, y) in enumerate(points)
        ]  # fmt: skip
        self.toolbox.press(events[0])
        for event in events[1:]:
            self.toolbox.move(event)
            self.toolbox.flush()
        self.toolbox.release(events[-1])

    @property
    def layer(self) -> Layer:
        node = self.session.active_node
        assert isinstance(node, Layer)
        return node

    def alpha(self) -> npt.NDArray[np.float64]:
        return np.asarray(self.layer.surface.read(self.session.document.state.rect)[..., 3] / ONE)

    @property
    def steps(self) -> int:
        return len(self.session.document.undo_labels)


@pytest.fixture
def hand() -> Hand:
    return Hand()


class TestPlanes:
    def test_paint_goes_where_the_session_says(self, hand: Hand) -> None:
        session = hand.session
        mask = LayerMask(Surface.blank(1), ONE)
        session.document.edit("Mask", lambda s: edits.set_mask(s, hand.layer.id, mask))
        session.paint_on("mask")
        session.set_colour((0.0, 0.0, 0.0))
        hand.stroke((40, 50), (90, 50))
        assert not hand.layer.surface.tiles
        assert hand.layer.mask is not None
        assert hand.layer.mask.surface.read(session.document.state.rect)[50, 60, 0] == 0
        session.paint_on("selection")
        hand.stroke((40, 90), (90, 90))
        assert session.document.state.selection is not None
        session.undo()
        session.undo()
        assert session.document.state.selection is None
        assert hand.layer.mask is mask

    def test_what_is_in_the_way_is_told_and_nothing_happens(self, hand: Hand) -> None:
        hand.session.paint_on("mask")
        hand.stroke((40, 50), (90, 50))
        assert "has no mask" in hand.messages[-1]
        hand.session.paint_on("pixels")
        hand.session.set_brush(replace(PEN, tip="nowhere"))
        hand.toolbox.painting.images = NO_IMAGES
        hand.stroke((40, 50), (90, 50))
        assert "needs the tip “nowhere”" in hand.messages[-1]
        assert not hand.session.document.in_gesture

    def test_a_colour_counts_as_used_when_something_was_painted(self, hand: Hand) -> None:
        hand.stroke((-900, -900), (-800, -900))
        assert hand.colours == []
        hand.stroke((40, 50), (90, 50))
        assert hand.colours == [(1.0, 0.0, 0.0)]


class TestStraightLines:
    def test_a_shift_click_draws_from_the_end_of_the_last_stroke(self, hand: Hand) -> None:
        hand.stroke((40, 50), (60, 50))
        hand.stroke((60, 150), (61, 151), keys=Modifier.SHIFT)
        assert hand.alpha()[100, 60] == 1.0
        hand.stroke((160, 150), keys=Modifier.SHIFT)
        assert hand.alpha()[150, 110] == 1.0
        assert hand.steps == 4  # the layer and three strokes

    def test_a_drag_with_shift_draws_one_straight_line_and_shows_it_meanwhile(self, hand: Hand) -> None:
        hand.stroke((40, 50), (60, 50))
        crooked = [(100.0, 100.0), (120.0, 180.0), (180.0, 60.0), (200.0, 100.0)]
        hand.stroke(*crooked, keys=Modifier.SHIFT)
        alpha = hand.alpha()
        assert alpha[100, 150] == 1.0
        assert alpha[60, 170:190].max() == 0.0
        assert alpha[75:90].max() == 0.0

    def test_without_a_stroke_before_it_begins_where_the_pen_touched(self, hand: Hand) -> None:
        hand.stroke((100, 100), (200, 100), keys=Modifier.SHIFT)
        assert hand.alpha()[100, 150] == 1.0

    def test_the_line_to_come_is_shown_while_shift_is_held(self, hand: Hand) -> None:
        hand.stroke((40, 50), (60, 50))
        hand.toolbox.hover(PointerEvent(90, 90, modifiers=Modifier.SHIFT))
        assert Outline(((60, 50), (90, 90)), closed=False) in hand.toolbox.overlay()
        hand.toolbox.hover(PointerEvent(90, 90))
        assert not any(isinstance(shape, Outline) for shape in hand.toolbox.overlay())

    def test_escape_takes_the_line_back(self, hand: Hand) -> None:
        before = hand.session.document.state
        hand.toolbox.press(PointerEvent(20, 20, button="left", modifiers=Modifier.SHIFT))
        hand.toolbox.move(PointerEvent(120, 20, button="left", view_x=100))
        hand.toolbox.flush()
        assert hand.session.document.state is not before
        hand.toolbox.cancel()
        assert hand.session.document.state is before

    def test_another_document_has_no_last_stroke(self, hand: Hand) -> None:
        hand.stroke((40, 50), (60, 50))
        hand.session.new(256, 256)
        assert hand.toolbox.painting.last_end is None


class TestSymmetry:
    def test_all_arms_are_one_stroke_and_their_axis_is_shown(self, hand: Hand) -> None:
        hand.toolbox.symmetry.set(kind=SymmetryKind.VERTICAL)
        hand.stroke((40, 50), (60, 50))
        assert hand.alpha()[50, 50] == 1.0
        assert hand.alpha()[50, 206] == 1.0
        assert hand.steps == 2
        hand.toolbox.hover(PointerEvent(10, 10))
        assert Outline(((128, 0), (128, 256)), closed=False, dashed=True) in hand.toolbox.overlay()


class TestErasing:
    def test_the_other_end_of_the_pen_erases_with_the_brush_of_the_eraser_or_of_the_hand(self, hand: Hand) -> None:
        def width_erased() -> float:
            hand.session.set_brush(replace(PEN, size_px=90))
            hand.stroke((60, 60), (200, 60))
            hand.session.set_brush(replace(PEN, size_px=50))
            before = hand.alpha()[:, 130].sum()
            hand.stroke((60, 60), (200, 60), end=True)
            return float(before - hand.alpha()[:, 130].sum())

        assert width_erased() == pytest.approx(30, abs=3)
        hand.toolbox.erasing.set(pen_end="brush")
        assert width_erased() == pytest.approx(50, abs=3)

    def test_the_brush_itself_can_erase(self, hand: Hand) -> None:
        hand.stroke((40, 50), (90, 50))
        hand.toolbox.erasing.set(with_brush=True)
        hand.stroke((40, 50), (90, 50))
        assert hand.alpha().max() < 0.3  # of the edge something is left
        assert hand.session.settings.brush.mode is BrushMode.PAINT
        assert hand.colours == [(1.0, 0.0, 0.0)]

    def test_the_eraser_erases_with_any_brush(self, hand: Hand) -> None:
        hand.stroke((40, 50), (90, 50))
        hand.toolbox.select("eraser")
        hand.session.set_brush(replace(PEN, size_px=60))
        hand.stroke((40, 50), (90, 50))
        assert hand.alpha().max() == 0.0

    def test_every_tool_remembers_its_own_brush(self, hand: Hand) -> None:
        for tool in ("eraser", "smudge", "mask"):
            hand.toolbox.select(tool)
            hand.session.set_brush(replace(hand.session.settings.brush, size_px=91))
            hand.toolbox.select("brush")
            assert hand.session.settings.brush.size_px == 10
            hand.toolbox.select(tool)
            assert hand.session.settings.brush.size_px == 91
            hand.toolbox.select("brush")


class TestSmudge:
    def test_it_drags_with_any_brush_and_can_pick_up_all_layers(self, hand: Hand) -> None:
        hand.session.set_brush(replace(PEN, size_px=40))
        hand.stroke((60, 60), (80, 60))
        hand.session.add_node(Layer("Top"), "Add")
        hand.toolbox.select("smudge")
        hand.session.set_brush(replace(PEN, size_px=30))
        hand.stroke((70, 60), (180, 60))
        assert hand.alpha().max() == 0.0
        tool = hand.toolbox.tool("smudge")
        assert isinstance(tool, SmudgeTool)
        tool.options.set(all_layers=True)
        # The paper below is opaque: what is put down is, too.
        hand.stroke((70, 60), (180, 60))
        assert hand.alpha()[60, 130] > 0.5


class TestRest:
    def test_a_resting_airbrush_goes_on_by_itself_and_stops_when_lifted(self, desk: Desk) -> None:
        brush = replace(PEN, size_px=60.0, hardness=0.0, flow=0.05, airbrush_rate=50.0)
        desk.session.set_brush(brush)
        desk.tablet(QEvent.Type.TabletPress, 100, 100)
        desk.view.flush()
        first = desk.layer("Paint").surface.tiles[0, 0][100, 100, 3]
        for _ in range(30):
            desk.now_s += 0.02
            desk.view.flush()
        assert desk.layer("Paint").surface.tiles[0, 0][100, 100, 3] > 3 * first
        desk.tablet(QEvent.Type.TabletRelease, 100, 100, pressure=0.0)
        lifted = desk.session.document.state
        for _ in range(5):
            desk.now_s += 0.02
            desk.view.flush()
        assert desk.session.document.state is lifted

    def test_a_steadied_line_arrives_at_a_resting_pen(self, desk: Desk) -> None:
        desk.session.set_brush(replace(PEN, stabiliser=Stabiliser(StabiliserKind.WEIGHTED, 0.6)))
        desk.tablet(QEvent.Type.TabletPress, 40, 100)
        for x in range(44, 201, 4):
            desk.tablet(QEvent.Type.TabletMove, x, 100)
        desk.view.flush()
        assert desk.layer("Paint").surface.read(desk.session.document.state.rect)[100, 199, 3] == 0
        for _ in range(60):
            desk.now_s += 0.02
            desk.view.flush()
        assert desk.layer("Paint").surface.read(desk.session.document.state.rect)[100, 199, 3] == ONE
        desk.tablet(QEvent.Type.TabletRelease, 200, 100, pressure=0.0)

    def test_between_two_reports_a_moving_pen_does_not_rest(self, desk: Desk) -> None:
        desk.session.set_brush(replace(PEN, flow=0.05, airbrush_rate=100.0))
        desk.tablet(QEvent.Type.TabletPress, 100, 100)
        desk.view.flush()
        state = desk.session.document.state
        desk.now_s += 0.03
        desk.view.flush()
        assert desk.session.document.state is state
        desk.tablet(QEvent.Type.TabletRelease, 100, 100, pressure=0.0)
