"""Swagger UI in a real browser: a story for each service with ten clicks, and nobody else asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from e2e.browser import Person, chromium, host_of
from pydantic import SecretStr
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from mockstatus.app import create_app
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
PICTURE = Path(os.environ.get("MOCKSTATUS_PICTURE", ARTIFACTS / "readme.png"))
"""Where to put the README's picture, each time; the one that is shown there is renewed by hand."""


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
    person = Person(browser)
    person.forget()
    return person


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


@pytest.mark.timeout(900)
def test_krixiks_two_steps_work_from_the_page(url, person, tmp_path):
    (tmp_path / "whale.txt").write_text("a whale swims far away in the sea\n", encoding="utf-8")
    person.visit(f"{url}/~upload/docs")
    person.unfold("Krixik pipelines", "krixik_process")

    body = person.operation("krixik_process").find_element(
        By.CSS_SELECTOR, ".body-param-content-type select"
    )
    assert Select(body).first_selected_option.text == "text/plain"
    assert person.execute("krixik_process")[0] == 200
    person.unfold("Krixik storage", "krixik_upload")
    form = person.operation("krixik_upload")
    form.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(tmp_path / "whale.txt"))
    assert person.execute("krixik_upload")[0] == 204
    assert '"module_1": false' in person.execute("krixik_status")[1]

    assert person.complaints() == []


@pytest.mark.timeout(900)
def test_authorize_opens_a_server_that_wants_a_token(person):
    settings = Settings(seed=1, clock="manual", admin_token=SecretStr("open sesame"))
    with ThreadServer(create_app(settings)) as server:
        person.visit(f"{server.url}/docs")
        assert person.execute("control_submit_job")[0] == 401

        person.press(person.find(".btn.authorize"))
        person.find(".auth-container input").send_keys("open sesame")
        person.press(person.find(".auth-btn-wrapper .btn.authorize"))
        person.press(person.find(".auth-btn-wrapper .btn-done"))
        assert person.execute("control_submit_job")[0] == 201


@pytest.mark.timeout(900)
def test_a_picture_for_the_readme(url, person):
    person.visit(f"{url}/~picture/docs")
    person.pick(
        "vesta_annotate", "tr[data-param-name=X-Mock-Scenario] select", "vesta/slow-progress"
    )
    person.execute("vesta_annotate")
    person.execute("control_advance_clock")
    person.execute("vesta_status")

    person.browser.set_window_size(1100, 1350)
    person.show("vesta_status")
    PICTURE.parent.mkdir(exist_ok=True)
    assert person.browser.save_screenshot(str(PICTURE))
