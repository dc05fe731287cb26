"""One call through the lean path: scenarios chosen, faults, order, journal. Played on a toy."""

import asyncio
import logging
from types import SimpleNamespace

import httpx
import pytest
from toy_service import SERVICE

from mockstatus.app import create_app
from mockstatus.scenario.faultspec import FaultSpec
from mockstatus.scenario.library import Library
from mockstatus.settings import Settings
from mockstatus.web.wire import ConnectionBrokenError

SECOND_US = 1_000_000

STORIES = {
    "broken": "phases: [{state: QUEUED, polls: 1}, {state: BROKEN}]",
    "waiting": "phases: [{state: QUEUED, polls: 3}, {state: DONE}]",
    "refused": "phases: [{state: QUEUED}]\nsubmit: {refuse: not today}",
    "lost-reply": """
phases: [{state: QUEUED, for: 5s}, {state: DONE}]
faults: [{operation: submit, when: after, effect: {wire: empty}}]""",
    "shy": """
phases: [{state: QUEUED, for: 5s}, {state: DONE}]
faults:
  - {operation: submit, nth: 1, effect: {status: 503}}
  - {operation: status, nth: 2, effect: {status: 502}}""",
    "blue": "phases: [{state: BROKEN}]\nmatch: {colour: blue*}",
}


class World:
    """A server on a clock moved by hand, and a client of it, in this process."""

    def __init__(self, folder) -> None:
        (folder / "toy").mkdir()
        for name, text in STORIES.items():
            (folder / "toy" / f"{name}.yaml").write_text(
                f"service: toy\nsummary: A story.\n{text}\n"
            )
        self.slept: list[float] = []
        self.app = create_app(
            Settings(clock="manual", seed=1),
            services={"toy": SERVICE},
            library=Library({"toy": SERVICE.scenario_model}, folders=[folder]),
            sleep=self.sleep,
        )
        assert self.app.world.library.problems == ()
        self.during_delay = None

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.during_delay is not None:
            hook, self.during_delay = self.during_delay, None
            await hook()

    def sandbox(self, name: str = "default"):
        return self.app.world.sandboxes.keep(self.app.world.sandboxes.look(name))

    def fault(self, **spec):
        sandbox = self.sandbox()
        fault = FaultSpec.model_validate(spec).to_domain()
        return sandbox.faults.post(fault, sandbox.clock.now_us())

    async def asend(self, method: str, path: str, **more) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **more)

    def send(self, method: str, path: str, **more) -> httpx.Response:
        return asyncio.run(self.asend(method, path, **more))

    def make(self, scenario: str | None = None, *, prefix: str = "", **toy) -> httpx.Response:
        headers = {"X-Mock-Scenario": scenario} if scenario else {}
        body = {"name": "bear", **toy}
        return self.send("POST", f"{prefix}/toy/toys", json=body, headers=headers)

    def look(self, toy: str, prefix: str = "") -> httpx.Response:
        return self.send("GET", f"{prefix}/toy/toys/{toy}")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def states(world: World, toy: str, times: int) -> list[str]:
    return [world.look(toy).json()["state"] for _ in range(times)]


# Which scenario a job gets.


def test_the_header_chooses_a_scenario(world):
    toy = world.make("toy/broken").json()["toy"]

    assert states(world, toy, 2) == ["QUEUED", "BROKEN"]


def test_the_services_own_prefix_may_be_left_out(world):
    assert states(world, world.make("broken").json()["toy"], 2) == ["QUEUED", "BROKEN"]


def test_an_unknown_name_in_the_header_is_a_problem_document(world):
    refused = world.make("brokn")

    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert "did you mean toy/broken" in refused.json()["detail"]
    assert len(world.sandbox()) == 0


def test_an_unknown_name_in_a_field_is_refused_in_the_services_own_words(world):
    refused = world.make(name="mock:brokn")

    assert refused.status_code == 400
    assert refused.json() == {"oops": "there is no scenario 'toy/brokn'; did you mean toy/broken?"}


def test_a_magic_value_a_match_the_queue_and_the_default_choose_in_their_order(world):
    sandbox = world.sandbox()
    sandbox.defaults["toy"] = "toy/waiting"
    sandbox.queues.add("toy", "toy/broken")

    toys = ({"name": "a mock:waiting b", "colour": "blue"}, {}, {"colour": "blue-green"}, {})
    played = [sandbox.job(world.make(**toy).json()["toy"]).scenario for toy in toys]

    assert played == ["toy/waiting", "toy/broken", "toy/blue", "toy/waiting"]


def test_a_name_that_a_refused_submission_would_have_taken_stays_queued(world):
    world.sandbox().queues.add("toy", "toy/broken")

    assert world.send("POST", "/toy/toys", json={}).status_code == 400

    assert world.sandbox().queues.of("toy") == ("toy/broken",)


def test_a_submission_struck_before_its_work_uses_up_no_queued_name(world):
    world.sandbox().queues.add("toy", "toy/broken")
    world.fault(operation="submit", times=1, effect={"status": 503})

    assert world.make().status_code == 503
    assert world.sandbox().queues.of("toy") == ("toy/broken",)
    assert states(world, world.make().json()["toy"], 2) == ["QUEUED", "BROKEN"]
    assert world.sandbox().queues.of("toy") == ()


def test_a_script_can_refuse_a_submission_in_the_services_own_form(world):
    world.sandbox().queues.add("toy", "toy/refused")

    refused = world.make()

    assert (refused.status_code, refused.json()) == (400, {"oops": "not today"})
    assert world.sandbox().queues.of("toy") == ()
    assert len(world.sandbox()) == 0


def test_what_was_queued_or_the_default_and_is_gone_is_passed_over(world):
    sandbox = world.sandbox()
    sandbox.defaults["toy"] = "toy/removed"
    sandbox.queues.add("toy", "toy/removed")
    sandbox.queues.add("toy", "toy/broken")

    played = [sandbox.job(world.make().json()["toy"]).scenario for _ in range(2)]

    assert played == ["toy/broken", None]
    assert sandbox.queues.of("toy") == ()
    assert world.look("nobody").status_code == 404


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_that_can_have_no_body_has_none(world, status):
    toy = world.make().json()["toy"]
    world.fault(operation="status", times=1, effect={"status": status})

    answer = world.look(toy)

    assert (answer.status_code, answer.content) == (status, b"")
    assert "content-length" not in answer.headers
    assert world.look(toy).status_code == 200


# Faults.


def test_a_lost_reply_did_happen(world):
    with pytest.raises(ConnectionBrokenError):
        world.make("lost-reply")

    [job] = world.sandbox().jobs()
    assert job.scenario == "toy/lost-reply"
    assert world.look(job.id).json()["state"] == "QUEUED"


def test_a_scenarios_faults_count_the_calls_of_their_own_job(world):
    assert world.make("shy").status_code == 503
    first = world.make("shy").json()["toy"]
    assert world.make("shy").status_code == 503
    second = world.make("shy").json()["toy"]

    seen = [world.look(toy).status_code for toy in (first, second, first, second, first)]

    assert seen == [200, 200, 502, 502, 200]


def test_the_testers_faults_go_before_the_scenarios_and_only_one_is_spent(world):
    world.make("shy")
    toy = world.make("shy").json()["toy"]
    world.fault(operation="status", nth=2, effect={"status": 418})

    assert [world.look(toy).status_code for _ in range(4)] == [200, 418, 502, 200]


def test_a_poll_struck_before_does_not_count_and_one_struck_after_does(world):
    toy = world.make("waiting").json()["toy"]
    world.fault(operation="status", times=2, effect={"status": 500})
    world.fault(operation="status", nth=3, when="after", effect={"status": 500})

    answers = [world.look(toy) for _ in range(6)]

    assert [a.status_code for a in answers] == [500, 500, 500, 200, 200, 200]
    assert [a.json().get("state") for a in answers[3:]] == ["QUEUED", "QUEUED", "DONE"]


def test_a_head_never_counts_and_is_never_struck(world):
    toy = world.make("waiting").json()["toy"]
    world.fault(operation="status", effect={"status": 500})

    for _ in range(5):
        assert world.send("HEAD", f"/toy/toys/{toy}").status_code == 200
    assert world.sandbox().peek(world.sandbox().job(toy)).polls == 0


def test_a_fault_can_wait_for_a_point_of_the_lifecycle(world):
    toy = world.make("waiting").json()["toy"]
    world.fault(at={"state": "DONE"}, times=1, effect={"status": 500})

    assert [world.look(toy).status_code for _ in range(5)] == [200, 200, 200, 500, 200]


def test_fields_of_the_real_answer_are_changed(world):
    toy = world.make().json()["toy"]
    world.fault(operation="status", effect={"omit": ["progress"], "set": {"state": "ODD"}})

    assert world.look(toy).json() == {"toy": toy, "state": "ODD"}


def test_a_retry_that_arrives_during_a_delay_sees_the_new_state(world):
    toy = world.make("broken").json()["toy"]
    world.fault(operation="status", times=1, effect={"delay": "2s"})
    seen = []

    async def retry() -> None:
        seen.append((await world.asend("GET", f"/toy/toys/{toy}")).json()["state"])

    world.during_delay = retry

    assert world.look(toy).json()["state"] == "QUEUED"
    assert seen == ["BROKEN"]
    assert world.slept == [2.0]


def test_faults_of_the_default_scenario_apply_to_calls_that_belong_to_no_job(world):
    world.sandbox().defaults["toy"] = "toy/shy"

    assert [world.look("nobody").status_code for _ in range(3)] == [404, 502, 404]


# What is written down.


def test_every_exchange_is_written_down_with_what_it_was_about(world):
    toy = world.make("broken").json()["toy"]
    world.look(toy)
    world.fault(operation="status", times=1, effect={"status": 503, "delay": "1s"})
    world.look(toy)

    submitted, polled, struck = world.sandbox().journal

    assert (submitted.operation, submitted.job, submitted.scenario) == (
        "submit", toy, "toy/broken",
    )  # fmt: skip
    assert (polled.asked, polled.state, polled.states) == (toy, "QUEUED", {"toy": "QUEUED"})
    assert (struck.status, struck.fault, struck.delay_s) == (503, "fault-1", 1.0)
    assert (struck.asked, struck.state, struck.states) == (toy, None, {})
    assert world.sandbox().job(toy).requests == 3


# Sandboxes, paths, mishaps.


def test_sandboxes_see_nothing_of_each_other(world):
    toy = world.make(prefix="/~alice").json()["toy"]

    assert world.look(toy, prefix="/~alice").status_code == 200
    assert world.look(toy, prefix="/~bob").status_code == 404
    assert world.look(toy).status_code == 404
    assert world.app.world.sandboxes.names() == ("alice",)


@pytest.mark.parametrize("name", ["a b", "", "x" * 65, "%2e%2e", "ü"])
def test_what_cannot_name_a_sandbox_is_told(world, name):
    refused = world.send("GET", f"/~{name}/toy/toys/1")

    assert refused.status_code == 404
    assert "cannot name a sandbox" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/toy/nothing", 404, "nothing here"),
        ("GET", "/toy", 404, "nothing here"),
        ("PUT", "/toy/toys", 405, "not like this"),
        ("GET", "/~alice/toy/", 404, "nothing here"),
    ],
)
def test_what_is_not_served_is_told_in_the_services_own_form(world, method, path, status, text):
    answer = world.send(method, path)

    assert (answer.status_code, answer.json()) == (status, {"oops": text})


def test_a_body_beyond_the_limit_is_refused_in_the_services_own_form(world):
    answer = world.send("POST", "/toy/toys", content=b"x" * (1 << 20) + b"x")

    assert (answer.status_code, answer.json()) == (413, {"oops": "too large"})


def test_where_no_sandbox_may_go_a_problem_document_names_the_limit(world):
    world.app.world.sandboxes._limit = 1
    world.make()

    refused = world.make(prefix="/~alice")

    assert (refused.status_code, refused.json()["limit"]) == (503, "sandboxes")


def test_a_mistake_of_ours_is_logged_and_disturbs_nobody_else(world, monkeypatch, caplog):
    toy = world.make().json()["toy"]
    book = world.sandbox().faults
    broken = SimpleNamespace(all=lambda: 1 / 0)
    monkeypatch.setattr(world.sandbox(), "faults", broken)

    with caplog.at_level(logging.ERROR):
        answer = world.look(toy)

    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setattr(world.sandbox(), "faults", book)
    assert world.look(toy).status_code == 200
