"""The end of a session: what all tests learned, merged over pytest-xdist's workers.

One instance is registered with pytest for each session.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockstatus.errors import MockStatusError

if TYPE_CHECKING:
    from mockstatus.pytest_plugin.tally import Tally
    from mockstatus.testing.handle import Mock

_OUTPUT = "mockstatus"


class Summary:
    """Collects what each test learned, and tells it. Files are written by the controller alone."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self._unwritten: str | None = None

    def learn(self, node: pytest.Item, mock: Mock) -> None:
        """A test is over. One whose server is gone has nothing more to tell."""
        try:
            self.tally.add(node.nodeid, mock.name, mock.seed, mock.report.document)
        except MockStatusError:
            return

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist is done."""
        output = getattr(node, "workeroutput", {})
        self.tally.records += json.loads(output.get(_OUTPUT, "[]"))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hands over to the controller; there, holds the gate and writes the file."""
        config = session.config
        if hasattr(config, "workeroutput"):
            config.workeroutput[_OUTPUT] = json.dumps(self.tally.records)
            return
        file = config.getoption("--mockstatus-report")
        if file:
            self._write(Path(file))
        has_failed = self._is_under(config) or self._unwritten is not None
        if has_failed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        """Says it all in a few lines, in runs that used the mock."""
        is_under = self._is_under(config)
        if not self.tally.records and not is_under and self._unwritten is None:
            return
        terminalreporter.section("mockstatus")
        for line in self.tally.lines() if self.tally.records else ["no service was used"]:
            terminalreporter.line(line)
        if is_under:
            limit = config.getoption("--mockstatus-cov-fail-under")
            told = f"state coverage {self.tally.percent()} % is under {limit:g} %"
            terminalreporter.line(f"FAILED: {told}", red=True)

        if self._unwritten is not None:
            terminalreporter.line(f"FAILED: {self._unwritten}", red=True)

    def _write(self, file: Path) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self.tally.write(file)
        except OSError as error:
            self._unwritten = f"the report {file} cannot be written: {error.strerror}"

    def _is_under(self, config: pytest.Config) -> bool:
        limit = config.getoption("--mockstatus-cov-fail-under")
        return limit is not None and self.tally.percent() < limit
