"""Exit with 0 while this container does its work: healthy.py web, or healthy.py worker."""

import os
import socket
import sys
import urllib.request
from pathlib import Path


def web() -> bool:
    """The page that asks the database answers, under the name people type."""
    host = os.environ["ALLOWED_HOSTS"].split(",")[0]
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request("http://127.0.0.1:8000/health", headers=headers)
    with urllib.request.urlopen(request, timeout=8) as response:  # noqa: S310 -- this container's own address
        return response.status == 200


def worker() -> bool:
    """This container's worker answers a ping through the broker."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from config.celery import app  # noqa: PLC0415 -- web needs none of this

    name = f"worker@{socket.gethostname()}"
    return bool(app.control.ping(destination=[name], timeout=10))


if __name__ == "__main__":
    sys.exit(not {"web": web, "worker": worker}[sys.argv[1]]())
