"""The questionnaire goes out as a spreadsheet, comes back, and says what it was made to say."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from assessments.models import Answer, Assessment
from audit.models import Event
from playbook.models import Side
from tests.assessments.spreadsheet.helpers import confirm, fetched, fill, upload, would_change, wrong
from tests.assessments.vendor.helpers import answer_to, keys_of
from tests.factories import answer_with
from users.models import User

NUMBER = 13


def text_of(assessment: Assessment, number: int, side: str = Side.ACCEPTABLE, place: int = 0) -> str:
    options = answer_to(assessment, number).criterion.options.filter(side=side)
    return list(options.order_by("order").values_list("text", flat=True))[place]


def test_an_unchanged_file_changes_nothing(client: Client, rita: User, in_progress: Assessment) -> None:
    answer = answer_to(in_progress, 31)
    answer_with(answer, *keys_of(answer, Side.ACCEPTABLE), by=rita, notes="=1+1\n_x0041_ + – ü\ttab")
    before = list(Answer.objects.values("pk", "version", "notes"))
    client.force_login(rita)
    page = upload(client, in_progress, fetched(client, in_progress))
    assert page.status_code == 200
    assert "Nothing to change" in page.content.decode()
    assert (wrong(page), would_change(page), page.context["packed"]) == ([], {}, "")
    assert list(Answer.objects.values("pk", "version", "notes")) == before


def test_what_is_filled_in_is_shown_and_stored_when_confirmed(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    client.force_login(rita)
    day = timezone.localdate() + timedelta(days=90)
    chosen = text_of(in_progress, NUMBER, Side.FAILURE)
    data = fill(
        fetched(client, in_progress),
        ("Kind of answer", NUMBER, "Statement"),
        ("Statement", NUMBER, chosen),
        ("Notes", NUMBER, "Two accounts are left."),
        ("Plan to fix", NUMBER, "Roll it out."),
        ("By when", NUMBER, day),
        ("Completed", NUMBER, "Yes"),
    )
    page = upload(client, in_progress, data)
    assert would_change(page) == {
        NUMBER: [
            ("Answer", "", chosen),
            ("Notes", "", "Two accounts are left."),
            ("Plan to fix", "", "Roll it out."),
            ("By when", "", f"{day.day} {day:%B %Y}"),
            ("Completed", "No", "Yes"),
        ]
    }
    assert answer_to(in_progress, NUMBER).version == 0
    done = confirm(client, in_progress, page)
    assert [str(message) for message in done.context["messages"]] == ["1 answer saved from your spreadsheet."]
    answer = answer_to(in_progress, NUMBER)
    assert answer.content() == {
        "kind": "statements",
        "statements": keys_of(answer, Side.FAILURE)[:1],
        "reason": "",
        "notes": "Two accounts are left.",
        "plan": "Roll it out.",
        "plan_due_on": day.isoformat(),
        "is_complete": True,
    }
    assert (answer.version, answer.updated_by) == (1, rita)
    assert Event.objects.filter(target=f"answer:{answer.pk}").values_list("kind", flat=True)[0] == "answer.completed"
    assert Event.objects.filter(target=f"answer:{answer.pk}").count() == 1
