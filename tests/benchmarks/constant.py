"""A FastAPI application of one route, as the framework's documentation shows them."""

from __future__ import annotations

from fastapi import FastAPI

app = FastAPI()

_STATUS = {
    "result": {
        "current": 12,
        "host": "diarisation-1.novalocal",
        "start_time": "2026-11-30T07:05:37",
        "total": 100,
        "type": "diarisation",
        "worker_id_version": "0.1.43",
    },
    "status": "PROGRESS",
    "uuid": "2eb6696d-30cb-430d-970b-68b575e7c740",
}


@app.get("/status")
async def status(uuid: str = "") -> dict[str, object]:
    """Always the same answer."""
    return _STATUS
