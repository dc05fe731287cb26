"""What clients see of a task: submission, states, results, cancels, expiry."""

from __future__ import annotations

import re
import uuid as uuids
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from builders import T0
from counting import calls
from hypothesis import assume, given
from hypothesis import strategies as st

from mockstatus.services.vesta.states import STATES

IDLE_LIMIT_S = 7200
"""A task that makes no progress for longer expires."""

STORY = {
    "PENDING": "1999ms",
    "RECEIVED": "2s",
    "STARTED": "3s",
    "PROGRESS": "4s",
    "STORING": "24s",
    "SUCCESS": "26s",
}


def test_a_submission_answers_a_version_4_uuid_in_lower_case_and_nothing_else(gateway: Any) -> None:
    answer = gateway.post("/diarisation/annotate", params={"doc_url": "http://h/a.wav"})

    assert answer.status_code == 200
    uuid = answer.json()["uuid"]
    assert answer.content == b'{"uuid":"%s"}\n' % uuid.encode()
    assert uuids.UUID(uuid).version == 4
    assert uuids.UUID(uuid).variant == uuids.RFC_4122
    assert uuid == uuid.lower()


def test_json_is_sorted_compact_ascii_with_a_newline_at_its_end(gateway: Any) -> None:
    name = gateway.scenario({"state": "SUCCESS", "result": {"b": "é €", "a": [1, None]}})

    answer = gateway.ask(uuid := gateway.submit(name))

    assert answer.content == (
        rb'{"result":{"a":[1,null],"b":"\u00e9 \u20ac"},"status":"SUCCESS","uuid":"'
        + uuid.encode()
        + b'"}\n'
    )
    assert answer.headers["content-type"] == "application/json"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(("state", "after"), STORY.items())
def test_the_story_told_without_a_script_shows_each_state_in_turn(
    gateway: Any, state: str, after: str
) -> None:
    uuid = gateway.submit(ann_doc_id="541a0e")

    gateway.advance(after)

    assert gateway.status(uuid)["status"] == state


def test_without_ann_doc_id_storing_does_not_surface(gateway: Any) -> None:
    uuid = gateway.submit("vesta/storing")
    seen = set()

    for _ in range(60):
        seen.add(gateway.status(uuid)["status"])
        gateway.advance("1s")

    assert seen == {"PENDING", "STARTED", "PROGRESS", "SUCCESS"}


def test_a_story_of_nothing_but_storing_succeeds_at_once_without_ann_doc_id(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "STORING", "for": "1s"}))

    assert gateway.status(uuid)["status"] == "SUCCESS"


@pytest.mark.parametrize("state", ["PENDING", "RECEIVED", "STARTED", "EXPIRED"])
def test_states_that_tell_nothing_have_a_null_result(gateway: Any, state: str) -> None:
    uuid = gateway.submit(gateway.scenario({"state": state}))

    assert gateway.status(uuid) == {"uuid": uuid, "status": state, "result": None}


def test_progress_tells_all_six_members(gateway: Any) -> None:
    uuid = gateway.submit()
    gateway.advance("6s400ms")

    result = gateway.status(uuid)["result"]

    assert re.fullmatch(r"diarisation-[1-4]\.novalocal", result.pop("host"))
    assert result == {
        "current": 12,
        "start_time": "2026-01-01T00:00:04",
        "total": 100,
        "type": "diarisation",
        "worker_id_version": "0.1.43",
    }


def test_storing_is_progress_without_current_and_total(gateway: Any) -> None:
    uuid = gateway.submit(ann_doc_id="541a0e")
    gateway.advance("10s")
    progress = gateway.status(uuid)["result"]

    gateway.advance("15s")

    expected = {key: value for key, value in progress.items() if key not in {"current", "total"}}
    assert gateway.status(uuid)["result"] == expected


@pytest.mark.parametrize("state", ["FAILURE", "RETRY"])
def test_a_failure_and_a_retry_tell_exactly_code_and_message(gateway: Any, state: str) -> None:
    error = {"code": 301, "message": "HTTP Error 404: Not Found"}
    uuid = gateway.submit(gateway.scenario({"state": state, "error": error}))

    answer = gateway.ask(uuid)

    assert answer.status_code == 200
    assert answer.json()["result"] == error


def test_messages_lose_double_quotes_and_escaped_line_ends(gateway: Any) -> None:
    error = {"code": 306, "message": 'said "no"\\nand left'}
    uuid = gateway.submit(gateway.scenario({"state": "FAILURE", "error": error}))

    assert gateway.status(uuid)["result"] == {"code": 306, "message": "said 'no' and left"}


@pytest.mark.parametrize(
    "result", [[], {"a": 1}, "done", 42, 1.5, True, None, [{"@id": "x", "@version": "1"}]]
)
def test_success_may_answer_any_json(gateway: Any, result: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "SUCCESS", "result": result}))

    assert gateway.status(uuid)["result"] == result


def test_a_final_answer_can_be_read_again_and_again(gateway: Any) -> None:
    uuid = gateway.submit()
    gateway.advance("1m")
    first = gateway.ask(uuid).content

    assert all(gateway.ask(uuid).content == first for _ in range(20))


def test_an_unlisted_state_is_shown_where_the_story_is_unlikely(gateway: Any) -> None:
    name = gateway.scenario({"state": "PAUSED", "result": {"why": "lunch"}}, unlikely=True)

    assert gateway.status(uuid := gateway.submit(name)) == {
        "uuid": uuid,
        "status": "PAUSED",
        "result": {"why": "lunch"},
    }


# Progress, attempts and the remaining time.


@given(
    length_s=st.integers(1, 100_000),
    first=st.integers(0, 98),
    share=st.fractions(0, 1),
    waited_s=st.integers(0, 5000),
)
def test_start_time_and_current_give_the_true_remaining_time(
    a_gateway: Any, length_s: int, first: int, share: Any, waited_s: int
) -> None:
    """Seed 004: remaining_time = (now - start_time) * (total - current) / current."""
    step_s = length_s / (100 - first)
    assume(step_s <= IDLE_LIMIT_S)
    gateway = a_gateway()
    progress = {"from": first, "to": 100}
    story = gateway.scenario(
        {"state": "PENDING", "for": f"{waited_s}s"},
        {"state": "PROGRESS", "for": f"{length_s}s", "progress": progress},
        {"state": "SUCCESS"},
    )
    uuid = gateway.submit(story)
    elapsed_us = int(share * (length_s * 1_000_000 - 1))
    gateway.clock.advance(waited_s * 1_000_000 + elapsed_us)

    result = gateway.status(uuid)["result"]

    current, total = result["current"], result["total"]
    if current == 0:
        return  # undefined there, and it does occur
    start = datetime.fromisoformat(result["start_time"]).replace(tzinfo=UTC)
    spent_s = gateway.clock.now_us() / 1e6 - start.timestamp()
    remaining_s = spent_s * (total - current) / current
    true_s = length_s - elapsed_us / 1e6
    # The date is cut to seconds, and `current` to a whole number: that is all it may be off.
    slack_s = 1 * (total - current) / current + step_s * total / current + 1e-3
    assert abs(remaining_s - true_s) <= slack_s


def test_at_each_step_the_remaining_time_is_exact(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario({"state": "PROGRESS", "for": "200s"}, {"state": "SUCCESS"})
    )

    for second in range(2, 200, 2):
        gateway.advance("2s")
        current = gateway.status(uuid)["result"]["current"]
        assert current == second // 2
        assert second * (100 - current) / current == pytest.approx(200 - second)


def test_the_start_time_is_known_to_a_client_that_first_asks_late(gateway: Any) -> None:
    early, late = gateway.submit(), gateway.submit()
    gateway.advance("5s")
    seen = gateway.status(early)["result"]["start_time"]
    gateway.advance("15s")

    assert gateway.status(late)["result"]["start_time"] == seen


def test_an_attempt_keeps_its_start_time_over_several_phases(gateway: Any) -> None:
    uuid = gateway.submit("vesta/slow-progress")
    gateway.advance("10m")
    first = gateway.status(uuid)["result"]["start_time"]

    gateway.advance("30m")

    assert gateway.status(uuid)["result"]["start_time"] == first


def test_a_later_phase_goes_on_where_the_one_before_ended(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario(
            {"state": "PROGRESS", "polls": 2, "progress": {"to": 30}},
            {"state": "PROGRESS", "polls": 2},
            {"state": "SUCCESS"},
        )
    )

    seen = [gateway.status(uuid)["result"]["current"] for _ in range(4)]

    assert seen == [0, 30, 30, 100]


def test_after_a_retry_another_host_begins_anew(gateway: Any) -> None:
    uuid = gateway.submit("vesta/retry-then-success")
    gateway.advance("13s")
    first = gateway.status(uuid)["result"]
    gateway.advance("13s")
    retry = gateway.status(uuid)
    gateway.advance("180s")

    second = gateway.status(uuid)["result"]

    assert first["current"] == 20
    assert retry["status"] == "RETRY"
    assert second["current"] == 15
    assert second["host"] != first["host"]
    assert (first["start_time"], second["start_time"]) == (
        "2026-01-01T00:00:03",
        "2026-01-01T00:03:23",
    )


def test_attempts_that_are_put_have_other_hosts_too(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "PROGRESS"}))
    hosts = [gateway.status(uuid)["result"]["host"]]
    for _ in range(3):
        gateway.put(uuid, {"state": "RETRY", "for": "1s"}, {"state": "PROGRESS"})
        gateway.advance("1s")
        hosts.append(gateway.status(uuid)["result"]["host"])

    assert len(set(hosts)) == 4


@pytest.mark.parametrize("how", ["scripted", "put"])
def test_the_poll_that_wakes_a_task_costs_the_same_whatever_it_slept_through(
    gateway: Any, how: str
) -> None:
    def waking(attempts: int) -> int:
        tries = [{"state": state, "for": "1s"} for state in ("PROGRESS", "RETRY")] * attempts
        story = [*tries, {"state": "PROGRESS"}]
        uuid = gateway.submit(gateway.scenario(*(story if how == "scripted" else story[-1:])))
        if how == "put":
            gateway.put(uuid, *story)
        gateway.advance(f"{2 * attempts}s")
        return calls(lambda: gateway.status(uuid))

    waking(1)  # what is done once in a process

    assert waking(500) <= waking(1) + 20


def test_hosts_are_counted_from_the_beginning_where_a_story_never_reported(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "PENDING"}))
    gateway.put(uuid, {"state": "PROGRESS", "host": "here"})
    assert gateway.status(uuid)["result"]["host"] == "here"

    gateway.put(uuid, {"state": "PROGRESS"})

    assert gateway.status(uuid)["result"]["host"].endswith(".novalocal")


def test_a_retry_lasts_180_seconds_unless_the_story_or_the_option_says_otherwise(
    gateway: Any,
) -> None:
    story = gateway.scenario({"state": "RETRY"}, {"state": "SUCCESS"})
    usual = gateway.submit(story)
    gateway.options(retry_delay="10s")
    short = gateway.submit(story)

    gateway.advance("10s")

    assert gateway.status(short)["status"] == "SUCCESS"
    assert gateway.status(usual)["status"] == "RETRY"
    gateway.advance("169s999ms")
    assert gateway.status(usual)["status"] == "RETRY"
    gateway.advance("1ms")
    assert gateway.status(usual)["status"] == "SUCCESS"


def test_a_retry_that_nothing_follows_stays(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "RETRY"}))

    gateway.advance("1h")

    assert gateway.status(uuid)["status"] == "RETRY"


def test_a_put_retry_goes_on_after_the_usual_delay(gateway: Any) -> None:
    uuid = gateway.submit()
    gateway.put(uuid, {"state": "RETRY"}, {"state": "FAILURE", "error": {"code": 642}})
    gateway.advance("180s")

    assert gateway.status(uuid)["result"] == {
        "code": 642,
        "message": "The transcription subprocess failed",
    }


# Cancels.

REVOKED = {"code": 109, "message": "revoked"}
TERMINATED = {"code": 109, "message": "terminated"}


@pytest.mark.parametrize(
    ("state", "result"),
    [
        ("PENDING", REVOKED),
        ("RECEIVED", REVOKED),
        ("RETRY", REVOKED),
        ("STARTED", TERMINATED),
        ("PROGRESS", TERMINATED),
        ("STORING", TERMINATED),
    ],
)
def test_a_cancel_is_told_as_revoked_before_work_began_and_as_terminated_after(
    gateway: Any, state: str, result: Any
) -> None:
    uuid = gateway.submit(gateway.scenario({"state": state}), ann_doc_id="541a0e")

    assert gateway.cancel(uuid) == {"uuid": uuid, "status": "REVOKED", "result": result}
    assert gateway.status(uuid)["result"] == result
    assert gateway.cancel(uuid)["result"] == result


@pytest.mark.parametrize("state", ["SUCCESS", "FAILURE", "REVOKED", "EXPIRED"])
def test_a_cancel_leaves_an_ended_task_as_it_is(gateway: Any, state: str) -> None:
    uuid = gateway.submit(gateway.scenario({"state": state}))
    before = gateway.status(uuid)

    assert gateway.cancel(uuid) == before
    assert gateway.status(uuid) == before


@pytest.mark.parametrize("by_scenario", [True, False])
def test_a_cancel_that_lags_answers_the_old_state_first(gateway: Any, by_scenario: bool) -> None:
    gateway.options(cancel_lag="1s" if by_scenario else "5s")
    more = {"cancel": {"lag": "5s"}} if by_scenario else {}
    uuid = gateway.submit(
        gateway.scenario({"state": "PROGRESS", "for": "1m"}, {"state": "SUCCESS"}, **more)
    )
    gateway.advance("6s")

    assert gateway.cancel(uuid)["status"] == "PROGRESS"
    gateway.advance("4s999ms")
    assert gateway.status(uuid)["status"] == "PROGRESS"
    gateway.advance("1ms")
    assert gateway.status(uuid)["result"] == TERMINATED


def test_a_waiting_task_does_not_begin_while_its_cancel_lags(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario(
            {"state": "PENDING", "for": "1s"},
            {"state": "PROGRESS"},
            cancel={"lag": "5s"},
        )
    )

    gateway.cancel(uuid)
    gateway.advance("4s")
    assert gateway.status(uuid)["status"] == "PENDING"
    gateway.advance("1s")
    assert gateway.status(uuid)["result"] == REVOKED


def test_a_task_that_ends_before_its_cancel_acts_keeps_its_end(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario(
            {"state": "PROGRESS", "for": "2s"}, {"state": "SUCCESS"}, cancel={"lag": "5s"}
        )
    )
    gateway.cancel(uuid)
    gateway.advance("10s")

    assert gateway.status(uuid)["status"] == "SUCCESS"


def test_a_cancel_that_the_story_refuses_does_nothing(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "PROGRESS"}, cancel="refuse"))

    assert gateway.cancel(uuid)["status"] == "PROGRESS"


def test_a_cancel_never_counts_as_a_poll(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario({"state": "PENDING", "polls": 1}, {"state": "SUCCESS"}, cancel="refuse")
    )

    gateway.cancel(uuid)

    assert gateway.status(uuid)["status"] == "PENDING"
    assert gateway.status(uuid)["status"] == "SUCCESS"


def test_head_never_counts_and_never_acts(gateway: Any) -> None:
    uuid = gateway.submit(gateway.scenario({"state": "PENDING", "polls": 1}, {"state": "SUCCESS"}))

    for name in ("status", "cancel"):
        answer = gateway.call("HEAD", f"/diarisation/{name}", params={"uuid": uuid})
        assert answer.status_code == 200

    assert gateway.status(uuid)["status"] == "PENDING"


# Expiry.


def test_a_task_expires_after_two_idle_hours(gateway: Any) -> None:
    uuid = gateway.submit()
    gateway.advance("24s")
    assert gateway.status(uuid)["status"] == "SUCCESS"

    gateway.advance("1h59m59s")
    assert gateway.status(uuid)["status"] == "SUCCESS"
    gateway.advance("2h")
    assert gateway.status(uuid) == {"uuid": uuid, "status": "EXPIRED", "result": None}
    assert gateway.cancel(uuid)["status"] == "EXPIRED"
    assert gateway.status(uuid)["status"] == "EXPIRED"


def test_the_idle_limit_is_an_option(gateway: Any) -> None:
    gateway.options(idle_limit="10s")
    uuid = gateway.submit(gateway.scenario({"state": "STARTED"}))

    gateway.advance("10s")

    assert gateway.status(uuid)["status"] == "EXPIRED"


def test_a_pending_task_never_expires(gateway: Any) -> None:
    uuid = gateway.submit("vesta/pending-forever")

    gateway.advance("30d")

    assert gateway.status(uuid)["status"] == "PENDING"


def test_a_worker_that_reports_progress_keeps_its_task_alive(gateway: Any) -> None:
    uuid = gateway.submit(
        gateway.scenario({"state": "PROGRESS", "for": "100h"}, {"state": "SUCCESS"})
    )

    gateway.advance("99h")

    assert gateway.status(uuid)["status"] == "PROGRESS"


# Annotators.


def test_each_annotator_answers_its_own_result(gateway: Any) -> None:
    gateway.options(
        annotators={
            "stt": {"version": "2.0", "type": "speech"},
            "mine": {"result": {"text": "hello"}},
            "void": {"result": None},
        }
    )
    results = {}
    for annotator in ("diarisation", "stt", "mine", "void", "transcoder"):
        uuid = gateway.submit(annotator=annotator)
        gateway.advance("10s")
        progress = gateway.status(uuid, annotator)["result"]
        gateway.advance("30s")
        results[annotator] = (
            progress["type"],
            progress["worker_id_version"],
            gateway.status(uuid, annotator)["result"],
        )

    transcoded = results.pop("transcoder")[2]
    assert results == {
        "diarisation": (
            "diarisation",
            "0.1.43",
            [{"@id": "diarisation_annotation", "@version": "0.1.43"}],
        ),
        "stt": ("speech", "2.0", [{"@id": "speech_annotation", "@version": "2.0"}]),
        "mine": ("mine", "0.1.43", {"text": "hello"}),
        "void": ("void", "0.1.43", None),
    }
    assert set(transcoded) >= {"stream_hd", "length", "framerate"}


def test_a_configured_host_is_every_attempts(gateway: Any) -> None:
    gateway.options(annotators={"stt": {"host": "one.example"}})
    uuid = gateway.submit(annotator="stt")
    gateway.advance("5s")

    assert gateway.status(uuid, "stt")["result"]["host"] == "one.example"


def test_the_stub_answers_the_message_that_its_worker_got(gateway: Any) -> None:
    answer = gateway.post(
        "/stub/process/abc.mp4?ann_doc_id=541a0e&note_url=http://h/n&storage_model_id=m 1&x=1",
        json={"labels": ["a"], "x": 2},
    )
    uuid = answer.json()["uuid"]
    gateway.advance("1m")

    result = gateway.status(uuid, "stub")["result"]

    assert result == {
        "result": {
            "type": "Useless",
            "value": {
                "request_time": "2026-01-01T00:00:00",
                "service": {
                    "type": "stub",
                    "misc": {
                        "labels": ["a"],
                        "x": "1",
                        "ann_doc_id": "541a0e",
                        "note_url": "http://h/n",
                        "storage_model_id": "m 1",
                        "model_url": "http://localhost:5002/get/m%201",
                        "upload_url": "http://localhost:5002/add",
                    },
                    "document": {"url": "http://localhost:5002/get/abc.mp4", "credentials": None},
                },
                "annotation_service": {
                    "url": "http://localhost:5001/document/541a0e/annotations?storageType=2",
                    "uuid": None,
                    "credentials": None,
                },
            },
        }
    }


def test_one_seed_gives_the_same_answers_twice(a_gateway: Any) -> None:
    def story() -> list[bytes]:
        gateway = a_gateway("same")
        uuid = gateway.submit("vesta/slow-progress")
        seen = []
        for _ in range(60):
            gateway.advance("1m")
            seen.append(gateway.ask(uuid).content)
        return seen

    assert story() == story()


def test_every_documented_state_can_be_seen_on_successive_polls(gateway: Any) -> None:
    path = ["PENDING", "RECEIVED", "STARTED", "PROGRESS", "STORING", "RETRY"]
    story = gateway.scenario(
        *({"state": state, "polls": 1} for state in path), {"state": "SUCCESS"}
    )
    uuid = gateway.submit(story, ann_doc_id="1")

    assert [gateway.status(uuid)["status"] for _ in range(7)] == [*path, "SUCCESS"]
    assert set(path) | {"SUCCESS", "FAILURE", "REVOKED", "EXPIRED"} == set(STATES)


def test_dates_are_those_of_the_sandboxs_clock(gateway: Any) -> None:
    assert gateway.clock.now_us() == T0
    uuid = gateway.submit(gateway.scenario({"state": "PROGRESS"}))

    answer: httpx.Response = gateway.ask(uuid)

    assert answer.json()["result"]["start_time"] == "2026-01-01T00:00:00"
