"""How loading the demo behaves, and what it is made from."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from assessments.demo import files, script
from assessments.demo.cast import ADA
from assessments.demo.clock import Clock, turned
from assessments.demo.load import SCRIPTS, load
from assessments.demo.play import Play
from assessments.models import Evidence
from playbook.models import Playbook
from tests.factories import make_vendor
from users.models import User
from vendors.models import Vendor

NAMES = [name for names in SCRIPTS.values() for name in names]
DAYS = [date(2027, 1, 1), date(2028, 2, 29), date(2026, 11, 25)]


def rows() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


def test_refused_outside_the_demo(db: None) -> None:
    before = rows()
    with override_settings(DEMO=False), pytest.raises(CommandError, match="DEMO is not set. Nothing was changed"):
        call_command("load_demo")
    with override_settings(DEMO=False), pytest.raises(CommandError):
        call_command("load_demo", print_logins=True)
    assert rows() == before


def test_demo_is_off_unless_asked_for() -> None:
    assert settings.DEMO is False


@override_settings(DEMO=True)
def test_logins_without_a_demo(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo", print_logins=True)
    assert capsys.readouterr().out == "The people of the demo are not in this database.\n"
    assert Vendor.objects.count() == 0


def test_a_database_with_a_vendor_is_left_alone(db: None) -> None:
    make_vendor("Somebody real")
    before = rows()
    assert load() == []
    assert rows() == before
    assert not User.objects.filter(email=ADA.email).exists()


def test_a_load_that_fails_leaves_neither_rows_nor_files(
    db: None, playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[str] = []

    def stop(play: Play) -> None:
        for evidence in Evidence.objects.all():
            stored.extend([evidence.file.name, evidence.preview.name] if evidence.preview else [evidence.file.name])
        raise KeyboardInterrupt

    monkeypatch.setattr(Play, "_submit", stop)
    before = rows()
    with pytest.raises(KeyboardInterrupt):
        load()
    assert rows() == before
    assert len(stored) == 3  # two files, one of them with a preview
    assert [name for name in stored if default_storage.exists(name)] == []


def test_the_clock_turns_django_and_stops_at_the_present() -> None:
    clock = Clock(today=date(2026, 11, 25))
    clock.real = clock._latest = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    before = timezone.now
    with turned(clock):
        clock.begin()
        morning = clock.morning(40)
        assert morning.date() == timezone.localdate() == date(2026, 10, 16)
        assert timezone.now() < timezone.now()
        assert clock.morning(41) > morning  # time does not go back
        clock.morning(-3)
        assert timezone.now() == clock.real
    assert timezone.now is before


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("name", NAMES)
def test_scripts_fit_the_playbook(name: str, today: date, playbook: Playbook) -> None:
    """Statements and results exist, one statement where one is asked for, and every file is used."""
    read = script.read(name, today=today)
    criteria = {criterion.number: criterion for criterion in playbook.criteria.prefetch_related("options")}
    used = set()
    for line in [*read.lines, *(line.again for line in read.lines if line.again)]:
        criterion = criteria[line.number]
        keys = {option.key for option in criterion.options.all()}
        assert {*line.statements, *line.matched} <= keys, line.number
        if criterion.answer_type == "single-response":
            assert len(line.statements) <= 1, line.number
        if line.kind == "not_applicable":
            assert criterion.not_applicable_allowed, line.number
        used |= set(line.files)
    assert used == set(read.files)
    assert read.year - today.year == {"before": -2, "last": -1, "this": 0, "next": 1}[name.split("-")[1]]


@pytest.mark.parametrize("name", NAMES)
def test_files_are_the_same_at_every_load(name: str) -> None:
    day = date(2026, 11, 20)
    for paper in script.read(name, today=day).files.values():
        made = files.make(paper.make, day)
        if not made.startswith(b"%PDF-"):  # a PDF carries the moment it was made
            assert made == files.make(paper.make, day), paper.name
            assert made != files.make(paper.make, day - timedelta(days=1)) or paper.name.endswith((".json", ".png"))


def test_dates_in_texts_count_from_the_anchor() -> None:
    assert script._dated("by {+9}, since {m-30}", anchor=date(2026, 12, 28)) == "by 6 January, since November 2026"


def test_unknown_file() -> None:
    with pytest.raises(KeyError, match="nobody-makes-this"):
        files.make("nobody-makes-this", date(2026, 11, 20))
