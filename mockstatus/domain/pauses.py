"""Where runs of timed phases pause, found once for a track."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockstatus.domain.timeline import Phase


def pauses(phases: Sequence[Phase], *, at_ends: bool) -> tuple[int, ...]:
    """For each phase, the next one at which a run of timed phases pauses.

    A run pauses where something other than time decides. at_ends: also at a final state, which
    could set off a wait elsewhere; not at one that is passed in no time, which nobody can see. A
    phase that does not end by the clock is its own pause.
    """
    last = len(phases) - 1
    found = [last] * len(phases)
    for index in range(last - 1, -1, -1):
        following = phases[index + 1]
        if phases[index].timed_us is None:
            found[index] = index
        elif following.timed_us is None or (at_ends and following.ending and following.timed_us):
            found[index] = index + 1
        else:
            found[index] = found[index + 1]
    return tuple(found)
