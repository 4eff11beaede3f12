"""`Notes`: what a reader has to tell about a file that it could open all the same."""

from __future__ import annotations

from canvas.formats.options import Depth


class Notes:
    """Sentences for people, each once, in the order in which they were found."""

    def __init__(self) -> None:
        self._sentences: dict[str, bool] = {}
        #: Bits a channel of what was read; a file with 16 is saved with 16 again.
        self.depth: Depth = 8

    def add(self, sentence: str) -> None:
        """One sentence that says what of the file is not there any more, such as "2 text layers came as pixels".

        Saving the document to the same file would take that from it.
        """
        self._sentences.setdefault(sentence, True)

    def remark(self, sentence: str) -> None:
        """One sentence about what was taken over in another form and is written back as it was."""
        self._sentences.setdefault(sentence, False)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that was told."""
        return tuple(self._sentences)

    @property
    def lost(self) -> tuple[str, ...]:
        """What `add` was told."""
        return tuple(sentence for sentence, is_lost in self._sentences.items() if is_lost)
