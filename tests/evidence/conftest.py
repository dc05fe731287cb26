"""One real Celery worker and one mock for all stories that a process tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence.mock_gateway import MockGateway
from evidence.real_celery import RealCelery, running
from evidence.requirements import missing, require


@pytest.fixture(scope="session")
def real_celery() -> Iterator[RealCelery]:
    """A running worker of Celery."""
    require(missing())
    with tempfile.TemporaryDirectory(prefix="mockstatus-celery-") as folder:
        with running(Path(folder)) as celery:
            yield celery
        assert not list(Path(folder).glob("*.rdb")), "Redis kept what it was told to forget"


@pytest.fixture(scope="session")
def mock_gateway() -> MockGateway:
    """The mock, with a sandbox of its own for each story."""
    return MockGateway()
