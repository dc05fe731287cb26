"""The sandbox's clock: looked at, set, and moved."""

from __future__ import annotations

import asyncio

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere
from mockstatus.control.texts import instant
from mockstatus.control.wire import AdvanceOrder, ClockOrder, ClockView
from mockstatus.errors import BadRequestError, ClockError
from mockstatus.runtime.clock import ClockMode
from mockstatus.runtime.sandbox import ERRANDS_S, Sandbox

routes = router("clock")


@routes.get("/clock", summary="What time it is")
async def get_clock(here: AtHere) -> ClockView:
    """How time passes in this sandbox, and its present instant."""
    return _view(here.look())


@routes.put("/clock", summary="Set the clock")
async def put_clock(here: AtHere, order: ClockOrder) -> ClockView:
    """Changing the mode keeps the instant. `now` goes back only while there are no jobs."""
    if not order.model_fields_set:
        raise BadRequestError("nothing to set, expected mode or now or both")
    mode = None if order.mode is None else _mode(order.mode)
    sandbox = here.look()
    with sandbox.lock:
        clock = sandbox.clock
        if order.now is not None and order.now < clock.now_us():
            sandbox.refuse_if_used("an earlier instant")
        here.keep(sandbox)
        if mode is not None:
            clock.mode = mode
        if order.now is not None:
            clock.set_now(order.now)
    sandbox.changed()
    return _view(sandbox)


@routes.post("/clock/advance", summary="Move the clock on")
async def advance_clock(here: AtHere, order: AdvanceOrder) -> ClockView:
    """Works in every mode. What is due by then has happened when this answers."""
    if len(order.model_fields_set) != 1:
        raise BadRequestError("expected one of by and to")
    sandbox = here.keep()
    with sandbox.lock:
        if order.by is not None:
            sandbox.clock.advance(order.by)
        now_us = sandbox.clock.now_us()
        under_way = sandbox.advance_to(now_us if order.to is None else order.to)
    errands = [asyncio.wrap_future(errand) for errand in under_way]
    if errands:
        await asyncio.wait(errands, timeout=ERRANDS_S)
    return _view(sandbox)


def _mode(text: str) -> ClockMode:
    try:
        return ClockMode.parse(text)
    except ClockError as error:
        raise BadRequestError(str(error), where="body.mode") from None


def _view(sandbox: Sandbox) -> ClockView:
    return ClockView(mode=str(sandbox.clock.mode), now=instant(sandbox.clock.now_us()))
