"""The services that there are: ours, then those of other packages, by the same door.

A third party offers one as an entry point of the group `mockstatus.services` that loads to a
`mockstatus.web.service.Service`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType

from mockstatus.web.service import Service

GROUP = "mockstatus.services"
OURS = ("krixik", "ukssdc", "vesta")


@cache  # all installed packages are asked for their entry points: 4 ms, also for `mock.vesta`
def services() -> Mapping[str, Service]:
    """All services by name, ours first. Raises TypeError for an entry point that is no Service."""
    found = {name: _service(name) for name in OURS}
    for entry in entry_points(group=GROUP):
        service = entry.load()
        if not isinstance(service, Service):
            raise TypeError(f"entry point {entry.value!r} is no mockstatus Service")
        found.setdefault(service.name, service)
    return MappingProxyType(found)


def _service(name: str) -> Service:
    service = import_module(f"mockstatus.services.{name}").SERVICE
    assert isinstance(service, Service)  # noqa: S101  # narrows what import_module hides
    return service
