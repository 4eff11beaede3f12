"""What captions can say: every fact the painter states, by group, and the ways to say it.

A fact is a style, time, season or weather, a kind of thing (`Thing.name`), or what a scene's tags name. To teach a new
one, add one line to its group. Write nouns without an article (the grammar sets it) and words in British spelling
(American ones come from AMERICAN). Facts that are not listed are said in their own words.

The details in a tag come after its fact and are understood by their shape:
- a colour or a word of DETAILS stands before the noun: ("cat", "black", "striped");
- an action, or words that begin with a preposition, stand behind it: ("cat", "sitting", "on a table");
- anything else is worn or owned: ("house", "red roof"), ("woman", "red dress", "long brown hair").
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.training import palette

Sayings = Mapping[str, tuple[str, ...]]

STYLES: Final[Sayings] = MappingProxyType(
    {
        "flat": ("flat", "flat illustration", "flat vector", "poster"),
        "anime": ("anime", "anime drawing", "cartoon", "comic"),
        "watercolour": ("watercolour", "watercolour painting", "aquarelle"),
        "ink": ("ink", "ink wash", "ink drawing", "brush ink"),
        "oil": ("oil", "oil painting", "impasto"),
        "gouache": ("gouache", "gouache painting", "tempera"),
        "pencil": ("pencil", "coloured pencil", "pencil drawing", "crayon"),
        "woodcut": ("woodcut", "woodcut print", "linocut", "block print"),
        "pixel": ("pixel", "pixel art"),
        "neon": ("neon", "neon art", "glowing neon"),
    }
)

TIMES: Final[Sayings] = MappingProxyType(
    {
        "day": ("day", "sunny day", "daylight", "sunny"),
        "sunset": ("sunset", "evening", "dusk"),
        "dawn": ("dawn", "sunrise", "morning"),
        "night": ("night", "at night", "midnight"),
        "misty": ("misty", "mist", "foggy", "fog"),
    }
)

SEASONS: Final[Sayings] = MappingProxyType(
    {
        "summer": ("summer", "green summer"),
        "spring": ("spring", "blossom"),
        "autumn": ("autumn", "fall"),
        "winter": ("winter", "snow", "snowy"),
    }
)

WEATHERS: Final[Sayings] = MappingProxyType(
    {
        "rain": ("rain", "rainy", "raining"),
        "snowfall": ("snowfall", "falling snow", "snowflakes"),
        "rainbow": ("rainbow",),
    }
)

SETTINGS: Final[Sayings] = MappingProxyType(
    {
        "sky": ("sky",),
        "sun": ("sun",),
        "moon": ("moon", "full moon"),
        "crescent moon": ("crescent moon", "moon", "crescent"),
        "star": ("star",),
        "stars": ("stars", "starry sky"),
        "cloud": ("cloud",),
        "clouds": ("clouds", "cloudy sky"),
        "mountain": ("mountain", "peak"),
        "mountains": ("mountains", "mountain", "peaks"),
        "hill": ("hill",),
        "hills": ("hills", "hill"),
        "lake": ("lake", "water"),
        "river": ("river", "stream", "water"),
        "waterfall": ("waterfall",),
        "sea": ("sea", "ocean", "water"),
        "coast": ("coast", "shore"),
        "beach": ("beach", "sand"),
        "cliff": ("cliff", "cliffs"),
        "island": ("island",),
        "desert": ("desert", "dunes"),
        "dunes": ("dunes", "desert"),
        "field": ("field", "meadow"),
        "ground": ("ground", "grass"),
        "grass": ("grass", "meadow"),
        "garden": ("garden",),
        "village": ("village", "houses"),
        "street": ("street", "city street"),
        "city": ("city", "town", "skyline"),
        "path": ("path", "road"),
        "road": ("road", "street"),
        "room": ("room", "interior"),
        "wall": ("wall",),
        "floor": ("floor",),
        "window": ("window",),
        "table": ("table",),
    }
)

SUBJECTS: Final[Sayings] = MappingProxyType(
    {
        "tree": ("tree", "round tree"),
        "round": ("tree", "round tree"),
        "trees": ("trees", "many trees", "forest"),
        "forest": ("forest", "woods", "trees"),
        "pine": ("pine", "pine tree", "fir"),
        "pines": ("pines", "pine trees", "pine forest"),
        "poplar": ("poplar", "tall tree"),
        "poplars": ("poplars", "tall trees"),
        "birch": ("birch", "birch tree"),
        "birches": ("birches", "birch trees"),
        "willow": ("willow", "willow tree"),
        "willows": ("willows", "willow trees"),
        "palm": ("palm", "palm tree"),
        "palms": ("palms", "palm trees"),
        "bare tree": ("bare tree",),
        "cypress": ("cypress", "cypress tree"),
        "oak": ("oak", "oak tree", "big tree"),
        "cactus": ("cactus",),
        "bush": ("bush", "shrub"),
        "bushes": ("bushes", "shrubs"),
        "flower": ("flower", "blossom"),
        "flowers": ("flowers", "blossoms"),
        "sunflower": ("sunflower",),
        "sunflowers": ("sunflowers",),
        "tulip": ("tulip",),
        "tulips": ("tulips",),
        "rose": ("rose",),
        "roses": ("roses",),
        "daisy": ("daisy",),
        "daisies": ("daisies",),
        "mushroom": ("mushroom",),
        "rock": ("rock", "stone", "boulder"),
        "rocks": ("rocks", "stones"),
        "fence": ("fence",),
        "bridge": ("bridge", "stone bridge"),
        "house": ("house", "cottage", "cabin", "home"),
        "houses": ("houses", "cottages"),
        "building": ("building", "skyscraper"),
        "buildings": ("buildings", "skyscrapers"),
        "shop": ("shop", "store"),
        "castle": ("castle", "fortress"),
        "tower": ("tower",),
        "church": ("church",),
        "windmill": ("windmill", "mill"),
        "lighthouse": ("lighthouse",),
        "barn": ("barn", "farm"),
        "tent": ("tent",),
        "lamp": ("lamp", "street lamp", "lantern"),
        "car": ("car",),
        "boat": ("boat", "sailboat", "ship"),
        "boats": ("boats", "two boats", "sailboats"),
        "snowman": ("snowman",),
        "balloon": ("balloon", "hot air balloon"),
        "bird": ("bird",),
        "birds": ("birds", "bird"),
        "cat": ("cat", "kitten"),
        "dog": ("dog", "puppy"),
        "horse": ("horse", "pony"),
        "fish": ("fish",),
        "rabbit": ("rabbit", "bunny"),
        "branch": ("branch", "twig"),
        "water plant": ("water plant", "seaweed"),
        "bubbles": ("bubbles",),
        "underwater": ("underwater", "under water"),
        "duck": ("duck",),
        "person": ("person", "figure"),
        "figure": ("figure", "person"),
        "man": ("man", "person"),
        "boy": ("boy", "child"),
        "woman": ("woman", "lady", "person"),
        "girl": ("girl", "child"),
        "child": ("child", "kid"),
        "two people": ("two people", "people", "couple", "friends"),
        "face": ("face", "head"),
        "portrait": ("portrait",),
        "close-up": ("close up",),
        "still life": ("still life",),
        "bowl": ("bowl",),
        "plate": ("plate", "dish"),
        "fruit": ("fruit",),
        "apple": ("apple",),
        "apples": ("apples",),
        "pear": ("pear",),
        "pears": ("pears",),
        "orange": ("orange",),
        "oranges": ("oranges",),
        "lemon": ("lemon",),
        "lemons": ("lemons",),
        "banana": ("banana",),
        "bananas": ("bananas",),
        "grapes": ("grapes",),
        "cherries": ("cherries",),
        "bread": ("bread", "loaf"),
        "bottle": ("bottle",),
        "jug": ("jug", "pitcher"),
        "cup": ("cup", "mug"),
        "teapot": ("teapot",),
        "glass": ("glass",),
        "vase": ("vase", "flower vase"),
        "pot": ("pot",),
        "candle": ("candle",),
        "book": ("book",),
        "books": ("books",),
        "curtain": ("curtain", "curtains"),
        "cloth": ("cloth", "tablecloth"),
    }
)

ACTIONS: Final[Sayings] = MappingProxyType(
    {
        "standing": ("standing",),
        "walking": ("walking", "strolling"),
        "running": ("running",),
        "jumping": ("jumping", "leaping"),
        "dancing": ("dancing",),
        "kneeling": ("kneeling", "crouching"),
        "sitting": ("sitting", "seated"),
        "lying": ("lying", "resting"),
        "sleeping": ("sleeping",),
        "waving": ("waving",),
        "arms raised": ("arms raised", "cheering"),
        "flying": ("flying",),
        "perched": ("perched",),
        "swimming": ("swimming",),
        "grazing": ("grazing",),
        "galloping": ("galloping",),
        "sailing": ("sailing",),
    }
)

DETAILS: Final[Sayings] = MappingProxyType(
    {
        "smiling": ("smiling", "happy"),
        "sad": ("sad",),
        "serious": ("serious", "calm"),
        "surprised": ("surprised",),
        "young": ("young",),
        "old": ("old",),
        "long": ("long",),
        "short": ("short",),
        "curly": ("curly",),
        "straight": ("straight",),
        "tall": ("tall",),
        "big": ("big", "large"),
        "small": ("small", "little"),
        "slim": ("slim", "thin"),
        "stout": ("stout",),
        "striped": ("striped",),
        "spotted": ("spotted",),
        "wooden": ("wooden",),
        "lit": ("lit",),
    }
)

GROUPS: Final[Mapping[str, Sayings]] = MappingProxyType(
    {
        "style": STYLES,
        "time": TIMES,
        "season": SEASONS,
        "weather": WEATHERS,
        "setting": SETTINGS,
        "subject": SUBJECTS,
        "action": ACTIONS,
        "detail": DETAILS,
    }
)

SAYINGS: Final[Sayings] = MappingProxyType({fact: ways for group in GROUPS.values() for fact, ways in group.items()})
"""Every fact the painter can state and the ways to say it."""

PEOPLE: Final = frozenset(("person", "figure", "man", "boy", "woman", "girl", "child", "two people"))

OWNED: Final = (
    *("roof", "door", "walls", "windows", "hull", "sail", "sails", "shirt", "dress", "trousers", "skirt", "coat"),
    *("jumper", "scarf", "hat", "cap", "bag", "skin", "hair", "bun", "ponytail", "braids", "beard", "glasses", "eyes"),
    *("face", "view", "profile", "mane", "tail", "fur", "wings", "leaves", "petals", "flowers", "label", "handle"),
)
"""Nouns of details: what a thing wears or owns."""

COLOURS: Final = tuple(
    dict.fromkeys((*palette.NAMED, *palette.SKIN, *palette.HAIR, "golden", "silver", "pale", "bright", "cream", "tan"))
)

AMERICAN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "watercolour": "watercolor",
        "colour": "color",
        "coloured": "colored",
        "grey": "gray",
        "trousers": "pants",
        "jumper": "sweater",
        "autumn": "fall",
    }
)

SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {"purple": "violet", "blond": "blonde", "shirt": "top", "dress": "gown", "coat": "jacket"}
)
"""Another word for a word in a detail, sometimes used in its place."""

PREPOSITIONS: Final = frozenset(
    ("in", "on", "at", "by", "with", "beside", "near", "behind", "before", "under", "over", "from", "to", "between")
)
"""What a detail begins with that says where something is."""

JOINING: Final = (
    *("a", "an", "the", "of", "in", "on", "at", "by", "with", "and", "beside", "near", "before", "under", "front"),
    *("distance", "wearing", "picture", "scene", "two", "many"),
)
