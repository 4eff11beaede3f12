"""The status line: where the pen is, what it works on, and how the engine is, in words and numbers.

It shows what it is told and what the session says; it asks nothing while a stroke is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStatusBar, QWidget

from app.canvas_view.image_age import ImageAge
from app.glossary import Glossary
from app.session import Session
from app.theme import MARGIN_PX, Theme
from app.widgets.zoom_field import ZoomField
from canvas.layers import Layer
from canvas.state import DocumentState, surfaces
from inference.messages import EngineState

MESSAGE_MS = 6000
_AGE_MS = 200
_MEMORY_MS = 1000


def memory_text(painting_bytes: int) -> str:
    """ "412 MB painting" """
    return f"{round(painting_bytes / 1e6):,} MB painting".replace(",", "\u00a0")


def layer_text(state: DocumentState, active: str | None) -> str:
    """ "Layer 3 of 6", counted from the top as the panel lists them, groups not counted."""
    layers = [node.id for node in state.walk() if isinstance(node, Layer)]
    count = len(layers)
    if active in layers:
        return f"Layer {count - layers.index(active)} of {count}"  # type: ignore[arg-type] # in the list, so no None
    return f"{count} layer" + ("" if count == 1 else "s")


def _grouped(number: float) -> str:
    return f"{int(number):,}".replace(",", "\u00a0")


class _Dot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name = "stopped"
        self.setFixedSize(9, 16)

    def show_state(self, state: EngineState) -> None:
        self._name = state.name
        self.update()

    def _colour(self) -> QColor:
        tokens = self._theme.tokens
        if self._name == "ready":
            return tokens.ready
        return tokens.waiting if self._name in ("starting", "loading", "restarting") else tokens.broken

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour())
        painter.drawEllipse(QPointF(4.5, 8.5), 3.5, 3.5)
        painter.end()


class StatusLine(QStatusBar):
    """`age`: of the shown image, kept by the canvas view and read against the same `clock` in seconds."""

    def __init__(
        self, session: Session, theme: Theme, glossary: Glossary, age: ImageAge, clock: Callable[[], float]
    ) -> None:
        super().__init__()
        self._session = session
        self._age = age
        self._clock = clock
        self.setSizeGripEnabled(False)
        self.zoom = ZoomField()
        self.position, self.size_, self.layer = (QLabel() for _ in range(3))
        self.message, self.engine, self.memory = QLabel(), QLabel(), QLabel()
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.engine.setToolTip(glossary.tip("engine"))
        self.memory.setToolTip("Memory used by the layers and by what can be undone")
        self.dot = _Dot(theme)
        engine = QWidget()
        pair = QHBoxLayout(engine)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(6)
        pair.addWidget(self.dot)
        pair.addWidget(self.engine)
        row = QWidget()
        self._line = line = QHBoxLayout(row)
        line.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 0)
        line.setSpacing(18)
        for label in (self.zoom, self.position, self.size_, self.layer):
            line.addWidget(label)
        line.addWidget(self.message, 1)
        line.addWidget(engine)
        line.addWidget(self.memory)
        self.addWidget(row, 1)
        self.position.hide()

        self._forget = _timer(self, MESSAGE_MS, self.message.clear, single=True)
        self._ageing = _timer(self, _AGE_MS, self._show_engine, single=False)
        self._weighing = _timer(self, _MEMORY_MS, self._show_memory, single=True)
        session.document_changed.connect(self._follow)
        session.document_replaced.connect(self._show_document)
        session.active_changed.connect(self._show_document)
        session.engine_changed.connect(lambda _state: self._show_engine())
        session.result_changed.connect(self._show_engine)
        session.message.connect(self.tell)
        self._show_document()
        self._show_engine()

    def add_note(self, note: QWidget) -> None:
        """Room for what is under way, before the engine."""
        self._line.insertWidget(self._line.indexOf(self.message) + 1, note)

    def tell(self, sentence: str) -> None:
        """Show a sentence for a few seconds."""
        self.message.setText(sentence)
        self.message.setToolTip(sentence)
        self._forget.start()

    def show_zoom(self, share: float) -> None:
        """`share`: device pixels per document pixel, 1.0 is 100 %."""
        self.zoom.show_zoom(share)

    def show_position(self, x: float, y: float) -> None:
        """Where the pointer is, in document pixels."""
        self.position.setText(f"{_grouped(floor(x))}, {_grouped(floor(y))} px")
        self.position.show()

    def _follow(self, old: DocumentState, new: DocumentState) -> None:
        if old.layers is not new.layers and not self._session.document.in_gesture:
            self._show_document()
        elif not self._weighing.isActive():
            self._weighing.start()
        if not self._ageing.isActive():
            self._show_engine()

    def _show_document(self) -> None:
        state = self._session.document.state
        self.size_.setText(f"{_grouped(state.width)} × {_grouped(state.height)}")
        self.layer.setText(layer_text(state, self._session.active))
        if not self._weighing.isActive():
            self._weighing.start()
        if not self.memory.text():
            self._show_memory()

    def _show_memory(self) -> None:
        document = self._session.document
        if document.in_gesture:
            self._weighing.start()
            return
        tiles = {id(tile): tile.nbytes for surface in surfaces(document.state) for tile in surface.tiles.values()}
        self.memory.setText(memory_text(sum(tiles.values()) + document.history_size_bytes()))

    def _show_engine(self) -> None:
        state, result = self._session.engine_state, self._session.result
        parts = [state.sentence.rstrip(".")]
        behind = False
        if result is not None and state.name == "ready":
            took_s = result.timings_s.get("total")
            if took_s is not None:
                parts.append(f"last frame {took_s:.2f} s")
            behind = not self._age.in_sync
            parts.append(f"image behind by {self._age.behind_s(self._clock()):.1f} s" if behind else "image in sync")
        self.engine.setText(", ".join(parts))
        self.dot.show_state(state)
        # Count on only while a newer image is to be expected: an idle window has no timer running.
        if behind and self._session.live:
            self._ageing.start()
        else:
            self._ageing.stop()


def _timer(parent: QWidget, interval_ms: int, done: Callable[[], None], *, single: bool) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.setSingleShot(single)
    timer.timeout.connect(done)
    return timer
