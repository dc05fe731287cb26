"""What a request to `/_mock` is about: the server's world, and one sandbox of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Depends, Request

from mockstatus.errors import BadRequestError, MockStatusError
from mockstatus.runtime.selection import find

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.scenario.load import Loaded
    from mockstatus.web.service import Service
    from mockstatus.web.world import World


@dataclass(frozen=True, slots=True)
class Here:
    """The world, and the sandbox that the request names. prefix: `/~NAME`, or empty."""

    world: World
    name: str
    prefix: str

    def look(self) -> Sandbox:
        """The sandbox; a look makes none."""
        return self.world.sandboxes.look(self.name)

    def keep(self, sandbox: Sandbox | None = None) -> Sandbox:
        """The sandbox, which is about to be changed. Raises LimitReachedError.

        sandbox: the one that was looked at, if it was: another look may find another one.
        """
        return self.world.sandboxes.keep(self.look() if sandbox is None else sandbox)

    def job(self, job_id: str) -> tuple[Sandbox, Job]:
        """The job that a client holds this id of. Raises JobNotFoundError."""
        sandbox = self.look()
        return sandbox, sandbox.job(job_id)

    def service_named(self, name: str, *, where: str) -> Service:
        """The service that a body names. Raises BadRequestError."""
        try:
            return self.world.service(name)
        except MockStatusError as error:
            raise BadRequestError(str(error), where=where) from None

    def scenario_named(self, service: str, name: str, *, where: str) -> Loaded:
        """The scenario that a body names, with or without its service. Raises BadRequestError."""
        try:
            return find(self.look().uploads, service, name)
        except MockStatusError as error:
            raise BadRequestError(str(error), where=where) from None


async def _here(request: Request) -> Any:
    # Not async, it would be called by a thread, each time: 0.1 ms of a request's 0.3.
    world = cast("World", request.app.state.world)
    prefix = request.scope.get("root_path", "")
    return Here(world, request.scope["state"]["sandbox"], prefix)


AtHere = Annotated[Here, Depends(_here)]
