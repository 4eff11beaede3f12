"""Reading OpenRaster of any program: its list of layers as a tree.

What the format has for masks and clipping becomes that (`joining`). What this program wrote itself comes back as it
was, as far as nobody changed it since (`ora_own`). Any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from canvas.blend_modes import BlendMode
from canvas.formats.carried import Field, with_carried, with_carried_document, with_unique_ids
from canvas.formats.colour_profiles import applicable
from canvas.formats.errors import damaged, from_os_error
from canvas.formats.job import Job
from canvas.formats.joining import Joining, Joint
from canvas.formats.limits import Limits
from canvas.formats.notes import Notes
from canvas.formats.ora_own import DOCUMENT, LOOK, NODE, PART, SELECTION, Entry, Look, look_from_json
from canvas.formats.ora_pictures import Pictures, Wanted, is_unchanged, read_pictures
from canvas.formats.ora_stack import (
    ATOP,
    DST_IN,
    DST_OUT,
    OPERATIONS,
    OVER,
    STACK_ENTRY,
    is_true,
    is_visible,
    json_of,
    mode_of,
    opacity_of,
    opacity_text,
    own_prefix,
    whole_number,
    written_of,
)
from canvas.formats.properties import ppi, with_icc_profile, with_ppi
from canvas.formats.xml_tree import MAX_BYTES, BadXml, Element, parsed
from canvas.formats.zip_archive import Archive
from canvas.layers import Adjustment, Group, Layer, LayerId, LayerMask, Node
from canvas.roles import Paint
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

#: The default mode of MyPaint's layers, which nobody else has.
_PIGMENT = "mypaint:spectral-wgm"
_CARRIED: tuple[Field, ...] = ("id", "role", "recipe")
_VISIBLE: tuple[Field, ...] = ("visible",)
_JOINTS: Mapping[str, Joint] = MappingProxyType({ATOP: "atop", DST_IN: "in", DST_OUT: "out"})


def read_file(path: Path, limits: Limits, notes: Notes, job: Job) -> DocumentState:
    """Raises FormatError and Cancelled."""
    try:
        with Archive(path) as archive:
            image = _stack_of(archive, path)
            return _Reader(archive, path, image, limits, notes, job).document()
    except BadXml as error:
        raise damaged(path, str(error)) from error
    except OSError as error:
        raise from_os_error(path, error, "open") from error


def _stack_of(archive: Archive, path: Path) -> Element:
    image = parsed(archive.needed(STACK_ENTRY, MAX_BYTES))
    if image.tag != "image" or image.first("stack") is None:
        raise damaged(path, "its list of layers is none")
    return image


@dataclass(frozen=True, slots=True)
class _Stack:
    """The nodes in a stack, from bottom to top, and what hides parts of all of them."""

    nodes: tuple[Node, ...]
    hiding: LayerMask | None
    eraser: Element | None


class _Reader:
    def __init__(self, archive: Archive, path: Path, image: Element, limits: Limits, notes: Notes, job: Job) -> None:
        self._archive, self._path, self._image = archive, path, image
        self._limits, self._notes, self._job = limits, notes, job
        prefix = own_prefix(image)
        self._own = "" if prefix is None else f"{prefix}:"
        self._pictures = Pictures()
        self._looks: dict[int, Look | None] = {}
        self._selected: LayerId | None = None
        self._joining = Joining(1, 1, notes)

    def document(self) -> DocumentState:
        attributes = self._image.attributes
        width, height = whole_number(attributes.get("w"), 0), whole_number(attributes.get("h"), 0)
        self._limits.check_size(self._path, width, height)
        self._joining = Joining(width, height, self._notes)
        root = self._image.first("stack")
        assert root is not None
        selection = self._own_attribute(self._image, SELECTION)
        selected = Entry.from_json(json_of(selection).get("values"))
        wanted = [*self._wanted(root), *([] if selected is None else [Wanted.kept(selected, "grey")])]
        self._pictures = read_pictures(self._archive, self._path, wanted, self._limits, self._job.part(0.0, 0.95))
        layers = [each for each in _elements(root) if each.tag == "layer"]
        if layers and all(self._pictures.surfaces.get(self._place(layer)) is None for layer in layers):
            raise damaged(self._path, "none of its pictures can be read")
        nodes = self._stack(root, isolated=True)
        state = DocumentState(width, height, _with_hiding(nodes, "Masked"))
        if selection is not None:
            surface = None if selected is None else self._pictures.surfaces.get(Wanted.kept(selected, "grey"))
            state = replace(state, selection=surface or Surface.blank(1))
        return self._with_properties(with_unique_ids(state))

    def _with_properties(self, state: DocumentState) -> DocumentState:
        attributes = self._image.attributes
        text = self._own_attribute(self._image, DOCUMENT)
        carried = state if text is None else with_carried_document(state, text)
        resolution = whole_number(attributes.get("xres"), 0)
        known = ppi(carried)
        if "xres" in attributes and (known is None or round(known) != resolution):
            carried = with_ppi(carried, float(resolution))
        if self._pictures.deep:
            self._notes.depth = 16
        profile = applicable(self._pictures.profile, "RGB", self._notes)
        if profile is not None:
            carried = with_icc_profile(carried, profile)
        if self._selected is not None and carried.has(self._selected):
            metadata = {**carried.metadata, "active": str(self._selected)}
            carried = replace(carried, metadata=MappingProxyType(metadata))
        return carried

    # What is needed

    def _wanted(self, root: Element) -> Iterator[Wanted]:
        for element in _elements(root):
            look = self._look(element)
            if look is not None and look.mask is not None and look.mask.values is not None:
                yield Wanted.kept(look.mask.values, "grey, else white" if look.mask.outside else "grey")
            if element.tag != "layer":
                continue
            if self._shows_as_written(element, look):
                assert look is not None
                if look.pixels is not None:
                    yield Wanted.kept(look.pixels)
            yield self._place(element)

    def _look(self, element: Element) -> Look | None:
        if id(element) not in self._looks:
            self._looks[id(element)] = look_from_json(json_of(self._own_attribute(element, LOOK)))
        return self._looks[id(element)]

    def _shows_as_written(self, element: Element, look: Look | None) -> bool:
        """Whether a layer shows what was written for others to see, so that its own pixels count."""
        if look is None or look.seen is None:
            return False
        place = self._place(element)
        return is_unchanged(self._archive, look.seen, place.source, place.x, place.y)

    def _place(self, element: Element) -> Wanted:
        attributes = element.attributes
        x, y = whole_number(attributes.get("x"), 0), whole_number(attributes.get("y"), 0)
        return Wanted(attributes.get("src", ""), x, y)

    def _own_attribute(self, element: Element, name: str) -> str | None:
        return element.attributes.get(self._own + name) if self._own else None

    # The tree

    def _stack(self, stack: Element, *, isolated: bool) -> _Stack:
        """What is in a stack. `isolated`: it is composed by itself before it meets what lies below it."""
        nodes: list[Node] = []
        hiding, eraser = None, None
        children = [child for child in stack.children if child.tag in ("layer", "stack")]
        if len(children) < len(stack.children):
            self._notes.add("Layers of kinds that are not in the standard, such as filters, were left out")
        for i, child in enumerate(reversed(children)):
            part = self._own_attribute(child, PART)
            operation = child.attributes.get("composite-op", "")
            if part == "edges" and self._is_part_as_written(child):
                continue
            if part == "clipping" and child.tag == "stack":
                nodes += self._clipping(child)
                continue
            is_top = i == len(children) - 1
            node = self._node(child)
            joint = _JOINTS.get(operation, "over")
            if part == "mask" and is_top and joint == "out":
                # That of a pass-through group is in its way, too: the group was written as one by itself.
                eraser, hiding = child, self._joining.hiding(node, "out")
                continue
            if joint == "atop" and self._is_own(child):
                joint = "over"
            nodes, hiding = self._joining.joined(nodes, node, joint, isolated=isolated, is_top=is_top)
        return _Stack(tuple(nodes), hiding, eraser)

    def _clipping(self, stack: Element) -> tuple[Node, ...]:
        """The nodes in a group that was written around a node and what is clipped to it."""
        bottom = next((child for child in reversed(stack.children) if child.tag in ("layer", "stack")), None)
        if bottom is None:
            return ()
        if not self._is_own(bottom):
            return (self._group(stack),)
        base, *others = self._stack(stack, isolated=True).nodes
        operation, opacity, _ = written_of(stack)
        if operation != OPERATIONS[base.blend]:
            base = replace(base, blend=self._mode(stack))
        if opacity != opacity_text(base.opacity * base.fill):
            base = replace(base, opacity=opacity_of(stack), fill=1.0)
        return replace(base, visible=base.visible and is_visible(stack)), *others

    # Nodes

    def _is_own(self, element: Element) -> bool:
        """Whether blend mode, opacity and isolation are as this program wrote them, so that its own values count."""
        look = self._look(element)
        return look is not None and look.written == written_of(element)

    def _is_part_as_written(self, element: Element) -> bool:
        seen = Entry.from_json(json_of(self._own_attribute(element, LOOK)).get("seen"))
        place = self._place(element)
        return seen is not None and is_unchanged(self._archive, seen, place.source, place.x, place.y)

    def _node(self, element: Element) -> Node:
        node = self._layer(element) if element.tag == "layer" else self._group(element)
        look = self._look(element)
        if look is not None:
            node = replace(node, label=look.label, clip=look.clip)
            if self._is_own(element):
                node = replace(node, blend=look.blend, opacity=look.opacity, fill=look.fill)
            if isinstance(node, Layer):
                node = replace(node, alpha_locked=look.alpha_locked)
        text = self._own_attribute(element, NODE)
        if text is not None:
            node = with_carried(node, text, _CARRIED)
            if not isinstance(node.role, Paint):
                node = with_carried(node, text, _VISIBLE)
        if is_true(element, "selected"):
            self._selected = node.id
        return node

    def _layer(self, element: Element) -> Layer | Adjustment:
        name = element.attributes.get("name", self._place(element).source.rpartition("/")[2].removesuffix(".png"))
        look = self._look(element)
        as_written = self._shows_as_written(element, look)
        if as_written and look is not None and look.filter is not None:
            mask = self._kept_mask(look)
            return Adjustment(
                name, look.filter, visible=is_visible(element), locked=is_true(element, "edit-locked"), mask=mask
            )
        mask = None
        if look is not None:
            mask = self._kept_mask(look)
            if look.seen is not None and not as_written:
                dropped = mask is not None and mask.enabled
                self._notes.add(
                    f"“{name}” was changed by another program: its new pixels count"
                    + (", its mask is gone" if dropped else "")
                )
                mask = None if dropped else mask
        if as_written and look is not None:
            wanted = None if look.pixels is None else Wanted.kept(look.pixels)
        else:
            wanted = self._place(element)
        surface = Surface.blank() if wanted is None else self._pictures.surfaces.get(wanted)
        if surface is None and as_written:
            self._notes.add(f"What only Underdraw sees of “{name}” is damaged: its mask became part of the pixels")
            surface, mask = self._pictures.surfaces.get(self._place(element)), None
        if surface is None:
            self._notes.add(f"The picture of layer “{name}” is missing or damaged; the layer is empty")
            surface = Surface.blank()
        return Layer(
            name,
            surface=surface,
            opacity=opacity_of(element),
            blend=self._mode(element),
            visible=is_visible(element),
            locked=is_true(element, "edit-locked"),
            mask=mask,
        )

    def _kept_mask(self, look: Look) -> LayerMask | None:
        kept = look.mask
        if kept is None:
            return None
        outside = ONE if kept.outside else 0
        surface: Surface | None = Surface.blank(1)
        if kept.values is not None:
            wanted = Wanted.kept(kept.values, "grey, else white" if kept.outside else "grey")
            surface = self._pictures.surfaces.get(wanted)
        return None if surface is None else LayerMask(surface, outside, kept.enabled)

    def _group(self, element: Element) -> Group:
        name = element.attributes.get("name", "Group")
        operation, opacity = element.attributes.get("composite-op", OVER), opacity_of(element)
        by_itself = element.attributes.get("isolation") == "isolate" or operation != OVER or opacity < 1.0
        found = self._stack(element, isolated=by_itself)
        look = self._look(element)
        mask = found.hiding
        if look is not None and look.mask is not None:
            unchanged = found.eraser is not None and self._is_part_as_written(found.eraser)
            if not look.mask.hides or unchanged:
                mask = self._kept_mask(look)
            elif found.eraser is None and mask is None:
                self._notes.add(f"Another program removed the mask of the group “{name}”")
        return Group(
            name,
            children=found.nodes,
            opacity=opacity,
            blend=self._mode(element) if by_itself else BlendMode.PASS_THROUGH,
            visible=is_visible(element),
            locked=is_true(element, "edit-locked"),
            mask=mask,
        )

    def _mode(self, element: Element) -> BlendMode:
        operation = element.attributes.get("composite-op", "")
        if operation in _JOINTS:
            return BlendMode.NORMAL
        mode, same = mode_of(operation)
        if operation == _PIGMENT:
            self._notes.add("Layers that mix like pigments in MyPaint are Normal now")
        elif not same:
            shown = operation.partition(":")[2] or operation
            self._notes.add(f"The blend mode “{shown[:40]}” is not known here; {mode.label} stands in for it")
        return mode


def _with_hiding(stack: _Stack, name: str) -> tuple[Node, ...]:
    """The nodes of the outermost stack, which has no mask of its own: in a group that has."""
    if stack.hiding is None:
        return stack.nodes
    return (Group(name, children=stack.nodes, blend=BlendMode.NORMAL, mask=stack.hiding),)


def _elements(stack: Element) -> Iterator[Element]:
    """All layers and stacks within."""
    for child in stack.children:
        if child.tag in ("layer", "stack"):
            yield child
            if child.tag == "stack":
                yield from _elements(child)
