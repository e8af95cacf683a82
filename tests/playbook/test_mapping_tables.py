"""Mappings as files and on pages: CSV, JSON, the download, the command, and what staff see."""

import csv
import io
import json
import re
from html import unescape

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from playbook.loading import load
from playbook.mapping_tables import safe_cell, to_csv, to_json
from playbook.mappings import Mappings, for_playbook
from playbook.models import Playbook
from tests.playbook.samples import changed, with_version
from tests.playbook.test_pages import SIGNED_IN, text
from users.models import User

CSV = "/criteria/aws-core/2020-06/mappings.csv"
HEAD = "criterion,short_title,framework,publisher,control,control_name,how_sure,note"


def rows(page: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(page, newline="")))


def words(html: str) -> str:
    """What a reader sees, without tags and with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# --- Tables -------------------------------------------------------------------------------------------------------


def test_csv_has_a_line_for_each_control_and_says_where_none_is_known() -> None:
    page = to_csv(for_playbook("aws-core"), {12: "Keys", 2: "Stages"})
    assert page.splitlines()[0] == HEAD
    assert page.count("\r\n") == len(page.splitlines())
    cis = "CIS Amazon Web Services Foundations Benchmark"
    found = [[row[0], row[2], *row[4:]] for row in rows(page)[1:] if row[2].startswith((cis, "AWS", "NIST"))]
    nist = "NIST Special Publication 800-53, Revision 5"
    assert found == [
        ["aws-core-2", f"{cis}, 1.4.0", "", "", "None known", ""],
        ["aws-core-2", f"{cis}, 3.0.0", "", "", "None known", ""],
        ["aws-core-2", f"{cis}, 5.0.0", "", "", "None known", ""],
        ["aws-core-2", "AWS Security Hub controls, as of 2026", "", "", "None known", ""],
        ["aws-core-2", nist, "CM-4(1)", "Separate Test Environments", "Our judgement", ""],
        ["aws-core-2", nist, "SC-7", "Boundary Protection", "Our judgement", ""],
        ["aws-core-12", f"{cis}, 1.4.0", "CIS 1.11", "", "Prowler's mapping", ""],
        ["aws-core-12", f"{cis}, 1.4.0", "CIS 1.13", "", "Prowler's mapping", ""],
        ["aws-core-12", f"{cis}, 3.0.0", "CIS 1.11", "", "Prowler's mapping", ""],
        ["aws-core-12", f"{cis}, 3.0.0", "CIS 1.13", "", "Prowler's mapping", ""],
        ["aws-core-12", f"{cis}, 5.0.0", "CIS 1.10", "", "Prowler's mapping", 'Prowler writes it as "1.1"'],
        ["aws-core-12", f"{cis}, 5.0.0", "CIS 1.12", "", "Prowler's mapping", ""],
        ["aws-core-12", "AWS Security Hub controls, as of 2026", "", "", "None known", ""],
        ["aws-core-12", nist, "AC-2", "Account Management", "Our judgement", ""],
        ["aws-core-12", nist, "IA-5", "Authenticator Management", "Our judgement", ""],
    ]


def test_no_cell_reads_as_a_number_or_a_date() -> None:
    page = to_csv(for_playbook("aws-core"), {number: f"Title {number}" for number in range(1, 34)})
    assert [cell for row in rows(page) for cell in row if re.fullmatch(r"[\d.,/ -]+", cell)] == []


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", " =1", "|calc", "%x", "\r=1", "\n=1", "＝1"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    assert rows(to_csv(for_playbook("aws-core"), {1: cell}))[1][1] == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "A.5.15", "a=b", "1-2", "'x"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_json_has_an_empty_list_where_none_is_known() -> None:
    document = json.loads(to_json(for_playbook("aws-core"), {22: "Outbound rules"}))
    assert list(document) == ["playbook", "frameworks", "how_sure", "criteria"]
    assert document["playbook"] == "aws-core"
    assert document["frameworks"][6] == {
        "key": "csa-ccm-4",
        "name": "Cloud Controls Matrix",
        "version": "4.0",
        "publisher": "Cloud Security Alliance",
    }
    assert list(document["how_sure"]) == ["prowler", "security-hub", "judgement"]
    (criterion,) = document["criteria"]
    assert (criterion["criterion"], criterion["short_title"]) == ("aws-core-22", "Outbound rules")
    assert criterion["controls"]["prowler"] == []
    assert criterion["controls"]["nist-800-53-r5"] == [
        {"id": "SC-7(5)", "name": "Deny by Default and Allow by Exception", "how_sure": "prowler", "note": ""}
    ]
    assert criterion["controls"]["security-hub"] == [
        {"id": "EC2.2", "name": "", "how_sure": "prowler", "note": "default group only"}
    ]


def test_nothing_mapped_gives_the_head_alone() -> None:
    assert to_csv(Mappings("x", (), {}), {1: "One"}) == f"{HEAD}\r\n"


# --- The command --------------------------------------------------------------------------------------------------


def test_the_command_writes_csv_or_json(playbook: Playbook, capsys: pytest.CaptureFixture[str]) -> None:
    titles = {criterion.number: criterion.short_title for criterion in playbook.criteria.all()}
    call_command("export_mappings", "aws-core")
    assert capsys.readouterr().out == to_csv(for_playbook("aws-core"), titles)
    call_command("export_mappings", "aws-core", "--format", "json")
    assert capsys.readouterr().out == to_json(for_playbook("aws-core"), titles)


@pytest.mark.django_db
def test_the_command_says_what_is_not_there() -> None:
    with pytest.raises(CommandError, match="There is no published playbook aws-core."):
        call_command("export_mappings", "aws-core")
    load(other_playbook(), "other.yaml")
    with pytest.raises(CommandError, match="The criteria of other-core are mapped to no other framework."):
        call_command("export_mappings", "other-core")


def other_playbook() -> bytes:
    """The packaged playbook under a slug that nobody mapped."""

    def rename(document: dict[str, object]) -> None:
        text = json.dumps(document).replace("aws-core", "other-core")
        document.clear()
        document.update(json.loads(text))

    return changed(rename)


# --- Pages --------------------------------------------------------------------------------------------------------


def test_the_download_is_a_file_of_all_criteria(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    response = client.get(CSV)
    titles = {criterion.number: criterion.short_title for criterion in playbook.criteria.all()}
    assert response.content.decode() == to_csv(for_playbook("aws-core"), titles)
    assert {row[0] for row in rows(response.content.decode())[1:]} == {f"aws-core-{number}" for number in titles}
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="aws-core-2020-06-mappings.csv"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_vendors_get_no_download(client: Client, playbook: Playbook, rita: User) -> None:
    client.force_login(rita)
    assert client.get(CSV).status_code == 404


def test_the_download_costs_two_queries(
    client: Client, playbook: Playbook, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(ana)
    for version in ("2020-06", "2021-01"):
        if version != "2020-06":
            load(with_version(version), "new.yaml")
        with django_assert_num_queries(SIGNED_IN + 2):
            assert client.get(f"/criteria/aws-core/{version}/mappings.csv").status_code == 200


def test_the_list_offers_the_download_and_says_what_the_marks_mean(
    client: Client, playbook: Playbook, ana: User
) -> None:
    client.force_login(ana)
    page = text(client.get("/criteria/"))
    assert f'href="{CSV}"' in page
    assert '<a href="#mappings">Mappings</a>' in page
    told = words(page)
    for mappings_words in (
        "Prowler's mapping The mapping files of Prowler put the control beside a check of this question.",
        "Our judgement We chose it ourselves and relied on no published mapping. This holds for every Prowler check.",
        "ISO 27001 ISO/IEC 27001 Annex A, 2022 (ISO and IEC)",
    ):
        assert mappings_words in told


def test_the_page_of_a_criterion_names_controls_and_how_sure(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    page = text(client.get("/criteria/aws-core/2020-06/3/"))
    section = page[page.index('aria-labelledby="counterparts"') :]
    table = section[section.index("<tbody>") : section.index("</tbody>")]
    assert [words(row) for row in re.findall(r"<tr>.*?</tr>", table)] == [
        "CIS AWS 1.4 3.1 Security Hub guide",
        "CIS AWS 3.0 3.1 Security Hub guide",
        "CIS AWS 5.0 3.1 Security Hub guide",
        "Security Hub CloudTrail.1 CloudTrail.6 Prowler's mapping",
        "NIST 800-53 AU-12 Audit Record Generation AU-2 Event Logging Prowler's mapping",
        "NIST 800-53 AU-9(2) Store on Separate Physical Systems or Components Our judgement",
        "ISO 27001 A.8.15 Prowler's mapping",
        "CSA CCM LOG-02 LOG-04 LOG-07 LOG-09 Prowler's mapping",
        "Prowler cloudtrail_multi_region_enabled (says nothing of the account that owns the bucket) "
        "cloudtrail_multi_region_enabled_logging_management_events (says nothing of the account that owns the bucket) "
        "cloudtrail_logs_s3_bucket_is_not_publicly_accessible (says nothing of the account that owns the bucket) "
        "Our judgement",
    ]
    assert 'href="/criteria/aws-core/2020-06/#mappings"' in section


def test_the_page_says_where_none_is_known(client: Client, playbook: Playbook, ana: User) -> None:
    client.force_login(ana)
    page = text(client.get("/criteria/aws-core/2020-06/28/"))
    assert words(page).count("None known") == 5


@pytest.mark.django_db
def test_a_playbook_nobody_mapped_shows_nothing(client: Client, ana: User) -> None:
    load(other_playbook(), "other.yaml")
    client.force_login(ana)
    assert "Mappings" not in text(client.get("/criteria/other-core/2020-06/"))
    assert "Also asked by" not in text(client.get("/criteria/other-core/2020-06/3/"))
    assert client.get("/criteria/other-core/2020-06/mappings.csv").status_code == 404


def test_the_line_for_other_pages_needs_no_query(
    playbook: Playbook, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    criterion = playbook.criteria.get(number=22)
    with django_assert_num_queries(0):
        line = render_to_string("playbook/counterparts_line.html", {"criterion": criterion})
    assert words(line) == (
        "Also asked by other frameworks CIS AWS 1.4 5.3 Prowler's mapping CIS AWS 3.0 5.4 Prowler's mapping "
        "CIS AWS 5.0 5.5 Prowler's mapping Security Hub EC2.2 Prowler's mapping NIST 800-53 SC-7(5) Prowler's mapping "
        "ISO 27001 A.8.20, A.8.22 Prowler's mapping CSA CCM IVS-03 Prowler's mapping"
    )
