"""A click on the canvas means the topmost layer that is seen there."""

import pytest

from canvas.fill import solid
from canvas.geometry import Rect
from canvas.hit import layer_at
from canvas.layers import Group, Layer, LayerId, LayerMask
from canvas.roles import Control, InpaintMask
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

LEFT, RIGHT = Rect(0, 0, 100, 100), Rect(100, 0, 200, 100)
RED = (1.0, 0.0, 0.0)


def layer(name, rect, **values):
    return Layer(name, LayerId(name), solid(rect, RED), **values)


PAPER = layer("paper", Rect(0, 0, 200, 100))


@pytest.mark.parametrize(
    ("nodes", "left", "right"),
    [
        ((layer("a", LEFT),), "a", "paper"),
        ((layer("a", LEFT, visible=False),), "paper", "paper"),
        ((layer("a", LEFT, opacity=0.05),), "a", "paper"),
        ((layer("a", LEFT, mask=LayerMask(Surface.blank(1), 0)),), "paper", "paper"),
        ((layer("a", LEFT, mask=LayerMask(Surface.blank(1), 0, enabled=False)),), "a", "paper"),
        ((layer("a", LEFT), layer("b", Rect(0, 0, 200, 100), clip=True)), "b", "paper"),
        ((layer("a", LEFT, visible=False), layer("b", LEFT, clip=True)), "paper", "paper"),
        ((Group("g", LayerId("g"), (layer("a", LEFT),), mask=LayerMask(Surface.blank(1), ONE)),), "a", "paper"),
        ((Group("g", LayerId("g"), (layer("a", LEFT),), visible=False),), "paper", "paper"),
        ((layer("line", RIGHT, role=Control()),), "paper", "line"),
        ((layer("mask", RIGHT, role=InpaintMask()),), "paper", "paper"),
    ],
)
def test_the_topmost_layer_that_is_there(nodes, left, right):
    state = DocumentState(200, 100, (PAPER, *nodes))
    assert (layer_at(state, 50.5, 50.0), layer_at(state, 150.0, 99.9)) == (left, right)


def test_where_nothing_is_there_is_no_layer():
    assert layer_at(DocumentState(200, 100, (layer("a", LEFT),)), 150, 50) is None
    assert layer_at(DocumentState(200, 100, (layer("a", LEFT),)), -500, 50) is None
