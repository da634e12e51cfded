"""A form 范本: the words of a letter with blanks in them, as plain text from which page, Word file and PDF are made.

    # 催收通知书                      the title
    ## 一、事实                       a heading
    > {{催收日期}}                    to the right;  = in the middle
    ! {{承包方}}：                    without the indent of a paragraph
    截至今天尚欠 {{合计}} 元。         a paragraph
    | 应缴日期 | 尚欠（元） |          a table; with a line of dashes below, its first row is a head
    | --- | --- |
    | {{每期.应缴日期}} | {{每期.尚欠}} |   a line with a blank of a list stands once for each of the list, and not at all for none
    ---                               a new page

``{{}}`` are the only marks that mean anything, and only those a kind of letter declares: there is no expression, no code
and no file to reach for. What fills a blank is never read again. A blank nobody knows is a line to write on by hand.
``↵`` is a new line inside a cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from mingbai.limits import FORM_CHARACTERS, FORM_LINES
from mingbai.units import mask_numbers

LINE = "＿＿＿＿＿＿"
"""What stands where nothing is known: room to write."""
IDENTITY = "承包方证件号码"
"""The one blank that is never kept: a letter holds its place, and whoever may see the number has it put in."""
HELD = "\ue000"
"""Where it goes."""
BREAK = "↵"

_BLANK = re.compile(r"[{｛]{2}\s*([^{}｛｝]*?)\s*[}｝]{2}")
_LOOSE = re.compile(r"[{｛]{2}|[}｝]{2}|\{%|\{#")
_MARKS = {"#": "title", "##": "heading", ">": "right", "=": "centre", "!": "flush"}


class FormError(ValueError):
    """What is wrong with a form, each with its line, and what to do."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("；".join(sentences[:5]) + (f"；另有 {len(sentences) - 5} 处" if len(sentences) > 5 else ""))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a letter. ``kind``: title, heading, right, centre, flush, plain, gap, page or table."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    head: bool = False
    line: int = 0
    """Where it stands in the form, from 1."""

    @property
    def shares(self) -> list[int]:
        """How wide a table's columns are to each other, by what they hold and the room around it."""
        width = max((len(row) for row in self.rows), default=0)
        widest = [
            max((max(map(_wide, row[at].split(BREAK))) for row in self.rows if at < len(row)), default=0)
            for at in range(width)
        ]
        return [min(max(each, 4), 40) + 5 for each in widest]


@dataclass(frozen=True, slots=True)
class Facts:
    """What fills a form. ``values``: blank → words; ``rows``: list → its members, each blank → words. None = not known."""

    values: Mapping[str, str | None] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, str | None]]] = field(default_factory=dict)


def read(text: str) -> list[Block]:
    """The blocks of a form, in order.

    :raises FormError: for one that is empty or larger than a letter can be.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(text) > FORM_CHARACTERS or len(lines) > FORM_LINES:
        raise FormError(
            f"范本有 {len(text)} 个字、{len(lines)} 行；最多 {FORM_CHARACTERS} 个字、{FORM_LINES} 行，请分成几份"
        )
    blocks: list[Block] = []
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if line.startswith("|"):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            table = blocks[-1] if blocks and blocks[-1].kind == "table" else None
            if table is not None and all(set(cell) <= {"-"} and cell for cell in cells):
                blocks[-1] = Block("table", "", table.rows, True, table.line)
            elif table is not None:
                blocks[-1] = Block("table", "", (*table.rows, cells), table.head, table.line)
            else:
                blocks.append(Block("table", "", (cells,), False, number))
        elif line == "---":
            blocks.append(Block("page", line=number))
        elif not line:
            if blocks and blocks[-1].kind not in ("gap", "page", "table"):
                blocks.append(Block("gap", line=number))
        else:
            mark, _, rest = line.partition(" ")
            kind = _MARKS.get(mark)
            blocks.append(Block(kind, rest.strip(), line=number) if kind else Block("plain", line, line=number))
    while blocks and blocks[-1].kind in ("gap", "page"):
        blocks.pop()
    if not any(block.kind != "gap" for block in blocks):
        raise FormError("范本是空的；请从现在用的范本改起")
    return blocks


def written(blocks: Sequence[Block]) -> str:
    """The blocks as the text :func:`read` reads."""
    marks = {kind: mark for mark, kind in _MARKS.items()}
    lines: list[str] = []
    for block in blocks:
        if block.kind == "table":
            rows = [f"| {' | '.join(row)} |" for row in block.rows]
            lines += [rows[0], f"|{' --- |' * len(block.rows[0])}", *rows[1:]] if block.head else rows
            lines.append("")
        elif block.kind == "page":
            lines.append("---")
        else:
            lines.append(f"{marks[block.kind]} {block.text}" if block.kind in marks else block.text)
    return "\n".join(lines).strip() + "\n"


def wrongs(
    text: str,
    blanks: Mapping[str, object],
    lists: Mapping[str, Mapping[str, object]],
    needs: Sequence[str] = (),
    refuses: Sequence[str] = (),
) -> list[str]:
    """What is wrong with a form for a kind of letter: blanks nobody fills, blanks that must stand, words that must not.

    :raises FormError: where it cannot be read at all.
    """
    blocks, told, used = read(text), [], set()
    known = [*blanks, *(f"{name}.{each}" for name, row in lists.items() for each in row)]
    for where, line in _lines(blocks):
        names = _BLANK.findall(line)
        used |= set(names)
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, 1, 0.5)
                told.append(
                    f"{where}：没有“{{{{{name}}}}}”这个空"
                    + (
                        f"，是不是 {{{{{near[0]}}}}}"
                        if near
                        else f"；能用的有 {'、'.join(known[:12])}{'……' if len(known) > 12 else ''}"
                    )
                )
        if len({name.partition(".")[0] for name in names if "." in name}) > 1:
            told.append(f"{where}：一行里只能用一个表的空；请分成两行")
        if _LOOSE.search(_BLANK.sub("", line)):
            told.append(f"{where}：大括号没有写成对；空要写成 {{{{承包方}}}} 这样")
        told += [f"{where}：不能写“{word}”；这份文书里这样写等于让步，请删去" for word in refuses if word in line]
    told += [f"少了 {{{{{name}}}}}；这个空不能删，请加回去" for name in needs if name not in used]
    return told


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if block.kind == "table":
            yield from (
                (f"第 {block.line} 行起的表格第 {number} 行", " | ".join(row))
                for number, row in enumerate(block.rows, 1)
            )
        elif block.text:
            yield f"第 {block.line} 行“{block.text[:12]}{'…' if len(block.text) > 12 else ''}”", block.text


def fill(text: str, facts: Facts) -> list[Block]:
    """A form filled in. Unknown blanks become room to write."""
    filled: list[Block] = []
    for block in read(text):
        if block.kind == "table":
            rows = tuple(tuple(said) for row in block.rows for said in _each(row, facts))
            filled.append(Block("table", "", rows, block.head, block.line))
        elif block.text:
            filled += [Block(block.kind, said[0], (), False, block.line) for said in _each((block.text,), facts)]
        else:
            filled.append(block)
    return filled


def _each(cells: Sequence[str], facts: Facts) -> Iterator[list[str]]:
    """A line once, or once for each member of the list its blanks belong to."""
    owner = next((name.partition(".")[0] for cell in cells for name in _BLANK.findall(cell) if "." in name), None)
    for member in facts.rows.get(owner, ()) if owner else ({},):

        def said(found: re.Match[str], member: Mapping[str, str | None] = member) -> str:
            name = found[1]
            if name == IDENTITY:
                return HELD
            return clean(member.get(name.partition(".")[2]) if "." in name else facts.values.get(name)) or LINE

        yield [_BLANK.sub(said, cell) for cell in cells]


def clean(words: str | None) -> str:
    """Words as they go into a letter: one line, no control or private characters, numbers of persons in part."""
    plain = "".join(
        " " if letter in "\r\n\t\u2028\u2029" else letter
        for letter in words or ""
        if letter in "\r\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    )
    return mask_numbers(plain.strip())


def revealed(blocks: Sequence[Block], identity: str | None) -> list[Block]:
    """The blocks with the identity number in its place, or room to write it."""

    def put(text: str) -> str:
        return text.replace(HELD, clean_identity(identity) or LINE)

    return [Block(b.kind, put(b.text), tuple(tuple(map(put, row)) for row in b.rows), b.head, b.line) for b in blocks]


def clean_identity(number: str | None) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", number or "")


def plain(blocks: Sequence[Block]) -> str:
    """The letter's words alone, a line each, cells apart by a tab: what tests compare and people search."""
    lines: list[str] = []
    for block in blocks:
        if block.kind == "table":
            lines += ["\t".join(cell.replace(BREAK, " ") for cell in row) for row in block.rows]
        elif block.text:
            lines.append(block.text)
    return "\n".join(lines)


def _wide(text: str) -> int:
    """A Chinese character is as wide as two digits."""
    return sum(2 if letter > "\u2e80" else 1 for letter in text)
