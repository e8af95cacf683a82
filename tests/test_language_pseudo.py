"""Every text a person reads goes through gettext.

All pages are read in a language where each text stands in «…». What stands outside has to be data: names of people,
companies and files, the playbook, sentences that are kept as a record (lang="en"), names of products and formats.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real

from assessments.models import Assessment
from outbox.actions import deliver_due, enqueue
from outbox.models import Mail
from playbook.schema import DATA
from playbook.strict_yaml import parse
from tests import factories
from tests.browser import estate as estates
from tests.browser import test_accessible as lists
from tests.browser.estate import Estate
from tests.browser.looking import Address
from tests.test_access_table import ACCESS
from tests.test_access_table import Estate as Objects
from users.models import User
from vendors.models import Vendor

pytestmark = pytest.mark.django_db

# Names of products, formats, frameworks and units, the same in every language, and the languages' own names.
SAME_EVERYWHERE = (
    "Assay AWS IAM MFA MB kB UTC PNG JPEG PDF CSV JSON TXT XLSX ZIP SHA-256 CloudTrail GuardDuty CloudShell GovCloud",
    "English Deutsch en Prowler Security_Hub NIST_800-53 ISO_27001 CSA_CCM CIS_AWS_1.4 CIS_AWS_3.0 CIS_AWS_5.0",
    "Ctrl Alt Esc Enter",
)
# What stands in the files of the estate.
IN_FILES = "ci-deploy j.moreau svc-legacy"
ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-failed", "data-announce", "data-copy-name", "label"}
VERBATIM = {"script", "style", "svg", "code", "pre", "kbd", "samp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "use", "wbr"}
LETTERS = re.compile(r"[^\W\d_]{2,}")
ADDRESS = re.compile(r"https?://\S+")
# Files, checks of other tools, controls of frameworks, the beginning of a digest, a key of an authenticator app.
CODE = re.compile(
    r"[\w./-]+\.(?:json|csv|sh|yaml)\b|\w+(?:_\w+)+|\b[A-Z]{2,3}-\d+(?:\(\d+\))?|\b[A-Z]\w+\.\d+\b"
    r"|\b[0-9a-f]{12}(?:[0-9a-f]{4})?\b|\b[A-Z2-7]{32}\b"
)
OURS = ("users", "vendors", "playbook", "assessments", "outbox", "audit")
LONG = 100  # letters; a longer text of the data may be shown in part, a shorter one beside others


class Pseudo(NullTranslations):
    """Takes the place of English: every text is itself in «…»."""

    def gettext(self, message: str) -> str:
        return f"«{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def language(self) -> str:
        return "en-gb"

    to_language = language


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """English in «…», for everybody."""
    fake = Pseudo()
    monkeypatch.setitem(trans_real._translations, "en-gb", fake)
    monkeypatch.setattr(trans_real, "_default", fake)


class Outside(HTMLParser):
    """Collects from a page what people read and what is not in «…», piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.depth = 0  # of «…», which may go over several elements
        self.open: list[tuple[str, bool]] = []  # (element, whether it is left out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_left_out = self._is_left_out() or tag in VERBATIM or given.get("lang") == "en"
        if not is_left_out and not self.depth:
            names = ATTRIBUTES | ({"value"} if tag == "input" and given.get("type") == "submit" else set())
            for name in names & given.keys():
                self.pieces += outside(given[name] or "")[0]
        if tag not in VOID:
            self.open.append((tag, is_left_out))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_left_out():
            pieces, self.depth = outside(data, self.depth)
            self.pieces += pieces

    def _is_left_out(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def outside(text: str, depth: int = 0) -> tuple[list[str], int]:
    """The pieces of a text that stand outside «…», if it begins `depth` deep, and how deep it ends."""
    pieces = [""]
    for letter in text:
        if letter == "«":
            depth += 1
            pieces.append("")
        elif letter == "»":
            depth = max(0, depth - 1)
        elif not depth:
            pieces[-1] += letter
    return [" ".join(piece.split()) for piece in pieces if LETTERS.search(piece)], depth


def strings(value: object) -> Iterator[str]:
    """Every text in a value of the database; of lists and objects, not the keys and not the codes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


class Data:
    """What the database holds, apart from codes, which are no text to show."""

    def __init__(self) -> None:
        self.whole: set[str] = set()
        for model in apps.get_models():
            if model._meta.app_label in OURS:
                self._take(model)
        names = {text for text in self.whole if len(text) < LONG and text[-1] not in ".?:"}
        names |= {name.replace("_", " ") for name in " ".join([*SAME_EVERYWHERE, IN_FILES]).split()}
        self.long = "\n".join(text for text in self.whole if len(text) >= LONG)
        # Longest first, so that no part of a name stays.
        alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        self.names = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")

    def _take(self, model: type[models.Model]) -> None:
        fields = [
            f for f in model._meta.fields if isinstance(f, models.CharField | models.TextField | models.JSONField)
        ]
        for field in fields:
            if field.choices:
                continue
            for value in model._default_manager.values_list(field.attname, flat=True):
                for text in strings(value):
                    # Lower case in JSON is a code; a code that is not translated must not pass for data.
                    if not isinstance(field, models.JSONField) or " " in text or not text.islower():
                        # Commands stand between back-quotes; pages show them apart, and speak to the vendor.
                        parts = [text, *text.splitlines(), *text.split("`"), text.replace("The vendor says", "Say")]
                        self.whole |= {" ".join(part.split()) for part in parts}
        self.whole |= set(strings(parse((DATA / "aws-core-mappings.yaml").read_bytes())))
        self.whole.discard("")
        self.whole |= {settings.ORGANISATION_NAME}
        self.whole |= {user.initials for user in User.objects.all()}

    def holds(self, piece: str) -> bool:
        """Whether a piece of a page is data, or is made of names."""
        piece = ADDRESS.sub("", piece).strip(" :·")
        if piece in self.whole or (" " in piece and piece in self.long):
            return True
        return not LETTERS.search(CODE.sub("", self.names.sub("", piece)))


def offenders(response: HttpResponse, data: Data) -> list[str]:
    """What stands on this page and neither passed gettext nor is data."""
    page = Outside()
    if response.headers.get("Content-Type") == "application/json":
        for text in strings(response.json()):
            page.feed(text)
    elif response.headers.get("Content-Type", "").startswith("text/html"):
        page.feed(response.content.decode())
    return sorted({piece for piece in page.pieces if not data.holds(piece)})


def signed_in(person: User) -> Client:
    """A browser, signed in with the password."""
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": factories.PASSWORD})
    return client


def read(client: Client, addresses: Iterable[Address], estate: Estate, data: Data) -> dict[str, list[str]]:
    """The offenders by page."""
    found = {}
    for address in addresses:
        path = address.of(estate)
        response = client.get(path, follow=True)
        if "reauthenticate" in response.request["PATH_INFO"] and "reauthenticate" not in path:
            asked_at = f"{response.request['PATH_INFO']}?{response.request['QUERY_STRING']}"
            response = client.post(asked_at, {"password": factories.PASSWORD}, follow=True)
        assert (address.leads_to or path.partition("?")[0]) in response.request["PATH_INFO"]
        if wrong := offenders(response, data):
            found[f"{address.name} {path}"] = wrong
    return found


def listed(found: dict[str, list[str]]) -> str:
    """One line for each offender."""
    return "\n".join(["", *(f"{page}: {piece}" for page, pieces in found.items() for piece in pieces)])


@pytest.fixture
def estate(db: None) -> Estate:
    """A little of everything, and all files read."""
    estate = estates.build()
    for assessment in (estate.answering, estate.submitted):
        factories.evaluate(Assessment.objects.get(pk=assessment.pk))
    return estate


PAGES = {
    "account": [("", lists.NOBODY), ("rita", lists.ACCOUNT)],
    "vendor": [("rita", lists.LEAD), ("tom", lists.RESPONDENT)],
    "staff": [("ana", lists.STAFF), ("max", lists.MANAGER), ("ada", lists.ADMINISTRATOR)],
}


@pytest.mark.parametrize("part", PAGES)
def test_every_text_of_a_page_passes_gettext(part: str, estate: Estate, request: pytest.FixtureRequest) -> None:
    pages = [(signed_in(getattr(estate, who)) if who else Client(), addresses) for who, addresses in PAGES[part]]
    data = Data()
    request.getfixturevalue("pseudo")
    found: dict[str, list[str]] = {}
    for client, addresses in pages:
        found |= read(client, addresses, estate, data)
    assert found == {}, listed(found)


@pytest.mark.parametrize(
    ("state", "role"), [("in_progress", "lead"), ("submitted", "manager"), ("submitted", "analyst")]
)
def test_every_text_of_a_refusal_passes_gettext(
    state: str, role: str, acme: Vendor, rita: User, tom: User, ana: User, max: User, request: pytest.FixtureRequest
) -> None:
    objects = Objects(acme, rita, tom, ana, state)
    client = signed_in({"lead": rita, "manager": max, "analyst": ana}[role])
    data = Data()
    request.getfixturevalue("pseudo")
    found = {}
    for name in ACCESS:
        undo = transaction.savepoint()
        path = objects.address(name)
        for headers in ({}, {"Accept": "application/json"}):
            response = client.post(path, headers=headers, follow=True)
            if wrong := offenders(response, data):
                found[f"{name} {path}"] = wrong
        transaction.savepoint_rollback(undo)
    assert found == {}, listed(found)


MAILS = set(
    """
    vendor.invitation assessment.sent assessment.sent_back assessment.submitted assessment.due
    assessment.overdue report.ready
    """.split()
)


def test_every_text_of_a_mail_passes_gettext(estate: Estate, pseudo: None) -> None:
    data = Data()
    lead, one = {"to": estate.rita.email}, estate.answering
    enqueue(kind="report.ready", to=estate.max.email, params={"report": estate.closed.reports.get().pk})
    deliver_due()
    for kind, days in [("assessment.due", 0), ("assessment.due", 1), ("assessment.due", 3), ("assessment.overdue", -1)]:
        one.due_on = timezone.localdate() + timedelta(days=days)
        one.save(update_fields=["due_on"])
        params = {"assessment": one.pk, "user": estate.rita.pk, "due_on": one.due_on.isoformat()}
        enqueue(kind=kind, **lead, params=params)
        deliver_due()
    found = {}
    for message in mail.outbox:
        pieces, _ = outside(f"{message.subject}\n{ADDRESS.sub('', message.body)}")
        if wrong := [piece for piece in pieces if not data.holds(piece)]:
            found[message.subject] = wrong
    sent = set(Mail.objects.filter(state="sent").values_list("kind", flat=True))
    assert sent >= MAILS
    assert found == {}, listed(found)


# --- Scripts ---------------------------------------------------------------------------------------------------

COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
CALL = re.compile(r'n?gettext\((?:"(?:[^"\\]|\\.)*"(?:,\s*)?)+')
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
WORDS = re.compile(r"^[A-Z][a-z]|[a-z]{2,} [a-z]{2,}")
# Keys, events and headers as browsers call them; classes and selectors.
NOT_READ = {"Escape", "Enter", "AbortError", "Accept", "Files", "main form", "tbody tr"}
CLASSES = re.compile(r"(?:btn|file-state|thumb)(?: [a-z-]+)+")


def test_every_text_of_a_script_passes_gettext() -> None:
    found = {}
    for path in sorted((Path(__file__).parent.parent / "static" / "js").glob("*.js")):
        rest = CALL.sub("(", COMMENT.sub("", path.read_text(encoding="utf-8")))
        literals = {re.sub(r"\$\{[^}]*\}", "", plain or template) for plain, template in LITERAL.findall(rest)}
        texts = {text for text in literals - NOT_READ if WORDS.search(text) and not CLASSES.fullmatch(text)}
        if texts:
            found[path.name] = texts
    assert found == {}
