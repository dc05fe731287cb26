"""Host names that stand for a path: what is served, and which addresses are told."""

from __future__ import annotations

import pytest
from tester import Tester

from mockstatus.app import MockStatus, create_app
from mockstatus.errors import UnknownServiceError
from mockstatus.settings import Settings
from mockstatus.web.address import address
from mockstatus.web.aliases import Alias, Aliased
from mockstatus.web.repeats import Repeats

SWIFT = "www.swift.ac.uk"
COUNT = "/user_objects/getNumJobs.php"


def ask(app: MockStatus, path: str, host: str) -> int:
    body = {"UserID": "me@example.org"}
    return Tester(app).send("POST", path, json=body, headers={"Host": host}).status_code


@pytest.mark.parametrize(
    ("text", "alias", "service"),
    [
        ("mock.example", Alias("mock.example"), ""),
        ("mock.example:8000", Alias("mock.example:8000"), ""),
        (f"{SWIFT}=/ukssdc", Alias(SWIFT, "/ukssdc"), "ukssdc"),
        (f"{SWIFT}:444=/~alice/ukssdc", Alias(f"{SWIFT}:444", "/~alice/ukssdc"), "ukssdc"),
        ("a=/vesta/stt", Alias("a", "/vesta/stt"), "vesta"),
    ],
)
def test_an_alias_is_a_name_and_perhaps_a_path(text: str, alias: Alias, service: str) -> None:
    assert Alias.parse(text) == alias
    assert alias.service == service


@pytest.mark.parametrize(
    "text", ["", "a/b", "a b", "a=", "a=/", "a=ukssdc", "a=/ukssdc/", "=/ukssdc", "a=/~alice"]
)
def test_what_is_no_alias_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected HOST or HOST=/SERVICE"):
        Alias.parse(text)


def test_a_service_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownServiceError, match="there is no service 'uksdc'"):
        create_app(Settings(aliases=("a=/uksdc",)))


def test_nothing_stands_before_the_lean_path_where_no_alias_has_a_path() -> None:
    plain = create_app(Settings(aliases=("mock.example",)))
    aliased = create_app(Settings(aliases=("mock.example", f"{SWIFT}=/ukssdc")))

    assert isinstance(plain._entry, Repeats)
    assert isinstance(aliased._entry, Aliased)


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        pytest.param(COUNT, SWIFT, 200, id="by the alias"),
        pytest.param(COUNT, "WWW.swift.ac.uk.:8443", 200, id="however it is written"),
        pytest.param(f"/ukssdc{COUNT}", "127.0.0.1", 200, id="as ever"),
        pytest.param(f"/ukssdc{COUNT}", "mock.example", 200, id="a name without a path"),
        pytest.param(COUNT, "127.0.0.1", 404, id="not by another name"),
        pytest.param(COUNT, "evil.example", 403, id="nor by a strange one"),
        pytest.param("/_mock/health", SWIFT, 404, id="no control by the alias"),
        pytest.param(COUNT, "only.example:444", 200, id="a port of its own"),
        pytest.param(COUNT, "only.example", 403, id="and no other port"),
    ],
)
def test_a_request_by_an_alias_is_served_below_its_path(path: str, host: str, status: int) -> None:
    aliases = (f"{SWIFT}=/ukssdc", "mock.example", "only.example:444=/ukssdc")

    assert ask(create_app(Settings(aliases=aliases, seed=1)), path, host) == status


def test_an_alias_may_lead_into_a_sandbox() -> None:
    app = create_app(Settings(aliases=(f"{SWIFT}=/~alice/ukssdc",), seed=1))
    tester = Tester(app).inside("alice")
    tester.put("/_mock/clock", {"mode": "manual"})  # so that there is a sandbox

    ask(app, COUNT, SWIFT)

    assert [one["path"] for one in tester.get("/_mock/journal")["exchanges"]] == [
        f"/~alice/ukssdc{COUNT}"
    ]


@pytest.mark.parametrize(
    ("path", "alias", "public_url", "told"),
    [
        pytest.param("/ukssdc", "/ukssdc", None, f"https://{SWIFT}", id="by the same name"),
        pytest.param("/vesta/sg", "/vesta", None, f"https://{SWIFT}/sg", id="and what is below"),
        pytest.param(
            "/ukssdc", "/ukssdc", "http://mock:8000", f"https://{SWIFT}", id="a public one besides"
        ),
        pytest.param(
            "/ukssdc", "/ukssdc", f"http://{SWIFT}:81", f"http://{SWIFT}:81", id="a public one"
        ),
        pytest.param(
            "/vesta", "/vesta/stt", None, "https://10.0.0.1:8443/vesta", id="out of its reach"
        ),
        pytest.param(
            "/vesta", "/vesta/stt", "http://mock", "http://mock/vesta", id="out of reach, public"
        ),
    ],
)
def test_addresses_are_such_that_the_client_can_reach_them(
    path: str, alias: str, public_url: str | None, told: str
) -> None:
    found = address(
        path,
        alias=alias,
        scheme="https",
        host=SWIFT,
        server="10.0.0.1:8443",
        public_url=public_url,
    )

    assert found == told
