"""A secret in a file is refused by line and kind, and never repeated; machine evidence is taken as it is."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]  # how the engine itself reads a pattern

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.intake import Refused, examine, secret_search, secrets
from assessments.models import Assessment, Evidence
from audit.models import EventDetail
from tests.assessments.vendor.helpers import add
from tests.intake.samples import MEMBERS, bundle
from users.models import User

ID = "AKIAIOSFODNN7EXAMPLE"
# In parts, so that whoever searches this repository for keys finds none.
KEY = "/".join(["wJalrXUtn" + "FEMI", "K7MD" + "ENG", "bPxRfiCY" + "EXAMPLE" + "KEY"])
SESSION = "IQoJb3" + "JpZ2luX2VjE" + "a1B2c3D4" * 20
BODY = "MIIEpAIBAAKCAQEA" * 4
TOKEN = "gh" + "p_" + "a1B2c3D4e5" * 4
SLACK = "xo" + "xb-" + "123456789012-abcdefghij"
JWT = ".".join(["ey" + "JhbGciOiJIUzI1NiJ9", "ey" + "JzdWIiOiIxMjM0NSJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r"])
PASSWORD = "tr0ub" + "4dor"

ADVICE = {
    "a secret access key": "rotate the key",
    "a private key": "replace the key pair",
    "a session token": "end the session",
    "a password": "change the password",
    "an access token": "revoke the token",
    "a secret": "replace the secret",
}


def pem(kind: str) -> str:
    """The beginning of a private key; its first line is made here."""
    return f"-----BEGIN {kind}-----\n{BODY}\n"


def says(place: str, what: str, more: str = "", thing: str = "file") -> str:
    """The whole sentence."""
    return f"{place} holds what looks like {what}. Remove it, {ADVICE[what]}, and add the {thing} again.{more}"


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(Refused) as refused:
        examine(io.BytesIO(data), name)
    error: BaseException | None = refused.value
    assert error.__cause__ is None
    assert error.__context__ is None
    return str(error)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {KEY}\n", 3, "a secret access key"),
        (f"AWS Access Key ID [None]: {ID}\nAWS Secret Access Key [None]: {KEY}\n", 2, "a secret access key"),
        (f"export AWS_SECRET_ACCESS_KEY={KEY}\n", 1, "a secret access key"),
        (f"our new key\n{ID}\n{KEY}\n", 3, "a secret access key"),
        (f"{KEY} belongs to {ID}\n", 1, "a secret access key"),
        (f"The secret access key of the job\n\n  {KEY}\n", 3, "a secret access key"),
        (f"export AWS_SESSION_TOKEN={SESSION}\n", 1, "a session token"),
        (f"aws_session_token = {'Zz9' * 40}\n", 1, "a session token"),
        (f"x\n\n{SESSION}\n", 3, "a session token"),
        (pem("PRIVATE KEY"), 1, "a private key"),
        ("a\r\nb\r\n" + pem("RSA PRIVATE KEY"), 3, "a private key"),
        ("a\rb\r" + pem("EC PRIVATE KEY"), 3, "a private key"),
        (pem("ENCRYPTED PRIVATE KEY"), 1, "a private key"),
        (pem("OPENSSH PRIVATE KEY"), 1, "a private key"),
        (pem("PGP PRIVATE KEY BLOCK"), 1, "a private key"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\n", 1, "a private key"),
        (f"DB_PASSWORD={PASSWORD}\n", 1, "a password"),
        ("PASSWORD=correcthorse\n", 1, "a password"),
        (f"export PGPASSWORD='{PASSWORD}'\n", 1, "a password"),
        (f"database:\n  password: {PASSWORD}  # of staging\n", 2, "a password"),
        (f'database:\n  passwd: "{PASSWORD}"\n', 2, "a password"),
        (f"[db]\npwd = {PASSWORD}\n", 2, "a password"),
        (f"Passwort: {PASSWORD}\n", 1, "a password"),
        ("Our password: Summer-2026! as always\n", 1, "a password"),
        (f"DB_PASS={PASSWORD}\n", 1, "a password"),
        (f"**Password**: {PASSWORD}\n", 1, "a password"),
        (f'config["password"] = "{PASSWORD}"\n', 1, "a password"),
        (f"mysql --user root --password {PASSWORD}\n", 1, "a password"),
        (f"curl --password={PASSWORD} x\n", 1, "a password"),
        (f"url: postgres://app:{PASSWORD}@db.example/app\n", 1, "a password"),
        (f"Server=db;User Id=sa;Password={PASSWORD};Encrypt=yes\n", 1, "a password"),
        ("Authorization: Basic YWxpY2U6aHVudGVyMg==\n", 1, "a password"),
        ("passphrase = 'nine small words'\n", 1, "a password"),
        ("> Authorization: Bearer 9f86d081884c7d65\n", 1, "an access token"),
        (f"seen: {TOKEN}\n", 1, "an access token"),
        (f"seen: {SLACK}\n", 1, "an access token"),
        (f"seen: {JWT}\n", 1, "an access token"),
        ("VAULT_TOKEN=9f86d081884c7d65\n", 1, "an access token"),
        ("https://x.example/hook?token=9f86d081884c7d65&x=1\n", 1, "an access token"),
        ("api_key: 9f86d081884c7d65\n", 1, "a secret"),
        ("client_secret=9f86d081884c7d65\n", 1, "a secret"),
        (f"AccountName=x;AccountKey={'aB3d' * 10}==\n", 1, "a secret"),
    ],
)
def test_a_secret_in_a_text_is_refused_by_its_line(text: str, line: int, what: str) -> None:
    expected = says(f"Line {line}", what)
    assert refusal(text.encode(), "notes.txt") == expected
    assert refusal(text.encode("utf-16"), "notes.txt") == expected
    assert refusal(b"\xef\xbb\xbf" + text.encode(), "notes.txt") == expected
    assert refusal(text.encode() + "größer".encode("cp1252"), "notes.txt") == expected


def credentials() -> dict[str, object]:
    """What `aws sts get-session-token` and `assume-role` print."""
    return {
        "Credentials": {
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "SecretAccessKey": KEY,
            "SessionToken": "Zz9" * 90,
            "Expiration": "2026-11-20T08:00:00Z",
        }
    }


@pytest.mark.parametrize(
    ("value", "place", "what", "more"),
    [
        (credentials(), "Line 4", "a secret access key", " Look at line 5 too."),
        ({"User": "bob", "Password": PASSWORD}, "Line 3", "a password", ""),
        ({"a": ["-----BEGIN RSA " + "PRIVATE KEY-----\n" + BODY]}, "Line 3", "a private key", ""),
        (
            {"Parameters": [{"Name": "/app/db_password", "Type": "String", "Value": PASSWORD}]},
            "Line 6",
            "a password",
            "",
        ),
        ({"Parameters": [{"Name": "/app/x", "Type": "SecureString", "Value": "plain"}]}, "Line 6", "a secret", ""),
        ({"environment": [{"name": "DB_PASSWORD", "value": PASSWORD}]}, "Line 5", "a password", ""),
        ([{"ParameterKey": "DbPassword", "ParameterValue": PASSWORD}], "Line 4", "a password", ""),
        ({"SecretString": json.dumps({"user": "u", "password": PASSWORD})}, "Line 2", "a secret", ""),
        ({"note": json.dumps({"user": "u", "password": PASSWORD})}, "Line 2", "a password", ""),
        ({"note": f"export DB_PASSWORD={PASSWORD}\nrun"}, "Line 2", "a password", ""),
        ({"authorizationToken": "QVdTOmV5SnB" * 9}, "Line 2", "an access token", ""),
    ],
)
def test_a_secret_in_a_json_is_refused_by_its_line(value: object, place: str, what: str, more: str) -> None:
    assert refusal(json.dumps(value, indent=1).encode(), "out.json") == says(place, what, more)


def test_where_a_json_has_no_lines_the_way_to_the_value_is_named() -> None:
    rows = [{"Name": f"user{n}", "Tags": ["a", "b"]} for n in range(30)]
    text = json.dumps({"Users": [*rows, {"Name": "bob", "Login": {"Password": PASSWORD}}], "More": rows})
    assert refusal(text.encode(), "out.json") == says("The value at Users[30].Login.Password", "a password")


def test_a_name_that_is_part_of_the_secret_is_not_named() -> None:
    text = json.dumps({"x": "y" * 500, "tr0ub4": {"two words": [{"Password": PASSWORD}]}})
    assert refusal(text.encode(), "out.json") == says("The value at ….…[0].Password", "a password")


def test_a_long_way_is_cut_at_its_beginning() -> None:
    value: object = {"Password": PASSWORD}
    for _ in range(20):
        value = {"Configuration": value}
    sentence = refusal(json.dumps(value).encode(), "out.json")
    assert sentence.startswith("The value at …")
    assert ".Configuration.Password holds what looks like a password." in sentence
    assert len(sentence) < 260


FUNCTION = {
    "FunctionName": "nightly-export",
    "Environment": {"Variables": {"MODE": "prod", "KMS_KEY_ID": "1234abcd-12ab", "DB_CREDENTIALS_LIVE": "a1b2c3d4e5"}},
}


def test_variables_of_a_function_send_to_the_collector() -> None:
    rest = (
        "holds what looks like a secret in the variables of a Lambda function. Replace the secret, run the collector, "
        "which leaves such values out, and add what it writes."
    )
    listed = {"Functions": [FUNCTION]}
    assert refusal(json.dumps(listed, indent=1).encode(), "out.json") == f"Line 9 {rest}"
    padded = json.dumps(listed | {"Note": "x" * 400}).encode()
    place = "The value at Functions[0].Environment.Variables.DB_CREDENTIALS_LIVE"
    assert refusal(padded, "out.json") == f"{place} {rest}"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (f"Access key ID,Secret access key\r\n{ID},{KEY}\r\n", 2, "a secret access key"),
        (f"sep=;\nUser name;Password;Console login link\nbob;{PASSWORD}!;x\n", 3, "a password"),
        (f'User,Note,Password\nann,"two\nlines",\nbob,,{PASSWORD}\n', 4, "a password"),
        ("Name,API key\nx,9f86d081884c7d65\n", 2, "a secret"),
        (f"Secret access key,{KEY}\nOwner,bob\n", 1, "a secret access key"),
        (f"a,b,c\n1,2,DB_PASSWORD={PASSWORD}\n", 2, "a password"),
    ],
)
def test_a_secret_in_a_table_is_refused_by_its_line(text: str, line: int, what: str) -> None:
    assert refusal(text.encode(), "keys.csv") == says(f"Line {line}", what)
    assert refusal(text.encode("utf-16"), "keys.csv") == says(f"Line {line}", what)


PLACE = "111122223333/eu-west-1/"


@pytest.mark.parametrize(
    ("member", "data", "place", "what"),
    [
        (f"{PLACE}x.json", f'{{\n"Password": "{PASSWORD}"}}'.encode(), f"Line 2 of {PLACE}x.json", "a password"),
        (f"{PLACE}x.json", f'{{"a": "{"y" * 500}", "Password": "{PASSWORD}"}}'.encode(),
         f"The value at Password of {PLACE}x.json", "a password"),
        (f"{PLACE}x.csv", f"user,password\nbob,{PASSWORD}".encode(), f"Line 2 of {PLACE}x.csv", "a password"),
        (f"{PLACE}x.csv", f'user,password\nbob,{PASSWORD}\n"open'.encode(), f"Line 2 of {PLACE}x.csv", "a password"),
        (f"{PLACE}x.txt", pem("RSA PRIVATE KEY").encode("utf-16"), f"Line 1 of {PLACE}x.txt", "a private key"),
        (f"{PLACE}x.txt", b"\x07\x81\nDB_PASSWORD=" + PASSWORD.encode(), f"Line 2 of {PLACE}x.txt", "a password"),
        (f"{PLACE}{PASSWORD}.json", f'{{"Password": "{PASSWORD}"}}'.encode(), "Line 1 in a file of the bundle",
         "a password"),
        ("notes.md", f"{ID}\n{KEY}\n".encode(), "Line 2 of notes.md", "a secret access key"),
    ],
)  # fmt: skip
def test_a_secret_in_a_bundle_is_refused_by_file_and_line(member: str, data: bytes, place: str, what: str) -> None:
    assert refusal(bundle(MEMBERS | {member: data}), "e.zip") == says(place, what, thing="bundle")


def test_several_secrets_are_named_at_once() -> None:
    text = "".join(f"x\nDB_PASSWORD={PASSWORD}{n}\n" for n in range(3)).encode()
    assert refusal(text, "x.txt") == says("Line 2", "a password", " Look at lines 4 and 6 too.")
    text = "".join(f"DB_PASSWORD={PASSWORD}{n}\n" for n in range(90)).encode()
    assert refusal(text, "x.txt") == says("Line 1", "a password", " Look at lines 2, 3, 4, 5, 6 and those below too.")


# --- Never repeated, and read in linear time ----------------------------------------------------------------------

LETTERS = st.characters(codec="ascii", categories=("Lu", "Ll", "Nd"))
FRAMES: list[Callable[[str, str], tuple[str, str, str]]] = [
    lambda secret, around: (f"{around}\nDB_PASSWORD={secret}\n{around}", "text", ""),
    lambda secret, around: (json.dumps({"a": around, secret: 1, "b": {"password": secret}}), "json", ""),
    lambda secret, around: (f"user,password\nbob,{secret}\n", "csv", f"{PLACE}{secret}.csv"),
    lambda secret, around: (json.dumps({"n" * 500: {secret: {"token": secret}}}), "json", f"{PLACE}{secret}.json"),
    lambda secret, around: (f"https://{secret}:{secret}@host/{secret}", "text", f"{PLACE}{secret[:7]}.txt"),
]


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(LETTERS, min_size=8, max_size=60), st.text(max_size=80), st.sampled_from(FRAMES))
def test_no_sentence_repeats_any_part_of_the_secret(
    secret: str, around: str, frame: Callable[[str, str], tuple[str, str, str]]
) -> None:
    secret += "7q"
    text, kind, member = frame(secret, around)
    try:
        secrets.check(text, kind, member=member)
    except Refused as refused:
        own = says("The value at password", "a password", " Look at lines 2 and those below too.", "bundle").casefold()
        sentence, small = str(refused).casefold(), secret.casefold()
        parts = [small[start : start + 6] for start in range(len(small) - 5)]
        assert [part for part in parts if part in sentence and part not in own] == []


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(), st.sampled_from(["json", "csv", "text"]))
def test_any_text_is_taken_or_refused_in_a_sentence(text: str, kind: str) -> None:
    try:
        secrets.check(text, kind)
        sentence = "Line 1 holds what looks like a"
    except Refused as refused:
        sentence = str(refused)
    assert re.match(r"(Line [\d,]+|The value at .+) holds what looks like an?", sentence, re.DOTALL)


def repeats(parsed: object) -> list[bool]:
    """Of each repetition without an end: whether it gives nothing back."""
    found: list[bool] = []
    for operation, argument in parsed:  # type: ignore[attr-defined]
        if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
            if argument[1] is _constants.MAXREPEAT:
                found.append(operation is _constants.POSSESSIVE_REPEAT)
            found += repeats(argument[2])
        elif operation is _constants.SUBPATTERN:
            found += repeats(argument[-1])
        elif operation is _constants.BRANCH:
            found += [each for branch in argument[1] for each in repeats(branch)]
    return found


def test_no_pattern_that_searches_a_text_can_go_back_without_end() -> None:
    values = [value for name, value in vars(secret_search).items() if name.startswith("_") or name == "FORTY"]
    patterns = [one for value in values for one in (value.values() if isinstance(value, dict) else [value])]
    flat = [one for each in patterns for one in (each if isinstance(each, tuple) else (each,))]
    flat = [one for each in flat for one in (each if isinstance(each, tuple) else (each,))]
    found = [one for one in flat if isinstance(one, re.Pattern)]
    assert len(found) > 40
    assert {
        one.pattern for one in found if not all(repeats(_parser.parse(one.pattern, one.flags & re.IGNORECASE)))
    } == set()


@pytest.mark.parametrize(
    "unit", ["token=x ", '{"value":"', '"variables":{', "eyJaaaaaaaa.eyJ.", "://a:", "--token ", "pwd:["]
)
def test_twice_the_text_is_twice_the_work(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    for module, name in ((secret_search, "is_value"), (secret_search, "kind_of_name"), (secret_search, "is_random")):
        true = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda value, *rest, true=true, **more: seen.append(len(value)) or true(value, *rest, **more)
        )
    work = []
    for times in (500, 1_000):
        seen.clear()
        assert secret_search.find(unit * times) == []
        work.append(sum(seen))
    assert work[1] <= 2 * work[0] + 10_000  # but for the end of the text, where values are shorter


@pytest.mark.parametrize("unit", ["a", "-", "A1b/" * 10 + " ", '"'])
def test_fifty_megabytes_of_nothing_are_read(unit: str) -> None:
    assert secret_search.find(unit * (50_000_000 // len(unit))) == []


# --- What people see ----------------------------------------------------------------------------------------------


def test_the_command_says_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.env"
    path.write_text(f"DB_PASSWORD={PASSWORD}\n")
    with pytest.raises(SystemExit):
        call_command("check_upload", str(path))
    assert capsys.readouterr().out == f"{path}: refused: {says('Line 1', 'a password')}\n"


@pytest.mark.django_db
def test_an_upload_is_refused_and_nothing_of_it_is_stored(
    client: Client, rita: User, in_progress: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    def stored() -> list[str]:
        root = Path(default_storage.path(""))
        return sorted(str(path) for path in root.rglob("*") if path.is_file())

    before = stored()
    client.force_login(rita)
    data = f"aws_access_key_id = {ID}\naws_secret_access_key = {KEY}\n".encode()
    reply = add(client, in_progress, SimpleUploadedFile("credentials.txt", data), 13)
    assert (reply["status"], reply["error"]) == (422, says("Line 2", "a secret access key"))
    assert (Evidence.objects.count(), stored()) == (0, before)
    parts = [KEY[start : start + 6] for start in range(len(KEY) - 5)]
    told = caplog.text + str(reply) + str(list(EventDetail.objects.values_list("data", flat=True)))
    assert [part for part in parts if part in told] == []
