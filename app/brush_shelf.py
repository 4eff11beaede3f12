"""`BrushShelf`: the presets to choose from, which of them are favourites, and how the brush in the hand differs from
its preset. No Qt; the session's thread.

The files are `app.brush_presets`'s. A preset that was changed and put away keeps its changes until the app is closed:
they are shown as such, and taken back or saved when the artist says so.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

from app.brush_files import read_brushes, write_brushes
from app.brush_files.brush_set import free_name
from app.brush_presets import BrushLibrary
from app.session import Session
from app.signals import Signal
from app.tools.toolbox import Toolbox
from canvas.brush import Brush, BrushMode
from canvas.brush_tips import BrushImages
from canvas.formats.atomic import replacing
from canvas.formats.errors import FormatError, from_os_error

_FAVOURITES = "favourites.json"
#: Which tool a preset is for; the mask tool takes all of them.
_TOOLS = {BrushMode.PAINT: "brush", BrushMode.ERASE: "eraser", BrushMode.SMUDGE: "smudge"}


class BrushShelf:
    """`changed`: another brush is in the hand, it differs from its preset or no longer, or the presets have changed.

    `problems`: a sentence for each file that could not be read; it is left as it is. What writes files raises
    FormatError and then changes nothing.
    """

    def __init__(self, session: Session, toolbox: Toolbox, library: BrushLibrary) -> None:
        self.changed: Signal[()] = Signal()
        self._session, self._toolbox, self._library = session, toolbox, library
        self._presets: dict[str, Brush] = {}
        self._tweaked: dict[str, Brush] = {}
        self._shown: tuple[str, bool] = ("", False)
        problems = list(library.unreadable)
        self._favourites_path = library.folder / _FAVOURITES
        try:
            self._favourites = _read_names(self._favourites_path)
        except FormatError as error:
            self._favourites = ()
            problems.append(str(error))
        self.problems = tuple(problems)
        self._take_stock()
        toolbox.use_presets(self.brushes)
        session.settings_changed.connect(lambda _settings: self._look())
        self._look()

    def _take_stock(self) -> None:
        self._presets = {brush.name: brush for brush in self._library.brushes}
        self.images = self._toolbox.painting.images = self._library.images()

    def _look(self) -> None:
        """Compare the brush in the hand with its preset."""
        brush = self.brush
        preset = self._presets.get(brush.name)
        if preset is not None and brush != preset:
            self._tweaked[brush.name] = brush
        else:
            self._tweaked.pop(brush.name, None)
        shown = brush.name, brush != preset
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()

    def _renew(self) -> None:
        """The presets are others now."""
        self._take_stock()
        self._tweaked = {name: brush for name, brush in self._tweaked.items() if brush != self._presets.get(name)}
        self._look()
        self.changed.emit()

    # What there is

    images: BrushImages
    """The tips and textures that the presets name."""

    @property
    def brush(self) -> Brush:
        """The brush in the hand."""
        return self._session.settings.brush

    @property
    def preset(self) -> Brush | None:
        """The preset of the brush in the hand; None when it is gone."""
        return self._presets.get(self.brush.name)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        return tuple(self._presets.values())

    @property
    def tags(self) -> tuple[str, ...]:
        """Those of most presets first."""
        counted = Counter(tag for brush in self.brushes for tag in brush.tags)
        return tuple(tag for tag, _ in counted.most_common())

    @property
    def favourites(self) -> tuple[Brush, ...]:
        return tuple(self._presets[name] for name in self._favourites if name in self._presets)

    def is_favourite(self, name: str) -> bool:
        return name in self._favourites

    def is_own(self, name: str) -> bool:
        """It is a file of the artist's: it can be deleted. One that stands for a built-in one brings that back."""
        return any(brush.name == name for brush in self._library.own)

    def is_built_in(self, name: str) -> bool:
        """It came with the app, changed or not."""
        return self._library.original(name) is not None

    def is_dirty(self, name: str) -> bool:
        """The artist has changed the brush since it was taken from its preset."""
        return name in self._tweaked

    def found(self, tag: str = "", words: str = "") -> tuple[Brush, ...]:
        """The presets with that tag ("" for all) whose name or tags hold every one of the words."""
        needles = words.casefold().split()
        return tuple(
            brush
            for brush in self.brushes
            if (not tag or tag in brush.tags)
            and all(needle in " ".join((brush.name, *brush.tags)).casefold() for needle in needles)
        )

    # The hand

    def choose(self, name: str) -> None:
        """Take a preset, with the changes that were made to it, and the tool it is for. Raises KeyError."""
        preset = self._presets[name]
        if self._toolbox.selected_id != "mask":
            self._toolbox.select(_TOOLS[preset.mode])
        self._session.set_brush(self._tweaked.get(name, preset))

    def reset(self) -> None:
        """The brush in the hand is as its preset again."""
        if self.preset is not None:
            self._session.set_brush(self.preset)

    def toggle_favourite(self, name: str) -> None:
        """Raises FormatError."""
        rest = tuple(each for each in self._favourites if each != name)
        self._keep_favourites(rest if name in self._favourites else (*rest, name))
        self.changed.emit()

    # Presets

    def save_as(self, name: str) -> Brush:
        """Make the brush in the hand a preset of its own; a taken name gets a number."""
        wanted = " ".join(name.split()) or self.brush.name
        new = replace(self.brush, name=free_name(wanted, set(self._presets)))
        self._library.save(new)
        self._tweaked.pop(self.brush.name, None)
        self._take_stock()
        self._session.set_brush(new)
        self._renew()
        return new

    def overwrite(self) -> None:
        """The preset is as the brush in the hand from now on; of a built-in one the original can be brought back."""
        self._library.save(self.brush)
        self._renew()

    def retag(self, name: str, tags: tuple[str, ...]) -> None:
        """Give a preset other tags. Raises KeyError for one that is not there."""
        preset = self._presets[name]
        if tags == preset.tags:
            return
        self._library.save(replace(preset, tags=tags))
        self._take_stock()
        if name in self._tweaked:
            self._tweaked[name] = replace(self._tweaked[name], tags=tags)
        if self.brush.name == name:
            self._session.set_brush(replace(self.brush, tags=tags))
        self._renew()

    def rename(self, name: str, wanted: str) -> None:
        """Give an own preset another name; a taken one gets a number. Raises KeyError for one that is not there."""
        wanted = " ".join(wanted.split())
        if not wanted or wanted == name or self.is_built_in(name):
            return
        new_name = free_name(wanted, set(self._presets) - {name})
        self._library.save(replace(self._presets[name], name=new_name))
        self._library.remove(name)
        if name in self._tweaked:
            self._tweaked[new_name] = replace(self._tweaked.pop(name), name=new_name)
        if name in self._favourites:
            self._keep_favourites(tuple(new_name if each == name else each for each in self._favourites))
        self._take_stock()
        if self.brush.name == name:
            self._session.set_brush(replace(self.brush, name=new_name))
        self._renew()

    def delete(self, name: str) -> None:
        """Forget an own preset; a built-in one is as it came again. The brush in the hand stays as it is."""
        self._library.remove(name)
        if not self.is_built_in(name):
            self._tweaked.pop(name, None)
        self._renew()

    def import_file(self, path: Path) -> tuple[Brush, ...]:
        """Take over the brushes of a file of ours, GIMP's or Photoshop's; returns them under their names here."""
        added = self._library.add(read_brushes(path))
        self._renew()
        return added

    def export(self, names: set[str], path: Path) -> None:
        """Write presets with the pictures they need; the ending picks the format."""
        write_brushes(self._library.exported(names), path)

    def _keep_favourites(self, names: tuple[str, ...]) -> None:
        try:
            self._favourites_path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise from_os_error(self._favourites_path, error, "save") from error
        with replacing(self._favourites_path) as temporary:
            temporary.write_text(json.dumps(names, ensure_ascii=False), "utf-8")
        self._favourites = names


def _read_names(path: Path) -> tuple[str, ...]:
    """A list of names; none when there is no file. Raises FormatError."""
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise from_os_error(path, error, "open") from error
    except ValueError:
        stored = None
    if not isinstance(stored, list) or not all(isinstance(name, str) for name in stored):
        raise FormatError(f"{path.name} is no list of favourite brushes; delete {path} and choose them again")
    return tuple(stored)
