"""Monitoring: criteria 25 to 27; 26 has a file of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from assessments.evaluators.algebra import Truth, agreed, all_of, any_of, negate
from assessments.evaluators.criteria.common import Case, Place, by_region, counted, held_regions
from assessments.evaluators.criteria.object_logging import object_logging
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State, ref

_STATUS: Final = "configservice describe-configuration-recorder-status"
_RECORDERS: Final = "configservice describe-configuration-recorders"
_CHANNELS: Final = "configservice describe-delivery-channels"
_DETECTORS: Final = "guardduty list-detectors"
_DETECTOR: Final = "guardduty get-detector"
_Regions = dict[tuple[str, str], Truth]


def config(estate: Estate, as_of: datetime | None) -> Evaluation:
    """25. A recorder records in every active region: evidence contract, section 2, criterion 25."""
    case = Case(estate, "aws-core-25")
    places = case.places(_STATUS, _RECORDERS, _CHANNELS)
    states = _judge_regions(
        case, places, "config_recorder_all_regions_enabled", _records, "AWS Config does not record."
    )
    _note_global_types(case, places)
    enabled = _in_enabled_regions(estate, states)
    regions = counted(len(case.offenders), "active region")
    return case.decide(
        acceptable={"a1": all_of([enabled, case.clean]), "a2": all_of([_some_active(estate, states), case.clean])},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "AWS Config records in every active region of every account.",
            State.FAILURE: f"AWS Config does not record in {regions}.",
            State.UNDETERMINED: "No active region without AWS Config was proven, nor that it records in all of them.",
        },
    )


def _records(place: Place) -> Truth:
    """Whether the recorder of a region works; those that AWS services keep for themselves do not count."""
    answer = place.call(_STATUS)
    return agreed(_body_records(body, answer.is_known) for body in answer.bodies)


def _body_records(body: Item, is_whole: bool) -> Truth:
    if "ConfigurationRecordersStatus" not in body:
        return None
    recorders = [one for one in fields.items(body, "ConfigurationRecordersStatus") if not one.get("servicePrincipal")]
    works = any_of(
        False if fields.text(one, "lastStatus").upper() == "FAILURE" else fields.flag(one, "recording")
        for one in recorders
    )
    return works if works or is_whole else None


def _note_global_types(case: Case, places: list[Place]) -> None:
    """Global resources, such as IAM users, have to be recorded in one region of each account: a validation step."""
    for account in case.estate.required:
        answers = [place.call(_RECORDERS) for place in places if place.account == account]
        recorders = [one for answer in answers for one in answer.items("ConfigurationRecorders")]
        if recorders and not any(_takes_global_types(one) for one in recorders):
            case.note(f"No recorder of {account} was seen to record global resources, such as IAM users.")


def _takes_global_types(recorder: Item) -> bool:
    """By its flag; by leaving out no more than it names; or by naming one of IAM."""
    strategy = fields.text(recorder, "recordingGroup", "recordingStrategy", "useOnly")
    named = fields.strings(recorder, "recordingGroup", "resourceTypes")
    return (
        bool(fields.flag(recorder, "recordingGroup", "includeGlobalResourceTypes"))
        or strategy == "EXCLUSION_BY_RESOURCE_TYPES"
        or any(name.startswith("AWS::IAM::") for name in named)
    )


def guardduty(estate: Estate, as_of: datetime | None) -> Evaluation:
    """27. GuardDuty is on in every active region: evidence contract, section 2, criterion 27.

    Another product cannot be seen: the vendor has to name it. On in some regions only, no response fits.
    """
    case = Case(estate, "aws-core-27")
    places = case.places(_DETECTORS)
    states = _judge_regions(case, places, "guardduty_is_enabled", _detects, "GuardDuty is not on.")
    nowhere = all_of([*(negate(state) for state in states.values()), case.coverage.is_complete or None])
    if case.offenders:
        case.note("If another product watches for intrusions in these regions, name it and show that it is on.")
    return case.decide(
        acceptable={"a1": all_of([_some_active(estate, states), case.clean])},
        failure={"f1": bool(case.offenders) and nowhere},
        says={
            State.ACCEPTABLE: "GuardDuty is on in every active region of every account.",
            State.FAILURE: f"GuardDuty is not on in {counted(len(case.offenders), 'active region')}.",
            State.UNDETERMINED: "No active region without GuardDuty was proven, nor that it is on in all of them.",
        },
    )


def _detects(place: Place) -> Truth:
    """Whether a detector of a region is enabled; a detector that was not read is a gap."""
    answer = place.call(_DETECTORS)
    if not answer.has("DetectorIds"):
        return None
    states: list[Truth] = []
    for name in answer.strings("DetectorIds"):
        detector = place.need(_DETECTOR, name)
        status = detector.get("Status") if detector.is_known else None
        states.append(status.upper() == "ENABLED" if isinstance(status, str) else None)
    works = any_of(states)
    if agreed(bool(body["DetectorIds"]) for body in answer.bodies) is None:
        return None  # two answers of unknown age, and one says that there is none
    return works if works or answer.is_known else None


def _judge_regions(case: Case, places: list[Place], check: str, is_on: Callable[[Place], Truth], off: str) -> _Regions:
    """What is said of each region; an active one where it is off offends, with Prowler's word for it as well."""
    estate = case.estate
    held = held_regions(estate)
    states: _Regions = {}
    for place in places:
        state = states[(place.account, place.region)] = is_on(place)
        if state is False:
            active = True if (place.account, place.region) in held else estate.is_active(place.account, place.region)
            _judge_off(case, place.account, place.region, active, off)
    failed = [finding for finding in estate.findings(check) if finding.status == "FAIL"]
    active_ones = {
        (finding.account, finding.region)
        for finding in failed
        if (finding.account, finding.region) in held or estate.is_active(finding.account, finding.region)
    }
    case.prowler(check, name=by_region, when=lambda finding: (finding.account, finding.region) in active_ones)
    for finding in failed:
        if (finding.account, finding.region) not in active_ones:
            _judge_off(case, finding.account, finding.region, estate.is_active(finding.account, finding.region), off)
    return states


def _judge_off(case: Case, account: str, region: str, active: Truth, off: str) -> None:
    if active:
        case.offend(ref(account, region), off)
    elif active is None and account in case.estate.required:
        case.doubt(ref(account, region), f"{off} Whether the region holds resources is not known.")


def _in_enabled_regions(estate: Estate, states: _Regions) -> Truth:
    """Whether it is on in all regions that the accounts may use, empty ones too."""
    said: list[Truth] = []
    for account in estate.required:
        enabled = estate.enabled_regions(account)
        said += [None] if enabled is None else [states.get((account, region)) for region in sorted(enabled)]
    return all_of(said) if said else None


def _some_active(estate: Estate, states: _Regions) -> Truth:
    """True if there is an active region and it is on in all of them; one that is off offends by itself."""
    active = [states.get((account, region)) for account in estate.required for region in estate.regions(account)]
    return True if active and all(active) else None


CRITERIA: Final[dict[str, Callable[[Estate, datetime | None], Evaluation]]] = {
    "aws-core-25": config,
    "aws-core-26": object_logging,
    "aws-core-27": guardduty,
}
