"""Which generations of a journal are kept: the newest, and of older ones the fewer the older they are. Pure."""

from __future__ import annotations

from collections.abc import Sequence

#: So many of the newest are kept whatever their age.
NEWEST = 4
#: Of those at most so many seconds older than the newest (second number), the last of every so many seconds (first).
STEPS_S = ((10.0, 60.0), (60.0, 600.0), (600.0, 6 * 3600.0), (3600.0, 48 * 3600.0))


def kept(made_s: Sequence[float]) -> frozenset[int]:
    """Indices of the generations to keep. `made_s`: when each was made, in the order in which they were written."""
    if not made_s:
        return frozenset()
    count, newest_s = len(made_s), made_s[-1]
    found = set(range(max(0, count - NEWEST), count))
    filled: set[tuple[float, int]] = set()
    for index in reversed(range(count)):
        for period_s, reach_s in STEPS_S:
            # Ages are told from the newest one, and no older one is younger: a clock that was set cannot drop them all.
            if max(0.0, newest_s - made_s[index]) <= reach_s:
                span = period_s, int(made_s[index] // period_s)
                if span not in filled:
                    filled.add(span)
                    found.add(index)
                break
    return frozenset(found)
