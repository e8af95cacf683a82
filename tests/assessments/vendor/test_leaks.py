"""Nothing a vendor receives tells which side a statement is on."""

import hashlib
import html
import re

import pytest
from django.test import Client

from assessments.actions.answers import AnswerContent, save
from assessments.forms.answers import shuffled, token
from assessments.models import Assessment, Evaluation
from playbook.models import Criterion, Side
from tests.assessments.vendor.helpers import JSON, add, answer_to, at, bad, keys_of, sent
from tests.assessments.vendor.test_shown import bundle, scope
from tests.factories import evaluate, make_assessment
from users.models import User
from vendors.models import Vendor

KEY = re.compile(r"aws-core-\d+-[af]\d", re.IGNORECASE)
WORDS = re.compile(r"acceptable|failure|secure.answer|assessor", re.IGNORECASE)
# Said by the playbook itself, about when a question does not apply; it names no statement and no side.
KNOWN = "see the assessor note"


def assert_neutral(text: str) -> None:
    assert KEY.findall(text) == []
    assert WORDS.findall(text.replace(KNOWN, "")) == []


def test_no_page_of_a_question_leaks(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    for number in range(1, 34):
        assert_neutral(client.get(at("answer-edit", in_progress, number)).content.decode())


@pytest.mark.parametrize("side", Side)
def test_chosen_statements_leak_nowhere(
    client: Client, rita: User, tom: User, in_progress: Assessment, side: str
) -> None:
    answer = answer_to(in_progress, 13)
    content = AnswerContent(kind="statements", statements=[keys_of(answer, side)[0]], notes="x")
    save(answer=answer, content=content, base_version=0, complete=True, by=tom)
    client.force_login(rita)
    for name in ("answer-list", "submit-check"):
        assert_neutral(client.get(at(name, in_progress)).content.decode())
    assert_neutral(client.get(at("answer-edit", in_progress, 13)).content.decode())
    for reply in (
        client.post(at("answer-edit", in_progress, 13), sent(answer, choice=bad(answer)) | {"action": "save"}),
        client.post(at("answer-draft", in_progress, 13), sent(answer, choice=bad(answer), notes="y"), **JSON),
    ):
        assert reply.status_code == 409
        assert_neutral(reply.content.decode())


def test_what_files_show_tells_no_side_no_response_and_no_lead(
    client: Client, rita: User, in_progress: Assessment
) -> None:
    scope(in_progress, "999999999999", "555555555555", by=rita)
    client.force_login(rita)
    add(client, in_progress, bundle(), 13)
    evaluate(in_progress)
    for number, side in ((13, Side.ACCEPTABLE), (18, Side.ACCEPTABLE), (14, Side.FAILURE), (12, Side.ACCEPTABLE)):
        content = AnswerContent(kind="statements", statements=[keys_of(answer_to(in_progress, number), side)[0]])
        save(answer=answer_to(in_progress, number), content=content, base_version=0, complete=True, by=rita)
    leads = {
        lead["reason"] for found in Evaluation.objects.filter(answer__assessment=in_progress) for lead in found.leads
    }
    assert len(leads) > 5
    reasons = {
        one["reason"] for found in Evaluation.objects.filter(answer__assessment=in_progress) for one in found.resources
    }
    pages = [("answer-shown", number) for number in range(1, 34)]
    for name, *more in [*pages, ("answer-edit", 13), ("answer-list",), ("submit-check",), ("evidence-list",)]:
        page = html.unescape(client.get(at(name, in_progress, *more)).content.decode())
        assert_neutral(page)
        assert [lead for lead in leads - reasons if lead in page] == []


def test_read_only_pages_leak_nothing(client: Client, acme: Vendor, rita: User) -> None:
    assessment = make_assessment(vendor=acme, state="closed")
    client.force_login(rita)
    for number in (1, 13, 31):
        page = client.get(at("answer-edit", assessment, number)).content.decode()
        assert_neutral(page)
        assert "result-" not in page.replace("result-none", "")


def test_all_statements_are_drawn_alike(client: Client, rita: User, in_progress: Assessment) -> None:
    client.force_login(rita)
    page = client.get(at("answer-edit", in_progress, 13)).content.decode()
    form = page[page.index('id="answer-form"') : page.index('<div class="or"')]
    labels = re.findall(r"<label class=.*?</label>", form, re.DOTALL)
    bare = {re.sub(r'id_choice_\d|value="\w+"|<span>.*?</span>', "", label, flags=re.DOTALL) for label in labels}
    assert (len(labels), len(bare)) == (3, 1)


def test_values_are_opaque() -> None:
    keys = [f"aws-core-13-{side}{number}" for side in "af" for number in (1, 2)]
    assert len({token(key) for key in keys}) == 4
    assert all(re.fullmatch("[0-9a-f]{10}", token(key)) for key in keys)
    # Whoever knows the keys, which are published, cannot make what stands on the page.
    assert token("aws-core-13-f1") != hashlib.sha256(b"aws-core-13-f1").hexdigest()[:10]


def test_order_is_stable_and_mixes_the_sides(in_progress: Assessment) -> None:
    criteria = Criterion.objects.filter(playbook=in_progress.playbook).prefetch_related("options")
    firsts = []
    for criterion in criteria:
        options = list(criterion.options.all())
        order = [option.key for option in shuffled(criterion.code, options)]
        assert order == [option.key for option in shuffled(criterion.code, reversed(options))]
        assert sorted(order) == sorted(option.key for option in options)
        firsts.append(next(option.side for option in options if option.key == order[0]))
    # By chance alone about half of them begin with either side.
    assert 10 <= firsts.count(Side.FAILURE) <= 23


def test_several_chosen_statements_come_back_in_no_telling_order(rita: User, in_progress: Assessment) -> None:
    from assessments.forms.answers import fields_of  # noqa: PLC0415 -- beside its only use

    answer = answer_to(in_progress, 31)
    keys = keys_of(answer, Side.ACCEPTABLE) + keys_of(answer, Side.FAILURE)
    answer.kind, answer.statements = "statements", keys
    assert fields_of(answer)["choice"] == sorted(token(key) for key in keys)
