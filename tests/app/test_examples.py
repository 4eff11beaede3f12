"""The documents that come with Underdraw: what is in the files, and that they can be drawn again."""

from __future__ import annotations

import numpy as np
import pytest

import resources
from app.examples import documents
from app.examples.documents import DOCUMENTS
from app.examples.hand import Pen, by_hand, drawn, smooth
from app.examples.table import FIRST, Example, example, examples
from app.layer_notes import NOTES_KEY, layer_note, with_layer_notes
from canvas import edits
from canvas.compositor import composite
from canvas.layers import Layer, LayerId
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference
from canvas.state import DocumentState
from canvas.tiles import Pixels8
from inference.direction import direction_from_json

MOST_BYTES = 400 << 10
EVERY = pytest.mark.parametrize("each", examples(), ids=lambda each: each.name)


@pytest.fixture(scope="module")
def files() -> dict[str, DocumentState]:
    return {each.name: each.read() for each in examples()}


def layers(state: DocumentState) -> list[Layer]:
    return [node for node in state.walk() if isinstance(node, Layer)]


@EVERY
def test_a_file_is_small_and_says_what_each_layer_is_for(each: Example, files: dict[str, DocumentState]) -> None:
    state = files[each.name]
    assert resources.path("examples", f"{each.name}.udraw").stat().st_size <= MOST_BYTES
    notes = {layer.name: layer_note(state, layer.id) for layer in layers(state)[1:]}
    assert len(notes) == len(layers(state)) - 1
    assert all(notes.values())
    assert any(layer.id == state.metadata["active"] for layer in layers(state))


@EVERY
def test_an_example_has_something_for_the_engine_inside_the_canvas(
    each: Example, files: dict[str, DocumentState]
) -> None:
    state = files[each.name]
    instructions = [layer for layer in layers(state) if layer.visible and not isinstance(layer.role, Paint)]
    assert instructions
    for layer in layers(state):
        if isinstance(layer.role, Reference):
            bounds = layer.surface.content_bounds()
            assert bounds
            assert bounds & state.rect == bounds
        if isinstance(layer.role, Pose):
            shown = [joint for figure in layer.role.figures for joint in figure.joints if joint.visible]
            assert all(0 <= joint.x < state.width and 0 <= joint.y < state.height for joint in shown)
    direction_from_json(state.metadata["direction"])


def test_the_first_document_has_a_layer_for_each_step(files: dict[str, DocumentState]) -> None:
    roles = {type(layer.role) for layer in layers(files[FIRST]) if layer.visible}
    assert roles == {Paint, Control, Pose, InpaintMask, Reference}
    assert [step.aim for step in example(FIRST).steps] == ["control", "pose", "mask", "prompt", "reference"]


@EVERY
def test_a_file_is_what_the_script_draws(
    each: Example, files: dict[str, DocumentState], monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the pictures of the painter, which go with the model."""

    def plain(style: str, family: str, time: str, seed: int) -> Pixels8:
        return np.full((256, 256, 3), 200, np.uint8)

    monkeypatch.setattr(documents, "painting", plain)
    made, kept = DOCUMENTS[each.name](), files[each.name]
    assert made.metadata == kept.metadata
    for ours, theirs in zip(layers(made), layers(kept), strict=True):
        assert (ours.name, ours.id, ours.role, ours.visible) == (theirs.name, theirs.id, theirs.role, theirs.visible)
        assert ours.surface.content_bounds() == theirs.surface.content_bounds()
        if not isinstance(ours.role, Reference) and ours.name != "Picture":
            difference = ours.surface.read(made.rect).astype(int) - theirs.surface.read(made.rect)
            assert np.abs(difference).mean() < 8  # of 32768


def test_the_painter_paints_for_the_examples() -> None:
    from app.examples.pictures import painting, surface_of

    picture = painting("flat", "landscape", "day", 1)
    assert picture.shape == (256, 256, 3)
    assert surface_of(picture, 100, 20, 30).content_bounds().size == (100, 100)
    with pytest.raises(ValueError, match="no style “fresco”"):
        painting("fresco", "landscape", "day", 1)


def test_nothing_is_called_what_it_is_not() -> None:
    assert {each.name for each in examples()} == set(DOCUMENTS)
    with pytest.raises(LookupError, match="no example"):
        example("battle")


# The hand


def test_a_hand_sways_and_swells_but_goes_where_it_should() -> None:
    pen = Pen("Ink pen", 8.0)
    points = by_hand([(0, 50), (100, 50)], pen, np.random.default_rng(3))
    assert max(abs(p.y - 50) for p in points) < 4 * pen.sway_px
    assert len({round(p.y, 3) for p in points}) > 5
    assert points[0].pressure < 0.7 < max(p.pressure for p in points)
    assert points[-1].time_s == pytest.approx(0.14, abs=0.02)


def test_a_point_said_twice_is_a_corner() -> None:
    round_, sharp = smooth([(0, 0), (50, 100), (100, 0)]), smooth([(0, 0), (50, 100), (50, 100), (100, 0)])
    middle = sharp[np.abs(sharp[:, 0] - 25).argmin()]
    assert middle[1] == pytest.approx(50, abs=3)
    assert round_[np.abs(round_[:, 0] - 25).argmin()][1] > 53


def test_the_same_lines_give_the_same_pixels() -> None:
    sheet = edits.new_document(64, 64)
    layer_id = next(layer.id for layer in sheet.layers if layer.name == "Paint")
    one, other = (drawn(sheet, layer_id, Pen("Pencil", 5.0), [[(5, 5), (60, 40)]]) for _ in range(2))
    assert np.array_equal(composite(one, one.rect), composite(other, other.rect))
    assert not np.array_equal(composite(one, one.rect), composite(sheet, sheet.rect))


# Notes


@pytest.mark.parametrize("stored", ["", "no json", "[1]", '{"a": 4}', '{"b": "said of another"}', "[" * 100_000])
def test_a_damaged_note_says_nothing(stored: str) -> None:
    state = DocumentState(8, 8, (Layer("a", id=LayerId("a")),), metadata={NOTES_KEY: stored})
    assert layer_note(state, LayerId("a")) == ""
    assert layer_note(with_layer_notes(state, {LayerId("a"): "Lines."}), LayerId("a")) == "Lines."
