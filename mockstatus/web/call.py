"""One call of a client to an imitated service, with all that its handler may want to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import parse_qsl

from mockstatus.domain.checkpoint import FAR_FUTURE_US
from mockstatus.runtime.selection import Chosen
from mockstatus.scenario.planning import Draws
from mockstatus.web.address import address
from mockstatus.web.service import Planning

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.exchange import Exchange
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.answer import Answer
    from mockstatus.web.operation import Operation
    from mockstatus.web.service import Service
    from mockstatus.web.world import World

T = TypeVar("T")

PAIRS_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """How a status call that comes again is to be answered, as long as its job does not move.

    again: the answer at another instant. until_us: from then on it has to be asked for anew.
    """

    again: Callable[[int], Answer]
    until_us: int = FAR_FUTURE_US


class Call:
    """A request to `operation` of `service`, in `sandbox`.

    params: the path's parameters. prefix: what stands before the service's own path,
    `/~alice/vesta`. alias: the path that the host name stands for; empty if it is but a name.
    asked: the id that the client gave; job: the job of that id, if there is one. chosen: the
    scenario that a submission plays. seen: what a poll was shown; polled: the tracks that it asked
    about, None is all. found: where the job stood when a call came that is no poll. held: set by
    the handler of a poll that may be answered again without it. record: what was written down of
    it, once it was. by_tester: made by `/_mock` on a
    client's behalf; no fault strikes it, it is neither counted nor written down.
    """

    __slots__ = (
        "_now_us",
        "_options",
        "_query",
        "_read",
        "alias",
        "asked",
        "body",
        "by_tester",
        "chosen",
        "found",
        "headers",
        "held",
        "job",
        "method",
        "operation",
        "params",
        "path",
        "polled",
        "prefix",
        "query_string",
        "record",
        "sandbox",
        "scheme",
        "seen",
        "server",
        "service",
        "world",
    )

    def __init__(
        self,
        *,
        world: World,
        service: Service,
        operation: Operation,
        sandbox: Sandbox,
        method: str,
        path: str,
        prefix: str,
        params: Mapping[str, str],
        query_string: bytes,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        scheme: str,
        server: str,
        alias: str = "",
        by_tester: bool = False,
    ) -> None:
        self.world = world
        self.service = service
        self.operation = operation
        self.sandbox = sandbox
        self.method = method
        self.path = path
        self.prefix = prefix
        self.params = params
        self.query_string = query_string
        self.headers = headers
        self.body = body
        self.scheme = scheme
        self.server = server
        self.alias = alias
        self.by_tester = by_tester
        self.job: Job | None = None
        self.chosen: Chosen | None = None
        self.asked: str | None = None
        self.seen: Position | None = None
        self.found: Position | None = None
        self.polled: frozenset[str] | None = None
        self.held: Held | None = None
        self.record: Exchange | None = None
        self._read: dict[Callable[[Call], object], object] = {}
        self._query: dict[str, str] | None = None
        self._now_us: int | None = None
        self._options: Any = None

    # What was asked.

    def header(self, name: str) -> str | None:
        """The first header of this name, in any spelling; None if there is none."""
        wanted = _wire_name(name)
        for key, value in self.headers:
            if key == wanted:
                return value.decode("latin-1")
        return None

    def once(self, read: Callable[[Call], T]) -> T:
        """What `read` makes of this call; asked for again, what it made of it then."""
        made = self._read.get(read, self)
        if made is self:
            made = self._read[read] = read(self)
        return cast("T", made)

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of several of one name the first."""
        if self._query is None:
            self._query = first_of_each(self.query_string)
        return self._query

    @property
    def base_url(self) -> str:
        """The address of the service as this client sees it, without a slash at its end."""
        public, host = self.world.public_url, self.header("host") or self.server
        if self.alias:
            return address(
                self.prefix,
                alias=self.alias,
                scheme=self.scheme,
                host=host,
                server=self.server,
                public_url=public,
            )
        if public is not None:
            return f"{public}{self.prefix}"
        return f"{self.scheme}://{host}{self.prefix}"

    # The world that it is asked in.

    @property
    def now_us(self) -> int:
        """The instant of the sandbox's clock at which the call is served: one for all of it."""
        if self._now_us is None:
            self._now_us = self.sandbox.clock.now_us()
        return self._now_us

    @property
    def options(self) -> Any:
        """The service's options in this sandbox: one model of the service's own for all of it."""
        if self._options is None:
            self._options = self.world.options(self.sandbox, self.service)
        return self._options

    @property
    def script(self) -> Any:
        """The scenario that this call goes by; the service's own model, or None.

        Its job's, else the one its submission plays, else the service's default one.
        """
        if self.job is not None:
            return self.job.loaded.scenario if self.job.loaded is not None else None
        if self.chosen is not None:
            return self.chosen.loaded.scenario if self.chosen.loaded is not None else None
        loaded = self.world.default_scenario(self.sandbox, self.service)
        return loaded.scenario if loaded is not None else None

    def keep_sandbox(self) -> None:
        """Something is stored: the sandbox comes to be, if it was only looked at so far.

        Raises LimitReachedError.
        """
        self.world.sandboxes.keep(self.sandbox)

    # What it does.

    def next_job_id(self) -> str:
        """The id that the next job of this sandbox and service will have."""
        sandbox = self.sandbox
        return self.service.job_id(sandbox.seed, sandbox.name, sandbox.next_number)

    def poll(self, job: Job, tracks: Iterable[str] | None = None) -> Position:
        """What a status call shows; it counts, unless it is a HEAD."""
        if self.method == "HEAD":
            return self.sandbox.peek(job)
        self.polled = None if tracks is None else frozenset(tracks)
        self.seen = self.sandbox.poll(job, self.polled)
        return self.seen

    def commit(self, submission: object, *, alias: str | None = None) -> Job:
        """Submits the job, now that it is known to be good, and answers it.

        Raises MockStatusError where the scenario does not suit the submission.
        """
        return self.world.commit(self, submission, alias=alias)

    def draws(self, scenario_seed: int | None, *job: object) -> Draws:
        """Where the draws of the service's jobs in this sandbox come from, or those of one job."""
        seed = self.sandbox.seed if scenario_seed is None else scenario_seed
        return Draws(seed, (self.sandbox.name, self.service.name, *job))

    def planning(self, submission: object) -> Planning:
        """What the next job's timeline is made of."""
        script = self.script
        seed = script.seed if script is not None else None
        number = self.sandbox.next_number
        return Planning(script, submission, self.options, self.draws(seed), number)


@lru_cache(maxsize=256)
def _wire_name(name: str) -> bytes:
    return name.lower().encode("latin-1")


def first_of_each(encoded: bytes) -> dict[str, str]:
    """Parameters of a query or a form; of several of one name the first counts.

    Bytes that are no UTF-8 become replacement characters. More than 1000 pairs are cut off.
    """
    text = encoded.decode(errors="replace")
    first: dict[str, str] = {}
    if "%" in text or "+" in text or text.count("&") >= PAIRS_LIMIT:
        for name, value in parse_qsl(text, keep_blank_values=True)[:PAIRS_LIMIT]:
            first.setdefault(name, value)
        return first
    # Nothing is escaped in nearly all of them: a third of the time (0.5 us).
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            first.setdefault(name, value)
    return first
