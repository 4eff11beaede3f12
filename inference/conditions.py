"""From layers to a `ConditionSet`: what a snapshot, a direction and a model together ask of the engine.

Numpy and OpenCV only; must not import torch or Qt. A `Compiler` belongs to one thread at a time, any thread. It keeps
what it made by the identity of the immutable values it was made from, so compiling after a stroke costs the layer that
the stroke was on, and pixels are read, reduced, compared and hashed by code that lets other threads run.

What counts
- A layer or group that is hidden, or in a hidden group, gives no instruction. One with nothing drawn on it neither.
- A group with a role is one instruction, made of all its visible layers whatever their own roles.
- The opacity and blend mode of an instruction do not matter, its layer mask does: how strongly it acts is its weight.
- The mode follows from the layers. A mask makes it "inpaint"; else paint makes it "image"; else, when the picture is
  empty or of one flat colour, or the strength of 1 ignores it, it is "text".
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from canvas.snapshot import (
    EMPTY,
    ONE,
    Control,
    DocumentState,
    Group,
    InpaintMask,
    Layer,
    LayerId,
    Node,
    Paint,
    PictureReader,
    Pixels8,
    Pose,
    Rect,
    Reference,
    Region,
    Snapshot,
    UnknownRole,
    draw_openpose,
    node_pixels,
)
from inference.condition_set import Bytes, ConditionSet, ControlInput, Part, Placement, ReferenceInput
from inference.direction import MOST_STEPS, Direction
from inference.messages import EngineError, Purpose
from inference.region import denoise_mask, frame_around, paste_alpha, working_size
from models.catalogue import ModelInfo
from models.control_kinds import ControlKind, control_kinds

#: A reference is seen by an image encoder of 224 px or so; more than this is not looked at.
REFERENCE_SIDE_PX = 512
#: Rows of a mask that are composited at a time, so that the mask of a large document takes little memory.
MASK_STRIP_PX = 512

POSE = "pose"


class CannotDo(EngineError):
    """The layers ask for what this model or version cannot do. Its text is one sentence with a remedy."""


def inputs_digest(conditions: ConditionSet, placement: Placement) -> str:
    """Digest of all that an image and its place depend on except the number of steps."""
    alpha = placement.alpha.digest if placement.alpha is not None else ""
    text = f"{replace(conditions, steps=0).digest} {placement.rect} {alpha}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def instructions(state: DocumentState) -> Iterator[Node]:
    """Visible nodes whose role is not paint, from the bottom up, and not what lies within them or in a hidden group."""
    return _instructions(state.layers)


def _instructions(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        if not node.visible:
            continue
        if not isinstance(node.role, Paint):
            yield node
        elif isinstance(node, Group):
            yield from _instructions(node.children)


@dataclass(frozen=True, slots=True)
class _Picture:
    """An RGB part with what is asked about it. `plain`: all pixels are the same."""

    part: Part
    plain: bool


@dataclass(frozen=True, slots=True)
class _Masked:
    """Of one or more mask layers: the frame around them, what may be pasted, and what has to be denoised."""

    frame: Rect
    alpha: Part
    denoise: Part


@dataclass(frozen=True, slots=True)
class _LayerAlpha:
    """The paste alpha of one mask layer within `rect`; 0 outside."""

    rect: Rect
    alpha: Pixels8


def schedule_of(steps: int, strength: float) -> int:
    """The length of a schedule whose last `strength` has `steps`: of two steps there are only a half and the whole.

    >>> schedule_of(2, 1.0), schedule_of(2, 0.75), schedule_of(2, 0.3)
    (2, 3, 7)
    """
    return max(steps, min(MOST_STEPS, math.ceil(steps / max(strength, 0.01))))


class Compiler:
    """Keeps what the last compilation made, to make the next one cheap. Results depend on the arguments alone."""

    def __init__(self) -> None:
        self._reader = PictureReader()
        self._picture: tuple[tuple[Node, ...], Rect, tuple[int, int], _Picture] | None = None
        self._node_pictures: dict[LayerId, tuple[Node, Rect, tuple[int, int], str, _Picture]] = {}
        self._poses: dict[LayerId, tuple[Pose, Rect, tuple[int, int], _Picture]] = {}
        self._layer_alphas: dict[LayerId, tuple[Node, Rect, _LayerAlpha | None]] = {}
        self._masked: tuple[tuple[Node, ...], Rect, int, _Masked] | None = None
        self._reference_rects: dict[LayerId, tuple[Node, Rect, Rect]] = {}

    def compile(
        self, snapshot: Snapshot, direction: Direction, model: ModelInfo, purpose: Purpose
    ) -> tuple[ConditionSet, Placement]:
        """What to make, and where it belongs. Raises CannotDo before anything has run."""
        if model.problem:
            raise CannotDo(model.problem)
        state = snapshot.state
        nodes = tuple(instructions(state))
        self._forget_all_but({node.id for node in nodes})
        masked = self._mask(nodes, state, model.native_size)
        frame = masked.frame if masked is not None else state.rect
        size = working_size(frame, model.native_size)

        base: Part | None = None
        strength = direction.strength
        if masked is not None or strength < 1.0:
            picture = self._paint(snapshot, frame, size)
            if masked is not None or not picture.plain:
                base = picture.part
            if picture.plain:
                # Nothing is painted that the result could keep to.
                strength = 1.0

        shortest = schedule_of(direction.preview_steps, strength)
        conditions = ConditionSet(
            mode="text" if base is None else "image" if masked is None else "inpaint",
            model=model.id,
            size=size,
            prompt=direction.prompt,
            negative=direction.negative,
            steps=shortest if purpose == "preview" else max(shortest, direction.steps),
            strength=strength,
            guidance=direction.guidance,
            seed=direction.seed,
            base=base,
            mask=masked.denoise if masked is not None else None,
            controls=self._controls(nodes, frame, size, model),
            references=self._references(nodes, state, model),
        )
        return conditions, Placement(frame, masked.alpha if masked is not None else None)

    def _forget_all_but(self, ids: set[LayerId]) -> None:
        for store in (self._node_pictures, self._poses, self._layer_alphas, self._reference_rects):
            for gone in store.keys() - ids:
                del store[gone]

    # The picture.

    def _paint(self, snapshot: Snapshot, frame: Rect, size: tuple[int, int]) -> _Picture:
        """The composite of all paint over white."""
        painted = tuple(node for node in snapshot.state.layers if isinstance(node.role, Paint))
        kept = self._picture
        if kept is not None and _same(kept[0], painted) and kept[1:3] == (frame, size):
            return kept[3]
        picture = _over(self._reader.read(snapshot, frame, size), "white")
        self._picture = (painted, frame, size, picture)
        return picture

    def _node_picture(self, node: Node, rect: Rect, size: tuple[int, int], background: str) -> _Picture:
        """What `node` alone shows, over `background`."""
        kept = self._node_pictures.get(node.id)
        if kept is not None and kept[0] is node and kept[1:4] == (rect, size, background):
            return kept[4]
        picture = _over(self._reader.read_node(node, rect, size), background)
        self._node_pictures[node.id] = (node, rect, size, background, picture)
        return picture

    # Controls.

    def _controls(
        self, nodes: tuple[Node, ...], frame: Rect, size: tuple[int, int], model: ModelInfo
    ) -> tuple[ControlInput, ...]:
        found = []
        for node in nodes:
            role = node.role
            if isinstance(role, Region | UnknownRole):
                raise CannotDo(
                    f"This version cannot follow the role of the layer “{node.name}”; hide it or give it another role."
                )
            if not isinstance(role, Control | Pose) or role.weight == 0:
                continue
            if isinstance(role, Pose):
                kind = control_kinds()[POSE]
                picture = self._figures(node, role, frame, size)
            else:
                kind = _kind(node, role, model)
                picture = self._node_picture(node, frame, size, kind.background)
            if picture.plain:
                continue
            if kind.name not in model.controls:
                raise CannotDo(
                    f"The model “{model.name}” has no ControlNet for {kind.label.lower()}; hide the layer "
                    f"“{node.name}” or {_alternative(model)}."
                )
            if not 0.0 <= role.start < role.end <= 1.0:
                raise CannotDo(
                    f"The layer “{node.name}” is to guide from {role.start:.0%} to {role.end:.0%} of the steps; let it "
                    "end after its start, both between 0 and 100 %."
                )
            found.append(ControlInput(kind.name, kind.preprocessor, picture.part, role.weight, role.start, role.end))
        return tuple(found)

    def _figures(self, node: Node, role: Pose, frame: Rect, size: tuple[int, int]) -> _Picture:
        kept = self._poses.get(node.id)
        if kept is not None and kept[0].figures == role.figures and kept[1:3] == (frame, size):
            return kept[3]
        picture = _picture(draw_openpose(role.figures, frame, size))
        self._poses[node.id] = (role, frame, size, picture)
        return picture

    # References.

    def _references(
        self, nodes: tuple[Node, ...], state: DocumentState, model: ModelInfo
    ) -> tuple[ReferenceInput, ...]:
        found = []
        for node in nodes:
            role = node.role
            if not isinstance(role, Reference) or role.weight == 0:
                continue
            rect = self._content_rect(node, state)
            if not rect:
                continue
            if model.ip_adapter is None:
                raise CannotDo(
                    f"The model “{model.name}” has no IP-Adapter to follow the reference “{node.name}”; hide that "
                    "layer or choose another model."
                )
            scale = min(1.0, REFERENCE_SIDE_PX / max(rect.size))
            size = (max(1, round(rect.width * scale)), max(1, round(rect.height * scale)))
            picture = self._node_picture(node, rect, size, "white")
            found.append(ReferenceInput(role.kind, picture.part, role.weight))
        return tuple(found)

    def _content_rect(self, node: Node, state: DocumentState) -> Rect:
        kept = self._reference_rects.get(node.id)
        if kept is not None and kept[0] is node and kept[1] == state.rect:
            return kept[2]
        rect = _content_bounds(node) & state.rect
        self._reference_rects[node.id] = (node, state.rect, rect)
        return rect

    # Masks.

    def _mask(self, nodes: tuple[Node, ...], state: DocumentState, native_px: int) -> _Masked | None:
        """The union of all mask layers, each with its own grow and feather; None when nothing is masked."""
        masks = tuple(node for node in nodes if isinstance(node.role, InpaintMask))
        if not masks:
            return None
        kept = self._masked
        if kept is not None and _same(kept[0], masks) and kept[1:3] == (state.rect, native_px):
            return kept[3]
        alphas = [found for node in masks if (found := self._layer_alpha(node, state)) is not None]
        changes = EMPTY
        for found in alphas:
            changes |= found.rect
        if not changes:
            return None
        frame = frame_around(changes, state.rect, native_px)
        alpha = np.zeros((frame.height, frame.width), np.uint8)
        for found in alphas:
            part = _part(alpha, found.rect, frame)
            np.maximum(part, found.alpha, out=part)
        denoise = denoise_mask(alpha, working_size(frame, native_px))
        masked = _Masked(frame, Part.of(alpha), Part.of(denoise))
        self._masked = (masks, state.rect, native_px, masked)
        return masked

    def _layer_alpha(self, node: Node, state: DocumentState) -> _LayerAlpha | None:
        kept = self._layer_alphas.get(node.id)
        if kept is not None and kept[0] is node and kept[1] == state.rect:
            return kept[2]
        found = _paste_alpha_of(node, state)
        self._layer_alphas[node.id] = (node, state.rect, found)
        return found


def _paste_alpha_of(node: Node, state: DocumentState) -> _LayerAlpha | None:
    """A pixel is masked where the layer covers at least half of it: how soft the edge is, the feather says."""
    assert isinstance(node.role, InpaintMask)
    grow_px, feather_px = max(0, node.role.grow_px), max(0, node.role.feather_px)
    content = _content_bounds(node) & state.rect
    # A ring of unmasked pixels, so that the end of the array is an edge only where the document ends.
    ring = content.grown(grow_px + 1) & state.rect
    covered = np.zeros((ring.height, ring.width), np.uint8)
    for y in range(content.y0, content.y1, MASK_STRIP_PX):
        strip = Rect(content.x0, y, content.x1, min(y + MASK_STRIP_PX, content.y1))
        _part(covered, strip, ring)[...] = node_pixels(node, strip)[..., 3] >= ONE // 2
    if not covered.any():
        return None
    rect = content.grown(grow_px) & state.rect
    return _LayerAlpha(rect, _part(paste_alpha(covered, grow_px, feather_px), rect, ring))


def _part(pixels: Pixels8, part: Rect, whole: Rect) -> Pixels8:
    """A view of `part` in `pixels`, which show `whole`."""
    r = part.moved(-whole.x0, -whole.y0)
    return pixels[r.y0 : r.y1, r.x0 : r.x1]


def _content_bounds(node: Node) -> Rect:
    """Around all pixels of `node` and its visible layers, also outside the document; layer masks are not looked at."""
    if isinstance(node, Layer):
        return node.surface.content_bounds()
    bounds = EMPTY
    for child in node.children if isinstance(node, Group) else ():
        if child.visible:
            bounds |= _content_bounds(child)
    return bounds


def _same(a: tuple[Node, ...], b: tuple[Node, ...]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


def _over(rgba: Pixels8, background: str) -> _Picture:
    """Straight RGBA over a white or black background, rounded to nearest."""
    alpha = rgba[..., 3:]
    rgb: Bytes
    if int(alpha.min()) == 255:
        rgb = np.ascontiguousarray(rgba[..., :3])
    else:
        wide = alpha.astype(np.uint16)
        behind = (255 - wide) * np.uint16(255 if background == "white" else 0)
        rgb = ((rgba[..., :3] * wide + behind + np.uint16(127)) // np.uint16(255)).astype(np.uint8)
    return _picture(rgb)


def _picture(rgb: Bytes) -> _Picture:
    values = rgb.reshape(-1)
    return _Picture(Part.of(rgb), bool((values[3:] == values[:-3]).all()))


def _kind(node: Node, role: Control, model: ModelInfo) -> ControlKind:
    kind = control_kinds().get(role.kind)
    if kind is None:
        raise CannotDo(
            f"The layer “{node.name}” has the control kind “{role.kind}”, which this version does not know; hide it or "
            f"{_alternative(model)}."
        )
    return kind


def _alternative(model: ModelInfo) -> str:
    usable = [kind.label.lower() for name, kind in control_kinds().items() if name in model.controls]
    return f"choose one of: {', '.join(usable)}" if usable else "choose another model"
