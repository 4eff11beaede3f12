"""Still lifes: one large object or a small group on a table, before a plain wall, a window or a curtain."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from models.training.forms import Placing
from models.training.geometry import SIZE, Colour, Point
from models.training.palette import NAMED, luminance
from models.training.shapes import Scene, Thing
from models.training.tabletop import flowers, fruit, room, vessels
from models.training.tabletop.small_things import WAX, book, candle

WALL_NAMES: Final = ("blue", "green", "yellow", "pink", "grey", "orange")
CLOTH_NAMES: Final = ("white", "red", "blue", "green")
GLAZES: Final = MappingProxyType({name: NAMED[name] for name in ("blue", "white", "red", "green", "yellow", "orange")})
GLASSES: Final = MappingProxyType({name: NAMED[name] * 0.8 for name in ("green", "brown", "blue")})
COVERS: Final = MappingProxyType({name: NAMED[name] for name in ("red", "blue", "green", "purple")})
WAXES: Final = MappingProxyType({"white": WAX, "red": NAMED["red"]})
MOST_PX: Final = 226.0
"""What a group may be wide."""
WIDEST_MAIN_PX, WIDEST_OTHER_PX, CLOSENESS = 136.0, 92.0, 0.9
"""In a group; things there overlap a little."""
HEADROOM_PX = 14.0
LEAST_CONTRAST: Final = 0.32
"""How far brightness and colour of the wall and of what stands before it are apart."""

Maker = Callable[[Placing, Colour, int], Thing]


@dataclass(frozen=True)
class Kind:
    """What can stand on the table: who makes it, how wide it is and how wide its foot (shares of its height), its
    height in pixels when it stands alone, and its colours by name."""

    make: Maker
    width: float
    foot: float
    tall_px: float
    colours: Mapping[str, Colour]


KINDS: Final = MappingProxyType(
    {
        "apple": Kind(fruit.apple, 1.0, 0.7, 132, fruit.COLOURS["apple"]),
        "pear": Kind(fruit.pear, 0.74, 0.6, 158, fruit.COLOURS["pear"]),
        "orange": Kind(fruit.orange, 1.02, 0.7, 124, fruit.COLOURS["orange"]),
        "lemon": Kind(fruit.lemon, 1.52, 1.1, 104, fruit.COLOURS["lemon"]),
        "banana": Kind(fruit.banana, 1.94, 1.3, 100, fruit.COLOURS["banana"]),
        "grapes": Kind(fruit.grapes, 1.0, 0.8, 150, fruit.COLOURS["grapes"]),
        "cherries": Kind(fruit.cherries, 1.14, 1.0, 140, fruit.COLOURS["cherries"]),
        "bottle": Kind(vessels.bottle, 0.4, 0.38, 188, GLASSES),
        "jug": Kind(vessels.jug, 0.98, 0.7, 160, GLAZES),
        "teapot": Kind(vessels.teapot, 1.9, 1.1, 118, GLAZES),
        "cup": Kind(vessels.cup, 1.46, 1.3, 118, GLAZES),
        "candle": Kind(candle, 0.88, 0.6, 180, WAXES),
        "book": Kind(book, 1.04, 1.0, 190, COVERS),
        "vase": Kind(lambda *asked: vessels.empty(*vessels.vase(*asked)), 0.8, 0.6, 170, GLAZES),
        "bowl": Kind(lambda *asked: vessels.empty(*vessels.bowl(*asked)), 2.04, 1.2, 92, GLAZES),
    }
)
MAIN: Final = ("bottle", "jug", "teapot", "cup", "candle", "vase", "bowl")
NARROW: Final = ("bottle", "candle", "jug", "vase")
FRUITS: Final = ("apple", "pear", "orange", "lemon", "banana", "grapes", "cherries")
PILED: Final = ("apple", "pear", "orange", "lemon")
ALONE: Final = (*FRUITS, *MAIN, "book", "apple", "cup")
PLURAL: Final = MappingProxyType({"apple": "apples", "pear": "pears", "orange": "oranges", "lemon": "lemons"})
HEADS: Final[Mapping[int, tuple[Point, ...]]] = MappingProxyType(
    {
        1: ((0.0, 0.0),),
        3: ((-1.25, 0.75), (1.25, 0.6), (0.0, -0.2)),
        5: ((-1.05, -0.75), (1.05, -0.85), (-1.7, 0.8), (1.7, 0.7), (0.0, 0.35)),
    }
)
"""Where the heads of a bunch are, in radii of a head right of and below its middle, by their number."""


def compose_still_life(scene: Scene, rng: random.Random) -> None:
    """A bunch of flowers, a bowl of fruit, one large object or a group of two to four."""
    scene.horizon = rng.uniform(150, 180)
    form = rng.choices((_bouquet, _bowl_of_fruit, _single, _group), (3.0, 2.0, 3.0, 3.0))[0]
    stand = _Table(scene, rng)
    form(stand)
    _furnish(stand)


@dataclass
class _Table:
    """A table being laid: what stands on it and its feet (x, y, half width, height) for the shadows."""

    scene: Scene
    rng: random.Random
    things: tuple[Thing, ...] = ()
    feet: tuple[tuple[float, float, float, float], ...] = ()
    before_wall: tuple[Colour, ...] = ()
    """The colours that the wall must set off: the main object's, or a vase's and its flowers'."""
    named: tuple[str, ...] = ()
    """The colours that stand on it."""

    def put(self, kind: str, x: float, y: float, tall_px: float, colour: Colour) -> None:
        make = KINDS[kind]
        facing = self.rng.choice((-1, 1))
        self.things = (*self.things, make.make(Placing(x, y, tall_px, facing), colour, self.scene.light_side))
        self.stand(x, y, make.foot * tall_px / 2, tall_px)

    def stand(self, x: float, y: float, half_px: float, tall_px: float) -> None:
        self.feet = (*self.feet, (x, y, half_px, tall_px))

    def pick(self, colours: Mapping[str, Colour], tag: str) -> Colour:
        """One of the colours, said with what has it; no two things on a table share one where others are left."""
        free = [name for name in colours if not name or name not in self.named]
        name = self.rng.choice(free or list(colours))
        self.named = (*self.named, name)
        self.scene.tags.append((tag, name) if name else (tag,))
        return colours[name]

    def base_y(self) -> float:
        return self.rng.uniform(218, 230)


def _single(table: _Table) -> None:
    """One object, large, in the middle."""
    kind = table.rng.choice(ALONE)
    table.scene.subject = kind
    made = KINDS[kind]
    tall = min(made.tall_px * table.rng.uniform(0.92, 1.1), MOST_PX / made.width)
    aside = min(14.0, (SIZE - 6 - made.width * tall) / 2)
    colour = table.pick(made.colours, kind)
    table.before_wall = (colour,)
    table.put(kind, 128 + table.rng.uniform(-aside, aside), table.base_y(), tall, colour)


def _group(table: _Table) -> None:
    """A vessel with one or two smaller things, or two fruits, beside it, side by side, the smaller ones nearer."""
    rng = table.rng
    main = rng.choice(MAIN)
    table.scene.subject = main
    others = rng.sample((*FRUITS, "cup", "book", "candle"), rng.choice((1, 2)) if main in NARROW else 1)
    kinds = [main, *(kind for kind in others if kind != main)]
    colours = {kind: table.pick(KINDS[kind].colours, kind) for kind in kinds if kind not in PLURAL}
    row = list(kinds)
    for kind in kinds:
        if kind in PLURAL:
            count = 2 if len(kinds) < 3 and rng.random() < 0.6 else 1
            row += [kind] * (count - 1)
            colours[kind] = table.pick(KINDS[kind].colours, PLURAL[kind] if count == 2 else kind)
    table.before_wall = (colours[main],)
    rng.shuffle(row)
    far_edge = table.scene.horizon
    room_px = {kind: WIDEST_MAIN_PX if kind == main else WIDEST_OTHER_PX for kind in kinds}
    most = {kind: KINDS[kind].tall_px * (1.0 if kind == main else 0.7) for kind in kinds}
    tall = {kind: min(most[kind], room_px[kind] / KINDS[kind].width) for kind in kinds}
    wide = sum(KINDS[kind].width * tall[kind] for kind in row) * CLOSENESS
    main_y, other_y = far_edge + 40 + rng.uniform(0, 6), far_edge + 60 + rng.uniform(0, 8)
    scale = min(1.25, MOST_PX / wide, (main_y - HEADROOM_PX) / tall[main])
    x = 128 - wide * scale / 2
    places: list[tuple[float, float, str]] = []
    for kind in row:
        across = KINDS[kind].width * tall[kind] * scale * CLOSENESS
        places.append((main_y if kind == main else other_y, x + across / 2, kind))
        x += across
    for y, at, kind in sorted(places):
        table.put(kind, at, y, tall[kind] * scale, colours[kind])


def _bouquet(table: _Table) -> None:
    """One, three or five flowers of a kind in a vase."""
    rng, scene = table.rng, table.scene
    scene.subject = "vase"
    glaze = table.pick(GLAZES, "vase")
    kind, count = rng.choice(list(flowers.HEADS)), rng.choice((1, 1, 3, 3, 5))
    petal = table.pick(flowers.COLOURS[kind], kind if count == 1 else flowers.PLURAL[kind])
    table.before_wall = (glaze, petal)
    x, y, tall = 128 + rng.uniform(-16, 16), table.base_y(), rng.uniform(100, 114)
    radius = {1: 42.0, 3: 33.0, 5: 28.0}[count] * rng.uniform(0.94, 1.08) * (0.84 if kind == "rose" else 1.0)
    middle_y = max(y - tall - radius * (1.6 if count == 1 else 1.8), radius * 1.9 if count == 5 else radius * 1.3)
    lean = rng.uniform(-12, 12) if count == 1 else 0.0
    heads = [(x + lean + u * radius, middle_y + v * radius) for u, v in HEADS[count]]
    back, front = vessels.vase(Placing(x, y, tall), glaze, scene.light_side)
    bunch = flowers.flowers(kind, (x, y - tall * 0.97), heads, radius, petal, scene.light_side, y)
    table.things = (back, bunch, front)
    table.stand(x, y, tall * 0.34, tall * 1.3)


def _bowl_of_fruit(table: _Table) -> None:
    """A bowl with five fruits of one or two kinds heaped in it."""
    rng, scene = table.rng, table.scene
    scene.subject = "bowl"
    glaze = table.pick(GLAZES, "bowl")
    kinds = rng.sample(PILED, rng.choice((1, 2)))
    colours = [table.pick(KINDS[kind].colours, PLURAL[kind]) for kind in kinds]
    table.before_wall = (glaze, *colours)
    x, y, tall = 128 + rng.uniform(-10, 10), table.base_y(), rng.uniform(80, 92)
    back, front = vessels.bowl(Placing(x, y, tall), glaze, scene.light_side)
    pile: list[Thing] = []
    for index, (u, v) in enumerate(((-0.34, 1.0), (0.34, 1.0), (-0.62, 0.72), (0.62, 0.72), (0.0, 0.66))):
        kind = kinds[index % len(kinds)]
        size = tall * {"apple": 0.78, "pear": 0.96, "orange": 0.72, "lemon": 0.58}[kind]
        lying = Placing(x + u * tall, y - v * tall, size, 1 if u >= 0 else -1)
        pile.append(replace(KINDS[kind].make(lying, colours[index % len(kinds)], scene.light_side), base_y=y))
    table.things = (back, *pile, front)
    table.stand(x, y, tall * 0.7, tall * 1.2)


def _furnish(table: _Table) -> None:
    """Wall, window or curtain and the table itself, in colours that set the main object off."""
    scene, rng = table.scene, table.rng
    name = rng.choice(_walls_behind(table.before_wall, table.named))
    scene.far.append(room.wall(name, scene))
    background = rng.random()
    if background < 0.25:
        middle = 128 + scene.light_side * rng.uniform(48, 66)
        scene.far.append(room.window(scene, middle - 52, 18, middle + 52, scene.horizon - 26))
        scene.tags.append(("window",))
    elif background < 0.42:
        hue = rng.choice([cloth for cloth in ("red", "blue", "green", "white") if cloth != name])
        x = 128 - scene.light_side * rng.uniform(96, 106)
        scene.far.append(room.curtain(hue, x, 62.0, scene.horizon, scene.light_side))
        scene.tags.append(("curtain", hue))
    cloth = rng.choice([hue for hue in CLOTH_NAMES if hue not in (name, *table.named)]) if rng.random() < 0.45 else ""
    scene.far.append(room.table(scene, cloth, list(table.feet)))
    scene.near += table.things
    scene.tags += [("wall", name), ("cloth", cloth) if cloth else ("table",), ("still life",)]


def _walls_behind(colours: tuple[Colour, ...], named: tuple[str, ...]) -> list[str]:
    """The walls before which these colours stand out."""
    free = [name for name in WALL_NAMES if name not in named]
    apart = [name for name in free if min(_contrast(name, colour) for colour in colours) > LEAST_CONTRAST]
    return apart or free


def _contrast(name: str, colour: Colour) -> float:
    wall = room.wall_colour(name)
    return abs(luminance(wall) - luminance(colour)) + 0.4 * float(abs(wall - colour).max())
