"""Point filters as plain JSON values and back. Pure; any thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from canvas.filters.values import (
    Balance,
    BrightnessContrast,
    ColourBalance,
    Curves,
    Desaturate,
    Grey,
    HueSaturation,
    Invert,
    Levels,
    Noise,
    PointFilter,
    Posterise,
    Threshold,
    Tones,
    UnknownFilter,
)

#: The names in files; they never change.
NAMES: Mapping[str, type[PointFilter]] = MappingProxyType(
    {
        "levels": Levels,
        "curves": Curves,
        "hue-saturation": HueSaturation,
        "brightness-contrast": BrightnessContrast,
        "colour-balance": ColourBalance,
        "invert": Invert,
        "desaturate": Desaturate,
        "posterise": Posterise,
        "threshold": Threshold,
        "noise": Noise,
    }
)
_NAME_OF = {kind: name for name, kind in NAMES.items()}


def filter_to_dict(point_filter: PointFilter) -> dict[str, Any]:
    """Plain JSON values; `filter_from_dict` is its inverse."""
    if isinstance(point_filter, UnknownFilter):
        kept: dict[str, Any] = json.loads(point_filter.text)
        return kept
    return {"filter": _NAME_OF[type(point_filter)], **asdict(point_filter)}


def filter_from_dict(data: Mapping[str, Any]) -> PointFilter:
    """The filter of JSON values; one that this version does not know becomes `UnknownFilter`.

    Raises ValueError when a known filter has a wrong field.
    """
    kind = NAMES.get(str(data.get("filter")))
    if kind is None:
        return UnknownFilter(json.dumps(data, sort_keys=True))
    fields = {name: value for name, value in data.items() if name != "filter"}
    try:
        if kind is Levels:
            fields = {channel: Tones(**tones) for channel, tones in fields.items()}
        elif kind is Curves:
            fields = {channel: tuple((float(x), float(y)) for x, y in curve) for channel, curve in fields.items()}
        elif kind is ColourBalance:
            fields = {name: Balance(**value) if isinstance(value, dict) else value for name, value in fields.items()}
        elif kind is Desaturate:
            fields = {name: Grey(value) for name, value in fields.items()}
        point_filter: PointFilter = kind(**fields)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the {data.get('filter')} filter of an adjustment is damaged: {error}") from error
    return point_filter
