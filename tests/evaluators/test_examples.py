"""The shared examples with the verdicts that were written by hand."""

from typing import Any

import pytest

from assessments.evaluators.criteria import CRITERIA
from tests.evaluators.shared import FIXTURES, expected, outcome_of, refs

REPORTS = expected("credential-reports")
CASES = [
    *(
        (f"{name} {key[9:]}", name, None, key, row)
        for name in ("acme-good", "acme-bad")
        for key, row in expected(name).items()
    ),
    *(
        (f"{name} {key[9:]}", f"credential-reports/{name}", report["as_of"], key, row)
        for name, report in REPORTS.items()
        if name != "_meta"
        for key, row in report["verdicts"].items()
    ),
    *(
        (f"{path.suffixes[-2:]} {key[9:]}", f"prowler/{path.name}", None, key, row)
        for path in sorted((FIXTURES / "prowler").glob("prowler-output*"))
        for key, row in expected("prowler").items()
    ),
]
# Without the entries that describe a file.
CHOSEN = [case for case in CASES if case[3] in CRITERIA]


def test_every_criterion_has_its_function() -> None:
    assert list(CRITERIA) == [f"aws-core-{number}" for number in range(1, 34)]


@pytest.mark.parametrize(
    ("name", "as_of", "key", "row"), [case[1:] for case in CHOSEN], ids=[case[0] for case in CHOSEN]
)
def test_example(name: str, as_of: str | None, key: str, row: dict[str, Any]) -> None:
    """Where `strict` is false undetermined is a fair answer too; an expected undetermined is then for information."""
    evaluation = outcome_of(name, as_of).criteria[key]
    if not row["strict"] and "undetermined" in (evaluation.state, row["state"]):
        return
    assert evaluation.state == row["state"], evaluation.explanation
    if row.get("response"):
        assert f"{key}-{row['response'].lower()}" in evaluation.responses
    elif "response" in row:
        assert len(evaluation.responses) != 1  # none fits, or more than one
    if evaluation.state != "undetermined":
        named = set(refs(evaluation))
        assert set(row["resources"]) - named == set()
        assert named - set(row["resources"]) - set(row.get("tolerate", ())) == set()


def test_every_explanation_says_something() -> None:
    for name in ("acme-good", "acme-bad"):
        for key, evaluation in outcome_of(name).criteria.items():
            assert len(evaluation.explanation) > 20, (name, key)


def test_good_covers_six_accounts_and_needs_none_of_the_suspended_one() -> None:
    coverage = outcome_of("acme-good").criteria["aws-core-5"].coverage
    assert (coverage.required, coverage.seen, coverage.missing) == (6, 6, ())


@pytest.mark.parametrize(
    ("name", "status", "problem"),
    [
        ("01-classic.csv", "read", None),
        ("05-excel-us-ambiguous.csv", "partial", "Day and month cannot be told apart in the dates. "),
        ("08-empty.csv", "refused", "The file is empty. "),
        ("09-header-only.csv", "refused", "This credential report has a header and no rows. "),
        ("10-not-a-report.csv", "kept", "This table is no credential report "),
        ("11-login-page.csv", "refused", "This is a web page. "),
        ("12-cli-wrapper.json", "read", None),
        ("15-truncated.csv", "partial", "1 row is damaged and was left out (line 6). "),
        ("16-no-root-row.csv", "partial", "Account 111122223333 has no root row, "),
        ("27-new-key-never-used.csv", "read", None),
    ],
)
def test_every_file_is_named_with_what_became_of_it(name: str, status: str, problem: str | None) -> None:
    (file,) = outcome_of(f"credential-reports/{name}", "2026-11-20T08:00:00Z").files
    assert (file.path, file.status) == (f"credential-reports/{name}", status)
    assert file.problem is None if problem is None else (file.problem or "").startswith(problem)
