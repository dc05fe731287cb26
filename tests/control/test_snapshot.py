"""Snapshots: a job goes on in another server exactly where it was; a bad one changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mockstatus.app import create_app
from mockstatus.control.snapshot import VERSION
from mockstatus.registry import services
from mockstatus.scenario.library import Library, shipped_folder
from mockstatus.settings import Settings
from mockstatus.web.service import Submission
from mockstatus.web.wire import ConnectionBrokenError

if TYPE_CHECKING:
    from conftest import Tester

HOST = "http://localhost"


class Server:
    """All services, on a clock moved by hand, in a sandbox of its own."""

    def __init__(self, runner: asyncio.Runner, library: Library, seed: int) -> None:
        self.runner = runner
        settings_ = Settings(seed=seed, clock="manual")
        self.app = create_app(settings_, library=library, sleep=_at_once)
        self.world = self.app.world

    def send(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """The answer; None where the connection broke."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                return await client.request(method, path, **more)

        try:
            return self.runner.run(ask())
        except ConnectionBrokenError:
            return None

    def good(self, method: str, path: str, **more: Any) -> Any:
        answer = self.send(method, path, **more)
        assert answer is not None
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


async def _at_once(_: float) -> None:
    pass


RUNNER = asyncio.Runner()
LIBRARY = Library(
    {name: service.scenario_model for name, service in services().items()},
    folders=[shipped_folder()],
)


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Any:
    yield
    RUNNER.close()


def asked(server: Server, service: str, made: Submission, scenario: str | None = None) -> Any:
    """What a client's request is answered with, all of it."""
    query = f"?{made.query}" if made.query else ""
    headers = [(k.decode(), v.decode()) for k, v in made.headers]
    if scenario is not None:
        headers.append(("X-Mock-Scenario", scenario))
    answer = server.send(
        made.method, f"/{service}{made.path}{query}", content=made.body, headers=headers
    )
    return None if answer is None else (answer.status_code, dict(answer.headers), answer.content)


def act(server: Server, action: tuple[Any, ...]) -> Any:
    """Does one thing as client or tester; what came of it."""
    kind, *more = action
    if kind == "submit":
        service, scenario = more
        one = server.world.service(service)
        return asked(server, service, one.submission(one.sample, {}), scenario)
    if kind == "advance":
        return server.good("POST", "/_mock/clock/advance", json={"by": f"{more[0]}ms"})
    jobs = list(server.world.sandboxes.look("default").jobs())
    if not jobs:
        return None
    job = jobs[more[0] % len(jobs)]
    calls = server.world.service(job.service).calls
    assert calls is not None
    if kind in {"status", "cancel", "start"}:
        make = getattr(calls, kind)
        return None if make is None else asked(server, job.service, make(job))
    if kind == "signal":
        answer = server.send("POST", f"/_mock/jobs/{job.id}/signals", json={"signal": more[1]})
    elif kind == "delete":
        answer = server.send("DELETE", f"/_mock/jobs/{job.id}")
    else:
        answer = server.send("GET", f"/_mock/jobs/{job.id}")
    assert answer is not None
    return answer.status_code, answer.content


NAMES = sorted(LIBRARY.scenarios)
NUMBERS = st.integers(0, 9)
ACTIONS = st.one_of(
    st.sampled_from(NAMES).map(lambda name: ("submit", name.partition("/")[0], name)),
    st.sampled_from(sorted(services())).map(lambda name: ("submit", name, None)),
    st.integers(0, 400_000).map(lambda ms: ("advance", ms)),
    st.tuples(st.sampled_from(["status", "cancel", "start", "delete", "look"]), NUMBERS),
    st.tuples(st.just("status"), NUMBERS),
    st.tuples(
        st.just("signal"), NUMBERS, st.sampled_from(["cancel", "fail", "complete", "expire", "go"])
    ),
)


@settings(max_examples=15, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(before=st.lists(ACTIONS, max_size=12), after=st.lists(ACTIONS, max_size=12))
def test_all_goes_on_in_another_server_exactly_where_it_was(
    before: list[Any], after: list[Any]
) -> None:
    here, there = Server(RUNNER, LIBRARY, 7), Server(RUNNER, LIBRARY, 8)
    here.good("PUT", "/_mock/clock", json={"now": "2026-01-01T00:00:00Z"})
    for action in before:
        act(here, action)

    snapshot = here.good("GET", "/_mock/snapshot")
    there.good("PUT", "/_mock/snapshot", json=snapshot)

    assert there.good("GET", "/_mock/snapshot") | {"made": ""} == snapshot | {"made": ""}
    for action in after:
        assert act(there, action) == act(here, action), action


def test_numbers_beyond_64_bits_go_along() -> None:
    here, there = Server(RUNNER, LIBRARY, 7), Server(RUNNER, LIBRARY, 8)
    story = b"service: vesta\nsummary: Long.\nphases: [{state: SUCCESS, result: 1%s}]" % (b"0" * 40)
    here.good("PUT", "/_mock/scenarios/vesta/long", content=story)
    act(here, ("submit", "vesta", "vesta/long"))

    there.good("PUT", "/_mock/snapshot", json=here.good("GET", "/_mock/snapshot"))

    assert b"0" * 40 in act(there, ("status", 0))[2]


@pytest.mark.parametrize("name", sorted(services()))
def test_each_services_files_and_memory_go_along(name: str) -> None:
    here, there = Server(RUNNER, LIBRARY, 7), Server(RUNNER, LIBRARY, 8)
    act(here, ("submit", name, None))
    act(here, ("start", 0))
    act(here, ("advance", 7_200_000 if name == "ukssdc" else 60_000))
    there.good("PUT", "/_mock/snapshot", json=here.good("GET", "/_mock/snapshot"))
    sandbox = here.world.sandboxes.look("default")
    (job,) = sandbox.jobs()
    service = here.world.service(name)

    for operation in service.operations:
        if operation.kind == "submit":
            continue
        body = json.dumps(_fields(job)).encode()
        path = operation.path
        for part in ("{file_id}", "{svc}", "{stored}", "{directory}", "{file}", "{product}"):
            path = path.replace(part, {"{svc}": "diarisation"}.get(part, "x"))
        made = Submission(operation.method, path, f"uuid={job.id}", (), body)
        assert asked(there, name, made) == asked(here, name, made), operation.id


def _fields(job: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"JobID": job.id, "what": "lc", "process_id": job.id}
    if job.alias is not None:
        fields["file_id"] = job.alias
        fields["pipeline"] = job.submission.pipeline.name
    fields["UserID"] = getattr(job.submission, "user", "")
    return fields


def test_what_the_tester_set_up_goes_along(tester: Tester, server: Callable[..., Tester]) -> None:
    story = {"service": "toy", "summary": "Mine.", "phases": [{"state": "QUEUED", "polls": 2}]}
    tester.put("/_mock/scenarios/toy/mine", story)
    toy = tester.submit("mine")
    tester.put("/_mock/scenarios/toy/mine", {**story, "summary": "Changed meanwhile."})
    tester.post("/_mock/next", {"scenario": "toy/counted", "count": 2})
    tester.put("/_mock/defaults/toy", {"scenario": "mine"})
    tester.put("/_mock/options/toy", {"greeting": "hi"})
    tester.post("/_mock/faults", {"operation": "cancel", "nth": 2, "effect": {"status": 503}})
    tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "whatever"})

    other = server(seed=99)
    other.put("/_mock/snapshot", tester.get("/_mock/snapshot"))

    for path in ("clock", "seed", "options/toy", "faults", f"jobs/{toy}", "scenarios/toy/mine"):
        assert other.get(f"/_mock/{path}") == tester.get(f"/_mock/{path}"), path
    assert other.job(other.submit())["scenario"] == "toy/counted"
    assert other.post("/_mock/faults", {"effect": {"status": 500}})["id"] == "fault-2"
    other.delete("/_mock/faults")
    # The nickname, too; and the story that the job plays is the one it began with.
    assert other.get(f"/_mock/jobs/nick-{toy}")["scenario"] == "toy/mine"


def test_a_snapshot_takes_the_place_of_all_that_was(tester: Tester) -> None:
    toy = tester.submit()
    snapshot = tester.get("/_mock/snapshot")
    other = tester.submit()
    tester.put("/_mock/snapshot", snapshot)

    assert [job["id"] for job in tester.get("/_mock/jobs")] == [toy]
    assert tester.submit() == other  # the numbers go on from where they were


def test_a_snapshot_can_be_put_into_a_sandbox_that_was_not(tester: Tester) -> None:
    toy = tester.submit()
    elsewhere = tester.inside("elsewhere")
    elsewhere.put("/_mock/snapshot", tester.get("/_mock/snapshot"))

    assert elsewhere.poll(toy) == "QUEUED"
    assert tester.job(toy)["polls"] == 0


def test_what_was_done_to_each_job_goes_along_with_that_job(tester: Tester) -> None:
    toys = [tester.submit() for _ in range(8)]
    for number, toy in enumerate(toys):
        for signal in range(number % 4):
            tester.post(f"/_mock/jobs/{toy}/signals", {"signal": f"go{number}-{signal}"})
            tester.advance("1s")
    before = [tester.job(toy) for toy in toys]

    tester.put("/_mock/snapshot", tester.get("/_mock/snapshot"))

    assert [tester.job(toy) for toy in toys] == before


def test_what_is_shared_stays_shared(tester: Tester) -> None:
    for _ in range(3):
        tester.submit("counted")
    tester.put("/_mock/snapshot", tester.get("/_mock/snapshot"))
    sandbox = tester.app.world.sandboxes.look("default")

    for job in sandbox.jobs():
        assert job.checkpoint.tracks["toy"].track is job.timeline.tracks["toy"]
    assert len({id(job.loaded) for job in sandbox.jobs()}) == 1


def _broken(change: Callable[[Any], object]) -> Callable[[Any], object]:
    return change


def first_job(snapshot: Any) -> Any:
    return snapshot["frozen"]["jobs"][0]


BREAKS: dict[str, Callable[[Any], object]] = {
    "another format": lambda s: s.update(format="zip"),
    "another version": lambda s: s.update(version=VERSION + 1),
    "an unknown key": lambda s: s.update(colour="red"),
    "a missing key": lambda s: s.pop("jobs"),
    "no clock": lambda s: s["clock"].update(mode="backwards"),
    "no instant": lambda s: s["clock"].update(now="yesterday"),
    "an unknown service": lambda s: s["jobs"][0].update(service="teapot"),
    "a scenario that is none": lambda s: s["played"][0].update(text="phases: 7"),
    "a scenario beyond the list": lambda s: s["jobs"][0].update(scenario=5),
    "an upload that is none": lambda s: s["uploads"].update({"toy/x": "nope"}),
    "an unknown queued name": lambda s: s["queues"].update(toy=["toy/nobody"]),
    "an unknown option": lambda s: s["options"].update(toy={"volume": 11}),
    "more jobs than stories": lambda s: s["jobs"].append(s["jobs"][0]),
    "no timeline": lambda s: first_job(s).pop("timeline"),
    "a class of another package": lambda s: first_job(s).update(
        submission={"~": "subprocess:Popen", "args": "ls"}
    ),
    "a function": lambda s: first_job(s).update(submission={"~": "toy_service:plan"}),
    "a class that is only imported there": lambda s: first_job(s).update(
        submission={"~": "toy_service:Draws", "seed": 1, "key": []}
    ),
    "no class": lambda s: first_job(s).update(submission={"~": "toy_service:Nothing"}),
    "an unknown kind": lambda s: first_job(s).update(submission={"~pickle": ["x"]}),
    "a reference to nothing": lambda s: first_job(s).update(submission={"~ref": 10**6}),
    "a field that is not there": lambda s: first_job(s)["submission"].update(colour=1),
    "a field of another type": lambda s: first_job(s)["submission"].update(name=7),
    "an impossible instant": lambda s: first_job(s)["checkpoint"].update(submitted_us="noon"),
    "a phase that is not there": lambda s: first_job(s)["checkpoint"]["tracks"]["toy"].update(
        anchor=99
    ),
    "tracks that the timeline lacks": lambda s: first_job(s)["checkpoint"].update(tracks={}),
    "too deep": lambda s: first_job(s).update(submission=_deep(200)),
    "a job that is nobody's": lambda s: s["frozen"]["stash"].update(
        toy={"~job": ["toy", "nobody"]}
    ),
    "a phase before the first": lambda s: first_job(s)["checkpoint"]["tracks"]["toy"].update(
        anchor=-1
    ),
    "fewer polls than none": lambda s: first_job(s)["checkpoint"].update(polls=-1),
    "faults that are none": lambda s: first_job(s).update(faults={"~tuple": [5]}),
    "notes that are none": lambda s: first_job(s).update(notes={"~deque": [100, [5]]}),
    "faults of the tester that are none": lambda s: s["frozen"].update(faults="x"),
    "a list of faults": lambda s: s["frozen"].update(faults=[]),
    "faults of a scenario that are none": lambda s: s["frozen"].update(unborn={"toy": 5}),
    "a list for a memory": lambda s: s["frozen"].update(stash=[]),
    "the memory of nobody": lambda s: s["frozen"]["stash"].update(teapot={}),
    "spellings that are none": lambda s: s["frozen"]["stash"].update({"control.faults": 5}),
    "a spelling that is none": lambda s: s["frozen"]["stash"].update(
        {"control.faults": {"fault-1": 5}}
    ),
    "an unknown part": lambda s: s["frozen"].update(colour="red"),
    "bytes that are none": lambda s: first_job(s).update(submission={"~bytes": "*"}),
    "a list that is none": lambda s: first_job(s).update(submission={"~tuple": 1}),
}


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("name", BREAKS)
def test_a_bad_snapshot_is_refused_and_nothing_happens(tester: Tester, name: str) -> None:
    toy = tester.submit("counted")
    snapshot = tester.get("/_mock/snapshot")
    broken = deepcopy(snapshot)
    BREAKS[name](broken)
    tester.poll(toy)
    before = tester.get("/_mock/snapshot")

    answer = tester.send("PUT", "/_mock/snapshot", json=broken)

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert tester.get("/_mock/snapshot") | {"made": ""} == before | {"made": ""}


def test_products_that_there_are_not_are_refused() -> None:
    server = Server(RUNNER, LIBRARY, 7)
    act(server, ("submit", "ukssdc", None))
    snapshot = server.good("GET", "/_mock/snapshot")
    snapshot["frozen"]["jobs"][0]["submission"]["products"]["~tuple"][0] = "x"

    answer = server.send("PUT", "/_mock/snapshot", json=snapshot)

    assert answer is not None
    assert answer.status_code == 422
    assert "there is no product 'x'" in answer.json()["detail"]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something is in a document: the keys that lead there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        yield (*path, key)
        if isinstance(one, dict | list):
            yield from _places(one, (*path, key))


@settings(max_examples=15, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.parametrize("name", sorted(services()))
def test_what_is_put_in_place_never_fails_later(name: str, data: st.DataObject) -> None:
    server = Server(RUNNER, LIBRARY, 7)
    calls = [("submit", name, None), ("start", 0), ("advance", 9_000), ("status", 0)]
    for action in calls:
        act(server, action)
    server.good("POST", "/_mock/faults", json={"nth": 9, "effect": {"status": 503}})
    snapshot = server.good("GET", "/_mock/snapshot")
    *outer, last = data.draw(st.sampled_from(list(_places(snapshot["frozen"]))))
    place = snapshot["frozen"]
    for key in outer:
        place = place[key]
    place[last] = data.draw(st.sampled_from([None, "x", -1, 10**15, [], {}, 1.5, True]))

    answer = server.send("PUT", "/_mock/snapshot", json=snapshot)

    assert answer is not None
    assert answer.status_code in {204, 400, 422}
    views = ["jobs", "faults", "report", "snapshot", "journal", "next"]
    for action in [*calls, ("cancel", 0), ("advance", 400_000), ("status", 0), *calls]:
        assert "mockstatus failed" not in str(act(server, action)), action
    for view in views:
        server.good("GET", f"/_mock/{view}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda store: store.update(_shelves={}), "other files than there are"),
        (lambda store: _names(store).update(x=_names(store).popitem()[1]), "is not where"),
        (lambda store: _names(store).clear(), "other files than there are"),
    ],
)
def test_files_that_are_nowhere_are_refused(change: Callable[[Any], object], told: str) -> None:
    server = Server(RUNNER, LIBRARY, 7)
    act(server, ("submit", "krixik", None))
    snapshot = server.good("GET", "/_mock/snapshot")
    change(snapshot["frozen"]["stash"]["krixik"])

    answer = server.send("PUT", "/_mock/snapshot", json=snapshot)

    assert answer is not None
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_a_pipeline_without_modules_is_refused() -> None:
    server = Server(RUNNER, LIBRARY, 7)
    act(server, ("submit", "krixik", None))
    snapshot = server.good("GET", "/_mock/snapshot")
    snapshot["frozen"]["jobs"][0]["submission"]["order"]["pipeline"]["chain"]["~tuple"] = []

    answer = server.send("PUT", "/_mock/snapshot", json=snapshot)

    assert answer is not None
    assert (answer.status_code, "modules, not 0" in answer.text) == (422, True)


def _names(store: Any) -> Any:
    """The files of the one directory of the one pipeline, by name."""
    ((names,),) = (shelf.values() for shelf in store["_shelves"].values())
    return names


def test_what_no_snapshot_can_hold_is_refused(tester: Tester) -> None:
    tester.submit()
    tester.app.world.sandboxes.look("default").stash["toy"] = urlsplit("http://h/")._replace
    problem = tester.refused(422, "GET", "/_mock/snapshot")

    assert "cannot hold" in problem["detail"]


def test_looking_at_a_snapshot_makes_no_sandbox(tester: Tester) -> None:
    assert tester.inside("elsewhere").get("/_mock/snapshot")["jobs"] == []
    assert "elsewhere" not in tester.sandboxes
