"""Which files a list or a search means, and what it has to warn of.

Source: Krixik wire notes, 5.5. The metadata arguments combine with OR, the timestamps with AND;
only finished files take part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mockstatus.services.krixik.file import File
from mockstatus.services.krixik.metadata import RefusedError, tag_pairs
from mockstatus.services.krixik.store import Store, is_finished
from mockstatus.services.krixik.wire import Selecting

NOT_FOUND = "WARNING: the following file_ids were not found"
ZERO_RESULTS = "WARNING: the following arguments returned zero results"

Warnings = list[dict[str, object]]
_Fits = Callable[[File], bool]
_INDEXED = {"file_ids", "symbolic_file_paths"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A finished file, the number of its job, and when it came on record and was last changed."""

    file: File
    number: int
    created_us: int
    updated_us: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected, the newest first, and what the answer warns of first.

    by_ids_alone, by_time_alone: which arguments were given, as far as answers depend on it.
    """

    files: tuple[Listed, ...]
    warnings: Warnings
    by_ids_alone: bool
    by_time_alone: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of one metadata argument. sent: as the client spelled it."""

    argument: str
    sent: object
    fits: _Fits


def select(store: Store, body: Selecting) -> Selection:
    """The files that a body means. Raises RefusedError where it has no query argument."""
    entries = list(_entries(body))
    given = {
        name
        for name in ("file_ids", "file_names", "symbolic_directory_paths", "symbolic_file_paths")
        if getattr(body, name) is not None
    }
    given |= {"file_tags"} if body.file_tags is not None else set()
    if not given and not _has_times(body):
        # choice: the client refuses this by itself, in these words.
        raise RefusedError("BAD REQUEST: please provide at least one query argument")
    files: list[Listed] = []
    hits: set[int] = set()
    for file in _candidates(store, body, given):
        fitting = [index for index, entry in enumerate(entries) if entry.fits(file)]
        if given and not fitting:
            continue
        found = listed(store, file)
        if found is not None and _is_within(body, found):
            hits.update(fitting)
            files.append(found)
    missed = [entry for index, entry in enumerate(entries) if index not in hits]
    return Selection(
        newest(files, body.max_files), _warnings(missed), given == {"file_ids"}, not given
    )


def newest(files: Iterable[Listed], most: int) -> tuple[Listed, ...]:
    """The newest files, no more than `most`, the newest first."""
    return tuple(sorted(files, key=_newest_first)[:most])


def listed(store: Store, file: File) -> Listed | None:
    """A file as lists show it; None if it is not finished, or gone."""
    position = store.standing(file)
    if position is None or not is_finished(position):
        return None
    # inferred: the date lies near the upload, not at the completion.
    started_us = position.started_us
    created_us = position.submitted_us if started_us is None else started_us
    return Listed(file, store.job(file).number, created_us, max(created_us, file.updated_us or 0))


def pattern_fits(pattern: str) -> Callable[[str], bool]:
    """What tells whether a text is this pattern, in which each * stands for any characters.

    Documented at an end of a pattern; that it works elsewhere, too, is a choice. A pattern is
    taken apart only once: it may be long, and there may be many texts.
    """
    first, *others = pattern.split("*")
    if not others:
        return lambda text: text == pattern
    last = others.pop()
    inner = [part for part in others if part]
    least = len(first) + sum(map(len, inner)) + len(last)

    def fits(text: str) -> bool:
        if len(text) < least or not text.startswith(first) or not text.endswith(last):
            return False
        at = len(first)
        for part in inner:
            found = text.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return len(text) - at >= len(last)

    return fits


def _entries(body: Selecting) -> Iterator[_Entry]:
    """All entries of all metadata arguments, in the order in which warnings name them."""
    texts: Mapping[str, Callable[[File], str]] = {
        "file_names": lambda file: file.file_name,
        "symbolic_directory_paths": lambda file: file.order.directory,
        "symbolic_file_paths": lambda file: file.path,
    }
    for file_id in body.file_ids or ():
        yield _Entry("file_ids", file_id, _has_id(file_id))
    for argument, text_of in texts.items():
        for pattern in getattr(body, argument) or ():
            yield _Entry(argument, pattern, _fits_text(pattern, text_of))
    for tag in body.file_tags or ():
        ((key, value),) = tag_pairs([tag])
        yield _Entry("file_tags", tag, _has_tag(key, value))


def _has_id(file_id: str) -> _Fits:
    return lambda file: file.file_id == file_id


def _fits_text(pattern: str, text_of: Callable[[File], str]) -> _Fits:
    fits = pattern_fits(pattern)
    return lambda file: fits(text_of(file))


def _has_tag(key: str, value: str) -> _Fits:
    return lambda file: any(
        own_key == key and value in ("*", own_value) for own_key, own_value in file.order.tags
    )


def _candidates(store: Store, body: Selecting, given: set[str]) -> Iterable[File]:
    """The files that could be meant, as far as an index knows; each once."""
    paths = body.symbolic_file_paths or ()
    if not given or given - _INDEXED or any("*" in path for path in paths):
        return store.of(body.pipeline)
    by_id = (store.find(file_id, body.pipeline) for file_id in body.file_ids or ())
    by_path = (store.at_path(body.pipeline, path) for path in paths)
    return dict.fromkeys(file for file in (*by_id, *by_path) if file is not None)


def _has_times(body: Selecting) -> bool:
    return any(time is not None for pair in _spans(body) for time in pair)


def _spans(body: Selecting) -> tuple[tuple[int | None, int | None], ...]:
    return (
        (body.created_at_start, body.created_at_end),
        (body.last_updated_start, body.last_updated_end),
    )


def _is_within(body: Selecting, found: Listed) -> bool:
    """Whether a file's dates, as they are shown, lie between the timestamps, ends included."""
    dates_us = (found.created_us, found.updated_us)
    return all(
        (start is None or start <= at_us // 1_000_000)
        and (end is None or at_us // 1_000_000 <= end)
        for (start, end), at_us in zip(_spans(body), dates_us, strict=True)
    )


def _newest_first(found: Listed) -> tuple[int, int]:
    return -found.created_us, -found.number


def _warnings(missed: list[_Entry]) -> Warnings:
    warnings: Warnings = []
    by_argument: dict[str, list[object]] = {}
    for entry in missed:
        by_argument.setdefault(entry.argument, []).append(entry.sent)
    ids = by_argument.pop("file_ids", None)
    if ids is not None:
        warnings.append({NOT_FOUND: ids})
    if by_argument:
        zero = [{argument: sent} for argument, sent in by_argument.items()]
        warnings.append({ZERO_RESULTS: zero})
    return warnings
