"""An executor for tests: what is submitted waits until the test lets it run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from canvas.formats.job import Cancelled


class ByHand(Executor):
    """`run` carries out the oldest task on the calling thread."""

    def __init__(self) -> None:
        self._tasks: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._tasks.append((future, lambda: fn(*args, **kwargs)))
        return future

    @property
    def waiting(self) -> int:
        return len(self._tasks)

    def run(self) -> None:
        future, task = self._tasks.pop(0)
        try:
            future.set_result(task())
        except (Cancelled, ValueError, ArithmeticError) as error:
            future.set_exception(error)
