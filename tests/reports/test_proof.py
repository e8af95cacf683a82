"""Every PDF about an assessment carries the manifest of its kind and is sealed; the letter tells a vendor no more."""

import io
from typing import Any

import pikepdf
import pytest

from assessments.intake import examine_manifest, wholeness
from assessments.reports import executive, letter, manifest, render
from tests.reports import samples

MAKERS = {"report": render, "summary": executive, "letter": letter}


def made(kind: str) -> bytes:
    out = io.BytesIO()
    MAKERS[kind].write(samples.full(), samples.material(samples.full(), kind=kind), out)
    return out.getvalue()


@pytest.mark.parametrize("kind", MAKERS)
def test_it_can_be_checked_as_it_comes(kind: str) -> None:
    pdf = made(kind)
    assert wholeness(pdf).is_whole
    facts = manifest.read(examine_manifest(io.BytesIO(pdf)).manifest).data
    assert (facts["document"], facts["snapshot_sha256"]) == (kind, samples.full().digest())
    assert facts["audit"]["position"] == 12
    assert ("answers" in facts, "score" in facts) == (kind != "letter", kind != "letter")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        parameters: Any = opened.attachments["manifest.json"].get_file().obj.Params
        assert str(parameters.ModDate) == "D:20261217000000Z"
