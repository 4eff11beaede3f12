"""`ExampleDesk`: what the window shows of the documents that come with Underdraw, and the guide through them.

GUI thread. Nobody is led twice: the first document opens by itself at the first start only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from app.examples.table import FIRST, Aim, Example, example
from app.file_desk import FileDesk
from app.guide import ROLES, Guide
from app.layer_notes import layer_note
from app.opening import Opened, Opening
from app.session import Session
from app.theme import Theme
from app.tools.targets import of_role
from app.tools.toolbox import Toolbox
from app.widgets.guide_bar import GuideBar
from canvas.roles import Control, Pose
from canvas.state import DocumentState
from inference.messages import EngineState

#: The setting that says that the first document was shown.
_SHOWN = "first_document_shown"
#: What is taken into the hand for a step; the prompt is written.
_TOOLS: Mapping[Aim, str] = MappingProxyType(
    {"control": "brush", "pose": "pose", "mask": "mask", "reference": "reference"}
)


class ExampleDesk:
    """`settle`: asks about what would be lost of the present document; False when the artist would rather stay."""

    def __init__(
        self,
        session: Session,
        toolbox: Toolbox,
        theme: Theme,
        files: FileDesk,
        settings: QSettings,
        settle: Callable[[], bool],
    ) -> None:
        self._session, self._toolbox, self._files = session, toolbox, files
        self._settings, self._settle = settings, settle
        self.bar = GuideBar(theme)
        #: Where the prompt is written; the window sets it.
        self.prompt: QWidget | None = None
        self._example: Example | None = None
        self._guide: Guide | None = None
        #: Why no picture can come, until one does: the engine says it once.
        self._problem = ""
        self.bar.chosen.connect(self._on_chosen)
        self.bar.closed.connect(self._end)
        session.document_replaced.connect(self._end)
        session.active_changed.connect(self._show)
        session.engine_changed.connect(self._on_engine)
        session.engine_refused.connect(self._on_refused)
        session.result_changed.connect(self._on_result)

    def show(self, name: str) -> None:
        """Open a copy of an example, live, when the artist agrees to leave what is there."""
        found = example(name)
        if self._settle():
            opening = Opening(found.path, self._session.remembered)
            self._files.show_opening(opening, partial(self._take, found, self._session.document.state))

    def show_at_first_start(self) -> None:
        """Open the first document unless it ever was."""
        if not self._settings.value(_SHOWN, False, bool):
            self._settings.setValue(_SHOWN, True)
            self.show(FIRST)

    def _take(self, found: Example, before: DocumentState, opened: Opened) -> None:
        """`before`: what the artist has agreed to leave; they may have painted on while the file was read."""
        self._toolbox.finish()
        session = self._session
        if session.document.state is not before and not self._settle():
            return
        session.begin(opened.state, found.title)
        session.set_live(True)
        active = session.active_node
        self._toolbox.select("pose" if active is not None and isinstance(active.role, Pose) else "brush")
        self._begin(found)

    # The guide

    def _begin(self, found: Example) -> None:
        self._example = found
        self._guide = Guide(self._session, found.steps)
        self._guide.changed.connect(self._on_done)
        self.bar.begin(found.title, [(step.word, step.sentence) for step in found.steps])
        self._on_engine(self._session.engine_state)
        self._show()

    def _end(self) -> None:
        if self._guide is not None:
            self._guide.close()
        self._guide = self._example = None
        self.bar.hide()

    def _on_done(self) -> None:
        if self._guide is not None and self._guide.current is None and self._example is not None:
            self._session.message.emit(self._example.sentence)
            self._end()
        else:
            self._show()

    def _on_chosen(self, index: int) -> None:
        """Put what a step needs into the artist's hand."""
        if self._guide is None:
            return
        aim = self._guide.steps[index].aim
        # For the prompt the sketch, so that no mask or reference lies over the picture that it changes.
        layer = of_role(self._session, ROLES.get(aim, Control))
        if layer is not None:
            self._session.activate(layer.id)
        if aim in _TOOLS:
            self._toolbox.select(_TOOLS[aim])
        elif self.prompt is not None:
            self.prompt.setFocus()

    def _show(self) -> None:
        guide, found = self._guide, self._example
        if guide is None or found is None:
            return
        current = guide.current
        done = {i for i, step in enumerate(guide.steps) if step.aim in guide.done}
        self.bar.show_steps(done, None if current is None else guide.steps.index(current))
        self.bar.say(found.sentence if current is None else current.sentence, self._problem or self._note())

    def _note(self) -> str:
        node = self._session.active_node
        note = "" if node is None else layer_note(self._session.document.state, node.id)
        return f"{node.name}: {note}" if node is not None and note else ""

    # What keeps the picture from answering

    def _on_engine(self, state: EngineState) -> None:
        if state.name == "failed":
            self._on_refused(state.sentence)

    def _on_refused(self, sentence: str) -> None:
        self._tell(f"The picture does not answer: {sentence}")

    def _on_result(self) -> None:
        if self._session.result is not None:
            self._tell("")

    def _tell(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._show()
