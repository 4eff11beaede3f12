"""The status line in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.canvas_view.image_age import ImageAge
from app.glossary import load_glossary
from app.session import Session
from app.status_line import StatusLine, layer_text, memory_text
from app.theme import Theme
from canvas import edits, pouring
from canvas.layers import Group, Layer, LayerId
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface
from inference.condition_set import Placement
from inference.messages import EngineState
from inference.result import Result

A, B, C = (LayerId(name) for name in "ABC")
TREE = DocumentState(1024, 512, (Layer("A", A), Group("G", LayerId("G"), (Layer("B", B),)), Layer("C", C)))


class Line:
    """A status line with a clock and the age of the image, as the window wires them."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.now_s = 10.0
        self.session = Session(TREE)
        age = ImageAge()
        self.session.document_changed.connect(
            lambda _old, new: age.document_changed(self.session.document.revision, new, self.now_s)
        )
        self.session.result_changed.connect(lambda: age.result_changed(self.session.result))
        self.widget = StatusLine(self.session, theme, load_glossary(), age, lambda: self.now_s)
        qtbot.addWidget(self.widget)

    def show_result(self) -> None:
        state, document = self.session.document.state, self.session.document
        pixels = np.zeros((8, 8, 3), np.uint8)
        self.session.show_result(
            Result(pixels, Placement(state.rect), "preview", document.snapshot(), "{}", {"total": 0.29})
        )


@pytest.fixture
def line(qtbot: QtBot, theme: Theme) -> Iterator[Line]:
    return Line(qtbot, theme)


@pytest.mark.parametrize(
    ("active", "text"), [(C, "Layer 1 of 3"), (A, "Layer 3 of 3"), (LayerId("G"), "3 layers"), (None, "3 layers")]
)
def test_layers_are_counted_as_the_panel_lists_them(active: LayerId | None, text: str) -> None:
    assert layer_text(TREE, active) == text


def test_a_single_layer_is_not_plural() -> None:
    assert layer_text(DocumentState(8, 8, (Layer("A", A),)), None) == "1 layer"


def test_large_numbers_are_grouped() -> None:
    assert memory_text(2_412_000_000).replace("\u00a0", " ") == "2 412 MB painting"


def test_zoom_position_and_size_are_shown(line: Line) -> None:
    line.widget.show_zoom(0.38)
    line.widget.show_position(1204.9, -0.5)
    assert line.widget.zoom.text() == "38 %"
    assert line.widget.position.text().replace("\u00a0", " ") == "1 204, -1 px"
    assert line.widget.size_.text().replace("\u00a0", " ") == "1 024 × 512"


def test_the_image_is_in_sync_until_the_canvas_changes_and_then_counts_how_far_it_is_behind(line: Line) -> None:
    line.session.show_state(EngineState("ready", "Embedded on CPU"))
    assert line.widget.engine.text() == "Embedded on CPU"
    line.show_result()
    assert line.widget.engine.text() == "Embedded on CPU, last frame 0.29 s, image in sync"
    line.session.document.edit("Fill", lambda s: pouring.filled(s, A, "pixels", (1, 0, 0)))
    line.now_s = 10.8
    line.session.show_state(line.session.engine_state)
    assert line.widget.engine.text().endswith("image behind by 0.8 s")
    line.show_result()
    assert line.widget.engine.text().endswith("image in sync")


def test_a_message_is_shown_and_the_memory_follows_the_layers(line: Line) -> None:
    line.session.message.emit("Saved harvest.udraw")
    assert line.widget.message.text() == "Saved harvest.udraw"
    assert line.widget.memory.text() == "0 MB painting"
    picture = Surface.from_pixels(np.full((512, 1024, 4), ONE, np.uint16))
    line.session.document.edit("Paint", lambda s: edits.set_pixels(s, A, picture))
    line.widget._weighing.timeout.emit()
    assert line.widget.memory.text() == "4 MB painting"
    line.session.undo()
    line.widget._weighing.timeout.emit()
    assert line.widget.memory.text() == "4 MB painting"  # what could be redone is still there
