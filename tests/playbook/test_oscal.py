"""The playbook as an OSCAL catalog, as compliance-trestle reads it and as our own people get it."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from trestle.oscal.catalog import Catalog

from playbook import oscal
from playbook.exporting import to_oscal
from playbook.mappings import Mappings, for_playbook
from playbook.models import EvidenceRequest, Playbook
from playbook.schema import Document, read
from tests import oscal as reader
from tests.playbook.samples import SOURCE, changed
from users.models import User

PUBLISHED = datetime(2026, 11, 25, 14, 3, 7, 999, tzinfo=UTC)
DOWNLOAD = "/criteria/aws-core/2020-06/oscal.json"


@cache
def document() -> Document:
    return read(SOURCE)


@cache
def text() -> str:
    return oscal.to_json(document(), published_at=PUBLISHED, mappings=for_playbook("aws-core"))


def catalog() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text())
    return loaded["catalog"]  # type: ignore[no-any-return]  # it is JSON


def control(number: int) -> dict[str, Any]:
    (found,) = [one for group in catalog()["groups"] for one in group["controls"] if one["id"] == f"aws-core-{number}"]
    return found  # type: ignore[no-any-return]  # it is JSON


def part(number: int, name: str) -> dict[str, Any]:
    (found,) = [one for one in control(number)["parts"] if one["name"] == name]
    return found  # type: ignore[no-any-return]  # it is JSON


def own(name: str, value: str, **more: str) -> dict[str, str]:
    return {"name": name, "ns": "https://assay.example/ns/oscal", "value": value, **more}


def test_trestle_reads_every_domain_and_criterion() -> None:
    model = reader.read(Catalog, text())
    assert [group.id for group in model.groups] == [domain["slug"] for domain in document()["domains"]]
    assert [one.id for group in model.groups for one in group.controls] == [f"aws-core-{n}" for n in range(1, 34)]
    assert [one.title for group in model.groups for one in group.controls][12] == "No unused access keys"


def test_nothing_of_a_criterion_is_lost() -> None:
    for criterion in document()["criteria"]:
        held = [value for _, value in reader.pairs(control(criterion["number"]))]
        whole = "\n".join(held).replace("\\", "")
        wanted = [
            *(criterion[key] for key in ("short_title", "question", "why_important", "secure_answer", "answer_type")),
            *(criterion[key] for key in ("question_source", "assessor_note") if criterion[key]),
            *criterion["validation_steps"],
            *criterion["validation_additions"],
            *criterion["remediation"],
            *criterion["severity"].values(),
            criterion["applicability"]["when"],
            *(text for one in criterion["evidence_expected"] for text in (one["kind"], one["must_show"])),
            *(command for one in criterion["evidence_expected"] for command in one.get("commands", ())),
            *(text for one in criterion["erratum"] for text in one.values()),
            *(one["text"] for side in ("acceptable", "failure") for one in criterion[f"{side}_responses"]),
            *(one["caption"] for one in criterion["figures"]),
            *(text for one in criterion["thresholds"] for text in (f"{one['value']} {one['unit']}", one["meaning"])),
            *(text for one in criterion["more_info"] for text in (one["title"], one["url"])),
            *(one.get("current_url") or one["url"] for one in criterion["console_urls"]),
        ]
        missing = [one for one in wanted if " ".join(one.replace("\\", "").split()) not in " ".join(whole.split())]
        assert [one for one in missing if one not in ("ours", "riskrecon")] == []


def test_a_criterion_in_full() -> None:
    props = [one for one in control(13)["props"] if one["name"] != "counterpart"]
    assert props == [
        {"name": "label", "value": "13"},
        {"name": "sort-id", "value": "13"},
        own("severity", "medium"),
        own("answer-type", "single-response"),
        own("secure-answer", "no"),
        own("question-source", "adapted-from-heading"),
        own("not-applicable-allowed", "no"),
        own("threshold", "90 days", remarks="an access key unused for longer than this fails"),
        own("figure-in-source", "13", remarks="An access key that has never been used, which would count as a failure"),
    ]
    assert part(13, "statement")["prose"] == document()["criteria"][12]["question"]
    responses = [(one["id"], one["name"]) for one in control(13)["parts"] if one["name"].endswith("response")]
    assert responses == [
        ("aws-core-13-a1", "acceptable-response"),
        ("aws-core-13-a2", "acceptable-response"),
        ("aws-core-13-f1", "failure-response"),
    ]
    assert part(13, "assessment-objective")["id"] == oscal.objective_id("aws-core-13")
    assert [link["href"] for link in part(13, "assessment-objective")["links"]] == [
        "#aws-core-13_smt",
        "#aws-core-13-a1",
        "#aws-core-13-a2",
    ]
    method = part(13, "assessment-method")
    assert method["props"][0] == {"name": "method", "ns": "http://csrc.nist.gov/ns/rmf", "value": "EXAMINE"}
    assert method["prose"].splitlines()[0] == "1. Open IAM in the AWS Management Console and go to Users."
    assert [one["props"] for one in method["parts"]] == [
        [own("kind", "iam-credential-report"), own("required", "no")],
        [own("kind", "screenshot"), own("required", "no")],
    ]
    guidance = part(13, "guidance")
    assert [one["name"] for one in guidance["parts"]] == ["severity-rationale", "remediation", "applicability"]
    assert guidance["parts"][2]["props"] == [own("covered-by", "aws-core-13-a2")]


def test_mappings_say_how_sure_they_are() -> None:
    counterparts = [one for one in control(22)["props"] if one["name"] == "counterpart"]
    known = [one for row in for_playbook("aws-core").of(22) for one in row.controls]
    assert [one["value"] for one in counterparts] == [one.id for one in known]
    assert (
        own("counterpart", "EC2.2", **{"class": "prowler", "group": "security-hub"}) | {"remarks": "default group only"}
        in counterparts
    )
    titles = [one["title"] for one in catalog()["back-matter"]["resources"]]
    assert [framework.title in titles for framework in for_playbook("aws-core").frameworks] == [True] * 8


def test_a_playbook_nobody_mapped() -> None:
    alone = oscal.to_json(document(), published_at=PUBLISHED, mappings=Mappings("x", (), {}))
    assert len(reader.read(Catalog, alone).back_matter.resources) == 4
    assert '"counterpart"' not in alone


def test_the_licence_goes_with_it() -> None:
    metadata = catalog()["metadata"]
    assert metadata["links"][0] == {
        "href": "https://creativecommons.org/licenses/by-sa/4.0/",
        "rel": "license",
        "text": "Creative Commons Attribution-ShareAlike 4.0 International",
    }
    header = document()["playbook"]
    assert metadata["remarks"].split("\n\n") == [header["attribution"], header["changes_made"], header["disclaimer"]]
    assert catalog()["back-matter"]["resources"][0]["citation"]["text"] == header["attribution"]
    assert [one["name"] for one in metadata["parties"]] == [
        "RiskRecon, Inc.",
        "Jonathan Ehret",
        "Jeff Pedersen",
        "Stratum Security",
    ]


def test_the_same_content_gives_the_same_bytes() -> None:
    again = oscal.to_json(read(SOURCE), published_at=PUBLISHED, mappings=for_playbook("aws-core"))
    assert again == text()
    assert catalog()["uuid"] == "1bf046b2-95fe-5285-9309-6ee49ce1b0b8"
    assert catalog()["metadata"]["last-modified"] == "2026-11-25T14:03:07+00:00"


def test_another_content_has_other_ids() -> None:
    other = read(changed(lambda found: found["criteria"][0].update(question="Is it so?")))
    found = oscal.catalog(other, published_at=PUBLISHED, mappings=for_playbook("aws-core"))["catalog"]
    ids = {value for key, value in reader.pairs(found) if key == "uuid"}
    assert ids & {value for key, value in reader.pairs(catalog()) if key == "uuid"} == set()


def test_markup_in_a_playbook_stays_text() -> None:
    awkward = "<b>Is</b> it [so](javascript:x) {{ insert: param, y }}?"
    other = read(changed(lambda found: found["criteria"][0].update(question=awkward)))
    found = oscal.to_json(other, published_at=PUBLISHED, mappings=for_playbook("aws-core"))
    model = reader.read(Catalog, found)
    assert reader.shown(model.groups[0].controls[0].parts[0].prose) == ({"p"}, f"{awkward}\n")


# --- The command and the download ---------------------------------------------------------------------------------


def test_the_command_writes_the_catalog(playbook: Playbook, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_playbook", "aws-core", "--format", "oscal")
    written = capsys.readouterr().out
    assert written == to_oscal(playbook)
    assert reader.read(Catalog, written).metadata.version == "2020-06"


def test_our_people_download_it(
    client: Client, playbook: Playbook, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(ana)
    assert f'href="{DOWNLOAD}"' in client.get("/criteria/").content.decode()
    with django_assert_num_queries(7):
        response = client.get(DOWNLOAD)
    assert response.content.decode() == to_oscal(playbook)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Disposition"] == 'attachment; filename="aws-core-2020-06-oscal-catalog.json"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_vendors_get_none(client: Client, playbook: Playbook, rita: User) -> None:
    client.force_login(rita)
    assert client.get(DOWNLOAD).status_code == 404


def test_altered_rows_are_not_given_out(client: Client, playbook: Playbook, ana: User) -> None:
    EvidenceRequest.objects.filter(criterion__number=3)[0].delete()
    client.force_login(ana)
    response = client.get(DOWNLOAD, follow=True)
    assert response.redirect_chain == [("/criteria/aws-core/2020-06/", 302)]
    assert "aws-core 2020-06: the stored rows differ from what was published." in response.content.decode()
    with pytest.raises(CommandError, match="the stored rows differ"):
        call_command("export_playbook", "aws-core", "--format", "oscal")
