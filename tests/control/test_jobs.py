"""Jobs, as a tester submits, looks at, moves and deletes them."""

from dataclasses import replace

import pytest
from toy_service import SERVICE

from mockstatus.scenario.strict import ScriptError
from mockstatus.web.answer import text_answer
from mockstatus.web.service import Submission


def visits(job) -> list[tuple[str, str, str | None]]:
    return [
        (entry["state"], entry["entered"][14:-1], entry["left"] and entry["left"][14:-1])
        for entry in job["history"]
        if "entered" in entry
    ]


def happenings(job) -> list[tuple[str, bool]]:
    return [(entry["event"], entry["acted"]) for entry in job["history"] if "event" in entry]


# Submitting.


def test_a_job_is_submitted_by_the_services_own_operation(tester):
    made = tester.send(
        "POST", "/_mock/jobs", json={"service": "toy", "submission": {"name": "car"}}
    )

    job = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/_mock/jobs/{job['id']}"
    assert job["answer"] == {
        "status": 202,
        "headers": {"content-type": "application/json"},
        "body": {"toy": job["id"], "state": "QUEUED", "progress": None},
    }
    assert tester.poll(job["id"]) == "QUEUED"


def test_without_a_submission_it_is_the_services_sample(tester):
    assert tester.post("/_mock/jobs", {"service": "toy"})["state"] == "QUEUED"


@pytest.mark.parametrize("name", ["toy/stuck", "stuck"])
def test_a_job_plays_the_scenario_that_is_named(tester, name):
    job = tester.post("/_mock/jobs", {"service": "toy", "scenario": name})

    assert job["scenario"] == "toy/stuck"


def test_without_a_scenario_it_is_chosen_as_for_any_client(tester):
    tester.post("/_mock/next", {"scenario": "toy/stuck"})
    tester.put("/_mock/defaults/toy", {"scenario": "counted"})

    chosen = [tester.post("/_mock/jobs", {"service": "toy"})["scenario"] for _ in range(2)]

    assert chosen == ["toy/stuck", "toy/counted"]


def test_no_fault_strikes_what_the_tester_submits(tester):
    tester.post("/_mock/faults", {"effect": {"status": 503}})

    for scenario in ("stuck", "lost-reply"):
        tester.post("/_mock/jobs", {"service": "toy", "scenario": scenario})

    assert tester.get("/_mock/faults")[0]["seen"] == 0


def test_what_the_tester_does_is_no_request_of_a_client(tester):
    job = tester.post("/_mock/jobs", {"service": "toy"})
    tester.get(f"/_mock/jobs/{job['id']}")

    sandbox = tester.app.world.sandboxes.look("default")
    assert (job["polls"], job["requests"]) == (0, 0)
    assert len(sandbox.journal) == 0


def test_a_job_knows_its_address_in_its_sandbox(tester):
    made = tester.inside("alice").send("POST", "/_mock/jobs", json={"service": "toy"})

    assert made.headers["location"] == f"/~alice/_mock/jobs/{made.json()['id']}"


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        pytest.param({"submission": {}}, "a toy needs a name", id="the service refuses"),
        pytest.param({"scenario": "refused"}, "not today", id="the scenario refuses"),
    ],
)
def test_a_refusal_of_the_services_carries_its_answer(tester, order, answer):
    problem = tester.refused(422, "POST", "/_mock/jobs", json={"service": "toy", **order})

    assert problem["answer"]["status"] == 400
    assert problem["answer"]["body"] == {"oops": answer}
    assert tester.get("/_mock/jobs") == []


def test_an_answer_that_is_no_json_is_carried_as_text(server):
    told = replace(SERVICE, refuse=lambda _, text: text_answer(f"no: {text}", 418))

    problem = server(services={"toy": told}).refused(
        422, "POST", "/_mock/jobs", json={"service": "toy", "submission": {}}
    )

    assert problem["answer"]["body"] == "no: a toy needs a name"


def test_a_request_that_its_own_service_does_not_serve_is_told(server):
    lost = replace(SERVICE, submission=lambda *_: Submission("POST", "/nowhere"))

    problem = server(services={"toy": lost}).refused(
        422, "POST", "/_mock/jobs", json={"service": "toy"}
    )

    assert problem["detail"] == "toy serves no POST /nowhere"


@pytest.mark.parametrize(
    ("order", "where", "told"),
    [
        ({}, "body", "missing key 'service'"),
        ({"service": "tox"}, "body.service", "there is no service 'tox'; there are toy"),
        ({"service": "toy", "scenario": "stick"}, "body.scenario", "did you mean toy/stuck"),
        ({"service": "toy", "submission": []}, "body.submission", "expected a mapping"),
        ({"service": "toy", "parcel": 1}, "parcel", "expected gift"),
        ({"service": 3}, "body.service", "service is 3"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(tester, order, where, told):
    problem = tester.refused(422, "POST", "/_mock/jobs", json=order)

    assert problem["where"] == where
    assert told in problem["detail"]


def test_a_sandbox_that_is_full_of_jobs_says_so(tester, monkeypatch):
    monkeypatch.setattr("mockstatus.runtime.jobs.JOBS_LIMIT", 1)
    monkeypatch.setattr("mockstatus.runtime.jobs.JOBS_HARD_LIMIT", 1)
    tester.submit("stuck")

    problem = tester.refused(503, "POST", "/_mock/jobs", json={"service": "toy"})

    assert problem["limit"] == "jobs"


def test_wire_fields_may_hold_anything_that_json_can(tester):
    odd = {"name": "bear", "more": [1, {"deep": None}, 2**70, "\u2028 \U0001f600", 1e-300, True]}

    assert tester.post("/_mock/jobs", {"service": "toy", "submission": odd})["state"] == "QUEUED"


# Looking.


def test_a_job_is_found_by_any_id_that_its_client_holds(tester):
    toy = tester.submit()

    assert tester.job(f"nick-{toy}")["id"] == toy


def test_a_job_tells_what_it_is_and_where_it_stands(tester):
    toy = tester.submit("signalled")
    tester.poll(toy)
    tester.send("HEAD", f"/toy/toys/{toy}")

    job = tester.job(toy)

    assert job == {
        "id": toy,
        "service": "toy",
        "number": 1,
        "scenario": "toy/signalled",
        "state": "QUEUED",
        "submitted": "2026-01-01T00:00:00Z",
        "gone": None,
        "next_change": None,
        "seed": 1,
        "polls": 1,
        "requests": 3,
        "tracks": {
            "toy": {
                "state": "QUEUED",
                "entered": "2026-01-01T00:00:00Z",
                "has_ended": False,
                "progress": None,
                "leaves": None,
            }
        },
        "history": [
            {
                "at": "2026-01-01T00:00:00Z",
                "track": "toy",
                "state": "QUEUED",
                "entered": "2026-01-01T00:00:00Z",
                "left": None,
            }
        ],
        "forgotten": 0,
    }


def test_progress_and_the_next_change_move_with_the_clock(tester):
    toy = tester.submit()

    tester.advance("6s")

    job = tester.job(toy)
    assert job["next_change"] == "2026-01-01T00:00:11Z"
    assert job["tracks"]["toy"]["progress"] == 50
    assert job["tracks"]["toy"]["leaves"] == "2026-01-01T00:00:11Z"


def test_no_look_counts_as_a_poll(tester):
    toy = tester.submit("counted")

    for path in ("", "/explain", "/wait?requests=0"):
        tester.get(f"/_mock/jobs/{toy}{path}")
    tester.get("/_mock/jobs")

    assert tester.job(toy)["polls"] == 0
    assert [tester.poll(toy) for _ in range(3)] == ["QUEUED", "QUEUED", "RUNNING"]


def test_the_history_merges_visits_and_what_was_done_in_the_order_of_time(tester):
    toy = tester.submit("signalled")
    tester.advance("1s")
    tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "nothing"})
    tester.advance("1s")
    tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "go"})
    tester.advance("1s")
    tester.put(f"/_mock/jobs/{toy}/tracks/toy", {"state": "BROKEN"})

    job = tester.job(toy)

    assert visits(job) == [
        ("QUEUED", "00:00", "00:02"),
        ("RUNNING", "00:02", "00:03"),
        ("BROKEN", "00:03", None),
    ]
    assert happenings(job) == [("signalled", False), ("signalled", True), ("placed", True)]
    assert [entry["at"] for entry in job["history"]] == sorted(
        entry["at"] for entry in job["history"]
    )
    placed = next(entry for entry in job["history"] if entry.get("event") == "placed")
    assert (placed["tracks"], placed["states"]) == (["toy"], ["BROKEN"])


def test_everything_that_can_happen_to_a_job_is_told(tester):
    toy = tester.submit(slow=True)
    sandbox = tester.app.world.sandboxes.look("default")
    job = sandbox.job(toy)
    tester.post(f"/toy/toys/{toy}/key")
    sandbox.cancel(job, ["toy"])
    sandbox.reschedule(job, sandbox.clock.now_us() + 3_600_000_000)
    tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "fail", "track": "toy"})
    tester.delete(f"/_mock/jobs/{toy}")

    history = tester.job(toy)["history"]

    told = {entry["event"]: entry for entry in history if "event" in entry}
    assert list(told) == ["started", "cancelled", "rescheduled", "signalled", "deleted"]
    assert told["cancelled"]["tracks"] == ["toy"]
    assert told["rescheduled"]["expires"] == "2026-01-01T01:00:00Z"
    assert told["signalled"]["signal"] == "fail"
    assert told["signalled"]["tracks"] == ["toy"]


def test_the_history_is_bounded_and_says_what_it_forgot(tester):
    toy = tester.submit("stuck")
    sandbox = tester.app.world.sandboxes.look("default")
    job = sandbox.job(toy)
    for _ in range(300):
        sandbox.signal(job, "nothing")
    tester.put(f"/_mock/jobs/{toy}/tracks/toy", [{"state": "RUNNING", "for": "1s"}] * 150)
    tester.advance("1h")

    told = tester.job(toy)

    assert len(told["history"]) == 200
    # 301 things were done, of which 100 are told; 151 visits were paid, of which 100 are told.
    assert told["forgotten"] == 201 + 51


def test_all_jobs_are_listed_oldest_first_with_their_number(tester):
    toys = [tester.submit() for _ in range(3)]

    answer = tester.send("GET", "/_mock/jobs?limit=2&offset=1&service=toy")

    assert [job["id"] for job in answer.json()] == toys[1:]
    assert answer.headers["x-total-count"] == "3"
    assert [job["id"] for job in tester.get("/_mock/jobs")] == toys


@pytest.mark.parametrize(
    ("query", "where", "told"),
    [
        ("limit=0", "query.limit", "expected at least 1"),
        ("limit=many", "query.limit", "expected a whole number"),
        ("servce=toy", "query.servce", "did you mean 'service'"),
        ("service=tox", "query.service", "there are toy"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(tester, query, where, told):
    problem = tester.refused(422, "GET", f"/_mock/jobs?{query}")

    assert problem["where"] == where
    assert told in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/signals"),
        ("PUT", "/tracks/toy"),
        ("GET", "/explain"),
        ("GET", "/wait?polls=1"),
    ],
)
def test_a_job_that_there_is_not_is_not_found(tester, method, path):
    body = {"signal": "fail"} if method == "POST" else {"state": "DONE"}
    sent = {} if method in {"GET", "DELETE"} else {"json": body}

    problem = tester.refused(404, method, f"/_mock/jobs/nobody{path}", **sent)

    assert "there is no job 'nobody' in this sandbox" in problem["detail"]


def test_jobs_of_other_sandboxes_are_not_found(tester):
    toy = tester.inside("alice").submit()

    tester.refused(404, "GET", f"/_mock/jobs/{toy}")


# Signals.


def test_a_signal_moves_what_waits_for_it_and_says_so(tester):
    toy = tester.submit("signalled")

    job = tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "go", "track": None})

    assert job["acted"] is True
    assert job["state"] == "RUNNING"


@pytest.mark.parametrize(
    ("signal", "state"), [("cancel", "BROKEN"), ("fail", "BROKEN"), ("complete", "DONE")]
)
def test_a_built_in_signal_acts_on_any_job_not_yet_ended(tester, signal, state):
    toy = tester.submit()

    assert tester.post(f"/_mock/jobs/{toy}/signals", {"signal": signal})["state"] == state
    assert not tester.post(f"/_mock/jobs/{toy}/signals", {"signal": signal})["acted"]


def test_a_signal_can_be_sent_to_one_track(tester):
    toy = tester.submit("waits")

    job = tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "fail", "track": "box"})

    assert {name: track["state"] for name, track in job["tracks"].items()} == {
        "toy": "DONE",
        "box": "BROKEN",
    }


@pytest.mark.parametrize(
    ("order", "status", "told"),
    [
        ({"signal": "fail", "track": "lid"}, 404, "no track 'lid'; it has toy"),
        ({"signal": "No!"}, 422, "is not the name of a signal"),
        ({"signals": "fail"}, 422, "did you mean 'signal'"),
        ({}, 422, "missing key 'signal'"),
    ],
)
def test_a_signal_that_makes_no_sense_is_refused(tester, order, status, told):
    toy = tester.submit()

    assert (
        told in tester.refused(status, "POST", f"/_mock/jobs/{toy}/signals", json=order)["detail"]
    )


# Putting.


def test_a_track_is_put_into_a_phase_spelled_as_in_a_scenario(tester):
    toy = tester.submit()

    job = tester.put(f"/_mock/jobs/{toy}/tracks/toy", {"state": "RUNNING"})
    tester.advance("1d")

    assert job["state"] == "RUNNING"
    assert tester.job(toy)["state"] == "RUNNING"


def test_a_track_is_put_into_a_list_of_phases(tester):
    toy = tester.submit()
    phases = [
        {"state": "RUNNING", "polls": 1},
        {"state": "QUEUED", "for": "5s..9s"},
        {"state": "DONE"},
    ]

    tester.put(f"/_mock/jobs/{toy}/tracks/toy", phases)

    assert [tester.poll(toy) for _ in range(2)] == ["RUNNING", "QUEUED"]
    tester.advance("10s")
    assert tester.poll(toy) == "DONE"


def test_what_is_put_is_drawn_the_same_for_the_same_seed(tester):
    def leaves(name: str) -> list[str]:
        inside = tester.inside(name)
        inside.put("/_mock/clock", {"now": "2026-01-01T00:00:00Z"})
        toy = inside.submit()
        phase = {"state": "RUNNING", "for": "1s..1h"}
        return [
            inside.put(f"/_mock/jobs/{toy}/tracks/toy", [phase, {"state": "DONE"}])["next_change"]
            for _ in range(3)
        ]

    first = leaves("alice")
    tester.inside("alice").post("/_mock/reset")

    assert leaves("alice") == first
    assert len(set(first)) == 3


@pytest.mark.parametrize(
    ("phases", "told"),
    [
        pytest.param(
            {"state": "RUNING"}, {"body.state": "did you mean 'RUNNING'"}, id="an unknown state"
        ),
        pytest.param(
            [{"state": "DONE"}, {"stat": "DONE"}, {"state": "RUNNING", "polls": 0}],
            {
                "body[1].stat": "did you mean 'state'",
                "body[2].polls": "expected at least 1",
            },
            id="several at once",
        ),
        pytest.param([], {"body": "expected at least one"}, id="no phase"),
        pytest.param(5, {"body": "expected"}, id="no phase but a number"),
        pytest.param([3], {"body[0]": "expected a mapping"}, id="no phase in the list"),
        pytest.param(
            {"state": "RUNNING", "until": {"track": "box"}},
            {},
            id="a wait for a track that the job lacks counts as ended",
        ),
    ],
)
def test_phases_that_make_no_sense_are_refused_all_problems_at_once(tester, phases, told):
    toy = tester.submit()
    if not told:
        tester.put(f"/_mock/jobs/{toy}/tracks/toy", phases)
        return

    problem = tester.refused(422, "PUT", f"/_mock/jobs/{toy}/tracks/toy", json=phases)

    found = {error["where"]: error["what"] for error in problem["errors"]}
    assert set(found) == set(told)
    assert all(text in found[where] for where, text in told.items())
    assert tester.job(toy)["state"] == "QUEUED"


@pytest.mark.parametrize(
    ("error", "where"),
    [
        pytest.param(
            ScriptError("nothing follows DONE", at=(1, "state")), "body[1].state", id="where"
        ),
        pytest.param(ValueError("nothing follows DONE"), "body", id="somewhere"),
    ],
)
def test_what_only_the_service_finds_wrong_is_told_too(server, error, where):
    def place(placing):
        raise error

    tester = server(services={"toy": replace(SERVICE, place=place)})
    toy = tester.submit()

    problem = tester.refused(422, "PUT", f"/_mock/jobs/{toy}/tracks/toy", json=[{}, {}])

    assert problem["where"] == where
    assert problem["errors"][0]["what"] == "nothing follows DONE"


def test_phases_that_only_fit_one_by_one_are_told_once(server):
    def place(placing):
        if len(placing.raw) > 1:
            raise ValueError("nothing follows DONE")
        return SERVICE.place(placing)

    tester = server(services={"toy": replace(SERVICE, place=place)})
    toy = tester.submit()
    phases = [{"state": "DONE"}, {"state": "RUNNING"}]

    problem = tester.refused(422, "PUT", f"/_mock/jobs/{toy}/tracks/toy", json=phases)

    assert problem["errors"] == [{"where": "body", "what": "nothing follows DONE"}]


def test_what_is_wrong_by_itself_is_told_before_what_is_wrong_in_its_place(server):
    def place(placing):
        if placing.raw[0].get("state") == "DONE":
            raise ValueError("nothing is DONE at once")
        return SERVICE.place(placing)

    tester = server(services={"toy": replace(SERVICE, place=place)})
    toy = tester.submit()
    phases = [{"state": "RUNNING", "polls": 0}, {"state": "DONE"}]

    problem = tester.refused(422, "PUT", f"/_mock/jobs/{toy}/tracks/toy", json=phases)

    assert [error["where"] for error in problem["errors"]] == ["body[0].polls"]


def test_a_circle_of_waits_is_refused_naming_the_tracks(tester):
    toy = tester.submit("waits")
    phase = [{"state": "RUNNING", "until": {"track": "toy"}}, {"state": "DONE"}]

    problem = tester.refused(422, "PUT", f"/_mock/jobs/{toy}/tracks/box", json=phase)

    assert "box" in problem["detail"]
    assert "toy" in problem["detail"]


def test_a_track_that_the_job_lacks_is_not_found(tester):
    toy = tester.submit("waits")

    problem = tester.refused(404, "PUT", f"/_mock/jobs/{toy}/tracks/lid", json={"state": "DONE"})

    assert problem["detail"] == "the job has no track 'lid'; it has toy, box"


# The end.


def test_a_deleted_job_is_gone_for_its_client_but_its_history_stays(tester):
    toy = tester.submit()

    tester.delete(f"/_mock/jobs/{toy}")
    tester.delete(f"/_mock/jobs/{toy}")

    assert tester.send("GET", f"/toy/toys/{toy}").status_code == 404
    assert tester.job(toy)["gone"] == {"why": "deleted", "at": "2026-01-01T00:00:00Z"}


def test_nothing_can_be_done_to_a_job_that_is_gone(tester):
    toy = tester.submit("expiring")
    tester.advance("1h")

    assert tester.job(toy)["gone"] == {"why": "expired", "at": "2026-01-01T01:00:00Z"}
    for method, path, body in (
        ("POST", "signals", {"signal": "fail"}),
        ("PUT", "tracks/toy", {"state": "DONE"}),
    ):
        problem = tester.refused(409, method, f"/_mock/jobs/{toy}/{path}", json=body)
        assert problem["detail"] == f"job {toy} is gone: it has expired"


def test_a_job_that_was_never_started_says_so(tester):
    toy = tester.submit(slow=True)
    tester.advance("1h")

    problem = tester.refused(409, "POST", f"/_mock/jobs/{toy}/signals", json={"signal": "fail"})
    assert problem["detail"] == f"job {toy} is gone: it was never started, and dropped"
