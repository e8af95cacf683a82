"""Erase a vendor: every row in one transaction, every file after it. A tombstone is left, and the trail's hashes."""

import logging

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from assessments.models import Assessment, Campaign, Report
from assessments.queries import holdings
from assessments.states import State
from audit.trail import erase_details, record
from outbox.publish import after_commit
from users.models import User
from vendors.models import Tombstone, Vendor

BATCH = 50
"""Files deleted before the tombstone is written again."""
log = logging.getLogger("assay.erasure")


class ErasureRefused(Exception):
    """Nothing was erased. The message says why and what to do."""


def name_mark(name: str) -> str:
    """Keyed hash of a vendor's name: whoever has the name and the secret key can ask whether it was this vendor."""
    return salted_hmac("assay.tombstone", name.strip().casefold(), algorithm="sha256").hexdigest()


@transaction.atomic
def erase(*, vendor_id: int, reason: str, by: User | None) -> Tombstone:
    """Delete a vendor and all that is known of it, for good; a second time gives the tombstone that is there.

    Rows go in this transaction, files by the worker once it is stored. People who belong to no other vendor go too.
    Raises ErasureRefused while an assessment is open, without a reason, for a reason that names what is erased, and
    for a vendor that never was.
    """
    from assessments.tasks import delete_files as task  # noqa: PLC0415 -- tasks are leaves

    vendor = Vendor.objects.select_for_update().filter(pk=vendor_id).first()
    if vendor is None:
        return _erased_before(vendor_id)
    # In the order of every other action: the vendor, its assessments, its jobs, its chain.
    assessments = list(Assessment.objects.select_for_update().filter(vendor=vendor).order_by("pk"))
    if any(one.state not in {State.CLOSED, State.CANCELLED} for one in assessments):
        raise ErasureRefused(_("An assessment of this vendor is still open. Cancel or close it first."))
    people = list(holdings.leaving(vendor).select_for_update())
    reason = _checked(reason, vendor, people)
    reports = holdings.portfolio_reports(vendor)
    keys = _locked_files(vendor, reports)
    plan = holdings.plan(vendor)
    mark = name_mark(vendor.name)
    _delete_rows(vendor, people, reports)
    tombstone = Tombstone.objects.create(
        vendor=vendor_id,
        name_mark=mark,
        erased_at=timezone.now(),
        erased_by=by,
        reason=reason,
        counts=plan.counts,
        file_count=plan.file_count,
        file_bytes=plan.file_bytes,
        files=keys,
    )
    record(
        kind="vendor.erased",
        by=by,
        vendor=None,
        target=f"vendor:{vendor_id}",
        details={"tombstone": tombstone.pk, "rows": plan.counts, "files": plan.file_count},
    )
    after_commit(task, tombstone_id=tombstone.pk)
    return tombstone


def _erased_before(vendor_id: int) -> Tombstone:
    found = Tombstone.objects.filter(vendor=vendor_id).first()
    if found is None:
        raise ErasureRefused(_("There is no such vendor."))
    return found


def _checked(reason: str, vendor: Vendor, people: list[User]) -> str:
    """The reason, which outlives what it is about, so that it must not tell it."""
    reason = reason.strip()
    if not reason:
        raise ErasureRefused(_("Say why the vendor is erased."))
    telling = holdings.names(vendor) | {words for one in people for words in (one.name, one.email)}
    if any(words.casefold() in reason.casefold() for words in telling if words):
        raise ErasureRefused(_("The reason is kept, so it must not name the vendor or its people."))
    return reason


def _locked_files(vendor: Vendor, reports: list[int]) -> list[str]:
    """Keys of all its files. The rows are locked first: a job that stores one now waits, and then finds no row."""
    keys = []
    for model, queryset in holdings.file_rows(vendor, reports).items():
        pks = [
            row.pk for row in model._base_manager.select_for_update().filter(pk__in=queryset.values("pk")).only("pk")
        ]
        keys += holdings.files(model, model._base_manager.filter(pk__in=pks))
    return keys


def _delete_rows(vendor: Vendor, people: list[User], reports: list[int]) -> None:
    telling = holdings.names(vendor) | {person.email for person in people}
    holdings.mails(vendor, people).delete()
    campaigns = set(Assessment.objects.filter(vendor=vendor).values_list("campaign", flat=True)) - {None}
    # Details first: who reads the names in them has done so, and the chain is closed to whatever still runs.
    erase_details(vendor=vendor.pk, users=[person.pk for person in people])
    Report.objects.filter(pk__in=reports).delete()
    for queryset in holdings.rows(vendor).values():
        queryset.delete()
    Campaign.objects.filter(pk__in=campaigns, assessments=None).delete()
    _end_sessions({person.pk for person in people}, telling)
    for person in people:
        _remove(person)


def _end_sessions(people: set[int], telling: set[str]) -> None:
    """Sessions of who goes, and of others what waits in them to be shown and names what is gone."""
    words = {one.casefold() for one in telling}
    for session in Session.objects.iterator(chunk_size=500):
        data = session.get_decoded()
        if str(data.get("_auth_user_id", "")) in {str(pk) for pk in people}:
            session.delete()
            continue
        kept = {key: value for key, value in data.items() if not any(one in repr(value).casefold() for one in words)}
        if kept != data:
            session.session_data = Session.objects.encode(kept)
            session.save(update_fields=["session_data"])


def _remove(person: User) -> None:
    """Delete a person; where something of another vendor still needs the row, nothing but the row is left of them."""
    try:
        with transaction.atomic():
            person.delete()
    except (ProtectedError, RestrictedError):
        for model in (EmailAddress, Authenticator, UserSession):
            model.objects.filter(user=person).delete()
        person.email, person.name = f"removed-{person.pk}@erased.invalid", "Removed person"
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["email", "name", "is_active", "password"])


def delete_files(*, tombstone_id: int) -> None:
    """Delete the files of an erased vendor. Safe to call twice, and again after it was stopped in the middle.

    A store that does not answer leaves the rest to the next time.
    """
    while keys := _left(tombstone_id):
        for key in keys:
            try:
                default_storage.delete(key)
            except Exception:  # whatever the store raises: the tombstone still names the file
                log.exception("a file of an erased vendor was not deleted", extra={"tombstone": tombstone_id})
                return
        with transaction.atomic():
            tombstone = Tombstone.objects.select_for_update().get(pk=tombstone_id)
            tombstone.files = [key for key in tombstone.files if key not in set(keys)]
            tombstone.save(update_fields=["files"])
    Tombstone.objects.filter(pk=tombstone_id, files=[]).update(state=Tombstone.State.DONE)


def _left(tombstone_id: int) -> list[str]:
    found = Tombstone.objects.filter(pk=tombstone_id).values_list("files", flat=True).first()
    return (found or [])[:BATCH]


def finish() -> None:
    """Delete what is left of the files of erased vendors: after a lost message, a killed worker or a silent store."""
    for pk in list(Tombstone.objects.filter(state=Tombstone.State.FILES_LEFT).values_list("pk", flat=True)):
        delete_files(tombstone_id=pk)
