"""What a running server says: lines for people, or one JSON object a line for programs.

Everything goes by `logging`, so that a mistake of ours is told in the same way.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mockstatus.scenario.durations import format_instant

_LOG = logging.getLogger("mockstatus.serve")


@contextmanager
def notices(log_format: str) -> Iterator[None]:
    """Writes what is said to standard output, each line at once. log_format: `text` or `json`."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn")
    before = _LOG.level, uvicorn.level
    _LOG.setLevel(logging.INFO)
    uvicorn.setLevel(logging.ERROR)  # that a client sent bytes that are no HTTP is its own affair
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        _LOG.setLevel(before[0])
        uvicorn.setLevel(before[1])


def say(text: str, **facts: object) -> None:
    """Something went as it should. facts: the same for programs, which get the first line."""
    _LOG.info("%s", text, extra={"facts": facts})


def warn(text: str) -> None:
    """Something that its owner should look at."""
    _LOG.warning("%s", text)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        is_usual = record.levelno <= logging.INFO
        return text if is_usual else f"{record.levelname.lower()}: {text}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        document = {
            "time": format_instant(int(record.created * 1_000_000)),
            "level": record.levelname.lower(),
            "message": record.getMessage().partition("\n")[0],
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document, ensure_ascii=False, default=str)
