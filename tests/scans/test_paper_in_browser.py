"""A clerk brings a contract on paper into the register in the browser: hands in a scan, the real recogniser reads it, every field is
confirmed beside its piece of the page, and only the last press makes a contract. Any answer of 400 or more fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mingbai import paper

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True),
              pytest.mark.skipif(paper.missing(), reason="the extra is not installed: pip install 'mingbai[paper]'")]
SHOTS = Path(os.environ["MINGBAI_SHOTS"]) if "MINGBAI_SHOTS" in os.environ else None


def shot(page: Any, name: str) -> None:
    """Pictures for people to look at, desktop and phone, where a folder was named."""
    for width, height in ((1366, 768), (390, 844)) if SHOTS else ():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=str(SHOTS / f"{name}-{width}.png"), full_page=width == 390)
    page.set_viewport_size({"width": 1366, "height": 768})


@pytest.fixture
def scan(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A rendered contract as a scanner leaves it, and what it says."""
    from paper_pages import LEVELS, contract, rendered, worn

    rng = np.random.default_rng(7)
    one = contract(1, rng)
    path = tmp_path / "后沟承包合同.jpg"
    path.write_bytes(worn(rendered(one), LEVELS["scan"], rng))
    return path, one.fields


def test_from_the_scan_to_the_register(walker: Any, village: Any, clerk: Any, scan: tuple[Path, dict[str, Any]]) -> None:
    from mingbai.registers.contracts.models import Contract
    from mingbai.scans import desk
    from mingbai.scans.models import Paper

    picture, truth = scan
    page = walker(clerk)

    # 1 handed in; the job worker reads it
    page.goto("/imports/")
    page.locator('a[href="/papers/"]').first.click()
    page.locator("#id_file").set_input_files(str(picture))
    shot(page, "1-hand-in")
    page.get_by_role("button", name="交上来，读一读").click()
    shot(page, "2-waiting")
    made = Paper.objects.get()
    desk.read_paper(None, made.pk)  # what the worker beside the server does
    page.goto(f"/papers/{made.pk}/")
    shot(page, "3-read")

    # 2 every field beside its piece of the page; nothing enters before the last
    asked = made.fields.count()
    assert asked > 20
    for confirmed in range(asked):
        assert page.get_by_text(f"已确认 {confirmed} / {asked} 栏").count() == 1
        assert page.get_by_role("button", name="收下，新建一份合同").count() == 0
        assert not Contract.objects.exists()
        field = page.locator("#field")
        column = field.locator("input[name=column]").first.input_value()
        if made.fields.get(column=column).page:
            assert field.locator("svg.paper-crop image").count() == 1, "its piece of the page, large"
            assert page.locator(".paper-page polygon.paper-mark").count() >= 1, "and marked on the page"
        if confirmed == 1:
            shot(page, "4-field")
        box = field.get_by_label("纸上写的是")
        if column == "signatures_complete":
            box.fill("是")
        if box.input_value():
            box.press("Enter")
        else:
            field.get_by_role("button", name="纸上没有").click()
    shot(page, "5-all-confirmed")

    # 3 the last press
    page.goto("/registers/contracts/")
    assert truth["lessee"] not in page.content()
    page.goto(f"/papers/{made.pk}/")
    page.get_by_role("button", name="收下，新建一份合同").click()
    shot(page, "6-accepted")
    (contract,) = Contract.objects.all()
    assert (contract.lessee, contract.area_mu4, contract.total_fen, contract.starts_on.isoformat()) == tuple(truth[name] for name in ("lessee", "area_mu4", "total_fen", "starts_on"))
    page.goto("/registers/contracts/")
    assert page.get_by_role("cell", name=truth["lessee"]).count() == 1
    shot(page, "7-list")
