"""Who is in the demo. Invented people and companies; account ids are those of AWS's own documentation."""

from dataclasses import dataclass

from users.models import StaffRole
from vendors.actions.vendors import DeclaredAccount
from vendors.models import MemberRole, Stage, Tier

PASSWORD = "assay demo password"  # noqa: S105 -- known on purpose, and printed; no account has it outside the demo


@dataclass(frozen=True)
class Person:
    """One of the demo's people; `role` is a staff role or a role at a vendor."""

    key: str
    name: str
    email: str
    role: str
    does: str


@dataclass(frozen=True)
class Company:
    """A vendor of the demo. The first of its people is the lead; `invited` has not joined yet."""

    key: str
    name: str
    service: str
    tier: str
    people: tuple[Person, ...]
    invited: tuple[Person, ...]
    accounts: tuple[DeclaredAccount, ...]


ADA = Person("ada", "Ada Berg", "ada@alder.example", StaffRole.ADMINISTRATOR, "manages our own people")
MAX = Person("max", "Max Solheim", "max@alder.example", StaffRole.MANAGER, "sends assessments and reads the portfolio")
ANA = Person(
    "ana", "Ana Okafor", "ana@alder.example", StaffRole.ANALYST, "scores Halvorsen Payments and Quill Logistics"
)
INES = Person("ines", "Ines Duarte", "ines@alder.example", StaffRole.ANALYST, "scores Orchard Payroll")
STAFF = (ADA, MAX, ANA, INES)

HALVORSEN = Company(
    key="halvorsen",
    name="Halvorsen Payments",
    service="Card settlement",
    tier=Tier.CRITICAL,
    people=(
        Person(
            "rita", "Rita Raman", "rita@halvorsen.example", MemberRole.LEAD, "has submitted; reads what was answered"
        ),
        Person(
            "tomas", "Tomas Lind", "tomas@halvorsen.example", MemberRole.RESPONDENT, "answered the technical questions"
        ),
    ),
    invited=(Person("aicha", "Aïcha Benali", "aicha@halvorsen.example", MemberRole.RESPONDENT, ""),),
    accounts=(
        DeclaredAccount("111122223333", "payments-prod", Stage.PRODUCTION),
        DeclaredAccount("444455556666", "payments-staging", Stage.STAGING),
        DeclaredAccount("555555555555", "halvorsen-logs", Stage.LOGGING),
        DeclaredAccount("666666666666", "halvorsen-sandbox", Stage.DEVELOPMENT),
        DeclaredAccount("777788889999", "payments-backup", Stage.OTHER),
        DeclaredAccount("999999999999", "halvorsen-mgmt", Stage.MANAGEMENT),
    ),
)
ORCHARD = Company(
    key="orchard",
    name="Orchard Payroll",
    service="Payroll processing",
    tier=Tier.HIGH,
    people=(Person("sam", "Sam Whitlock", "sam@orchard.example", MemberRole.LEAD, "has questions back to answer"),),
    invited=(Person("jonas", "Jonas Weil", "jonas@orchard.example", MemberRole.RESPONDENT, ""),),
    accounts=(
        DeclaredAccount("123456789012", "orchard-main", Stage.PRODUCTION),
        DeclaredAccount("222222222222", "orchard-dev", Stage.DEVELOPMENT),
    ),
)
QUILL = Company(
    key="quill",
    name="Quill Logistics",
    service="Parcel tracking",
    tier=Tier.MEDIUM,
    people=(Person("noor", "Noor Haddad", "noor@quill.example", MemberRole.LEAD, "is in the middle of answering"),),
    invited=(Person("lena", "Lena Fischer", "lena@quill.example", MemberRole.LEAD, ""),),
    accounts=(
        DeclaredAccount("111111111111", "quill-log-archive", Stage.LOGGING),
        DeclaredAccount("333333333333", "quill-prod", Stage.PRODUCTION),
        DeclaredAccount("444444444444", "quill-staging", Stage.STAGING),
        DeclaredAccount("888888888888", "quill-management", Stage.MANAGEMENT),
    ),
)
COMPANIES = (HALVORSEN, ORCHARD, QUILL)


def logins() -> list[tuple[str, Person]]:
    """Everybody who can sign in, with the words for what they are; the three main personas come first."""
    staff = [(f"Alder Mutual, {StaffRole(person.role).label.lower()}", person) for person in STAFF]
    vendors = [
        (f"{company.name}, {MemberRole(person.role).label.lower()}", person)
        for company in COMPANIES
        for person in company.people
    ]
    everybody = staff + vendors
    first = ["noor", "ana", "max"]
    return sorted(everybody, key=lambda entry: first.index(entry[1].key) if entry[1].key in first else len(first))
