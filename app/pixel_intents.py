"""What an artist does with pixels as a whole: fill and clear, copy, cut and paste. Each is one undoable step.

Fill and clear go to where paint goes: the layer, its mask or the selection. Functions raise `EditError`, one sentence
for the artist, when the step is not possible. The clipboard is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.clipboard import Clip, Clipboard
from app.session import Colour, Session
from canvas import edits, selection
from canvas.compositor import composite
from canvas.edits import EditError
from canvas.geometry import Rect
from canvas.layers import Layer, LayerMask
from canvas.merging import visible_recipe
from canvas.pouring import cleared, filled
from canvas.state import MAX_SIDE_PX, DocumentState
from canvas.tiles import Surface


def fill(session: Session, colour: Colour) -> None:
    """Fill what is selected, or everything."""
    node_id, plane = session.active, session.plane
    session.document.edit("Fill", lambda state: filled(state, node_id, plane, colour))
    session.colour_used.emit(colour)


def clear(session: Session) -> None:
    """Clear what is selected, or everything."""
    node_id, plane = session.active, session.plane
    session.document.edit("Clear", lambda state: cleared(state, node_id, plane))


def copy(session: Session, clipboard: Clipboard) -> None:
    """Offer the selected pixels of the active layer, or all of them."""
    inside, _ = _lifted(session)
    clipboard.put(inside, _source(session).recipe)
    session.message.emit(f"Copied {_size(inside)}")


def copy_merged(session: Session, clipboard: Clipboard) -> None:
    """Offer the picture of all visible layers as far as it is selected."""
    inside = _selected(session.document.state, _merged(session.document.state))
    if inside is None:
        raise EditError("There is nothing to be seen to copy; select a part of the picture that is painted")
    clipboard.put(inside, visible_recipe(session.document.state))
    session.message.emit(f"Copied {_size(inside)} of the picture")


def cut(session: Session, clipboard: Clipboard) -> None:
    """Offer the selected pixels of the active layer, and take them away."""
    layer = _cuttable(session)
    inside, rest = _lifted(session)
    clipboard.put(inside, layer.recipe)
    session.document.edit("Cut", lambda state: edits.set_pixels(state, layer.id, rest))
    session.message.emit(f"Cut {_size(inside)}")


def layer_via_copy(session: Session) -> None:
    """The selected pixels of the active layer as a layer of their own, in the same place."""
    inside, _ = _lifted(session)
    layer = _source(session)
    session.add_node(_like(layer, inside, f"{layer.name} copy"), "Layer via copy")


def layer_via_cut(session: Session) -> None:
    """Take the selected pixels of the active layer onto a layer of their own, in the same place."""
    layer = _cuttable(session)
    inside, rest = _lifted(session)
    made = _like(layer, inside, f"{layer.name} cut")

    def change(state: DocumentState) -> DocumentState:
        return edits.add_layer(edits.set_pixels(state, layer.id, rest), made, layer.id)

    session.document.edit("Layer via cut", change)
    session.activate(made.id)


def paste(session: Session, clipboard: Clipboard, seen: Rect) -> None:
    """A layer of what was copied: at its own place where that can be seen, else in the middle of the selection, or of
    `seen`, the visible part of the document."""
    clip = copied_picture(clipboard)
    state = session.document.state
    chosen = None if state.selection is None else state.selection.content_bounds() & state.rect
    if clip.placed and clip.surface.content_bounds() & seen & state.rect:
        _add(session, clip, clip.surface, lambda s: s)
    else:
        _add(session, clip, _centred(clip.surface, chosen or (seen & state.rect) or state.rect), lambda s: s)


def paste_in_place(session: Session, clipboard: Clipboard) -> None:
    """A layer of what was copied at exactly the place it was copied from, or at the top left."""
    clip = copied_picture(clipboard)
    _add(session, clip, clip.surface, lambda state: state)


def paste_into(session: Session, clipboard: Clipboard) -> None:
    """A layer of what was copied in the middle of the selection, which becomes its mask."""
    clip = copied_picture(clipboard)
    state = session.document.state
    if state.selection is None:
        raise EditError("Nothing is selected to paste into; select something, or paste as it is")
    surface = _centred(clip.surface, state.selection.content_bounds() & state.rect)
    mask = LayerMask(state.selection, 0)
    _add(session, clip, surface, lambda s: edits.set_selection(s, None), mask)


def begin_with(session: Session, clip: Clip) -> None:
    """A new document as large as what was copied, with that in the place of the white background."""
    box = clip.surface.content_bounds()
    width, height = clip.size or box.size
    if max(width, height) > MAX_SIDE_PX:
        raise EditError(f"It has {width} × {height} px, and a document {MAX_SIDE_PX} a side at most; copy a part of it")
    surface = clip.surface
    if clip.size is None and (box.x0, box.y0) != (0, 0):
        surface = Surface.from_pixels(surface.read(box))
    session.new(width, height)
    layer = Layer("Pasted", surface=surface, recipe=clip.recipe)
    background = session.document.state.layers[0].id
    session.document.edit("Paste", lambda state: state.replaced(background, lambda _: layer))


def _add(
    session: Session,
    clip: Clip,
    surface: Surface,
    then: Callable[[DocumentState], DocumentState],
    mask: LayerMask | None = None,
) -> None:
    above = session.active
    layer = Layer(_free_name(session.document.state), surface=surface, mask=mask, recipe=clip.recipe)
    session.document.edit("Paste", lambda state: then(edits.add_layer(state, layer, above)))
    session.activate(layer.id)


def _free_name(state: DocumentState) -> str:
    taken = {node.name for node in state.walk()}
    numbered = (f"Pasted {n}" for n in range(2, len(taken) + 3))
    return next(name for name in ("Pasted", *numbered) if name not in taken)


def copied_picture(clipboard: Clipboard) -> Clip:
    """What can be pasted now."""
    clip = clipboard.take()
    if clip is None:
        raise EditError("There is no picture on the clipboard; copy one first")
    return clip


def _centred(surface: Surface, area: Rect) -> Surface:
    box = surface.content_bounds()
    dx = (area.x0 + area.x1 - box.x0 - box.x1) // 2
    dy = (area.y0 + area.y1 - box.y0 - box.y1) // 2
    return Surface.from_pixels(surface.read(box), box.x0 + dx, box.y0 + dy)


def _source(session: Session) -> Layer:
    node = session.active_node
    if not isinstance(node, Layer):
        what = "There is no active layer" if node is None else f"“{node.name}” has no pixels of its own"
        raise EditError(f"{what}; choose a layer, or copy merged")
    return node


def _cuttable(session: Session) -> Layer:
    """The active layer, if pixels may be taken out of it."""
    layer = edits.paintable_layer(session.document.state, _source(session).id)
    if layer.alpha_locked:
        raise EditError(f"The alpha of “{layer.name}” is locked; unlock it to cut")
    return layer


def _lifted(session: Session) -> tuple[Surface, Surface]:
    """The selected pixels of the active layer, and the rest."""
    layer, chosen = _source(session), session.document.state.selection
    if chosen is None:
        inside, rest = layer.surface.trimmed(), Surface.blank()
    else:
        inside, rest = selection.lifted(layer.surface, chosen)
    if not inside.content_bounds():
        where = "is empty" if chosen is None else "is empty where it is selected"
        raise EditError(f"“{layer.name}” {where}; choose a layer that has pixels there")
    return inside, rest


def _merged(state: DocumentState) -> Surface:
    box = state.rect
    if state.selection is not None:
        box &= state.selection.content_bounds()
    return Surface.from_pixels(composite(state, box), box.x0, box.y0)


def _selected(state: DocumentState, surface: Surface) -> Surface | None:
    inside = surface if state.selection is None else selection.lifted(surface, state.selection)[0]
    return inside if inside.content_bounds() else None


def _like(layer: Layer, surface: Surface, name: str) -> Layer:
    """A new layer that looks like another one, with other pixels."""
    fresh = Layer(name, surface=surface, role=layer.role, recipe=layer.recipe)
    return replace(fresh, opacity=layer.opacity, fill=layer.fill, blend=layer.blend, clip=layer.clip)


def _size(surface: Surface) -> str:
    width, height = surface.content_bounds().size
    return f"{width} × {height} px"
