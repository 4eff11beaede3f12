"""Forms for the settings of filters, one module a kind of form. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from app.dialogs.filters.form import FilterForm
from app.dialogs.filters.plain import PLAIN, ColourBalanceForm, DesaturateForm, HueSaturationForm, PlainForm
from app.dialogs.filters.tones import CurvesForm, LevelsForm
from app.theme import Theme
from canvas.filters.values import ColourBalance, Curves, Desaturate, Filter, HueSaturation, Levels

FORMS: Mapping[type, Callable[[Theme, Any], FilterForm[Any]]] = MappingProxyType({
    **dict.fromkeys(PLAIN, PlainForm),
    Levels: LevelsForm,
    Curves: CurvesForm,
    HueSaturation: HueSaturationForm,
    ColourBalance: ColourBalanceForm,
    Desaturate: DesaturateForm,
})  # fmt: skip


def form_for(theme: Theme, first: Filter) -> FilterForm[Any] | None:
    """The form for filters of the kind of `first`; None where there is nothing to set."""
    build = FORMS.get(type(first))
    return None if build is None else build(theme, first)
