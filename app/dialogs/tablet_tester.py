"""The tablet tester: what pen, mouse and fingers report, as figures, as a drawing, and as a log. GUI thread only."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QInputDevice, QTabletEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.pen_settings import PenSettings, response
from app.theme import SMALL_PX, Theme, figures_font
from app.tools.options import Held
from app.widgets.scratch_pad import Sample, ScratchPad, device_capabilities

#: Figures and log are renewed this often: a fast pen reports more often than anyone can read.
RENEW_MS = 50
#: Of the log.
MOST_LINES = 5000
FACTS_PX = 250
_FACTS = (
    "Device", "Type", "Pointer", "Position", "Pressure", "After the curve", "Tilt", "Rotation", "Buttons", "Events",
    "Reports",
)  # fmt: skip
_NEAR = {QEvent.Type.TabletEnterProximity: "comes near", QEvent.Type.TabletLeaveProximity: "is out of reach"}


class EventRate:
    """How often a device reports, over its last second; a pause longer than a quarter of one starts anew.

    >>> rate = EventRate()
    >>> [round(rate.told(index / 200)) for index in range(4)]
    [0, 200, 200, 200]
    """

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def told(self, time_s: float) -> float:
        """An event came at that moment; returns events a second, 0 while that cannot be said."""
        times = self._times
        if times and not 0.0 <= time_s - times[-1] <= 0.25:
            times.clear()
        times.append(time_s)
        while time_s - times[0] > 1.0:
            times.popleft()
        span = time_s - times[0]
        return (len(times) - 1) / span if span > 0.0 else 0.0


class TabletTester(QDialog):
    """`pen`: its curve is applied to what is drawn."""

    def __init__(self, theme: Theme, pen: Held[PenSettings], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Tablet tester")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 560)
        self._response = response(pen.value.curve)
        self._rate = EventRate()
        self._events_s = 0.0
        self._last: Sample | None = None
        self._lines: list[str] = []
        self._late = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._late.timeout.connect(self.show_now)
        self.pad = ScratchPad(theme, self._response, "Draw here with the pen, the mouse or a finger")
        self.pad.sampled.connect(self._take)
        self.facts = {name: QLabel("–") for name in _FACTS}
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(MOST_LINES)
        self.log.setFont(figures_font(SMALL_PX))
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setFixedHeight(150)
        self.log.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.log.setAccessibleName("Log of events")
        copy = QPushButton("Copy log")
        copy.clicked.connect(self.copy_log)
        clear = QPushButton("Clear")
        clear.clicked.connect(self.clear)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        close.setDefault(True)

        facts = QWidget()
        facts.setFixedWidth(FACTS_PX)
        grid = QGridLayout(facts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self.facts.items()):
            caption = QLabel(name)
            caption.setProperty("dim", True)
            value.setFont(figures_font())
            value.setWordWrap(True)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(len(self.facts), 1)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.pad, 1)
        top.addWidget(facts)
        ending = QHBoxLayout()
        ending.setSpacing(6)
        for button in (copy, clear):
            button.setAutoDefault(False)
            ending.addWidget(button)
        ending.addStretch(1)
        ending.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addLayout(top, 1)
        column.addWidget(self.log)
        column.addLayout(ending)

        close.setFocus()
        self._disconnect = pen.changed.connect(self._bend)
        application = QCoreApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._tell_devices()
        self.show_now()

    def clear(self) -> None:
        """Empty the sheet and the log."""
        self.pad.clear()
        self._lines = []
        self.log.clear()

    def copy_log(self) -> None:
        self.show_now()
        QGuiApplication.clipboard().setText(self.log.toPlainText())

    def show_now(self) -> None:
        """Renew the figures and the log."""
        self._late.stop()
        if self._lines:
            self.log.appendPlainText("\n".join(self._lines))
            self._lines = []
        if self._last is not None:
            for name, text in self._figures(self._last).items():
                self.facts[name].setText(text)

    def _figures(self, sample: Sample) -> dict[str, str]:
        pressure, tilt, rotation = sample.pressure, sample.tilt, sample.rotation
        return {
            "Device": sample.device,
            "Type": sample.kind,
            "Pointer": sample.pointer,
            "Position": f"{sample.x:.2f}, {sample.y:.2f}",
            "Pressure": _NOT if pressure is None else f"{pressure * 100:.1f} %",
            "After the curve": _NOT if pressure is None else f"{self._response(pressure) * 100:.1f} %",
            "Tilt": _NOT if tilt is None else f"{tilt[0]:.0f}°, {tilt[1]:.0f}°",
            "Rotation": _NOT if rotation is None else f"{rotation:.0f}°",
            "Buttons": ", ".join(sample.buttons) or "none",
            "Events": f"{self._events_s:.0f} a second" if self._events_s else "–",
            "Reports": ", ".join(sample.capabilities) or "nothing",
        }

    def _take(self, sample: Sample) -> None:
        if self._last is None or self._last.device != sample.device:
            self._rate = EventRate()
        if sample.finger <= 1:  # all fingers report together
            self._events_s = self._rate.told(sample.time_s)
        self._last = sample
        self._tell(line_of(sample))

    def _tell(self, line: str) -> None:
        self._lines.append(line)
        if not self._late.isActive():
            self._late.start()

    def _tell_devices(self) -> None:
        for device in QInputDevice.devices():
            reports = ", ".join(device_capabilities(device)) or "nothing"
            self._tell(f"{device.name() or 'without a name'}: {device.type().name}, reports {reports}")

    def _bend(self, pen: PenSettings) -> None:
        self._response = response(pen.curve)
        self.pad.set_response(self._response)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt tells the application, not a widget, that a pen comes and goes.
        if event.type() in _NEAR and isinstance(event, QTabletEvent):
            end = event.pointerType().name
            self._tell(f"{event.timestamp() / 1000:.3f}  {end} {_NEAR[event.type()]}, {event.pointingDevice().name()}")
        return False

    def done(self, result: int) -> None:
        self._disconnect()
        super().done(result)


_NOT = "not reported"


def line_of(sample: Sample) -> str:
    """A line of the log."""
    parts = [f"{sample.time_s:.3f}", f"{sample.pointer.lower()} {sample.happening}"]
    if sample.finger:
        parts[-1] += f" {sample.finger}"
    parts.append(f"x {sample.x:.2f}  y {sample.y:.2f}")
    if sample.pressure is not None:
        parts.append(f"pressure {sample.pressure:.4f}")
    if sample.tilt is not None:
        parts.append(f"tilt {sample.tilt[0]:.1f} {sample.tilt[1]:.1f}")
    if sample.rotation is not None:
        parts.append(f"rotation {sample.rotation:.1f}")
    if sample.buttons:
        parts.append(f"buttons {', '.join(sample.buttons)}")
    return "  ".join(parts)
