"""The README's examples, as they stand."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mockstatus.testing.site import serve

pytest_plugins = "pytester"

EXAMPLES = Path(__file__).parents[1] / "examples"
Run = Callable[..., pytest.RunResult]


def needed(module: str) -> None:
    """Skips where a real client is not installed; in CI, where Python can have it, that fails."""
    if importlib.util.find_spec(module) is None:
        assert os.environ.get("CI") != "true" or sys.version_info >= (3, 13)
        pytest.skip(f"{module} is not installed")


@pytest.mark.parametrize(
    ("example", "module"),
    [("test_krixik_client", "krixik"), ("test_swifttools_client", "swifttools")],
)
def test_the_real_clients_wait_for_hours_in_no_time(
    within: Run, monkeypatch: pytest.MonkeyPatch, example: str, module: str
) -> None:
    needed(module)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    text = (EXAMPLES / f"{example}.py").read_text()

    # Their own modules warn of this and that.
    ran = within(text, "-W", "default", "--durations=3", in_process=False)

    ran.assert_outcomes(passed=1, warnings=ran.parseoutcomes().get("warnings", 0))


@pytest.mark.parametrize(
    ("example", "passed"),
    [("test_async_vesta_client", 2), ("test_running_server", 1), ("test_with_unittest", 1)],
)
def test_the_example_passes(within: Run, example: str, passed: int) -> None:
    ran = within((EXAMPLES / f"{example}.py").read_text())

    ran.assert_outcomes(passed=passed)


def test_the_example_passes_against_a_running_server(within: Run) -> None:
    with serve() as site:
        ran = within(
            (EXAMPLES / "test_running_server.py").read_text(), f"--mockstatus-url={site.url}"
        )

    ran.assert_outcomes(passed=1)
