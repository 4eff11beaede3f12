"""The File menu: new, open, save, export. GUI thread only.

Files are read and written in the background; what a format would lose is said before it is lost.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app import pixel_intents
from app.commands.command import Command, CommandGroup, Means
from app.dialogs.chooser import FileKind
from app.dialogs.export import ExportDialog
from app.dialogs.losses import KEEP_ALL, SAVE, losing_question, unkept_question
from app.opening import Opened, Opening
from app.recent import FolderKind
from app.theme import Theme
from canvas.formats import registry
from canvas.formats.errors import cannot_open
from canvas.formats.options import WriteOptions
from canvas.formats.registry import Format
from canvas.layers import Layer
from canvas.roles import Paint, Reference, Role
from canvas.state import DocumentState


def kind_of(chosen: Format) -> FileKind:
    return FileKind(chosen.name, chosen.extensions)


_OF_DOCUMENTS = tuple(f for f in registry.FORMATS if f.layered or f is registry.KRITA)
PICTURES = FileKind(
    "Pictures", tuple(ending for f in registry.FORMATS if f not in _OF_DOCUMENTS for ending in f.extensions)
)
#: What can be opened as a document, our own first.
DOCUMENTS = (*map(kind_of, _OF_DOCUMENTS), PICTURES)
#: What a document can be saved as, our own first.
TARGETS = tuple(kind_of(f) for f in registry.FORMATS if f.can_write)

COMMANDS = (
    Command("file.new", "New…", "File", "new"),
    Command("file.new_from_clipboard", "New from clipboard", "File", "new_from_clipboard"),
    Command("file.open", "Open…", "File", "open"),
    Command("file.open_as_layer", "Open as layer…", "File", "open_as_layer", 1),
    Command("file.open_as_reference", "Open as reference…", "File", "open_as_reference", 1, term="reference"),
    Command("file.save", "Save", "File", "save", 2),
    Command("file.save_as", "Save as…", "File", "save_as", 2),
    Command(
        "file.keep_previous", "Keep the previous version", "File", "toggle_keep_previous", 2, checked="keeps_previous"
    ),
    Command("file.export", "Export…", "File", "export", 3),
    Command("file.export_png", "Export PNG…", "File", "export_png", 3),
    Command("file.export_psd", "Export PSD…", "File", "export_psd", 3),
    Command("file.earlier", "Earlier versions…", "File", "show_earlier", 4),
    Command("file.quit", "Quit", "File", "quit", 5),
)  # fmt: skip


class FileCommands(CommandGroup):
    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._recent, self._exports = means.recent, means.exports
        self._session.saved.connect(self._remember_document)

    @property
    def document_name(self) -> str:
        path, recovered = self._session.path or self._session.origin, self._session.recovered_from
        return path.name if path else f"{recovered} (recovered)" if recovered else self._session.title or "Untitled"

    # New and open

    def new(self) -> None:
        if self.settle_changes():
            self._desk.show_new_document(self._session.new)

    def new_of_size(self, width: int, height: int) -> None:
        """A new document, after the artist was asked about the present one."""
        if self.settle_changes():
            self._session.new(width, height)

    def new_from_clipboard(self) -> None:
        """A new document as large as the picture that was copied, with it at the bottom; a copied file is opened."""
        paths = self._clipboard.files()
        if paths:
            self.open_paths(paths)
            return
        clip = pixel_intents.copied_picture(self._clipboard)
        if self.settle_changes():
            pixel_intents.begin_with(self._session, clip)

    def open(self) -> None:
        if self.settle_changes():
            self._open(self._chooser.open_files("Open", self._folder("documents"), DOCUMENTS))

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open the first of files that were dropped on the window or named on the command line."""
        if self.settle_changes():
            self._open(paths)

    def open_path(self, path: Path) -> None:
        self.open_paths((path,))

    def open_recent(self, path: Path) -> None:
        """Open a file of the list; one that is gone is taken off it. Raises FormatError."""
        if not path.is_file():
            self._recent.remove(path)
            raise cannot_open(path, "it is not there any more", "look for it under another name or in another folder")
        self.open_path(path)

    def show_earlier(self) -> None:
        self._desk.show_earlier()

    def clear_recent(self) -> None:
        self._recent.clear()

    def _open(self, paths: Sequence[Path]) -> None:
        if not paths:
            return
        self._recent.remember_folder("documents", paths[0].parent)
        opening = Opening(paths[0], self._session.remembered)
        self._desk.show_opening(opening, partial(self._take, self._session.document.state, tuple(paths[1:])))

    def _take(self, before: DocumentState, others: tuple[Path, ...], opened: Opened) -> None:
        """`before`: what the artist has agreed to leave; they may have painted on while the file was read."""
        self._toolbox.finish()
        if self._session.document.state is not before and not self.settle_changes():
            return
        self._session.take(opened)
        self._recent.add(opened.path)
        if others:
            more = others[0].name if len(others) == 1 else f"{others[0].name} and {len(others) - 1} more"
            self._session.message.emit(f"One document at a time: {more} not opened")

    def open_as_layer(self) -> None:
        self._import("Open as layer", Paint())

    def open_as_reference(self) -> None:
        self._import("Open as reference", Reference())

    def _import(self, title: str, role: Role) -> None:
        path = self._ask_picture(title)
        if path is not None:
            self._session.import_picture(path, Layer(name="", role=role))

    def ask_picture(self) -> Path | None:
        """A picture file of the artist's choice, None when they think better of it."""
        return self._ask_picture("Open as reference")

    def _ask_picture(self, title: str) -> Path | None:
        path = self._chooser.open_file(title, self._folder("pictures"), (PICTURES,))
        if path is not None:
            self._recent.remember_folder("pictures", path.parent)
        return path

    # Save

    def save(self) -> None:
        path = self._session.save_target
        if path is None:
            self.save_as()
        else:
            self._save_to(path)

    def save_as(self) -> None:
        path = self._chooser.save_document("Save as", self._suggestion("documents", registry.NATIVE), TARGETS)
        if path is not None:
            self._recent.remember_folder("documents", path.parent)
            self._save_to(path)

    def _save_to(self, path: Path) -> None:
        """Save there when nothing is lost, or when the artist agrees to what is."""
        session = self._session
        options = self._exports.of(registry.format_to_write(path))
        if path == session.origin and session.depth == 16:
            options = replace(options, depth=16)
        losses = session.losses(path, options)
        agreed = session.agreed_losses if path == session.path else frozenset()
        if not agreed.issuperset(losses):
            answer = self._chooser.ask(losing_question(path, losses))
            if answer == KEEP_ALL:
                self.save_as()
            if answer != SAVE:
                return
            if path == session.path:
                session.agreed_losses = agreed.union(losses)
        session.save_later(path, options)

    @property
    def keeps_previous(self) -> bool:
        return self._exports.keep_previous

    def toggle_keep_previous(self) -> None:
        self._exports.set_keep_previous(on=not self.keeps_previous)
        told = "stays beside the new one as “name~”" if self.keeps_previous else "is not kept"
        self._session.message.emit(f"The previous version of a replaced file {told}")

    def _remember_document(self, path: Path) -> None:
        if path == self._session.path:
            self._recent.add(path)

    # Export

    def export(self) -> None:
        def dialog(theme: Theme, window: QWidget) -> QWidget:
            start = self._suggestion("exports", self._exports.last)
            # What is lost stands in the form.
            deliver = partial(self._export_to, losses=())
            return ExportDialog(theme, self._session, self._exports, self._chooser, start, deliver, window)

        self._desk.show_form(dialog)

    def export_png(self) -> None:
        self._quick_export("Export PNG", registry.PNG)

    def export_psd(self) -> None:
        self._quick_export("Export PSD", registry.PSD)

    def _quick_export(self, title: str, chosen: Format) -> None:
        path = self._chooser.save_document(title, self._suggestion("exports", chosen), (kind_of(chosen),))
        if path is None:
            return
        options = self._exports.of(chosen)
        losses = self._session.losses(path, options)
        # That a flat picture has no layers is no news to those who have them elsewhere.
        matter = losses if chosen.layered or not self._session.in_full else ()
        self._export_to(path, options, matter)

    def _export_to(self, path: Path, options: WriteOptions, losses: tuple[str, ...]) -> None:
        """Write a copy; `losses` are told when it is there."""
        self._recent.remember_folder("exports", path.parent)
        if path == self._session.path:
            self._session.agreed_losses |= frozenset(self._session.losses(path, options))
            self._session.save_later(path, options)
            return
        told = f"; it is without {_and(losses)}: Save as .udraw keeps everything" if losses else ""
        self._session.export_later(path, options, told)

    # Names and folders

    def _suggestion(self, kind: FolderKind, chosen: Format) -> Path:
        origin = self._session.path or self._session.origin
        recovered = self._session.recovered_from
        name = origin.name if origin else recovered or self._session.title or "Untitled"
        known = {suffix for f in registry.FORMATS for suffix in f.extensions}
        stem = Path(name).stem if Path(name).suffix.lower() in known else name
        if recovered and not origin:
            stem += " (recovered)"  # never the name of the file that it came from
        return self._folder(kind) / (stem + chosen.extensions[0])

    def _folder(self, kind: FolderKind) -> Path:
        """Documents are looked for beside the present one, the rest where such files were last."""
        present = self._session.path
        if kind == "documents" and present is not None:
            return present.parent
        return self._recent.folder(kind) or (present.parent if present else Path.home())

    # Leaving

    def settle_changes(self) -> bool:
        """Let what is being written end, and ask about what would be lost; False when the artist would rather stay."""
        session = self._session
        self._desk.wait_for_saving()
        agreed = session.agreed_losses
        if session.modified:
            answer = self._chooser.unsaved(self.document_name, session.on_disk.sentence(time.time()))
            if answer != "save":
                return answer == "discard"
            self.save()
            self._desk.wait_for_saving()
            if session.modified:
                return False
        unkept, path = session.on_disk.unkept, session.path
        agreed_just_now = session.agreed_losses != agreed
        if path is None or not unkept or agreed_just_now:
            return True
        chosen = self._chooser.ask(unkept_question(path, unkept))
        if chosen == KEEP_ALL:
            self.save_as()
            self._desk.wait_for_saving()
            return session.in_full
        return chosen == SAVE

    def quit(self) -> None:
        self._desk.close()


def _and(words: Sequence[str]) -> str:
    """ "a, b and c" """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
