"""From the flat list of a PSD's records to the tree of nodes.

Layers that other programs draw (text, shapes, smart objects) come as the pixels stored with them; adjustments that this
program does not have come empty, so that their place in the tree is not lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from canvas.blend_modes import BlendMode
from canvas.formats.psd_carried import FOREIGN_ID_PREFIX, restored
from canvas.formats.psd_entries import Entry, Section
from canvas.formats.psd_plan import Plan
from canvas.layers import Adjustment, Group, Layer, LayerId, LayerMask, Node, new_layer_id
from canvas.tiles import Surface

#: Deeper ones are flattened into the group at that depth: what paints the tree goes down it level by level.
MAX_NESTING = 64


def tree(
    entries: Sequence[Entry], planned: Plan, surfaces: Sequence[Surface], carried: Mapping[int, str]
) -> tuple[Node, ...]:
    """The nodes, bottom first. `carried`: what the file says elsewhere about layers of ours, by their number.

    Marks without a partner occur in files of other programs: they are ignored, and what they hold is kept.
    """
    levels: list[list[Node]] = [[]]
    too_deep = 0
    for i, entry in enumerate(entries):
        if entry.section is Section.END:
            if len(levels) > MAX_NESTING:
                too_deep += 1
            else:
                levels.append([])
            continue
        if entry.section is Section.GROUP and (too_deep or len(levels) == 1):
            too_deep = max(0, too_deep - 1)
            continue
        pixels = surfaces[planned.pixels[i]] if i in planned.pixels else planned.made.get(i, Surface.blank())
        mask = None
        if i in planned.masks:
            found = planned.masks[i]
            mask = LayerMask(surfaces[found.drawing], found.outside, found.enabled)
        children = tuple(levels.pop()) if entry.section is Section.GROUP else ()
        node = _node(entry, children, pixels, mask)
        text = entry.carried or carried.get(entry.number or 0)
        levels[-1].append(node if text is None else restored(node, text))
    return tuple(node for level in levels for node in level)


def _node(entry: Entry, children: tuple[Node, ...], pixels: Surface, mask: LayerMask | None) -> Node:
    blend = BlendMode.NORMAL if entry.blend is None else entry.blend
    node_id = LayerId(f"{FOREIGN_ID_PREFIX}{entry.number}") if entry.number else new_layer_id()
    visible, clip = entry.record.visible, entry.record.clipped
    if entry.section is Section.GROUP:
        return Group(
            entry.name, node_id, children, entry.opacity, blend, visible, entry.locked, clip, mask,
            label=entry.label, fill=entry.fill,
        )  # fmt: skip
    blend = BlendMode.NORMAL if blend is BlendMode.PASS_THROUGH else blend
    if entry.filter is not None:
        return Adjustment(
            entry.name, entry.filter, node_id, entry.opacity, blend, visible, entry.locked, clip, mask,
            label=entry.label, fill=entry.fill,
        )  # fmt: skip
    return Layer(
        entry.name, node_id, pixels, entry.opacity, blend, visible, entry.locked, entry.alpha_locked, clip, mask,
        label=entry.label, fill=entry.fill,
    )  # fmt: skip
