"""What a gap is called, by the playbook and the analyst's own words: for a finding, and for a report without one."""

from collections.abc import Mapping, Sequence

from assessments.models import Review
from playbook.models import Criterion, ResponseOption, Side

NOT_SHOWN = "The evidence does not show what the answer says."


def what_we_saw(review: Review, options: Mapping[str, ResponseOption]) -> tuple[str, ...]:
    """The analyst's note, or else the failure responses found and the deviation written down.

    `options` are the criterion's, by key, in the playbook's order.
    """
    if review.note:
        return (review.note,)
    failures = [one.text for key, one in options.items() if key in review.matched and one.side == Side.FAILURE]
    return (*failures, *filter(None, [review.deviation])) or (NOT_SHOWN,)


def why_it_matters(criterion: Criterion) -> str:
    """What could happen, as the playbook says it."""
    return criterion.severity_rationale or criterion.why_important


def what_to_do(criterion: Criterion) -> Sequence[str]:
    """The steps of the playbook."""
    return tuple(criterion.remediation)
