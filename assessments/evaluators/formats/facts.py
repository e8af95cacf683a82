"""Typed facts as they come out of files, before they are merged into an estate."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessments.evaluators.clock import Clock
from assessments.evaluators.formats.credential_report import CredentialReport


@dataclass(frozen=True)
class CliFact:
    """One answer of the AWS command line: what it was asked, where, and what came back."""

    call: str  # "ec2 describe-volumes"
    account: str  # "" where neither the place of the file nor its content says it
    region: str  # "global" for global services, "" where nothing says it
    arguments: tuple[str, ...]  # the names of what it was asked about: a bucket, a policy id; () for none
    body: dict[str, Any] | None  # None for a refusal
    code: str | None = None  # of a refusal: "AccessDenied"
    is_incomplete: bool = False  # a page is missing, or the command asked for a part
    collected_at: datetime | None = None  # from the manifest only
    stated: Clock | None = None  # when somebody says the file was made


@dataclass(frozen=True)
class ReportFact:
    """One file of credential reports and when its bundle was collected."""

    report: CredentialReport
    path: str
    collected_at: datetime | None = None  # from the manifest only
    received_at: datetime | None = None  # when the file came in: the report was made before
    stated: Clock | None = None  # when somebody says the file was made


@dataclass(frozen=True)
class Finding:
    """One finding of Prowler: evidence contract, section 4."""

    check: str  # "ec2_ebs_volume_encryption"
    status: str  # "PASS", "FAIL", "MANUAL", or "MUTED" where the real result is lost
    is_muted: bool
    text: str  # what it found, in Prowler's words
    account: str
    region: str
    uid: str  # an ARN
    name: str
    at: datetime | None
    is_local_time: bool  # the scan's own zone is not written


@dataclass(frozen=True)
class ManifestAccount:
    """What a manifest says of one account."""

    account: str
    is_management: bool
    regions_enabled: tuple[str, ...] | None
    regions_active: tuple[str, ...] | None


@dataclass(frozen=True)
class ManifestFile:
    """What a manifest says of one file beside it."""

    size: int | None  # bytes
    sha256: str | None
    command: tuple[str, ...]
    exit_code: int | None


@dataclass(frozen=True)
class Manifest:
    """What the collector wrote about a whole bundle."""

    collected_at: datetime | None
    accounts: tuple[ManifestAccount, ...]
    declared: tuple[str, ...]
    files: dict[str, ManifestFile]
