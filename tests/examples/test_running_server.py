import httpx


def test_my_client_sees_a_failure(mockstatus):
    mockstatus.use("vesta/failure")

    with httpx.Client(base_url=mockstatus.vesta.url) as client:
        submission = {"doc_url": "http://example.org/a.wav"}
        uuid = client.post("diarisation/annotate", params=submission).json()["uuid"]
        mockstatus.clock.run_until(uuid, "FAILURE")
        job = client.get("diarisation/status", params={"uuid": uuid}).json()

    assert job["status"] == "FAILURE"
