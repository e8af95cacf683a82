"""A second look on the pages: asked for, scored blind, held against the first results, settled."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assessments.actions import findings, notes, reviews
from assessments.actions import second_looks as actions
from assessments.actions.reviews import ReviewContent
from assessments.actions.second_looks import Sample
from assessments.models import Assessment, Campaign, Review, SecondLook, SecondReview
from tests import factories
from tests.assessments.staff.pages import add_evidence, address, count_queries, make_report, said, texts
from tests.assessments.test_second_looks import answer, scored_as
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

CANARY = "canary of the first"
SECOND = "canary of the second"
BLIND = "You take a second look at this assessment. You see the first results once it is finished."


@pytest.fixture
def ines(db: None) -> User:
    """The second analyst."""
    return factories.make_staff("Ines Duarte")


@pytest.fixture
def scored(acme: Vendor, rita: User, ana: User) -> Assessment:
    """In review: Ana has found all met but question 3, and leaves her words wherever there is room for them."""
    assessment = factories.make_assessment(vendor=acme, state="submitted", analyst=ana)
    content = ReviewContent("partly_met", (), CANARY, CANARY)
    reviews.review_answer(answer=answer(assessment, 3), content=content, base_version=0, by=ana)
    reviews.ask(answer=answer(assessment, 3), text=CANARY, by=ana)
    notes.add_note(answer=answer(assessment, 3), text=CANARY, by=ana)
    return factories.review_all(assessment, by=ana)


@pytest.fixture
def look(scored: Assessment, ines: User, ana: User) -> SecondLook:
    """Questions 3 and 4, asked for and not begun."""
    return actions.ask(assessment=scored, analyst=ines, sample=Sample(numbers=(3, 4)), form_key=uuid4(), by=ana)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def finish(look: SecondLook) -> SecondLook:
    content = ReviewContent("not_met", (), SECOND)
    actions.score(look=look, answer=answer(look.assessment, 3), content=content, base_version=0, by=look.analyst)
    scored_as(look, 4, "met")
    return actions.finish(look=look, by=look.analyst)


def test_the_analyst_asks_for_a_drawn_sample(scored: Assessment, ines: User, ana: User) -> None:
    client = client_of(ana)
    assert "Ask for a second look" in texts(client.get(address("detail", scored.pk)))
    page = client.get(address("second-list", scored.pk))
    assert [person.name for person in page.context["ask"].fields["analyst"].queryset] == ["Ines Duarte"]
    form = {"analyst": ines.pk, "which": "draw", "count": "5", "form_key": str(uuid4())}
    reply = client.post(address("second-ask", scored.pk), form, follow=True)
    assert said(reply) == ["Ines Duarte was asked for a second look."]
    assert len(SecondLook.objects.get().sample) == 5
    assert "Ines Duarte has scored 0 of 5 questions blind." in texts(reply)
    assert "They were drawn at random from each severity, in proportion." in texts(reply)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"which": "choose", "numbers": "3 and 4"}, "Enter the numbers of questions, with commas between"),
        ({"which": "choose", "numbers": "3, 77"}, "There is no question 77"),
        ({"which": "draw", "count": ""}, "Enter how many questions are drawn, as a number"),
        ({"which": "draw", "count": "34"}, "Draw 1 to 33 questions"),
    ],
)
def test_what_cannot_be_asked_keeps_what_was_typed(
    scored: Assessment, ines: User, ana: User, typed: dict[str, str], problem: str
) -> None:
    form = {"analyst": ines.pk, "form_key": str(uuid4()), **typed}
    reply = client_of(ana).post(address("second-ask", scored.pk), form)
    assert reply.status_code == 422
    assert problem in texts(reply)
    assert f'value="{ines.pk}" selected' in reply.content.decode()
    assert not SecondLook.objects.exists()


def test_the_worklist_shows_it_to_the_second_analyst_alone(look: SecondLook, ines: User, ana: User) -> None:
    scored_as(look, 4, "met")
    page = texts(client_of(ines).get(address("worklist")))
    assert "Second looks for you" in page
    assert "1 of 2 scored" in page
    assert "Second looks for you" not in texts(client_of(ana).get(address("worklist")))


def test_the_second_analyst_sees_nothing_of_the_first(look: SecondLook, ines: User, ana: User) -> None:
    findings.raise_finding(answer=answer(look.assessment, 3), by=ana)
    report = make_report(look.assessment, ana)
    pk = look.assessment_id
    file = add_evidence(look.assessment, 3, look.assessment.submitted_by)
    file.file.save("x", ContentFile(b"{}"))
    client = client_of(ines)
    for page in (
        client.get(address("second-edit", pk, 3)),
        client.get(address("evidence-view", pk, file.pk), {"question": 3}),
        client.get(address("second-list", pk)),
        client.get(address("worklist")),
        client.get(address("finding-list")),
        client.get(address("event-list", pk)),
        client.get(address("compare"), {"vendor": look.assessment.vendor_id}),
    ):
        assert page.status_code == 200
        assert CANARY not in page.content.decode()
        assert "Partly met</span>" not in page.content.decode().replace("</svg>Partly met</span><kbd", "")
    assert client.get(address("report-status", report.pk)).status_code == 404
    assert client.get(address("finding", answer(look.assessment, 3).finding.pk)).status_code == 404
    for name, *arguments in (("detail", pk), ("score-edit", pk, 3), ("score-edit", pk, 9), ("against", pk)):
        reply = client.get(address(name, *arguments), follow=True)
        assert reply.redirect_chain == [(address("second-list", pk), 302)]
        assert said(reply) == [BLIND]
        assert CANARY not in reply.content.decode()
    for name in ("close", "send-back", "report-create"):
        reply = client.post(address(name, pk), follow=True)
        assert CANARY not in reply.content.decode()
        assert BLIND in said(reply)
    look.assessment.refresh_from_db()
    assert look.assessment.state == "submitted"


def pages_with_scores(client: Client, assessment: Assessment) -> dict[str, str]:
    """The words of every page and file that shows the score of an assessment which is not closed."""
    vendor = assessment.vendor_id
    campaign = Campaign.objects.create(
        name="All", playbook=assessment.playbook, due_on=assessment.due_on, created_by=assessment.analyst
    )
    Assessment.objects.filter(pk=assessment.pk).update(campaign=campaign)
    pages = {
        "portfolio": client.get(address("portfolio")),
        "export": client.get(address("portfolio-export", "csv")),
        "comparison": client.get(address("compare"), {"vendor": vendor}),
        "list": client.get(address("list")),
        "campaign": client.get(address("campaign", campaign.pk)),
        "vendor": client.get(reverse("vendors:detail", args=[vendor])),
        "worklist": client.get(address("worklist")),
        "calendar": client.get(address("calendar")),
    }
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 200)
    return {name: texts(page) for name, page in pages.items()}


def test_no_page_shows_the_second_analyst_the_score(look: SecondLook, ines: User, ana: User) -> None:
    first = look.assessment
    first.refresh_from_db()
    score, grade = f"{first.score}", first.grade
    assert len({score, grade, *first.domain_scores.values()} - {None}) > 2  # so that no other number is mistaken for it
    seen = pages_with_scores(client_of(ana), first)
    shows = {name for name, words in seen.items() if score in words}
    assert shows == {"portfolio", "export", "comparison", "list", "campaign", "vendor"}
    domains = {one for one in first.domain_scores.values() if one not in {None, "10.0"}}
    for name, words in pages_with_scores(client_of(ines), first).items():
        hidden = [score, f"Draft grade {grade}", *domains]
        assert [one for one in hidden if one in words] == [], name
        assert " 10.0 " not in words, name


@pytest.mark.parametrize("query", [{"grade": "B"}, {"grade": "A"}, {"grade": "below_c"}])
def test_no_filter_tells_the_second_analyst_the_grade(look: SecondLook, ines: User, ana: User, query: dict) -> None:
    Assessment.objects.filter(pk=look.assessment_id).update(grade={"below_c": "F"}.get(query["grade"], query["grade"]))
    found = [client_of(user).get(address("portfolio"), query).context["sheet"].rows for user in (ana, ines)]
    assert [len(rows) for rows in found] == [1, 0]


@pytest.mark.parametrize("sort", ["score", "encryption"])
def test_no_order_tells_the_second_analyst_the_score(look: SecondLook, ines: User, ana: User, sort: str) -> None:
    other = factories.make_assessment(vendor=factories.make_vendor("Zebra"), state="closed")
    Assessment.objects.filter(pk=look.assessment_id).update(score="1.0", domain_scores={"encryption": "1.0"})
    Assessment.objects.filter(pk=other.pk).update(score="9.0", domain_scores={"encryption": "9.0"})

    def first_name(user: User) -> str:
        return client_of(user).get(address("portfolio"), {"sort": sort}).context["sheet"].rows[0].name

    assert (first_name(ana), first_name(ines)) == ("Acme Payments", "Zebra")


def test_no_figure_tells_the_second_analyst_the_grade(look: SecondLook, ines: User, ana: User) -> None:
    Assessment.objects.filter(pk=look.assessment_id).update(grade="F")
    figures = [client_of(user).get(address("portfolio")).context["sheet"].kpis.below_c for user in (ana, ines)]
    assert figures == [1, 0]


def test_the_pages_do_show_the_first_once_it_is_finished(look: SecondLook, ines: User, ana: User) -> None:
    finish(look)
    pk = look.assessment_id
    for user in (ines, ana):
        client = client_of(user)
        assert CANARY in client.get(address("score-edit", pk, 3)).content.decode()
        page = client.get(address("second-list", pk)).content.decode()
        assert CANARY in page
        assert SECOND in page


def test_the_first_analyst_sees_nothing_of_the_second_before(
    look: SecondLook, ines: User, ana: User, max: User
) -> None:
    content = ReviewContent("not_met", (), SECOND)
    actions.score(look=look, answer=answer(look.assessment, 3), content=content, base_version=0, by=ines)
    pk = look.assessment_id
    for user in (ana, max):
        client = client_of(user)
        for page in (
            client.get(address("second-list", pk)),
            client.get(address("score-edit", pk, 3)),
            client.get(address("detail", pk)),
        ):
            assert page.status_code == 200
            assert SECOND not in page.content.decode()
        assert "Ines Duarte has scored 1 of 2 questions blind." in texts(client.get(address("second-list", pk)))
    assert client_of(ana).get(address("second-edit", pk, 3)).status_code == 404


def score_form(result: str = "not_met", deviation: str = SECOND, **more: object) -> dict[str, object]:
    return {"result": result, "deviation": deviation, "base_version": 0, "action": "next", **more}


def test_scoring_goes_from_question_to_question_and_ends_on_the_list(look: SecondLook, ines: User) -> None:
    client, pk = client_of(ines), look.assessment_id
    reply = client.post(address("second-edit", pk, 3), score_form(deviation=""))
    assert reply.status_code == 422
    assert "Choose a statement, or write what you saw" in texts(reply)
    reply = client.post(address("second-edit", pk, 3), score_form())
    assert reply.url == address("second-edit", pk, 4)
    reply = client.post(address("second-edit", pk, 3), score_form("met"))
    assert reply.status_code == 409
    assert "You changed this result in another window. Save again to keep what is here." in texts(reply)
    assert 'name="base_version" value="1"' in reply.content.decode()
    reply = client.post(address("second-finish", pk), follow=True)
    assert said(reply) == ["Score question 4 first."]
    reply = client.post(address("second-edit", pk, 4), score_form("met"), follow=True)
    assert said(reply) == ["Every question of the second look has a result. Finish it to see both sides."]
    reply = client.post(address("second-finish", pk), follow=True)
    assert said(reply) == ["The second look is finished. Both sides see all results now."]
    assert client.get(address("second-edit", pk, 4)).status_code == 404
    assert client.get(address("second-edit", pk, 5)).status_code == 404


def test_the_agreement_is_shown_with_its_meaning(look: SecondLook, max: User) -> None:
    finish(look)
    page = texts(client_of(max).get(address("second-list", look.assessment_id)))
    # First partly met and met, second not met and met: 1 of 2; expected 1/4; (1/2 - 1/4) / (3/4) = 1/3.
    assert "The two agree on 1 of 2 questions (50 %)." in page
    assert "Cohen’s kappa: 0.33, fair agreement." in page
    assert "With so few questions it is a rough figure." in page
    assert "1 difference to settle" in page
    detail = texts(client_of(max).get(address("detail", look.assessment_id)))
    assert "Ines Duarte agrees on 1 of 2 , kappa 0.33" in detail.replace("2,", "2 ,")
    assert "Settle 1 difference" in detail


def settle(client: Client, pk: int, number: int = 3, **typed: str) -> HttpResponse:
    form = {f"q{number}-{name}": value for name, value in typed.items()}
    return client.post(address("second-settle", pk, number), form, follow=True)


def test_a_manager_settles_with_a_reason(look: SecondLook, max: User) -> None:
    finish(look)
    client, pk = client_of(max), look.assessment_id
    reply = settle(client, pk, how="second")
    assert reply.status_code == 422
    assert "Write the reason" in texts(reply)
    reply = settle(client, pk, how="other", reason="Kept typing.")
    assert reply.status_code == 422
    assert "Choose a result" in texts(reply)
    assert "Kept typing." in reply.content.decode()
    reply = settle(client, pk, how="second", reason="Ines is right.")
    assert said(reply) == ["Question 3 is settled."]
    assert "Take the second result: Ines is right." in texts(reply)
    assert "difference to settle" not in texts(reply)
    review = Review.objects.get(answer=answer(look.assessment, 3))
    assert (review.result, review.deviation, review.note, review.by) == ("not_met", SECOND, CANARY, max)
    reply = settle(client, pk, how="first", reason="No.")
    assert said(reply) == ["There is nothing to settle here, or it is settled already."]


def test_an_unsettled_difference_keeps_the_assessment_open(look: SecondLook, ana: User) -> None:
    finish(look)
    reviews.remove_query(query=answer(look.assessment, 3).queries.get(), by=ana)
    reply = client_of(ana).post(address("close", look.assessment_id), follow=True)
    assert said(reply) == ["Settle 1 difference of the second look first, under “Second look”."]
    assert f'href="{address("second-list", look.assessment_id)}#settle"' in reply.content.decode()


def test_it_is_called_off_by_who_may_ask(look: SecondLook, ana: User, max: User) -> None:
    reply = client_of(max).post(address("second-call-off", look.assessment_id), follow=True)
    assert said(reply) == ["The second look was called off."]
    assert not SecondLook.objects.exists()
    assert client_of(max).post(address("second-call-off", look.assessment_id)).status_code == 404


def test_queries_do_not_grow_with_questions_and_differences(scored: Assessment, ines: User, ana: User) -> None:
    def asked(*numbers: int) -> SecondLook:
        SecondLook.objects.all().delete()
        sample = Sample(numbers=numbers)
        return actions.ask(assessment=scored, analyst=ines, sample=sample, form_key=uuid4(), by=ana)

    counts = []
    for numbers in ((3, 4), (3, 4, 5, 6, 7, 8, 9)):
        look, client = asked(*numbers), client_of(ines)
        blind = [count_queries(client, address(*page)) for page in (("second-list", scored.pk), ("worklist",))]
        bench = count_queries(client, address("second-edit", scored.pk, 3))
        for number in numbers:
            scored_as(look, number, "not_met")
        actions.finish(look=look, by=ines)
        assert SecondReview.objects.unsettled().count() == len(numbers)
        counts.append([*blind, bench, count_queries(client, address("second-list", scored.pk))])
    assert counts[0] == counts[1]
