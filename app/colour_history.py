"""`ColourHistory`: the colours that were painted with, newest first. One thread: the session's. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

from app.colours import Colour, colour_of_hex, hex_of
from app.session import Session
from app.signals import Signal

KEPT = 24


class ColourHistory:
    """A colour joins when a stroke, a fill or a gradient has used it, not when it is only looked at.

    A colour that is used again moves to the front. Colours are kept to 8 bits a channel, as their text is.
    """

    def __init__(self, session: Session, stored: str = "") -> None:
        """`stored`: what `text` gave when the app was last closed; words that are no colour are left out."""
        self.changed: Signal[()] = Signal()
        found = (colour_of_hex(word) for word in stored.split())
        self.colours: tuple[Colour, ...] = _unique(colour for colour in found if colour is not None)
        session.colour_used.connect(self.use)

    def use(self, colour: Colour) -> None:
        colours = _unique((colour, *self.colours))
        if colours != self.colours:
            self.colours = colours
            self.changed.emit()

    @property
    def text(self) -> str:
        """The colours as hex texts with spaces between, for the settings."""
        return " ".join(map(hex_of, self.colours))


def _unique(colours: Iterable[Colour]) -> tuple[Colour, ...]:
    by_text = {hex_of(colour): None for colour in colours}
    return tuple(colour for text in list(by_text)[:KEPT] if (colour := colour_of_hex(text)) is not None)
