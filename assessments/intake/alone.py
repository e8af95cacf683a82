"""A file of ours run in a process of its own, which reads a stranger's bytes and has nothing else in reach."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO


def run_alone(
    box: Path,
    *arguments: object,
    seconds: float,
    data: bytes | None = None,
    stream: BinaryIO | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """What `box` prints, given `data` or `stream` on its standard input. Its environment is empty but for `env`.

    Raises subprocess.SubprocessError where it ends badly, or takes more than so many seconds of the clock.
    """
    given = {"input": data} if stream is None else {"stdin": stream}
    done = subprocess.run(  # noqa: S603 -- our own file, in this very Python
        [sys.executable, "-I", str(box), *map(str, arguments)],
        capture_output=True,
        check=True,
        timeout=seconds,
        env=dict(env or {}),
        **given,  # type: ignore[arg-type]  # one of the two
    )
    return bytes(done.stdout)
