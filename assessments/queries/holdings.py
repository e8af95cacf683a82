"""Everything that is stored about one vendor: what erasing it would delete, and has to.

Nothing is listed by hand that can be found: a new table that leads to a vendor is part of it from its first day on.
"""

import json
from collections import deque
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet, Sum

from assessments.models import PageImages, Report
from audit.models import EventDetail
from audit.trail import chain_name
from outbox.models import Mail
from users.models import User
from vendors.models import Invitation, Member, Vendor

OWNING = (models.CASCADE, models.PROTECT, models.RESTRICT)


@dataclass(frozen=True)
class Plan:
    """How much there is of a vendor: rows by table ("assessments.answer"), people who go, stored files and their bytes.

    The bytes are those of evidence and documents; previews and pages are not measured.
    """

    counts: dict[str, int]
    file_count: int
    file_bytes: int


@cache
def paths() -> dict[type[models.Model], str]:
    """Every model whose rows belong to one vendor, with the way to it, in an order in which they can be deleted.

    The way goes by foreign keys that do not let go: a row that only points at something is not part of it.
    """
    found: dict[type[models.Model], str] = {Vendor: ""}
    queue = deque([Vendor])
    while queue:
        owner = queue.popleft()
        for model, field in _owned(owner):
            if model not in found:
                found[model] = f"{field.name}__{found[owner]}".rstrip("_")
                queue.append(model)
    ordered: dict[type[models.Model], str] = {}

    def visit(model: type[models.Model]) -> None:
        for user, _field in _owned(model):
            if user is not model and user not in ordered:
                visit(user)
        ordered.setdefault(model, found[model])

    visit(Vendor)
    return ordered


def _owned(owner: type[models.Model]) -> list[tuple[type[models.Model], models.ForeignKey]]:
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.related_model is owner
        and field.remote_field.on_delete in OWNING
    ]


def rows(vendor: Vendor) -> dict[type[models.Model], QuerySet]:
    """Its rows by model, deletable in this order; without mails, details of the trail, people and portfolio reports."""
    return {model: model._base_manager.filter(**{path or "pk": vendor.pk}) for model, path in paths().items()}


def leaving(vendor: Vendor) -> QuerySet[User]:
    """People who are or were members of this vendor alone, and are not staff."""
    elsewhere = Member.objects.exclude(vendor=vendor).values("user")
    here = Member.objects.filter(vendor=vendor).values("user")
    return User.objects.filter(pk__in=here, staff_role="").exclude(pk__in=elsewhere)


def details(vendor: Vendor, people: list[int]) -> QuerySet[EventDetail]:
    """What the trail says of it and of these people."""
    targets = [f"user:{pk}" for pk in people]
    return EventDetail.objects.filter(Q(event__chain__name=chain_name(vendor.pk)) | Q(event__target__in=targets))


def mails(vendor: Vendor, people: list[User]) -> QuerySet[Mail]:
    """Mail about it, and mail to whom it alone brought here."""
    invited = set(Invitation.objects.filter(vendor=vendor).values_list("email", flat=True))
    invited -= set(User.objects.filter(email__in=invited).values_list("email", flat=True))
    return Mail.objects.filter(Q(vendor=vendor.pk) | Q(to__in=invited | {person.email for person in people}))


def names(vendor: Vendor) -> set[str]:
    """Its name, and those it had before."""
    found = {vendor.name}
    said = EventDetail.objects.filter(event__kind__in=["vendor.created", "vendor.changed"])
    for detail in said.filter(event__chain__name=chain_name(vendor.pk)):
        data = detail.data
        found |= {one["name"] for one in (data, data.get("before", {}), data.get("after", {})) if one.get("name")}
    return found


def portfolio_reports(vendor: Vendor) -> list[int]:
    """Ids of the reports on the whole portfolio whose frozen values name it."""
    ours = {name.casefold() for name in names(vendor)}
    frozen = Report.objects.filter(assessment=None).values_list("pk", "snapshot")
    return [pk for pk, snapshot in frozen.iterator(chunk_size=20) if _names(snapshot, ours)]


def _names(snapshot: object, ours: set[str]) -> bool:
    data = json.loads(snapshot) if isinstance(snapshot, str) else snapshot
    if not isinstance(data, dict):
        return False
    said = {str(one.get("name", "")).casefold() for one in data.get("vendors", [])}
    said |= {str(one.get("vendor", "")).casefold() for one in data.get("findings", [])}
    filters = " ".join(map(str, data.get("filters", []))).casefold()
    return bool(said & ours) or any(name in filters for name in ours)


def file_rows(vendor: Vendor, reports: list[int]) -> dict[type[models.Model], QuerySet]:
    """The rows that name stored files, by model. `reports` are the portfolio reports that go with it."""
    found = {}
    for model, queryset in rows(vendor).items():
        if _file_fields(model) or model is PageImages:
            found[model] = queryset
    found[Report] = Report.objects.filter(Q(assessment__vendor=vendor) | Q(pk__in=reports))
    return found


def _file_fields(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, models.FileField)]


def files(model: type[models.Model], queryset: QuerySet) -> list[str]:
    """Keys of the files that these rows name."""
    if model is PageImages:
        return [key for pages in queryset.values_list("pages", flat=True) for key, _width, _height in pages]
    return [key for row in queryset.values_list(*_file_fields(model)) for key in row if key]


def plan(vendor: Vendor) -> Plan:
    """What erasing it would delete now. Changes nothing; the number of queries does not grow with the vendor."""
    people = list(leaving(vendor))
    reports = portfolio_reports(vendor)
    counts = {model._meta.label_lower: queryset.count() for model, queryset in rows(vendor).items()}
    counts[Report._meta.label_lower] += len(reports)
    counts[User._meta.label_lower] = len(people)
    counts[Mail._meta.label_lower] = mails(vendor, people).count()
    counts[EventDetail._meta.label_lower] = details(vendor, [person.pk for person in people]).count()
    keys, size = 0, 0
    for model, queryset in file_rows(vendor, reports).items():
        keys += len(files(model, queryset))
        if any(field.name == "size" for field in model._meta.concrete_fields):
            size += queryset.aggregate(sum=Sum("size"))["sum"] or 0
    return Plan({label: count for label, count in sorted(counts.items()) if count}, keys, size)
