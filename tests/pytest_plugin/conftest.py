"""Runs pytest inside of pytest, with the plugin loaded as an installation would."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import httpcore  # noqa: F401  # httpx maps this very module's exceptions, for all tests to come
import pytest

from mockstatus.app import create_app

# What is imported now stays imported, whatever a run inside of a run forgets again.
create_app()

ROOT = Path(__file__).parents[2]
LOADED = (
    ()
    if any(ep.name == "mockstatus" for ep in entry_points(group="pytest11"))
    else (
        "-p",
        "mockstatus.pytest_plugin",
    )
)
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def within(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a test file's text with these arguments.

    in_process: faster, and seen by coverage; not for clients with modules that load only once.
    """
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.delenv("MOCKSTATUS_URL", raising=False)
    monkeypatch.delenv("MOCKSTATUS_ADMIN_TOKEN", raising=False)

    def run(text: str, *arguments: str, in_process: bool = True) -> pytest.RunResult:
        pytester.makepyfile(test_within=text)
        start = pytester.runpytest_inprocess if in_process else pytester.runpytest_subprocess
        # Warns wherever its configuration is not set; the tests that are about it do that.
        alone = () if any("asyncio" in one for one in arguments) else ("-p", "no:asyncio")
        return start(*LOADED, *alone, "-W", "error", "--strict-markers", *arguments)

    return run
