"""The playbook in the browser of our own people."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django.asserts import assertTemplateUsed
from pytest_django.fixtures import DjangoAssertNumQueries

from playbook.loading import load
from playbook.models import EvidenceKind, Playbook
from playbook.schema import schema
from tests.playbook.samples import with_version
from users.models import User

PAGES = ["/criteria/", "/criteria/aws-core/2020-06/", "/criteria/aws-core/2020-06/13/"]
# The session and the person.
SIGNED_IN = 2


def text(response: HttpResponse) -> str:
    """What stands in the main part of the page."""
    assert response.status_code == 200
    page = response.content.decode()
    return page[page.index("<main") : page.index("</main>")]


def leaves(value: object) -> list[object]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [value] if children is None else [leaf for child in children for leaf in leaves(child)]


@pytest.mark.parametrize("role", ["analyst", "manager", "administrator"])
@pytest.mark.parametrize("page", PAGES)
def test_staff_see_every_page(client: Client, playbook: Playbook, role: str, page: str, ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(staff_role=role)
    client.force_login(ana)
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_vendors_see_none(client: Client, playbook: Playbook, page: str, rita: User) -> None:
    client.force_login(rita)
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_strangers_sign_in_first(client: Client, playbook: Playbook, page: str) -> None:
    response = client.get(page)
    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={page}")


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_reading(client: Client, playbook: Playbook, page: str, ana: User) -> None:
    client.force_login(ana)
    assert client.post(page).status_code == 405


@pytest.mark.parametrize(
    "page",
    [
        "/criteria/gcp-core/2020-06/",
        "/criteria/aws-core/1999/",
        "/criteria/aws-core/1999/1/",
        "/criteria/aws-core/2020-06/0/",
        "/criteria/aws-core/2020-06/34/",
        "/criteria/aws-core/2020-06/99999999999999999999999/",
        "/criteria/aws-core/%00/",
    ],
)
def test_what_is_not_there(client: Client, playbook: Playbook, page: str, ana: User) -> None:
    client.force_login(ana)
    assert client.get(page).status_code == 404


def test_nothing_published_yet(client: Client, ana: User) -> None:
    client.force_login(ana)
    response = client.get("/criteria/")
    assertTemplateUsed(response, "playbook/none.html")
    assert "manage.py seed_playbook" in text(response)


def test_the_list_names_every_criterion_its_severity_and_what_was_reconstructed(
    client: Client, playbook: Playbook, ana: User
) -> None:
    client.force_login(ana)
    page = text(client.get("/criteria/"))
    rows = re.findall(r'<tr><td class="r num">(\d+)</td>.*?rowlink" href="([^"]+)">([^<]+)</a>', page)
    assert rows == [
        (str(row.number), f"/criteria/aws-core/2020-06/{row.number}/", escape(row.short_title))
        for row in playbook.criteria.all()
    ]
    assert page.count('<span class="tag tag-violet">Reconstructed</span>') == 18
    assert "<strong>18 questions are reconstructed.</strong>" in page
    assert page.count('<span class="tag tag-red">Critical</span>') == 5
    assert [page.count(f">{label}</span>") for label in ("Critical", "High", "Medium", "Low")] == [5, 12, 14, 2]


def test_the_list_shows_domains_errata_scale_and_licence(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    page = text(client.get("/criteria/"))
    errata = [erratum for row in playbook.criteria.all() for erratum in row.errata]
    assert len(errata) == 18
    shown = [
        [[domain.name, domain.what, domain.why] for domain in playbook.domains.all()],
        [[erratum["source_problem"], erratum["we_use"]] for erratum in errata],
        list(playbook.severity_scale.values()),
        playbook.evidence_kinds,
        playbook.evidence_rules,
        playbook.content_sha256,
        # Everything of the header except its slug, which is in the addresses.
        {key: value for key, value in playbook.data.items() if key != "slug"},
    ]
    assert [leaf for leaf in leaves(shown) if escape(str(leaf)) not in page] == []
    assert '<a href="https://creativecommons.org/licenses/by-sa/4.0/" rel="license noreferrer">' in page


def test_versions_can_be_chosen(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    assert '<nav aria-label="Versions">' not in text(client.get("/criteria/"))
    load(with_version("2021-01"), "new.yaml")
    newest, old = text(client.get("/criteria/")), text(client.get("/criteria/aws-core/2020-06/"))
    assert '<a href="/criteria/aws-core/2021-01/" aria-current="page">aws-core 2021-01</a>' in newest
    assert '<a href="/criteria/aws-core/2020-06/" aria-current="page">aws-core 2020-06</a>' in old
    assert "/criteria/aws-core/2021-01/13/" in newest
    assert "/criteria/aws-core/2021-01/13/" not in old


# Fields whose stored word is told in other words; the value is what the page says.
WORDS = {
    "adapted-from-heading": "Adapted from the source",
    "reconstructed": "Question reconstructed",
    "single-response": "One statement",
    "multi-response": "Several statements",
}


@pytest.mark.parametrize("number", range(1, 34))
def test_the_page_of_a_criterion_shows_every_field(client: Client, playbook: Playbook, ana: User, number: int) -> None:
    client.force_login(ana)
    page = text(client.get(f"/criteria/aws-core/2020-06/{number}/"))
    row = playbook.criteria.get(number=number)
    shown = [
        [row.code, row.short_title, row.question, row.why_important, row.domain.name],
        [
            row.get_severity_display(),
            row.severity_rationale,
            row.assessor_note or "None",
            row.secure_answer.capitalize(),
        ],
        [WORDS[row.question_source], WORDS[row.answer_type]],
        [row.validation_steps, row.validation_additions, row.remediation, row.applicability["when"]],
        [row.applicability["covered_by"] or "", "Allowed" if row.not_applicable_allowed else "Not allowed"],
        [[option.key, option.text] for option in row.options.all()],
        [[EvidenceKind(item.kind).label, item.must_show, item.commands] for item in row.evidence_requests.all()],
        [[link["url"], link.get("current_url", "")] for link in row.console_urls],
        [[link["title"], link["url"], link["original_url"] or ""] for link in row.more_info],
        [[f"Figure {figure['number']}: {figure['caption']}"] for figure in row.figures],
        [[f"{item['value']} {item['unit']}", item["meaning"]] for item in row.thresholds],
        [[erratum["source_problem"], erratum["we_use"]] for erratum in row.errata],
    ]
    assert [leaf for leaf in leaves(shown) if escape(str(leaf)) not in page] == []
    assert ("Question reconstructed" in page) == (row.question_source == "reconstructed")
    assert ("Our own steps" in page) == (row.validation_source == "ours")
    assert page.count(">Required</span>") == sum(item.required for item in row.evidence_requests.all())
    assert page.count("Its plain answer is") == sum(bool(option.literal_answer) for option in row.options.all())


def test_the_literal_answer_is_explained(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    page = text(client.get("/criteria/aws-core/2020-06/15/"))
    assert "Its plain answer is “yes”, although the secure answer is “no”." in page


def test_neighbours(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    pages = {number: text(client.get(f"/criteria/aws-core/2020-06/{number}/")) for number in (1, 13, 33)}
    links = {number: re.findall(r'rel="(prev|next)" href="([^"]+)"', page) for number, page in pages.items()}
    assert links == {
        1: [("next", "/criteria/aws-core/2020-06/2/")],
        13: [("prev", "/criteria/aws-core/2020-06/12/"), ("next", "/criteria/aws-core/2020-06/14/")],
        33: [("prev", "/criteria/aws-core/2020-06/32/")],
    }


def test_links_out_carry_no_referrer(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    for page in PAGES:
        links = re.findall(r'<a [^>]*href="https?://[^>]*>', text(client.get(page)))
        assert [link for link in links if "noreferrer" not in link] == []
        assert links


def test_queries_do_not_grow_with_the_content(
    client: Client, playbook: Playbook, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(ana)
    for versions in (1, 2):
        with django_assert_num_queries(SIGNED_IN + 4):
            client.get("/criteria/")
        # 5 has three times the rows of 28 and more; both cost the same.
        for number in (5, 28):
            with django_assert_num_queries(SIGNED_IN + 5):
                client.get(reverse("playbook:criterion-detail", args=["aws-core", "2020-06", number]))
        if versions == 1:
            load(with_version("2021-01"), "new.yaml")


def test_kinds_of_evidence_keep_their_order(client: Client, playbook: Playbook, ana: User) -> None:
    """PostgreSQL sorts the keys of a JSON column by length."""
    client.force_login(ana)
    page = text(client.get("/criteria/"))
    places = [page.index(f"<dt>{kind.label}</dt><dd>{playbook.evidence_kinds[kind]}</dd>") for kind in EvidenceKind]
    assert places == sorted(places)


def test_the_schema_and_the_pages_know_the_same_kinds_of_evidence() -> None:
    kinds = schema()["properties"]["evidence_kinds"]["required"]
    assert (
        kinds
        == schema()["$defs"]["criterion"]["properties"]["evidence_expected"]["items"]["properties"]["kind"]["enum"]
    )
    assert kinds == list(EvidenceKind)


def test_evidence_that_is_required_makes_the_rest_optional(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    one, four = (text(client.get(f"/criteria/aws-core/2020-06/{number}/")) for number in (1, 4))
    marks = [[page.count(word) for word in (">Required<", ">Optional<", "Any one is enough")] for page in (one, four)]
    assert marks == [[0, 0, 1], [1, 2, 0]]
