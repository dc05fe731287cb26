"""All that a server is made of: services, scenarios, sandboxes; and how a job comes to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from mockstatus.domain.sharing import Same
from mockstatus.errors import UnknownScenarioError, UnknownServiceError
from mockstatus.runtime.clock import SYSTEM_TIME, TimeSource
from mockstatus.runtime.faults import of_scenario
from mockstatus.runtime.selection import Chosen, Source

if TYPE_CHECKING:
    from mockstatus.domain.fault import Fault, Posted
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.runtime.sandboxes import Sandboxes
    from mockstatus.scenario.library import Library
    from mockstatus.scenario.load import Loaded
    from mockstatus.scenario.schema import ScenarioFile
    from mockstatus.web.call import Call
    from mockstatus.web.service import Service


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What every call of a server may need.

    public_url: the address that answers name, where it is not the one that the client used.
    source: what real time is.
    """

    services: Mapping[str, Service]
    library: Library
    sandboxes: Sandboxes
    public_url: str | None = None
    source: TimeSource = SYSTEM_TIME

    def service(self, name: str) -> Service:
        """The service of this name. Raises UnknownServiceError."""
        try:
            return self.services[name]
        except KeyError:
            raise UnknownServiceError(name, self.services) from None

    def options(self, sandbox: Sandbox, service: Service) -> Any:
        """A service's options in this sandbox."""
        found = sandbox.options.get(service.name)
        if found is None:
            found = sandbox.options[service.name] = _default_options(service.options_model)
        return found

    def set_options(self, sandbox: Sandbox, service: Service, options: BaseModel) -> None:
        """Puts a service's options in place of the present ones."""
        sandbox.options[service.name] = options

    def default_scenario(self, sandbox: Sandbox, service: Service) -> Loaded | None:
        """The service's default scenario in this sandbox; None if there is none."""
        name = sandbox.defaults.get(service.name)
        if name is None:
            return None
        try:
            return sandbox.uploads.get(name)
        except UnknownScenarioError:
            return None  # its file was removed meanwhile

    def commit(self, call: Call, submission: object, *, alias: str | None) -> Job:
        """Makes a job of an accepted submission.

        Raises MockStatusError where the scenario does not suit the submission, and
        LimitReachedError; the sandbox is as it was then.
        """
        service = call.service
        chosen = call.chosen or Chosen(None, Source.NONE)
        timeline = service.plan(call.planning(submission))
        call.keep_sandbox()
        sandbox = call.sandbox
        loaded = chosen.loaded
        faults: tuple[Posted, ...] = ()
        if loaded is not None and loaded.scenario.faults:
            faults = unborn_faults(sandbox, loaded, is_submission=True)
            sandbox.faults.unborn.pop(unborn_key(loaded, is_submission=True), None)
        job = sandbox.add(
            service=service.name,
            job_id=call.next_job_id(),
            number=sandbox.next_number,
            seed=sandbox.seed,
            timeline=timeline,
            submission=submission,
            loaded=loaded,
            faults=faults,
            alias=alias,
            size=len(call.body) + len(call.query_string),
        )
        if chosen.source is Source.QUEUE:
            sandbox.queues.take(service.name, chosen.name)
        call.job = job
        return job


@lru_cache(maxsize=64)
def _default_options(model: type[BaseModel]) -> BaseModel:
    """One for all sandboxes, so that what is made of a story by these options is made once."""
    return model()


def unborn_key(loaded: Loaded, *, is_submission: bool) -> str:
    """Under what a scenario's faults are kept while they belong to no job."""
    return f"{'submit' if is_submission else 'idle'}:{loaded.name}"


def unborn_faults(sandbox: Sandbox, loaded: Loaded, *, is_submission: bool) -> tuple[Posted, ...]:
    """A scenario's faults while they belong to no job: as they have counted so far.

    Put to work now where they have not begun to, or where the scenario says others by now.
    """
    known = sandbox.faults.unborn.get(unborn_key(loaded, is_submission=is_submission), ())
    faults = _faults_of(Same(loaded.scenario))
    if tuple(posted.fault for posted in known) == faults:
        return known
    return of_scenario(loaded.name, faults, sandbox.clock.now_us())


@lru_cache(maxsize=64)
def _faults_of(scenario: Same[ScenarioFile]) -> tuple[Fault, ...]:
    return tuple(fault.to_domain() for fault in scenario.value.faults)
