"""What a running server says: lines for people, or one JSON object a line for programs.

Everything goes by `logging`, so that a mistake of ours is told in the same way. Programs are also
told of each exchange, with its request, sandbox and job; people, who have the journal, are not.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from mockstatus.web.exchange import LOG as EXCHANGES

_LOG = logging.getLogger("mockstatus.serve")


@contextmanager
def notices(log_format: str) -> Iterator[None]:
    """Writes what is said to standard output, each line at once. log_format: `text` or `json`."""
    handler = _Out(sys.stdout)
    handler.setFormatter(_formatter(log_format))
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn")
    before = [(one, one.level) for one in (_LOG, uvicorn, EXCHANGES)]
    _LOG.setLevel(logging.INFO)
    uvicorn.setLevel(logging.ERROR)  # that a client sent bytes that are no HTTP is its own affair
    if log_format == "json":
        EXCHANGES.setLevel(logging.INFO)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        for logger, level in before:
            logger.setLevel(level)


def say(text: str, **facts: object) -> None:
    """Something went as it should. facts: the same for programs, which get the first line."""
    _LOG.info("%s", text, extra={"facts": facts})


def warn(text: str) -> None:
    """Something that its owner should look at."""
    _LOG.warning("%s", text)


class _Out(logging.StreamHandler[TextIO]):
    """Standard output, until nobody reads it any more: then a server goes on without a word."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
        if not isinstance(sys.exc_info()[1], BrokenPipeError):
            super().handleError(record)
            return
        # What could not be written would fail again with each line, and as the interpreter ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.stream.fileno())
        os.close(nowhere)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        is_usual = record.levelno <= logging.INFO
        return text if is_usual else f"{record.levelname.lower()}: {text}"


def _formatter(log_format: str) -> logging.Formatter:
    if log_format != "json":
        return _Text()
    from mockstatus.cli.jsonlog import JsonLines

    return JsonLines(json_ensure_ascii=False)
