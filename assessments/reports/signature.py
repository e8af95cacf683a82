"""The organisation's own signature over a finished PDF: PAdES B-B, invisible, without a call to anybody.

It is appended to the sealed bytes. It says when it was made, so a document that is signed is made once and stored:
made again it has the same sealed bytes and another signature. Only the signer's own certificate is put in, since the
bytes of any other would be protected by nothing. pyHanko comes with requirements-sign.txt alone.
"""

import io
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

FIELD = "Signature"
RESERVED = 16_384
"""Bytes kept free for the signature, as hexadecimal digits; a certificate has about 2,000."""


class KeyUnusable(Exception):
    """No document can be signed with this key. A sentence for whoever runs the site."""


class _Pair(NamedTuple):
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate


def check(path: str, password: str, *, at: datetime) -> None:
    """Raises KeyUnusable where the PKCS#12 file could sign nothing at this moment."""
    _pair(path, password, at)


def signed(pdf: bytes, *, path: str, password: str, at: datetime) -> bytes:
    """The PDF with a signature appended. `at` is now. Raises KeyUnusable."""
    pair = _pair(path, password, at)
    # These are there only where requirements-sign.txt is.
    from asn1crypto.keys import PrivateKeyInfo  # noqa: PLC0415 -- optional
    from asn1crypto.x509 import Certificate  # noqa: PLC0415 -- optional
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 -- optional
    from pyhanko.sign import fields, signers  # noqa: PLC0415 -- optional
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415 -- optional

    encoding, plain = serialization.Encoding.DER, serialization.NoEncryption()
    signer = signers.SimpleSigner(
        signing_cert=Certificate.load(pair.certificate.public_bytes(encoding)),
        signing_key=PrivateKeyInfo.load(pair.key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)),
        cert_registry=SimpleCertificateStore(),
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=_name(pair.certificate),
    )
    # Off the page, so that no tag need name it (PDF/UA), and not hidden, which an archive copy may not be (PDF/A).
    unseen = fields.InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
    done = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        meta,
        signer=signer,
        new_field_spec=fields.SigFieldSpec(FIELD, invis_sig_settings=unseen),
        bytes_reserved=RESERVED,
    )
    return bytes(done.getvalue())


def _name(certificate: x509.Certificate) -> str:
    """The common name, or the whole subject where it has none."""
    found = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else certificate.subject.rfc4514_string()


def _pair(path: str, password: str, at: datetime) -> _Pair:
    if find_spec("pyhanko") is None:
        raise KeyUnusable("Signing needs the packages of requirements-sign.txt.")
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise KeyUnusable(f"The file cannot be read: {error.strerror}.") from error
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise KeyUnusable("The file is not in the format PKCS#12, or the password is not the right one.") from error
    if key is None or certificate is None:
        raise KeyUnusable("The file must hold a private key and its certificate.")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyUnusable("The key must be an RSA or an elliptic curve key.")
    if at < certificate.not_valid_before_utc:
        raise KeyUnusable(f"The certificate is not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC.")
    if at > certificate.not_valid_after_utc:
        raise KeyUnusable(f"The certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d at %H:%M} UTC.")
    return _Pair(key, certificate)
