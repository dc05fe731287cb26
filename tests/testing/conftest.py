"""A server for all tests of this folder, and a sandbox of it for each, on a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from mockstatus.testing.handle import Mock
from mockstatus.testing.site import Site, serve

T0 = datetime(2026, 1, 1, tzinfo=UTC)
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with serve(seed=7) as site:
        yield site


@pytest.fixture
def mock(site: Site) -> Iterator[Mock]:
    with Mock(site, f"handle-{next(_NUMBERS)}") as mock:
        mock.begin(clock="manual")
        mock.clock.now = T0
        yield mock
