"""One real Celery worker for all stories; required where tests run for all (CI=true)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from evidence.real_celery import RealCelery, missing, running


@pytest.fixture(scope="session")
def real_celery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCelery]:
    """A running worker. Skips what uses it where the machine lacks something, but fails in CI."""
    lacking = missing()
    if lacking:
        reason = f"a real Celery worker needs {', '.join(lacking)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running(tmp_path_factory.mktemp("celery")) as celery:
        yield celery
