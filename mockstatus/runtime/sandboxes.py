"""Name -> sandbox: made on first use, bounded in number, idle ones evicted."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

from mockstatus.errors import LimitReachedError
from mockstatus.runtime.clock import SYSTEM_TIME, TimeSource
from mockstatus.runtime.sandbox import Sandbox

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
IDLE_US = 600 * 1_000_000
"""A sandbox that nobody used for ten minutes of real time may make room for another."""

BYTES_LIMIT = 1 << 30
"""Bytes that all sandboxes of a server keep at most of what was sent and answered."""

WEIGH_EVERY = 64
"""Bytes are counted once in so many calls that store something, or once in as many as there are
sandboxes: counting goes through all of them, and is not to be felt however many they are."""


class Sandboxes:
    """All sandboxes of a server. Thread-safe.

    make: makes a sandbox of this name as new. limit: how many there may be.
    """

    def __init__(
        self,
        make: Callable[[str], Sandbox],
        *,
        limit: int = 1000,
        source: TimeSource = SYSTEM_TIME,
    ) -> None:
        self._make = make
        self._limit = limit
        self._source = source
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Sandbox] = OrderedDict()
        self._used_us: dict[str, int] = {}
        self._stored = 0
        self._listeners: set[Callable[[], None]] = set()

    def look(self, name: str) -> Sandbox:
        """The sandbox of this name; a new one, not kept, where there is none.

        A sandbox comes to be with its first submission or control write, never by a look.
        """
        sandbox = self._kept.get(name)
        if sandbox is None:
            return self._make(name)
        self._used_us[name] = self._source.elapsed_us()
        return sandbox

    def keep(self, sandbox: Sandbox) -> Sandbox:
        """Keeps a sandbox that was looked at; answers the kept one of its name.

        Raises LimitReachedError where there are too many and none of them is idle.
        """
        with self._lock:
            self._stored += 1
            if self._stored >= max(WEIGH_EVERY, len(self._kept)):
                self._stored = 0
                self._bound_bytes()
            kept = self._kept.get(sandbox.name)
            if kept is not None:
                return kept
            while len(self._kept) >= self._limit:
                self._evict()
            self._kept[sandbox.name] = sandbox
            self._used_us[sandbox.name] = self._source.elapsed_us()
        self._changed()
        return sandbox

    def fresh(self, name: str) -> Sandbox:
        """A sandbox as new, which nobody sees before it is put in its place."""
        return self._make(name)

    def reset(self, name: str) -> Sandbox:
        """Puts a sandbox as new in its place; done when it answers."""
        fresh = self._make(name)
        self._swap(fresh, is_kept=False)
        return fresh

    def put(self, sandbox: Sandbox) -> None:
        """Puts a sandbox in the place of the one of its name. Raises LimitReachedError."""
        self.keep(sandbox)
        self._swap(sandbox, is_kept=True)

    def _swap(self, sandbox: Sandbox, *, is_kept: bool) -> None:
        with self._lock:
            old = self._kept.get(sandbox.name)
            if old is not None or is_kept:
                self._kept[sandbox.name] = sandbox
        if old is not None:
            old.changed()
            if old is not sandbox:
                _let_go(old)
        self._changed()

    def find(self, name: str) -> Sandbox | None:
        """The sandbox of this name, if there is one; looking makes none, and keeps none alive."""
        return self._kept.get(name)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` when a sandbox came to be, or another one took its place.

        From whatever thread; answers how to stop that.
        """
        self._listeners.add(listener)

        def stop() -> None:
            self._listeners.discard(listener)

        return stop

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            with suppress(RuntimeError):  # its event loop was closed meanwhile
                listener()

    def names(self) -> tuple[str, ...]:
        """The sandboxes that there are, in the order in which they came to be."""
        return tuple(self._kept)

    def kept(self) -> tuple[Sandbox, ...]:
        """The sandboxes that there are."""
        return tuple(self._kept.values())

    def _bound_bytes(self) -> None:
        while sum(sandbox.size for sandbox in self._kept.values()) > BYTES_LIMIT:
            idle = self._idlest()
            if idle is None:
                raise LimitReachedError(
                    f"all sandboxes together keep more than {BYTES_LIMIT} bytes, and none of them"
                    " is idle for ten minutes; reset some",
                    limit="bytes",
                )
            self._drop(idle)

    def _evict(self) -> None:
        idle = self._idlest()
        if idle is None:
            raise LimitReachedError(
                f"there are {self._limit} sandboxes already, none of them idle for ten minutes;"
                " raise MOCKSTATUS_MAX_SANDBOXES or reuse names",
                limit="sandboxes",
            )
        self._drop(idle)

    def _idlest(self) -> str | None:
        """The sandbox that was idle for longest, and long enough to make room."""
        # Other threads note what they look at meanwhile.
        name = min(tuple(self._used_us), key=self._used_us.__getitem__, default=None)
        if name is None or self._used_us[name] > self._source.elapsed_us() - IDLE_US:
            return None
        return name

    def _drop(self, name: str) -> None:
        del self._used_us[name]
        # A look that came while it went may have noted it once more: then it is gone already.
        sandbox = self._kept.pop(name, None)
        if sandbox is not None:
            _let_go(sandbox)


def _let_go(sandbox: Sandbox) -> None:
    """Lets a sandbox go as soon as the last who holds it does.

    What services keep in it, and what it remembers, leads back to it. The garbage collector would
    find that out, but looks seldom at what is old: of a hundred thousand jobs of Krixik's, reset by
    the hundred, 100 MB were left.
    """
    sandbox.stash.clear()
    sandbox.memo.forget()
