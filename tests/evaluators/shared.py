"""The shared examples, and evidence made in code for the tests of the evaluators."""

import functools
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assessments.evaluators import Evaluation, Outcome, Source, State, evaluate

FIXTURES = Path(__file__).resolve().parent / "fixtures"
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ONE, TWO, THREE = "111122223333", "444455556666", "555555555555"


def sources(name: str) -> list[Source]:
    """The files of a folder of examples, or one of them."""
    path = FIXTURES / name
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return [Source(file.relative_to(FIXTURES).as_posix(), file.read_bytes) for file in files]


@functools.cache
def outcome_of(name: str, as_of: str | None = None) -> Outcome:
    """What the example shows."""
    return evaluate(sources(name), as_of=datetime.fromisoformat(as_of) if as_of else None)


def expected(name: str) -> dict[str, Any]:
    """The verdicts written by hand."""
    found: dict[str, Any] = json.loads((FIXTURES / name / "expected.json").read_bytes())
    return found


def cli(account: str, region: str, call: str, body: object, argument: str = "") -> Source:
    """One answer of the command line where the collector puts it; a string is the code of a refusal."""
    name = f"{account}/{region}/{call.replace(' ', '.')}" + (f".{argument}" if argument else "")
    if isinstance(body, str):
        record = {"error": {"code": body, "operation": "Operation", "message": "no"}}
        return Source(f"{name}.error.json", json.dumps(record).encode())
    return Source(f"{name}.json", json.dumps(body).encode())


def listed(*accounts: str, **states: str) -> Source:
    """`list-accounts` of ONE's organization; other states by the name of the constant: TWO="SUSPENDED"."""
    rows = [
        {"Id": account, "Arn": f"arn:aws:organizations::{ONE}:account/o-exampleorgid/{account}", "State": "ACTIVE"}
        for account in accounts
    ]
    for name, state in states.items():
        account = {"ONE": ONE, "TWO": TWO, "THREE": THREE}[name]
        arn = f"arn:aws:organizations::{ONE}:account/o-exampleorgid/{account}"
        rows.append({"Id": account, "Arn": arn, "Status": state})
    return cli(ONE, "global", "organizations list-accounts", {"Accounts": rows})


def member(account: str, organization: str = "o-exampleorgid") -> Source:
    """`describe-organization` of an account in an organization that ONE manages."""
    body = {"Organization": {"Id": organization, "MasterAccountId": ONE}}
    return cli(account, "global", "organizations describe-organization", body)


def manifest(files: list[Source], **fields: object) -> Source:
    """The manifest of a bundle of these files."""
    rows = []
    for file in files:
        data = file.read()
        account, region, _ = file.path.split("/")
        rows.append(
            {
                "path": file.path,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "account": account,
                "region": region,
                "command": [],
                "exit_code": 0,
            }
        )
    accounts = sorted({file.path[:12] for file in files})
    head = {
        "schema": "aws-evidence-bundle/1",
        "collected_at": "2026-11-20T08:00:00Z",
        "accounts": [
            {"id": account, "regions_enabled": ["us-east-1"], "regions_active": ["us-east-1"]} for account in accounts
        ],
        "declared_accounts": [],
    }
    return Source("manifest.json", json.dumps({**head, **fields, "files": rows}).encode())


def zipped(files: list[Source]) -> bytes:
    """The files in a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.path, file.read())
    return out.getvalue()


def found(number: int, *files: Source, as_of: datetime | None = NOW, scope: tuple[str, ...] = ()) -> Evaluation:
    """One criterion of these files."""
    return evaluate(files, as_of=as_of, scope=scope).criteria[f"aws-core-{number}"]


def state(number: int, *files: Source, **more: Any) -> State:
    """The state of one criterion of these files."""
    return found(number, *files, **more).state


def refs(evaluation: Evaluation) -> list[str]:
    """The offenders by name."""
    return [resource.ref for resource in evaluation.resources]


def prowler(check: str, uid: str, text: str = "It is so.", *, result: str = "FAIL", is_muted: bool = False) -> Source:
    """One finding of Prowler about something in ONE."""
    row = {
        "metadata": {"event_code": check, "product": {"name": "Prowler"}},
        "finding_info": {},
        "status_code": result,
        "status": "Suppressed" if is_muted else "New",
        "status_detail": text,
        "cloud": {"account": {"uid": ONE}, "region": "us-east-1"},
        "resources": [{"uid": uid, "region": "us-east-1"}],
        "time": int(NOW.timestamp()),
    }
    return Source(f"{check}.ocsf.json", json.dumps([row]).encode())
