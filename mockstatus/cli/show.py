"""`mockstatus show`: a story as a table, a diagram, or its source."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mockstatus.cli.client import Client
from mockstatus.cli.console import console, plain, table
from mockstatus.cli.exits import WrongUseError
from mockstatus.cli.faults import aimed, described
from mockstatus.cli.mermaid import diagram
from mockstatus.cli.news import News
from mockstatus.cli.outline import Line, outline
from mockstatus.cli.play import story
from mockstatus.cli.stage import Stage, stage
from mockstatus.scenario.durations import format_duration

if TYPE_CHECKING:
    from rich.table import Table

    from mockstatus.runtime.job import Job
    from mockstatus.scenario.load import Loaded
    from mockstatus.scenario.schema import Expires


def show(name: str, *, as_: str, folders: Sequence[Path] | None, seed: int) -> None:
    """Writes what a story is. as_: `table`, `mermaid` or `yaml`.

    Raises WrongUseError, UnknownScenarioError, ScenarioError.
    """
    with stage(name, folders=folders) as on:
        if as_ == "yaml":
            typer.echo(_source(on), nl=False)
            return
        other = on.client(seed=seed + 1)
        deque(other.begin(), maxlen=0)
        client = on.client(seed=seed)
        steps = list(client.begin())
        lines = _lines(client.job, other.job)
        if as_ == "mermaid":
            if not lines:
                raise WrongUseError(f"{name} has no states to draw: no job comes of it")
            typer.echo(diagram(lines, title=on.title), nl=False)
            return
        out = console()
        out.print(plain(on.title, "bold"))
        for text in _about(on.loaded) if on.loaded is not None else ():
            out.print(plain(text))
        out.print(_phases(client, lines) if lines else story(steps))


def _source(on: Stage) -> str:
    if on.loaded is None:
        raise WrongUseError(f"{on.service.name}'s story without a script has no source")
    return on.loaded.text


def _lines(job: Job | None, other: Job | None) -> list[Line]:
    """The phases of a job, compared with those of another one, which draws in its own way."""
    if job is None or other is None:
        return []
    return outline(job.timeline, other.timeline)


def _phases(client: Client, lines: Sequence[Line]) -> Table:
    """Each phase, and what a client is answered when it has just begun."""
    has_tracks = len({line.track for line in lines}) > 1
    columns = ("phase", "state", "progress", "goes on", "answered; what is new")
    shown = table(*(["track"] if has_tracks else []), *columns)
    news = News()
    for line in lines:
        body = client.look_at(line.track, line.phase).reply.body
        shown.add_row(
            *([plain(line.track, "dim")] if has_tracks else []),
            plain("or" if line.instead else str(line.number), "dim"),
            plain(line.phase.state, "bold"),
            plain(line.progress),
            plain("if that ended badly" if line.instead else line.leaves),
            plain(news.read(body), is_cut=True),
        )
    return shown


def _about(loaded: Loaded) -> Iterator[str]:
    """What else the scenario says, in words."""
    scenario = loaded.scenario
    if scenario.description:
        yield " ".join(scenario.description.split())
    if scenario.match:
        fields = " and ".join(f"{key} like {value}" for key, value in scenario.match.items())
        yield f"for submissions with {fields}"
    if scenario.submit is not None:
        yield f"the submission is refused: {scenario.submit.refuse}"
    if scenario.expires is not None:
        yield f"expires {_span(scenario.expires)}"
    if scenario.cancel is not None:
        lag = getattr(scenario.cancel, "lag", None)
        yield "cancels are refused" if lag is None else f"cancels take {format_duration(lag)}"
    for fault in (spec.to_domain() for spec in scenario.faults):
        yield f"fault: {aimed(fault)}: {described(fault)}"


def _span(rule: Expires) -> str:
    if not isinstance(rule.after, int):
        return "when its client asked for"
    since = "its last use" if rule.idle else "its submission"
    return f"{format_duration(rule.after)} after {since}"
