"""The File menu: new, open, save, export. GUI thread only."""

from __future__ import annotations

from pathlib import Path

from app.commands.command import Command, CommandGroup, Means
from app.dialogs.chooser import FileKind
from canvas.layers import Layer
from canvas.roles import Paint, Reference, Role

DOCUMENTS = FileKind("Underdraw", (".udraw",))
PICTURES = FileKind("Pictures", (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"))
PSD = FileKind("Photoshop", (".psd",))
PNG = FileKind("PNG", (".png",))

COMMANDS = (
    Command("file.new", "New…", "File", "new"),
    Command("file.open", "Open…", "File", "open"),
    Command("file.open_as_layer", "Open as layer…", "File", "open_as_layer", 1),
    Command("file.open_as_reference", "Open as reference…", "File", "open_as_reference", 1, term="reference"),
    Command("file.save", "Save", "File", "save", 2),
    Command("file.save_as", "Save as…", "File", "save_as", 2),
    Command("file.export_png", "Export PNG…", "File", "export_png", 3),
    Command("file.export_psd", "Export PSD…", "File", "export_psd", 3),
    Command("file.quit", "Quit", "File", "quit", 4),
)  # fmt: skip


class FileCommands(CommandGroup):
    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._folder = self._session.path.parent if self._session.path else Path.home()

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
