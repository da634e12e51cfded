"""The user's own word on headings: a small JSON or YAML file that says which heading is which column.

headers: {亩价: rent_fen_per_mu_year, 备注1: null}     # null leaves a column out
sheets: {Sheet1: {header_row: 4}, 汇总: {skip: true}}   # all the rest is optional
kinds: {Sheet2: inspections}                            # which register a sheet, or a part of one, belongs to
words: {letting_mode: {散包: 公开协商}}                   # what a word in the cells means
units: {合同价: 万元}                                     # what plain numbers under a heading count in
dates: january                                          # a number 2016.1 is January (or october)
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mingbai.columns import Register, registers
from mingbai.sheets.matching import Wish
from mingbai.units import parse_area_unit, parse_money_unit

LARGEST = 1 << 20
KEYS = ("headers", "sheets", "kinds", "words", "units", "dates")
DATES = ("january", "october")


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
        raise MappingError(
            f"对照文件 {file.name} 读不通（应为 JSON 或 YAML）：{str(broken).splitlines()[0]}"
        ) from broken
    return checked(content, register)


def checked(content: Any, register: Register) -> dict[str, Any]:
    """The mapping with column titles turned into names. Raises ``MappingError``."""
    if not isinstance(content, Mapping):
        raise MappingError("对照文件应写成 headers: {表头: 栏目名}")
    strange = [str(key) for key in content if key not in KEYS]
    if strange:
        raise MappingError(f"对照文件里不认识“{strange[0]}”；只有 {'、'.join(KEYS)} 这几项")
    parts = {key: content.get(key) or {} for key in KEYS if key != "dates"}
    wrong = next((key for key, part in parts.items() if not isinstance(part, Mapping)), None)
    if wrong:
        raise MappingError(f"对照文件的 {wrong} 应是“名字: 内容”的形式")
    result = {
        "headers": {str(header): _column(str(header), wanted, register) for header, wanted in parts["headers"].items()},
        "sheets": {str(name): _sheet(str(name), wanted) for name, wanted in parts["sheets"].items()},
    }
    if parts["kinds"]:
        result["kinds"] = {str(name): _kind(str(name), wanted) for name, wanted in parts["kinds"].items()}
    if parts["words"]:
        result["words"] = {
            name: said
            for column, wanted in parts["words"].items()
            for name, said in [_words(str(column), wanted, register)]
        }
    if parts["units"]:
        result["units"] = {str(header): _unit(str(header), wanted) for header, wanted in parts["units"].items()}
    if content.get("dates"):
        if content["dates"] not in DATES:
            raise MappingError(
                f"对照文件的 dates 写着“{content['dates']}”；只能写 january（2016.1 是1月）或 october（是10月）"
            )
        result["dates"] = content["dates"]
    return result


def written(mapping: Mapping[str, Any]) -> str:
    """A checked mapping as the YAML that ``load_mapping`` reads."""
    import yaml

    content = {key: mapping[key] for key in KEYS if mapping.get(key)}
    return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=True))


def _kind(name: str, wanted: Any) -> str:
    if wanted not in registers():
        raise MappingError(f"对照文件 kinds 的“{name}”写着“{wanted}”，没有这种台账；现有 {'、'.join(registers())}")
    return str(wanted)


def _words(column: str, wanted: Any, register: Register) -> tuple[str, dict[str, str]]:
    name = _column(column, column, register) or ""
    choices = register.by_name[name].choices
    if not isinstance(wanted, Mapping):
        raise MappingError(f"对照文件 words 的“{column}”应写成 {{散包: 公开协商}}")
    for word, choice in wanted.items():
        if choice not in choices:
            raise MappingError(
                f"对照文件 words 的“{column}”把“{word}”写成“{choice}”；可选的有 {'、'.join(choices) or '（这一栏不是选项）'}"
            )
    return name, {str(word): str(choice) for word, choice in wanted.items()}


def _unit(header: str, wanted: Any) -> str:
    if not isinstance(wanted, str) or (parse_money_unit(wanted) is None and parse_area_unit(wanted) is None):
        raise MappingError(f"对照文件 units 的“{header}”写着“{wanted}”，不是单位；例如 万元、元/亩、平方米")
    return wanted


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
        kinds=mapping.get("kinds", {}),
        words=mapping.get("words", {}),
        units=mapping.get("units", {}),
        dates=mapping.get("dates", ""),
    )
