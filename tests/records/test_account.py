"""One's own password: changed by who knows the old one, written through the door, never told to the audit."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.django_db

NEW = "另一个很好记的长密码句子"


def test_a_password_is_changed_and_no_event_tells_it(client: Any, clerk: Any) -> None:
    from mingbai.records.models import Event

    client.force_login(clerk)
    answer = client.post("/account/", {"now": "quick-and-plain", "password": NEW, "again": NEW})
    assert answer.status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(NEW)
    assert clerk.password not in json.dumps([event.lines for event in Event.objects.all()])


def test_who_does_not_know_the_old_one_changes_nothing(client: Any, clerk: Any) -> None:
    client.force_login(clerk)
    assert client.post("/account/", {"now": "瞎猜", "password": NEW, "again": NEW}).status_code == 400
    clerk.refresh_from_db()
    assert clerk.check_password("quick-and-plain")
