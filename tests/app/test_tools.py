"""Tools without a window: pointer events in, undoable steps out; what cannot be done is said in one sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app import layer_intents
from app.session import Session
from app.tools.pointer import Modifier, PointerEvent
from app.tools.shapes import Circle, Handle
from app.tools.tool import NoView
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.compositor import composite
from canvas.geometry import Rect
from canvas.layers import Group, Layer
from canvas.pose import Figure
from canvas.roles import InpaintMask, Paint, Pose, Reference
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface
from canvas.transform import shifted
from inference.condition_set import Placement
from inference.result import Result

SIDE = 256


class Bench:
    """A session, its tools, and what the session has told."""

    def __init__(self) -> None:
        self.session = Session(edits.new_document(SIDE, SIDE))
        self.toolbox = Toolbox(self.session)
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.activate("Paint")

    @property
    def state(self) -> DocumentState:
        return self.session.document.state

    def layer(self, name: str) -> Layer:
        node = next(node for node in self.state.walk() if node.name == name)
        assert isinstance(node, Layer)
        return node

    def activate(self, name: str) -> None:
        self.session.activate(next(node.id for node in self.state.walk() if node.name == name))

    def change(self, name: str, **fields: object) -> None:
        self.session.document.edit("Change", lambda s: s.replaced(self.layer(name).id, lambda n: replace(n, **fields)))

    def drag(self, *points: tuple[float, float], **fields: object) -> None:
        """Press at the first point, move through the others with a display frame after each, release at the last."""
        values = {"button": "left", **fields}
        events = [PointerEvent(x, y, view_x=x, view_y=y, **values) for x, y in points]
        self.toolbox.press(events[0])
        for event in events[1:]:
            self.toolbox.move(event)
            self.toolbox.flush()
        self.toolbox.release(events[-1])

    def pixel(self, x: int, y: int) -> tuple[int, ...]:
        return tuple(int(v) for v in composite(self.state, Rect(x, y, x + 1, y + 1))[0, 0])

    def figures(self) -> tuple[Figure, ...]:
        role = self.layer("Pose").role
        assert isinstance(role, Pose)
        return role.figures


@pytest.fixture
def bench() -> Bench:
    return Bench()


# Strokes


def test_a_stroke_paints_with_the_colour_and_is_one_step(bench: Bench) -> None:
    bench.session.set_colour((1.0, 0.0, 0.0))
    bench.drag((50, 128), (100, 128), (200, 128))
    assert bench.pixel(120, 128) == (ONE, 0, 0, ONE)
    assert bench.session.document.undo_labels == ("Brush stroke",)


def test_frames_publish_the_stroke_while_it_is_drawn(bench: Bench) -> None:
    seen: list[bool] = []
    bench.session.document_changed.connect(lambda _old, _new: seen.append(bench.session.document.in_gesture))
    bench.drag((50, 128), (100, 128), (200, 128))
    assert True in seen


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"locked": True}, "locked"), ({"visible": False}, "hidden"), ({"role": Pose()}, "figures")],
)
def test_what_cannot_be_painted_on_is_said_and_nothing_happens(
    bench: Bench, fields: dict[str, object], words: str
) -> None:
    bench.change("Paint", **fields)
    before = bench.state
    bench.drag((50, 128), (200, 128))
    assert bench.state is before
    assert len(bench.messages) == 1
    assert words in bench.messages[0]


def test_a_group_cannot_be_painted_on(bench: Bench) -> None:
    bench.session.add_node(Group("Trees"), "Add group")
    bench.drag((50, 128), (200, 128))
    assert "group" in bench.messages[0]


def test_undo_during_a_stroke_finishes_it_first(bench: Bench) -> None:
    before = bench.state
    bench.toolbox.press(PointerEvent(50, 128, button="left"))
    bench.toolbox.move(PointerEvent(200, 128, button="left"))
    bench.toolbox.undo()
    assert bench.state is before
    assert bench.session.document.redo_labels == ("Brush stroke",)
    bench.toolbox.move(PointerEvent(200, 200, button="left"))
    bench.toolbox.release(PointerEvent(200, 200, button="left"))
    assert bench.state is before


def test_a_stroke_that_is_open_when_another_document_comes_is_dropped(bench: Bench) -> None:
    bench.toolbox.press(PointerEvent(50, 128, button="left"))
    bench.session.new(64, 64)
    bench.toolbox.move(PointerEvent(20, 20, button="left"))
    bench.toolbox.release(PointerEvent(20, 20, button="left"))
    assert not bench.session.modified
    bench.drag((10, 10), (40, 40))
    assert bench.session.modified


def test_a_second_button_does_not_disturb_a_stroke(bench: Bench) -> None:
    bench.toolbox.press(PointerEvent(50, 128, button="left"))
    bench.toolbox.press(PointerEvent(60, 128, button="right"))
    bench.toolbox.release(PointerEvent(60, 128, button="right"))
    assert bench.session.document.in_gesture
    bench.toolbox.release(PointerEvent(200, 128, button="left"))
    assert bench.session.document.undo_labels == ("Brush stroke",)


def test_every_painting_tool_keeps_a_brush_of_its_own(bench: Bench) -> None:
    bench.session.set_brush(replace(bench.session.settings.brush, size_px=77.0))
    bench.toolbox.select("eraser")
    assert bench.session.settings.brush.mode == "erase"
    bench.toolbox.select("hand")
    bench.toolbox.select("brush")
    assert bench.session.settings.brush.size_px == 77.0


def test_the_brush_shows_its_size_where_the_pointer_is(bench: Bench) -> None:
    bench.session.set_brush(replace(bench.session.settings.brush, size_px=40.0))
    bench.toolbox.hover(PointerEvent(30, 40))
    assert bench.toolbox.overlay() == (Circle(30, 40, 20.0),)
    bench.toolbox.leave()
    assert bench.toolbox.overlay() == ()


# Picking, filling, selecting, moving


def test_ctrl_with_the_brush_picks_the_colour_that_is_seen(bench: Bench) -> None:
    bench.session.set_look(replace(bench.session.look, opacity=1.0))
    green = np.zeros((8, 8, 3), np.uint8)
    green[..., 1] = 255
    bench.session.show_result(
        Result(green, Placement(bench.state.rect), "preview", bench.session.document.snapshot(), "")
    )
    before = bench.state
    bench.drag((50, 128), modifiers=Modifier.CTRL)
    assert bench.session.settings.colour == pytest.approx((0, 1, 0))
    assert bench.state is before
    bench.toolbox.select("picker")
    bench.drag((50, 128), modifiers=Modifier.SHIFT)
    assert bench.session.settings.colour == pytest.approx((1, 1, 1))


def test_picking_outside_the_canvas_keeps_the_colour(bench: Bench) -> None:
    colour = bench.session.settings.colour
    bench.toolbox.select("picker")
    bench.drag((-50, -50))
    assert bench.session.settings.colour == colour


def test_a_selection_limits_strokes_and_a_click_lifts_it(bench: Bench) -> None:
    bench.toolbox.select("select-rectangle")
    bench.drag((0, 0), (100, 256))
    bench.toolbox.select("brush")
    bench.drag((50, 128), (200, 128))
    assert bench.pixel(80, 128) != (ONE, ONE, ONE, ONE)
    assert bench.pixel(150, 128) == (ONE, ONE, ONE, ONE)
    bench.toolbox.select("select-rectangle")
    bench.drag((200, 10))
    assert bench.state.selection is None
    assert bench.session.document.undo_labels[-1] == "Deselect"


@settings(max_examples=30, deadline=None)
@given(st.integers(-300, 300), st.integers(-300, 300))
def test_moving_a_layer_shifts_every_pixel(dx: int, dy: int) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, ONE, (150, 170, 4), dtype=np.uint16)
    surface = Surface.from_pixels(pixels, -20, 30)
    moved = shifted(surface, dx, dy)
    assert np.array_equal(moved.read(Rect(-20 + dx, 30 + dy, 150 + dx, 180 + dy)), pixels)
    assert moved.content_bounds() == surface.content_bounds().moved(dx, dy)


def test_dragging_moves_the_layer_as_one_step(bench: Bench) -> None:
    bench.drag((50, 50), (90, 50))
    painted = bench.layer("Paint").surface
    bench.toolbox.select("move")
    bench.drag((10, 10), (30, 40), (60, 90))
    assert bench.layer("Paint").surface.content_bounds() == painted.content_bounds().moved(50, 80)
    assert bench.session.document.undo_labels == ("Brush stroke", "Move")


# Pose


def test_a_click_adds_a_layer_with_a_figure_and_the_next_click_another_figure(bench: Bench) -> None:
    bench.toolbox.select("pose")
    bench.drag((60, 128))
    assert bench.session.active == bench.layer("Pose").id
    bench.drag((200, 128))
    assert len(bench.figures()) == 2
    assert all(bench.state.rect.contains(figure.bounds()) for figure in bench.figures())


def test_dragging_a_joint_is_one_step_and_publishes_on_the_way(bench: Bench) -> None:
    bench.toolbox.select("pose")
    bench.drag((128, 128))
    wrist = bench.figures()[0].joints[4]
    published: list[float] = []
    bench.session.document_changed.connect(lambda _old, _new: published.append(bench.figures()[0].joints[4].x))
    bench.drag((wrist.x, wrist.y), (wrist.x - 10, wrist.y), (wrist.x - 30, wrist.y - 20))
    moved = bench.figures()[0].joints[4]
    assert (moved.x, moved.y) == pytest.approx((wrist.x - 30, wrist.y - 20))
    assert len(published) == 2
    assert bench.session.document.undo_labels == ("Add pose layer", "Pose figure")
    bench.toolbox.undo()
    assert bench.figures()[0].joints[4] == wrist


def test_shift_turns_the_limb_about_its_parent(bench: Bench) -> None:
    bench.toolbox.select("pose")
    bench.drag((128, 128))
    elbow, shoulder, wrist = (bench.figures()[0].joints[i] for i in (3, 2, 4))
    bench.drag((elbow.x, elbow.y), (shoulder.x - 60, shoulder.y), modifiers=Modifier.SHIFT)
    turned = bench.figures()[0].joints
    assert turned[3].y == pytest.approx(shoulder.y)
    length = np.hypot(wrist.x - elbow.x, wrist.y - elbow.y)
    assert np.hypot(turned[4].x - turned[3].x, turned[4].y - turned[3].y) == pytest.approx(length)


def test_a_click_on_a_joint_changes_nothing(bench: Bench) -> None:
    bench.toolbox.select("pose")
    bench.drag((128, 128))
    wrist = bench.figures()[0].joints[4]
    state = bench.state
    bench.drag((wrist.x, wrist.y))
    assert bench.state is state


def test_right_click_hides_a_joint_and_removes_a_figure(bench: Bench) -> None:
    bench.toolbox.select("pose")
    bench.drag((128, 128))
    wrist, box = bench.figures()[0].joints[4], bench.figures()[0].bounds()
    bench.drag((wrist.x, wrist.y), button="right")
    assert not bench.figures()[0].joints[4].visible
    assert any(isinstance(shape, Handle) and shape.faint for shape in bench.toolbox.overlay())
    bench.drag((wrist.x, wrist.y), button="right")
    assert bench.figures()[0].joints[4].visible
    bench.toolbox.hover(PointerEvent(box.x0 + 2, box.y1 - 2, scale=4.0))
    bench.toolbox.delete()
    assert bench.figures() == ()


def test_figures_of_a_locked_or_hidden_layer_stay_as_they_are(bench: Bench) -> None:
    bench.toolbox.select("pose")
    bench.drag((128, 128))
    for field in ({"locked": True, "visible": True}, {"locked": False, "visible": False}):
        bench.change("Pose", **field)
        state = bench.state
        bench.drag((128, 128), (200, 128))
        assert bench.state is state
        assert "Pose" in bench.messages[-1]


def test_delete_after_an_undo_finds_nothing_under_the_pointer(bench: Bench) -> None:
    bench.toolbox.select("pose")
    bench.drag((60, 128))
    bench.drag((200, 128))
    neck = bench.figures()[1].joints[1]
    bench.toolbox.hover(PointerEvent(neck.x, neck.y))
    bench.toolbox.undo()
    before = bench.state
    bench.toolbox.delete()
    assert bench.state is before


# Masks and references


def test_the_mask_tool_makes_a_mask_when_there_is_none_and_then_paints_on_it(bench: Bench) -> None:
    bench.toolbox.select("mask")
    bench.drag((50, 128), (100, 128))
    mask = bench.layer("Mask")
    assert isinstance(mask.role, InpaintMask)
    assert bench.session.active == mask.id
    bench.activate("Paint")
    bench.drag((150, 128), (200, 128))
    assert bench.layer("Mask").surface.content_bounds().x1 > 190
    assert not bench.layer("Paint").surface.tiles


def test_the_reference_tool_opens_a_picture_as_a_reference(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "oil.png"
    Image.new("RGB", (20, 20), (9, 99, 200)).save(path)
    bench.toolbox.select("reference")
    bench.drag((10, 10))
    assert bench.messages
    bench.toolbox.reference.ask_for_picture = lambda: path
    bench.drag((10, 10))
    assert isinstance(bench.layer("oil").role, Reference)
    bench.toolbox.reference.ask_for_picture = lambda: None
    state = bench.state
    bench.drag((10, 10))
    assert bench.state is state


# The toolbox


def test_a_held_tool_is_let_go_without_breaking_the_gesture_it_began(bench: Bench) -> None:
    moves: list[tuple[float, float]] = []

    class Navigator(NoView):
        def pan(self, dx: float, dy: float) -> None:
            moves.append((dx, dy))

    bench.toolbox.navigate(Navigator())
    bench.toolbox.push("hand")
    bench.toolbox.press(PointerEvent(0, 0, button="left"))
    bench.toolbox.pop("hand")
    bench.toolbox.move(PointerEvent(0, 0, button="left", view_x=5, view_y=7))
    bench.toolbox.release(PointerEvent(0, 0, button="left"))
    assert moves == [(5, 7)]
    assert bench.toolbox.active_id == "brush"
    assert not bench.session.modified


def test_the_tools_come_in_their_groups_with_keys_of_their_own(bench: Bench) -> None:
    groups = [spec.group for spec in bench.toolbox.tools]
    assert groups == sorted(groups, key=["paint", "select", "instruct", "look"].index)
    keys = [spec.shortcut for spec in bench.toolbox.tools]
    assert len(set(keys)) == len(keys)


def test_selecting_tells_the_toolbar_and_an_unknown_tool_is_an_error(bench: Bench) -> None:
    heard: list[str] = []
    bench.toolbox.changed.connect(lambda: heard.append(bench.toolbox.active_id))
    bench.toolbox.select("zoom")
    assert heard == ["zoom"]
    with pytest.raises(KeyError):
        bench.toolbox.select("no such tool")


def test_dragging_with_alt_and_the_right_button_changes_the_brush_and_esc_puts_it_back() -> None:
    bench = Bench()
    session, toolbox = bench.session, bench.toolbox
    before = session.settings.brush
    start = PointerEvent(10, 10, button="right", modifiers=Modifier.ALT, view_x=10, view_y=10)
    toolbox.press(start)
    toolbox.move(replace(start, x=30, view_x=30))
    assert session.settings.brush.size_px == before.size_px + 20
    assert session.settings.brush.hardness == before.hardness
    toolbox.cancel()
    assert session.settings.brush == before
    assert not session.document.undo_labels


def test_an_open_transform_is_kept_when_the_layers_panel_is_used(  # it must not answer “finish the stroke first”
) -> None:
    bench = Bench()
    bench.drag((40, 40), (80, 60))
    bench.toolbox.select("transform")
    layer = bench.layer("Paint")
    layer_intents.attempt(bench.session, lambda: layer_intents.set_visible(bench.session, (layer.id,), on=False))
    assert not bench.layer("Paint").visible
    assert not bench.session.document.in_gesture


def test_undo_and_redo_bring_the_active_layer_of_that_moment_back() -> None:
    bench = Bench()
    painted = bench.session.active
    layer_intents.add_layer(bench.session, "New", Paint())
    new = bench.session.active
    bench.session.undo()
    assert bench.session.active == painted
    bench.session.redo()
    assert bench.session.active == new
