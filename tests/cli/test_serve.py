"""Serving: settings, what is said at the start, what hinders it."""

from __future__ import annotations

import gc
import json
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cli.shop import SUCCESS, Said, Shop

from mockstatus.app import MockStatus
from mockstatus.cli.serve import read_settings
from mockstatus.errors import MockStatusError
from mockstatus.settings import Settings


@dataclass
class Server:
    """A server that ends as soon as it is ready."""

    shop: Shop
    apps: list[MockStatus] = field(default_factory=list)
    tls: tuple[socket.socket, ssl.SSLContext] | None = None
    while_ready: Callable[[], None] = lambda: None

    def serve_forever(
        self,
        app: MockStatus,
        _: socket.socket,
        *,
        tls: tuple[socket.socket, ssl.SSLContext] | None,
        on_ready: Callable[[], None],
    ) -> None:
        """Stands in for the real one."""
        self.tls = tls
        self.apps.append(app)
        on_ready()
        self.while_ready()

    def run(self, *arguments: str | Path) -> Said:
        """Runs `serve` on a free port."""
        return self.shop.run("serve", "--port", "0", *arguments)


@pytest.fixture
def server(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server(shop)
    monkeypatch.setattr("mockstatus.cli.serve.serve_forever", made.serve_forever)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MOCKSTATUS_{name.upper()}", raising=False)
    return made


def fact(said: Said, name: str) -> str:
    """What the announcement says about this."""
    line = next(line for line in said.lines if line.startswith(f"  {name} "))
    return line.removeprefix(f"  {name}").strip()


def test_what_the_start_made_is_kept_out_of_the_garbage_collectors_sight(server: Server) -> None:
    found: list[bool] = []
    server.while_ready = lambda: found.append(gc.isenabled() and gc.get_freeze_count() > 0)
    gc.disable()

    try:
        server.run()
    finally:
        gc.unfreeze()
        gc.enable()

    assert found == [True]


def test_it_says_what_a_person_wants_to_know(server: Server) -> None:
    said = server.run("--seed", "7", "--clock", "x60")

    assert (said.code, said.err) == (0, "")
    first, url = said.lines[0].rsplit(" ", 1)
    assert first == "mockstatus 0.1.0 listens on"
    assert url.startswith("http://127.0.0.1:")
    assert fact(said, "toy") == f'toys("{url}/toy")'
    assert fact(said, "docs") == f"{url}/docs"
    assert fact(said, "control") == f"{url}/_mock"
    assert fact(said, "clock") == "x60"
    assert fact(said, "seed").startswith("7 (--seed 7 repeats ")
    assert fact(said, "scenarios") == "1 of toy from the package"
    assert len(said.lines) == 7


def test_a_fresh_seed_is_said_so_that_a_run_can_be_repeated(server: Server) -> None:
    said = server.run()

    assert fact(said, "seed").startswith(f"{server.apps[0].seed} (--seed {server.apps[0].seed} ")


def test_it_says_which_scenarios_come_from_where(server: Server, tmp_path: Path) -> None:
    own, empty = tmp_path / "own", tmp_path / "empty"
    (own / "toy").mkdir(parents=True)
    (own / "toy" / "success.yaml").write_text(SUCCESS)
    empty.mkdir()

    said = server.run("--scenarios", own, "--scenarios", empty)

    assert (
        fact(said, "scenarios") == f"none from the package; 1 of toy from {own}; none from {empty}"
    )


def test_clients_are_told_the_public_address(server: Server) -> None:
    said = server.run("--public-url", "https://mock.example/")

    assert fact(said, "toy") == 'toys("https://mock.example/toy")'


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [
        pytest.param(["--host", "127.0.0.1"], 0, id="loopback"),
        pytest.param(["--host", "localhost"], 0, id="loopback by name"),
        pytest.param(["--host", "0.0.0.0"], 1, id="everywhere"),  # noqa: S104  # said about it
        pytest.param(["--host", "0.0.0.0", "--admin-token", ""], 1, id="an empty token"),  # noqa: S104
        pytest.param(["--host", "0.0.0.0", "--admin-token", "x"], 0, id="a token"),  # noqa: S104
    ],
)
def test_it_warns_where_strangers_could_control_it(
    server: Server, arguments: list[str], warnings: int
) -> None:
    said = server.run(*arguments)

    warned = [line for line in said.lines if line.startswith("warning: ")]
    assert len(warned) == warnings
    assert all("/_mock is open; set MOCKSTATUS_ADMIN_TOKEN" in line for line in warned)


def test_programs_get_one_json_object_a_line(server: Server) -> None:
    said = server.run("--log-format", "json", "--seed", "7", "--host", "0.0.0.0")  # noqa: S104

    started, warning = map(json.loads, said.lines)
    assert started["message"] == f"mockstatus 0.1.0 listens on {started['url']}"
    assert started["clients"] == {"toy": f"{started['url']}/toy"}
    assert (started["seed"], started["clock"], started["level"]) == (7, "real", "info")
    assert started["scenarios"] == {"the package": {"toy": 1}}
    assert warning["level"] == "warning"


def test_a_mistake_of_ours_is_told_in_the_same_way(server: Server) -> None:
    def fail() -> None:
        try:
            {}["oops"]
        except LookupError:
            logging.getLogger("mockstatus.web.front").exception("GET / failed")
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")

    server.while_ready = fail

    text, structured = server.run(), server.run("--log-format", "json")

    assert "error: GET / failed" in text.lines
    assert text.lines[-1] == "KeyError: 'oops'"
    told = json.loads(structured.lines[-1])
    assert (told["level"], told["message"]) == ("error", "GET / failed")
    assert told["exception"].endswith("KeyError: 'oops'")


def test_problems_of_scenario_files_are_told_in_a_line_each(server: Server) -> None:
    file = server.shop.story("service: toy\nsummary: x\nphases: [{state: DON}]\nsede: 7\n")

    said = server.run()

    assert (said.code, said.out, server.apps) == (2, "", [])
    assert [line.split(" ")[0] for line in said.err.splitlines()] == [
        f"{file}:3:18:",
        f"{file}:4:1:",
    ]


def test_https_is_served_with_a_certificate_for_the_names_it_goes_by(
    server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"

    said = server.run("--tls-port", "0", "--alias", "toys.example=/toy", "--ca-out", file)

    assert (said.code, said.err) == (0, "")
    assert server.tls is not None
    url, trust = fact(said, "https").split(" ", 1)
    assert url.startswith("https://127.0.0.1:")
    assert trust == f"(clients are to trust {file})"
    assert file.read_bytes() == server.apps[0].state.ca_pem


def test_without_a_file_the_certificate_is_to_be_asked_for(server: Server) -> None:
    said = server.run("--tls-port", "0", "--log-format", "json")
    plain = server.run("--tls-port", "0")

    assert json.loads(said.lines[0])["https"].startswith("https://127.0.0.1:")
    assert "/_mock/ca.pem)" in fact(plain, "https")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--ca-out", "ca.pem"], 2, "--ca-out: there is no certificate without --tls-port"),
        (["--tls-port", "0", "--ca-out", "no/such/ca.pem"], 1, "--ca-out: no/such/ca.pem cannot"),
        (["--alias", "a=/toi"], 2, "--alias: there is no service 'toi'; there are toy"),
    ],
)
def test_what_hinders_https_is_told_in_one_line(
    server: Server, arguments: list[str], code: int, told: str
) -> None:
    said = server.run(*arguments)

    assert (said.code, said.out, server.apps) == (code, "", [])
    assert said.err.startswith(told)
    assert said.err.count("\n") == 1


def test_a_port_that_is_taken_is_told_in_one_line(server: Server) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = server.shop.run("serve", "--port", str(port))

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"cannot listen on port {port} of 127.0.0.1: another program")
    assert said.err.count("\n") == 1


GIVEN: dict[str, tuple[list[str], str, Any, Any]] = {
    "host": (["--host", "::1"], "localhost", "::1", "localhost"),
    "port": (["--port", "1"], "2", 1, 2),
    "clock": (["--clock", "manual"], "x2", "manual", "x2"),
    "seed": (["--seed", "1"], "2", 1, 2),
    "scenarios": (
        ["--scenarios", "a", "--scenarios", "b"],
        "c:d",
        (Path("a"), Path("b")),
        (Path("c"), Path("d")),
    ),
    "watch": (["--no-watch"], "true", False, True),
    "public_url": (["--public-url", "http://a"], "http://b", "http://a", "http://b"),
    "admin_token": (["--admin-token", "a"], "b", "a", "b"),
    "log_format": (["--log-format", "json"], "text", "json", "text"),
    "aliases": (["--alias", "a", "--alias", "b=/c"], "c=/d,d", ("a", "b=/c"), ("c=/d", "d")),
    "tls_port": (["--tls-port", "1"], "2", 1, 2),
    "ca_out": (["--ca-out", "a"], "b", Path("a"), Path("b")),
    "max_sandboxes": (["--max-sandboxes", "1"], "2", 1, 2),
}


def plain(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


@pytest.fixture
def read(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What `serve` reads a setting as."""

    def values(name: str, *arguments: str) -> Any:
        found: list[Settings] = []

        def stop(options: dict[str, Any]) -> None:
            found.append(read_settings(options))

        monkeypatch.setattr("mockstatus.cli.serve.serve", stop)
        assert server.shop.run("serve", *arguments).code == 0
        return plain(getattr(found[0], name))

    return values


@pytest.mark.parametrize("name", Settings.model_fields)
def test_an_option_goes_before_the_environment_and_that_before_the_default(
    name: str, read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    option, variable, by_option, by_variable = GIVEN[name]
    assert read(name) == Settings.model_fields[name].default

    monkeypatch.setenv(f"MOCKSTATUS_{name.upper()}", variable)

    assert read(name) == by_variable
    assert read(name, *option) == by_option


@pytest.mark.parametrize("name", Settings.model_fields)
def test_help_names_each_setting_and_its_variable(name: str, shop: Shop) -> None:
    said = shop.run("serve", "--help")

    words = said.out.replace("│", " ").split()
    assert GIVEN[name][0][0].replace("--no-", "--") in words
    assert f"MOCKSTATUS_{name.upper()}." in words


@pytest.mark.parametrize(
    ("given", "variables", "told"),
    [
        ({"port": 70_000}, {}, "--port: port is 70000, expected at most 65535"),
        ({}, {"PORT": "http"}, "MOCKSTATUS_PORT: port is 'http', expected a whole number"),
        ({"clock": "fast"}, {}, "--clock: 'fast' is no clock mode, expected 'real'"),
        ({}, {"CLOCK": "fast"}, "MOCKSTATUS_CLOCK: 'fast' is no clock mode"),
        ({"aliases": (1,)}, {}, "--alias: aliases is 1, expected text"),
        ({"aliases": ("a=b",)}, {}, "--alias: 'a=b' is no alias, expected HOST or HOST=/SERVICE"),
        ({}, {"ALIASES": "a,a=b"}, "MOCKSTATUS_ALIASES: 'a=b' is no alias, expected HOST or"),
        ({"tls_port": -1}, {}, "--tls-port: tls_port is -1, expected at least 0"),
        ({"public_url": "mock"}, {}, "--public-url: expected an address such as http://mock"),
        ({}, {"LOG_FORMAT": "xml"}, "MOCKSTATUS_LOG_FORMAT: unknown log_format 'xml', expected"),
    ],
)
def test_a_setting_that_cannot_be_is_told_with_where_it_comes_from(
    given: dict[str, Any],
    variables: dict[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"MOCKSTATUS_{name}", value)

    with pytest.raises(MockStatusError) as wrong:
        read_settings(given)

    assert str(wrong.value).startswith(told)
