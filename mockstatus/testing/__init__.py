"""The server and its handle for tests that are not pytest's: unittest, behave, notebooks.

    with mockstatus.testing.running() as mock:
        mock.use("vesta/retry-then-success")
        MyClient(mock.vesta.url).annotate("http://example.org/a.wav")

Importing it costs next to nothing: what serves is imported once something is served.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockstatus.testing.handle import Mock


@contextmanager
def running(
    *,
    url: str | None = None,
    token: str | None = None,
    seed: int | None = None,
    scenarios: Sequence[str | Path] = (),
    clock: str = "real",
) -> Iterator[Mock]:
    """The handle on a fresh sandbox of a server in a thread of this process.

    url: use a server that runs already, a container for instance; token: its admin token. seed
    is for a server of one's own. scenarios: folders; to one that runs already they are uploaded,
    for this sandbox. clock: a mode of the sandbox's clock, or
    `virtual`: who sleeps in this process moves it, and returns at once. Requests of this process
    to addresses that real clients have built in go to the sandbox.
    Raises ControlError where the server cannot be reached, or refuses, and ScenarioError with all
    that is wrong with the folders.
    """
    from mockstatus.testing.handle import Mock
    from mockstatus.testing.site import remote, serve

    with ExitStack() as stack:
        if url is None:
            site = stack.enter_context(serve(seed=seed, scenarios=scenarios))
        else:
            site = remote(url, token, scenarios=scenarios)
        mock = stack.enter_context(Mock(site, f"running-{token_hex(8)}"))
        mock.begin(clock=clock)
        mock.redirect_built_in()
        yield mock
