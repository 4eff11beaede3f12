"""Rows of options that stay whole in a narrow window: what matters least makes room first. GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.theme import Theme
from app.tool_options.controls import OptionRow
from app.tools.options import Held


class FittingRow(OptionRow):
    """Hides controls, those that were named last first, until the others fit."""

    def __init__(self, theme: Theme, options: Held[Any]) -> None:
        super().__init__(theme, options)
        self._optional: Sequence[QWidget] = ()
        # Not the sum of what it holds: the window may be narrower than that.
        self.setMinimumWidth(1)

    def may_hide(self, *controls: QWidget) -> None:
        """The controls that can be spared, the most important one first."""
        self._optional = controls

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Show as much as there is room for."""
        hidden = [control for control in self._optional if not self.wants(control)]
        shown = [control for control in self._optional if control not in hidden]
        for control in self._optional:
            control.setVisible(control in shown)
        while shown and self._row.minimumSize().width() > self.width():
            shown.pop().setVisible(False)

    def wants(self, control: QWidget) -> bool:
        """Whether a control has a meaning now; heirs say more."""
        return True
