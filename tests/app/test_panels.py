"""The panels show the session and send what the artist means back to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.glossary import Glossary, load_glossary
from app.panels.direction import DirectionPanel
from app.panels.results import ResultsPanel, recipe_tip
from app.session import Session
from app.signals import Signal
from app.theme import Theme
from canvas.layers import Group, Layer, LayerId
from canvas.roles import Control
from canvas.state import DocumentState
from canvas.tiles import Surface, from_rgba8
from inference.condition_set import ConditionSet, ControlInput, Part, Placement
from inference.messages import EngineState
from inference.result import Result, recipe_of
from models.catalogue import ModelInfo
from models.vocabulary import Vocabulary

LEFT = Qt.MouseButton.LeftButton
A, B, G, D = (LayerId(name) for name in "ABGD")


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return load_glossary()


def solid(colour: tuple[int, int, int], side: int = 64) -> Surface:
    pixels = np.full((side, side, 4), 255, np.uint8)
    pixels[..., :3] = colour
    return Surface.from_pixels(from_rgba8(pixels))


@pytest.fixture
def session() -> Session:
    """From the bottom: A red paint, a group G of B, D a scribble. D is active."""
    return Session(
        DocumentState(
            64,
            64,
            (
                Layer("A", A, solid((255, 0, 0))),
                Group("G", G, (Layer("B", B),)),
                Layer("D", D, role=Control("scribble", 0.85, 0.0, 0.8)),
            ),
        )
    )


# Direction


class Orders:
    """What the direction panel asks for, kept."""

    def __init__(self) -> None:
        self.about_to_generate: Signal[()] = Signal()
        self.generating_changed: Signal[()] = Signal()
        self.generating = False
        self.seed_locked = True
        self.given: list[str] = []

    def generate(self) -> None:
        self.about_to_generate.emit()
        self.given.append("generate")

    def cancel(self) -> None:
        self.given.append("cancel")

    def roll_seed(self) -> None:
        self.given.append("roll")

    def toggle_seed_lock(self) -> None:
        self.seed_locked = not self.seed_locked

    def set_generating(self, *, on: bool) -> None:
        self.generating = on
        self.generating_changed.emit()


FEW_WORDS = Vocabulary((("time", ("sunny", "night")),))
MODELS = (
    ModelInfo("embedded", "Embedded", Path("e"), "sd15", 256, 4, 8, 1.0, vocabulary=FEW_WORDS),
    ModelInfo("big", "Big", Path("b"), "sd15", 512, 6, 24, 7.5),
    ModelInfo("broken", "Broken", Path("x"), "sdxl", problem="It is damaged; download it again."),
)


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def direction(qtbot: QtBot, session: Session, theme: Theme, glossary: Glossary, orders: Orders) -> DirectionPanel:
    panel = DirectionPanel(session, theme, glossary, MODELS, orders)
    qtbot.addWidget(panel)
    panel.show()
    session.show_state(EngineState("ready", "Ready"))
    return panel


def test_a_typed_prompt_reaches_the_engine_after_a_pause(
    qtbot: QtBot, session: Session, direction: DirectionPanel
) -> None:
    heard: list[str] = []
    session.direction_changed.connect(lambda d: heard.append(d.prompt))
    qtbot.keyClicks(direction.prompt, "farm")
    assert heard == []
    direction.take_typed()
    assert heard == ["farm"]


def test_generate_takes_what_was_just_typed_along(
    qtbot: QtBot, session: Session, direction: DirectionPanel, orders: Orders
) -> None:
    qtbot.keyClicks(direction.prompt, "farm")
    direction.generate.click()
    assert session.direction.prompt == "farm"
    assert orders.given == ["generate"]


def test_while_it_generates_the_button_shows_progress_and_cancels(
    session: Session, direction: DirectionPanel, orders: Orders
) -> None:
    orders.set_generating(on=True)
    session.progress_changed.emit(3, 8)
    assert direction.generate.text() == "Cancel 3/8"
    direction.generate.click()
    assert orders.given == ["cancel"]
    orders.set_generating(on=False)
    assert direction.generate.text() == "Generate"


def test_the_button_is_off_while_no_engine_runs(session: Session, direction: DirectionPanel) -> None:
    session.show_state(EngineState("failed", "The engine has failed"))
    assert not direction.generate.isEnabled()
    session.show_state(EngineState("ready", "Ready"))
    assert direction.generate.isEnabled()


def test_a_model_brings_the_settings_that_suit_it(session: Session, direction: DirectionPanel) -> None:
    assert not direction.guidance.isVisible()
    direction.model.chosen.emit("big")
    chosen = session.direction
    assert (chosen.model, chosen.steps, chosen.preview_steps, chosen.guidance) == ("big", 24, 6, 7.5)
    assert direction.guidance.isVisible()


def test_a_model_that_cannot_be_used_is_greyed_with_its_reason(direction: DirectionPanel) -> None:
    item = direction.model.model().index(2, 0)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    assert item.data(Qt.ItemDataRole.ToolTipRole) == "It is damaged; download it again."


def test_sliders_set_and_follow_the_direction(session: Session, direction: DirectionPanel) -> None:
    direction.strength.changed.emit(0.4)
    direction.steps.changed.emit(12.0)
    direction.preview_steps.changed.emit(3.0)
    assert (session.direction.strength, session.direction.steps, session.direction.preview_steps) == (0.4, 12, 3)
    session.new(32, 32)
    assert direction.steps.value == session.direction.steps


@pytest.mark.parametrize(("typed", "seed"), [("20 416", 20416), ("4294967296", 1), ("", 1), ("x7", 7)])
def test_a_seed_is_typed(session: Session, direction: DirectionPanel, typed: str, seed: int) -> None:
    direction.seed.setText(typed)
    direction.seed.editingFinished.emit()
    assert session.direction.seed == seed
    assert direction.seed.text() == str(seed)


def test_the_negative_prompt_opens_when_a_document_brings_one(session: Session, direction: DirectionPanel) -> None:
    assert not direction.negative.isVisible()
    session.set_direction(type(session.direction)(negative="blurry"))
    assert direction.negative.isVisible()
    assert direction.negative.toPlainText() == "blurry"


def test_the_vocabulary_of_the_model_completes_the_prompt(qtbot: QtBot, direction: DirectionPanel) -> None:
    direction.prompt.setFocus()
    qtbot.keyClicks(direction.prompt, "sun")
    assert direction.prompt.popup.isVisible()
    qtbot.keyClick(direction.prompt, Qt.Key.Key_Return)
    assert direction.prompt.toPlainText() == "sunny"


def test_only_a_model_of_few_words_shows_them(qtbot: QtBot, session: Session, direction: DirectionPanel) -> None:
    assert direction.words.isVisible()
    direction.prompt.setPlainText("zebra, ")
    assert direction.prompt.ignored_words() == ["zebra"]
    session.set_direction(replace(session.direction, model="big"))
    assert not direction.words.isVisible()
    assert direction.prompt.ignored_words() == []


# Results


def make_result(session: Session, seed: int) -> Result:
    conditions = ConditionSet("image", "embedded", (64, 64), "a <farm>", "", 8, 0.75, 1.0, seed)
    pixels = np.full((64, 64, 3), seed, np.uint8)
    return Result(
        pixels, Placement(session.document.state.rect), "final", session.document.snapshot(), recipe_of(conditions)
    )


@pytest.fixture
def kept() -> list[str]:
    return []


@pytest.fixture
def results(qtbot: QtBot, session: Session, theme: Theme, kept: list[str]) -> ResultsPanel:
    panel = ResultsPanel(session, theme, lambda: kept.append("kept"))
    qtbot.addWidget(panel)
    panel.resize(300, 160)
    panel.show()
    for seed in (1, 2, 3):
        session.show_result(make_result(session, seed))
    return panel


def cell(panel: ResultsPanel, index: int) -> QPoint:
    return panel.strip.cell(index).center()


def test_a_click_lays_a_result_over_the_canvas_and_marks_it(
    qtbot: QtBot, session: Session, results: ResultsPanel
) -> None:
    assert results.strip.chosen == 0
    qtbot.mouseClick(results.strip.widget(), LEFT, pos=cell(results, 2))
    assert session.result is session.results[2]
    assert results.strip.chosen == 2
    session.clear_result()
    assert results.strip.chosen is None


def test_a_double_click_keeps_it(qtbot: QtBot, session: Session, results: ResultsPanel, kept: list[str]) -> None:
    qtbot.mouseDClick(results.strip.widget(), LEFT, pos=cell(results, 1))
    assert session.result is session.results[1]
    assert kept == ["kept"]


def test_hovering_shows_how_it_was_made() -> None:
    control = ControlInput("scribble", "none", Part.of(np.zeros((8, 8, 3), np.uint8)), 0.85, 0, 1)
    conditions = ConditionSet("image", "embedded", (64, 48), "a <farm>", "blur", 8, 0.75, 1.0, 99, controls=(control,))
    tip = recipe_tip(recipe_of(conditions))
    for part in ("a &lt;farm&gt;", "without: blur", "embedded, seed 99, 8 steps", "64 × 48", "scribble 0.85"):
        assert part in tip


def test_the_arrow_keys_walk_through_the_results(qtbot: QtBot, session: Session, results: ResultsPanel) -> None:
    qtbot.keyClick(results.strip.widget(), Qt.Key.Key_Right)
    assert session.result is session.results[1]
