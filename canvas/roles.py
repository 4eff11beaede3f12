"""What the engine takes a layer or group for. Kinds are strings that `models` knows; canvas only keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from canvas.pose import Figure, Joint


@dataclass(frozen=True, slots=True)
class Paint:
    """Part of the picture."""


@dataclass(frozen=True, slots=True)
class Control:
    """Drawn for a ControlNet of `kind`; `start` and `end` are shares 0..1 of the denoising steps."""

    kind: str = "scribble"
    weight: float = 1.0
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True)
class Pose:
    """Figures for the pose ControlNet."""

    figures: tuple[Figure, ...] = ()
    weight: float = 1.0
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True)
class InpaintMask:
    """Where the picture may change: the layer's alpha, grown by `grow_px`; the feather lies inside that edge."""

    grow_px: int = 0
    feather_px: int = 8


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture whose `kind` (style, composition, subject, face) an IP-Adapter follows."""

    kind: str = "style"
    weight: float = 0.7


@dataclass(frozen=True, slots=True)
class Region:
    """An area, the layer's alpha, with its own prompt."""

    prompt: str = ""
    negative: str = ""


@dataclass(frozen=True, slots=True)
class UnknownRole:
    """A role of a newer file, kept as it is so that saving loses nothing. `text` is its JSON."""

    text: str


Role: TypeAlias = Paint | Control | Pose | InpaintMask | Reference | Region | UnknownRole

ROLE_NAMES: Mapping[type, str] = {
    Paint: "paint",
    Control: "control",
    Pose: "pose",
    InpaintMask: "mask",
    Reference: "reference",
    Region: "region",
    UnknownRole: "unknown",
}
_BY_NAME = {name: cls for cls, name in ROLE_NAMES.items()}


def role_name(role: Role) -> str:
    """paint, control, pose, mask, reference, region."""
    return ROLE_NAMES[type(role)]


def role_to_dict(role: Role) -> dict[str, Any]:
    """Plain JSON values; `role_from_dict` is its inverse."""
    if isinstance(role, UnknownRole):
        import json

        kept: dict[str, Any] = json.loads(role.text)
        return kept
    data = asdict(role)
    if isinstance(role, Pose):
        data["figures"] = [[[j.x, j.y, j.visible] for j in f.joints] for f in role.figures]
    return {"role": role_name(role), **data}


def role_from_dict(data: Mapping[str, Any]) -> Role:
    """The role of JSON values; one that this version does not know becomes `UnknownRole`.

    Raises ValueError when a known role has a wrong field.
    """
    cls = _BY_NAME.get(str(data.get("role")))
    if cls is None or cls is UnknownRole:
        import json

        return UnknownRole(json.dumps(data, sort_keys=True))
    fields = {k: v for k, v in data.items() if k != "role"}
    try:
        if cls is Pose:
            fields["figures"] = tuple(
                Figure(tuple(Joint(float(x), float(y), bool(v)) for x, y, v in f)) for f in fields.get("figures", [])
            )
        role: Role = cls(**fields)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the {data.get('role')} role of a layer is damaged: {error}") from error
    return role
