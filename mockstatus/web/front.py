"""The lean path: from an ASGI request to a service's answer, without a framework in between.

Strips `/~NAME`, finds the service and its operation in constant time, reads the body once, and
sends what `exchange` decides. What belongs to no service goes on to the application behind it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockstatus.errors import LimitReachedError
from mockstatus.runtime.sandboxes import DEFAULT, NAME
from mockstatus.web.aliases import ALIAS
from mockstatus.web.body import ClientGoneError, read_body
from mockstatus.web.call import Call
from mockstatus.web.exchange import Outcome, exchange
from mockstatus.web.operation import Operation
from mockstatus.web.problems import problem
from mockstatus.web.repeats import remember
from mockstatus.web.router import NotFound, Router
from mockstatus.web.sending import send_answer
from mockstatus.web.wire import send_broken

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockstatus.web.answer import Answer
    from mockstatus.web.service import Service
    from mockstatus.web.world import World

Sleep = Callable[[float], Awaitable[None]]

_LOG = logging.getLogger(__name__)
_ENCODED_TILDES = ("/%7E", "/%7e")


@dataclass(frozen=True, slots=True)
class _Served:
    service: Service
    router: Router
    missing: Operation


class Front:
    """An ASGI application that serves the services, and hands everything else on.

    behind: what serves all other paths; it finds the sandbox's name in `scope["state"]`, and the
    prefix in `root_path`. sleep: how a fault's delay is waited for, in real seconds.
    """

    def __init__(self, world: World, behind: ASGIApp, *, sleep: Sleep = asyncio.sleep) -> None:
        self._world = world
        self._behind = behind
        self._sleep = sleep
        self._served: Mapping[str, _Served] = {
            name: _Served(service, Router(service.operations), _missing(service))
            for name, service in world.services.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
            return
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        path = path.partition(b"?")[0].decode("latin-1")
        sandbox, prefix = DEFAULT, ""
        if path.startswith(_ENCODED_TILDES):  # some clients encode it, which says the same
            path = f"/~{path[4:]}"
        if path.startswith("/~"):
            sandbox, slash, rest = path[2:].partition("/")
            if NAME.fullmatch(sandbox) is None:
                await send_answer(_bad_name(sandbox), send)
                return
            prefix, path = f"/~{sandbox}", slash + rest
        first = path[1:].partition("/")[0]
        served = self._served.get(first)
        if served is not None:
            below = path[len(first) + 1 :]
            await self._serve(served, sandbox, prefix, below, (scope, receive, send))
            return
        if prefix:
            scope = _behind_prefix(scope, prefix)
        scope.setdefault("state", {})["sandbox"] = sandbox
        await self._behind(scope, receive, send)

    async def _serve(
        self,
        served: _Served,
        sandbox: str,
        prefix: str,
        below: str,
        asgi: tuple[Scope, Receive, Send],
    ) -> None:
        scope, receive, send = asgi
        service = served.service
        kept = self._world.sandboxes.look(sandbox)
        mount = service.mount(self._world.options(kept, service), scope)
        if mount and f"{below}/".startswith(f"{mount}/"):
            below = below[len(mount) :]
        path = service.canonical_path(below or "/", scope)
        found = served.router.find(scope["method"], path)
        if isinstance(found, NotFound):
            operation = served.missing
            params: Mapping[str, str] = {"methods": ",".join(found.methods)}
        else:
            operation, params = found.operation, found.params
        call = Call(
            world=self._world,
            service=service,
            operation=operation,
            sandbox=kept,
            method=scope["method"],
            path=path,
            prefix=f"{prefix}/{service.name}{mount}",
            params=params,
            query_string=scope["query_string"],
            headers=scope["headers"],
            body=b"",
            scheme=scope["scheme"],
            server=_server(scope.get("server")),
            alias=scope.get(ALIAS, ""),
        )
        try:
            call.body = await read_body(receive, operation.body_limit)
        except ClientGoneError:
            return
        except LimitReachedError:
            await send_answer(service.too_large(call), send)
            return
        # While its body came, somebody may have made or reset the sandbox.
        now_kept = self._world.sandboxes.find(sandbox)
        if now_kept is not None:
            call.sandbox = now_kept
        with call.sandbox.lock:  # what is remembered is what the answer was made of
            outcome = _outcome(call)
            remember(call, outcome, scope)
        if outcome.fault is None:
            await send_answer(outcome.answer, send, scope)
        else:
            await self._send_struck(outcome, scope, send)

    async def _send_struck(self, outcome: Outcome, scope: Scope, send: Send) -> None:
        if outcome.delay_s:
            await self._sleep(outcome.delay_s)
        if outcome.wire is not None:
            await send_broken(outcome.wire, outcome.answer, scope=scope, send=send)
        else:
            await send_answer(outcome.answer, send, scope)


def _outcome(call: Call) -> Outcome:
    try:
        return exchange(call)
    except Exception:  # noqa: BLE001  # reported below, and nothing else is disturbed
        # The last line of defence: a mistake of ours must not look like one of the client's.
        facts = {"sandbox": call.sandbox.name, "service": call.service.name, "job": call.asked}
        _LOG.exception("%s %s failed", call.method, call.path, extra={"facts": facts})
        return Outcome(problem(500, "Internal error", "mockstatus failed; its log says why"))


def _missing(service: Service) -> Operation:
    """What answers a path, or a method of a path, that a service does not serve."""

    def handle(call: Call) -> Answer:
        methods = call.params["methods"]
        return service.missing(call, tuple(methods.split(",")) if methods else ())

    return Operation(id="missing", name="missing", method="*", path="/", handle=handle)


def _bad_name(name: str) -> Answer:
    return problem(
        404,
        "Not a sandbox",
        f"{name!r} cannot name a sandbox, expected 1 to 64 characters of A-Z a-z 0-9 . _ -",
        where="path",
    )


def _behind_prefix(scope: Scope, prefix: str) -> Scope:
    """The scope as an application mounted below `prefix` sees it."""
    changed: dict[str, Any] = dict(scope)
    changed["root_path"] = scope.get("root_path", "") + prefix
    return changed


@lru_cache(maxsize=64)
def _server(address: tuple[str, int | None] | None) -> str:
    host, port = address or ("127.0.0.1", None)
    name = f"[{host}]" if ":" in host else host
    return f"{name}:{port}" if port else name
