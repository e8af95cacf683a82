"""What pages show of files: one row a file, and one file with its content made readable."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from assessments.evaluators.formats import AWS_CLI, CREDENTIAL_REPORT
from assessments.evaluators.result import GLOBAL
from assessments.models import Answer, Assessment, Evidence, EvidenceKind, EvidenceLink
from assessments.queries.evaluations import Checked, FileShown
from assessments.queries.inputs import MACHINE_READABLE
from assessments.queries.proposals import Pieces, pieces
from assessments.states import WITH_VENDOR, State
from assessments.wording import listed
from assessments.wording import number as number_of
from users.models import User

NUMBERS = 8  # questions that are named one by one; more are counted
_REGION = re.compile(r"(?<![a-z])(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-[a-z]+)+-\d(?!\d)")
NO_PLACE = gettext_lazy("It does not say which account and region it is from, so it is not used yet.")
IMAGE_ADVICE = gettext_lazy("Add a newer one, or say in the notes why it still holds.")


def day(value: date | datetime) -> str:
    """18 Dec 2026, in the time of the site."""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(local, "SHORT_DATE_FORMAT")


def size_of(count: int) -> str:
    """Bytes as people read them: 184 kB, 1.4 MB."""
    if count < 1_000:
        return ngettext("%(count)s byte", "%(count)s bytes", count) % {"count": count}
    if count < 1_000_000:
        return f"{count / 1_000:.0f} kB"
    return f"{number_format(round(count / 1_000_000, 1), decimal_pos=1)} MB"


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """One file as a list shows it."""

    pk: int
    name: str
    label: str
    kind: str
    size: str
    sha256: str
    upload: UUID  # the page that sends a file chose it, and knows its row by it
    added: str  # "added by you at 14:21", "added by Tom Adeyemi on 20 Nov 2026"
    dated: str  # "generated 20 Nov 2026", "taken 20 Nov 2026", or "" while nobody said
    stated_on: date | None  # the day the vendor gave, to prefill the form
    can_be_dated: bool
    facts: str  # "9 rows read, account 111122223333", or ""
    reading: str  # what became of it: "being checked", "read in part"; "" where there is nothing to say
    problems: Sequence[Pieces]
    is_bad: bool  # whether the problems keep some of it from being evidence
    inside: Sequence[tuple[str, Pieces]]  # the first files of a bundle, each with what is wrong with it
    inside_count: int  # how many there are
    proves: Sequence[int]  # the questions whose finding rests on it, of those that were read for this person
    wants_place: bool  # it does not say where it is from, and the vendor may
    place: str  # "account 111122223333, eu-west-1", where the vendor said so
    accounts: Sequence[str]
    numbers: Sequence[int]  # the questions it is evidence for
    has_preview: bool
    is_withdrawn: bool
    can_be_removed: bool
    is_shared: bool  # somebody else's, and used for questions that this person does not see
    stale: str  # a sentence, or ""
    url: str  # everything about this file starts with it
    elsewhere: str  # "also used in questions 5, 6 and 14", or ""
    twin: str = ""  # name of the file with the same content that was added before, while one of them can be taken back
    outside: str = ""  # "Accounts 555555555555 and 999999999999 are not in scope", or ""

    @property
    def named_region(self) -> str:
        """The region in the name of the file, to be offered; "" where there is none."""
        found = _REGION.search(self.name)
        return found[0] if found else ""

    @property
    def is_all_proven(self) -> bool:
        """Whether it is used for the questions that rest on it, and for no others."""
        return sorted(self.proves) == list(self.numbers)


def _elsewhere(numbers: Sequence[int], number: int | None) -> str:
    others = sorted(other for other in numbers if other != number)
    if not others:
        return ""
    count = len(others)
    if count > NUMBERS:
        words = _("also used in %(count)s other questions") if number else _("used in %(count)s questions")
        return words % {"count": count}
    words = (
        ngettext("also used in question %(numbers)s", "also used in questions %(numbers)s", count)
        if number
        else ngettext("used in question %(numbers)s", "used in questions %(numbers)s", count)
    )
    return words % {"numbers": listed(others)}


def _too_old(evidence: Evidence, at: datetime) -> tuple[int, int]:
    """Its age in days and the limit, where it is older than that at this moment; (0, 0) where not, or not known."""
    is_report = evidence.format == CREDENTIAL_REPORT
    limit: timedelta = settings.CREDENTIAL_REPORT_STALE_AFTER if is_report else settings.EVIDENCE_STALE_AFTER
    if evidence.effective_at is None or at - evidence.effective_at <= limit:
        return 0, 0
    return (at - evidence.effective_at).days, limit.days


def is_too_old(evidence: Evidence, at: datetime) -> bool:
    """Whether a file was older than it should be at this moment; one without a date is not."""
    return bool(_too_old(evidence, at)[0])


def old_words(evidence: Evidence, at: datetime) -> str:
    """How old a file was that was too old at this moment, without a full stop; "" where it was not."""
    days, _limit = _too_old(evidence, at)
    if not days:
        return ""
    if evidence.format == CREDENTIAL_REPORT:
        words = ngettext("This report was %(count)s day old", "This report was %(count)s days old", days)
    else:
        words = ngettext("This file was %(count)s day old", "This file was %(count)s days old", days)
    return words % {"count": days}


def _was_stale(evidence: Evidence, submitted_at: datetime) -> str:
    """What to say about a file that was too old when it was submitted; "" where it was not, or its date is unknown."""
    days, _limit = _too_old(evidence, submitted_at)
    if not days:
        return ""
    words = (
        ngettext(
            "This report was %(count)s day old when it was submitted.",
            "This report was %(count)s days old when it was submitted.",
            days,
        )
        if evidence.format == CREDENTIAL_REPORT
        else ngettext(
            "This file was %(count)s day old when it was submitted.",
            "This file was %(count)s days old when it was submitted.",
            days,
        )
    )
    return words % {"count": days}


def _stale(evidence: Evidence, *, with_vendor: bool) -> str:
    """What a row says of a file that is too old; once it was submitted there is nothing to advise any more."""
    if evidence.withdrawn_at:
        return ""
    if not with_vendor:
        return _was_stale(evidence, evidence.assessment.submitted_at or timezone.now())
    days, limit = _too_old(evidence, timezone.now())
    if not days:
        return ""
    if evidence.format == CREDENTIAL_REPORT:
        old = ngettext("This report is %(count)s day old.", "This report is %(count)s days old.", days)
        words = ngettext("Add one made in the last %(count)s day.", "Add one made in the last %(count)s days.", limit)
        advice = words % {"count": limit}
    else:
        old = ngettext("This file is %(count)s day old.", "This file is %(count)s days old.", days)
        advice = str(IMAGE_ADVICE)
    return f"{old % {'count': days}} {advice}"


def _label(evidence: Evidence) -> str:
    name = evidence.name.rsplit(".", 1)
    return name[1][:4].upper() if len(name) == 2 else evidence.get_kind_display()[:4].upper()


def _added(evidence: Evidence, reader: User) -> str:
    at = timezone.localtime(evidence.received_at)
    is_own, is_today = evidence.received_by_id == reader.pk, at.date() == timezone.localdate()
    if is_own:
        words = _("added by you at %(time)s") if is_today else _("added by you on %(day)s")
    else:
        words = _("added by %(name)s at %(time)s") if is_today else _("added by %(name)s on %(day)s")
    return words % {"name": evidence.received_by.name, "time": f"{at:%H:%M}", "day": day(at)}


def _stated_on(evidence: Evidence) -> date | None:
    is_stated = evidence.effective_source == "stated" and evidence.effective_at
    return timezone.localtime(evidence.effective_at).date() if is_stated else None


def _dated(evidence: Evidence) -> str:
    if evidence.effective_at is None:
        return ""
    words = _("generated %(day)s") if evidence.effective_source == "read" else _("taken %(day)s")
    return words % {"day": day(evidence.effective_at)}


def _facts(evidence: Evidence) -> str:
    rows = evidence.facts.get("rows")
    if evidence.format != CREDENTIAL_REPORT or rows is None:
        return ""
    words = ngettext("%(count)s row read", "%(count)s rows read", rows) % {"count": number_of(rows)}
    if len(evidence.accounts) != 1:
        return words
    return _("%(rows)s, account %(account)s") % {"rows": words, "account": evidence.accounts[0]}


_READING = {
    "partial": gettext_noop("read in part"),
    "refused": gettext_noop("not read"),
    "kept": gettext_noop("not checked by itself, but kept for a person to read"),
}


def _reading(evidence: Evidence, file: FileShown | None, checked: Checked | None, *, with_vendor: bool) -> str:
    if evidence.kind not in MACHINE_READABLE or evidence.withdrawn_at:
        return ""
    if file is not None:
        return _(_READING[file.status]) if file.status in _READING else ""
    is_waiting = with_vendor and (checked.is_pending if checked else evidence.read_at is None)
    return _("being checked") if is_waiting else ""


def _problems(evidence: Evidence, file: FileShown | None) -> list[str]:
    """What the evaluation says of the file itself; before that, what was found when it came in."""
    if file is None:
        return evidence.facts.get("problems") or []
    return [sentence for path, sentence in file.problems if not path]


def place_words(account: str, region: str) -> str:
    """Where a file is from, as the vendor said it."""
    words = _("account %(account)s, %(region)s")
    return words % {"account": account, "region": _("all regions") if region == GLOBAL else region}


def _lacks_place(evidence: Evidence, file: FileShown | None) -> bool:
    """Whether it is the answer of a command that names neither account nor region."""
    is_answer = evidence.kind == EvidenceKind.JSON and file is not None and file.format == AWS_CLI
    return is_answer and file.status == "partial" and not evidence.accounts and not evidence.stated_account


def _is_kept(evidence: Evidence) -> bool:
    """Whether it stays as it is: it was submitted, or is withdrawn already."""
    submitted_at = evidence.assessment.submitted_at
    return evidence.withdrawn_at is not None or bool(submitted_at and evidence.received_at <= submitted_at)


def row_of(
    evidence: Evidence,
    used: Sequence[tuple[int, bool]],
    reader: User,
    number: int | None = None,
    checked: Checked | None = None,
) -> FileRow:
    """The row of one file, whose `assessment` and `received_by` are fetched; `number` is the question it stands at.

    `used` are the questions it is used for, with whether the reader sees each; others are not named. `checked` is
    what was found in all files; without it the file has just come in.
    """
    file = checked.files.get(evidence.pk) if checked else None
    with_vendor = evidence.assessment.state in WITH_VENDOR
    wants_place = _lacks_place(evidence, file)
    inside = [(path, pieces(sentence)) for path, sentence in file.problems if path] if file else []
    can_be_removed = with_vendor and not _is_kept(evidence)
    numbers = sorted(one for one, is_seen in used if is_seen)
    is_shared = len(numbers) < len(used) and evidence.received_by_id != reader.pk
    return FileRow(
        pk=evidence.pk,
        name=evidence.name,
        label=_label(evidence),
        kind=evidence.kind,
        size=size_of(evidence.size),
        sha256=evidence.sha256,
        upload=evidence.upload_id,
        added=_added(evidence, reader),
        dated=_dated(evidence),
        stated_on=_stated_on(evidence),
        can_be_dated=can_be_removed and not is_shared and evidence.effective_source != "read",
        facts=_facts(evidence),
        reading="" if wants_place else _reading(evidence, file, checked, with_vendor=with_vendor),
        problems=[pieces(one) for one in ([str(NO_PLACE)] if wants_place else _problems(evidence, file))],
        is_bad=file is None or file.status != "kept",
        inside=inside,
        inside_count=file.problem_count if inside else 0,
        proves=[one for one in file.numbers if one in checked.shown] if file and checked else (),
        wants_place=wants_place and can_be_removed and not is_shared,
        place=place_words(evidence.stated_account, evidence.stated_region) if evidence.stated_account else "",
        accounts=evidence.accounts,
        numbers=numbers,
        has_preview=bool(evidence.preview),
        is_withdrawn=evidence.withdrawn_at is not None,
        can_be_removed=can_be_removed,
        is_shared=is_shared,
        stale=_stale(evidence, with_vendor=with_vendor),
        url=reverse("assessments:evidence-list", args=[evidence.assessment_id]) + f"{evidence.pk}/",
        elsewhere=_elsewhere(numbers, number),
    )


def rows_of(
    assessment: Assessment,
    reader: User,
    *,
    number: int | None = None,
    withdrawn: bool = False,
    checked: Checked | None = None,
) -> list[FileRow]:
    """The files of an assessment, newest first, as they stand at question `number`. Two queries, however many.

    With `withdrawn`, also those that were taken back. `checked` is what was found in them.
    """
    visible = Evidence.objects.visible_to(reader).for_answers().filter(assessment=assessment)
    files = visible if withdrawn else visible.kept()
    links: dict[int, list[tuple[int, bool]]] = {}
    for key, *used in _used(EvidenceLink.objects.filter(evidence__assessment=assessment), reader):
        links.setdefault(key, []).append(tuple(used))
    rows = []
    for evidence in files.select_related("received_by").order_by("-pk"):
        evidence.assessment = assessment
        rows.append(row_of(evidence, links.get(evidence.pk, []), reader, number, checked))
    first: dict[str, FileRow] = {}
    for row in reversed(rows):
        if not row.is_withdrawn:
            first.setdefault(row.sha256, row)
    return [replace(row, twin=_twin(row, first.get(row.sha256, row))) for row in rows]


def _used(links: QuerySet[EvidenceLink], reader: User) -> QuerySet[EvidenceLink, tuple[int, int, bool]]:
    """File, number of a question it is used for, and whether this person sees that question."""
    is_seen = Exists(Answer.objects.visible_to(reader).filter(pk=OuterRef("answer")))
    return links.annotate(is_seen=is_seen).values_list("evidence", "answer__criterion__number", "is_seen")


def held_against(rows: Iterable[FileRow], scope: Iterable[str]) -> list[FileRow]:
    """The rows with the accounts they are from that are not in scope; none of them while none is declared."""
    declared = set(scope)
    return [replace(row, outside=_outside(sorted(set(row.accounts) - declared)) if declared else "") for row in rows]


def _outside(accounts: Sequence[str]) -> str:
    if not accounts:
        return ""
    more = len(accounts) - NUMBERS
    words = [*accounts[:NUMBERS], _("%(count)s more") % {"count": number_of(more)}] if more > 0 else accounts
    sentence = ngettext("Account %(accounts)s is not in scope", "Accounts %(accounts)s are not in scope", len(accounts))
    return sentence % {"accounts": listed(words)}


def _twin(row: FileRow, first: FileRow) -> str:
    return first.name if row.can_be_removed and first.pk != row.pk else ""


def one_row(evidence: Evidence, reader: User, number: int | None = None, checked: Checked | None = None) -> FileRow:
    """The row of one file. Two queries. Staff see what it was submitted for, and nothing the vendor does after that."""
    links = EvidenceLink.objects.filter(evidence=evidence)
    if reader.staff_role:
        links = links.filter(at__lte=evidence.assessment.submitted_at)
    row = row_of(evidence, [tuple(used) for _, *used in _used(links, reader)], reader, number, checked)
    if not row.can_be_removed:
        return row
    same = Evidence.objects.visible_to(reader).filter(
        assessment=evidence.assessment, sha256=evidence.sha256, pk__lt=evidence.pk
    )
    return replace(row, twin=same.kept().order_by("pk").values_list("name", flat=True).first() or "")


def titles_of(assessment: Assessment, reader: User) -> list[tuple[int, str]]:
    """Number and short title of every question that this person can use a file for now. One query."""
    rows = Answer.objects.visible_to(reader).filter(assessment=assessment)
    if assessment.state == State.CHANGES_REQUESTED:
        rows = rows.filter(queries__round=assessment.round).distinct()
    rows = rows.select_related("criterion").order_by("criterion__number")
    rows = rows.only("criterion__number", "criterion__short_title", "criterion__translations")
    return [(row.criterion.number, row.criterion.words.short_title) for row in rows]


def is_with_vendor(assessment: Assessment) -> bool:
    """Whether files may still be added and taken back."""
    return assessment.state in WITH_VENDOR


def is_image(evidence: Evidence) -> bool:
    """Whether there is a preview to show."""
    return evidence.kind == EvidenceKind.IMAGE and bool(evidence.preview)
