"""Those who sleep on one clock that stands still: the earliest goes first, and moves it.

Where several threads or tasks sleep, the one that wakes first in virtual time must also be the
first to wake really. So a sleeper lets those that are awake come to their own sleep, for a moment
of real time; who does not come by then is busy with something else, and nobody waits for it until
it sleeps again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_HOPELESS = 10
"""So many times the patience without any event: the first sleeper will not rise by itself."""

Who = threading.Thread | asyncio.Task[Any]


@dataclass(eq=False, slots=True)
class Sleeper:
    """who sleeps, and until which instant of the sandbox's clock."""

    who: Who
    until_us: int


class Sleepers:
    """Decides whose turn it is. Thread-safe.

    now_us, move_to: the sandbox's clock. elapsed_s: real time. patience_s: for how long nothing
    may happen before those who are awake are waited for no longer. absent: threads that are not
    waited for until they sleep.
    """

    def __init__(
        self,
        now_us: Callable[[], int],
        move_to: Callable[[int], None],
        *,
        elapsed_s: Callable[[], float],
        patience_s: float = 0.05,
        absent: Iterable[Who] = (),
    ) -> None:
        self._now_us = now_us
        self._move_to = move_to
        self._elapsed_s = elapsed_s
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._sleeping: dict[Sleeper, None] = {}
        self._awake: set[Who] = set()
        self._absent: set[Who] = set(absent)
        self._last_event_s = elapsed_s()
        self._moved_to_us = 0

    def lie_down(self, who: Who, others: Iterable[Who], us: int) -> Sleeper:
        """Somebody sleeps from now on. others: who is there besides, asleep or awake."""
        with self._lock:
            self._moved_to_us = self._now_us()
            sleeper = Sleeper(who, self._moved_to_us + us)
            self._sleeping[sleeper] = None
            asleep = {one.who for one in self._sleeping}
            self._absent.discard(who)
            self._awake |= set(others)
            self._awake -= asleep | self._absent
            self._last_event_s = self._elapsed_s()
            return sleeper

    def may_rise(self, sleeper: Sleeper) -> bool:
        """Whether the sleeper's time has come; moves the clock there if it is its turn."""
        with self._lock:
            if self._moved_to_us >= sleeper.until_us:
                return True
            self._awake = {one for one in self._awake if _is_alive(one)}
            is_first = all(one.until_us >= sleeper.until_us for one in self._sleeping)
            # The first one cannot rise where its event loop is what sleeps: then another one does.
            patience_s = self._patience_s * (1 if is_first else _HOPELESS)
            is_quiet = self._elapsed_s() - self._last_event_s >= patience_s
            if not is_quiet and (self._awake or not is_first):
                return False
            self._absent |= self._awake
            self._awake.clear()
            self._move_to(sleeper.until_us)
            self._moved_to_us = sleeper.until_us
            return True

    def rise(self, sleeper: Sleeper) -> None:
        """The sleeper is awake, whatever woke it."""
        with self._lock:
            self._sleeping.pop(sleeper, None)
            self._awake.add(sleeper.who)
            self._last_event_s = self._elapsed_s()


def _is_alive(one: Who) -> bool:
    return one.is_alive() if isinstance(one, threading.Thread) else not one.done()
