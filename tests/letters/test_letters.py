"""Letters against golden text: Word and PDF say the same words, whatever stands in the records."""

from __future__ import annotations

import io
import os
import re
import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document

from conftest import TODAY, a_long_lease, a_row
from mingbai.letters import form
from mingbai.letters.form import HELD, LINE, Facts, FormError
from mingbai.letters.kinds import kinds
from mingbai.letters.paper import Sheet, pdf
from mingbai.letters.word import docx, form_text
from pdf_words import pages

GOLDEN = Path(__file__).parent / "golden"
KINDS = list(kinds().values())
OWES = {"应收金额(元)": 60000, "已收金额(元)": 35000, "欠缴金额(元)": 25000}


def golden(name: str, said: str) -> None:
    """What was said is what is written down. ``MINGBAI_GOLDEN=write`` writes it down anew, to be read in the diff."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("MINGBAI_GOLDEN") == "write":
        path.write_text(f"{said}\n", encoding="utf-8")
    assert said == path.read_text(encoding="utf-8").rstrip("\n")


def of_word(data: bytes) -> str:
    """The words of a Word file in their order, a line each, cells apart by a tab."""
    made, lines = Document(io.BytesIO(data)), []
    for element in made.element.body:
        if element.tag.endswith("}p"):
            lines.append("".join(text.text or "" for text in element.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")))
        elif element.tag.endswith("}tbl"):
            table = next(each for each in made.tables if each._tbl is element)
            lines += ["\t".join(cell.text.replace("\n", " ") for cell in row.cells) for row in table.rows]
    return "\n".join(line for line in lines if line)


def of_pdf(data: bytes) -> str:
    """All the words of a PDF without blanks and what stands at the foot of its pages; text is laid out, so lines are lost."""
    lines = [line for page in pages(data) for line in page.split("\n")]
    return squeezed("\n".join(line for line in lines if not re.search(r"第\d+页，共\d+页$", line.replace(" ", ""))))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def letters_in(text: str) -> list[str]:
    """The characters, sorted: a table laid out on paper is read in another order, but loses and adds none."""
    return sorted(squeezed(text))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_houses_own_forms_are_in_order(kind: Any) -> None:
    assert form.wrongs(kind.own_form, kind.blanks, kind.lists, kind.needs, kind.refuses) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_form_taken_to_word_and_back_is_the_same_form(kind: Any) -> None:
    blocks = form.read(kind.own_form)
    assert form_text(docx(Sheet("", kind.title, blocks))) == form.written(blocks)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_example_in_word_and_pdf_is_the_golden_text(kind: Any) -> None:
    blocks = form.revealed(form.fill(kind.own_form, kind.sample), None)
    golden(f"sample-{kind.name}", form.plain(blocks))
    sheet = Sheet("号", kind.title, blocks)
    assert of_word(docx(sheet)) == form.plain(blocks)
    assert letters_in(of_pdf(pdf([sheet]))) == letters_in(form.plain(blocks).replace(form.BREAK, ""))


HOSTILE = ('=HYPERLINK("http://evil","x")', "{{承包方证件号码}}", "{% raw %}{{ ''.__class__ }}", "#import sys\n$x$ #eval(\"1\")", "<w:p/>&amp;<script>", "\x00\x07甲\u202e乙\u200b\ue000丙", "很长的名字" * 6)


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_only_words(words: str) -> None:
    kind = kinds()["demand"]
    row = dict.fromkeys(kind.lists["每期"], words)
    blocks = form.fill(kind.own_form, Facts(dict.fromkeys(kind.blanks, words), {"每期": [row]}))
    said = form.plain(blocks)
    assert HELD not in said
    assert form.clean(words) in said
    assert not any(unicodedata.category(letter) in ("Cc", "Cf") for letter in said if letter not in "\n\t")
    sheet = Sheet("号", kind.title, form.revealed(blocks, "999999197001010018"))
    assert "999999197001010018" not in form.plain(sheet.blocks)
    assert of_word(docx(sheet)) == form.plain(sheet.blocks)
    assert letters_in(of_pdf(pdf([sheet]))) == letters_in(said.replace(form.BREAK, ""))


def test_many_dues_break_over_pages_with_their_head_and_nothing_lost() -> None:
    kind = kinds()["demand"]
    rows = [{**kind.lists["每期"], "期次": str(number)} for number in range(1, 91)]
    sheet = Sheet("九院村催〔2026〕1号", kind.title, form.fill(kind.own_form, Facts(kind.blanks, {"每期": rows})))
    assert len(of_word(docx(sheet)).split("\n")) == len(form.plain(sheet.blocks).split("\n"))
    said = pages(pdf([sheet, sheet]))
    assert len(said) % 2 == 0
    half = len(said) // 2
    assert half >= 4
    assert [f"第1页，共{half}页" in squeezed(page).replace(",", "，") for page in said] == [at in (0, half) for at in range(len(said))], "each letter counts its own pages"
    assert sum("应缴日期" in page and "尚欠" in page for page in said[:half]) >= 3, "the head stands on every page of the table"


def test_what_nobody_knows_is_room_to_write() -> None:
    for kind in KINDS:
        empty = Facts({}, {name: [dict.fromkeys(row)] for name, row in kind.lists.items()})
        said = form.plain(form.revealed(form.fill(kind.own_form, empty), None))
        assert LINE in said
        assert "None" not in said
        assert "{{" not in said


@pytest.mark.parametrize(("text", "told"), [
    ("# 催收\n{{承包人}}欠款", "没有“{{承包人}}”这个空，是不是 {{承包方}}"),
    ("# 催收\n{{承包方", "大括号没有写成对"),
    ("{% for x in y %}{{承包方}}", "大括号没有写成对"),
    ("{{ ''.__class__.__mro__ }}", "没有“{{''.__class__.__mro__}}”这个空"),
    ("{{承包方}}欠款，利息予以减免", "不能写“减免”"),
    ("{{承包方}}", "少了 {{合计}}"),
    ("\n \n", "范本是空的"),
    ("甲" * 50_000, "最多 40000 个字"),
])
def test_a_form_that_cannot_be_is_told_where_what_and_how(text: str, told: str) -> None:
    kind = kinds()["demand"]
    try:
        found = form.wrongs(text, kind.blanks, kind.lists, kind.needs, kind.refuses)
    except FormError as error:
        found = list(error.sentences)
    assert any(told in each for each in found), found


def _repacked(data: bytes, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def test_a_hostile_word_file_brings_nothing_in() -> None:
    kind = kinds()["demand"]
    good = docx(Sheet("", kind.title, form.read(kind.own_form)))
    main = zipfile.ZipFile(io.BytesIO(good)).read("word/document.xml")
    for data, told in (
        (b"", "damaged"), (b"PK\x03\x04junk", "损坏"), (_repacked(good, **{"word/vbaProject.bin": b"x"}), "宏"),
        (_repacked(good, **{"word/document.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + main}), "实体"),
        (_repacked(good, **{"word/document.xml": b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>" + b" " * (40 << 20) + b"</w:document>"}), ""),
        (_repacked(good, **{"word/document.xml": main.replace(b"<w:body>", b"<w:body><w:p><w:r><w:drawing/></w:r></w:p>")}), "图片"),
        (b"x" * (3 << 20), "最多 2 MB"),
    ):
        with pytest.raises(FormError) as refused:
            form_text(data)
        assert told in str(refused.value) or told == "damaged", str(refused.value)
    relation = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" Type="t/attachedTemplate" Target="http://evil/t.dotm" TargetMode="External"/></Relationships>'
    assert form_text(_repacked(good, **{"word/_rels/document.xml.rels": relation})) == form.written(form.read(kind.own_form)), "only words are read"


# -- in the house

pytest_db = pytest.mark.django_db


@pytest.fixture
def debtor(import_rows: Any) -> Any:
    return import_rows(a_long_lease(**OWES, 民主程序="无"))[0]


def made(clerk: Any, record: Any, kind: str) -> Any:
    from mingbai.kit import letters
    return letters.make(clerk, record, kind)


@pytest_db
@pytest.mark.parametrize("kind", ["demand", "supplement", "confirmation", "six_steps"])
def test_the_letters_of_a_contract_are_the_golden_text(kind: str, debtor: Any, clerk: Any) -> None:
    from mingbai.letters import desk

    sheet = desk.sheet(made(clerk, debtor, kind))
    golden(kind, form.plain(sheet.blocks))
    assert of_word(docx(sheet)) == form.plain(sheet.blocks)
    assert letters_in(of_pdf(pdf([sheet]))) == letters_in(form.plain(sheet.blocks).replace(form.BREAK, ""))


@pytest_db
def test_a_demand_names_the_day_of_the_last_one(import_rows: Any, clerk: Any) -> None:
    """The ledger's own day, a letter that was served, what the debtor promised, money that came: whichever was last."""
    from mingbai.kit import cases, letters
    from mingbai.letters import desk

    (record,) = import_rows(a_long_lease(**OWES, 最近催收日期="2025-03-01"))

    def last() -> str:
        return next((block.text for block in desk.sheet(made(clerk, record, "demand")).blocks if "此前最近一次" in block.text), "")

    assert "2025年3月1日（催收）" in last()
    letter = serve(clerk, made(clerk, record, "demand"))
    assert f"{desk.chinese(letter.served_on)}（催收）" in last()
    cases.receive(clerk, record, 1_000_00, "张三", received_on=TODAY)
    record.refresh_from_db()
    assert "2026年9月30日（部分付款）" in last()
    (never,) = letters.make_many(clerk, record.organisation, import_rows(a_long_lease(**OWES, 承包方="李四", 合同编号="HT-9"))[1:], "demand")
    assert not any("此前最近一次" in block.text for block in desk.sheet(never).blocks), "nothing is said where nothing is known"


@pytest_db
def test_a_contract_of_which_little_is_known(import_rows: Any, clerk: Any) -> None:
    record = import_rows({"承包方": "欧阳长福与他的三个兄弟以及承包经营联合体" * 4, "欠缴金额(元)": 1234.56})[0]
    from mingbai.letters import desk
    for kind in ("demand", "supplement", "confirmation", "six_steps"):
        sheet = desk.sheet(made(clerk, record, kind))
        golden(f"bare-{kind}", form.plain(sheet.blocks))
        assert "None" not in form.plain(sheet.blocks)


@pytest_db
def test_a_demand_asks_for_exactly_what_is_owed_and_concedes_nothing(debtor: Any, clerk: Any) -> None:
    letter = made(clerk, debtor, "demand")
    rows = next(block.rows for block in letter.blocks if block.kind == "table")
    assert sum(round(float(row[-1].replace(",", "")) * 100) for row in rows[1:]) == debtor.owed_fen == letter.amount_fen
    said = form.plain(letter.blocks)
    for word in ("张三", "HT-001", "2026年9月30日", "2026年10月15日", "贰万伍仟元整", "第一百八十九条", "各期分别起算", "第一百九十五条", "不表示承认", "不放弃、不减让", "不改变合同约定的各期履行期限"):
        assert word in said


@pytest_db
def test_who_owes_nothing_is_not_asked(import_rows: Any, clerk: Any) -> None:
    from mingbai.letters.desk import LetterError
    with pytest.raises(LetterError, match="没有欠缴"):
        made(clerk, import_rows(a_row())[0], "demand")


def proof() -> bytes:
    from mingbai.demo.paper import paper
    return paper("送达回证", ("收到",))


def serve(clerk: Any, letter: Any, on: date = TODAY, way: str = "signed", mark: str = "", why: str = "") -> Any:
    from mingbai.kit import letters
    return letters.serve(clerk, letters.Delivery(letter, way, on, "回证.pdf", proof(), mark), why)


@pytest_db
def test_a_demand_counts_from_the_day_it_was_served_and_not_before(import_rows: Any, clerk: Any) -> None:
    """The oldest due of 2023 would end on 2026-12-31: C16 warns until the demand is served."""
    from mingbai.kit.furniture import furniture
    from mingbai.kit.models import Finding

    record = import_rows(a_row(**{"合同类型": "租赁", "签订日期": "2020-01-01", "起始日期": "2020-01-01", "终止日期": "2023-12-31", "是否到期在用": "否",
                                  "应收金额(元)": 20000, "已收金额(元)": 15000, "欠缴金额(元)": 5000, "最近催收日期": "2023-12-31"}))[0]
    limitation = furniture("contracts").road.limitation
    def rules() -> set[str]:
        return set(Finding.objects.filter(record=record.pk, gone=False).values_list("rule", flat=True))

    assert {"C15", "C16"} <= rules()
    letter = made(clerk, record, "demand")
    assert {"C15", "C16"} <= rules(), "made, not served: nothing is restarted"
    assert "2026-12-31" in limitation(record, [], [letter], TODAY)[0]
    letter = serve(clerk, letter)
    assert "C15" in rules()
    assert "C16" not in rules()
    assert "2029-09-30" in limitation(record, [], [letter], TODAY)[0]


@pytest_db
def test_a_demand_after_it_ran_out_restarts_nothing(import_rows: Any, clerk: Any) -> None:
    from mingbai.kit.models import Finding

    record = import_rows(a_row(**{"合同类型": "租赁", "签订日期": "2018-01-01", "起始日期": "2018-01-01", "终止日期": "2019-12-31",
                                  "应收金额(元)": 10000, "已收金额(元)": 5000, "欠缴金额(元)": 5000, "最近催收日期": "2020-01-01"}))[0]
    assert Finding.objects.filter(record=record.pk, rule="C16", answer="yes").exists()
    serve(clerk, made(clerk, record, "demand"))
    assert Finding.objects.filter(record=record.pk, rule="C16", answer="yes", gone=False).exists()


def test_each_demand_must_come_before_the_one_before_ran_out() -> None:
    from mingbai.kit.findings import last_demand

    assert last_demand(date(2023, 12, 31), [date(2026, 9, 30)]) == date(2026, 9, 30)
    assert last_demand(date(2020, 1, 1), [date(2026, 9, 30)]) == date(2020, 1, 1)
    assert last_demand(date(2020, 1, 1), [date(2022, 12, 31), date(2025, 12, 31)]) == date(2025, 12, 31)
    assert last_demand(date(2020, 1, 1), [date(2023, 1, 1)]) == date(2023, 1, 1), "the last day is in time"
    assert last_demand(date(2020, 1, 1), [date(2023, 1, 2)]) == date(2020, 1, 1)
    assert last_demand(None, [date(2024, 1, 1), date(2026, 1, 1)]) == date(2026, 1, 1)


@pytest_db
def test_serving_wants_a_day_that_can_be_a_way_and_its_proof(debtor: Any, clerk: Any) -> None:
    from mingbai.kit import letters
    from mingbai.letters.desk import LetterError
    from mingbai.records.files import UnwelcomeError

    letter = made(clerk, debtor, "demand")
    for wrong, why in (({"on": date(2026, 9, 29)}, "之间"), ({"on": date(2026, 10, 1)}, "之间"), ({"way": "ems"}, "单号"), ({"way": "public"}, "刊登"), ({"way": "pigeon"}, "怎么送到")):
        with pytest.raises(LetterError, match=why):
            serve(clerk, letter, **wrong)
    with pytest.raises(UnwelcomeError):
        letters.serve(clerk, letters.Delivery(letter, "signed", TODAY, "回证.exe", b"MZ\x00\x00"))
    letter.refresh_from_db()
    assert letter.served_on is None
    letter = serve(clerk, letter, way="ems", mark="1040000000000")
    assert letter.evidence.label == "催收通知书及送达证明", "what class E asks for"
    with pytest.raises(LetterError, match="为什么"):
        serve(clerk, letter)
    assert serve(clerk, letter, why="单号抄错了", way="ems", mark="1040000000001").mark == "1040000000001"


@pytest_db
def test_an_identity_number_is_put_in_when_asked_for_and_never_kept(import_rows: Any, clerk: Any, client: Any) -> None:
    from django.db import connection

    from mingbai.records.models import Event

    number = "999999197001010019"
    from mingbai.demo.people import checked
    number = checked("99999919700101001")
    record = import_rows(a_long_lease(承包方证件号码=number))[0]
    letter = made(clerk, record, "supplement")
    assert number not in letter.words
    client.force_login(clerk)
    plain = client.get(f"/letters/{letter.pk}/docx/file/").content
    assert number not in of_word(plain)
    before = Event.objects.count()
    assert number in of_word(client.get(f"/letters/{letter.pk}/docx/file/?identity=1").content)
    assert Event.objects.count() == before + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM letters_letter")
        assert number.encode() not in bytes(cursor.fetchone()[0])


@pytest_db
def test_numbers_run_without_gaps_for_each_kind(import_rows: Any, clerk: Any) -> None:
    records = import_rows(*(a_row(**{"合同编号": f"H{n}", "合同名称": f"第{n}块地", **OWES}) for n in range(3)))
    from mingbai.kit import letters
    assert [each.full_number for each in letters.make_many(clerk, records[0].organisation, records, "demand")] == [f"九院村催〔2026〕{n}号" for n in (1, 2, 3)]
    assert made(clerk, records[0], "confirmation").full_number == "九院村核〔2026〕1号"


@pytest_db
def test_all_demands_of_a_village_as_one_pdf_and_as_a_zip(import_rows: Any, clerk: Any, client: Any) -> None:
    records = import_rows(*(a_row(**{"合同编号": f"H{n}", "合同名称": f"第{n}块地", "承包方": f"../{n}甲", **OWES}) for n in range(3)), a_row(合同编号="H9", 合同名称="不欠的"))
    place = records[0].organisation
    client.force_login(clerk)
    client.post(f"/letters/of/{place.code}/batch/", {"register": "contracts"})
    client.post(f"/letters/of/{place.code}/batch/", {"register": "contracts"})
    from mingbai.letters.models import Letter
    assert Letter.objects.count() == 3, "who was asked is not asked again"
    whole = of_pdf(client.get(f"/letters/of/{place.code}/pdf/").content)
    assert [whole.count(f"第{n}块地") for n in range(3)] == [1, 1, 1]
    with zipfile.ZipFile(io.BytesIO(client.get(f"/letters/of/{place.code}/zip/").content)) as archive:
        names = archive.namelist()
        assert len(names) == 3
        assert not any("/" in name or ".." in name for name in names)
        assert "第0块地" in of_word(archive.read(names[0]))


@pytest_db
def test_who_does_not_answer_in_time_is_on_the_list_until_he_pays(debtor: Any, clerk: Any, client: Any) -> None:
    from mingbai.kit import cases
    from mingbai.places.models import Home
    from mingbai.records.door import derived

    serve(clerk, made(clerk, debtor, "demand"))
    client.force_login(clerk)
    def late() -> int:
        return {name: n for name, _, n in client.get("/letters/").context["tabs"]}["late"]

    assert late() == 0
    with derived():
        Home.objects.update(today=date(2026, 10, 16))
    assert late() == 1
    cases.receive(clerk, debtor, debtor.owed_fen, "张三", received_on=date(2026, 10, 16))
    assert late() == 0


@pytest_db
def test_what_the_debtor_agreed_to_in_writing_restarts_the_limitation_too(debtor: Any, clerk: Any) -> None:
    from mingbai.kit import letters
    from mingbai.letters.desk import LetterError
    from mingbai.registers.contracts.limitation import interruptions

    letter = made(clerk, debtor, "confirmation")
    with pytest.raises(LetterError, match="先登记送达"):
        letters.answer(clerk, letter, "agreed", TODAY, "签字同意")
    letter = letters.answer(clerk, serve(clerk, letter), "agreed", TODAY, "签字同意")
    assert [(each.kind, each.on) for each in interruptions(debtor, [], [letter], TODAY)] == [("acknowledgement", TODAY)]


@pytest_db
def test_what_happened_in_a_contracts_life_restarts_the_limitation_on_its_page(debtor: Any, clerk: Any) -> None:
    from mingbai.registers.contracts import events
    from mingbai.registers.contracts.limitation import interruptions, limitation

    before = limitation(debtor, [], [], TODAY)
    events.record(clerk, debtor, "mediation", date(2026, 9, 20), {"body": "街道人民调解委员会"})
    assert [(each.kind, each.on) for each in interruptions(debtor, [], [], TODAY)] == [("suit", date(2026, 9, 20))]  # 调解和诉讼一样中断
    after = limitation(debtor, [], [], TODAY)
    assert len(after) == len(before)
    assert after != before


@pytest_db
def test_the_record_of_a_spot_check_and_the_list_of_a_village(debtor: Any, clerk: Any, district: SimpleNamespace) -> None:
    from mingbai.kit import cases, letters
    from mingbai.kit.models import Case, Finding, SpotCheck
    from mingbai.letters import desk
    from mingbai.records.door import commit

    judgements = [cases.Judgement(each, True) for each in Finding.objects.filter(record=debtor.pk)]
    case = cases.decide(clerk, debtor, "E", judgements)
    cases.assign(district.people["reviewer"], case, clerk, date(2026, 10, 10), "催收，协商缩短期限")
    sheet = desk.sheet(letters.list_of(clerk, debtor.organisation, "contracts"))
    golden("rectification", form.plain(sheet.blocks))
    with commit(district.people["county"], district.county, "spot_check", "抽查") as act:
        act.change(Case.objects.filter(pk=case.pk), stage="accepted")
        check = act.save(SpotCheck(organisation=district.county, on=TODAY, by=act.person, seed="20260930", share=10, of=[case.pk], drawn=[case.pk]))
    cases.step(district.people["county"], case, "reopen", "现场还没有恢复")
    sheet = desk.sheet(letters.check_record(district.people["county"], check))
    golden("spot_check", form.plain(sheet.blocks).replace(f"\t{case.pk}\t", "\t整改号\t"))
    assert letters_in(of_pdf(pdf([sheet]))) == letters_in(form.plain(sheet.blocks))


@pytest_db
def test_a_county_puts_its_own_form_in_place_and_goes_back(debtor: Any, clerk: Any, district: SimpleNamespace, client: Any) -> None:
    from mingbai.letters.models import Form

    county, admin = district.people["county"], district.people["administrator"]
    kind = kinds()["demand"]
    changed = kind.own_form.replace("# 催收通知书", "# 万柏林区催收通知书", 1)
    file = io.BytesIO(docx(Sheet("", kind.title, form.read(changed))))
    file.name = "范本.docx"
    client.force_login(county)
    broken = client.post("/letters/forms/demand/", {"deed": "propose", "text": changed.replace("{{承包方}}：", "{{承租人}}：")})
    assert (broken.status_code, "承租人" in broken.content.decode(), Form.objects.count()) == (400, True, 0)
    seen = client.post("/letters/forms/demand/", {"deed": "look", "text": changed})
    assert ("万柏林区催收通知书" in seen.content.decode(), Form.objects.count()) == (True, 0)
    client.post("/letters/forms/demand/", {"deed": "propose", "file": file, "note": "加抬头"})
    wanted = Form.objects.get()
    assert wanted.text.strip() == form.written(form.read(changed)).strip()
    client.post("/letters/forms/demand/", {"deed": "approve", "form": wanted.pk})
    assert "万柏林区" not in form.plain(made(clerk, debtor, "demand").blocks), "nobody approves their own"
    client.force_login(admin)
    client.post("/letters/forms/demand/", {"deed": "approve", "form": wanted.pk})
    letter = made(clerk, debtor, "demand")
    assert ("万柏林区催收通知书" in form.plain(letter.blocks), letter.form) == (True, wanted), "it holds in the village below"
    client.post("/letters/forms/demand/", {"deed": "back"})
    client.force_login(county)
    client.post("/letters/forms/demand/", {"deed": "approve", "form": Form.objects.first().pk})
    assert "万柏林区催收" not in form.plain(made(clerk, debtor, "demand").blocks)
    assert "万柏林区催收" in form.plain(letter.blocks), "what was made stays as it was made"
    assert Form.objects.filter(state="approved").count() == 2, "nothing is overwritten"


@pytest_db
def test_a_clerk_changes_no_forms_and_a_foreign_village_sees_no_letter(debtor: Any, clerk: Any, district: SimpleNamespace, client: Any) -> None:
    letter = made(clerk, debtor, "demand")
    client.force_login(clerk)
    assert client.post("/letters/forms/demand/", {"deed": "propose", "text": kinds()["demand"].own_form}).status_code == 403
    client.force_login(district.foreign)
    assert [client.get(f"/letters/{letter.pk}/{tail}").status_code for tail in ("", "pdf/file/", "docx/file/")] == [404] * 3


@pytest_db
def test_from_the_contract_to_the_letter_served_on_the_pages(debtor: Any, clerk: Any, client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(clerk)
    page = client.get(f"/registers/contracts/{debtor.pk}/letters/").content.decode()
    assert page.index("催收通知书") < page.index("补充协议")
    answer = client.post(f"/registers/contracts/{debtor.pk}/letters/", {"kind": "demand"}, follow=True)
    letter = answer.context["letter"]
    assert "贰万伍仟元整" in answer.content.decode()
    served = client.post(f"/letters/{letter.pk}/serve/", {"way": "signed", "on": "2026-09-30", "file": SimpleUploadedFile("回证.pdf", proof())}, follow=True).content.decode()
    assert "2026-09-30 送达" in served
    assert "2026-09-30 送达" in client.get(f"/registers/contracts/{debtor.pk}/").content.decode()
    assert "已经登记过" in client.post(f"/letters/{letter.pk}/serve/", {"way": "signed", "on": "2026-09-30", "file": SimpleUploadedFile("回证.pdf", proof())}, follow=True).content.decode()
