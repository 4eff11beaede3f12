"""Transform, move and crop without a window: pointer events in, undoable steps out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.session import Session
from app.tools import carrying
from app.tools.free_transform import FreeTransform
from app.tools.pointer import Modifier, PointerEvent
from app.tools.shapes import Grip, Outline, Picture, Shade
from app.tools.toolbox import Toolbox
from canvas import edits, fill
from canvas.geometry import Rect
from canvas.layers import Group, Layer, LayerMask
from canvas.pose import Figure
from canvas.roles import Pose
from canvas.selection import rectangle
from canvas.state import DocumentState
from canvas.tiles import ONE
from canvas.transform import Interpolation

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
SQUARE = Rect(100, 100, 160, 140)


class Bench:
    """A session with two painted layers, its tools, and what the session has told."""

    def __init__(self, tool: str = "transform") -> None:
        layers = (
            Layer("a", surface=fill.solid(SQUARE, RED)),
            Layer("b", surface=fill.solid(Rect(200, 200, 220, 240), BLUE)),
        )
        self.session = Session(DocumentState(512, 512, layers))
        self.toolbox = Toolbox(self.session)
        self.messages: list[str] = []
        self.session.message.connect(self.messages.append)
        self.choose("a")
        self.toolbox.select(tool)
        self.before = self.state

    @property
    def state(self) -> DocumentState:
        return self.session.document.state

    @property
    def labels(self) -> tuple[str, ...]:
        return self.session.document.undo_labels

    def layer(self, name: str) -> Layer:
        node = next(node for node in self.state.walk() if node.name == name)
        assert isinstance(node, Layer)
        return node

    def bounds(self, name: str) -> Rect:
        return self.layer(name).surface.content_bounds()

    def choose(self, *names: str) -> None:
        ids = tuple(node.id for node in self.state.walk() if node.name in names)
        self.session.choose(ids, ids[-1])

    def select(self, rect: Rect | None) -> None:
        selection = None if rect is None else rectangle(rect)
        self.session.document.edit("Select", lambda state: edits.set_selection(state, selection))
        self.before = self.state

    def shape(self) -> FreeTransform:
        shape = self.toolbox.transforming.shape
        assert shape is not None
        return shape

    def event(self, x: float, y: float, modifiers: Modifier = Modifier.NONE) -> PointerEvent:
        return PointerEvent(x, y, button="left", modifiers=modifiers, view_x=x, view_y=y)

    def drag(self, *points: tuple[float, float], modifiers: Modifier = Modifier.NONE) -> None:
        self.toolbox.press(self.event(*points[0], modifiers))
        for point in points[1:]:
            self.toolbox.move(self.event(*point, modifiers))
            self.toolbox.flush()
        self.toolbox.release(self.event(*points[-1], modifiers))

    def wait(self) -> None:
        """Until the background is done."""
        while self.toolbox.busy:
            self.toolbox.flush()


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def heavy(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """As if everything were too large to be put down for every frame."""
    monkeypatch.setattr(carrying, "LIVE_TILES", 0)
    monkeypatch.setattr(carrying, "LIVE_MOVED_TILES", 0)
    return Bench()


# Transform


def test_the_box_and_its_handles_are_around_what_is_chosen(bench: Bench) -> None:
    assert bench.shape().box == (100, 100, 160, 140)
    shapes = bench.toolbox.overlay()
    assert sum(isinstance(shape, Grip) for shape in shapes) == 8
    assert Outline(((100, 100), (160, 100), (160, 140), (100, 140))) in shapes
    bench.choose("a", "b")
    assert bench.shape().box == (100, 100, 220, 240)
    assert not bench.toolbox.pending


def test_dragging_inside_moves_and_enter_makes_one_step(bench: Bench) -> None:
    bench.drag((130, 120), (150, 120), (180.4, 140.2))
    assert bench.bounds("a") == SQUARE.moved(50, 20)
    assert bench.labels == ()
    assert bench.toolbox.pending
    bench.drag((180, 140), (185, 140))
    bench.toolbox.confirm()
    assert bench.bounds("a") == SQUARE.moved(55, 20)
    assert bench.labels == ("Transform",)
    assert not bench.toolbox.pending
    bench.toolbox.undo()
    assert bench.state is bench.before


def test_shift_keeps_the_move_to_an_axis(bench: Bench) -> None:
    bench.drag((130, 120), (150, 127), modifiers=Modifier.SHIFT)
    assert bench.bounds("a") == SQUARE.moved(20, 0)


def test_escape_restores_the_very_same_state(bench: Bench) -> None:
    bench.drag((160, 140), (200, 180))
    assert bench.state is not bench.before
    bench.toolbox.dismiss()
    assert bench.state is bench.before
    assert bench.labels == ()
    assert bench.shape() == FreeTransform.of((100, 100, 160, 140))


def test_escape_within_a_drag_takes_back_only_that_drag(bench: Bench) -> None:
    bench.drag((130, 120), (140, 120))
    bench.toolbox.press(bench.event(150, 120))
    bench.toolbox.move(bench.event(250, 220))
    bench.toolbox.cancel()
    assert bench.bounds("a") == SQUARE.moved(10, 0)
    assert bench.toolbox.pending


def test_a_corner_scales_from_the_opposite_one(bench: Bench) -> None:
    bench.drag((160, 140), (220, 180))
    shape = bench.shape()
    assert (shape.scale_x, shape.scale_y) == (2.0, 2.0)
    assert shape.handle((-1, -1)) == (100, 100)
    bench.toolbox.confirm()
    bounds = bench.bounds("a")
    assert bounds.x0 == pytest.approx(100, abs=3)  # the filter's edge is soft
    assert bounds.x1 == pytest.approx(220, abs=3)


def test_shift_keeps_the_ratio_and_alt_the_middle(bench: Bench) -> None:
    bench.drag((160, 140), (190, 141), modifiers=Modifier.SHIFT)
    shape = bench.shape()
    assert shape.scale_x == pytest.approx(shape.scale_y)
    bench.toolbox.dismiss()
    bench.drag((160, 140), (190, 160), modifiers=Modifier.ALT)
    shape = bench.shape()
    assert (shape.x, shape.y) == (130, 120)
    assert (shape.scale_x, shape.scale_y) == (2.0, 2.0)


def test_an_edge_scales_one_side_and_through_the_other_it_mirrors(bench: Bench) -> None:
    bench.drag((160, 120), (40, 120))
    assert (bench.shape().scale_x, bench.shape().scale_y) == (-1.0, 1.0)
    bench.toolbox.confirm()
    assert bench.bounds("a") == Rect(40, 100, 100, 140)


def test_dragging_outside_turns_and_shift_snaps(bench: Bench) -> None:
    bench.drag((230, 120), (130, 220))
    assert bench.shape().angle_deg == pytest.approx(90)
    bench.toolbox.dismiss()
    bench.drag((230, 120), (226, 168), modifiers=Modifier.SHIFT)
    assert bench.shape().angle_deg == 30


def test_a_quarter_turn_by_hand_loses_nothing(bench: Bench) -> None:
    bench.toolbox.transforming.set_shape(bench.shape().quarter(1))
    assert bench.bounds("a").size == (40, 60)
    assert set(np.unique(bench.layer("a").surface.read(bench.bounds("a"))[..., 3])) == {ONE}
    for _ in range(3):
        bench.toolbox.transforming.set_shape(bench.shape().quarter(1))
    bench.toolbox.confirm()
    assert bench.bounds("a") == SQUARE


def test_ctrl_with_an_edge_skews_and_with_a_corner_distorts(bench: Bench) -> None:
    bench.drag((130, 140), (150, 147), modifiers=Modifier.CTRL)
    shape = bench.shape()
    assert shape.handle((-1, -1)) == pytest.approx((100, 100))
    assert shape.handle((1, 1)) == pytest.approx((180, 140))
    assert shape.skew_deg == pytest.approx(np.degrees(np.arctan(20 / 40)))
    bench.toolbox.dismiss()
    bench.drag((160, 140), (190, 170), modifiers=Modifier.CTRL)
    shape = bench.shape()
    assert [shape.handle(c) for c in ((-1, -1), (1, -1), (1, 1), (-1, 1))] == [
        pytest.approx(p) for p in ((100, 100), (160, 100), (190, 170), (100, 140))
    ]


def test_an_upright_edge_skews_too(bench: Bench) -> None:
    bench.drag((160, 120), (163, 150), modifiers=Modifier.CTRL)
    shape = bench.shape()
    assert shape.handle((-1, -1)) == pytest.approx((100, 100))
    assert shape.handle((-1, 1)) == pytest.approx((100, 140))
    assert shape.handle((1, -1)) == pytest.approx((160, 130))


def test_corners_cannot_be_dragged_into_a_shape_that_no_picture_has(bench: Bench) -> None:
    bench.toolbox.transforming.options.set(mode="perspective")
    bench.drag((160, 140), (150, 130), (90, 90))
    assert bench.shape().handle((1, 1)) == pytest.approx((150, 130))
    bench.toolbox.confirm()


def test_an_edge_in_perspective_takes_both_of_its_corners(bench: Bench) -> None:
    bench.toolbox.transforming.options.set(mode="perspective")
    bench.drag((130, 140), (140, 160))
    shape = bench.shape()
    assert shape.handle((-1, 1)) == pytest.approx((110, 160))
    assert shape.handle((1, 1)) == pytest.approx((170, 160))


@pytest.mark.parametrize("grid", [3, 4])
def test_warp_handles_bend_and_the_inside_can_be_pulled(bench: Bench, grid: int) -> None:
    bench.toolbox.transforming.options.set(mode="warp", grid=grid)
    assert sum(isinstance(shape, Grip) for shape in bench.toolbox.overlay()) == grid * grid
    bench.drag((160, 140), (190, 160))
    assert bench.shape().grid_points()[-1] == pytest.approx((190, 160))
    share = bench.shape().share_at(110, 107)
    bench.drag((110, 107), (104, 101))
    assert bench.shape().flat().point(*_on(bench.shape(), share)) == pytest.approx((104, 101), abs=0.2)
    bench.toolbox.confirm()
    assert bench.bounds("a").x1 > 180
    assert bench.labels == ("Transform",)


def _on(shape: FreeTransform, share: tuple[float, float]) -> tuple[float, float]:
    from canvas.warp import patch_point

    return patch_point(shape.grid, *share)


def test_a_finer_grid_keeps_what_was_bent(bench: Bench) -> None:
    bench.toolbox.transforming.options.set(mode="warp", grid=3)
    bench.drag((160, 140), (190, 160))
    bench.toolbox.transforming.options.set(grid=4)
    assert bench.shape().grid_points()[-1] == pytest.approx((190, 160))
    assert len(bench.shape().grid) == 16


def test_a_step_of_several_layers_and_a_group_is_one(bench: Bench) -> None:
    ids = [node.id for node in bench.state.layers]
    bench.session.document.edit("Group", lambda s: edits.group(s, ids[:1], "g"))
    bench.choose("g", "b")
    bench.drag((150, 150), (160, 155))
    bench.toolbox.confirm()
    assert bench.bounds("a") == SQUARE.moved(10, 5)
    assert bench.bounds("b") == Rect(210, 205, 230, 245)
    assert bench.labels[1:] == ("Transform",)
    assert isinstance(bench.state.layers[0], Group)


def test_selected_pixels_move_and_the_selection_follows(bench: Bench) -> None:
    bench.select(Rect(130, 0, 512, 512))
    assert bench.shape().box == (130, 100, 160, 140)
    bench.drag((145, 120), (245, 120))
    bench.toolbox.confirm()
    surface = bench.layer("a").surface
    assert surface.content_bounds() == Rect(100, 100, 260, 140)
    assert not surface.read(Rect(130, 100, 230, 140)).any()
    assert bench.state.selection is not None
    assert bench.state.selection.content_bounds() == Rect(230, 0, 612, 512)
    bench.toolbox.undo()
    assert bench.state is bench.before


def test_the_edge_of_the_selection_can_be_transformed_alone(bench: Bench) -> None:
    bench.select(Rect(100, 100, 200, 200))
    bench.toolbox.transforming.options.set(target="selection")
    bench.drag((200, 200), (300, 300))
    bench.toolbox.confirm()
    assert bench.state.layers is bench.before.layers
    assert bench.state.selection is not None
    assert bench.state.selection.content_bounds().width == pytest.approx(200, abs=6)
    assert bench.labels[-1] == "Transform selection"
    assert bench.toolbox.transforming.options.value.target == "layers"


def test_a_layer_mask_is_transformed_alone_while_it_is_painted_on(bench: Bench) -> None:
    mask = LayerMask(rectangle(Rect(110, 110, 130, 130)), 0)
    bench.session.document.edit("Mask", lambda s: edits.set_mask(s, bench.layer("a").id, mask))
    bench.session.paint_on("mask")
    bench.drag((120, 120), (125, 120))
    bench.toolbox.confirm()
    moved = bench.layer("a").mask
    assert moved is not None
    assert moved.surface.content_bounds() == Rect(115, 110, 135, 130)
    assert bench.bounds("a") == SQUARE


def test_figures_are_turned_with_their_joints(bench: Bench) -> None:
    pose = Layer("pose", role=Pose((Figure.standing(256, 256, 200),)))
    bench.session.add_node(pose, "Add pose")
    bench.drag((256, 240), (266, 240))
    bench.toolbox.confirm()
    role = bench.layer("pose").role
    assert isinstance(role, Pose)
    assert role.figures[0].joints[0].x == pytest.approx(266)


@pytest.mark.parametrize(
    ("fields", "words"), [({"locked": True}, "locked"), ({"visible": False}, "hidden"), ({"surface": None}, "nothing")]
)
def test_what_cannot_be_transformed_is_said_and_nothing_happens(
    bench: Bench, fields: dict[str, object], words: str
) -> None:
    values = {"surface": bench.layer("a").surface.blank()} if "surface" in fields else fields
    bench.session.document.edit(
        "Change", lambda s: s.replaced(bench.layer("a").id, lambda node: replace(node, **values))
    )
    state = bench.state
    bench.drag((130, 120), (180, 120))
    assert bench.state is state
    assert words in bench.messages[0]
    assert bench.toolbox.overlay() == ()
    assert not bench.toolbox.pending


def test_too_large_is_said_and_the_last_size_stays(bench: Bench) -> None:
    bench.drag((160, 140), (200, 180), (90_000, 90_000))
    assert "too large" in bench.messages[0]
    assert bench.shape().handle((1, 1)) == (200, 180)
    bench.toolbox.confirm()
    assert bench.labels == ("Transform",)


def test_arrow_keys_move_and_buttons_flip(bench: Bench) -> None:
    assert bench.toolbox.nudge(10, 0)
    assert bench.toolbox.nudge(0, -1)
    bench.toolbox.transforming.set_shape(bench.shape().flipped("horizontal"))
    assert bench.bounds("a") == SQUARE.moved(10, -1)
    bench.toolbox.confirm()
    assert bench.labels == ("Transform",)


def test_another_tool_another_layer_and_undo_apply_it_first(bench: Bench) -> None:
    bench.drag((130, 120), (140, 120))
    bench.toolbox.select("brush")
    assert bench.labels == ("Transform",)
    bench.toolbox.select("transform")
    bench.drag((140, 120), (150, 120))
    bench.choose("b")
    assert bench.labels == ("Transform", "Transform")
    assert bench.shape().box == (200, 200, 220, 240)
    bench.drag((210, 220), (220, 220))
    bench.toolbox.undo()
    assert bench.bounds("b") == Rect(200, 200, 220, 240)


def test_another_document_drops_an_open_transform(bench: Bench) -> None:
    bench.drag((130, 120), (140, 120))
    bench.session.new(64, 64)
    assert not bench.toolbox.pending
    assert not bench.session.document.in_gesture
    bench.toolbox.confirm()
    assert bench.labels == ()


def test_the_pointer_says_what_dragging_would_do(bench: Bench) -> None:
    seen = []
    for x, y in ((130, 112), (300, 300), (160, 140)):
        bench.toolbox.hover(PointerEvent(x, y))
        seen.append(bench.toolbox.cursor)
    assert seen == ["move", "rotate", "grip"]


def test_the_engine_hears_of_a_transform_as_of_a_stroke(bench: Bench) -> None:
    heard: list[bool] = []

    class Listening:
        def canvas_changed(self, _snapshot: object, pen_down: bool) -> None:
            heard.append(pen_down)

        def __getattr__(self, _name: str) -> object:
            return lambda *_args: None

    bench.session.attach(Listening())  # type: ignore[arg-type]
    heard.clear()
    bench.drag((130, 120), (140, 120))
    assert True in heard
    assert heard[-1] is False


def test_what_is_large_hovers_and_is_put_down_in_the_background(heavy: Bench) -> None:
    heavy.toolbox.press(heavy.event(130, 120))
    heavy.toolbox.move(heavy.event(180.6, 160))
    heavy.toolbox.flush()
    pictures = [shape for shape in heavy.toolbox.overlay() if isinstance(shape, Picture)]
    assert len(pictures) == 1
    assert pictures[0].rect & SQUARE.moved(51, 40) == SQUARE.moved(51, 40)
    assert heavy.bounds("a") == Rect(0, 0, 0, 0)
    heavy.toolbox.release(heavy.event(180.6, 160))
    assert heavy.toolbox.busy
    heavy.wait()
    assert heavy.bounds("a") == SQUARE.moved(51, 40)
    assert not any(isinstance(shape, Picture) for shape in heavy.toolbox.overlay())
    heavy.toolbox.confirm()
    assert heavy.labels == ("Transform",)


def test_enter_waits_for_what_is_not_done_yet(heavy: Bench) -> None:
    heavy.drag((160, 140), (220, 180))
    heavy.toolbox.confirm()
    assert heavy.bounds("a").x1 == pytest.approx(220, abs=3)
    heavy.toolbox.undo()
    assert heavy.state is heavy.before


def test_escape_while_the_background_works_restores_everything(heavy: Bench) -> None:
    heavy.drag((160, 140), (220, 180))
    heavy.toolbox.dismiss()
    assert heavy.state is heavy.before
    assert not heavy.toolbox.busy


def test_hovering_and_putting_down_show_the_same_place(heavy: Bench) -> None:
    heavy.toolbox.transforming.options.set(interpolation=Interpolation.BILINEAR)
    heavy.toolbox.transforming.seen = lambda: (Rect(0, 0, 512, 512), 0)
    heavy.toolbox.press(heavy.event(300, 120))
    heavy.toolbox.move(heavy.event(290, 200))
    heavy.toolbox.flush()
    (picture,) = (shape for shape in heavy.toolbox.overlay() if isinstance(shape, Picture))
    heavy.toolbox.release(heavy.event(290, 200))
    heavy.wait()
    pixels = heavy.layer("a").surface.read(picture.rect)
    shown = picture.pixels[..., [2, 1, 0, 3]].astype(float)
    assert np.abs(shown - pixels * (255 / ONE)).max() <= 12
    assert np.abs(shown - pixels * (255 / ONE)).mean() <= 0.3


# Move


def test_moving_takes_masks_and_groups_along(bench: Bench) -> None:
    mask = LayerMask(rectangle(Rect(110, 110, 130, 130)), 0)
    bench.session.document.edit("Mask", lambda s: edits.set_mask(s, bench.layer("a").id, mask))
    bench.choose("a", "b")
    bench.toolbox.select("move")
    bench.drag((0, 0), (5, 8), (20, 10))
    assert bench.bounds("a") == SQUARE.moved(20, 10)
    assert bench.bounds("b") == Rect(220, 210, 240, 250)
    moved = bench.layer("a").mask
    assert moved is not None
    assert moved.surface.content_bounds() == Rect(130, 120, 150, 140)
    assert bench.labels == ("Mask", "Move")


def test_shift_keeps_to_an_axis_and_a_click_is_no_step() -> None:
    bench = Bench("move")
    bench.drag((0, 0), (20, 3), modifiers=Modifier.SHIFT)
    assert bench.bounds("a") == SQUARE.moved(20, 0)
    state = bench.state
    bench.drag((0, 0))
    assert bench.state is state


def test_alt_moves_a_copy_as_one_step_and_escape_leaves_none() -> None:
    bench = Bench("move")
    chosen = bench.session.chosen
    bench.toolbox.press(bench.event(0, 0, Modifier.ALT))
    bench.toolbox.move(bench.event(30, 0, Modifier.ALT))
    bench.toolbox.flush()
    bench.toolbox.cancel()
    assert bench.state is bench.before
    assert bench.session.chosen == chosen
    bench.drag((0, 0), (30, 0), modifiers=Modifier.ALT)
    assert [node.name for node in bench.state.layers] == ["a", "a copy", "b"]
    assert bench.bounds("a") == SQUARE
    assert bench.bounds("a copy") == SQUARE.moved(30, 0)
    assert bench.session.active == bench.layer("a copy").id
    assert bench.labels == ("Move a copy",)
    bench.drag((0, 0), modifiers=Modifier.ALT)
    assert len(bench.state.layers) == 3


def test_alt_with_a_selection_copies_the_pixels_within_the_layer() -> None:
    bench = Bench("move")
    bench.select(Rect(100, 100, 120, 140))
    bench.drag((0, 0), (100, 0), modifiers=Modifier.ALT)
    assert len(bench.state.layers) == 2
    assert bench.bounds("a") == Rect(100, 100, 220, 140)
    assert int(bench.layer("a").surface.read(Rect(105, 110, 106, 111))[0, 0, 3]) == ONE


def test_selected_pixels_float_until_something_else_happens() -> None:
    bench = Bench("move")
    bench.select(Rect(100, 100, 120, 140))
    bench.drag((0, 0), (20, 0))
    bench.drag((0, 0), (80, 0))
    surface = bench.layer("a").surface
    assert surface.content_bounds() == Rect(120, 100, 220, 140)
    assert surface.read(Rect(120, 100, 160, 140))[..., 3].min() == ONE
    bench.toolbox.undo()
    bench.toolbox.undo()
    assert bench.state is bench.before


def test_arrow_keys_are_one_step_and_harm_nothing_on_their_way() -> None:
    bench = Bench("move")
    bench.select(Rect(100, 100, 120, 140))
    for _ in range(4):
        assert bench.toolbox.nudge(10, 0)
    surface = bench.layer("a").surface
    assert surface.content_bounds() == Rect(120, 100, 160, 140)
    assert bench.labels[-1:] == ("Move",)
    bench.toolbox.undo()
    assert bench.state is bench.before


def test_ctrl_takes_the_layer_under_the_pointer_and_an_option_always_does() -> None:
    bench = Bench("move")
    bench.drag((210, 220), (215, 220), modifiers=Modifier.CTRL)
    assert bench.session.active == bench.layer("b").id
    assert bench.bounds("b") == Rect(205, 200, 225, 240)
    bench.toolbox.moving.options.set(auto_select=True)
    bench.drag((130, 120), (140, 120))
    assert bench.session.active == bench.layer("a").id
    bench.drag((400, 400), (410, 400))
    assert bench.bounds("a") == SQUARE.moved(20, 0)


def test_a_large_layer_is_moved_by_a_draft(heavy: Bench) -> None:
    heavy.toolbox.select("move")
    heavy.toolbox.press(heavy.event(0, 0))
    heavy.toolbox.move(heavy.event(30, 40))
    heavy.toolbox.flush()
    assert any(isinstance(shape, Picture) for shape in heavy.toolbox.overlay())
    heavy.toolbox.release(heavy.event(30, 40))
    assert heavy.bounds("a") == SQUARE.moved(30, 40)
    assert not any(isinstance(shape, Picture) for shape in heavy.toolbox.overlay())


# Crop


def test_a_dragged_rectangle_becomes_the_canvas() -> None:
    bench = Bench("crop")
    bench.drag((90, 80), (120, 120), (290, 180))
    shapes = bench.toolbox.overlay()
    assert Shade(Rect(90, 80, 290, 180), Rect(0, 0, 512, 512)) in shapes
    assert sum(isinstance(shape, Outline) and shape.dashed for shape in shapes) == 4
    assert bench.state is bench.before
    bench.toolbox.confirm()
    assert bench.state.rect == Rect(0, 0, 200, 100)
    assert bench.bounds("a") == SQUARE.moved(-90, -80)
    assert bench.labels == ("Crop",)
    bench.toolbox.undo()
    assert bench.state is bench.before


def test_handles_resize_the_inside_moves_and_escape_cancels() -> None:
    bench = Bench("crop")
    bench.drag((512, 256), (400, 256))
    assert bench.toolbox.cropping.rect == Rect(0, 0, 400, 512)
    bench.drag((100, 100), (110, 90))
    assert bench.toolbox.cropping.rect == Rect(10, -10, 410, 502)
    assert bench.toolbox.nudge(-10, 0)
    bench.toolbox.dismiss()
    assert bench.toolbox.cropping.rect == bench.state.rect
    assert not bench.toolbox.pending


@pytest.mark.parametrize("end", [(300, 140), (120, 300)])
def test_a_ratio_is_kept(end: tuple[float, float]) -> None:
    bench = Bench("crop")
    bench.toolbox.cropping.options.set(ratio="3:2")
    bench.drag((100, 100), end)
    rect = bench.toolbox.cropping.rect
    assert rect.width / rect.height == pytest.approx(1.5, rel=0.02)
    bench.drag((rect.x1, (rect.y0 + rect.y1) / 2), (rect.x1 - 30, 0))
    rect = bench.toolbox.cropping.rect
    assert rect.width / rect.height == pytest.approx(1.5, rel=0.02)


def test_cropped_pixels_can_be_deleted_and_the_canvas_can_grow() -> None:
    bench = Bench("crop")
    bench.toolbox.cropping.options.set(outside="delete")
    bench.drag((120, 110), (600, 700))
    bench.toolbox.select("brush")
    assert bench.state.rect.size == (480, 590)
    assert bench.bounds("a") == Rect(0, 0, 40, 30)
