"""Images that instances are started from: criterion 29."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from assessments.evaluators.algebra import Truth, all_of, any_of
from assessments.evaluators.clock import Clock, written
from assessments.evaluators.criteria.common import Case, Place, counted
from assessments.evaluators.criteria.internet import instances
from assessments.evaluators.estate import Estate
from assessments.evaluators.formats import fields
from assessments.evaluators.formats.fields import Item
from assessments.evaluators.result import Evaluation, State

MONTHS: Final = 6
_IMAGES: Final = "ec2 describe-images"
_INSTANCES: Final = "ec2 describe-instances"
_PIPELINES: Final = "imagebuilder list-image-pipelines"
_OF_OTHERS: Final = ("amazon", "aws-marketplace")


class _Use(NamedTuple):
    """An instance and the image it was started from."""

    place: Place
    instance: str
    image: str
    found: Item | None  # what is known of the image
    is_own: Truth  # it belongs to one of the vendor's accounts
    launched: datetime | None  # for the first time

    @property
    def created(self) -> datetime | None:
        """When the image was made."""
        return fields.instant(self.found, "CreationDate")


def images(estate: Estate, as_of: datetime | None) -> Evaluation:
    """29. No old image of one's own starts new instances: evidence contract, section 2, criterion 29.

    The first launch is when the primary network interface was attached: LaunchTime moves at every start.
    """
    case = Case(estate, "aws-core-29")
    places = case.places(_IMAGES, _INSTANCES)
    own = [(place, image) for place in places for image in place.items(_IMAGES, "Images")]
    uses = [use for place in places for use in _uses(place)]
    for use in uses:
        _judge_use(case, use)
    mine = [use for use in uses if use.is_own is not False]
    return case.decide(
        acceptable={"a1": _is_kept_young(case, own, mine), "a2": _uses_none(own, uses)},
        failure={"f1": bool(case.offenders)},
        says={
            State.ACCEPTABLE: "Own images are less than six months old, and a pipeline makes them."
            if own or mine
            else "No account has images of its own: every instance comes from one of Amazon or the marketplace.",
            State.FAILURE: f"{counted(len(case.offenders), 'own image was', 'own images were')} older than six months "
            "when a new instance was started from it in the last six months.",
            State.UNDETERMINED: f"{counted(len(own), 'own image was', 'own images were')} found; "
            "that a pipeline updates them, or that an old one starts new instances, was not proven.",
        },
    )


def _uses(place: Place) -> Iterator[_Use]:
    used = place.call(_IMAGES, "used")
    known = {fields.text(one, "ImageId"): one for one in used.items("Images")}
    own = {fields.text(one, "ImageId"): one for one in place.call(_IMAGES).items("Images")}
    here = [(fields.text(one, "ImageId"), one) for one in instances(place)]
    lacking = sorted({image for image, _ in here if image not in known and image not in own})
    if lacking and not used.is_known and place.is_active:
        line = f"`aws {_IMAGES} --image-ids {' '.join(lacking)} --region {place.region}` {used.why()}"
        place.case.gap(place.account, place.region, line)
    for image, instance in here:
        found = own.get(image) or known.get(image)
        owned = True if image in own else _is_own(place, found) if found else None
        yield _Use(place, fields.text(instance, "InstanceId"), image, found, owned, _first_launch(instance))


def _is_own(place: Place, image: Item) -> Truth:
    """Whether an image belongs to the vendor; that of an unknown account may be one of its accounts too."""
    if fields.text(image, "ImageOwnerAlias") in _OF_OTHERS:
        return False
    return True if fields.text(image, "OwnerId") in place.case.estate.accounts else None


def _first_launch(instance: Item) -> datetime | None:
    for interface in fields.items(instance, "NetworkInterfaces"):
        if fields.number(interface, "Attachment", "DeviceIndex") == 0:
            return fields.instant(interface, "Attachment", "AttachTime")
    return None


def _judge_use(case: Case, use: _Use) -> None:
    name = use.place.ref("image", use.image)
    if use.is_own is False:
        return
    if use.found is None:
        case.doubt(name, f"What {use.instance} was started from is not known: the image was not read, or is gone.")
        return
    if use.is_own is None:
        owner = fields.text(use.found, "OwnerId") or "an unknown account"
        case.lead(name, f"{use.instance} was started from this image of {owner}: say whether it is one of your own.")
    clock = use.place.clock(_INSTANCES)
    if use.created is None or use.launched is None:
        case.doubt(name, f"When it was made, or when {use.instance} was first started, is not known.")
    elif use.created < months_before(use.launched):
        is_new = _is_recent(use.launched, clock)
        made = f"Made on {written(use.created)}; {use.instance} was first started on {written(use.launched)}"
        if is_new and use.is_own:
            case.offend(name, f"{made}, when the image was more than six months old.")
        elif is_new is not False:
            case.doubt(name, f"{made}; whose image it is, or whether that is recent, is not known.")


def _is_kept_young(case: Case, own: list[tuple[Place, Item]], mine: list[_Use]) -> Truth:
    """True if the own images in use, or all where none is in use, are young and a pipeline lives; else unknown."""
    ages = [(use.created, use.place.clock(_IMAGES)) for use in mine]
    ages = ages or [(fields.instant(image, "CreationDate"), place.clock(_IMAGES)) for place, image in own]
    if not ages:
        return None
    for place in dict.fromkeys(place for place, _ in own):
        place.need(_PIPELINES)
    lives = [
        _is_recent(fields.instant(pipeline, "dateLastRun"), place.clock(_PIPELINES))
        for place in case.places()
        for pipeline in place.call(_PIPELINES).items("imagePipelineList")
        if fields.text(pipeline, "status").upper() == "ENABLED"
    ]
    if not any(lives):
        case.ask(
            "Show how own images are updated, and how often: `aws imagebuilder list-image-pipelines`, or Packer's."
        )
    young = all_of([*(_is_recent(created, clock) for created, clock in ages), any_of(lives), case.clean])
    return young or None


def _uses_none(own: list[tuple[Place, Item]], uses: list[_Use]) -> Truth:
    """Whether there are only images of Amazon and the marketplace; own ones that nothing uses leave it open."""
    if any(use.is_own for use in uses):
        return False
    return None if own or any(use.is_own is None for use in uses) else True


def months_before(moment: datetime, months: int = MONTHS) -> datetime:
    """The same day and time so many calendar months ago; the last of the month where it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    year = max(year, 1)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _is_recent(moment: datetime | None, clock: Clock) -> Truth:
    """Whether something was in the last six months."""
    if moment is None:
        return None
    if clock.low is not None and moment < months_before(clock.low):
        return False
    return True if clock.high is not None and moment >= months_before(clock.high) else None
