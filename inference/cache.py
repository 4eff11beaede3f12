"""`ByteCache`: a least-recently-used cache bounded by bytes, and nothing else. Owned by one thread. Plain Python.

Keys name a stage and the digests of everything its output depends on, so an entry can never be stale, only unused.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class ByteCache(Generic[V]):
    """Keeps values up to `budget_bytes` as measured by `size_of`; drops the longest unused first.

    `made[stage]` counts how often a value of that stage had to be made; a key is a tuple that begins with its stage.

    >>> cache = ByteCache[bytes](10, len)
    >>> [cache.get(("text", word), word.encode) for word in ("hill", "hill", "boat")]
    [b'hill', b'hill', b'boat']
    >>> cache.made["text"]
    2
    """

    def __init__(self, budget_bytes: int, size_of: Callable[[V], int]) -> None:
        self.budget_bytes = budget_bytes
        self.used_bytes = 0
        self.made: Counter[str] = Counter()
        self._size_of = size_of
        self._entries: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._entries

    def get(self, key: tuple[Hashable, ...], make: Callable[[], V]) -> V:
        """The value of `key`, made now if it is not there. What `make` raises passes through; nothing is kept then."""
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
            return found[0]
        value = make()
        self.made[str(key[0])] += 1
        size = self._size_of(value)
        self._entries[key] = (value, size)
        self.used_bytes += size
        while self.used_bytes > self.budget_bytes and len(self._entries) > 1:
            self.used_bytes -= self._entries.popitem(last=False)[1][1]
        return value

    def clear(self) -> None:
        """Forget everything, to give memory back."""
        self._entries.clear()
        self.used_bytes = 0
