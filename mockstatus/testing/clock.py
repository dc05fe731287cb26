"""The sandbox's clock, as a test holds it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from mockstatus.errors import MockStatusError
from mockstatus.testing.control import Control, ControlError
from mockstatus.testing.job import Job

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_STEPS = 10_000


class MockClock:
    """Tells the time of a sandbox, and moves it.

    told: what is called with each answer about the time, so that others need not ask again. move:
    a shorter way to move to an instant, in microseconds since 1970 UTC, where there is one.
    """

    def __init__(
        self,
        control: Control,
        told: Callable[[datetime], None],
        move: Callable[[int], int] | None = None,
    ) -> None:
        self._control = control
        self._told = told
        self._move = move
        self._lock = threading.Lock()  # answers are told of in the order in which they were given

    @property
    def mode(self) -> str:
        """`real`, `xN` or `manual`. Setting it keeps the instant."""
        return str(self._control.get("/clock")["mode"])

    @mode.setter
    def mode(self, mode: str) -> None:
        self._ask("PUT", "/clock", {"mode": mode})

    @property
    def now(self) -> datetime:
        """The present instant, in UTC. It is set back only while the sandbox has no jobs."""
        return self._ask("GET", "/clock")

    @now.setter
    def now(self, now: datetime | str) -> None:
        self._ask("PUT", "/clock", {"now": _text(now)})

    def advance(self, by: str | None = None, *, to: datetime | str | None = None) -> datetime:
        """Moves on by a span such as `2h`, or to an instant unless that is past; answers `now`.

        What is due by then has happened when it returns. Raises ControlError.
        """
        given = {"by": by, "to": None if to is None else _text(to)}
        order = {key: value for key, value in given.items() if value is not None}
        return self._ask("POST", "/clock/advance", order)

    def move_to(self, to_us: int) -> None:
        """As `advance` to this instant, in microseconds since 1970 UTC: for every sleep there is.

        Raises ControlError.
        """
        if self._move is None:
            self.advance(to=_instant(to_us))
            return
        with self._lock:
            try:
                now_us = self._move(to_us)
            except MockStatusError as error:
                raise ControlError(str(error)) from None
            self._told(_instant(now_us))

    def run_until(self, job: Job | str, state: str, *, track: str | None = None) -> Job:
        """Moves on, from one change of the job to the next, until it is in a state.

        The state may be the job's or, without `track`, that of any of its tracks. Raises
        ControlError where the job stays as it is until somebody does something.
        """
        found = job if isinstance(job, Job) else Job(self._control, job)
        for _ in range(_MOST_STEPS):
            view = found.view()
            if state in _words(view, track):
                return found
            if view["next_change"] is None:
                why = f"job {found.id} is {view['state']} and never comes to {state} by itself"
                raise ControlError(why, document=view)
            self.advance(to=view["next_change"])
        raise ControlError(f"job {found.id} changed {_MOST_STEPS} times and was never {state}")

    async def run_until_async(self, job: Job | str, state: str, *, track: str | None = None) -> Job:
        """The same, for a test that runs in an event loop."""
        return await asyncio.to_thread(self.run_until, job, state, track=track)

    def _ask(self, method: str, path: str, order: object = None) -> datetime:
        with self._lock:
            now = datetime.fromisoformat(self._control.send(method, path, order)["now"])
            self._told(now)
        return now


def _words(view: Any, track: str | None) -> set[str]:
    tracks = view["tracks"]
    if track is not None:
        return {tracks[track]["state"]}
    gone = [] if view["gone"] is None else [view["gone"]["why"]]
    return {view["state"], *gone, *(one["state"] for one in tracks.values())}


def _instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _text(instant: datetime | str) -> str:
    if isinstance(instant, str):
        return instant
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no zone, expected one such as datetime(…, tzinfo=UTC)")
    return instant.astimezone(UTC).isoformat()
