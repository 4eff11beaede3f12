"""Direction: what the artist asks of the engine beside the layers: prompt, model, strength, steps, seed, Generate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.glossary import Glossary
from app.session import Session
from app.signals import Signal as AppSignal
from app.theme import CONTROL_PX, MARGIN_PX, Theme
from app.widgets.buttons import FoldButton, IconButton, JobButton, TextButton
from app.widgets.combo import Choice, Combo
from app.widgets.field import TextField
from app.widgets.prompt import PromptArea
from app.widgets.scale import Scale
from app.widgets.slider import ValueSlider
from app.widgets.word_sheet import WordSheet
from inference.direction import Direction
from inference.messages import EngineState
from models.catalogue import ModelInfo
from models.vocabulary import Vocabulary

#: A pause in typing after which the engine hears of the new prompt.
TYPING_PAUSE_MS = 350
_STRENGTH = Scale(0, 1, 0.05, decimals=2)
_STEPS = Scale(1, 60)
_GUIDANCE = Scale(1, 15, 0.5, decimals=1)
_MAX_SEED = 2**32 - 1


class GenerateIntents(Protocol):
    """What the panel asks for beyond values; `app.commands.Commands` does it."""

    seed_locked: bool
    generating: bool
    about_to_generate: AppSignal[()]
    generating_changed: AppSignal[()]

    def generate(self) -> None: ...
    def cancel(self) -> None: ...
    def roll_seed(self) -> None: ...
    def toggle_seed_lock(self) -> None: ...


class DirectionPanel(QWidget):
    def __init__(
        self, session: Session, theme: Theme, glossary: Glossary, models: Sequence[ModelInfo], intents: GenerateIntents
    ) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._glossary = glossary
        self._intents = intents
        self._models: tuple[ModelInfo, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._build()
        self._connect()
        self.set_models(models)
        self._show(session.direction)
        self._show_engine(session.engine_state)

    def _build(self) -> None:
        theme, tip = self._theme, self._glossary.tip
        self.prompt = PromptArea(theme)
        self.prompt.setFixedHeight(52)
        self.prompt.setPlaceholderText("What should the picture show?")
        self.prompt.setToolTip(tip("prompt"))
        self.prompt.setAccessibleName("Prompt")
        self.negative_fold = FoldButton(theme, "Negative prompt")
        self.negative_fold.setToolTip(tip("negative"))
        self.words = TextButton(theme, "Words")
        self.words.setToolTip(tip("vocabulary"))
        self.words.setAccessibleName("Words this model knows")
        self.negative = PromptArea(theme)
        self.negative.setFixedHeight(40)
        self.negative.setPlaceholderText("What should it avoid?")
        self.negative.setToolTip(tip("negative"))
        self.negative.setAccessibleName("Negative prompt")
        self.negative.hide()
        self.model = Combo(theme, CONTROL_PX + 4)
        self.model.setToolTip(tip("model"))
        self.model.setAccessibleName("Model")
        usual = Direction()
        self.strength = self._slider("Strength", _STRENGTH, usual.strength, "strength")
        self.preview_steps = self._slider("Preview", _STEPS, usual.preview_steps, "preview_steps")
        self.steps = self._slider("Steps", _STEPS, usual.steps, "steps")
        self.guidance = self._slider("Guidance", _GUIDANCE, usual.guidance, "guidance")
        self.seed = TextField()
        self.seed.setFixedHeight(CONTROL_PX + 4)
        self.seed.setAccessibleName("Seed")
        self.seed.set_prefix("Seed")
        self.seed.setToolTip(tip("seed"))
        self.dice = IconButton(theme, "dice", tip("seed"), CONTROL_PX + 4)
        self.dice.setAccessibleName("New seed")
        self.lock = IconButton(theme, "lock", tip("seed_lock"), CONTROL_PX + 4)
        self.lock.setAccessibleName("Lock seed")
        self.lock.setCheckable(True)
        self.generate = JobButton(theme, "Generate")
        self.generate.setToolTip(tip("generate"))

        last = _row(self.seed, self.dice, self.lock, self.generate)
        last.setStretch(0, 1)
        last.insertSpacing(3, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 8)
        column.setSpacing(4)
        column.addWidget(self.prompt)
        under = _row(self.negative_fold, self.words)
        under.setStretch(0, 1)
        column.addLayout(under)
        column.addWidget(self.negative)
        column.addSpacing(2)
        column.addWidget(self.model)
        column.addLayout(_row(self.strength, self.steps))
        column.addLayout(_row(self.preview_steps, self.guidance))
        column.addSpacing(2)
        column.addLayout(last)

    def _slider(self, name: str, scale: Scale, default: float, term: str) -> ValueSlider:
        slider = ValueSlider(self._theme, name, scale, default)
        slider.setToolTip(self._glossary.tip(term))
        return slider

    def _connect(self) -> None:
        session = self._session
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self.take_typed)
        self.prompt.textChanged.connect(self._typing.start)
        self.negative.textChanged.connect(self._typing.start)
        self.negative_fold.toggled.connect(self.negative.setVisible)
        self.words.clicked.connect(self._show_words)
        self.model.chosen.connect(self._choose_model)
        self.strength.changed.connect(lambda v: self._set(strength=v))
        self.steps.changed.connect(lambda v: self._set(steps=round(v)))
        self.preview_steps.changed.connect(lambda v: self._set(preview_steps=round(v)))
        self.guidance.changed.connect(lambda v: self._set(guidance=v))
        self.seed.editingFinished.connect(self._take_seed)
        self.seed.returnPressed.connect(self.seed.clearFocus)
        self.dice.clicked.connect(self._intents.roll_seed)
        self.lock.clicked.connect(self._toggle_lock)
        self.generate.started.connect(self._intents.generate)
        self.generate.cancelled.connect(self._intents.cancel)
        self._intents.about_to_generate.connect(self.take_typed)
        self._intents.generating_changed.connect(self._show_generating)
        session.direction_changed.connect(self._show)
        session.progress_changed.connect(self._show_progress)
        session.engine_changed.connect(self._show_engine)

    # Showing

    def set_models(self, models: Sequence[ModelInfo]) -> None:
        """The models to choose from; those with a problem are shown greyed, with the reason."""
        self._models = tuple(models)
        self.model.set_choices(
            Choice(m.id, m.name, m.problem, f"{m.family}, {m.native_size} px, {m.folder}") for m in self._models
        )
        self._show(self._session.direction)

    def _model(self) -> ModelInfo | None:
        return next((m for m in self._models if m.id == self._session.direction.model), None)

    def _show(self, direction: Direction) -> None:
        if not self._typing.isActive():
            self.prompt.show_text(direction.prompt)
            self.negative.show_text(direction.negative)
            self._typing.stop()
        if direction.negative and not self.negative_fold.isChecked():
            self.negative_fold.setChecked(True)
        if self.model.key != direction.model:
            self.model.show_key(direction.model)
        self.strength.set_value(direction.strength)
        self.steps.set_value(direction.steps)
        self.preview_steps.set_value(direction.preview_steps)
        self.guidance.set_value(direction.guidance)
        self.seed.show_text(str(direction.seed))
        self.lock.setChecked(self._intents.seed_locked)
        self.lock.set_icon("lock" if self._intents.seed_locked else "unlock")
        model = self._model()
        # A model made for a guidance of 1 turns to mush with more: there the slider only leads astray.
        self.guidance.setVisible(model is None or model.guidance > 1.0 or direction.guidance > 1.0)
        self.prompt.set_vocabulary(model.vocabulary if model else Vocabulary())
        self.negative.set_vocabulary(self.prompt.vocabulary)
        self.words.setVisible(bool(self.prompt.vocabulary))

    def _show_generating(self) -> None:
        if self._intents.generating:
            self.generate.show_progress(0, self._session.direction.steps)
        else:
            self.generate.show_idle()

    def _show_progress(self, step: int, steps: int) -> None:
        if self._intents.generating:
            self.generate.show_progress(step, steps)

    def _show_engine(self, state: EngineState) -> None:
        self.generate.setEnabled(state.name not in ("failed", "stopped"))

    # Intents

    def _show_words(self) -> None:
        sheet = WordSheet(self._theme, self.prompt.vocabulary, self)
        sheet.chosen.connect(self.prompt.add_word)
        corner = self.words.mapToGlobal(self.words.rect().bottomRight())
        screen = self.screen().availableGeometry()
        left = max(screen.left(), corner.x() + 1 - sheet.width())
        sheet.move(left, min(corner.y() + 3, screen.bottom() - sheet.height()))
        sheet.show()

    def take_typed(self) -> None:
        """Tell the session of the typed words now."""
        self._typing.stop()
        self._set(prompt=self.prompt.toPlainText(), negative=self.negative.toPlainText())

    def _set(self, **values: object) -> None:
        self._session.set_direction(replace(self._session.direction, **values))  # type: ignore[arg-type]

    def _choose_model(self, key: object) -> None:
        chosen = next((m for m in self._models if m.id == key), None)
        if chosen is not None and chosen.id != self._session.direction.model:
            self._set(model=chosen.id, steps=chosen.steps, preview_steps=chosen.preview_steps, guidance=chosen.guidance)

    def _take_seed(self) -> None:
        digits = "".join(c for c in self.seed.text() if c.isdigit())
        if digits and int(digits) <= _MAX_SEED:
            self._set(seed=int(digits))
        self.seed.setText(str(self._session.direction.seed))

    def _toggle_lock(self) -> None:
        self._intents.toggle_seed_lock()
        self._show(self._session.direction)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    return row
