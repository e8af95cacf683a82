"""Where in the files of an assessment a resource stands that an evaluation names."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assessments.evaluators.formats import CREDENTIAL_REPORT, aws_cli, bundle
from assessments.evaluators.formats.errors import TooLarge, Unreadable
from assessments.evaluators.result import GLOBAL
from assessments.models import Answer, Evidence, EvidenceKind
from assessments.queries.evaluations import Named, checked
from assessments.queries.marked_text import decoded, pattern
from assessments.queries.proposals import user_of

if TYPE_CHECKING:
    from users.models import User

SEARCH_BYTES = 50_000_000  # of files that are searched for one name
_REPORT_CALL = "iam get-credential-report"
_REPORT_NAME = "credential-report.csv"


class NotNamed(Exception):
    """The evaluation of the question does not name this resource."""


@dataclass(frozen=True)
class Place:
    """A file, the path inside it if it is a bundle, and the word to mark there."""

    evidence: int
    member: str
    mark: str


def place_of(user: User, answer: Answer, ref: str) -> Place | None:
    """The first place that names a resource which breaks a question or is worth a look; None where no file does.

    Raises NotNamed for any other resource. Reads files from the store; one that is lost or damaged is passed over.
    """
    number = answer.criterion.number
    seen = checked(answer.assessment, user, number=number)
    shown = seen.shown.get(number)
    named = next((one for one in (*shown.offenders, *shown.leads) if one.ref == ref), None) if shown else None
    if shown is None or named is None:
        raise NotNamed(ref)
    read = [pk for pk, file in seen.files.items() if number in file.numbers]
    files = Evidence.objects.visible_to(user).filter(assessment=answer.assessment_id, pk__in=read).order_by("pk")
    # Users have the same names in many accounts: files of the resource's own account come first.
    own_first = sorted(files, key=lambda file: named.account not in file.accounts)
    found = (place for file in own_first for place in _places(file, named, shown.calls))
    return next(found, None)


def word_of(named: Named) -> str:
    """What to look for: the name of the resource, else its region, else its account."""
    if user := user_of(named):
        return user
    path = named.name.partition("#")[0] if named.account else named.ref
    region, _, rest = path.partition("/")
    return rest.partition("/")[2] or (region if region not in {GLOBAL, ""} else named.account)


def _places(file: Evidence, named: Named, calls: Collection[str]) -> Iterator[Place]:
    try:
        with file.file.open("rb") as stored:
            data = bytes(stored.read())
        if file.kind == EvidenceKind.ZIP:
            yield from _members(file.pk, data, named, calls)
            return
        word = word_of(named)
        is_report = file.format == CREDENTIAL_REPORT
        is_other = is_report and bool(file.accounts) and named.account not in file.accounts
        is_whole = is_report and not user_of(named)
        if not is_whole and not is_other and pattern(word).search(decoded(data)):
            yield Place(file.pk, "", word)
    except (OSError, Unreadable, TooLarge, zipfile.BadZipFile):
        return


def _members(pk: int, data: bytes, named: Named, calls: Collection[str]) -> Iterator[Place]:
    """Files of a bundle that were asked for the question, of the account and region; those that name it come first."""
    word = word_of(named)
    region = named.name.partition("/")[0] if named.account and named.name != named.account else ""
    asked = [
        member
        for member in bundle.members(data)
        if _was_asked(member.path, calls, named.account, region) and member.info.file_size
    ]
    is_named = pattern(word)
    yield from (Place(pk, member.path, word) for member in asked if is_named.search(member.path.rpartition("/")[2]))
    left = SEARCH_BYTES
    for member in asked:
        left -= member.info.file_size
        if left < 0:
            return
        if is_named.search(decoded(member.read())):
            yield Place(pk, member.path, word)
    if word in {region, named.account}:  # an account or a region: the place of a file says whose it is
        yield from (Place(pk, member.path, word) for member in asked)


def _was_asked(path: str, calls: Collection[str], account: str, region: str) -> bool:
    is_report = path.rpartition("/")[2] == _REPORT_NAME
    place = aws_cli.from_name(path)
    call = _REPORT_CALL if is_report else place.call.name if place.call else ""
    return call in calls and place.account in {account, ""} and (not region or place.region in {region, GLOBAL, ""})
