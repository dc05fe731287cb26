"""State coverage: of what a service documents, what its client was really shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.report.coverage import Coverage

if TYPE_CHECKING:
    from conftest import Client


def test_what_was_never_shown_is_named() -> None:
    shown = ("PENDING", "RECEIVED", "STARTED", "PROGRESS", "SUCCESS", "FAILURE", "REVOKED")
    documented = ("PENDING", "RECEIVED", "STARTED", "PROGRESS", "STORING", "RETRY")
    documented += ("SUCCESS", "FAILURE", "REVOKED", "EXPIRED")
    coverage = Coverage("vesta", documented, shown)

    assert coverage.summary == "vesta 7/10: never STORING, RETRY, EXPIRED"
    assert coverage.percent == 70.0


def test_all_is_a_hundred_and_almost_all_is_not() -> None:
    all_of_three = Coverage("toy", ("A", "B", "C"), ("A", "B", "C"))

    assert (all_of_three.percent, all_of_three.summary) == (100.0, "toy 3/3")
    assert Coverage("toy", ("A", "B", "C"), ("A", "B")).percent == 66.6
    assert Coverage("toy", (), ()).percent == 100.0


def test_only_what_an_answer_told_counts(client: Client) -> None:
    uuid = client.vesta("success")
    client.ask_vesta(uuid)
    client.advance("1h")
    client.fault(operation="status", times=1, when="after", effect={"status": 500})
    client.ask_vesta(uuid)
    client.send("HEAD", f"/vesta/diarisation/status?uuid={uuid}")

    assert client.report().coverage["vesta"].shown == ["PENDING"]
    client.ask_vesta(uuid)
    assert client.report().coverage["vesta"].shown == ["PENDING", "SUCCESS"]


def test_an_answer_that_was_only_edited_was_shown(client: Client) -> None:
    uuid = client.vesta("success")
    client.fault(operation="status", effect={"delay": "5s"})
    client.ask_vesta(uuid)

    assert client.report().coverage["vesta"].shown == ["PENDING"]


def test_a_cancel_that_answers_as_status_does_counts(client: Client) -> None:
    uuid = client.vesta("success")
    assert client.ask_vesta(uuid, "cancel") == "REVOKED"

    assert client.report().coverage["vesta"].shown == ["REVOKED"]


def test_only_the_tracks_that_were_asked_about_were_shown(client: Client) -> None:
    job = client.ukssdc("partial-failure")
    client.advance("1h")
    client.ask_ukssdc(job, "lc")

    assert client.report().coverage["ukssdc"].shown == ["4"]


def test_a_product_that_is_left_out_is_the_clients_minus_ten(client: Client) -> None:
    job = client.ukssdc("no-status")
    for _ in range(10):
        client.ask_ukssdc(job)
        client.advance("1m")

    assert "-10" in client.report().coverage["ukssdc"].shown


def test_krixiks_endings_are_told_by_their_refusals(client: Client) -> None:
    accepted = client.krixik()
    client.advance("1h")
    client.ask_krixik("/krixik-core-process-status", process_id=accepted["request_id"])

    assert client.report().coverage["krixik"].shown == ["expired"]


def test_a_service_that_nobody_called_is_not_counted(client: Client) -> None:
    client.vesta()

    assert list(client.report().coverage) == ["vesta"]
