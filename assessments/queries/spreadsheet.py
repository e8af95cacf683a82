"""What the questionnaire as a spreadsheet is made from, and held against when it comes back."""

from dataclasses import dataclass

from django.db.models import Count, Q

from assessments.models import Answer, Assessment
from assessments.queries.vendor_pages import asked_of, row_of
from assessments.states import State
from users.models import User


@dataclass(frozen=True)
class SheetAnswer:
    """One answer with everything a row needs. Its statements are prefetched, its assessment is set."""

    answer: Answer
    status: str  # in words
    asked: list[str]  # what the analyst asks in this round
    is_open: bool  # for changes
    has_evidence: bool


def sheet_answers(assessment: Assessment, user: User) -> list[SheetAnswer]:
    """Every answer this person sees, by number. Three queries at most."""
    asked = asked_of(assessment)
    kept = Count("links", filter=Q(links__evidence__withdrawn_at=None))
    answers = (
        Answer.objects.visible_to(user)
        .filter(assessment=assessment)
        .select_related("criterion__domain", "updated_by")
        .prefetch_related("criterion__options")
        .annotate(file_count=kept)
        .order_by("criterion__number")
    )
    rows = []
    for answer in answers:
        answer.assessment = assessment
        row = row_of(answer, asked.get(answer.pk, ()))
        is_open = assessment.state == State.IN_PROGRESS or answer.pk in asked
        rows.append(SheetAnswer(answer, row.label, asked.get(answer.pk, []), is_open, bool(answer.file_count)))
    return rows
