"""Mail about assessments: a link and no content, and no vendor's name."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.urls import reverse

from outbox.actions import enqueue
from outbox.letters import Letter, register


def tell_leads(*, assessment: object, kind: str) -> None:
    """One mail to each active lead of the vendor, and an invitation's own mail is sent apart."""
    from vendors.models import Member, MemberRole  # noqa: PLC0415 -- letters are registered before models load

    leads = Member.objects.filter(
        vendor=assessment.vendor_id, role=MemberRole.LEAD, is_active=True, user__is_active=True
    )
    for member in leads.select_related("user"):
        enqueue(kind=kind, to=member.user.email, params={"assessment": assessment.pk}, vendor=assessment.vendor_id)


def tell_staff(*, assessment: object, kind: str) -> None:
    """One mail to the assigned analyst, or to who sent the assessment where nobody is assigned."""
    person = assessment.analyst or assessment.sent_by
    if person is not None and person.is_active:
        enqueue(kind=kind, to=person.email, params={"assessment": assessment.pk}, vendor=assessment.vendor_id)


def _writer(
    states: set[str], url_name: str, subject: str, words: str
) -> Callable[[Mapping[str, object]], Letter | None]:
    """A writer for a mail that is dropped when the assessment has left these states meanwhile."""

    def write(params: Mapping[str, object]) -> Letter | None:
        from assessments.models import Assessment  # noqa: PLC0415 -- models are not loaded when the app registers

        assessment = Assessment.objects.filter(pk=params["assessment"], vendor__archived_at=None).first()
        if assessment is None or (states and assessment.state not in states):
            return None
        link = settings.SITE_URL + reverse(url_name, args=[assessment.pk])
        due = (
            f" The answers are due on {assessment.due_on:%-d %B %Y}." if assessment.due_on and "{due}" in words else ""
        )
        return Letter(
            subject.format(organisation=settings.ORGANISATION_NAME),
            "Hello,\n\n" + words.format(organisation=settings.ORGANISATION_NAME, due=due) + f"\n\n{link}\n",
        )

    return write


def register_letters() -> None:
    """Called once, when the app starts."""
    register(
        "assessment.sent",
        _writer(
            {"in_progress"},
            "assessments:answer-list",
            "{organisation} asks about your AWS security",
            "{organisation} has sent you questions about how you run AWS.{due} "
            "Your work is saved as you go, and nothing is sent until you submit. Open the questions:",
        ),
    )
    register(
        "assessment.sent_back",
        _writer(
            {"changes_requested"},
            "assessments:answer-list",
            "{organisation} has a question about your answers",
            "{organisation} has read your answers and asks for more on some of them.{due} "
            "Only these are open for changes. Open them:",
        ),
    )
    register(
        "assessment.submitted",
        _writer(
            {"submitted"},
            "assessments:detail",
            "Assay: answers were submitted",
            "A vendor has submitted its answers. Open the assessment:",
        ),
    )
    register(
        "report.ready",
        _writer(
            set(),
            "assessments:detail",
            "Assay: a report is ready",
            "The report you asked for is ready. Open the assessment:",
        ),
    )
