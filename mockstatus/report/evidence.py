"""What a sandbox's journal says, sorted by job: who asked what, and what they then knew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from mockstatus.domain.etiquette import Etiquette
from mockstatus.domain.timeline import Phase
from mockstatus.report.nearest import Routed

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.exchange import Exchange
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox


class Described(Routed, Protocol):
    """What a report needs to know of a service."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def states(self) -> tuple[str, ...]: ...
    @property
    def etiquette(self) -> Etiquette: ...
    @property
    def word(self) -> Callable[[Phase], str]: ...
    @property
    def state(self) -> Callable[[Job, Position], str]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange about a job, and what its client had been shown before it.

    end: the exchange that had shown the job's end. gone: the one by which it was known to be gone.
    """

    exchange: Exchange
    end: Exchange | None = None
    gone: Exchange | None = None

    @property
    def is_poll(self) -> bool:
        """Whether the client asked how the job is; a HEAD asks nothing."""
        return self.exchange.kind == "poll" and self.exchange.method != "HEAD"


class Story:
    """A job as its client lived through it. Made with the sandbox locked.

    position: where the job stands now. state: the one word of it.
    """

    def __init__(self, service: Described, job: Job, exchanges: list[Exchange], now_us: int):
        self.service = service
        self.job = job
        self.exchanges = exchanges
        self.position = job.position(now_us)
        self.state = service.state(job, self.position)

    @property
    def etiquette(self) -> Etiquette:
        """What its service asks of clients."""
        return self.service.etiquette

    @cached_property
    def _walked(self) -> tuple[list[Step], Exchange | None]:
        """Its exchanges with what the client knew before each, and what showed it the end."""
        steps = []
        end: Exchange | None = None
        gone: Exchange | None = None
        ended: dict[str, bool] = {}
        for exchange in self.exchanges:
            steps.append(Step(exchange, end, gone))
            if gone is None and self._tells_gone(exchange):
                gone = exchange
            if exchange.seen is not None and is_told(exchange):
                ended |= {name: one.has_ended for name, one in exchange.shown_tracks.items()}
                # A tester may have brought it back to life: what was shown last counts.
                end = (end or exchange) if ended and all(ended.values()) else None
        return steps, end or gone

    def _tells_gone(self, exchange: Exchange) -> bool:
        """Whether the client knows from it that nothing remembers the job any more."""
        if exchange.is_lost:
            return False
        if exchange.operation in self.etiquette.delete_operations:
            return exchange.status < 400
        if exchange.state is None:
            return False
        return exchange.seen is None or exchange.seen.gone is not None

    @property
    def known_end(self) -> Exchange | None:
        """What showed the client the job's end, if anything did by now."""
        return self._walked[1]

    @property
    def calls(self) -> list[Step]:
        """Its exchanges, each with what the client knew before."""
        return self._walked[0]

    @cached_property
    def polls(self) -> list[Step]:
        """Its status calls, but for those that its client makes on its way to an output.

        A library that looks whether a product is complete before it fetches it is not impatient.
        """
        following = [*(step.exchange for step in self.calls[1:]), None]
        return [
            step
            for step, after in zip(self.calls, following, strict=True)
            if step.is_poll
            and (after is None or after.operation not in self.etiquette.result_operations)
        ]

    @property
    def has_client(self) -> bool:
        """Whether a client knows of it: it was told its id, or asked about it."""
        return any(one.kind != "submit" or not one.is_lost for one in self.exchanges)

    @property
    def was_let_go(self) -> bool:
        """Whether its client asked for its end before it came, and so need not look on."""
        return any(
            one.operation in self.etiquette.delete_operations
            or (one.operation == "cancel" and not one.had_ended)
            for one in self.exchanges
            if not one.is_lost
        )

    def words(self, exchange: Exchange) -> set[str]:
        """What an exchange showed of the job, in the service's words."""
        if not is_told(exchange):
            return set()
        tracks = exchange.shown_tracks
        words = {self.service.word(track.phase) for track in tracks.values()}
        if exchange.state is not None and (exchange.seen is None or tracks == exchange.seen.tracks):
            words.add(exchange.state)  # who asked about some tracks was not told the sum of all
        return words

    def is_fatal(self, exchange: Exchange) -> bool:
        """Whether the end that it showed leaves nothing to hope for."""
        fatal = self.etiquette.fatal_states
        if self.etiquette.is_output_per_track:
            tracks = exchange.seen.tracks.values() if exchange.seen is not None else ()
            return bool(tracks) and all(self.service.word(one.phase) in fatal for one in tracks)
        return exchange.state in fatal


def is_told(exchange: Exchange) -> bool:
    """Whether the client was shown how the job stands."""
    return exchange.state is not None and not exchange.is_lost


class Evidence:
    """All that a report is made of, as it is at this moment. Made with the sandbox locked.

    job: only what is about this job, by the id that its client holds.
    """

    def __init__(
        self, sandbox: Sandbox, services: Mapping[str, Described], *, job: Job | None = None
    ) -> None:
        self.sandbox = sandbox
        self.services = services
        self.job = job
        self.now_us = sandbox.clock.now_us()
        self.written = sandbox.journal.written
        self.dropped = sandbox.journal.dropped
        self.exchanges = [one for one in sandbox.journal if job is None or _is_about(one, job)]
        self.stories = list(self._stories())

    def _stories(self) -> Iterator[Story]:
        found: dict[tuple[str, str], list[Exchange]] = {}
        for exchange in self.exchanges:
            if exchange.job is not None:
                found.setdefault((exchange.service, exchange.job), []).append(exchange)
        for (service, job_id), exchanges in found.items():
            job = self.sandbox.find(service, job_id)
            if job is not None and service in self.services:
                yield Story(self.services[service], job, exchanges, self.now_us)

    @cached_property
    def strangers(self) -> list[Exchange]:
        """Calls that belong to no job."""
        return [one for one in self.exchanges if one.job is None]

    @cached_property
    def used(self) -> list[Described]:
        """The services that were called, in the order of the registry."""
        names = {one.service for one in self.exchanges}
        return [service for name, service in self.services.items() if name in names]


def _is_about(exchange: Exchange, job: Job) -> bool:
    return exchange.service == job.service and exchange.job == job.id
