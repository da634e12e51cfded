"""Signing in with a code beside the password, for those who approve; sessions; the ways in that attackers try."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

PASSWORD = "一句自己记得住的话"


@pytest.fixture(autouse=True)
def _no_counts() -> Any:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def real(district: Any) -> Any:
    """The district as no demo, with passwords."""
    from mingbai.places.clock import home
    from mingbai.places.models import Home
    from mingbai.records.door import derived

    with derived():
        Home.objects.update(is_demo=False)
        for person in district.people.values():
            person.home = district.county
            person.set_password(PASSWORD)
            person.save()
    getattr(home, "cache_clear", lambda: None)()
    return district


def password(client: Client, login: str, **more: str) -> Any:
    return client.post(reverse("sign-in"), {"login": login, "password": PASSWORD, **more})


def set_up(client: Client) -> tuple[str, list[str]]:
    """Sets the code up; gives the secret and the recovery codes."""
    page = client.get(reverse("account-second"))
    secret = page.context["secret"]
    done = client.post(reverse("account-second"), {"code": pyotp.TOTP(secret).now()})
    return secret, done.context["codes"]


def test_who_approves_sets_a_second_factor_up_before_anything_else(real: Any) -> None:
    client = Client()
    password(client, "reviewer")
    assert client.get(reverse("home")).headers["Location"] == reverse("account-second")
    assert client.get(reverse("records", args=("contracts",))).status_code == 302
    _, codes = set_up(client)
    assert len(codes) == 8
    assert client.get(reverse("home")).status_code == 200


def test_who_only_keeps_the_ledger_needs_none(real: Any) -> None:
    client = Client()
    password(client, "clerk")
    assert client.get(reverse("home")).status_code == 200


def test_after_the_password_comes_the_code_and_each_is_good_once(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    first = Client()
    password(first, "reviewer")
    secret, codes = set_up(first)
    later = time.time() + 120
    monkeypatch.setattr(time, "time", lambda: later)
    code = pyotp.TOTP(secret).at(int(later))

    client = Client()
    assert password(client, "reviewer").headers["Location"] == reverse("second")
    assert client.get(reverse("home")).status_code == 302, "the password alone opens nothing"
    assert client.post(reverse("second"), {"code": "000000"}).status_code == 400
    assert client.post(reverse("second"), {"code": code}).headers["Location"] == reverse("home")
    assert client.get(reverse("home")).status_code == 200

    again = Client()
    password(again, "reviewer")
    assert again.post(reverse("second"), {"code": code}).status_code == 400, "seen over a shoulder, used a second time"
    assert again.post(reverse("second"), {"code": codes[0].upper()}).status_code == 302
    once = Client()
    password(once, "reviewer")
    assert once.post(reverse("second"), {"code": codes[0]}).status_code == 400


def test_codes_are_tried_five_times_and_no_more(real: Any) -> None:
    first = Client()
    password(first, "reviewer")
    secret, _ = set_up(first)
    client = Client()
    password(client, "reviewer")
    for _ in range(5):
        client.post(reverse("second"), {"code": "000000"})
    answer = client.post(reverse("second"), {"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 400
    assert "15 分钟" in answer.content.decode()


def test_a_lost_phone_is_taken_off_by_the_keeper_of_people(real: Any) -> None:
    from mingbai.places.models import Person
    from mingbai.records.models import Event

    client = Client()
    password(client, "reviewer")
    secret, _ = set_up(client)
    keeper = Client()
    keeper.force_login(real.people["administrator"])
    keeper.post(reverse("person", args=(real.people["reviewer"].pk,)), {"deed": "second"})
    assert Person.objects.get(login="reviewer").second is None
    told = " ".join(f"{each.deed} {each.note} {each.lines}" for each in Event.objects.all())
    assert "取消动态码" in told
    assert secret not in told


def test_one_ends_ones_other_sessions(real: Any) -> None:
    here, there, other = Client(), Client(), Client()
    for client, login in ((here, "clerk"), (there, "clerk"), (other, "auditor")):
        password(client, login)
    assert here.get(reverse("account")).context["others"] == 1
    here.post(reverse("account-elsewhere"))
    assert there.get(reverse("home")).status_code == 302
    assert here.get(reverse("home")).status_code == other.get(reverse("home")).status_code == 200


def test_a_session_known_beforehand_is_worth_nothing_after_signing_in(real: Any) -> None:
    client = Client()
    client.get(reverse("sign-in"))
    client.session.save()
    client.cookies["sessionid"] = known = client.session.session_key or "planted"
    password(client, "clerk")
    assert client.cookies["sessionid"].value != known
    thief = Client()
    thief.cookies["sessionid"] = known
    assert thief.get(reverse("home")).status_code == 302


@pytest.mark.parametrize("onward", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example", "http:///evil.example"])
def test_signing_in_leads_nowhere_else(real: Any, onward: str) -> None:
    assert password(Client(), "clerk", next=onward).headers["Location"] == reverse("home")


def test_a_strange_host_is_not_answered(real: Any) -> None:
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1@evil.example"):
        assert Client().get(reverse("sign-in"), headers={"host": host}).status_code == 400


def addresses() -> list[str]:
    """One address of every route."""
    found = []

    def walk(patterns: Any, before: str) -> None:
        for each in patterns:
            here = before + str(each.pattern)
            if hasattr(each, "url_patterns"):
                walk(each.url_patterns, here)
            else:
                found.append("/" + re.sub(r"<(\w+):\w+>", lambda m: {"int": "1", "str": "x", "slug": "contracts"}[m[1]], here).lstrip("^"))

    walk(get_resolver().url_patterns, "")
    return found


def test_every_route_refuses_a_form_without_its_token(real: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(real.people["administrator"])
    answers = {address: client.post(address).status_code for address in addresses()}
    assert len(answers) > 60
    assert {address: code for address, code in answers.items() if code != 403} == {}


def test_a_null_in_an_address_or_a_form_is_no_address(real: Any) -> None:
    client = Client()
    client.force_login(real.people["administrator"])
    assert client.get("/contracts/?q=a%00b").status_code == 404
    assert client.get("/g/n/%00/").status_code == 404
    assert client.post("/sign-in/", {"login": "a\0b", "password": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["/files/../settings.py", "/static/../settings.py", "/static/%2e%2e/%2e%2e/settings.py", "/g/n/..%2f..%2fetc%2fpasswd/", "/places/..%2f../", "/static//etc/passwd"])
def test_no_path_leads_out(real: Any, path: str) -> None:
    client = Client()
    client.force_login(real.people["administrator"])
    assert client.get(path).status_code == 404


def test_every_page_carries_its_guard_and_no_script_of_its_own(real: Any) -> None:
    client = Client()
    client.force_login(real.people["administrator"])
    client.session["second_missing"] = False
    seen = 0
    for address in addresses():
        page = client.get(address)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"], address
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        if page.headers.get("Content-Type", "").startswith("text/html") and page.status_code == 200:
            seen += 1
            text = page.content.decode()
            assert not re.search(r"<script(?![^>]*\bsrc=)", text), address
            assert not re.search(r"\son\w+=|\sstyle=|javascript:", re.sub(r"<(code|td|p)[^>]*>.*?</\1>", "", text)), address
    assert seen > 20


# invitations

CHOSEN = "our-orchard-in-autumn"


def invite(district: Any) -> tuple[Any, str]:
    """A new clerk, invited by the administrator: the person, and the code that was shown once."""
    from mingbai.places.models import Person

    keeper = Client()
    keeper.force_login(district.people["administrator"])
    page = keeper.post(reverse("people"), {"name": "新人", "login": "xinren", "role": "clerk", "place": district.villages[0].code, "phone": ""})
    fresh = page.context["fresh"]
    assert fresh["code"] not in fresh["address"]
    assert fresh["code"] in page.content.decode()
    return Person.objects.get(login="xinren"), fresh["code"]


def answer(client: Client, code: str, login: str = "xinren") -> Any:
    return client.post(reverse("invited"), {"login": login, "code": code, "password": CHOSEN, "again": CHOSEN})


def test_who_is_invited_chooses_a_password_with_a_code_that_is_good_once(district: Any) -> None:
    from mingbai.records.models import Event

    person, code = invite(district)
    assert code not in str([event.lines for event in Event.objects.all()])
    assert person.invited != code, "only its mark is kept"
    assert answer(Client(), "aaaa-bbbb-cccc").status_code == 400
    theirs = Client()
    assert theirs.get(f"{reverse('invited')}?login=xinren").status_code == 200
    assert answer(theirs, code.upper().replace("-", " ")).headers["Location"] == reverse("home")
    assert theirs.get(reverse("home")).status_code == 200
    person.refresh_from_db()
    assert person.check_password(CHOSEN)
    assert answer(Client(), code).status_code == 400, "good once"


def test_an_invitation_ends_after_its_days_and_with_a_newer_one(district: Any) -> None:
    from datetime import timedelta

    from mingbai.places.models import Person
    from mingbai.records.door import derived

    person, code = invite(district)
    keeper = Client()
    keeper.force_login(district.people["administrator"])
    newer = keeper.post(reverse("person", args=(person.pk,)), {"deed": "password"}).context["fresh"]["code"]
    assert answer(Client(), code).status_code == 400
    with derived():
        Person.objects.filter(pk=person.pk).update(invited_until=timezone.now() - timedelta(seconds=1))
    assert answer(Client(), newer).status_code == 400


def test_codes_cannot_be_tried_one_after_the_other(district: Any) -> None:
    _, code = invite(district)
    client = Client()
    for _ in range(5):
        assert "不对" in answer(client, "aaaa-bbbb-cccc").content.decode()
    assert "15 分钟" in answer(client, code).content.decode()
    assert answer(Client(REMOTE_ADDR="10.0.0.9"), code).status_code == 302, "a neighbour's mistakes do not lock anybody out elsewhere"


def test_who_is_stopped_and_who_nobody_invited_cannot_answer(district: Any) -> None:
    from mingbai.places.models import Person
    from mingbai.records.door import derived

    person, code = invite(district)
    with derived():
        Person.objects.filter(pk=person.pk).update(is_active=False)
    assert answer(Client(), code).status_code == 400
    assert answer(Client(), "", login="clerk").status_code == 400
    assert answer(Client(), "--", login="clerk").status_code == 400


def test_the_state_page_tells_what_wants_doing(district: Any, settings: Any) -> None:
    import json

    client = Client()
    client.force_login(district.people["administrator"])
    page = client.get(reverse("state")).content.decode()
    assert "还没有备份过" in page
    assert "没有在干活" in page
    (settings.HOME / "backup.json").write_text(json.dumps({"made_at": timezone.now().isoformat(), "name": "a.zip"}), encoding="utf-8")
    try:
        assert "a.zip" in client.get(reverse("state")).content.decode()
    finally:
        (settings.HOME / "backup.json").unlink()
    assert client.post(reverse("state")).status_code == 302
    outsider = Client()
    outsider.force_login(district.people["clerk"])
    assert outsider.get(reverse("state")).status_code == 403


def test_many_wrong_passwords_at_once_are_no_more_tries_than_one_after_another() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from mingbai.web.pages.signing import SIGN_IN

    with ThreadPoolExecutor(16) as threads:
        counted = list(threads.map(SIGN_IN.count, ["somebody"] * 48))
    assert sorted(each for each in counted if each) == [1, 2, 3, 4, 5]
    assert SIGN_IN.count("another") == 1


@pytest.mark.django_db
def test_a_try_counts_before_the_password_is_looked_at(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingbai.web.pages import signing

    looked, right = [], signing.check_password

    def slow(said: str, kept: str) -> bool:
        looked.append(said)
        if len(looked) < 20:  # the others come while this one is looked at
            Client().post(reverse("sign-in"), {"login": "clerk", "password": f"猜{len(looked)}"})
        return bool(right(said, kept))

    monkeypatch.setattr(signing, "check_password", slow)
    Client().post(reverse("sign-in"), {"login": "clerk", "password": "猜"})
    assert len(looked) == signing.TRIES


@pytest.mark.django_db
def test_a_code_seen_by_two_at_once_lets_one_in(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingbai.web.pages import signing

    first = Client()
    password(first, "reviewer")
    _, codes = set_up(first)
    one, other = Client(), Client()
    for each in (one, other):
        password(each, "reviewer")
    answers, spend = [], signing.second.spend

    def meanwhile(kept: Any, code: str) -> Any:
        left = spend(kept, code)
        if not answers:
            answers.append(None)
            answers[0] = other.post(reverse("second"), {"code": codes[0]}).status_code
        return left

    monkeypatch.setattr(signing.second, "spend", meanwhile)
    assert [one.post(reverse("second"), {"code": codes[0]}).status_code, *answers] == [400, 302]
