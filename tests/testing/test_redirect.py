from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import urllib3

from mockstatus.registry import services
from mockstatus.testing import running
from mockstatus.testing.handle import Mock
from mockstatus.testing.redirect import BlockedRequestError, Redirect

HOST = "https://gateway.example"
PATH = "/vesta/diarisation/annotate?doc_url=http://example.org/a.wav"


def by_requests(url: str, headers: dict[str, str]) -> tuple[str, Any]:
    with requests.Session() as session:
        answer = session.post(url, headers=headers)
        return answer.url, answer.json()


def by_urllib3(url: str, headers: dict[str, str]) -> tuple[str, Any]:
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", url, headers=headers)
        return url, answer.json()


def by_a_pool(url: str, headers: dict[str, str]) -> tuple[str, Any]:
    with urllib3.connection_from_url(url) as pool:
        answer = pool.urlopen("POST", url.removeprefix(f"{pool.scheme}://{urlsplit(url).netloc}"))
        return url, answer.json()


def by_httpx(url: str, headers: dict[str, str]) -> tuple[str, Any]:
    answer = httpx.post(url, headers=headers)
    return str(answer.url), answer.json()


def by_async_httpx(url: str, headers: dict[str, str]) -> tuple[str, Any]:
    async def use() -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.post(url, headers=headers)

    answer = asyncio.run(use())
    return str(answer.url), answer.json()


def by_urllib(url: str, headers: dict[str, str]) -> tuple[str, Any]:
    asked = urllib.request.Request(url, method="POST", headers=headers)  # noqa: S310  # the test's own
    with urllib.request.urlopen(asked) as answer:  # noqa: S310  # the same
        return answer.url, json.load(answer)


WAYS = [by_requests, by_urllib3, by_a_pool, by_httpx, by_async_httpx, by_urllib]
Way = Callable[[str, dict[str, str]], tuple[str, Any]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_hard_coded_host_is_the_mock(mock: Mock, way: Way, scheme: str) -> None:
    mock.redirect(f"{HOST}/vesta", "vesta")

    url, document = way(f"{scheme}://gateway.example{PATH}", {"X-Mock-Scenario": "vesta/failure"})

    assert url == f"{scheme}://gateway.example{PATH}"
    chosen = "vesta/failure" if way is not by_a_pool else None
    assert mock.job(document["uuid"]).scenario == chosen


@pytest.mark.parametrize("way", WAYS)
def test_other_hosts_are_refused_where_the_network_is_blocked(mock: Mock, way: Way) -> None:
    mock.block_network()

    with pytest.raises(BlockedRequestError, match=r"https://other\.example/vesta/di") as caught:
        way(f"https://other.example{PATH}", {})

    assert caught.value.url.startswith("https://other.example/")


@pytest.mark.parametrize("way", WAYS)
def test_this_machine_is_never_blocked_and_never_redirected(mock: Mock, way: Way) -> None:
    mock.block_network()

    _, document = way(mock.url + PATH, {})

    assert mock.job(document["uuid"]).service == "vesta"


def test_nothing_is_redirected_any_more_at_the_end(mock: Mock) -> None:
    def places() -> list[object]:
        return [
            urllib3.HTTPConnectionPool.urlopen,
            httpx.HTTPTransport.handle_request,
            httpx.AsyncHTTPTransport.handle_async_request,
            urllib.request.AbstractHTTPHandler.do_open,
        ]

    before = places()
    mock.block_network()
    mock.redirect(HOST, mock.vesta.url)
    assert not set(map(id, places())) & set(map(id, before))

    mock.close()

    assert places() == before


def test_any_service_says_which_hosts_its_clients_have_built_in(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = {"https://gateway.example/sg": "/vesta"}
    theirs = {name: replace(service, hosts=hosts) for name, service in services().items()}
    monkeypatch.setattr("mockstatus.registry.services", lambda: theirs)

    mock.redirect_built_in()

    _, document = by_requests(f"{HOST}{PATH.replace('/vesta', '/sg')}", {})
    assert mock.job(document["uuid"]).service == "vesta"


def test_whoever_is_no_test_of_pytests_is_redirected_as_well() -> None:
    with running() as mock:
        answer = requests.post("https://www.swift.ac.uk/user_objects/getNumJobs.php", json={})

        assert answer.status_code == 200
        assert [one["operation"] for one in mock.journal] == ["count"]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        pytest.param("https://h/a", "http://m/x", id="the prefix itself"),
        pytest.param("https://h:443/a?b=1", "http://m/x?b=1", id="its usual port, and a query"),
        pytest.param("http://H/a/b?c=d", "http://m/x/b?c=d", id="below it, by http"),
        pytest.param("https://h/a/long/b", "http://m/y/b", id="the longest prefix wins"),
        pytest.param("https://h/ab", None, id="another name"),
        pytest.param("https://h:8443/a", None, id="another port"),
        pytest.param("https://i/a", None, id="another host"),
        pytest.param("http://p:99/q", "http://m/z/q", id="a whole host with a port"),
        pytest.param("ftp://h/a", None, id="no http"),
    ],
)
def test_the_longest_prefix_that_fits_says_where_to(url: str, target: str | None) -> None:
    redirect = Redirect()
    redirect.add("https://h/a/", "http://m/x/")
    redirect.add("https://h/a/long", "http://m/y")
    redirect.add("http://p:99", "http://m/z")

    assert redirect.target(url) == target


def test_a_prefix_must_be_an_address() -> None:
    with pytest.raises(ValueError, match=r"expected one such as https://www\.swift"):
        Redirect().add("www.swift.ac.uk", "http://m")
