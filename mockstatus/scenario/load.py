"""From a file's text to a checked scenario, or to all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from mockstatus.errors import MockStatusError, ScenarioError
from mockstatus.scenario.explain import explain
from mockstatus.scenario.schema import ScenarioFile
from mockstatus.scenario.source import Source, in_order, read_source
from mockstatus.scenario.strict import Located, ScriptError
from mockstatus.scenario.wording import shown, unknown

Models = Mapping[str, type[ScenarioFile]]
Check = Callable[[ScenarioFile], object]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A scenario that was found good, with the text it came from. name: `<service>/<name>`."""

    name: str
    scenario: ScenarioFile
    text: str
    path: str

    @property
    def service(self) -> str:
        return self.scenario.service


def load_scenario(
    content: str | bytes,
    *,
    path: str,
    models: Models,
    expected_service: str | None = None,
    check: Check | None = None,
) -> ScenarioFile:
    """The scenario in this YAML or JSON.

    path: how problems name the file.
    models: each service's own kind of scenario.
    expected_service: the only service it may be for.
    check: called with the scenario, to find what only its service can see (it may compile it);
        what it raises (ScriptError, CircularWaitError, ValueError) becomes a problem of the file.
    Raises ScenarioError with all problems that were found.
    """
    source = read_source(content, path=path)
    scenario, found = _checked(source, models, expected_service)
    if scenario is not None and check is not None:
        found += _found_by(check, scenario)
    told = {(problem.line, problem.column) for problem in source.problems}
    more = [source.problem(one.message, one.at, is_on_key=one.is_on_key) for one in found]
    # What stands where the YAML itself is wrong was not read as it was meant.
    problems = [*source.problems, *(one for one in more if (one.line, one.column) not in told)]
    if problems or scenario is None:
        raise ScenarioError(in_order(problems))
    return scenario


def _checked(
    source: Source, models: Models, expected_service: str | None
) -> tuple[ScenarioFile | None, list[Located]]:
    value = source.value
    if not isinstance(value, dict):
        message = f"the file holds {shown(value)}, expected a mapping with the key 'service'"
        return None, [Located(message)]
    allowed = sorted(models) if expected_service is None else [expected_service]
    found = list(_wrong_service(value, models, allowed))
    service = value.get("service")
    named = service if isinstance(service, str) and service in models else expected_service
    if named is None:
        return None, found
    try:
        # The right service, so that what else is wrong can be told, too.
        scenario = models[named].model_validate(value | {"service": named})
    except ValidationError as error:
        return None, found + explain(error.errors(include_url=False), value)
    return (None if found else scenario), found


def _wrong_service(value: dict[str, Any], models: Models, allowed: list[str]) -> Iterable[Located]:
    if "service" not in value:
        yield Located(f"missing key 'service', expected {' or '.join(allowed)}")
        return
    service = value["service"]
    if service in allowed:
        return
    if isinstance(service, str) and service in models:
        message = f"service is {shown(service)}, expected {allowed[0]}, as its folder says"
    else:
        message = unknown("service", service, allowed)
    yield Located(message, ("service",))


def _found_by(check: Check, scenario: ScenarioFile) -> list[Located]:
    try:
        check(scenario)
    except ScriptError as error:
        return list(error.problems)
    except (MockStatusError, ValueError) as error:
        return [Located(str(error))]
    return []
