"""The real client swifttools 4.0.5, unmodified: submitting, polling, cancelling, listing.

Each row of the UKSSDC wire notes, 7 ("what a client test wants to provoke"), and the dialogues of
9 as far as they are about jobs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest

from mockstatus.server import ThreadServer

if TYPE_CHECKING:
    from conftest import Client

pytestmark = pytest.mark.filterwarnings(
    "ignore:distutils Version classes are deprecated:DeprecationWarning"
)

ALL_FIVE = ("LightCurve", "Spectrum", "StandardPos", "EnhancedPos", "AstromPos")
TEXT_A = (
    "The server return does not confirm to the expected JSON structure; do you need do update"
    " this module?"
)
NO_INFORMATION = "No progress information available"

# Seed 002, `print (prodStatus['EnhancedPos']['progressText'])`, character by character.
SEED_TEXT = """\
Trying using the <em>v,b,white</em> filters:
  Identify XRT-UVOT overlaps. - DONE
  ** Determine position. - ACTIVE -- Working on overlap 1 / 1**
  Build Images.

The job has been running for 00:00:08
"""


def story(client: Client, phases: dict[str, Any] | None = None, **more: Any) -> str:
    return client.mock.scenario(phases, **more).removeprefix("ukssdc/")


def struck(client: Client, operation: str, **effect: Any) -> str:
    """A story with a fault on this operation."""
    return story(client, faults=[{"operation": operation, "effect": effect}])


def test_the_client_is_the_one_that_the_wire_notes_are_about(client: Client):
    assert version("swifttools") == "4.0.5"
    assert client.module.XRTProductRequest._apiVer == "1.12"


# Submitting.


def test_a_submission_is_accepted_and_the_request_updates_itself_without_a_warning(client: Client):
    # Warnings are errors here: the one about the update would end this test.
    request = client.request(
        *ALL_FIVE,
        "Image",
        "SourceDet",
        targ=None,
        getTargs=True,
        centMeth="simple",
        T0=608713541.952,
        posRadius=30,
    )
    request.setSpectrumPars(galactic=True, models=["powerlaw", "apec"])
    request.setAstromPosPars(useAllObs=True)
    request.setImagePars(energies="0.3-10,1-4")
    request.setSourceDetPars(whichBands="all", fitStrayLight=True)

    assert request.submit()

    # UKSSDC wire notes, 9.1: what it sends.
    (sent,) = client.asked()
    assert sent | {"api_name": "xrt_prods", "api_version": "1.12"} == sent
    assert sent["doxastrom"] == 1
    assert request.JobID.isdigit()
    assert request.status == (1, "Request submitted")
    assert request.URL.endswith(f"/user_objects/tprods/USERPROD_{request.JobID}")
    pars = request.getAllPars()
    assert pars["targ"] == "00966554"
    assert "getTargs" not in pars
    assert (pars["maxCentTries"], pars["pcPupRate"]) == (10, 0.6)
    assert pars["LightCurve"]["whichData"] == "all"
    assert pars["LightCurve"]["minEnergy"] == 0.3
    assert pars["Spectrum"]["models"] == ["powerlaw", "apec"]
    assert pars["AstromPos"]["useAllObs"] is True
    assert pars["SourceDet"]["whichBands"] == "all"


@pytest.mark.parametrize("product", [*ALL_FIVE, "Image", "SourceDet"])
def test_each_product_alone_is_accepted_and_updated(client: Client, product: str):
    request = client.submitted(product, RA=None, Dec=None, getCoords=True, getT0=True)

    assert (request.getGlobalPars("RA"), request.getGlobalPars("T0")) == (335.6985, 608713541.952)
    with pytest.raises(RuntimeError, match="already been submitted"):
        request.submit()


def test_a_request_that_was_submitted_can_be_a_template(client: Client):
    first = client.submitted(*ALL_FIVE)

    again = client.request()
    again.setFromJSON(first.subRetData["jobPars"], fromServer=True)

    assert again.submit()
    assert again.getAllPars() == first.getAllPars()


def test_an_address_that_is_not_registered(client: Client):
    request = client.request("Image", user="unregistered@x.org")

    assert request.submit() is False
    assert request.submitError == ("The user `unregistered@x.org` is not recognised / validated \n")
    assert request.statusCode == 3


def test_bad_parameters_are_listed_under_their_python_names(client: Client):
    request = client.request("LightCurve")
    request.setLightCurvePars(binMeth="time")

    assert request.submit() is False
    # UKSSDC wire notes, 9.2, word for word.
    assert request.submitError == (
        "There were problems with the parameters you supplied. \n"
        "The following parameters are needed, but were not supplied: \n"
        "* LightCurve: pcBinTime\n * LightCurve: wtBinTime\n "
    )


def test_a_bad_value_is_told_under_its_python_name_and_may_be_corrected(client: Client):
    request = client.request("Image", posErr=0.01)

    assert request.submit() is False
    assert "* posErr is 0.01, but must be between 1 and 6\n" in request.submitError
    request.setGlobalPars(posErr=2)
    assert request.submit()


def test_too_many_jobs(client: Client):
    client.mock.options(max_active_jobs=1)
    client.submitted("Image")

    request = client.request("Image")

    assert request.submit() is False
    assert request.submitError == "You already have 1 jobs in the queue; the maximum is 1 \n"


@pytest.mark.parametrize("name", ["unregistered", "too-many-jobs"])
def test_a_shipped_refusal_is_chosen_by_the_targets_name(client: Client, name: str):
    assert client.request("Image", name=f"GRB mock:{name}").submit() is False


def test_the_next_jobs_play_what_is_queued(client: Client):
    client.mock.sandbox.queues.add("ukssdc", "ukssdc/request-failed")
    client.mock.sandbox.defaults["ukssdc"] = "ukssdc/queue-failed"

    codes = []
    for request in (client.submitted("Image"), client.submitted("Image")):
        time.sleep(5)
        codes.append(request.checkProductStatus()["Image"]["statusCode"])

    assert codes == [-1, -2]


@pytest.mark.parametrize("key", ["URL", "JobID", "jobPars"])
def test_an_answer_that_lacks_a_key(client: Client, key: str):
    request = client.request("Image", name=f"mock:{struck(client, 'submit', omit=[key])}")

    assert request.submit() is False
    assert request.submitError.startswith("Several required properties were missing from the data")
    assert request.submitError.endswith(f"{key}\n")


def test_a_submission_that_ends_in_an_http_error(client: Client):
    request = client.request("Image", name=f"mock:{struck(client, 'submit', status=503)}")

    assert request.submit() is False
    assert request.submitError == (
        "An HTTP error occured - HTTP return code 503: Service Unavailable"
    )


@pytest.mark.parametrize("key", ["OK", "APIVersion"])
def test_an_answer_without_its_envelope(client: Client, key: str):
    request = client.request("Image", name=f"mock:{struck(client, 'submit', omit=[key])}")

    with pytest.raises(RuntimeError) as error:
        request.submit()
    assert str(error.value) == TEXT_A


def test_a_page_in_place_of_json(client: Client):
    page = struck(client, "submit", status=200, body="<html></html>", content_type="text/html")

    with pytest.raises(json.JSONDecodeError):
        client.request("Image", name=f"mock:{page}").submit()


def test_an_illegal_value_in_the_echo_is_warned_of(client: Client):
    scenario = struck(client, "submit", set={"jobPars.lcobs": 0})
    request = client.request("LightCurve", name=f"mock:{scenario}")

    with pytest.warns(UserWarning, match="an error occured updating the parameters"):
        assert request.submit()


def test_a_newer_version_is_warned_of(client: Client):
    with pytest.warns(UserWarning, match=r"version 1\.12 .* latest version is 1\.13"):
        client.submitted("Image", scenario="new-api-version")


def test_a_deprecation_is_warned_of_once(client: Client):
    with pytest.warns(UserWarning, match="will be switched off"):
        request = client.submitted("Image", scenario="deprecated")

    # Warnings are errors here: a second one would end this test.
    assert request.checkProductStatus()["Image"]["statusCode"] == 1


def test_an_unparsable_version(client: Client):
    client.mock.options(api_version="v1.12")

    with pytest.raises(ValueError, match="invalid version number"):
        client.request("Image").submit()


# Polling.


def test_a_client_that_sleeps_for_a_minute_at_a_time_sees_its_job_through(client: Client):
    request = client.submitted(*ALL_FIVE)
    seen = []

    while not request.complete:
        seen.append({name: one["statusCode"] for name, one in request.checkProductStatus().items()})
        time.sleep(60)

    assert request.status == (2, "Job finished, all products complete or failed")
    assert seen[0] == dict.fromkeys(ALL_FIVE, 1)
    assert {poll["AstromPos"] for poll in seen} >= {5, 3}
    final = request.checkProductStatus()
    assert {name: (one["statusCode"], one["statusText"]) for name, one in final.items()} == (
        dict.fromkeys(ALL_FIVE, (4, "Complete"))
    )
    assert {one["progressText"] for one in final.values()} == {NO_INFORMATION}
    with pytest.raises(RuntimeError, match="doesn't correspond to a running job"):
        request.cancelProducts()


def test_what_the_documentation_prints_is_what_the_client_prints(
    client: Client, capsys: pytest.CaptureFixture[str]
):
    request = client.submitted(*ALL_FIVE, scenario="documented-example")
    time.sleep(8)

    prod_status = request.checkProductStatus()
    for prod, status in prod_status.items():
        print(f"{prod} -> {status['statusText']}")  # noqa: T201  # as the documentation does
    for prod, status in prod_status.items():
        print(f"{prod} -> {status['statusCode']}")  # noqa: T201  # as the documentation does

    assert capsys.readouterr().out == (
        "LightCurve -> Running\nSpectrum -> Running\nStandardPos -> Running\n"
        "EnhancedPos -> Running\nAstromPos -> Running\n"
        "LightCurve -> 3\nSpectrum -> 3\nStandardPos -> 3\nEnhancedPos -> 3\nAstromPos -> 3\n"
    )
    assert prod_status["EnhancedPos"]["progressText"] == SEED_TEXT
    assert prod_status["Spectrum"]["progress"] == {
        "GotProgress": 1,
        "ProgressSteps": [
            {"StepLabel": "Prepare data.", "StepStatus": 2},
            {
                "StepLabel": "Build spectra.",
                "StepStatus": 1,
                "StepExtra": "Working on spectrum: interval0 (1/1)",
                "SubStep": [
                    {
                        "StepLabel": "Extract data.",
                        "StepStatus": 1,
                        "StepExtra": "Working on observation 1 / 1",
                    },
                    {"StepLabel": "Fit spectrum.", "StepStatus": 0},
                ],
            },
        ],
        "TimeRunning": "00:00:08",
    }
    # UKSSDC wire notes, 9.3.
    assert prod_status["Spectrum"]["progressText"] == (
        "  Prepare data. - DONE\n"
        "  ** Build spectra. - ACTIVE -- Working on spectrum: interval0 (1/1)**\n"
        "    ** Extract data. - ACTIVE -- Working on observation 1 / 1**\n"
        "    Fit spectrum.\n\nThe job has been running for 00:00:08\n"
    )


def test_the_same_text_appears_without_any_script(client: Client):
    request = client.submitted("EnhancedPos")
    texts = set()
    for _ in range(80):
        time.sleep(1)
        texts.add(request.checkProductStatus()["EnhancedPos"]["progressText"])

    assert SEED_TEXT in texts


def test_each_poll_asks_for_all_products_and_their_progress(client: Client):
    request = client.submitted("Spectrum", "EnhancedPos")
    request.checkProductStatus()
    request.checkProductStatus(("EnhancedPos",))

    first, second = client.asked()[1:]
    # UKSSDC wire notes, 9.3.
    assert first == {
        "UserID": "me@x.org",
        "JobID": request.JobID,
        "what": "spec,enh",
        "whatProg": "spec,enh",
        "api_name": "xrt_prods",
        "api_version": "1.12",
    }
    assert second["what"] == "enh"


def test_waiting_and_queued_products_have_no_progress(client: Client):
    scenario = story(
        client, {"default": [{"code": 2}], "AstromPos": [{"code": 5, "until": "go"}, {"code": 3}]}
    )

    seen = client.submitted("AstromPos", "Image", scenario=scenario).checkProductStatus()

    assert seen["AstromPos"]["statusCode"] == 5
    assert seen["AstromPos"]["statusText"] == "Waiting for the standard position"
    assert seen["Image"]["statusCode"] == 2
    assert {one["progressText"] for one in seen.values()} == {NO_INFORMATION}


def test_running_without_progress_information(client: Client):
    request = client.submitted("Image", scenario="no-progress-information")
    time.sleep(60)

    seen = request.checkProductStatus()["Image"]

    assert (seen["statusCode"], seen["progressText"]) == (3, NO_INFORMATION)


def test_a_long_queue(client: Client):
    request = client.submitted("Image", scenario="long-queue")
    codes = []
    while not request.complete:
        codes.append(request.checkProductStatus()["Image"]["statusCode"])
        time.sleep(60)

    assert codes.count(2) == 180


def test_products_that_are_left_out_are_minus_ten(client: Client):
    phases = {"LightCurve": [{"code": 4}], "default": [{"omitted": True}]}
    request = client.submitted(
        "LightCurve", "StandardPos", "AstromPos", scenario=story(client, phases)
    )

    seen = request.checkProductStatus()

    assert seen["LightCurve"]["statusCode"] == 4
    # UKSSDC wire notes, 9.4.
    assert seen["StandardPos"] == {
        "statusCode": -10,
        "statusText": "The server did not return the status",
        "progress": {},
        "progressText": NO_INFORMATION,
    }
    assert seen["AstromPos"] == seen["StandardPos"]
    assert request.complete is False


def test_a_job_of_which_nothing_is_ever_told_is_never_complete(client: Client):
    request = client.submitted("Image", scenario="no-status")

    for _ in range(100):
        assert not request.complete
        time.sleep(3600)


@pytest.mark.parametrize("code", [-5, -4, -3, -2, -1, 4])
def test_a_job_is_complete_at_any_end(client: Client, code: int):
    phases = {"LightCurve": [{"code": 4}], "Image": [{"code": code}]}
    scenario = story(client, phases, unlikely=True)

    assert client.submitted("LightCurve", "Image", scenario=scenario).complete is True


@pytest.mark.parametrize("code", [0, 1, 2, 3, 5, 6])
def test_a_job_is_not_complete_at_any_other_code(client: Client, code: int):
    phases = {"LightCurve": [{"code": 4}], "AstromPos": [{"code": code}]}
    scenario = story(client, phases, unlikely=True)

    assert client.submitted("LightCurve", "AstromPos", scenario=scenario).complete is False


@pytest.mark.parametrize(
    ("scenario", "code", "text"),
    [
        ("request-failed", -1, "Internal error: could not be requested"),
        ("queue-failed", -2, "Internal error: could not be queued"),
        ("not-built", -3, "The product could not be built"),
        ("cancelled", -4, "Cancelled at your request"),
    ],
)
def test_complete_is_true_though_everything_failed(
    client: Client, scenario: str, code: int, text: str
):
    request = client.submitted("LightCurve", "Image", scenario=scenario)
    while not request.complete:
        time.sleep(60)

    for one in request.checkProductStatus().values():
        assert (one["statusCode"], one["statusText"]) == (code, text)
        assert one["progress"] == {"GotProgress": 0}


def test_the_astrometric_position_fails_with_the_standard_one(client: Client):
    request = client.submitted("AstromPos", "StandardPos", scenario="astrom-fails-with-standard")
    while not request.complete:
        time.sleep(10)

    seen = request.checkProductStatus()
    assert {name: one["statusCode"] for name, one in seen.items()} == {
        "AstromPos": -3,
        "StandardPos": -3,
    }


def test_an_http_error_while_polling(client: Client):
    request = client.submitted("Image", scenario="server-error")

    assert request.checkProductStatus()["Image"]["statusCode"] == 1
    assert request.checkProductStatus() == {
        "ERROR": "An HTTP error occured - HTTP return code 500: Internal Server Error"
    }
    assert request.complete is False
    assert request.checkProductStatus()["Image"]["statusCode"] == 1


def test_a_maintenance_page_while_polling(client: Client):
    request = client.submitted("Image", scenario="maintenance-page")

    assert not request.complete
    for _ in range(2):
        with pytest.raises(json.JSONDecodeError):
            _ = request.complete
    assert not request.complete


def test_a_job_that_is_lost_while_polling(client: Client):
    request = client.submitted("Image", scenario="lost-job")
    time.sleep(120)

    assert request.complete is False
    assert request.checkProductStatus() == {
        "ERROR": f"Job {request.JobID} is not owned by user me@x.org \n"
    }


def test_a_product_that_is_no_part_of_the_job_kills_the_client(client: Client):
    # UKSSDC wire notes, 3.2: documented as null, which 4.0.5 cannot read.
    request = client.request("Image", "StandardPos")
    request._status, request._submitted = 1, True
    request._jobID = client.submitted("Image").JobID

    with pytest.raises(TypeError):
        request.checkProductStatus()


def test_a_server_that_never_answers_hangs_the_client(client: Client):
    request = client.submitted("Image", scenario=struck(client, "status", delay="10m"))
    asked, ended = threading.Event(), []
    stop = client.mock.sandbox.listen(asked.set)
    with ThreadServer(client.mock.app) as other:
        name = client.mock.sandbox.name
        request._baseURL = f"{other.url}/~{name}/ukssdc/user_objects"

        def poll() -> None:
            try:
                request.checkProductStatus()
            except OSError as error:
                ended.append(error)

        thread = threading.Thread(target=poll)
        thread.start()
        assert asked.wait(timeout=60)
        assert thread.is_alive()
    stop()
    thread.join()
    assert ended, "only the end of the server ended the call"


# Cancelling.


def test_everything_can_be_cancelled(client: Client):
    request = client.submitted("LightCurve", "AstromPos")

    cancelled = {"code": 0, "text": "Job cancelled OK"}
    assert request.cancelProducts() == (1, {"LightCurve": cancelled, "AstromPos": cancelled})
    assert request.complete is True
    assert request.checkProductStatus()["LightCurve"]["statusText"] == "Cancelled at your request"


def test_a_cancel_asks_as_documented(client: Client):
    request = client.submitted("AstromPos", "Image")
    request.cancelProducts(("AstromPos",))

    # UKSSDC wire notes, 9.5.
    assert client.asked()[-1] == {
        "UserID": "me@x.org",
        "JobID": request.JobID,
        "what": "xastrom",
        "api_name": "xrt_prods",
        "api_version": "1.12",
    }


def test_one_product_was_finished_already(client: Client):
    request = client.submitted("LightCurve", "StandardPos", scenario="partial-cancel")
    time.sleep(60)

    # UKSSDC wire notes, 9.5: the client 4.0.5 says 1 although the wire says OK 2.
    assert request.cancelProducts(("LightCurve", "StandardPos")) == (
        1,
        {
            "LightCurve": {
                "code": 1,
                "text": "Job could not be cancelled - has it already finished?",
            },
            "StandardPos": {"code": 0, "text": "Job cancelled OK"},
        },
    )


def test_a_cancel_that_is_refused(client: Client):
    request = client.submitted("Image", scenario="cancel-refused")

    assert request.cancelProducts() == (
        1,
        {"Image": {"code": 3, "text": "Job could not be cancelled"}},
    )
    while not request.complete:
        time.sleep(60)
    assert request.checkProductStatus()["Image"]["statusCode"] == 4


def test_a_cancel_of_somebody_elses_job(client: Client):
    mine = client.submitted("Image")
    theirs = client.submitted("Image", user="frodo@mount.doom")
    theirs._jobID = mine.JobID

    assert theirs.cancelProducts() == (
        -1,
        {"ERROR": f"Job {mine.JobID} is not owned by user frodo@mount.doom \n"},
    )


def test_a_cancel_that_ends_in_an_http_error(client: Client):
    request = client.submitted("Image", scenario=struck(client, "cancel", status=502))

    assert request.cancelProducts() == (
        -1,
        {"ERROR": "An HTTP error occured - HTTP return code 502: Bad Gateway"},
    )


@pytest.mark.parametrize("field", ["status.image", "statusCodes.image"])
def test_a_cancel_whose_answer_lacks_a_product(client: Client, field: str):
    request = client.submitted("Image", scenario=struck(client, "cancel", omit=[field]))

    assert request.cancelProducts() == (-1, {"ERROR": TEXT_A})


# A user's jobs.


def test_active_jobs_are_counted_by_the_function_and_the_method(client: Client):
    assert client.module.countActiveJobs("me@x.org") == 0
    requests = [client.submitted("Image") for _ in range(3)]

    assert client.module.countActiveJobs("me@x.org") == requests[0].countActiveJobs() == 3
    while client.module.countActiveJobs("me@x.org"):
        time.sleep(30)
    assert all(request.complete for request in requests)


def test_old_jobs_are_listed_by_the_function_and_the_method(client: Client):
    older = client.submitted("LightCurve", name="Crab")
    time.sleep(60)
    newer = client.submitted("Spectrum", "Image", name="Vela")

    jobs = client.module.listOldJobs("me@x.org")

    assert [job["JobID"] for job in jobs] == [int(newer.JobID), int(older.JobID)]
    assert newer.listOldJobs() == jobs
    assert (jobs[0]["Spectrum"], jobs[0]["LightCurve"], jobs[0]["hasProd"]) == (True, False, True)


def test_counting_and_listing_for_nobody(client: Client, capsys: pytest.CaptureFixture[str]):
    client.mock.options(registered=["*@*"])

    assert client.module.countActiveJobs("NO-ONE") == -1
    assert client.module.listOldJobs("NO-ONE") is None
    text = "ERROR: The user `NO-ONE` is not recognised / validated\n\n"
    assert capsys.readouterr().out == text * 2


def test_counting_and_listing_with_an_http_error(client: Client):
    client.mock.sandbox.defaults["ukssdc"] = client.mock.scenario(
        faults=[{"operation": name, "effect": {"status": 500}} for name in ("count", "list_jobs")]
    )

    with pytest.raises(RuntimeError, match="HTTP return code 500"):
        client.module.countActiveJobs("me@x.org")
    with pytest.raises(RuntimeError, match="HTTP return code 500"):
        client.module.listOldJobs("me@x.org")


@pytest.mark.parametrize("as_number", [True, False])
def test_an_old_job_can_be_taken_up_again(client: Client, as_number: bool):
    old = client.submitted("LightCurve", "AstromPos")
    time.sleep(1200)
    again = client.module.XRTProductRequest("me@x.org", silent=True)
    again._baseURL = old._baseURL

    again.copyOldJob(int(old.JobID) if as_number else old.JobID, becomeThis=True)

    # The standard position was switched on by the service, and so the copy knows of it.
    assert set(again.productList) == {"lc", "psf", "xastrom"}
    assert again.complete is True
    assert old.URL == again.URL
    # UKSSDC wire notes, 9.8: it polls with the id as its caller gave it.
    assert client.asked()[-1]["JobID"] == (int(old.JobID) if as_number else old.JobID)


def test_an_old_job_can_be_copied_and_submitted_anew(client: Client):
    old = client.submitted("Spectrum")
    copy = client.request()
    copy.copyOldJob(old.JobID)

    assert copy.submit()
    assert copy.JobID != old.JobID
    assert copy.getAllPars() == old.getAllPars()


def test_somebody_elses_job_cannot_be_copied(client: Client):
    old = client.submitted("Image")

    with pytest.raises(RuntimeError, match=f"Job {old.JobID} is not owned by user you@x.org"):
        client.request(user="you@x.org").copyOldJob(old.JobID)


def test_an_old_job_without_a_place_cannot_be_copied(client: Client):
    old = client.submitted("Image", scenario=struck(client, "old_job", omit=["URL"]))

    with pytest.raises(RuntimeError, match="Several required properties were missing"):
        client.request().copyOldJob(old.JobID)


def test_users_take_a_job_up_by_hand(client: Client):
    # A public pattern: UKSSDC wire notes, 4.4.
    old = client.submitted("Image")
    time.sleep(1200)
    again = client.request("Image")
    again._status, again._submitted, again._jobID = 1, True, int(old.JobID)
    again._retData["URL"] = old.URL

    assert again.complete is True


def test_a_client_in_another_process_chooses_a_scenario_by_the_targets_name(client: Client):
    program = f"""
import warnings
warnings.simplefilter("ignore")
from swifttools.ukssdc.xrt_prods import XRTProductRequest
request = XRTProductRequest("me@x.org")
request._baseURL = "{client.base}/user_objects"
request.setGlobalPars(name="Crab mock:request-failed", targ="00030371", RA=83.6, Dec=22.0,
                      useSXPS=False, centroid=False)
request.addImage()
assert request.submit(), request.submitError
assert request.complete
print(request.checkProductStatus()["Image"]["statusCode"])
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines()[-1:] == ["-1"], done.stderr
