"""Signing with the organisation's own key, and finding out afterwards who signed and whether anything was changed."""

import io
import random
import subprocess
from pathlib import Path

import pikepdf
import pytest

from assessments.intake import Signer, Wholeness, pdfs, signed, signed_box, wholeness
from assessments.reports import signature
from assessments.reports.signature import KeyUnusable
from tests.reports import signing
from tests.reports.signing import NAME, NOW, PASSWORD


@pytest.fixture(scope="module", params=["rsa", "ec"])
def issued(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, str]:
    """A sealed PDF, the same signed, and the fingerprint of the certificate."""
    key = signing.new_key(request.param)
    own = signing.certificate(key)
    path = signing.key_file(tmp_path_factory.mktemp("key"), key, own)
    pdf = signing.small_pdf()
    return pdf, signature.signed(pdf, path=path, password=PASSWORD, at=NOW), signing.fingerprint(own)


def test_the_signature_stands_behind_the_sealed_bytes(issued: tuple[bytes, bytes, str]) -> None:
    pdf, whole, fingerprint = issued
    assert whole.startswith(pdf)
    assert wholeness(whole) == Wholeness(is_whole=True, signer=Signer(NAME, fingerprint))
    assert wholeness(pdf) == Wholeness(is_whole=True)
    with pikepdf.open(io.BytesIO(whole)) as found:
        (field,) = found.Root.AcroForm.Fields
        assert (str(field.T), str(field.V.SubFilter), str(field.V.Name)) == ("Signature", "/ETSI.CAdES.detached", NAME)
        assert (int(field.F) & 4, int(field.F) & 2) == (4, 0)  # of an archive copy no part may be hidden
        assert [float(number) for number in field.Rect] == [-9999.0] * 4
        assert len(found.pages) == 1
    assert (pdfs.attachment(whole, "manifest.json", 1_000) or b"").startswith(b'{"document":"report","files":[]')


def flipped(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]


def test_one_changed_bit_anywhere_is_noticed(issued: tuple[bytes, bytes, str]) -> None:
    """Everywhere in the signature's own bytes, most of which it does not cover, and at many places of the pages."""
    pdf, whole, _fingerprint = issued
    chance = random.Random(6)
    start = whole.rindex(b"/Contents <")
    used = len(whole[start:].split(b"00000000", 1)[0])
    places = chance.sample(range(start, start + used), 500) + chance.sample(range(len(pdf), len(whole)), 150)
    for place in places:
        assert not is_good(flipped(whole, place, chance.randrange(8))), place
    for place in chance.sample(range(len(pdf)), 200):
        assert not wholeness(flipped(whole, place, chance.randrange(8))).is_whole, place


def is_good(data: bytes) -> bool:
    """What the box would say, without a process for each of a thousand files."""
    try:
        return bool(signed_box.look_at(data).get("is_good"))
    except Exception:
        return False


def test_what_is_added_or_taken_away_is_noticed(
    issued: tuple[bytes, bytes, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf, whole, _fingerprint = issued
    assert not wholeness(whole + b"\n").is_whole
    assert not wholeness(whole + whole[len(pdf) :]).is_whole
    assert not wholeness(whole[: len(pdf) + 100]).is_whole
    key = signing.new_key()
    path = signing.key_file(tmp_path, key, signing.certificate(key))
    monkeypatch.setattr(signature, "FIELD", "Second")
    again = signature.signed(whole, path=path, password=PASSWORD, at=NOW)
    assert wholeness(again) == Wholeness(is_whole=False)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(whole)) as opened:
        opened.save(out)
    assert wholeness(out.getvalue()) == Wholeness(is_whole=False)


def test_without_pyhanko_it_is_said_that_nothing_was_checked(
    issued: tuple[bytes, bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf, whole, _fingerprint = issued
    monkeypatch.setattr(signed, "_in_box", lambda data: {"refused": "missing"})
    assert wholeness(whole) == Wholeness(is_whole=False, is_unread=True)
    assert wholeness(pdf) == Wholeness(is_whole=True)
    monkeypatch.setattr(signature, "find_spec", lambda name: None)
    with pytest.raises(KeyUnusable, match=r"^Signing needs the packages of requirements-sign\.txt\.$"):
        signature.check("key.p12", PASSWORD, at=NOW)


def test_a_box_that_is_stopped_found_no_signature(
    issued: tuple[bytes, bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*args: object, **values: object) -> None:
        raise subprocess.TimeoutExpired("box", 1)

    monkeypatch.setattr(signed.subprocess, "run", stopped)
    assert wholeness(issued[1]) == Wholeness(is_whole=False)


def test_the_name_of_a_stranger_cannot_write_to_a_terminal(tmp_path: Path) -> None:
    key = signing.new_key()
    path = signing.key_file(tmp_path, key, signing.certificate(key, name="\x1b[2J\nAlder"))
    found = wholeness(signature.signed(signing.small_pdf(), path=path, password=PASSWORD, at=NOW))
    assert found.signer is not None
    assert found.signer.name == "[2JAlder"


@pytest.mark.parametrize(
    ("key", "days", "password", "sentence"),
    [
        ("ec", (-1, 365), "wrong", "The file is not in the format PKCS#12, or the password is not the right one."),
        ("ec", (-1, 365), "", "The file is not in the format PKCS#12, or the password is not the right one."),
        ("ec", (-9, -2), PASSWORD, "The certificate expired on 2026-12-15 at 12:00 UTC."),
        ("ec", (2, 9), PASSWORD, "The certificate is not valid before 2026-12-19 12:00 UTC."),
        ("ed25519", (-1, 365), PASSWORD, "The key must be an RSA or an elliptic curve key."),
        ("none", (-1, 365), PASSWORD, "The file must hold a private key and its certificate."),
    ],
)
def test_a_key_that_cannot_sign_is_named(
    tmp_path: Path, key: str, days: tuple[int, int], password: str, sentence: str
) -> None:
    made = None if key == "none" else signing.new_key(key)
    path = signing.key_file(tmp_path, made, signing.certificate(made, days=days) if made else None)
    with pytest.raises(KeyUnusable) as found:
        signature.check(path, password, at=NOW)
    assert str(found.value) == sentence
    with pytest.raises(KeyUnusable):
        signature.signed(signing.small_pdf(), path=path, password=password, at=NOW)


def test_a_key_without_a_password_may_be_used(tmp_path: Path) -> None:
    key = signing.new_key()
    signature.check(signing.key_file(tmp_path, key, signing.certificate(key), password=""), "", at=NOW)


def test_a_file_that_is_not_there_or_no_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"^The file cannot be read: No such file or directory\.$"):
        signature.check(str(tmp_path / "none.p12"), PASSWORD, at=NOW)
    (tmp_path / "some.p12").write_bytes(b"\x30\x00")
    with pytest.raises(KeyUnusable, match="not in the format"):
        signature.check(str(tmp_path / "some.p12"), PASSWORD, at=NOW)
