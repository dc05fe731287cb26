"""The tester's own faults: posted, counted, taken back."""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException

from mockstatus.control.documented import router
from mockstatus.control.failures import ComplaintError
from mockstatus.control.here import AtHere, Here
from mockstatus.control.texts import instant
from mockstatus.control.wire import FaultView
from mockstatus.domain.fault import Posted
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.scenario.faultspec import FaultSpec
from mockstatus.scenario.strict import Located
from mockstatus.scenario.wording import unknown

routes = router("Faults")

_SPELLED = "control.faults"
"""Where a sandbox keeps how its faults were written, by their ids."""


@routes.get("/faults", summary="The faults at work")
async def list_faults(here: AtHere) -> list[FaultView]:
    """Oldest first, each with what it has counted. Those of scenarios are their jobs' own."""
    sandbox = here.look()
    return [_view(sandbox, posted) for posted in sandbox.faults.all()]


@routes.post("/faults", status_code=201, summary="Post a fault")
async def post_fault(here: AtHere, fault: FaultSpec) -> FaultView:
    """Counts calls from now on, and strikes those that it is for, whatever they play."""
    _refuse_strangers(here, fault)
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
            raise HTTPException(404, unknown("fault", fault_id, known))
        _spelled(sandbox).pop(fault_id, None)


def _refuse_strangers(here: Here, fault: FaultSpec) -> None:
    """Raise ComplaintError for a service or an operation that there is not."""
    services = here.world.services
    if fault.service is not None and fault.service not in services:
        message = unknown("service", fault.service, sorted(services))
        raise ComplaintError([Located(message, ("service",))])
    meant = services.values() if fault.service is None else [services[fault.service]]
    known = dict.fromkeys(name for service in meant for name in service.operation_names())
    if fault.operation is not None and fault.operation not in known:
        raise ComplaintError(
            [Located(unknown("operation", fault.operation, known), ("operation",))]
        )


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
