"""The fill of a layer in the panel: a second opacity beside the first, undoable, for all that are chosen."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.glossary import load_glossary
from app.panels.layers import LayersPanel
from app.session import Session
from app.theme import Theme
from canvas.blend_modes import BlendMode
from canvas.filters.values import Invert
from canvas.layers import Adjustment, Group, Layer
from canvas.roles import Control, Reference
from canvas.state import DocumentState


@pytest.fixture
def session() -> Session:
    layers = (
        Layer("Base"),
        Layer("Glow", blend=BlendMode.LINEAR_DODGE, fill=0.5),
        Group("Group"),
        Adjustment("Invert", Invert()),
        Layer("Style", role=Reference()),
        Layer("Lines", role=Control()),
    )
    return Session(DocumentState(64, 64, layers))


@pytest.fixture
def panel(qtbot: QtBot, session: Session, theme: Theme) -> LayersPanel:
    panel = LayersPanel(session, theme, load_glossary(), ())
    qtbot.addWidget(panel)
    panel.resize(300, 480)
    panel.show()
    return panel


def named(session: Session, name: str) -> Layer | Group | Adjustment:
    return next(node for node in session.document.state.walk() if node.name == name)


@pytest.mark.parametrize("name", ["Base", "Glow", "Group", "Invert", "Lines"])
def test_dragging_the_slider_is_one_step(session, panel, name):
    session.activate(named(session, name).id)
    before = named(session, name).fill
    for percent in (90, 70, 25):
        panel.strip.fill.changed.emit(percent)
    assert named(session, name).fill == 0.25
    assert named(session, name).opacity == 1.0
    session.document.undo()
    assert named(session, name).fill == before


def test_it_shows_the_fill_of_the_active_layer(session, panel):
    session.activate(named(session, "Glow").id)
    panel.strip.show_active()
    assert panel.strip.fill.value == 50
    session.activate(named(session, "Base").id)
    panel.strip.show_active()
    assert panel.strip.fill.value == 100


def test_it_is_set_on_all_that_are_chosen(session, panel):
    chosen = [named(session, name).id for name in ("Base", "Group")]
    session.choose(tuple(chosen), chosen[0])
    panel.strip.fill.changed.emit(40)
    assert [named(session, name).fill for name in ("Base", "Group", "Glow")] == [0.4, 0.4, 0.5]


def test_what_is_no_drawing_has_none(session, panel):
    session.activate(named(session, "Style").id)
    panel.strip.show_active()
    assert not panel.strip.fill.isEnabled()


def test_the_strip_is_not_cramped_at_the_narrowest_width(panel):
    strip = panel.strip
    assert strip.fill.width() == strip.opacity.width() >= 120
    assert strip.fill.geometry().left() == strip.opacity.geometry().left()
    assert not strip.fill.geometry().intersects(strip.add_mask.geometry())
