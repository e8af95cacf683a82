"""What is left of the evaluators' words for a vendor: all that was found, and nothing on how it is judged."""

import re
from datetime import UTC, datetime

import pytest

from assessments.evaluators import Source, evaluate
from assessments.queries.neutral import first_sentence, neutral
from tests.assessments.vendor.helpers import report
from tests.evaluators.shared import FIXTURES

JUDGED = re.compile(r"acceptable|failure|\bresponses?\b|playbook|assessor|the vendor", re.IGNORECASE)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2 IAM users have a password for the AWS console.", "2 IAM users have a password for the AWS console."),
        (
            "No acceptable response is left, since not all active keys can be well-kept keys of third parties: 5 keys "
            "are 90 days or older, root's, or a person's.",
            "Not all active keys can be well-kept keys of third parties: 5 keys are 90 days or older, root's, or a "
            "person's.",
        ),
        (
            "Root was used in the 7 days before the report in 1 account. Ask why root was used: one use is no proof of "
            "routine, so no response of the playbook fits.",
            "Root was used in the 7 days before the report in 1 account.",
        ),
        (
            "No secrets store is in use, and 2 plain parameters or variables are named like secrets: this points to "
            "the failure response. Say where secrets are kept.",
            "No secrets store is in use, and 2 plain parameters or variables are named like secrets. Say where secrets "
            "are kept.",
        ),
        (
            "6 EBS volumes are not encrypted. If these hold no sensitive data the vendor has to say so and show it: "
            "AWS does not know.",
            "6 EBS volumes are not encrypted. If these hold no sensitive data you have to say so and show it: AWS does "
            "not know.",
        ),
        (
            "No RDS database was found. The vendor may say that the question is not applicable.",
            "No RDS database was found. You may say that the question is not applicable.",
        ),
        (
            "Patching was not proven. To be settled: 111122223333/eu-west-1/instance/i-1: Not seen; and 4 more",
            "Patching was not proven.",
        ),
        (
            "The role failure-response holds AdministratorAccess.",
            "The role failure-response holds AdministratorAccess.",
        ),
        ("", ""),
    ],
)
def test_words_for_judges_are_left_out(said: str, read: str) -> None:
    assert neutral(said) == read


@pytest.mark.parametrize("folder", ["acme-bad", "acme-good", "credential-reports", "prowler"])
def test_no_summary_of_the_examples_tells_a_side(folder: str) -> None:
    files = [path for path in sorted((FIXTURES / folder).rglob("*")) if path.is_file() and path.name != "expected.json"]
    groups = [files] if folder.startswith("acme") else [[file] for file in files]
    summaries = set()
    for group in groups:
        sources = [Source(f"1/{file.relative_to(FIXTURES)}", file.read_bytes, NOW) for file in group]
        summaries |= {found.summary for found in evaluate(sources, scope=["111122223333"]).criteria.values()}
    assert len(summaries) > 20
    read = [neutral(text).replace("incident response plan", "") for text in summaries]
    assert [text for text in read if JUDGED.search(text)] == []


def test_a_summary_keeps_what_was_found() -> None:
    data = report(users=3).read()
    outcome = evaluate([Source("1/report.csv", lambda: data, NOW)], scope=["111122223333"])
    assert neutral(outcome.criteria["aws-core-13"].summary).startswith("3 active access keys were never used")


def test_the_first_sentence_ends_at_its_full_stop() -> None:
    text = "AWS Organizations is not in use: 2 accounts stand alone. Add `aws organizations list-accounts`."
    assert first_sentence(text) == "AWS Organizations is not in use: 2 accounts stand alone."
    assert first_sentence("i-62cdf194dbd945b22 runs t3.micro here.") == "i-62cdf194dbd945b22 runs t3.micro here."
