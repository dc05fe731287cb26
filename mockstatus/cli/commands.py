"""The commands as people see them: names, options, help.

The work of a command is in the module of its name, which is imported when the command runs: help
needs no server, and `check` no web framework.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mockstatus import __version__
from mockstatus.cli.exits import in_words
from mockstatus.cli.options import (
    CheckFormat,
    ListFormat,
    ReportFormat,
    Scenarios,
    Seed,
    ShowFormat,
    setting,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A mock server for clients of asynchronous job services.",
    epilog="Exit codes: 0 all is well, 1 something was found wrong or failed, 2 wrong use.",
)


def _version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"mockstatus {__version__}")
        raise typer.Exit


@app.callback()
def _all_commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which one.")
    ] = False,
) -> None:
    pass


@app.command()
@in_words
def serve(
    host: Annotated[
        str | None, setting("The address to listen on, else 127.0.0.1.", "MOCKSTATUS_HOST")
    ] = None,
    port: Annotated[
        int | None, setting("The port, else 8000; 0 takes a free one.", "MOCKSTATUS_PORT")
    ] = None,
    clock: Annotated[
        str | None,
        setting(
            "How time passes in a new sandbox: as it does (real, the default), N times faster,"
            " or only when told to.",
            "MOCKSTATUS_CLOCK",
            metavar="real|xN|manual",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        setting("Where draws and ids come from, else a fresh one.", "MOCKSTATUS_SEED"),
    ] = None,
    scenarios: Scenarios = None,
    watch: Annotated[
        bool | None, setting("Read scenario files anew when they change.", "MOCKSTATUS_WATCH")
    ] = None,
    public_url: Annotated[
        str | None,
        setting("The address that answers name, where it is another one.", "MOCKSTATUS_PUBLIC_URL"),
    ] = None,
    admin_token: Annotated[
        str | None,
        setting("What /_mock wants as a bearer token, else it is open.", "MOCKSTATUS_ADMIN_TOKEN"),
    ] = None,
    log_format: Annotated[
        str | None,
        setting(
            "How the server's own lines are written, else text.",
            "MOCKSTATUS_LOG_FORMAT",
            metavar="text|json",
        ),
    ] = None,
    alias: Annotated[
        list[str] | None,
        setting(
            "A further host name that this server is called by, and the path that it stands for"
            " if there is one (www.swift.ac.uk=/ukssdc); may be given several times.",
            "MOCKSTATUS_ALIASES",
            metavar="NAME[=/PATH]",
        ),
    ] = None,
    tls_port: Annotated[
        int | None,
        setting(
            "A port for https, with a certificate of its own for each run; 0 takes a free one.",
            "MOCKSTATUS_TLS_PORT",
        ),
    ] = None,
    ca_out: Annotated[
        Path | None,
        setting(
            "Where to write the certificate that clients of that port are to trust.",
            "MOCKSTATUS_CA_OUT",
            metavar="FILE",
        ),
    ] = None,
    max_sandboxes: Annotated[
        int | None,
        setting("How many sandboxes there may be, else 1000.", "MOCKSTATUS_MAX_SANDBOXES"),
    ] = None,
) -> None:
    """Serve the mock services until Ctrl-C or SIGTERM."""
    from mockstatus.cli.serve import serve as run

    run(
        {
            "host": host,
            "port": port,
            "clock": clock,
            "seed": seed,
            "scenarios": tuple(scenarios) if scenarios else None,
            "watch": watch,
            "public_url": public_url,
            "admin_token": admin_token,
            "log_format": log_format,
            "aliases": tuple(alias) if alias else None,
            "tls_port": tls_port,
            "ca_out": ca_out,
            "max_sandboxes": max_sandboxes,
        }
    )


@app.command()
@in_words
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files and folders; what is shipped, if none is given."),
    ] = None,
    as_: Annotated[
        CheckFormat,
        typer.Option("--format", help="text, github (annotates a pull request) or json."),
    ] = CheckFormat.TEXT,
) -> None:
    """Check scenario files: every problem of every file, as file:line:column."""
    from mockstatus.cli.check import check as run

    raise typer.Exit(run(paths or [], as_=as_.value))


@app.command("list")
@in_words
def list_(
    service: Annotated[str | None, typer.Argument(help="Only this service's.")] = None,
    as_: Annotated[ListFormat, typer.Option("--format", help="text or json.")] = ListFormat.TEXT,
    scenarios: Scenarios = None,
) -> None:
    """List the scenarios that there are."""
    from mockstatus.cli.listing import list_scenarios as run

    run(service, as_=as_.value, folders=scenarios)


@app.command()
@in_words
def show(
    name: Annotated[str, typer.Argument(help="A scenario, such as vesta/failure, or a file.")],
    as_: Annotated[
        ShowFormat,
        typer.Option("--format", help="table, mermaid (a state diagram) or yaml (the source)."),
    ] = ShowFormat.TABLE,
    scenarios: Scenarios = None,
    seed: Seed = 0,
) -> None:
    """Show a story: its tracks and phases, how long they last, what is answered."""
    from mockstatus.cli.show import show as run

    run(name, as_=as_.value, folders=scenarios, seed=seed)


@app.command()
@in_words
def play(
    name: Annotated[str, typer.Argument(help="A scenario, such as vesta/failure, or a file.")],
    every: Annotated[
        str | None,
        typer.Option(help="How often the client polls, such as 5s.", show_default="by the story"),
    ] = None,
    polls: Annotated[int, typer.Option(min=1, max=10_000, help="How often at most.")] = 100,
    cancel_at: Annotated[
        str | None, typer.Option(help="When the client cancels, such as 10s after it began.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Show bodies whole.")] = False,
    scenarios: Scenarios = None,
    seed: Seed = 0,
) -> None:
    """Play a story to its end: what a client is answered, poll by poll, in no time."""
    from mockstatus.cli.play import play as run

    run(
        name,
        every=every,
        polls=polls,
        cancel_at=cancel_at,
        is_full=full,
        folders=scenarios,
        seed=seed,
    )


@app.command()
@in_words
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from mockstatus.cli.schema import text as run

    typer.echo(run(), nl=False)


@app.command()
@in_words
def demo(seed: Seed = 0) -> None:
    """Watch it work: a real server, a job of each service, polled to its end over HTTP."""
    from mockstatus.cli.demo import demo as run

    run(seed=seed)


Url = Annotated[str, typer.Argument(help="The server's address, such as http://127.0.0.1:8000.")]
SandboxName = Annotated[
    str | None, typer.Option("--sandbox", help="Which sandbox; `default`, if not given.")
]
Token = Annotated[
    str | None,
    typer.Option(help="The server's admin token. Also MOCKSTATUS_ADMIN_TOKEN.", show_default=False),
]


@app.command()
@in_words
def push(
    url: Url,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder with SERVICE/NAME.yaml in it.")
    ],
    sandbox: SandboxName = None,
    token: Token = None,
) -> None:
    """Upload the scenarios of a folder to a server that runs: every problem as file:line:column."""
    from mockstatus.cli.push import push as run
    from mockstatus.cli.remote import RemoteServer

    raise typer.Exit(run(folder, RemoteServer(url, sandbox=sandbox, token=token)))


@app.command()
@in_words
def report(
    url: Url,
    fail_under: Annotated[
        float | None,
        typer.Option(
            min=0, max=100, help="Fail if a client was shown less of the documented states, in %."
        ),
    ] = None,
    forbid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Fail if this was found, such as polled-after-end; may be given several times,"
            " `all` stands for every one.",
        ),
    ] = None,
    as_: Annotated[
        ReportFormat, typer.Option("--format", help="text, json or html (one page).")
    ] = ReportFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option(help="Where to write it, else to standard output.")
    ] = None,
    sandbox: SandboxName = None,
    token: Token = None,
) -> None:
    """Report what a server learned about its client: state coverage, and manners."""
    from mockstatus.cli.remote import RemoteServer
    from mockstatus.cli.report import report as run

    server = RemoteServer(url, sandbox=sandbox, token=token)
    forbidden = forbid or []
    raise typer.Exit(
        run(server, as_=as_.value, output=output, fail_under=fail_under, forbid=forbidden)
    )


@app.command()
def healthcheck() -> None:
    """Ask the server at MOCKSTATUS_HOST and MOCKSTATUS_PORT how it is."""
    from mockstatus.cli.healthcheck import main

    sys.exit(main([]))
