"""What a client of each service sends: a submission, and the status calls that follow it.

The requests are those of the golden exchanges. The scenario keeps a job running for hours, so that
each poll is answered in the middle of the work, progress included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

NUMBER = "#NUMBER#"
"""Stands in a path or a body where each request has a number of its own, of eight digits."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. path: with its query; headers: beside Host and Content-Length."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def under(self, prefix: str) -> Ask:
        """The same request of a sandbox."""
        return replace(self, path=prefix + self.path)

    def numbered(self, number: int) -> Ask:
        """The same request with its number in it, where it has a place for one."""
        path = self.path.replace(NUMBER, f"{number:08d}")
        return replace(self, path=path, body=self.body.replace(NUMBER.encode(), b"%08d" % number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """How one service is talked to.

    submit: the submission. anew: one that says something else each time, where `submit` does not.
    job_id: finds the job's id in its answer. start: what makes the job
    begin, made from that answer. status: the poll of that job.
    scenario: the document of a scenario that stays in the middle; options: what the service needs
    to take thousands of jobs of one client.
    """

    service: str
    submit: Ask
    job_id: Callable[[bytes], str]
    status: Callable[[str], Ask]
    scenario: str
    anew: Ask | None = None
    start: Callable[[bytes], Ask] | None = None
    options: Mapping[str, object] = field(default_factory=dict)


def _json(path: str, document: object, **headers: str) -> Ask:
    return Ask("POST", path, headers, json.dumps(document).encode())


def _field(name: str) -> Callable[[bytes], str]:
    return lambda body: str(json.loads(body)[name])


def _upload(accepted: bytes) -> Ask:
    """The presigned form that Krixik's client sends after its submission."""
    presigned = json.loads(accepted)["presigned_post_url_results"]
    fields = [f'name="{name}"\r\n\r\n{value}' for name, value in presigned["fields"].items()]
    fields.append('name="file"; filename="whale.txt"\r\n\r\nCall me Ishmael.')
    form = "".join(f"--part\r\nContent-Disposition: form-data; {one}\r\n" for one in fields)
    kind = {"content-type": "multipart/form-data; boundary=part"}
    return Ask("POST", urlsplit(presigned["url"]).path, kind, f"{form}--part--\r\n".encode())


VESTA = Dialogue(
    service="vesta",
    submit=Ask("POST", "/vesta/diarisation/annotate?doc_url=http://example.org/a.wav"),
    anew=Ask("POST", f"/vesta/diarisation/annotate?doc_url=http://example.org/{NUMBER}.wav"),
    job_id=_field("uuid"),
    status=lambda job: Ask("GET", f"/vesta/diarisation/status?uuid={job}"),
    scenario="""\
service: vesta
summary: Works for hours.
phases:
  - {state: PROGRESS, for: 10h, progress: {from: 0, to: 100}}
  - {state: SUCCESS}
""",
)


def _request(name: str) -> Ask:
    return _json(
        "/ukssdc/user_objects/run_userobject.php",
        {
            "UserID": "me@x.org",
            "api_name": "xrt_prods",
            "api_version": "1.12",
            "name": name,
            "targ": "00966554",
            "RA": 335.6985,
            "Dec": -7.5179,
            "cent": 1,
            "poserr": 1,
            "useSXPS": 0,
            "lc": 1,
            "binMeth": "counts",
            "pccounts": 20,
            "wtcounts": 30,
            "dynamic": 1,
        },
    )


UKSSDC = Dialogue(
    service="ukssdc",
    submit=_request("GRB 200416A"),
    anew=_request(f"GRB {NUMBER}"),
    job_id=_field("JobID"),
    status=lambda job: _json(
        "/ukssdc/user_objects/checkProductStatus.php",
        {
            "UserID": "me@x.org",
            "JobID": job,
            "what": "lc",
            "whatProg": "lc",
            "api_name": "xrt_prods",
            "api_version": "1.12",
        },
    ),
    scenario="""\
service: ukssdc
summary: Works for hours.
products:
  default:
    - {code: 3, for: 10h}
    - {code: 4}
""",
    options={"max_active_jobs": 1_000_000},
)

KRIXIK = Dialogue(
    service="krixik",
    submit=_json(
        "/krixik/krixik-core-process",
        {
            "pipeline": "demo",
            "pipeline_ordered_modules": ["parser", "sentiment"],
            "pipeline_output_process_keys": ["snippet", "snippet"],
            "modules": {
                "module_1": {"model": "sentence", "params": {}},
                "module_2": {
                    "model": "distilbert-base-uncased-finetuned-sst-2-english",
                    "params": {},
                },
            },
            "version": "1.1.19",
            "file_name": f"whale-{NUMBER}.txt",
            "symbolic_directory_path": "/novels",
            "file_tags": [{"author": "melville"}],
            "file_description": "",
            "expire_time": 1800,
        },
        krixikapikey="any",
    ),
    job_id=_field("request_id"),
    start=_upload,
    status=lambda job: _json(
        "/krixik/krixik-core-process-status",
        {"pipeline": "demo", "version": "1.1.19", "process_id": job},
        krixikapikey="any",
    ),
    scenario="""\
service: krixik
summary: Works for hours.
modules:
  default: {for: 10h}
""",
)

DIALOGUES = {one.service: one for one in (VESTA, UKSSDC, KRIXIK)}
