"""Puts the program together: the only place that picks concrete classes. GUI thread.

`open_studio` gives a session, a canvas view and a running engine, with a window around them or without.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

from PySide6.QtCore import QEventLoop, QObject, QSettings, QSocketNotifier, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from app.canvas_view.fresh_ink import lay_over
from app.canvas_view.proximity import PenApplication
from app.canvas_view.tablet import configure_input
from app.canvas_view.view import CanvasView
from app.folders import journal_folder
from app.journal import Journal
from app.journal_folder import JournalFolder
from app.main_window import MainWindow
from app.session import Session
from app.theme import Theme
from app.tools.toolbox import Toolbox
from canvas import kernels
from canvas.formats import registry
from canvas.state import DocumentState
from inference.hosts.base import EngineSettings
from inference.hosts.process import ProcessHost
from inference.messages import EngineState
from inference.result import Result
from inference.thread import EngineThread
from models.catalogue import Catalogue, scan

#: The engine thread hands the interpreter to a waiting pen event within this time.
SWITCH_INTERVAL_S = 0.0005
READY_TIMEOUT_MS = 120_000
#: Compiled loops that take longer than this to come are being compiled, not loaded.
SLOW_START_MS = 2500
#: How long after the start the graphics driver is asked for the first time what it can do.
ASK_DRIVER_MS = 1500


def make_application(arguments: Sequence[str]) -> QApplication:
    """The QApplication, with input and fonts as Underdraw needs them. Once a process."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    configure_input()
    program = PenApplication(["underdraw", *arguments])
    program.setApplicationName("Underdraw")
    program.setOrganizationName("Underdraw")
    return program


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything a window shows, alive. `close` ends the engine."""

    session: Session
    toolbox: Toolbox
    view: CanvasView
    theme: Theme
    catalogue: Catalogue
    engine: EngineThread
    host: ProcessHost

    def wait_until_ready(self) -> None:
        """Run the event loop until the engine is ready. Raises RuntimeError when it fails or takes too long."""
        loop = QEventLoop()

        def look(state: EngineState) -> None:
            if state.name in ("ready", "failed", "stopped"):
                loop.quit()

        disconnect = self.session.engine_changed.connect(look)
        QTimer.singleShot(READY_TIMEOUT_MS, loop.quit)
        if self.session.engine_state.name != "ready":
            loop.exec()
        disconnect()
        if self.session.engine_state.name != "ready":
            raise RuntimeError(f"the engine did not start: {self.session.engine_state.sentence}")

    def close(self) -> None:
        self.session.close()


def open_studio(
    state: DocumentState,
    program: QApplication,
    view_class: Callable[[Session, Toolbox, Theme], CanvasView] = CanvasView,
) -> Studio:
    """A studio over `state`, its engine starting in a process of its own."""
    theme = Theme(program, "dark")
    session = Session(state)
    toolbox = Toolbox(session)
    view = view_class(session, toolbox, theme)
    catalogue = scan()
    host = ProcessHost(EngineSettings(models_folder=catalogue.folder))
    engine = EngineThread(host, catalogue, session.direction, clock=perf_counter)
    Bridge(engine, session)
    engine.start()
    session.attach(engine)
    return Studio(session, toolbox, view, theme, catalogue, engine, host)


class Bridge(QObject):
    """Receives the engine thread's signals in the GUI thread and hands them to the session."""

    def __init__(self, engine: EngineThread, session: Session) -> None:
        super().__init__(engine)
        self._session = session
        queued = Qt.ConnectionType.QueuedConnection
        engine.frame.connect(self.take_result, queued)
        engine.state.connect(self.take_state, queued)
        engine.error.connect(self.take_error, queued)
        engine.progress.connect(self.take_progress, queued)
        engine.sync.connect(self.take_sync, queued)

    @Slot(object)
    def take_result(self, result: Result) -> None:
        self._session.show_result(result)

    @Slot(object)
    def take_state(self, state: EngineState) -> None:
        self._session.show_state(state)

    @Slot(str)
    def take_error(self, sentence: str) -> None:
        self._session.show_error(sentence)

    @Slot(object)
    def take_sync(self, behind_since_s: float | None) -> None:
        self._session.show_sync(behind_since_s)

    @Slot(int, int, str)
    def take_progress(self, step: int, steps: int, purpose: str) -> None:
        if purpose == "final":
            self._session.progress_changed.emit(step, steps)


def open_window(state: DocumentState, files: Sequence[Path], report: Callable[[str], None]) -> int:
    """Show the main window over `state`, open the first of `files`, and run until it is closed: the exit status.

    `report` hears "shown" once the window is on screen and "ready" once the engine answers.
    """
    program = make_application([])
    QuitOnSignals(program)
    studio = open_studio(state, program)
    window = MainWindow(studio.session, studio.toolbox, studio.view, studio.theme, studio.catalogue.models, QSettings())
    first = ReportStart(studio.session, report)
    studio.view.may_composite = kernels.can_paint
    window.layers.may_compose = kernels.all_loaded
    window.canvas_choice.apply()
    journal = open_journal(studio.session)
    window.use_journal(journal, quietly=bool(files))
    window.show()
    QTimer.singleShot(0, first.window_shown)
    if files:
        window.open_files(files)
    elif journal.folder.empty:
        window.show_first_document()
    QTimer.singleShot(ASK_DRIVER_MS, window.canvas_choice.look_for_card)
    try:
        return program.exec()
    finally:
        journal.close(settled=window.settled)
        studio.close()


def open_journal(session: Session) -> Journal:
    """The journal of `session`, which begins to write once the event loop runs."""
    bridge = JournalBridge()
    folder = JournalFolder(journal_folder(QSettings(), os.environ))
    journal = bridge.journal = Journal(session, folder, lambda: bridge.news.emit())
    QTimer.singleShot(0, journal.start)
    return journal


class JournalBridge(QObject):
    """Receives the news of the journal's thread in the GUI thread."""

    news = Signal()
    journal: Journal

    def __init__(self) -> None:
        super().__init__()
        self.news.connect(self.poll, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def poll(self) -> None:
        self.journal.poll()


class QuitOnSignals(QObject):
    """Ctrl-C in the terminal and a polite kill end the program and its engine, without asking."""

    def __init__(self, program: QApplication) -> None:
        super().__init__(program)
        self._ours, self._pythons = socket.socketpair()
        self._pythons.setblocking(False)
        self._ours.setblocking(False)
        # Python runs handlers between its own instructions; the socket wakes a Qt that is waiting for events.
        signal.set_wakeup_fd(self._pythons.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: program.quit())
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self.read)

    @Slot()
    def read(self) -> None:
        # Two signals can be read at once; the second notice then finds nothing, and must not wait for more.
        with suppress(BlockingIOError):
            self._ours.recv(16)


class ReportStart:
    """Says once that the window is there and that the engine is ready; then prepares the brushes in the background."""

    def __init__(self, session: Session, report: Callable[[str], None]) -> None:
        self._report = report
        self._session = session
        self._disconnect = session.engine_changed.connect(self._look)

    def window_shown(self) -> None:
        self._report("shown")
        Warming().start()
        QTimer.singleShot(SLOW_START_MS, self._explain_waiting)

    def _explain_waiting(self) -> None:
        if not kernels.can_paint():
            self._session.message.emit("Preparing the brushes; this happens once after installing")

    def _look(self, state: EngineState) -> None:
        if state.name == "ready":
            self._disconnect()
            self._report("ready")


class Warming:
    """Loads the compiled loops of document and view on a thread, so that the first stroke finds them; then the modules
    of the file formats, for the first save."""

    def __init__(self) -> None:
        self._stopped = Event()
        self._thread = Thread(target=self._load, name="warm kernels", daemon=True)

    def start(self) -> None:
        # A compiler that is at work while the interpreter goes would take the process down with it.
        atexit.register(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Return when the loop being loaded is there; the others are loaded when they are needed."""
        self._stopped.set()
        self._thread.join()

    def _load(self) -> None:
        for kernel in (*kernels.in_order(), lay_over):
            if self._stopped.is_set():
                return
            kernel.load()
        for each in registry.FORMATS:
            if self._stopped.is_set():
                return
            import_module(each.module)
