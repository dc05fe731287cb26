"""The benchmark's machinery works: shapes of results, and that twins answer what they are asked.

Nothing here looks at how long anything took.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from benchmarks import direct, flatness, peers, run, wrk
from benchmarks.contenders import MOCKSTATUS, begin, recorded_answers, set_up, twin_launch
from benchmarks.dialogues import DIALOGUES
from benchmarks.figures import Series, at_least, at_most, ratio
from benchmarks.processes import DidNotStartError, Launch, running

needs_wrk = pytest.mark.skipif(
    not wrk.is_installed() and not os.environ.get("CI"), reason="wrk is not installed"
)


def test_a_ratio_is_taken_pass_by_pass_and_held_against_its_aim():
    verdict = ratio("a / b", Series("a", "", (2, 4, 9)), Series("b", "", (2, 2, 3)), at_least(2))

    assert verdict.figure.samples == (1, 2, 3)
    assert verdict.figure.median == 2
    assert verdict.is_met
    assert verdict.to_json()["aim"] == "≥ 2"
    assert not at_most(1).is_met(2)


def test_a_server_that_ends_at_once_is_told_with_what_it_said():
    launch = Launch("nothing", lambda _: ["sh", "-c", "echo no such thing; exit 3"])

    with pytest.raises(DidNotStartError, match=r"nothing: ended with exit code 3\nno such thing"):
        running(launch).__enter__()


def test_each_twin_answers_what_its_service_answers():
    with recorded_answers() as recorded, running(MOCKSTATUS) as server:
        for name, dialogue in DIALOGUES.items():
            set_up(server, dialogue)
            with running(twin_launch(recorded[name])) as twin:
                pair = []
                for one, is_twin in ((server, False), (twin, True)):
                    submitted = begin(one, dialogue, is_twin=is_twin)
                    status = one.good(dialogue.status(dialogue.job_id(submitted.body)))
                    pair.append((submitted, status))
            for real, twins in zip(*pair, strict=True):
                assert json.loads(real.body).keys() == json.loads(twins.body).keys()
                assert real.headers.keys() == twins.headers.keys()
                assert len(twins.body) == pytest.approx(len(real.body), rel=0.05)


@needs_wrk
def test_the_quick_run_writes_all_it_measured_as_json(tmp_path: Path, capsys):
    file = tmp_path / "results.json"

    assert run.main(["--quick", "--only", "submit", "--json", str(file)]) == 0

    document = json.loads(file.read_text())
    (part,) = document["parts"]
    assert part["name"] == "submit"
    assert {one["unit"] for one in part["series"]} == {
        "requests per CPU-second",
        "requests per second",
        "p50, ms",
        "p99, ms",
    }
    assert all(one["low"] <= one["median"] <= one["high"] for one in part["series"])
    assert not part["notes"], "a request was refused"
    assert {"vesta / vesta twin", "ukssdc / ukssdc twin", "krixik / krixik twin"} <= {
        one["name"] for one in part["verdicts"]
    }
    assert "vesta / vesta twin" in capsys.readouterr().out


def test_an_unknown_part_is_refused_with_those_there_are(capsys):
    with pytest.raises(SystemExit) as exit_:
        run.main(["--only", "speed"])

    assert exit_.value.code == 2
    assert "no part is called speed, expected some of status, submit" in capsys.readouterr().err


def test_flatness_compares_polls_in_this_process(monkeypatch):
    monkeypatch.setattr(flatness, "_POLLS", 3)
    monkeypatch.setattr(flatness, "_ROUNDS", 2)
    monkeypatch.setattr(flatness, "SIZES", flatness.Sizes(jobs=2, others=2, phases=4))
    monkeypatch.setattr(direct, "_BY_CLIENT", 1)

    part = flatness.flatness(run.FULL, lambda _: None)

    assert all(len(one.figure.samples) == 2 and one.aim for one in part.verdicts)
    assert {"vesta: 2 jobs / 1", "full journal / empty journal"} <= {
        one.figure.name for one in part.verdicts
    }


def test_a_server_that_is_not_installed_is_left_out_with_the_reason(tmp_path: Path):
    why = {peer.name: peer.missing(tmp_path) for peer in peers.PEERS}

    assert set(why.values()) == {"not installed, see --install-peers"}
    assert {"WireMock", "mountebank, inject", "Mockoon", "pytest-httpserver", "moto"} <= set(why)


def test_each_other_server_is_started_with_a_configuration_of_its_own(tmp_path: Path):
    for peer in peers.PEERS:
        subject = peer.subject(tmp_path, tmp_path)

        assert "8123" in "".join(subject.launch.command(8123)) + "".join(
            file.read_text() for file in tmp_path.glob("*.json")
        )


def test_without_a_load_generator_it_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")

    assert run.main(["--quick", "--only", "status"]) == 1

    said = " ".join(capsys.readouterr().err.split())
    assert said == (
        "status was not measured: wrk makes the load and is not installed: apt-get install wrk"
    )
