"""The VESTA Service Gateway: annotators behind a queue, asked and polled over HTTP.

Source: seed 004 (the status method), and the VESTA wire notes for everything around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import orjson

from mockstatus.domain.draw import begun
from mockstatus.domain.etiquette import Etiquette
from mockstatus.domain.position import Position
from mockstatus.errors import BadRequestError
from mockstatus.services.vesta import handlers, reply
from mockstatus.services.vesta.addresses import mount
from mockstatus.services.vesta.answer import state_of
from mockstatus.services.vesta.callbacks import Callbacks
from mockstatus.services.vesta.canarie_operations import CANARIE
from mockstatus.services.vesta.file_operations import FILES
from mockstatus.services.vesta.memory import Memory
from mockstatus.services.vesta.operations import MULTIMEDIA, TASKS
from mockstatus.services.vesta.options import VestaOptions
from mockstatus.services.vesta.plan import Task, place, plan
from mockstatus.services.vesta.script import VestaFile
from mockstatus.services.vesta.states import EXPIRED, FAILURE, RETRY, REVOKED, STATES
from mockstatus.web.service import ClientCalls, Kept, Service, Submission

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job

SAMPLE = {"doc_url": "http://example.org/interview.wav"}


def job_id(seed: int, sandbox: str, number: int) -> str:
    """A version-4 UUID in lower case, drawn."""
    drawn = begun(seed, "vesta", sandbox).copy()
    drawn.update(b"%d" % number)
    digits = drawn.hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def submission(fields: Mapping[str, Any], more: Mapping[str, Any]) -> Submission:
    """The request that submits a task with these wire fields.

    more: `annotator`, if it is not diarisation. Fields that are no texts go into a JSON body.
    Raises BadRequestError for anything else in `more`.
    """
    if strange := sorted(set(more) - {"annotator"}):
        raise BadRequestError(f"unknown key {strange[0]!r}, expected annotator", where=strange[0])
    given = dict(fields or SAMPLE)
    annotator = str(more.get("annotator") or given.pop("annotator", "diarisation"))
    stored = given.pop("storage_doc_id", None)
    path = f"/{quote(annotator, safe='')}/process"
    if stored is not None:
        path += f"/{quote(str(stored), safe='')}"
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    others = {name: value for name, value in given.items() if name not in texts}
    return Submission(
        method="POST",
        path=path,
        query=urlencode(texts),
        headers=((b"content-type", b"application/json"),),
        body=orjson.dumps(others) if others else b"",
    )


def _question(name: str) -> Callable[[Job], Submission]:
    """The request that asks `name` (status, cancel) of a task."""

    def ask(job: Job) -> Submission:
        task = job.submission
        assert isinstance(task, Task)  # noqa: S101  # what our own operation made of the request
        path = f"/{quote(task.annotator, safe='')}/{name}"
        return Submission(method="GET", path=path, query=urlencode({"uuid": job.id}))

    return ask


def _state(_job: Job, position: Position) -> str:
    return state_of(position)


SERVICE = Service(
    name="vesta",
    client_path="/vesta",
    title="VESTA Service Gateway",
    summary="Celery tasks over HTTP: annotate or process, poll the status, cancel.",
    operations=(*TASKS, *FILES, *CANARIE, *MULTIMEDIA),
    scenario_model=VestaFile,
    options_model=VestaOptions,
    states=STATES,
    plan=plan,
    place=place,
    mount=mount,
    job_id=job_id,
    state=_state,
    magic=handlers.magic,
    fields=handlers.fields,
    refuse=reply.refuse,
    status_answer=reply.plain,
    error_answer=reply.described,
    missing=reply.missing,
    too_large=reply.too_large,
    submission=submission,
    calls=ClientCalls(status=_question("status"), cancel=_question("cancel")),
    connect='curl -X POST "{url}/diarisation/annotate?doc_url=http://example.org/a.wav"',
    sample=SAMPLE,
    kept=Kept(submission=Task, memory=Memory),
    not_frozen=(Callbacks,),
    # The result comes with the status, and cancel answers as status does (seed 004).
    etiquette=Etiquette(
        telling=frozenset({"cancel"}),
        again_states=frozenset({RETRY}),
        fatal_states=frozenset({FAILURE, REVOKED, EXPIRED}),
    ),
)
