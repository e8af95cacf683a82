"""What the vendor's pages show of an evaluation: who is concerned, what is missing, and the commands that bring it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.evaluators import State as Verdict
from assessments.models import Assessment
from assessments.queries.evaluations import Checked, Named, Shown, checked
from assessments.queries.files import FileRow
from assessments.queries.neutral import first_sentence
from assessments.queries.proposals import FIRST, SHOWN, Offender, Pieces, offender, pieces
from assessments.queries.question_page import Request
from assessments.wording import listed, number
from users.models import User
from vendors.models import AwsAccount

ACCOUNTS_NAMED = 6

_GET_REPORT = "aws iam get-credential-report"
_MAKE_REPORT = "aws iam generate-credential-report"
_COMMAND = re.compile(r"`(aws [^`]+)`")
_MISSING = re.compile(r"`[^`]+` (?:or the collector's manifest\.json )?is missing")


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What is to be brought from some accounts: commands to copy, and sentences on what they lacked so far."""

    accounts: str  # "account 111122223333", "accounts 111122223333 and 444455556666", "" where no account is known
    commands: Sequence[str]
    notes: Sequence[Pieces]

    @property
    def script(self) -> str:
        """The commands to copy, one a line; each writes a file that can be added as it is."""
        return "\n".join(line for command in self.commands for line in _lines(command))


def _lines(command: str) -> list[str]:
    """A command as it is run: as JSON, whatever the profile says, into a file whose name says what was asked."""
    run = f"{command} --output json > {_file_name(command)}"
    # AWS needs a few seconds for a report, and hands out none before
    return [f"{_MAKE_REPORT} && sleep 10", run] if command == _GET_REPORT else [run]


def _file_name(command: str) -> str:
    """`<service>.<command>[.<argument>].json`, as the collector names its files; images of others as `used`."""
    _, *words = command.split()
    asked = dict(zip(words, words[1:], strict=False))
    region = asked.pop("--region", "")
    values = [value.rpartition("/")[2] for option, value in asked.items() if option.startswith("--")]
    if "--image-ids" in asked:
        values = [f"used-{region}"]
    return re.sub(r"[^\w.-]+", "-", ".".join([*words[:2], *(values or [region])[:1]]).strip(".")) + ".json"


@dataclass(frozen=True, kw_only=True)
class QuestionFindings:
    """What the files show for one question."""

    checked: Checked
    shown: Shown | None
    rows: Sequence[Offender] = ()
    missing: Sequence[Missing] = ()
    can_check: str = ""  # what could be checked, while nothing of it is there

    @property
    def parts(self) -> Pieces:
        """The summary, with the commands apart."""
        return pieces(self.shown.summary) if self.shown else []

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to show."""
        return not (self.checked.state or self.can_check)

    @property
    def first(self) -> Sequence[Offender]:
        """The rows that are shown at once."""
        return self.rows[:SHOWN]

    @property
    def rest(self) -> Sequence[Offender]:
        """The rows behind "Show all"."""
        return self.rows[SHOWN:]

    @property
    def named(self) -> Sequence[Offender]:
        """The first rows, for the notice of a contradiction."""
        return self.rows[:FIRST]

    @property
    def others(self) -> int:
        """How many rows the notice does not name."""
        return self.shown.offender_count - len(self.named) if self.shown else 0


def can_check(requests: Iterable[Request]) -> str:
    """What could be checked for a question, in a sentence; "" where no program can read any of it."""
    wanted = list(requests)
    reads_report = any(one.is_report for one in wanted)
    reads_answers = any(one.commands and not one.is_report for one in wanted)
    if reads_report and reads_answers:
        return _(
            "Assay reads an IAM credential report and the output of the commands above, as JSON files or as one "
            "evidence bundle by itself, and shows here what that says."
        )
    if reads_report:
        return _("Assay reads an IAM credential report by itself, and shows here what that says.")
    if reads_answers:
        return _(
            "Assay reads the output of the commands above, as JSON files or as one evidence bundle by itself, and "
            "shows here what that says."
        )
    return ""


def of_question(
    assessment: Assessment, reader: User, number: int, requests: Iterable[Request], *, is_open: bool
) -> QuestionFindings:
    """What the files show for one question. Three queries at most."""
    found = checked(assessment, reader, number=number)
    shown = found.shown.get(number)
    concerns = any(number in file.numbers for file in found.files.values())
    if shown is not None and not concerns and shown.verdict == Verdict.UNDETERMINED:
        shown = None  # no file has anything to do with this question
    idle = is_open and shown is None and not found.is_pending
    return QuestionFindings(
        checked=found,
        shown=shown,
        rows=[offender(at, one, {}, "shown") for at, one in enumerate(shown.offenders, 1)] if shown else (),
        missing=missing_of(shown.gaps) if shown and is_open else (),
        can_check=can_check(requests) if idle else "",
    )


def missing_of(gaps: Iterable[Named]) -> list[Missing]:
    """What is missing, by account; accounts that lack the same stand together."""
    by_account: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for gap in gaps:
        commands, notes = by_account.setdefault(gap.account, ({}, {}))
        commands |= dict.fromkeys(_COMMAND.findall(gap.reason))
        if not _MISSING.fullmatch(gap.reason):
            place = "" if gap.name in {"", gap.ref} else f"{gap.name}: "
            notes[f"{place}{gap.reason}"] = None
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for account, (commands, notes) in by_account.items():
        groups.setdefault((tuple(commands), tuple(notes)), []).append(account)
    return [
        Missing(accounts=_accounts(accounts), commands=commands, notes=[pieces(note) for note in notes])
        for (commands, notes), accounts in groups.items()
    ]


def _accounts(ids: Sequence[str]) -> str:
    named = [account for account in ids if account]
    if not named:
        return ""
    more = len(named) - ACCOUNTS_NAMED
    words = [*named[:ACCOUNTS_NAMED], _("%(count)s more") % {"count": number(more)}] if more > 0 else named
    return ngettext("account %(accounts)s", "accounts %(accounts)s", len(named)) % {"accounts": listed(words)}


@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """One question whose files say otherwise than its answer."""

    number: int
    title: str
    sentence: str


def contradictions(found: Checked, titles: Mapping[int, str]) -> list[Otherwise]:
    """The questions whose files say otherwise than their answers; `titles` are those of all questions."""
    return [
        Otherwise(number=one.number, title=titles[one.number], sentence=first_sentence(one.summary))
        for one in found.contradictions
    ]


def bare_accounts(found: Checked, rows: Iterable[FileRow], accounts: Iterable[AwsAccount]) -> list[str]:
    """The accounts in scope of which no file was found; none while files are still being read."""
    seen = {account for row in rows for account in row.accounts}
    return [] if found.is_pending else [str(one) for one in accounts if one.account_id not in seen]
