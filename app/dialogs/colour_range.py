"""Colour range: selects everything that is like the foreground colour, which can be picked meanwhile. GUI thread."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from app.dialogs.select_amount import Amount, SelectionForm
from app.session import Session
from app.theme import Theme
from app.tools.references import sampler
from app.tools.selection_edge import SelectionEdge
from app.tools.selection_tool import Reference
from app.widgets.combo import Choice, Combo
from app.widgets.scale import PERCENT
from canvas.flood import Likenesses
from canvas.state import DocumentState
from canvas.tiles import ONE, Surface

_AMOUNTS = (
    Amount("Tolerance", PERCENT, 10, "How different a colour may be and still be selected in full"),
    Amount("Fuzziness", PERCENT, 15, "Over how much more difference the selection fades out"),
)


class ColourRange(SelectionForm):
    def __init__(self, theme: Theme, session: Session, edge: SelectionEdge, parent: QWidget | None = None) -> None:
        self.reference = Combo(theme)
        about = QLabel("Selects what is like the foreground colour; pick another one while this is open.")
        about.setProperty("dim", True)
        about.setWordWrap(True)
        super().__init__(theme, session, edge, "Colour range", _AMOUNTS, self._range, parent)
        self.reference.setAccessibleName("Where to look")
        self.reference.set_choices((Choice("picture", "Of the whole picture"), Choice("layer", "Of the active layer")))
        self.reference.show_key("picture")
        self.reference.chosen.connect(lambda _key: self.show_preview())
        self._column.insertWidget(0, about)
        self._column.insertWidget(1, self.reference)
        self._disconnect.append(session.settings_changed.connect(lambda _settings: self._late.start()))
        self._disconnect.append(session.active_changed.connect(self._late.start))

    def _range(self, state: DocumentState, tolerance: float, fuzziness: float) -> Surface:
        where: Reference = "layer" if self.reference.key == "layer" else "picture"
        seen = Likenesses(sampler(self._session, where), state.rect)
        red, green, blue = (round(c * ONE) for c in self._session.settings.colour)
        return seen.range((red, green, blue, ONE), tolerance / 100, fuzziness / 100)
