#!/usr/bin/env python3
"""Bring database, playbook, static files and demo up to date, all in one process. Safe to run again.

Called by bin/serve.py, with the environment of bin/start.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django
from django.core.management import CommandError, call_command

DATA_DIR = Path(os.environ["DATA_DIR"])


def main() -> None:
    """Each step says what it does only where it takes a while."""
    loaded = DATA_DIR / "demo-loaded"
    if not (DATA_DIR / "assay.sqlite3").exists():
        loaded.unlink(missing_ok=True)
    print("Bringing the database up to date ...", flush=True)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not loaded.exists():
        print("Loading the demo and rendering its reports ...", flush=True)
        # Its last lines say how to sign in, which comes when one can.
        with open(os.devnull, "w") as nowhere:
            call_command("load_demo", stdout=nowhere)
        loaded.touch()
    # After the demo, whose history begins with the playbook last year; then this changes nothing.
    call_command("seed_playbook")


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        sys.exit(f"bin/start: {error}")
