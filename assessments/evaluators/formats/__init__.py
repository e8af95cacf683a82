"""Recognise machine evidence by its content; each format has one parser beside this file."""

import re
from typing import Any, Final

from assessments.evaluators.formats import aws_cli, bundle, container, manifest, prowler, table
from assessments.evaluators.formats.calls import CALLS
from assessments.evaluators.formats.text import head_of

CREDENTIAL_REPORT: Final = "iam-credential-report"
AWS_CLI: Final = "aws-cli"
BUNDLE: Final = "bundle"
MANIFEST: Final = "bundle-manifest"
PROWLER_CSV: Final = "prowler-csv"
PROWLER_OCSF: Final = "prowler-ocsf"
PROWLER_ASFF: Final = "prowler-asff"
PROWLER_OLD: Final = "prowler-old"
JSON: Final = "json"
"""Some JSON, whose value has to be read before it can be told what it is."""

_MEMBER: Final = re.compile(r'"([A-Za-z]+)"\s*:')
_MEMBERS: Final = {frozenset(call.key.split()) for call in CALLS}


def family(data: bytes) -> str | None:
    """What a file is by its first bytes: a format, JSON for any JSON, or None for what no program of ours reads."""
    if bundle.is_zip(data[:4]):
        return BUNDLE
    head = head_of(data)
    if container.is_wrapped(head) or table.header_of(table.first_line(head)):
        return CREDENTIAL_REPORT
    if prowler.is_csv(table.first_line(head)):
        return PROWLER_CSV
    return JSON if head.startswith(("{", "[")) else None


def of_json(value: Any, name: str = "") -> str | None:
    """The format of a JSON value, or None when it is none we read."""
    if manifest.is_manifest(value):
        return MANIFEST
    if prowler.is_ocsf(value):
        return PROWLER_OCSF
    if prowler.is_asff(value):
        return PROWLER_ASFF
    if prowler.is_old_json(value):
        return PROWLER_OLD
    if aws_cli.is_error(value) or aws_cli.recognise(value, name) or aws_cli.from_name(name).call:
        return AWS_CLI
    return None


def detect(data: bytes, name: str = "") -> str | None:
    """The format of a file, or None when it is none we read; a guess from its beginning, which costs no parsing.

    Only the content decides; `name` is there for formats whose content does not tell them apart.
    """
    found = family(data)
    if found != JSON:
        return found
    head = head_of(data)
    if head.startswith("["):
        told = {'"event_code"': PROWLER_OCSF, '"prowler-': PROWLER_ASFF, '"AssessmentStartTime"': PROWLER_OLD}
        return next((name for mark, name in told.items() if mark in head), None)
    if aws_cli.from_name(name).call or re.match(r'\{\s*"error"\s*:', head):
        return AWS_CLI
    members = set(_MEMBER.findall(head))
    if members >= {"accounts", "files", "collected_at"}:
        return MANIFEST
    return AWS_CLI if any(members >= keys for keys in _MEMBERS) else None
