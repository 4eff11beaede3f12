"""`Guide`: which steps of an example the artist has done, told by how the document differs from what it was. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from app.examples.table import Aim, Step
from app.session import Session
from app.signals import Signal
from canvas.layers import Layer, LayerId
from canvas.roles import Control, InpaintMask, Pose, Reference, Role
from canvas.state import DocumentState

#: The layers that an aim is about; the prompt is in none.
ROLES: Mapping[Aim, type[Role]] = MappingProxyType(
    {"control": Control, "pose": Pose, "mask": InpaintMask, "reference": Reference}
)


class Guide:
    """Follows the document that is open in `session` until another is, or `close`. A step that is done stays done."""

    def __init__(self, session: Session, steps: Iterable[Step]) -> None:
        self.changed: Signal[()] = Signal()
        self.steps = tuple(steps)
        self.done: frozenset[Aim] = frozenset()
        self._session = session
        self._begun = {step.aim: _look(step.aim, session) for step in self.steps}
        self._disconnects = [
            session.document_changed.connect(lambda _old, _new: self._follow()),
            session.direction_changed.connect(lambda _direction: self._follow()),
            session.pen_lifted.connect(self._follow),
        ]

    @property
    def current(self) -> Step | None:
        """The first one that is not done."""
        return next((step for step in self.steps if step.aim not in self.done), None)

    def close(self) -> None:
        """Follow no longer."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def _follow(self) -> None:
        if self._session.document.in_gesture:
            return  # the next step is for when the pen is up
        done = self.done | {aim for aim, begun in self._begun.items() if _look(aim, self._session) != begun}
        if done != self.done:
            self.done = done
            self.changed.emit()


def _look(aim: Aim, session: Session) -> object:
    """What changes when the artist does a step; equal as long as they have not."""
    if aim == "prompt":
        return session.direction.prompt.split()
    see = _SEEN[aim]
    return [see(layer) for layer in _layers(session.document.state, ROLES[aim])]


def _layers(state: DocumentState, role: type[Role]) -> Iterable[Layer]:
    return (node for node in state.walk() if isinstance(node, Layer) and isinstance(node.role, role))


def _pixels(layer: Layer) -> tuple[LayerId, object]:
    return layer.id, layer.surface


def _figures(layer: Layer) -> tuple[LayerId, object]:
    return layer.id, layer.role.figures if isinstance(layer.role, Pose) else ()


_SEEN: Mapping[Aim, Callable[[Layer], tuple[LayerId, object]]] = MappingProxyType(
    {"control": _pixels, "pose": _figures, "mask": _pixels, "reference": _pixels}
)
