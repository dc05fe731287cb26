"""Bodies that can be sent to `/_mock` as they are, made from what this server has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockstatus.control.answers import JOB
from mockstatus.control.scenarios import YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockstatus.scenario.load import Loaded
    from mockstatus.web.world import World

JSON = "application/json"
_TRACK = "/_mock/jobs/{job_id}/tracks/{track}"
# Phases are spelled by their service; that of one is shown, where it is served.
_PHASES: Mapping[str, Mapping[str, Any]] = {
    "vesta": {
        "vesta: one phase": {"state": "PROGRESS", "for": "1m"},
        "vesta: a list of them": [{"state": "PROGRESS", "for": "1m"}, {"state": "SUCCESS"}],
    },
    "ukssdc": {"ukssdc: one phase": {"code": 3, "for": "4m"}},
    "krixik": {"krixik: one phase": {"for": "5s", "then": "failed"}},
}
_ANYWHERE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("/_mock/jobs/{job_id}/signals", "post"): {
        "the job fails": {"signal": "fail"},
        "its client cancels it": {"signal": "cancel"},
    },
    ("/_mock/clock", "put"): {
        "by hand, from a known instant": {"mode": "manual", "now": "2026-01-01T00:00:00Z"},
        "sixty times faster": {"mode": "x60"},
    },
    ("/_mock/clock/advance", "post"): {
        "two hours on": {"by": "2h"},
        "to an instant": {"to": "2026-01-01T02:00:00Z"},
    },
    ("/_mock/seed", "put"): {"any number": {"seed": 7}},
    ("/_mock/faults", "post"): {
        "the next status call fails": {
            "operation": "status",
            "times": 1,
            "effect": {"status": 503, "headers": {"Retry-After": "5"}},
        },
        "the third status call fails": {"operation": "status", "nth": 3, "effect": {"status": 503}},
        "the lost reply": {
            "operation": "submit",
            "times": 1,
            "when": "after",
            "effect": {"wire": "reset"},
        },
        "slow answers": {"effect": {"delay": "1s..3s"}},
    },
}


def fill(paths: Mapping[str, Any], world: World) -> None:
    """Adds examples to the bodies that can be sent to `/_mock`, in an OpenAPI document's paths."""
    for (path, method), bodies in {**_ANYWHERE, **_of(world)}.items():
        content = paths[path][method]["requestBody"]["content"]
        content[JSON]["examples"] = _named(bodies)
    loaded = _some(world)
    if loaded is not None:
        upload = paths["/_mock/scenarios/{service}/{name}"]["put"]["requestBody"]["content"]
        upload[YAML]["examples"] = _named({loaded.scenario.summary: loaded.text})
    _fill_in_paths(paths, loaded)


def _fill_in_paths(paths: Mapping[str, Any], loaded: Loaded | None) -> None:
    """Adds an example to each part of a path; not to what may be left out, for it would be sent."""
    known = {"job_id": JOB, "track": "task", "fault_id": "fault-1"}
    if loaded is not None:
        known |= {"service": loaded.service, "name": loaded.name.rpartition("/")[2]}
    for operations in paths.values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] in known:
                    parameter["example"] = known[parameter["name"]]


def _of(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """Examples that name services and scenarios, so far as there are any."""
    orders: dict[str, Any] = {
        f"{service.title} by its own story": {
            "service": service.name,
            "submission": dict(service.sample),
        }
        for service in world.services.values()
    }
    found: dict[tuple[str, str], dict[str, Any]] = {("/_mock/jobs", "post"): orders}
    phases = [shown for name, shown in _PHASES.items() if name in world.services]
    if phases:
        found[_TRACK, "put"] = {name: phase for one in phases for name, phase in one.items()}
    loaded = _some(world)
    if loaded is not None:
        orders |= {
            _titled(one): {"service": one.service, "scenario": one.name}
            for one in world.library.scenarios.values()
            if one.scenario.submit is None  # none that is sure to be refused
        }
        found["/_mock/next", "post"] = {
            _titled(one): {"scenario": one.name, "count": 1}
            for one in world.library.scenarios.values()
        }
        found["/_mock/defaults/{service}", "put"] = {
            "a scenario": {"scenario": loaded.name},
            "the own story": {"scenario": None},
        }
    return found


def _titled(loaded: Loaded) -> str:
    return f"{loaded.name}: {loaded.scenario.summary}"


def _some(world: World) -> Loaded | None:
    return next(iter(world.library.scenarios.values()), None)


def _named(bodies: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"example_{number}": {"summary": summary, "value": value}
        for number, (summary, value) in enumerate(bodies.items(), start=1)
    }
