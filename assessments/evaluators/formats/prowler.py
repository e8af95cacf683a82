"""Read Prowler's findings: CSV, JSON-OCSF and JSON-ASFF, evidence contract, section 4.

Columns and members: Prowler's source 5.40 and a run of 5.46.
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from assessments.evaluators.formats import fields
from assessments.evaluators.formats.errors import Unreadable
from assessments.evaluators.formats.facts import Finding
from assessments.evaluators.formats.text import encoding_of
from assessments.evaluators.formats.times import read_instant

_COLUMNS: Final = ("CHECK_ID", "STATUS", "ACCOUNT_UID", "REGION", "RESOURCE_UID")
_OLD_COLUMNS: Final = ("ASSESSMENT_START_TIME", "RESOURCE_ARN", "STATUS_EXTENDED")
_OLD_MEMBERS: Final = frozenset({"AssessmentStartTime", "FindingUniqueId", "CheckID"})
OLD: Final = "This is the output of Prowler 3 or older. Run Prowler 5 and add its CSV or JSON-OCSF file."
_RESULTS: Final = {"PASSED": "PASS", "FAILED": "FAIL", "WARNING": "MUTED", "NOT_AVAILABLE": "MANUAL"}
_ZONE: Final = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


def is_csv(first_line: str) -> bool:
    """Whether the first line of a file is the header of Prowler's findings, of this or of an older version."""
    names = _names(first_line)
    return names >= set(_COLUMNS) or names >= set(_OLD_COLUMNS)


def _names(first_line: str) -> set[str]:
    return {name.strip('\ufeff" \r\n').upper() for name in first_line.split(";")}


def is_ocsf(value: Any) -> bool:
    """Whether a JSON value is a list of detection findings with Prowler as their product."""
    first = _first(value)
    return "finding_info" in first and "event_code" in (fields.dig(first, "metadata") or {})


def is_asff(value: Any) -> bool:
    """Whether a JSON value is a list of findings in the format of Security Hub, made by Prowler."""
    first = _first(value)
    return "SchemaVersion" in first and fields.text(first, "GeneratorId").startswith("prowler-")


def is_old_json(value: Any) -> bool:
    """Whether a JSON value is the native output that Prowler 4 dropped."""
    return _first(value).keys() >= _OLD_MEMBERS


def _first(value: Any) -> fields.Item:
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def parse_csv(data: bytes) -> tuple[tuple[Finding, ...], int]:
    """The findings of a CSV, and how many rows were damaged. Raises Unreadable for older versions."""
    encoding = encoding_of(data)
    if encoding is None:
        raise Unreadable("This is not a text file. Run Prowler again and add its CSV or JSON-OCSF file.")
    text = data.decode(encoding).lstrip("\ufeff")
    if not _names(text.partition("\n")[0]) >= set(_COLUMNS):
        raise Unreadable(OLD)
    found, damaged = [], 0
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";"):
            if None in row or None in row.values():
                damaged += 1
            else:
                found.append(_from_row({str(name).upper(): cell for name, cell in row.items()}))
    except csv.Error:
        damaged += 1
    return tuple(found), damaged


def _from_row(row: dict[str, str]) -> Finding:
    at, is_local = _time(row.get("TIMESTAMP", ""))
    return Finding(
        check=row["CHECK_ID"],
        status=row["STATUS"].upper(),
        is_muted=row.get("MUTED", "").casefold() == "true",
        text=row.get("STATUS_EXTENDED", ""),
        account=row["ACCOUNT_UID"],
        region=row["REGION"],
        uid=row["RESOURCE_UID"],
        name=row.get("RESOURCE_NAME", ""),
        at=at,
        is_local_time=is_local,
    )


def _time(text: str) -> tuple[datetime | None, bool]:
    """The time of a scan, and whether its zone is not written (then it is read as UTC)."""
    if re.fullmatch(r"\d{9,11}", text):
        return read_instant(int(text)), False
    return read_instant(text), _ZONE.search(text) is None


def parse_ocsf(value: Any) -> tuple[tuple[Finding, ...], int]:
    """The findings of an OCSF list, and how many were damaged."""
    return _parsed(value, _from_ocsf)


def parse_asff(value: Any) -> tuple[tuple[Finding, ...], int]:
    """The findings of an ASFF list, and how many were damaged."""
    return _parsed([item for item in value if fields.text(item, "GeneratorId").startswith("prowler-")], _from_asff)


def _parsed(value: list[Any], read: Callable[[fields.Item], Finding]) -> tuple[tuple[Finding, ...], int]:
    found = [read(item) if isinstance(item, dict) else None for item in value]
    whole = tuple(item for item in found if item is not None and item.check and item.account and item.status)
    return whole, len(found) - len(whole)


def _from_ocsf(item: fields.Item) -> Finding:
    resource = next(fields.items(item, "resources"), {})
    seconds = fields.number(item, "time")
    if seconds is not None and seconds > 100_000_000_000:  # milliseconds, as the standard says
        seconds = seconds / 1000
    return Finding(
        check=fields.text(item, "metadata", "event_code"),
        status=fields.text(item, "status_code").upper(),
        is_muted=fields.text(item, "status") == "Suppressed",
        text=fields.text(item, "status_detail") or fields.text(item, "message"),
        account=fields.text(item, "cloud", "account", "uid"),
        region=fields.text(resource, "region") or fields.text(item, "cloud", "region"),
        uid=fields.text(resource, "uid"),
        name=fields.text(resource, "name"),
        at=read_instant(seconds),
        is_local_time=False,
    )


def _from_asff(item: fields.Item) -> Finding:
    resource = next(fields.items(item, "Resources"), {})
    status = _RESULTS.get(fields.text(item, "Compliance", "Status").upper(), "")
    return Finding(
        check=fields.text(item, "GeneratorId").removeprefix("prowler-"),
        status=status,
        is_muted=status == "MUTED",
        text=fields.text(item, "Description"),
        account=fields.text(item, "AwsAccountId"),
        region=fields.text(resource, "Region"),
        uid=fields.text(resource, "Id"),
        name=fields.text(item, "ProductFields", "ProwlerResourceName"),
        at=fields.instant(item, "CreatedAt"),
        is_local_time=False,
    )
