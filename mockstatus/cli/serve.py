"""`mockstatus serve`: a server in the foreground, and what it says at its start."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mockstatus import __version__
from mockstatus.app import MockStatus, create_app
from mockstatus.cli.exits import WrongUseError
from mockstatus.cli.garbage import keep_pauses_short
from mockstatus.cli.https import certified, put
from mockstatus.cli.library import counts
from mockstatus.cli.notices import notices, say, warn
from mockstatus.errors import ClockError, ScenarioError, UnknownServiceError
from mockstatus.scenario.explain import explain
from mockstatus.scenario.library import shipped_folder
from mockstatus.server import bind, serve_forever, url_of
from mockstatus.settings import Settings
from mockstatus.tls.authority import authority
from mockstatus.web.netsafety import is_loopback_host

if TYPE_CHECKING:
    from mockstatus.scenario.library import Library


def serve(options: Mapping[str, Any]) -> None:
    """Serves until a signal ends it.

    options: settings by name; None leaves one to its environment variable, then to its default.
    Raises WrongUseError, ScenarioError with all problems of the scenario files, BindError.
    """
    settings = read_settings(options)
    if settings.tls_port is None and settings.ca_out is not None:
        raise WrongUseError("--ca-out: there is no certificate without --tls-port")
    with ExitStack() as stack:
        found = None if settings.tls_port is None else authority(certified(settings))
        try:
            app = create_app(settings, ca_pem=None if found is None else found.ca_pem)
        except UnknownServiceError as error:
            raise WrongUseError(f"--alias: {error}") from None
        library = app.world.library
        if library.problems:
            raise ScenarioError(library.problems)
        sock = stack.enter_context(bind(settings.host, settings.port))
        tls = None
        if found is not None and settings.tls_port is not None:
            secure = stack.enter_context(bind(settings.host, settings.tls_port))
            tls = secure, found.context
            put(found.ca_pem, settings.ca_out)
        https = None if tls is None else url_of(tls[0], "https")
        url = settings.public_url or url_of(sock)
        stack.enter_context(notices(settings.log_format))
        if settings.watch:
            from mockstatus.cli.watching import watching

            stack.enter_context(watching(library))
        stack.callback(keep_pauses_short())
        # Else the interpreter's end walks through all that is there, for 0.3 s, and frees nothing.
        atexit.register(gc.freeze)
        serve_forever(
            app, sock, tls=tls, on_ready=lambda: announce(app, settings, url, https=https)
        )


def read_settings(options: Mapping[str, Any]) -> Settings:
    """The settings: an option goes before its environment variable. Raises WrongUseError."""
    given = {name: value for name, value in options.items() if value is not None}

    def source(name: str) -> str:
        option = "--" + name.replace("_", "-").replace("aliases", "alias")
        return option if name in given else f"MOCKSTATUS_{name.upper()}"

    try:
        return Settings(**given)
    except ClockError as error:
        raise WrongUseError(f"{source('clock')}: {error}") from None
    except ValidationError as error:
        errors = error.errors(include_url=False)
        found = {one["loc"][0]: one["input"] for one in errors}
        wrong = (f"{source(str(one.at[0]))}: {one.message}" for one in explain(errors, found))
        raise WrongUseError("\n".join(wrong)) from None


def announce(app: MockStatus, settings: Settings, url: str, *, https: str | None = None) -> None:
    """Says what a person wants to know about a server that just began to listen.

    https: where it speaks TLS, if it does.
    """
    services = app.world.services.values()
    clients = {one.name: f"{url}{one.client_path}" for one in services}
    connect = {one.name: one.connect.format(url=clients[one.name]) for one in services}
    stock = dict(_stock(app.world.library))
    trust = settings.ca_out or f"{url}/_mock/ca.pem"
    secured = {} if https is None else {"https": f"{https} (clients are to trust {trust})"}
    facts: dict[str, str] = {
        **connect,
        "docs": f"{url}/docs",
        "control": f"{url}/_mock",
        **secured,
        "clock": settings.clock,
        "seed": f"{app.seed} (--seed {app.seed} repeats the draws and ids of this run)",
        "scenarios": "; ".join(f"{_counted(of)} from {folder}" for folder, of in stock.items()),
    }
    width = max(map(len, facts))
    lines = [f"  {name:{width}}  {fact}" for name, fact in facts.items()]
    say(
        "\n".join([f"mockstatus {__version__} listens on {url}", *lines]),
        url=url,
        clients=clients,
        docs=facts["docs"],
        control=facts["control"],
        https=https,
        clock=settings.clock,
        seed=app.seed,
        scenarios=stock,
    )
    token = settings.admin_token
    if not is_loopback_host(settings.host) and not (token and token.get_secret_value()):
        warn(
            f"listening on {settings.host}: whoever reaches this port controls it, for /_mock is"
            " open; set MOCKSTATUS_ADMIN_TOKEN to close it"
        )


def _stock(library: Library) -> Iterator[tuple[str, dict[str, int]]]:
    """Where scenarios come from, and how many of each service come from there."""
    for folder in library.folders:
        found = {
            name: loaded
            for name, loaded in library.scenarios.items()
            if Path(loaded.path).parent.parent == folder
        }
        yield "the package" if folder == shipped_folder() else str(folder), counts(found)


def _counted(of: Mapping[str, int]) -> str:
    return ", ".join(f"{number} of {service}" for service, number in of.items()) or "none"
