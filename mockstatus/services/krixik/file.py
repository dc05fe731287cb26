"""A file on record: what is said of it, what was uploaded, what its pipeline made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mockstatus.services.krixik import content
from mockstatus.services.krixik.metadata import Metadata, path_of
from mockstatus.services.krixik.pipeline import Pipeline
from mockstatus.services.krixik.search import KeywordIndex, SemanticIndex


@dataclass(frozen=True, slots=True)
class Order:
    """All that a process call says, but for the name of its file; many files may share one."""

    pipeline: Pipeline
    expire_s: int
    directory: str
    tags: tuple[tuple[str, str], ...] = ()
    description: str = ""


@dataclass(slots=True, eq=False)
class File:
    """What a process call put on record: its job's submission, of which the rest comes later.

    order: as it was sent, but for what was updated. updated_us: the last update, if there was one.
    upload: its text, once it came, and as long as the file is on record.
    """

    # One object for what was submitted and for what became of it, and as small as it can be: there
    # may be 100,000 of them.
    file_id: str
    file_name: str
    order: Order
    updated_us: int | None = None
    upload: str | None = None
    _seen: _Seen | None = field(default=None, init=False)

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline that it is in."""
        return self.order.pipeline

    @property
    def path(self) -> str:
        """Its symbolic file path."""
        return path_of(self.order.directory, self.file_name)

    @property
    def metadata(self) -> Metadata:
        """What its user says about it."""
        order = self.order
        return Metadata(self.file_name, order.directory, order.tags, order.description)

    def update(self, metadata: Metadata, now_us: int) -> None:
        """Its user says something else about it."""
        self.file_name = metadata.file_name
        self.order = replace(
            self.order,
            directory=metadata.directory,
            tags=metadata.tags,
            description=metadata.description,
        )
        self.updated_us = now_us

    def stages(self) -> tuple[content.Stage, ...]:
        """What each module of its pipeline made of it."""
        return content.stages(self.pipeline, self.upload or "")

    def entries(self) -> tuple[int, ...]:
        """How many lines, objects or vectors each module made."""
        seen = self._look()
        if seen.entries is None:
            seen.entries = tuple(stage.entries for stage in self.stages())
        return seen.entries

    def keyword_index(self) -> KeywordIndex:
        """Its words, for a pipeline that ends with keyword-db; made on first use."""
        seen = self._look()
        if not isinstance(seen.index, KeywordIndex):
            made = self.stages()[-1].made
            seen.index = KeywordIndex(made if isinstance(made, str) else "")
        return seen.index

    def semantic_index(self) -> SemanticIndex:
        """Its snippets, for a pipeline that ends with vectors; made on first use."""
        seen = self._look()
        if not isinstance(seen.index, SemanticIndex):
            made = self.stages()[-1].made
            seen.index = SemanticIndex(() if isinstance(made, str) else made)
        return seen.index

    def forget_contents(self) -> None:
        """Nothing of what was uploaded is left."""
        self.upload = self._seen = None

    def _look(self) -> _Seen:
        if self._seen is None:
            self._seen = _Seen()
        return self._seen


@dataclass(slots=True, eq=False)
class _Seen:
    """What was found out about a file's contents, once it was asked for."""

    entries: tuple[int, ...] | None = None
    index: KeywordIndex | SemanticIndex | None = None
