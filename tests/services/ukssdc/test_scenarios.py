"""Each shipped scenario, played from submission to end over HTTP."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Mock

FOLDER = Path(__file__).parents[3] / "scenarios" / "ukssdc"

NONE = -10
"""What the client makes of a product that is left out."""

STORY: list[object] = [1, 2, 3, 4]
WAITED: list[object] = [1, 2, 5, 3, 4]

# What a client that polls every two seconds sees of each product, runs of one code counted as
# one; a text stands for an error, a status for what is no 200.
PLAYED: dict[str, dict[str, list[object]]] = {
    "success": {"lc": STORY, "psf": STORY, "xastrom": WAITED},
    "long-queue": {"lc": STORY},
    "astrom-waits": {"psf": STORY, "xastrom": [1, 5, 3, 4]},
    "astrom-fails-with-standard": {"psf": [1, 2, 3, -3], "xastrom": [1, 5, -3], "lc": STORY},
    "cancelled": {"lc": [1, 2, 3, -4], "psf": [1, 2, 3, -4], "xastrom": [1, 2, 5, -3]},
    "cancel-refused": {"lc": STORY},
    "partial-cancel": {"lc": [3, 4], "image": STORY},
    "not-built": {"lc": [1, 2, 3, -3], "xastrom": [1, 2, 5, -3]},
    "queue-failed": {"lc": [1, -2], "xastrom": [1, -2]},
    "request-failed": {"lc": [-1], "xastrom": [-1]},
    "no-status": {"lc": [1, NONE], "psf": [1, NONE]},
    "no-status-then-back": {"lc": [1, 2, NONE, 3, 4]},
    "partial-failure": {"lc": STORY, "spec": [1, 2, 3, -3], "enh": [1, 2, 3, -3]},
    "no-position-found": {"psf": STORY, "enh": STORY, "xastrom": WAITED},
    "spectrum-156-slices": {"spec": STORY, "lc": STORY},
    "enhanced-second-attempt": {"enh": STORY},
    "no-progress-information": {"lc": STORY},
    "documented-example": {"lc": [3, 4], "psf": [3, 4], "xastrom": [3, 4]},
    "server-error": {"lc": [1, 500, 2, 3, 4]},
    "maintenance-page": {"lc": [1, "page", 2, 3, 4]},
    "new-api-version": {"lc": STORY},
    "deprecated": {"lc": STORY},
    "lost-job": {"lc": [1, 2, 3, "Job {job} is not owned by user me@x.org"]},
    "files-expired": {"lc": [1, 3, 4]},
    "failed-without-files": {"lc": [1, 3, 4], "image": [1, 2, 3, -3]},
}
REFUSED = {
    "unregistered": "The user `me@x.org` is not recognised / validated",
    "too-many-jobs": "You already have 50 jobs in the queue; the maximum is 50",
}
# Products by their wire names.
NAMES = {
    "lc": "LightCurve",
    "spec": "Spectrum",
    "psf": "StandardPos",
    "enh": "EnhancedPos",
    "xastrom": "AstromPos",
    "image": "Image",
}


def test_every_shipped_scenario_is_played_here() -> None:
    names = {path.stem for path in FOLDER.glob("*.yaml")}

    assert names == {*PLAYED, *REFUSED, "lost-reply"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_names_its_schema_and_what_it_exercises(path: Path) -> None:
    text = path.read_text()

    assert text.startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    assert "client" in yaml.safe_load(text)["description"].lower()


def seen(mock: Mock, job: str, wires: list[str]) -> dict[str, object]:
    """What one poll shows of each product."""
    what = ",".join(wires)
    body = {"UserID": "me@x.org", "JobID": job, "what": what, "whatProg": what}
    answer = mock.call("POST", "/user_objects/checkProductStatus.php", json=body)
    if answer.status_code != 200:
        return dict.fromkeys(wires, answer.status_code)
    if not answer.text.startswith("{"):
        return dict.fromkeys(wires, "page")
    document: dict[str, Any] = answer.json()
    if document["OK"] == 0:
        return dict.fromkeys(wires, document["ERROR"].replace(job, "{job}"))
    return {wire: document.get(wire, {"statusCode": NONE})["statusCode"] for wire in wires}


def play(mock: Mock, job: str, wires: list[str]) -> dict[str, list[object]]:
    """What a client sees until nothing can change any more.

    It polls every two seconds at first, later only where something changes.
    """
    polls = []
    while True:
        polls.append(seen(mock, job, wires))
        now_us = mock.clock.now_us()
        change_us = mock.job(job).next_change_us(now_us)
        if change_us is None and len(polls) > 10:
            break
        late_us = 2_000_000 if change_us is None or len(polls) < 10 else change_us - now_us
        mock.clock.advance(late_us)
    return {wire: [code for code, _ in groupby(poll[wire] for poll in polls)] for wire in wires}


@pytest.mark.parametrize("name", sorted(PLAYED))
def test_a_shipped_scenario_is_told_to_its_end(mock: Mock, name: str) -> None:
    wires = list(PLAYED[name])

    job = mock.submit(*(NAMES[wire] for wire in wires), scenario=name)

    assert play(mock, job, wires) == PLAYED[name]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_shipped_scenario_refuses_the_submission(mock: Mock, name: str) -> None:
    assert mock.ask("Image", scenario=name)["ERROR"] == REFUSED[name]


def test_success_is_the_story_told_without_a_script(mock: Mock) -> None:
    products = list(NAMES.values())
    told = mock.job(mock.submit(*products, scenario="success")).timeline
    mock.sandbox.numbers -= 1  # the draws of the same job

    untold = mock.job(mock.submit(*products)).timeline

    assert told is not untold
    for name, track in told.tracks.items():
        assert track.phases == untold.tracks[name].phases


def test_a_lost_reply_leaves_a_job_behind(mock: Mock) -> None:
    answer = mock.call(
        "POST",
        "/user_objects/run_userobject.php",
        json={
            "UserID": "me@x.org",
            "name": "x mock:lost-reply",
            "targ": "1",
            "RA": 1,
            "Dec": 1,
            "image": 1,
        },
    )

    assert answer.status_code == 502
    assert len(mock.post("listOldJobs.php")["jobs"]) == 1


def test_a_cancel_is_refused_for_no_reason(mock: Mock) -> None:
    job = mock.submit("Image", scenario="cancel-refused")

    assert mock.cancel(job, "image")["statusCodes"] == {"image": 3}


def test_of_two_products_one_is_cancelled_in_time(mock: Mock) -> None:
    job = mock.submit("LightCurve", "StandardPos", scenario="partial-cancel")
    mock.advance("1m")

    document = mock.cancel(job, "lc,psf")

    # UKSSDC wire notes, 9.5, word for word.
    assert document == {
        "JobID": int(job),
        "OK": 2,
        "APIVersion": 1.12,
        "status": {
            "lc": "Job could not be cancelled - has it already finished?",
            "psf": "Job cancelled OK",
        },
        "statusCodes": {"lc": 1, "psf": 0},
    }


def test_nothing_was_found_in_complete_products(mock: Mock) -> None:
    names = ("StandardPos", "EnhancedPos", "AstromPos", "SourceDet")
    job = mock.submit(*names, scenario="no-position-found")
    mock.advance("20m")

    for file in ("getPSFPos.php", "getEnhPos.php", "getAstromPos.php"):
        assert mock.post(f"tprods/{file}", JobID=job)["GotPos"] == 0
    assert mock.post("tprods/getSourceDetResults.php", JobID=job)["Total"] == []


def test_the_documented_spectrum_of_many_is_passed(mock: Mock) -> None:
    job = mock.submit("Spectrum", scenario="spectrum-156-slices", targ="00081637")
    mock.advance("25s")
    extras = set()
    for _ in range(160):
        mock.advance("1m")
        steps = mock.status(job, "spec")["spec"]["progress"].get("ProgressSteps", [])
        extras |= {step["StepExtra"] for step in steps if "StepExtra" in step}

    assert "Working on spectrum: Obs_00081637014 (14/156)" in extras
    assert len(mock.post("tprods/getSpecData.php", JobID=job)["rnames"]) == 156


def test_the_second_attempt_begins_anew_and_the_time_goes_on(mock: Mock) -> None:
    job = mock.submit("EnhancedPos", scenario="enhanced-second-attempt")
    mock.advance("80s")
    first = mock.status(job, "enh")["enh"]["progress"]
    mock.advance("5s")
    second = mock.status(job, "enh")["enh"]["progress"]

    assert first["PreProgress"] == "Trying using the <em>v,b,white</em> filters:"
    assert [step["StepStatus"] for step in first["ProgressSteps"]] == [2, 1, 0]
    assert second["PreProgress"] == "Trying using the <em>uvw1,uvm2,uvw2</em> filters:"
    assert [step["StepStatus"] for step in second["ProgressSteps"]] == [1, 0, 0]
    assert (first["TimeRunning"], second["TimeRunning"]) == ("00:00:55", "00:01:00")


def test_progress_is_not_known(mock: Mock) -> None:
    job = mock.submit("Image", scenario="no-progress-information")
    mock.advance("1m")

    assert mock.status(job, "image")["image"]["progress"] == {"GotProgress": 2}


def test_files_are_gone_after_seven_days(mock: Mock) -> None:
    job = mock.submit("Image", scenario="files-expired")
    mock.advance("65s")
    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 200

    mock.advance("7d")

    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 404
    assert mock.post("listOldJobs.php")["jobs"][0]["hasProd"] is False


def test_failed_products_have_no_archive(mock: Mock) -> None:
    job = mock.submit("Image", "LightCurve", scenario="failed-without-files")
    mock.advance("2m")

    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 404
    assert mock.get(f"USERPROD_{job}/lc.zip").status_code == 200
