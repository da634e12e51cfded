"""The report: what a reader who never heard of graphs must find on it, in every kind of answer."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mingbai.setoff import Wishes, clear
from mingbai.setoff.page import report
from setoff.debts import Debt, table

NET: list[Debt] = [("九院村", "某镇", 50_000_00), ("某镇", "建工公司", 80_000_00), ("建工公司", "九院村", 30_000_00), ("建工公司", "东坪村", 40_000_00),
                   ("东坪村", "某镇", 45_000_00), ("某镇", "九院村", 9_000_00)]


def made(folder: Path, debts: list[Debt] = NET, wishes: Wishes | None = None, **columns: Any) -> str:
    report(clear(table(*debts, **columns), wishes=wishes), folder, title="某镇", demo=True)
    text = (folder / "index.html").read_text(encoding="utf-8")
    for page in [folder / "index.html", *(folder / "对账单").iterdir()]:
        whole(page)
    return text


def whole(page: Path) -> None:
    """No script, nothing from elsewhere, every local link leads somewhere, no unclosed template."""
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", text)
    assert "{{" not in text
    links: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links.extend(value for name, value in attrs if name == "href" and value)

    Links().feed(text)
    from urllib.parse import unquote

    tables = ("parties.csv", "cycles.csv", "cleared.csv", "excluded.csv", "proof.json")
    assert [link for link in links if link not in tables and not (page.parent / unquote(link)).exists()] == []


def test_the_page_says_it_in_one_sentence_and_proves_it(tmp_path: Path) -> None:
    text = made(tmp_path)
    plain = re.sub("<[^>]+>", "", text)
    assert "大家互相欠着 25.4 万元。其中 22.8 万元（89.8%）不用一分钱现金" in plain
    assert "已证明：不可能抵得更多" in plain
    assert "演示数据" in plain
    for heading in ("怎么抵", "谁欠谁", "各家的账", "债务圈", "少了谁就抵不动", "再拿一点现金", "哪些没有参加", "凭什么相信"):
        assert heading in plain
    assert text.count("<svg") >= 8


def test_every_party_has_its_sheet(tmp_path: Path) -> None:
    made(tmp_path)
    sheets = sorted(path.name for path in (tmp_path / "对账单").iterdir())
    assert len(sheets) == 4
    mine = re.sub("<[^>]+>", "", next((tmp_path / "对账单").glob("*九院村*")).read_text(encoding="utf-8"))
    assert "单位（盖章）" in mine
    assert "某镇" in mine


def test_a_chain_is_told_as_such(tmp_path: Path) -> None:
    assert "没有一个圈" in made(tmp_path, [("甲", "乙", 5), ("乙", "丙", 5)])


def test_nothing_at_all(tmp_path: Path) -> None:
    assert "没有可以参加的债务" in made(tmp_path, [("甲", "甲", 5)])


@pytest.mark.parametrize(("wishes", "said"), [
    (Wishes(max_parties=3), "近似答案"), (Wishes(mode="bilateral"), "两两互欠的已全部抵掉"), (Wishes(mode="bilateral-first"), "近似答案"),
    (Wishes(cash=10_000_00), "拿出现金"), (Wishes(mode="priority"), "按权重计"), (Wishes(without="某镇"), "假设“某镇”不参加"), (Wishes(time_limit=0), "近似答案"),
])
def test_each_kind_of_answer_is_named(tmp_path: Path, wishes: Wishes, said: str) -> None:
    assert said in made(tmp_path, wishes=wishes)


def test_numbers_of_persons_are_shown_in_part(tmp_path: Path) -> None:
    card = "999999199001011238"
    text = made(tmp_path, [("张三 13912345678", card, 5), (card, "张三 13912345678", 5)])
    assert "13912345678" not in text
    assert card not in text
    assert not any("13912345678" in path.name + path.read_text(encoding="utf-8") for path in (tmp_path / "对账单").iterdir())


def test_markup_in_names_is_text(tmp_path: Path) -> None:
    assert "<b>坏" not in made(tmp_path, [("<b>坏", "乙", 5), ("乙", "丙", 5), ("丙", "<b>坏", 5)])


def test_what_is_left_out_is_listed_with_its_rule(tmp_path: Path) -> None:
    text = made(tmp_path, kind=["", "", "", "", "", "wage"])
    assert "工资（含农民工工资）" in text
    assert "9,000.00" in text
