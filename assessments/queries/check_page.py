"""What the pages around submitting show: all answers to read, and the AWS accounts in scope."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Answer, Assessment
from assessments.queries.question_page import said
from assessments.queries.vendor_pages import QuestionRow, answers_of, asked_of, people_of, row_of
from assessments.states import WITH_VENDOR, State
from playbook.models import ResponseOption
from users.models import User
from vendors.models import AwsAccount


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """One answer on the page that is read before submitting."""

    number: int
    title: str
    question: str
    texts: Sequence[str]
    meta: str
    is_done: bool
    is_open: bool  # for changes


@dataclass(frozen=True, kw_only=True)
class CheckSheet:
    """Everything to read before submitting."""

    domains: Sequence[tuple[str, str, int, Sequence[CheckRow]]]  # slug, name, done, rows
    todo: Sequence[QuestionRow]
    total: int
    scope: Sequence[AwsAccount]
    leads: Sequence[str]
    is_open: bool

    @property
    def accounts(self) -> int:
        """How many AWS accounts are declared."""
        return len(self.scope)


def _check_row(answer: Answer, texts: dict[str, str], *, is_open: bool) -> CheckRow:
    count = answer.file_count
    meta = [ngettext("%(count)s file", "%(count)s files", count) % {"count": count} if count else _("No file")]
    if answer.updated_by:
        meta.append(_("answered by %(name)s") % {"name": answer.updated_by})
    return CheckRow(
        number=answer.criterion.number,
        title=answer.criterion.words.short_title,
        question=answer.criterion.words.question,
        texts=said(answer, texts),
        meta=" · ".join(meta),
        is_done=answer.is_complete,
        is_open=is_open,
    )


def check_sheet(assessment: Assessment, reader: User) -> CheckSheet:
    """The page to read before submitting: at most 5 queries."""
    asked = asked_of(assessment)
    answers = answers_of(assessment, reader)
    texts = dict(ResponseOption.objects.filter(criterion__playbook=assessment.playbook_id).values_list("key", "text"))
    for answer in answers:
        texts |= answer.criterion.words.statements
    domains: dict[str, tuple[str, list[CheckRow]]] = {}
    for answer in answers:
        domain = answer.criterion.domain
        is_open = assessment.state == State.IN_PROGRESS or answer.pk in asked
        domains.setdefault(domain.slug, (domain.words.name, []))[1].append(_check_row(answer, texts, is_open=is_open))
    rows = [row_of(answer, asked.get(answer.pk, ())) for answer in answers]
    return CheckSheet(
        domains=[(slug, name, sum(row.is_done for row in rows), rows) for slug, (name, rows) in domains.items()],
        todo=[row for row in rows if not row.is_done],
        total=len(rows),
        scope=accounts_of(assessment),
        leads=people_of(assessment).leads,
        is_open=assessment.state in WITH_VENDOR,
    )


def accounts_of(assessment: Assessment) -> list[AwsAccount]:
    """The AWS accounts in scope. One query."""
    return list(assessment.vendor.aws_accounts.all())


def digest_of(accounts: Sequence[AwsAccount]) -> str:
    """What stands for a list of accounts, to see that nobody changed it meanwhile."""
    words = "\n".join(f"{one.account_id} {one.stage} {one.name}" for one in accounts)
    return hashlib.sha256(words.encode()).hexdigest()
