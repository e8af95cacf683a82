"""Load the whole demo into a database without vendors: all of it, or nothing."""

from collections.abc import Mapping

from django.core.files.storage import default_storage
from django.db import transaction

from assessments.demo import campaign
from assessments.demo.cast import ADA, COMPANIES, PASSWORD, STAFF, Company, Person
from assessments.demo.clock import Clock, turned
from assessments.demo.play import Play, Stage, key
from assessments.demo.script import read
from assessments.models import Assessment
from audit.models import Chain
from audit.trail import chain_name
from playbook.loading import load as load_playbook
from playbook.queries import newest_published
from playbook.schema import PACKAGED
from users.actions import add_staff
from users.models import User
from vendors.actions.invitations import accept, hash_token, invite, issue_token
from vendors.actions.vendors import create_vendor, declare_accounts
from vendors.models import Vendor

SCRIPTS = {
    "halvorsen": ("halvorsen-before-last-year", "halvorsen-last-year", "halvorsen-this-year"),
    "orchard": ("orchard-before-last-year", "orchard-last-year", "orchard-this-year", "orchard-next-year"),
    "quill": ("quill-before-last-year", "quill-last-year", "quill-this-year"),
}
STAFF_CAME = 800  # days before the load
INVITED = 2


def load(*, clock: Clock | None = None) -> list[Assessment]:
    """Play the demo and return its assessments; none, and nothing changed, where there are vendors already.

    One transaction: a load that is stopped leaves no row. Files it wrote are deleted again when it fails; only a
    killed process leaves some behind, to which no row points.
    """
    if Vendor.objects.exists():
        return []
    kept: list[str] = []
    try:
        with transaction.atomic():
            _wait_for_other_loads()
            if Vendor.objects.exists():  # another load was quicker
                return []
            with turned(clock or Clock()) as turning:
                return _play_all(turning, kept)
    except BaseException:
        for name in kept:
            default_storage.delete(name)
        raise


def _wait_for_other_loads() -> None:
    """Hold the head of the site's chain, so that a second load waits and then finds the first one's vendors."""
    Chain.objects.get_or_create(name=chain_name(None))
    Chain.objects.select_for_update().get(name=chain_name(None))


def _play_all(clock: Clock, kept: list[str]) -> list[Assessment]:
    clock.begin()
    clock.morning(STAFF_CAME)
    playbook = newest_published() or load_playbook(PACKAGED.read_bytes(), PACKAGED.name)[0]
    people = _staff(clock)
    stage = Stage(clock=clock, playbook=playbook, people=people, kept=kept)
    played = []
    for company in COMPANIES:
        clock.begin()
        scripts = [read(name, today=clock.today) for name in SCRIPTS[company.key]]
        clock.morning(scripts[0].days["opened"] + 1)
        vendor = _vendor(company, clock, people)
        lead = people[company.people[0].key]
        played += [Play(stage, script, vendor, lead).run() for script in scripts]
        clock.morning(INVITED)
        for person in company.invited:
            clock.wait(30, 90)
            invite(vendor=vendor, email=person.email, name=person.name, role=person.role, by=people["max"])
    return played + campaign.run(stage)


def _staff(clock: Clock) -> dict[str, User]:
    """Our own people: the administrator first, who adds the others."""
    people: dict[str, User] = {}
    for person in STAFF:
        clock.wait(3, 9)
        by = people.get(ADA.key)
        user = add_staff(email=person.email, name=person.name, role=person.role, by=by)
        if not user.has_usable_password():
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
        people[person.key] = user
    return people


def _vendor(company: Company, clock: Clock, people: dict[str, User]) -> Vendor:
    """A vendor whose people have joined by their invitations, and whose lead has declared the accounts."""
    vendor = create_vendor(
        name=company.name, service=company.service, tier=company.tier, form_key=key(company.key), by=people["max"]
    )
    for person in company.people:
        clock.wait(2, 8)
        people[person.key] = _join(vendor, person, clock, people)
    clock.wait(5, 20)
    declare_accounts(vendor=vendor, accounts=company.accounts, by=people[company.people[0].key])
    return vendor


def _join(vendor: Vendor, person: Person, clock: Clock, people: Mapping[str, User]) -> User:
    invitation = invite(vendor=vendor, email=person.email, name=person.name, role=person.role, by=people["max"])
    token = issue_token(invitation=invitation)
    clock.wait(15, 70)
    _, user = accept(token_hash=hash_token(token), user=None, name=person.name, password=PASSWORD)
    return user
