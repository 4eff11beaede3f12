"""`Session`: the headless heart of the app. One document, the engine, the artist's current settings, the results.

The window, the command line and the scenario tests drive this same object. Owned by one thread; imports no Qt.
Everything that other objects want to know is a `Signal`; everything they may do is a method.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol
from weakref import WeakKeyDictionary

from app.signals import Signal
from canvas import edits
from canvas.brush import Brush
from canvas.document import Document
from canvas.formats import registry
from canvas.layers import Group, Layer, LayerId, Node
from canvas.roles import Paint
from canvas.snapshot import Snapshot
from canvas.state import DocumentState
from canvas.tiles import Surface, from_rgba8
from inference.direction import Direction, direction_from_json, direction_to_json
from inference.messages import EngineState
from inference.result import Result

Plane = Literal["pixels", "mask", "selection"]
"""Where the artist paints: the active layer, its mask, or the selection (quick mask)."""

Colour = tuple[float, float, float]
"""Straight sRGB, each channel 0..1."""

#: Results kept in the strip; older ones are dropped.
MAX_RESULTS = 40


class Engine(Protocol):
    """What a session asks of the engine. Every call returns at once; answers arrive at `Session.show_*`."""

    def canvas_changed(self, snapshot: Snapshot, pen_down: bool) -> None: ...
    def direction_changed(self, direction: Direction) -> None: ...
    def undone(self, snapshot: Snapshot) -> None: ...
    def set_live(self, live: bool) -> None: ...
    def generate(self, snapshot: Snapshot) -> None: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...


class NoEngine:
    """A session without an engine: paints, opens and saves."""

    def canvas_changed(self, snapshot: Snapshot, pen_down: bool) -> None: ...
    def direction_changed(self, direction: Direction) -> None: ...
    def undone(self, snapshot: Snapshot) -> None: ...
    def set_live(self, live: bool) -> None: ...
    def generate(self, snapshot: Snapshot) -> None: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Look:
    """How the canvas is looked at: `opacity` 0..1 of the result over it, `paint_only` while the key for it is held;
    `pixel_grid`: lines between the pixels where they are large; `mask`: the node whose mask is shown in place of the
    picture."""

    opacity: float = 0.85
    paint_only: bool = False
    side_by_side: bool = False
    pixel_grid: bool = True
    mask: LayerId | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The artist's hand: not part of the document, not undoable."""

    brush: Brush = field(default_factory=lambda: Brush("Ink pen"))
    colour: Colour = (0.09, 0.09, 0.11)
    background: Colour = (1.0, 1.0, 1.0)


class Session:
    def __init__(self, state: DocumentState, engine: Engine | None = None) -> None:
        self.document_replaced: Signal[()] = Signal()
        #: Something else wants to change the document: who holds a gesture of it open ends it now.
        self.about_to_edit: Signal[()] = Signal()
        self.document_changed: Signal[DocumentState, DocumentState] = Signal()
        self.active_changed: Signal[()] = Signal()
        self.chosen_changed: Signal[()] = Signal()
        self.plane_changed: Signal[Plane] = Signal()
        self.direction_changed: Signal[Direction] = Signal()
        self.settings_changed: Signal[Settings] = Signal()
        self.colour_used: Signal[Colour] = Signal()
        self.look_changed: Signal[Look] = Signal()
        self.live_changed: Signal[bool] = Signal()
        self.result_changed: Signal[()] = Signal()
        self.results_changed: Signal[()] = Signal()
        self.engine_changed: Signal[EngineState] = Signal()
        self.progress_changed: Signal[int, int] = Signal()
        self.sync_changed: Signal[float | None] = Signal()
        self.message: Signal[str] = Signal()
        self.engine_refused: Signal[str] = Signal()

        self.settings = Settings()
        self.look = Look()
        self.live = True
        self.engine_state = EngineState("stopped", "No engine")
        self._engine: Engine = engine or NoEngine()
        self._silent = False
        self._digests = registry.TileDigests()
        self._adopt(state, None)

    # The document

    def _adopt(self, state: DocumentState, path: Path | None) -> None:
        self.document = Document(state)
        self.document.listen(self._on_changed)
        self.path = path
        self._saved_state: DocumentState | None = state
        self.result: Result | None = None
        self.results: tuple[Result, ...] = ()
        self._kept = 0
        stored = state.metadata.get("direction")
        self.direction = direction_from_json(stored) if stored else Direction()
        active = LayerId(state.metadata.get("active", ""))
        self.active: LayerId | None = active if state.has(active) else _top_layer(state)
        self._active_in: WeakKeyDictionary[DocumentState, LayerId | None] = WeakKeyDictionary()
        self.chosen: tuple[LayerId, ...] = () if self.active is None else (self.active,)
        self.plane: Plane = "pixels"

    def new(self, width: int, height: int) -> None:
        """A new document, made with the direction of the present one."""
        metadata = MappingProxyType({"direction": direction_to_json(self.direction)})
        self._replace(replace(edits.new_document(width, height), metadata=metadata), None)

    def open(self, path: Path) -> None:
        """Open a file as the document. Raises FormatError; the present document then stays as it is."""
        state = registry.read(path, digests=self._digests)
        self._replace(state, path if path.suffix.lower() == ".udraw" else None)

    def _replace(self, state: DocumentState, path: Path | None) -> None:
        if self.document.in_gesture:
            self.document.rollback()
        self._adopt(state, path)
        self._engine.direction_changed(self.direction)
        self._engine.undone(self.document.snapshot())
        self.document_replaced.emit()
        self.direction_changed.emit(self.direction)
        self.active_changed.emit()
        self.result_changed.emit()
        self.results_changed.emit()

    def state_to_save(self) -> DocumentState:
        """The document with the direction and the active layer in its metadata."""
        metadata = dict(self.document.state.metadata)
        metadata["direction"] = direction_to_json(self.direction)
        if self.active is not None:
            metadata["active"] = self.active
        return replace(self.document.state, metadata=MappingProxyType(metadata))

    def save(self, path: Path) -> None:
        """Write the document; the ending picks the format. Raises FormatError and leaves the old file alone."""
        registry.write(self.state_to_save(), path, self._digests)
        if path.suffix.lower() == ".udraw":
            self.path = path
            self._saved_state = self.document.state
            self.document_replaced.emit()
        self.message.emit(f"Saved {path.name}")

    @property
    def modified(self) -> bool:
        return self.document.state is not self._saved_state

    @property
    def active_node(self) -> Node | None:
        if self.active is None or not self.document.state.has(self.active):
            return None
        return self.document.state.find(self.active)

    def activate(self, layer_id: LayerId | None) -> None:
        """Make one node the active one, and the only one chosen; paint goes to its pixels again."""
        self.choose(() if layer_id is None else (layer_id,), layer_id)

    def choose(self, chosen: tuple[LayerId, ...], active: LayerId | None) -> None:
        """Choose several nodes, for what can be done to many at once; `active` is one of them."""
        if active is not None and active not in chosen:
            raise ValueError("the active layer is one of the chosen ones")
        moved, self.active = active != self.active, active
        self._active_in[self.document.state] = active
        several, self.chosen = chosen != self.chosen, chosen
        if moved and self.plane == "mask":
            self.paint_on("pixels")
        if moved:
            self.active_changed.emit()
        if several or moved:
            self.chosen_changed.emit()

    def paint_on(self, plane: Plane) -> None:
        """Paint goes to the layer's pixels, its mask or the selection from now on."""
        if plane != self.plane:
            self.plane = plane
            self.plane_changed.emit(plane)

    def add_node(self, node: Node, label: str) -> None:
        """Add a layer or group above the active one and make it active."""
        above = self.active
        self.document.edit(label, lambda state: edits.add_layer(state, node, above))
        self.activate(node.id)

    def import_picture(self, path: Path, layer: Layer) -> None:
        """Add the picture of a flat image file as the pixels of `layer`. Raises FormatError."""
        # Pillow is imported when the first picture is, so that the window does not wait for it.
        from canvas.formats.png import read_image_rgba

        pixels = read_image_rgba(path)
        surface = Surface.from_pixels(from_rgba8(pixels))
        self.add_node(replace(layer, name=layer.name or path.stem, surface=surface), f"Open {path.name} as layer")

    def undo(self) -> None:
        label = self.document.undo()
        if label is not None:
            self._remember_active()
            self._engine.undone(self.document.snapshot())
            self.message.emit(f"Undone: {label}")

    def redo(self) -> None:
        label = self.document.redo()
        if label is not None:
            self._remember_active()
            self._engine.undone(self.document.snapshot())
            self.message.emit(f"Redone: {label}")

    def go_to_step(self, count: int) -> None:
        """Undo or redo until `count` steps are done, as far as they are remembered; the engine hears of the end."""
        document = self.document
        while len(document.undo_labels) > count and document.undo() is not None:
            pass
        while len(document.undo_labels) < count and document.redo() is not None:
            pass
        self._remember_active()
        self._engine.undone(document.snapshot())

    def _remember_active(self) -> None:
        """Undo and redo bring the active layer of that moment back too."""
        active = self._active_in.get(self.document.state)
        if active is not None and self.document.state.has(active):
            self.activate(active)

    def _on_changed(self, old: DocumentState, new: DocumentState) -> None:
        self._active_in.setdefault(old, self.active)
        gone = [node_id for node_id in self.chosen if not new.has(node_id)]
        if gone:
            left = tuple(node_id for node_id in self.chosen if node_id not in gone)
            survivor = self.active if self.active in left else left[-1] if left else _top_layer(new)
            self.active, before = survivor, self.active
            self.chosen = left or (() if survivor is None else (survivor,))
            self.document_changed.emit(old, new)
            if survivor != before:
                self.paint_on("pixels")
                self.active_changed.emit()
            self.chosen_changed.emit()
        else:
            self.document_changed.emit(old, new)
        node = self.active_node
        if self.plane == "mask" and (node is None or node.mask is None):
            self.paint_on("pixels")
        if not self._silent:
            self._engine.canvas_changed(self.document.snapshot(), self.document.in_gesture)

    def gesture_ended(self) -> None:
        """Tell the engine that the pen has lifted, also when its last point changed nothing."""
        self._engine.canvas_changed(self.document.snapshot(), pen_down=False)

    # The artist's hand

    def set_brush(self, brush: Brush) -> None:
        self._set_settings(replace(self.settings, brush=brush))

    def set_colour(self, colour: Colour) -> None:
        self._set_settings(replace(self.settings, colour=colour))

    def set_background(self, colour: Colour) -> None:
        self._set_settings(replace(self.settings, background=colour))

    def swap_colours(self) -> None:
        self._set_settings(replace(self.settings, colour=self.settings.background, background=self.settings.colour))

    def reset_colours(self) -> None:
        """Black to paint with, white behind it."""
        self._set_settings(replace(self.settings, colour=(0.0, 0.0, 0.0), background=(1.0, 1.0, 1.0)))

    def _set_settings(self, settings: Settings) -> None:
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit(settings)

    def set_look(self, look: Look) -> None:
        if look != self.look:
            self.look = look
            self.look_changed.emit(look)

    # The engine

    def set_direction(self, direction: Direction) -> None:
        if direction != self.direction:
            self.direction = direction
            self._engine.direction_changed(direction)
            self.direction_changed.emit(direction)

    def set_live(self, live: bool) -> None:
        if live != self.live:
            self.live = live
            self._engine.set_live(live)
            self.live_changed.emit(live)

    def attach(self, engine: Engine) -> None:
        """Use `engine` from now on; it hears of the present canvas at once."""
        self._engine = engine
        engine.direction_changed(self.direction)
        engine.set_live(self.live)
        engine.canvas_changed(self.document.snapshot(), pen_down=False)

    def generate(self) -> None:
        """Ask for a full-quality result; it arrives in the strip."""
        self._engine.generate(self.document.snapshot())

    def cancel(self) -> None:
        self._engine.cancel()

    def close(self) -> None:
        self._engine.close()

    def show_result(self, result: Result) -> None:
        """A frame has arrived: the newest lies over the canvas, a final one also joins the strip."""
        self.result = result
        self.result_changed.emit()
        if result.purpose == "final":
            self.results = (result, *self.results)[:MAX_RESULTS]
            self.results_changed.emit()

    def choose_result(self, result: Result) -> None:
        """Lay an earlier result over the canvas again."""
        self.result = result
        self.result_changed.emit()

    def clear_result(self) -> None:
        if self.result is not None:
            self.result = None
            self.result_changed.emit()

    def show_state(self, state: EngineState) -> None:
        self.engine_state = state
        self.engine_changed.emit(state)

    def show_sync(self, behind_since_s: float | None) -> None:
        """Since when the engine's last image lacks something, on its clock; None when it has everything."""
        self.sync_changed.emit(behind_since_s)

    def show_error(self, sentence: str) -> None:
        """The engine could not make an image; live goes on."""
        self.engine_refused.emit(sentence)
        self.message.emit(sentence)

    def keep(self) -> None:
        """Write the shown result as a layer that holds its recipe, above the topmost paint. Undoable.

        The engine is not asked to repaint its own output: the next stroke does that.
        """
        result = self.result
        if result is None:
            self.message.emit("There is no result to keep yet; draw, or press Generate")
            return
        self._kept += 1
        rect = result.placement.rect
        layer = Layer(
            name=f"Result {self._kept}",
            surface=Surface.from_pixels(from_rgba8(result.rgba()), rect.x0, rect.y0),
            role=Paint(),
            recipe=result.recipe,
        )
        above = _topmost_paint(self.document.state)
        self._silent = True
        try:
            self.document.edit("Keep result", lambda state: edits.add_layer(state, layer, above))
        finally:
            self._silent = False
        self.clear_result()
        self.message.emit(f"Kept as layer “{layer.name}”")


def _top_layer(state: DocumentState) -> LayerId | None:
    for node in reversed(list(state.walk())):
        if isinstance(node, Layer):
            return node.id
    return None


def _topmost_paint(state: DocumentState) -> LayerId | None:
    """The highest top-level node that belongs to the picture."""
    for node in reversed(state.layers):
        if isinstance(node, Group) or isinstance(node.role, Paint):
            return node.id
    return None
