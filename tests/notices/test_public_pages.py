"""What a villager sees without signing in: plain words, no number of a person, the way to object, the answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from conftest import a_long_lease, a_row
from mingbai.proofs import verify

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[\dX])(?![0-9A-Za-z])")


@pytest.fixture(autouse=True)
def nobody_has_tried() -> None:
    """Tries are counted for half an hour, whatever test they were made in."""
    cache.clear()


@pytest.fixture
def shown(district: Any, import_rows: Any) -> Any:
    from mingbai.kit import publish
    from mingbai.notices import desk

    import_rows(a_row(承包方="张三", 联系电话="13800112233"), a_long_lease(合同编号="HT-002", 承包方="丰收农业公司", 联系电话=None))
    village = district.villages[0]
    made = desk.draft(district.people["clerk"], village, "contracts", "sheet", "九院村合同台账公示", publish.sheet(village, "contracts"))
    return desk.sign(district.people["supervisor"], made, desk.to_sign(made))


def test_from_the_qr_to_the_objection_to_the_answer(district: Any, shown: Any) -> None:
    from mingbai.notices import objections

    phone = Client()
    page = phone.get(reverse("public-notice", args=(shown.number,)))
    assert page.status_code == 200
    text = page.content.decode()
    assert "张某" in text
    assert "张三" not in text
    assert not NUMBER.search(re.sub(r"<[^>]*>", " ", text).replace(shown.number, ""))
    form = phone.get(reverse("public-object", args=(shown.number, 1)))
    assert "我有异议" in form.content.decode()
    short = phone.post(reverse("public-object", args=(shown.number, 1)), {"text": "错"})
    assert short.status_code == 400
    taken = phone.post(reverse("public-object", args=(shown.number, 1)), {"text": "面积不对，是 12 亩", "name": "赵六"})
    number, word = re.findall(r"<code>([^<]+)</code>", taken.content.decode())
    waiting = phone.post(reverse("public-receipt"), {"number": number, "word": word}).content.decode()
    assert "还在查" in waiting
    objections.answer(district.people["clerk"], objections.find(number, word), "量过，没有错")
    assert "量过，没有错" in phone.post(reverse("public-receipt"), {"number": number, "word": word}).content.decode()
    assert phone.post(reverse("public-receipt"), {"number": number, "word": "abcdef"}).status_code == 400


def test_a_word_cannot_be_found_by_trying(district: Any, shown: Any) -> None:
    from mingbai.notices import objections
    from mingbai.notices.pages.public import TRIES

    objection, word = objections.object_to(shown, 1, "面积不对，是 12 亩")
    phone, lookup = Client(), reverse("public-receipt")
    assert [phone.post(lookup, {"number": objection.number, "word": f"{at:06d}"}).status_code for at in range(TRIES)] == [400] * TRIES
    assert phone.post(lookup, {"number": objection.number, "word": word}).status_code == 429
    assert Client(REMOTE_ADDR="10.1.1.1").post(lookup, {"number": objection.number, "word": word}).status_code == 429, "from anywhere"
    clerk = Client()
    clerk.force_login(district.people["clerk"])
    clerk.post(reverse("notice-gate"), {"word": "老槐树"})
    gate = reverse("public-gate", args=(district.villages[0].code,))
    assert [phone.post(gate, {"word": str(at)}).status_code for at in range(TRIES)] == [400] * TRIES
    assert phone.post(gate, {"word": "老槐树"}).status_code == 429
    assert Client(REMOTE_ADDR="10.1.1.2").post(gate, {"word": "老槐树"}).status_code == 302, "the village still comes in"


def test_the_file_and_the_sheet_for_the_wall_can_be_taken_away(shown: Any) -> None:
    phone = Client()
    data = phone.get(reverse("public-file", args=(shown.number,))).content
    assert verify(data, shown.code) == []
    for size in ("a3", "a4"):
        pdf = phone.get(reverse("public-wall", args=(shown.number,)) + f"?size={size}")
        assert pdf.content.startswith(b"%PDF")
        assert pdf["Content-Type"] == "application/pdf"


def test_a_draft_is_nobodys_but_the_villages(district: Any, shown: Any) -> None:
    from mingbai.kit import publish
    from mingbai.notices import desk

    draft = desk.draft(district.people["clerk"], district.villages[0], "contracts", "sheet", "更正", publish.sheet(district.villages[0], "contracts"), replaces=shown, why="改面积")
    phone = Client()
    assert phone.get(reverse("notice", args=(draft.pk,))).status_code == 302
    for number in ("140109007201-2026-002", "None", "..", "%00"):
        assert phone.get(f"/g/n/{number}/").status_code == 404
    assert "更正" not in phone.get(reverse("public-village", args=(district.villages[0].code,))).content.decode()


def test_a_village_code_stands_before_every_page_of_the_village(district: Any, shown: Any) -> None:
    clerk = Client()
    clerk.force_login(district.people["clerk"])
    assert clerk.post(reverse("notice-gate"), {"word": "老槐树"}).status_code == 302
    phone = Client()
    number = shown.number
    for name, arguments, expected in (("public-village", (district.villages[0].code,), 302), ("public-notice", (number,), 302), ("public-file", (number,), 404),
                                      ("public-wall", (number,), 404), ("public-object", (number, 1), 404)):
        assert phone.get(reverse(name, args=arguments)).status_code == expected, name
    gate = reverse("public-gate", args=(district.villages[0].code,))
    assert phone.post(gate, {"word": "新槐树"}).status_code == 400
    for onward in ("//evil.example/", "https://evil.example/", "/g/\\evil.example", "/places/"):
        assert phone.post(gate + f"?next={onward}", {"word": "老槐树"})["Location"] == reverse("public-village", args=(district.villages[0].code,))
    assert phone.get(reverse("public-notice", args=(number,))).status_code == 200


def test_the_desk_from_draft_to_correction(district: Any, import_rows: Any) -> None:
    from mingbai.notices.models import Notice, Objection

    import_rows(a_row(承包方="张三", 联系电话="13800112233"))
    clerk, supervisor = Client(), Client()
    clerk.force_login(district.people["clerk"])
    supervisor.force_login(district.people["supervisor"])
    assert "还没有公示过" in clerk.get(reverse("notices")).content.decode()
    clerk.post(reverse("notice-draft", args=("contracts",)), {"kind": "sheet", "place": district.villages[0].code})
    notice = Notice.objects.get()
    page = supervisor.get(reverse("notice", args=(notice.pk,))).content.decode()
    seal = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert seal
    assert "签字公示" not in clerk.get(reverse("notice", args=(notice.pk,))).content.decode()
    supervisor.post(reverse("notice-sign", args=(notice.pk,)), {"digest": seal[1]})
    notice.refresh_from_db()
    assert notice.state == "published"
    clerk.post(reverse("notice-objection", args=(notice.pk,)), {"line": "1", "text": "坐落写错了", "name": "赵六"})
    objection = Objection.objects.get()
    assert (objection.way, objection.name) == ("paper", "赵六")
    assert "赵六" not in clerk.get(reverse("notice", args=(notice.pk,))).content.decode()
    supervisor.post(reverse("objection-uncover", args=(objection.pk,)))
    assert "赵六" in supervisor.get(reverse("notice", args=(notice.pk,))).content.decode()
    clerk.post(reverse("objection-answer", args=(objection.pk,)), {"answer": "查过，坐落没有错"})
    objection.refresh_from_db()
    assert objection.state == "answered"


def test_the_calendar_takes_few_queries(district: Any, shown: Any, django_assert_max_num_queries: Any) -> None:
    client = Client()
    client.force_login(district.people["county"])
    with django_assert_max_num_queries(30):
        assert client.get(reverse("notices")).status_code == 200
    with django_assert_max_num_queries(12):
        assert Client().get(reverse("public-notice", args=(shown.number,))).status_code == 200
