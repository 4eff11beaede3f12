"""`Session`: the headless heart of the app. One document, the engine, the artist's current settings, the results.

The window, the command line and the scenario tests drive this same object. Owned by one thread; imports no Qt.
Everything that other objects want to know is a `Signal`; everything they may do is a method.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol
from weakref import WeakKeyDictionary

from app import role_memory
from app.opening import Opened, Remembered, read_file
from app.result_storing import StoredResults, results_to_attachments
from app.saving import OnDisk, Order, Saving
from app.signals import Signal
from canvas import edits
from canvas.brush import Brush
from canvas.document import Document
from canvas.formats import registry
from canvas.formats.job import Job
from canvas.formats.options import APPROXIMATE_COLOURS, DEFAULT_OPTIONS, Depth, WriteOptions
from canvas.formats.registry import Format
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
    """`saving`: what is being written to disk. `clock`: seconds, as `time.time`."""

    def __init__(
        self,
        state: DocumentState,
        engine: Engine | None = None,
        saving: Saving | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.document_replaced: Signal[()] = Signal()
        #: A file was opened as the document: its path, and sentences about what of it is not as it was there.
        self.opened: Signal[Path, tuple[str, ...]] = Signal()
        #: A picture was added as this layer.
        self.imported: Signal[LayerId] = Signal()
        #: The document, or a copy of it, was written to a file.
        self.saved: Signal[Path] = Signal()
        #: Something else wants to change the document: who holds a gesture of it open ends it now.
        self.about_to_edit: Signal[()] = Signal()
        self.document_changed: Signal[DocumentState, DocumentState] = Signal()
        self.pen_lifted: Signal[()] = Signal()
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
        self._clock = clock
        self.saving = saving or Saving()
        self.saving.cancelled.connect(self._on_cancelled)
        self.saving.failed.connect(self._on_failed)
        #: What is remembered of tiles that were read or written, for every file.
        self.digests = registry.TileDigests()
        #: Pictures of the strip as they are stored, each encoded once for the journal and for every save.
        self.stored_results = StoredResults()
        #: Where roles are remembered that other programs may drop; None for nowhere.
        self.roles_folder: Path | None = None
        self._adopt(state, None)

    # The document

    def _adopt(self, state: DocumentState, path: Path | None) -> str:
        """One sentence when something of it cannot be used, else ""."""
        self.document = Document(state)
        self.document.listen(self._on_changed)
        #: Where Save writes; None asks.
        self.path = path
        #: The file that the document came from, also when it cannot be written there; None for a new one.
        self.origin = path
        #: What a document that no file has is called, "" for one without a name.
        self.title = ""
        #: The name of the document that a journal kept and that no file has yet.
        self.recovered_from = ""
        self._saving_to: Path | None = None
        #: What of the document and of its file the artist has agreed to lose by saving there.
        self.agreed_losses: frozenset[str] = frozenset()
        #: What the reader of `origin` could not take over.
        self.not_taken_over: tuple[str, ...] = ()
        #: Bits a channel of that file.
        self.depth: Depth = 8
        self.on_disk = OnDisk("begun", self._clock())
        self._saved_state: DocumentState | None = state
        self._weighed: tuple[tuple[DocumentState, Direction, Format, WriteOptions], tuple[str, ...]] | None = None
        self.result: Result | None = None
        self.results: tuple[Result, ...] = ()
        self._kept = 0
        self.direction, problem = _stored_direction(state)
        self._saved_direction = self.direction
        active = LayerId(state.metadata.get("active", ""))
        self.active: LayerId | None = active if state.has(active) else _top_layer(state)
        self._active_in: WeakKeyDictionary[DocumentState, LayerId | None] = WeakKeyDictionary()
        self.chosen: tuple[LayerId, ...] = () if self.active is None else (self.active,)
        self.plane: Plane = "pixels"
        return problem

    def new(self, width: int, height: int) -> None:
        """A new document, made with the direction of the present one."""
        metadata = MappingProxyType({"direction": direction_to_json(self.direction)})
        self._replace(replace(edits.new_document(width, height), metadata=metadata), None)
        self._arrive()

    def begin(self, state: DocumentState, title: str) -> None:
        """Make `state` a new document that no file has: Save asks where to, and suggests `title`."""
        self._replace(state, None)
        self.title = title
        self._arrive()

    def open(self, path: Path) -> None:
        """Open a file as the document. Raises FormatError; the present document then stays as it is."""
        self.take(read_file(path, self.remembered))

    @property
    def remembered(self) -> Remembered:
        """What reading a file can make use of."""
        return Remembered(self.digests, self.stored_results, self.roles_folder)

    def take(self, opened: Opened) -> None:
        """Make what was read from a file the document. Save goes to that file when it can be written."""
        path = opened.path if opened.can_be_saved_there else None
        problem = self._replace(opened.state, path)
        self.origin, self.not_taken_over, self.depth = opened.path, opened.lost, opened.depth
        self.on_disk = OnDisk("opened", self._clock())
        self.results = opened.results[:MAX_RESULTS]
        self._arrive()
        self.opened.emit(opened.path, (*opened.notes, problem) if problem else opened.notes)

    def recover(self, state: DocumentState, results: tuple[Result, ...], name: str) -> str:
        """Make what a journal kept of the document `name` the document: no file has it, and Save asks where to."""
        problem = self._replace(state, None)
        self.recovered_from, self.results = name, results
        self._saved_state = None
        self._arrive()
        return problem

    def _replace(self, state: DocumentState, path: Path | None) -> str:
        if self.document.in_gesture:
            self.document.rollback()
        return self._adopt(state, path)

    def _arrive(self) -> None:
        """Another document is there: tell everybody."""
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

    def save(self, path: Path, options: WriteOptions = DEFAULT_OPTIONS) -> None:
        """Write the document and wait for it; the ending picks the format. Raises FormatError and leaves the old file
        alone."""
        self.saving.write_now(self._order(path, options))

    def save_later(self, path: Path, options: WriteOptions = DEFAULT_OPTIONS) -> None:
        """Write the document as it is now while the artist goes on; `saving` and `saved` tell how it went. Raises
        FormatError when the ending names no format."""
        self.saving.put(self._order(path, options))
        self._saving_to = path

    @property
    def save_target(self) -> Path | None:
        """Where Save writes: the file that the document is just being saved to for the first time, or its own."""
        return self._saving_to or self.path

    def export_later(self, path: Path, options: WriteOptions = DEFAULT_OPTIONS, told: str = "") -> None:
        """Write a copy: the document stays what it is, and so does where it is saved. `told`: what to say beside that
        it is there. Else as `save_later`."""

        def exported() -> None:
            self.saved.emit(path)
            self.message.emit(f"Exported {path.name}{told}")

        self.saving.put(replace(self._order(path, options), written=exported))

    def _order(self, path: Path, options: WriteOptions) -> Order:
        state = self.state_to_save()
        chosen, results = registry.format_to_write(path), self.results
        unkept = self._unkept(chosen, options)

        def write(job: Job) -> None:
            job.reach(0.0)
            carried = results_to_attachments(results, self.stored_results) if chosen is registry.NATIVE else {}
            registry.write(state, path, self.digests, options, job, carried)
            if chosen.layered and chosen is not registry.NATIVE and self.roles_folder is not None:
                role_memory.remember(self.roles_folder, path, state)

        written = partial(self._on_saved, self.document, self.document.state, self.direction, path, unkept)
        return Order(path, write, written)

    def _on_saved(
        self, document: Document, state: DocumentState, direction: Direction, path: Path, unkept: tuple[str, ...]
    ) -> None:
        if self.document is document:
            if path != self.path:
                self.agreed_losses = frozenset(unkept)
            self.path = self.origin = path
            if self._saving_to == path:
                self._saving_to = None
            self.not_taken_over = ()
            self._saved_state, self._saved_direction = state, direction
            self.on_disk = OnDisk("saved", self._clock(), unkept)
        self.saved.emit(path)
        self.message.emit(f"Saved {path.name}")

    def _on_cancelled(self, path: Path) -> None:
        self._saving_to = None
        self.message.emit(f"Saving {path.name} was cancelled; the file is as it was")

    def _on_failed(self, _sentence: str) -> None:
        self._saving_to = None

    def losses(self, path: Path, options: WriteOptions = DEFAULT_OPTIONS) -> tuple[str, ...]:
        """What would be lost by saving there: what the format cannot keep of the document, and what the file has that
        was not taken over when it was opened. Raises FormatError when the ending names no format.

        Only what would be missed: not the selection, nor shades that are chosen away with the depth or the quality.
        """
        kept_back = self.not_taken_over if path == self.origin else ()
        return (*self._unkept(registry.format_to_write(path), options), *kept_back)

    def _unkept(self, chosen: Format, options: WriteOptions) -> tuple[str, ...]:
        present = self.document.state, self.direction, chosen, replace(options, depth=16)
        if self._weighed is None or self._weighed[0] != present:
            found = registry.losses(replace(self.state_to_save(), selection=None), chosen, present[3])
            self._weighed = present, tuple(loss for loss in found if loss != APPROXIMATE_COLOURS)
        return self._weighed[1]

    @property
    def modified(self) -> bool:
        """There is work that no file has: in the layers, or in what the engine was asked for; the seed is none."""
        direction = replace(self.direction, seed=self._saved_direction.seed)
        return self.document.state is not self._saved_state or direction != self._saved_direction

    @property
    def in_full(self) -> bool:
        """A file has everything of the document."""
        return self.origin is not None and not self.modified and not self.on_disk.unkept

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

    def import_picture(self, path: Path, layer: Layer, at: tuple[float, float] | None = None) -> None:
        """Add the picture of a flat image file, and how it was made, as the pixels of `layer`. Raises FormatError.

        Its middle lies `at` that point of the document; without one its top left lies at that of the canvas.
        """
        # Pillow is imported when the first picture is, so that the window does not wait for it.
        from app.importing import picture_layer

        made = picture_layer(path, layer, self.document.state, at)
        self.add_node(made, f"Open {path.name} as layer")
        self.imported.emit(made.id)

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
        """Tell everybody that the pen has lifted, also when its last point changed nothing."""
        self._engine.canvas_changed(self.document.snapshot(), pen_down=False)
        self.pen_lifted.emit()

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


def _stored_direction(state: DocumentState) -> tuple[Direction, str]:
    """The direction stored with a document, and a sentence when it is damaged: files have been anywhere."""
    stored = state.metadata.get("direction")
    try:
        return direction_from_json(stored) if stored else Direction(), ""
    except ValueError:
        return Direction(), "The prompt and the settings stored with it are damaged; the usual ones are used"


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
