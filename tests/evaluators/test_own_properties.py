"""What never changes a verdict, tried on the examples written from the rules and on credential reports by chance."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.evaluators import Evaluation, Source, State, evaluate
from tests.evaluators.own import Example, examples, saved
from tests.evaluators.shared import NOW, ONE, THREE, TWO, prowler, zipped

Criteria = dict[str, Evaluation]
Row = dict[str, Any]
MANIFEST: Final = "manifest.json"
COUNTS: Final = (MANIFEST, "iam.get-account-summary.json", "organizations.list-accounts.json")
HASHED: Final = ("changed-after-collection", "broken-in-transport")  # they are about the hash itself
BUNDLES: Final = [example for example in examples("bundles") if example.name not in HASHED]
EVERYTHING: Final = [*examples("credential-reports"), *BUNDLES, *examples("prowler")]
FEW: Final = settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
MANY: Final = settings(FEW, max_examples=700)
OTHERS: Final = {ONE: "777777777777", TWO: "888888888888", THREE: "999999999999", "o-aaaa": "o-cccc", "ab12": "cd34"}
IRRELEVANT: Final = [
    Source("notes.txt", b"We rotate keys each month.\n"),
    Source("screen.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    Source("people.csv", b"name,team\nann,blue\n"),
    Source("package.json", b'{"name": "shop", "version": "1.0.0"}'),
    Source("plan.pdf", b"%PDF-1.7\n%%EOF\n"),
    Source("unknown.json", b"[1, 2, 3]"),
]


def judge(example: Example, files: list[Source], **more: Any) -> Criteria:
    return evaluate(files, as_of=example.as_of, scope=more.get("scope", example.scope)).criteria


def verdicts(criteria: Criteria) -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """All that people see of it, apart from sentences."""
    return {
        key: (one.state, one.responses, tuple(r.ref for r in one.resources), one.coverage.missing)
        for key, one in criteria.items()
    }


def rewritten(file: Source, change: Callable[[Any], Any]) -> Source:
    """A file with changed JSON, a manifest without hashes; what is no JSON stays."""
    try:
        value = json.loads(file.read())
    except ValueError:
        return file
    if file.path.endswith(MANIFEST):
        value["files"] = [{**row, "sha256": ""} for row in value["files"]]
    elif not (isinstance(value, dict) and "Content" in value):
        value = change(value)
    return file._replace(content=json.dumps(value).encode())


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same value with every list and every object in another order."""
    if isinstance(value, list):
        return chance.sample([shuffled(item, chance) for item in value], len(value))
    if isinstance(value, dict):
        return {key: shuffled(value[key], chance) for key in chance.sample(sorted(value), len(value))}
    return value


def doubled(value: Any) -> Any:
    """The same value with every other listed row twice."""
    if isinstance(value, list):
        return [*value, *value[::2]]
    return {key: [*item, *item[::2]] if isinstance(item, list) else item for key, item in value.items()}


def order(example: Example, chance: random.Random) -> None:
    files = [rewritten(file, lambda value: shuffled(value, chance)) for file in example.files]
    chance.shuffle(files)
    assert verdicts(judge(example, files)) == verdicts(judge(example, list(example.files)))


def repetition(example: Example, chance: random.Random) -> None:
    files = [rewritten(file, doubled) for file in example.files]
    again = [file._replace(path=f"again/{file.path}") for file in example.files]
    assert verdicts(judge(example, files)) == verdicts(judge(example, list(example.files)))
    assert verdicts(judge(example, [*example.files, *again])) == verdicts(judge(example, list(example.files)))


def division(example: Example, chance: random.Random) -> None:
    """Each half comes with the manifest, as a ZIP of its own."""
    head = [file for file in example.files if file.path == MANIFEST]
    rest = [file for file in example.files if file.path != MANIFEST]
    first = [file for file in rest if chance.random() < 0.5]
    halves = [
        Source("one.zip", zipped([*head, *first])),
        Source("two.zip", zipped([*head, *(file for file in rest if file not in first)])),
    ]
    assert verdicts(judge(example, halves)) == verdicts(judge(example, list(example.files)))


def irrelevance(example: Example, chance: random.Random) -> None:
    files = [*example.files, *chance.sample(IRRELEVANT, 3)]
    assert judge(example, files) == judge(example, list(example.files))


def removal(example: Example, chance: random.Random) -> None:
    """Without a file, or with half of one, nothing becomes acceptable that was not.

    Who has to be covered is kept, and so are the lists and counts that others are only held against.
    """
    whole = evaluate(example.files, as_of=example.as_of, scope=example.scope)
    gone = chance.choice([file for file in example.files if not file.path.endswith(COUNTS)])
    rest = [file for file in example.files if file is not gone]
    half = gone._replace(content=gone.read()[: len(gone.read()) // 2])
    for files in (rest, [*rest, half]):
        for key, less in judge(example, files, scope=whole.accounts).items():
            if key == "aws-core-22" and "rds.describe-db-" in gone.path:
                continue  # AWS lists the interfaces of databases too, so 22 does not need the databases themselves
            assert less.state is not State.ACCEPTABLE or whole.criteria[key].state is State.ACCEPTABLE, (gone.path, key)


def renamed(data: bytes) -> bytes:
    """Other accounts of another organization."""
    for old, new in OTHERS.items():
        data = data.replace(old.encode(), new.encode())
    return data


def company(example: Example, chance: random.Random) -> None:
    """Beside another example's account, whatever it is, no failure turns into acceptable."""
    other = chance.choice(BUNDLES)
    beside = [
        rewritten(
            file._replace(path=f"beside/{renamed(file.path.encode()).decode()}", content=renamed(file.read())),
            lambda value: value,
        )
        for file in other.files
    ]
    together = judge(example, [*example.files, *beside])
    for key, alone in judge(example, list(example.files)).items():
        assert alone.state is not State.FAILURE or together[key].state is not State.ACCEPTABLE, (other.name, key)


RULES: Final = [
    pytest.param(order, EVERYTHING, id="order"),
    pytest.param(repetition, EVERYTHING, id="repetition"),
    pytest.param(division, BUNDLES, id="division"),
    pytest.param(irrelevance, EVERYTHING, id="irrelevance"),
    pytest.param(removal, BUNDLES, id="removal"),
    pytest.param(company, BUNDLES, id="company"),
]
Rule = Callable[[Example, random.Random], None]


def search(rule: Rule, chosen: list[Example], how: settings) -> None:
    @how
    @given(st.sampled_from(chosen), st.randoms(use_true_random=False))
    def each(example: Example, chance: random.Random) -> None:
        rule(example, chance)

    each()


@pytest.mark.parametrize(("rule", "chosen"), RULES)
def test_a_verdict_stays(rule: Rule, chosen: list[Example]) -> None:
    search(rule, chosen, FEW)


@pytest.mark.fuzz
@pytest.mark.parametrize(("rule", "chosen"), RULES)
def test_a_verdict_stays_for_long(rule: Rule, chosen: list[Example]) -> None:
    search(rule, chosen, MANY)


# --- Credential reports by chance, against the predicates of section 1.4 written a second time ------------------------

DAYS: Final = timedelta(days=90)
SECOND: Final = timedelta(seconds=1)
NEVER: Final = None
AGES: Final = st.sampled_from([SECOND, DAYS - SECOND, DAYS, DAYS + SECOND, DAYS * 3])
USES: Final = st.one_of(
    st.sampled_from([NEVER, timedelta(days=7) - SECOND, timedelta(days=7), timedelta(days=7) + SECOND]), AGES
)


@st.composite
def keys(draw: st.DrawFn) -> tuple[bool, timedelta, timedelta | None] | None:
    """A key: whether it is active, its age, and how long ago it was used (never before it was made)."""
    if draw(st.booleans()):
        return None
    age, used = draw(AGES), draw(USES)
    return draw(st.booleans()), age, min(used, age) if used is not None else None


PEOPLE: Final = st.lists(st.tuples(st.booleans(), keys(), keys()), max_size=4)
ROOTS: Final = st.tuples(st.booleans(), USES, keys(), keys())
FORMS: Final = st.sampled_from(
    [
        {},
        {"encoding": "utf-16", "delimiter": "\t"},
        {"delimiter": ";", "newline": "\r\n", "sep_line": True, "true": "WAHR", "false": "FALSCH"},
        {"true": "TRUE", "false": "FALSE", "quote_all": True, "shuffle": True},
        {"base64": True},
        {"repeat": True, "blank_lines": True},
        {"header": "spaced", "newline": "\r", "true": "1", "false": "0"},
        {"partition": "aws-cn", "encoding": "utf-8-sig"},
        {"wrapper": NOW.isoformat()},
    ]
)


def row(user: str, first: Any, second: Any, **columns: object) -> Row:
    def cells(key: Any) -> str:
        times = [(NOW - age).strftime("%Y-%m-%dT%H:%M:%SZ") if age is not None else "N/A" for age in key[1:]]
        return " ".join([str(key[0]).lower(), *times])

    slots = {f"k{number}": cells(key) for number, key in ((1, first), (2, second)) if key}
    return {"user": user, "user_creation_time": "2019-01-01T08:00:00Z", **columns, **slots}


def oracle(root: Any, people: Any) -> dict[str, tuple[State, tuple[str, ...]]]:
    """States and matched responses of 5, 6, 11, 13 and 14, as section 1.4 says them."""
    held = [key for person in [root[2:], *(one[1:] for one in people)] for key in person if key]
    active = [key for key in held if key[0]]
    bad_root = not root[0] or any(key and key[0] for key in root[2:])
    used = any(use is not None and use <= timedelta(days=7) for use in (root[1], *(key[2] for key in root[2:] if key)))
    idle = any(key[2] is None or key[2] > DAYS for key in active)
    old, overdue = any(key[1] >= DAYS for key in active), any(key[1] > DAYS for key in active)

    def said(number: int, fails: bool, failure: tuple[str, ...], good: str) -> tuple[State, tuple[str, ...]]:
        matched = failure if fails else (good,)
        return (
            State.FAILURE if fails else State.ACCEPTABLE,
            tuple(f"aws-core-{number}-{name}" for name in matched),
        )

    present = "a1" if held else "a2"
    return {
        "aws-core-5": said(5, bad_root, ("f1",), "a1"),
        "aws-core-6": said(6, used, (), "a1"),
        "aws-core-11": said(11, any(one[0] for one in people), ("f1",), "a1"),
        "aws-core-13": said(13, idle, ("f1",), present),
        "aws-core-14": said(14, old, ("f1",) if overdue else (), present),
    }


def against_the_oracle(root: Any, people: Any, form: dict[str, Any], chance: random.Random) -> None:
    """The rows in any order and some of them twice, in any form."""
    mfa, use, *root_keys = root
    signed_in = (NOW - use).strftime("%Y-%m-%dT%H:%M:%SZ") if use is not None else "no_information"
    rows = [row("root", *root_keys, mfa_active=mfa, password_last_used=signed_in)]
    rows += [row(f"user{n}", *slots, password_enabled=enabled) for n, (enabled, *slots) in enumerate(people)]
    rows += chance.sample(rows, chance.randint(0, len(rows)))
    chance.shuffle(rows)
    criteria = evaluate([Source("report", saved(rows, form))], as_of=NOW).criteria
    said = oracle(root, people)
    assert {key: (criteria[key].state, criteria[key].responses) for key in said} == said


def search_reports(how: settings) -> None:
    settings(how)(given(ROOTS, PEOPLE, FORMS, st.randoms(use_true_random=False))(against_the_oracle))()


def test_reports_by_chance() -> None:
    search_reports(settings(FEW, max_examples=120))


@pytest.mark.fuzz
def test_reports_by_chance_for_long() -> None:
    search_reports(settings(FEW, max_examples=3_000))


def test_the_finding_of_a_muted_check_beside_changes_nothing() -> None:
    """A PASS or a muted finding without result is no evidence either way."""
    example = next(one for one in BUNDLES if one.name == "database-and-server-in-private-subnets")
    passed = prowler("rds_instance_no_public_access", f"arn:aws:rds:us-east-1:{ONE}:db:shop", result="PASS")
    assert judge(example, [*example.files, passed])["aws-core-21"].state is State.ACCEPTABLE
