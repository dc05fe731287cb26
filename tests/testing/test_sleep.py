from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from types import ModuleType

import httpx
import pytest

from mockstatus.app import MockStatus
from mockstatus.testing.control import ControlError
from mockstatus.testing.handle import Mock
from mockstatus.testing.site import Site, remote
from mockstatus.testing.sleep import virtual_time

PATIENT_S = 30.0
"""So long that no machine is too slow; never waited for where all come to their sleep."""

CLIENT = """
from time import monotonic, sleep, time
from asyncio import sleep as async_sleep
import time as clock

def rest(seconds):
    sleep(seconds)

def read():
    return time(), clock.time_ns(), monotonic(), clock.monotonic_ns()
"""


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A client's module, which imported what it needs by name."""
    module = ModuleType("a_client")
    exec(CLIENT, vars(module))  # noqa: S102  # as an import would
    monkeypatch.setitem(sys.modules, "a_client", module)
    return module


def passed(mock: Mock, since: object) -> timedelta:
    return mock.clock.now - since  # type: ignore[operator, return-value]


@pytest.fixture
def afar(site: Site, mock: Mock) -> Iterator[Mock]:
    """The same sandbox, of a server that could be anywhere."""
    with Mock(remote(site.url), mock.name) as afar:
        yield afar


@pytest.fixture(params=["here", "afar"])
def anywhere(request: pytest.FixtureRequest, mock: Mock) -> Mock:
    found: Mock = mock if request.param == "here" else request.getfixturevalue("afar")
    return found


def test_the_clock_of_any_server_is_moved_by_sleeping(anywhere: Mock) -> None:
    began = anywhere.clock.now

    with virtual_time(anywhere):
        time.sleep(3600)
        assert time.time() == (began + timedelta(hours=1)).timestamp()

    assert passed(anywhere, began) == timedelta(hours=1)


def test_beyond_the_end_of_time_nobody_sleeps(mock: Mock) -> None:
    with pytest.raises(ControlError, match="to the year 9999"):
        mock.clock.move_to(10**18)


def test_who_slept_finds_done_what_was_due_meanwhile(site: Site, mock: Mock) -> None:
    assert isinstance(site.app, MockStatus)
    sandbox = site.app.world.sandboxes.look(mock.name)
    errand: Future[None] = Future()
    sandbox.errands.add(errand)
    done: list[str] = []
    errand.add_done_callback(lambda _: done.append("callback"))
    is_moved = threading.Event()
    stop = sandbox.listen(is_moved.set)
    server = threading.Thread(target=lambda: is_moved.wait() and errand.set_result(None))
    server.start()

    with virtual_time(mock):
        time.sleep(1)
        done.append("rose")

    stop()
    server.join()
    assert done == ["callback", "rose"]


def test_sleep_moves_the_sandboxs_clock(mock: Mock, client: ModuleType) -> None:
    began = mock.clock.now

    with virtual_time(mock):
        time.sleep(3600)
        client.rest(1800)
        asyncio.run(client.async_sleep(900))
        asyncio.run(asyncio.sleep(450))

    assert passed(mock, began) == timedelta(seconds=6750)


def test_the_time_of_day_is_that_of_the_sandbox(mock: Mock, client: ModuleType) -> None:
    with virtual_time(mock):
        before = client.read()
        assert before[:2] == (mock.clock.now.timestamp(), round(before[0] * 1e9))
        client.rest(60)
        mock.clock.advance("1h")
        after = client.read()

    gone = [late - early for early, late in zip(before, after, strict=True)]
    assert gone == [3660, 3660 * 10**9, pytest.approx(3660), 3660 * 10**9]


def test_monotonic_time_never_goes_back_even_if_the_sandbox_is_reset(
    mock: Mock, client: ModuleType
) -> None:
    with virtual_time(mock):
        client.rest(10**9 - 1)
        before = client.read()
        mock.reset()
        after = client.read()

    assert after[0] < before[0]
    assert after[2] >= before[2]


def test_everything_is_restored_whatever_happens(mock: Mock, client: ModuleType) -> None:
    real = (time.sleep, asyncio.sleep, time.time, time.monotonic, client.sleep, client.time)

    def fail() -> None:
        assert time.sleep is not real[0]
        raise KeyError

    with pytest.raises(KeyError), virtual_time(mock):
        fail()

    assert real == (
        time.sleep,
        asyncio.sleep,
        time.time,
        time.monotonic,
        client.sleep,
        client.time,
    )


def test_a_function_taken_during_virtual_time_is_real_afterwards(mock: Mock) -> None:
    with virtual_time(mock):
        taken: tuple[Callable[..., object], ...] = (time.sleep, time.time_ns, time.monotonic_ns)
        taken += (time.time, time.monotonic)
        async_taken = asyncio.sleep
    began = mock.clock.now

    taken[0](0)
    asyncio.run(async_taken(0))

    assert mock.clock.now == began
    assert taken[1]() != began.timestamp() * 1e9
    assert all(read() for read in taken[1:])


def test_what_somebody_else_replaced_meanwhile_stays_and_leaves_nothing_for_long(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(_: float) -> None: ...

    real = time.sleep
    with monkeypatch.context() as patch:
        with virtual_time(mock):
            patch.setattr(time, "sleep", other)
        assert time.sleep is other
    with virtual_time(mock):
        pass

    assert time.sleep is real


def test_a_process_has_one_virtual_time(mock: Mock) -> None:
    with virtual_time(mock), pytest.raises(RuntimeError, match="in force"), virtual_time(mock):
        pass


def test_the_standard_librarys_own_waits_stay_real(mock: Mock) -> None:
    began = mock.clock.now

    async def wait() -> None:
        async with asyncio.timeout(60):  # not reached, although virtual hours pass
            await asyncio.sleep(3 * 3600)

    with virtual_time(mock):
        assert not threading.Event().wait(0.001)
        asyncio.run(wait())

    assert passed(mock, began) == timedelta(hours=3)


@pytest.mark.parametrize("seconds", [0, -1])
def test_no_time_at_all_is_slept_as_ever(mock: Mock, seconds: int) -> None:
    began = mock.clock.now

    with virtual_time(mock):
        if seconds < 0:
            with pytest.raises(ValueError, match="non-negative"):
                time.sleep(seconds)
        asyncio.run(asyncio.sleep(seconds))
        time.sleep(0)

    assert mock.clock.now == began


def test_threads_that_sleep_side_by_side_do_not_add_up(mock: Mock) -> None:
    began = mock.clock.now
    together = threading.Barrier(4)

    def poll() -> None:
        together.wait()
        for _ in range(5):
            time.sleep(60)

    with virtual_time(mock, patience_s=PATIENT_S):
        others = [threading.Thread(target=poll) for _ in range(3)]
        for other in others:
            other.start()
        poll()
        for other in others:
            other.join()

    assert passed(mock, began) == timedelta(seconds=300)


def test_the_shorter_sleep_ends_first(mock: Mock) -> None:
    woken: list[str] = []
    together = threading.Barrier(2)

    def sleep(name: str, seconds: float, times: int) -> None:
        together.wait()
        for _ in range(times):
            time.sleep(seconds)
            woken.append(name)

    with virtual_time(mock, patience_s=PATIENT_S):
        other = threading.Thread(target=sleep, args=("short", 10, 3))
        other.start()
        sleep("long", 3600, 1)
        other.join()

    assert woken == ["short", "short", "short", "long"]


def test_tasks_that_sleep_side_by_side_do_not_add_up(mock: Mock) -> None:
    began = mock.clock.now
    woken: list[int] = []

    async def poll(number: int) -> None:
        await asyncio.sleep(number * 60)
        woken.append(number)

    async def main() -> None:
        await asyncio.gather(*(poll(number) for number in (3, 1, 2)))

    with virtual_time(mock, patience_s=0.5):
        asyncio.run(main())

    assert woken == [1, 2, 3]
    assert passed(mock, began) == timedelta(seconds=180)


def test_a_task_that_is_cancelled_in_its_sleep_holds_nobody_up(mock: Mock) -> None:
    began = mock.clock.now

    async def main() -> None:
        first = asyncio.create_task(asyncio.sleep(5))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(60)

    with virtual_time(mock):
        asyncio.run(main())

    assert passed(mock, began) == timedelta(seconds=60)


def test_a_thread_that_never_sleeps_starves_nobody(mock: Mock) -> None:
    began = mock.clock.now
    done = threading.Event()

    with virtual_time(mock, patience_s=0.001):
        busy = threading.Thread(target=done.wait)
        busy.start()
        for _ in range(10):
            time.sleep(60)
        done.set()
        busy.join()

    assert passed(mock, began) == timedelta(minutes=10)


def test_a_blocking_sleep_in_a_coroutine_does_not_wait_for_its_own_loop(mock: Mock) -> None:
    began = mock.clock.now

    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(10))
        await asyncio.sleep(0)
        time.sleep(60)
        await task

    with virtual_time(mock, patience_s=0.001):
        asyncio.run(main())

    assert passed(mock, began) == timedelta(seconds=60)


def test_the_server_keeps_its_own_time(mock: Mock) -> None:
    before = mock.site.threads

    with virtual_time(mock) as virtual:
        assert len(before) == 1
        assert virtual.is_for("a_client", ())
        time.sleep(3600)
        httpx.get(f"{mock.vesta}/diarisation/info")
        late = mock.journal[0]

    assert late["at"].startswith("2026-01-01T01:00:00")
    assert not late["real_at"].startswith("2026-01-01T0")
