"""`manage.py verify_evidence`: its JSON, its exit status, and that it needs nothing around it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluators.shared import FIXTURES, ONE, sources, zipped
from tests.test_layering import ROOT

CLASSIC = FIXTURES / "credential-reports" / "01-classic.csv"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with an empty environment, away from the checkout."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "verify_evidence", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=FIXTURES,
        check=False,
    )


def test_the_json_is_as_promised() -> None:
    done = run(str(CLASSIC), "--as-of", "2026-11-20T08:00:00Z", "--scope", "444455556666", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert set(printed) == {"as_of", "accounts", "files", "criteria"}
    assert printed["as_of"] == "2026-11-20T08:00:00Z"
    assert printed["accounts"] == [ONE, "444455556666"]
    assert printed["files"] == [
        {"path": CLASSIC.as_posix(), "format": "iam-credential-report", "status": "read", "problem": None}
    ]
    assert list(printed["criteria"]) == [f"aws-core-{number}" for number in range(1, 34)]
    for evaluation in printed["criteria"].values():
        assert set(evaluation) == {"state", "responses", "resources", "explanation", "coverage"}
        assert set(evaluation["coverage"]) == {"required", "seen", "missing"}
    thirteen = printed["criteria"]["aws-core-13"]
    assert (thirteen["state"], thirteen["responses"]) == ("failure", ["aws-core-13-f1"])
    assert thirteen["resources"] == [
        {"ref": f"{ONE}/global/user/dave#access_key_1", "reason": "The key was never used. It is 20 days old."}
    ]
    assert thirteen["coverage"] == {"required": 2, "seen": 1, "missing": ["444455556666"]}


def test_without_a_date_it_is_unknown(tmp_path: Path) -> None:
    done = run(str(CLASSIC), "--json")
    assert json.loads(done.stdout)["as_of"] is None


def test_folders_and_bundles_are_walked_and_a_refused_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "deep" / "down").mkdir(parents=True)
    (tmp_path / "deep" / "down" / "page.csv").write_text("<html>Sign in</html>")
    (tmp_path / "bundle.zip").write_bytes(zipped(sources("acme-bad")))
    (tmp_path / "link.csv").symlink_to(CLASSIC)
    done = run(str(tmp_path), "--json")
    assert done.returncode == 1
    printed = json.loads(done.stdout)
    statuses = {file["path"].removeprefix(f"{tmp_path.as_posix()}/"): file["status"] for file in printed["files"]}
    assert "link.csv" not in statuses
    assert (statuses["deep/down/page.csv"], statuses["bundle.zip"]) == ("refused", "read")
    assert printed["accounts"] == ["555555555555", "999999999999"]
    assert printed["criteria"]["aws-core-5"]["state"] == "failure"


def test_people_read_the_same() -> None:
    done = run("acme-bad")
    assert done.returncode == 0
    assert "aws-core-11: failure. 2 IAM users have a password for the AWS console.\n" in done.stdout
    assert "    999999999999/global/user/alice: alice has a console password.\n" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "the following arguments are required: PATH"),
        (["nowhere.csv"], "nowhere.csv is not a file or folder that can be read."),
        ([str(CLASSIC), "--as-of", "yesterday"], "--as-of: yesterday is no instant such as 2026-11-01T00:00:00Z."),
        ([str(CLASSIC), "--scope", "12"], "--scope: 12 is no account id of twelve digits."),
    ],
)
def test_wrong_usage_is_two(arguments: list[str], problem: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr


def test_the_package_needs_no_django() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import assessments.evaluators as e; e.evaluate([]); "
        "print(sorted(set(sys.modules) & {'django', 'celery', 'weasyprint'}))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(ROOT)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
