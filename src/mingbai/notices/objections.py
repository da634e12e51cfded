"""Objections 异议: from the phone page or from paper, tied to a line of a notice; answered within the days of the rule."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from mingbai.notices.law import required
from mingbai.notices.models import Notice, Objection
from mingbai.places.clock import today
from mingbai.places.models import Organisation, Person
from mingbai.records.door import commit
from mingbai.vault.seal import mark

LONGEST, SHORTEST = 1000, 5
A_DAY, A_VILLAGE_DAY = 5, 100
"""Objections taken from one sender and for one village in a day by phone; paper knows no limit."""


class ObjectionError(ValueError):
    """An objection that cannot be taken like this; the sentence says what to do."""


def object_to(
    notice: Notice,
    line: int,
    text: str,
    *,
    name: str = "",
    phone: str = "",
    person: Person | None = None,
    sender: str = "",
) -> tuple[Objection, str]:
    """Takes an objection; gives it with the word for its receipt. ``person``: the clerk who writes it down from paper;
    without one it comes from the phone page, and ``sender`` (an address) slows a flood.

    :raises ObjectionError: for a line that is not there, too short or long a text, too many in a day.
    """
    text = text.strip()
    if notice.state != Notice.State.PUBLISHED:
        raise ObjectionError("这份公示还没有公布")
    if not 0 <= line <= notice.lines:
        raise ObjectionError(f"这份公示没有第 {line} 行")
    if not SHORTEST <= len(text) <= LONGEST:
        raise ObjectionError(f"请写 {SHORTEST} 到 {LONGEST} 个字：哪里不对，应该是什么")
    if len(name) > 40 or len(phone) > 40:
        raise ObjectionError("姓名和电话各不超过 40 个字")
    with commit(person, notice.organisation, "answer", "登记异议", note="" if person else "来自公示页") as act:
        origin = mark(f"{act.on}:{sender}") if sender else ""
        if person is None:
            _slow(notice.organisation, act.on, origin)
        number, word = _next_number(notice.organisation, act.on.year), f"{secrets.randbelow(10**6):06d}"
        objection = act.save(
            Objection(
                organisation=notice.organisation,
                notice=notice,
                line=line,
                number=number,
                secret_mark=_secret(number, word),
                way="paper" if person else "phone",
                on=act.on,
                due=act.on + timedelta(days=required("answer", act.on).days),
                text=text,
                name=name.strip() or None,
                phone=phone.strip() or None,
                origin=origin,
            )
        )
    return objection, word


def _slow(organisation: Organisation, on: date, origin: str) -> None:
    rows = Objection.objects.filter(organisation=organisation, way="phone", on=on)
    if origin and rows.filter(origin=origin).count() >= A_DAY:
        raise ObjectionError("今天从这里交来的异议太多了；请明天再交，或者写在纸上交给村监委会")
    if rows.count() >= A_VILLAGE_DAY:
        raise ObjectionError("今天收到的异议太多了；请写在纸上交给村监委会，不会漏掉")


def _next_number(organisation: Organisation, year: int) -> str:
    taken = Objection.objects.filter(
        organisation=organisation, number__startswith=f"Y{organisation.code}-{year}-"
    ).count()
    return f"Y{organisation.code}-{year}-{taken + 1:03d}"


def _secret(number: str, word: str) -> str:
    return mark(f"objection:{number}:{word}")


def find(number: str, word: str) -> Objection | None:
    """The objection of a receipt: its number and its word. None when they do not belong together."""
    found: Objection | None = (
        Objection.objects.filter(
            number=number.strip().upper(), secret_mark=_secret(number.strip().upper(), word.strip())
        )
        .select_related("organisation", "notice", "correction")
        .first()
    )
    return found


def answer(person: Person, objection: Objection, words: str, correction: Notice | None = None) -> Objection:
    """Answers an objection; with ``correction``, names the notice that mends the line.

    :raises ObjectionError: for an empty answer, one answered before, or a correction of another notice.
    """
    if len(words.strip()) < SHORTEST:
        raise ObjectionError("请写明查了什么、结果怎样")
    if correction is not None and (
        correction.replaces_id != objection.notice_id or correction.state != Notice.State.PUBLISHED
    ):
        raise ObjectionError("更正公示应当是已经公布的、更正这一份的公示")
    with commit(person, objection.organisation, "answer", "答复异议") as act:
        fresh: Objection = Objection.objects.select_for_update().get(pk=objection.pk)
        if fresh.state == Objection.State.CORRECTED or (fresh.state == Objection.State.ANSWERED and correction is None):
            raise ObjectionError("这条异议已经答复过了")
        fresh.state = Objection.State.CORRECTED if correction else Objection.State.ANSWERED
        fresh.answer, fresh.correction = words.strip(), correction
        fresh.answered_by, fresh.answered_on = person, act.on
        return act.save(fresh, "state", "answer", "correction", "answered_by", "answered_on")


def overdue(objection: Objection) -> bool:
    return bool(objection.state == Objection.State.OPEN and objection.due < today())
