"""Letters of records, places and spot checks 做文书: which fit, what fills them, made and served through the door."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mingbai.kit.cases import record_of
from mingbai.kit.findings import law, policy_of
from mingbai.kit.furniture import Asked, Furniture, Writes, furniture
from mingbai.kit.models import Case, Finding, SpotCheck
from mingbai.kit.record import Record
from mingbai.kit.road import Stage
from mingbai.letters import desk, form
from mingbai.letters.desk import LetterError, chinese
from mingbai.letters.form import Facts
from mingbai.letters.kinds import Kind, kinds
from mingbai.letters.models import Letter
from mingbai.letters.paper import Sheet
from mingbai.letters.word import docx
from mingbai.limits import LETTERS_AT_ONCE
from mingbai.places.clock import today
from mingbai.places.models import Organisation, Person
from mingbai.places.scope import Scope, scope
from mingbai.records import files
from mingbai.records.door import Commit, commit
from mingbai.records.models import Decision, Receipt
from mingbai.units import format_money
from mingbai.units.wording import phrase

POWER = {"record": "edit", "place": "assign", "check": "spot_check"}
"""Who makes a letter: of a record, of a place (the clerk of a village too), of a spot check."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A letter that could be made of a record, and why it fits."""

    kind: Kind
    cause: str


def asked(kit: Furniture, record: Any, on: date) -> Asked:
    """Everything a letter about a record is made from."""
    findings = Finding.objects.filter(register=kit.name, record=record.pk, gone=False).exclude(
        state=Finding.State.SET_ASIDE
    )
    return Asked(
        record,
        on,
        law(kit.name, policy_of(kit, record.organisation, on)),
        list(findings),
        list(Decision.objects.filter(record=record.key)),
        list(Receipt.objects.filter(record=record.key)),
        Case.objects.filter(register=kit.name, record=record.pk, secret=False).order_by("-pk").first(),
        letters_of(record),
    )


def offers(kit: Furniture, record: Any, on: date) -> list[Offer]:
    """The letters of a record, those that fit its findings first."""
    if not kit.road.letters:
        return []
    known = asked(kit, record, on)
    found = [Offer(kinds()[each.kind], each.cause(known)) for each in kit.road.letters]
    return sorted(found, key=lambda each: not each.cause)


def _writes(kit: Furniture, kind: str) -> Writes:
    found = next((each for each in kit.road.letters if each.kind == kind), None)
    if found is None:
        raise LetterError(f"{kit.title}没有“{kind}”这种文书")
    return found


def make(person: Person, record: Record, kind: str) -> Letter:
    """Makes a letter about a record.

    :raises LetterError: where nothing speaks for it (no arrears: no demand).
    """
    return make_many(person, record.organisation, [record], kind)[0]


def make_many(person: Person, place: Organisation, records: Sequence[Any], kind: str) -> list[Letter]:
    """Makes the same kind of letter about many records of one village, all or none.

    :raises LetterError: as :func:`make`, or for more than one batch.
    """
    if len(records) > LETTERS_AT_ONCE:
        raise LetterError(f"一次最多做 {LETTERS_AT_ONCE} 份；请分几次")
    with commit(
        person, place, "edit", phrase("做{letter}", letter=kinds()[kind].title) if kind in kinds() else "做文书"
    ) as act:
        held = desk.forms_of(place)
        return [_make(act, record, kind, held) for record in records]


def _make(act: Commit, record: Any, kind: str, held: dict[str, Any]) -> Letter:
    assert record.organisation_id == act.organisation.pk, "a record of another village"
    kit = furniture(record.register.name)
    writes, known = _writes(kit, kind), asked(kit, record, act.on)
    if kinds()[kind].counts and not writes.cause(known):
        raise LetterError(f"{record.name}没有欠缴，不用{kinds()[kind].title}")
    addressee = getattr(record, kit.road.party[0]) if kit.road.party else None
    return desk.make(
        act,
        kinds()[kind],
        writes.facts(known),
        held=held.get(kind),
        record=record.key,
        about=record.name,
        addressee=addressee or "",
        amount_fen=writes.amount_fen(known),
    )


LATELY = timedelta(days=365)
"""Who was asked within this time is not asked again in a batch."""


def demanded_lately(scoped: Scope, register: str, on: date) -> set[int]:
    """Records with a demand made within a year, served or still to be."""
    rows = scoped.of(Letter).filter(kind="demand", on__gt=on - LATELY, record__startswith=f"{register}:").order_by()
    return {int(record.partition(":")[2]) for record in rows.values_list("record", flat=True)}


def in_debt(scoped: Scope, place: Organisation, register: str) -> list[Any]:
    """Records of a village that owe and were not asked within a year."""
    rows = (
        scoped.of(furniture(register).model)
        .filter(organisation=place, owed_fen__gt=0)
        .exclude(pk__in=demanded_lately(scoped, register, today()))
    )
    return list(rows.select_related("organisation").order_by("serial"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a letter reached its addressee, with the bytes of the proof."""

    letter: Letter
    way: str
    on: date
    name: str
    data: bytes
    mark: str = ""


def serve(person: Person, delivery: Delivery, why: str = "") -> Letter:
    """Records that a letter was served; from then on it counts.

    :raises LetterError: see :func:`mingbai.letters.desk.serve`.
    :raises records.files.UnwelcomeError: for a proof that is no file we keep.
    """
    return serve_many(person, delivery.letter.organisation, [delivery], why)[0]


def serve_many(person: Person, place: Organisation, deliveries: Sequence[Delivery], why: str = "") -> list[Letter]:
    """Many letters of one village, all or none; its findings are made anew once."""
    with commit(person, place, "edit", "登记送达") as act:
        served = []
        for each in deliveries:
            assert each.letter.organisation_id == place.pk, "a letter of another village"
            register = each.letter.record.partition(":")[0]
            proof = files.keep(act, each.name, each.data, label=_proof(each.letter), record=each.letter.key)
            served.append(desk.serve(act, each.letter, each.way, each.on, proof, each.mark, why))
            if each.letter.what.counts and register:
                act.recheck(f"findings:{register}")
    return served


def _proof(letter: Letter) -> str:
    """The label of the proof: what the record's class asks for, where it asks for one of this letter."""
    register = letter.record.partition(":")[0]
    proofs = (
        (proof for klass in furniture(register).road.classes.values() for proof in klass.proofs) if register else ()
    )
    return next(
        (proof.title for proof in proofs if proof.kind == "file" and proof.title.startswith(letter.what.title)),
        f"{letter.what.title}送达证明",
    )


def answer(person: Person, letter: Letter, said: str, on: date, note: str) -> Letter:
    """Records what the addressee answered."""
    with commit(person, letter.organisation, "edit", "登记答复") as act:
        return desk.answer(act, letter, said, on, note)


def letters_of(record: Any) -> list[Letter]:
    return list(Letter.objects.filter(record=record.key).select_related("organisation", "by", "evidence"))


def panel(kit: Furniture, record: Any, now: date, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """What a record's page says of its letters: those made, and until when the law protects what is owed."""
    if not kit.road.letters:
        return {}
    made = letters_of(record)
    return {
        "letters": made,
        "limitation": kit.road.limitation(record, receipts, made, now) if kit.road.limitation else [],
    }


# -- letters of places and of spot checks


def may_list(person: Person, place: Organisation) -> str:
    """The power with which a person makes a place's list; "" for none."""
    return next((power for power in (POWER["place"], "edit") if scope(person, power).covers(place)), "")


def list_of(person: Person, place: Organisation, register: str) -> Letter:
    """The rectification list 整改清单 of a village, or of all villages below a place."""
    kit, on = furniture(register), today()
    with commit(person, place, may_list(person, place) or POWER["place"], "做整改清单") as act:
        rows = Case.objects.filter(organisation__in=place.below, register=register, secret=False).select_related(
            "organisation", "responsible"
        )
        cases = list(rows.order_by("organisation__path", "pk"))
        records = kit.model._default_manager.select_related("organisation").in_bulk([case.record for case in cases])
        confirmed: dict[int, list[str]] = {}
        for finding in Finding.objects.filter(case__in=cases, state=Finding.State.CONFIRMED).order_by("rule"):
            title = (
                kit.rulebook.rules[finding.rule].title if kit.rulebook and finding.rule in kit.rulebook.rules else ""
            )
            confirmed.setdefault(finding.case_id, []).append(f"{finding.rule} {title}".strip())
        done = [case for case in cases if case.stage in (Stage.ACCEPTED, Stage.CLOSED)]
        late = [case for case in cases if case not in done and case.deadline is not None and case.deadline < on]
        lines = [
            {
                "序号": str(number),
                "村": case.organisation.name,
                "合同": _short(records[case.record]),
                "问题": "、".join(confirmed.get(case.pk, ())),
                "措施": case.measure or None,
                "责任人": case.responsible.name if case.responsible else None,
                "期限": chinese(case.deadline),
                "环节": Stage(case.stage).label,
                "销号日期": chinese(case.closed_on),
            }
            for number, case in enumerate(cases, 1)
        ]
        recovered = sum(record.recovered_fen for record in records.values())
        values = {
            "地方": place.name,
            "制表日期": chinese(on),
            "件数": str(len(cases)),
            "已完成": str(len(done)),
            "整改中": str(len(cases) - len(done)),
            "逾期": str(len(late)),
            "追缴": format_money(recovered),
        }
        return desk.make(
            act,
            kinds()["rectification"],
            Facts(values, {"每件": lines}),
            held=desk.forms_of(place).get("rectification"),
            about=place.name,
        )


def check_record(person: Person, check: SpotCheck) -> Letter:
    """The record of a spot check 抽查记录, with its seed and what was found in each case drawn."""
    on, kit = today(), None
    with commit(person, check.organisation, POWER["check"], "做抽查记录") as act:
        cases = list(
            Case.objects.filter(pk__in=check.drawn, secret=False)
            .select_related("organisation")
            .prefetch_related("steps")
            .order_by("pk")
        )
        lines, back = [], 0
        for number, case in enumerate(cases, 1):
            kit = furniture(case.register)
            word = next(
                (each for each in case.steps.all() if each.name in ("close", "reopen") and each.on >= check.on), None
            )
            back += word is not None and word.name == "reopen"
            lines.append(
                {
                    "序号": str(number),
                    "整改编号": str(case.pk),
                    "村": case.organisation.name,
                    "合同": _short(record_of(case)),
                    "类别": f"{case.klass} {kit.road.classes[case.klass].title}",
                    "结果": {"close": "通过，销号", "reopen": "退回重办"}[word.name] if word else "还没有结论",
                    "结论日期": chinese(word.on) if word else None,
                    "说明": word.note if word and word.note else None,
                }
            )
        passed = sum(line["结果"] == "通过，销号" for line in lines)
        values = {
            "地方": check.organisation.name,
            "抽查日期": chinese(check.on),
            "抽查人": check.by.name if check.by else None,
            "种子": check.seed,
            "比例": str(check.share),
            "总体": str(len(check.of)),
            "抽中": str(len(check.drawn)),
            "合格": str(passed),
            "退回": str(back),
            "待结论": str(len(lines) - passed - back),
            "制表日期": chinese(on),
        }
        return desk.make(
            act,
            kinds()["spot_check"],
            Facts(values, {"每件": lines}),
            held=desk.forms_of(check.organisation).get("spot_check"),
            about=check.organisation.name,
        )


def _short(record: Any) -> str:
    return str(record.name).removeprefix(record.organisation.name).strip()


# -- out of the house


def identity_of(letter: Letter) -> str | None:
    """The identity number the letter's form asks for, from the record's sealed cell."""
    register, _, pk = letter.record.partition(":")
    party = furniture(register).road.party if register else None
    if party is None:
        return None
    record = furniture(register).model._default_manager.filter(pk=pk).first()
    number: str | None = getattr(record, party[1], None)
    return number


def wants_identity(letter: Letter) -> bool:
    return form.HELD in letter.words


def bundle(letters: Iterable[Letter], demo: bool) -> bytes:
    """Letters as a zip of Word files, one each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for letter in letters:
            archive.writestr(f"{file_name(letter)}.docx", docx(desk.sheet(letter), demo))
    return out.getvalue()


def file_name(letter: Letter) -> str:
    """A file's name of the letter's number: no path in it, whatever people are called."""
    said = f"{letter.what.title}_{letter.full_number}_{letter.addressee or letter.about}"
    return (
        "".join("_" if each in '\\/:*?"<>|' or ord(each) < 32 else each for each in said)
        .replace("..", "_")
        .strip(". ")[:80]
    )


def forms(place: Organisation) -> list[tuple[Kind, Any]]:
    """Every kind with the form in the house's stead at a place, or None."""
    held = desk.forms_of(place)
    return [(kind, held.get(name)) for name, kind in kinds().items()]


def paper_sheets(letters: Iterable[Letter]) -> list[Sheet]:
    return [desk.sheet(letter) for letter in letters]
