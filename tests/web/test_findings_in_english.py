"""What the rules say, read in English: every sentence they can make, and the pages that show them. What the ledger wrote stays as it
is, in quotation marks; a law is named with its Chinese title in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import a_long_lease, a_row
from mingbai.columns import Column, find_register, registers
from mingbai.rules import check, find_rulebook, ledger, load_law
from mingbai.rules.wording import CHAINED, LISTED, Reader, joined, phrase
from rules.test_words import findings
from web.test_languages import catalogue

TODAY = date(2026, 9, 30)
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
OWN = re.compile(r"“[^”]*”|\([^()]*[\u4e00-\u9fff][^()]*\)")
"""What may be Chinese: the ledger's words, and the title of a law."""


def english() -> Reader:
    return Reader({said: texts[0] for said, texts in catalogue().items()})


def a_value(column: Column, dice: Random) -> Any:
    """Something a ledger might say in this column."""
    if dice.random() < 0.3:
        return None
    if column.choices and column.kind == "choice":
        return dice.choice([*column.choices])
    said: dict[str, tuple[Any, ...]] = {"date": ("2020-02-29", "2024-12-31", "2026-09-30", "2027-01-01"), "yes_no": (True, False)}
    said |= dict.fromkeys(("money", "area", "count"), (0, 1, 12, 13, 24_000, 1_234_567)) | {"term": (0, 1, 12, 13, 240, 400)}
    return dice.choice(said.get(column.kind, ("无", "旧校舍", "代表会议", "王家沟，河东", "至2020年，“老地”")))


def sentences() -> Iterator[tuple[str, str]]:
    """(rule, sentence): of the contracts the examples and ledgers that look for trouble, of all registers ledgers at random, with what
    only the house knows."""
    for found in findings():
        yield found.rule, found.sentence
    for name in registers():
        register, dice = find_register(name), Random(1)
        stands = {"_file": "九院村", "_sheet": "台账", "_headings": "|" + "".join(f"{column.name}|" for column in register.columns), "_doubtful": "|"}
        rows = [{column.name: a_value(column, dice) for column in (*register.columns, *register.house)} | stands | {"_row": number} for number in range(400)]
        table = ledger(register, [{key: [row[key] for row in rows] for key in rows[0]}])
        for found in check(table, register, find_rulebook(name), load_law(name), TODAY):
            yield found.rule, found.sentence


def numbers(sentence: str) -> set[str]:
    return set(re.findall(r"\d[\d,.\-]*\d|\d", sentence.replace("1999年10月1日", "1999-10-01")))


def test_every_sentence_of_every_rule_is_read_in_english() -> None:
    read, told = english(), set()
    for rule, sentence in sentences():
        said = read(sentence)
        assert not CHINESE.search(OWN.sub("", said)), (rule, sentence, said)
        assert said.startswith(("Suspected: ", "Disputed: ", "Cannot tell “")), said
        assert numbers(sentence) <= numbers(said), "its numbers and dates are the same"
        told.add((rule, said.split(":")[0]))
    for register in registers():
        assert {rule for rule, how in told if how == "Suspected"} >= set(find_rulebook(register).rules)


def test_what_the_ledger_wrote_stays_as_it_is() -> None:
    read = Reader({"耕地": "cropland", "用途“{use!s}”": "use “{use!s}”", CHAINED: "{first}, {rest}", LISTED: "{first}, {rest}", "{n}年": "{n} years"})
    assert read("耕地，用途“耕地”") == "cropland, use “耕地”"
    assert read("用途“种“耕地”，两年”") == "use “种“耕地”，两年”"
    assert read(joined(LISTED, ("耕地", phrase("{n}年", n=30), "耕地"))) == "cropland, 30 years, cropland"
    assert read("没有人说过这话，30年") == "没有人说过这话，30年", "not half of a sentence in one language and half in the other"


@pytest.fixture
def reader(district: Any) -> Client:
    client = Client()
    client.force_login(district.people["county"])
    client.post("/language/", {"language": "en", "next": "/"})
    return client


def shown(page: str, *names: str) -> str:
    """The text of a page's body, without the names in it, what the ledger wrote, and the titles of laws."""
    body = page[page.index("<main"):page.index("</main>")]
    text = re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<q>.*?</q>|<title>.*?</title>|<svg.*?</svg>", "", body))
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return OWN.sub("", re.sub(r"\s+", " ", text))


@pytest.mark.django_db
def test_the_pages_of_findings_are_read_in_english(reader: Client, import_rows: Any) -> None:
    """Kept in Chinese when the ledger was taken in, and read in English on the record, the list, the catalogue and another day's law."""
    lease, oral = import_rows(a_long_lease(), a_row(合同形式="口头", 民主程序="无", 实际用途="停车场", 地块编码="P2", 承包方="李四", **{"欠缴金额(元)": 3000}))
    names = ("九院村一组", "九院村", "万柏林区", "白家庄街道", "张三", "李四", "村东耕地承包", "赵区局", "张＊", "李＊")
    record = reader.get(reverse("record", args=("contracts", oral.pk))).content.decode()
    for card in re.findall(r'(?s)<article class="finding.*?</article>', record):
        assert not CHINESE.search(shown(f"<main>{card}</main>", *names)), card
    assert "actual use “停车场”" in record
    assert "Civil Code (民法典)" in record
    for address in (reverse("findings", args=("contracts",)), reverse("record-reading", args=("contracts", lease.pk, "C04")) + "?signed=1999-09-30", reverse("rules"),
                    *(reverse("rule", args=(register, rule)) for register in registers() for rule in find_rulebook(register).rules),
                    reverse("record-unsure", args=("contracts", oral.pk))):
        page = reader.get(address).content.decode()
        text = shown(page if "<main" in page else f"<main>{page}</main>", *names)
        assert not (left := CHINESE.search(text)), (address, text[max(left.start() - 60, 0):left.end() + 60])
