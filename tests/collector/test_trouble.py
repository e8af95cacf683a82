"""What goes wrong has a sentence, and leaves nothing behind."""

import json
import os
import pty
import resource
import signal
from pathlib import Path

import pytest

from tests.collector.running import Desk, contents
from tests.servers import wait_for

SANDBOX = "555555555555"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # what the stub hands out with a role
ASKED_WHO = "  aws sts get-caller-identity\n"


def refused(desk: Desk, *options: str, code: int = 1) -> str:
    """What the script says when it does not do it; nothing stays."""
    before = desk.leftovers
    run = desk.run(*options)
    assert (run.code, desk.leftovers) == (code, before)
    return run.err


@pytest.mark.parametrize("reply", ["n", "", "what?"])
def test_whoever_does_not_say_yes_runs_nothing(desk: Desk, reply: str) -> None:
    desk.stub("acme-bad", SANDBOX, STUB_ERRORS={"sts.get-caller-identity": "ExpiredToken"})
    assert _answered(desk, reply) == (0, "Run them? [y/N] Nothing was run.\n", "")


def test_whoever_says_yes_runs_it(desk: Desk) -> None:
    desk.stub("acme-bad", SANDBOX, STUB_ERRORS={"sts.get-caller-identity": "ExpiredToken"})
    code, out, err = _answered(desk, "y")
    assert (code, out) == (1, "Run them? [y/N] ")
    assert err.startswith(ASKED_WHO)


def _answered(desk: Desk, reply: str) -> tuple[int, str, str]:
    """How it ends for a person at a terminal who gives this answer, from the question on."""
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{reply}\n".encode())
    run = desk.run(stdin=terminal)
    os.close(keyboard)
    os.close(terminal)
    return run.code, run.out[run.out.index("Run them?") :], run.err


def test_without_the_aws_command_line(desk: Desk) -> None:
    message = "The AWS command line (aws) was not found. Install version 2, sign in, and try again."
    assert refused(desk, "--yes") == f"assay-collect: {message}\n"


def test_without_python(desk: Desk) -> None:
    desk.stub("acme-bad", SANDBOX)
    (desk.programs / "python3").unlink()
    assert refused(desk, "--yes") == "assay-collect: python3 was not found. Install Python 3.6 or newer.\n"


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (
            "Unable to locate credentials. You can configure credentials by running aws configure.",
            "No AWS credentials were found. Sign in (aws sso login, aws configure), or name a profile: --profile NAME.",
        ),
        ("ExpiredToken", "Your AWS credentials have expired. Sign in again, then start anew."),
        (
            "Error when retrieving token from sso: Token has expired and refresh failed",
            "Your AWS credentials have expired. Sign in again, then start anew.",
        ),
        ("InvalidClientTokenId", "AWS does not know these credentials. Sign in again, or name another profile."),
        (
            'Could not connect to the endpoint URL: "https://sts.us-east-1.example/"',
            "AWS could not be reached. Check the network, a proxy and the region.",
        ),
        (
            "The config profile (audit) could not be found",
            "AWS did not say whose credentials these are: The config profile (audit) could not be found",
        ),
    ],
)
def test_without_credentials_that_work(desk: Desk, problem: str, message: str) -> None:
    desk.stub("acme-bad", SANDBOX, STUB_ERRORS={"sts.get-caller-identity": problem})
    assert refused(desk, "--yes") == f"{ASKED_WHO}assay-collect: {message}\n"


def test_credentials_that_expire_on_the_way(desk: Desk) -> None:
    desk.stub("acme-bad", SANDBOX, STUB_ERRORS={"s3api.list-buckets": "ExpiredToken"})
    message = "Your AWS credentials expired while this ran. Sign in again, then start anew. There is no ZIP."
    assert refused(desk, "--yes") == f"{ASKED_WHO}assay-collect: {message}\n"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--everything"], 2, "There is no option --everything.\nTry --help."),
        (["--profile"], 2, "--profile needs a value.\nTry --help."),
        (["--accounts", "1234"], 2, '--accounts cannot be "1234".\nTry --help.'),
        (["--accounts=111122223333;444455556666"], 2, '--accounts cannot be "111122223333;444455556666".\nTry --help.'),
        (["--regions", "us-east-1,$(id)"], 2, '--regions cannot be "us-east-1,$(id)".\nTry --help.'),
        (["--jobs", "17"], 2, '--jobs cannot be "17".\nTry --help.'),
        (["--endpoint-url", "ftp://x"], 2, '--endpoint-url cannot be "ftp://x".\nTry --help.'),
        (["--yes", "--output", "there.zip"], 1, "there.zip exists already. Name another file with --output."),
        (["--yes", "--output", "no/such.zip"], 1, "There is no folder no."),
    ],
)
def test_options_that_cannot_be(desk: Desk, options: list[str], code: int, message: str) -> None:
    desk.stub("acme-bad", SANDBOX)
    (desk.home / "there.zip").write_bytes(b"mine")
    assert refused(desk, *options, code=code) == f"assay-collect: {message}\n"
    assert (desk.home / "there.zip").read_bytes() == b"mine"


def test_another_account_needs_a_role(desk: Desk) -> None:
    desk.stub("acme-bad", SANDBOX)
    message = "To read account 999999999999 name the role to take there: --role-name NAME."
    assert refused(desk, "--yes", "--accounts", "999999999999") == f"{ASKED_WHO}assay-collect: {message}\n"


def test_an_organization_that_may_not_be_listed(desk: Desk) -> None:
    desk.stub("acme-bad", SANDBOX)
    message = (
        f"Account {SANDBOX} may not list the accounts of the organization. Run this in the management account, or "
        "name the accounts: --accounts 111122223333,444455556666."
    )
    assert refused(desk, "--yes", "--accounts", "all", "--role-name", "R") == f"{ASKED_WHO}assay-collect: {message}\n"


def test_a_role_that_may_not_be_taken(desk: Desk) -> None:
    """The account is declared, so that the evaluators ask for it; the others are collected."""
    desk.stub("acme-bad", SANDBOX, STUB_ERRORS={"sts.assume-role": "AccessDenied"})
    options = ["--accounts", f"{SANDBOX},999999999999", "--role-name", "R", "--external-id", "not-to-be-seen"]
    run = desk.run("--yes", "--output", "bundle.zip", *options)
    assert run.code == 0
    assert (
        "  No evidence of account 999999999999: the role could not be taken. An error occurred (AccessDenied) when "
        "calling the Operation operation: no\n"
    ) in run.out
    assert "not-to-be-seen" not in run.out + run.err
    manifest = json.loads(contents(desk.home / "bundle.zip")["manifest.json"])
    assert [account["id"] for account in manifest["accounts"]] == [SANDBOX]
    assert manifest["declared_accounts"] == [SANDBOX, "999999999999"]


def test_no_account_at_all(desk: Desk) -> None:
    desk.stub("acme-bad", SANDBOX, STUB_ERRORS={"sts.assume-role": "AccessDenied"})
    err = refused(desk, "--yes", "--accounts", "999999999999", "--role-name", "R")
    assert err == f"{ASKED_WHO}assay-collect: No account could be read, so there is no ZIP.\n"


def test_a_full_disk(desk: Desk) -> None:
    big = {"SummaryMap": {"Users": 1, "More": "x" * 100_000}}
    desk.stub("acme-bad", SANDBOX, STUB_ANSWERS={"iam.get-account-summary": big})

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    run = desk.run("--yes", preexec_fn=little_room)
    assert (run.code, run.err) == (1, f"{ASKED_WHO}assay-collect: The disk is full. There is no ZIP.\n")
    assert desk.leftovers == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_ends_every_command_and_leaves_nothing(
    desk: Desk, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """In an account whose role was taken: its keys are in no file and on no command line either."""
    sign = tmp_path / "sign"
    desk.stub("acme-bad", "999999999999", STUB_STUCK="iam.list-saml-providers", STUB_SIGN=str(sign))
    process = desk.start("--yes", "--accounts", SANDBOX, "--role-name", "R")
    wait_for(lambda: sign.exists() and sign.read_text(encoding="utf-8") != "", what="the command that never ends")
    stuck = int(sign.read_text(encoding="utf-8"))
    assert SECRET_KEY.encode() in Path(f"/proc/{stuck}/environ").read_bytes()
    for place in [*Path("/proc").glob("[0-9]*/cmdline"), *desk.temporary.rglob("*"), *desk.home.rglob("*")]:
        try:
            assert SECRET_KEY.encode() not in place.read_bytes(), place
        except (IsADirectoryError, FileNotFoundError, ProcessLookupError):
            continue
    assert [path.stat().st_mode & 0o777 for path in desk.temporary.iterdir()] == [0o700]
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, desk.leftovers) == (code, [])
    assert SECRET_KEY not in out + err
    with pytest.raises(ProcessLookupError):
        os.kill(stuck, 0)
