"""The criteria of the playbook, each one function from what is known to what it shows."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.criteria import (
    account_management,
    encryption,
    identity,
    monitoring,
    network,
    processes,
)
from assessments.evaluators.estate import Estate
from assessments.evaluators.result import Evaluation

Criterion = Callable[[Estate, datetime | None], Evaluation]

# A domain names its own; the order is that of the playbook.
CRITERIA: Final[dict[str, Criterion]] = {
    **account_management.CRITERIA,
    **encryption.CRITERIA,
    **identity.CRITERIA,
    **network.CRITERIA,
    **monitoring.CRITERIA,
    **processes.CRITERIA,
}
