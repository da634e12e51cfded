"""The pages that show findings, read in English. What the ledger wrote stays as it is, in quotation marks; a law is named with its
Chinese title in brackets. (Every sentence the rules can make: tests/rules/test_words.py.)"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import a_long_lease, a_row
from mingbai.columns import registers
from mingbai.rules import find_rulebook
from mingbai.units.wording import CHAINED, LISTED, Reader, joined, phrase
from rules.test_words import CHINESE, OWN


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


@pytest.mark.django_db
def test_the_summary_and_what_was_done_are_read_in_english(district: Any, reader: Client, import_rows: Any) -> None:
    import_rows(a_long_lease(), a_row(合同形式="口头", 民主程序="无"))
    names = ("九院村一组", "九院村", "东社村", "西坡村", "南头村", "白家庄街道", "化客头街道", "万柏林区", "赵区局")
    assert not CHINESE.search(shown(reader.get(reverse("summary")).content.decode(), *names))
    reader.force_login(district.people["auditor"])
    reader.post("/language/", {"language": "en", "next": "/"})
    page = reader.get(reverse("audit")).content.decode()
    deeds = re.search(r'(?s)<select name="deed".*?</select>', page)
    assert deeds
    assert "Ledger accepted" in deeds[0]
    assert not CHINESE.search(re.sub(r'value="[^"]*"', "", deeds[0]))
