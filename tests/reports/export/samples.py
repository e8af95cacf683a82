"""What makers are given beside the samples of tests/reports/samples.py, and snapshots with every awkward text."""

import dataclasses
import io
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from assessments.reports.evidence_facts import EvaluationFacts, Named
from assessments.reports.material import Material, Trail
from assessments.reports.snapshot import Snapshot
from tests.reports import samples

Maker = Callable[[Snapshot, Material, BinaryIO], None]
TRAIL = Trail(214, "c0ffee" + "0" * 58)
AWKWARD = {
    "long": "x" * 200_000,
    "long emoji": "😀" * 200_000,
    "right to left": "شركة المدفوعات الآمنة " * 50,
    "reordering": "\u202egnp.exe \u2066abc\u2069",
    "combining": "e\u0301\u0302\u0303" * 500,
    "emoji": "👩‍💻 🔐 🇩🇪",
    "control": "a\x00\x07\x1b[31m\x7f\x85 b\r\nc\td",
    "surrogate": "a\ud800b\udfff",
    "not characters": "a\ufffeb\uffff",
    "markup": samples.MARKUP + " ]]> <!-- --> [a](javascript:alert(1)) {{ insert: param, x }}",
    "formula": '=HYPERLINK("http://x")',
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(A1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "wide": "＝1+1",
    "escape": "_x0041_" * 6_000,
    "blank": " \n ",
}


def material(snapshot: Snapshot, kind: str, files: Mapping[str, bytes] | None = None, **more: Any) -> Material:
    """Everything beside the snapshot; the store holds `files`."""

    def open_file(key: str) -> BinaryIO:
        if key not in (files or {}):
            raise FileNotFoundError(key)
        return io.BytesIO((files or {})[key])

    return Material(
        kind=kind,
        digest=snapshot.digest(),
        trail=TRAIL,
        open_file=open_file,
        on_step=more.pop("on_step", lambda step, steps: None),
        **more,
    )


def made(write: Maker, snapshot: Snapshot, files: Mapping[str, bytes] | None = None, **more: Any) -> bytes:
    """The document that `write` makes."""
    out = io.BytesIO()
    write(snapshot, material(snapshot, "any", files, **more), out)
    return out.getvalue()


def spoilt(text: str) -> Snapshot:
    """Two questions of the full sample with this text wherever a person or a file can bring one in."""
    base = samples.full()
    evaluation = EvaluationFacts(
        "failure", text, (Named(text, text),), 30, (Named(text, text),), 12, 3, 1, (text,), (text,)
    )
    criteria = tuple(
        dataclasses.replace(
            one,
            statements=(text,),
            reason=text,
            notes=text,
            plan=text,
            deviation=text,
            note=text,
            evaluation=evaluation,
        )
        for one in base.criteria
        if one.number in (3, 13)
    )
    findings = tuple(
        dataclasses.replace(
            one, title=text, what_we_saw=(text,), why_it_matters=text, what_to_do=(text,), response=text
        )
        for one in base.findings
        if one.question in (3, 13)
    )
    return dataclasses.replace(
        base,
        organisation=text,
        vendor=dataclasses.replace(base.vendor, name=text, service=text),
        period=text,
        analyst=text,
        closed_by=text,
        accounts=(dataclasses.replace(base.accounts[0], name=text, stage=text), *base.accounts[1:]),
        criteria=criteria,
        findings=findings,
        evidence=(dataclasses.replace(base.evidence[0], name=text, received_by=text), *base.evidence[1:4]),
    )
