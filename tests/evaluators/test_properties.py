"""Whatever the files are: no traceback, every file named, and no order of them matters."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.evaluators import Source, State, evaluate
from assessments.evaluators.formats.calls import CALLS
from tests.evaluators.shared import FIXTURES, NOW, ONE, outcome_of, sources

MEMBERS = sorted({key for call in CALLS for part in (call.key, call.item) for key in part.split()})
NAMES = [f"{ONE}/us-east-1/{call.name.replace(' ', '.')}.thing.json" for call in CALLS] + [
    "manifest.json",
    f"{ONE}/global/credential-report.csv",
    "x.ocsf.json",
    "x",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(MEMBERS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
    max_leaves=12,
)
EXAMPLES = [path for path in sorted(FIXTURES.rglob("*")) if path.is_file() and path.stat().st_size < 100_000]


def check(*files: Source) -> None:
    outcome = evaluate(files, as_of=NOW)
    assert {file.path for file in files} <= {file.path for file in outcome.files}
    for file in outcome.files:
        assert file.status in ("read", "partial", "kept", "refused")
        assert file.status != "refused" or file.problem
    json.dumps(outcome.as_json(), ensure_ascii=False).encode()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), VALUES)
def test_any_json_under_any_name(name: str, value: object) -> None:
    check(Source(name, json.dumps(value).encode()))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.binary(max_size=200))
def test_any_bytes_under_any_name(name: str, data: bytes) -> None:
    check(Source(name, data))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False))
def test_any_damage_to_an_example(path: object, chance: random.Random) -> None:
    data = bytearray((FIXTURES / str(path)).read_bytes())
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data) or 1)
        match chance.randrange(4):
            case 0:
                del data[place : place + chance.randint(1, 50)]
            case 1:
                data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
            case 2:
                data[place:place] = data[: chance.randint(1, 400)]
            case _:
                data[place : place + 1] = chance.choice([b"null", b'"', b"{", b"[", b"\n", b"9", b"\xff\xfe"])
    check(Source((FIXTURES / str(path)).relative_to(FIXTURES).as_posix(), bytes(data)))


@pytest.mark.parametrize("name", ["acme-good", "acme-bad"])
def test_neither_order_nor_repetition_of_files_matters(name: str) -> None:
    files = sources(name)
    random.Random(7).shuffle(files)
    again = [file._replace(path=f"again/{file.path}") for file in files]
    assert evaluate(files).criteria == outcome_of(name).criteria
    assert evaluate(files + again).criteria == outcome_of(name).criteria


@pytest.mark.parametrize("seed", range(6))
def test_less_evidence_never_makes_anything_acceptable(seed: int) -> None:
    """Without some of its files nothing becomes acceptable that was not."""
    chance = random.Random(seed)
    for name in ("acme-good", "acme-bad"):
        accounts = outcome_of(name).accounts
        kept = [file for file in sources(name) if "manifest" in file.path or chance.random() < 0.9]
        less = evaluate(kept, scope=accounts).criteria
        for key, whole in outcome_of(name).criteria.items():
            assert less[key].state is not State.ACCEPTABLE or whole.state is State.ACCEPTABLE, key


# Their failure says that there is nothing of the kind at all: with some, it is open which buckets are important.
NOWHERE = ("aws-core-26",)


def test_a_clean_account_beside_never_heals_a_failure() -> None:
    beside = evaluate([*sources("acme-bad"), *sources("acme-good")]).criteria
    for key, evaluation in outcome_of("acme-bad").criteria.items():
        if evaluation.state is State.FAILURE and key in NOWHERE:
            assert beside[key].state is State.UNDETERMINED, key
        elif evaluation.state is State.FAILURE:
            assert beside[key].state is State.FAILURE, key
