"""Texts and bundles are read under limits of memory and time: large ones in a process of their own.

Both ways run the same function. A small file cannot take long, whatever is in it, and starting a process takes longer
than reading it; what is large may be made to take minutes, and would take the web process with it.
"""

import json
import logging
import subprocess
import tempfile
from datetime import datetime
from io import UnsupportedOperation
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

from assessments.intake import bundles
from assessments.intake.alone import run_alone
from assessments.intake.readings import Reading, read
from assessments.intake.refusal import Refused
from assessments.limits import TEXT_MEMORY_BYTES, TEXT_SECONDS, TEXT_UNBOXED_BYTES, TEXT_WAIT_SECONDS
from assessments.marking import Said
from assessments.marking import said as _

_BOX = Path(__file__).with_name("text_box.py")
_GIVEN_UP = _("This file takes too long to read. Split it, or add the output of single commands.")
log = logging.getLogger("assay.intake")


def read_bounded(stream: BinaryIO, name: str, size: int, *, true_type: str, received_at: datetime) -> Reading:
    """`readings.read`, and also Refused where the file takes more time or memory than there is for one."""
    if size <= TEXT_UNBOXED_BYTES and (true_type != "zip" or bundles.unpacked(stream, size) <= TEXT_UNBOXED_BYTES):
        return read(stream, name, size, true_type=true_type, received_at=received_at)
    task = {
        "memory": TEXT_MEMORY_BYTES,
        "seconds": TEXT_SECONDS,
        "name": name,
        "size": size,
        "true_type": true_type,
        "received_at": received_at.isoformat(),
    }
    answer = _in_box(stream, json.dumps(task))
    if refused := answer.get("refused"):
        raise Refused(Said.from_json(refused))
    return Reading(**answer)


def _in_box(stream: BinaryIO, task: str) -> dict[str, Any]:
    """What the box says. One that was stopped at its limits, or fell over, has no answer."""
    stream.seek(0)
    try:
        stream.fileno()
    except UnsupportedOperation:  # held in memory
        with tempfile.TemporaryFile() as file:
            copyfileobj(stream, file)
            file.flush()
            return _run(file, task)
    return _run(stream, task)


def _run(file: Any, task: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(run_alone(_BOX, task, stream=file, seconds=TEXT_WAIT_SECONDS))
    except (subprocess.SubprocessError, ValueError) as error:
        # Its own words may repeat what is in the file, so only how it ended is kept.
        log.warning("a file was not read: %s %s", type(error).__name__, getattr(error, "returncode", ""))
        raise Refused(_GIVEN_UP) from None
    return answer
