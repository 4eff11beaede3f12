"""`Carry`: something lifted off the document while a hand moves it, and its way back down. Session's thread; no Qt.

What is small is put down anew for every display frame. What is large hovers as a quick draft over the canvas while it
is dragged, and is put down when the hand rests, on a background thread, so that Enter finds it done.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

from app.session import Session
from app.tools.shapes import Picture, Shape
from canvas.draft import Draft
from canvas.geometry import Rect
from canvas.lifting import Lifted, hovering, placed, require_room
from canvas.state import DocumentState
from canvas.tiles import TILE_PX
from canvas.transform import IDENTITY, Interpolation, Mapping, Work

Seen: TypeAlias = Callable[[], tuple[Rect, int]]
"""The document rectangle in sight, and the mip level that it is shown at."""

#: The most tiles that are resampled, or only moved, for every display frame.
LIVE_TILES, LIVE_MOVED_TILES = 40, 120
#: Progress is told in steps of so many percent.
_TOLD_STEP = 10


class Carry:
    """Holds a gesture of the document open from its making until `commit` or `rollback`.

    `carry_to` says where to, `flush` shows it, `rest` asks for the final pixels.
    """

    def __init__(self, session: Session, lifted: Lifted, label: str, seen: Seen) -> None:
        self.document = session.document
        self.lifted = lifted
        self._session, self._seen = session, seen
        self._interpolation = Interpolation.BILINEAR
        self._wanted: Mapping = IDENTITY
        self._shown: Mapping = IDENTITY
        self._final = True
        self._draft: Draft | None = None
        self._draft_level = 0
        self._picture: Picture | None = None
        self._job: _Job | None = None
        self.document.begin(label)

    @property
    def is_open(self) -> bool:
        """Nobody else has closed the gesture, as opening another document does."""
        return self.document is self._session.document and self.document.in_gesture

    @property
    def busy(self) -> bool:
        """Final pixels are being made; `flush` takes them when they are there."""
        return self._job is not None

    def carry_to(self, mapping: Mapping) -> None:
        """Where to put it down. Raises EditError when there is no room for the result; nothing changes then."""
        require_room(self.lifted, mapping)
        self._wanted = mapping

    def flush(self) -> None:
        """Show what was asked for last."""
        if self._job is not None and self._wanted is self._job.mapping:
            self._take_from(self._job)
        elif self._wanted is not self._shown:
            self._stop_job()
            self._final = False
            self._shown = self._wanted
            if self._is_light(self._wanted):
                self._picture = None
                self.document.update(placed(self.lifted, self._wanted, Interpolation.BILINEAR))
            else:
                self._hover()

    def rest(self, interpolation: Interpolation) -> None:
        """The hand rests: make the pixels as they are to be."""
        self._interpolation = interpolation
        self._stop_job()
        if self._is_light(self._wanted):
            self._put_down(placed(self.lifted, self._wanted, interpolation))
            return
        if self._wanted is not self._shown:
            self._shown = self._wanted
            self._hover()
        self._final = False
        self._job = _Job(self.lifted, self._wanted, interpolation)

    def commit(self) -> None:
        """One undoable step, or none when nothing has changed. Waits for the final pixels."""
        if self._job is not None and self._job.mapping is self._wanted:
            self._put_down(self._job.result())
        self._stop_job()
        if not self._final or self._wanted is not self._shown:
            self._put_down(placed(self.lifted, self._wanted, self._interpolation))
        self.document.commit()

    def rollback(self) -> None:
        """As if it had never been lifted."""
        self._stop_job()
        if self.is_open:
            self.document.rollback()
            self._session.gesture_ended()

    def overlay(self) -> tuple[Shape, ...]:
        return () if self._picture is None else (self._picture,)

    def _is_light(self, mapping: Mapping) -> bool:
        reach = mapping.reach(self.lifted.box)
        area = 0 if reach is None else reach.area // (TILE_PX * TILE_PX)
        most = LIVE_TILES if mapping.lossless() is None else LIVE_MOVED_TILES
        return max(self.lifted.tile_count(), area) <= most

    def _hover(self) -> None:
        seen, level = self._seen()
        seen = seen & self.document.state.rect
        if self._draft is None or level != self._draft_level:
            self._draft, self._draft_level = Draft(self.lifted, level), level
        rect, pixels = self._draft.placed(self._shown, seen)
        if self._picture is None or any(piece.figures for piece in self.lifted.pieces):
            self.document.update(hovering(self.lifted, self._shown))
        self._picture = Picture(pixels, rect)

    def _put_down(self, state: DocumentState) -> None:
        self._shown, self._final, self._picture = self._wanted, True, None
        self.document.update(state)
        self._session.gesture_ended()

    def _take_from(self, job: _Job) -> None:
        if job.done:
            self._job = None
            self._put_down(job.result())
        elif (percent := job.percent()) >= job.told_percent + _TOLD_STEP:
            job.told_percent = percent
            self._session.message.emit(f"Making the final pixels: {percent} %")

    def _stop_job(self) -> None:
        if self._job is not None:
            self._job.stop()
            self._job = None


class _Job:
    """Final pixels in the making, on a thread of their own."""

    def __init__(self, lifted: Lifted, mapping: Mapping, interpolation: Interpolation) -> None:
        self.mapping = mapping
        self.told_percent = 0
        self._work = Work()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="transform")
        self._future: Future[DocumentState] = self._pool.submit(placed, lifted, mapping, interpolation, self._work)
        self._pool.shutdown(wait=False)

    @property
    def done(self) -> bool:
        return self._future.done()

    def percent(self) -> int:
        return 100 * self._work.done_tiles // max(1, self._work.expected_tiles)

    def result(self) -> DocumentState:
        """Waits for it."""
        return self._future.result()

    def stop(self) -> None:
        self._work.stopped = True
