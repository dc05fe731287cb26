"""The command line over a made-up service, with a made-up library of its scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.shop import SUCCESS, TOY, Shop

from mockstatus import registry


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A world in which toys are all there is; its library has `toy/success`."""
    made = Shop(tmp_path / "shipped", {"toy": TOY})
    (made.folder / "toy").mkdir(parents=True)
    made.story(SUCCESS, "success")
    monkeypatch.setattr(registry, "services", lambda: made.services)
    monkeypatch.setattr("mockstatus.app.registered_services", lambda: made.services)
    for module in ("app", "cli.library", "cli.check", "cli.serve"):
        monkeypatch.setattr(f"mockstatus.{module}.shipped_folder", lambda: made.folder)
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    return made
