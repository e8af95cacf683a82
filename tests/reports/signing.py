"""PKCS#12 files made in the test, and a small sealed PDF."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from weasyprint import HTML, Attachment

from assessments.reports import manifest
from assessments.reports.seal import sealed

NOW = datetime(2026, 12, 17, 12, tzinfo=UTC)
PASSWORD = "correct horse"
NAME = "Alder Mutual, reports"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def new_key(kind: str = "ec") -> Key:
    """Of this kind: "rsa", "ec" or "ed25519"."""
    if kind == "rsa":
        return rsa.generate_private_key(65_537, 2_048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else ed25519.Ed25519PrivateKey.generate()


def certificate(key: Key, *, days: tuple[int, int] = (-1, 365), name: str = NAME) -> x509.Certificate:
    """A certificate that signs itself, valid for these days around NOW."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(usage, critical=True)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )


def key_file(folder: Path, key: Key | None, own: x509.Certificate | None, password: str = PASSWORD) -> str:
    """The path of a PKCS#12 file with this key and certificate."""
    how = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    path = folder / "key.p12"
    others = None if own else [certificate(new_key())]
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"reports", key, own, others, how))
    return str(path)


def fingerprint(own: x509.Certificate) -> str:
    """SHA-256 of the certificate."""
    return own.fingerprint(hashes.SHA256()).hex()


def small_pdf(text: str | None = None) -> bytes:
    """One page that carries a manifest, sealed."""
    text = text or manifest.seal(kind="report", files=[], facts={"document": "report"})
    attached = Attachment(string=text, name=manifest.FILE_NAME, created=NOW, modified=NOW)
    html = HTML(string='<html lang="en"><title>Report</title><p>Words')
    return sealed(bytes(html.write_pdf(attachments=[attached], pdf_variant="pdf/ua-1")))
