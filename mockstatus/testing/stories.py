"""Stories of one's own folders, for sandboxes of a server that does not have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path


def read(folders: Sequence[str | Path]) -> Mapping[str, str]:
    """The text of each scenario in these folders, by its full name; later folders win.

    Raises ScenarioError with all that is wrong with them.
    """
    if not folders:
        return {}
    from mockstatus.errors import ScenarioError
    from mockstatus.registry import services
    from mockstatus.scenario.library import Library
    from mockstatus.scenario.schema import ScenarioFile

    known = services()

    def check(scenario: ScenarioFile) -> None:
        known[scenario.service].check(scenario)

    models = {name: service.scenario_model for name, service in known.items()}
    library = Library(models, folders=tuple(map(Path, folders)), check=check)
    if library.problems:
        raise ScenarioError(library.problems)
    return {name: loaded.text for name, loaded in library.scenarios.items()}
