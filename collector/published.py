"""The files handed out to vendors, as they lie in the repository: what you review is what runs."""

import hashlib
import json
import re
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parent / "files"
SCRIPT: Final = "assay-collect.sh"
POLICY: Final = "policy.json"
STACK_SET: Final = "stackset.yaml"
NAMES: Final = (SCRIPT, POLICY, STACK_SET)
_VERSION: Final = re.compile(r"^VERSION=(\S+)$", re.MULTILINE)


class Published(NamedTuple):
    """One file as it is handed out."""

    name: str
    content: bytes

    @property
    def text(self) -> str:
        """The content, to be shown."""
        return self.content.decode()

    @property
    def lines(self) -> int:
        """Number of lines."""
        return self.text.count("\n")

    @property
    def sha256(self) -> str:
        """Its SHA-256 in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def published(name: str) -> Published | None:
    """The file of this name, read anew; None for any other name."""
    return Published(name, (FOLDER / name).read_bytes()) if name in NAMES else None


def actions_of(policy: Published) -> list[str]:
    """The actions that the policy allows: "ec2:DescribeVolumes"."""
    found: list[str] = json.loads(policy.content)["Statement"][0]["Action"]
    return found


def version_of(script: Published) -> str:
    """The version that the script says it has, which is that of all three files."""
    found = _VERSION.search(script.text)
    return found[1] if found else ""
