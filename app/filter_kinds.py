"""The filters an artist can ask for: their names, what they come with first, which can be adjustment layers. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from canvas.filters import values as f
from canvas.filters.values import Filter, PointFilter


@dataclass(frozen=True, slots=True)
class FilterKind:
    """`first`: the filter as it comes. `immediate`: there is nothing to set, it is applied at once."""

    id: str
    label: str
    first: Filter
    immediate: bool = False

    @property
    def adjusts(self) -> bool:
        """Whether it can be an adjustment layer."""
        return isinstance(self.first, PointFilter)


#: In the order of the menus; by section.
SECTIONS: tuple[tuple[FilterKind, ...], ...] = (
    (
        FilterKind("levels", "Levels", f.Levels()),
        FilterKind("curves", "Curves", f.Curves()),
        FilterKind("brightness_contrast", "Brightness and contrast", f.BrightnessContrast()),
    ),
    (
        FilterKind("hue_saturation", "Hue and saturation", f.HueSaturation()),
        FilterKind("colour_balance", "Colour balance", f.ColourBalance()),
        FilterKind("desaturate", "Desaturate", f.Desaturate()),
    ),
    (
        FilterKind("invert", "Invert", f.Invert(), immediate=True),
        FilterKind("posterise", "Posterise", f.Posterise()),
        FilterKind("threshold", "Threshold", f.Threshold()),
    ),
    (
        FilterKind("gaussian_blur", "Gaussian blur", f.GaussianBlur()),
        FilterKind("box_blur", "Box blur", f.BoxBlur()),
        FilterKind("motion_blur", "Motion blur", f.MotionBlur()),
    ),
    (
        FilterKind("sharpen", "Sharpen", f.Sharpen()),
        FilterKind("unsharp_mask", "Unsharp mask", f.UnsharpMask()),
    ),
    (FilterKind("noise", "Noise", f.Noise()),),
)

KINDS: Mapping[str, FilterKind] = MappingProxyType({kind.id: kind for kinds in SECTIONS for kind in kinds})
_BY_TYPE = {type(kind.first): kind for kind in KINDS.values()}


def kind_of(value: Filter) -> FilterKind | None:
    """The kind of a filter; None for one of a newer file."""
    return _BY_TYPE.get(type(value))


def label_of(value: Filter) -> str:
    kind = kind_of(value)
    return "Unknown adjustment" if kind is None else kind.label
