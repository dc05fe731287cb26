"""Where a server is: one in a thread of this process, or one that runs already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mockstatus.testing.quiet import no_garbage
from mockstatus.testing.stories import read

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from mockstatus.web.world import World


@dataclass(frozen=True, slots=True)
class Site:
    """url: without a slash at its end. token: for `/_mock`; none where that is open.

    app, threads: the application itself and what serves it, where that is in this process.
    move: there too, moves the clock of the sandbox of this name on to an instant, and answers what
    it is then; raises MockStatusError. stories: what the server does not have and each sandbox is
    given, texts of scenarios by name.
    """

    url: str
    token: str | None = None
    app: ASGIApp | None = None
    threads: frozenset[threading.Thread] = frozenset()
    move: Callable[[str, int], int] | None = None
    stories: Mapping[str, str] = field(default_factory=dict)


def remote(url: str, token: str | None = None, *, scenarios: Sequence[str | Path] = ()) -> Site:
    """A server that runs already. scenarios: folders that it does not have.

    Raises ValueError if `url` is no http(s) address, ScenarioError with all that is wrong with the
    folders.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url!r} is no address of a server, expected http://HOST:PORT")
    return Site(url.rstrip("/"), token or None, stories=read(scenarios))


@contextmanager
def serve(*, seed: int | None = None, scenarios: Sequence[str | Path] = ()) -> Iterator[Site]:
    """A server in a thread of this process, on a free port of loopback.

    Nothing in the environment changes it: tests are the same everywhere. Raises ScenarioError with
    all that is wrong with the folders.
    """
    with no_garbage():
        from mockstatus.app import create_app
        from mockstatus.errors import ScenarioError
        from mockstatus.server import ThreadServer
        from mockstatus.settings import Settings

        settings = Settings(
            host="127.0.0.1",
            clock="real",
            seed=seed,
            scenarios=tuple(map(Path, scenarios)),
            public_url=None,
            admin_token=None,
            aliases=(),
            tls_port=None,
            ca_out=None,
            max_sandboxes=100_000,
        )
        app = create_app(settings)
        if app.world.library.problems:
            raise ScenarioError(app.world.library.problems)
        served = ThreadServer(app)
    with served as server:
        name = f"mockstatus-{server.port}"
        threads = (thread for thread in threading.enumerate() if thread.name == name)
        yield Site(server.url, app=app, threads=frozenset(threads), move=_mover(app.world))


def _mover(world: World) -> Callable[[str, int], int]:
    """What the control API's advance does, without its request: a sleep is no more than that."""

    from mockstatus.runtime.sandbox import ERRANDS_S

    def move(name: str, to_us: int) -> int:
        sandbox = world.sandboxes.keep(world.sandboxes.look(name))
        wait(sandbox.advance_to(to_us), timeout=ERRANDS_S)
        return sandbox.clock.now_us()

    return move
