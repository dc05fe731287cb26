"""Why a job answers what it answers, and what comes next."""

import pytest

from mockstatus.runtime.clock import LATEST_US


def explain(tester, toy, track="toy"):
    told = tester.get(f"/_mock/jobs/{toy}/explain")
    return told, told["tracks"][track]


def test_it_tells_what_why_and_what_comes_next_when(tester):
    toy = tester.submit()
    tester.advance("5s")

    told, track = explain(tester, toy)

    assert told["state"] == "RUNNING"
    assert told["plays"] == "the service's own story, as no scenario was chosen"
    assert told["next_change"] == "2026-01-01T00:00:11Z"
    assert track == {
        "state": "RUNNING",
        "phase": 2,
        "phases": 3,
        "entered": "2026-01-01T00:00:01Z",
        "progress": 40,
        "how": "QUEUED was over after 1s",
        "ends": "the clock, at 2026-01-01T00:00:11Z (in 6s)",
        "next_state": "DONE",
        "next_at": "2026-01-01T00:00:11Z",
        "polls_left": None,
    }
    assert told["summary"] == (
        f"Job {toy} of toy plays the service's own story, as no scenario was chosen; it answers"
        " RUNNING. Track toy is in RUNNING at 40, phase 2 of 3, since 2026-01-01T00:00:01Z because"
        " QUEUED was over after 1s; what ends it: the clock, at 2026-01-01T00:00:11Z (in 6s), then"
        " DONE. Its client last called at 2026-01-01T00:00:00Z (submit, exchange 1), got 202."
        " It is 2026-01-01T00:00:05Z in sandbox default; its clock is manual: nothing moves"
        " by time until it is advanced."
    )


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("manual", "its clock is manual: nothing moves by time until it is advanced"),
        ("real", "its clock runs in real time"),
        ("x60", "its clock runs 60 times as fast as real time"),
    ],
)
def test_it_tells_how_time_passes(tester, mode, told):
    toy = tester.submit()
    tester.put("/_mock/clock", {"mode": mode})

    explained, _ = explain(tester, toy)

    assert told in explained["summary"]
    assert explained["clock"]["mode"] == mode


def test_a_counted_phase_tells_how_many_polls_are_left(tester):
    toy = tester.submit("counted")
    tester.poll(toy)

    told, track = explain(tester, toy)

    assert told["plays"] == "scenario toy/counted"
    assert (track["polls_left"], track["next_state"]) == (1, "RUNNING")
    assert track["ends"] == "1 poll more"
    tester.poll(toy)
    _, track = explain(tester, toy)
    assert (track["how"], track["polls_left"]) == ("2 polls had seen QUEUED", 3)


def test_a_wait_for_a_signal_names_it(tester):
    toy = tester.submit("signalled")

    _, track = explain(tester, toy)
    assert (track["how"], track["ends"]) == ("it began so", "the signal 'go'")
    tester.post(f"/_mock/jobs/{toy}/signals", {"signal": "go"})
    _, track = explain(tester, toy)

    assert track["how"] == "the signal 'go' came"


def test_a_signal_so_long_ago_that_it_was_forgotten_is_not_made_up(tester):
    toy = tester.submit("signalled")
    sandbox = tester.app.world.sandboxes.look("default")
    job = sandbox.job(toy)
    sandbox.signal(job, "go")
    for _ in range(200):
        sandbox.signal(job, "nothing")

    _, track = explain(tester, toy)

    assert track["how"] == "it left QUEUED"


def test_a_wait_for_a_track_tells_where_that_one_stands(tester):
    toy = tester.submit("waits")

    _, track = explain(tester, toy)
    assert track["ends"] == "the end of track box, which is in RUNNING"
    tester.advance("30s")
    _, track = explain(tester, toy)

    assert track["how"] == "track box had ended"
    assert track["ends"] == "nothing: DONE is final"
    assert track["next_state"] is None


def test_a_wait_for_a_track_that_the_job_lacks_is_over(tester):
    toy = tester.submit()
    phases = [{"state": "QUEUED", "until": {"track": "lid"}}, {"state": "RUNNING"}]
    tester.put(f"/_mock/jobs/{toy}/tracks/toy", phases)

    _, track = explain(tester, toy)

    assert (track["how"], track["state"]) == ("it was put there", "RUNNING")


def test_a_stuck_job_says_that_nothing_ends_it(tester):
    toy = tester.submit("stuck")
    tester.advance("1s")

    _, track = explain(tester, toy)

    assert "nothing: it is the last phase" in track["ends"]
    assert (track["next_state"], track["next_at"]) == (None, None)


def test_a_phase_that_stays_before_others_says_so(tester):
    toy = tester.submit("stuck")
    tester.put(f"/_mock/jobs/{toy}/tracks/toy", [{"state": "RUNNING"}, {"state": "DONE"}])

    _, track = explain(tester, toy)

    assert track["ends"] == "nothing: it stays until a signal, a cancel or a put"
    assert track["how"] == "it was put there"


def test_what_was_put_or_sent_to_another_track_is_no_reason(tester):
    toy = tester.submit("waits")
    tester.put(f"/_mock/jobs/{toy}/tracks/box", {"state": "RUNNING"})

    _, track = explain(tester, toy)

    assert track["how"] == "it began so"


def test_a_cancel_is_told_before_during_and_after_its_lag(tester):
    toy = tester.submit("lagging")
    tester.good("DELETE", f"/toy/toys/{toy}")

    _, track = explain(tester, toy)
    assert track["ends"] == "a cancel that takes effect at 2026-01-01T00:00:05Z"
    assert (track["next_state"], track["next_at"]) == ("BROKEN", "2026-01-01T00:00:05Z")
    tester.advance("5s")
    _, track = explain(tester, toy)

    assert (track["state"], track["how"]) == ("BROKEN", "a cancel took effect")


def test_a_phase_that_ends_before_a_cancel_takes_effect_is_told_first(tester):
    toy = tester.submit("lagging")
    tester.advance("58s")
    tester.good("DELETE", f"/toy/toys/{toy}")

    _, track = explain(tester, toy)

    assert (track["next_state"], track["next_at"]) == ("DONE", "2026-01-01T00:01:00Z")


def test_a_cancel_without_a_lag_is_the_clients(tester):
    toy = tester.submit()
    tester.good("DELETE", f"/toy/toys/{toy}")

    _, track = explain(tester, toy)

    assert track["how"] == "its client cancelled it"


def test_an_expiry_is_foretold_and_told(tester):
    toy = tester.submit("expiring")

    told, _ = explain(tester, toy)
    assert told["expires"] == "2026-01-01T01:00:00Z"
    assert "It expires at 2026-01-01T01:00:00Z if nobody does anything." in told["summary"]
    tester.advance("1h")
    told, track = explain(tester, toy)

    assert told["gone"] == {"why": "expired", "at": "2026-01-01T01:00:00Z"}
    assert (told["expires"], told["next_change"]) == (None, None)
    assert track["ends"] == "nothing: the job is gone (expired)"
    assert "It is gone since 2026-01-01T01:00:00Z: expired." in told["summary"]


def test_a_job_that_its_client_must_start_says_so(tester):
    toy = tester.submit(slow=True)

    told, track = explain(tester, toy)
    assert track["ends"] == "its client, by handing over what the job waits for"
    assert told["expires"] == "2026-01-01T00:10:00Z"
    tester.post(f"/toy/toys/{toy}/key")
    told, track = explain(tester, toy)

    assert track["how"] == "its client handed over what it waited for"
    assert told["expires"] is None


def test_what_happens_beyond_the_year_9999_is_not_told(tester):
    tester.app.world.sandboxes.look("default").clock.set_now(LATEST_US)
    toy = tester.submit("expiring")

    told, _ = explain(tester, toy)

    assert told["expires"] is None
    assert tester.job(toy)["submitted"] == "9999-12-31T23:59:59Z"
