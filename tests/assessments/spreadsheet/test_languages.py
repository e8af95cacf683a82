"""A questionnaire downloaded in one language comes back in another, and means the same."""

import pytest
from django.test import Client
from django.utils import translation

from assessments.models import Answer, Assessment
from playbook.models import Side
from tests.assessments.spreadsheet.helpers import confirm, fetched, fill, upload, would_change, wrong
from tests.assessments.vendor.helpers import answer_to, keys_of
from tests.factories import answer_with
from users.models import User

NUMBER = 13


def speaks(client: Client, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
    client.force_login(User.objects.get(pk=user.pk))


@pytest.mark.parametrize(("down", "up"), [("de", "en-gb"), ("en-gb", "de"), ("de", "de")])
def test_an_unchanged_file_changes_nothing_in_any_language(
    client: Client, rita: User, in_progress: Assessment, down: str, up: str
) -> None:
    answer = answer_to(in_progress, NUMBER)
    answer_with(answer, *keys_of(answer, Side.ACCEPTABLE), by=rita, notes="As before.")
    before = list(Answer.objects.values("pk", "version", "statements"))
    speaks(client, rita, down)
    data = fetched(client, in_progress)
    speaks(client, rita, up)
    page = upload(client, in_progress, data)
    assert (wrong(page), would_change(page)) == ([], {})
    assert list(Answer.objects.values("pk", "version", "statements")) == before


@pytest.mark.parametrize(("down", "up"), [("de", "en-gb"), ("en-gb", "de")])
def test_a_statement_chosen_in_one_language_is_stored_in_another(
    client: Client, rita: User, in_progress: Assessment, down: str, up: str
) -> None:
    criterion = answer_to(in_progress, NUMBER).criterion
    option = criterion.options.filter(side=Side.ACCEPTABLE).order_by("order")[0]
    with translation.override(down):
        chosen = criterion.words.statement(option)
    speaks(client, rita, down)
    data = fill(
        fetched(client, in_progress),
        ("Kind of answer", NUMBER, "Statement"),
        ("Statement", NUMBER, chosen),
        ("Notes", NUMBER, "Two accounts are left."),
        ("Completed", NUMBER, "Yes"),
    )
    speaks(client, rita, up)
    page = upload(client, in_progress, data)
    assert wrong(page) == []
    confirm(client, in_progress, page)
    answer = answer_to(in_progress, NUMBER)
    assert (answer.kind, answer.statements, answer.notes) == ("statements", [option.key], "Two accounts are left.")
    assert answer.is_complete
