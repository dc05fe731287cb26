"""`mockstatus list`: the scenarios that there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from mockstatus import registry
from mockstatus.cli.console import console, plain, table
from mockstatus.cli.exits import WrongUseError
from mockstatus.cli.library import open_library, origin
from mockstatus.scenario.load import Loaded
from mockstatus.scenario.wording import unknown


def list_scenarios(service: str | None, *, as_: str, folders: Sequence[Path] | None) -> None:
    """Writes names, summaries and origins. as_: `text` or `json`.

    Raises WrongUseError, ScenarioError.
    """
    library = open_library(registry.services(), folders)
    if service is not None and service not in library.models:
        raise WrongUseError(unknown("service", service, library.models))
    found = [one for one in library.scenarios.values() if service in {None, one.service}]
    if as_ == "json":
        typer.echo(json.dumps([_entry(one) for one in found], indent=2, ensure_ascii=False))
        return
    listed = table("scenario", "source", "summary")
    for one in found:
        name, source, summary = _entry(one).values()
        listed.add_row(plain(name, "bold"), plain(source, "dim"), plain(summary))
    console().print(listed)


def _entry(loaded: Loaded) -> dict[str, str]:
    return {
        "name": loaded.name,
        "source": origin(loaded),
        "summary": loaded.scenario.summary,
    }
