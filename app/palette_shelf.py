"""`PaletteShelf`: the palettes to choose from, those that come with the app and the artist's own, and which one is
shown. One thread: the session's. No Qt.

An own palette is a .gpl file in a folder. A palette that came with the app becomes an own one of the same name when it
is changed; discarding that brings the original back. A change is on disk before it is shown.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from app.palette_files import read_palette, write_palette
from app.palettes import BUILT_IN, Palette, Swatch, load_palette
from app.signals import Signal
from canvas.formats.errors import FormatError, from_os_error

_NOT_IN_A_FILE_NAME = re.compile(r"[^\w\- ]+")
_FILE_NAME_LENGTH = 60


class PaletteShelf:
    """`problems`: a sentence for each own palette that could not be read; its file is left alone.

    All methods that change a palette raise FormatError when it cannot be written; nothing is changed then.
    """

    def __init__(self, folder: Path, shown: str = "") -> None:
        self.changed: Signal[()] = Signal()
        self._folder = folder
        self._built_in = {palette.name: palette for palette in map(load_palette, BUILT_IN)}
        self._palettes = dict(self._built_in)
        self._files: dict[str, Path] = {}
        problems: list[str] = []
        for path in sorted(folder.glob("*.gpl")):
            try:
                palette = read_palette(path)
            except FormatError as error:
                problems.append(str(error))
                continue
            name = palette.name if palette.name not in self._files else self._free(palette.name)
            self._palettes[name] = replace(palette, name=name)
            self._files[name] = path
        self.problems = tuple(problems)
        self._shown = shown if shown in self._palettes else next(iter(self._palettes))

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they are offered: built in first."""
        return tuple(self._palettes)

    @property
    def shown(self) -> Palette:
        return self._palettes[self._shown]

    @property
    def is_own(self) -> bool:
        """The shown palette is a file of the artist's, so that it can be renamed or discarded."""
        return self._shown in self._files

    @property
    def is_built_in(self) -> bool:
        """The shown palette came with the app, changed or not."""
        return self._shown in self._built_in

    def show(self, name: str) -> None:
        """Raises KeyError for a name that is not there."""
        self._shown = self._palettes[name].name
        self.changed.emit()

    # Changing the shown palette

    def add(self, swatch: Swatch) -> None:
        self._keep(self.shown.with_swatch(swatch))

    def remove(self, index: int) -> None:
        self._keep(self.shown.without(index))

    def rename_swatch(self, index: int, name: str) -> None:
        self._keep(self.shown.with_name_at(index, name.strip()))

    def rename(self, name: str) -> None:
        """Give an own palette another name; a taken one gets a number."""
        name = " ".join(name.split())
        if not name or name == self._shown:
            return
        before, path = self._shown, self._files[self._shown]
        palette = replace(self.shown, name=self._free(name))
        write_palette(palette, path)
        self._forget(before)
        self._adopt(palette, path)

    def discard(self) -> None:
        """Delete the shown own palette; of one that came with the app, the original comes back."""
        path = self._files[self._shown]
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise from_os_error(path, error, "save") from error
        self._forget(self._shown)
        if self._shown not in self._palettes:
            self._shown = next(iter(self._palettes))
        self.changed.emit()

    # New palettes

    def new(self, name: str = "My palette") -> None:
        """An empty own palette, shown from now on."""
        self._create(Palette(self._free(name)))

    def import_file(self, path: Path) -> None:
        """Make a palette of another program an own one, and show it. Raises FormatError."""
        palette = read_palette(path)
        self._create(replace(palette, name=self._free(palette.name)))

    def export(self, path: Path) -> None:
        """Write the shown palette as .gpl. Raises FormatError."""
        write_palette(self.shown, path)

    def _create(self, palette: Palette) -> None:
        path = self._free_path(palette.name)
        self._write(palette, path)
        self._adopt(palette, path)

    def _keep(self, palette: Palette) -> None:
        path = self._files.get(palette.name) or self._free_path(palette.name)
        self._write(palette, path)
        self._adopt(palette, path)

    def _write(self, palette: Palette, path: Path) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise from_os_error(path, error, "save") from error
        write_palette(palette, path)

    def _adopt(self, palette: Palette, path: Path) -> None:
        self._palettes[palette.name] = palette
        self._files[palette.name] = path
        self._shown = palette.name
        self.changed.emit()

    def _forget(self, name: str) -> None:
        del self._files[name]
        if name in self._built_in:
            self._palettes[name] = self._built_in[name]
        else:
            del self._palettes[name]

    def _free(self, name: str) -> str:
        """`name`, with a number when a palette has it already."""
        number, free = 1, name
        while free in self._palettes:
            number += 1
            free = f"{name} {number}"
        return free

    def _free_path(self, name: str) -> Path:
        stem = _NOT_IN_A_FILE_NAME.sub("", name).strip()[:_FILE_NAME_LENGTH] or "Palette"
        number, path = 1, self._folder / f"{stem}.gpl"
        while path.exists():
            number += 1
            path = self._folder / f"{stem} {number}.gpl"
        return path
