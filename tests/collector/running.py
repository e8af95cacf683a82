"""Run the collector the way a vendor does, with a stand-in for AWS."""

import json
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from collector.published import FOLDER, SCRIPT
from tests.evaluators.shared import FIXTURES

SCRIPT_PATH = FOLDER / SCRIPT
STUB = Path(__file__).with_name("stub_aws.py")
# What the script calls besides sh, python3 and aws.
TOOLS = ("cat", "dirname", "grep", "mkdir", "mktemp", "rm", "sort", "tail", "tr", "xargs", "echo")


class Run(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def commands(self) -> list[str]:
        """The commands that were shown as they ran, or in the plan."""
        return [line.strip() for line in self.out.splitlines() if line.startswith("  aws ")]


def _hear_ctrl_c() -> None:
    """A shell cannot trap what was ignored when it began, as Ctrl-C is in whatever a script runs beside itself."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Desk:
    """Somebody's machine: a folder to work in, one for temporary files and one with the programs on PATH."""

    def __init__(self, folder: Path) -> None:
        self.home, self.temporary, self.programs = folder / "home", folder / "tmp", folder / "bin"
        for one in (self.home, self.temporary, self.programs):
            one.mkdir()
        self.put("python3", Path(sys.executable))
        for tool in TOOLS:
            self.put(tool, Path(shutil.which(tool) or ""))
        self.environment = {"PATH": str(self.programs), "HOME": str(self.home), "TMPDIR": str(self.temporary)}

    @staticmethod
    def find(program: str) -> str | None:
        """Where a program of the machine of the tests lies."""
        return shutil.which(program)

    def put(self, name: str, program: Path) -> None:
        """Put a program on PATH."""
        (self.programs / name).symlink_to(program)

    def stub(self, name: str, account: str, **more: object) -> None:
        """Let `aws` answer from a folder of examples, called by somebody of this account."""
        program = self.programs / "aws"
        program.write_text(f"#!{sys.executable} -IS\n{STUB.read_text(encoding='utf-8')}", encoding="utf-8")
        program.chmod(0o755)
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in more.items()}
        self.environment |= {"STUB_FIXTURES": str(FIXTURES / name), "STUB_ACCOUNT": account, **texts}

    def start(self, *options: str, interpreter: str = "sh", **more: Any) -> subprocess.Popen[str]:
        """Start the script; an interpreter may have options of its own."""
        name, *words = interpreter.split()
        words = [self.find(name) or name, *(["sh"] if name == "busybox" else words), str(SCRIPT_PATH), *options]
        return subprocess.Popen(
            words,
            cwd=self.home,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **{"stdin": subprocess.DEVNULL, "preexec_fn": _hear_ctrl_c} | more,
        )

    def run(self, *options: str, interpreter: str = "sh", **more: Any) -> Run:
        """Run the script to its end."""
        process = self.start(*options, interpreter=interpreter, **more)
        out, err = process.communicate(timeout=900)
        return Run(process.returncode, out, err)

    @property
    def leftovers(self) -> list[str]:
        """What lies in the two folders."""
        return sorted(path.name for folder in (self.home, self.temporary) for path in folder.iterdir())


def contents(path: Path) -> dict[str, bytes]:
    """The files of a ZIP."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
