"""The styles by the names that captions say."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from models.training.styles.anime import Anime
from models.training.styles.flat import Flat
from models.training.styles.ink import Ink
from models.training.styles.neon import Neon
from models.training.styles.paint import Gouache, Oil
from models.training.styles.pencil import Pencil
from models.training.styles.pixel import Pixel
from models.training.styles.style import Style
from models.training.styles.watercolour import Watercolour
from models.training.styles.woodcut import Woodcut

STYLE_BOOK: Final[MappingProxyType[str, type[Style]]] = MappingProxyType(
    {
        "flat": Flat,
        "anime": Anime,
        "watercolour": Watercolour,
        "ink": Ink,
        "oil": Oil,
        "gouache": Gouache,
        "pencil": Pencil,
        "woodcut": Woodcut,
        "pixel": Pixel,
        "neon": Neon,
    }
)
