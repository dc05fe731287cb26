"""The files of one sandbox, as Krixik remembers them: by id, and by pipeline and path.

A file lives as long as its job: what was deleted or has expired is forgotten on the next look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockstatus.errors import LimitReachedError
from mockstatus.runtime.sandbox import Sandbox
from mockstatus.services.krixik import states
from mockstatus.services.krixik.file import File
from mockstatus.services.krixik.metadata import Metadata
from mockstatus.services.krixik.pipeline import Pipeline

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job

NAME = "krixik"

UPLOADS_LIMIT = 128 << 20
"""Bytes of uploaded texts that a sandbox keeps."""

_SWEEP_FROM = 1024


_Names = dict[str, File]


@dataclass(slots=True, eq=False)
class Store:
    """All files of a sandbox. Changed with the sandbox locked.

    A file is found by its id where its job is, and here by its pipeline, directory and name: a
    table by ids would keep each id, and one by paths each name, a second time.

    answers: how many answers carried an id. accepted: how many process calls were accepted.
    """

    _sandbox: Sandbox
    _shelves: dict[str, dict[str, _Names]] = field(default_factory=dict)
    _count: int = 0
    _bytes: int = 0
    _sweep_at: int = _SWEEP_FROM
    answers: int = 0
    accepted: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError if a snapshot's shelves hold other files than there are."""
        for pipeline, shelf in self._shelves.items():
            for directory, names in shelf.items():
                for name, file in names.items():
                    told = (file.pipeline.name, file.order.directory, file.file_name)
                    if told != (pipeline, directory, name):
                        raise ValueError(f"file {file.file_id} is not where it should be")
        if self._count != sum(len(self.of(pipeline)) for pipeline in self._shelves):
            raise ValueError("the pipelines hold other files than there are")

    @property
    def size(self) -> int:
        """Bytes of uploads that it keeps."""
        return self._bytes

    def __len__(self) -> int:
        return self._count

    def add(self, file: File) -> None:
        """Takes a file on record, at a path where there is none."""
        if self._count >= self._sweep_at:
            self._sweep()
        self._put(file)
        self._count += 1
        self.accepted += 1

    def find(self, file_id: str, pipeline: str | None = None) -> File | None:
        """The file of this id, of this pipeline if one is given; None if there is none (left)."""
        job = self._sandbox.find(NAME, file_id)
        file = None if job is None else job.submission
        if not isinstance(file, File) or file.file_id != file_id or not self._has(file):
            return None
        if pipeline is not None and file.pipeline.name != pipeline:
            return None
        return self._if_left(file)

    def at_path(self, pipeline: str, path: str) -> File | None:
        """The file at a path of a pipeline; None if there is none (left)."""
        directory, _, name = path.rpartition("/")
        file = self._names(pipeline, directory or "/").get(name)
        return self._if_left(file) if file is not None and file.path == path else None

    def other_chain(self, pipeline: Pipeline) -> tuple[str, ...] | None:
        """The modules of the files on record by this pipeline's name, where they are others."""
        names = next(iter(self._shelves.get(pipeline.name, {}).values()), {})
        first = next(iter(names.values()), None)
        # Gone or not: those with other modules were all forgotten when the first of these came.
        if first is None or first.pipeline.chain == pipeline.chain:
            return None
        left = next((file for file in self.of(pipeline.name) if self._if_left(file)), None)
        return None if left is None else left.pipeline.chain

    def of(self, pipeline: str) -> tuple[File, ...]:
        """The files of a pipeline, in no particular order; some of them may be gone."""
        shelf = self._shelves.get(pipeline, {})
        return tuple(file for names in shelf.values() for file in names.values())

    def standing(self, file: File) -> Position | None:
        """Where its job stands; None if that is gone: then the file is forgotten here, too."""
        job = self._job(file)
        if job is not None:
            position = self._sandbox.peek(job)
            if position.gone is None:
                return position
        self.forget(file)
        return None

    def job(self, file: File) -> Job:
        """The job of a file that was found just now."""
        job = self._job(file)
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
        self._take(file)
        file.update(metadata, now_us)
        self._put(file)

    def forget(self, file: File) -> None:
        """Nothing remembers the file any more."""
        if not self._has(file):
            return
        self._take(file)
        self._count -= 1
        if file.upload is not None:
            self._bytes -= _size(file.upload)
        file.forget_contents()

    def _names(self, pipeline: str, directory: str) -> Mapping[str, File]:
        return self._shelves.get(pipeline, {}).get(directory, {})

    def _has(self, file: File) -> bool:
        names = self._names(file.pipeline.name, file.order.directory)
        return names.get(file.file_name) is file

    def _put(self, file: File) -> None:
        shelf = self._shelves.setdefault(file.pipeline.name, {})
        names = shelf.setdefault(file.order.directory, {})
        names[file.file_name] = file

    def _take(self, file: File) -> None:
        pipeline, directory = file.pipeline.name, file.order.directory
        shelf = self._shelves[pipeline]
        names = shelf[directory]
        del names[file.file_name]
        if not names:
            del shelf[directory]
        if not shelf:
            del self._shelves[pipeline]

    def _job(self, file: File) -> Job | None:
        job = self._sandbox.find(NAME, file.file_id)
        return job if job is not None and job.submission is file else None

    def _if_left(self, file: File) -> File | None:
        job = self._job(file)
        if job is not None and is_there(self._sandbox, job):
            return file
        self.forget(file)
        return None

    def _sweep(self) -> None:
        for pipeline in tuple(self._shelves):
            for file in self.of(pipeline):
                self._if_left(file)
        self._sweep_at = max(_SWEEP_FROM, 2 * self._count)


def is_there(sandbox: Sandbox, job: Job) -> bool:
    """Whether anything remembers a process."""
    return job.settled(sandbox.clock.now_us()).gone is None


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
