"""Publishing under faults: whichever statement or file operation fails, a notice is up as a whole or not at all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from conftest import a_row
from faults import Faults, Statements
from mingbai.proofs import verify

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.fixture
def drafted(district: SimpleNamespace, import_rows: Any) -> Any:
    from mingbai.kit import publish
    from mingbai.notices import desk

    import_rows(a_row())
    village = district.villages[0]
    return desk.draft(district.people["clerk"], village, "contracts", "sheet", "公示", publish.sheet(village, "contracts"))


def events() -> int:
    from mingbai.records.models import Event

    return Event.objects.count()


def intact(district: SimpleNamespace) -> bool:
    from mingbai.records.chain import verify as chain

    return list(chain(district.villages[0])) == []


def test_a_statement_that_fails_while_signing_leaves_the_draft_as_it_was(district: SimpleNamespace, drafted: Any) -> None:
    from django.db import OperationalError, connection

    from mingbai.notices import desk
    from mingbai.notices.models import Notice

    signer, before = district.people["supervisor"], events()
    statements, failed = Statements(), 0
    for _ in statements.each():
        try:
            with connection.execute_wrapper(statements):
                desk.sign(signer, drafted, desk.to_sign(drafted))
        except OperationalError:
            failed += 1
            left = Notice.objects.get(pk=drafted.pk)
            assert (left.state, left.number, left.body, left.first_day) == (Notice.State.DRAFT, None, None, None)
            assert events() == before
    up = Notice.objects.get(pk=drafted.pk)
    assert verify(bytes(up.body), up.code) == []
    assert up.number.endswith("-001"), "no number was lost to the failures"
    assert events() == before + 1
    assert intact(district)
    assert failed > 15


def test_a_full_disk_while_a_photograph_is_kept_leaves_none(district: SimpleNamespace, drafted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingbai.notices import desk
    from mingbai.records.files import content
    from mingbai.records.models import Attachment

    clerk = district.people["clerk"]
    up = desk.sign(district.people["supervisor"], drafted, desk.to_sign(drafted))
    before, files = events(), Attachment.objects.count()
    faults, failed = Faults(monkeypatch), 0
    for _ in faults.each():
        try:
            kept = desk.photograph(clerk, up, "公示栏.png", PNG + b"of this test alone")
        except OSError:
            failed += 1
            assert (events(), Attachment.objects.count()) == (before, files)
    assert content(kept) == PNG + b"of this test alone"
    assert (events(), Attachment.objects.count()) == (before + 1, files + 1)
    assert failed == 2
    assert intact(district)


def test_a_paper_that_cannot_be_set_changes_nothing(district: SimpleNamespace, drafted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingbai.notices import desk, wall

    up = desk.sign(district.people["supervisor"], drafted, desk.to_sign(drafted))
    before = events()

    def full(*_: Any, **__: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wall.typst, "compile", full)
    with pytest.raises(OSError, match="No space"):
        wall.wall(up, "https://example.org/")
    up.refresh_from_db()
    assert verify(bytes(up.body), up.code) == []
    assert events() == before
