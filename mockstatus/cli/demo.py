"""`mockstatus demo`: a real server, a job of each service, polled to its end over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mockstatus import registry
from mockstatus.cli.client import Client, Step
from mockstatus.cli.console import console, plain, table
from mockstatus.cli.loopback import Loopback
from mockstatus.cli.news import News
from mockstatus.cli.pace import interval_us
from mockstatus.scenario.durations import format_duration

if TYPE_CHECKING:
    from mockstatus.web.service import Service

_POLLS = 6
"""About as many polls as tell a story at a glance."""


def demo(*, seed: int) -> None:
    """Writes what a client of each service saw. Its clock is moved, nobody waits."""
    services = registry.services()
    out = console()
    with Loopback(services, seed=seed) as server:
        out.print(plain(f"A server at {server.url}, asked over HTTP on a clock moved by hand."))
        seen = table("time", "service", "call", "HTTP", "state", "what is new")
        for service in services.values():
            news = News()
            for step in _told(service, server):
                seen.add_row(
                    plain(format_duration(step.at_us), "dim"),
                    plain(service.name),
                    plain(step.call),
                    plain(str(step.reply.status)),
                    plain(step.state, "bold"),
                    plain(news.read(step.reply.body), is_cut=True),
                )
            seen.add_section()
        out.print(seen)
    out.print(plain("Now start your own: mockstatus serve"))


def _told(service: Service, server: Loopback) -> Iterator[Step]:
    """A job's whole story, over HTTP."""
    client = Client(service, server.sandbox, server)
    yield from client.begin()
    if client.job is not None:
        every_us = interval_us(client.job, server.sandbox.clock.now_us(), polls=_POLLS)
        yield from client.follow(every_us=every_us)
