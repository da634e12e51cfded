"""A ledger is judged before it is stored, its records stored with their standing. The slow way – stored, read back, judged,
worded row by row, its standing written over it – gives the same records, findings and figures, on messy random ledgers."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from mingbai.columns import find_register
from mingbai.rules import Facts
from mingbai.rules.engine import ANSWERS, CANNOT_TELL, DISPUTED, YES
from mingbai.rules.law import ymd_date

pytestmark = pytest.mark.django_db
SEED = int(os.environ.get("MINGBAI_SEED", random.SystemRandom().randrange(2**32)))
REGISTER = find_register("contracts")
TITLES = {column.title: column for column in REGISTER.columns if column.in_template}


def a_cell(dice: random.Random, column: Any) -> Any:
    if dice.random() < 0.25:
        return None
    if dice.random() < 0.04:
        return dice.choice(["约1500亩", "三百元", "看合同", "#REF!", "同上", "无", "2016.1", -5])
    match column.kind:
        case "date":
            return dice.choice(["", "2019年3月", None]) if dice.random() < 0.1 else str(date(1985, 1, 1) + timedelta(days=dice.randrange(16_000)))
        case "money":
            return dice.choice([0, 1200, round(dice.uniform(100, 90_000), 2), f"{dice.randrange(10**5)}元"])
        case "area":
            return round(dice.uniform(0.5, 300), 2)
        case "count":
            return dice.randrange(1, 60)
        case "choice":
            return dice.choice(list(column.choices))
        case "yes_no":
            return dice.choice(["是", "否"])
        case "term":
            return f"{dice.choice((5, 20, 30, 70))}年"
        case "phone":
            return f"139{dice.randrange(10**8):08d}"
        case "identity":
            return dice.choice(["/", "999999198001010011", "999999********0011"])
    if column.name == "parcel_code":
        return f"P{dice.randrange(8)}"
    return dice.choice([f"{column.title[:3]}{dice.randrange(30)}", "种植", "无", "回购", f"电话 139{dice.randrange(10**8):08d} 找他"])


def a_ledger(dice: random.Random, numbers: list[str]) -> list[list[Any]]:
    rows = []
    for number in numbers:
        rows.append([a_cell(dice, column) for column in TITLES.values()])
        rows[-1][list(TITLES).index("合同编号")] = number
        if dice.random() < 0.2:
            rows.append(list(rows[-1]))  # the same contract twice in one file
    return rows


def take_in(district: Any, folder: Path, name: str, rows: list[list[Any]]) -> Any:
    from mingbai.kit import intake

    with xlsxwriter.Workbook(folder / name) as book:
        sheet = book.add_worksheet("合同台账")
        for place, row in enumerate([list(TITLES), *rows]):
            sheet.write_row(place, 0, row)
    clerk, village = district.people["clerk"], district.villages[0]
    upload = intake.receive(clerk, village, "contracts", name, (folder / name).read_bytes())
    intake.read_upload(None, upload.pk)
    return intake.accept(clerk, upload)


def as_it_stands(village: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Records with every column, findings with every word, tallies."""
    from mingbai.board.models import Tally
    from mingbai.kit.models import Finding
    from mingbai.registers.contracts.models import Contract

    findings = Finding.objects.filter(organisation=village).order_by("record", "rule").values()
    return (list(Contract.objects.filter(organisation=village).order_by("pk").values()),
            [{name: value for name, value in each.items() if name != "id"} for each in findings],
            [{name: value for name, value in each.items() if name != "id"} for each in Tally.objects.filter(organisation=village).order_by("indicator").values()])


def the_slow_way(village: Any) -> None:
    from mingbai.kit.findings import NEW, recheck
    from mingbai.kit.furniture import furniture
    from mingbai.kit.models import Finding
    from mingbai.kit.record import Record
    from mingbai.records.door import commit

    kit = furniture("contracts")
    with commit(None, village, "import", "慢慢来") as act:
        act.drop(Finding.objects.filter(organisation=village))
        act.rewrite(kit.model, Record.DERIVED, [(pk, NEW) for pk in kit.model._default_manager.filter(organisation=village).values_list("pk", flat=True)])
        recheck(kit, act, village)
        act.recheck("board:contracts", village)


def the_words_of(found: Any) -> list[tuple[Any, ...]]:
    """Findings worded row by row from whole rows, as slowly as can be."""
    facts, said = Facts(found.law, found.as_of, found.register), []
    for row in found.judged.iter_rows(named=True):
        for rule in found.rulebook.rules.values():
            code = row[rule.id]
            if code not in (YES, DISPUTED, CANNOT_TELL):
                continue
            day = found.as_of if rule.law_of == "today" else ymd_date(row[rule.law_of])
            severity = 3 if rule.graver_with and row.get(rule.graver_with) == YES else rule.severity
            words = "" if code == CANNOT_TELL else (rule.argued if code == DISPUTED and rule.argued else rule.say)(row, facts)
            said.append((row["_row"], rule.id, ANSWERS[code], severity, words, facts.cited(rule.cites, day or found.as_of),
                         tuple(name for name in rule.reads if row.get(name) is not None) or rule.reads[:1]))
    return said


@pytest.mark.parametrize("number", range(3))
def test_at_once_and_slowly_give_the_same(number: int, district: Any, tmp_path: Path) -> None:
    print(f"MINGBAI_SEED={SEED}")
    from mingbai.kit.findings import judge, stale
    from mingbai.kit.furniture import furniture
    from mingbai.kit.intake import reading_of
    from mingbai.records.chain import verify
    from mingbai.registers.contracts.models import Contract

    dice, village = random.Random(SEED + number), district.villages[0]
    before = Contract.objects.filter(organisation=village).count()
    rows = a_ledger(dice, [f"新{each}" for each in range(40)])
    first = take_in(district, tmp_path, "一.xlsx", rows)
    changed = [[each if dice.random() < 0.9 else a_cell(dice, column) for each, column in zip(row, TITLES.values(), strict=True)] for row in rows]
    again = take_in(district, tmp_path, "二.xlsx", changed + a_ledger(dice, [f"再{each}" for each in range(20)]))
    for upload in (first, again):
        assert upload.read == upload.accepted + upload.rejected + upload.skipped
        assert upload.accepted == upload.added + upload.changed + upload.same
    assert Contract.objects.filter(organisation=village).count() == before + first.added + again.added
    assert first.added > 15

    at_once = as_it_stands(village)
    the_slow_way(village)
    slowly = as_it_stands(village)
    assert at_once == slowly
    assert len(at_once[1]) > 100
    assert village.pk not in stale(furniture("contracts"), district.county, first.on)
    assert not list(verify(village))

    typed = reading_of(again).columns()
    stored = {each["source_row"]: each for each in at_once[0] if each["upload_id"] == again.pk}
    for place, row in enumerate(typed["_row"]):
        for column in REGISTER.columns:
            if row in stored and column.kind in ("money", "area", "date", "count", "term", "choice", "yes_no") and typed[column.name][place] is not None:
                value = stored[row][column.name]
                assert (value.isoformat() if isinstance(value, date) else value) == typed[column.name][place]

    found = judge(furniture("contracts"), village, first.on)
    said = [(each.row, each.rule, each.answer, each.severity, each.sentence, each.cites, each.columns) for each in found]
    slow = the_words_of(found)
    assert [(*each[:4], *each[5:]) for each in said] == [(*each[:4], *each[5:]) for each in slow]
    assert all(words in each[4] for each, (*_, words, _, _) in zip(said, slow, strict=True))

    quiet = take_in(district, tmp_path, "三.xlsx", rows[:0] + changed)  # other bytes, nothing new
    assert (quiet.added, quiet.changed) == (0, 0)
    assert as_it_stands(village) == slowly
