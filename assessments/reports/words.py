"""The words and figures of the report that do not depend on one assessment. Pure."""

from collections.abc import Sequence
from decimal import Decimal

RESULTS = {
    "met": "Met",
    "partly_met": "Partly met",
    "not_met": "Not met",
    "not_verified": "Not verified",
    "not_applicable": "Not applicable",
    "": "Not reviewed",
}
RESULT_CLASSES = {
    "met": "met",
    "partly_met": "partly",
    "not_met": "notmet",
    "not_verified": "unverified",
    "not_applicable": "na",
    "": "pending",
}
MEANINGS = {
    "met": ("The evidence matches an acceptable response for every account in scope.", "All"),
    "partly_met": ("Most of the scope is acceptable, and the exceptions are known and written down.", "Half"),
    "not_met": ("The evidence matches a failure response.", "None"),
    "not_verified": ("The answer may be right, but the evidence does not show it.", "None"),
    "not_applicable": ("The question does not concern this vendor. It is left out of the score.", "Left out"),
}
SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}
SEVERITY_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3}
TIERS = {
    "critical": "Critical vendor",
    "high": "High tier vendor",
    "medium": "Medium tier vendor",
    "low": "Low tier vendor",
}
ASSURANCES = {"verified": "Verified", "documented": "Documented", "asserted": "Asserted", "": "–"}
ANSWERS = {
    "": "Not answered",
    "none_fits": "None of the statements fits",
    "not_applicable": "Not applicable",
    "unknown": "Not known yet",
}
DECISIONS = {"approved": "Approved", "conditions": "Approved with conditions", "rejected": "Rejected"}
FINDING_STATES = {
    "": "Not raised",
    "open": "Open",
    "planned": "Fix planned",
    "fixed": "Fixed, to be checked",
    "verified": "Verified as fixed",
    "accepted": "Risk accepted",
}
SIDES = {"acceptable": "Acceptable response", "failure": "Failure response"}
KINDS = {"image": "Image", "csv": "CSV", "json": "JSON", "pdf": "PDF", "text": "Text", "zip": "ZIP"}
FORMATS = {"iam-credential-report": "IAM credential report"}
PLACES = {
    "question": "question",
    "validation_steps": "validation steps",
    "acceptable_responses": "acceptable responses",
    "failure_responses": "failure responses",
    "figures": "figures",
    "more_info": "links",
    "console_urls": "console links",
    "why_important": "reason",
}


def plural(number: int, one: str, many: str | None = None) -> str:
    """1 question, 2 questions."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def within(days: int | None) -> str:
    """By when a finding of a priority is due."""
    return "at the next assessment" if days is None else f"within {plural(days, 'day')}"


def number(value: Decimal) -> str:
    """A decimal without needless zeros: 8, 0.5, 107.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def score(value: Decimal | None) -> str:
    """A score with one decimal, or a dash while nothing is scored."""
    return "–" if value is None else f"{value:.1f}"


def file_size(size: int) -> str:
    """Bytes in the unit a reader would choose: 812 bytes, 12.3 kB, 4.0 MB."""
    if size < 1_000:
        return plural(size, "byte")
    if size < 1_000_000:
        return f"{size / 1_000:.1f} kB"
    return f"{size / 1_000_000:.1f} MB"
