"""A test's sandbox: its name, and how the marker's wishes are done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from secrets import token_hex
from typing import TYPE_CHECKING

import pytest

from mockstatus.testing.handle import Mock

if TYPE_CHECKING:
    from mockstatus.pytest_plugin.marker import Wishes
    from mockstatus.testing.site import Site

_RUN: pytest.StashKey[int] = pytest.StashKey()


@contextmanager
def sandbox(node: pytest.Item, site: Site, wishes: Wishes) -> Iterator[Mock]:
    """A sandbox of this test alone, set up as it wishes."""
    with Mock(site, _name(node, site)) as mock:
        mock.begin(clock=wishes.clock)
        mock.redirect_built_in()
        if wishes.block_network:
            mock.block_network()
        for service, changes in wishes.options.items():
            mock.options(service, **changes)
        for scenario in wishes.scenarios:
            mock.use(scenario)
        yield mock


def refuse_trio(request: pytest.FixtureRequest, wishes: Wishes) -> None:
    """Fails a test that would really sleep, for hours maybe: trio has a clock of its own."""
    if wishes.clock != "virtual":
        return
    is_trios = request.node.get_closest_marker("trio") is not None
    if "anyio_backend" in request.fixturenames:  # a name, or one with options
        backend = request.getfixturevalue("anyio_backend")
        is_trios = "trio" in (backend, backend[0])
    if is_trios:
        pytest.fail(
            "clock='virtual' knows threads and asyncio, not trio: expected the backend asyncio, or"
            " a clock that the test moves, clock='manual'",
            pytrace=False,
        )


def _name(node: pytest.Item, site: Site) -> str:
    """A name that nobody else uses.

    On a server of our own it is the same in each run, so that a seed gives the same draws again.
    """
    readable = re.sub(r"[^A-Za-z0-9]+", "-", node.name).strip("-")[:40]
    if site.app is None:
        return f"{readable}-{token_hex(8)}"
    runs = node.stash.get(_RUN, 0)
    node.stash[_RUN] = runs + 1
    digest = blake2b(node.nodeid.encode(), digest_size=6).hexdigest()
    return f"{readable}-{digest}-{runs}"
