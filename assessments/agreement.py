"""Whether what a person says and what the evidence shows go together. Plain values in, plain values out."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from assessments.evaluators import State as Verdict
from assessments.scoring import Result


class Agreement(StrEnum):
    """How an answer stands to the evaluation of its evidence."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    OPEN = "open"  # the evidence does not settle it, or the answer names no statement to hold against it


def of_answer(*, kind: str, statements: Collection[str], sides: Mapping[str, str], verdict: str) -> Agreement:
    """Hold a vendor's answer against a verdict.

    `kind` is one of `AnswerKind`, `statements` are the keys chosen, `sides` says for each key of the criterion whether
    it is "acceptable" or "failure". One failure statement among those chosen makes the whole answer say "failure".
    Something that breaks the criterion also contradicts "not applicable".
    """
    if verdict == Verdict.UNDETERMINED:
        return Agreement.OPEN
    if kind == "not_applicable":
        return Agreement.CONTRADICTS if verdict == Verdict.FAILURE else Agreement.OPEN
    said = {sides[key] for key in statements if key in sides}
    if kind != "statements" or not said:
        return Agreement.OPEN
    claimed = Verdict.FAILURE if "failure" in said else Verdict.ACCEPTABLE
    return Agreement.AGREES if claimed == verdict else Agreement.CONTRADICTS


def of_result(*, result: Result, verdict: str) -> Agreement:
    """Hold an analyst's result against a verdict: any gap is a failure; what was not verified says nothing."""
    claimed = {
        Result.MET: Verdict.ACCEPTABLE,
        Result.PARTLY_MET: Verdict.FAILURE,
        Result.NOT_MET: Verdict.FAILURE,
    }.get(result)
    if claimed is None or verdict == Verdict.UNDETERMINED:
        return Agreement.OPEN
    return Agreement.AGREES if claimed == verdict else Agreement.CONTRADICTS
