"""What the tests of commands run them in: a made-up service and what it ships."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import toy_service
from typer.testing import CliRunner

from mockstatus.cli.commands import app
from mockstatus.runtime.job import Job
from mockstatus.web.service import ClientCalls, Service, Submission

SUCCESS = """\
service: toy
summary: It is made.
phases:
  - {state: QUEUED, for: 2s}
  - {state: RUNNING, for: 10s..20s}
  - {state: DONE}
"""


def call(method: str, path: str) -> Callable[[Job], Submission]:
    """A request about a toy."""
    return lambda job: Submission(method, path.format(job.id))


CALLS = ClientCalls(status=call("GET", "/toys/{}"), cancel=call("DELETE", "/toys/{}"))
TOY = replace(toy_service.SERVICE, calls=CALLS, connect='toys("{url}")')
SLOW_TOY = replace(
    TOY,
    calls=replace(CALLS, start=call("POST", "/toys/{}/key")),
    sample={"name": "bear", "slow": True},
)


@dataclass(frozen=True)
class Said:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Standard output, without the spaces that fill up lines."""
        return [line.rstrip() for line in self.out.splitlines()]

    def column(self, name: str) -> list[str]:
        """A column of the table that was written, up to where the next one begins."""
        head = next(line for line in self.lines if name in line)
        rows = self.lines[self.lines.index(head) + 1 :]
        begin = head.index(name)
        after = head[begin + len(name) :]
        end = len(head) - len(after.lstrip()) if after.strip() else None
        return [row[begin:end].strip() for row in rows]


@dataclass
class Shop:
    """The toys' world: where their scenarios are, which services there are."""

    folder: Path
    services: dict[str, Service]

    def story(self, text: str, name: str = "story") -> Path:
        """Ships a scenario."""
        file = self.folder / "toy" / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    def run(self, *arguments: str | Path) -> Said:
        """Runs a command."""
        done = CliRunner().invoke(app, [str(one) for one in arguments], prog_name="mockstatus")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)
