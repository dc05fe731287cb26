"""How the service says no: OK 0, a text, and lists of parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# Documented (UKSSDC wire notes, 5.1), but for those marked as a choice there or in 5.2.
WRONG_PARAMETERS = "There were problems with the parameters you supplied."
NEEDED = "The following parameters are needed, but were not supplied:"
INVALID = "The following parameters have invalid values:"
UNPARSABLE = "Unable to parse the JSON you supplied"
NO_PRODUCTS = "You have not requested any products"


class RefusedError(Exception):
    """The service says OK 0. lists: label and parameters of each list that goes with the text."""

    def __init__(self, text: str, *lists: tuple[str, Iterable[str]]) -> None:
        super().__init__(text)
        self.text = text
        self.lists: list[dict[str, Any]] = [
            {"label": label, "list": [*names]} for label, names in lists if names
        ]


def not_registered(user: str) -> RefusedError:
    """Nobody has registered this address. A choice: the same text for every call."""
    return RefusedError(f"The user `{user}` is not recognised / validated")


def not_owned(job_id: object, user: str) -> RefusedError:
    """The job is somebody else's. A choice: the same text where there is no such job."""
    return RefusedError(f"Job {job_id} is not owned by user {user}")


def needed(*names: str) -> RefusedError:
    """Parameters are missing."""
    return RefusedError(WRONG_PARAMETERS, (NEEDED, names))
