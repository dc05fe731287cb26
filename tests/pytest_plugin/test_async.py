"""The fixture in tests that are coroutines: pytest-asyncio's in both modes, and anyio's."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable

import pytest

pytest_plugins = "pytester"

Run = Callable[..., pytest.RunResult]

MODES = ["strict", "auto", "anyio"]
MARKS = {"strict": "pytest.mark.asyncio", "anyio": "pytest.mark.anyio"}
SETTINGS = {
    "strict": ("asyncio_mode=strict", "asyncio_default_fixture_loop_scope=function"),
    "auto": ("asyncio_mode=auto", "asyncio_default_fixture_loop_scope=function"),
    "anyio": (),
}

CLIENT = """
import asyncio
import time

import anyio
import httpx
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"

async def annotate(vesta, sleep=None):
    async with httpx.AsyncClient(base_url=vesta) as client:
        answer = await client.post("stt/annotate", params={"doc_url": "http://example.org/a.wav"})
        uuid, polls = answer.json()["uuid"], 0
        while True:
            job = (await client.get("stt/status", params={"uuid": uuid})).json()
            polls += 1
            if job["status"] in ("SUCCESS", "FAILURE"):
                return polls
            await (sleep or asyncio.sleep)(60)

HALF_AN_HOUR = [{"state": "PENDING", "for": "30m"}, {"state": "SUCCESS"}]
"""


@pytest.fixture(params=MODES)
def within_mode(request: pytest.FixtureRequest, within: Run) -> Run:
    """Runs a test file's text, whose coroutines are tests of this kind."""
    mode = request.param
    if mode != "anyio" and importlib.util.find_spec("pytest_asyncio") is None:
        assert os.environ.get("CI") != "true"
        pytest.skip("pytest-asyncio is not installed")
    options = [part for setting in SETTINGS[mode] for part in ("-o", setting)]
    mark = f"pytestmark = {MARKS[mode]}\n" if mode in MARKS else ""

    def run(text: str, *arguments: str) -> pytest.RunResult:
        # In a process of its own: a loop's plugin is not made to run inside of itself.
        return within(f"{CLIENT}{mark}{text}", *options, *arguments, in_process=False)

    return run


def test_who_waits_side_by_side_does_not_add_up_and_hosts_are_redirected(within_mode: Run) -> None:
    ran = within_mode(
        """
@pytest.mark.mockstatus(clock="virtual")
async def test_side_by_side(mockstatus):
    mockstatus.use(mockstatus.scenario(service="vesta", phases=HALF_AN_HOUR), count=3)
    began = mockstatus.clock.now

    polls = await asyncio.gather(*(annotate(mockstatus.vesta.url) for _ in range(3)))

    assert polls == [31] * 3
    assert (mockstatus.clock.now - began).total_seconds() == 1800

@pytest.mark.mockstatus(clock="virtual")
async def test_anyios_own_sleep(mockstatus):
    mockstatus.use(mockstatus.scenario(service="vesta", phases=HALF_AN_HOUR))
    assert await annotate(mockstatus.vesta.url, sleep=anyio.sleep) == 31
    async with anyio.create_task_group() as group:
        for seconds in (30, 60, 90):
            group.start_soon(anyio.sleep, seconds)
    assert mockstatus.jobs[0].state == "SUCCESS"


@pytest.mark.mockstatus(clock="manual", block_network=True)
async def test_redirect_and_what_waits(mockstatus):
    async with httpx.AsyncClient() as client:
        url = "https://www.swift.ac.uk/user_objects/getNumJobs.php"
        assert (await client.post(url, json={"UserID": "me@example.org"})).status_code == 200
        with pytest.raises(Exception, match="https://example.org/ was refused"):
            await client.get("https://example.org/")
        mockstatus.use("vesta/failure")
        answer = await client.post(f"{mockstatus.vesta}/stt/annotate?doc_url=http://h/a")
        job = mockstatus.job(answer.json()["uuid"])
        polled = asyncio.create_task(mockstatus.wait_async(job, polls=1))
        await client.get(f"{mockstatus.vesta}/stt/status?uuid={job.id}")
        assert (await polled)["polls"] == 1
    assert (await mockstatus.clock.run_until_async(job, "FAILURE")).state == "FAILURE"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(mockstatus.asgi())) as client:
        assert (await client.get(f"http://mock/vesta/stt/status?uuid={job.id}")).status_code == 200
"""
    )

    ran.assert_outcomes(passed=3)


@pytest.mark.parametrize("within_mode", ["auto"], indirect=True)
def test_they_run_in_several_workers_and_in_any_order(within_mode: Run) -> None:
    ran = within_mode(
        """
@pytest.mark.parametrize("which", range(4))
@pytest.mark.mockstatus(clock="virtual")
async def test_it(mockstatus, which):
    mockstatus.use("vesta/failure")
    await annotate(mockstatus.vesta.url)
    assert len(mockstatus.jobs) == 1

def test_one_that_is_no_coroutine(mockstatus):
    assert time.sleep.__module__ == "time" and not mockstatus.jobs
""",
        "-n2",
        "-p",
        "randomly",
        "--mockstatus-seed=7",
    )

    ran.assert_outcomes(passed=5)
    ran.stdout.fnmatch_lines(["vesta 2/10: *", "seed 7"])


def test_virtual_sleep_under_trio_is_refused(within: Run) -> None:
    if importlib.util.find_spec("trio") is None:
        assert os.environ.get("CI") != "true"
        pytest.skip("trio is not installed")
    ran = within(
        """
import pytest

@pytest.fixture(params=["trio", ("trio", {"strict_exception_groups": True}), "asyncio"])
def anyio_backend(request):
    return request.param

@pytest.mark.anyio
@pytest.mark.mockstatus(clock="virtual")
async def test_virtual(mockstatus):
    pass

@pytest.mark.anyio
async def test_real(mockstatus):
    assert mockstatus.clock.mode == "real"
""",
        in_process=False,
    )

    ran.assert_outcomes(passed=4, errors=2)
    ran.stdout.fnmatch_lines(["*clock='virtual' knows threads and asyncio, not trio*"])
