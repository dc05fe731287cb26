"""What the gateway keeps of a sandbox beside its tasks: counters, activity flags, files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockstatus.services.vesta.callbacks import Callbacks
from mockstatus.services.vesta.temporary import Files

if TYPE_CHECKING:
    from mockstatus.web.call import Call

ACTIVE_LIMIT = 100_000
"""Tasks whose activity is remembered; as many as a sandbox remembers jobs."""


@dataclass(slots=True, eq=False)
class Memory:
    """Changed only with the sandbox locked.

    since_us: what counters count from. active: tasks that a client saw at work, or well done.
    """

    since_us: int
    invocations: Counter[str] = field(default_factory=Counter)
    files: Files = field(default_factory=Files)
    callbacks: Callbacks | None = None
    _active: dict[str, None] = field(default_factory=dict)

    def saw_activity(self, uuid: str) -> None:
        """A client was shown the task in a normal state that is not PENDING."""
        self._active[uuid] = None
        if len(self._active) > ACTIVE_LIMIT:
            del self._active[next(iter(self._active))]

    def was_active(self, uuid: str) -> bool:
        """Whether a client ever was."""
        return uuid in self._active


def memory_of(call: Call) -> Memory:
    """The memory of the call's sandbox; of no sandbox that is only looked at."""
    found = call.sandbox.stash.get(call.service.name)
    if not isinstance(found, Memory):
        found = call.sandbox.stash[call.service.name] = Memory(call.now_us)
    return found
