"""The whole way with the real command line, against moto's server on this machine, with every other host out of reach.

moto is no oracle for verdicts: what it answers is only to be collected, named, hashed and read. Web pages of its own
errors stand for refusals. Plain HTTP is sent through moto as a proxy, because the command line puts the account before
the host name for s3control and nothing resolves that; everything over HTTPS meets a closed port.
"""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest

from assessments.evaluators import Source, evaluate
from assessments.evaluators.formats.calls import CALLS, GLOBAL
from assessments.evaluators.reading import KEPT, REFUSED
from assessments.intake import examine
from tests.collector.running import Desk, contents
from tests.collector.test_commands import BY_HAND
from tests.servers import answers, free_port, wait_for

# Not the other key of AWS's guides: moto gives that one out as the id of whoever asks.
KEY, SECRET_KEY = "AKIAI44QH8DHBEXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SECRET = "hunter2-in-clear"
OWN, OTHER = "123456789012", "111122223333"
# An organization, managed instances, domains: moto's account has none.
ONLY_WHERE_THERE_IS_ONE = {
    "iam list-organizations-features",
    "organizations list-accounts",
    "organizations list-policies",
    "organizations list-roots",
    "opensearch describe-domains",
    "ssm describe-instance-patch-states",
}
BUCKET = "assay-example-data"


class Server(NamedTuple):
    """A running moto and what it has logged."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> set[str]:
        """The hosts that were asked for through it."""
        return set(re.findall(r'"[A-Z]+ http://([^/ ]+)', self.log.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """moto with an account that holds a little of everything."""
    server = Server(free_port(), tmp_path_factory.mktemp("moto") / "log")
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(server.port)]
    with server.log.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(lambda: answers(f"{server.url}/moto-api/"), within=90, what="moto's server")
        _fill(server.url)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _fill(url: str) -> None:
    session = boto3.Session(KEY, SECRET_KEY, region_name="us-east-1")
    services = ("iam", "lambda", "s3", "cloudtrail", "dynamodb", "sts")
    client = {name: session.client(name, endpoint_url=url) for name in services}
    client["iam"].create_user(UserName="alice")
    filler = f"arn:aws:iam::{OTHER}:role/Filler"
    keys = client["sts"].assume_role(RoleArn=filler, RoleSessionName="filler")["Credentials"]
    other = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    other.client("iam", endpoint_url=url).create_user(UserName="bob")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {}}]}
    role = client["iam"].create_role(RoleName="job", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("job.py", "")
    client["lambda"].create_function(
        FunctionName="job",
        Runtime="python3.12",
        Role=role,
        Handler="job.run",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"DB_PASSWORD": SECRET}},
    )
    client["s3"].create_bucket(Bucket=BUCKET)
    client["cloudtrail"].create_trail(Name="main", S3BucketName=BUCKET)
    client["dynamodb"].create_table(
        TableName="carts",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def collected(desk: Desk, moto: Server, *options: str) -> dict[str, bytes]:
    """The files of the ZIP after a run with the command line on PATH; what holds for every run is checked here."""
    desk.environment |= {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_MAX_ATTEMPTS": "1",  # what moto cannot do it will not do a second time either
        "HTTP_PROXY": moto.url,
        "HTTPS_PROXY": f"http://127.0.0.1:{free_port()}",
    }
    run = desk.run("--yes", "--endpoint-url", moto.url, "--output", "bundle.zip", *options)
    assert (run.code, desk.leftovers) == (0, ["bundle.zip"]), run.err
    data = (desk.home / "bundle.zip").read_bytes()
    files = contents(desk.home / "bundle.zip")
    for text in (KEY, SECRET_KEY, SECRET):
        assert text not in run.out + run.err
        assert [name for name, content in files.items() if text.encode() in content] == []
    said = {file["path"]: file for file in json.loads(files["manifest.json"])["files"]}
    assert {name: (file["bytes"], file["sha256"]) for name, file in said.items()} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
        if name != "manifest.json"
    }
    assert f"SHA-256 of manifest.json: {hashlib.sha256(files['manifest.json']).hexdigest()}\n" in run.out
    assert all(said[name]["exit_code"] != 0 for name in files if name.endswith(".error.json"))
    assert examine(io.BytesIO(data), "bundle.zip").facts["files"] == len(files)
    # What moto says may be strange (its credential report has no root), but no file is refused for its form.
    assert [file for file in evaluate([Source("bundle.zip", data)]).files if file.status in (REFUSED, KEPT)] == []
    # No command reached for another host: over HTTPS it would have met the closed port.
    assert moto.hosts <= {f"{name}127.0.0.1:{moto.port}" for name in ("", f"{OWN}.", f"{OTHER}.")}
    assert codes(files).isdisjoint({"CouldNotConnect", "NoCredentials"})
    return files


def codes(files: dict[str, bytes]) -> set[str]:
    """The codes of all refusals."""
    return {json.loads(data)["error"]["code"] for name, data in files.items() if name.endswith(".error.json")}


def test_one_account_with_version_1(desk: Desk, moto: Server) -> None:
    desk.put("aws", Path(sys.executable).with_name("aws"))
    files = collected(desk, moto, "--regions", "us-east-1")
    manifest = json.loads(files["manifest.json"])
    assert manifest["collector"]["aws_cli"].startswith("aws-cli/1.")
    assert [account["id"] for account in manifest["accounts"]] == manifest["declared_accounts"] == [OWN]

    # Every command that is not about one thing has an answer, or the record of a refusal.
    stems = {re.sub(r"(\.error)?\.json$", "", name) for name in files}
    for call in CALLS:
        place = GLOBAL if call.zone == GLOBAL else "us-east-1"
        if not call.asked and call.name not in BY_HAND | ONLY_WHERE_THERE_IS_ONE:
            assert f"{OWN}/{place}/{call.name.replace(' ', '.')}" in stems
    assert files[f"{OWN}/global/credential-report.csv"].startswith(b"user,arn,")
    for about in (
        f"global/s3api.get-bucket-acl.{BUCKET}.json",
        f"global/s3api.get-public-access-block.{BUCKET}.error.json",
        "us-east-1/dynamodb.describe-table.carts.json",
    ):
        assert f"{OWN}/{about}" in files
    assert any("cloudtrail.get-event-selectors." in name for name in files)
    assert len([name for name in files if name.endswith(".error.json")]) < len(files) / 3


def test_another_account_through_a_role_with_version_2(desk: Desk, moto: Server) -> None:
    """In a region where there is nothing, so that it takes a few seconds only."""
    found = [Path("/usr/bin/aws"), Path(shutil.which("aws") or "/none"), Path("/usr/local/bin/aws")]
    program = next((one for one in found if one.exists() and _version(one).startswith("aws-cli/2.")), None)
    if program is None:
        pytest.skip("version 2 of the AWS command line is not installed")
    desk.put("aws", program)
    files = collected(desk, moto, "--accounts", OTHER, "--role-name", "AssayEvidenceReader", "--regions", "eu-west-1")
    manifest = json.loads(files["manifest.json"])
    assert manifest["collector"]["aws_cli"].startswith("aws-cli/2.")
    assert [account["id"] for account in manifest["accounts"]] == [OTHER]
    assert json.loads(files[f"{OTHER}/global/sts.get-caller-identity.json"])["Account"] == OTHER
    assert json.loads(files[f"{OTHER}/eu-west-1/ec2.describe-instances.json"]) == {"Reservations": []}
    # A command that is younger than the command line is a refusal like others.
    if f"{OTHER}/global/account.list-regions.error.json" in files:
        assert codes(files) & {"404", "CommandUnknown"}


def _version(program: Path) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60).stdout
