"""Picking colours: from what is seen, from the paint, from a layer; averaged, shown while picking, taken back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.colours import Colour
from app.session import Session
from app.tools.picker import PickerTool
from app.tools.pointer import Button, Modifier, PointerEvent
from app.tools.sampling import sampled
from app.tools.shapes import PickedColour
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.layers import Layer
from canvas.roles import Paint
from canvas.state import DocumentState
from canvas.tiles import Surface, from_rgba8
from inference.condition_set import Part, Placement
from inference.result import Result

RED, GREEN, BLUE, WHITE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 1.0, 1.0)
SIDE = 64


def checker(a: Colour, b: Colour) -> Surface:
    """Single pixels of two colours in turn."""
    rgba = np.empty((SIDE, SIDE, 4), np.uint8)
    odd = (np.add.outer(np.arange(SIDE), np.arange(SIDE)) % 2).astype(bool)
    for where, colour in ((odd, b), (~odd, a)):
        rgba[where] = [*(round(255 * c) for c in colour), 255]
    return Surface.from_pixels(from_rgba8(rgba))


@pytest.fixture
def session() -> Session:
    below = Layer("Below", surface=checker(RED, BLUE))
    above = Layer("Above", role=Paint())
    return Session(DocumentState(SIDE, SIDE, (below, above)))


@pytest.fixture
def toolbox(session: Session) -> Toolbox:
    toolbox = Toolbox(session)
    toolbox.select("picker")
    return toolbox


@pytest.fixture
def picker(toolbox: Toolbox) -> PickerTool:
    tool = toolbox.tool("picker")
    assert isinstance(tool, PickerTool)
    return tool


def at(x: float, y: float, button: Button = "left", modifiers: Modifier = Modifier.NONE) -> PointerEvent:
    return PointerEvent(x, y, button=button, modifiers=modifiers)


def click(toolbox: Toolbox, event: PointerEvent) -> None:
    toolbox.press(event)
    toolbox.release(event)


def show(session: Session, rgb: tuple[int, int, int], alpha: Part | None = None) -> None:
    pixels = np.empty((16, 16, 3), np.uint8)
    pixels[...] = rgb
    placement = Placement(session.document.state.rect, alpha)
    session.show_result(Result(pixels, placement, "preview", session.document.snapshot(), ""))


def test_a_click_takes_the_pixel_and_the_right_button_the_background(session: Session, toolbox: Toolbox) -> None:
    click(toolbox, at(10.5, 10.5))
    assert session.settings.colour == RED
    click(toolbox, at(11.5, 10.5, "right"))
    assert session.settings.background == BLUE
    assert session.settings.colour == RED


def test_a_larger_sample_is_the_mean(session: Session, toolbox: Toolbox, picker: PickerTool) -> None:
    picker.options.set(side_px=31)
    click(toolbox, at(32, 32))
    assert session.settings.colour == pytest.approx((0.5, 0.0, 0.5), abs=0.01)


def test_a_sample_at_the_edge_takes_what_there_is(session: Session) -> None:
    assert sampled(session, 0.5, 0.5, "seen", 3) == pytest.approx((0.5, 0.0, 0.5), abs=0.01)
    assert sampled(session, -0.5, 0.5, "seen", 3) is None
    assert sampled(session, SIDE + 0.5, 5, "picture", 31) is None


def test_transparent_pixels_do_not_darken_a_sample(session: Session) -> None:
    rgba = np.zeros((SIDE, SIDE, 4), np.uint8)
    rgba[:, :32] = (255, 128, 0, 255)
    layer = Layer("Half", surface=Surface.from_pixels(from_rgba8(rgba)))
    session.add_node(layer, "Add")
    assert sampled(session, 32, 32, "layer", 11) == pytest.approx((1.0, 128 / 255, 0.0), abs=0.01)
    assert sampled(session, 60, 32, "layer", 3) is None


def test_the_source_says_what_is_sampled(session: Session, toolbox: Toolbox, picker: PickerTool) -> None:
    session.set_look(replace(session.look, opacity=1.0))
    show(session, (0, 255, 0))
    click(toolbox, at(10, 10))
    assert session.settings.colour == pytest.approx(GREEN)
    click(toolbox, at(10, 10, modifiers=Modifier.SHIFT))
    assert session.settings.colour == RED
    picker.options.set(source="layer")
    session.activate(session.document.state.layers[1].id)
    session.set_colour(WHITE)
    click(toolbox, at(10, 10))
    assert session.settings.colour == WHITE  # nothing is painted on that layer
    session.activate(session.document.state.layers[0].id)
    click(toolbox, at(10, 10))
    assert session.settings.colour == RED


def test_a_result_counts_as_much_as_it_is_seen(session: Session) -> None:
    session.set_look(replace(session.look, opacity=0.5))
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, 32:] = 255
    show(session, (0, 255, 0), Part.of(mask))
    assert sampled(session, 10, 10, "seen") == RED
    assert sampled(session, 40, 40, "seen") == pytest.approx((0.5, 0.5, 0.0), abs=0.01)


def test_the_ring_shows_new_above_old_only_while_picking(session: Session, toolbox: Toolbox) -> None:
    session.set_colour(WHITE)
    toolbox.hover(at(10, 10))
    assert not toolbox.overlay()
    toolbox.press(at(10, 10))
    toolbox.flush()
    assert toolbox.overlay() == (PickedColour(10, 10, (255, 0, 0), (255, 255, 255)),)
    toolbox.release(at(10, 10))
    assert not toolbox.overlay()


def test_escape_gives_the_old_colour_back(session: Session, toolbox: Toolbox) -> None:
    session.set_colour(WHITE)
    toolbox.press(at(10, 10))
    toolbox.flush()
    assert session.settings.colour == RED
    toolbox.cancel()
    assert session.settings.colour == WHITE


def test_dragging_samples_once_per_display_frame(session: Session, toolbox: Toolbox) -> None:
    changes: list[object] = []
    session.settings_changed.connect(changes.append)
    toolbox.press(at(10, 10))
    for x in range(11, 50):
        toolbox.move(at(x, 10))
    assert not changes
    toolbox.flush()
    assert session.settings.colour == BLUE
    assert len(changes) == 1


def test_only_a_colour_that_was_picked_is_told(toolbox: Toolbox, picker: PickerTool) -> None:
    heard: list[Colour] = []
    picker.picked.connect(heard.append)
    click(toolbox, at(10, 10))
    click(toolbox, at(-10, -10))
    assert heard == [RED]


def test_the_brush_picks_while_the_key_is_held(session: Session) -> None:
    toolbox = Toolbox(session)
    before = session.document.state
    click(toolbox, at(11, 10, modifiers=Modifier.CTRL))
    assert session.settings.colour == BLUE
    assert session.document.state is before


def test_a_new_document_is_white_to_the_picker() -> None:
    session = Session(edits.new_document(SIDE, SIDE))
    assert sampled(session, 5, 5, "seen", 5) == pytest.approx(WHITE, abs=0.02)
