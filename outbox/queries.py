"""The log of mails, and which occasions have had theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from outbox.letters import name_of
from outbox.models import Mail

PAGE_SIZE = 50
JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class LogLine:
    """One mail of the log: what became of it, and nothing of what it says."""

    mail: Mail
    name: str


@dataclass(frozen=True)
class MailLog:
    """One page of the log, newest first. `states` are value, words and number of mails; "" is all of them."""

    page: Page
    lines: list[LogLine]
    states: list[tuple[str, str, int]]
    is_filtered: bool


def mail_log(state: str, page: str | int) -> MailLog:
    """Mails in this state; a state that is not known means all. Three queries."""
    counts = dict(Mail.objects.values_list("state").annotate(count=Count("pk")).order_by())
    states = [("", _("All"), sum(counts.values()))]
    states += [(value, words, counts.get(value, 0)) for value, words in Mail.State.choices]
    found = Mail.objects.order_by("-pk").only(
        "kind", "to", "state", "attempts", "due_at", "problem", "created_at", "sent_at"
    )
    is_filtered = state in Mail.State.values
    shown = Paginator(found.filter(state=state) if is_filtered else found, PAGE_SIZE).get_page(page)
    return MailLog(shown, [LogLine(mail, name_of(mail.kind)) for mail in shown.object_list], states, is_filtered)


def occasions_beginning(words: str) -> set[str]:
    """The occasions with this beginning that have their mail."""
    return set(Mail.objects.filter(occasion__startswith=words).values_list("occasion", flat=True))


def is_on_its_way(*, kind: str, params: Mapping[str, object]) -> bool:
    """Whether this very mail waits, or went out in the last ten minutes: nobody's mailbox is flooded through us."""
    same = Mail.objects.filter(kind=kind, params=dict(params), created_at__gt=timezone.now() - JUST_NOW)
    return same.filter(state__in=[Mail.State.QUEUED, Mail.State.SENT]).exists()
