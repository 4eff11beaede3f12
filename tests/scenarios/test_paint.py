"""An hour at the easel in a few seconds: sketch, paint, mask, pose, change one's mind, save and come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from app.session import Session
from app.tools.pointer import Modifier, PointerEvent
from app.tools.toolbox import Toolbox
from canvas import edits
from canvas.compositor import composite
from canvas.layers import Layer
from canvas.roles import InpaintMask, Pose
from canvas.tiles import Pixels, to_rgba8


def draw(toolbox: Toolbox, *points: tuple[float, float], modifiers: Modifier = Modifier.NONE) -> None:
    events = [
        PointerEvent(x, y, 0.3 + 0.05 * i, time_s=i / 240, button="left", modifiers=modifiers, pointer="pen")
        for i, (x, y) in enumerate(points)
    ]
    toolbox.press(events[0])
    for event in events[1:]:
        toolbox.move(event)
        toolbox.flush()
    toolbox.release(events[-1])


def picture(session: Session) -> Pixels:
    return composite(session.document.state, session.document.state.rect)


def layer(session: Session, name: str) -> Layer:
    node = next(node for node in session.document.state.walk() if node.name == name)
    assert isinstance(node, Layer)
    return node


def test_a_painting_is_made_undone_redone_saved_and_reopened(tmp_path: Path) -> None:
    session = Session(edits.new_document(320, 240))
    toolbox = Toolbox(session)
    empty = session.document.state

    session.activate(layer(session, "Sketch").id)
    draw(toolbox, (20, 200), (120, 120), (300, 190))
    before_paint = picture(session)
    assert (to_rgba8(before_paint) == 255).all(), "lines for the engine are no part of the picture"

    session.activate(layer(session, "Paint").id)
    session.set_brush(replace(session.settings.brush, size_px=40.0))
    session.set_colour((0.8, 0.4, 0.1))
    draw(toolbox, (60, 180), (160, 150), (260, 180))
    painted = picture(session)
    assert not np.array_equal(painted, before_paint)

    draw(toolbox, (160, 150), modifiers=Modifier.CTRL)
    toolbox.select("eraser")
    draw(toolbox, (150, 100), (170, 220))
    toolbox.select("mask")
    draw(toolbox, (200, 60), (280, 60))
    toolbox.select("pose")
    draw(toolbox, (80, 120))
    draw(toolbox, (80, 120), (110, 120))

    labels = session.document.undo_labels
    assert labels == (
        "Brush stroke", "Brush stroke", "Erase", "Add mask layer", "Paint mask", "Add pose layer", "Move figure",
    )  # fmt: skip
    finished = session.document.state
    for _ in labels:
        toolbox.undo()
    assert session.document.state is empty
    for _ in labels:
        toolbox.redo()
    assert session.document.state is finished

    path = tmp_path / "easel.udraw"
    session.save(path)
    again = Session(edits.new_document(8, 8))
    again.open(path)
    assert np.array_equal(picture(again), picture(session))
    assert isinstance(layer(again, "Mask").role, InpaintMask)
    assert layer(again, "Mask").surface.content_bounds() == layer(session, "Mask").surface.content_bounds()
    reopened, drawn = layer(again, "Pose").role, layer(session, "Pose").role
    assert isinstance(reopened, Pose)
    assert isinstance(drawn, Pose)
    assert reopened.figures == drawn.figures
