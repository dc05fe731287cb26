"""Serves one of the yardsticks: `python -m benchmarks.host twin FILE PORT`, `... constant PORT`.

By mockstatus's own serving loop, which is uvicorn's protocol (httptools) on uvloop, so that server
and twin differ in nothing but the application; `uvicorn` as first word takes uvicorn's own loop.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def main(words: list[str]) -> None:
    """Serves until a signal comes."""
    is_plain = words[0] == "uvicorn"
    kind, *rest, port = words[1:] if is_plain else words
    app: Any
    if kind == "twin":
        from benchmarks.twins import twin

        app = twin(Path(rest[0]))
    else:
        from benchmarks.constant import app
    if is_plain:
        import uvicorn

        uvicorn.run(
            app,
            port=int(port),
            loop="uvloop",
            http="httptools",
            lifespan="off",
            access_log=False,
            log_level="warning",
        )
    else:
        from mockstatus.server import bind, serve_forever

        serve_forever(app, bind(port=int(port)))


if __name__ == "__main__":
    main(sys.argv[1:])
