"""Bytes of a text file to text: UTF-8 if it is UTF-8, else GB18030 (which GB2312 and GBK are part of). No guessing
beyond that: a wrong guess is a village whose names are all wrong."""

from __future__ import annotations

import codecs
import re

from mingbai.sheets.grid import Refused
from mingbai.units.wording import phrase

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_MULTIBYTE = re.compile(rb"[\x80-\xff]")

UNKNOWN = phrase(
    "请确认选对了文件。能读取 .xlsx、.xls、.ods、.csv、.txt、.docx、.pdf 和网页表格；其他的请用 Excel 或 WPS 另存为 .xlsx。"
)
RESAVE_WORD = phrase("请用 Word 或 WPS 打开，另存为「Word 文档（*.docx）」后再上传，里面的表格就能读。")
ON_PAPER = phrase("照片和扫描件请从“纸质合同”一页交，认出的字逐项核对后收下；有电子台账的请交电子台账。")
UNPACK = phrase("请先解压，再上传里面的文件。")


def decoded(data: bytes) -> tuple[str, str]:
    """(text, encoding). Raises ``Refused``: ``nul_bytes``, ``encoding`` or ``unknown_format``."""
    text, encoding = _decoded(data)
    if "\x00" in text:
        raise Refused(
            "nul_bytes",
            "文本里有空字节（NUL），文件已损坏或不是文本。",
            "请从原系统重新导出，或另存为 .xlsx 后再上传。",
        )
    if len(_CONTROLS.findall(text)) * 1000 > len(text):
        raise Refused("unknown_format", "认不出文件格式，内容不是文字表格。", UNKNOWN)
    return text, encoding


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding[:6].rstrip("-")
            except UnicodeDecodeError as broken:
                raise _bad_encoding() from broken
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as broken:
        if b"\x00" in data:
            raise Refused("unknown_format", "认不出文件格式，内容不是文字表格。", UNKNOWN) from broken
        if _nearly_utf8(data):
            raise _bad_encoding() from broken
    declared = _CHARSET.search(data, 0, 4096)
    encoding = "big5" if declared is not None and declared.group(1).lower().startswith(b"big5") else "gb18030"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as broken:
        raise _bad_encoding() from broken


def _bad_encoding() -> Refused:
    return Refused(
        "encoding",
        "文字编码有坏字节，读出来会是乱码；文件可能没有传完整。",
        "请从原系统重新导出，或用 Excel、WPS 打开确认无乱码后另存为 .xlsx 再上传。",
    )


def _nearly_utf8(data: bytes) -> bool:
    """A UTF-8 file cut short or with a few bad bytes would read as GB18030 too, as nonsense: it must not."""
    foreign = len(_MULTIBYTE.findall(data[: 1 << 20]))
    sound = data[: 1 << 20].decode("utf-8", "ignore").encode()
    return foreign > 0 and len(_MULTIBYTE.findall(sound)) * 10 >= foreign * 9
