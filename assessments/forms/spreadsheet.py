"""The questionnaire as a spreadsheet, on its way out and back: what would change, and what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.actions.answers import AnswerContent, problems_with
from assessments.actions.spreadsheet import SheetChange
from assessments.forms.answers import ALONE, needs_plan, shuffled, token
from assessments.limits import SPREADSHEET_CHANGES_BYTES
from assessments.models import Answer, AnswerKind, Assessment
from assessments.queries.spreadsheet import SheetAnswer, sheet_answers
from assessments.spreadsheets.grid import Grid
from assessments.spreadsheets.layout import Content, Question, Statement
from assessments.spreadsheets.read import Entry, Problem, Reading, WrongFile, read
from assessments.spreadsheets.write import write
from assessments.wording import spoken
from users.models import User

_SALT = "assessments.forms.spreadsheet"
_KEPT = 4 * 3600  # seconds; whoever looks at a preview for longer uploads again
# Where a problem with completing is shown.
_COLUMN_OF = {"kind": "kind", "reason": "reason", "evidence": "complete"}
_NO_PLAN = gettext_lazy("The answer chosen needs no plan. Clear this cell, or move its text to the notes")


@dataclass(frozen=True)
class Difference:
    """One field that would change, in words."""

    label: str
    now: str
    wanted: str


@dataclass(frozen=True)
class Proposed:
    """One answer that would change, or that cannot since somebody else changed it meanwhile."""

    change: SheetChange
    entry: Entry
    differences: Sequence[Difference]

    @property
    def answer(self) -> Answer:
        """The answer as it stands."""
        return self.change.answer


@dataclass(frozen=True)
class Proposal:
    """What a file would do."""

    changes: Sequence[Proposed]
    conflicts: Sequence[Proposed]
    problems: Sequence[Problem]
    notices: Sequence[str]

    @property
    def is_whole(self) -> bool:
        """Whether nothing has to be left out."""
        return not self.conflicts and not self.problems


def sign(text: str) -> str:
    """Digits that only this installation can make."""
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()


def _question(row: SheetAnswer) -> Question:
    answer, criterion, words = row.answer, row.answer.criterion, row.answer.criterion.words
    names = {"organisation": settings.ORGANISATION_NAME}
    asks = [_("%(organisation)s asks: %(text)s") % {**names, "text": text} for text in row.asked]
    return Question(
        answer=answer.pk,
        version=answer.version,
        number=criterion.number,
        domain=criterion.domain.words.name,
        title=words.short_title,
        text=words.question,
        status="\n".join([row.status, *asks]),
        statements=[
            Statement(token(option.key), words.statement(option), words.in_every_language(option))
            for option in shuffled(criterion.code, criterion.options.all())
        ],
        takes_several=criterion.answer_type == "multi-response",
        may_not_apply=criterion.not_applicable_allowed,
        is_open=row.is_open,
        content=Content(
            kind=answer.kind,
            statements=[token(key) for key in answer.statements],
            reason=answer.reason,
            notes=answer.notes,
            plan=answer.plan,
            due=answer.plan_due_on,
            complete=answer.is_complete,
        ),
    )


def to_download(assessment: Assessment, user: User) -> bytes:
    """The XLSX of this assessment as this person may fill it in now.

    Questions and statements are in the language of who asks. Heads of columns and the other words of lists are English
    in every language: they are read back, and colleagues of several languages fill in one file.
    """
    today = timezone.localdate()
    hint = _(
        "Downloaded on %(day)s. Fill in the white cells, save the file as .xlsx and upload it where you downloaded it. "
        "The sheet “Help” says more."
    )
    return write(
        [_question(row) for row in sheet_answers(assessment, user)],
        assessment=assessment.pk,
        heading=f"{settings.ORGANISATION_NAME} · {assessment.title} · {assessment.vendor.name}",
        hint=hint % {"day": date_format(today)},
        sign=sign,
        today=today,
    )


def propose(assessment: Assessment, user: User, grid: Grid) -> Proposal:
    """What a file that came back would do. Writes nothing. Raises WrongFile."""
    rows = sheet_answers(assessment, user)
    reading = read(
        grid,
        [_question(row) for row in rows],
        assessment=assessment.pk,
        sign=sign,
        same=constant_time_compare,
        today=timezone.localdate(),
    )
    return _held_against(rows, reading)


def _held_against(rows: Sequence[SheetAnswer], reading: Reading) -> Proposal:
    """Each changed row against the answer as it stands now."""
    by_id = {row.answer.pk: row for row in rows}
    changes, conflicts, problems = [], [], list(reading.problems)
    for entry in reading.entries:
        row = by_id[entry.question.answer]
        proposed, wrong = _one(row, entry)
        if entry.version != row.answer.version and proposed.differences:
            conflicts.append(proposed)
        elif wrong:
            problems += wrong
        elif proposed.differences:  # or it is stored already
            changes.append(proposed)
    said = [replace(problem, reason=spoken(problem.reason)) for problem in problems]
    return Proposal(changes, conflicts, said, [spoken(notice) for notice in reading.notices])


def _one(row: SheetAnswer, entry: Entry) -> tuple[Proposed, list[Problem]]:
    """One row as a change, with what stands against it beside the form of its cells."""
    answer, wanted = row.answer, entry.content
    options = list(answer.criterion.options.all())
    keys = sorted(option.key for option in options if token(option.key) in wanted.statements)
    plans = needs_plan(options, keys)
    wrong = []
    if not plans and wanted.plan not in {"", answer.plan}:
        wrong.append(("plan", _NO_PLAN))
    if not plans and wanted.due not in {None, answer.plan_due_on}:
        wrong.append(("due", _NO_PLAN))
    content = AnswerContent(
        kind=AnswerKind(wanted.kind),
        statements=keys,
        reason=wanted.reason,
        notes=wanted.notes,
        plan=wanted.plan if plans else "",
        plan_due_on=wanted.due if plans else None,
    )
    if wanted.complete:
        found = problems_with(answer, content, has_evidence=row.has_evidence)
        wrong += [(_COLUMN_OF[name], sentence) for name, sentence in found.items()]
    number = entry.question.number
    problems = [Problem(entry.addresses.get(key, ""), number, reason) for key, reason in wrong]
    change = SheetChange(answer, content, entry.version, wanted.complete)
    return Proposed(change, entry, _differences(entry, content)), problems


def _differences(entry: Entry, content: AnswerContent) -> list[Difference]:
    """The fields that differ, as people read them."""
    now, wanted = entry.question.content, entry.content
    pairs = [
        (_("Answer"), _chosen(entry.question, now), _chosen(entry.question, wanted)),
        (_("Reason"), now.reason, content.reason),
        (_("Notes"), now.notes, content.notes),
        (_("Plan to fix"), now.plan, content.plan),
        (_("By when"), _day(now.due), _day(content.plan_due_on)),
        (_("Completed"), _yes_no(now.complete), _yes_no(wanted.complete)),
    ]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _chosen(question: Question, content: Content) -> str:
    if content.kind == AnswerKind.STATEMENTS:
        return "\n".join(each.text for each in question.statements if each.mark in content.statements)
    return str(ALONE.get(content.kind, ""))


def _yes_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def _day(day: date | None) -> str:
    return date_format(day) if day else ""


def packed(proposal: Proposal, assessment: Assessment, user: User) -> str:
    """The changes, signed for this person and assessment, for the form that confirms them. Raises WrongFile.

    Statements travel as the marks of the page: their keys would say which side they are on.
    """
    rows = []
    for proposed in proposal.changes:
        wanted = proposed.entry.content
        rows.append(
            [
                proposed.answer.pk,
                proposed.change.version,
                wanted.kind,
                list(wanted.statements),
                wanted.reason,
                wanted.notes,
                wanted.plan,
                wanted.due.isoformat() if wanted.due else "",
                wanted.complete,
            ]
        )
    text = signing.dumps([assessment.pk, user.pk, rows], salt=_SALT, compress=True)
    if len(text) > SPREADSHEET_CHANGES_BYTES:
        raise WrongFile(
            _("The file changes too much text at once. Delete some of its rows, upload it, then do the rest.")
        )
    return text


def unpacked(text: str, assessment: Assessment, user: User) -> Proposal:
    """What was confirmed, held against the answers as they stand by now. Raises WrongFile."""
    try:
        for_assessment, for_user, stored = signing.loads(text, salt=_SALT, max_age=_KEPT)
    except signing.BadSignature:
        for_assessment = for_user = None
    if (for_assessment, for_user) != (assessment.pk, user.pk):
        raise WrongFile(_("Too much time has passed since you looked at the changes. Upload the file again."))
    rows = sheet_answers(assessment, user)
    questions = {row.answer.pk: _question(row) for row in rows}
    entries, problems = [], []
    for answer, version, kind, marks, reason, notes, plan, due, complete in stored:
        question = questions.get(answer)
        if question is None or not question.is_open:
            number = question.number if question else None
            problems.append(Problem("", number, _("This question can only be read now")))
            continue
        content = Content(
            kind=kind,
            statements=marks,
            reason=reason,
            notes=notes,
            plan=plan,
            due=date.fromisoformat(due) if due else None,
            complete=complete,
        )
        entries.append(Entry(question, version, content))
    return _held_against(rows, Reading(entries, problems, []))
