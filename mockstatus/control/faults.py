"""The tester's own faults: posted, counted, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from fastapi import HTTPException, Request

from mockstatus.control.calls import any_call
from mockstatus.control.documented import router
from mockstatus.control.failures import ComplaintError
from mockstatus.control.here import AtHere, Here
from mockstatus.control.texts import instant
from mockstatus.control.wire import FaultView
from mockstatus.domain.fault import Posted
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.scenario.faultspec import FaultSpec
from mockstatus.scenario.schema import never_at
from mockstatus.scenario.strict import Located
from mockstatus.scenario.wording import shown, unknown
from mockstatus.web.operation import Operation
from mockstatus.web.service import Service

routes = router("faults")

_SPELLED = "control.faults"
"""Where a sandbox keeps how its faults were written, by their ids."""


@routes.get("/faults", summary="The faults at work")
async def list_faults(here: AtHere) -> list[FaultView]:
    """Oldest first, each with what it has counted. Those of scenarios are their jobs' own."""
    sandbox = here.look()
    return [_view(sandbox, posted) for posted in sandbox.faults.all()]


@routes.post("/faults", status_code=201, summary="Post a fault")
async def post_fault(here: AtHere, request: Request, fault: FaultSpec) -> FaultView:
    """Counts calls from now on, and strikes those that it is for, whatever they play."""
    found = list(_strangers(here, fault)) or list(_unspeakable(here, request, fault))
    if found:
        raise ComplaintError(found)
    sandbox = here.keep()
    with sandbox.lock:
        posted = sandbox.faults.post(fault.to_domain(), sandbox.clock.now_us())
        written = fault.model_dump(mode="json", by_alias=True, exclude_unset=True)
        _spelled(sandbox)[posted.fault_id] = written
    return _view(sandbox, posted)


@routes.delete("/faults", status_code=204, summary="Take all faults back")
async def delete_faults(here: AtHere) -> None:
    """Those of scenarios stay."""
    sandbox = here.look()
    with sandbox.lock:
        sandbox.faults.clear()
        _spelled(sandbox).clear()


@routes.delete("/faults/{fault_id}", status_code=204, summary="Take a fault back")
async def delete_fault(here: AtHere, fault_id: str) -> None:
    """It strikes no more."""
    sandbox = here.look()
    with sandbox.lock:
        if not sandbox.faults.remove(fault_id):
            known = [posted.fault_id for posted in sandbox.faults.all()]
            none = f"unknown fault {shown(fault_id)}: there are no faults"
            raise HTTPException(404, unknown("fault", fault_id, known) if known else none)
        _spelled(sandbox).pop(fault_id, None)


def _strangers(here: Here, fault: FaultSpec) -> Iterator[Located]:
    """A service, an operation or a point of the lifecycle that there is not."""
    services = here.world.services
    if fault.service is not None and fault.service not in services:
        yield Located(unknown("service", fault.service, sorted(services)), ("service",))
        return
    known = dict.fromkeys(operation.name for _, operation in _meant(here, fault.service))
    if fault.operation is not None and fault.operation not in known:
        yield Located(unknown("operation", fault.operation, known), ("operation",))
    models = [one.scenario_model for name, one in services.items() if fault.service in (None, name)]
    yield from never_at(
        fault,
        _all_or_any(model.STATES for model in models),
        _all_or_any(model.TRACKS for model in models),
    )


def _all_or_any(named: Iterable[Sequence[str]]) -> Sequence[str]:
    """The names of all services together; none, which is any, if one of them does not tell."""
    names = [*named]
    return [*dict.fromkeys(chain.from_iterable(names))] if all(names) else ()


def _unspeakable(here: Here, request: Request, fault: FaultSpec) -> Iterator[Located]:
    """An error that a service which it may strike has no form for."""
    error = fault.effect.error
    if error is None:
        return
    told = set()
    for service, operation in _meant(here, fault.service):
        if service.name in told or fault.operation not in (None, operation.name):
            continue
        told.add(service.name)
        try:
            service.error_answer(any_call(here, request, service, operation), error)
        except ValueError as problem:
            yield Located(f"{service.name}: {problem}", ("effect", "error"))


def _meant(here: Here, service: str | None) -> Iterator[tuple[Service, Operation]]:
    for one in here.world.services.values():
        if service in (None, one.name):
            for operation in one.operations:
                yield one, operation


def _spelled(sandbox: Sandbox) -> dict[str, Any]:
    spelled = sandbox.stash.setdefault(_SPELLED, {})
    assert isinstance(spelled, dict)  # noqa: S101  # nobody else knows the key
    return spelled


def _view(sandbox: Sandbox, posted: Posted) -> FaultView:
    return FaultView(
        id=posted.fault_id,
        posted=instant(posted.since_us),
        seen=posted.count.seen,
        struck=posted.count.struck,
        is_over=posted.is_over(sandbox.clock.now_us()),
        fault=_spelled(sandbox).get(posted.fault_id, {}),
    )
