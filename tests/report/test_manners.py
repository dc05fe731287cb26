"""Manners: each is found where it happens, with the exchanges that show it, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockstatus.report.finding import spoken
from mockstatus.report.manners import MANNERS, NAMES
from mockstatus.web.wire import ConnectionBrokenError

if TYPE_CHECKING:
    from conftest import Client


def the_only(client: Client, name: str) -> Any:
    found = client.found(name)
    assert len(found) == 1, client.report().findings
    return found[0]


def test_a_patient_client_of_vesta_is_found_nothing_about(client: Client) -> None:
    uuid = client.vesta("success")
    while client.ask_vesta(uuid) != "SUCCESS":
        client.advance("5s")

    assert client.names == []


def test_polls_closer_than_asked_for_are_found_with_all_that_show_it(client: Client) -> None:
    job = client.ukssdc()
    for wait in ("10s", "60s", "59s", "1s"):
        client.ask_ukssdc(job)
        client.advance(wait)
    client.ask_ukssdc(job)

    found = the_only(client, "polled-too-fast")
    # 59 s are as good as a minute: clocks and networks are not exact.
    assert found.exchanges == [2, 3, 5, 6]
    assert found.job == str(job)
    assert "2 times" in found.text
    assert "shortest wait 1s" in found.text
    assert "asks for 1m" in found.text


def test_polls_a_minute_apart_are_no_finding(client: Client) -> None:
    job = client.ukssdc()
    for _ in range(5):
        client.ask_ukssdc(job)
        client.advance("1m")

    assert client.found("polled-too-fast") == []


def test_two_jobs_polled_in_turn_are_not_polled_too_fast(client: Client) -> None:
    jobs = [client.ukssdc(), client.ukssdc()]
    for _ in range(3):
        for job in jobs:
            client.ask_ukssdc(job)
        client.advance("1m")

    assert client.found("polled-too-fast") == []


def test_polls_after_the_end_was_shown_are_found(client: Client) -> None:
    uuid = client.vesta("success")
    client.advance("1h")
    for _ in range(3):
        client.ask_vesta(uuid)

    found = the_only(client, "polled-after-end")
    assert found.exchanges == [3, 4]
    assert "2 times" in found.text
    assert "exchange 2 had shown the end, SUCCESS" in found.text


def test_an_end_that_a_fault_kept_from_the_client_was_not_shown(client: Client) -> None:
    uuid = client.vesta("success")
    client.advance("1h")
    client.fault(operation="status", times=1, when="after", effect={"status": 503})
    client.ask_vesta(uuid)
    client.ask_vesta(uuid)

    assert client.names == []


def test_a_job_that_came_back_to_life_may_be_polled_again(client: Client) -> None:
    uuid = client.vesta("success")
    client.advance("1h")
    client.ask_vesta(uuid)
    client.good(
        "PUT",
        f"/_mock/jobs/{uuid}/tracks/task",
        json=[{"state": "PROGRESS", "polls": 2}, {"state": "SUCCESS"}],
    )
    shown = [client.ask_vesta(uuid) for _ in range(3)]

    assert shown == ["PROGRESS", "PROGRESS", "SUCCESS"]
    # The first of them was made before anybody could know.
    assert the_only(client, "polled-after-end").exchanges == [3]


def test_polls_after_the_job_was_told_to_be_gone_are_found(client: Client) -> None:
    accepted = client.krixik()
    client.advance("30d")
    for _ in range(3):
        client.ask_krixik("/krixik-core-process-status", process_id=accepted["request_id"])

    found = the_only(client, "polled-after-gone")
    assert len(found.exchanges) == 2
    assert client.found("polled-after-end") == []


def test_polls_after_the_clients_own_deletion_are_found(client: Client) -> None:
    accepted = client.krixik()
    client.ask_krixik("/krixik-core-delete", file_id=accepted["file_id"])
    client.ask_krixik("/krixik-core-process-status", process_id=accepted["request_id"])

    assert client.names == ["polled-after-gone"]


def test_asking_again_after_a_definite_not_found_is_found(client: Client) -> None:
    for _ in range(3):
        client.ask_vesta("00000000-0000-4000-8000-000000000000")
    client.ask_vesta("00000000-0000-4000-8000-000000000001")

    found = the_only(client, "polled-after-gone")
    assert found.exchanges == [2, 3]
    assert found.job is None


def test_looking_away_before_the_end_is_found(client: Client) -> None:
    uuid = client.vesta("success")
    client.advance("10s")
    client.ask_vesta(uuid)
    client.advance("1h")

    found = the_only(client, "never-polled-to-end")
    assert "shown PROGRESS last, by 1 poll; the job ended as SUCCESS" in found.text
    assert found.exchanges == [2]


def test_a_submission_that_nobody_ever_polled_is_found(client: Client) -> None:
    client.vesta("success")

    assert "never shown a state" in the_only(client, "never-polled-to-end").text


@pytest.mark.parametrize("scenario", ["pending-forever", "stuck-at-99"])
def test_giving_up_on_what_never_ends_is_no_finding(client: Client, scenario: str) -> None:
    uuid = client.vesta(scenario)
    for _ in range(5):
        client.ask_vesta(uuid)
        client.advance("10m")

    assert client.names == []


def test_a_client_that_cancels_need_not_look_on(client: Client) -> None:
    uuid = client.vesta("slow-progress")
    client.advance("5s")
    client.ask_vesta(uuid)
    client.ask_vesta(uuid, "cancel")

    assert client.names == []


def test_a_job_whose_submission_was_lost_has_no_client_to_blame(client: Client) -> None:
    client.fault(operation="submit", times=1, when="after", effect={"status": 502})
    client.submit_vesta("success")

    assert client.names == []


def test_giving_up_on_a_retry_is_found(client: Client) -> None:
    uuid = client.vesta("retry-then-success")
    client.advance("30s")
    assert client.ask_vesta(uuid) == "RETRY"

    found = the_only(client, "gave-up-on-retry")
    assert found.exchanges == [2]
    assert "RETRY" in found.text


def test_giving_up_on_retry_after_is_found(client: Client) -> None:
    uuid = client.vesta("success")
    effect = {"status": 503, "headers": {"Retry-After": "5"}}
    client.fault(operation="status", times=1, effect=effect)
    client.ask_vesta(uuid)

    assert "Retry-After: 5" in the_only(client, "gave-up-on-retry").text


def test_a_submission_that_was_told_to_wait_and_never_came_back_is_found(client: Client) -> None:
    effect = {"status": 429, "headers": {"Retry-After": "5"}}
    client.fault(operation="submit", times=1, effect=effect)
    client.submit_vesta()

    found = the_only(client, "gave-up-on-retry")
    assert (found.job, found.exchanges) == (None, [1])
    client.submit_vesta()
    assert client.found("gave-up-on-retry") == []


@pytest.mark.parametrize(
    ("said", "wait", "is_found"),
    [
        pytest.param("30", "29s", False, id="near enough"),
        pytest.param("30", "30s", False, id="in time"),
        pytest.param("30", "3s", True, id="too soon"),
        pytest.param("Thu, 01 Jan 2026 00:01:00 GMT", "61s", False, id="after the date"),
        pytest.param("Thu, 01 Jan 2026 00:01:00 GMT", "5s", True, id="before the date"),
        pytest.param("soon", "0s", False, id="not understood"),
    ],
)
def test_coming_back_before_retry_after_is_found(
    client: Client, said: str, wait: str, is_found: bool
) -> None:
    uuid = client.vesta("success")
    effect = {"status": 503, "headers": {"Retry-After": said}}
    client.fault(operation="status", times=1, effect=effect)
    client.ask_vesta(uuid)
    client.advance(wait)
    client.ask_vesta(uuid)

    assert [one.exchanges for one in client.found("ignored-retry-after")] == [[2, 3]] * is_found


def test_submitting_again_after_a_lost_answer_is_found(client: Client) -> None:
    client.fault(operation="submit", times=1, when="after", effect={"wire": "reset"})
    with pytest.raises(ConnectionBrokenError):
        client.submit_vesta("success")
    uuid = client.vesta("success")
    client.advance("1h")
    client.ask_vesta(uuid)

    found = the_only(client, "resubmitted-after-lost-answer")
    assert found.exchanges == [1, 2]
    assert client.names == ["resubmitted-after-lost-answer"]


def test_submitting_again_while_the_answer_is_held_back_is_found(client: Client) -> None:
    client.fault(operation="submit", times=1, when="after", effect={"delay": "10m"})
    client.submit_vesta("success")
    client.submit_vesta("success")

    assert the_only(client, "resubmitted-after-lost-answer").exchanges == [1, 2]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"when": "before", "effect": {"status": 503}}, id="nothing was accepted"),
        pytest.param({"when": "after", "effect": {"delay": "0s"}}, id="nothing was lost"),
    ],
)
def test_submitting_again_is_right_where_nothing_was_lost(
    client: Client, fault: dict[str, Any]
) -> None:
    client.fault(operation="submit", times=1, **fault)
    client.submit_vesta("success")
    client.submit_vesta("success")

    assert client.found("resubmitted-after-lost-answer") == []


def test_another_submission_after_a_lost_answer_is_not_the_same(client: Client) -> None:
    client.fault(operation="submit", times=1, when="after", effect={"status": 502})
    client.submit_vesta("success")
    client.submit_vesta("success", doc="b")

    assert client.found("resubmitted-after-lost-answer") == []


def test_products_that_nobody_fetches_are_found(client: Client) -> None:
    job = client.ukssdc()
    client.advance("1h")
    client.ask_ukssdc(job)

    found = the_only(client, "output-never-fetched")
    assert found.exchanges == [2]
    client.about_ukssdc("tprods/getLCData.php", job)
    assert client.names == []


def test_a_job_that_made_nothing_leaves_nothing_to_fetch(client: Client) -> None:
    job = client.ukssdc("not-built")
    client.advance("1h")
    client.ask_ukssdc(job)

    assert client.names == []


def test_output_that_krixik_was_not_asked_for_is_no_finding(client: Client) -> None:
    accepted = client.krixik()
    client.advance("10m")
    client.ask_krixik("/krixik-core-process-status", process_id=accepted["request_id"])

    assert client.names == []


def test_a_link_to_krixiks_output_that_nobody_follows_is_found(client: Client) -> None:
    accepted = client.krixik()
    client.advance("10m")
    client.ask_krixik("/krixik-core-process-status", process_id=accepted["request_id"])
    told = client.ask_krixik("/krixik-core-fetch-output", file_id=accepted["file_id"])

    assert client.names == ["output-never-fetched"]
    url = told["process_output"][0]["url"].partition(f"/~{client.name}")[2]
    client.good("GET", url)
    assert client.names == []


def test_cancelling_what_was_finished_is_found(client: Client) -> None:
    uuid = client.vesta("success")
    client.advance("1h")
    client.ask_vesta(uuid)
    client.ask_vesta(uuid, "cancel")

    found = the_only(client, "cancelled-finished")
    assert found.exchanges == [3]
    assert "exchange 2 had shown it" in found.text


def test_cancelling_what_was_finished_unseen_is_told_as_such(client: Client) -> None:
    uuid = client.vesta("success")
    client.advance("1h")
    client.ask_vesta(uuid, "cancel")

    assert "a look before would have told" in the_only(client, "cancelled-finished").text


def test_repeating_a_cancel_whose_answer_was_lost_is_no_finding(client: Client) -> None:
    uuid = client.vesta("slow-progress")
    client.fault(operation="cancel", times=1, when="after", effect={"status": 502})
    client.ask_vesta(uuid, "cancel")
    client.ask_vesta(uuid, "cancel")

    assert client.names == []


def test_going_on_after_a_fatal_end_is_found(client: Client) -> None:
    uuid = client.vesta("failure")
    client.advance("1h")
    client.ask_vesta(uuid)
    client.ask_vesta(uuid)

    assert the_only(client, "fatal-shrugged-off").exchanges == [3]


def test_fetching_from_what_failed_is_found(client: Client) -> None:
    accepted = client.krixik("failed-first-module")
    client.advance("10m")
    client.ask_krixik("/krixik-core-process-status", process_id=accepted["request_id"])
    client.ask_krixik("/krixik-core-fetch-output", file_id=accepted["file_id"])

    found = the_only(client, "fatal-shrugged-off")
    assert "fetch_output" in found.text
    assert client.names == ["fatal-shrugged-off"]


def test_one_product_that_failed_spoils_no_other(client: Client) -> None:
    job = client.ukssdc("partial-failure")
    client.advance("1h")
    client.ask_ukssdc(job)
    client.about_ukssdc("tprods/getLCData.php", job)

    assert client.names == []


def test_a_queued_scenario_that_nobody_took_is_about_the_test(client: Client) -> None:
    client.good("POST", "/_mock/next", json={"scenario": "vesta/failure", "count": 3})
    client.vesta()

    (found,) = [one for one in client.found() if one.about == "test"]
    assert (found.name, found.service) == ("queued-never-taken", "vesta")
    assert "2 times" in found.text


def test_a_fault_that_never_struck_is_about_the_test(client: Client) -> None:
    client.fault(service="vesta", operation="status", nth=3, effect={"status": 503})
    client.fault(operation="cancel", effect={"status": 503})
    uuid = client.vesta("success")
    client.advance("1h")
    client.ask_vesta(uuid)

    found = client.found("fault-never-struck")
    assert [one.about for one in found] == ["test", "test"]
    assert "it was meant for 1 calls, and none was its turn" in found[0].text
    assert "no call came" in found[1].text


def test_a_scenarios_fault_that_struck_one_of_its_jobs_had_its_use(client: Client) -> None:
    client.good(
        "PUT",
        "/_mock/scenarios/vesta/third",
        json={
            "service": "vesta",
            "summary": "The third status call fails.",
            "phases": [{"state": "SUCCESS"}],
            "faults": [{"operation": "status", "nth": 3, "effect": {"status": 503}}],
        },
    )
    first, second = client.vesta("third"), client.vesta("third")
    client.ask_vesta(first)
    assert len(client.found("fault-never-struck")) == 1
    for _ in range(2):
        client.ask_vesta(first)
    client.ask_vesta(second)

    assert client.found("fault-never-struck") == []


def test_a_fault_that_chance_spared_is_no_finding(client: Client) -> None:
    client.fault(operation="status", probability=0.0, effect={"status": 503})
    uuid = client.vesta("success")
    client.ask_vesta(uuid)

    assert client.found("fault-never-struck") == []


def test_manners_are_named_once_each_and_as_in_the_list() -> None:
    assert len(set(NAMES)) == len(MANNERS) == 13
    assert all(manner.__doc__ for _, manner in MANNERS)


def test_a_cancel_that_came_too_late_lets_nothing_go(client: Client) -> None:
    job = client.ukssdc()
    client.advance("1h")
    client.ask_ukssdc(job)
    client.about_ukssdc("canceljob.php", job, what="lc,spec,psf,enh,xastrom")

    assert client.names == ["output-never-fetched", "cancelled-finished"]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([], ""),
        ([3], "#3"),
        ([3, 5, 6, 9], "#3 #5-#6 #9"),
        ([1, 3, 5, 7, 8], "#1 #3 and 3 more"),
    ],
)
def test_numbers_of_exchanges_are_told_in_stretches(numbers: list[int], told: str) -> None:
    assert spoken(numbers, most=2 if len(numbers) == 5 else 9) == told
