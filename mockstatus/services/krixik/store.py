"""The files of one sandbox, as Krixik remembers them: by id, by pipeline, by path.

A file lives as long as its job: what was deleted or has expired is forgotten on the next look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockstatus.errors import LimitReachedError
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.services.krixik import content, states
from mockstatus.services.krixik.metadata import Metadata
from mockstatus.services.krixik.plan import FileSubmission
from mockstatus.services.krixik.search import KeywordIndex, SemanticIndex

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job

NAME = "krixik"

UPLOADS_LIMIT = 128 << 20
"""Bytes of uploaded texts that a sandbox keeps."""

_SWEEP_FROM = 1024


@dataclass(slots=True, eq=False)
class File:
    """A file on record, by the ids of its job and its own: the job itself is the sandbox's.

    number: of its job. submission: what its process call said. updated_us: the last update, if
    there was one. upload: its text, once it came.
    """

    process_id: str
    number: int
    submission: FileSubmission
    metadata: Metadata
    updated_us: int | None = None
    upload: str | None = None
    _entries: tuple[int, ...] | None = field(default=None, init=False)
    _index: KeywordIndex | SemanticIndex | None = field(default=None, init=False)

    @property
    def file_id(self) -> str:
        """Its id."""
        return self.submission.file_id

    def stages(self) -> tuple[content.Stage, ...]:
        """What each module of its pipeline made of it."""
        return content.stages(self.submission.pipeline, self.upload or "")

    def entries(self) -> tuple[int, ...]:
        """How many lines, objects or vectors each module made."""
        if self._entries is None:
            self._entries = tuple(stage.entries for stage in self.stages())
        return self._entries

    def keyword_index(self) -> KeywordIndex:
        """Its words, for a pipeline that ends with keyword-db; made on first use."""
        if not isinstance(self._index, KeywordIndex):
            made = self.stages()[-1].made
            self._index = KeywordIndex(made if isinstance(made, str) else "")
        return self._index

    def semantic_index(self) -> SemanticIndex:
        """Its snippets, for a pipeline that ends with vectors; made on first use."""
        if not isinstance(self._index, SemanticIndex):
            made = self.stages()[-1].made
            self._index = SemanticIndex(() if isinstance(made, str) else made)
        return self._index


@dataclass(slots=True)
class _Shelf:
    """The files of one pipeline: by id, oldest first, and by path."""

    files: dict[str, File] = field(default_factory=dict)
    paths: dict[str, File] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Store:
    """All files of a sandbox. Changed with the sandbox locked.

    answers: how many answers carried an id. accepted: how many process calls were accepted.
    """

    _sandbox: Sandbox
    _files: dict[str, File] = field(default_factory=dict)
    _shelves: dict[str, _Shelf] = field(default_factory=dict)
    _bytes: int = 0
    _sweep_at: int = _SWEEP_FROM
    answers: int = 0
    accepted: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError if a snapshot's shelves hold other files than there are."""
        on_shelves = [file for shelf in self._shelves.values() for file in shelf.files.values()]
        if {id(file) for file in on_shelves} != {id(file) for file in self._files.values()}:
            raise ValueError("the pipelines hold other files than there are")
        for name, shelf in self._shelves.items():
            for key, file in shelf.files.items():
                if key != file.file_id or name != file.submission.pipeline.name:
                    raise ValueError(f"file {key} is not where it should be")
                if file.metadata.path not in shelf.paths:
                    raise ValueError(f"file {key} is at no path")

    @property
    def size(self) -> int:
        """Bytes of uploads that it keeps."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._files)

    def add(self, job: Job, submission: FileSubmission) -> File:
        """Takes a file on record."""
        if len(self._files) >= self._sweep_at:
            self._sweep()
        file = File(job.id, job.number, submission, submission.metadata)
        shelf = self._shelves.setdefault(submission.pipeline.name, _Shelf())
        self._files[submission.file_id] = file
        shelf.files[submission.file_id] = file
        shelf.paths[file.metadata.path] = file
        self.accepted += 1
        return file

    def find(self, file_id: str, pipeline: str | None = None) -> File | None:
        """The file of this id, of this pipeline if one is given; None if there is none (left)."""
        file = self._files.get(file_id)
        if file is None or (pipeline is not None and file.submission.pipeline.name != pipeline):
            return None
        return self._if_left(file)

    def at_path(self, pipeline: str, path: str) -> File | None:
        """The file at a path of a pipeline; None if there is none (left)."""
        shelf = self._shelves.get(pipeline)
        return self._if_left(shelf.paths.get(path)) if shelf is not None else None

    def any_of(self, pipeline: str) -> File | None:
        """Some file of a pipeline; None if there is none (left)."""
        shelf = self._shelves.get(pipeline, _Shelf())
        first = next(iter(shelf.files.values()), None)
        if first is None or self._if_left(first) is not None:
            return first
        return next((file for file in self.of(pipeline) if self._if_left(file)), None)

    def of(self, pipeline: str) -> tuple[File, ...]:
        """The files of a pipeline, oldest first; some of them may be gone."""
        return tuple(self._shelves.get(pipeline, _Shelf()).files.values())

    def standing(self, file: File) -> Position | None:
        """Where its job stands; None if that is gone: then the file is forgotten here, too."""
        job = self._sandbox.find(NAME, file.process_id)
        if job is not None:
            position = self._sandbox.peek(job)
            if position.gone is None:
                return position
        self.forget(file)
        return None

    def job(self, file: File) -> Job:
        """The job of a file that was found just now."""
        job = self._sandbox.find(NAME, file.process_id)
        assert job is not None  # noqa: S101  # only files whose jobs are there are found
        return job

    def position(self, file: File) -> Position:
        """Where the job of a file stands that was found just now."""
        return self._sandbox.peek(self.job(file))

    def keep_upload(self, file: File, upload: str) -> None:
        """Keeps what its client uploaded. Raises LimitReachedError."""
        size = _size(upload)
        if self._bytes + size > UPLOADS_LIMIT:
            self._sweep()
        if self._bytes + size > UPLOADS_LIMIT:
            raise LimitReachedError(
                f"a sandbox keeps at most {UPLOADS_LIMIT} bytes of uploads", limit="uploads"
            )
        self._bytes += size
        file.upload = upload

    def update(self, file: File, metadata: Metadata, now_us: int) -> None:
        """Changes what its user says about a file."""
        paths = self._shelves[file.submission.pipeline.name].paths
        del paths[file.metadata.path]
        paths[metadata.path] = file
        file.metadata = metadata
        file.updated_us = now_us

    def forget(self, file: File) -> None:
        """Nothing remembers the file any more."""
        submission = file.submission
        if self._files.pop(submission.file_id, None) is None:
            return
        shelf = self._shelves[submission.pipeline.name]
        del shelf.files[submission.file_id]
        del shelf.paths[file.metadata.path]
        if not shelf.files:
            del self._shelves[submission.pipeline.name]
        if file.upload is not None:
            self._bytes -= _size(file.upload)

    def _if_left(self, file: File | None) -> File | None:
        return file if file is not None and self.standing(file) is not None else None

    def _sweep(self) -> None:
        for file in list(self._files.values()):
            self.standing(file)
        self._sweep_at = max(_SWEEP_FROM, 2 * len(self._files))


def store_of(sandbox: Sandbox) -> Store:
    """The files of a sandbox, made on first use."""
    found = sandbox.stash.get(NAME)
    if not isinstance(found, Store):
        found = sandbox.stash[NAME] = Store(sandbox)
    return found


def is_finished(position: Position) -> bool:
    """Whether every module of a process is complete."""
    return all(track.phase.state == states.COMPLETE for track in position.tracks.values())


def has_failed(position: Position) -> bool:
    """Whether some module of a process has failed."""
    return any(track.phase.state == states.FAILED for track in position.tracks.values())


def _size(upload: str) -> int:
    return len(upload.encode("utf-8", "surrogatepass"))
