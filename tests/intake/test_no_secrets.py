"""Machine evidence, and words about secrets, are no secrets: none of this is refused."""

import base64
import io
import json
from datetime import date
from pathlib import Path

import pytest

from assessments.demo import files, script
from assessments.intake import examine, secrets, texts
from tests.demo.test_loading import NAMES
from tests.intake.test_secrets import BODY, ID, KEY

FIXTURES = Path(__file__).resolve().parent.parent / "evaluators" / "fixtures"


@pytest.mark.parametrize("path", [path for path in sorted(FIXTURES.rglob("*")) if path.is_file()], ids=lambda p: p.name)
def test_machine_evidence_is_taken(path: Path) -> None:
    kind = {".json": "json", ".csv": "csv"}.get(path.suffix, "text")
    secrets.check(texts.decode(path.read_bytes()), kind)


@pytest.mark.parametrize("name", NAMES)
def test_files_of_the_demo_are_taken(name: str) -> None:
    day = date(2026, 11, 20)
    for paper in script.read(name, today=day).files.values():
        examine(io.BytesIO(files.make(paper.make, day)), paper.name)


@pytest.mark.parametrize(
    "text",
    [
        KEY,  # forty letters without a word of what they are
        f"{ID}\n9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\n",
        f"commit 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B by {ID}\n",
        f"{ID}: 9F86D081884c7d659a2fEAa0c55AD015a3BF4f1b\n",
        "AWS Access Key ID [****************MPLE]: \nAWS Secret Access Key [****************EKEY]: \n",
        "secret_key     ****************EKEY shared-credentials-file\n",
        "aws_secret_access_key = ****************\naws_session_token = <removed>\n",
        "DB_PASSWORD=REDACTED\nDB_PASSWORD=${DB_PASSWORD}\nDB_PASSWORD=$DB_PASSWORD\nDB_PASSWORD=\nTOKEN=N/A\n",
        "password: ''\npassword: null\npassword: true\npassword: ~\npassword: <none>\npassword: [removed]\n",
        "password: !Ref DbPassword\npassword: {{ vault.db }}\npassword: '{{resolve:secretsmanager:db:SecretString}}'\n",
        "password = get_password()\npassword = os.environ['DB']\npassword: str\npassword = var.db_password\n",
        "password_file: /run/secrets/db_password\nsecret_arn: arn:aws:ssm:eu-west-1:111122223333:x\n",
        "Password: at least 14 characters, changed every 90 days\nPassword: enabled\nToken: hardware\n",
        "Console password | MFA\nPassword last used: 2026-11-01\nPassword: 14+\nPassword age: 90d\n",
        "postgres://user:password@host/db\npostgres://user:${PASSWORD}@host/db\nhttps://host:443/a@b\n",
        "Authorization: Bearer $TOKEN\nAuthorization: Bearer <token>\nAuthorization: required\n",
        "A file that begins with -----BEGIN RSA " + "PRIVATE KEY----- is never sent by mail.\n",
        "-----BEGIN CERTIFICATE-----\n" + BODY + "\n-----END CERTIFICATE-----\n",
        "-----BEGIN PUBLIC KEY-----\n" + BODY + "\n",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8dkF0Fr1Yy0b4l7a3m2c9v8s6t5w4x3y2z1A0B9C8D bob\n",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:db/password-AbCd12\n",
        "digest sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n",
        "secret: app/orders-db2\nkmsKey: 1234abcd-12ab-34cd-56ef-1234567890ab\n",
    ],
)  # fmt: skip
def test_what_is_left_out_or_only_named_is_taken(text: str) -> None:
    assert examine(io.BytesIO(text.encode()), "notes.txt").kind == "text"


@pytest.mark.parametrize(
    "value",
    [
        {"AccessKeyMetadata": [{"UserName": "bob", "AccessKeyId": ID, "Status": "Active"}]},
        {"NextToken": "eyJ2IjoiMiIsImMiOiJhMWIyIn0", "nextForwardToken": "f/36109", "LockToken": "a1b2c3d4-5678-90ab"},
        {"ClientToken": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111", "CreationToken": "uploads2026", "sequenceToken": "496"},
        {"SecretList": [{"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf",
                         "Name": "db/password", "SecretVersionsToStages": {"a1b2c3d4-5678": ["AWSCURRENT"]}}]},
        {"Parameters": [{"Name": "/app/db_password", "Type": "SecureString", "KeyId": "alias/aws/ssm"}]},
        {"Parameters": [{"Name": "/app/db_password", "Type": "SecureString", "Value": "AQICAHhw" + "a1B2" * 20}]},
        {"Tags": [{"Key": "secret", "Value": "false"}, {"Key": "Name", "Value": "db2-password-rotation"}]},
        {"Parameters": [{"ParameterName": "disconnect_on_expired_password", "ParameterValue": "1"}]},
        {"Functions": [{"Environment": {"Variables": {"DB_PASSWORD": "REDACTED", "TOKEN": "***", "AWS_KEY": ID}}}]},
        {"Functions": [{"Environment": {"Variables": {"SECRET_NAME": "prod/db2", "TOKEN_URL": "https://a1.example/t"}}}]},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:TokenIssueTime": "2026-11-01"}}},
        {"SummaryMap": {"AccountPasswordPresent": 1, "GlobalEndpointTokenVersion": 2, "Password": 12}},
        {"PasswordPolicy": {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24, "HardExpiry": False}},
        {"requestParameters": {"masterUserPassword": "HIDDEN_DUE_TO_SECURITY_REASONS", "password": "****"}},
        {"CodeSha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", "RevisionId": "a1b2", "Key": ID},
        {"Content": base64.b64encode(b"user,password_enabled\nbob,true\n" * 40).decode(), "Key": ID},
        {"SecretString": "REDACTED", "SecretBinary": "", "KeyMaterial": "<removed>"},
    ],
)  # fmt: skip
def test_answers_of_the_command_line_are_taken(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=4)):
        assert examine(io.BytesIO(text.encode()), "out.json").kind == "json"


@pytest.mark.parametrize(
    "text",
    [
        "user,password,mfa\nbob,Enabled,yes\nann,\"Yes, used 3 days ago\",no\neve,2026-11-01,no\n",
        "Name,Secret,Token\nx,app/orders-db2,none\n",
        "Parameter,Type\n/app/db_password,String\n/app/url2,String2026\n",
        "Password,at least 14 characters\nToken,hardware\n",
        "user,password_enabled,password_last_used\nbob,true,2026-11-01T08:00:00+00:00\n",
    ],
)  # fmt: skip
def test_tables_about_passwords_are_taken(text: str) -> None:
    assert examine(io.BytesIO(text.encode()), "users.csv").kind == "csv"
