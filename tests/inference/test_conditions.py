"""What a canvas, a direction and a model together ask of the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canvas.layers import Group, Layer, LayerMask
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Region, Role, UnknownRole
from canvas.snapshot import ONE, Figure, Node, Rect, Snapshot, Surface, draw_openpose, from_rgba8
from canvas.state import DocumentState
from inference.condition_set import ConditionSet, Placement
from inference.conditions import CannotDo, Compiler, inputs_digest
from inference.direction import Direction
from inference.messages import Purpose
from models.catalogue import IpAdapterInfo, ModelInfo

SIDE = 256
MODEL = ModelInfo(
    id="small",
    name="Small",
    folder=Path("small"),
    family="sd15",
    native_size=SIDE,
    controls={"scribble": Path("s"), "pose": Path("p")},
    ip_adapter=IpAdapterInfo(Path("w"), Path("e")),
)
PLAIN_MODEL = replace(MODEL, controls={}, ip_adapter=None)
DIRECTION = Direction(prompt="a lake", strength=0.5, steps=8, preview_steps=4, seed=3)


def block(rect: Rect, colour: tuple[int, int, int, int]) -> Surface:
    pixels = np.empty((rect.height, rect.width, 4), np.uint8)
    pixels[...] = colour
    return Surface.from_pixels(from_rgba8(pixels), rect.x0, rect.y0)


BLACK, WHITE, RED = (0, 0, 0, 255), (255, 255, 255, 255), (200, 30, 20, 255)
BACKGROUND = Layer("Background", surface=block(Rect(0, 0, SIDE, SIDE), WHITE))
HOUSE = Layer("House", surface=block(Rect(60, 60, 140, 140), RED))
LINES = Layer("Lines", surface=block(Rect(20, 100, 200, 104), BLACK), role=Control("scribble", 0.8, 0.1, 0.9))
MASK = Layer("Mask", surface=block(Rect(96, 96, 160, 160), BLACK), role=InpaintMask(0, 0))
STYLE = Layer("Style", surface=block(Rect(30, 40, 90, 60), RED), role=Reference("style", 0.6))
DANCER = Layer("Dancer", role=Pose((Figure.standing(128, 128, 180),), 0.9))


def canvas(*nodes: Node, side: int = SIDE) -> Snapshot:
    return Snapshot(1, DocumentState(side, side, nodes))


def compiled(
    snapshot: Snapshot, direction: Direction = DIRECTION, model: ModelInfo = MODEL, purpose: Purpose = "preview"
) -> tuple[ConditionSet, Placement]:
    return Compiler().compile(snapshot, direction, model, purpose)


# --- the mode follows from the layers


@pytest.mark.parametrize(
    ("nodes", "mode", "strength"),
    [
        ((), "text", 1.0),
        ((BACKGROUND,), "text", 1.0),
        ((Layer("Blue", surface=block(Rect(0, 0, SIDE, SIDE), (0, 0, 255, 255))),), "text", 1.0),
        ((BACKGROUND, HOUSE), "image", 0.5),
        ((HOUSE,), "image", 0.5),
        ((BACKGROUND, replace(HOUSE, visible=False)), "text", 1.0),
        ((BACKGROUND, Group("G", children=(HOUSE,), visible=False)), "text", 1.0),
        ((BACKGROUND, LINES), "text", 1.0),
        ((BACKGROUND, HOUSE, MASK), "inpaint", 0.5),
        ((BACKGROUND, MASK), "inpaint", 1.0),
        ((MASK,), "inpaint", 1.0),
        ((BACKGROUND, HOUSE, replace(MASK, visible=False)), "image", 0.5),
        ((BACKGROUND, HOUSE, Layer("Empty mask", role=InpaintMask())), "image", 0.5),
    ],
)
def test_mode_and_strength(nodes: tuple[Node, ...], mode: str, strength: float) -> None:
    conditions, placement = compiled(canvas(*nodes))
    assert (conditions.mode, conditions.strength) == (mode, strength)
    assert (conditions.base is None) == (mode == "text")
    assert (conditions.mask is None) == (placement.alpha is None) == (mode != "inpaint")


def test_full_strength_ignores_paint_so_painting_changes_nothing() -> None:
    direction = replace(DIRECTION, strength=1.0)
    empty, _ = compiled(canvas(BACKGROUND), direction)
    painted, _ = compiled(canvas(BACKGROUND, HOUSE), direction)
    assert painted.mode == "text"
    assert painted.digest == empty.digest
    assert compiled(canvas(BACKGROUND, HOUSE, MASK), direction)[0].mode == "inpaint"


def test_steps_are_few_while_drawing_and_full_after() -> None:
    steps = {p: compiled(canvas(), purpose=p)[0].steps for p in ("preview", "settle", "final")}
    assert steps == {"preview": 4, "settle": 8, "final": 8}


@pytest.mark.parametrize("strength", [0.25, 0.5, 0.8, 1.0])
def test_a_low_strength_leaves_as_many_steps_and_settling_has_no_fewer(strength: float) -> None:
    direction = replace(DIRECTION, strength=strength, preview_steps=2, steps=4)
    counts = {p: compiled(canvas(*SCENE), direction, purpose=p)[0].steps for p in ("preview", "settle")}
    assert 2 <= int(counts["preview"] * strength) <= 3
    assert counts["settle"] >= max(4, counts["preview"])


def test_the_picture_is_paint_alone_over_white_at_working_size() -> None:
    conditions, placement = compiled(canvas(HOUSE, LINES, STYLE))
    assert placement == Placement(Rect(0, 0, SIDE, SIDE))
    assert conditions.base is not None
    picture = conditions.base.pixels
    assert picture.shape == (SIDE, SIDE, 3)
    assert picture[100, 100].tolist() == [200, 30, 20]
    assert picture[10, 10].tolist() == [255, 255, 255]
    assert picture[102, 30].tolist() == [255, 255, 255], "lines are no paint"


def test_a_large_canvas_is_reduced_to_the_models_size() -> None:
    lines = Layer("L", surface=block(Rect(0, 512, 1024, 528), BLACK), role=Control("scribble"))
    conditions, placement = compiled(Snapshot(1, DocumentState(1024, 1024, (lines,))))
    assert conditions.size == (SIDE, SIDE)
    assert placement.rect == Rect(0, 0, 1024, 1024)
    assert (conditions.controls[0].image.pixels[128:132] < 10).all()


# --- instructions


def test_a_control_layer_is_its_picture_over_white_with_its_settings() -> None:
    [control] = compiled(canvas(BACKGROUND, LINES))[0].controls
    assert (control.kind, control.preprocessor) == ("scribble", "lines_binary")
    assert (control.weight, control.start, control.end) == (0.8, 0.1, 0.9)
    expected = np.full((SIDE, SIDE, 3), 255, np.uint8)
    expected[100:104, 20:200] = 0
    np.testing.assert_array_equal(control.image.pixels, expected)


def test_lines_on_white_and_lines_on_transparent_are_the_same_instruction() -> None:
    drawn = block(Rect(0, 0, SIDE, SIDE), WHITE).edit()
    drawn.write(Rect(20, 100, 200, 104), from_rgba8(np.tile(np.uint8(BLACK), (4, 180, 1))))
    on_white = replace(LINES, surface=drawn.freeze())
    assert compiled(canvas(on_white))[0].digest == compiled(canvas(LINES))[0].digest


@pytest.mark.parametrize("changes", [{"opacity": 0.2}, {"name": "Other"}, {"locked": True}])
def test_how_an_instruction_layer_is_shown_to_the_artist_does_not_matter(changes: dict[str, object]) -> None:
    shown_otherwise = replace(LINES, **changes)  # type: ignore[arg-type]
    assert compiled(canvas(BACKGROUND, shown_otherwise))[0].digest == compiled(canvas(BACKGROUND, LINES))[0].digest


def test_a_pose_layer_draws_its_skeletons() -> None:
    [control] = compiled(canvas(BACKGROUND, DANCER))[0].controls
    assert isinstance(DANCER.role, Pose)
    assert (control.kind, control.preprocessor, control.weight) == ("pose", "none", 0.9)
    expected = draw_openpose(DANCER.role.figures, Rect(0, 0, SIDE, SIDE), (SIDE, SIDE))
    np.testing.assert_array_equal(control.image.pixels, expected)


def test_a_drawn_skeleton_keeps_its_black_background() -> None:
    limb = Layer("Limb", surface=block(Rect(10, 10, 20, 90), RED), role=Control("pose"))
    [control] = compiled(canvas(limb))[0].controls
    assert control.image.pixels[200, 200].tolist() == [0, 0, 0]


def test_a_reference_is_cropped_to_what_is_on_it() -> None:
    [reference] = compiled(canvas(BACKGROUND, STYLE))[0].references
    assert (reference.kind, reference.weight) == ("style", 0.6)
    assert reference.image.pixels.shape == (20, 60, 3)
    assert (reference.image.pixels == (200, 30, 20)).all()


def test_a_large_reference_is_reduced() -> None:
    large = Layer("R", surface=block(Rect(0, 0, 1024, 700), RED), role=Reference())
    [reference] = compiled(Snapshot(1, DocumentState(2000, 1000, (large,))))[0].references
    assert reference.image.pixels.shape == (350, 512, 3)


@pytest.mark.parametrize("node", [LINES, STYLE, DANCER, MASK])
def test_hidden_layers_and_layers_in_hidden_groups_do_not_count(node: Layer) -> None:
    nothing = compiled(canvas(BACKGROUND, HOUSE))[0].digest
    assert compiled(canvas(BACKGROUND, HOUSE, node))[0].digest != nothing
    assert compiled(canvas(BACKGROUND, HOUSE, replace(node, visible=False)))[0].digest == nothing
    inside = Group("Inner", children=(node,))
    assert compiled(canvas(BACKGROUND, HOUSE, inside))[0].digest != nothing
    hidden = Group("Outer", children=(inside,), visible=False)
    assert compiled(canvas(BACKGROUND, HOUSE, hidden))[0].digest == nothing


@pytest.mark.parametrize("role", [Control("scribble"), Pose(), InpaintMask(), Reference(), Control("scribble", 0.0)])
def test_an_instruction_with_nothing_on_it_or_no_weight_does_not_count(role: Role) -> None:
    surface = LINES.surface if isinstance(role, Control) and role.weight == 0 else Surface.blank()
    node = Layer("Empty", surface=surface, role=role)
    assert compiled(canvas(BACKGROUND, HOUSE, node))[0].digest == compiled(canvas(BACKGROUND, HOUSE))[0].digest


def test_a_group_with_a_role_is_one_instruction() -> None:
    left = Layer("Left", surface=block(Rect(20, 100, 100, 104), BLACK))
    right = Layer("Right", surface=block(Rect(100, 100, 200, 104), BLACK))
    group = Group("Sketch", children=(left, right), role=LINES.role)
    assert compiled(canvas(BACKGROUND, group))[0].digest == compiled(canvas(BACKGROUND, LINES))[0].digest


# --- masks


def masked_area(snapshot: Snapshot) -> tuple[ConditionSet, Placement, np.ndarray[tuple[int, int], np.dtype[np.uint8]]]:
    """The compiled set, and the paste alpha laid into the document."""
    conditions, placement = compiled(snapshot)
    assert placement.alpha is not None
    whole = np.zeros((snapshot.state.height, snapshot.state.width), np.uint8)
    r = placement.rect
    whole[r.y0 : r.y1, r.x0 : r.x1] = placement.alpha.pixels
    return conditions, placement, whole


def test_a_mask_crops_to_itself_and_its_context() -> None:
    small = Layer("M", surface=block(Rect(1000, 1000, 1064, 1064), BLACK), role=InpaintMask(0, 0))
    snapshot = canvas(replace(BACKGROUND, surface=block(Rect(0, 0, 2048, 2048), WHITE)), small, side=2048)
    conditions, placement, whole = masked_area(snapshot)
    assert placement.rect == Rect(872, 872, 1192, 1192)
    assert conditions.size == (256, 256)
    assert conditions.mask is not None
    assert conditions.mask.pixels.shape == (256, 256)
    expected = np.zeros((2048, 2048), np.uint8)
    expected[1000:1064, 1000:1064] = 255
    np.testing.assert_array_equal(whole, expected)


def test_grow_and_feather_are_each_layers_own_and_masks_unite() -> None:
    sharp = Layer("A", surface=block(Rect(20, 20, 60, 60), BLACK), role=InpaintMask(0, 0))
    wide = Layer("B", surface=block(Rect(150, 150, 151, 151), BLACK), role=InpaintMask(10, 4))
    _, _, whole = masked_area(canvas(BACKGROUND, sharp, wide))
    assert (whole[20:60, 20:60] == 255).all()
    assert whole[150, 150] == 255
    assert whole[150, 160] > 0
    assert whole[150, 161] == 0
    assert whole[140, 150] < whole[145, 150] < 256
    outside = np.hypot(*np.ogrid[-150:106, -150:106]) > 10
    outside[20:60, 20:60] = False
    assert (whole[outside] == 0).all()


def test_a_mask_that_reaches_the_end_of_the_document_does_not_fade_there() -> None:
    edge = Layer("M", surface=block(Rect(-50, -50, 100, 400), BLACK), role=InpaintMask(0, 8))
    _, _, whole = masked_area(canvas(BACKGROUND, edge))
    assert (whole[:, :90] == 255).all()
    assert 0 < whole[128, 99] < 255
    assert (whole[:, 100:] == 0).all()


def test_half_covered_pixels_are_masked_and_fainter_ones_are_not() -> None:
    half = Layer("M", surface=block(Rect(20, 20, 40, 40), (0, 0, 0, 128)), role=InpaintMask(0, 0))
    faint = Layer("M", surface=block(Rect(60, 60, 80, 80), (0, 0, 0, 100)), role=InpaintMask(0, 0))
    _, _, whole = masked_area(canvas(BACKGROUND, half, faint))
    assert (whole[20:40, 20:40] == 255).all()
    assert (whole[60:80, 60:80] == 0).all()


def test_a_layer_mask_hides_part_of_an_inpaint_mask() -> None:
    shows = np.zeros((SIDE, SIDE, 1), np.uint16)
    shows[:, :128] = ONE
    half = replace(MASK, mask=LayerMask(Surface.from_pixels(shows)))
    _, _, whole = masked_area(canvas(BACKGROUND, half))
    assert (whole[96:160, 96:128] == 255).all()
    assert (whole[:, 128:] == 0).all()


# --- digests: they change when an input does, and only then

SCENE = (BACKGROUND, HOUSE, LINES, DANCER, STYLE, MASK)


def other_pixels(layer: Layer) -> Layer:
    """One pixel more, well away from the edges."""
    edit = layer.surface.edit()
    edit.write(Rect(120, 120, 124, 124), from_rgba8(np.tile(np.uint8((10, 90, 200, 255)), (4, 4, 1))))
    return replace(layer, surface=edit.freeze())


def moved(layer: Layer) -> Layer:
    assert isinstance(layer.role, Pose)
    return replace(layer, role=replace(layer.role, figures=(layer.role.figures[0].moved(9, 0),)))


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        (HOUSE, other_pixels(HOUSE), "base"),
        (LINES, other_pixels(LINES), "control.0.scribble"),
        (DANCER, moved(DANCER), "control.1.pose"),
        (STYLE, other_pixels(STYLE), "reference.0.style"),
        (MASK, replace(MASK, surface=block(Rect(80, 96, 160, 160), BLACK)), "mask"),
        (MASK, replace(MASK, role=InpaintMask(20, 0)), "mask"),
    ],
)
def test_a_changed_layer_changes_its_own_digest_and_that_of_the_whole(old: Layer, new: Layer, part: str) -> None:
    before, _ = compiled(canvas(*SCENE))
    after, _ = compiled(canvas(*(new if node is old else node for node in SCENE)))
    assert before.digest != after.digest
    differ = {name for name in before.parts() if before.parts()[name] != after.parts()[name]}
    assert differ == {part}


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a hill"},
        {"negative": "fog"},
        {"strength": 0.6},
        {"seed": 4},
        {"guidance": 2.0},
        {"preview_steps": 5},
    ],
)
def test_a_changed_direction_changes_the_digest_and_no_part(change: dict[str, object]) -> None:
    before, _ = compiled(canvas(*SCENE))
    after, _ = compiled(canvas(*SCENE), replace(DIRECTION, **change))  # type: ignore[arg-type]
    assert before.digest != after.digest
    assert before.parts() == after.parts()


@pytest.mark.parametrize("role", [Control("scribble", 0.7, 0.1, 0.9), Control("scribble", 0.8, 0.2, 0.9)])
def test_a_changed_weight_or_range_changes_the_digest(role: Role) -> None:
    before, _ = compiled(canvas(*SCENE))
    after, _ = compiled(canvas(*(replace(LINES, role=role) if node is LINES else node for node in SCENE)))
    assert before.digest != after.digest


@pytest.mark.parametrize(
    "same",
    [
        lambda n: replace(n, name="Another name"),
        lambda n: replace(n, locked=True),
        lambda n: replace(n, surface=n.surface.edit().freeze()),
        lambda n: replace(n, surface=Surface({k: t.copy() for k, t in n.surface.tiles.items()})),
    ],
)
def test_equal_content_in_other_objects_has_equal_digests(same: Callable[[Layer], Layer]) -> None:
    before = compiled(canvas(*SCENE))
    after = compiled(canvas(*(same(node) for node in SCENE)))
    assert before[0].digest == after[0].digest
    assert inputs_digest(*before) == inputs_digest(*after)


def test_a_kept_compiler_gives_what_a_fresh_one_gives_whatever_it_compiled_before() -> None:
    compiler = Compiler()
    stages = [
        SCENE,
        (BACKGROUND, HOUSE),
        (BACKGROUND, other_pixels(HOUSE), LINES),
        (BACKGROUND, other_pixels(HOUSE), other_pixels(LINES), moved(DANCER)),
        (BACKGROUND, HOUSE, LINES, replace(MASK, role=InpaintMask(5, 3)), STYLE),
        (BACKGROUND, HOUSE, LINES, MASK, replace(STYLE, role=Control("scribble"))),
        SCENE,
        (),
    ]
    for nodes in stages:
        for side in (SIDE, 300):
            kept = compiler.compile(canvas(*nodes, side=side), DIRECTION, MODEL, "preview")
            fresh = compiled(canvas(*nodes, side=side))
            assert kept[0].digest == fresh[0].digest
            assert inputs_digest(*kept) == inputs_digest(*fresh)


def test_a_stroke_on_one_layer_leaves_all_other_parts_as_they_were() -> None:
    compiler = Compiler()
    before, placed_before = compiler.compile(canvas(*SCENE), DIRECTION, MODEL, "preview")
    after, placed_after = compiler.compile(
        canvas(BACKGROUND, HOUSE, other_pixels(LINES), DANCER, STYLE, MASK), DIRECTION, MODEL, "preview"
    )
    assert after.base is before.base
    assert after.mask is before.mask
    assert placed_after.alpha is placed_before.alpha
    assert after.controls[1].image is before.controls[1].image
    assert after.references[0].image is before.references[0].image
    assert after.controls[0].image != before.controls[0].image


def test_the_inputs_digest_leaves_out_the_steps_and_counts_the_place() -> None:
    direction = replace(DIRECTION, strength=0.75)
    preview, settle = (compiled(canvas(*SCENE), direction, purpose=p) for p in ("preview", "settle"))
    assert preview[0].digest != settle[0].digest
    assert inputs_digest(*preview) == inputs_digest(*settle)
    feathered = compiled(canvas(*SCENE[:-1], replace(MASK, role=InpaintMask(0, 3))), direction)
    assert feathered[0].digest == preview[0].digest, "the latent mask is the same"
    assert inputs_digest(*feathered) != inputs_digest(*preview), "but less of the image reaches the document"


# --- what cannot be done says so, with a remedy


@pytest.mark.parametrize(
    ("node", "model", "words"),
    [
        (LINES, PLAIN_MODEL, ("Small", "no ControlNet for scribble", "“Lines”", "choose another model")),
        (replace(LINES, role=Control("canny")), MODEL, ("canny edges", "“Lines”", "choose one of: scribble, pose")),
        (replace(LINES, role=Control("hologram")), MODEL, ("hologram", "“Lines”", "choose one of: scribble, pose")),
        (DANCER, PLAIN_MODEL, ("no ControlNet for pose", "“Dancer”")),
        (STYLE, PLAIN_MODEL, ("no IP-Adapter", "“Style”", "hide")),
        (replace(LINES, role=Control("scribble", 1.0, 0.8, 0.2)), MODEL, ("“Lines”", "80%", "20%")),
        (replace(LINES, role=Region("sky")), MODEL, ("“Lines”", "hide it")),
        (replace(LINES, role=UnknownRole("{}")), MODEL, ("“Lines”", "hide it")),
        (BACKGROUND, replace(MODEL, problem="The model lost its head; copy it again."), ("copy it again",)),
    ],
)
def test_what_cannot_be_done_says_so_and_what_helps(node: Layer, model: ModelInfo, words: tuple[str, ...]) -> None:
    with pytest.raises(CannotDo) as refusal:
        compiled(canvas(BACKGROUND, node), model=model)
    for word in words:
        assert word in str(refusal.value)


def test_an_empty_layer_of_a_kind_the_model_lacks_stops_nothing() -> None:
    waiting = Layer("Later", role=Control("canny"))
    assert compiled(canvas(BACKGROUND, waiting))[0].controls == ()


def test_paint_layers_have_no_part_in_this() -> None:
    assert isinstance(BACKGROUND.role, Paint)
    assert compiled(canvas(BACKGROUND, HOUSE), model=PLAIN_MODEL)[0].controls == ()
