"""Layers, groups and adjustments: frozen values in a tree. They do not draw, save or notify."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, TypeAlias
from uuid import uuid4

from canvas.blend_modes import BlendMode
from canvas.filters.values import PointFilter
from canvas.roles import Paint, Role
from canvas.tiles import Surface

LayerId = NewType("LayerId", str)


def new_layer_id() -> LayerId:
    return LayerId(uuid4().hex[:12])


class LabelColour(StrEnum):
    """A colour that marks a node in the list, for the artist's order; those of PSD, in its order."""

    NONE = "none"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    VIOLET = "violet"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class LayerMask:
    """A one-channel surface that hides parts of a node; `outside` (0 or ONE) is its value where no tile is."""

    surface: Surface
    outside: int = 0
    enabled: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Pixels with a place in the tree. `clip`: shown only where the layer below it in the same group is.

    `fill`: Photoshop's second opacity, 0..1. In most modes the two multiply; in eight, whose neutral colour it pulls
    the pixels towards, it looks different.

    `recipe`: canonical JSON of how the engine, or another program, made these pixels, None for what a person painted.
    """

    name: str
    id: LayerId = field(default_factory=new_layer_id)
    surface: Surface = field(default_factory=Surface.blank)
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL
    visible: bool = True
    locked: bool = False
    alpha_locked: bool = False
    clip: bool = False
    mask: LayerMask | None = None
    role: Role = field(default_factory=Paint)
    recipe: str | None = None
    label: LabelColour = LabelColour.NONE
    fill: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Nodes from bottom to top. With BlendMode.PASS_THROUGH its children blend straight onto what lies below it."""

    name: str
    id: LayerId = field(default_factory=new_layer_id)
    children: tuple[Node, ...] = ()
    opacity: float = 1.0
    blend: BlendMode = BlendMode.PASS_THROUGH
    visible: bool = True
    locked: bool = False
    clip: bool = False
    mask: LayerMask | None = None
    role: Role = field(default_factory=Paint)
    label: LabelColour = LabelColour.NONE
    fill: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Adjustment:
    """A filter of what lies below it in its group; under a pass-through group also of what lies below that.

    Clipped, it filters its base alone. Where nothing is below it, it shows nothing.
    """

    name: str
    filter: PointFilter
    id: LayerId = field(default_factory=new_layer_id)
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL
    visible: bool = True
    locked: bool = False
    clip: bool = False
    mask: LayerMask | None = None
    role: Role = field(default_factory=Paint)
    label: LabelColour = LabelColour.NONE
    fill: float = 1.0


Node: TypeAlias = Layer | Group | Adjustment
