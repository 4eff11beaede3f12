"""The AI menu: live, generate, keep, seed. GUI thread only."""

from __future__ import annotations

import secrets
from dataclasses import replace

from app.commands.command import Command, CommandGroup, Means
from app.signals import Signal
from inference.messages import EngineState

#: Rolled seeds stay short enough to read out and to type.
MAX_ROLLED_SEED = 1_000_000

COMMANDS = (
    Command("ai.live", "Live", "AI", "toggle_live", checked="is_live", mid_stroke=True, term="live"),
    Command("ai.generate", "Generate", "AI", "generate", 1, term="generate"),
    Command("ai.cancel", "Cancel", "AI", "cancel", 1, mid_stroke=True),
    Command("ai.keep", "Keep result as layer", "AI", "keep", 2, ready="has_result", mid_stroke=True, term="keep"),
    Command("ai.discard", "Discard shown result", "AI", "discard", 2, ready="has_result", term="result"),
    Command("ai.roll_seed", "New seed", "AI", "roll_seed", 3, term="seed"),
    Command("ai.lock_seed", "Lock seed", "AI", "toggle_seed_lock", 3, checked="seed_locked", term="seed_lock"),
)  # fmt: skip


class AiCommands(CommandGroup):
    """`seed_locked`: Generate uses the seed as it is; otherwise it rolls a new one first.

    `about_to_generate`: whoever holds back what was typed hands it over now.
    """

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self.about_to_generate: Signal[()] = Signal()
        self.generating_changed: Signal[()] = Signal()
        self.generating = False
        self.seed_locked = True
        session = means.session
        session.results_changed.connect(lambda: self._set_generating(on=False))
        session.engine_changed.connect(self._engine_changed)
        session.document_replaced.connect(lambda: self._set_generating(on=False))
        session.engine_refused.connect(lambda _sentence: self._set_generating(on=False))

    @property
    def is_live(self) -> bool:
        return self._session.live

    @property
    def has_result(self) -> bool:
        return self._session.result is not None

    def toggle_live(self) -> None:
        self._session.set_live(not self._session.live)

    def generate(self) -> None:
        state = self._session.engine_state
        if state.name in ("failed", "stopped"):
            self._session.message.emit(f"Nothing can be generated: {state.sentence}")
            return
        self.about_to_generate.emit()
        if not self.seed_locked:
            self.roll_seed()
        self._set_generating(on=True)
        self._session.generate()

    def cancel(self) -> None:
        """Take back the stroke being drawn or what a tool has open; when there is none, stop what the engine makes."""
        if self._toolbox.in_gesture:
            self._toolbox.cancel()
            return
        if self._toolbox.pending:
            self._toolbox.dismiss()
            return
        self._session.cancel()
        self._set_generating(on=False)

    def _set_generating(self, *, on: bool) -> None:
        if on != self.generating:
            self.generating = on
            self.generating_changed.emit()

    def _engine_changed(self, state: EngineState) -> None:
        if state.name in ("restarting", "failed", "stopped"):
            self._set_generating(on=False)

    def keep(self) -> None:
        """Enter: confirm what a tool has open, else write the shown result as a layer."""
        pending = self._toolbox.pending
        self._toolbox.finish()
        if not pending:
            self._session.keep()

    def discard(self) -> None:
        self._session.clear_result()

    def roll_seed(self) -> None:
        """A new random seed."""
        self._session.set_direction(replace(self._session.direction, seed=secrets.randbelow(MAX_ROLLED_SEED)))

    def toggle_seed_lock(self) -> None:
        self.seed_locked = not self.seed_locked
