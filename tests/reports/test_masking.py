"""Ids in a new report: access key ids are masked unless a setting says otherwise, account ids where one asks for it."""

import dataclasses
import json

import pytest
from django.conf import LazySettings

from assessments.models import Assessment
from assessments.reports import text
from assessments.reports.build import build_snapshot
from assessments.reports.snapshot import Snapshot
from tests.factories import answer_with, review_all, review_with
from tests.reports import samples
from tests.reports.test_build import TODAY, add_evidence, answer_to
from tests.reports.test_extracts import OLD, key, report, row
from tests.reports.test_render import flat, text_of
from tests.test_settings import production
from users.models import User

ID, TEMPORARY = "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPL2"
STARS = "*" * 16


def noted(words: str) -> Snapshot:
    """A snapshot in which the first answer has these notes."""
    whole = samples.full()
    first, *others = whole.criteria
    return dataclasses.replace(whole, criteria=(dataclasses.replace(first, notes=words), *others))


@pytest.mark.parametrize(
    ("words", "keys", "accounts"),
    [
        (f"{ID} and {TEMPORARY}.", f"{STARS}MPLE and {STARS}MPL2.", f"{ID} and {TEMPORARY}."),
        (f"key={ID},old", f"key={STARS}MPLE,old", f"key={ID},old"),
        (f"{ID}X {ID[:-1]} x{ID}", f"{ID}X {ID[:-1]} x{ID}", f"{ID}X {ID[:-1]} x{ID}"),
        ("111122223333: bob", "111122223333: bob", "********3333: bob"),
        ("arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/bob",
         "arn:aws:iam::********3333:user/bob"),
        ("1111222233334 a111122223333 11112222333", "1111222233334 a111122223333 11112222333",
         "1111222233334 a111122223333 11112222333"),
    ],
)  # fmt: skip
def test_all_but_the_last_four_characters(words: str, keys: str, accounts: str) -> None:
    snapshot = noted(words)
    assert text.masked(snapshot, key_ids=True, account_ids=False).criteria[0].notes == keys
    assert text.masked(snapshot, key_ids=False, account_ids=True).criteria[0].notes == accounts
    assert text.masked(snapshot, key_ids=False, account_ids=False) == snapshot


def test_digests_stay_whole() -> None:
    whole = samples.full()
    item = dataclasses.replace(whole.evidence[0], sha256="111122223333", preview=ID, name=f"{ID}.csv")
    masked = text.masked(dataclasses.replace(whole, evidence=(item,)), key_ids=True, account_ids=True).evidence[0]
    assert (masked.sha256, masked.preview, masked.name) == ("111122223333", ID, f"{STARS}MPLE.csv")


@pytest.fixture
def answered(in_progress: Assessment, rita: User, ana: User) -> Assessment:
    """Ids in the vendor's notes, in the analyst's words, in a file name and in an extract."""
    answer_with(answer_to(in_progress, 13), "aws-core-13-a2", by=rita, notes=f"{ID} of 111122223333 is gone.")
    content = report(row(f"job-{ID}", **key(1, OLD, OLD)))
    add_evidence(in_progress, rita, 13, content=content, name=f"{ID}.csv", kind="csv", content_type="text/csv",
                 format="iam-credential-report", accounts=["111122223333"])  # fmt: skip
    Assessment.objects.filter(pk=in_progress.pk).update(state="submitted")
    assessment = Assessment.objects.get(pk=in_progress.pk)
    review_with(answer_to(assessment, 13), "not_met", by=ana, note=f"{ID} still works.")
    return review_all(assessment, by=ana)


def ids_in(snapshot: Snapshot) -> tuple[str, ...]:
    one, item = snapshot.criteria[12], snapshot.evidence[0]
    finding = next(each for each in snapshot.findings if each.question == 13)
    assert item.extract is not None
    users = [row.cells[0] for row in item.extract.rows if row.cells[0].startswith("job-")]
    return (one.notes, one.note, *finding.what_we_saw, item.name, *users, *item.accounts)


@pytest.mark.django_db
def test_a_new_report_masks_key_ids_and_shows_accounts(answered: Assessment) -> None:
    snapshot = build_snapshot(answered, TODAY)
    assert ids_in(snapshot) == (
        f"{STARS}MPLE of 111122223333 is gone.",
        f"{STARS}MPLE still works.",
        f"{STARS}MPLE still works.",
        f"{STARS}MPLE.csv",
        f"job-{STARS}MPLE",
        "111122223333",
    )
    assert ID not in snapshot.to_json()


@pytest.mark.django_db
def test_settings_turn_the_one_off_and_the_other_on(answered: Assessment, settings: LazySettings) -> None:
    settings.REPORT_MASK_KEY_IDS, settings.REPORT_MASK_ACCOUNT_IDS = False, True
    snapshot = build_snapshot(answered, TODAY)
    assert ids_in(snapshot) == (
        f"{ID} of ********3333 is gone.",
        f"{ID} still works.",
        f"{ID} still works.",
        f"{ID}.csv",
        f"job-{ID}",
        "********3333",
    )
    assert "111122223333" not in snapshot.to_json()


def test_a_report_made_before_stays_as_it_is() -> None:
    old = noted(f"The key {ID} is gone.")
    again = Snapshot.from_json(old.to_json())
    assert again.digest() == old.digest()
    assert ID in flat(text_of(samples.rendered(again)))


def test_both_come_from_the_environment() -> None:
    names = ("REPORT_MASK_KEY_IDS", "REPORT_MASK_ACCOUNT_IDS")
    assert json.loads(production({}, *names).stdout) == {names[0]: True, names[1]: False}
    turned = {names[0]: "0", names[1]: "1"}
    assert json.loads(production(turned, *names).stdout) == {names[0]: False, names[1]: True}
