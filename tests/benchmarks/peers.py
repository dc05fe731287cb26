"""Other mock servers, each asked for the state of a job in the most stateful way that it has.

They are no dependencies: `--install-peers DIR` puts them into a folder, from npm and PyPI.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dialogues import Ask
from benchmarks.processes import Launch, Running, free_port
from benchmarks.under_load import Subject

NPM = ("mountebank@2", "@mockoon/cli@9", "wiremock@3")
PYPI = ("pytest-httpserver>=1.1", "moto[server]>=5")

JVM_WARM_S = 10.0
"""A JVM compiles what it does often; before that it is several times slower."""

_BODY = {
    "result": {
        "current": 12,
        "host": "diarisation-1.novalocal",
        "start_time": "2026-11-30T07:05:37",
        "total": 100,
        "type": "diarisation",
        "worker_id_version": "0.1.43",
    },
    "status": "PROGRESS",
    "uuid": "2eb6696d-30cb-430d-970b-68b575e7c740",
}
_PATH = "/vesta/diarisation/status"
_JOBS = [f"{_PATH}?uuid=job-{number}" for number in range(64)]


@dataclass(frozen=True, slots=True)
class Peer:
    """A server of somebody else's.

    state: whose state its answers have. file: what must be there, below the folder of peers.
    launch: made from that file and a folder for its configuration.
    """

    name: str
    state: str
    file: str
    launch: Callable[[Path, Path], Launch]
    prepare: Callable[[Running], Sequence[Ask]] = lambda _: [Ask("GET", path) for path in _JOBS]
    warm_s: float = 0
    needs: str | None = None

    def missing(self, folder: Path | None) -> str | None:
        """Why it cannot be measured; None if it can."""
        if folder is None or not (folder / self.file).exists():
            return "not installed, see --install-peers"
        if self.needs is not None and shutil.which(self.needs) is None:
            return f"{self.needs} is not installed"
        return None

    def subject(self, folder: Path, scratch: Path) -> Subject:
        """It, to be measured. scratch: a folder for its configuration."""
        return Subject(
            self.name, self.launch(folder / self.file, scratch), self.prepare, self.warm_s
        )


def install(folder: Path) -> None:
    """Installs all peers into a folder. Raises CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.which("npm") is not None:
        command = ["npm", "install", "--prefix", str(folder / "npm"), "--no-audit", "--no-fund"]
        subprocess.run([*command, *NPM], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "py")], check=True)
    subprocess.run([str(folder / "py/bin/pip"), "install", "-q", *PYPI], check=True)


# mountebank: a function of ours counts the polls of each job, or answers are repeated.

_INJECTED = """(config) => {
  const job = config.request.query.uuid;
  config.state[job] = (config.state[job] || 0) + 1;
  const body = %s;
  body.uuid = job;
  body.result.current = config.state[job] %% 100;
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}"""


def _mountebank(responses: list[object], name: str) -> Callable[[Path, Path], Launch]:
    def launch(program: Path, scratch: Path) -> Launch:
        def command(port: int) -> list[str]:
            imposter = {"port": port, "protocol": "http", "stubs": [{"responses": responses}]}
            file = scratch / f"{name}.json"
            file.write_text(json.dumps({"imposters": [imposter]}), encoding="utf-8")
            own = ["--port", str(free_port()), "--host", "127.0.0.1", "--localOnly"]
            quiet = ["--nologfile", "--loglevel", "error", "--pidfile", str(scratch / "mb.pid")]
            start = ["node", str(program), "start", "--allowInjection"]
            return [*start, *own, *quiet, "--configfile", str(file)]

        return Launch(name, command)

    return launch


def _is(body: dict[str, object]) -> dict[str, object]:
    head = {"Content-Type": "application/json"}
    return {"is": {"headers": head, "body": json.dumps(body)}, "repeat": 3}


# WireMock: a scenario of two states, one for all clients.


def _wiremock(*options: str) -> Callable[[Path, Path], Launch]:
    def launch(program: Path, scratch: Path) -> Launch:
        root = scratch / f"wiremock{len(options)}"
        mappings = root / "mappings"
        mappings.mkdir(parents=True, exist_ok=True)
        for here, there in (("Started", "Polled"), ("Polled", "Started")):
            mapping = {
                "scenarioName": "job",
                "requiredScenarioState": here,
                "newScenarioState": there,
                "request": {"method": "GET", "urlPath": _PATH},
                "response": {
                    "status": 200,
                    "headers": {"Content-Type": "application/json"},
                    "jsonBody": _BODY,
                },
            }
            (mappings / f"{here}.json").write_text(json.dumps(mapping), encoding="utf-8")
        start = ["java", "-jar", str(program), "--root-dir", str(root), "--disable-banner"]
        return Launch("wiremock", lambda port: [*start, "--port", str(port), *options], _PATH)

    return launch


# Mockoon: answers in their order, one order for all clients.


def _mockoon(program: Path, scratch: Path) -> Launch:
    def command(port: int) -> list[str]:
        file = scratch / "mockoon.json"
        file.write_text(json.dumps(_environment(port)), encoding="utf-8")
        start = ["node", str(program), "start", "--data", str(file), "--port", str(port)]
        return [*start, "--disable-log-to-file"]

    return Launch("mockoon", command, _PATH)


def _environment(port: int) -> dict[str, object]:
    answers = [
        {
            "uuid": f"answer-{at}",
            "body": json.dumps(_BODY),
            "latency": 0,
            "statusCode": 200,
            "label": "",
            "headers": [{"key": "Content-Type", "value": "application/json"}],
            "bodyType": "INLINE",
            "filePath": "",
            "databucketID": "",
            "sendFileAsBody": False,
            "rules": [],
            "rulesOperator": "OR",
            "disableTemplating": True,
            "fallbackTo404": False,
            "default": at == 0,
            "crudKey": "id",
            "callbacks": [],
        }
        for at in range(2)
    ]
    route = {
        "uuid": "status",
        "type": "http",
        "documentation": "",
        "method": "get",
        "endpoint": _PATH.removeprefix("/"),
        "responses": answers,
        "responseMode": "SEQUENTIAL",
    }
    return {
        "uuid": "jobs",
        "lastMigration": 33,
        "name": "jobs",
        "endpointPrefix": "",
        "latency": 0,
        "port": port,
        "hostname": "127.0.0.1",
        "folders": [],
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": "status"}],
        "proxyMode": False,
        "headers": [],
        "data": [],
        "callbacks": [],
    }


# pytest-httpserver: a handler of ours counts the polls of each job.

_HTTPSERVER = f"""\
import json, signal, sys
from collections import Counter
from pytest_httpserver import HTTPServer
from werkzeug import Response

polls, body = Counter(), {_BODY!r}

def status(request):
    job = request.args.get("uuid")
    polls[job] += 1
    result = {{**body["result"], "current": polls[job] % 100}}
    return Response(json.dumps({{**body, "result": result, "uuid": job}}),
                    content_type="application/json")

server = HTTPServer(host="127.0.0.1", port=int(sys.argv[1]), threaded=False)
server.expect_request({_PATH!r}).respond_with_handler(status)
server.start()
signal.pause()
"""


def _httpserver(program: Path, _: Path) -> Launch:
    return Launch(
        "pytest-httpserver", lambda port: [str(program), "-c", _HTTPSERVER, str(port)], _PATH
    )


# moto: a transcription, whose states it moves on with each poll.


def _moto(program: Path, _: Path) -> Launch:
    return Launch("moto", lambda port: [str(program), "-p", str(port)], "/moto-api/data.json")


def _transcribe(operation: str, **document: object) -> Ask:
    scope = "AWS4-HMAC-SHA256 Credential=key/20261130/us-east-1/transcribe/aws4_request"
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Transcribe.{operation}",
        "Authorization": f"{scope}, SignedHeaders=host, Signature=0",
    }
    return Ask("POST", "/", headers, json.dumps(document).encode())


def _transcriptions(server: Running) -> Sequence[Ask]:
    names = [f"job-{number}" for number in range(64)]
    for name in names:
        media = {"MediaFileUri": "s3://bucket/a.wav"}
        order = {"TranscriptionJobName": name, "LanguageCode": "en-US", "Media": media}
        server.good(_transcribe("StartTranscriptionJob", **order))
    return [_transcribe("GetTranscriptionJob", TranscriptionJobName=name) for name in names]


_MB = "npm/node_modules/mountebank/bin/mb"
_JAR = "npm/node_modules/wiremock/build/wiremock-standalone-3.13.2.jar"
_EACH, _ALL = "of each job", "of all clients"

PEERS = (
    Peer(
        "mountebank, inject",
        _EACH,
        _MB,
        _mountebank([{"inject": _INJECTED % json.dumps(_BODY)}], "mountebank-inject"),
        needs="node",
    ),
    Peer(
        "mountebank, repeat",
        _ALL,
        _MB,
        _mountebank([_is(_BODY), _is({**_BODY, "status": "STORING"})], "mountebank-repeat"),
        needs="node",
    ),
    Peer("WireMock", _ALL, _JAR, _wiremock(), warm_s=JVM_WARM_S, needs="java"),
    Peer(
        "WireMock, no journal",
        _ALL,
        _JAR,
        _wiremock("--no-request-journal"),
        warm_s=JVM_WARM_S,
        needs="java",
    ),
    Peer("Mockoon", _ALL, "npm/node_modules/@mockoon/cli/bin/run.js", _mockoon, needs="node"),
    Peer("pytest-httpserver", _EACH, "py/bin/python", _httpserver),
    Peer("moto", _EACH, "py/bin/moto_server", _moto, _transcriptions),
)
