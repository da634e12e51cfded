"""Figures follow the records in the same transaction; the parts give the total; fsck names what was tampered with."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingbai.places.scope import scope, whole


def values(figures):  # type: ignore[no-untyped-def]
    return {key: each.value for key, each in figures.items()}


def judged(district):  # type: ignore[no-untyped-def]
    """The first contract with open findings, all confirmed and decided."""
    from mingbai.kit import cases
    from mingbai.kit.models import Finding
    from mingbai.registers.contracts.models import Contract

    contract = Contract.objects.filter(open_findings__gt=0).select_related("organisation").first()
    findings = Finding.objects.filter(register="contracts", record=contract.pk)
    case = cases.decide(district.people["reviewer"], contract, "B", [cases.Judgement(each, True) for each in findings])
    return contract, case


def test_figures_are_the_records(district):  # type: ignore[no-untyped-def]
    from mingbai.board.rollup import figures, figures_json
    from mingbai.registers.contracts.models import Contract

    found = values(figures(whole(), district.county))
    assert found["organisations"] == 2
    assert found["contracts"] == Contract.objects.count() > 40
    assert found["contracts_amount_fen"] == Contract.objects.aggregate(total=Sum("amount_fen"))["total"]
    assert found["irregular"] == 0
    assert found["irregular_rectified_share"] is None
    printed = figures_json("140109")
    assert (printed["place"], printed["as_of"]) == ("140109", "2026-09-30")
    assert {key for key, value in printed["indicators"].items() if value is None} == {
        "irregular_rectified_share", "claims_fen", "debts_fen", "claims_collected_fen",
        "debts_resolved_fen", "debts_resolved_by", "resource_charges_fen"}


def test_a_judgement_a_payment_and_a_hand_edit_move_the_figures_at_once(district):  # type: ignore[no-untyped-def]
    from mingbai.board.rollup import by_child, figures
    from mingbai.kit import cases, intake
    from mingbai.registers.contracts.models import Contract

    contract, _ = judged(district)
    found = values(figures(whole(), contract.organisation))
    assert (found["irregular"], found["decided"], found["irregular_rectified_share"]) == (1, 1, 0.0)
    owing = Contract.objects.filter(owed_fen__gt=0).select_related("organisation").first()
    cases.receive(district.people["clerk"], owing, 100, "某人", received_on=date(2026, 9, 1))
    total = values(figures(whole(), district.county))
    assert total["recovered_fen"] == 100
    before = total["contracts_amount_fen"]
    rich = Contract.objects.filter(total_fen__gt=0).select_related("organisation").first()
    intake.edit(district.people["clerk"], rich, {"total_fen": rich.total_fen + 700})
    assert values(figures(whole(), district.county))["contracts_amount_fen"] == before + 700
    for place in (district.county, district.street):
        rows = by_child(whole(), place)
        for key, figure in figures(whole(), place).items():
            if figure.unit != "share":
                assert sum(row.figures[key].value for row in rows) == figure.value, key


def test_a_refused_step_leaves_the_figures_alone(district):  # type: ignore[no-untyped-def]
    from mingbai.board.rollup import figures
    from mingbai.records.door import commit
    from mingbai.registers.contracts.models import Contract

    before = values(figures(whole(), district.county))
    village = district.villages[0]
    with pytest.raises(ZeroDivisionError), commit(None, village, "edit", "试") as act:
        act.change(Contract.objects.filter(organisation=village), klass="A")
        1 / 0  # noqa: B018
    assert values(figures(whole(), district.county)) == before


def test_a_scope_reaches_no_further_than_its_own(district):  # type: ignore[no-untyped-def]
    from mingbai.board.rollup import by_child, figures
    from mingbai.places.models import Grant, Person, Role
    from mingbai.records.door import derived

    with derived():
        clerk = Person.objects.create(login="own", name="本村")
        Grant.objects.create(person=clerk, role=Role.objects.get(key="clerk"), organisation=district.villages[0])
    own = scope(clerk, "view")
    assert values(figures(own, district.county)) == values(figures(whole(), district.villages[0]))
    assert [row.organisation for row in by_child(own, district.street)] == [district.villages[0]]
    assert values(figures(own, district.villages[1]))["contracts"] == 0


def test_figures_and_tables_take_few_queries(district, django_assert_max_num_queries):  # type: ignore[no-untyped-def]
    from mingbai.board import rollup, summary

    everything = whole()
    with django_assert_max_num_queries(7):
        rollup.figures(everything, district.county, date(2026, 9, 30))
    with django_assert_max_num_queries(9):
        rollup.by_child(everything, district.street, date(2026, 9, 30))
    with django_assert_max_num_queries(18):
        summary.table(everything, district.street)


def test_a_merged_collective_is_counted_no_more_from_its_day(district):  # type: ignore[no-untyped-def]
    from mingbai.board.rollup import figures
    from mingbai.records.door import derived

    with derived():
        gone = district.villages[1]
        gone.merged_into, gone.merged_on = district.villages[0], date(2026, 6, 1)
        gone.save()
    assert values(figures(whole(), district.county, date(2026, 5, 31)))["organisations"] == 2
    assert values(figures(whole(), district.county, date(2026, 6, 1)))["organisations"] == 1


def test_fsck_is_silent_where_all_is_well_and_names_what_is_not(district, settings, behind_the_door):  # type: ignore[no-untyped-def]
    from mingbai.board import fsck
    from mingbai.board.models import Tally
    from mingbai.kit.models import Finding
    from mingbai.records.models import Attachment, Event

    judged(district)
    assert not list(map(str, fsck.differences(whole())))
    village = district.villages[0]
    Tally.objects.filter(organisation=village, indicator="contracts").update(number=1)
    lost = Finding.objects.filter(organisation=village, state="open").first()
    lost.delete()
    said = [str(each) for each in fsck.differences(whole()) if each.derived]
    assert any("计数" in each and "contracts 存的是 1" in each for each in said)
    assert any(lost.rule in each and "应该有，没有存" in each for each in said)
    assert fsck.mend(whole()) == 1
    assert not list(map(str, fsck.differences(whole())))
    event = Event.objects.filter(organisation=village).order_by("seq")[1]
    Event.objects.filter(pk=event.pk).update(deed="别的事")
    file = Attachment.objects.filter(organisation=village).first()
    path = settings.HOME / "files" / file.sha256[:2] / file.sha256
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))
    said = [str(each) for each in fsck.differences(whole())]
    assert any("审计链" in each and f"第 {event.seq} 条" in each for each in said)
    assert any("附件" in each and file.name in each for each in said)
    assert fsck.mend(whole()) == 0, "what is not derived is told, not mended"
    assert len(list(fsck.differences(whole()))) == len(said)


def test_the_summary_adds_up_and_says_what_is_not_built(district):  # type: ignore[no-untyped-def]
    from mingbai.board import summary
    from mingbai.kit import cases

    contract, _ = judged(district)
    cases.clue(district.people["county"], contract, "线索")
    seen = scope(district.people["county"], "view")
    made = summary.table(seen, district.street)
    for place, heading in enumerate(made.headings):
        if heading.unit in ("count", "fen"):
            assert made.total[place] == sum(cells[place] for _, cells in made.rows), heading
    assert any(heading.title.startswith("移交线索") for heading in made.headings)
    hidden = summary.table(scope(district.people["reviewer"], "view"), district.street)
    assert not any("线索" in heading.title for heading in hidden.headings)
    assert made.total[[heading.title for heading in made.headings].index("不规范合同（份）")] == 1
    sheet = openpyxl.load_workbook(io.BytesIO(summary.workbook(made))).worksheets[0]
    cells = [cell.value for cell in sheet[4]]
    assert cells[0] == "1村"
    assert "未建" in cells
    assert sheet.cell(6, 1).value == "合计"


def test_an_export_comes_back_unchanged(district):  # type: ignore[no-untyped-def]
    from mingbai.kit import intake
    from mingbai.kit.export import workbook

    for village in district.villages:
        made = workbook(scope(district.people["clerk"], "export").within(village), "contracts")
        assert not made.note
        upload = intake.receive(None, village, "contracts", "回来.xlsx", made.data)
        intake.read_upload(None, upload.pk)
        back = intake.accept(None, upload)
        assert (back.errors, back.added, back.changed, back.same) == (0, 0, 0, made.records)


def test_without_the_power_personal_data_leave_masked_and_the_sheet_says_so(district):  # type: ignore[no-untyped-def]
    from mingbai.kit import intake
    from mingbai.kit.export import workbook
    from mingbai.registers.contracts.models import Contract

    contract = Contract.objects.filter(organisation=district.villages[0]).first()
    intake.edit(district.people["clerk"], contract, {"lessee_id_no": "999999198001011235", "phone": "13912345678",
                                                      "remark": "电话13912345678", "title": "=1+1"})
    for who, clear in (("clerk", True), ("county", False)):
        made = workbook(scope(district.people[who], "export").within(district.villages[0]), "contracts")
        book = openpyxl.load_workbook(io.BytesIO(made.data))
        cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
        assert any("13912345678" in cell for cell in cells) is clear
        assert ("999999198001011235" in cells) is clear
        assert ("不能再导入" in made.note) is not clear
        guide = [str(cell.value) for row in book.worksheets[1].iter_rows(max_row=3) for cell in row]
        assert any("不能再导入" in cell for cell in guide) is not clear
        assert not [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]


def test_several_villages_in_one_sheet_name_whose_each_line_is(district):  # type: ignore[no-untyped-def]
    from mingbai.kit.export import workbook

    made = workbook(scope(district.people["clerk"], "export"), "contracts")
    sheet = openpyxl.load_workbook(io.BytesIO(made.data)).worksheets[0]
    assert sheet.cell(1, 1).value == "所属组织"
    assert {sheet.cell(row, 1).value for row in range(2, made.records + 2)} == {"1村", "2村"}


def test_every_indicator_has_a_key_of_its_own():  # type: ignore[no-untyped-def]
    from mingbai.kit.furniture import furnished, furniture

    keys = [each.key for name in furnished() for each in furniture(name).road.indicators]
    assert len(keys) == len(set(keys))


def test_one_write_asks_for_its_tallies_once(district):  # type: ignore[no-untyped-def]
    from django.db import connection

    from mingbai.kit import intake
    from mingbai.registers.contracts.models import Contract

    contract = Contract.objects.filter(total_fen__gt=0).select_related("organisation").first()
    with CaptureQueriesContext(connection) as queries:
        intake.edit(district.people["clerk"], contract, {"total_fen": contract.total_fen + 1})
    counted = [each for each in queries.captured_queries if "tally_contracts" in each["sql"]]
    assert len(counted) == 1


@pytest.mark.django_db
def test_on_paper_the_summary_stands_in_stripes_and_loses_no_column(district: Any) -> None:
    client = Client()
    client.force_login(district.people["county"])
    page = client.get("/figures/summary/").context
    all_of_it, stripes = page["whole"], page["stripes"]
    assert len(stripes) > 1
    assert [heading for each in stripes for heading in each["headings"]] == list(all_of_it["headings"])
    assert [cell for each in stripes for cell in each["total"]] == all_of_it["total"]
    assert all(sum(group["span"] for group in each["groups"]) == len(each["headings"]) <= 14 for each in stripes)
    for number, line in enumerate(all_of_it["lines"]):
        assert [cell for each in stripes for cell in each["lines"][number]["cells"]] == line["cells"]
