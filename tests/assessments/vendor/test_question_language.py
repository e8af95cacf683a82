"""A vendor reads the questions in its language; what is stored, and what counts, is the same in each."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from assessments.forms.answers import AnswerForm, token
from assessments.models import Answer, Assessment
from assessments.queries import check_page, question_page
from assessments.queries.files import titles_of
from playbook.models import Criterion
from tests.assessments.findings import closed_with
from tests.assessments.spreadsheet.helpers import fetched, fill, upload
from tests.assessments.vendor.helpers import answer_to, at, sent
from users.models import User
from vendors.models import Vendor

QUESTION = "Ist die Verschlüsselung im Ruhezustand (encryption at rest) für RDS und alle anderen verwendeten"
ENGLISH = "Is encryption at rest turned on for RDS and all other data stores you use?"


@pytest.fixture
def german(rita: User) -> User:
    """Rita, who reads German."""
    User.objects.filter(pk=rita.pk).update(language="de")
    rita.refresh_from_db()
    return rita


def page_of(client: Client, assessment: Assessment, number: int) -> str:
    return unescape(client.get(at("answer-edit", assessment, number)).content.decode())


def marks(page: str) -> list[str]:
    return re.findall(r'name="choice"[^>]* value="(\w+)"', page)


def test_the_page_of_a_question(client: Client, german: User, in_progress: Assessment) -> None:
    client.force_login(german)
    page = page_of(client, in_progress, 8)
    for text in (
        "Verschlüsselung ·",
        f"<h1>{QUESTION} Datenspeicher eingeschaltet?</h1>",
        "Verschlüsselung im Ruhezustand schützt die Daten, wenn Speicher physisch kompromittiert wird",
        "Prüfen Sie jede aktive Region.",
        "Kein AWS-Konto verwendet einen Datenspeicherdienst.",
        "Die RDS-Liste „Databases“ mit der Spalte „Encrypted“",
        "aws rds describe-db-instances --output json",
        "8. Datenspeicher im Ruhezustand verschlüsselt",
        "9. EC2-Volumes und -Snapshots verschlüsselt",
    ):
        assert text in page
    (before, english) = page.split('<div class="fold-body" lang="en">')
    english, _, after = english.partition("</details>")
    assert ENGLISH in english
    assert "No AWS account uses any data store service." in english
    for text in (ENGLISH, "No AWS account uses", "Check every active region", "Data stores encrypted"):
        assert text not in before + after


def test_in_english_nothing_is_said_of_languages(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    page = page_of(client, in_progress, 8)
    assert f"<h1>{ENGLISH}</h1>" in page
    assert 'lang="en"' not in page.partition("<main")[2]


@pytest.mark.parametrize("number", [8, 31])
def test_values_and_order_are_those_of_the_english_page(
    client: Client, rita: User, in_progress: Assessment, number: int
) -> None:
    client.force_login(rita)
    english = marks(page_of(client, in_progress, number))
    User.objects.filter(pk=rita.pk).update(language="de")
    assert len(english) > 3
    assert marks(page_of(client, in_progress, number)) == english


def test_an_answer_given_in_german_is_the_same_answer(client: Client, german: User, in_progress: Assessment) -> None:
    client.force_login(german)
    answer = answer_to(in_progress, 8)
    client.post(at("answer-edit", in_progress, 8), sent(answer, choice=token("aws-core-8-a2")) | {"action": "save"})
    answer = answer_to(in_progress, 8)
    assert answer.statements == ["aws-core-8-a2"]
    options = question_page.options_of(answer)
    assert question_page.statements_chosen(answer, options) == ["No AWS account uses any data store service."]
    with override("de"):
        said = ["Kein AWS-Konto verwendet einen Datenspeicherdienst."]
        assert question_page.statements_chosen(answer, options) == said
        sheet = check_page.check_sheet(in_progress, german)
    assert sheet.domains[1][1] == "Verschlüsselung"
    row = sheet.domains[1][3][0]
    assert (row.title, row.texts) == ("Datenspeicher im Ruhezustand verschlüsselt", said)
    assert row.question.startswith(QUESTION)


def test_lists_are_german(client: Client, german: User, in_progress: Assessment) -> None:
    client.force_login(german)
    page = unescape(client.get(at("answer-list", in_progress)).content.decode())
    assert "Datenspeicher im Ruhezustand verschlüsselt" in page
    assert "Identitäts- und Zugriffsverwaltung" in page
    assert "Data stores encrypted" not in page
    page = unescape(client.get(at("assign", in_progress)).content.decode())
    assert "Datenspeicher im Ruhezustand verschlüsselt" in page
    with override("de"):
        assert dict(titles_of(in_progress, german))[8] == "Datenspeicher im Ruhezustand verschlüsselt"


def test_a_workbook_may_be_filled_in_in_either_language(client: Client, rita: User, in_progress: Assessment) -> None:
    """Somebody downloads it in German, and a colleague who reads English uploads it."""
    client.force_login(rita)
    english = fetched(client, in_progress)
    data = fill(english, ("Statement", 8, "Kein AWS-Konto verwendet einen Datenspeicherdienst."))
    preview = upload(client, in_progress, data)
    assert preview.context["proposal"].problems == []
    (proposed,) = preview.context["proposal"].changes
    assert proposed.change.content.statements == ["aws-core-8-a2"]
    with override("de"):
        form = AnswerForm(answer=answer_to(in_progress, 8), options=question_page.options_of(answer_to(in_progress, 8)))
        assert dict(form.fields["choice"].choices)[token("aws-core-8-a2")] == (
            "Kein AWS-Konto verwendet einen Datenspeicherdienst."
        )


def test_what_is_for_assessors_is_left_out_in_german_too(rita: User, in_progress: Assessment) -> None:
    """Each text shows as many steps as in English, without a word of the source, of notes or of keys."""
    answers = Answer.objects.filter(assessment=in_progress).select_related("criterion__domain", "assessment")
    shown: dict[str, list[tuple[int, int, int, bool]]] = {}
    german = []
    for language in ("en", "de"):
        with override(language):
            for answer in answers.prefetch_related("criterion__options", "criterion__evidence_requests"):
                sheet = question_page.question_sheet(answer, rita, question_page.options_of(answer))
                counts = (len(sheet.steps), len(sheet.additions), len(sheet.requests), bool(sheet.when))
                shown.setdefault(language, []).append(counts)
                german += [sheet.when, *sheet.steps, *sheet.additions, *(one.must_show for one in sheet.requests)]
    assert shown["de"] == shown["en"]
    text = "\n".join(german[len(german) // 2 :])
    assert "aws-core-19" in text or "aws-core-20" in text
    assert re.findall(r"aws-core-\d+-[af]|Quelle\b|Bewertungshinweis|Fragen Sie|Ergebnis von|assessor", text) == []


def test_staff_read_english(client: Client, ana: User, in_progress: Assessment) -> None:
    criterion = Criterion.objects.get(number=8, playbook=in_progress.playbook)
    client.force_login(ana)
    page = unescape(client.get(criterion.get_absolute_url(), headers={"accept-language": "de"}).content.decode())
    assert ENGLISH in page
    assert QUESTION not in page


def test_a_finding_says_the_words_of_the_playbook_in_german(
    client: Client, german: User, ana: User, acme: Vendor
) -> None:
    """What our analyst wrote stays as it is written; our own people read English."""
    finding = closed_with(acme, 8, by=ana)
    finding.what_to_do = f"Tell us when it is done.\n{finding.what_to_do}"
    finding.save(update_fields=["what_to_do"])
    client.force_login(german)
    page = client.get(reverse("assessments:finding-list")).content.decode()
    assert "Datenspeicher im Ruhezustand verschlüsselt" in page
    page = unescape(client.get(reverse("assessments:finding", args=[finding.pk])).content.decode())
    for text in (
        "<h1>Datenspeicher im Ruhezustand verschlüsselt</h1>",
        "<p>Datenspeicher enthalten Kundendaten in großer Menge",
        "<li>Tell us when it is done.</li><li>Erstellen Sie für jede unverschlüsselte RDS-Instanz einen Snapshot",
    ):
        assert text in page
    client.force_login(ana)
    page = unescape(client.get(reverse("assessments:finding", args=[finding.pk])).content.decode())
    assert "Data stores encrypted at rest" in page
    assert "Datenspeicher" not in page
