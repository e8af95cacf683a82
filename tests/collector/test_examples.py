"""From the answers of the shared examples the script makes bundles that are judged like the examples themselves."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from assessments.evaluators import Outcome, Source, evaluate
from assessments.evaluators.formats.calls import NOT_CONFIGURED
from assessments.intake import examine
from tests.collector.running import Desk, contents
from tests.evaluators.shared import FIXTURES, expected, outcome_of, refs

CASES = {
    "acme-bad": ("999999999999", "555555555555,999999999999"),
    "acme-good": ("111122223333", "all"),
}


def judged(files: dict[str, bytes], like: str) -> Outcome:
    """What the bundle shows, as if it had been collected when the example was."""
    manifest = json.loads(files["manifest.json"])
    example = json.loads((FIXTURES / like / "manifest.json").read_bytes())
    manifest["collected_at"] = example["collected_at"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in {**files, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(name, data)
    return evaluate([Source("bundle.zip", out.getvalue())])


@pytest.mark.parametrize("example", CASES)
def test_an_example_collected_by_the_script(example: str, desk: Desk) -> None:
    caller, accounts = CASES[example]
    desk.stub(example, caller)
    run = desk.run("--yes", "--accounts", accounts, "--role-name", "Reader", "--output", "bundle.zip")
    assert (run.code, desk.leftovers) == (0, ["bundle.zip"]), run.err
    files = contents(desk.home / "bundle.zip")

    _check_manifest(example, files, run.out)
    facts = examine(io.BytesIO((desk.home / "bundle.zip").read_bytes()), "bundle.zip").facts
    assert (facts["files"], facts["accounts"]) == (len(files), sorted(path.name for path in _accounts(example)))

    outcome = judged(files, example)
    assert {file.path: file.problem for file in outcome.files if file.status != "read"} == {}
    for key, row in expected(example).items():
        if row.get("strict"):
            assert outcome.criteria[key].state == row["state"], (key, outcome.criteria[key].explanation)
    like = outcome_of(example).criteria
    assert {key: (one.state, one.responses, refs(one)) for key, one in outcome.criteria.items()} == {
        key: (one.state, one.responses, refs(one)) for key, one in like.items()
    }


def _accounts(example: str) -> list[Path]:
    return [path for path in (FIXTURES / example).iterdir() if path.is_dir()]


def _check_manifest(example: str, files: dict[str, bytes], out: str) -> None:
    """Every file is in it with its size and hash, and nothing else; its own hash was printed."""
    manifest = json.loads(files["manifest.json"])
    assert f"SHA-256 of manifest.json: {hashlib.sha256(files['manifest.json']).hexdigest()}" in out
    assert {file["path"]: (file["bytes"], file["sha256"]) for file in manifest["files"]} == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items() if name != "manifest.json"
    }
    assert list(manifest) == [
        "schema",
        "collected_at",
        "collector",
        "partition",
        "accounts",
        "declared_accounts",
        "files",
    ]
    like = json.loads((FIXTURES / example / "manifest.json").read_bytes())
    assert (manifest["schema"], manifest["partition"]) == (like["schema"], "aws")
    assert manifest["declared_accounts"] == [account["id"] for account in like["accounts"]]
    assert [(one["id"], one["management"], one["regions_enabled"]) for one in manifest["accounts"]] == [
        (one["id"], one["management"], sorted(one["regions_enabled"])) for one in like["accounts"]
    ]
    # What the example's own manifest says of a command is what the script ran, but for the region of a bucket.
    commands = {file["path"]: (file["command"], file["exit_code"]) for file in manifest["files"]}
    for file in like["files"]:
        said = commands.get(file["path"])
        if said and "--bucket" not in file["command"] and "--image-ids" not in file["command"]:
            assert said == (file["command"], file["exit_code"])


def test_what_is_refused_is_recorded_and_the_rest_goes_on(desk: Desk) -> None:
    desk.stub("acme-bad", "555555555555", STUB_ERRORS={"iam.get-account-summary": "AccessDenied"})
    run = desk.run("--yes", "--output", "bundle.zip")
    assert (run.code, run.err.count("\n")) == (0, 1)  # that one line is the first command
    assert "    refused (AccessDenied): aws iam get-account-summary\n" in run.out
    files = contents(desk.home / "bundle.zip")
    manifest = {file["path"]: file for file in json.loads(files["manifest.json"])["files"]}
    path = "555555555555/global/iam.get-account-summary.error.json"
    assert json.loads(files[path]) == {"error": {"code": "AccessDenied", "operation": "Operation", "message": "no"}}
    assert (manifest[path]["command"], manifest[path]["exit_code"]) == (["aws", "iam", "get-account-summary"], 254)
    assert "555555555555/global/s3api.list-buckets.json" in files
    # An answer that says "not configured" is counted as an answer.
    codes = [json.loads(data)["error"]["code"] for name, data in files.items() if name.endswith(".error.json")]
    refused = [code for code in codes if code not in NOT_CONFIGURED]
    assert f"Refused by AWS, and recorded as such: {len(refused)} commands.\n" in run.out
    assert len(refused) < len(codes)
