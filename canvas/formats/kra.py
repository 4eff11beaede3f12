"""Krita documents: paint layers, groups and transparency masks from Krita's own tiles; never written.

Where a document shows something of another kind (filters, fill and vector layers, styles, frames, other colours than
8 and 16 bits RGB or grey), its merged picture is shown and the layers that could be read lie hidden below it.
Any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import numpy as np

from canvas import kernels
from canvas.blend_modes import BlendMode
from canvas.formats.carried import with_unique_ids
from canvas.formats.colour_profiles import applicable
from canvas.formats.errors import FormatError, damaged, from_os_error
from canvas.formats.job import Job
from canvas.formats.joining import Joining, Joint
from canvas.formats.kra_tiles import COLOUR_SPACES, Placed, colour_surface, mask_surface_of, read_tiles
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.ora_pictures import Wanted, read_pictures
from canvas.formats.ora_stack import MERGED_ENTRY, mode_of, whole_number
from canvas.formats.png_stream import UNREADABLE, is_damage
from canvas.formats.properties import with_icc_profile, with_ppi
from canvas.formats.threads import in_threads
from canvas.formats.xml_tree import MAX_BYTES, BadXml, Element, parsed
from canvas.formats.zip_archive import Archive
from canvas.geometry import Rect
from canvas.layers import Group, LabelColour, Layer, LayerMask, Node
from canvas.state import DocumentState
from canvas.tiles import ONE, TILE_PX, Pixels, Surface, TileKey

_MAIN_ENTRY = "maindoc.xml"
_MAX_PROFILE_BYTES, _MAX_PIXEL_BYTES = 4 << 20, 64
_JOINTS: Mapping[str, Joint] = MappingProxyType({"destination-in": "in", "erase": "out"})
#: In Krita's order.
_LABELS = (
    LabelColour.NONE, LabelColour.BLUE, LabelColour.GREEN, LabelColour.YELLOW, LabelColour.ORANGE, LabelColour.ORANGE,
    LabelColour.RED, LabelColour.VIOLET, LabelColour.GREY,
)  # fmt: skip
#: Which channels count, and which are locked: all but the last, alpha.
_WITHOUT_ALPHA = "1110"
_KINDS = MappingProxyType(
    {
        "adjustmentlayer": "filter layers", "generatorlayer": "fill layers", "shapelayer": "vector layers",
        "clonelayer": "clones", "filelayer": "file layers", "filtermask": "filter masks",
        "transformmask": "transform masks", "colorizemask": "colourise masks",
    }
)  # fmt: skip
#: Masks that change nothing of the picture.
_SILENT_MASKS = frozenset({"selectionmask"})


def read(path: Path, limits: Limits, notes: Notes | None = None, job: Job | None = None) -> DocumentState:
    """The document in the file. Raises FormatError and Cancelled."""
    notes, job = notes or Notes(), job or Job()
    try:
        with Archive(path) as archive:
            return _Reader(archive, path, limits, notes, job).document()
    except BadXml as error:
        raise damaged(path, str(error)) from error
    except OSError as error:
        raise from_os_error(path, error, "open") from error


@dataclass(frozen=True, slots=True)
class _Pixels:
    """What was read of one layer or mask. `surface` is None where it is of an unknown kind or damaged."""

    surface: Surface | None
    profile: bytes | None = None
    outside: int = 0
    deep: bool = False


class _Reader:
    def __init__(self, archive: Archive, path: Path, limits: Limits, notes: Notes, job: Job) -> None:
        self._archive, self._path, self._limits, self._notes, self._job = archive, path, limits, notes, job
        self._pixels: dict[int, _Pixels] = {}
        #: What the picture shows and the layers would not, in words.
        self._missing: dict[str, None] = {}

    def document(self) -> DocumentState:
        image = self._image()
        width, height = (whole_number(image.attributes.get(name), 0) for name in ("width", "height"))
        self._limits.check_size(self._path, width, height)
        self._rect = Rect(0, 0, width, height)
        self._joining = Joining(width, height, self._notes)
        # The folder has the name of the picture, or had it once.
        found = (name.partition("/layers/")[0] + "/layers/" for name in self._archive.names() if "/layers/" in name)
        self._folder = next(found, "")
        self._read_pixels(image)
        root = image.first("layers")
        nodes, hiding = self._nodes(root, isolated=True) if root is not None else ((), None)
        if hiding is not None:
            nodes = (Group("Masked", children=nodes, blend=BlendMode.NORMAL, mask=hiding),)
        if self._missing or not nodes:
            nodes = self._with_merged(nodes)
        state = with_unique_ids(DocumentState(width, height, nodes))
        profiles = (pixels.profile for pixels in self._pixels.values() if pixels.profile is not None)
        if any(pixels.deep for pixels in self._pixels.values()):
            self._notes.depth = 16
        profile = applicable(next(profiles, None), "RGB", self._notes)
        resolution = whole_number(image.attributes.get("x-res"), 0)
        return with_ppi(with_icc_profile(state, profile), float(resolution))

    def _image(self) -> Element:
        document = parsed(self._archive.needed(_MAIN_ENTRY, MAX_BYTES))
        image = document.first("IMAGE")
        if image is None:
            raise damaged(self._path, "its list of layers is none")
        return image

    def _with_merged(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """The merged picture above the layers, which are hidden."""
        wanted = Wanted(MERGED_ENTRY, 0, 0)
        pictures = read_pictures(self._archive, self._path, [wanted], self._limits, self._job.part(0.9, 1.0))
        surface = pictures.surfaces.get(wanted)
        what = " and ".join(self._missing)
        if surface is None:
            if not nodes:
                raise damaged(self._path, "neither its layers nor its picture can be read")
            self._notes.add(f"It looks different here: {what} could not be opened")
            return nodes
        if what and nodes:
            self._notes.add(f"It has {what}, which cannot be shown here: its picture lies above its hidden layers")
        elif what:
            self._notes.add(f"It has {what}, which cannot be shown here: its picture was opened")
        merged = Layer("Merged picture", surface=surface)
        return (Group("Layers", children=nodes, visible=False), merged) if nodes else (merged,)

    # Pixels

    def _read_pixels(self, image: Element) -> None:
        elements = [each for each in _walk(image) if self._entry_of(each) is not None]
        used_bytes = 0
        for i, (element, pixels) in enumerate(in_threads(self._pixels_of, elements)):
            self._pixels[id(element)] = pixels
            used_bytes += 0 if pixels.surface is None else pixels.surface.byte_size()
            self._limits.check_bytes(self._path, used_bytes)
            self._job.reach(0.9 * (i + 1) / len(elements))

    def _entry_of(self, element: Element) -> str | None:
        """The name of the entry with the pixels of a layer or mask that can have any."""
        kind, file = element.attributes.get("nodetype"), element.attributes.get("filename", "")
        if element.tag == "layer" and kind == "paintlayer":
            return self._folder + file
        if element.tag == "mask" and kind == "transparencymask":
            return f"{self._folder}{file}.pixelselection"
        return None

    def _pixels_of(self, element: Element) -> _Pixels:
        name = self._entry_of(element)
        info = None if name is None else self._archive.info(name)
        if info is None or name is None:
            return _Pixels(None)
        x, y = whole_number(element.attributes.get("x"), 0), whole_number(element.attributes.get("y"), 0)
        check = partial(self._limits.check_bytes, self._path)
        default = self._small(f"{name}.defaultpixel", _MAX_PIXEL_BYTES) or b""
        try:
            with self._archive.open(info) as file:
                if element.tag == "mask":
                    outside = ONE if default[:1] > b"\x7f" else 0
                    surface = mask_surface_of(read_tiles(file, 1, x, y, self._job), outside, check)
                    return _Pixels(surface, outside=outside)
                space = COLOUR_SPACES.get(element.attributes.get("colorspacename", ""))
                if space is None:
                    return _Pixels(None)
                profile = self._small(f"{name}.icc", _MAX_PROFILE_BYTES)
                tiles = read_tiles(file, space.pixel_bytes, x, y, self._job)
                tiles = chain(self._everywhere(default, space.pixel_bytes), tiles)
                surface = colour_surface(tiles, space, profile, check)
                return _Pixels(surface, profile if space.channels == 4 else None, deep=space.bytes == 2)
        except FormatError:
            raise
        except UNREADABLE as error:
            if not is_damage(error):
                raise
            return _Pixels(None)

    def _everywhere(self, pixel: bytes, pixel_bytes: int) -> Iterator[Placed]:
        """The pixel that stands where no tile is, all over the canvas, unless it is transparent."""
        if len(pixel) != pixel_bytes or not any(pixel[-1:]):
            return
        side = TILE_PX
        row = np.frombuffer(pixel * side, np.uint8).reshape(1, side, pixel_bytes)
        for key in self._rect.tile_keys(side):
            rect = Rect(key[0] * side, key[1] * side, (key[0] + 1) * side, (key[1] + 1) * side) & self._rect
            octets = np.broadcast_to(row[:, : rect.width], (rect.height, rect.width, pixel_bytes))
            yield Placed(rect, np.ascontiguousarray(octets))

    def _small(self, name: str, most_bytes: int) -> bytes | None:
        try:
            return self._archive.read(name, most_bytes)
        except UNREADABLE as error:
            if not is_damage(error):
                raise
            return None

    # The tree

    def _nodes(self, parent: Element, *, isolated: bool) -> tuple[tuple[Node, ...], LayerMask | None]:
        nodes: list[Node] = []
        hiding = None
        layers = list(parent.all("layer"))
        for i, element in enumerate(reversed(layers)):
            node = self._node(element)
            if node is None:
                continue
            operation = element.attributes.get("compositeop", "normal")
            joint = _JOINTS.get(operation, "over")
            if element.attributes.get("channelflags") == _WITHOUT_ALPHA:
                joint = "atop"
            nodes, hiding = self._joining.joined(nodes, node, joint, isolated=isolated, is_top=i == len(layers) - 1)
        return tuple(nodes), hiding

    def _node(self, element: Element) -> Node | None:
        attributes = element.attributes
        kind, visible = attributes.get("nodetype", ""), attributes.get("visible", "1") == "1"
        if kind not in ("paintlayer", "grouplayer"):
            if visible:
                self._missing.setdefault(_KINDS.get(kind, "layers of other kinds"))
            else:
                self._notes.add("Hidden layers of kinds that Underdraw does not have were left out")
            return None
        if visible and "keyframes" in attributes:
            self._missing.setdefault("animated layers")
        if visible and "layerstyle" in attributes:
            self._missing.setdefault("layer styles")
        label = whole_number(attributes.get("colorlabel"), 0)
        opacity = min(max(whole_number(attributes.get("opacity"), 255), 0), 255) / 255
        blend = self._mode(element, visible=visible)
        name, locked = attributes.get("name", ""), attributes.get("locked") == "1"
        colour = _LABELS[label] if 0 <= label < len(_LABELS) else LabelColour.NONE
        mask = self._mask(element, visible=visible)
        if kind == "grouplayer":
            through = attributes.get("passthrough") == "1"
            if through and mask is not None:
                # Krita does not apply it.
                mask = replace(mask, enabled=False)
            root = element.first("layers")
            children, hiding = self._nodes(root, isolated=not through) if root is not None else ((), None)
            group = Group(
                name, children=children, opacity=opacity, blend=BlendMode.PASS_THROUGH if through else blend,
                visible=visible, locked=locked, mask=mask, label=colour,
            )  # fmt: skip
            if hiding is None:
                return group
            if mask is None:
                return replace(group, mask=hiding)
            inner = Group(name, children=children, blend=BlendMode.NORMAL, mask=hiding)
            return replace(group, children=(inner,))
        surface = self._pixels[id(element)].surface if id(element) in self._pixels else None
        if surface is None:
            if visible:
                readable = attributes.get("colorspacename") in COLOUR_SPACES
                self._missing.setdefault("damaged layers" if readable else "layers in other colours")
            surface = Surface.blank()
        return Layer(
            name, surface=surface, opacity=opacity, blend=blend, visible=visible, locked=locked, mask=mask,
            alpha_locked=attributes.get("channellockflags") == _WITHOUT_ALPHA, label=colour,
        )  # fmt: skip

    def _mode(self, element: Element, *, visible: bool) -> BlendMode:
        operation = element.attributes.get("compositeop", "normal")
        if operation in _JOINTS:
            return BlendMode.NORMAL
        mode, same = mode_of(f"krita:{operation}")
        if not same and visible and element.attributes.get("passthrough") != "1":
            self._missing.setdefault(f"the blend mode “{operation[:40]}”")
        return mode

    def _mask(self, element: Element, *, visible: bool) -> LayerMask | None:
        """All transparency masks of a layer or group as one."""
        masks: list[LayerMask] = []
        for holder in (element, element.first("masks"), element.first("layers")):
            for found in holder.all("mask") if holder is not None else ():
                kind, enabled = found.attributes.get("nodetype", ""), found.attributes.get("visible", "1") == "1"
                if kind in _SILENT_MASKS:
                    continue
                pixels = self._pixels.get(id(found))
                if kind != "transparencymask" or pixels is None or pixels.surface is None:
                    if enabled and visible:
                        self._missing.setdefault(_KINDS.get(kind, "masks of other kinds"))
                    continue
                masks.append(LayerMask(pixels.surface, pixels.outside, enabled))
        if len(masks) == 1:
            return masks[0]
        masks = [mask for mask in masks if mask.enabled]
        return _as_one(masks) if masks else None


def _as_one(masks: list[LayerMask]) -> LayerMask:
    """The product of masks."""
    outside = ONE if all(mask.outside for mask in masks) else 0
    tiles: dict[TileKey, Pixels] = {}
    for key in {key for mask in masks for key in mask.surface.tiles}:
        product = np.full((TILE_PX, TILE_PX, 1), ONE, np.uint16)
        for mask in masks:
            tile = mask.surface.tiles.get(key)
            if tile is not None:
                kernels.masked(product, product.copy(), tile)
            elif not mask.outside:
                product[...] = 0
        product.flags.writeable = False
        tiles[key] = product
    return LayerMask(Surface(tiles, 1), outside)


def _walk(element: Element) -> Iterator[Element]:
    """All layers and masks within."""
    for child in element.children:
        if child.tag in ("layer", "mask"):
            yield child
        if child.tag in ("layer", "layers", "masks"):
            yield from _walk(child)
