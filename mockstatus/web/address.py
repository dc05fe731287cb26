"""The addresses in answers: such that they lead the client here again."""

from __future__ import annotations

from urllib.parse import urlsplit

from mockstatus.web.hosts import authority


def address(
    path: str, *, alias: str, scheme: str, host: str, server: str, public_url: str | None
) -> str:
    """The address of a path of ours, for a client that came by a host name that stands for `alias`.

    By that name where the path can be reached by it, else as all others reach it. public_url:
    tells the scheme and the port, too, where it is of the very same name.
    """
    public = urlsplit(public_url or "")
    if f"{path}/".startswith(f"{alias}/"):
        asked = authority(host)
        is_public = asked is not None and asked[0] == public.hostname
        root = f"{public.scheme}://{public.netloc}" if is_public else f"{scheme}://{host}"
        return root + path[len(alias) :]
    return f"{public_url or f'{scheme}://{server}'}{path}"
