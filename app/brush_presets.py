"""The brushes that Underdraw comes with, and the artist's own in a folder. No Qt; any thread, one at a time.

The folder holds one TOML file a brush (`app.brush_files.toml_text`), and `tips` and `textures` with PNG pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import resources
from app.brush_files import read_brushes, toml_text
from app.brush_files.brush_set import BrushSet, free_name, picture_of, png_of, safe_name
from canvas.brush import ROUND, Brush
from canvas.brush_tips import BrushImages, Grain, Tip
from canvas.formats.atomic import replacing
from canvas.formats.errors import FormatError, from_os_error
from canvas.tiles import Pixels8

_TIPS, _TEXTURES = "tips", "textures"

P = TypeVar("P", Tip, Grain)


def load(path: Path | None = None) -> tuple[Brush, ...]:
    """The brushes of a TOML file, the built-in ones when no path is given. Raises FormatError."""
    return _built_in() if path is None else read_brushes(path).brushes


@cache
def _built_in() -> tuple[Brush, ...]:
    return read_brushes(resources.path("brushes", "default.toml")).brushes


def images(folder: Path | None = None) -> BrushImages:
    """The built-in tips and textures, and those of the artist's folder; each is read when it is first used."""
    folders = [resources.path("brushes")] if folder is None else [resources.path("brushes"), folder]
    return BrushImages(
        _Pictures([each / _TIPS for each in folders], Tip), _Pictures([each / _TEXTURES for each in folders], Grain)
    )


class BrushLibrary:
    """The artist's brushes, saved as they are made. `folder` need not exist yet.

    A brush that has the name of a built-in one stands in its place. `unreadable`: sentences about files that could not
    be read when the library was opened; they are left as they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.built_in = load()
        self.unreadable: tuple[str, ...] = ()
        self._own: dict[str, Brush] = {}
        self._files: dict[str, Path] = {}
        self._load()

    def _load(self) -> None:
        wrong = []
        for path in sorted(self.folder.glob("*.toml")):
            try:
                brushes = load(path)
            except FormatError as reason:
                wrong.append(str(reason))
                continue
            for brush in brushes:
                self._own[brush.name] = brush
                self._files[brush.name] = path
        self.unreadable = tuple(wrong)

    @property
    def own(self) -> tuple[Brush, ...]:
        return tuple(self._own.values())

    @property
    def brushes(self) -> tuple[Brush, ...]:
        """All of them: the built-in ones as the artist changed them, then the rest."""
        names = {brush.name for brush in self.built_in}
        shown = (self._own.get(brush.name, brush) for brush in self.built_in)
        return (*shown, *(brush for brush in self.own if brush.name not in names))

    def images(self) -> BrushImages:
        return images(self.folder)

    def original(self, name: str) -> Brush | None:
        """The built-in brush of that name, for a reset."""
        return next((brush for brush in self.built_in if brush.name == name), None)

    def save(self, brush: Brush) -> None:
        """Keep a brush under its name, in the place of the one that had it. Raises FormatError."""
        path = self._files.get(brush.name)
        if path is None:
            taken = {file.stem for file in self.folder.glob("*.toml")}
            path = self.folder / f"{free_name(safe_name(brush.name), taken)}.toml"
        # A file that holds several brushes was made by hand: the others stay in it.
        together = [other for name, other in self._own.items() if self._files[name] == path and name != brush.name]
        self._made(self.folder)
        _write(path, toml_text.text_of(BrushSet((*together, brush))).encode("utf-8"))
        self._own[brush.name], self._files[brush.name] = brush, path

    def remove(self, name: str) -> None:
        """Forget an own brush; a built-in one is as it came again. Its pictures stay, others may use them. Raises
        KeyError, and FormatError when the file cannot be removed."""
        path = self._files[name]
        rest = tuple(brush for other, brush in self._own.items() if self._files[other] == path and other != name)
        if rest:
            _write(path, toml_text.text_of(BrushSet(rest)).encode("utf-8"))
        else:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise from_os_error(path, error, "save") from error
        del self._own[name], self._files[name]

    def add(self, found: BrushSet) -> tuple[Brush, ...]:
        """Take over brushes from a file under names that are free; returns them as they are now. Raises FormatError."""
        present = self.images()
        tips = self._kept(found.tips, _TIPS, set(present.tips))
        textures = self._kept(found.textures, _TEXTURES, set(present.grains))
        added = []
        for brush in found.brushes:
            name = free_name(brush.name, {each.name for each in self.brushes})
            new = replace(
                brush,
                name=name,
                tip=tips.get(brush.tip, brush.tip),
                texture=textures.get(brush.texture, brush.texture),
            )
            self.save(new)
            added.append(new)
        return tuple(added)

    def exported(self, names: set[str]) -> BrushSet:
        """These brushes with all the pictures they need, to be written to a file."""
        present = self.images()
        brushes = tuple(brush for brush in self.brushes if brush.name in names)
        tips = {b.tip: present.tips[b.tip].mask for b in brushes if b.tip in present.tips and b.tip != ROUND}
        textures = {b.texture: present.grains[b.texture].heights for b in brushes if b.texture in present.grains}
        return BrushSet(brushes, tips, textures)

    def _kept(self, pictures: Mapping[str, Pixels8], kind: str, taken: set[str]) -> dict[str, str]:
        """Save pictures; the names they have here, by the names they came with."""
        names = {}
        for came_as, picture in pictures.items():
            name = free_name(safe_name(came_as), taken)
            taken.add(name)
            _write(self._made(self.folder / kind) / f"{name}.png", png_of(picture))
            names[came_as] = name
        return names

    def _made(self, folder: Path) -> Path:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise from_os_error(folder, error, "save") from error
        return folder


class _Pictures(Mapping[str, P], Generic[P]):
    """The PNG pictures of some folders by name, later folders first; each is read once."""

    def __init__(self, folders: list[Path], made: type[P]) -> None:
        self._made: type[P] = made
        self._paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.png"))}
        self._read: dict[str, P] = {}

    def __getitem__(self, name: str) -> P:
        if name not in self._read:
            try:
                picture = picture_of(self._paths[name].read_bytes(), name)
            except (OSError, ValueError) as error:
                raise KeyError(name) from error
            self._read[name] = self._made(picture)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _write(path: Path, data: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(data)
