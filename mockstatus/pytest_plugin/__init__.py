"""The pytest plugin: options, the marker, and the fixtures. Heavy imports stay inside of them.

pytest loads this in every run of every project that has mockstatus installed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from mockstatus.errors import MockStatusError
from mockstatus.pytest_plugin.summary import Summary
from mockstatus.pytest_plugin.tally import Tally

if TYPE_CHECKING:
    from mockstatus.testing.handle import Mock
    from mockstatus.testing.site import Site

_MARKER = "mockstatus"
_SUMMARY: pytest.StashKey[Summary] = pytest.StashKey()
_MOCK: pytest.StashKey[Mock] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """All names begin with mockstatus."""
    group = parser.getgroup("mockstatus", "mock server of job status APIs")
    group.addoption(
        "--mockstatus-url",
        metavar="URL",
        help="use a server that runs already; also MOCKSTATUS_URL (its token:"
        " MOCKSTATUS_ADMIN_TOKEN)",
    )
    group.addoption(
        "--mockstatus-seed", metavar="N", type=int, help="where draws and ids come from"
    )
    group.addoption(
        "--mockstatus-report",
        metavar="FILE",
        help="write what was learned about the clients: JSON, or a page if it ends in .html",
    )
    group.addoption(
        "--mockstatus-cov-fail-under",
        metavar="N",
        type=_percentage,
        help="fail if less than N %% of the states that the used services document were shown",
    )
    parser.addini("mockstatus_clock", "the clock of tests that name none", default="real")
    parser.addini("mockstatus_scenarios", "folders with scenarios", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker, for --strict-markers."""
    config.addinivalue_line(
        "markers",
        "mockstatus(scenario=None, clock=None, options=None, strict=False, block_network=False):"
        " how the fixture mockstatus is set up, and which manners fail the test",
    )
    summary = Summary(Tally())
    config.stash[_SUMMARY] = summary
    config.pluginmanager.register(summary, "mockstatus-summary")


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Refuses wrong arguments of the marker while tests are collected."""
    made = yield
    found = made if isinstance(made, list) else [made]
    items = [one for one in found if isinstance(one, pytest.Item)]
    if any(item.get_closest_marker(_MARKER) for item in items):
        from mockstatus.pytest_plugin.marker import refuse_wrong_arguments

        refuse_wrong_arguments(items)
    return made


@pytest.fixture(scope="session")
def mockstatus_server(pytestconfig: pytest.Config) -> Iterator[Site]:
    """The server of the session; to be overridden by one that yields another Site."""
    from mockstatus.testing.site import remote, serve

    url = pytestconfig.getoption("--mockstatus-url") or os.environ.get("MOCKSTATUS_URL")
    seed = pytestconfig.getoption("--mockstatus-seed")
    folders = pytestconfig.getini("mockstatus_scenarios")
    with ExitStack() as stack:
        with _told_in_words():
            if url:
                token = os.environ.get("MOCKSTATUS_ADMIN_TOKEN")
                site = remote(url, token, scenarios=folders)
            else:
                site = stack.enter_context(serve(seed=seed, scenarios=folders))
        yield site


@pytest.fixture
def mockstatus(request: pytest.FixtureRequest, mockstatus_server: Site) -> Iterator[Mock]:
    """A fresh sandbox of the mock server."""
    from mockstatus.pytest_plugin.marker import Wishes
    from mockstatus.pytest_plugin.sandbox import refuse_trio, sandbox

    wishes = Wishes.of(request.node, default_clock=str(request.config.getini("mockstatus_clock")))
    refuse_trio(request, wishes)
    with ExitStack() as stack:
        with _told_in_words():
            mock = stack.enter_context(sandbox(request.node, mockstatus_server, wishes))
        # Also found where a test has it by way of another fixture, or asks for it when it runs.
        request.node.stash[_MOCK] = mock
        stack.callback(request.node.stash.__delitem__, _MOCK)
        yield mock
        request.config.stash[_SUMMARY].learn(request.node, mock)


@contextmanager
def _told_in_words() -> Iterator[None]:
    """What cannot be set up is told in words alone: where in our code that was helps nobody."""
    try:
        yield
    except (MockStatusError, ValueError) as error:
        raise pytest.fail.Exception(f"mockstatus: {error}", pytrace=False) from None


def _percentage(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage, expected 0 to 100")
    return number


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Adds to a failing test's report what its sandbox has to say."""
    report = yield
    mock = item.stash.get(_MOCK, None)
    if report.failed and mock is not None and report.when != "teardown":
        from mockstatus.pytest_plugin.failure import section

        report.sections.append(("mockstatus", section(mock)))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a strict test whose client had no manners."""
    result = yield
    mock = item.stash.get(_MOCK, None)
    if mock is not None and item.get_closest_marker(_MARKER):
        from mockstatus.pytest_plugin.marker import refuse_bad_manners

        refuse_bad_manners(item, mock)
    return result
