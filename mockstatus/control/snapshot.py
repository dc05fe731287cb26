"""A sandbox as a document, and a document as a sandbox: all of it or nothing.

A job goes on in another server exactly where it was, in a sandbox of the same name (names are
part of what is drawn). The journal stays where it is, and so do callbacks under way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import orjson
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mockstatus import __version__
from mockstatus.control.codec import Decoder, Encoder
from mockstatus.control.documented import router
from mockstatus.control.failures import ComplaintError
from mockstatus.control.here import AtHere
from mockstatus.control.sound import JobParts, job_parts, of_kind, other_parts, refuse_strange
from mockstatus.control.texts import instant
from mockstatus.control.view import job_view
from mockstatus.control.wire import At, ClockView, Name, Seed
from mockstatus.errors import BadRequestError, MockStatusError, ScenarioError
from mockstatus.runtime.clock import ClockMode
from mockstatus.runtime.job import Job
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.scenario.durations import read_instant
from mockstatus.scenario.explain import explain
from mockstatus.scenario.load import Loaded, load_scenario
from mockstatus.scenario.strict import Located

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockstatus.web.service import Service
    from mockstatus.web.world import World

routes = router("snapshot")

VERSION = 1
FAULTS = "control.faults"
_WRONG = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError)
_DOMAIN = ("mockstatus.domain", "mockstatus.runtime.job")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PlayedScenario(_Part):
    """A scenario that some job plays, as it was when the job began."""

    name: Name
    text: str
    path: str


class JobSnapshot(_Part):
    """What is known of a job; where it stands is in `frozen`, at the same place."""

    id: Name
    service: Name
    number: int = Field(ge=1)
    seed: Seed
    aliases: list[str] = Field(max_length=1)
    scenario: int | None = Field(description="Which of `played` it plays.")
    requests: int = Field(ge=0)
    noted: int = Field(ge=0)


class Snapshot(_Part):
    """A sandbox. What is in `frozen` is for this program to read, not for people."""

    format: Literal["mockstatus-snapshot"]
    version: Literal[1]
    made_by: str = Field(examples=[__version__])
    made: At
    sandbox: str
    clock: ClockView
    seed: Seed
    numbers: int = Field(ge=0, description="How many jobs were ever submitted.")
    uploads: dict[str, str] = Field(description="Uploaded scenarios, by name.")
    played: list[PlayedScenario]
    jobs: list[JobSnapshot]
    queues: dict[str, list[str]]
    defaults: dict[str, str]
    options: dict[str, dict[str, Any]]
    faults_made: int = Field(ge=0)
    frozen: dict[str, Any]


@routes.get("/snapshot", summary="Take a snapshot", response_model=Snapshot)
async def get_snapshot(here: AtHere) -> Any:
    """Clock, seed, jobs, scenarios, queues, defaults, options, faults. Taking changes nothing."""
    document = frozen(here.world, here.look())
    return Response(orjson.dumps(document.model_dump()), media_type="application/json")


@routes.put("/snapshot", status_code=204, summary="Put a snapshot in place")
async def put_snapshot(here: AtHere, snapshot: Snapshot) -> None:
    """In place of all that the sandbox is. Where anything is wrong with it, nothing happens."""
    here.world.sandboxes.put(thawed(here.world, here.name, snapshot))


def frozen(world: World, sandbox: Sandbox) -> Snapshot:
    """A sandbox as a document. Raises BadRequestError where it holds what cannot be told."""
    with sandbox.lock:
        played: dict[int, int] = {}
        scenarios: list[Loaded] = []
        jobs = list(sandbox.jobs())
        now_us = sandbox.clock.now_us()
        for job in jobs:
            job.position(now_us)  # settled: one place, told in one way
            if job.loaded is not None and id(job.loaded) not in played:
                played[id(job.loaded)] = len(scenarios)
                scenarios.append(job.loaded)
        encoder = Encoder(_packages(world), _Outside(world, sandbox))
        stash = {name: sandbox.stash.get(name) for name in (*world.services, FAULTS)}
        inner = {
            "jobs": [encoder.encode(_inner(job)) for job in jobs],
            "faults": encoder.encode(sandbox.faults.all()),
            "unborn": encoder.encode(sandbox.faults.unborn),
            "stash": encoder.encode({name: one for name, one in stash.items() if one is not None}),
        }
        return Snapshot.model_construct(
            format="mockstatus-snapshot",
            version=1,
            made_by=__version__,
            made=instant(world.source.wall_us()),
            sandbox=sandbox.name,
            clock=ClockView(mode=str(sandbox.clock.mode), now=instant(now_us)),
            seed=sandbox.seed,
            numbers=sandbox.numbers,
            uploads={name: one.text for name, one in sandbox.uploads.uploads.items()},
            played=[PlayedScenario(name=s.name, text=s.text, path=s.path) for s in scenarios],
            jobs=[_outer(job, played) for job in jobs],
            queues={service: list(names) for service, names in sandbox.queues.all().items()},
            defaults=dict(sandbox.defaults),
            options={
                name: model.model_dump(mode="json", by_alias=True, exclude_unset=True)
                for name, model in sandbox.options.items()
                if isinstance(model, BaseModel)
            },
            faults_made=sandbox.faults.made,
            frozen=inner,
        )


def thawed(world: World, name: str, snapshot: Snapshot) -> Sandbox:
    """A new sandbox that is as the document says. Raises MockStatusError where it cannot be."""
    sandbox = world.sandboxes.fresh(name)
    try:
        _fill(world, sandbox, snapshot)
        for job in sandbox.jobs():  # what cannot be shown would fail later, and half-way
            job_view(world.service(job.service), sandbox, job)
    except MockStatusError:
        raise
    except RecursionError:
        raise BadRequestError("it is nested too deeply", where="body.frozen") from None
    except _WRONG as error:
        message = f"it cannot be put in place: {type(error).__name__}: {error}"
        raise BadRequestError(message, where="body.frozen") from None
    return sandbox


def _fill(world: World, sandbox: Sandbox, snapshot: Snapshot) -> None:
    sandbox.seed = snapshot.seed
    sandbox.clock.mode = ClockMode.parse(snapshot.clock.mode)
    sandbox.clock.set_now(read_instant(snapshot.clock.now))
    for name, text in snapshot.uploads.items():
        sandbox.uploads.put(name, text)
    _fill_choices(world, sandbox, snapshot)
    played = [_played(world, one) for one in snapshot.played]

    def job_of(key: Any) -> Job:
        found = sandbox.find(*key)
        if found is None:
            raise ValueError(f"there is no job {key}")
        return found

    outside = {"~sandbox": lambda _: sandbox, "~job": job_of, "~none": lambda _: None}
    decoder = Decoder(_packages(world), outside)
    inner = snapshot.frozen
    for outer, one in zip(snapshot.jobs, inner["jobs"], strict=True):
        known = len(decoder.made)
        job = _job(outer, job_parts(decoder.decode(one)), played)
        refuse_strange(world.service(outer.service), job, decoder.made[known:])
        sandbox.take_back(job)
    sandbox.numbers = snapshot.numbers
    others = other_parts({name: decoder.decode(inner[name]) for name in inner if name != "jobs"})
    sandbox.faults.restore(snapshot.faults_made, others.faults, others.unborn)
    for name, stored in others.stash.items():
        kind = dict if name == FAULTS else world.service(name).kept.memory
        sandbox.stash[name] = of_kind(stored, kind, f"what {name} keeps")
    for spelled in others.stash.get(FAULTS, {}).values():
        of_kind(spelled, dict, "a fault as it was written")


def _fill_choices(world: World, sandbox: Sandbox, snapshot: Snapshot) -> None:
    for service, names in snapshot.queues.items():
        for name in names:
            sandbox.queues.add(world.service(service).name, sandbox.uploads.get(name).name)
    for service, name in snapshot.defaults.items():
        sandbox.defaults[world.service(service).name] = sandbox.uploads.get(name).name
    for service, raw in snapshot.options.items():
        model = world.service(service).options_model
        try:
            sandbox.options[service] = model.model_validate(raw, strict=False)
        except ValidationError as error:
            found = explain(error.errors(include_url=False), raw)
            at = ("options", service)
            raise ComplaintError(Located(one.message, (*at, *one.at)) for one in found) from None


def _inner(job: Job) -> dict[str, object]:
    """What a job is made of that only its service and the engine can read."""
    return {
        "timeline": job.timeline,
        "checkpoint": job.checkpoint,
        "submission": job.submission,
        "faults": job.faults,
        "notes": job.notes,
    }


def _outer(job: Job, played: Mapping[int, int]) -> JobSnapshot:
    return JobSnapshot(
        id=job.id,
        service=job.service,
        number=job.number,
        seed=job.seed,
        aliases=[] if job.alias is None else [job.alias],
        scenario=played[id(job.loaded)] if job.loaded is not None else None,
        requests=job.requests,
        noted=job.noted,
    )


def _job(outer: JobSnapshot, inner: JobParts, played: list[Loaded]) -> Job:
    job = Job(
        id=outer.id,
        service=outer.service,
        number=outer.number,
        seed=outer.seed,
        timeline=inner.timeline,
        submission=inner.submission,
        loaded=played[outer.scenario] if outer.scenario is not None else None,
        faults=inner.faults,
        at_us=inner.checkpoint.submitted_us,
        alias=next(iter(outer.aliases), None),
    )
    job.requests, job.checkpoint = outer.requests, inner.checkpoint
    job.recall(inner.notes, noted=outer.noted)
    return job


def _played(world: World, one: PlayedScenario) -> Loaded:
    library = world.library
    known = library.scenarios.get(one.name)
    if known is not None and known.text == one.text:
        return known
    try:
        scenario = load_scenario(
            one.text, path=one.name, models=library.models, check=library.check
        )
    except ScenarioError as error:
        raise BadRequestError(str(error), where="body.played") from None
    return Loaded(one.name, scenario, one.text, one.path)


class _Outside:
    """How what is not part of a value is referred to."""

    def __init__(self, world: World, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._left_out = tuple(kind for one in world.services.values() for kind in one.not_frozen)

    def __call__(self, value: object) -> dict[str, Any] | None:
        if value is self._sandbox:
            return {"~sandbox": True}
        if isinstance(value, Job):
            if self._sandbox.find(value.service, value.id) is not value:
                return {"~none": True}  # forgotten: nobody could find it
            return {"~job": [value.service, value.id]}
        return {"~none": True} if isinstance(value, self._left_out) else None


def _packages(world: World) -> Iterable[str]:
    """Whose classes a snapshot may hold: the engine's, and those of the services."""
    return (*_DOMAIN, *(_home(service) for service in world.services.values()))


def _home(service: Service) -> str:
    """The package that a service is written in; of a single module, the module."""
    module: str = service.plan.__module__
    return module.rpartition(".")[0] or module
