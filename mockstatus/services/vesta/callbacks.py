"""Tells clients about the end of each attempt, at the address that they gave (`callback_url`).

Source: VESTA wire notes, 5.4 (observed): SUCCESS, FAILURE and RETRY are told, a killed task is
not; what becomes of the call is nobody's concern. Off unless the option `callbacks` says otherwise.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockstatus.services.vesta import states
from mockstatus.services.vesta.outbound import Reach, post
from mockstatus.services.vesta.script import TRACK

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.world import World

LIMIT = 1_000
"""Tasks of a sandbox that are followed at once; the oldest are dropped beyond it."""

_TOLD = {states.SUCCESS, states.FAILURE, states.RETRY}
_NEARLY_US = 1_000
"""Timers that differ by less are one."""

Send = Callable[[str, bytes, Reach], None]


@dataclass(slots=True, eq=False)
class _Followed:
    """A task whose ends are told. told_us, told: the last instant told of, and how many there."""

    job: Job
    url: str
    reach: Reach
    told_us: int = 0
    told: int = 0

    def news(self, now_us: int) -> Iterator[str]:
        """The ends of attempts that were not told yet, in order; they count as told then."""
        ends: list[tuple[int, str]] = []
        for visit in self.job.position(now_us).tracks[TRACK].visits_backwards():
            if visit.entered_us < self.told_us:
                break
            if visit.phase.state in _TOLD:
                ends.append((visit.entered_us, visit.phase.state))
        known = self.told
        for entered_us, state in reversed(ends):
            if entered_us == self.told_us and known:
                known -= 1
                continue
            self.told = self.told + 1 if entered_us == self.told_us else 1
            self.told_us = entered_us
            yield state


class Callbacks:
    """Follows the tasks of one sandbox that have a callback. Thread-safe.

    Nothing runs while nothing is due: it looks when the sandbox says that something changed, and
    arms one timer for the next change that comes by itself.
    """

    def __init__(self, world: World, sandbox: Sandbox, *, send: Send = post) -> None:
        self._world = world
        self._sandbox = sandbox
        self._followed: deque[_Followed] = deque(maxlen=LIMIT)
        self._outbox = _Outbox(sandbox, send)
        self._timer: threading.Timer | None = None
        self._armed_us = 0
        self._stop: Callable[[], None] | None = None

    def follow(self, job: Job, url: str, reach: Reach) -> None:
        """Tells `url` about the ends of this task's attempts from now on."""
        with self._sandbox.lock:
            self._followed.append(_Followed(job, url, reach))
            if self._stop is None:
                self._stop = self._sandbox.listen(self.look)
        self.look()

    def look(self) -> None:
        """Sends what is due, and arms the timer for what is next."""
        sandbox = self._sandbox
        with sandbox.lock:
            if self._world.sandboxes.look(sandbox.name) is not sandbox:
                self._followed.clear()  # it was reset: nobody waits any more
            now_us = sandbox.clock.now_us()
            for followed in tuple(self._followed):
                for state in followed.news(now_us):
                    self._outbox.send(followed, state)
                if followed.job.position(now_us).has_ended:
                    self._followed.remove(followed)
            self._arm(now_us)
            if not self._followed and self._stop is not None:
                self._stop()
                self._stop = None

    def _arm(self, now_us: int) -> None:
        changes = [followed.job.next_change_us(now_us) for followed in self._followed]
        next_us = min((change for change in changes if change is not None), default=None)
        clock = self._sandbox.clock
        seconds = None if next_us is None else clock.real_seconds_until(next_us)
        if seconds is None:
            self._disarm()
            return
        due_us = self._world.source.elapsed_us() + round(seconds * 1e6)
        if self._timer is not None and abs(due_us - self._armed_us) < _NEARLY_US:
            return
        self._disarm()
        self._armed_us = due_us
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._timed_out)
        self._timer.daemon = True
        self._timer.start()

    def _timed_out(self) -> None:
        self._timer = None
        self.look()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Outbox:
    """Sends one after the other, in a thread that ends when there is nothing left."""

    def __init__(self, sandbox: Sandbox, send: Send) -> None:
        self._sandbox = sandbox
        self._send = send
        self._lock = threading.Lock()
        self._waiting: deque[tuple[_Followed, bytes, Future[None]]] = deque()
        self._is_running = False

    def send(self, followed: _Followed, state: str) -> None:
        """Has one callback sent; `advance` waits for it."""
        body = json.dumps({"status": state, "uuid": followed.job.id}).encode()
        sent: Future[None] = Future()
        self._sandbox.errands.add(sent)
        sent.add_done_callback(self._sandbox.errands.discard)
        with self._lock:
            self._waiting.append((followed, body, sent))
            if self._is_running:
                return
            self._is_running = True
        threading.Thread(target=self._run, name="vesta-callbacks", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_running = False
                    return
                followed, body, sent = self._waiting.popleft()
            try:
                self._send(followed.url, body, followed.reach)
            finally:
                sent.set_result(None)
