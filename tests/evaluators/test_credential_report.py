"""A credential report in every shape people hand it on."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import limits
from assessments.evaluators.formats import CREDENTIAL_REPORT, detect, table
from assessments.evaluators.formats.credential_report import (
    CredentialReport,
    HeaderOnly,
    TooLarge,
    Unreadable,
    parse,
    rows_between,
    summary,
)
from assessments.evaluators.formats.times import DateOrder, Mark
from tests.evaluators.shared import FIXTURES
from tests.intake.samples import HEADER, KEY, NO_KEY, report, root, user

CLASSIC = report()
UPLOADED = datetime(2026, 11, 20, 8, tzinfo=UTC)


def facts(parsed: CredentialReport) -> list[tuple[object, ...]]:
    """What must be the same however the file was saved."""
    return [(row.account, row.user, row.is_root, row.created_at, row.mfa_active, row.keys) for row in parsed.rows]


def test_rows_are_typed() -> None:
    parsed = parse(CLASSIC)
    rooted, bob = parsed.rows
    assert (rooted.user, rooted.is_root, rooted.account) == ("<root_account>", True, "111122223333")
    assert (rooted.password_enabled, rooted.mfa_active) == (True, True)
    assert rooted.password_last_used == datetime(2026, 10, 1, 6, 30, tzinfo=UTC)
    assert rooted.password_next_rotation is Mark.NOT_SUPPORTED
    assert (bob.user, bob.is_root, bob.password_enabled, bob.password_last_used) == (
        "bob",
        False,
        False,
        Mark.NOT_APPLICABLE,
    )
    first, second = bob.keys
    assert (first.active, first.last_rotated) == (True, datetime(2026, 9, 1, 10, tzinfo=UTC))
    assert (first.last_used, first.region, first.service) == (
        datetime(2026, 11, 18, 21, 15, tzinfo=UTC),
        "eu-west-1",
        "s3",
    )
    assert (second.active, second.last_rotated, second.last_used) == (False, Mark.NOT_APPLICABLE, Mark.NOT_APPLICABLE)
    assert bob.cells[0] == "bob"
    assert bob.cells[9] == "2026-09-01T10:00:00Z"
    assert (bob.line, bob.part) == (3, 1)


def test_the_summary_is_json() -> None:
    assert json.loads(json.dumps(summary(parse(CLASSIC)))) == {
        "rows": 2,
        "accounts": ["111122223333"],
        "generated_at": None,
        "latest_in_file": "2026-11-18T21:15:00+00:00",
        "date_order": "iso",
        "damaged": 0,
        "problems": [],
    }


SAVED_AGAIN = {
    "BOM and CRLF": b"\xef\xbb\xbf" + CLASSIC.replace(b"\n", b"\r\n") + b"\r\n",
    "CR alone": CLASSIC.replace(b"\n", b"\r"),
    "UTF-16 and tabs": CLASSIC.decode().replace(",", "\t").encode("utf-16"),
    "UTF-16 big endian": b"\xfe\xff" + CLASSIC.decode().encode("utf-16-be"),
    "semicolons": CLASSIC.replace(b",", b";"),
    "sep line": b"sep=;\r\n" + CLASSIC.replace(b",", b";"),
    "empty lines": b"\n\n" + CLASSIC.replace(b"\n", b"\n\n,,,,\n"),
    "quoted": b"\n".join(b'"' + line.replace(b",", b'","') + b'"' for line in CLASSIC.split(b"\n")),
    "header in capitals": HEADER.upper().encode() + CLASSIC[len(HEADER) :],
    "header with spaces": HEADER.replace("_", " ").title().encode() + CLASSIC[len(HEADER) :],
    "booleans in capitals": CLASSIC.replace(b"true", b"TRUE").replace(b"false", b"FALSE"),
    "German booleans": CLASSIC.replace(b"true", b"WAHR").replace(b"false", b"FALSCH"),
    "Polish booleans": CLASSIC.decode().replace("true", "PRAWDA").replace("false", "FAŁSZ").encode(),
    "numbers": CLASSIC.replace(b"true", b"1").replace(b"false", b"0"),
    "offsets": CLASSIC.replace(b"Z", b"+00:00"),
    "blank instead of T, no zone": CLASSIC.replace(b"T1", b" 1").replace(b"T0", b" 0").replace(b"Z", b""),
    "escaped root": CLASSIC.replace(b"<root_account>", b"&lt;root_account&gt;"),
    "base64": base64.b64encode(CLASSIC),
    "base64 in lines": base64.encodebytes(CLASSIC),
    "base64 in quotes": b'"' + base64.b64encode(CLASSIC) + b'"\n',
    "base64 in UTF-16": base64.b64encode(CLASSIC).decode().encode("utf-16"),
    "more columns": b"\n".join(b"x,%b,y" % line for line in CLASSIC.split(b"\n")),
    "the same twice": CLASSIC + b"\n" + CLASSIC,
}


@pytest.mark.parametrize("data", SAVED_AGAIN.values(), ids=SAVED_AGAIN)
def test_saving_it_again_changes_nothing(data: bytes) -> None:
    assert detect(data, "x") == CREDENTIAL_REPORT
    parsed = parse(data)
    assert facts(parsed) == facts(parse(CLASSIC))
    assert parsed.problems == ()


def test_columns_are_read_by_name() -> None:
    reordered = "\n".join(",".join(reversed(line.split(","))) for line in CLASSIC.decode().split("\n"))
    assert facts(parse(reordered.encode())) == facts(parse(CLASSIC))


def test_an_unknown_boolean_is_unknown_and_not_false() -> None:
    parsed = parse(report(root().replace(",true,", ",not_supported,", 1), user("bob")))
    assert parsed.rows[0].password_enabled is None
    assert parsed.rows[0].cells[3] == "not_supported"


def test_an_offset_is_kept() -> None:
    parsed = parse(report(root(used="2026-10-01T08:30:00+02:00")))
    used = parsed.rows[0].password_last_used
    assert used == datetime(2026, 10, 1, 6, 30, tzinfo=UTC)
    assert isinstance(used, datetime)
    assert used.tzinfo == timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ('"2026-11-20T07:00:00+00:00"', datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ('"2026-11-20T07:00:00.250000Z"', datetime(2026, 11, 20, 7, 0, 0, 250_000, tzinfo=UTC)),
        ("1795158000.5", datetime(2026, 11, 20, 7, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_the_wrapper_says_when_it_was_made(stated: str, read: datetime) -> None:
    content = base64.b64encode(CLASSIC).decode()
    wrapper = f'{{"Content": "{content}", "ReportFormat": "text/csv", "GeneratedTime": {stated}}}'.encode()
    assert detect(wrapper, "x") == CREDENTIAL_REPORT
    parsed = parse(wrapper)
    assert (parsed.generated_at, parsed.problems) == (read, ())
    assert facts(parsed) == facts(parse(CLASSIC))


def test_a_wrapper_from_before_its_content_is_named() -> None:
    content = base64.b64encode(CLASSIC).decode()
    parsed = parse(json.dumps({"Content": content, "GeneratedTime": "2015-01-01T00:00:00Z"}).encode())
    assert parsed.problems == ("The report holds a time after the moment it says it was made. Download it again.",)


def test_an_unreadable_wrapper_time_is_named() -> None:
    content = base64.b64encode(CLASSIC).decode()
    parsed = parse(json.dumps({"Content": content, "GeneratedTime": "yesterday"}).encode())
    assert parsed.generated_at is None
    assert parsed.problems == ("GeneratedTime could not be read. State when the report was made.",)


def test_several_reports_in_one_file_are_kept_apart() -> None:
    other = report(root("444455556666"), user("bob", "444455556666"))
    parsed = parse(CLASSIC + b"\n" + other)
    assert parsed.accounts == ("111122223333", "444455556666")
    assert [(row.account, row.user, row.part) for row in parsed.rows] == [
        ("111122223333", "<root_account>", 1),
        ("111122223333", "bob", 1),
        ("444455556666", "<root_account>", 2),
        ("444455556666", "bob", 2),
    ]
    assert parsed.problems == ()


def test_a_second_report_may_have_another_order_of_columns() -> None:
    other = report(root("444455556666"), user("eve", "444455556666")).decode()
    reordered = "\n".join(",".join(reversed(line.split(","))) for line in other.split("\n")).encode()
    parsed = parse(CLASSIC + b"\n" + reordered)
    assert [row.user for row in parsed.rows] == ["<root_account>", "bob", "<root_account>", "eve"]
    assert parsed.damaged_lines == ()


def test_the_same_user_with_other_values_is_named() -> None:
    parsed = parse(report(root(), user("bob"), user("bob", key=KEY)))
    assert len(parsed.rows) == 3
    assert parsed.problems == ("Listed more than once with different values: bob in 111122223333.",)


def test_names_keep_what_iam_allows() -> None:
    odd = '"Doe,Jane","arn:aws:iam::111122223333:user/Doe,Jane",' + user("x").split(",", 2)[2]
    parsed = parse(report(root(), odd, user("=1+1"), user("@sum"), user("<b>x</b>")))
    assert [row.user for row in parsed.rows[1:]] == ["Doe,Jane", "=1+1", "@sum", "<b>x</b>"]
    assert parsed.problems == ()


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov", "aws-iso-b"])
def test_other_partitions(partition: str) -> None:
    assert parse(CLASSIC.replace(b"arn:aws:", f"arn:{partition}:".encode())).accounts == ("111122223333",)


@pytest.mark.parametrize(
    "row",
    [
        user("bob") + ",more",
        "bob,arn:aws:iam::111122223333:user/bob",
        user("bob").replace("arn:aws", "x"),
        "," * 20 + "x",
    ],
    ids=["too many cells", "too few cells", "no ARN", "wrong width"],
)
def test_damaged_rows_are_counted_and_never_shifted(row: str) -> None:
    parsed = parse(report(root(), row, user("carol")))
    assert [each.user for each in parsed.rows] == ["<root_account>", "carol"]
    assert parsed.damaged_lines == (3,)
    assert parsed.problems == ("1 row is damaged and was left out (line 3). Download the report again.",)


@pytest.mark.parametrize("lost", range(1, len(user("dave", key=KEY)) - 1))
def test_a_download_that_broke_off_is_damaged(lost: int) -> None:
    """Wherever the last row ends, it is left out and said so; except where the row is complete by chance."""
    whole = report(root(), user("dave", key=KEY))
    parsed = parse(whole[:-lost])
    assert len(parsed.rows) == 1
    assert parsed.damaged_lines == (3,)


def test_base64_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    parsed = parse(base64.b64encode(report(root(), user("bob"), user("carol")))[:-31])
    assert [row.user for row in parsed.rows] == ["<root_account>", "bob"]
    assert parsed.problems == (
        "The base64 text seems to be cut off. Download the report again.",
        "1 row is damaged and was left out (line 4). Download the report again.",
    )


def test_a_missing_root_row_is_named() -> None:
    parsed = parse(report(user("bob")))
    assert not parsed.has_root("111122223333")
    assert parsed.problems == (
        "Account 111122223333 has no root row, but a real report always has one. Download the report again.",
    )


def test_missing_columns_are_unknown_and_named() -> None:
    keep = [i for i, name in enumerate(HEADER.split(",")) if "last_used" not in name]
    lines = [",".join(line.split(",")[i] for i in keep) for line in CLASSIC.decode().split("\n")]
    parsed = parse("\n".join(lines).encode())
    assert parsed.rows[1].keys[0].last_used is None
    assert parsed.rows[1].password_last_used is None
    assert parsed.missing_columns[:2] == ("password_last_used", "access_key_1_last_used_date")


# --- Dates as spreadsheets save them ---------------------------------------------------------------------------


def dated(made: str, used: str, rotated: str = "N/A") -> bytes:
    key = f"true,{rotated},{used},eu-west-1,s3" if rotated != "N/A" else NO_KEY
    return report(
        root().replace("2019-02-03T10:11:12Z", "N/A").replace("2026-10-01T06:30:00Z", "N/A"),
        user("frank", made=made, key=key, console=f"true,{used},N/A,N/A"),
    )


@pytest.mark.parametrize(
    ("made", "used", "order", "read"),
    [
        ("03.02.2019 10:11", "04.10.2026 06:30", DateOrder.DAY_FIRST, datetime(2026, 10, 4, 6, 30, tzinfo=UTC)),
        ("03/02/2019 10:11", "13/10/2026 06:30:05", DateOrder.DAY_FIRST, datetime(2026, 10, 13, 6, 30, 5, tzinfo=UTC)),
        ("2/3/2019 10:11", "10/13/2026 6:30 PM", DateOrder.MONTH_FIRST, datetime(2026, 10, 13, 18, 30, tzinfo=UTC)),
        ("2/13/2019", "10/3/2026 12:05 am", DateOrder.MONTH_FIRST, datetime(2026, 10, 3, 0, 5, tzinfo=UTC)),
        # Read month first, the last use would be on 11 December, after the upload.
        ("2/3/2019", "12/11/2026", DateOrder.DAY_FIRST, datetime(2026, 11, 12, tzinfo=UTC)),
        # Read month first, it would have been used in January, before it was made in April.
        ("4/1/2026", "1/9/2026", DateOrder.DAY_FIRST, datetime(2026, 9, 1, tzinfo=UTC)),
    ],
)
def test_the_order_of_day_and_month_is_found_out(made: str, used: str, order: DateOrder, read: datetime) -> None:
    parsed = parse(dated(made, used), received_at=UPLOADED)
    assert (parsed.date_order, parsed.rows_other_order) == (order, ())
    assert parsed.rows[1].password_last_used == read
    assert parsed.problems == ()


def test_both_readings_are_kept_while_both_are_possible() -> None:
    parsed = parse(dated("9/8/2022 16:45", "8/11/2026 10:00", rotated="2/3/2026 11:00"), received_at=UPLOADED)
    assert parsed.date_order is DateOrder.AMBIGUOUS
    assert parsed.rows[1].keys[0].last_used == datetime(2026, 8, 11, 10, tzinfo=UTC)
    assert parsed.rows_other_order[1].keys[0].last_used == datetime(2026, 11, 8, 10, tzinfo=UTC)
    assert parsed.latest_in_file == datetime(2026, 8, 11, 10, tzinfo=UTC)
    assert parsed.problems == ("Day and month cannot be told apart in the dates. Add the file as AWS sends it.",)


def test_two_orders_in_one_file_are_read_as_neither() -> None:
    parsed = parse(dated("13/2/2019", "10/13/2026"))
    assert parsed.date_order is DateOrder.MIXED
    assert (parsed.rows[1].created_at, parsed.rows[1].password_last_used) == (None, None)
    assert "two orders" in parsed.problems[0]


def test_a_use_before_the_creation_is_named() -> None:
    parsed = parse(report(root(), user("bob", key="true,2026-09-01T10:00:00Z,2026-08-01T10:00:00Z,N/A,N/A")))
    assert parsed.problems == ("1 row holds a last use before its creation. Add the file as AWS sends it.",)


@pytest.mark.parametrize("text", ["31.02.2026", "2026-13-01", "25/25/2026", "10/10/2026 13:00 PM", "46000", "soon", ""])
def test_a_time_that_is_none_is_unknown(text: str) -> None:
    assert parse(report(root(), user("bob", made=text), user("x", made="13.01.2026"))).rows[1].created_at is None


def test_a_time_to_come_is_named() -> None:
    parsed = parse(CLASSIC, received_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert parsed.problems == ("The report holds a time that has not come yet. Download it again.",)


def test_the_next_rotation_may_lie_ahead() -> None:
    row = user("bob", console="true,2026-11-01T00:00:00Z,2026-11-01T00:00:00Z,2027-02-01T00:00:00Z")
    parsed = parse(report(root(), row), received_at=UPLOADED)
    assert parsed.latest_in_file == datetime(2026, 11, 1, tzinfo=UTC)
    assert parsed.problems == ()


# --- What is none, and caps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"user,email,department\nalice,alice@acme.example,it\n",
        b"user,arn\nalice,arn:aws:iam::111122223333:user/alice\n",
        b"<!DOCTYPE html><title>Sign in, user, arn</title>",
        b'{"Content": "aGVsbG8="}',
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
)
def test_what_is_no_report(data: bytes) -> None:
    assert detect(data, "credential-report.csv") is None


def test_without_header_it_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="The first row must start with user, arn"):
        parse(b"user,email\nalice,a@acme.example\n")


@pytest.mark.parametrize("data", [HEADER.encode(), HEADER.encode() + b"\n\n,,,\n", base64.b64encode(HEADER.encode())])
def test_a_header_alone_decides_nothing(data: bytes) -> None:
    with pytest.raises(HeaderOnly, match="a header and no rows"):
        parse(data)


def test_broken_base64_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="base64 text is damaged"):
        parse(base64.b64encode(CLASSIC)[:200] + b"!!" + base64.b64encode(CLASSIC)[200:])


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CREDENTIAL_REPORT_ROWS", 3)
    assert len(parse(report(root(), user("a"), user("b"))).rows) == 3
    with pytest.raises(TooLarge, match="more than 3 rows"):
        parse(report(root(), user("a"), user("b"), "damaged"))


@pytest.mark.parametrize("length", [limits.CSV_CELL_BYTES + 1, 200_000])
def test_a_cell_that_is_too_long(length: int) -> None:
    with pytest.raises(TooLarge, match="larger than 64 kB"):
        parse(report(root(), user("bob").replace("N/A", "x" * length, 1)))


def test_too_many_bytes() -> None:
    with pytest.raises(TooLarge, match=r"The credential report is 20\.1 MB. It must be smaller than 20 MB"):
        parse(CLASSIC + b"\n" * (20_100_000 - len(CLASSIC)))


ARN = "arn:aws:iam::111122223333:user/bob"
CELLS = st.sampled_from(["", " ", "N/A", "true", "bob", ARN, "2024-06-17T12:30:00Z", "a\tb"])
ROWS = st.tuples(CELLS, st.just(ARN), CELLS, CELLS).map(list) | st.lists(CELLS, max_size=6)


@given(st.lists(ROWS, max_size=6), st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
def test_a_file_without_quotes_reads_the_same_with_them(rows: list[list[str]], end: str) -> None:
    """Nothing quoted takes a shorter way than the csv module's."""
    head = ["user", "arn", "password_enabled", "mfa_active"]
    plain = end.join(",".join(row) for row in [head, *rows])
    quoted = end.join(",".join(row) for row in [['"user"', *head[1:]], *rows])
    ways = [table.read(text.encode(), "utf-8") for text in (plain, quoted)]
    assert list(ways[0]) == list(ways[1])
    assert ways[0].damaged_lines == ways[1].damaged_lines


@pytest.mark.parametrize(
    "name", ["05-excel-us-ambiguous.csv", "04-excel-german.csv", "12-cli-wrapper.json", "15-truncated.csv"]
)
def test_some_rows_are_read_as_all_of_them_were(name: str) -> None:
    data = (FIXTURES / "credential-reports" / name).read_bytes()
    whole = parse(data)
    assert len(whole.rows) > 1
    assert rows_between(data, whole.date_order, 1, 2) == whole.rows[1:2]
