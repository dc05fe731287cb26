"""Swagger UI in a real browser: a story for each service with ten clicks, and nobody else asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from e2e.browser import Person, chromium, host_of
from selenium.webdriver import Chrome

from mockstatus.app import create_app
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
PICTURE = os.environ.get("MOCKSTATUS_PICTURE")
"""Where to put the README's picture; it is made only on demand."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadServer(create_app(Settings(seed=1, clock="manual"))) as server:
        yield server.url


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        with chromium(tmp_path_factory.mktemp("profile")) as browser:
            yield browser


@pytest.fixture
def person(browser: Chrome) -> Person:
    return Person(browser)


def keep_picture(person: Person, name: str) -> None:
    """For people to look at, where CI keeps it."""
    if os.environ.get("CI"):
        ARTIFACTS.mkdir(exist_ok=True)
        person.browser.save_screenshot(str(ARTIFACTS / f"swagger-ui-{name}.png"))


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("service", "submission", "choices", "choice", "status", "first", "last"),
    [
        pytest.param(
            *("krixik", "control_submit_job", ".examples-select select", "krixik/success:"),
            *("krixik_status", '"module_1": false', (400, "not found")),
            id="krixik",
        ),
        pytest.param(
            *("ukssdc", "ukssdc_submit", "tr[data-param-name=X-Mock-Scenario] select"),
            *("ukssdc/partial-failure", "ukssdc_status", "Requested", (200, "could not be built")),
            id="ukssdc",
        ),
        pytest.param(
            *("vesta", "vesta_annotate", "tr[data-param-name=X-Mock-Scenario] select"),
            *("vesta/failure", "vesta_status", "PENDING", (200, "FAILURE")),
            id="vesta",
        ),
    ],
)
def test_the_story_of_a_service_takes_at_most_ten_clicks(
    url, person, service, submission, choices, choice, status, first, last
):
    person.visit(f"{url}/~{service}/docs")

    person.pick(submission, choices, choice)
    assert person.execute(submission)[0] in {200, 201}
    before = person.execute(status)
    assert before[0] == 200
    assert first in before[1]
    assert person.execute("control_advance_clock")[0] == 200
    after = person.execute(status)
    assert after[0] == last[0]  # two hours on, Krixik has forgotten the file
    assert last[1] in after[1]
    keep_picture(person, f"{service}-status")
    assert person.execute("control_post_fault")[0] == 201
    assert person.execute(status)[0] == 503
    report = person.execute("control_get_report")
    assert report[0] == 200
    assert service in report[1]
    keep_picture(person, f"{service}-report")

    assert person.clicks <= 10
    hosts = {host_of(address) for address in person.requests()} - {""}
    assert hosts == {urlsplit(url).netloc}
    complaints = [one for one in person.complaints() if "responded with a status" not in one]
    assert complaints == []


@pytest.mark.timeout(900)
def test_the_first_page_is_as_the_readme_shows_it(url, person):
    person.visit(f"{url}/docs")
    person.operation("control_submit_job")

    keep_picture(person, "first")
    assert "Pick a scenario" in person.find(".info").text
    assert person.complaints() == []


@pytest.mark.skipif(PICTURE is None, reason="a picture is made where MOCKSTATUS_PICTURE names it")
@pytest.mark.timeout(900)
def test_a_picture_for_the_readme(url, person):
    person.visit(f"{url}/~picture/docs")
    person.pick(
        "vesta_annotate", "tr[data-param-name=X-Mock-Scenario] select", "vesta/slow-progress"
    )
    person.execute("vesta_annotate")
    person.execute("control_advance_clock")
    person.execute("vesta_status")

    person.show("vesta_status")
    person.browser.save_screenshot(PICTURE)
