"""Puts a sandbox as new in place of the present one."""

from __future__ import annotations

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere

routes = router("sandbox")


@routes.post("/reset", status_code=204, summary="Begin anew")
async def reset(here: AtHere) -> None:
    """The sandbox as new: jobs, queue, defaults, options, faults, uploads, clock and seed.

    Done when it answers. Other sandboxes are left alone.
    """
    here.world.sandboxes.reset(here.name)
