"""`mockstatus check`: every problem of every scenario file, for people, pull requests, programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mockstatus import registry
from mockstatus.cli.exits import Code
from mockstatus.cli.library import checker, models, read_file
from mockstatus.errors import Problem, ScenarioError
from mockstatus.scenario.library import shipped_folder
from mockstatus.scenario.load import load_folder

if TYPE_CHECKING:
    from mockstatus.web.service import Service


@dataclass(frozen=True, slots=True)
class Findings:
    """What was looked at, and what is wrong with it. files: how many there were."""

    files: int
    problems: tuple[Problem, ...]

    @property
    def summary(self) -> str:
        """One line for people."""
        if not self.files:
            return "No scenario files found."
        if not self.problems:
            return f"{_count(self.files, 'file')}, no problems."
        bad = len({problem.path for problem in self.problems})
        wrong = _count(len(self.problems), "problem")
        return f"{wrong} in {bad} of {_count(self.files, 'file')}."


def check(paths: Sequence[Path], *, as_: str) -> Code:
    """Checks files and folders, what is shipped if none is given; writes what is wrong.

    as_: `text`, `github` or `json`.
    """
    findings = look(paths or [shipped_folder()])
    match as_:
        case "json":
            problems = [asdict(problem) for problem in findings.problems]
            typer.echo(json.dumps({"files": findings.files, "problems": problems}, indent=2))
        case "github":
            for problem in findings.problems:
                typer.echo(annotation(problem))
            typer.echo(findings.summary)
        case _:
            for problem in findings.problems:
                typer.echo(str(problem))
            typer.echo(findings.summary)
    return Code.FAILED if findings.problems else Code.FINE


def look(paths: Iterable[Path]) -> Findings:
    """What is wrong with these files, and with the scenario files in these folders."""
    services = registry.services()
    files: set[str] = set()
    problems: dict[Problem, None] = {}
    for path in paths:
        good, wrong = _folder(services, path) if path.is_dir() else _file(services, path)
        files.update(good, (problem.path for problem in wrong))
        problems.update(dict.fromkeys(wrong))
    return Findings(len(files), tuple(problems))


def annotation(problem: Problem) -> str:
    """A workflow command that GitHub shows beside the line of a pull request."""
    path = _escaped(problem.path).replace(":", "%3A").replace(",", "%2C")
    place = f"file={path},line={problem.line},col={problem.column}"
    return f"::error {place}::{_escaped(problem.message)}"


def _folder(services: Mapping[str, Service], path: Path) -> tuple[list[str], list[Problem]]:
    known, check = models(services), checker(services)
    if path.name not in known:
        loaded, problems = load_folder(path, known, check=check)
        return [one.path for one in loaded.values()], problems
    # One service's folder: its name is part of its scenarios' names, so it is read from above.
    loaded, problems = load_folder(path.parent, {path.name: known[path.name]}, check=check)
    within = [one for one in problems if Path(one.path).is_relative_to(path)]
    return [one.path for one in loaded.values()], within


def _file(services: Mapping[str, Service], path: Path) -> tuple[list[str], list[Problem]]:
    try:
        return [read_file(services, path).path], []
    except ScenarioError as error:
        return [], list(error.problems)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
