"""The road in a browser by three roles: the clerk judges and brings evidence, the street hands out and accepts, the
village checks itself; the figures move. Any answer of 400 or more, or an unstyled page, fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]


def styled(page: Any) -> None:
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") != "rgba(0, 0, 0, 0)", "the page has no style"


def test_from_finding_to_acceptance(walker: Any, district: Any, tmp_path: Path) -> None:
    from mingbai.board.rollup import figures
    from mingbai.kit.models import Case, Finding
    from mingbai.places.scope import whole
    from mingbai.registers.contracts.models import Contract

    hit = Finding.objects.filter(answer="yes", rule="C15").first() or Finding.objects.filter(answer="yes").first()
    assert hit is not None
    record = Contract.objects.get(pk=hit.record)
    address = f"/registers/contracts/{record.pk}/"
    before = figures(whole(), district.county)["rectified"].value

    clerk = walker(district.people["clerk"])
    clerk.goto("/registers/contracts/?findings=open")
    styled(clerk)
    clerk.goto(address)
    for radio in clerk.locator("input[value=confirm]").all():
        radio.check()
    clerk.locator("input[name=klass][value=E]").check()
    clerk.get_by_role("button", name="记下").click()
    assert Case.objects.get(record=record.pk).stage == "confirmed"

    reviewer = walker(district.people["reviewer"])
    reviewer.goto(address)
    reviewer.locator("#id_responsible").select_option(index=0)
    reviewer.locator("#id_deadline").fill("2026-10-20")
    reviewer.locator("#id_measure").fill("书面催收并留下送达证明")
    reviewer.get_by_role("button", name="派单", exact=True).click()
    assert Case.objects.get(record=record.pk).stage == "assigned"

    proof = tmp_path / "催收.pdf"
    proof.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    clerk.goto(address)
    clerk.locator("#id_label").fill("催收通知书及送达证明")
    clerk.locator("form[action$='/attach/'] input[type=file]").set_input_files(str(proof))
    clerk.get_by_role("button", name="交上来").click()

    supervisor = walker(district.people["supervisor"])
    supervisor.goto(address)
    supervisor.get_by_role("button", name="村级自查通过").click()
    reviewer.goto(address)
    reviewer.get_by_role("button", name="乡镇验收通过").click()
    record.refresh_from_db()
    assert record.rectified
    assert figures(whole(), district.county)["rectified"].value == before + 1
    reviewer.goto("/figures/")
    styled(reviewer)


def test_a_workbook_is_handed_in_mended_and_accepted(walker: Any, district: Any, tmp_path: Path) -> None:
    import xlsxwriter

    from mingbai.kit import intake
    from mingbai.kit.models import Upload
    from mingbai.registers.contracts.models import Contract

    ledger = tmp_path / "新台账.xlsx"
    with xlsxwriter.Workbook(ledger) as book:
        sheet = book.add_worksheet("合同")
        sheet.write_row(0, 0, ["合同编号", "承包方", "年承包费(元)", "签订日期"])
        sheet.write_row(1, 0, ["新-1", "赵某", "三头牛", "2020-01-01"])
    clerk = walker(district.people["clerk"])
    clerk.goto("/imports/")
    clerk.locator("#id_village").select_option(district.villages[0].code)
    clerk.locator("#id_file").set_input_files(str(ledger))
    clerk.get_by_role("button", name="交上来，读一读").click()
    upload = Upload.objects.order_by("-pk").first()
    intake.read_upload(None, upload.pk)  # what the worker beside the server does
    clerk.goto(f"/imports/{upload.pk}/")
    styled(clerk)
    clerk.locator("#id_text").fill("三百元")
    clerk.get_by_role("button", name="改这一格").click()
    clerk.get_by_role("button", name="收下这 1 行").click()
    contract = Contract.objects.get(contract_no="新-1")
    assert (contract.rent_fen_per_year, contract.signed_on) == (30000, date(2020, 1, 1))


def test_a_local_number_by_two_persons(walker: Any, district: Any) -> None:
    """The lawyer's page: one proposes for a later day and looks at its effect, cannot approve it, another does; findings come on the day."""
    from mingbai.kit import recheck
    from mingbai.kit.models import Change, Finding
    from mingbai.places.models import Home
    from mingbai.records.door import derived
    from mingbai.records.models import Job

    def low() -> int:
        for job in Job.objects.filter(state="waiting", title="重查疑点"):
            recheck.recheck(None, job.organisation_id)
        return Finding.objects.filter(rule="C07", gone=False).count()

    recheck.recheck(None, district.county.pk)
    before = low()
    lawyer = walker(district.people["county"])
    lawyer.goto("/policies/")
    styled(lawyer)
    lawyer.locator("select[name=parameter]").select_option("contracts:price_floor_fen")
    lawyer.locator("input[name=value]").fill("99999")
    lawyer.locator("input[name=since]").fill("2026-10-15")
    lawyer.locator("input[name=source]").fill("区政府常务会〔2026〕3号")
    lawyer.get_by_role("button", name="提出", exact=True).click()
    change = Change.objects.get()
    lawyer.get_by_role("link", name="最低指导价").first.click()
    assert lawyer.get_by_text("按 2026-10-15 那一天算").count() == 1
    assert lawyer.get_by_role("button", name="批准", exact=True).count() == 0, "one's own proposal"
    assert lawyer.get_by_text("要由另一个人批准").count() == 1
    told = int(lawyer.locator(".facts dd b").first.inner_text().replace(",", ""))
    assert told > 0
    assert low() == before

    other = walker(district.people["administrator"])
    other.goto(f"/policies/{change.pk}/effect/")
    styled(other)
    other.get_by_role("button", name="批准", exact=True).click()
    assert other.get_by_text("从 2026-10-15 起照新的数查").count() == 1
    assert low() == before, "its day has not come"
    with derived():
        Home.objects.update(today=date(2026, 10, 15))
    recheck.day_turns()
    assert low() == before + told
