"""From a file's text to a checked scenario, or to all that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from mockstatus.errors import MockStatusError, Problem, ScenarioError
from mockstatus.scenario.explain import explain
from mockstatus.scenario.schema import ScenarioFile
from mockstatus.scenario.source import MOST_BYTES, Source, in_order, read_source
from mockstatus.scenario.strict import Likely, Located, ScriptError
from mockstatus.scenario.wording import shown, unknown

Models = Mapping[str, type[ScenarioFile]]
Check = Callable[[ScenarioFile], object]

MOST_SCENARIOS = 10_000

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


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
    Raises ScenarioError with all problems that were found. What models and `check` find by
    comparing keys is looked for once each key is right by itself.
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
        scenario = models[named].model_validate(
            value | {"service": named},
            context=None if value.get("unlikely") is True else Likely(),
        )
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


def load_folder(
    folder: Path,
    models: Models,
    *,
    check: Check | None = None,
    known: Mapping[str, Loaded] = MappingProxyType({}),
) -> tuple[dict[str, Loaded], list[Problem]]:
    """The good scenarios in `<service>/<name>.yaml` by their names, and what is wrong elsewhere.

    known: what was loaded from there before; files that did not change keep their objects.
    Hidden files are passed over, and so is whatever is no YAML.
    """
    loaded: dict[str, Loaded] = {}
    problems: list[Problem] = []
    for number, found in enumerate(_files(folder, models)):
        if number == MOST_SCENARIOS:
            message = f"more than {MOST_SCENARIOS} files, the rest was not read"
            problems.append(_of_file(folder, message))
            break
        if isinstance(found, Problem):
            problems.append(found)
            continue
        name = f"{found.parent.name}/{found.stem}"
        try:
            loaded[name] = _load_file(found, name, models, check, known.get(name))
        except ScenarioError as error:
            problems += error.problems
    return loaded, problems


def _load_file(
    file: Path, name: str, models: Models, check: Check | None, known: Loaded | None
) -> Loaded:
    path = str(file)
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise ScenarioError([_of_file(file, f"cannot be read: {error.strerror}")]) from None
    if known is not None and known.path == path and known.text.encode() == content:
        return known
    scenario = load_scenario(
        content, path=path, models=models, expected_service=file.parent.name, check=check
    )
    return Loaded(name, scenario, content.decode("utf-8-sig"), path)


def _of_file(path: Path, message: str) -> Problem:
    return Problem(str(path), 1, 1, message)


def _files(folder: Path, models: Models) -> Iterator[Path | Problem]:
    """The scenario files, and what should not be there, in a fixed order."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield _of_file(folder, f"not a folder that can be read: {error.strerror}")
        return
    root = folder.resolve()
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if not entry.is_dir():
            if _is_yaml(entry):
                message = f"expected in a folder named after its service, {' or '.join(models)}"
                yield _of_file(entry, message)
        elif entry.name in models:
            yield from _files_of_service(entry, root)
        elif any(map(_is_yaml, _entries(entry))):
            yield _of_file(entry, unknown("service", entry.name, sorted(models)))


def _files_of_service(folder: Path, root: Path) -> Iterator[Path | Problem]:
    is_inside = folder.resolve().is_relative_to(root)
    for entry in _entries(folder):
        if entry.name.startswith(".") or not (_is_yaml(entry) or entry.is_dir()):
            continue
        why = _why_not(entry, root, is_inside=is_inside)
        yield _of_file(entry, why) if why else entry


def _why_not(entry: Path, root: Path, *, is_inside: bool) -> str | None:
    """Why this cannot be a scenario's file; None if it can.

    is_inside: whether its folder, followed to where it really is, is below `root`.
    """
    if entry.is_dir():
        return "a folder, expected scenario files alone"
    if entry.suffix != ".yaml":
        return f"rename to {entry.stem}.yaml, nothing else is read"
    if _NAME.fullmatch(entry.stem) is None:
        return f"{shown(entry.stem)} is no name, expected letters, digits, '_' and '-'"
    if not entry.is_file():
        return "not a file that can be read"
    # To follow the whole path of each file took a tenth of what it takes to read it.
    if entry.is_symlink():
        is_inside = entry.resolve().is_relative_to(root)
    if not is_inside:
        return "a link that leads out of the folder"
    return None


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_yaml(path: Path) -> bool:
    return path.suffix.lower() in {".yaml", ".yml"}
