"""The worker process: `python -m inference.hosts.worker`, started by `inference.hosts.process`.

Reads settings, jobs and cancels from its standard input and answers on its standard output; ends when the input does,
which is also what happens when the parent dies. Nobody else may use this module. Must not import Qt.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

from inference.hosts.base import EngineSettings
from inference.hosts.libraries import import_libraries
from inference.hosts.wire import Envelope, Wire, attach, seal, unseal
from inference.hosts.work import JobQueue, work
from inference.messages import Cancelled, Failed, Frame, FromHost, Job

log = logging.getLogger(__name__)

#: Ink comes first: the engine takes what processor time the painting leaves.
NICENESS = 5


def main() -> None:
    wire = _take_pipes()
    _step_back()
    jobs = JobQueue()
    blocks: dict[int, SharedMemory] = {}
    settings = unseal(wire.receive(), None)
    assert isinstance(settings, EngineSettings)

    def listen() -> None:
        """Ends the process, also out of a long load or a running network: nothing here is worth keeping."""
        try:
            while True:
                hear(wire.receive())
        except EOFError:
            os._exit(0)
        except Exception:
            log.exception("a message from the program cannot be read")
            os._exit(1)

    def hear(envelope: Envelope) -> None:
        block = attach(envelope.block) if envelope.block else None
        message = unseal(envelope, block)
        if isinstance(message, Cancelled):
            jobs.cancel(message.job_id)
        elif isinstance(message, Job):
            if block is not None:
                blocks[message.id] = block
            jobs.put(message)

    def send(message: FromHost) -> None:
        block = blocks.pop(message.job_id, None) if isinstance(message, Frame | Failed | Cancelled) else None
        with suppress(OSError):  # the parent is gone; the listener ends this process
            wire.send(seal(message, block))
        if block is not None:
            block.close()

    threading.Thread(target=listen, name="listener", daemon=True).start()
    with suppress(Exception):  # whoever needs what cannot be imported says so
        import_libraries()
    work(settings, jobs, send)


def _take_pipes() -> Wire:
    """Keep the pipes for the wire; whatever libraries print goes to standard error."""
    writer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return Wire(sys.stdin.buffer, writer)


def _step_back() -> None:
    """Run below the painting in priority, and be the first to go when the system runs out of memory."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")


if __name__ == "__main__":
    with suppress(EOFError):  # the program was gone before it had said anything
        main()
