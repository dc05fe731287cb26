"""The load: wrk with 32 keep-alive connections, going through a list of requests."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.cores import load_core, pin
from benchmarks.dialogues import NUMBER, Ask

CONNECTIONS = 32

_MARK = "benchmark "
# The requests are made before the load begins; what wrk measured is told as one line of JSON.
_SCRIPT = """\
local asks, numbered = {}, {}
function init(args)
%s
end
local at = 0
-- No number twice on one server: no load sends a hundred thousand requests a second.
local count = os.time() %% 1000 * 100000
function request()
  at = at %% #asks + 1
  count = count + 1
  if numbered[at] then
    return (string.gsub(asks[at], numbered[at], string.format("%%08d", count)))
  end
  return asks[at]
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '%s{"requests": %%d, "us": %%d, "p50_us": %%d, "p99_us": %%d, "bad": %%d, "broken": %%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
"""


class NoWrkError(RuntimeError):
    """The load generator is not installed."""

    def __init__(self) -> None:
        super().__init__("wrk makes the load and is not installed: apt-get install wrk")


@dataclass(frozen=True, slots=True)
class Measured:
    """What wrk saw. bad: answers of 400 and above; broken: requests without an answer."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bad: int
    broken: int


def is_installed() -> bool:
    """Whether there is a load generator."""
    return shutil.which("wrk") is not None


def refuse_without() -> None:
    """Raise NoWrkError where there is none."""
    if not is_installed():
        raise NoWrkError


def load(port: int, asks: Sequence[Ask], *, seconds: float) -> Measured:
    """Sends the requests in turn, over and over. seconds: rounded up to whole ones by wrk.

    Raises NoWrkError.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise NoWrkError
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT % ("\n".join(map(_lua, asks)), _MARK))
        script.flush()
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
        process = subprocess.Popen(
            [*command, "--latency", "-s", script.name, f"http://127.0.0.1:{port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        pin(process.pid, load_core())
        said, _ = process.communicate()
    return _read(said)


def _read(said: str) -> Measured:
    line = next((line for line in said.splitlines() if line.startswith(_MARK)), None)
    if line is None:
        raise RuntimeError(f"wrk failed: {said[-1000:]}")
    told = json.loads(line.removeprefix(_MARK))
    return Measured(
        requests=told["requests"],
        seconds=told["us"] / 1e6,
        p50_ms=told["p50_us"] / 1e3,
        p99_ms=told["p99_us"] / 1e3,
        bad=told["bad"],
        broken=told["broken"],
    )


def _lua(ask: Ask) -> str:
    headers = ", ".join(f"[{_text(name)}] = {_text(value)}" for name, value in ask.headers.items())
    body = _text(ask.body.decode("latin-1")) if ask.body else "nil"
    has_number = NUMBER in ask.path or NUMBER.encode() in ask.body
    numbered = f'"{NUMBER}"' if has_number else "false"
    return (
        f"  asks[#asks + 1] = wrk.format({_text(ask.method)}, {_text(ask.path)},"
        f' {{["Host"] = wrk.headers["Host"], {headers}}}, {body})\n'
        f"  numbered[#asks] = {numbered}"
    )


def _text(value: str) -> str:
    return (
        '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):03d}" for c in value) + '"'
    )
