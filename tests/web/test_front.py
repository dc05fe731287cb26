"""The lean path around one exchange: what happens while a request is still on its way."""

import asyncio

import httpx
import pytest
from toy_service import SERVICE

from mockstatus.app import create_app
from mockstatus.scenario.library import Library
from mockstatus.settings import Settings


@pytest.fixture
def app():
    library = Library({"toy": SERVICE.scenario_model})
    return create_app(Settings(clock="manual", seed=1), services={"toy": SERVICE}, library=library)


class Slow:
    """A client whose body arrives only when it is let."""

    def __init__(self, app, path: str, body: bytes) -> None:
        self.app = app
        self.status = 0
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "scheme": "http",
            "server": ("127.0.0.1", 80),
        }
        self.may_send = asyncio.Event()
        self.waits = asyncio.Event()
        self.body = body

    async def receive(self):
        self.waits.set()
        await self.may_send.wait()
        return {"type": "http.request", "body": self.body}

    async def send(self, message) -> None:
        self.status = message.get("status", self.status)

    async def begin(self) -> asyncio.Task[None]:
        task = asyncio.create_task(self.app(self.scope, self.receive, self.send))
        await self.waits.wait()
        return task


def test_two_first_submissions_at_once_make_one_sandbox_with_both_jobs(app):
    async def both() -> None:
        clients = [Slow(app, "/~new/toy/toys", b'{"name": "bear"}') for _ in range(2)]
        tasks = [await client.begin() for client in clients]
        for client in clients:
            client.may_send.set()
        await asyncio.gather(*tasks)
        assert [client.status for client in clients] == [202, 202]

    asyncio.run(both())

    assert len(app.world.sandboxes.look("new")) == 2


def test_a_submission_that_was_on_its_way_during_a_reset_is_made_in_the_new_sandbox(app):
    async def submit() -> None:
        client = Slow(app, "/toy/toys", b'{"name": "bear"}')
        app.world.sandboxes.keep(app.world.sandboxes.look("default"))
        task = await client.begin()
        app.world.sandboxes.reset("default")
        client.may_send.set()
        await task

    asyncio.run(submit())

    assert len(app.world.sandboxes.look("default")) == 1


@pytest.mark.parametrize("tilde", ["~", "%7E", "%7e"])
def test_a_tilde_may_be_encoded(app, tilde):
    async def asked(method: str, path: str, **more) -> httpx.Response:
        url = httpx.URL("http://localhost").copy_with(raw_path=f"/{tilde}alice{path}".encode())
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, url, **more)

    made = asyncio.run(asked("POST", "/toy/toys", json={"name": "bear"}))
    jobs = asyncio.run(asked("GET", "/_mock/jobs"))
    seen = asyncio.run(asked("GET", f"/toy/toys/{made.json()['toy']}"))
    wrong = asyncio.run(asked("GET", "/tou/toys"))

    assert app.world.sandboxes.names() == ("alice",)
    assert [one["id"] for one in jobs.json()] == [made.json()["toy"]]
    assert seen.status_code == 200
    assert wrong.status_code == 404
