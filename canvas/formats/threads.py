"""Work for codecs on several threads. Worth it because zstd, numba and cv2 release the GIL."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


def in_threads(work: Callable[[_Item], _Done], items: Iterable[_Item]) -> Iterator[tuple[_Item, _Done]]:
    """Each item with work(item), in order; a few are worked on ahead of the one that is asked for.

    Whoever stops asking, or an error, calls off what is not begun; what is runs to its end first.
    """
    threads = os.cpu_count() or 1
    ahead: deque[tuple[_Item, Future[_Done]]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for item in items:
            ahead.append((item, pool.submit(work, item)))
            if len(ahead) > 8 * threads:
                done, future = ahead.popleft()
                yield done, future.result()
        while ahead:
            done, future = ahead.popleft()
            yield done, future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def batches(items: Iterable[_Item], size: int) -> Iterator[tuple[_Item, ...]]:
    """`items` in tuples of `size`, the last of what is left: handing many to a thread at once costs less."""
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch
