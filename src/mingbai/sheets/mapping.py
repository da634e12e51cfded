"""The user's own word on headings: a small JSON or YAML file that says which heading is which column.

headers: {亩价: rent_fen_per_mu_year, 备注1: null}     # null leaves a column out
sheets: {Sheet1: {header_row: 4}, 汇总: {skip: true}}   # optional
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mingbai.columns import Register
from mingbai.sheets.matching import Wish

LARGEST = 1 << 20


class MappingError(ValueError):
    """The mapping file cannot be used; the message names the key and what was probably meant."""


def load_mapping(path: Path | str, register: Register) -> dict[str, Any]:
    """Reads and checks a mapping file; the result is plain JSON, as ``read`` and ``read_file`` take it.

    Columns may be written by name (``rent_fen_per_year``) or by title (``年承包费(元)``).

    :raises MappingError: in Chinese, when the file cannot be read or names a column that is not there.
    """
    import yaml  # here, for the reading child needs only what became of the mapping

    file = Path(path)
    try:
        if file.stat().st_size > LARGEST:
            raise MappingError(f"对照文件 {file.name} 超过 1 MB，不像是对照文件")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as missing:
        raise MappingError(f"对照文件 {file.name} 打不开：请确认路径") from missing
    except UnicodeDecodeError as foreign:
        raise MappingError(f"对照文件 {file.name} 不是 UTF-8 编码") from foreign
    try:
        content = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as broken:
        raise MappingError(f"对照文件 {file.name} 读不通（应为 JSON 或 YAML）：{str(broken).splitlines()[0]}") from broken
    return checked(content, register)


def checked(content: Any, register: Register) -> dict[str, Any]:
    """The mapping with column titles turned into names. Raises ``MappingError``."""
    if not isinstance(content, Mapping):
        raise MappingError("对照文件应写成 headers: {表头: 栏目名}")
    strange = [str(key) for key in content if key not in ("headers", "sheets")]
    if strange:
        raise MappingError(f"对照文件里不认识“{strange[0]}”；只有 headers 和 sheets 两项")
    headers, sheets = content.get("headers") or {}, content.get("sheets") or {}
    if not isinstance(headers, Mapping) or not isinstance(sheets, Mapping):
        raise MappingError("对照文件的 headers 和 sheets 都应是“名字: 内容”的形式")
    return {
        "headers": {str(header): _column(str(header), wanted, register) for header, wanted in headers.items()},
        "sheets": {str(name): _sheet(str(name), wanted) for name, wanted in sheets.items()},
    }


def _column(header: str, wanted: Any, register: Register) -> str | None:
    if wanted is None:
        return None
    titles = {column.title: column.name for column in register.columns}
    if isinstance(wanted, str):
        if wanted in register.by_name:
            return wanted
        if wanted in titles:
            return titles[wanted]
    near = difflib.get_close_matches(str(wanted), [*register.by_name, *titles], n=3, cutoff=0.5)
    hint = f"；是不是 {'、'.join(near)}？" if near else f"；可用的有 {'、'.join(list(register.by_name)[:8])} 等"
    raise MappingError(f"对照文件 headers 的“{header}”写着“{wanted}”，台账“{register.title}”没有这一栏{hint}")


def _sheet(name: str, wanted: Any) -> dict[str, Any]:
    if not isinstance(wanted, Mapping) or any(key not in ("header_row", "skip") for key in wanted):
        raise MappingError(f"对照文件 sheets 的“{name}”应写成 {{header_row: 4}} 或 {{skip: true}}")
    row = wanted.get("header_row")
    if row is not None and (type(row) is not int or row < 1):
        raise MappingError(f"对照文件 sheets 的“{name}”：header_row 应是行号，例如 4")
    return {"header_row": row, "skip": bool(wanted.get("skip"))}


def wish_of(mapping: Mapping[str, Any] | None) -> Wish:
    """A checked mapping as the matcher wants it."""
    if not mapping:
        return Wish()
    sheets = mapping.get("sheets", {})
    return Wish(
        headers=mapping.get("headers", {}),
        rows={name: said["header_row"] for name, said in sheets.items() if said.get("header_row")},
        skipped=frozenset(name for name, said in sheets.items() if said.get("skip")),
    )
