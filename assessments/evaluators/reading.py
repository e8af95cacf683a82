"""From files to facts: recognise each, hold it against its manifest, read it, and say what became of it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from assessments.evaluators import formats
from assessments.evaluators.clock import Clock
from assessments.evaluators.formats import aws_cli, bundle, fields, json_text, manifest, prowler
from assessments.evaluators.formats.calls import NOT_CONFIGURED
from assessments.evaluators.formats.credential_report import parse as parse_report
from assessments.evaluators.formats.errors import Unreadable
from assessments.evaluators.formats.facts import CliFact, Finding, Manifest, ManifestFile, ReportFact
from assessments.evaluators.formats.text import head_of

READ: Final = "read"
PARTIAL: Final = "partial"  # something was skipped or is incomplete
KEPT: Final = "kept"  # no machine evidence: an image, an unknown file
REFUSED: Final = "refused"
Content = bytes | Callable[[], bytes]
_MANIFEST: Final = "manifest.json"
_REPORT_CALL: Final = "iam get-credential-report"
_MARKUP: Final = ("<!doctype", "<html", "<head", "<body", "<?xml")
_NAMED: Final = 3  # files a sentence names


class Source(NamedTuple):
    """A file to read: its path (folders tell account and region), its bytes or how to get them, and when it came in.

    `stated` is when somebody says it was made, for a file that does not carry its own time; a day is a span.
    """

    path: str
    content: Content
    received_at: datetime | None = None
    stated: Clock | None = None

    def read(self) -> bytes:
        """The bytes; a file that cannot be opened raises Unreadable."""
        if isinstance(self.content, bytes):
            return self.content
        try:
            return self.content()
        except OSError:
            raise Unreadable("The file could not be opened.") from None


@dataclass(frozen=True)
class FileReport:
    """What became of one file. `problem` is a sentence for the person who added it."""

    path: str
    format: str | None
    status: str
    problem: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """For `--json` and for storing."""
        return {"path": self.path, "format": self.format, "status": self.status, "problem": self.problem}


@dataclass
class Harvest:
    """All facts of a number of files, and a report for each file."""

    facts: list[tuple[CliFact, str]] = field(default_factory=list)  # with the path of the file
    reports: list[ReportFact] = field(default_factory=list)
    findings: list[tuple[Finding, str]] = field(default_factory=list)  # the same
    manifests: list[Manifest] = field(default_factory=list)
    files: dict[str, FileReport] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # accounts in whose folder a file could not be read

    def say(self, path: str, kind: str | None, status: str, problem: str | None = None) -> None:
        """Note what became of a file."""
        self.files[path] = FileReport(path, kind, status, problem)


def harvest(sources: Iterable[Source]) -> Harvest:
    """Read all files, in the order of their paths; one that cannot be read never stops the others."""
    found = Harvest()
    _read_folder(sorted(sources, key=lambda source: source.path), found)
    _place_facts(found)
    return found


def _read_folder(sources: list[Source], found: Harvest, *, in_zip: bool = False) -> None:
    """Read the manifests, then everything they speak of."""
    manifests = {}
    for source in sources:
        if source.path.rpartition("/")[2] == _MANIFEST:
            read = _read_manifest(source, found)
            if read is not None:
                manifests[source.path.removesuffix(_MANIFEST)] = read
    there: dict[str, set[str]] = {folder: set() for folder in manifests}
    for source in sources:
        folder = _folder_of(source.path, manifests)
        if folder is not None:
            there[folder].add(source.path.removeprefix(folder))
        if source.path not in found.files:
            known = manifests.get(folder or "") if folder is not None else None
            _read_file(source, known, source.path.removeprefix(folder or ""), found, in_zip=in_zip)
    for folder, read in manifests.items():
        if missing := sorted(set(read.files) - there[folder]):
            found.say(
                folder + _MANIFEST,
                formats.MANIFEST,
                PARTIAL,
                f"Files it lists are not there: {_some(missing)}. Run the collector again.",
            )


def _folder_of(path: str, manifests: dict[str, Manifest]) -> str | None:
    """The nearest folder above with a manifest, with its slash ("" for the top), or None."""
    above = path
    while above:
        above = above.rstrip("/").rpartition("/")[0]
        above += "/" if above else ""
        if above in manifests:
            return above
    return None


def _read_manifest(source: Source, found: Harvest) -> Manifest | None:
    try:
        read = manifest.parse(json_text.load(source.read()))
    except Unreadable as error:
        found.say(source.path, formats.MANIFEST, REFUSED, str(error))
        return None
    found.manifests.append(read)
    found.say(source.path, formats.MANIFEST, READ)
    return read


def _read_file(source: Source, known: Manifest | None, name: str, found: Harvest, *, in_zip: bool) -> None:
    """Read one file and note what became of it; `name` is its path inside the bundle of `known`."""
    entry = known.files.get(name) if known else None
    try:
        data = source.read()
        _check_hash(data, entry)
        kind = formats.family(data)
        if kind == formats.BUNDLE:
            if in_zip:
                raise Unreadable("A ZIP inside a ZIP is not read. Unpack it and add its files.")
            _read_zip(source, data, found)
        elif kind == formats.CREDENTIAL_REPORT:
            _read_report(source, data, known, found)
        elif kind == formats.PROWLER_CSV:
            _take_findings(source.path, kind, *prowler.parse_csv(data), found)
        elif kind == formats.JSON or (entry and entry.exit_code == 0 and not data):
            _read_json(source, data, known, entry, found)
        elif data.strip() and aws_cli.from_name(source.path).call and source.path.lower().endswith(".json"):
            raise Unreadable("This is not the JSON its name promises. Run the command again and add its output.")
        else:
            _keep(source.path, data, found)
    except Unreadable as error:
        found.say(source.path, _kind_of_refused(source), REFUSED, str(error))
        found.unread.add(aws_cli.from_name(source.path).account)


def _kind_of_refused(source: Source) -> str | None:
    """The format a refused file was taken for."""
    try:
        return formats.detect(source.read(), source.path)
    except Unreadable:
        return None


def _check_hash(data: bytes, entry: ManifestFile | None) -> None:
    if entry and entry.sha256 and hashlib.sha256(data).hexdigest() != entry.sha256:
        raise Unreadable(
            "The file is not what the manifest says: it was damaged on its way, or changed. Run the collector again."
        )


def _read_zip(source: Source, data: bytes, found: Harvest) -> None:
    members = bundle.members(data)
    inside = [source._replace(path=f"{source.path}/{member.path}", content=member.read) for member in members]
    _read_folder(inside, found, in_zip=True)
    refused = [one.path for one in inside if found.files[one.path].status == REFUSED]
    partial = [one.path for one in inside if found.files[one.path].status == PARTIAL]
    problem = f"Not read, or not whole: {_some(refused + partial)}." if refused or partial else None
    found.say(source.path, formats.BUNDLE, PARTIAL if problem else READ, problem)


def _read_report(source: Source, data: bytes, known: Manifest | None, found: Harvest) -> None:
    report = parse_report(data, received_at=source.received_at)
    problems = list(report.problems)
    folder = aws_cli.from_name(source.path).account
    if folder and report.accounts and folder not in report.accounts:
        problems.append(f"It lies in the folder of account {folder}, and is the report of {report.accounts[0]}.")
    collected_at = known.collected_at if known else None
    found.reports.append(ReportFact(report, source.path, collected_at, source.received_at, source.stated))
    found.say(source.path, formats.CREDENTIAL_REPORT, PARTIAL if problems else READ, " ".join(problems) or None)


def _take_findings(path: str, kind: str, read: tuple[Finding, ...], damaged: int, found: Harvest) -> None:
    found.findings += [(finding, path) for finding in read]
    muted = sum(finding.status == "MUTED" for finding in read)
    problems = [
        *([f"Damaged findings, left out: {damaged:,}. Run Prowler again."] if damaged else []),
        *([f"Muted findings, whose result this format does not keep: {muted:,}."] if muted else []),
    ]
    found.say(path, kind, PARTIAL if damaged else READ, " ".join(problems) or None)


def _read_json(source: Source, data: bytes, known: Manifest | None, entry: ManifestFile | None, found: Harvest) -> None:
    hint = aws_cli.from_name(source.path)
    try:
        value = json_text.load(data) if data else {}
    except Unreadable:
        if source.path.lower().endswith(".json") or hint.call:
            raise
        _keep(source.path, data, found)  # some text that begins with a bracket
        return
    kind = formats.of_json(value, source.path)
    if kind == formats.PROWLER_OCSF:
        _take_findings(source.path, kind, *prowler.parse_ocsf(value), found)
    elif kind == formats.PROWLER_ASFF:
        _take_findings(source.path, kind, *prowler.parse_asff(value), found)
    elif kind == formats.PROWLER_OLD:
        raise Unreadable(prowler.OLD)
    elif kind == formats.AWS_CLI:
        _read_answer(source, data, value, known, entry, found)
    else:
        _keep(source.path, data, found, aws_cli.unknown(value, hint))


def _read_answer(
    source: Source, data: bytes, value: Any, known: Manifest | None, entry: ManifestFile | None, found: Harvest
) -> None:
    collected_at = known.collected_at if known else None
    if not aws_cli.is_error(value) and fields.dig(value, "Content") and fields.dig(value, "ReportFormat"):
        _read_report(source, data, known, found)  # the report, decoded by somebody already
        return
    fact = aws_cli.parse(value, source.path, entry.command if entry else (), collected_at)
    found.facts.append((replace(fact, stated=source.stated), source.path))
    if fact.is_incomplete:
        found.say(
            source.path,
            formats.AWS_CLI,
            PARTIAL,
            "This is a part of the answer only. Run the command without filters and paging options.",
        )
    elif fact.code and fact.code not in NOT_CONFIGURED:
        found.say(source.path, formats.AWS_CLI, READ, f"AWS refused `aws {fact.call}` ({fact.code}).")
    else:
        found.say(source.path, formats.AWS_CLI, READ)


def _keep(path: str, data: bytes, found: Harvest, problem: str | None = None) -> None:
    """Keep what is no machine evidence. Raises Unreadable for what is surely not what somebody meant to add."""
    if not data.strip():
        raise Unreadable("The file is empty. Check it and add it again.")
    start = head_of(data, 1_000).lower()
    if start.startswith(_MARKUP):
        raise Unreadable(
            "This is a web page. The sign-in may have ended: sign in, download the file again and add that."
        )
    if problem is None and path.lower().endswith((".csv", ".tsv")):
        problem = "This table is no credential report and no output of Prowler: their columns are not there."
    found.say(path, None, KEPT, problem)


def _place_facts(found: Harvest) -> None:
    """Give answers about a bucket the account that lists it; what has no account or region cannot be used."""
    owners: dict[str, set[str]] = {}
    for fact, _ in found.facts:
        if fact.call == "s3api list-buckets" and fact.account:
            for item in fields.items(fact.body, "Buckets"):
                owners.setdefault(fields.text(item, "Name"), set()).add(fact.account)
    placed = []
    for fact, path in found.facts:
        if not fact.account and fact.arguments and len(known := owners.get(fact.arguments[0], set())) == 1:
            fact = replace(fact, account=min(known))
        if fact.account and fact.region:
            placed.append((fact, path))
        else:
            lacks = "account" if not fact.account else "region"
            found.say(
                path,
                formats.AWS_CLI,
                PARTIAL,
                f"It does not say which {lacks} it is from, and was not used. Put it into a folder "
                "`<account>/<region>`, or `<account>/global` for IAM, Organizations and S3.",
            )
    found.facts = placed


def _some(paths: list[str]) -> str:
    more = len(paths) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
