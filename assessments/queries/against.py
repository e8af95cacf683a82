"""One assessment beside an earlier one of the same vendor: what was said, found and shown, changes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from assessments.models import Answer, AnswerKind, AnswerVersion, Assessment, EvidenceLink
from assessments.queries.review_sheet import KIND_WORDS
from assessments.scoring import Result
from assessments.states import State
from playbook.models import ResponseOption

if TYPE_CHECKING:
    from users.models import User

# From good to bad; what does not apply can be neither.
_RANK = {Result.MET: 0, Result.PARTLY_MET: 1, Result.NOT_VERIFIED: 2, Result.NOT_MET: 3}


class Change(IntEnum):
    """What is most worth a look about a question, the first of these that holds. They sort by it."""

    WORSE = 0  # the result
    BETTER = 1
    RESULT = 2  # another one, which is neither
    ANSWER = 3
    EVIDENCE = 4
    NEW = 5  # it was not asked last time
    NONE = 6


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One question at one time. `files` maps a SHA-256 to the name of the file."""

    result: str = ""
    words: str = ""  # what was said instead of a statement, or ""
    statements: Sequence[str] = ()
    reason: str = ""
    said: tuple[str, tuple[str, ...], str] = ("", (), "")
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One question at both times."""

    number: int
    title: str
    domain: str
    before: Moment | None
    now: Moment

    @property
    def change(self) -> Change:
        """Why it stands where it stands."""
        if self.before is None:
            return Change.NEW
        if self.before.result != self.now.result and self.now.result:
            return _direction(self.before.result, self.now.result)
        if self.before.said != self.now.said:
            return Change.ANSWER
        return Change.EVIDENCE if set(self.before.files) != set(self.now.files) else Change.NONE

    @property
    def same_files(self) -> list[str]:
        """Names of the files that were there last time, byte for byte."""
        return sorted(name for sha, name in self.now.files.items() if self.before and sha in self.before.files)

    @property
    def new_files(self) -> list[str]:
        """Names of the files that were not."""
        return sorted(name for sha, name in self.now.files.items() if not self.before or sha not in self.before.files)

    @property
    def gone_files(self) -> list[str]:
        """Names of the files that were there last time and are not now."""
        then = self.before.files if self.before else {}
        return sorted(name for sha, name in then.items() if sha not in self.now.files)


@dataclass(frozen=True, kw_only=True)
class DomainLine:
    """The score of one domain at both times; None while nothing is scored."""

    name: str
    before: str | None
    now: str | None

    @property
    def difference(self) -> str:
        """With its sign: "+1.5", "-0.3", "0.0"; "" where one of the two is missing."""
        if self.before is None or self.now is None:
            return ""
        return f"{Decimal(self.now) - Decimal(self.before):+.1f}".replace("+0.0", "0.0")


@dataclass(frozen=True, kw_only=True)
class Against:
    """Everything the page shows. `earlier` is None where the vendor was never assessed before."""

    assessment: Assessment
    earlier: Assessment | None
    others: Sequence[Assessment] = ()  # that could be chosen instead, the latest first
    domains: Sequence[DomainLine] = ()
    changed: Sequence[Line] = ()
    unchanged: Sequence[Line] = ()

    @property
    def overall(self) -> DomainLine:
        """The score of all domains together."""
        before, now = (
            None if one is None or one.score is None else str(one.score) for one in (self.earlier, self.assessment)
        )
        return DomainLine(name="", before=before, now=now)


def against(user: User, assessment: Assessment, chosen: str = "") -> Against:
    """Hold an assessment against the closed one before it, or against the one whose id is `chosen`."""
    others = list(Assessment.objects.visible_to(user).closed_before(assessment)[:20])
    earlier = next((one for one in others if str(one.pk) == chosen), others[0] if others else None)
    if earlier is None:
        return Against(assessment=assessment, earlier=None)
    texts = _texts([earlier, assessment])
    then = {code: moment for code, (_, moment) in _moments(user, earlier, texts).items()}
    lines = [
        Line(number=row[0], title=row[1], domain=row[2], before=then.get(code), now=now)
        for code, (row, now) in _moments(user, assessment, texts).items()
    ]
    lines.sort(key=lambda line: (line.change, line.number))
    return Against(
        assessment=assessment,
        earlier=earlier,
        others=others,
        domains=_domains(earlier, assessment),
        changed=[line for line in lines if line.change != Change.NONE],
        unchanged=[line for line in lines if line.change == Change.NONE],
    )


def _direction(before: str, now: str) -> Change:
    then, after = _RANK.get(Result(before)) if before else None, _RANK.get(Result(now))
    if then is None or after is None:
        return Change.RESULT
    return Change.WORSE if after > then else Change.BETTER


def _texts(both: Iterable[Assessment]) -> dict[str, str]:
    """The statements of the playbook versions concerned, by key."""
    options = ResponseOption.objects.filter(criterion__playbook__in={one.playbook_id for one in both})
    return dict(options.order_by("pk").values_list("key", "text"))


Row = tuple[int, str, str]  # number, short title, domain


def _moments(user: User, assessment: Assessment, texts: Mapping[str, str]) -> dict[str, tuple[Row, Moment]]:
    """Every question of one assessment by the code of its criterion, as it was submitted."""
    answers = list(
        Answer.objects.visible_to(user)
        .filter(assessment=assessment)
        .select_related("criterion__domain")
        .annotate(found=F("review__result"))
        .order_by("criterion__number")
    )
    contents = _submitted(assessment) if assessment.state == State.CHANGES_REQUESTED else {}
    files = _files(assessment)
    return {
        answer.criterion.code: (
            (answer.criterion.number, answer.criterion.short_title, answer.criterion.domain.name),
            _moment(contents.get(answer.pk, answer.content()), answer.found or "", files.get(answer.pk, {}), texts),
        )
        for answer in answers
    }


def _submitted(assessment: Assessment) -> dict[int, dict[str, Any]]:
    """While the vendor has it back: what it said last time it submitted, by answer."""
    versions = AnswerVersion.objects.filter(
        answer__assessment=assessment, closed_at__lte=assessment.submitted_at
    ).order_by("number")
    return dict(versions.values_list("answer", "content"))


def _files(assessment: Assessment) -> dict[int, dict[str, str]]:
    """The files that were submitted, by answer."""
    links = EvidenceLink.objects.filter(
        Q(evidence__withdrawn_at=None) | Q(evidence__withdrawn_at__gt=assessment.submitted_at),
        answer__assessment=assessment,
        at__lte=assessment.submitted_at,
    )
    found: dict[int, dict[str, str]] = {}
    for answer, sha256, name in links.values_list("answer", "evidence__sha256", "evidence__name").order_by("pk"):
        found.setdefault(answer, {})[sha256] = name
    return found


def _moment(content: Mapping[str, Any], result: str, files: Mapping[str, str], texts: Mapping[str, str]) -> Moment:
    kind, keys, reason = content.get("kind") or "", tuple(content.get("statements") or ()), content.get("reason") or ""
    is_stated = kind == AnswerKind.STATEMENTS
    return Moment(
        result=result,
        words="" if is_stated else KIND_WORDS.get(kind, ""),
        statements=[texts.get(key, key) for key in keys] if is_stated else [],
        reason=reason if not is_stated else "",
        said=(kind, keys if is_stated else (), reason if not is_stated else ""),
        files=files,
    )


def _domains(earlier: Assessment, assessment: Assessment) -> list[DomainLine]:
    names = assessment.playbook.domains.values_list("slug", "name")
    return [
        DomainLine(name=name, before=earlier.domain_scores.get(slug), now=assessment.domain_scores.get(slug))
        for slug, name in names
    ]
