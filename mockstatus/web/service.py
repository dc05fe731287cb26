"""The contract that one service folder fulfils. Adding a service touches nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from mockstatus.domain.etiquette import Etiquette
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import Phase, Timeline
from mockstatus.domain.value import value
from mockstatus.scenario.planning import Draws
from mockstatus.scenario.schema import ScenarioFile
from mockstatus.web.answer import Answer
from mockstatus.web.operation import Operation

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.web.call import Call


@value()
class Planning:
    """What a submission becomes a timeline of.

    scenario: the service's own model; None for the story told without a script.
    options: the service's own model. submission: what its submit operation made of the request.
    draws: of all jobs of the service in its sandbox. number: of this one.
    """

    scenario: ScenarioFile | None
    submission: Any
    options: Any
    draws: Draws
    number: int

    def variant(self) -> Draws:
        """Where the draws of the job come from."""
        return self.draws.variant(self.number)


@dataclass(frozen=True, slots=True)
class Placing:
    """What is put into a track, in the control API's words. raw: a phase or a list of them."""

    raw: Sequence[Mapping[str, Any]]
    job: Job
    track: str
    options: Any
    draws: Draws


@dataclass(frozen=True, slots=True)
class Submission:
    """A request such as one that submits a job, as we make one of wire fields.

    path: below the service's base, as that of an operation.
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCalls:
    """The requests by which a client follows its job: for whoever plays a client.

    status: asks how the job is. cancel: asks for its end; None where clients cannot. start: hands
    over what the job waits for (Krixik: the upload); None where a submission is all that it takes.
    """

    status: Callable[[Job], Submission]
    cancel: Callable[[Job], Submission] | None = None
    start: Callable[[Job], Submission] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What kinds of objects a service keeps, so that a snapshot brings back no others.

    submission: of a job, as `plan` gets it. payload: of a phase. memory: beside the jobs, in the
    sandbox's stash under the service's name.
    """

    submission: type = object
    payload: type = object
    memory: type = object


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: what it serves, what its scenarios may say, and how it words things.

    name: also the first segment of its path and of its scenarios' names.
    client_path: where clients point, below the server's address (`/vesta`).
    title, summary: for people.
    scenario_model: a scenario file; options_model: its knobs, every field with a default, never
        changed once made: sandboxes share them.
    states: the states, codes and endings that it documents, for coverage.
    plan: pure; a submission becomes a timeline. Raises MockStatusError.
    place: pure; phases to be put into a track. Raises MockStatusError or ValueError.
    job_id: pure; (seed, sandbox, number of the job) becomes an id in the service's own form.
    state: pure; the one word that sums a job up.
    magic: the scenario that a submission names in the service's own fields; None if none.
    fields: a submission's wire fields, as texts, for `match`.
    refuse: the service's refusal of a submission, in these words.
    status_answer: the service's own body for a bare HTTP status that a fault asks for.
    error_answer: the service's own error that a fault describes. Raises ValueError.
    missing: its answer to a path, or a method of a path, that it does not serve.
    too_large: its answer to a body beyond the limit.
    submission: the request that submits a job with these wire fields. Raises BadRequestError.
    canonical_path: pure; the path below the service's first segment that stands for this one, for
        services that fold slashes or take a prefix from a header. Also given the ASGI scope.
    mount: pure; the path that its own paths may stand below, as its options and the ASGI scope (a
        proxy's header) say; addresses in answers name it. Empty if there is none.
    check: what only the service can find wrong with a scenario. Raises ScriptError, ValueError.
    submitted: done to a job that the control API submitted, to bring it on its way.
    sample: a scenario-free submission's wire fields, for examples and demonstrations.
    calls: what a client asks about a job; without it nobody can play one.
    etiquette: what it asks of its clients, for reports.
    word: pure; what a track in this phase is shown in, one of `states`.
    kept: what a snapshot of it may hold.
    not_frozen: kinds of objects that a snapshot leaves out: None stands in for them.
    hosts: addresses that its clients have built in, and the path below the server's address that
        each stands for: `{"https://api.example/v1": "/acme"}`. Tests are redirected there.
    connect: the line of code that points a client here; `{url}` stands for the base URL.
    """

    name: str
    client_path: str
    title: str
    summary: str
    operations: tuple[Operation, ...]
    scenario_model: type[ScenarioFile]
    options_model: type[BaseModel]
    states: tuple[str, ...]
    plan: Callable[[Planning], Timeline]
    place: Callable[[Placing], tuple[Phase, ...]]
    job_id: Callable[[int, str, int], str]
    state: Callable[[Job, Position], str]
    magic: Callable[[Call], str | None]
    fields: Callable[[Call], Mapping[str, str]]
    refuse: Callable[[Call, str], Answer]
    status_answer: Callable[[Call, int], Answer]
    error_answer: Callable[[Call, Mapping[str, Any]], Answer]
    missing: Callable[[Call, tuple[str, ...]], Answer]
    too_large: Callable[[Call], Answer]
    submission: Callable[[Mapping[str, Any], Mapping[str, Any]], Submission]
    canonical_path: Callable[[str, Mapping[str, Any]], str] = lambda path, _scope: path
    mount: Callable[[Any, Mapping[str, Any]], str] = lambda _options, _scope: ""
    check: Callable[[Any], None] = lambda _scenario: None
    submitted: Callable[[Call, Job], None] = lambda _call, _job: None
    sample: Mapping[str, Any] = field(default_factory=dict)
    calls: ClientCalls | None = None
    etiquette: Etiquette = field(default_factory=Etiquette)
    word: Callable[[Phase], str] = lambda phase: phase.state
    kept: Kept = field(default_factory=Kept)
    not_frozen: tuple[type, ...] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    connect: str = "{url}"

    def operation_names(self) -> tuple[str, ...]:
        """What faults may name, in the order of declaration."""
        return tuple(dict.fromkeys(operation.name for operation in self.operations))
