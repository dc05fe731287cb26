"""Krixik pipelines: process a file, poll its status, and the file system around them.

Source: seeds 000 and 001 (the process_status method), and the Krixik wire notes for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockstatus.domain.etiquette import Etiquette
from mockstatus.domain.position import Position
from mockstatus.services.krixik import choosing, gate, ids, states
from mockstatus.services.krixik.file import File
from mockstatus.services.krixik.jobs import submitted
from mockstatus.services.krixik.operations import OPERATIONS
from mockstatus.services.krixik.options import KrixikOptions
from mockstatus.services.krixik.plan import check, place, plan
from mockstatus.services.krixik.script import KrixikFile
from mockstatus.services.krixik.store import Store, has_failed, is_finished
from mockstatus.web.service import ClientCalls, Kept, Service

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job

_SLASHES = re.compile("/{2,}")
_GONE = {
    "deleted": states.DELETED,
    "expired": states.EXPIRED,
    "never_started": states.DROPPED,
}


def job_id(seed: int, sandbox: str, number: int) -> str:
    """A process id: what the client's user knows as request_id."""
    return ids.process_id(seed, sandbox, number)


def state(_job: Job, position: Position) -> str:
    """The client's overall_status, or why nothing remembers the process."""
    if position.gone is not None:
        return _GONE[position.gone.why]
    if has_failed(position):
        return states.FAILED
    if is_finished(position):
        return states.COMPLETE
    shown = {track.phase.state for track in position.tracks.values()}
    return states.WAITING if shown == {states.WAITING} else states.ONGOING


def canonical_path(path: str, _scope: Mapping[str, Any]) -> str:
    """The path with repeated slashes folded: an api_url may end with one."""
    return _SLASHES.sub("/", path) if "//" in path else path


# The client looks twice before it first waits, and outputs may stay where they are (a choice:
# searching them is as good a use): only a link that was asked for and left alone is a loss.
_ETIQUETTE = Etiquette(
    polls_after_end=2,
    output_operations=frozenset({"fetch_output", "download"}),
    link_operations=frozenset({"fetch_output"}),
    result_operations=frozenset({"fetch_output", "download"}),
    delete_operations=frozenset({"delete"}),
    fatal_states=frozenset({states.FAILED}),
)

SERVICE = Service(
    name="krixik",
    client_path="/krixik",
    title="Krixik",
    summary="Pipelines of modules over uploaded files: process, poll, fetch, list, search.",
    operations=OPERATIONS,
    scenario_model=KrixikFile,
    options_model=KrixikOptions,
    states=states.SHOWN,
    plan=plan,
    place=place,
    job_id=job_id,
    state=state,
    magic=choosing.magic,
    fields=choosing.fields,
    refuse=gate.refuse,
    status_answer=gate.status_answer,
    error_answer=gate.error_answer,
    missing=gate.missing,
    too_large=gate.too_large,
    submission=choosing.submission,
    canonical_path=canonical_path,
    check=check,
    submitted=submitted,
    sample=choosing.SAMPLE,
    calls=ClientCalls(status=choosing.status_call, start=choosing.upload_call),
    kept=Kept(submission=File, memory=Store),
    etiquette=_ETIQUETTE,
    connect='krixik.init(api_key="any", api_url="{url}")',
)
