"""`python -m mockstatus`."""

from __future__ import annotations

from mockstatus.cli.main import run

if __name__ == "__main__":
    run()
