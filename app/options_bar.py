"""The bar on top: the options of the tool in the hand on the left, how the result is shown and Live on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QWidget

from app.glossary import Glossary
from app.session import Look, Session
from app.theme import MARGIN_PX, Theme
from app.tool_options import BRUSH_TOOLS, BUILDERS
from app.tool_options.brush import BrushOptions
from app.tools.toolbox import Toolbox
from app.widgets.buttons import LampButton
from app.widgets.scale import PERCENT
from app.widgets.slider import ValueSlider

HEIGHT_PX = 38


class OptionsBar(QWidget):
    def __init__(
        self, session: Session, toolbox: Toolbox, theme: Theme, glossary: Glossary, toggle_live: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("options")
        self.setFixedHeight(HEIGHT_PX)
        self._session = session
        self._toolbox = toolbox
        self.brush = BrushOptions(session, toolbox, theme)
        self._theme = theme
        self._of_tool: dict[str, QWidget] = dict.fromkeys(BRUSH_TOOLS, self.brush)
        self.hint = QLabel()
        self.hint.setProperty("dim", True)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._left = QStackedWidget()
        for widget in (self.brush, self.hint):
            self._left.addWidget(widget)
        label = QLabel("Result over canvas")
        label.setProperty("dim", True)
        self.show_result = ValueSlider(theme, "Show", PERCENT, Look().opacity * 100)
        self.show_result.setFixedWidth(120)
        self.show_result.setToolTip(glossary.tip("show"))
        self.show_result.changed.connect(lambda v: session.set_look(replace(session.look, opacity=v / 100)))
        self.live = LampButton(theme, "Live")
        self.live.setToolTip(glossary.tip("live"))
        self.live.clicked.connect(toggle_live)

        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 0)
        row.setSpacing(8)
        row.addWidget(self._left, 1)
        row.addSpacing(8)
        row.addWidget(label)
        row.addWidget(self.show_result)
        row.addSpacing(4)
        row.addWidget(self.live, 0, Qt.AlignmentFlag.AlignVCenter)
        toolbox.changed.connect(self._show_tool)
        session.look_changed.connect(self._show_look)
        session.live_changed.connect(self.live.setChecked)
        self._show_tool()
        self._show_look(session.look)
        self.live.setChecked(session.live)

    def _show_tool(self) -> None:
        options = self._options(self._toolbox.active_id)
        if options is not None:
            self._left.setCurrentWidget(options)
            return
        spec = next(spec for spec in self._toolbox.tools if spec.id == self._toolbox.active_id)
        self.hint.setText(f"{spec.label}: {spec.hint[:1].lower()}{spec.hint[1:]}")
        self.hint.setToolTip(spec.hint)
        self._left.setCurrentWidget(self.hint)

    def _options(self, tool_id: str) -> QWidget | None:
        """The options of a tool, built when it is first taken; None when it has none."""
        if tool_id not in self._of_tool and tool_id in BUILDERS:
            built = BUILDERS[tool_id](self._session, self._toolbox, self._theme)
            self._of_tool[tool_id] = built
            self._left.addWidget(built)
        return self._of_tool.get(tool_id)

    def _show_look(self, look: Look) -> None:
        self.show_result.set_value(look.opacity * 100)
