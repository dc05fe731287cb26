"""Our own errors as problem documents."""

import pytest

from mockstatus import errors
from mockstatus.errors import (
    BadRequestError,
    CircularWaitError,
    ClockError,
    ConflictError,
    JobGoneError,
    JobNotFoundError,
    LimitReachedError,
    Problem,
    ScenarioError,
    SubmissionRefusedError,
    TlsError,
    TrackNotFoundError,
    UnknownScenarioError,
    UnknownServiceError,
)
from mockstatus.scenario.strict import Located
from mockstatus.web.problems import complaints, problem, problem_of, written


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (JobNotFoundError("7"), 404),
        (TrackNotFoundError("a", ["b"]), 404),
        (UnknownServiceError("a", ["b"]), 404),
        (UnknownScenarioError("a/b"), 404),
        (TlsError("no port for https"), 404),
        (JobGoneError("it is gone"), 409),
        (ConflictError("there are jobs"), 409),
        (CircularWaitError(["a", "b", "a"]), 422),
        (ClockError("not back"), 422),
        (BadRequestError("what is this", where="body.x"), 422),
        (SubmissionRefusedError("no"), 422),
        (ScenarioError([Problem("a/b", 1, 2, "it is empty")]), 422),
        (LimitReachedError("too long", limit="body"), 413),
        (LimitReachedError("too many", limit="queue"), 409),
        (LimitReachedError("too many", limit="faults"), 409),
        (LimitReachedError("too many", limit="uploaded scenarios"), 409),
        (LimitReachedError("too many", limit="sandboxes"), 503),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_status_and_tells_itself(error, status):
    answer = problem_of(error)

    assert answer.status == status
    assert answer.content_type == "application/problem+json"
    assert answer.document["detail"] == str(error)
    assert answer.document["title"]


def test_a_bad_request_tells_where():
    assert problem_of(BadRequestError("no", where="body.x")).document["where"] == "body.x"


def test_a_limit_is_named():
    assert problem_of(LimitReachedError("no", limit="jobs")).document["limit"] == "jobs"


def test_a_scenario_tells_all_its_problems():
    found = [
        Problem("a/b", 1, 2, "unknown key 'x', expected one of y, z; did you mean 'y'?"),
        Problem("a/b", 3, 4, "it is empty"),
    ]

    assert problem_of(ScenarioError(found)).document["errors"] == [
        {
            "where": "a/b",
            "line": 1,
            "column": 2,
            "what": "unknown key 'x', expected one of y, z; did you mean 'y'?",
            "expected": "one of y, z",
        },
        {"where": "a/b", "line": 3, "column": 4, "what": "it is empty"},
    ]


def test_one_complaint_is_told_in_full():
    document = complaints([Located("it is 3, expected 4", ("a", 2))], base="body").document

    assert document["detail"] == "body.a[2]: it is 3, expected 4"
    assert document["where"] == "body.a[2]"
    assert document["errors"][0]["expected"] == "4"


def test_several_complaints_are_told_one_by_one():
    document = complaints([Located("this"), Located("that", ("x",))], base="query").document

    assert document["detail"] == "2 things are wrong, see errors"
    assert [one["where"] for one in document["errors"]] == ["query", "query.x"]


def test_places_are_written_as_one_would():
    assert written("body", ("effect", "omit", 2)) == "body.effect.omit[2]"


def test_a_problem_may_say_more():
    document = problem(418, "Teapot", "short and stout", pot=1).document

    assert document == {
        "type": "about:blank",
        "title": "Teapot",
        "status": 418,
        "detail": "short and stout",
        "pot": 1,
    }


def test_no_error_of_ours_is_left_without_a_status():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    told = {
        row[0] for row in test_every_error_has_its_status_and_tells_itself.pytestmark[0].args[1]
    }
    ours = {kind for kind in kinds if issubclass(kind, errors.MockStatusError)}

    untold = ours - {type(error) for error in told} - {errors.MockStatusError, errors.BindError}
    assert untold == set()
