"""The blend modes a layer can have: the 27 of Photoshop, and pass-through for groups.

Formulas: W3C Compositing and Blending Level 1, and Photoshop's own for the modes that the W3C does not have; the
arithmetic lives in `canvas.kernels`. `key` is the PSD resource key, `label` what the artist reads.
"""

from __future__ import annotations

from enum import IntEnum


class BlendMode(IntEnum):
    """Values are what the kernels switch on; files store `key`."""

    NORMAL = 0
    DISSOLVE = 1
    DARKEN = 2
    MULTIPLY = 3
    COLOR_BURN = 4
    LINEAR_BURN = 5
    DARKER_COLOR = 6
    LIGHTEN = 7
    SCREEN = 8
    COLOR_DODGE = 9
    LINEAR_DODGE = 10
    LIGHTER_COLOR = 11
    OVERLAY = 12
    SOFT_LIGHT = 13
    HARD_LIGHT = 14
    VIVID_LIGHT = 15
    LINEAR_LIGHT = 16
    PIN_LIGHT = 17
    HARD_MIX = 18
    DIFFERENCE = 19
    EXCLUSION = 20
    SUBTRACT = 21
    DIVIDE = 22
    HUE = 23
    SATURATION = 24
    COLOR = 25
    LUMINOSITY = 26
    PASS_THROUGH = 27

    @property
    def key(self) -> str:
        """The four-character PSD key."""
        return _KEYS[self]

    @property
    def label(self) -> str:
        return _LABELS.get(self, self.name.replace("_", " ").capitalize())

    @staticmethod
    def from_key(key: str) -> BlendMode:
        """The mode of a PSD key. Raises KeyError for an unknown one."""
        return _BY_KEY[key]


#: Photoshop's special modes, in which the fill of a layer is more than another opacity (see `canvas.kernels.blending`).
FILLS_APART = frozenset(
    {
        BlendMode.COLOR_BURN, BlendMode.LINEAR_BURN, BlendMode.COLOR_DODGE, BlendMode.LINEAR_DODGE,
        BlendMode.VIVID_LIGHT, BlendMode.LINEAR_LIGHT, BlendMode.HARD_MIX, BlendMode.DIFFERENCE,
    }
)  # fmt: skip

_KEYS = dict(
    zip(
        BlendMode,
        "norm diss dark mul_ idiv lbrn dkCl lite scrn div_ lddg lgCl over sLit hLit vLit lLit pLit hMix diff smud fsub "
        "fdiv hue_ sat_ colr lum_ pass".replace("_", "\0").split(),
        strict=True,
    )
)
_KEYS = {mode: key.replace("\0", " ") for mode, key in _KEYS.items()}
_BY_KEY = {key: mode for mode, key in _KEYS.items()}
_LABELS = {
    BlendMode.COLOR_BURN: "Colour burn",
    BlendMode.DARKER_COLOR: "Darker colour",
    BlendMode.COLOR_DODGE: "Colour dodge",
    BlendMode.LINEAR_DODGE: "Linear dodge (add)",
    BlendMode.LIGHTER_COLOR: "Lighter colour",
    BlendMode.COLOR: "Colour",
    BlendMode.PASS_THROUGH: "Pass through",
}
