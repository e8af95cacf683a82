"""Run by itself, in a process with little memory and time: checks the one signature of the PDF on standard input.

Prints one JSON object: {"name": COMMON NAME, "sha256": FINGERPRINT OF THE CERTIFICATE, "is_good": true}, where good
means that the signature fits the key in it and covers every byte; or {"refused": REASON}: "missing" where pyHanko is
not installed, "other" for anything but one signature in the form in which we sign.

A signature leaves some of its own bytes uncovered: what fills up its place, how numbers are spelled, algorithms named
twice. So the whole of it is made again from its covered parts and has to be the same.
"""

import io
import json
import logging
import resource
import sys
from importlib.util import find_spec
from typing import Any

NAME_LENGTH = 200  # characters; whoever makes a certificate puts into it what they like


def main(memory: int, seconds: int) -> dict[str, object]:
    """Bytes of memory and seconds of processor time: the limits of this process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    logging.disable(logging.CRITICAL)  # its words repeat what is in the file
    if find_spec("pyhanko") is None:
        return {"refused": "missing"}
    try:
        return look_at(sys.stdin.buffer.read())
    except Exception:  # whatever goes wrong in here, it is no signature of ours
        return {"refused": "other"}


def look_at(pdf: bytes) -> dict[str, object]:
    """What the signature is worth."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 -- foreign code is loaded in the box
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415 -- optional
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 -- optional

    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if len(signatures) != 1:
        return {"refused": "other"}
    signature = signatures[0]
    # Whom to trust is for people to say, who know the fingerprint; nothing is fetched.
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
    covers = covered(pdf, [int(number) for number in signature.byte_range], signature.signed_data)
    certificate = signature.signer_cert
    name = certificate.subject.native.get("common_name") or certificate.subject.human_friendly
    return {
        "name": "".join(letter for letter in str(name) if letter.isprintable())[:NAME_LENGTH],
        "sha256": certificate.sha256.hex(),
        "is_good": bool(status.intact and status.valid and covers),
    }


def covered(pdf: bytes, ranges: list[int], signed_data: Any) -> bool:
    """Whether every byte outside the signature's own place is signed, and every byte in it is as we write it."""
    first, before, second, after = ranges
    if first != 0 or second + after != len(pdf) or before < 0 or after < 0:
        return False
    place = pdf[before:second]
    digits = rebuilt(signed_data).hex().upper().encode("ascii")
    return place == b"<" + digits.ljust(len(place) - 2, b"0") + b">"


def rebuilt(signed_data: Any) -> bytes:
    """The signature from the parts that it covers itself."""
    from asn1crypto import cms  # noqa: PLC0415 -- as above

    (info,) = signed_data["signer_infos"]
    (certificate,) = signed_data["certificates"]
    algorithm = {"algorithm": "sha256"}
    own = certificate.chosen
    sid = {"issuer": own.issuer, "serial_number": own.serial_number}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(sid)),
        "digest_algorithm": algorithm,
        "signed_attrs": info["signed_attrs"],
        "signature_algorithm": info["signature_algorithm"],
        "signature": info["signature"],
    }
    data = {
        "version": "v1",
        "digest_algorithms": [algorithm],
        "encap_content_info": {"content_type": "data"},
        "certificates": [certificate],
        "signer_infos": [signer],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump())


if __name__ == "__main__":
    print(json.dumps(main(*(int(word) for word in sys.argv[1:3]))))  # noqa: T201 -- standard output is the answer
