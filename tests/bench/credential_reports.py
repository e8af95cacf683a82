"""Credential reports of any size, in the mix of users that accounts really have, and always the same bytes.

Four in ten users are people with a password, most of them with MFA; the others are programs, most of them with a key.
Nearly every time in the file is another one, as in real reports: a reader gains little by remembering them.
"""

import csv
import io
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from assessments.evaluators.formats.credential_report import COLUMNS

MADE_AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ACCOUNT = "111122223333"
_REGIONS = ("us-east-1", "us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2", "N/A")
_SERVICES = ("s3", "ec2", "sts", "dynamodb", "ses", "sqs", "cloudwatch", "iam")
_NO_KEY = ("false", "N/A", "N/A", "N/A", "N/A")
_NO_CERTIFICATE = ("false", "N/A")
Written = Callable[[datetime], str]


def credential_report(users: int, account: str = ACCOUNT, written: Written | None = None) -> bytes:
    """A report of one account with its root and so many users; `written` says how a time is written there."""
    chance = random.Random(f"{account} {users}")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS[:-1])
    for row in _rows(users, account, chance, written or as_aws_does):
        writer.writerow(row)
    return text.getvalue().removesuffix("\n").encode()


def as_aws_does(moment: datetime) -> str:
    """2026-09-11T13:14:52Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def ambiguous(moment: datetime) -> str:
    """A spreadsheet's date that reads in two ways, 9/11/2026 13:14: the day is never above 12."""
    return f"{moment.month}/{moment.day % 12 + 1}/{moment.year} {moment:%H:%M}"


def _rows(users: int, account: str, chance: random.Random, written: Written) -> Iterator[tuple[str, ...]]:
    made = _before(chance, 1_500, 2_500)
    times = (written(made), "true", written(_before(chance, 30, 400)), written(made), "not_supported", "true")
    arn = f"arn:aws:iam::{account}:root"
    yield ("<root_account>", arn, *times, *_NO_KEY, *_NO_KEY, *_NO_CERTIFICATE, *_NO_CERTIFICATE)
    for number in range(users):
        is_person = chance.random() < 0.4
        name = f"{'user' if is_person else 'job'}-{number:05}"
        made = _before(chance, 100, 1_500)
        password = _password(made, chance, written) if is_person else ("false", "N/A", "N/A", "N/A", "false")
        first = _key(made, chance, written) if chance.random() < (0.1 if is_person else 0.75) else _NO_KEY
        second = _key(made, chance, written) if first[1] != "N/A" and chance.random() < 0.15 else _NO_KEY
        arn = f"arn:aws:iam::{account}:user/{name}"
        yield (name, arn, written(made), *password, *first, *second, *_NO_CERTIFICATE, *_NO_CERTIFICATE)


def _before(chance: random.Random, least: int, most: int) -> datetime:
    """A moment between so many days before the report was made."""
    return MADE_AT - timedelta(seconds=chance.randint(least * 86_400, most * 86_400))


def _password(made: datetime, chance: random.Random, written: Written) -> tuple[str, ...]:
    """From password_enabled to mfa_active, of a person."""
    used = written(_before(chance, 1, 60)) if chance.random() < 0.9 else "no_information"
    changed = max(made, _before(chance, 61, 400))
    mfa = "true" if chance.random() < 0.92 else "false"
    return ("true", used, written(changed), "N/A", mfa)


def _key(made: datetime, chance: random.Random, written: Written) -> tuple[str, ...]:
    """One key slot; some keys were never used, some are switched off."""
    rotated = max(made, _before(chance, 61, 600))
    active = "true" if chance.random() < 0.85 else "false"
    if chance.random() < 0.1:
        return (active, written(rotated), "N/A", "N/A", "N/A")
    return (
        active,
        written(rotated),
        written(_before(chance, 1, 60)),
        chance.choice(_REGIONS),
        chance.choice(_SERVICES),
    )
