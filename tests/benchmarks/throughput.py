"""Status calls and submissions under load, beside the raw ASGI twins and a FastAPI operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import contenders, wrk
from benchmarks.contenders import CONSTANT, MOCKSTATUS, PREFIX, Prepare, twin_launch
from benchmarks.dialogues import DIALOGUES, Ask
from benchmarks.figures import Aim, Part, at_least, ratio
from benchmarks.peers import PEERS
from benchmarks.under_load import Pace, Samples, Subject, measure

Say = Callable[[str], None]

POLL_AIM = at_least(0.75)
SUBMIT_AIM = at_least(0.5)
AHEAD_AIM = at_least(1)

ANEW = ", each anew"
"""Submissions of which none says what another did: nothing that was read before is of use."""


def status(pace: Pace, say: Say, peers: Path | None = None) -> Part:
    """Polls of running jobs, in the default sandbox and in a prefixed one.

    peers: the folder that other servers are installed in.
    """
    part = Part("status", "polls of 64 running jobs by 32 connections, journal on")
    installed = {peer.name: peer for peer in PEERS if peer.missing(peers) is None}
    part.notes += [
        f"{peer.name}: {why}" for peer in PEERS if (why := peer.missing(peers)) is not None
    ]
    wrk.refuse_without()
    with contenders.recorded_answers() as recorded, TemporaryDirectory() as scratch:
        subjects = []
        for name, dialogue in DIALOGUES.items():
            twin = contenders.polls(dialogue, is_twin=True)
            subjects += [
                Subject(name, MOCKSTATUS, contenders.polls(dialogue)),
                Subject(f"{name} in {PREFIX}", MOCKSTATUS, contenders.polls(dialogue, PREFIX)),
                Subject(f"{name} twin", twin_launch(recorded[name]), twin),
            ]
        plain = twin_launch(recorded["vesta"], by_uvicorn=True)
        twin = contenders.polls(DIALOGUES["vesta"], is_twin=True)
        subjects += [
            Subject("vesta twin under `uvicorn`", plain, twin),
            Subject("constant FastAPI operation", CONSTANT, _constant),
        ]
        if peers is not None:
            subjects += [one.subject(peers, Path(scratch)) for one in installed.values()]
        found = {one.name: one for one in measure(subjects, pace, say)}
    _tell(part, found)
    for name in DIALOGUES:
        for sandbox in ("", f" in {PREFIX}"):
            _compare(part, found, name + sandbox, f"{name} twin", POLL_AIM)
    _compare(part, found, "vesta", "vesta twin under `uvicorn`", POLL_AIM)
    _compare(part, found, "vesta", "constant FastAPI operation", None)
    for name, peer in installed.items():
        aim = AHEAD_AIM if peer.state == "of each job" else None
        _compare(part, found, "vesta", name, aim, f"state {peer.state}")
    _compare_p99(part, found)
    return part


def submit(pace: Pace, say: Say) -> Part:
    """Submissions, each of which makes a job that stays."""
    part = Part("submit", "submissions by 32 connections, each makes a job that stays")
    wrk.refuse_without()
    with contenders.recorded_answers() as recorded:
        subjects = []
        for name, dialogue in DIALOGUES.items():
            ask = dialogue.submit
            twin: Prepare = contenders.submissions(dialogue, ask, is_twin=True)
            subjects += [
                Subject(name, MOCKSTATUS, contenders.submissions(dialogue, ask)),
                Subject(f"{name} twin", twin_launch(recorded[name]), twin),
            ]
            if dialogue.anew is not None:
                anew = contenders.submissions(dialogue, dialogue.anew)
                subjects.append(Subject(f"{name}{ANEW}", MOCKSTATUS, anew))
        found = {one.name: one for one in measure(subjects, pace, say)}
    _tell(part, found)
    for name, dialogue in DIALOGUES.items():
        _compare(part, found, name, f"{name} twin", SUBMIT_AIM)
        if dialogue.anew is not None:
            _compare(part, found, f"{name}{ANEW}", f"{name} twin", SUBMIT_AIM)
    _compare_p99(part, found)
    return part


def _constant(_server: object) -> list[Ask]:
    return [Ask("GET", "/status?uuid=2eb6696d-30cb-430d-970b-68b575e7c740")]


def _tell(part: Part, found: Mapping[str, Samples]) -> None:
    for samples in found.values():
        part.series += samples.series
        if samples.bad:
            part.notes.append(f"{samples.name}: {samples.bad} requests were not answered well")


def _compare(
    part: Part,
    found: Mapping[str, Samples],
    one: str,
    other: str,
    aim: Aim | None,
    note: str = "",
) -> None:
    verdict = ratio(f"{one} / {other}", found[one].per_cpu_s, found[other].per_cpu_s, aim, note)
    part.verdicts.append(verdict)


def _compare_p99(part: Part, found: Mapping[str, Samples]) -> None:
    for name in DIALOGUES:
        one, other = found[name].p99_ms, found[f"{name} twin"].p99_ms
        part.verdicts.append(ratio(f"p99 of {name} / of its twin", one, other))
