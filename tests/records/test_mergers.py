"""Two villages become one: what was, stays; who may, and the totals, follow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from conftest import TODAY, a_long_lease, a_row

pytestmark = pytest.mark.django_db
SOURCE = "街道〔2026〕8号"


def merge(district: Any, on: date = date(2026, 6, 1), **more: Any) -> None:
    from mingbai.records.mergers import merge as do

    do(more.get("person", district.people["administrator"]), more.get("gone", district.villages[1]), more.get("into", district.villages[0]), on, more.get("source", SOURCE))


@pytest.fixture
def two_ledgers(district: Any, import_rows: Any) -> Any:
    import_rows(a_row(), a_long_lease(合同编号="2"))
    return import_rows(a_row(合同编号="东-1", 是否到期在用="是"), person=district.people["reviewer"], place=district.villages[1])


def test_records_name_and_chain_stay_and_scope_follows(district: Any, two_ledgers: Any, clerk: Any) -> None:
    from mingbai.board.fsck import differences
    from mingbai.board.rollup import figures
    from mingbai.places.scope import scope, whole
    from mingbai.records.models import Event
    from mingbai.registers.contracts.models import Contract

    into, gone = district.villages[:2]
    county = figures(whole(), district.county)["contracts"].value
    assert not scope(clerk, "view").covers(gone)
    merge(district)
    gone.refresh_from_db()
    assert (gone.name, gone.merged_into, gone.merged_on) == ("东社村", into, date(2026, 6, 1))
    assert scope(clerk, "view").covers(gone), "who works for the one works for the other"
    assert Contract.objects.get(contract_no="东-1").organisation == gone
    assert figures(whole(), into)["contracts"].value == 3
    assert figures(whole(), district.county)["contracts"].value == county
    assert figures(whole(), district.county, date(2026, 5, 31))["organisations"].value - figures(whole(), district.county)["organisations"].value == 1
    assert [str(each) for each in differences(whole())] == []
    assert Event.objects.filter(organisation=gone).order_by("seq").last().deed == "并入"
    assert Event.objects.filter(organisation=into).order_by("seq").last().deed == "接收合并"


def test_groups_come_along(district: Any, import_rows: Any) -> None:
    from mingbai.board.fsck import differences
    from mingbai.places.scope import whole

    merge(district, gone=district.villages[0], into=district.villages[1])
    district.group.refresh_from_db()
    district.villages[0].refresh_from_db()
    assert district.group.path.startswith(district.villages[0].path)
    assert district.villages[0].path.startswith(district.villages[1].path)
    assert [str(each) for each in differences(whole())] == []


def test_the_merged_village_is_still_checked_but_takes_no_new_ledger(district: Any, two_ledgers: Any) -> None:
    from mingbai.kit import recheck
    from mingbai.kit.models import Finding
    from mingbai.places.models import Home
    from mingbai.records.door import derived

    merge(district)
    with derived():
        Home.objects.update(today=date(2030, 1, 1))
    recheck.recheck(None, district.county.pk)
    assert Finding.objects.filter(organisation=district.villages[1]).exists(), "its contract has run out"
    client = Client()
    client.force_login(district.people["administrator"])
    offered = client.get(reverse("imports")).content.decode()
    assert district.villages[0].code in offered
    assert f'value="{district.villages[1].code}"' not in offered


@pytest.mark.parametrize(("more", "why"), [
    ({"on": date(2026, 12, 1)}, "还没有到"), ({"source": " "}, "依据"), ({"into": 1}, "自己"), ({"into": "street"}, "同一层级"),
])
def test_what_is_no_merger_is_refused(district: Any, more: dict[str, Any], why: str) -> None:
    from mingbai.records.mergers import MergerError

    into = {1: district.villages[1], "street": district.streets[0]}.get(more.get("into"))  # type: ignore[call-overload]
    with pytest.raises(MergerError, match=why):
        merge(district, **({**more, "into": into} if into else more))
    merge(district)
    with pytest.raises(MergerError, match="已经并入"):
        merge(district)
    with pytest.raises(MergerError, match="已经并入"):
        merge(district, gone=district.villages[2], into=district.villages[1])


def test_it_takes_the_power_over_both(district: Any) -> None:
    with pytest.raises(PermissionDenied):
        merge(district, person=district.people["reviewer"], into=district.villages[2])
    district.villages[1].refresh_from_db()
    assert district.villages[1].merged_into is None
    merge(district, person=district.people["reviewer"])


def test_the_page(district: Any) -> None:
    client = Client()
    client.force_login(district.people["reviewer"])
    address = reverse("merge", args=(district.villages[1].code,))
    assert district.villages[2].code not in client.get(address).content.decode()
    assert client.post(address, {"into": district.villages[0].code, "on": "2027-01-01", "source": SOURCE}).status_code == 400
    assert client.post(address, {"into": district.villages[0].code, "on": TODAY.isoformat(), "source": SOURCE}).status_code == 302
    assert "东社村" in client.get(reverse("place", args=(district.villages[0].code,))).content.decode()
    assert "并入九院村" in client.get(reverse("place", args=(district.villages[1].code,))).content.decode()


def test_a_village_is_not_done_while_one_it_took_in_is_not(district: Any, two_ledgers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether each is done by itself is told here; what a merger makes of it is the question."""
    from mingbai.board import rollup
    from mingbai.places.scope import whole

    merge(district)
    into, gone = district.villages[:2]
    for each in (into, gone):
        each.refresh_from_db()
    alone = {into.path: True, gone.path: False}
    monkeypatch.setattr(rollup.publish, "done", lambda scope, register, on: dict(alone) if register == "contracts" else {})
    assert rollup.done(whole(), TODAY) == set()
    alone[gone.path] = True
    assert rollup.done(whole(), TODAY) == {into.path, gone.path}
    del alone[gone.path]
    assert rollup.done(whole(), TODAY) == {into.path}, "one that kept no register hinders nobody"
