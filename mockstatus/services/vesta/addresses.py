"""Where the gateway is, as its client sees it: behind a proxy it is told by headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockstatus.services.vesta.options import VestaOptions

if TYPE_CHECKING:
    from mockstatus.web.call import Call

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


def mount(options: VestaOptions, scope: Mapping[str, Any]) -> str:
    """The path that the gateway stands below: the proxy's X-Script-Name, else the option.

    VESTA wire notes, 1.1 (inferred).
    """
    for name, value in scope["headers"]:
        if name == b"x-script-name":
            path = value.decode("latin-1").rstrip("/")
            return path if _PATH.fullmatch(path) else ""
    return options.prefix


def root_url(call: Call) -> str:
    """The gateway's address, without a slash at its end; X-Scheme replaces its scheme."""
    base = call.base_url
    scheme = (call.header("x-scheme") or "").lower()
    if scheme in {"http", "https"}:
        return f"{scheme}://{base.partition('://')[2]}"
    return base
