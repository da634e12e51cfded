"""Letters made, served and answered, and forms that places put in the house's stead. Each within an open door.

A demand counts from the day it reached the debtor, with its proof (民法典第195条；诉讼时效规定(2020)第8条): an unserved letter
restarts nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import Max

from mingbai.letters import form
from mingbai.letters.form import Facts, FormError
from mingbai.letters.kinds import Kind, kinds
from mingbai.letters.models import Form, Letter
from mingbai.letters.paper import Sheet
from mingbai.places.models import Organisation
from mingbai.records.door import Commit
from mingbai.records.models import Attachment
from mingbai.units import format_date

MARKED: dict[str, str] = {
    "witnessed": "两位见证人的姓名",
    "ems": "邮政特快专递的单号",
    "notarised": "公证书号",
    "public": "刊登在哪里",
}
"""What each way of serving must also say."""


class LetterError(ValueError):
    """What cannot be done with a letter or a form; the sentence says why and what to do."""


def chinese(day: date | None) -> str | None:
    """2026年9月30日; None where unknown."""
    return None if day is None else f"{day.year}年{day.month}月{day.day}日"


def forms_of(organisation: Organisation) -> dict[str, Form]:
    """Kind → the place's form that holds for an organisation: of the nearest place that has one, its newest."""
    rows = Form.objects.filter(organisation__in=organisation.above, state=Form.State.APPROVED).select_related(
        "organisation"
    )
    newest = {
        (each.organisation.path, each.kind): each for each in sorted(rows, key=lambda each: (each.decided_on, each.pk))
    }
    found: dict[str, Form] = {}
    for (_, kind), each in sorted(newest.items(), key=lambda item: len(item[0][0])):
        if each.text:
            found[kind] = each
    return found


def make(
    act: Commit,
    kind: Kind,
    facts: Facts,
    *,
    held: Form | None = None,
    record: str = "",
    about: str = "",
    addressee: str = "",
    amount_fen: int | None = None,
) -> Letter:
    """Makes a letter for the open door's organisation, numbered without gaps for its kind and year. ``held``: the form in
    the house's stead, of :func:`forms_of`."""
    year = act.on.year
    last = Letter.objects.filter(organisation=act.organisation, kind=kind.name, year=year).aggregate(Max("number"))[
        "number__max"
    ]
    letter = Letter(
        organisation=act.organisation,
        kind=kind.name,
        year=year,
        number=(last or 0) + 1,
        record=record,
        about=about[:200],
        addressee=addressee[:200],
        amount_fen=amount_fen,
        on=act.on,
        answer_by=act.on + timedelta(days=kind.answer_days) if kind.answer_days else None,
        form=held,
        by=act.person,
    )
    values = {**facts.values, "文书编号": letter.full_number}
    if letter.answer_by is not None:
        values["缴清日期"] = chinese(letter.answer_by)
    letter.words = Letter.kept(form.fill(held.text if held else kind.own_form, replace(facts, values=values)))
    return act.save(letter)


def sheet(letter: Letter, identity: str | None = None) -> Sheet:
    """A letter ready for paper. ``identity``: the number to put where the form asks for one; it is not kept."""
    return Sheet(letter.full_number, letter.what.title, form.revealed(letter.blocks, identity))


def serve(
    act: Commit, letter: Letter, way: str, on: date, evidence: Attachment, mark: str = "", why: str = ""
) -> Letter:
    """Records that a letter reached its addressee, with the proof.

    :raises LetterError: for a day that cannot be, a way that must say more, or a second record without the reason.
    """
    letter = Letter.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=letter.pk)
    if not letter.what.served:
        raise LetterError(f"{letter.what.title}不用送达")
    if way not in Letter.Way.values:
        raise LetterError("请选是怎么送到的")
    if not letter.on <= on <= act.on:
        raise LetterError(f"送达日期要在文书日期 {format_date(letter.on)} 和今天 {format_date(act.on)} 之间")
    if way in MARKED and not mark.strip():
        raise LetterError(f"“{Letter.Way(way).label}”还要写{MARKED[way]}")
    if letter.served_on is not None and not why.strip():
        raise LetterError(f"已经登记过 {format_date(letter.served_on)} 送达；登记错了要改，请写明为什么")
    letter.way, letter.served_on, letter.served_by, letter.mark, letter.evidence = (
        way,
        on,
        act.person,
        mark.strip(),
        evidence,
    )
    if why.strip():
        act.told("letters.corrected", letter=letter.full_number, why=why.strip())
    return act.save(letter, "way", "served_on", "served_by", "mark", "evidence")


def answer(act: Commit, letter: Letter, answer: str, on: date, note: str) -> Letter:
    """Records what the addressee answered.

    :raises LetterError: before it was served, for a day that cannot be, or without a word of what was answered.
    """
    letter = Letter.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=letter.pk)
    if letter.served_on is None:
        raise LetterError("还没有登记送达；先登记送达，再记答复")
    if answer not in Letter.Answer.values or not note.strip():
        raise LetterError("请选对方怎么答复，并写明答复的内容")
    if not letter.served_on <= on <= act.on:
        raise LetterError(f"答复日期要在送达日期 {format_date(letter.served_on)} 和今天 {format_date(act.on)} 之间")
    letter.answer, letter.answered_on, letter.answer_note = answer, on, note.strip()
    return act.save(letter, "answer", "answered_on", "answer_note")


def served_days(organisations: Iterable[Organisation], register: str) -> dict[int, list[date]]:
    """Record → the days letters that restart the limitation reached the debtor, oldest first."""
    counting = [name for name, kind in kinds().items() if kind.counts]
    rows = Letter.objects.filter(
        organisation__in=organisations, kind__in=counting, served_on__isnull=False, record__startswith=f"{register}:"
    )
    found: dict[int, list[date]] = defaultdict(list)
    for record, on in rows.order_by("served_on", "pk").values_list("record", "served_on"):
        found[int(record.partition(":")[2])].append(on)
    return found


# -- forms of places 当地范本


def propose(act: Commit, kind: Kind, text: str, note: str = "") -> Form:
    """Writes down a place's own form; it holds once another has approved it. An empty text: back to what holds above.

    :raises FormError: with everything that is wrong with it.
    """
    text = text.replace("\r\n", "\n").strip()
    if text and (told := form.wrongs(text, kind.blanks, kind.lists, kind.needs, kind.refuses)):
        raise FormError(*told)
    if not text and kind.name not in {
        each.kind for each in forms_of(act.organisation).values() if each.organisation_id == act.organisation.pk
    }:
        raise LetterError("这里没有自己的范本，用的就是上级或者本系统的")
    return act.save(
        Form(
            organisation=act.organisation,
            kind=kind.name,
            text=f"{text}\n" if text else "",
            note=note.strip(),
            proposed_by=act.person,
            proposed_on=act.on,
        )
    )


def decide(act: Commit, wanted: Form, approve: bool, why: str = "") -> Form:
    """Approves another's form, or refuses one (or takes one's own back) with the reason.

    :raises LetterError: for one's own, for one that is decided, or a refusal without a reason.
    """
    wanted = Form.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=wanted.pk)
    if wanted.state != Form.State.PROPOSED:
        raise LetterError(f"这一份已经定了：{wanted.get_state_display()}")
    if approve and act.person is not None and wanted.proposed_by_id == act.person.pk:
        raise LetterError("自己提的要由另一个人批准")
    if not approve and not why.strip():
        raise LetterError("请写明理由")
    wanted.state = Form.State.APPROVED if approve else Form.State.REFUSED
    wanted.decided_by, wanted.decided_on, wanted.why = act.person, act.on, why.strip()
    return act.save(wanted, "state", "decided_by", "decided_on", "why")
