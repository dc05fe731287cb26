"""Each shipped scenario, played from submission to end over HTTP."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[3] / "scenarios" / "vesta"

# What a client that polls once a second sees, runs of one state counted as one; 400 and the like
# stand for a poll that is no 200.
PLAYED: dict[str, list[object]] = {
    "success": ["PENDING", "RECEIVED", "STARTED", "PROGRESS", "STORING", "SUCCESS"],
    "slow-progress": ["PENDING", "RECEIVED", "STARTED", "PROGRESS", "SUCCESS"],
    "failure": ["PENDING", "RECEIVED", "STARTED", "FAILURE"],
    "retry-then-success": ["PENDING", "RECEIVED", "PROGRESS", "RETRY", "PROGRESS", "SUCCESS"],
    "retry-then-failure": [
        "PENDING",
        *["PROGRESS", "RETRY"] * 3,
        "PROGRESS",
        "FAILURE",
    ],
    "storing": ["PENDING", "STARTED", "PROGRESS", "STORING", "SUCCESS"],
    "revoked-before-start": ["PENDING", "REVOKED"],
    "terminated": ["PENDING", "STARTED", "PROGRESS", "REVOKED"],
    "pending-forever": ["PENDING"],
    "expired": ["PENDING", "STARTED", "PROGRESS", "SUCCESS"],
    "version-mismatch": ["PENDING", 400, "SUCCESS"],
    "broker-silent": ["PENDING", 400, "PROGRESS", "SUCCESS"],
    "stuck-at-99": ["PENDING", "STARTED", "PROGRESS"],
    "lost-reply": ["PENDING", "STARTED", "PROGRESS", "SUCCESS"],
    "flaky-gateway": ["PENDING", 502, 503, "PROGRESS", "SUCCESS"],
}


def test_every_shipped_scenario_is_played_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(PLAYED)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_names_its_schema_and_what_it_exercises(path: Path) -> None:
    text = path.read_text()

    assert text.startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    assert "client" in yaml.safe_load(text)["description"]


def play(gateway: Any, uuid: str, *, seconds: int = 1000) -> list[object]:
    """What a client sees that polls once a second until nothing can change any more.

    From the second minute on it polls only where something changes.
    """
    seen: list[object] = []
    for poll in range(seconds):
        answer = gateway.ask(uuid)
        seen.append(answer.json()["status"] if answer.status_code == 200 else answer.status_code)
        now_us = gateway.clock.now_us()
        change_us = gateway.sandbox.job(uuid).next_change_us(now_us)
        if gateway.position(uuid).has_ended:
            break
        later_us = change_us - now_us if poll > 60 and change_us is not None else 1_000_000
        gateway.clock.advance(later_us)
    return [state for state, _ in groupby(seen)]


@pytest.mark.parametrize("name", sorted(set(PLAYED) - {"lost-reply"}))
def test_a_shipped_scenario_is_told_to_its_end(gateway: Any, name: str) -> None:
    uuid = gateway.submit(f"vesta/{name}", ann_doc_id="541a0e")
    seconds = 50 if name in {"pending-forever", "stuck-at-99"} else 1000

    assert play(gateway, uuid, seconds=seconds) == PLAYED[name]


def test_success_ends_in_annotations(gateway: Any) -> None:
    uuid = gateway.submit("vesta/success")
    play(gateway, uuid)

    (annotation,) = gateway.status(uuid)["result"]
    assert set(annotation) >= {"@id", "@version"}


def test_slow_progress_never_goes_back(gateway: Any) -> None:
    uuid = gateway.submit("vesta/slow-progress")
    gateway.advance("70s")
    seen = []
    for _ in range(48):
        seen.append(gateway.status(uuid)["result"]["current"])
        gateway.advance("1m")

    assert seen == sorted(seen)
    assert seen[0] < 5
    assert 30 <= seen[10] < 35
    assert 60 <= seen[40] < 70


def test_failure_tells_why(gateway: Any) -> None:
    uuid = gateway.submit("vesta/failure")
    play(gateway, uuid)

    assert gateway.status(uuid)["result"] == {"code": 301, "message": "HTTP Error 404: Not Found"}


def test_retry_then_success_ends_in_the_scripted_annotations(gateway: Any) -> None:
    uuid = gateway.submit("vesta/retry-then-success")
    play(gateway, uuid)

    assert gateway.status(uuid)["result"] == [
        {"@id": "diarisation_annotation", "@version": "0.5.1"}
    ]


def test_the_last_failure_after_retries_has_the_same_cause(gateway: Any) -> None:
    uuid = gateway.submit("vesta/retry-then-failure")
    gateway.advance("13s")
    retry = gateway.status(uuid)
    play(gateway, uuid)

    assert retry["status"] == "RETRY"
    assert gateway.status(uuid)["result"] == retry["result"]


@pytest.mark.parametrize(
    ("name", "word"), [("revoked-before-start", "revoked"), ("terminated", "terminated")]
)
def test_a_scripted_revocation_is_told_by_the_state_before_it(
    gateway: Any, name: str, word: str
) -> None:
    uuid = gateway.submit(f"vesta/{name}")
    play(gateway, uuid)

    assert gateway.status(uuid)["result"] == {"code": 109, "message": word}


def test_pending_forever_can_be_cancelled(gateway: Any) -> None:
    uuid = gateway.submit("vesta/pending-forever")
    gateway.advance("7d")

    assert gateway.cancel(uuid)["result"] == {"code": 109, "message": "revoked"}


def test_expired_succeeds_and_then_lies_idle(gateway: Any) -> None:
    uuid = gateway.submit("vesta/expired")
    assert play(gateway, uuid)[-1] == "SUCCESS"

    gateway.advance("2h")

    assert gateway.status(uuid)["status"] == "EXPIRED"


def test_the_broker_is_silent_for_five_seconds_a_call(gateway: Any) -> None:
    uuid = gateway.submit("vesta/broker-silent")
    answers = [gateway.ask(uuid) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 400, 400, 400, 200]
    assert answers[1].json()["vesta"]["code"] == 205
    assert gateway.slept == [5.0, 5.0, 5.0]
    assert gateway.position(uuid).polls == 5


def test_stuck_at_99_stays_there(gateway: Any) -> None:
    uuid = gateway.submit("vesta/stuck-at-99")
    gateway.advance("1h")
    first = gateway.status(uuid)["result"]
    gateway.advance("1h")

    assert first["current"] == 99
    assert gateway.status(uuid)["result"] == first
    assert gateway.cancel(uuid)["result"]["message"] == "terminated"


def test_a_lost_reply_leaves_a_task_that_nobody_knows_of(gateway: Any) -> None:
    gateway.sandbox.queues.add("vesta", "vesta/lost-reply")

    with pytest.raises(ConnectionError):
        gateway.submit()
    again = gateway.submit()

    lost, kept = gateway.sandbox.jobs("vesta")
    assert kept.id == again
    assert play(gateway, lost.id) == PLAYED["lost-reply"]


def test_the_flaky_gateway_sends_pages_and_then_an_envelope(gateway: Any) -> None:
    uuid = gateway.submit("vesta/flaky-gateway")
    _, first, second, third, last = [gateway.ask(uuid) for _ in range(5)]

    assert [a.headers["content-type"] for a in (first, second)] == ["text/html"] * 2
    assert second.headers["retry-after"] == "5"
    assert third.json()["vesta"] == {"code": 100, "message": ""}
    assert last.status_code == 200
    assert gateway.position(uuid).polls == 2
