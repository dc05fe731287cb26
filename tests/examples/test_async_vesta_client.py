import asyncio

import httpx
import pytest


class Annotator:
    """A hand-written client of the gateway."""

    def __init__(self, url, transport=None):
        self.client = httpx.AsyncClient(base_url=url, transport=transport)

    async def annotate(self, doc_url):
        async with self.client as client:
            answer = await client.post("diarisation/annotate", params={"doc_url": doc_url})
            uuid = answer.json()["uuid"]
            while True:
                job = (await client.get("diarisation/status", params={"uuid": uuid})).json()
                if job["status"] in ("SUCCESS", "FAILURE"):
                    return job["result"]
                await asyncio.sleep(30)


@pytest.mark.mockstatus(scenario="vesta/retry-then-success", clock="virtual")
def test_it_survives_a_retry(mockstatus):
    result = asyncio.run(Annotator(mockstatus.vesta.url).annotate("http://example.org/a.wav"))

    assert result
    assert "RETRY" in mockstatus.report.coverage["vesta"]["shown"]


@pytest.mark.mockstatus(scenario="vesta/failure", clock="virtual")
def test_it_needs_no_network(mockstatus):
    transport = httpx.ASGITransport(mockstatus.asgi())

    result = asyncio.run(Annotator("http://mock/vesta", transport).annotate("http://h/a.wav"))

    assert "code" in result
