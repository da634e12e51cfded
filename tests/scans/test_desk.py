"""Contracts on paper: handed in, confirmed field by field, accepted; what nobody confirmed is nowhere.

The recogniser is replaced here by what it once said of a rendered page (tests/paper/recorded.json); tests/paper reads pages
with the real one.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
RECORDED = json.loads((Path(__file__).parents[1] / "paper" / "recorded.json").read_text("utf-8"))["scan"]
TRUTH: dict[str, Any] = RECORDED["fields"]


def picture(shade: int = 250) -> bytes:
    image = pytest.importorskip("PIL.Image")
    out = io.BytesIO()
    image.new("RGB", (620, 880), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading any picture gives the recorded page."""
    from mingbai import paper
    from mingbai.paper.boxes import Page
    from mingbai.paper.reading import Leaf

    def read(paths: Any, *_: Any) -> list[Leaf]:
        return [Leaf(Page.from_json(RECORDED["page"] | {"number": n}), n - 1, path.read_bytes()) for n, path in enumerate(list(paths)[:1], 1)]

    monkeypatch.setattr(paper, "read", read)


@pytest.fixture
def read_paper(village: Any, clerk: Any, recorded: None) -> Any:
    """One contract handed in and read."""
    from mingbai.scans import desk

    paper = desk.receive(clerk, village, "contracts", [("合同.jpg", picture())])
    desk.read_paper(None, paper.pk)
    paper.refresh_from_db()
    return paper


def confirm_all(clerk: Any, paper: Any) -> None:
    from mingbai.scans import desk

    for field in list(desk.waiting(paper)):
        said = {"signatures_complete": "是"}.get(field.column, field.proposed or "")
        desk.confirm(clerk, paper, field.column, said)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_nothing_of_an_unconfirmed_reading_is_anywhere(read_paper: Any, clerk: Any) -> None:
    from mingbai.places.models import Party
    from mingbai.records.models import Event, Job
    from mingbai.registers.contracts.models import Contract

    assert not Contract.objects.exists() and not Party.objects.exists()
    client = signed_in(clerk)
    for address in ("/", "/registers/contracts/", f"/registers/contracts/?q={TRUTH['lessee']}", "/figures/", "/parties/", "/papers/", "/imports/", "/jobs/", "/audit/"):
        assert TRUTH["lessee"] not in client.get(address).content.decode(), address
    said = json.dumps([event.lines for event in Event.objects.all()], ensure_ascii=False) + "".join(job.message + job.stage for job in Job.objects.all())
    assert TRUTH["lessee_id_no"] not in said and TRUTH["lessee"] not in said


def test_what_was_read_is_sealed_at_rest(read_paper: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT raw, proposed, text, doubts FROM scans_field")
        cells = [bytes(cell) for row in cursor.fetchall() for cell in row if cell is not None]
        cursor.execute("SELECT reading FROM scans_paper")
        cells += [bytes(row[0]) for row in cursor.fetchall()]
    assert cells
    for secret in (TRUTH["lessee_id_no"], TRUTH["lessee"]):
        assert not any(secret.encode() in cell for cell in cells)


def test_fresh_keys_seal_a_reading_too(read_paper: Any, settings: Any) -> None:
    from mingbai.safekeeping.fresh_keys import new_keys
    from mingbai.scans import desk

    assert len(new_keys()) == 1, "everything under the new key"
    read_paper.refresh_from_db()
    assert TRUTH["lessee_id_no"] in json.dumps([page.to_json() for page in desk.pages_of(read_paper)], ensure_ascii=False)
    assert read_paper.fields.get(column="lessee").proposed == TRUTH["lessee"]


def test_every_field_must_be_confirmed_by_a_person(read_paper: Any, clerk: Any) -> None:
    from mingbai.registers.contracts.models import Contract
    from mingbai.scans import desk
    from mingbai.scans.desk import ScanError

    for field in list(desk.waiting(read_paper))[1:]:
        desk.confirm(clerk, read_paper, field.column, field.proposed or "")
    with pytest.raises(ScanError, match="还有 1 栏没有确认"):
        desk.accept(clerk, read_paper)
    assert not Contract.objects.exists()


def test_confirmed_it_becomes_a_record_whose_values_lead_back_to_the_paper(read_paper: Any, clerk: Any) -> None:
    from mingbai.records.models import Attachment
    from mingbai.scans import desk

    confirm_all(clerk, read_paper)
    record = desk.accept(clerk, read_paper)
    for name in ("contract_no", "lessee", "lessee_id_no", "area_mu4", "total_fen", "payment_mode", "entitled"):
        assert getattr(record, name) == TRUTH[name], name
    assert record.starts_on.isoformat() == TRUTH["starts_on"] and record.ends_on.isoformat() == TRUTH["ends_on"]
    assert record.party.name == TRUTH["lessee"] and record.organisation == read_paper.organisation
    assert desk.accept(clerk, read_paper).pk == record.pk, "twice is once"
    assert [each.name for each in Attachment.objects.filter(record=record.key)] == ["合同.jpg"]
    page = signed_in(clerk).get(f"/registers/contracts/{record.pk}/").content.decode()
    assert f"/papers/{read_paper.pk}/?field=total_fen" in page and "纸第 1 页" in page
    there = signed_in(clerk).get(f"/papers/{read_paper.pk}/?field=total_fen").content.decode()
    assert "paper-mark" in there and "paper-crop" in there


def test_a_value_that_does_not_read_is_refused_with_its_reason_and_what_was_typed_stays(read_paper: Any, clerk: Any) -> None:
    client = signed_in(clerk)
    answer = client.post(f"/papers/{read_paper.pk}/confirm/", {"column": "starts_on", "text": "2015年13月1日"})
    assert answer.status_code == 400
    assert 'value="2015年13月1日"' in answer.content.decode()
    assert read_paper.fields.get(column="starts_on").state == "proposed"


def test_an_identity_number_is_whole_only_where_it_is_being_confirmed(read_paper: Any, clerk: Any) -> None:
    from mingbai.scans import desk

    client = signed_in(clerk)
    address = f"/papers/{read_paper.pk}/"
    assert TRUTH["lessee_id_no"] in client.get(f"{address}?field=lessee_id_no").content.decode()
    assert TRUTH["lessee_id_no"] not in client.get(f"{address}?field=lessor").content.decode()
    confirm_all(clerk, read_paper)
    desk.accept(clerk, read_paper)
    assert TRUTH["lessee_id_no"] not in client.get(f"{address}?field=lessee_id_no").content.decode()


def test_enter_confirms_and_goes_to_the_next_field(read_paper: Any, clerk: Any) -> None:
    client = signed_in(clerk)
    first = client.get(f"/papers/{read_paper.pk}/").context["chosen"]
    answer = client.post(f"/papers/{read_paper.pk}/confirm/", {"column": first.column, "text": first.proposed or ""}, follow=True)
    assert answer.context["chosen"].column != first.column and answer.context["done"] == 1
    answer = client.post(f"/papers/{read_paper.pk}/confirm/", {"column": answer.context["chosen"].column, "text": "写了也不算", "absent": "1"}, follow=True)
    assert answer.context["done"] == 2 and read_paper.fields.filter(state="absent").count() == 1


def test_put_to_a_contract_that_is_there_the_ledger_stays_and_differences_are_settled(read_paper: Any, clerk: Any, import_rows: Any) -> None:
    from conftest import a_row
    from mingbai.scans import desk

    record = import_rows(a_row(**{"合同编号": TRUTH["contract_no"], "承包方": TRUTH["lessee"], "面积(亩)": 10, "坐落": TRUTH["location"]}))[0]
    confirm_all(clerk, read_paper)
    client = signed_in(clerk)
    page = client.get(f"/papers/{read_paper.pk}/").content.decode()
    assert "附到这一份上" in page and "台账写的" in page
    client.post(f"/papers/{read_paper.pk}/accept/", {"record": record.pk})
    record.refresh_from_db()
    assert record.area_mu4 == 10_0000, "the ledger does not change by itself"
    assert "还没有核对" in client.get(f"/registers/contracts/{record.pk}/").content.decode()
    client.post(f"/papers/{read_paper.pk}/settle/", {"column": "area_mu4", "which": "paper"})
    client.post(f"/papers/{read_paper.pk}/settle/", {"column": "lessor", "which": "ledger"})
    record.refresh_from_db()
    assert record.area_mu4 == TRUTH["area_mu4"] and record.lessor == "九院村"
    assert desk.differences(read_paper, record)
    assert not read_paper.fields.filter(column__in=("area_mu4", "lessor"), settled="open").exists()


def test_a_paper_cannot_be_put_to_another_villages_contract(read_paper: Any, clerk: Any, district: Any, import_rows: Any) -> None:
    from conftest import a_row
    from mingbai.scans import desk

    other = import_rows(a_row(), place=district.villages[3], person=district.foreign)[0]
    confirm_all(clerk, read_paper)
    assert signed_in(clerk).post(f"/papers/{read_paper.pk}/accept/", {"record": other.pk}).status_code == 404
    with pytest.raises(desk.ScanError, match="同一个村"):
        desk.accept(clerk, read_paper, other)


def test_the_same_pictures_again_are_the_same_paper_and_a_workbook_is_sent_elsewhere(read_paper: Any, clerk: Any, village: Any) -> None:
    from conftest import a_row, a_workbook
    from mingbai.scans.models import Paper

    client = signed_in(clerk)

    def hand_in(name: str, data: bytes) -> Any:
        file = io.BytesIO(data)
        file.name = name
        return client.post("/papers/", {"village": village.code, "register": "contracts", "file": file})

    assert hand_in("合同.jpg", picture()).headers["Location"] == f"/papers/{read_paper.pk}/"
    answer = hand_in("台账.xlsx", a_workbook(a_row()))
    assert answer.status_code == 400 and "导入台账" in answer.content.decode()
    assert Paper.objects.count() == 1


def test_a_page_added_is_read_again_and_what_was_confirmed_stays(read_paper: Any, clerk: Any) -> None:
    from mingbai.scans import desk

    desk.confirm(clerk, read_paper, "lessor", "九院村集体")
    desk.arrange(clerk, read_paper, [each.pk for each in read_paper.originals.all()], [("第二页.jpg", picture(240))])
    desk.read_paper(None, read_paper.pk)
    read_paper.refresh_from_db()
    field = read_paper.fields.get(column="lessor")
    assert (read_paper.state, read_paper.originals.count(), field.state, field.text) == ("read", 2, "confirmed", "九院村集体")


def test_without_the_extra_the_paper_says_what_to_install(village: Any, clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingbai import paper
    from mingbai.scans import desk
    from mingbai.sheets import Refused

    def none(*_: Any) -> Any:
        raise Refused("missing", "这台机器没有装读纸质合同的程序包。", "请管理员运行 pip install 'mingbai[paper]'（约 300 MB），再重新读。")

    monkeypatch.setattr(paper, "read", none)
    made = desk.receive(clerk, village, "contracts", [("合同.jpg", picture())])
    desk.read_paper(None, made.pk)
    assert "mingbai[paper]" in signed_in(clerk).get(f"/papers/{made.pk}/").content.decode()


def test_the_recogniser_is_sent_home_when_no_other_paper_waits(village: Any, clerk: Any, recorded: None) -> None:
    from mingbai.scans import desk

    first, second = (desk.receive(clerk, village, "contracts", [(f"{shade}.jpg", picture(shade))]) for shade in (200, 210))
    kept = desk._guard()
    desk.read_paper(None, first.pk)
    assert desk._guard() is kept
    desk.read_paper(None, second.pk)
    assert desk._guard() is not kept


def test_a_paper_left_takes_no_more_words(read_paper: Any, clerk: Any) -> None:
    from mingbai.scans import desk

    desk.drop(clerk, read_paper, "拍错了")
    with pytest.raises(desk.ScanError, match="不能再改"):
        desk.confirm(clerk, read_paper, "lessor", "某")
