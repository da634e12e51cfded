"""Attachments: bytes under the home by their hash, sealed, their type told from the bytes and not from the name."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import puremagic
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from mingbai.records.door import Commit
from mingbai.records.models import Attachment
from mingbai.vault.seal import seal, unseal

MAX_BYTES = 50 * 1024 * 1024
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jfif": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xls": "application/vnd.ms-excel",
    "csv": "text/csv",
    "txt": "text/plain",
    "html": "text/plain",
    "htm": "text/plain",
}
"""What may be kept, by the ending its bytes speak for. HTML is served as plain text, never as a page."""


_MADE = {**KINDS, "zip": "application/zip", "yaml": "application/yaml", "json": "application/json"}


def as_file(data: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    """Bytes as a file to keep, or with ``inline`` to look at; what it is its name's ending tells."""
    return HttpResponse(
        data,
        content_type=_MADE[Path(name).suffix.lstrip(".")],
        headers={"Content-Disposition": content_disposition_header(not inline, name) or ""},
    )


class UnwelcomeError(ValueError):
    """A file that is not kept: empty, too large, or of a kind that is no evidence."""


def kind_of(name: str, data: bytes) -> str:
    """The media type the bytes speak for.

    :raises UnwelcomeError: with a Chinese sentence.
    """
    if not data:
        raise UnwelcomeError(f"“{name}”是空文件")
    if len(data) > MAX_BYTES:
        raise UnwelcomeError(
            f"“{name}”有 {len(data) / 1048576:.0f} MB，最多收 {MAX_BYTES // 1048576} MB；请压缩图片或分开交"
        )
    ending = Path(name).suffix.lower().lstrip(".")
    if ending == "docm":
        raise UnwelcomeError(f"“{name}”是带宏的 Word 文档，不收；请另存为 .docx")
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):  # zip and OLE boxes: the name says which of ours
        boxes = {"xlsx", "docx", "ods"} if data[:2] == b"PK" else {"xls"}
        if ending in boxes:
            return KINDS[ending]
        raise UnwelcomeError(f"“{name}”的内容和后缀不符；能收 {'、'.join(sorted(boxes))}")
    if ending in {"csv", "txt", "md", "html", "htm", "xls"} and b"\0" not in data[:4096]:
        return KINDS["csv" if ending == "csv" else "txt"]
    try:
        found = puremagic.from_string(data[:65536], filename=None).lower().lstrip(".")
    except (puremagic.PureError, ValueError):
        found = ""
    if found in {"pdf", "png", "jpg", "jpeg", "jfif"}:
        return KINDS[found]
    raise UnwelcomeError(f"“{name}”不是能收的文件；能收 PDF、PNG 或 JPEG 图片、Excel、Word、CSV")


def keep(act: Commit, name: str, data: bytes, *, label: str = "", record: str = "") -> Attachment:
    """Keeps a file with the open door's organisation.

    :raises UnwelcomeError: see :func:`kind_of`.
    """
    name = Path(name.replace("\\", "/")).name[:200] or "未命名"
    kind = kind_of(name, data)
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{digest[:16]}.{secrets.token_hex(4)}")
        try:
            draft.write_bytes(seal(data, digest))
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
    return act.save(
        Attachment(
            organisation=act.organisation,
            sha256=digest,
            name=name,
            kind=kind,
            size=len(data),
            label=label,
            record=record,
            by=act.person,
            on=act.on,
        )
    )


def content(attachment: Attachment) -> bytes:
    """The bytes, unsealed and held against their hash.

    :raises Unopenable: when the file was altered.
    :raises FileNotFoundError: when it is gone.
    """
    return unseal(_path(attachment.sha256).read_bytes(), attachment.sha256)


def _path(digest: str) -> Path:
    return Path(settings.HOME) / "files" / digest[:2] / digest
