"""The files of one sandbox, as Krixik remembers them: by id, by pipeline, by path.

A file lives as long as its job: what was deleted or has expired is forgotten on the next look.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mockstatus.errors import LimitReachedError
from mockstatus.services.krixik import content, states
from mockstatus.services.krixik.metadata import Metadata
from mockstatus.services.krixik.plan import FileSubmission
from mockstatus.services.krixik.search import KeywordIndex, SemanticIndex

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox

UPLOADS_LIMIT = 128 << 20
"""Bytes of uploaded texts that a sandbox keeps."""

_SWEEP_FROM = 1024


class File:
    """A file on record. updated_us: the last update, if there was one. upload: its text."""

    __slots__ = ("_entries", "_index", "job", "metadata", "updated_us", "upload")

    def __init__(self, job: Job, metadata: Metadata) -> None:
        self.job = job
        self.metadata = metadata
        self.updated_us: int | None = None
        self.upload: str | None = None
        self._entries: tuple[int, ...] | None = None
        self._index: KeywordIndex | SemanticIndex | None = None

    @property
    def submission(self) -> FileSubmission:
        """What its process call said."""
        submission = self.job.submission
        assert isinstance(submission, FileSubmission)  # noqa: S101  # what we committed
        return submission

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


class Store:
    """All files of a sandbox. Changed with the sandbox locked.

    answers: how many answers carried an id. accepted: how many process calls were accepted.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._files: dict[str, File] = {}
        self._pipelines: dict[str, dict[str, File]] = {}
        self._paths: dict[tuple[str, str], File] = {}
        self._bytes = 0
        self._sweep_at = _SWEEP_FROM
        self.answers = 0
        self.accepted = 0

    def add(self, job: Job, submission: FileSubmission) -> File:
        """Takes a file on record."""
        if len(self._files) >= self._sweep_at:
            self._sweep()
        file = File(job, submission.metadata)
        pipeline = submission.pipeline.name
        self._files[submission.file_id] = file
        self._pipelines.setdefault(pipeline, {})[submission.file_id] = file
        self._paths[pipeline, file.metadata.path] = file
        self.accepted += 1
        return file

    def find(self, file_id: str, pipeline: str | None = None) -> File | None:
        """The file of this id, of this pipeline if one is given; None if there is none (left)."""
        file = self._files.get(file_id)
        if file is None or (pipeline is not None and file.submission.pipeline.name != pipeline):
            return None
        return file if self._is_left(file) else None

    def at_path(self, pipeline: str, path: str) -> File | None:
        """The file at a path of a pipeline; None if there is none (left)."""
        file = self._paths.get((pipeline, path))
        return file if file is not None and self._is_left(file) else None

    def any_of(self, pipeline: str) -> File | None:
        """Some file of a pipeline; None if there is none (left)."""
        first = next(iter(self._pipelines.get(pipeline, {}).values()), None)
        if first is None or self._is_left(first):
            return first
        return next(self.of(pipeline), None)

    def of(self, pipeline: str) -> Iterator[File]:
        """The files of a pipeline, oldest first."""
        for file in list(self._pipelines.get(pipeline, {}).values()):
            if self._is_left(file):
                yield file

    def position(self, file: File) -> Position:
        """Where its job stands."""
        return self._sandbox.peek(file.job)

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
        pipeline = file.submission.pipeline.name
        if self._paths.get((pipeline, file.metadata.path)) is file:
            del self._paths[pipeline, file.metadata.path]
        self._paths[pipeline, metadata.path] = file
        file.metadata = metadata
        file.updated_us = now_us

    def forget(self, file: File) -> None:
        """Nothing remembers the file any more."""
        submission = file.submission
        pipeline = submission.pipeline.name
        if self._files.pop(submission.file_id, None) is None:
            return
        files = self._pipelines[pipeline]
        del files[submission.file_id]
        if not files:
            del self._pipelines[pipeline]
        if self._paths.get((pipeline, file.metadata.path)) is file:
            del self._paths[pipeline, file.metadata.path]
        if file.upload is not None:
            self._bytes -= _size(file.upload)

    def _is_left(self, file: File) -> bool:
        """Whether its job still is; one that is gone is forgotten here, too."""
        job = file.job
        is_known = self._sandbox.find(job.service, job.id) is job
        if is_known and self._sandbox.peek(job).gone is None:
            return True
        self.forget(file)
        return False

    def _sweep(self) -> None:
        for file in list(self._files.values()):
            self._is_left(file)
        self._sweep_at = max(_SWEEP_FROM, 2 * len(self._files))


def store_of(sandbox: Sandbox) -> Store:
    """The files of a sandbox, made on first use."""
    found = sandbox.stash.get("krixik")
    if not isinstance(found, Store):
        found = sandbox.stash["krixik"] = Store(sandbox)
    return found


def is_finished(position: Position) -> bool:
    """Whether every module of a process is complete."""
    return all(track.phase.state == states.COMPLETE for track in position.tracks.values())


def has_failed(position: Position) -> bool:
    """Whether some module of a process has failed."""
    return any(track.phase.state == states.FAILED for track in position.tracks.values())


def _size(upload: str) -> int:
    return len(upload.encode("utf-8", "surrogatepass"))
