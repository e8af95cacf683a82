"""Cohen's kappa: how far two people agree beyond chance. Pure: plain values in, exact fractions out.

J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960), 37-46.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from assessments.marking import gettext_noop

# The least rounded value of each band and its meaning, from the top: Landis and Koch, "The measurement of observer
# agreement for categorical data", Biometrics 33 (1977), 159-174.
_BANDS = (
    (Decimal("0.81"), gettext_noop("almost perfect agreement")),
    (Decimal("0.61"), gettext_noop("substantial agreement")),
    (Decimal("0.41"), gettext_noop("moderate agreement")),
    (Decimal("0.21"), gettext_noop("fair agreement")),
    (Decimal("0.00"), gettext_noop("slight agreement")),
)
_BELOW = gettext_noop("less agreement than chance alone would give")
_NOTHING = gettext_noop("Nothing was compared, so there is no kappa.")
_ONE_CATEGORY = gettext_noop(
    "Both gave every question the same one result. They agree fully, but chance would give the same, so kappa is not "
    "defined."
)


@dataclass(frozen=True)
class Kappa:
    """The agreement of two people about the same things.

    `observed` is the share they agree on and `expected` the share that chance would give, both 0 to 1 and None where
    nothing was compared. `value` is (observed - expected) / (1 - expected), -1 to 1; None where it is not defined.
    """

    count: int
    agreed: int
    observed: Fraction | None
    expected: Fraction | None
    value: Fraction | None

    @property
    def rounded(self) -> Decimal | None:
        """Kappa to two places, halves away from zero; None where it is not defined."""
        return None if self.value is None else _rounded(self.value, Decimal("0.01"))

    @property
    def percent(self) -> int | None:
        """The observed agreement in whole per cent; None where nothing was compared."""
        return None if self.observed is None else int(_rounded(self.observed * 100, Decimal(1)))

    @property
    def meaning(self) -> str:
        """Kappa in words, after Landis and Koch; "" where it is not defined."""
        value = self.rounded
        if value is None:
            return ""
        return next((words for least, words in _BANDS if value >= least), _BELOW)

    @property
    def why_undefined(self) -> str:
        """A sentence why there is no kappa; "" where there is one."""
        if self.value is not None:
            return ""
        return _ONE_CATEGORY if self.count else _NOTHING


def _rounded(value: Fraction, step: Decimal) -> Decimal:
    """Exact: the doubled numerator decides, so that no binary or decimal fraction stands between."""
    scaled = value / Fraction(step)
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 1 if 2 * rest >= scaled.denominator else 0
    return (Decimal(whole if scaled >= 0 else -whole) * step).quantize(step, ROUND_HALF_UP)


def cohen(pairs: Iterable[tuple[str, str]]) -> Kappa:
    """The agreement over pairs of (what the first said, what the second said) about one thing each."""
    listed = list(pairs)
    count, agreed = len(listed), sum(1 for first, second in listed if first == second)
    if not count:
        return Kappa(0, 0, None, None, None)
    firsts, seconds = Counter(first for first, _ in listed), Counter(second for _, second in listed)
    observed = Fraction(agreed, count)
    expected = Fraction(sum(times * seconds[what] for what, times in firsts.items()), count * count)
    value = None if expected == 1 else (observed - expected) / (1 - expected)
    return Kappa(count, agreed, observed, expected, value)
