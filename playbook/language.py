"""The words of a playbook in the language of whoever reads them: the one place that chooses.

What vendors read takes its words from here. Staff pages, reports, receipts and exports use the rows' own fields, which
are English, since the English text is what counts. Where a language has no text, English stands in. No queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

if TYPE_CHECKING:
    from playbook.models import Criterion, Domain, EvidenceRequest, ResponseOption


def chosen(translations: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The texts of a row in the active language; empty where there are none, as for English."""
    return translations.get((get_language() or "").partition("-")[0], {})


class DomainWords:
    """The texts of a domain."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self._own = chosen(domain.translations)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._own.get("name") or self._domain.name)


class CriterionWords:
    """The texts of a criterion, its statements and its requests for evidence."""

    def __init__(self, criterion: Criterion) -> None:
        self._criterion = criterion
        self._own = chosen(criterion.translations)

    @property
    def is_translated(self) -> bool:
        """Whether these are other words than those that count."""
        return bool(self._own)

    @property
    def short_title(self) -> str:
        """A few words for lists."""
        return str(self._own.get("short_title") or self._criterion.short_title)

    @property
    def question(self) -> str:
        """The question."""
        return str(self._own.get("question") or self._criterion.question)

    @property
    def why_important(self) -> str:
        """Why it is asked."""
        return str(self._own.get("why_important") or self._criterion.why_important)

    @property
    def validation_steps(self) -> Sequence[str]:
        """How to look for oneself."""
        steps: Sequence[str] = self._own.get("validation_steps") or self._criterion.validation_steps
        return steps

    @property
    def validation_additions(self) -> Sequence[str]:
        """What else to look at."""
        steps: Sequence[str] = self._own.get("validation_additions") or self._criterion.validation_additions
        return steps

    @property
    def when(self) -> str:
        """In which case the question does not apply."""
        return str(self._own.get("when") or self._criterion.applicability.get("when", ""))

    @cached_property
    def statements(self) -> Mapping[str, str]:
        """The translated statements by the key of their option; empty where English is read."""
        return {item["key"]: item["text"] for item in self._own.get("responses", ())}

    def statement(self, option: ResponseOption) -> str:
        """The text of one of its options."""
        return self.statements.get(option.key, option.text)

    def of(self, text: str) -> str:
        """A stored copy of these words, as findings keep one, line by line; what a person wrote stays as it is."""
        row, own = self._criterion, self._own
        if not own:
            return text
        known = dict(zip(row.remediation, own["remediation"], strict=True))
        known |= {getattr(row, name): own[name] for name in ("short_title", "why_important", "severity_rationale")}
        return "\n".join(known.get(line, line) for line in text.splitlines())

    def in_every_language(self, option: ResponseOption) -> list[str]:
        """The text of one of its options in English and in all other languages."""
        own = [item for texts in self._criterion.translations.values() for item in texts["responses"]]
        return [option.text, *(item["text"] for item in own if item["key"] == option.key)]

    def must_show(self, request: EvidenceRequest) -> str:
        """What the evidence of one of its requests has to show."""
        texts = self._own.get("must_show", ())
        return texts[request.order - 1] if request.order <= len(texts) else request.must_show
