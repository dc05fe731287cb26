"""How a command ends: with which code, and in which words where something is wrong.

0: all is well. 1: something was found wrong, or failed. 2: it was called in a wrong way.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import ParamSpec

import typer

from mockstatus.errors import (
    BadRequestError,
    ClockError,
    MockStatusError,
    ScenarioError,
    UnknownScenarioError,
)

P = ParamSpec("P")


class Code(IntEnum):
    """Exit codes, the same for all commands."""

    FINE = 0
    FAILED = 1
    WRONG_USE = 2


class WrongUseError(MockStatusError):
    """A command was given what it cannot take."""


_WRONG_USE = (
    WrongUseError,
    BadRequestError,
    ClockError,
    ScenarioError,
    UnknownScenarioError,
)


def in_words(command: Callable[P, None]) -> Callable[P, None]:
    """The command, its errors told in one line each on standard error instead of a traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except MockStatusError as error:
            typer.echo(str(error), err=True)
            code = Code.WRONG_USE if isinstance(error, _WRONG_USE) else Code.FAILED
            raise typer.Exit(code) from None

    return told
