"""What ids and draws of a sandbox are made from."""

from __future__ import annotations

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere
from mockstatus.control.wire import SeedOrder, SeedView

routes = router("sandbox")


@routes.get("/seed", summary="The seed")
async def get_seed(here: AtHere) -> SeedView:
    """What ids and draws of this sandbox are made from."""
    return SeedView(seed=here.look().seed)


@routes.put("/seed", summary="Set the seed")
async def put_seed(here: AtHere, order: SeedOrder) -> SeedView:
    """The same seed, scenario and calls give the same answers. Only while there are no jobs."""
    sandbox = here.look()
    sandbox.seed = order.seed
    here.keep(sandbox)
    return SeedView(seed=order.seed)
