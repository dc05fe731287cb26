"""`mockstatus play`: what a client is answered, poll by poll, in virtual time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from mockstatus.cli.client import Reply, Step
from mockstatus.cli.console import console, plain, printable, table
from mockstatus.cli.exits import WrongUseError
from mockstatus.cli.news import News
from mockstatus.cli.stage import stage
from mockstatus.scenario.durations import DurationError, format_duration, parse_duration

if TYPE_CHECKING:
    from rich.table import Table


def play(
    name: str,
    *,
    every: str | None,
    polls: int,
    cancel_at: str | None,
    is_full: bool,
    folders: Sequence[Path] | None,
    seed: int,
) -> None:
    """Plays a scenario, a file, or a service's story without a script; writes what a client saw.

    every, cancel_at: spans such as `5s`. Raises WrongUseError, UnknownScenarioError, ScenarioError.
    """
    every_us, cancel_at_us = _span_us("--every", every), _span_us("--cancel-at", cancel_at)
    if every_us == 0:
        raise WrongUseError("--every: a client that polls every 0s never gets on")
    with stage(name, folders=folders) as on:
        client = on.client(seed=seed)
        steps = list(client.begin(retry_us=every_us or 5_000_000))
        steps += client.follow(every_us=every_us, polls=polls, cancel_at_us=cancel_at_us)
    out = console()
    out.print(plain(on.title, "bold"))
    out.print(story(steps, is_full=is_full))
    if client.remark:
        out.print(plain(client.remark))


def story(steps: Sequence[Step], *, is_full: bool = False) -> Table:
    """What a client saw, as a table. is_full: with whole bodies, not only what is new in them."""
    seen = table("time", "call", "HTTP", "state", "answer" if is_full else "what is new")
    news = News()
    for step in steps:
        body = step.reply.body
        seen.add_row(
            plain(format_duration(step.at_us), "dim"),
            plain(step.call),
            _status(step.reply),
            plain(step.state, "bold"),
            _answer(plain(_whole(body)) if is_full else plain(news.read(body), is_cut=True), step),
        )
    return seen


def _answer(told: Text, step: Step) -> Text:
    """What is told of an answer, and below it the fault that was at work."""
    if step.fault:
        told.append("\n" if told else "").append(f"fault: {printable(step.fault)}", "yellow")
    return told


def _whole(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    with suppress(ValueError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return "\n".join(map(printable, text.splitlines()))


def _status(reply: Reply) -> Text:
    if reply.is_broken:
        return Text("none", style="red")
    return Text(str(reply.status), style="green" if reply.status < 400 else "red")


def _span_us(option: str, text: str | None) -> int | None:
    try:
        return None if text is None else parse_duration(text)
    except DurationError as error:
        raise WrongUseError(f"{option}: {error}") from None
