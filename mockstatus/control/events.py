"""What happens in a sandbox, told as it happens: server-sent events."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ConfigDict, Field

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere, Here
from mockstatus.control.texts import instant
from mockstatus.control.watching import Watch
from mockstatus.control.wire import Name
from mockstatus.scenario.strict import Maybe, Strict

routes = router("events")

WAITING_LIMIT = 1000
"""Events that are kept for a reader that is too slow; of more the oldest are dropped."""


class EventsQuery(Strict):
    """Which events to tell, and how many."""

    model_config = ConfigDict(strict=False)

    job: Maybe[Name] = Field(default=None, description="Only about this job, by its id.")
    limit: Maybe[Annotated[int, Field(ge=1)]] = Field(
        default=None, description="End after so many; the first, `ready`, does not count."
    )


@routes.get("/events", summary="What happens, as it happens", response_class=EventSourceResponse)
async def follow_events(
    here: AtHere, wanted: Annotated[EventsQuery, Query()]
) -> AsyncIterator[ServerSentEvent]:
    """`ready` once it listens; then `submitted`, `transition`, `gone`, `fault`, as they happen.

    A transition is told when it happens, not when somebody looks. `reset` says that the sandbox
    is as new. A reader that is too slow is told how much it missed: `dropped`. Listening makes no
    sandbox.
    """
    feed = Feed(here)
    watching = asyncio.create_task(feed.watch())
    left = wanted.limit
    try:
        yield ServerSentEvent(event="ready", data={"sandbox": here.name, "at": feed.now()})
        async for kind, data in feed.told():
            if wanted.job is not None and data.get("job", wanted.job) != wanted.job:
                continue
            yield ServerSentEvent(event=kind, data=data, id=str(feed.taken))
            left = None if left is None else left - 1
            if left == 0:
                return
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


class Feed:
    """What one reader is going to be told. To be made in the event loop that tells it.

    taken: how many events it was told or has missed.
    """

    def __init__(self, here: Here, *, limit: int = WAITING_LIMIT) -> None:
        self.taken = 0
        self._here = here
        self._limit = limit
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque()
        self._missed = 0
        self._changed = asyncio.Event()
        self._filled = asyncio.Event()
        sandbox = here.world.sandboxes.find(here.name)
        self._watch = Watch(here.world, sandbox) if sandbox is not None else None
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._changed.set)

        self._wake = wake
        self._stop_all = here.world.sandboxes.listen(wake)
        self._stop = sandbox.listen(wake) if sandbox is not None else None

    def now(self) -> str:
        """The present instant of the sandbox's clock."""
        return instant(self._here.look().clock.now_us())

    async def watch(self) -> None:
        """Takes down whatever happens, until it is cancelled."""
        try:
            while True:
                # Cleared before looking, so that a change meanwhile is not lost.
                self._changed.clear()
                self._follow()
                until_s = None
                if self._watch is not None:
                    for event in self._watch.news():
                        self._put(event.kind, event.data)
                    self._missed += self._watch.dropped
                    self._watch.dropped = 0
                    until_s = self._watch.until_due_s()
                with suppress(TimeoutError):
                    async with asyncio.timeout(until_s):
                        await self._changed.wait()
        finally:
            self._stop_all()
            if self._stop is not None:
                self._stop()

    async def told(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """The events, for ever; first those that the reader was too slow for, as a number."""
        while True:
            self._filled.clear()
            if self._missed:
                self.taken += self._missed
                missed, self._missed = self._missed, 0
                yield "dropped", {"count": missed}
            elif self._waiting:
                self.taken += 1
                yield self._waiting.popleft()
            else:
                await self._filled.wait()

    def _follow(self) -> None:
        """Goes over to the sandbox that is there now."""
        sandbox = self._here.world.sandboxes.find(self._here.name)
        watched = self._watch.sandbox if self._watch is not None else None
        if sandbox is watched:
            return
        if watched is not None:
            self._put("reset", {"at": self.now()})
        if self._stop is not None:
            self._stop()
        self._watch = Watch(self._here.world, sandbox, is_new=True) if sandbox else None
        self._stop = sandbox.listen(self._wake) if sandbox is not None else None

    def _put(self, kind: str, data: dict[str, Any]) -> None:
        self._waiting.append((kind, data))
        if len(self._waiting) > self._limit:
            self._waiting.popleft()
            self._missed += 1
        self._filled.set()
