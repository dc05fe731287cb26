"""Each shipped scenario, played over HTTP by a client of two modules that polls once a second."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockstatus.web.wire import ConnectionBrokenError

FOLDER = Path(__file__).parents[3] / "scenarios" / "krixik"

NOTHING, HALF, ALL, GONE = "00", "10", "11", 400
FAILED = "failed"

# What is seen, runs of the same counted as one: a digit for each module, or an HTTP status.
PLAYED: dict[str, list[object]] = {
    "success": [NOTHING, HALF, ALL],
    "slow": [NOTHING, HALF, ALL],
    "ongoing-forever": [NOTHING],
    "timeout": [NOTHING, HALF],
    "complete-at-the-last-poll": [HALF, ALL],
    "failed-first-module": [NOTHING, f"{FAILED} at parser"],
    "failed-second-module": [NOTHING, HALF, f"{FAILED} at sentiment"],
    "failed-last-module": [NOTHING, HALF, f"{FAILED} at sentiment"],
    "failed-without-module": [NOTHING, FAILED],
    "failed-at-once": [f"{FAILED} at parser"],
    "expired": [NOTHING, HALF, ALL, GONE],
    "deleted-midway": [NOTHING, GONE],
    "never-uploaded": [NOTHING, GONE],
    "output-not-ready": [NOTHING, HALF, ALL],
    "output-large": [NOTHING, HALF, ALL],
    "output-broken": [NOTHING, HALF, ALL],
    "network-flicker": ["no answer", ALL],
}
REFUSED = {
    "upload-refused": 403,
    "upload-lost": "no answer",
    "unauthenticated": 403,
    "over-quota": 400,
    "name-clash": 400,
}


def test_every_shipped_scenario_is_played_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*PLAYED, *REFUSED}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_names_its_schema_and_what_it_exercises(path: Path) -> None:
    text = path.read_text()

    assert text.startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    assert "client" in yaml.safe_load(text)["description"]


def test_every_shipped_scenario_is_good(krixik: Any) -> None:
    library = krixik.app.world.library

    assert [problem for problem in library.problems if "/krixik/" in problem.path] == []
    assert {f"krixik/{name}" for name in (*PLAYED, *REFUSED)} <= set(library.scenarios)


def seen_by(krixik: Any, accepted: dict[str, Any]) -> object:
    body = {"pipeline": "demo", "process_id": accepted["request_id"]}
    try:
        answer = krixik.post("/krixik-core-process-status", body)
    except ConnectionBrokenError:
        return "no answer"
    if answer.status_code != 200:
        return answer.status_code
    document = answer.json()
    failure = document["failure_status"]
    if failure is None:
        return "".join(str(int(value)) for value in document["process_status"].values())
    module = failure.get("failure_module")
    return FAILED if module is None else f"{FAILED} at {module}"


@pytest.mark.parametrize("name", PLAYED)
def test_a_shipped_scenario_is_told_to_its_end(krixik: Any, name: str) -> None:
    accepted = krixik.process("parser", "sentiment", scenario=name)
    assert krixik.upload(accepted).status_code == 204

    seen = []
    for _ in range(250):
        seen.append(seen_by(krixik, accepted))
        krixik.advance("1s")

    assert [one for one, _ in groupby(seen)] == PLAYED[name]


def test_the_last_poll_that_counts_is_the_199th(krixik: Any) -> None:
    accepted = krixik.submit("parser", scenario="complete-at-the-last-poll")

    seen = [seen_by(krixik, accepted) for _ in range(199)]

    assert seen == ["0"] * 198 + ["1"]


@pytest.mark.parametrize("name", ["unauthenticated", "over-quota", "name-clash"])
def test_a_scenario_may_refuse_the_process_call(krixik: Any, name: str) -> None:
    document = krixik.process("parser", scenario=name, status=REFUSED[name])

    told = {
        "unauthenticated": "Forbidden",
        "over-quota": "cap",
        "name-clash": "BAD REQUEST: you have at least one file on record with the same pipeline",
    }
    assert told[name] in document["message"]
    assert len(krixik.sandbox) == 0


def test_an_upload_may_be_refused_or_lost(krixik: Any) -> None:
    refused = krixik.upload(krixik.process("parser", scenario="upload-refused"))
    with pytest.raises(ConnectionBrokenError):
        krixik.upload(krixik.process("parser", scenario="upload-lost"))

    assert refused.status_code == 403
    assert "AccessDenied" in refused.text


def test_faults_of_the_default_scenario_strike_calls_that_belong_to_no_job(krixik: Any) -> None:
    krixik.default("krixik/unauthenticated")
    assert krixik.post("/cli-checkin", "{}").status_code == 403

    krixik.default("krixik/over-quota")
    document = krixik.ask("/krixik-core-cap-check", {}, status=400)
    assert "cap" in document["message"]
    assert document["warnings"] == []


def test_outputs_are_as_their_scenarios_say(krixik: Any) -> None:
    def fetched(name: str) -> dict[str, Any]:
        return krixik.finish("parser", scenario=name)

    assert krixik.about("fetch-output", fetched("output-not-ready"))["process_output"] is None
    assert len(krixik.output(fetched("output-large")).content) == 600_000
    assert krixik.output(fetched("output-broken")).status_code == 404
