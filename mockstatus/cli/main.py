"""The way in: `mockstatus COMMAND`. What need not be imported is not.

A health check runs every few seconds in a container; it is dealt with before the command line's
library, or anything else, is imported.
"""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """The console script. Exits with 0 if all is well, 1 if something failed, 2 on wrong use."""
    if sys.argv[1:2] == ["healthcheck"]:
        from mockstatus.cli.healthcheck import main

        sys.exit(main(sys.argv[2:]))
    if sys.argv[1:2] == ["serve"]:
        # Nothing that is made at the start becomes garbage: looking for some takes a tenth of it.
        gc.disable()
    from mockstatus.cli.commands import app

    app(prog_name="mockstatus")
