"""How the server is. Needs no token, and makes no sandbox."""

from __future__ import annotations

from mockstatus import __version__
from mockstatus.control.documented import router
from mockstatus.control.here import AtHere
from mockstatus.control.wire import Health

routes = router("server")


@routes.get("/health", summary="How the server is")
async def health(here: AtHere) -> Health:
    """Version and counts, over all sandboxes. The only path below `/_mock` that needs no token."""
    sandboxes = here.world.sandboxes.kept()
    return Health(
        version=__version__,
        sandboxes=len(sandboxes),
        jobs=sum(map(len, sandboxes)),
        scenarios=len(here.world.library.scenarios),
    )
