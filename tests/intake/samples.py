"""Files made in code: good ones, and what happens to them on the way."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image, PngImagePlugin


def png(size: tuple[int, int] = (40, 30), mode: str = "RGB", color: object = "red", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, "PNG", **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "blue").save(out, "JPEG", **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_declares(width: int, height: int) -> bytes:
    """A few bytes that promise a picture of any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\x00" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def png_with_text(key: str, value: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text(key, value)
    return png(pnginfo=info)


def animated_png() -> bytes:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def pdf(change: object = None, **options: object) -> bytes:
    """One empty page; `change` gets the document before it is saved."""
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


MANIFEST = b'{"schema": "aws-evidence-bundle/1", "collected_at": "2026-11-20T08:00:00Z", "files": []}'
MEMBERS = {
    "manifest.json": MANIFEST,
    "111122223333/global/iam.get-account-summary.json": b'{"SummaryMap": {"Users": 3}}',
    "111122223333/eu-west-1/ec2.describe-vpcs.json": b'{"Vpcs": []}',
}


def bundle(members: dict[str, bytes] | None = None, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in (MEMBERS if members is None else members).items():
            archive.writestr(name, data)
    return out.getvalue()


HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
NO_KEY = "false,N/A,N/A,N/A,N/A"
NO_CERTIFICATES = "false,N/A,false,N/A"


def root(account: str = "111122223333", used: str = "2026-10-01T06:30:00Z") -> str:
    made = "2019-02-03T10:11:12Z"
    return (
        f"<root_account>,arn:aws:iam::{account}:root,{made},true,{used},{made},not_supported,true,"
        f"{NO_KEY},{NO_KEY},{NO_CERTIFICATES}"
    )


def user(
    name: str,
    account: str = "111122223333",
    made: str = "2023-01-15T09:00:00Z",
    console: str = "false,N/A,N/A,N/A",
    key: str = NO_KEY,
) -> str:
    return f"{name},arn:aws:iam::{account}:user/{name},{made},{console},false,{key},{NO_KEY},{NO_CERTIFICATES}"


KEY = "true,2026-09-01T10:00:00Z,2026-11-18T21:15:00Z,eu-west-1,s3"


def report(*rows: str) -> bytes:
    """As AWS sends it: line feeds, none at the end."""
    return "\n".join([HEADER, *(rows or (root(), user("bob", key=KEY)))]).encode()
