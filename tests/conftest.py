"""Hypothesis profiles for all tests: "fast" unless HYPOTHESIS_PROFILE says otherwise."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

_STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"

# No check may depend on how fast the machine happens to be.
for _name, _examples in (("fast", 100), ("thorough", 1000)):
    settings.register_profile(
        _name,
        deadline=None,
        database=None,
        max_examples=_examples,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


def pytest_configure(config: pytest.Config) -> None:
    # Hypothesis keeps small caches of its own even without a database: not in the repository.
    # Workers of pytest-xdist inherit the folder from the process that made it.
    if _STORAGE not in os.environ:
        folder = tempfile.mkdtemp(prefix="mockstatus-hypothesis-")
        os.environ[_STORAGE] = folder
        config.add_cleanup(lambda: _forget(folder))


def _forget(folder: str) -> None:
    del os.environ[_STORAGE]
    shutil.rmtree(folder, ignore_errors=True)
