"""Seed, reset and health; and when a sandbox comes to be."""

import pytest

from mockstatus import __version__


def test_health_counts_over_all_sandboxes_and_makes_none(tester):
    tester.submit()
    tester.inside("alice").submit()

    health = tester.inside("bob").get("/_mock/health")

    assert health == {
        "status": "ok",
        "version": __version__,
        "sandboxes": 2,
        "jobs": 2,
        "scenarios": len(tester.app.world.library.scenarios),
    }
    assert tester.sandboxes == ("default", "alice")


def test_the_same_seed_gives_the_same_ids(tester):
    alice = tester.inside("alice")

    alice.put("/_mock/seed", {"seed": 7})
    first = alice.submit()
    alice.post("/_mock/reset")
    alice.put("/_mock/seed", {"seed": 7})

    assert alice.get("/_mock/seed") == {"seed": 7}
    assert alice.submit() == first


def test_a_seed_can_be_set_only_while_there_are_no_jobs(tester):
    tester.submit()

    problem = tester.refused(409, "PUT", "/_mock/seed", json={"seed": 7})

    assert "the seed can be set only while the sandbox has no jobs" in problem["detail"]
    assert tester.get("/_mock/seed") == {"seed": 1}


@pytest.mark.parametrize("seed", [None, "7", 1.5, True, 2**63, -(2**63) - 1, 10**30])
def test_a_seed_is_a_whole_number_of_64_bits(tester, seed):
    problem = tester.refused(422, "PUT", "/_mock/seed", json={"seed": seed})

    assert problem["where"] == "body.seed"
    assert problem["errors"][0]["expected"]


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (10**30, "a whole number from -2**63 to 2**63-1"),
        (-(10**30), "a whole number from -2**63 to 2**63-1"),
        (-(2**63) - 1, "a whole number from -2**63 to 2**63-1"),
        (2**63, "at most 9223372036854775807"),
    ],
)
def test_a_seed_that_is_too_large_is_told_the_bounds(tester, seed, expected):
    problem = tester.refused(422, "PUT", "/_mock/seed", json={"seed": seed})

    assert problem["errors"][0]["expected"] == expected


def test_a_reset_makes_all_of_a_sandbox_as_new(tester):
    start = tester.inside("untouched")
    paths = ("/jobs", "/next", "/defaults/toy", "/options/toy", "/faults", "/scenarios", "/seed")
    as_new = [start.get(f"/_mock{path}") for path in paths]
    tester.put("/_mock/seed", {"seed": 99})
    tester.submit()
    tester.post("/_mock/next", {"scenario": "toy/stuck"})
    tester.put("/_mock/defaults/toy", {"scenario": "stuck"})
    tester.put("/_mock/options/toy", {"greeting": "ho"})
    tester.post("/_mock/faults", {"effect": {"status": 503}})
    tester.good(
        "PUT",
        "/_mock/scenarios/toy/own",
        content="service: toy\nsummary: s\nphases: [{state: DONE}]",
    )
    tester.put("/_mock/clock", {"mode": "x60"})

    assert tester.send("POST", "/_mock/reset").status_code == 204

    assert [tester.get(f"/_mock{path}") for path in paths] == as_new
    assert tester.get("/_mock/clock")["mode"] == "manual"


def test_a_reset_leaves_other_sandboxes_alone(tester):
    toy = tester.inside("alice").submit()

    tester.post("/_mock/reset")

    assert tester.inside("alice").job(toy)["id"] == toy


def test_whoever_holds_the_old_sandbox_does_not_disturb_the_new_one(tester):
    old = tester.app.world.sandboxes.look("default")
    toy = tester.submit("stuck")

    tester.post("/_mock/reset")
    old.signal(old.job(toy), "fail")
    old.clock.advance(1_000_000)

    assert tester.get("/_mock/jobs") == []


def test_a_reset_of_no_sandbox_makes_none(tester):
    tester.inside("alice").post("/_mock/reset")

    assert tester.sandboxes == ("default",)


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/scenarios",
        "/scenarios/toy/stuck",
        "/next",
        "/defaults/toy",
        "/jobs",
        "/clock",
        "/seed",
        "/options/toy",
        "/faults",
    ],
)
def test_no_look_makes_a_sandbox(tester, path):
    tester.inside("alice").get(f"/_mock{path}")

    assert "alice" not in tester.sandboxes


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/next", {"scenario": "toy/stuck"}),
        ("PUT", "/defaults/toy", {"scenario": "stuck"}),
        ("PUT", "/defaults/toy", {"scenario": None}),
        ("POST", "/jobs", {"service": "toy"}),
        ("PUT", "/clock", {"mode": "real"}),
        ("POST", "/clock/advance", {"by": "1s"}),
        ("PUT", "/seed", {"seed": 3}),
        ("PUT", "/options/toy", {}),
        ("POST", "/faults", {"effect": {"status": 503}}),
        (
            "PUT",
            "/scenarios/toy/own",
            {"service": "toy", "summary": "s", "phases": [{"state": "DONE"}]},
        ),
    ],
)
def test_every_write_makes_the_sandbox_that_it_is_for(tester, method, path, body):
    tester.inside("alice").good(method, f"/_mock{path}", json=body)

    assert tester.sandboxes == ("default", "alice")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/next", {"scenario": "toy/nothing"}),
        ("PUT", "/defaults/toy", {"scenario": "nothing"}),
        ("POST", "/jobs", {"service": "toy", "submission": {}}),
        ("PUT", "/clock", {"mode": "fast"}),
        ("PUT", "/seed", {"seed": "x"}),
        ("PUT", "/options/toy", {"no": 1}),
        ("POST", "/faults", {"operation": "fly", "effect": {"status": 503}}),
        ("PUT", "/scenarios/toy/own", {"service": "toy"}),
        ("DELETE", "/faults", None),
    ],
)
def test_what_changes_nothing_makes_no_sandbox(tester, method, path, body):
    tester.inside("alice").send(method, f"/_mock{path}", json=body)

    assert "alice" not in tester.sandboxes


def test_a_server_that_is_full_says_so_and_why(server):
    full = server(max_sandboxes=1)
    full.put("/_mock/seed", {"seed": 3})

    problem = full.inside("second").refused(503, "PUT", "/_mock/seed", json={"seed": 3})

    assert problem["limit"] == "sandboxes"
    assert "MOCKSTATUS_MAX_SANDBOXES" in problem["detail"]
