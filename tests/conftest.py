"""Hypothesis profiles for all tests ("fast" unless HYPOTHESIS_PROFILE says otherwise), and a folder
that all processes of one run share."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_SHARED = "MOCKSTATUS_TESTS_FOLDER"
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
    # Workers of pytest-xdist inherit the folder from the process that made it.
    if _SHARED not in os.environ:
        folder = tempfile.mkdtemp(prefix="mockstatus-tests-")
        os.environ[_SHARED] = folder
        # Hypothesis keeps small caches of its own even without a database: not in the repository.
        os.environ.setdefault(_STORAGE, str(Path(folder) / "hypothesis"))
        config.add_cleanup(lambda: _forget(folder))


def _forget(folder: str) -> None:
    del os.environ[_SHARED]
    if os.environ.get(_STORAGE) == str(Path(folder) / "hypothesis"):
        del os.environ[_STORAGE]
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """A folder that all processes of this run share, gone at its end."""
    return Path(os.environ[_SHARED])
