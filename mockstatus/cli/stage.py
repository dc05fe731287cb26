"""Sets up what it takes to play one story: its service, its scenario, a server in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mockstatus import registry
from mockstatus.cli.client import Client
from mockstatus.cli.inprocess import InProcess
from mockstatus.cli.library import open_library, read_file

if TYPE_CHECKING:
    from mockstatus.scenario.library import Library
    from mockstatus.scenario.load import Loaded
    from mockstatus.web.service import Service


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a story is played. loaded: None for the story told without a script."""

    service: Service
    loaded: Loaded | None
    server: InProcess

    @property
    def title(self) -> str:
        """The story in one line."""
        if self.loaded is None:
            return f"{self.service.name}: the story told without a script"
        return f"{self.loaded.name}: {self.loaded.scenario.summary}"

    def client(self, *, seed: int) -> Client:
        """A client in a sandbox as new, with this seed."""
        sandbox = self.server.anew(seed)
        if self.loaded is not None:
            sandbox.uploads.put(self.loaded.name, self.loaded.text)
        return Client(self.service, sandbox, self.server, self.loaded)


@contextmanager
def stage(name: str, *, folders: Sequence[Path] | None) -> Iterator[Stage]:
    """The stage for a story. folders: scenarios of one's own, over those that are shipped.

    name: a scenario, the file of one, or a service for its story without a script.
    Raises UnknownScenarioError, ScenarioError.
    """
    services = registry.services()
    library = open_library(services, folders)
    loaded, service = _found(name, services, library)
    with InProcess(services, library) as server:
        yield Stage(service, loaded, server)


def _found(
    name: str, services: Mapping[str, Service], library: Library
) -> tuple[Loaded | None, Service]:
    if name in services:
        return None, services[name]
    file = Path(name)
    is_file = file.suffix == ".yaml" or file.is_file()
    loaded = read_file(services, file) if is_file else library.get(name)
    return loaded, services[loaded.service]
