"""What a user says about a file: its name, directory, tags and description, and their limits.

Source: Krixik wire notes, 5.3 (what the client checks). That the server checks the same, and the
texts of its refusals, are choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockstatus.errors import MockStatusError

DEFAULT_DIRECTORY = "/etc"
NAME_LENGTH = 64
DIRECTORY_LENGTH = 128
DESCRIPTION_LENGTH = 256
TAGS_LIMIT = 20
TAG_LENGTH = 32
EXPIRE_MIN_S = 1800
EXPIRE_MAX_S = 2_592_000

NAME_CHARACTERS = "[a-zA-Z0-9 _,.-]"

_NAME = re.compile(f"{NAME_CHARACTERS}+")
_DIRECTORY = re.compile(r"/|(?:/[a-zA-Z0-9 _-]+)+")
_TAG = re.compile(r"[a-zA-Z0-9\s_-]+")


class RefusedError(MockStatusError):
    """A call that Krixik answers with HTTP 400, in these words."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a user says about a file. tags: pairs of a key and a value."""

    file_name: str
    directory: str
    tags: tuple[tuple[str, str], ...] = ()
    description: str = ""

    @property
    def path(self) -> str:
        """Directory and name; `/name` at the root."""
        return path_of(self.directory, self.file_name)

    @property
    def tag_objects(self) -> list[dict[str, str]]:
        """The tags as they go over the wire, in and out: objects of one pair."""
        return [{key: value} for key, value in self.tags]


def path_of(directory: str, file_name: str) -> str:
    """The symbolic file path of a name in a directory."""
    return f"/{file_name}" if directory == "/" else f"{directory}/{file_name}"


def extension_of(file_name: str) -> str:
    """What follows the last dot of a name, with the dot; empty if there is none."""
    dot = file_name.rfind(".")
    return file_name[dot:] if dot > 0 else ""


def checked(metadata: Metadata) -> Metadata:
    """The same metadata, if a file may have it. Raises RefusedError."""
    problem = (
        _name_problem(metadata.file_name)
        or _directory_problem(metadata.directory)
        or _tags_problem(metadata.tags)
    )
    if problem is None and len(metadata.description) > DESCRIPTION_LENGTH:
        problem = f"file_description has more than {DESCRIPTION_LENGTH} characters"
    if problem is not None:
        raise RefusedError(f"BAD REQUEST: {problem}")
    return metadata


def checked_expiry(expire_s: int) -> int:
    """The same number of seconds, if a file may live so long. Raises RefusedError."""
    if not EXPIRE_MIN_S <= expire_s <= EXPIRE_MAX_S:
        raise RefusedError(
            f"BAD REQUEST: expire_time is {expire_s},"
            f" it must lie between {EXPIRE_MIN_S} and {EXPIRE_MAX_S} seconds"
        )
    return expire_s


def tag_pairs(tags: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """Tags as pairs. Raises RefusedError where an object has not just one."""
    pairs: list[tuple[str, str]] = []
    for tag in tags:
        if len(tag) != 1:
            raise RefusedError("BAD REQUEST: each file_tag is an object with one key-value pair")
        pairs.extend(tag.items())
    return tuple(pairs)


def _name_problem(name: str) -> str | None:
    if "*" in name:
        return f"file_name must not contain a wildcard - {name}"
    if not 1 <= len(name) <= NAME_LENGTH:
        return f"file_name has {len(name)} characters, it must have 1 to {NAME_LENGTH}"
    if _NAME.fullmatch(name) is None:
        return f"file_name contains characters that are not allowed - {name}"
    return None


def _directory_problem(path: str) -> str | None:
    if "*" in path:
        return f"symbolic_directory_path must not contain a wildcard - {path}"
    if not 1 <= len(path) <= DIRECTORY_LENGTH:
        length = len(path)
        return f"symbolic_directory_path has {length} characters, it must have 1 to 128"
    if _DIRECTORY.fullmatch(path) is None:
        return f"symbolic_directory_path is not valid - {path}"
    if "/etc" in path and path.count("/") >= 2:
        return f"symbolic_directory_path cannot contain /etc - {path}"
    return None


def _tags_problem(tags: tuple[tuple[str, str], ...]) -> str | None:
    if len(tags) > TAGS_LIMIT:
        return f"there are {len(tags)} file_tags, there may be {TAGS_LIMIT}"
    for text in (text for pair in tags for text in pair):
        if len(text) > TAG_LENGTH or _TAG.fullmatch(text) is None:
            return (
                f"file_tags have keys and values of 1 to {TAG_LENGTH} letters, digits, blanks,"
                f" underscores and hyphens, not '{text[:TAG_LENGTH]}'"
            )
    if len(set(tags)) < len(tags):
        return "file_tags contain a pair twice"
    return None
