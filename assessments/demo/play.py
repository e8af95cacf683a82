"""Play one assessment's script through the actions, with the clock turned to the day each step happened."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from assessments import intake
from assessments.actions import (
    acceptances,
    answers,
    decisions,
    evaluations,
    evidence,
    findings,
    reports,
    reviews,
    second_looks,
    workflow,
)
from assessments.actions.answers import AnswerContent
from assessments.actions.decisions import DecisionContent
from assessments.actions.findings import FindingContent
from assessments.actions.reviews import ReviewContent
from assessments.actions.second_looks import Sample, Settlement
from assessments.demo import files
from assessments.demo.clock import Clock
from assessments.demo.script import Line, Paper, Script, Turn
from assessments.models import Answer, Assessment, Decision, Evidence, Finding
from playbook.models import Playbook
from users.models import User
from vendors.models import Vendor

# When captures and reports were taken; after every time of day in the credential reports, so that days come out even.
TAKEN_AT = time(9, 14)
LONG_NOTES = 90  # characters; such notes are saved while they are typed, shorter ones at the end
T = TypeVar("T")


def key(name: str) -> UUID:
    """The same key for the same thing at every load."""
    return uuid5(NAMESPACE_URL, f"assay-demo:{name}")


@dataclass
class Stage:
    """What all scripts share. `kept` are the keys of all files written, for the case that the load fails."""

    clock: Clock
    playbook: Playbook
    people: Mapping[str, User]
    kept: list[str] = field(default_factory=list)


class Play:
    """One script on the stage."""

    def __init__(self, stage: Stage, script: Script, vendor: Vendor, lead: User) -> None:
        self.stage, self.script, self.vendor, self.lead = stage, script, vendor, lead
        self.clock, self.people, self.days = stage.clock, stage.people, script.days
        self.manager, self.analyst = stage.people["max"], stage.people[script.analyst]
        self.papers: dict[str, Evidence] = {}
        self.assessment: Assessment

    def run(self) -> Assessment:
        """Every step that has a day, in the order in which they happen."""
        self._open()
        steps = (
            ("sent", self._send),
            ("answers", self._answer_all),
            ("submitted", self._submit),
            ("reviews", self._review_all),
            ("reviews", self._raise_findings),
            ("second", self._second_look),
            ("returned", self._return),
            ("again", self._answer_again),
            ("cancelled", self._cancel),
            ("closed", self._close),
            ("decided", self._decide),
            ("report", self._report),
            ("closed", self._follow_findings),
        )
        for name, step in steps:
            if name in self.days:
                step()
        return Assessment.objects.get(pk=self.assessment.pk)

    def _on(self, name: str) -> None:
        self.clock.morning(self.days[name])
        self.clock.wait(20, 240)

    def _spread(self, name: str, items: Sequence[T]) -> Iterator[T]:
        """The items over the days from the first to the last, with time passing between them."""
        first, last = self.days[name]
        for place, item in enumerate(items):
            self.clock.morning(first - (first - last) * place // max(len(items) - 1, 1))
            self.clock.wait(4, 35)
            yield item

    def _answer(self, number: int) -> Answer:
        found = Answer.objects.select_related("criterion", "assessment")
        return found.get(assessment=self.assessment, criterion__number=number)

    def _open(self) -> None:
        self._on("opened")
        self.assessment = workflow.open_assessment(
            vendor=self.vendor,
            playbook=self.stage.playbook,
            period=str(self.script.year),
            due_on=self.clock.day(self.days["due"]),
            analyst=self.analyst,
            form_key=key(self.script.name),
            by=self.manager,
        )

    def _send(self) -> None:
        self._on("sent")
        self.assessment = workflow.send(assessment=self.assessment, by=self.manager)

    def _answer_all(self) -> None:
        for line in self._spread("answers", self.script.lines):
            self._say(line)

    def _answer_again(self) -> None:
        lines = [line.again for line in self.script.lines if line.again is not None]
        for line in self._spread("again", lines):
            self._say(line)

    def _say(self, line: Line) -> None:
        """One question: begin to write where there is much to say, add the files, complete."""
        writer = self.people[line.by] if line.by else self.lead
        if line.is_draft or len(line.notes) > LONG_NOTES or line.then:
            start = line.notes if line.is_draft or line.then else line.notes[: line.notes.index(" ", 40)]
            self._save(line, writer, notes=start)
            self.clock.wait(2, 11)
        for name in line.files:
            self._add(self.script.files[name], line.number, writer)
        if not line.is_draft:
            self._save(line, self.people[line.then] if line.then else writer, notes=line.notes, complete=True)

    def _save(self, line: Line, by: User, *, notes: str, complete: bool = False) -> None:
        answer = self._answer(line.number)
        content = AnswerContent(
            kind=line.kind,
            statements=line.statements,
            reason=line.reason,
            notes=notes,
            plan=line.plan,
            plan_due_on=line.plan_due_on,
        )
        answers.save(answer=answer, content=content, base_version=answer.version, complete=complete, by=by)

    def _add(self, paper: Paper, number: int, by: User) -> None:
        answer = self._answer(number)
        if paper.key in self.papers:
            evidence.link(evidence=self.papers[paper.key], answer=answer, by=by)
            return
        received = self.clock.wait(1, 6)
        taken = datetime.combine(received.date(), TAKEN_AT, tzinfo=UTC) - timedelta(days=paper.age)
        accepted = intake.examine(io.BytesIO(files.make(paper.make, taken.date())), paper.name)
        item = evidence.attach(
            assessment=self.assessment,
            accepted=accepted,
            upload_id=key(f"{self.script.name}:{paper.key}"),
            asked_at=answer,
            by=by,
        )
        self.stage.kept += filter(None, [item.file.name, item.preview.name])
        if item.effective_source != "read":
            item = evidence.state_date(evidence=item, day=taken, by=by)
        if paper.place:
            account, region = paper.place.split("/")
            item = evidence.state_place(evidence=item, account=account, region=region, by=by)
        self.papers[paper.key] = item
        self.assessment.refresh_from_db()
        if self.assessment.working_run_id:  # what the worker does within seconds
            evaluations.evaluate_now(run_id=self.assessment.working_run_id)

    def _submit(self) -> None:
        self._on("submitted")
        self.assessment = workflow.submit(assessment=self.assessment, attested_name=self.lead.name, by=self.lead)

    def _review_all(self) -> None:
        lines = [line for line in self.script.lines if line.result or line.ask]
        for line in self._spread("reviews", lines):
            answer = self._answer(line.number)
            if line.result:
                content = ReviewContent(line.result, line.matched, line.deviation, line.note)
                reviews.review_answer(answer=answer, content=content, base_version=0, by=self.analyst)
            if line.ask:
                self.clock.wait(1, 4)
                reviews.ask(answer=answer, text=line.ask, by=self.analyst)

    def _second_look(self) -> None:
        """Somebody else scores some questions blind; the manager keeps the first result where the two differ."""
        second = self.script.second
        if second is None:
            return
        by = self.people[second.analyst]
        self.clock.morning(self.days["second"][0])
        look = second_looks.ask(
            assessment=self.assessment,
            analyst=by,
            sample=Sample(numbers=tuple(second.scores)),
            form_key=key(f"{self.script.name}:second"),
            by=self.analyst,
        )
        for line in self._spread("second", list(second.scores.values())):
            content = ReviewContent(line.result, line.matched, line.deviation)
            second_looks.score(look=look, answer=self._answer(line.number), content=content, base_version=0, by=by)
        second_looks.finish(look=look, by=by)
        for number, reason in second.settled.items():
            self.clock.wait(5, 25)
            review = look.reviews.select_related("look").get(answer=self._answer(number))
            second_looks.settle(review=review, settlement=Settlement("first", reason), by=self.manager)

    def _return(self) -> None:
        self._on("returned")
        self.assessment = workflow.request_changes(assessment=self.assessment, by=self.analyst)
        self.clock.wait(1, 3)
        self.assessment = workflow.edit_assessment(
            assessment=self.assessment,
            period=self.assessment.period,
            due_on=self.clock.day(self.days["due_again"]),
            analyst=self.analyst,
            by=self.analyst,
        )

    def _cancel(self) -> None:
        self._on("cancelled")
        self.assessment = workflow.cancel(assessment=self.assessment, by=self.manager)

    def _close(self) -> None:
        self._on("closed")
        self.assessment = workflow.close(assessment=self.assessment, by=self.analyst)

    def _decide(self) -> None:
        for place, ruling in enumerate(self.script.rulings):
            self.clock.morning(ruling.day)
            self.clock.wait(20, 240)
            content = DecisionContent(ruling.kind, ruling.reason, ruling.expires_on, ruling.conditions)
            form_key = key(f"{self.script.name}:decision:{place}")
            decisions.decide(assessment=self.assessment, content=content, form_key=form_key, by=self.manager)

    def _report(self) -> None:
        self._on("report")
        report = reports.request(assessment=self.assessment, by=self.manager)
        reports.render_now(report_id=report.pk)
        report.refresh_from_db()
        self.stage.kept += filter(None, [report.file.name])

    def _raise_findings(self) -> None:
        for number in self.script.findings:
            self.clock.wait(3, 9)
            findings.raise_finding(answer=self._answer(number), by=self.analyst)

    def _follow_findings(self) -> None:
        for turn in self.script.turns:
            self.clock.morning(turn.day)
            self.clock.wait(20, 240)
            if turn.act == "met":
                newest = Decision.objects.filter(assessment=self.assessment).first()
                decisions.meet_condition(decision=newest, place=turn.number, note=turn.words, by=self.manager)
                continue
            found = Finding.objects.select_related("answer__assessment__vendor")
            self._follow(turn, found.get(answer=self._answer(turn.number)))

    def _follow(self, turn: Turn, finding: Finding) -> None:
        if turn.name:
            self._prove(turn, finding)
        base = {"finding": finding, "base_version": finding.version}
        if turn.act == "plan":
            findings.plan_fix(**base, plan=turn.words, plan_due_on=turn.by, by=self.lead)
        elif turn.act == "fix":
            findings.mark_fixed(finding=finding, words=turn.words, by=self.lead)
        elif turn.act == "accept":
            acceptances.accept_risk(**base, reason=turn.words, until=turn.by, by=self.manager)
        elif turn.act == "due":
            names = FindingContent.__dataclass_fields__
            content = FindingContent(**{name: getattr(finding, name) for name in names} | {"due_on": turn.by})
            findings.edit_finding(**base, content=content, by=self.analyst)
        else:
            act = {"verify": findings.verify, "reopen": findings.reopen}[turn.act]
            act(**base, words=turn.words, by=self.analyst)

    def _prove(self, turn: Turn, finding: Finding) -> None:
        """The vendor adds a file that shows the fix, made on the same day."""
        today = self.clock.wait(1, 6).date()
        accepted = intake.examine(io.BytesIO(files.make(turn.make, today)), turn.name)
        item = evidence.attach(
            assessment=finding.assessment,
            accepted=accepted,
            upload_id=key(f"{self.script.name}:proof:{turn.number}:{turn.day}"),
            asked_at=None,
            finding=finding,
            by=self.lead,
        )
        self.stage.kept += filter(None, [item.file.name, item.preview.name])
