"""Measures mockstatus beside its yardsticks: `python tests/benchmarks/run.py [--quick]`.

Prints tables, with each aim beside its figure, and writes all of it as JSON. A benchmark is not a
gate: it exits with 1 only where something failed to run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

if __name__ == "__main__":  # the folder above is what `benchmarks` is imported from
    sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks import cores, flatness, memory, peers, start, table, throughput
from benchmarks.figures import Part
from benchmarks.processes import DidNotStartError
from benchmarks.under_load import Pace
from benchmarks.wrk import NoWrkError
from rich.console import Console

QUICK = Pace(passes=1, seconds=1, warm_s=0)
FULL = Pace(passes=3, seconds=4, warm_s=1)

Say = Callable[[str], None]

PARTS: dict[str, Callable[[Pace, Say], Part]] = {
    "status": throughput.status,
    "submit": throughput.submit,
    "flatness": flatness.flatness,
    "memory": memory.memory,
    "start": start.start,
}


def main(words: Sequence[str] | None = None) -> int:
    """Runs the parts that are asked for."""
    wanted = _arguments(words)
    console, progress = Console(width=120), Console(stderr=True)
    pace = QUICK if wanted.quick else FULL
    if wanted.passes:
        pace = Pace(wanted.passes, pace.seconds, pace.warm_s)
    if wanted.install_peers is not None:
        peers.install(wanted.install_peers)
    folder = wanted.install_peers or wanted.peers
    parts = {**PARTS, "status": partial(throughput.status, peers=folder and folder.resolve())}
    results, failed = [], False
    for name in wanted.only:
        try:
            part = parts[name](pace, lambda said: progress.print(f"  {said}", style="dim"))
        except (NoWrkError, DidNotStartError) as error:
            progress.print(f"{name} was not measured: {error}", markup=False)
            failed = True
            continue
        except Exception:  # noqa: BLE001  # the other parts are still worth having
            progress.print(f"{name} failed:\n{traceback.format_exc()}", markup=False)
            failed = True
            continue
        table.show(part, console)
        results.append(part.to_json())
    if wanted.json:
        document = {"machine": _machine(), "is_quick": wanted.quick, "parts": results}
        wanted.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return int(failed)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one short pass, to see that it works")
    parser.add_argument("--passes", type=int, metavar="N", help="interleaved repetitions")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    parser.add_argument(
        "--peers", type=Path, metavar="DIR", help="measure the servers that are installed there"
    )
    parser.add_argument(
        "--install-peers", type=Path, metavar="DIR", help="install them there, then measure them"
    )
    parser.add_argument(
        "--only",
        type=_parts,
        default=list(PARTS),
        metavar="PART,...",
        help=f"some of {', '.join(PARTS)}",
    )
    return parser.parse_args(words)


def _parts(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no part is called {', '.join(unknown)}, expected some of {', '.join(PARTS)}"
        )
    return names


def _machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "server_core": cores.server_core(),
        "load_core": cores.load_core(),
    }


if __name__ == "__main__":
    sys.exit(main())
