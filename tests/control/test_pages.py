"""Pages for people: Swagger UI without the network, and the page that leads to everything."""

import re

import pytest

from mockstatus.app import create_app
from mockstatus.control.story import FRONT
from mockstatus.settings import Settings

ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "docs.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}


def addresses(page):
    return re.findall(r'(?:href|src|data-openapi)="([^"]+)"', page)


@pytest.mark.parametrize("prefix", ["", "/~alice"])
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_every_address_on_a_page_is_this_servers_own_and_stays_in_the_sandbox(tester, prefix, path):
    page = tester.send("GET", prefix + path)

    assert page.status_code == 200
    found = addresses(page.text)
    assert len(found) >= 4
    for address in found:
        assert address.startswith(f"{prefix}/")
        assert tester.send("GET", address).status_code == 200, address


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_browser_is_told_to_ask_nobody_else(tester, path):
    answer = tester.send("GET", path)

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("name", "kind"), ASSETS.items())
def test_the_files_of_swagger_ui_come_from_here(tester, name, kind):
    answer = tester.send("GET", f"/docs/{name}")

    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.content


def test_the_front_page_has_no_scripts_and_the_address_for_each_client(tester):
    page = tester.inside("alice").send("GET", "/").text

    assert "<script" not in page
    assert "http://localhost/~alice/toy" in page


def test_the_front_page_names_the_public_address_where_there_is_one(server):
    page = server(public_url="https://mock.example.org").send("GET", "/").text

    assert "https://mock.example.org/toy" in page


def test_what_a_client_says_of_itself_is_escaped(server):
    there = server(host="0.0.0.0")  # noqa: S104  # not bound to

    page = there.send("GET", "/", headers={"Host": "a<b>&\"'.example"}).text

    assert "<b>" not in page


def test_looking_at_pages_makes_no_sandbox(tester):
    for path in ("/", "/docs", "/docs/docs.js"):
        tester.inside("alice").send("GET", path)

    assert "alice" not in tester.sandboxes


def test_pages_need_no_token_for_they_tell_nothing_of_jobs(server):
    closed = server(admin_token="tick")

    assert closed.send("GET", "/").status_code == 200
    assert closed.send("GET", "/docs").status_code == 200


def test_a_method_that_a_page_does_not_know_is_refused(tester):
    tester.refused(405, "POST", "/docs")


# How the document is told.


@pytest.fixture
def document(tester):
    return tester.get("/openapi.json")


def operation(document, name):
    [found] = [
        one
        for methods in document["paths"].values()
        for one in methods.values()
        if one["operationId"] == name
    ]
    return found


def test_tags_come_in_the_order_of_the_story_and_none_is_missing(document):
    tags = [tag["name"] for tag in document["tags"]]
    used = {one["tags"][0] for methods in document["paths"].values() for one in methods.values()}

    assert set(tags) == used
    story = ["Control: choice of scenarios", "Control: jobs", "Toys", "Control: clock"]
    assert [tag for tag in tags if tag in story] == story
    assert (
        tags.index("Control: clock") < tags.index("Control: faults") < tags.index("Control: report")
    )
    assert all(tag["description"] for tag in document["tags"] if tag["name"].startswith("Control"))


def test_the_front_text_tells_the_story(document):
    assert document["info"]["description"] == FRONT


def test_a_submission_offers_its_services_scenarios_to_choose_from(document):
    parameters = operation(document, "toy_make_toy")["parameters"]

    [choice] = [one for one in parameters if one["name"] == "X-Mock-Scenario"]
    assert choice["in"] == "header"
    assert not choice["required"]
    assert "toy/counted" in choice["schema"]["enum"]


def test_what_is_no_submission_offers_none(document):
    parameters = operation(document, "toy_look_at_toy")["parameters"]

    assert "X-Mock-Scenario" not in {one["name"] for one in parameters}


def test_every_scenario_can_be_chosen_for_the_next_job(document):
    body = operation(document, "control_post_next")["requestBody"]["content"]["application/json"]

    offered = {example["value"]["scenario"] for example in body["examples"].values()}
    assert {"toy/counted", "toy/refused"} <= offered


def test_jobs_can_be_submitted_by_any_scenario_that_takes_them(document):
    body = operation(document, "control_submit_job")["requestBody"]["content"]["application/json"]

    offered = {example["value"].get("scenario") for example in body["examples"].values()}
    assert {None, "toy/counted"} <= offered
    assert "toy/refused" not in offered


def test_the_first_steps_are_operations_that_there_are(document):
    for names in document["x-mockstatus-story"].values():
        assert names
        for name in names:
            assert operation(document, name)


def test_a_job_that_was_submitted_here_leads_to_its_own_resources(document):
    links = operation(document, "control_submit_job")["responses"]["201"]["links"]

    assert links["explain_job"] == {
        "operationId": "control_explain_job",
        "parameters": {"job_id": "$response.body#/id"},
    }


# What the real services lead to.


@pytest.fixture(scope="module")
def real():
    return create_app(Settings(seed=1)).openapi()


def test_every_submission_with_an_answer_leads_to_the_status(real):
    for name, status in (
        ("krixik_process", "krixik_status"),
        ("ukssdc_submit", "ukssdc_status"),
        ("vesta_annotate", "vesta_status"),
    ):
        [links] = [
            answer["links"]
            for answer in operation(real, name)["responses"].values()
            if "links" in answer
        ]
        assert links["status"]["operationId"] == status


def test_what_leads_a_client_on_leads_a_tester_on(real):
    links = operation(real, "control_submit_job")["responses"]["201"]["links"]

    assert links["vesta_status"]["parameters"] == {"uuid": "$response.body#/answer/body/uuid"}
    body = links["krixik_status"]["requestBody"]
    assert body["process_id"] == "$response.body#/answer/body/request_id"
    assert links["ukssdc_status"]["requestBody"]["JobID"].endswith("/answer/body/JobID")


def test_every_link_leads_to_an_operation(real):
    for methods in real["paths"].values():
        for one in methods.values():
            for answer in one["responses"].values():
                for link in answer.get("links", {}).values():
                    assert operation(real, link["operationId"])
