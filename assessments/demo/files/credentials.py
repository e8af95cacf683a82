"""IAM credential reports as AWS writes them: 22 columns, one row a user, days counted back from the report."""

import base64
import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import NamedTuple

HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
).split(",")
ROOT = "<root_account>"
NEVER = -1


class Key(NamedTuple):
    """One access key: days since it was rotated and used; NEVER for a key nobody used."""

    rotated: int
    used: int = NEVER
    service: str = "s3"
    active: bool = True


class Login(NamedTuple):
    """One row. `password` is days since the last sign-in, NEVER for none, or None without a password."""

    user: str
    created: int
    password: int | None = None
    mfa: bool = False
    keys: tuple[Key, ...] = ()


def _moment(day: date, ago: int, salt: str) -> str:
    """The day so many days before, at an hour that stays the same for the same row."""
    seconds = int(sha256(salt.encode()).hexdigest()[:6], 16) % 30_000
    moment = datetime.combine(day, time(0, 20), tzinfo=UTC) - timedelta(days=ago) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="seconds")


def _key_cells(day: date, region: str, login: Login, slot: int) -> list[str]:
    if slot >= len(login.keys):
        return ["false", "N/A", "N/A", "N/A", "N/A"]
    key = login.keys[slot]
    rotated = _moment(day, key.rotated, f"{login.user}{slot}rotated")
    if key.used == NEVER:
        return [str(key.active).lower(), rotated, "N/A", "N/A", "N/A"]
    used = _moment(day, key.used, f"{login.user}{slot}used")
    return [str(key.active).lower(), rotated, used, region, key.service]


def _password_cells(day: date, login: Login) -> list[str]:
    if login.user == ROOT:
        used = "no_information" if login.password in {None, NEVER} else _moment(day, login.password or 0, "root")
        return ["not_supported", used, "not_supported", "not_supported"]
    if login.password is None:
        return ["false", "N/A", "N/A", "N/A"]
    changed = _moment(day, max(login.password, 0) + 40, login.user + "changed")
    used = "no_information" if login.password == NEVER else _moment(day, login.password, login.user)
    return ["true", used, changed, "N/A"]


def report(day: date, account: str, region: str, logins: tuple[Login, ...]) -> bytes:
    """The CSV of one account, made on `day`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for login in logins:
        path = "root" if login.user == ROOT else f"user/{login.user}"
        writer.writerow(
            [
                login.user,
                f"arn:aws:iam::{account}:{path}",
                _moment(day, login.created, login.user + "created"),
                *_password_cells(day, login),
                str(login.mfa).lower(),
                *_key_cells(day, region, login, 0),
                *_key_cells(day, region, login, 1),
                "false",
                "N/A",
                "false",
                "N/A",
            ]
        )
    return out.getvalue().encode()


def wrapped(day: date, csv_bytes: bytes) -> bytes:
    """What `aws iam get-credential-report` prints: the CSV in base64, and when it was made."""
    made = datetime.combine(day, time(9, 14, 6), tzinfo=UTC).isoformat()
    content = base64.b64encode(csv_bytes).decode()
    return json.dumps({"Content": content, "ReportFormat": "text/csv", "GeneratedTime": made}, indent=4).encode()


def halvorsen_prod(day: date) -> bytes:
    """payments-prod this year: three of seven active keys are unused for over 90 days or were never used."""
    logins = (
        Login(ROOT, 2210, password=263, mfa=True),
        Login("backup-copy", 1480, keys=(Key(650, 520, active=False),)),
        Login("ci-deploy-eu", 1320, keys=(Key(67, 1, "ecr"),)),
        Login("j.moreau", 1105, keys=(Key(353),)),
        Login("svc-datadog", 980, keys=(Key(82, 0, "monitoring"),)),
        Login("svc-legacy-sftp", 1289, keys=(Key(1289, 214, "s3"),)),
        Login("svc-settlement", 1510, keys=(Key(49, 0, "sqs"),)),
        Login("t.lind", 1240, keys=(Key(30, 2, "ec2"), Key(631, 143, "rds"))),
    )
    return report(day, "111122223333", "eu-west-1", logins)


def halvorsen_prod_before(day: date) -> bytes:
    """payments-prod a year earlier: root has two active keys, three people have passwords."""
    logins = (
        Login(ROOT, 1830, password=96, mfa=True, keys=(Key(1830, 12, "iam"), Key(700, 388, "s3"))),
        Login("backup-copy", 1100, keys=(Key(268, 150),)),
        Login("ci-deploy-eu", 940, keys=(Key(45, 1, "ecr"),)),
        Login("j.moreau", 725, password=9, mfa=True, keys=(Key(500, 130, "s3"),)),
        Login("k.osei", 640, password=22, mfa=True, keys=(Key(310),)),
        Login("svc-datadog", 600, keys=(Key(260, 0, "monitoring"),)),
        Login("svc-legacy-sftp", 907, keys=(Key(907, 120, "s3"),)),
        Login("svc-settlement", 1130, keys=(Key(400, 0, "sqs"),)),
        Login("t.lind", 860, password=3, mfa=True, keys=(Key(200, 5, "ec2"), Key(249, 95, "rds"))),
    )
    return report(day, "111122223333", "eu-west-1", logins)


def halvorsen_staging(day: date) -> bytes:
    """payments-staging, in the wrapper of the command line, which carries the date."""
    logins = (
        Login(ROOT, 2190, password=402, mfa=True),
        Login("ci-deploy-staging", 1300, keys=(Key(40, 1, "ecr"),)),
        Login("svc-datadog", 980, keys=(Key(82, 0, "monitoring"),)),
    )
    return wrapped(day, report(day, "444455556666", "eu-west-1", logins))


def halvorsen_sandbox(day: date) -> bytes:
    """The sandbox: root signed in three days before, and two users have a console password."""
    logins = (
        Login(ROOT, 1650, password=3, mfa=True),
        Login("break-glass-1", 1640, password=NEVER, mfa=True),
        Login("dev-playground", 610, keys=(Key(610, 340, "lambda", active=False),)),
        Login("m.haddad", 870, password=31),
    )
    return report(day, "666666666666", "eu-west-1", logins)


def orchard_main(day: date) -> bytes:
    """orchard-main: root has a key, nine console users, and nine of eleven keys are older than 90 days."""
    logins = (
        Login(ROOT, 2560, password=48, mfa=True, keys=(Key(1102, 187, "s3"),)),
        Login("c.dubois", 400, password=6, mfa=True),
        Login("d.keane", 1700, password=15, keys=(Key(700, 118, "s3"),)),
        Login("deploy-user", 1490, keys=(Key(505, 0, "cloudformation"),)),
        Login("l.brandt", 360, password=1, mfa=True, keys=(Key(330, 12, "ec2"),)),
        Login("m.ferreira", 1620, password=2, mfa=True, keys=(Key(210, 2, "lambda"), Key(1010, 409, "sts"))),
        Login("o.haas", 240, password=4, mfa=True),
        Login("old-importer", 1480, keys=(Key(1480, 533, "s3"),)),
        Login("p.nair", 510, password=1, mfa=True, keys=(Key(60, 3, "ec2"),)),
        Login("s.whitlock", 2555, password=0, mfa=True, keys=(Key(620, 0, "ecr"), Key(45, 1, "ec2"))),
        Login("t.okonkwo", 700, password=8, mfa=True, keys=(Key(150, 1, "rds"),)),
        Login("temp-audit", 315, password=301, keys=(Key(310),)),
    )
    return report(day, "123456789012", "eu-central-1", logins)


def quill_prod(day: date) -> bytes:
    """quill-prod this year: two young keys in use, one switched off."""
    logins = (
        Login(ROOT, 1450, password=770, mfa=True),
        Login("svc-carrier-feed", 900, keys=(Key(20, 0, "sqs"),)),
        Login("svc-datadog", 820, keys=(Key(84, 0, "monitoring"),)),
        Login("svc-labels", 1010, keys=(Key(746, 140, "s3", active=False),)),
    )
    return report(day, "333333333333", "eu-west-1", logins)


def quill_prod_before(day: date) -> bytes:
    """quill-prod a year earlier: three keys, two of them old."""
    logins = (
        Login(ROOT, 1080, password=412, mfa=True),
        Login("svc-carrier-feed", 530, keys=(Key(240, 8, "sqs"),)),
        Login("svc-datadog", 450, keys=(Key(70, 0, "monitoring"),)),
        Login("svc-labels", 640, keys=(Key(388, 1, "s3"),)),
    )
    return report(day, "333333333333", "eu-west-1", logins)
