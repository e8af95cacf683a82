"""Network and storage open to the Internet: criteria 19 to 24."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.estate import Estate
from assessments.evaluators.result import Evaluation

CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {}
