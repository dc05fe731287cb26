"""Virtual time: whoever sleeps in this process moves the sandbox's clock, and returns at once.

Covered: `time.sleep` and `asyncio.sleep`, and what tells the time of them (`time.time`,
`time.monotonic` and their `_ns`), also where a module imported them by name. Real as before, as
are their timeouts: the server's thread, the standard library's own waits (`Event.wait`, `queue`,
sockets, event loops), `datetime.now`, `time.perf_counter`, and what HTTP libraries measure.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mockstatus.testing.sleepers import Sleepers, Who

if TYPE_CHECKING:
    from mockstatus.testing.handle import Mock

# What is replaced, as it was before anything is.
_SLEEP = time.sleep  # noqa: TID251  # the very thing that is replaced
_TIME_NS = time.time_ns  # noqa: TID251  # the same
_MONOTONIC_NS = time.monotonic_ns  # noqa: TID251  # the same
_ASYNC_SLEEP = asyncio.sleep

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_AGAIN_S = 0.0005
_LONGEST_S = 1e9

# Those whose own sleeps and times are about this machine, not about any service.
_HARNESS = frozenset(
    {"_pytest", "pytest", "pluggy", "xdist", "execnet", "pytest_timeout", "pytest_cov", "coverage",
     "hypothesis", "uvicorn", "uvloop"}
)  # fmt: skip
_SLEEP_REALLY = _HARNESS | {"subprocess", "multiprocessing", "socketserver"}
_TIMED_REALLY = (
    _HARNESS
    | sys.stdlib_module_names
    | {"urllib3", "requests", "httpx", "httpcore", "anyio", "sniffio", "aiohttp", "trio"}
)
# It reads a Retry-After that may be a date of the service's.
_TIMED_ALL_THE_SAME = frozenset({"urllib3.util.retry"})


class VirtualTime:
    """The time that a sandbox's clock tells, as this process's own."""

    def __init__(self, mock: Mock, *, patience_s: float = 0.05) -> None:
        self._mock = mock
        self._now_us = 0
        self._ahead_us = 0
        mock.on_time(self._note)
        self._now_us = _us(mock.clock.now)
        self._ahead_us = _MONOTONIC_NS() // 1000 - self._now_us
        me = threading.current_thread()
        self._sleepers = Sleepers(
            self.time_us,
            self._move_to,
            elapsed_s=lambda: _MONOTONIC_NS() / 1e9,
            patience_s=patience_s,
            absent=(thread for thread in threading.enumerate() if thread is not me),
        )

    def time_us(self) -> int:
        """Microseconds since 1970 UTC."""
        return self._now_us

    def elapsed_us(self) -> int:
        """Microseconds since some moment; never goes back."""
        return self._now_us + self._ahead_us

    def is_for(self, module: str, exempt: Iterable[str]) -> bool:
        """Whether this thread, in code of this module, lives in this time."""
        if module.partition(".")[0] in exempt and module not in _TIMED_ALL_THE_SAME:
            return False
        return threading.current_thread() not in self._mock.site.threads

    def sleep(self, seconds: float) -> None:
        """Sleeps in a thread."""
        me = threading.current_thread()
        sleepers = self._sleepers
        sleeper = sleepers.lie_down(me, self._threads_but(me), round(seconds * 1e6))
        try:
            while not sleepers.may_rise(sleeper):
                _SLEEP(_LOOK_AGAIN_S)
        finally:
            sleepers.rise(sleeper)

    async def sleep_async(self, seconds: float) -> None:
        """Sleeps in a task."""
        me = asyncio.current_task()
        assert me is not None  # noqa: S101  # asyncio's own sleep needs one, too
        # The loop's thread is there as its tasks.
        others: list[Who] = list(asyncio.all_tasks())
        others += self._threads_but(threading.current_thread())
        sleepers = self._sleepers
        sleeper = sleepers.lie_down(me, others, round(seconds * 1e6))
        try:
            await _ASYNC_SLEEP(0)
            while not sleepers.may_rise(sleeper):
                await _ASYNC_SLEEP(_LOOK_AGAIN_S)
        finally:
            sleepers.rise(sleeper)

    def _threads_but(self, me: threading.Thread) -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread is not me]

    def _move_to(self, us: int) -> None:
        self._mock.clock.move_to(us)

    def _note(self, now: datetime) -> None:
        now_us = _us(now)
        self._ahead_us += max(self._now_us - now_us, 0)  # a reset may put the sandbox's clock back
        self._now_us = now_us


_active: VirtualTime | None = None


@contextmanager
def virtual_time(mock: Mock, *, patience_s: float = 0.05) -> Iterator[VirtualTime]:
    """Within it, this process lives in the sandbox's time. Everything is put back at its end.

    patience_s: real time for which sleepers wait for each other. Raises RuntimeError where
    another sandbox's time is in force: a process has one.
    """
    global _active  # noqa: PLW0603  # what it replaces is the process's, too
    if _active is not None:
        raise RuntimeError("virtual time is in force already, for another sandbox")
    _active = VirtualTime(mock, patience_s=patience_s)
    replaced: list[tuple[ModuleType, str, object]] = []
    try:
        for module, name, value, ours in _found():
            vars(module)[name] = ours
            replaced.append((module, name, value))
        yield _active
    finally:
        _active = None
        for module, name, value in replaced:
            if any(vars(module).get(name) is ours for _, ours in _REPLACED):
                vars(module)[name] = value


def _found() -> Iterator[tuple[ModuleType, str, object, object]]:
    """Where in the process one of the functions is: in its own module, and imported by name."""
    by_id = {id(real): (real, ours) for real, ours in _REPLACED}
    # Ours are there where somebody put back what was found during an earlier virtual time.
    by_id |= {id(ours): (real, ours) for real, ours in _REPLACED}
    for module in list(sys.modules.values()):
        if _is_left_alone(module):
            continue
        for name, value in list(vars(module).items()):
            if id(value) in by_id:
                yield module, name, *by_id[id(value)]


def _is_left_alone(module: object) -> bool:
    if not isinstance(module, ModuleType):  # anything can be put into sys.modules
        return True
    name = module.__name__
    top = name.partition(".")[0]
    if top in {"time", "asyncio"}:
        return False
    return top in _HARNESS or top in sys.stdlib_module_names or name.startswith("mockstatus.")


def _us(now: datetime) -> int:
    return (now - _EPOCH) // timedelta(microseconds=1)


def _for_caller(exempt: Iterable[str]) -> VirtualTime | None:
    """The virtual time, if the code that called our caller lives in it."""
    if _active is None:
        return None
    module = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001  # there is no other way
    return _active if _active.is_for(module, exempt) else None


def _sleep(seconds: float, /) -> None:
    virtual = _for_caller(_SLEEP_REALLY)
    if virtual is None or not 0 < seconds < _LONGEST_S:
        _SLEEP(seconds)
    else:
        virtual.sleep(float(seconds))


def _async_sleep(delay: float, result: Any = None) -> Coroutine[Any, Any, Any]:
    # Not a coroutine itself: who calls it is known now, and who awaits it is not of interest.
    virtual = _for_caller(_SLEEP_REALLY)
    if virtual is None or not 0 < delay < _LONGEST_S:
        return _ASYNC_SLEEP(delay, result)
    return _slept(virtual, float(delay), result)


async def _slept(virtual: VirtualTime, delay: float, result: Any) -> Any:
    await virtual.sleep_async(delay)
    return result


def _time_ns() -> int:
    virtual = _for_caller(_TIMED_REALLY)
    return _TIME_NS() if virtual is None else virtual.time_us() * 1000


def _time() -> float:
    virtual = _for_caller(_TIMED_REALLY)
    return (_TIME_NS() if virtual is None else virtual.time_us() * 1000) / 1e9


def _monotonic_ns() -> int:
    virtual = _for_caller(_TIMED_REALLY)
    return _MONOTONIC_NS() if virtual is None else virtual.elapsed_us() * 1000


def _monotonic() -> float:
    virtual = _for_caller(_TIMED_REALLY)
    return (_MONOTONIC_NS() if virtual is None else virtual.elapsed_us() * 1000) / 1e9


_REPLACED: tuple[tuple[Callable[..., object], Callable[..., object]], ...] = (
    (_SLEEP, _sleep),
    (_ASYNC_SLEEP, _async_sleep),
    (time.time, _time),  # noqa: TID251  # what is replaced
    (_TIME_NS, _time_ns),
    (time.monotonic, _monotonic),  # noqa: TID251  # what is replaced
    (_MONOTONIC_NS, _monotonic_ns),
)
