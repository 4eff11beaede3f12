"""What is in each document that comes with Underdraw: layers with their roles, names and notes, and the prompt. No Qt.

Drawn as an artist would, with the brushes of the app, at twice the size that the embedded model works at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.examples import shapes
from app.examples.hand import Colour, Line, Pen, drawn
from app.examples.pictures import painting, surface_of
from app.layer_notes import with_layer_notes
from canvas import edits
from canvas.layers import Layer, LayerId
from canvas.roles import Control, InpaintMask, Paint, Pose, Reference, Role
from canvas.state import DocumentState
from inference.direction import Direction, direction_to_json

SIDE_PX, WIDE_PX = 512, 768
#: The lines of a sketch; half as wide where the model sees them.
SKETCH = Pen("Ink pen", 8.0)
FINE = Pen("Ink pen", 6.0, sway_px=0.8)
VEIL: Colour = (0.8, 0.25, 0.2)
#: How much the picture may leave rough colours, and how much one that is already painted.
FROM_COLOURS, FROM_PICTURE = 0.85, 0.65
#: A reference lies in the corner, where it hides little of the picture while it is looked at.
REFERENCE_PX, MARGIN_PX = 256, 16


@dataclass(frozen=True, slots=True)
class Made:
    """A layer to be: `note` says what it is for in one line, `strokes` are drawn on it in their order."""

    layer: Layer
    note: str
    strokes: tuple[tuple[Pen, Sequence[Line]], ...] = ()


def layer(name: str, role: Role, note: str, *strokes: tuple[Pen, Sequence[Line]], visible: bool = True) -> Made:
    """A layer whose id is its name."""
    return Made(Layer(name, id=LayerId(name.lower().replace(" ", "-")), role=role, visible=visible), note, strokes)


def document(width: int, height: int, direction: Direction, active: str, made: Iterable[Made]) -> DocumentState:
    """On white paper, the layers from bottom to top."""
    paper = replace(edits.new_document(width, height).layers[0], id=LayerId("paper"))
    state = DocumentState(width, height, (paper,), metadata=MappingProxyType({}))
    notes: dict[LayerId, str] = {}
    for seed, each in enumerate(made):
        state = replace(state, layers=(*state.layers, replace(each.layer, visible=True)))
        for pen, lines in each.strokes:
            state = drawn(state, each.layer.id, pen, lines, seed)
        state = edits.set_visible(state, each.layer.id, each.layer.visible)
        notes[each.layer.id] = each.note
    metadata = {"direction": direction_to_json(direction), "active": LayerId(active)}
    return with_layer_notes(replace(state, metadata=MappingProxyType(metadata)), notes)


def reference(name: str, note: str, style: str, seed: int, *, visible: bool = True) -> Made:
    """A layer with a landscape in `style`."""
    corner = SIDE_PX - REFERENCE_PX - MARGIN_PX
    picture = surface_of(painting(style, "landscape", "day", seed), REFERENCE_PX, corner, corner)
    made = layer(name, Reference("style", 0.8), note, visible=visible)
    return replace(made, layer=replace(made.layer, surface=picture))


def hatching(rows: Iterable[tuple[float, float, float]]) -> list[Line]:
    """Broad strokes to and fro: each row from (x0, y) to (x1, y)."""
    return [
        [(x0, y), ((x0 + x1) / 2, y + 3), (x1, y)] if i % 2 == 0 else [(x1, y), ((x0 + x1) / 2, y - 3), (x0, y)]
        for i, (x0, x1, y) in enumerate(rows)
    ]


def broad(size_px: float, colour: Colour) -> Pen:
    return Pen("Hard round", size_px, colour, sway_px=3.0, lightest=0.85)


# The documents


def first() -> DocumentState:
    """A sketch, a mask, a pose and a reference, to be tried one after the other."""
    sketch = [
        [(28, 272), (84, 216), (150, 196), (236, 236), (318, 190), (410, 214), (486, 176)],
        [(24, 404), (66, 396), (94, 402)],
        [(256, 398), (330, 384), (420, 396), (488, 382)],
        *shapes.house(174, 400, 158, 92, 80),
        *shapes.sun(238, 104, 38),
        *shapes.round_tree(424, 402, 180),
    ]
    rows = [(74 + 10 * (i % 2), 440 - 12 * (i % 3), 62 + i * 43) for i in range(10)]
    walker = shapes.figure(shapes.WAVING, 326, 268, 190)
    return document(
        SIDE_PX,
        SIDE_PX,
        Direction("sunny day, summer, hills, house, red roof, tree, woman, red dress", strength=1.0),
        "sketch",
        (
            reference("Reference", "A picture whose style the result takes on.", "watercolour", 11),
            layer("Pose", Pose((walker,)), "A figure of joints to drag; a person stands as it does."),
            layer("Sketch", Control("scribble", 1.0), "Lines that the picture follows, loosely.", (SKETCH, sketch)),
            layer(
                "Mask", InpaintMask(feather_px=10), "Where the picture may appear; the rest stays as it is.",
                (broad(104, VEIL), hatching(rows)),
            ),
        ),
    )  # fmt: skip


def landscape() -> DocumentState:
    """Lines over rough colours: the picture keeps both."""
    sky = hatching((-10, 778, 26 + i * 47) for i in range(6))
    meadow = hatching((-10, 778, 400 + i * 48) for i in range(3))
    lake = hatching((-10, 778, 296 + i * 44) for i in range(3))
    peaks = [
        [(30, 256), (150, 136), (150, 136), (270, 256)], [(80, 254), (150, 186), (150, 186), (220, 254), (130, 250)],
        [(430, 256), (590, 108), (590, 108), (750, 256)], [(480, 254), (590, 160), (590, 160), (690, 254), (500, 250)],
        [(560, 240), (590, 210), (590, 210), (640, 240)],
    ]  # fmt: skip
    sketch = [
        [(0, 266), (70, 200), (150, 112), (150, 112), (212, 178), (260, 222), (330, 262)],
        [(380, 262), (470, 190), (590, 84), (590, 84), (668, 170), (768, 240)],
        [(0, 270), (250, 266), (520, 270), (768, 266)],
        [(0, 386), (140, 372), (330, 392), (540, 374), (768, 390)],
        *shapes.pine(96, 448, 210), *shapes.pine(198, 470, 150),
        *shapes.house(586, 440, 150, 80, 66),
        *shapes.boat(378, 330, 96),
        *shapes.sun(354, 98, 38),
    ]  # fmt: skip
    colours = (
        (broad(86, (0.93, 0.62, 0.38)), sky),
        (broad(48, (0.47, 0.42, 0.55)), peaks),
        (broad(64, (0.72, 0.52, 0.5)), lake),
        (broad(84, (0.45, 0.47, 0.24)), meadow),
        (broad(76, (1.0, 0.86, 0.5)), [[(353, 98), (356, 99)]]),
    )
    return document(
        WIDE_PX, SIDE_PX,
        Direction("sunset, mountains, lake, pines, house, boat, oil painting", strength=FROM_COLOURS), "sketch",
        (
            layer("Colours", Paint(), "Rough paint; strength says how far the picture may leave it.", *colours),
            layer("Sketch", Control("scribble", 1.0), "Lines that the picture follows.", (SKETCH, sketch)),
            layer(
                "Only the sky", InpaintMask(feather_px=24), "Show it, and only the sky answers to the prompt.",
                (broad(110, VEIL), hatching((20, 748, 24 + i * 50) for i in range(4))), visible=False,
            ),
        ),
    )  # fmt: skip


def portrait() -> DocumentState:
    """A head and shoulders: colours, lines, and the joints that say where the head is."""
    skin, hair, shirt = (0.93, 0.74, 0.6), (0.5, 0.22, 0.13), (0.27, 0.46, 0.5)
    colours = (
        (broad(110, (0.86, 0.83, 0.72)), hatching((20, 492, 50 + i * 90) for i in range(6))),
        (broad(70, hair), [[(170, 330), (160, 180), (200, 96), (256, 84), (314, 98), (352, 180), (344, 330)]]),
        (broad(76, skin), [[(256, 340), (256, 410)], *hatching((224, 290, 176 + i * 46) for i in range(4))]),
        (broad(92, shirt), [[(110, 520), (160, 444), (256, 470), (354, 446), (402, 520)], [(160, 500), (350, 500)]]),
    )
    face = [
        [(186, 196), (188, 268), (216, 330), (256, 348), (298, 328), (324, 266), (326, 194)],
        [(180, 350), (150, 250), (164, 140), (256, 72), (350, 142), (364, 250), (334, 350)],
        [(186, 212), (204, 164), (256, 140), (308, 162), (326, 208)],
        [(205, 212), (220, 204), (236, 212)], [(276, 212), (292, 204), (308, 212)],
        shapes.ellipse(221, 229, 13, 8), shapes.ellipse(291, 229, 13, 8),
        [(258, 232), (250, 270), (262, 274)],
        [(230, 302), (246, 298), (256, 302), (268, 298), (284, 302), (256, 314), (230, 302)],
        [(226, 342), (224, 396), (150, 424), (98, 512)],
        [(288, 340), (290, 396), (362, 424), (414, 512)],
        [(222, 396), (256, 428), (292, 396)],
    ]  # fmt: skip
    head = shapes.figure(shapes.STANDING, 256, 404, 1130.0, shapes.HALF_PORTRAIT)
    placed = {0: (256, 262), 2: (144, 424), 5: (368, 424), 3: (96, 506), 6: (416, 506), 14: (221, 229), 15: (291, 229),
              16: (184, 240), 17: (328, 240)}  # fmt: skip
    for joint, (x, y) in placed.items():
        head = head.with_joint(joint, x, y)
    return document(
        SIDE_PX,
        SIDE_PX,
        Direction("portrait, smiling woman, brown hair, gouache", strength=FROM_COLOURS),
        "sketch",
        (
            layer("Colours", Paint(), "Skin, hair and clothes in a few broad strokes.", *colours),
            layer("Head", Pose((head,)), "Eyes, ears, nose and shoulders: drag them and the head turns."),
            layer("Sketch", Control("scribble", 0.9), "Lines of the face; draw another mouth.", (FINE, face)),
        ),
    )


def still_life() -> DocumentState:
    """Things on a table, and a painting whose manner they are to have."""
    colours = (
        (broad(120, (0.62, 0.66, 0.6)), hatching((20, 492, 40 + i * 96) for i in range(4))),
        (broad(110, (0.55, 0.36, 0.22)), hatching((10, 502, 394 + i * 80) for i in range(2))),
        (broad(66, (0.25, 0.42, 0.6)), [[(390, 250), (392, 330)]]),
        (broad(52, (0.24, 0.42, 0.28)), [[(120, 240), (120, 380)]]),
        (broad(56, (0.86, 0.82, 0.74)), [[(190, 342), (260, 366), (316, 342)]]),
        (broad(54, (0.8, 0.2, 0.16)), [[(212, 290), (216, 293)], [(288, 288), (292, 290)], [(440, 402), (444, 404)]]),
        (broad(46, (0.93, 0.72, 0.2)), [[(250, 268), (254, 270)], [(352, 120), (356, 122)], [(430, 112), (434, 114)]]),
    )
    things = [
        [(0, 336), (86, 334)], [(160, 336), (166, 336)], [(452, 334), (512, 332)],
        *shapes.bottle(120, 404, 260),
        *shapes.bowl(256, 326, 180, 76),
        *shapes.apple(212, 288, 34), *shapes.apple(294, 290, 34), *shapes.apple(254, 262, 32),
        *shapes.vase(392, 374, 170),
        *shapes.flower(354, 124, 34, (386, 206)), *shapes.flower(434, 112, 34, (400, 206)),
        *shapes.apple(442, 404, 34),
    ]  # fmt: skip
    return document(
        SIDE_PX, SIDE_PX, Direction("still life, table, bowl, apples, bottle, vase, flowers", strength=FROM_COLOURS),
        "sketch",
        (
            layer("Colours", Paint(), "Wall, table and fruit in rough paint.", *colours),
            reference("Oil", "A painting whose manner the result takes on; hide it to see what it does.", "oil", 23),
            layer("Sketch", Control("scribble", 0.9), "Lines of the things; draw one more apple.", (FINE, things)),
        ),
    )  # fmt: skip


def turning_pose() -> DocumentState:
    """One character in three poses, one of which is shown."""
    ground = [
        [(0, 404), (150, 392), (330, 408), (512, 396)],
        [(0, 300), (120, 262), (240, 288), (370, 250), (512, 284)],
    ]
    poses = ((shapes.STANDING, 164, 300), (shapes.RUNNING, 196, 300), (shapes.JUMPING, 206, 300))
    figures = tuple(shapes.figure(joints, 256, y, height) for joints, y, height in poses)
    return document(
        SIDE_PX, SIDE_PX, Direction("woman, red dress, hills, summer, sunny day, anime", strength=1.0), "jumping",
        (
            layer("Ground", Control("scribble", 0.6), "Two lines for her to stand before.", (SKETCH, ground)),
            layer("Standing", Pose(figures[:1]), "The same figure at rest: show this one, hide the others.",
                  visible=False),
            layer("Running", Pose(figures[1:2]), "The same figure on the run.", visible=False),
            layer("Jumping", Pose(figures[2:]), "The pose that counts now: drag a hand, a knee, the whole body."),
        ),
    )  # fmt: skip


def style_transfer() -> DocumentState:
    """A finished picture, and three others that it may be painted like."""
    picture = surface_of(painting("flat", "landscape", "day", 40), SIDE_PX, 0, 0)
    painted = layer("Picture", Paint(), "What is shown; strength says how much of it may be painted over.")
    painted = replace(painted, layer=replace(painted.layer, surface=picture))
    return document(
        SIDE_PX, SIDE_PX, Direction("", strength=FROM_PICTURE), "picture",
        (
            painted,
            reference("Watercolour", "Its style is taken on now; the slider says how strongly.", "watercolour", 12),
            reference("Ink", "Another style: show this one and hide the others.", "ink", 7, visible=False),
            reference("Woodcut", "A third one. Two that are shown at once are mixed.", "woodcut", 31, visible=False),
        ),
    )  # fmt: skip


#: By the names of `resources/examples/examples.toml`.
DOCUMENTS: Mapping[str, Callable[[], DocumentState]] = MappingProxyType({
    "first": first,
    "landscape": landscape,
    "portrait": portrait,
    "still-life": still_life,
    "turning-pose": turning_pose,
    "style-transfer": style_transfer,
})  # fmt: skip
