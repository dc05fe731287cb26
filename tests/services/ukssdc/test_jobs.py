"""Submitting, polling, cancelling and listing jobs, as any client would over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from counting import calls

from mockstatus.services.ukssdc import SERVICE

if TYPE_CHECKING:
    from conftest import Mock

WRONG = "There were problems with the parameters you supplied."


def entry(code: int | None, text: str) -> dict[str, Any]:
    return {"statusCode": code, "statusText": text, "progress": {"GotProgress": 0}}


# Submitting.


def test_a_submission_answers_an_id_and_a_place(mock: Mock):
    document = mock.ask("LightCurve")

    assert list(document) == ["OK", "URL", "JobID", "APIVersion", "jobPars"]
    assert document["OK"] == 1
    assert document["JobID"].isdigit()
    assert 310_000 < int(document["JobID"]) <= 330_001
    assert document["URL"] == f"{mock.base}/user_objects/tprods/USERPROD_{document['JobID']}"
    assert document["APIVersion"] == 1.12


def test_ids_count_up(mock: Mock):
    first, second = int(mock.submit("Image")), int(mock.submit("Image"))

    assert second == first + 1


def test_ids_depend_on_the_seed_and_the_sandbox_alone(server):
    assert server.mock("ids").submit("Image") == server.mock("ids").submit("Image")
    assert server.mock("ids").submit("Image") != server.mock("other-ids").submit("Image")


@pytest.mark.parametrize("user", ["unregistered@x.org", "unregistered.too@mount.doom"])
def test_an_address_that_nobody_registered_is_refused_everywhere(mock: Mock, user: str):
    text = f"The user `{user}` is not recognised / validated"
    job = mock.submit("Image")

    assert mock.ask("Image", UserID=user) == {
        "OK": 0,
        "ERROR": text,
        "APIVersion": 1.12,
        "listErr": [],
    }
    for file in ("getNumJobs.php", "listOldJobs.php"):
        assert mock.post(file, user=user) == {"OK": 0, "ERROR": text, "APIVersion": 1.12}
    assert mock.post("checkProductStatus.php", user=user, JobID=job)["ERROR"] == text


def test_which_addresses_are_registered_is_an_option(mock: Mock):
    mock.options(registered=["!evil@*", "*@x.org"])

    assert mock.ask("Image")["OK"] == 1
    assert mock.ask("Image", UserID="evil@x.org")["OK"] == 0
    assert mock.ask("Image", UserID="me@y.org")["OK"] == 0


@pytest.mark.parametrize("user", [None, "", 5])
def test_who_asks_must_be_told(mock: Mock, user: object):
    document = mock.ask("Image", UserID=user)

    assert document["ERROR"] == WRONG
    assert document["listErr"] == [
        {
            "label": "The following parameters are needed, but were not supplied:",
            "list": ["UserID"],
        }
    ]


def test_parameters_that_lack_or_are_wrong_are_listed(mock: Mock):
    document = mock.ask("LightCurve", binMeth="time", poserr=0.01)

    assert document == {
        "OK": 0,
        "ERROR": WRONG,
        "APIVersion": 1.12,
        "listErr": [
            {
                "label": "The following parameters are needed, but were not supplied:",
                "list": ["pcbin", "wtbin"],
            },
            {
                "label": "The following parameters have invalid values:",
                "list": ["poserr is 0.01, but must be between 1 and 6"],
            },
        ],
    }


def test_a_submission_of_no_product_is_refused(mock: Mock):
    assert mock.ask()["ERROR"] == "You have not requested any products"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"1", b'"x"', b'{"a":' * 70 + b"1" + b"}" * 70, b"\xff", b"UserID=me"],
)
def test_what_is_no_json_object_is_answered_as_an_error(mock: Mock, body: bytes):
    for file in ("run_userobject.php", "getNumJobs.php"):
        answer = mock.call("POST", f"/user_objects/{file}", content=body)

        assert answer.status_code == 200
        assert answer.json()["ERROR"] == "Unable to parse the JSON you supplied"
        assert answer.json()["APIVersion"] == 1.12


def test_the_content_type_of_a_request_does_not_matter(mock: Mock):
    answer = mock.call(
        "POST",
        "/user_objects/getNumJobs.php",
        content=b'{"UserID": "me@x.org"}',
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert answer.json() == {"OK": 1, "APIVersion": 1.12, "numJobs": 0}


def test_there_is_a_limit_on_active_jobs_of_one_address(mock: Mock):
    mock.options(max_active_jobs=2)
    for _ in range(2):
        mock.submit("Image")

    assert mock.ask("Image") == {
        "OK": 0,
        "ERROR": "You already have 2 jobs in the queue; the maximum is 2",
        "APIVersion": 1.12,
        "listErr": [],
    }
    assert mock.ask("Image", UserID="you@x.org")["OK"] == 1
    mock.advance("10m")
    assert mock.ask("Image")["OK"] == 1


@pytest.mark.parametrize(
    ("what", "fields", "text"),
    [
        ("coords", {"getCoords": 1}, "Could not resolve the name GRB 200416A"),
        ("targets", {"getTargs": 1}, "Could not determine the target IDs"),
        ("T0", {"getT0": 1}, "Could not determine T0"),
    ],
)
def test_what_the_service_cannot_find_is_for_the_scenario_to_say(
    mock: Mock, what: str, fields: dict[str, int], text: str
):
    scenario = mock.scenario(unresolved=[what])

    assert mock.ask("Image", scenario=scenario, **fields)["ERROR"] == text
    assert mock.ask("Image", scenario=scenario)["OK"] == 1
    assert mock.ask("Image", **fields)["OK"] == 1


def test_a_target_that_is_named_so_chooses_a_scenario(mock: Mock):
    name = mock.scenario({"default": [{"code": -1}]}).removeprefix("ukssdc/")

    job = mock.submit("Image", name=f"GRB 200416A mock:{name}")

    assert mock.code(job, "image") == -1
    assert "there is no scenario" in mock.ask("Image", name="mock:nothing")["ERROR"]


def test_a_scenario_may_match_fields_of_a_submission(mock: Mock):
    mock.scenario(
        {"default": [{"code": -2}]}, match={"name": "GRB*", "models": "apec,*", "poserr": "3"}
    )

    job = mock.submit("Spectrum", models=["apec", "powerlaw"], poserr=3)

    assert mock.code(job, "spec") == -2
    assert mock.code(mock.submit("Spectrum", poserr=3), "spec") == 1


def test_a_scenario_may_refuse_a_submission_with_lists(mock: Mock):
    lists = [{"label": "these:", "list": ["RA"]}]
    scenario = mock.scenario(submit={"refuse": "Not for {UserID}", "listErr": lists})

    assert mock.ask("Image", scenario=scenario) == {
        "OK": 0,
        "ERROR": "Not for me@x.org",
        "APIVersion": 1.12,
        "listErr": lists,
    }
    assert mock.post("getNumJobs.php")["numJobs"] == 0


# Polling.


def test_products_go_through_their_codes_side_by_side(mock: Mock):
    job = mock.submit("LightCurve", "Image")

    assert mock.codes(job, "lc,image") == {"lc": 1, "image": 1}
    mock.advance("5s")
    assert mock.codes(job, "lc,image") == {"lc": 2, "image": 2}
    mock.advance("1m")
    assert mock.codes(job, "lc,image") == {"lc": 3, "image": 3}
    mock.advance("4m")
    assert mock.codes(job, "lc,image") == {"lc": 4, "image": 4}


def test_a_status_answer_has_the_products_the_id_as_a_number_and_the_envelope(mock: Mock):
    job = mock.submit("LightCurve")

    document = mock.status(job)

    assert list(document.items()) == [
        ("lc", entry(1, "Requested")),
        ("OK", 1),
        ("JobID", int(job)),
        ("APIVersion", 1.12),
    ]
    assert mock.status(int(job)) == document  # type: ignore[arg-type]  # clients send both


@pytest.mark.parametrize("wire", ["psf", "none", "OK"])
def test_a_product_that_is_no_part_of_the_job_has_no_code(mock: Mock, wire: str):
    document = mock.status(mock.submit("LightCurve"), f"lc,{wire}")

    if wire == "OK":
        assert document["OK"] == 1
    else:
        assert document[wire] == entry(None, "Unknown status")
    assert document["lc"]["statusCode"] == 1


def test_progress_is_told_of_the_products_asked_about(mock: Mock):
    job = mock.submit(
        "LightCurve", "Image", scenario=mock.scenario({"default": [{"code": 3, "for": "4m"}]})
    )

    document = mock.status(job, "lc,image", whatProg="image")
    assert document["lc"]["progress"] == {"GotProgress": 0}
    assert document["image"]["progress"]["GotProgress"] == 1
    without = mock.post("checkProductStatus.php", JobID=job, what="image")
    assert without["image"]["progress"] == {"GotProgress": 0}


def test_the_time_running_counts_from_the_start_of_the_work_of_each_product(mock: Mock):
    scenario = mock.scenario(
        {
            "LightCurve": [
                {"code": 1, "for": "1m"},
                {"code": 3, "for": "30s"},
                {"omitted": True, "for": "10s"},
                {"code": 3, "heading": "Again", "for": "5m"},
            ],
            "Image": [{"code": 2, "for": "100s"}, {"code": 3}],
        }
    )
    job = mock.submit("LightCurve", "Image", scenario=scenario)
    mock.advance("108s")

    document = mock.status(job, "lc,image")

    assert document["lc"]["progress"]["TimeRunning"] == "00:00:48"
    assert document["lc"]["progress"]["PreProgress"] == "Again"
    assert document["image"]["progress"]["TimeRunning"] == "00:00:08"


def test_a_script_may_give_the_text_and_the_whole_progress(mock: Mock):
    tree = {"GotProgress": 1, "ProgressSteps": [{"StepLabel": "Cook.", "StepStatus": 1}]}
    phase = {"code": 3, "text": "Busy", "progress": tree}
    job = mock.submit("Image", scenario=mock.scenario({"Image": [phase]}))

    assert mock.status(job, "image")["image"] == {
        "statusCode": 3,
        "statusText": "Busy",
        "progress": tree,
    }


def test_polls_move_a_counted_phase_and_its_progress(mock: Mock):
    scenario = mock.scenario({"Image": [{"code": 3, "polls": 3}, {"code": 4}]})
    job = mock.submit("Image", "LightCurve", scenario=scenario)

    def active() -> str:
        steps = mock.status(job, "image")["image"]["progress"]["ProgressSteps"]
        return str(next(step["StepLabel"] for step in steps if step["StepStatus"] == 1))

    assert active() == "Collect data."
    mock.status(job, "lc")  # does not count for the image
    assert active() == "Creating images."
    assert active() == "Creating exposure map."
    assert mock.code(job, "image") == 4


def test_a_product_that_is_left_out_goes_by_its_code_elsewhere(mock: Mock):
    scenario = mock.scenario({"Image": [{"code": 4, "for": "1m"}, {"omitted": True}]})
    job = mock.submit("Image", "LightCurve", scenario=scenario)
    mock.advance("2m")

    assert mock.codes(job, "lc,image") == {"lc": 3}
    assert mock.position(job).tracks["Image"].phase.state == "4"
    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 200
    assert mock.cancel(job, "image")["statusCodes"] == {"image": 1}


def test_a_position_waits_for_the_standard_one_and_corrects_it(mock: Mock):
    wait = {"track": "StandardPos", "failed": {"code": -3}}
    scenario = mock.scenario(
        {
            "StandardPos": [{"code": 3, "for": "1m"}, {"code": 4}],
            "AstromPos": [{"code": 5, "until": wait}, {"code": 3, "for": "1m"}, {"code": 4}],
        }
    )
    job = mock.submit("AstromPos", scenario=scenario)

    assert mock.status(job, "xastrom")["xastrom"] == entry(5, "Waiting for the standard position")
    mock.advance("1m")
    assert mock.codes(job, "psf,xastrom") == {"psf": 4, "xastrom": 3}
    mock.advance("1m")
    assert mock.code(job, "xastrom") == 4


def test_a_position_is_not_built_if_the_standard_one_is_not_or_is_cancelled(mock: Mock):
    job = mock.submit("AstromPos")
    mock.advance("65s")

    assert mock.codes(job, "psf,xastrom") == {"psf": 3, "xastrom": 5}
    mock.cancel(job, "psf")
    assert mock.codes(job, "psf,xastrom") == {"psf": -4, "xastrom": -3}


@pytest.mark.parametrize(
    ("job", "user", "text"),
    [
        ("{job}", "frodo@mount.doom", "Job {job} is not owned by user frodo@mount.doom"),
        ("147", "me@x.org", "Job 147 is not owned by user me@x.org"),
        (147, "me@x.org", "Job 147 is not owned by user me@x.org"),
        ("x", "me@x.org", "Job x is not owned by user me@x.org"),
        (True, "me@x.org", "Job True is not owned by user me@x.org"),
        (1.5, "me@x.org", "Job 1.5 is not owned by user me@x.org"),
    ],
)
@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("checkProductStatus.php", "JobID"),
        ("canceljob.php", "JobID"),
        ("getOldProduct.php", "oldJob"),
        ("tprods/getPSFPos.php", "JobID"),
    ],
)
def test_a_job_is_its_owners_alone(mock: Mock, file, name, job, user, text):
    own = mock.submit("Image")
    asked = own if job == "{job}" else job

    document = mock.post(file, user=user, what="image", **{name: asked})

    assert document == {"OK": 0, "ERROR": text.format(job=own), "APIVersion": 1.12}


@pytest.mark.parametrize("missing", ["JobID", "what"])
def test_a_call_about_a_job_needs_its_parameters(mock: Mock, missing: str):
    fields = {"JobID": mock.submit("Image"), "what": "image"}
    del fields[missing]

    for file in ("checkProductStatus.php", "canceljob.php"):
        document = mock.post(file, **fields)
        assert document["ERROR"] == WRONG
        assert document["listErr"][0]["list"] == [missing]


def test_a_job_that_is_gone_is_nobodys(mock: Mock):
    job = mock.submit("Image", scenario=mock.scenario(expires={"after": "1m"}))
    mock.advance("1m")

    assert "is not owned" in mock.status(job, "image")["ERROR"]
    assert mock.post("listOldJobs.php")["jobs"] == []
    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 404
    assert mock.get(f"USERPROD_{job}").status_code == 404
    assert SERVICE.state(mock.job(job), mock.position(job)) == "expired"


def test_a_poll_counts_once_and_failed_ones_do_not(mock: Mock):
    job = mock.submit("Image")

    mock.status(job, "image")
    mock.post("checkProductStatus.php", user="you@x.org", JobID=job, what="image")
    mock.cancel(job, "image")

    assert mock.position(job).polls == 1


# Cancelling.


def test_a_cancel_tells_of_each_product(mock: Mock):
    scenario = mock.scenario({"LightCurve": [{"code": 4}]})
    job = mock.submit("LightCurve", "StandardPos", scenario=scenario)

    assert mock.cancel(job, "lc,psf,image,none") == {
        "JobID": int(job),
        "OK": 2,
        "APIVersion": 1.12,
        "status": {
            "lc": "Job could not be cancelled - has it already finished?",
            "psf": "Job cancelled OK",
            "image": "No record of this product for this job",
            "none": "No record of this product for this job",
        },
        "statusCodes": {"lc": 1, "psf": 0, "image": 2, "none": 2},
    }
    assert mock.status(job, "psf")["psf"] == entry(-4, "Cancelled at your request")


def test_a_cancel_of_everything_is_ok_1_and_a_second_one_is_too_late(mock: Mock):
    job = mock.submit("LightCurve", "Image")

    assert mock.cancel(job, "lc,image")["OK"] == 1
    second = mock.cancel(job, "lc,image")
    assert second["OK"] == 2
    assert second["statusCodes"] == {"lc": 1, "image": 1}


def test_other_products_go_on(mock: Mock):
    job = mock.submit("LightCurve", "Image")

    mock.cancel(job, "lc")
    mock.advance("10m")

    assert mock.codes(job, "lc,image") == {"lc": -4, "image": 4}


@pytest.mark.parametrize(
    ("rule", "code", "text"),
    [
        ("refuse", 1, "Job could not be cancelled - has it already finished?"),
        ({"code": 1}, 1, "Job could not be cancelled - has it already finished?"),
        ({"code": 3}, 3, "Job could not be cancelled"),
        ({"code": 4}, 4, "Could not determine whether the job was cancelled"),
    ],
)
def test_a_scenario_may_refuse_a_cancel(mock: Mock, rule: Any, code: int, text: str):
    job = mock.submit("Image", scenario=mock.scenario(cancel=rule))

    document = mock.cancel(job, "image")

    assert (document["OK"], document["statusCodes"], document["status"]) == (
        2,
        {"image": code},
        {"image": text},
    )
    assert mock.code(job, "image") == 1


@pytest.mark.parametrize(("rule", "code"), [({"lag": "30s"}, 0), ({"code": 4, "lag": "30s"}, 4)])
def test_a_cancel_may_take_a_while(mock: Mock, rule: Any, code: int):
    scenario = mock.scenario({"Image": [{"code": 3, "for": "5m"}, {"code": 4}]}, cancel=rule)
    job = mock.submit("Image", scenario=scenario)

    assert mock.cancel(job, "image")["statusCodes"] == {"image": code}
    assert mock.code(job, "image") == 3
    assert mock.cancel(job, "image")["statusCodes"] == {"image": 1}
    mock.advance("30s")
    assert mock.code(job, "image") == -4


# The tester's hand.


def test_a_track_can_be_put_into_any_phase_raw_progress_included(mock: Mock):
    job = mock.submit("Image")
    tree = {"GotProgress": 1, "TimeRunning": "99:00:00"}

    mock.put(job, "Image", {"code": 3, "progress": tree})
    assert mock.status(job, "image")["image"]["progress"] == tree
    mock.put(job, "Image", {"omitted": True, "for": "5s"}, {"code": 2})
    assert mock.codes(job, "image") == {}
    mock.advance("5s")
    assert mock.code(job, "image") == 2


@pytest.mark.parametrize("how", ["scripted", "put"])
@pytest.mark.parametrize("code", [3, 4])
def test_the_poll_that_wakes_a_job_costs_the_same_whatever_it_slept_through(
    mock: Mock, how: str, code: int
):
    def waking(number: int) -> int:
        story = [*[{"code": code, "for": "1s"}] * number, {"code": code}]
        name = mock.scenario({"LightCurve": story if how == "scripted" else [{"code": code}]})
        job = mock.submit("LightCurve", scenario=name)
        if how == "put":
            mock.put(job, "LightCurve", *story)
        mock.advance(f"{number}s")
        return calls(lambda: mock.code(job))

    waking(1)  # what is done once in a process

    assert waking(500) <= waking(1) + 20


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        ([{"code": 4}, {"code": 3}], "cannot follow"),
        ([{"code": 5}], "only AstromPos"),
        ([{"code": 3, "stage": "Cook."}], "unknown stage"),
    ],
)
def test_phases_that_no_story_has_cannot_be_put(mock: Mock, phases: list[Any], message: str):
    job = mock.submit("Image")

    with pytest.raises(ValueError, match=message):
        mock.put(job, "Image", *phases)


def test_in_an_unlikely_story_anything_can_be_put(mock: Mock):
    job = mock.submit("Image", scenario=mock.scenario(unlikely=True))

    mock.put(job, "Image", {"code": 4, "for": "1s"}, {"code": 6})
    mock.advance("1s")

    assert mock.status(job, "image")["image"] == entry(6, "Unknown status")


@pytest.mark.parametrize(
    ("signal", "code"), [("fail", -3), ("complete", 4), ("cancel", -4), ("expire", None)]
)
def test_signals_take_a_product_to_the_end_of_their_kind(mock: Mock, signal: str, code: int | None):
    job = mock.submit("Image")

    mock.sandbox.signal(mock.job(job), signal)

    if code is None:
        assert "is not owned" in mock.status(job, "image")["ERROR"]
    else:
        assert mock.code(job, "image") == code


# A user's jobs.


def test_jobs_are_counted_while_any_product_is_under_way(mock: Mock):
    first = mock.submit("Image", "LightCurve")
    mock.submit("Image")
    mock.submit("Image", UserID="you@x.org")

    assert mock.post("getNumJobs.php") == {"OK": 1, "APIVersion": 1.12, "numJobs": 2}
    mock.cancel(first, "image")
    assert mock.post("getNumJobs.php")["numJobs"] == 2
    mock.cancel(first, "lc")
    assert mock.post("getNumJobs.php")["numJobs"] == 1
    mock.advance("10m")
    assert mock.post("getNumJobs.php")["numJobs"] == 0


def test_a_job_that_the_tester_revives_counts_again_once_a_call_was_about_it(mock: Mock):
    job = mock.submit("Image")
    mock.cancel(job, "image")
    assert mock.post("getNumJobs.php")["numJobs"] == 0

    mock.put(job, "Image", {"code": 3})
    mock.status(job, "image")

    assert mock.post("getNumJobs.php")["numJobs"] == 1


def test_jobs_are_listed_newest_first_with_their_products(mock: Mock):
    older = mock.submit("LightCurve", "SourceDet", name="Crab")
    mock.advance("90s")
    newer = mock.submit("AstromPos", name="Vela")
    mock.submit("Image", UserID="you@x.org")

    jobs = mock.post("listOldJobs.php")["jobs"]

    assert jobs == [
        {
            "JobID": int(newer),
            "Name": "Vela",
            "DateSubmitted": "2026-01-01 00:01:30",
            "LightCurve": False,
            "Spectrum": False,
            "StandardPos": True,
            "EnhancedPos": False,
            "AstromPos": True,
            "Image": False,
            "hasProd": True,
        },
        {
            "JobID": int(older),
            "Name": "Crab",
            "DateSubmitted": "2026-01-01 00:00:00",
            "LightCurve": True,
            "Spectrum": False,
            "StandardPos": False,
            "EnhancedPos": False,
            "AstromPos": False,
            "Image": False,
            "hasProd": True,
        },
    ]


def test_an_old_job_tells_its_parameters_and_its_place(mock: Mock):
    submitted = mock.ask("LightCurve")
    job = submitted["JobID"]

    for asked in (job, int(job)):
        document = mock.post("getOldProduct.php", oldJob=asked)
        assert list(document) == ["oldJob", "jobPars", "URL", "APIVersion", "OK"]
        assert document["oldJob"] == int(job)
        assert document["jobPars"] == submitted["jobPars"]
        assert document["URL"] == submitted["URL"]
    assert mock.post("getOldProduct.php")["listErr"][0]["list"] == ["oldJob"]


def test_users_are_found_again_in_a_sandbox_that_lost_its_index(mock: Mock):
    mock.submit("Image")
    mock.sandbox.stash.clear()

    assert mock.post("getNumJobs.php")["numJobs"] == 1
    assert len(mock.post("listOldJobs.php")["jobs"]) == 1


def test_jobs_that_the_sandbox_forgot_are_swept_out(mock: Mock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mockstatus.services.ukssdc.users._SPARE", 0)
    mine = mock.submit("Image")
    for number in range(3):
        mock.submit("Image", UserID=f"user{number}@x.org")
    for job in list(mock.sandbox.jobs()):
        if job.id != mine:
            mock.sandbox.forget(job)
    for _ in range(3):
        mock.submit("Image")

    users = mock.sandbox.stash["ukssdc"]
    assert len([*users.jobs("me@x.org")]) == 4
    assert [*users.jobs("user1@x.org")] == []
    assert set(users._jobs) <= {"me@x.org", "user0@x.org", "user1@x.org", "user2@x.org"}
    assert users._kept <= 2 * len(mock.sandbox) + 1


def test_a_user_s_forgotten_jobs_are_not_kept_among_those_that_may_be_active(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("mockstatus.services.ukssdc.users._SPARE", 0)
    mine = mock.submit("Image")

    for _ in range(20):
        mock.sandbox.forget(mock.job(mock.submit("Image")))

    users = mock.sandbox.stash["ukssdc"]
    assert len(users._active["me@x.org"]) <= 4
    assert users.active("me@x.org") == 1
    assert [job.id for job in users.jobs("me@x.org")] == [mine]


def test_a_sandbox_that_is_only_looked_at_stays_unborn(server):
    mock = server.mock()
    mock.base = "http://mock/~never-kept/ukssdc"

    assert mock.post("getNumJobs.php")["numJobs"] == 0
    assert mock.ask("Image", name="mock:nothing")["OK"] == 0
    assert "never-kept" not in mock.app.world.sandboxes.names()
