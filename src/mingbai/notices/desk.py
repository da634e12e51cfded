"""Drafting, signing off and putting up a notice: 拟稿 → 监督签字 → 公示. Each is one commit.

Whoever signs is neither the drafter nor kin of the drafter; what is signed is exactly what was read, told by its digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from mingbai.notices.law import last_day, required
from mingbai.notices.models import Notice
from mingbai.places.models import Home, Kin, Organisation, Person
from mingbai.proofs import digest, envelope
from mingbai.records import files
from mingbai.records.door import commit
from mingbai.records.models import Attachment
from mingbai.units import holds_numbers

PHOTO = "公示照片"


class NoticeError(ValueError):
    """Something that cannot be published like this; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a notice shows: columns ``{name, title}``, rows in their order, totals by column name, and the record behind
    each row (not published). Money is fen, area mu4, dates ISO; persons are masked already."""

    columns: Sequence[dict[str, str]]
    rows: Sequence[Sequence[Any]]
    totals: dict[str, int]
    records: Sequence[int]

    def plain(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "totals": {"rows": len(self.rows), **self.totals},
        }


def draft(
    person: Person | None,
    organisation: Organisation,
    register: str,
    kind: str,
    title: str,
    content: Content,
    replaces: Notice | None = None,
    why: str = "",
) -> Notice:
    """Drafts a notice for the supervisor to read. A correction names the notice it replaces and says why.

    :raises NoticeError: for nothing to show, a number of a person in a cell, a correction without its reason, or a draft
        that is already waiting.
    """
    if not content.rows:
        raise NoticeError("没有可以公示的内容；先导入台账或办完整改")
    for number, row in enumerate(content.rows, 1):
        if any(isinstance(cell, str) and holds_numbers(cell) for cell in row):
            raise NoticeError(f"第 {number} 行里有证件号、电话或卡号；请先在记录里改掉再公示")
    if replaces is not None and not why.strip():
        raise NoticeError("更正公示要写明更正了什么")
    if replaces is not None:
        _replaceable(replaces, organisation, register, kind)
    with commit(person, organisation, "publish", "拟公示") as act:
        if Notice.objects.filter(
            organisation=organisation, register=register, kind=kind, state=Notice.State.DRAFT
        ).exists():
            raise NoticeError("已有一份同类的公示在等签字；先签字或退回")
        return act.save(
            Notice(
                organisation=organisation,
                register=register,
                kind=kind,
                title=title,
                content=content.plain(),
                records=list(content.records),
                lines=len(content.rows),
                newest=max(content.records, default=0),
                drafted_by=person,
                drafted_on=act.on,
                replaces=replaces,
                why=why.strip(),
            )
        )


def _replaceable(notice: Notice, organisation: Organisation, register: str, kind: str) -> None:
    """A correction takes the place of a notice of the same village and kind that is up and has no correction yet."""
    if (notice.organisation_id, notice.register, notice.kind) != (organisation.pk, register, kind):
        raise NoticeError("更正公示要和它更正的那一份是同一个村、同一类")
    if notice.state != Notice.State.PUBLISHED:
        raise NoticeError("只有公布过的公示才能更正")
    if notice.successor is not None:
        raise NoticeError(f"这份公示已经由 {notice.successor.number} 更正；请更正那一份")


def to_sign(notice: Notice) -> str:
    """The digest of what the supervisor reads and signs: the content, and of a correction what it replaces and why."""
    told = {"replaces": notice.replaces.number, "why": notice.why} if notice.replaces is not None else {}
    return digest({**notice.content, **told})


def bars(person: Person, notice: Notice) -> str:
    """Why this person cannot sign this notice; "" when they can."""
    drafter = notice.drafted_by
    if drafter is None:
        return ""
    if drafter.pk == person.pk or drafter.name == person.name:
        return "拟稿人不能给自己的公示签字；请另一位监督成员签"
    related = Kin.objects.filter(
        Q(name=person.name, officer__name=drafter.name) | Q(name=drafter.name, officer__name=person.name),
        officer__organisation=notice.organisation,
    ).first()
    return (
        f"{person.name}与拟稿人{drafter.name}是近亲属（{related.relation}），不能签字；请另一位监督成员签"
        if related
        else ""
    )


def sign(person: Person, notice: Notice, read: str) -> Notice:
    """Signs off and publishes. ``read`` is the digest of the draft the signer had before them.

    :raises NoticeError: when the signer may not sign, or the draft is another than the one read.
    """
    with commit(person, notice.organisation, "sign", "签字公示") as act:
        fresh: Notice = (
            Notice.objects.select_for_update(of=("self",))
            .select_related("organisation", "drafted_by", "replaces")
            .get(pk=notice.pk)
        )
        if fresh.state != Notice.State.DRAFT:
            raise NoticeError("这份公示已经签过字或退回了")
        if fresh.replaces is not None:
            _replaceable(fresh.replaces, fresh.organisation, fresh.register, fresh.kind)
        if to_sign(fresh) != read:
            raise NoticeError("公示稿在您读的时候变了；请重新读过再签")
        if barred := bars(person, fresh):
            raise NoticeError(barred)
        days = required("display", act.on)
        fresh.number = _next_number(fresh.organisation, act.on.year)
        fresh.signed_by, fresh.state = person, Notice.State.PUBLISHED
        fresh.first_day, fresh.last_day = act.on, last_day(act.on, days.days)
        notice_bytes = {"head": _head(fresh, days.days, days.cite, days.certain), **fresh.content}
        fresh.body, fresh.sha256 = envelope(notice_bytes), digest(notice_bytes)
        act.told("notice", number=fresh.number, sha256=fresh.sha256)
        act.save(fresh)
    return fresh


def _next_number(organisation: Organisation, year: int) -> str:
    taken = Notice.objects.filter(organisation=organisation, number__startswith=f"{organisation.code}-{year}-").count()
    return f"{organisation.code}-{year}-{taken + 1:03d}"


def _head(notice: Notice, days: int, cite: str, certain: bool) -> dict[str, Any]:
    home = Home.objects.first()
    return {
        "title": notice.title,
        "kind": notice.kind,
        "register": notice.register,
        "number": notice.number,
        "organisation": {
            "code": notice.organisation.code,
            "name": notice.organisation.name,
            "above": [each.name for each in notice.organisation.above if each.pk != notice.organisation_id],
        },
        "drafted_by": notice.drafted_by.name if notice.drafted_by else "",
        "signed_by": notice.signed_by.name if notice.signed_by else "",
        "from": str(notice.first_day),
        "to": str(notice.last_day),
        "days": days,
        "cite": cite,
        "cite_certain": certain,
        "replaces": {"number": notice.replaces.number, "sha256": notice.replaces.sha256} if notice.replaces else None,
        "why": notice.why,
        "demo": bool(home and home.is_demo),
    }


def send_back(person: Person, notice: Notice, why: str) -> Notice:
    """The supervisor does not sign, and says why.

    :raises NoticeError: without a reason.
    """
    if not why.strip():
        raise NoticeError("退回要写明哪里不对")
    with commit(person, notice.organisation, "sign", "退回公示") as act:
        fresh: Notice = Notice.objects.select_for_update().get(pk=notice.pk)
        if fresh.state != Notice.State.DRAFT:
            raise NoticeError("这份公示已经签过字或退回了")
        fresh.state, fresh.why = Notice.State.RETURNED, why.strip()
        return act.save(fresh, "state", "why")


def take_down(person: Person, notice: Notice, on: date, why: str) -> Notice:
    """Records that the sheet came down before its days were over (torn, removed, washed off): it has to be shown again.

    :raises NoticeError: for a notice that is not up, a day outside its days, or no reason.
    """
    if not why.strip():
        raise NoticeError("写明为什么提前取下")
    with commit(person, notice.organisation, "publish", "记提前取下") as act:
        fresh: Notice = Notice.objects.select_for_update().get(pk=notice.pk)
        if fresh.state != Notice.State.PUBLISHED or fresh.down_on is not None:
            raise NoticeError("这份公示没有在公示，或者已经记过取下")
        if not fresh.first_day <= on < fresh.last_day or on > act.on:
            raise NoticeError(
                f"取下的日期应当在 {fresh.first_day} 和 {min(fresh.last_day - timedelta(days=1), act.on)} 之间"
            )
        fresh.down_on, fresh.down_why = on, why.strip()
        act.told("taken_down", number=fresh.number, on=str(on))
        return act.save(fresh, "down_on", "down_why")


def photograph(person: Person, notice: Notice, name: str, data: bytes) -> Attachment:
    """Keeps a photograph of the board as evidence that the notice hung there.

    :raises NoticeError: for a notice that is not up, or a file that is no picture.
    """
    if notice.state != Notice.State.PUBLISHED:
        raise NoticeError("还没有公示，先请监督成员签字")
    if not files.kind_of(name, data).startswith("image/"):
        raise NoticeError("公示照片要 PNG 或 JPEG 图片")
    with commit(person, notice.organisation, "publish", "交公示照片") as act:
        return files.keep(act, name, data, label=PHOTO, record=notice.key)
