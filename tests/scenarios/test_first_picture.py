"""The whole way once, as a person goes it: draw, see, mask, pose, refer, keep, export, close, reopen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from app.inline_engine import InlineEngine
from app.session import Session
from canvas import edits
from canvas.brush import StrokePoint
from canvas.compositor import composite
from canvas.formats import registry
from canvas.layers import Layer, LayerId
from canvas.paint_target import Target
from canvas.pose import Figure
from canvas.roles import InpaintMask, Pose, Reference
from canvas.stroke import Stroke
from canvas.tiles import Pixels8, Surface, from_rgba8, to_rgba8
from models.catalogue import Catalogue, scan

SIDE_PX = 256


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return scan(tmp_path_factory.mktemp("models"))


@pytest.fixture
def session(catalogue: Catalogue) -> Iterator[Session]:
    made = Session(edits.new_document(SIDE_PX, SIDE_PX))
    made.attach(InlineEngine(catalogue, made.show_result, lambda _: None))
    made.set_direction(replace(made.direction, prompt="hills, sun, flat", steps=2, seed=5))
    yield made
    made.close()


def draw(session: Session, points: list[tuple[float, float]]) -> None:
    """One stroke of the present brush on the active layer."""
    assert session.active is not None
    document, settings = session.document, session.settings
    document.begin("Brush stroke")
    stroke = Stroke(document.state, Target(session.active), replace(settings.brush, size_px=5.0), settings.colour)
    stroke.add(StrokePoint(x, y, 0.8, 0.0, 0.0, i / 100) for i, (x, y) in enumerate(points))
    document.update(stroke.finish())
    document.commit()
    session.gesture_ended()


def hill(top: float) -> list[tuple[float, float]]:
    return [(float(x), 220 - top * (1 - ((x - 128) / 128) ** 2)) for x in range(0, 257, 8)]


def generated(session: Session) -> Pixels8:
    session.generate()
    assert session.result is not None
    return session.result.pixels


def picture(session: Session) -> Pixels8:
    state = session.document.state
    return to_rgba8(composite(state, state.rect))


def add(session: Session, layer: Layer) -> LayerId:
    session.add_node(layer, f"Add {layer.name}")
    return layer.id


def test_the_image_changes_with_every_stroke_and_repeats_without_one(session: Session) -> None:
    draw(session, hill(60))
    first = generated(session)
    assert np.array_equal(first, generated(session))
    draw(session, hill(150))
    assert not np.array_equal(first, generated(session))


def test_a_mask_lets_only_its_part_change(session: Session) -> None:
    draw(session, hill(60))
    generated(session)
    session.keep()
    before = picture(session)
    box = np.zeros((60, 80, 4), np.uint8)
    box[...] = (200, 60, 50, 255)
    add(session, Layer("Mask", surface=Surface.from_pixels(from_rgba8(box), 90, 40), role=InpaintMask(feather_px=6)))
    session.set_direction(replace(session.direction, prompt="night, moon", seed=9))
    generated(session)
    session.keep()
    after = picture(session)
    may_change = np.zeros((SIDE_PX, SIDE_PX), bool)
    may_change[40:100, 90:170] = True
    assert np.array_equal(before[~may_change], after[~may_change])
    assert not np.array_equal(before[may_change], after[may_change])


def test_the_image_follows_a_figure_that_is_moved(session: Session) -> None:
    layer_id = add(session, Layer("Walker", role=Pose((Figure.standing(90, 130, 190),))))
    before = generated(session)
    moved = (Figure.standing(170, 130, 190),)
    session.document.edit("Move figure", lambda state: edits.set_figures(state, layer_id, moved))
    assert not np.array_equal(before, generated(session))
    session.undo()
    assert np.array_equal(before, generated(session))


def test_a_reference_changes_the_image_and_stays_out_of_the_picture(session: Session) -> None:
    draw(session, hill(60))
    plain, drawn = generated(session), picture(session)
    grey = np.full((64, 64, 4), 255, np.uint8)
    grey[16:48, 16:48, :3] = 90
    add(session, Layer("Ink study", surface=Surface.from_pixels(from_rgba8(grey)), role=Reference()))
    assert not np.array_equal(plain, generated(session))
    assert np.array_equal(drawn, picture(session))


def test_everything_is_there_after_closing_and_reopening(
    session: Session, catalogue: Catalogue, tmp_path: Path
) -> None:
    draw(session, hill(60))
    add(session, Layer("歩く人", role=Pose((Figure.standing(90, 130, 190),))))
    generated(session)
    session.keep()
    kept = next(n for n in session.document.state.walk() if isinstance(n, Layer) and n.recipe)
    seen = picture(session)
    for name in ("work.udraw", "work.psd", "work.png"):
        session.save(tmp_path / name)

    again = Session(registry.read(tmp_path / "work.udraw"))
    assert np.array_equal(picture(again), seen)
    assert again.direction == session.direction
    assert [n.name for n in again.document.state.walk()] == [n.name for n in session.document.state.walk()]
    assert again.document.state.layer(kept.id).recipe == kept.recipe
    assert [n.role for n in again.document.state.walk()] == [n.role for n in session.document.state.walk()]

    psd = PSDImage.open(tmp_path / "work.psd")
    assert [layer.name for layer in psd] == [node.name for node in session.document.state.layers]
    assert np.array_equal(np.asarray(psd.topil().convert("RGB")), seen[..., :3])
    assert np.array_equal(np.asarray(Image.open(tmp_path / "work.png").convert("RGB")), seen[..., :3])


def test_undo_leads_back_to_the_empty_document_and_redo_forth(session: Session) -> None:
    blank = session.document.state
    draw(session, hill(60))
    draw(session, hill(120))
    generated(session)
    session.keep()
    last = session.document.state
    for _ in range(3):
        session.undo()
    assert session.document.state is blank
    for _ in range(3):
        session.redo()
    assert session.document.state is last
