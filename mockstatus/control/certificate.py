"""The certificate that clients who come by https are to trust."""

from __future__ import annotations

from typing import Any, cast

from fastapi import Request, Response

from mockstatus.control.documented import REFUSALS, router
from mockstatus.errors import TlsError

routes = router("server")

PEM = "application/x-pem-file"

_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {"content": {PEM: {"schema": {"type": "string"}}}},
    **REFUSALS,
}


@routes.get(
    "/ca.pem",
    summary="The certificate for https",
    response_class=Response,
    responses=_DOCUMENTED,
)
async def get_ca(request: Request) -> Response:
    """The certificate authority of this run, in PEM; 404 where the server has no port for https."""
    pem = cast("bytes | None", request.app.state.ca_pem)
    if pem is None:
        raise TlsError("this server has no port for https: start it with --tls-port")
    return Response(pem, media_type=PEM)
