"""Examples of requests and answers, filled in: the documented ones, as far as there are any.

Source: UKSSDC wire notes, 9; seed 002 for the progress of a spectrum and an enhanced position.
"""

from __future__ import annotations

from typing import Any

from mockstatus.services.ukssdc import results
from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.web.operation import Example

STANDARD: dict[str, Any] = {"api_name": "xrt_prods", "api_version": "1.12", "UserID": "me@x.org"}
JOB = {**STANDARD, "JobID": "951"}
URL = "http://127.0.0.1:8000/ukssdc/user_objects/tprods/USERPROD_951"

SAMPLE: dict[str, Any] = {
    **STANDARD,
    "name": "GRB 200416A",
    "targ": "00966554",
    "RA": 335.6985,
    "Dec": -7.5179,
    "cent": 1,
    "centMeth": "simple",
    "useSXPS": 0,
    "Tstart": 608713541.952,
    "poserr": 1,
    "lc": 1,
    "binMeth": "counts",
    "pccounts": 20,
    "wtcounts": 30,
    "dynamic": 1,
    "spec": 1,
    "specz": 0,
    "dchi": 2.706,
    "dopsf": 1,
    "doenh": 1,
    "doxastrom": 1,
}
"""A submission of five products."""


def _entry(code: int | None, text: str, **progress: Any) -> dict[str, Any]:
    return {
        "statusCode": code,
        "statusText": text,
        "progress": progress or {"GotProgress": 0},
    }


def _error(text: str, **more: Any) -> dict[str, Any]:
    return {"OK": 0, "ERROR": text, "APIVersion": 1.12, **more}


def _position(**found: Any) -> dict[str, Any]:
    return {"OK": 1, "APIVersion": 1.12, **found}


def _status(**by_wire: Any) -> dict[str, Any]:
    return {**by_wire, "OK": 1, "JobID": 951, "APIVersion": 1.12}


_RUNNING_SPECTRUM = _entry(
    3,
    "Running",
    GotProgress=1,
    ProgressSteps=[
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
    TimeRunning="00:00:08",
)
_RUNNING_POSITION = _entry(
    3,
    "Running",
    PreProgress="Trying using the <em>v,b,white</em> filters:",
    GotProgress=1,
    ProgressSteps=[
        {"StepLabel": "Identify XRT-UVOT overlaps.", "StepStatus": 2},
        {
            "StepLabel": "Determine position.",
            "StepStatus": 1,
            "StepExtra": "Working on overlap 1 / 1",
        },
        {"StepLabel": "Build Images.", "StepStatus": 0},
    ],
    TimeRunning="00:00:08",
)

SUBMIT_ASKED = {
    "five products": Example(summary="Five products of one target", value=SAMPLE),
    "a scenario": Example(
        summary="The target's name chooses a scenario",
        value={**SAMPLE, "name": "GRB 200416A mock:not-built"},
    ),
}
SUBMITTED = {
    "accepted": Example(
        summary="Accepted",
        value={
            "OK": 1,
            "URL": URL,
            "JobID": "951",
            "APIVersion": 1.12,
            "jobPars": job_pars(SAMPLE),
        },
    )
}
REFUSED = {
    "parameters": Example(
        summary="Parameters are missing",
        value=_error(
            "There were problems with the parameters you supplied.",
            listErr=[
                {
                    "label": "The following parameters are needed, but were not supplied:",
                    "list": ["pcbin", "wtbin"],
                }
            ],
        ),
    ),
    "user": Example(
        summary="Nobody has registered the address",
        value=_error("The user `NO-ONE` is not recognised / validated", listErr=[]),
    ),
}
STATUS_ASKED = {
    "all": Example(
        summary="Two products with their progress",
        value={**JOB, "what": "spec,enh", "whatProg": "spec,enh"},
    )
}
STATUSES = {
    "1": Example(summary="1: requested", value=_status(lc=_entry(1, "Requested"))),
    "2": Example(summary="2: queued", value=_status(lc=_entry(2, "Queued"))),
    "3": Example(
        summary="3: running, with progress",
        value=_status(spec=_RUNNING_SPECTRUM, enh=_RUNNING_POSITION),
    ),
    "4": Example(summary="4: complete", value=_status(lc=_entry(4, "Complete"))),
    "5": Example(
        summary="5: waiting for the standard position",
        value=_status(
            psf=_entry(2, "Queued"), xastrom=_entry(5, "Waiting for the standard position")
        ),
    ),
    "-1": Example(
        summary="-1: could not be requested",
        value=_status(lc=_entry(-1, "Internal error: could not be requested")),
    ),
    "-2": Example(
        summary="-2: could not be queued",
        value=_status(lc=_entry(-2, "Internal error: could not be queued")),
    ),
    "-3": Example(
        summary="-3: not built", value=_status(lc=_entry(-3, "The product could not be built"))
    ),
    "-4": Example(
        summary="-4: cancelled", value=_status(lc=_entry(-4, "Cancelled at your request"))
    ),
    "-10": Example(
        summary="Without psf, which was asked about: the client says -10",
        value=_status(lc=_entry(4, "Complete")),
    ),
    "not asked for": Example(
        summary="A product that is no part of the job",
        value=_status(image=_entry(None, "Unknown status")),
    ),
}
NOT_OWNED = {
    "not yours": Example(
        summary="Somebody else's job, or none at all",
        value=_error("Job 147 is not owned by user frodo@mount.doom"),
    )
}
UNKNOWN_USER = {
    "user": Example(
        summary="Nobody has registered the address",
        value=_error("The user `NO-ONE` is not recognised / validated"),
    )
}
CANCEL_ASKED = {"two": Example(summary="Two products", value={**JOB, "what": "lc,psf"})}
CANCELS = {
    "all": Example(
        summary="OK 1: all were cancelled",
        value={
            "JobID": 951,
            "OK": 1,
            "APIVersion": 1.12,
            "status": {"xastrom": "Job cancelled OK"},
            "statusCodes": {"xastrom": 0},
        },
    ),
    "some": Example(
        summary="OK 2: one had finished already",
        value={
            "JobID": 951,
            "OK": 2,
            "APIVersion": 1.12,
            "status": {
                "lc": "Job could not be cancelled - has it already finished?",
                "psf": "Job cancelled OK",
            },
            "statusCodes": {"lc": 1, "psf": 0},
        },
    ),
}
COUNT_ASKED = {"me": Example(summary="How many are active", value=STANDARD)}
COUNTED = {"three": Example(summary="Three", value={"OK": 1, "APIVersion": 1.12, "numJobs": 3})}
LISTED = {
    "one": Example(
        summary="One job",
        value={
            "OK": 1,
            "APIVersion": 1.12,
            "jobs": [
                {
                    "JobID": 3414,
                    "Name": "GRB 200416A",
                    "DateSubmitted": "2020-07-23 17:32:29",
                    "LightCurve": False,
                    "Spectrum": True,
                    "StandardPos": False,
                    "EnhancedPos": False,
                    "AstromPos": False,
                    "Image": False,
                    "hasProd": True,
                }
            ],
        },
    )
}
OLD_JOB_ASKED = {"id": Example(summary="A number or a text", value={**STANDARD, "oldJob": 951})}
OLD_JOB = {
    "its parameters": Example(
        summary="Its parameters",
        value={
            "oldJob": 951,
            "jobPars": job_pars(SAMPLE),
            "URL": URL,
            "APIVersion": 1.12,
            "OK": 1,
        },
    )
}
JOB_ASKED = {"id": Example(summary="A job", value=JOB)}
CURVE_ASKED = {
    "usual": Example(summary="As by default", value={**JOB, "nosys": "no", "incbad": "no"})
}
_PLACE = {"GotPos": 1, "RA": "335.69850", "Dec": "-7.51788", "Err90": "3.5"}
POSITIONS = {
    "found": Example(summary="A position", value=_position(**_PLACE, FromSXPS=0)),
    "catalogue": Example(
        summary="A position from a catalogue",
        value=_position(**_PLACE, FromSXPS=1, WhichSXPS="2SXPS"),
    ),
    "none": Example(summary="Complete, and yet no position", value=_position(GotPos=0)),
}
ENHANCED = {
    "found": Example(
        summary="A position",
        value=_position(GotPos=1, RA="335.69928", Dec="-7.51816", Err90="1.7"),
    ),
    "none": POSITIONS["none"],
}
SOURCES = {
    "one": Example(summary="One source", value=results.source_list({}, 1, version=1.12)),
    "none": Example(summary="No source", value=results.source_list({}, 0, version=1.12)),
}
CURVES = {
    "datasets": Example(
        summary="Six datasets",
        value=results.light_curve({}, job_pars(SAMPLE), URL, is_empty=False, version=1.12),
    ),
    "none": Example(
        summary="No data",
        value=results.light_curve({}, job_pars(SAMPLE), URL, is_empty=True, version=1.12),
    ),
}
SPECTRA = {
    "one": Example(
        summary="One spectrum",
        value=results.spectra(job_pars(SAMPLE), ("interval0",), URL, None, version=1.12),
    ),
    "none": Example(summary="No spectrum", value={"OK": 1, "APIVersion": 1.12, "NoSpectrum": 1}),
}
