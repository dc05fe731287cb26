"""`mockstatus healthcheck`: asks the server at MOCKSTATUS_HOST and MOCKSTATUS_PORT how it is.

Standard library only, and little of it: a container runs this every few seconds.
"""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping, Sequence

USAGE = """\
Usage: mockstatus healthcheck

Asks the server at MOCKSTATUS_HOST (127.0.0.1) and MOCKSTATUS_PORT (8000) how it is;
exits with 0 if it answers, 1 if it does not."""

_PATH = "/_mock/health"
_TIMEOUT_S = 2.0
# Where a server listens on all addresses, it is asked at this machine's own.
_LOOPBACK = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # not bound to


def main(arguments: Sequence[str]) -> int:
    """Runs the command; answers the exit code."""
    if arguments:
        print(USAGE)  # noqa: T201  # a command line's output
        return 0 if arguments[0] in {"--help", "-h"} else 2
    is_well, finding = health(os.environ)
    print(finding, file=sys.stdout if is_well else sys.stderr)
    return 0 if is_well else 1


def health(environment: Mapping[str, str]) -> tuple[bool, str]:
    """Whether the server that these variables describe is well, and a line that says so."""
    host = environment.get("MOCKSTATUS_HOST", "127.0.0.1").removeprefix("[").removesuffix("]")
    host = _LOOPBACK.get(host, host)
    text = environment.get("MOCKSTATUS_PORT", "8000")
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < port < 65536:
        return False, f"MOCKSTATUS_PORT is {text!r}, expected a number from 1 to 65535"
    url = f"http://[{host}]:{port}{_PATH}" if ":" in host else f"http://{host}:{port}{_PATH}"
    try:
        status = _status(host, port)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        return False, f"no answer from {url}: {str(error) or type(error).__name__}"
    return status == 200, f"{url} answers {status}"


def _status(host: str, port: int) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", _PATH)
        return connection.getresponse().status
    finally:
        connection.close()
