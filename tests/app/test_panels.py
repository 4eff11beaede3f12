"""The panels show the session and send what the artist means back to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.glossary import Glossary, load_glossary
from app.palettes import load_palette
from app.panels.colour import ColourPanel
from app.panels.direction import DirectionPanel
from app.panels.layer_list import Drop, drop_at
from app.panels.layer_rows import LayerRows, rows_of, summary
from app.panels.layers import LayersPanel
from app.panels.results import ResultsPanel, recipe_tip
from app.panels.thumbnails import ThumbnailCache
from app.session import Session
from app.signals import Signal
from app.theme import Theme
from app.widgets.field import TextField
from app.widgets.slider import ValueSlider
from canvas import edits
from canvas.blend_modes import BlendMode
from canvas.layers import Group, Layer, LayerId
from canvas.pose import Figure
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Role, UnknownRole
from canvas.state import DocumentState
from canvas.tiles import Surface, from_rgba8
from inference.condition_set import ConditionSet, ControlInput, Part, Placement
from inference.messages import EngineState
from inference.result import Result, recipe_of
from models.catalogue import ModelInfo

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


# Layers


@pytest.fixture
def layers(qtbot: QtBot, session: Session, theme: Theme, glossary: Glossary) -> LayersPanel:
    panel = LayersPanel(session, theme, glossary, ())
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show()
    return panel


def click(qtbot: QtBot, panel: LayersPanel, rect: QRect) -> None:
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=rect.center())


def slider(panel: LayersPanel, name: str) -> ValueSlider:
    """The slider of that name that is in sight."""
    found = [s for s in panel.findChildren(ValueSlider) if s.accessibleName() == name and s.isVisible()]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("role", "second_line"),
    [
        (Paint(), "Multiply 45 %"),
        (Control("scribble", 0.85, 0.0, 0.8), "Scribble 0.85 0–80 %"),
        (Control("from the future", 1.0), "from the future 1.00 0–100 %"),
        (Pose((Figure.standing(10, 10, 20),), 0.7), "1 figure 0.70"),
        (Pose((), 0.7, 0.1, 0.5), "0 figures 0.70 10–50 %"),
        (InpaintMask(4, 12), "grow 4 feather 12"),
        (Reference("style", 0.6), "Style 0.60"),
        (UnknownRole("{}"), "made by a newer version"),
    ],
)
def test_a_row_says_what_matters_for_its_role(role: Role, second_line: str) -> None:
    assert summary(Layer("x", opacity=0.45, blend=BlendMode.MULTIPLY, role=role)) == second_line


def test_rows_run_from_the_top_down_and_closed_groups_keep_their_content_to_themselves(session: Session) -> None:
    state = session.document.state
    assert [(row.node.name, row.depth) for row in rows_of(state, frozenset())] == [
        ("D", 0),
        ("G", 0),
        ("B", 1),
        ("A", 0),
    ]
    assert [row.node.name for row in rows_of(state, frozenset({G}))] == ["D", "G", "A"]


def test_the_list_follows_the_document(session: Session) -> None:
    model = LayerRows(session)
    session.activate(A)
    session.add_node(Layer("New"), "Add")
    assert [row.node.name for row in model.rows] == ["D", "G", "B", "New", "A"]
    session.undo()
    assert [row.node.name for row in model.rows] == ["D", "G", "B", "A"]
    session.new(32, 32)
    assert [row.node.name for row in model.rows] == ["Sketch", "Paint", "Background"]


def test_activating_a_layer_in_a_closed_group_opens_it(session: Session, layers: LayersPanel) -> None:
    layers.rows.toggle(G)
    assert layers.rows.row_of(B) == 1
    session.activate(B)
    assert [row.node.name for row in layers.rows.rows] == ["D", "G", "B", "A"]
    assert layers.list.currentIndex().row() == 2


def test_a_click_on_the_eye_hides_without_changing_the_active_layer(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    click(qtbot, layers, layers.list.parts_of(A).eye)
    assert not session.document.state.find(A).visible
    assert session.active == D
    click(qtbot, layers, layers.list.parts_of(A).eye)
    assert session.document.state.find(A).visible


def test_a_click_on_a_row_makes_it_active_and_shows_its_settings(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    assert slider(layers, "Weight").value == 0.85
    click(qtbot, layers, layers.list.parts_of(A).name)
    assert session.active == A
    assert slider(layers, "Opacity").value == 100
    assert not [s for s in layers.findChildren(ValueSlider) if s.accessibleName() == "Weight" and s.isVisible()]


def test_rows_stay_under_the_pointer_when_another_role_shows_other_settings(
    qtbot: QtBot, session: Session, layers: LayersPanel
) -> None:
    before = layers.list.mapTo(layers, layers.list.parts_of(A).name.topLeft())
    click(qtbot, layers, layers.list.parts_of(A).name)
    QApplication.processEvents()
    assert layers.list.mapTo(layers, layers.list.parts_of(A).name.topLeft()) == before


def test_a_group_opens_and_closes_by_its_arrow(qtbot: QtBot, layers: LayersPanel) -> None:
    click(qtbot, layers, layers.list.parts_of(G).arrow)
    assert [row.node.name for row in layers.rows.rows] == ["D", "G", "A"]
    click(qtbot, layers, layers.list.parts_of(G).arrow)
    assert [row.node.name for row in layers.rows.rows] == ["D", "G", "B", "A"]


def test_a_name_is_typed_in_place(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    qtbot.mouseDClick(layers.list.viewport(), LEFT, pos=layers.list.parts_of(A).name.center())
    editor = layers.list.findChild(TextField)
    editor.setText("Sky 空")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert session.document.state.find(A).name == "Sky 空"
    session.undo()
    assert session.document.state.find(A).name == "A"


def test_an_empty_name_is_not_taken(qtbot: QtBot, session: Session, layers: LayersPanel) -> None:
    layers.list.start_renaming(A)
    editor = layers.list.findChild(TextField)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert session.document.state.find(A).name == "A"


def test_the_badge_offers_the_roles_with_an_explanation_each(session: Session, layers: LayersPanel) -> None:
    menu = layers.role_menu(A)
    names = [action.text() for action in menu.actions()]
    assert names == ["Paint", "Control", "Pose", "Mask", "Reference"]
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Paint"]
    assert all(len(action.toolTip()) > 30 for action in menu.actions())
    menu.actions()[3].trigger()
    assert session.document.state.find(A).role == InpaintMask()


def test_role_settings_change_the_layer_in_place(session: Session, layers: LayersPanel) -> None:
    slider(layers, "Weight").changed.emit(0.4)
    slider(layers, "Start").changed.emit(90.0)
    assert session.document.state.find(D).role == Control("scribble", 0.4, 0.9, 0.9)
    slider(layers, "Opacity").changed.emit(30.0)
    assert session.document.state.find(D).opacity == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("name", "share", "expected"),
    [
        ("A", 0.2, Drop(A, "above")),
        ("A", 0.8, Drop(A, "below")),
        ("G", 0.1, Drop(G, "above")),
        ("G", 0.5, Drop(G, "into")),
        ("G", 0.9, Drop(G, "into")),
    ],
)
def test_where_a_row_is_dropped_says_where_it_goes(session: Session, name: str, share: float, expected: Drop) -> None:
    row = next(row for row in rows_of(session.document.state, frozenset()) if row.node.name == name)
    assert drop_at(row, share) == expected


def test_below_a_closed_group_means_below_it(session: Session) -> None:
    row = next(row for row in rows_of(session.document.state, frozenset({G})) if row.node.name == "G")
    assert drop_at(row, 0.9) == Drop(G, "below")


def test_a_dropped_row_moves_the_layer_and_what_cannot_be_is_said(session: Session, layers: LayersPanel) -> None:
    layers.list.dropped.emit(D, Drop(G, "into"))
    assert [parent.id for parent in session.document.state.parents(D)] == [G]
    said: list[str] = []
    session.message.connect(said.append)
    layers.list.dropped.emit(G, Drop(D, "above"))
    assert "itself" in said[0]


def test_a_thumbnail_shows_the_layer_and_renews_only_what_changed(session: Session, theme: Theme) -> None:
    cache = ThumbnailCache()
    state = session.document.state

    def middle(current: DocumentState) -> QColor:
        return cache.picture(current.find(A), current.rect, theme.tokens, 1.0).toImage().pixelColor(17, 13)

    assert middle(state).name() == "#ff0000"
    assert middle(edits.set_pixels(state, A, solid((0, 0, 255)))).name() == "#0000ff"


@pytest.mark.parametrize("size", [(1, 1), (30_000, 4), (7, 3000), (4096, 4096)])
def test_every_size_of_document_has_thumbnails(theme: Theme, size: tuple[int, int]) -> None:
    layer = Layer("x", surface=solid((9, 9, 9)))
    state = DocumentState(*size, (layer,))
    assert not ThumbnailCache().picture(layer, state.rect, theme.tokens, 2.0).isNull()


@pytest.mark.parametrize(
    "node", [Group("g"), Layer("p", role=Pose((Figure.standing(30, 30, 50),))), Layer("m", role=InpaintMask())]
)
def test_every_kind_of_node_has_a_thumbnail(theme: Theme, node: Layer | Group) -> None:
    assert not ThumbnailCache().picture(node, DocumentState(64, 64).rect, theme.tokens, 1.0).isNull()


# Colour


def test_the_colour_panel_follows_and_sets_the_colour(qtbot: QtBot, session: Session, theme: Theme) -> None:
    panel = ColourPanel(session, theme, load_palette("studio"))
    qtbot.addWidget(panel)
    session.set_colour((1.0, 0.0, 0.0))
    assert panel.hex.text() == "#ff0000"
    panel.hex.setText("0f0")
    panel.hex.editingFinished.emit()
    assert session.settings.colour == (0.0, 1.0, 0.0)
    panel.hex.setText("no colour")
    panel.hex.editingFinished.emit()
    assert panel.hex.text() == "#00ff00"
    qtbot.mousePress(panel.pair, LEFT)
    assert session.settings.background == (0.0, 1.0, 0.0)


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


MODELS = (
    ModelInfo("embedded", "Embedded", Path("e"), "sd15", 256, 4, 8, 1.0, vocabulary=("sunny", "night")),
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
