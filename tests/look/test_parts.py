"""Shared parts, drawn: fields, error summary, results, grades, states and the page for errors."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string

from assessments.scoring import Result
from assessments.states import LABELS


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(help_text="As in the contract")
    note = forms.CharField(required=False, widget=forms.Textarea)
    tier = forms.ChoiceField(
        choices=[("high", "High"), ("low", "Low")], widget=forms.RadioSelect, help_text="Sets the depth"
    )
    agreed = forms.BooleanField(label="I agree")


def drawn(form: forms.Form) -> str:
    helper = FormHelper()
    helper.form_tag = False
    return render_crispy_form(form, helper)


def field(html: str, name: str) -> str:
    """The markup of one field."""
    start = html.index(f'id="div_id_{name}"')
    following = html.find('id="div_id_', start + 1)
    return html[start : following if following >= 0 else None]


def test_a_field_reads_label_hint_error_input() -> None:
    html = field(drawn(Sample({})), "name")
    places = [
        html.index(part)
        for part in ('<label for="id_name"', "As in the contract", "Name is missing", '<input type="text"')
    ]
    assert places == sorted(places)


def test_hint_and_error_are_joined_to_the_input() -> None:
    html = drawn(Sample({}))
    entry = re.search(r'<input type="text"[^>]*>', html).group(0)
    assert 'aria-describedby="id_name_helptext id_name_error"' in entry
    assert 'aria-invalid="true"' in entry
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_only_optional_fields_are_marked() -> None:
    html = drawn(Sample())
    assert "(optional)" in field(html, "note")
    assert "(optional)" not in field(html, "name")
    assert "asterisk" not in html
    assert "*" not in re.sub(r"<[^>]+>", "", html)


def test_radio_buttons_are_a_group_with_a_legend() -> None:
    html = field(drawn(Sample({})), "tier")
    assert '<fieldset aria-describedby="id_tier_helptext id_tier_error">' in html
    assert re.search(r"<legend[^>]*>Tier</legend>", html)
    assert html.count('type="radio"') == 2


def test_a_hint_is_escaped() -> None:
    form = Sample()
    form.fields["name"].help_text = "<b>bold</b>"
    assert "&lt;b&gt;bold" in drawn(form)


def test_the_error_summary_links_to_each_input() -> None:
    html = render_to_string("partials/error_summary.html", {"form": Sample({})})
    assert "There is a problem" in html
    assert re.findall(r'href="#([\w-]+)"', html) == ["id_name", "id_tier_0", "id_agreed"]
    page = drawn(Sample({}))
    for target in ("id_name", "id_tier_0", "id_agreed"):
        assert f'id="{target}"' in page


def test_the_error_summary_is_absent_without_errors() -> None:
    data = {"name": "Acme", "tier": "high", "agreed": "on"}
    assert render_to_string("partials/error_summary.html", {"form": Sample(data)}).strip() == ""
    assert render_to_string("partials/error_summary.html", {"form": Sample()}).strip() == ""


WORDS = {
    "met": "Met",
    "partly_met": "Partly met",
    "not_met": "Not met",
    "not_verified": "Not verified",
    "not_applicable": "Not applicable",
}


@pytest.mark.parametrize("result", list(Result))
def test_a_result_is_a_word_and_a_shape(result: Result) -> None:
    html = render_to_string("partials/result.html", {"result": result.value})
    assert re.sub(r"<[^>]+>", "", html).strip() == WORDS[result.value]
    others = {render_to_string("partials/result.html", {"result": other.value}) for other in Result if other != result}
    shape = re.search(r"#i-(\w+)", html).group(1)
    assert all(f"#i-{shape}" not in other for other in others)


def test_no_result_yet_is_said() -> None:
    assert "Not scored" in render_to_string("partials/result.html", {"result": ""})


@pytest.mark.parametrize(
    ("context", "words"),
    [({"grade": "B"}, "Grade B"), ({"grade": "B", "draft": True}, "Draft grade B"), ({"grade": ""}, "–No grade yet")],
)
def test_a_grade_is_spoken(context: dict[str, object], words: str) -> None:
    assert re.sub(r"<[^>]+>", "", render_to_string("partials/grade.html", context)).strip() == words


@pytest.mark.parametrize("state", list(LABELS))
def test_a_state_has_its_words(state: str) -> None:
    html = render_to_string("partials/state_tag.html", {"state": str(state)})
    assert re.sub(r"<[^>]+>", "", html).strip() == LABELS[state]


def test_the_error_page_needs_no_request() -> None:
    context = {"title": "Page not found", "words": "Check the address.", "reference": "8C41", "status": 404}
    html = render_to_string("errors/page.html", context)
    assert "<h1>Page not found</h1>" in html
    assert "8C41" in html
    assert html.count("<h1") == 1


def test_an_unknown_page_shows_it(client: object, db: None) -> None:
    reply = client.get("/nowhere/")
    assert reply.status_code == 404
    assert b"Page not found" in reply.content
    assert b'lang="en-gb"' in reply.content


def test_the_sign_in_page_has_what_every_page_has(client: object, db: None) -> None:
    html = client.get("/accounts/login/").content.decode()
    assert re.search(r"<title>Sign in · Assay</title>", html)
    assert '<a class="skip" href="#main">' in html
    assert 'id="main"' in html
    assert html.count("<h1") == 1
    assert 'id="live-polite" role="status"' in html
    assert 'id="live-assertive" role="alert"' in html
    assert "RiskRecon AWS Assessment Playbook (June 2020)" in html
    assert "CC BY-SA 4.0" in html


def test_a_page_with_errors_says_so_in_its_title(client: object, db: None) -> None:
    html = client.post("/accounts/login/", {}).content.decode()
    assert "<title>Error: Sign in · Assay</title>" in html


def test_nobody_can_sign_up(client: object, db: None) -> None:
    html = client.get("/accounts/signup/").content.decode()
    assert "Assay is by invitation" in html
    assert "<form" not in html
