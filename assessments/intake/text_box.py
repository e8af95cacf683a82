"""Run by itself, in a process with little memory and time: reads the text or bundle on standard input to its end.

Told one JSON object as its only argument, it prints another: {"kind": "json", "format": "", "facts": {}}, or
{"refused": SENTENCES}, as `Said.to_json` gives them. Whatever else happens to it, it prints nothing.
"""

import json
import resource
import sys
from datetime import datetime
from pathlib import Path


def main(memory: int, seconds: int, name: str, size: int, true_type: str, received_at: str) -> dict[str, object]:
    """Bytes and seconds of processor time are the limits of this process; the rest says what to read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from assessments.intake.readings import read  # noqa: PLC0415 -- loaded inside the box, where its time counts
    from assessments.intake.refusal import Refused  # noqa: PLC0415 -- the same

    # Opened once more, so that the place in the file is ours and not that of the process that started us.
    with open("/dev/stdin", "rb") as stream:
        try:
            found = read(stream, name, size, true_type=true_type, received_at=datetime.fromisoformat(received_at))
        except Refused as refused:
            return {"refused": refused.message.to_json()}
    return {"kind": found.kind, "format": found.format, "facts": found.facts}


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))  # noqa: T201 -- standard output is the answer
