"""What a machine must have for a real Celery worker: asked for in CI, else told."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Sequence

import pytest
from evidence import program

_PACKAGES = ("celery", "redis")
_COMMANDS = ("redis-server", program.NEEDS)


def missing() -> list[str]:
    """What this machine lacks."""
    packages = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    commands = [name for name in _COMMANDS if shutil.which(name) is None]
    return [*(f"the Python package {name}" for name in packages), *commands]


def require(lacking: Sequence[str]) -> None:
    """Skips the test if something is lacking; where all tests must run (CI=true), fails it."""
    if not lacking:
        return
    reason = f"a real Celery worker needs {', '.join(lacking)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
