from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.web.netsafety import NetSafety, host_allowed, is_loopback_host, origin_allowed

names = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z][a-z0-9-]{0,10}){0,2}", fullmatch=True)
ports = st.integers(1, 65535)


@pytest.mark.parametrize(
    "value",
    [
        "localhost",
        "LocalHost",
        "localhost.",
        "localhost:8000",
        "anything.localhost",
        "a.b.localhost:1",
        "127.0.0.1",
        "127.0.0.1:65535",
        "127.255.0.9",
        "::1",
        "[::1]",
        "[::1]:8000",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]:80",
    ],
)
def test_loopback_names_are_known(value) -> None:
    assert is_loopback_host(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        ":8000",
        "example.com",
        "localhost.example.com",
        "localhost.evil",
        "notlocalhost",
        "127.0.0.1.example.com",
        "127.0.0.1@example.com",
        "example.com#localhost",
        "localhost/",
        "http://localhost",
        "localhost:",
        "localhost:0",
        "localhost:http",
        "localhost:65536",
        "localhost:8000:8000",
        "localhost\n",
        "local\x00host",
        " localhost",
        "localhost, example.com",
        "ｌocalhost",
        "lοcalhost",
        "localhost:８０",
        "xn--lcalhost-7wf",
        "\xff\xfe",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104  # read, not bound to
        "0.0.0.0:8000",
        "192.168.0.1",
        "[::]",
        "[::1",
        "[::1]x",
        "[::1%lo]",
        "[::ffff:192.168.0.1]",
        "[fe80::1]:80",
    ],
)
def test_what_is_not_a_loopback_name_for_sure_is_none(value) -> None:
    assert not is_loopback_host(value)


@given(st.ip_addresses(v=4), ports)
def test_of_all_ipv4_addresses_those_of_127_are_loopback(address, port) -> None:
    assert is_loopback_host(str(address)) == (int(address) >> 24 == 127)
    assert is_loopback_host(f"{address}:{port}") == (int(address) >> 24 == 127)


@given(st.text(), st.text())
def test_no_header_whatsoever_breaks_the_checks_or_passes_for_loopback_below_a_domain(
    text, other
) -> None:
    assert not is_loopback_host(f"{text}.example.com")
    assert host_allowed(text, bound_to_loopback=True, aliases=[other]) in {True, False}
    assert origin_allowed(text, other) in {True, False}


ALIASES = ["mock.test", "Other.Test.:8000"]


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        pytest.param("localhost:8000", True, id="a loopback name"),
        pytest.param("mock.test", True, id="an alias"),
        pytest.param("MOCK.test.:99", True, id="an alias without a port is good for any"),
        pytest.param("other.test:8000", True, id="an alias with its port"),
        pytest.param("other.test:8001", False, id="an alias with another port"),
        pytest.param("other.test", False, id="an alias without its port"),
        pytest.param("sub.mock.test", False, id="a name below an alias"),
        pytest.param("evil.test", False, id="a name that was made to point here"),
        pytest.param("192.168.0.1", False, id="an address that we do not listen on"),
        pytest.param("", False, id="an empty one"),
        pytest.param(None, True, id="none, as no browser does"),
    ],
)
def test_on_loopback_a_host_must_be_loopback_or_an_alias(host, allowed) -> None:
    assert host_allowed(host, bound_to_loopback=True, aliases=ALIASES) == allowed


@given(st.text())
def test_elsewhere_any_host_will_do(host) -> None:
    assert host_allowed(host, bound_to_loopback=False)


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        pytest.param(None, "localhost:8000", True, id="no page sent it"),
        pytest.param(None, None, True, id="no page, no host"),
        pytest.param("http://localhost:8000", "localhost:8000", True, id="our own page"),
        pytest.param("HTTP://LOCALHOST:8000", "localhost.:8000", True, id="whatever the case"),
        pytest.param("http://[::1]:8000", "[::1]:8000", True, id="our own page by IPv6"),
        pytest.param("http://mock.test", "mock.test:80", True, id="port 80 may be left out"),
        pytest.param("https://mock.test", "mock.test", True, id="behind a proxy that does TLS"),
        pytest.param("https://mock.test", "mock.test:80", False, id="443 is not 80"),
        pytest.param("http://localhost:3000", "localhost:8000", False, id="another port"),
        pytest.param("http://localhost:8000", "127.0.0.1:8000", False, id="another name"),
        pytest.param("http://evil.test", "localhost:8000", False, id="another site"),
        pytest.param("null", "localhost:8000", False, id="a sandboxed frame or a file"),
        pytest.param("", "localhost:8000", False, id="an empty one"),
        pytest.param("localhost:8000", "localhost:8000", False, id="no scheme"),
        pytest.param("file://localhost:8000", "localhost:8000", False, id="another scheme"),
        pytest.param("http://localhost:8000/", "localhost:8000", False, id="more than an origin"),
        pytest.param("http://u@localhost:8000", "localhost:8000", False, id="with a user"),
        pytest.param("http://localhost:8000", None, False, id="no host to compare"),
        pytest.param("http://a\xff", "a\xff", False, id="odd bytes, though the same"),
    ],
)
def test_a_page_may_only_call_the_server_it_came_from(origin, host, allowed) -> None:
    assert origin_allowed(origin, host) == allowed


@given(names, ports, names, ports)
def test_an_origin_is_our_own_if_name_and_port_are_the_same(name, port, other, other_port) -> None:
    assert origin_allowed(f"http://{name}:{port}", f"{name}:{port}")
    assert origin_allowed(f"http://{other}:{other_port}", f"{name}:{port}") == (
        (other, other_port) == (name, port)
    )


async def told_everything(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"everything"})


def ask(path: str, *headers: tuple[str, str], bound_to_loopback: bool = True) -> httpx.Response:
    app = NetSafety(told_everything, bound_to_loopback=bound_to_loopback, aliases=ALIASES)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            request = client.build_request("GET", path, headers=list(headers))
            return await client.send(request)

    return asyncio.run(ask())


FOREIGN = ("origin", "http://evil.test")


@pytest.mark.parametrize(
    "path", ["/_mock", "/_mock/jobs", "/%5Fmock/jobs", "/~alice/_mock", "/~alice/_mock/reset"]
)
def test_the_control_api_refuses_pages_of_other_sites(path) -> None:
    answer = ask(path, FOREIGN)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["where"] == "Origin"
    assert "http://evil.test" in answer.json()["detail"]
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/_mock/jobs", [], id="a client that is no browser"),
        pytest.param("/_mock/jobs", [("origin", "http://localhost")], id="our own page"),
        pytest.param("/vesta/_mock", [FOREIGN], id="a service, as pages may call the real one"),
        pytest.param("/_mocked", [FOREIGN], id="what only begins like the control API"),
        pytest.param("/_mock/jobs", [("host", "mock.test")], id="an alias"),
    ],
)
def test_what_is_allowed_passes_untouched(path, headers) -> None:
    assert ask(path, *headers).text == "everything"


@pytest.mark.parametrize("path", ["/", "/vesta/status", "/_mock/health", "/docs"])
def test_a_rebound_name_is_refused_everywhere_on_loopback_only(path) -> None:
    rebound = ("host", "evil.test")

    refused = ask(path, rebound)

    assert (refused.status_code, refused.json()["where"]) == (403, "Host")
    assert ask(path, rebound, bound_to_loopback=False).status_code == 200


def test_with_two_hosts_both_must_be_allowed_and_no_page_is_our_own() -> None:
    own, page = ("host", "localhost"), ("origin", "http://localhost")

    assert ask("/", own, ("host", "evil.test")).status_code == 403
    assert ask("/_mock/jobs", own, own).status_code == 200
    assert ask("/_mock/jobs", own, own, page).status_code == 403


def test_what_is_not_a_request_passes() -> None:
    seen = []

    async def app(scope, receive, send) -> None:
        seen.append(scope["type"])

    guarded = NetSafety(app, bound_to_loopback=True)
    asyncio.run(guarded({"type": "lifespan"}, None, None))

    assert seen == ["lifespan"]


def test_a_test_in_the_same_process_may_call_the_application_as_it_likes() -> None:
    app = NetSafety(told_everything, bound_to_loopback=True)

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://Mock") as client:
            return await client.get("/_mock/jobs")

    assert asyncio.run(call()).text == "everything"


def test_a_server_without_an_address_is_known_by_no_name_of_its_own() -> None:
    sent = []
    scope = {"type": "http", "path": "/", "headers": [(b"host", b"evil.test")], "server": None}

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(NetSafety(told_everything, bound_to_loopback=True)(scope, None, send))

    assert sent[0]["status"] == 403
