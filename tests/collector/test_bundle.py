"""What goes into the ZIP, and what never does."""

import hashlib
import io
import json
import re
import zipfile

from assessments.evaluators import Source, evaluate
from assessments.intake import examine
from tests.collector.running import Desk, contents
from tests.evaluators.shared import FIXTURES

SANDBOX, MAIN = "555555555555", "999999999999"
SECRET = "hunter2-in-clear"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
LONG = "t" * 121


def test_no_secret_goes_anywhere_and_every_name_is_a_file_name(desk: Desk) -> None:
    """Not even where a shell traces what it does."""
    function = {"FunctionName": "job", "Environment": {"Variables": {"DB_PASSWORD": SECRET, "URL": SECRET}}}
    instances = {"Instances": [{"ImageId": f"ami-{number:03}"} for number in range(201)]}
    answers = {
        "lambda.list-functions": {"Functions": [function, {"FunctionName": "without"}]},
        "opensearch.list-domain-names": {"DomainNames": [{"DomainName": f"logs-{number}"} for number in range(7)]},
        "opensearch.describe-domains": {"DomainStatusList": []},
        "dynamodb.list-tables": {"TableNames": [LONG, "carts", "--profile", "two words", "two\nlines", ""]},
        "ec2.describe-instances": {"Reservations": [instances]},
    }
    desk.stub("acme-bad", MAIN, STUB_ANSWERS=answers, AWS_SESSION_TOKEN=SANDBOX, AWS_SECRET_ACCESS_KEY=SECRET_KEY)
    run = desk.run("--yes", interpreter="sh -x")
    assert run.code == 0, run.err
    (name,) = desk.leftovers
    assert re.fullmatch(rf"aws-evidence-{SANDBOX}-\d{{8}}T\d{{6}}Z\.zip", name)
    assert (desk.home / name).stat().st_mode & 0o777 == 0o600
    files = contents(desk.home / name)
    for text in (SECRET, SECRET_KEY):
        assert text not in run.out + run.err
        assert [path for path, data in files.items() if text.encode() in data] == []
        assert text.encode() not in (desk.home / name).read_bytes()
    listed = json.loads(files[f"{SANDBOX}/us-east-1/lambda.list-functions.json"])["Functions"]
    assert listed[0]["Environment"]["Variables"] == {"DB_PASSWORD": "REDACTED", "URL": "REDACTED"}
    assert listed[1] == {"FunctionName": "without"}

    # A name that the command line would take for an option, or that is no name at all, is never asked about.
    place = f"{SANDBOX}/us-east-1"
    commands = {file["path"]: file["command"] for file in json.loads(files["manifest.json"])["files"]}
    tables = {path: command[4] for path, command in commands.items() if "describe-table" in path}
    hashed = f"{place}/dynamodb.describe-table.{_start_of_sha256(LONG)}.error.json"
    assert tables == {f"{place}/dynamodb.describe-table.carts.error.json": "carts", hashed: LONG}
    # Some commands take so many names at a time.
    domains = {path: len(command[4:-2]) for path, command in commands.items() if "describe-domains" in path}
    assert domains == {f"{place}/opensearch.describe-domains.json": 5, f"{place}/opensearch.describe-domains.2.json": 2}
    images = [path for path in commands if "describe-images.used" in path]
    assert [path.partition(".used")[2] for path in images] == ["-2.error.json", ".error.json"]
    _check_it_is_taken((desk.home / name).read_bytes())


def _start_of_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _check_it_is_taken(data: bytes) -> None:
    assert examine(io.BytesIO(data), "bundle.zip").facts["accounts"] == [SANDBOX]
    assert [file.path for file in evaluate([Source("bundle.zip", data)]).files if file.status != "read"] == []


def test_regions_left_out_stay_unknown(desk: Desk) -> None:
    """They must never look as if they were empty."""
    desk.stub("acme-bad", MAIN)
    run = desk.run("--yes", "--regions", "us-west-2,eu-west-3", "--output", "bundle.zip")
    assert (run.code, run.err) == (
        0,
        f"  aws sts get-caller-identity\n  Region eu-west-3 is not enabled in account {MAIN} and is left out.\n",
    )
    files = contents(desk.home / "bundle.zip")
    assert json.loads(files["manifest.json"])["accounts"] == [
        {"id": MAIN, "management": False, "regions_enabled": ["us-east-1", "us-west-2"]}
    ]
    assert {name.split("/")[1] for name in files if "/" in name} == {"global", "us-west-2"}
    coverage = evaluate([Source("bundle.zip", (desk.home / "bundle.zip").read_bytes())]).criteria["aws-core-9"].coverage
    assert coverage.missing == (f"{MAIN}/us-east-1",)


def test_a_region_that_cannot_be_told_counts_as_in_use(desk: Desk) -> None:
    """One that is empty does not, and is asked little."""
    nothing = {
        "ec2.describe-instances": {"Reservations": []},
        "ec2.describe-volumes": {"Volumes": []},
        "ec2.describe-network-interfaces": {"NetworkInterfaces": []},
        "rds.describe-db-instances": {"DBInstances": []},
        "rds.describe-db-clusters": {"DBClusters": []},
        "lambda.list-functions": {"Functions": []},
        "efs.describe-file-systems": {"FileSystems": []},
        "dynamodb.list-tables": {"TableNames": []},
        "s3api.list-buckets": {"Buckets": []},
    }
    desk.stub("acme-bad", SANDBOX, STUB_ANSWERS=nothing)
    assert desk.run("--yes", "--output", "empty.zip").code == 0
    files = contents(desk.home / "empty.zip")
    assert json.loads(files["manifest.json"])["accounts"][0]["regions_active"] == []
    assert f"{SANDBOX}/us-east-1/ec2.describe-vpcs.json" not in files
    assert f"{SANDBOX}/us-east-1/guardduty.list-detectors.json" in files

    desk.stub("acme-bad", SANDBOX, STUB_ANSWERS=nothing, STUB_ERRORS={"lambda.list-functions": "AccessDenied"})
    assert desk.run("--yes", "--output", "unknown.zip").code == 0
    files = contents(desk.home / "unknown.zip")
    assert json.loads(files["manifest.json"])["accounts"][0]["regions_active"] == ["us-east-1"]
    assert f"{SANDBOX}/us-east-1/ec2.describe-vpcs.json" in files
    # Where nothing is listed, nothing is asked about.
    about = ("describe-domains", "describe-images.used", "describe-instance-patch-states")
    assert [name for name in files if any(one in name for one in about)] == []


def test_the_zip_is_as_the_rules_for_bundles_want_it(desk: Desk) -> None:
    """No link, no folder, no packing that would look like a bomb: a long run of one letter is stored as it is."""
    long = {"Volumes": [{"VolumeId": "vol-1", "Encrypted": True, "Tags": [{"Key": "a", "Value": "a" * 90_000}]}]}
    desk.stub("acme-bad", SANDBOX, STUB_ANSWERS={"ec2.describe-volumes": long})
    assert desk.run("--yes", "--output", "bundle.zip").code == 0
    with zipfile.ZipFile(desk.home / "bundle.zip") as archive:
        members = {one.filename: one for one in archive.infolist()}
    assert {one.external_attr >> 16 for one in members.values()} == {0o100600}
    assert {one.compress_type for one in members.values()} == {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED}
    assert members[f"{SANDBOX}/us-east-1/ec2.describe-volumes.json"].compress_type == zipfile.ZIP_STORED
    assert next(iter(members)) == "manifest.json"
    _check_it_is_taken((desk.home / "bundle.zip").read_bytes())
    report = (FIXTURES / "acme-bad" / SANDBOX / "global" / "credential-report.csv").read_bytes()
    assert contents(desk.home / "bundle.zip")[f"{SANDBOX}/global/credential-report.csv"] == report
