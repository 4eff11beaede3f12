"""What a newcomer does first: draw one line in the first document, and see the picture answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.examples.hand import Pen, drawn
from app.examples.table import FIRST, example
from app.inline_engine import InlineEngine
from app.session import Session
from canvas import edits
from canvas.layers import LayerId
from canvas.state import DocumentState
from canvas.tiles import Pixels8
from models.catalogue import scan


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(edits.new_document(64, 64))
    made.attach(InlineEngine(scan(tmp_path), made.show_result, lambda _: None))
    made.begin(example(FIRST).read(), example(FIRST).title)
    made.set_direction(replace(made.direction, steps=1))
    yield made
    made.close()


def answer(session: Session) -> Pixels8:
    session.generate()
    assert session.result is not None
    return session.result.rgba()


def test_the_picture_answers_one_line_and_keeps_to_the_mask(session: Session) -> None:
    before = answer(session)
    assert before.shape == (512, 512, 4)
    assert np.ptp(before[..., :3][before[..., 3] == 255]) > 60

    def one_line(state: DocumentState) -> DocumentState:
        return drawn(state, LayerId("sketch"), Pen("Ink pen", 12.0), [[(60, 150), (120, 110), (180, 150)]])

    session.document.edit("Draw", one_line)
    after = answer(session)
    assert not np.array_equal(before, after)
    assert not after[:8, :, 3].any()
    assert after[250, 250, 3] == 255
