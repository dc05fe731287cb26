"""The scenarios that a command works with: those we ship, and those in folders of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mockstatus.errors import Problem, ScenarioError
from mockstatus.scenario.library import Library, shipped_folder
from mockstatus.scenario.load import Loaded, load_scenario
from mockstatus.scenario.source import MOST_BYTES

if TYPE_CHECKING:
    from mockstatus.scenario.load import Check, Models
    from mockstatus.web.service import Service


def models(services: Mapping[str, Service]) -> Models:
    """Each service's kind of scenario."""
    return {name: service.scenario_model for name, service in services.items()}


def checker(services: Mapping[str, Service]) -> Check:
    """Lets a scenario's service find what its model cannot."""
    return lambda scenario: services[scenario.service].check(scenario)


def open_library(services: Mapping[str, Service], folders: Sequence[Path] | None) -> Library:
    """What is shipped, and these folders over it. Raises ScenarioError with all problems."""
    every = (shipped_folder(), *(folders or ()))
    library = Library(models(services), folders=every, check=checker(services))
    if library.problems:
        raise ScenarioError(library.problems)
    return library


def read_file(services: Mapping[str, Service], path: Path) -> Loaded:
    """The scenario in a single file, named after it; its `service` key says whose it is.

    Raises ScenarioError.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        problem = Problem(str(path), 1, 1, f"cannot be read: {error.strerror}")
        raise ScenarioError([problem]) from None
    scenario = load_scenario(
        content, path=str(path), models=models(services), check=checker(services)
    )
    name = f"{scenario.service}/{path.stem}"
    return Loaded(name, scenario, content.decode("utf-8-sig"), str(path))


def origin(loaded: Loaded) -> str:
    """Where a scenario comes from, for people: `shipped`, or its file."""
    return "shipped" if Path(loaded.path).is_relative_to(shipped_folder()) else loaded.path


def counts(scenarios: Mapping[str, Loaded]) -> dict[str, int]:
    """How many scenarios there are of each service."""
    found: dict[str, int] = {}
    for loaded in scenarios.values():
        found[loaded.service] = found.get(loaded.service, 0) + 1
    return found
