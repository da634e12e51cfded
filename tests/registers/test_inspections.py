"""The worked example of docs/add-a-register.md: its rules, and its road in a browser from workbook to figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mingbai.columns import find_register
from mingbai.rules import check, find_rulebook, ledger, load_law
from mingbai.rules.finding import Finding

TODAY = date(2026, 9, 30)


def found(**row: Any) -> dict[str, Finding]:
    """Findings of one line whose sheet has these headings; None = the cell is empty."""
    register = find_register("inspections")
    table = {"_row": [1], "_file": ["村"], "_sheet": [""], "_headings": ["|".join(("", *sorted(row), ""))], "_doubtful": ["||"]}
    table |= {column.name: [row.get(column.name)] for column in register.columns}
    return {each.rule: each for each in check(ledger(register, [table]), register, find_rulebook("inspections"), load_law("inspections"), TODAY)}


def test_past_its_day_and_not_done() -> None:
    hit = found(item="垃圾堆", due_on="2026-09-29", done_on=None)["I01"]
    assert (hit.answer, hit.sentence) == ("yes", "疑似逾期未整改：期限是 2026-09-29，还没有写整改完成日期")
    assert hit.cites == ("督导整改通行做法 （待核实）",)


def test_on_its_day_or_done_is_in_order() -> None:
    assert "I01" not in found(item="垃圾堆", due_on="2026-09-30", done_on=None)
    assert "I01" not in found(item="垃圾堆", due_on="2026-09-01", done_on="2026-09-20")


def test_a_sheet_without_the_heading_accuses_nobody() -> None:
    assert found(item="垃圾堆", due_on="2026-09-01")["I01"].answer == "cannot_tell"
    assert found(item="垃圾堆", done_on="2026-01-01")["I02"].answer == "cannot_tell"


def test_not_seen_again_for_more_than_the_place_allows() -> None:
    assert "I02" not in found(item="垃圾堆", done_on="2026-09-15", recheck=None), "fifteen days"
    assert found(item="垃圾堆", done_on="2026-09-14", recheck=None)["I02"].sentence == "疑似整改后没有复查合格：2026-09-14 写已整改，16 天了还没有复查"
    assert found(item="垃圾堆", done_on="2026-09-29", recheck="不合格")["I02"].answer == "yes"
    assert "I02" not in found(item="垃圾堆", done_on="2026-01-01", recheck="合格")


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_from_a_workbook_to_the_wall_and_the_figures(district: Any, walker: Any, tmp_path: Path) -> None:
    import xlsxwriter

    from mingbai.board.rollup import figures
    from mingbai.kit import intake
    from mingbai.kit.models import Case, Upload
    from mingbai.notices.models import Notice
    from mingbai.places.scope import whole
    from mingbai.registers.inspections.models import Inspection

    book, picture = tmp_path / "督导清单.xlsx", tmp_path / "整改后.pdf"
    picture.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("督导")
        sheet.write_row(0, 0, ["督导编号", "督导方式", "检查日期", "存在问题", "地点", "责任人", "整改期限", "整改完成日期", "复查结果"])
        sheet.write_row(1, 0, ["督-1", "交叉检查", "2026-07-01", "合同没有归档", "村委会", "赵某某", "2026-08-01", "", ""])
        sheet.write_row(2, 0, ["督-2", "随机", "2026-07-01", "公示栏破损", "村口", "钱某某", "2026-08-01", "2026-07-20", "合格"])

    village = district.villages[0]
    clerk, reviewer, supervisor = (walker(district.people[role]) for role in ("clerk", "reviewer", "supervisor"))
    clerk.goto("/imports/")
    clerk.locator("#id_village").select_option(village.code)
    clerk.locator("#id_register").select_option("inspections")
    clerk.locator("#id_file").set_input_files(str(book))
    clerk.get_by_role("button", name="交上来，读一读").click()
    upload = Upload.objects.order_by("-pk").first()
    intake.read_upload(None, upload.pk)  # what the worker beside the server does
    clerk.goto(f"/imports/{upload.pk}/")
    clerk.get_by_role("button", name="收下这 2 行").click()

    record = Inspection.objects.get(inspection_no="督-1")
    address = f"/registers/inspections/{record.pk}/"
    clerk.goto(address)
    clerk.locator("input[value=confirm]").first.check()
    clerk.locator("input[name=klass][value=B]").check()
    clerk.get_by_role("button", name="记下").click()
    reviewer.goto(address)
    reviewer.locator("#id_responsible").select_option(index=0)
    reviewer.locator("#id_deadline").fill("2026-10-20")
    reviewer.locator("#id_measure").fill("把合同归档并编号")
    reviewer.get_by_role("button", name="派单", exact=True).click()
    clerk.goto(address)
    clerk.locator("#id_label").fill("整改后的照片")
    clerk.locator("form[action$='/attach/'] input[type=file]").set_input_files(str(picture))
    clerk.get_by_role("button", name="交上来").click()
    supervisor.goto(address)
    supervisor.get_by_role("button", name="村级自查通过").click()
    reviewer.goto(address)
    reviewer.get_by_role("button", name="乡镇验收通过").click()
    assert Case.objects.get(register="inspections", record=record.pk).stage == "accepted"

    clerk.goto("/notices/")
    clerk.locator("form[action*='/draft/inspections/'] button[value=sheet]").first.click()
    notice = Notice.objects.get(register="inspections")
    supervisor.goto(f"/notices/{notice.pk}/")
    supervisor.get_by_role("button", name="我读过了，签字公示").click()
    notice.refresh_from_db()
    villager = walker(None)
    villager.goto(f"/g/n/{notice.number}/")
    assert "合同没有归档" in villager.inner_text("body")
    assert "赵某某" not in villager.inner_text("body"), "a person is masked on the wall"

    now = figures(whole(), district.county)
    assert [now[key].value for key in ("inspections", "inspections_irregular", "inspections_rectified")] == [2, 1, 1]
    reviewer.goto("/figures/")
    reviewer.goto("/registers/inspections/?irregular=yes")
    assert "合同没有归档" in reviewer.inner_text("main")
    assert "公示栏破损" not in reviewer.inner_text("main tbody")
