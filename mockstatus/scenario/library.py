"""Scenarios by name: those we ship, those that are mounted over them, and uploads over both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from mockstatus.errors import LimitReachedError, Problem, ScenarioError, UnknownScenarioError
from mockstatus.scenario.load import (
    MOST_SCENARIOS,
    Check,
    Loaded,
    Models,
    load_folder,
    load_scenario,
)
from mockstatus.scenario.wording import nearest, unknown

Fields = Callable[[], Mapping[str, str]]

MOST_UPLOADS = 1_000
MOST_UPLOADED_BYTES = 8 * 1024 * 1024

_QUALIFIED = re.compile(r"([a-z0-9_-]{1,50})/([A-Za-z0-9_-]{1,100})")


def shipped_folder() -> Path:
    """Where our own scenarios are: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


class Library:
    """The scenarios of all sandboxes.

    folders: read in this order; a later one overrides an earlier one, name by name.
    problems: what was wrong when the folders were read last.
    """

    def __init__(
        self, models: Models, *, folders: Sequence[Path] = (), check: Check | None = None
    ) -> None:
        self.models = models
        self.check = check
        self.problems: tuple[Problem, ...] = ()
        self._folders = tuple(folders)
        self._by_folder: list[Mapping[str, Loaded]] = [{} for _ in self._folders]
        self._scenarios: Mapping[str, Loaded] = {}
        self._matching: Mapping[str, Sequence[Loaded]] = {}
        self._reloading = Lock()
        self.reload()

    @property
    def scenarios(self) -> Mapping[str, Loaded]:
        """All of them by name; a snapshot that a reload leaves alone."""
        return MappingProxyType(self._scenarios)

    @property
    def folders(self) -> tuple[Path, ...]:
        return self._folders

    def get(self, name: str) -> Loaded:
        """The scenario `<service>/<name>`. Raises UnknownScenarioError with names like it."""
        return _get(self._scenarios, name)

    def find(self, name: str) -> Loaded | None:
        """The scenario `<service>/<name>`; None if there is none."""
        return self._scenarios.get(name)

    def best_match(self, service: str, fields: Fields) -> Loaded | None:
        """The scenario whose `match` fits a submission; most fields win, then the name.

        fields: the submission's wire fields as text, read only where there is a `match`.
        """
        return _first_fit(self._matching.get(service, ()), fields)

    def matching(self, service: str) -> Sequence[Loaded]:
        """The scenarios of this service that have a `match`, in the order of precedence."""
        return self._matching.get(service, ())

    def reload(self) -> list[Problem]:
        """Read the folders again; what is wrong with them now.

        A good change counts for new jobs, a bad file keeps its last good scenario, and one that is
        gone is gone. Jobs that are under way hold on to their own.
        """
        with self._reloading:
            problems: list[Problem] = []
            by_folder: list[Mapping[str, Loaded]] = []
            for folder, before in zip(self._folders, self._by_folder, strict=True):
                loaded, wrong = load_folder(folder, self.models, check=self.check, known=before)
                by_folder.append(_last_good(folder, before, wrong) | loaded)
                problems += wrong
            scenarios = {name: one for loaded in by_folder for name, one in loaded.items()}
            if len(scenarios) > MOST_SCENARIOS:
                problems.append(_too_many(self._folders[-1]))
                scenarios = dict(list(scenarios.items())[:MOST_SCENARIOS])
            self._by_folder = by_folder
            self._scenarios = dict(sorted(scenarios.items()))
            self._matching = _by_precedence(scenarios.values())
            self.problems = tuple(problems)
            return problems


def _last_good(
    folder: Path, before: Mapping[str, Loaded], problems: Iterable[Problem]
) -> dict[str, Loaded]:
    """What stays of the scenarios before, for their files cannot be used as they are now."""
    wrong = {problem.path for problem in problems}
    # A folder that cannot be read at all is taken for a hiccup of its mount.
    return {name: one for name, one in before.items() if one.path in wrong or str(folder) in wrong}


def _too_many(folder: Path) -> Problem:
    return Problem(
        str(folder), 1, 1, f"more than {MOST_SCENARIOS} scenarios in all, expected fewer"
    )


class Overlay:
    """One sandbox's uploads over the library. Not for several threads at once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._uploads: dict[str, Loaded] = {}
        self._matching: dict[str, tuple[Sequence[Loaded], Sequence[Loaded]]] = {}

    @property
    def uploads(self) -> Mapping[str, Loaded]:
        """What was uploaded, by name."""
        return MappingProxyType(self._uploads)

    @property
    def scenarios(self) -> Mapping[str, Loaded]:
        """All that can be used here, by name."""
        return dict(sorted({**self._library.scenarios, **self._uploads}.items()))

    def get(self, name: str) -> Loaded:
        """The scenario `<service>/<name>`. Raises UnknownScenarioError with names like it."""
        found = self._uploads.get(name) or self._library.find(name)
        return _get(self.scenarios, name) if found is None else found

    def put(self, name: str, content: str | bytes) -> Loaded:
        """Upload a scenario (YAML or JSON), in place of one of this name.

        Raises ScenarioError with what is wrong with it, LimitReachedError.
        """
        service = self._service_of(name)
        scenario = load_scenario(
            content,
            path=name,
            models=self._library.models,
            expected_service=service,
            check=self._library.check,
        )
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        loaded = Loaded(name, scenario, text, name)
        self._refuse_too_much(loaded)
        self._uploads[name] = loaded
        self._matching.clear()
        return loaded

    def delete(self, name: str) -> None:
        """Remove an upload; what it had overridden is back. Raises UnknownScenarioError."""
        if self._uploads.pop(name, None) is None:
            raise UnknownScenarioError(name, _near(self._uploads, name), kind="uploaded scenario")
        self._matching.clear()

    def clear(self) -> None:
        """Remove all uploads."""
        self._uploads.clear()
        self._matching.clear()

    def best_match(self, service: str, fields: Fields) -> Loaded | None:
        """As `Library.best_match`, uploads included."""
        return _first_fit(self.matching(service), fields)

    def matching(self, service: str) -> Sequence[Loaded]:
        """As `Library.matching`, uploads included."""
        shared = self._library.matching(service)
        if not self._uploads:
            return shared
        known = self._matching.get(service)
        if known is None or known[0] is not shared:  # each submission asks, few change anything
            kept = [one for one in shared if one.name not in self._uploads]
            own = _by_precedence([*kept, *self._uploads.values()]).get(service, ())
            known = self._matching[service] = (shared, own)
        return known[1]

    def _service_of(self, name: str) -> str:
        found = _QUALIFIED.fullmatch(name)
        if found is None:
            message = f"{name[:80]!r} is no name, expected one such as vesta/my-story"
            raise ScenarioError([Problem(name[:80], 1, 1, message)])
        if found[1] not in self._library.models:
            message = unknown("service", found[1], sorted(self._library.models))
            raise ScenarioError([Problem(name, 1, 1, message)])
        return found[1]

    def _refuse_too_much(self, new: Loaded) -> None:
        others = [one for name, one in self._uploads.items() if name != new.name]
        if len(others) >= MOST_UPLOADS:
            message = f"a sandbox holds at most {MOST_UPLOADS} uploaded scenarios"
            raise LimitReachedError(message, limit="uploaded scenarios")
        if sum(len(one.text.encode()) for one in [*others, new]) > MOST_UPLOADED_BYTES:
            message = (
                f"the scenarios uploaded to a sandbox have at most {MOST_UPLOADED_BYTES} bytes"
            )
            raise LimitReachedError(message, limit="bytes of uploaded scenarios")


def _get(scenarios: Mapping[str, Loaded], name: str) -> Loaded:
    try:
        return scenarios[name]
    except KeyError:
        raise UnknownScenarioError(name, _near(scenarios, name)) from None


def _near(scenarios: Mapping[str, Loaded], name: str) -> list[str]:
    """Names like this one: of its service, if that has any; without one, the same story in any.

    Within a service stories are compared: all full names are alike by what they begin with.
    """
    same_story = [known for known in scenarios if known.endswith(f"/{name}")]
    service, slash, story = name.partition("/")
    prefix = f"{service}/".casefold()
    own = {
        known.partition("/")[2]: known
        for known in scenarios
        if slash and known.casefold().startswith(prefix)
    }
    if own:
        return [own[one] for one in nearest(story, own, most=3)]
    return (same_story or nearest(name, scenarios, most=3))[:3]


def _by_precedence(scenarios: Iterable[Loaded]) -> dict[str, list[Loaded]]:
    """Those with a `match`, by service: most fields first, then by name."""
    found: dict[str, list[Loaded]] = {}
    for one in sorted(scenarios, key=lambda one: (-len(one.scenario.match), one.name)):
        if one.scenario.match:
            found.setdefault(one.service, []).append(one)
    return found


def _first_fit(candidates: Sequence[Loaded], fields: Fields) -> Loaded | None:
    sent = fields() if candidates else {}
    for one in candidates:
        wanted = one.scenario.match.items()
        if all(name in sent and fnmatchcase(sent[name], pattern) for name, pattern in wanted):
            return one
    return None
