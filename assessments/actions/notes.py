"""Remarks of our own people."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from assessments.models import Answer, Assessment, InternalNote
from audit.trail import record
from users.models import User

SAME = timedelta(minutes=5)  # the same words again within this time are a second click


@transaction.atomic
def add_note(*, answer: Answer, text: str, by: User) -> InternalNote:
    """Keep a remark on one question. The trail says that there is one, and not what it says."""
    Assessment.objects.select_for_update().get(pk=answer.assessment_id)
    now = timezone.now()
    again = InternalNote.objects.filter(answer=answer, text=text.strip(), by=by, at__gt=now - SAME).first()
    if again is not None:
        return again
    note = InternalNote.objects.create(answer=answer, text=text.strip(), by=by, at=now)
    record(
        kind="note.added",
        by=by,
        vendor=answer.assessment.vendor_id,
        target=f"answer:{answer.pk}",
        details={"note": note.pk},
    )
    return note
