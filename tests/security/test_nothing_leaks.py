"""Links in logs, sides of statements, and text nobody limited."""

import json
import logging

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from assessments.forms.answers import shuffled, token
from assessments.models import Assessment
from audit.models import Event
from config.logs import json_formatter
from playbook.models import Criterion, Side
from tests import factories
from users.models import User
from vendors.models import Vendor

SECRET = "b3Blbi1zZXNhbWUtb3Blbi1zZXNhbWU"


def written(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines as the product writes them."""
    formatter = json_formatter()
    return [json.loads(formatter.format(record))["event"] for record in caplog.records]


@pytest.mark.parametrize(
    ("path", "method", "line"),
    [
        (f"/join/{SECRET}/", "head", "Method Not Allowed (HEAD): /join/[hidden]/"),
        (f"/join/{SECRET}/more", "get", "Not Found: /join/[hidden]/more"),
        (f"/accounts/mail/{SECRET}/", "head", "Method Not Allowed (HEAD): /accounts/mail/[hidden]/"),
        (
            f"/accounts/password/reset/key/1-{SECRET}/",
            "post",
            "Forbidden (CSRF cookie not set.): /accounts/password/reset/key/[hidden]/",
        ),
        (f"/accounts/confirm-email/MQ:{SECRET}/x", "get", "Not Found: /accounts/confirm-email/[hidden]/x"),
    ],
)
def test_no_log_line_holds_a_link_that_works(
    ana: User, caplog: pytest.LogCaptureFixture, path: str, method: str, line: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    getattr(client, method)(path)
    assert written(caplog) == [line]


def test_no_traceback_in_the_log_holds_one() -> None:
    try:
        raise ValueError(f"/join/{SECRET}/")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "bad", (), (type(error), error, error.__traceback__))
    line = json.loads(json_formatter().format(record))
    assert "ValueError: /join/[hidden]/" in line["exception"]


def _looks(criterion: Criterion) -> list[tuple[str, str]]:
    """What a page shows of the statements: token and side, in the order of the page."""
    return [(token(option.key), option.side) for option in shuffled(criterion.code, criterion.options.all())]


def test_the_sides_of_statements_cannot_be_worked_out_from_the_published_playbook(in_progress: Assessment) -> None:
    criteria = list(Criterion.objects.filter(playbook=in_progress.playbook).prefetch_related("options"))
    here = [_looks(criterion) for criterion in criteria]
    assert [_looks(criterion) for criterion in criteria] == here
    with override_settings(SECRET_KEY="z" * 50):
        there = [_looks(criterion) for criterion in criteria]
    assert not {mark for looks in here for mark, _ in looks} & {mark for looks in there for mark, _ in looks}
    # The order tells nothing either: on another installation the sides stand otherwise.
    assert [[side for _, side in looks] for looks in here] != [[side for _, side in looks] for looks in there]
    assert {side for looks in here for _, side in looks} == set(Side)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("x" * 2_001, "The reason must be 2,000 characters or less. Nothing was changed."),
        ("New\x00facts", "Null characters are not allowed."),
    ],
)
def test_the_reason_for_reopening_is_limited(
    client: Client, acme: Vendor, rita: User, ana: User, max: User, reason: str, words: str
) -> None:
    assessment = factories.make_assessment(vendor=acme, state="closed", by=ana)
    client.force_login(max)
    response = client.post(reverse("assessments:reopen", args=[assessment.pk]), {"reason": reason}, follow=True)
    assert [str(one) for one in response.context["messages"]] == [words]
    assert Assessment.objects.get(pk=assessment.pk).state == "closed"


def test_a_changed_name_is_in_the_trail(client: Client, tom: User) -> None:
    client.force_login(tom)
    look = {"name": "Tom Other", "theme": "light", "language": "en-gb", "has_single_keys": "on"}
    for _ in range(2):  # the same again changes nothing
        client.post("/accounts/profile/", look)
    (event,) = Event.objects.filter(kind="profile.changed")
    assert (event.actor, event.target) == (tom.pk, f"user:{tom.pk}")
    assert [event.detail.data[when]["name"] for when in ("before", "after")] == ["Tom Adeyemi", "Tom Other"]
