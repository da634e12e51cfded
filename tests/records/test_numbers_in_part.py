"""Whatever a clerk writes and wherever: no identity number, telephone or card stands plain in a table of the house."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from conftest import a_long_lease, a_workbook

pytestmark = pytest.mark.django_db

IDENTITY, PHONE, CARD = "999999196512301233", "13800112233", "6222021234567890123"
ALL = f"{PHONE} 证 {IDENTITY} 卡 {CARD}"


def dump() -> str:
    """Every cell of every table, blobs as they are."""
    with connection.cursor() as cursor:
        cells: list[str] = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            cells += [cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for row in cursor.fetchall() for cell in row]
    return "\n".join(cells)


def test_no_number_of_a_person_is_stored_plain(district: SimpleNamespace) -> None:
    from mingbai.kit import cases, intake
    from mingbai.kit.models import Finding, SpotCheck
    from mingbai.places.models import GridCell, Kin, Officer
    from mingbai.records.door import commit
    from mingbai.registers.contracts.models import Contract

    clerk, village, reviewer = district.people["clerk"], district.villages[0], district.people["reviewer"]
    data = a_workbook(a_long_lease(
        承包方=f"张三 {PHONE}", 承包方证件号码=IDENTITY, 联系电话=PHONE, 坐落=f"村东，问 {ALL}", 合同名称=f"果园（{ALL}）",
        问题描述=ALL, 处置意见=ALL, 责任人=f"李四{PHONE}", 备注=ALL, 合同编号="13010400012",
    ))
    upload = intake.receive(clerk, village, "contracts", f"台账{PHONE}.xlsx", data)
    intake.read_upload(None, upload.pk)
    intake.accept(clerk, upload)
    contract = Contract.objects.get(organisation=village)
    intake.edit(clerk, contract, {"agreed_use": f"种果树 {ALL}"}, note=ALL)
    findings = [cases.Judgement(each, each.rule == "C04", ALL) for each in Finding.objects.filter(record=contract.pk)]
    case = cases.decide(clerk, contract, "C", findings)
    assert case is not None
    cases.assign(reviewer, case, clerk, date(2026, 10, 31), f"重签，{ALL}")
    cases.resolve(clerk, contract, body="代表会议", held_on=date(2026, 9, 1), entitled=30, present=28, votes_for=27, subject=f"同意，{ALL}")
    cases.receive(clerk, contract, 100_00, f"张三{PHONE}", received_on=date(2026, 9, 2))

    cases.resolve(clerk, contract, body=PHONE, held_on=date(2026, 9, 1), entitled=30, present=28, votes_for=27, subject="续租")
    cases.attach(clerk, contract, f"证明{PHONE}", "证明.pdf", b"%PDF-1.4\n%%EOF\n")
    cases.receive(clerk, contract, 100, "张三", received_on=date(2026, 9, 3), way=f"现金{PHONE}")
    with commit(clerk, village, "edit", "登记村干部") as act:
        officer = act.save(Officer(organisation=village, name=f"王五{PHONE}", post=f"会计{PHONE}"))
        act.save(Kin(officer=officer, name=f"王六{PHONE}", relation=PHONE))
        act.save(GridCell(organisation=village, title=f"第一片{PHONE}", leader=clerk))
        act.save(SpotCheck(organisation=village, on=act.on, by=clerk, seed=PHONE, share=10))

    stored = dump()
    for number in (IDENTITY, PHONE, CARD):
        assert number not in stored
    contract.refresh_from_db()
    assert contract.lessee == "张三 138****2233"
    assert (contract.lessee_id_no, contract.phone, contract.remark) == (IDENTITY, PHONE, ALL)
    assert contract.contract_no == "13010400012", "the number of a paper is no telephone"


def test_a_workbook_with_numbers_in_its_text_changes_nothing_the_second_time(district: SimpleNamespace) -> None:
    from mingbai.kit import export, intake
    from mingbai.places.scope import whole

    clerk, village = district.people["clerk"], district.villages[0]

    def hand_in(data: bytes) -> Any:
        upload = intake.receive(clerk, village, "contracts", "台账.xlsx", data)
        intake.read_upload(None, upload.pk)
        return intake.accept(clerk, upload)

    assert hand_in(a_workbook(a_long_lease(坐落=f"村东，问{PHONE}"))).added == 1
    assert hand_in(a_workbook(a_long_lease(坐落=f"村东，问{PHONE}"), a_long_lease(合同编号="HT-002"))).same == 1
    assert hand_in(export.workbook(whole(), "contracts").data).same == 2
