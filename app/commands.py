"""`Commands`: what an artist can order by menu or key, one method for each verb of the table in `app.actions`.

It drives the session, the toolbox and the view, and asks for files through a `Chooser`; it builds no widgets. Methods
raise `FormatError` for files that cannot be read or written and `EditError` for steps that are not possible.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from app import layer_intents
from app.canvas_view.viewport import Viewport
from app.dialogs.chooser import Chooser, FileKind
from app.session import Session
from app.signals import Signal
from app.tools.toolbox import Toolbox
from canvas.brush import MAX_SIZE_PX
from canvas.layers import Layer, LayerId
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Role
from inference.messages import EngineState

ROTATION_STEP_DEG = 15.0
ZOOM_STEP = 2.0**0.5
BRUSH_STEP = 1.15
#: Rolled seeds stay short enough to read out and to type.
MAX_ROLLED_SEED = 1_000_000

DOCUMENTS = FileKind("Underdraw", (".udraw",))
PICTURES = FileKind("Pictures", (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"))
PSD = FileKind("Photoshop", (".psd",))
PNG = FileKind("PNG", (".png",))


class View(Protocol):
    """What commands ask of the canvas view."""

    def zoom_by(self, factor: float) -> None: ...
    def fit(self) -> None: ...
    def actual_size(self) -> None: ...
    def turn(self, degrees_clockwise: float) -> None: ...
    def mirror(self) -> None: ...
    @property
    def viewport(self) -> Viewport: ...


class Desk(Protocol):
    """What commands ask of the window."""

    def close(self) -> object: ...
    def toggle_panels(self) -> None: ...
    def panels_hidden(self) -> bool: ...
    def rename_active(self) -> None: ...
    def show_new_document(self, create: Callable[[int, int], None]) -> None: ...
    def show_glossary(self) -> None: ...
    def show_shortcuts(self) -> None: ...
    def show_about(self) -> None: ...


class Commands:
    """`seed_locked`: Generate uses the seed as it is; otherwise it rolls a new one first.

    `about_to_generate`: whoever holds back what was typed hands it over now.
    """

    def __init__(self, session: Session, toolbox: Toolbox, view: View, desk: Desk, chooser: Chooser) -> None:
        self.about_to_generate: Signal[()] = Signal()
        self.generating_changed: Signal[()] = Signal()
        self.generating = False
        self.seed_locked = True
        self._session = session
        self._toolbox = toolbox
        self._view = view
        self._desk = desk
        self._chooser = chooser
        self._folder = session.path.parent if session.path else Path.home()
        session.results_changed.connect(lambda: self._set_generating(on=False))
        session.engine_changed.connect(self._engine_changed)
        session.document_replaced.connect(lambda: self._set_generating(on=False))
        session.engine_refused.connect(lambda _sentence: self._set_generating(on=False))

    # File

    @property
    def document_name(self) -> str:
        return self._session.path.name if self._session.path else "Untitled"

    def new(self) -> None:
        if self.settle_changes():
            self._desk.show_new_document(self._session.new)

    def open(self) -> None:
        if not self.settle_changes():
            return
        path = self._ask_open("Open", DOCUMENTS, PICTURES, PSD)
        if path is not None:
            self._session.open(path)

    def open_path(self, path: Path) -> None:
        """Open a file that was dropped on the window or named on the command line."""
        if self.settle_changes():
            self._folder = path.parent
            self._session.open(path)

    def open_as_layer(self) -> None:
        self._import("Open as layer", Paint())

    def open_as_reference(self) -> None:
        self._import("Open as reference", Reference())

    def _import(self, title: str, role: Role) -> None:
        path = self._ask_open(title, PICTURES)
        if path is not None:
            self._session.import_picture(path, Layer(name="", role=role))

    def ask_picture(self) -> Path | None:
        """A picture file of the artist's choice, None when they think better of it."""
        return self._ask_open("Open as reference", PICTURES)

    def _ask_open(self, title: str, *kinds: FileKind) -> Path | None:
        path = self._chooser.open_file(title, self._folder, kinds)
        if path is not None:
            self._folder = path.parent
        return path

    def save(self) -> None:
        if self._session.path is None:
            self.save_as()
        else:
            self._session.save(self._session.path)

    def save_as(self) -> None:
        self._save("Save as", DOCUMENTS)

    def export_png(self) -> None:
        self._save("Export PNG", PNG)

    def export_psd(self) -> None:
        self._save("Export PSD", PSD)

    def _save(self, title: str, kind: FileKind) -> None:
        suggestion = (self._folder / self.document_name).with_suffix(kind.suffixes[0])
        path = self._chooser.save_file(title, suggestion, kind)
        if path is not None:
            path = path if path.suffix.lower() in kind.suffixes else path.with_name(path.name + kind.suffixes[0])
            self._folder = path.parent
            self._session.save(path)

    def settle_changes(self) -> bool:
        """Ask about unsaved changes; False when the artist would rather stay. Raises FormatError when saving fails."""
        if not self._session.modified:
            return True
        answer = self._chooser.unsaved(self.document_name)
        if answer == "save":
            self.save()
            return not self._session.modified
        return answer == "discard"

    def quit(self) -> None:
        self._desk.close()

    # Edit

    @property
    def can_undo(self) -> bool:
        return bool(self._session.document.undo_labels)

    @property
    def can_redo(self) -> bool:
        return bool(self._session.document.redo_labels)

    def undo(self) -> None:
        if not self.can_undo:
            self._session.message.emit("There is nothing to undo")
        self._toolbox.undo()

    def redo(self) -> None:
        if not self.can_redo:
            self._session.message.emit("There is nothing to redo")
        self._toolbox.redo()

    def fill(self) -> None:
        layer_intents.fill(self._session, self._session.settings.colour)

    def fill_background(self) -> None:
        layer_intents.fill(self._session, self._session.settings.background)

    def clear(self) -> None:
        """Erase the pixels of the layer; on a pose layer what the tool in the hand has chosen."""
        node = self._session.active_node
        if node is not None and isinstance(node.role, Pose):
            self._toolbox.delete()
        else:
            layer_intents.clear(self._session)

    def brush_larger(self) -> None:
        self._scale_brush(BRUSH_STEP)

    def brush_smaller(self) -> None:
        self._scale_brush(1 / BRUSH_STEP)

    def _scale_brush(self, factor: float) -> None:
        """By `factor`, and by a pixel at least."""
        brush = self._session.settings.brush
        wanted = brush.size_px * factor
        step = max(1.0, abs(wanted - brush.size_px))
        size = round(brush.size_px + (step if factor > 1 else -step))
        self._session.set_brush(replace(brush, size_px=float(min(MAX_SIZE_PX, max(1, size)))))

    def swap_colours(self) -> None:
        self._session.swap_colours()

    def reset_colours(self) -> None:
        """Black to paint with, white behind it."""
        self._session.set_colour((1.0, 1.0, 1.0))
        self._session.swap_colours()
        self._session.set_colour((0.0, 0.0, 0.0))

    # View

    def zoom_in(self) -> None:
        self._view.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        self._view.zoom_by(1 / ZOOM_STEP)

    def zoom_fit(self) -> None:
        self._view.fit()

    def zoom_actual(self) -> None:
        self._view.actual_size()

    def rotate_left(self) -> None:
        self._view.turn(-ROTATION_STEP_DEG)

    def rotate_right(self) -> None:
        self._view.turn(ROTATION_STEP_DEG)

    def rotate_reset(self) -> None:
        self._view.turn(-self._view.viewport.rotation_deg)

    def mirror(self) -> None:
        self._view.mirror()

    @property
    def mirrored(self) -> bool:
        return self._view.viewport.mirrored

    # Layer

    @property
    def has_node(self) -> bool:
        return self._session.active_node is not None

    @property
    def has_pixels(self) -> bool:
        return isinstance(self._session.active_node, Layer)

    @property
    def is_visible(self) -> bool:
        node = self._session.active_node
        return node is not None and node.visible

    @property
    def is_locked(self) -> bool:
        node = self._session.active_node
        return node is not None and node.locked

    @property
    def is_alpha_locked(self) -> bool:
        node = self._session.active_node
        return isinstance(node, Layer) and node.alpha_locked

    def add_paint(self) -> None:
        layer_intents.add_layer(self._session, "Layer", Paint())

    def add_sketch(self) -> None:
        layer_intents.add_layer(self._session, "Sketch", Control("scribble"))

    def add_lineart(self) -> None:
        layer_intents.add_layer(self._session, "Line art", Control("lineart"))

    def add_canny(self) -> None:
        layer_intents.add_layer(self._session, "Edges", Control("canny"))

    def add_pose(self) -> None:
        layer_intents.add_layer(self._session, "Pose", Pose())
        self._toolbox.select("pose")

    def add_mask(self) -> None:
        layer_intents.add_layer(self._session, "Mask", InpaintMask())
        self._toolbox.select("mask")

    def add_group(self) -> None:
        layer_intents.add_group(self._session)

    def duplicate(self) -> None:
        layer_intents.duplicate(self._session)

    def delete(self) -> None:
        layer_intents.delete(self._session)

    def group(self) -> None:
        layer_intents.group(self._session)

    def merge_down(self) -> None:
        layer_intents.merge_down(self._session)

    def rename(self) -> None:
        if self.has_node:
            self._desk.rename_active()

    def move_up(self) -> None:
        layer_intents.move_by(self._session, 1)

    def move_down(self) -> None:
        layer_intents.move_by(self._session, -1)

    def go_above(self) -> None:
        self._go(-1)

    def go_below(self) -> None:
        self._go(1)

    def _go(self, rows: int) -> None:
        ids = [node.id for node in layer_intents.top_down(self._session.document.state)]
        if self._session.active in ids:
            at = ids.index(self._session.active) + rows
            self._session.activate(ids[min(len(ids) - 1, max(0, at))])

    def toggle_visible(self) -> None:
        self._on_active(layer_intents.toggle_visible)

    def toggle_lock(self) -> None:
        self._on_active(layer_intents.toggle_lock)

    def toggle_alpha_lock(self) -> None:
        self._on_active(layer_intents.toggle_alpha_lock)

    def _on_active(self, intent: Callable[[Session, LayerId], None]) -> None:
        intent(self._session, layer_intents.active_id(self._session))

    # Select

    @property
    def has_selection(self) -> bool:
        return self._session.document.state.selection is not None

    def select_all(self) -> None:
        layer_intents.select_all(self._session)

    def select_none(self) -> None:
        layer_intents.select_none(self._session)

    # AI

    @property
    def is_live(self) -> bool:
        return self._session.live

    @property
    def has_result(self) -> bool:
        return self._session.result is not None

    def toggle_live(self) -> None:
        self._session.set_live(not self._session.live)

    def generate(self) -> None:
        state = self._session.engine_state
        if state.name in ("failed", "stopped"):
            self._session.message.emit(f"Nothing can be generated: {state.sentence}")
            return
        self.about_to_generate.emit()
        if not self.seed_locked:
            self.roll_seed()
        self._set_generating(on=True)
        self._session.generate()

    def cancel(self) -> None:
        """Take back the stroke being drawn; when there is none, stop what the engine makes."""
        if self._toolbox.in_gesture:
            self._toolbox.cancel()
            return
        self._session.cancel()
        self._set_generating(on=False)

    def _set_generating(self, *, on: bool) -> None:
        if on != self.generating:
            self.generating = on
            self.generating_changed.emit()

    def _engine_changed(self, state: EngineState) -> None:
        if state.name in ("restarting", "failed", "stopped"):
            self._set_generating(on=False)

    def keep(self) -> None:
        self._session.keep()

    def discard(self) -> None:
        self._session.clear_result()

    def roll_seed(self) -> None:
        """A new random seed."""
        self._session.set_direction(replace(self._session.direction, seed=secrets.randbelow(MAX_ROLLED_SEED)))

    def toggle_seed_lock(self) -> None:
        self.seed_locked = not self.seed_locked

    # Window and help

    @property
    def panels_hidden(self) -> bool:
        return self._desk.panels_hidden()

    def toggle_panels(self) -> None:
        self._desk.toggle_panels()

    def show_glossary(self) -> None:
        self._desk.show_glossary()

    def show_shortcuts(self) -> None:
        self._desk.show_shortcuts()

    def show_about(self) -> None:
        self._desk.show_about()
