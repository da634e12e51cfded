"""What people do on the road: judge findings, decide the class, assign, bring evidence, check, accept, spot-check.

Each is one commit. What may follow what stands in :mod:`mingbai.kit.road`; what a class must bring, in the register.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from mingbai.kit.findings import after_events, facts, restand, restand_all
from mingbai.kit.furniture import Furniture, furniture
from mingbai.kit.models import Case, Finding, SpotCheck, Step
from mingbai.kit.record import Record
from mingbai.kit.road import MOVES, Move, Proof, RoadError, Stage, take
from mingbai.places.models import GridCell, Organisation, Person
from mingbai.places.powers import POWERS
from mingbai.places.scope import scope
from mingbai.records import files
from mingbai.records.door import Commit, commit
from mingbai.records.models import Attachment, Decision, Receipt
from mingbai.records.receipts import receive as book
from mingbai.units import mask_numbers
from mingbai.units.wording import phrase

CLUE = "G"
OVER_A_CASE = frozenset(("accept", "spot_check"))
"""A finding that has become a case is set aside by those who accept cases or check them, not by the village itself."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on a finding: confirmed, or set aside with the reason."""

    finding: Finding
    confirm: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The class of a record with what is made of its findings, for many records at once."""

    record: Record
    klass: str
    judgements: Sequence[Judgement] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A case handed to a person: by when, and how it is to be put right."""

    case: Case
    responsible: Person
    deadline: date
    measure: str
    cell: GridCell | None = None


def powers_over(person: Person, organisation: Organisation) -> frozenset[str]:
    return frozenset(power for power in POWERS if scope(person, power).covers(organisation))


def judge(person: Person, record: Record, judgements: Sequence[Judgement]) -> None:
    """Confirms findings or sets them aside.

    :raises RoadError: for setting aside without a reason.
    """
    with commit(person, record.organisation, "confirm", "认定疑点") as act:
        _judge(act, record, judgements)
        restand(furniture(record.register.name), act, record)
    record.refresh_from_db()


def _judge(act: Commit, record: Record, judgements: Sequence[Judgement]) -> None:
    for each in judgements:
        finding = Finding.objects.filter(pk=each.finding.pk).first()
        if finding is None:
            raise RoadError(f"疑点 {each.finding.rule} 刚刚重查过，已经不在了；请看过再认定")
        assert (finding.register, finding.record) == (record.register.name, record.pk), "a finding of another record"
        if not each.confirm and not each.reason.strip():
            raise RoadError(f"排除“{finding.sentence[:20]}…”要写明理由：看了什么、为什么不是问题")
        if (
            not each.confirm
            and finding.case_id is not None
            and act.person is not None
            and not powers_over(act.person, record.organisation) & OVER_A_CASE
        ):
            raise RoadError(f"疑点 {finding.rule} 已经立项整改，村里不能再排除；认错了请街道或区里来排除")
        finding.state = Finding.State.CONFIRMED if each.confirm else Finding.State.SET_ASIDE
        finding.reason, finding.by, finding.on = each.reason.strip(), act.person, act.on
        finding.facts = "" if each.confirm else _stood_on(act, record, finding)
        act.save(finding, "state", "reason", "facts", "by", "on")
    for case in Case.objects.filter(register=record.register.name, record=record.pk, secret=False).exclude(
        stage__in=(Stage.ACCEPTED, Stage.CLOSED)
    ):
        if not Finding.objects.filter(case=case, state=Finding.State.CONFIRMED).exists():
            case.stage, case.closed_on = Stage.CLOSED.value, act.on
            act.save(case, "stage", "closed_on")
            _step(act, case, "withdraw", "立项的疑点都排除了，撤项")
            act.change(Finding.objects.filter(case=case), case=None)  # confirmed again they want a case of their own


def _stood_on(act: Commit, record: Record, finding: Finding) -> str:
    kit = furniture(record.register.name)
    fresh = type(record)._default_manager.select_related("organisation").get(pk=record.pk)
    return facts(kit, fresh, finding, after_events(kit, fresh, act.on))


def decide(person: Person, record: Record, klass: str, judgements: Sequence[Judgement] = ()) -> Case | None:
    """Decides the class of a record, with what is made of its findings; a class that asks for a remedy opens its case.

    :raises RoadError: when findings are left open, or the class and the findings contradict each other.
    """
    kit = furniture(record.register.name)
    with commit(person, record.organisation, "confirm", "定类别") as act:
        _judge(act, record, judgements)
        case = _decide(act, kit, record, klass)
        restand(kit, act, record)
    record.refresh_from_db()
    return case


def decide_many(
    person: Person, organisation: Organisation, register: str, choices: Sequence[Choice]
) -> list[Case | None]:
    """Decides the classes of many records of one village (批量定类别), all or none.

    :raises RoadError: as :func:`decide`.
    """
    kit = furniture(register)
    with commit(person, organisation, "confirm", "批量定类别") as act:
        cases = []
        for choice in choices:
            assert choice.record.organisation_id == organisation.pk, "a record of another village"
            _judge(act, choice.record, choice.judgements)
            cases.append(_decide(act, kit, choice.record, choice.klass))
        restand_all(kit, act, organisation)
    return cases


def _decide(act: Commit, kit: Furniture, record: Record, klass: str) -> Case | None:
    """The caller makes the record's standing anew."""
    if klass not in kit.road.classes:
        raise RoadError(f"没有“{klass}”这一类；有 {'、'.join(kit.road.classes)}")
    if kit.road.classes[klass].secret:
        raise RoadError("移交线索另外登记，不作为合同的类别公开")
    findings = list(Finding.objects.filter(register=kit.name, record=record.pk).select_related("case"))
    waiting = [each for each in findings if each.state == Finding.State.OPEN and not each.gone]
    if waiting:
        raise RoadError(
            f"还有 {len(waiting)} 个疑点没有认定：{'、'.join(each.rule for each in waiting)}；请逐个认定或排除"
        )
    confirmed = [each for each in findings if each.state == Finding.State.CONFIRMED]
    chosen = kit.road.classes[klass]
    if chosen.irregular and not confirmed:
        raise RoadError(
            f"没有认定任何疑点，不能定为“{chosen.title}”；没有问题请定为“{kit.road.classes[kit.road.clean].title}”"
        )
    if not chosen.irregular and confirmed:
        raise RoadError(f"已经认定了 {'、'.join(each.rule for each in confirmed)}，不能定为“{chosen.title}”")
    if (
        confirmed
        and klass != record.klass
        and all(each.case_id and each.case.stage in (Stage.ACCEPTED, Stage.CLOSED) for each in confirmed)
    ):
        raise RoadError("整改已经按原来的类别验收，类别不能再改；要改，请区里抽查退回重办")
    record.klass = klass
    act.save(record, "klass")
    case = (
        Case.objects.filter(register=kit.name, record=record.pk, secret=False)
        .exclude(stage__in=(Stage.ACCEPTED, Stage.CLOSED))
        .first()
    )
    if chosen.irregular:
        loose = [each for each in confirmed if each.case_id is None or (case is not None and each.case_id == case.pk)]
        if case is None and loose:
            case = act.save(
                Case(
                    organisation=record.organisation,
                    register=kit.name,
                    record=record.pk,
                    klass=klass,
                    opened_on=act.on,
                    cell=record.cell,
                )
            )
            _step(act, case, "open", "立项")
        elif case is not None:
            case.klass = klass
            act.save(case, "klass")
        for each in loose:
            each.case = case
            act.save(each, "case")
    return case


def pass_clean(person: Person, organisation: Organisation, register: str, records: Iterable[int] | None = None) -> int:
    """Decides the clean class for every record of a village that has no finding and no class yet (批量). Their number."""
    kit = furniture(register)
    with commit(person, organisation, "confirm", "批量定为没有问题") as act:
        rows = kit.model._default_manager.filter(
            organisation=organisation, klass="", open_findings=0, confirmed_findings=0
        )
        if records is not None:
            rows = rows.filter(pk__in=list(records))
        which = list(rows.values_list("pk", flat=True))
        act.change(kit.model._default_manager.filter(pk__in=which), klass=kit.road.clean)
        act.rewrite(kit.model, ("stage",), [(pk, ("clean",)) for pk in which])
    return len(which)


def assign(
    person: Person, case: Case, responsible: Person, deadline: date, measure: str, cell: GridCell | None = None
) -> Case:
    """Hands a case to a person, with a deadline and a measure.

    :raises RoadError: for a deadline in the past, no measure, or a person who cannot work there.
    """
    with commit(person, case.organisation, "assign", "派单") as act:
        _assign(act, Order(case, responsible, deadline, measure, cell))
        restand(furniture(case.register), act, record_of(case))
    return case


def assign_many(person: Person, organisation: Organisation, register: str, orders: Sequence[Order]) -> None:
    """Hands out many cases of one village (批量派单), all or none.

    :raises RoadError: as :func:`assign`.
    """
    with commit(person, organisation, "assign", "批量派单") as act:
        for order in orders:
            assert (order.case.register, order.case.organisation_id) == (register, organisation.pk), (
                "a case of another village"
            )
            _assign(act, order)
        restand_all(furniture(register), act, organisation)


def _assign(act: Commit, order: Order) -> None:
    case = order.case
    case.refresh_from_db()  # somebody may have moved it since it was shown
    if order.deadline < act.on:
        raise RoadError(f"期限 {order.deadline} 已经过了；请定在 {act.on} 或以后")
    if not order.measure.strip():
        raise RoadError("请写明怎么办（措施）")
    if not scope(order.responsible, "view").covers(case.organisation):
        raise RoadError(f"{order.responsible.name}看不到{case.organisation.name}的记录，不能派给他")
    case.responsible, case.deadline, case.measure = order.responsible, order.deadline, order.measure.strip()
    case.cell = order.cell or case.cell
    _take(act, case, "assign", missing=())
    act.save(case, "responsible", "deadline", "measure", "cell")


def step(person: Person, case: Case, name: str, note: str = "") -> Case:
    """Takes one step of the road on a case.

    :raises RoadError: when it cannot be taken; the sentence says why.
    """
    move = _move(name)
    with commit(person, case.organisation, move.power, move.title, note=note) as act:
        case = Case.objects.select_for_update().get(pk=case.pk)
        _take(act, case, name, missing(case) if move.needs_evidence else (), note)
        restand(furniture(case.register), act, record_of(case))
    return case


def step_many(
    person: Person, organisation: Organisation, register: str, cases: Sequence[Case], name: str, note: str = ""
) -> dict[int, str]:
    """Takes one step on many cases of one village (批量). Those that cannot take it stay where they are: case number →
    the sentence that says why."""
    move, left = _move(name), {}
    with commit(person, organisation, move.power, phrase("批量{move}", move=move.title), note=note) as act:
        rows = Case.objects.select_for_update().filter(
            pk__in=[case.pk for case in cases], organisation=organisation, register=register
        )
        for case in rows.order_by("pk"):
            try:
                _take(act, case, name, missing(case) if move.needs_evidence else (), note)
            except RoadError as error:
                left[case.pk] = str(error)
        restand_all(furniture(register), act, organisation)
    return left


def _move(name: str) -> Move:
    move = MOVES.get(name)
    if move is None or name == "assign":
        raise RoadError(f"没有“{name}”这一步")
    return move


def _take(act: Commit, case: Case, name: str, missing: Sequence[Proof], note: str = "") -> None:
    """Refused before anything is written; the caller makes the record's standing anew."""
    last = case.steps.order_by("-pk").first() if case.pk else None
    powers = powers_over(act.person, case.organisation) if act.person is not None else frozenset(POWERS)
    if case.secret and "clue" not in powers:
        raise PermissionDenied("这是移交线索")
    stage = take(
        Stage(case.stage),
        name,
        powers=powers,
        missing=missing,
        reason=note,
        by=act.person.pk if act.person else None,
        before=last.by_id if last else None,
    )
    case.stage = stage.value
    if stage == Stage.CLOSED:
        case.closed_on = act.on
    if name == "reopen":
        case.reopened, case.closed_on = case.reopened + 1, None
    act.save(case, "stage", "closed_on", "reopened")
    _step(act, case, name, note)


def _step(act: Commit, case: Case, name: str, note: str) -> None:
    act.save(Step(case=case, name=name, to=case.stage, by=act.person, on=act.on, note=note))


def record_of(case: Case) -> Record:
    return furniture(case.register).model._default_manager.select_related("organisation").get(pk=case.record)


def missing(case: Case) -> list[Proof]:
    """The evidence its class asks for that is not there yet. Evidence counts from the day the case was opened."""
    key = f"{case.register}:{case.record}"
    proofs = furniture(case.register).road.classes[case.klass].proofs
    labels = set(Attachment.objects.filter(record=key, on__gte=case.opened_on).values_list("label", flat=True))
    held = Decision.objects.filter(record=key, held_on__gte=case.opened_on).exists()
    paid = Receipt.objects.filter(record=key, received_on__gte=case.opened_on).exists()
    there = {"decision": held, "receipt": paid}
    return [proof for proof in proofs if not (proof.title in labels if proof.kind == "file" else there[proof.kind])]


def attach(person: Person, record: Record, label: str, name: str, data: bytes) -> Attachment:
    """Keeps a file with a record, labelled with what it proves.

    :raises records.files.UnwelcomeError: for a file that is no evidence.
    """
    with commit(person, record.organisation, "edit", "交附件") as act:
        return files.keep(act, name, data, label=label, record=record.key)


def resolve(
    person: Person,
    record: Record,
    *,
    body: str,
    held_on: date,
    entitled: int,
    present: int,
    votes_for: int,
    subject: str,
    minutes: Attachment | None = None,
) -> Decision:
    """Writes down a decision of a meeting.

    :raises RoadError: for numbers that cannot be.
    """
    if not 0 < present <= entitled or not 0 <= votes_for <= present:
        raise RoadError(
            f"人数不对：应到 {entitled}、实到 {present}、同意 {votes_for}；同意不能多于实到，实到不能多于应到"
        )
    with commit(person, record.organisation, "edit", "登记决议") as act:
        if held_on > act.on:
            raise RoadError(f"会议日期 {held_on} 还没有到")
        return act.save(
            Decision(
                organisation=record.organisation,
                record=record.key,
                body=body,
                held_on=held_on,
                entitled=entitled,
                present=present,
                votes_for=votes_for,
                subject=subject,
                minutes=minutes,
            )
        )


def receive(
    person: Person,
    record: Record,
    amount_fen: int,
    payer: str,
    *,
    received_on: date,
    way: str = "转账",
    evidence: Attachment | None = None,
    once: str = "",
) -> Receipt:
    """Books money received for a record; what is in arrears comes first. Sent again with the same mark ``once``, it is the
    receipt of the first time.

    :raises RoadError: for an amount that is no amount, a day that has not come or lies before the contract, or other money
        under a mark that is used.
    """
    if amount_fen <= 0:
        raise RoadError("收款金额要大于 0")
    if (before := _sent_before(record, once, amount_fen, received_on)) is not None:
        return before
    with commit(person, record.organisation, "edit", "登记收款") as act:
        if received_on > act.on:
            raise RoadError(f"收款日期 {received_on} 还没有到")
        fresh = type(record)._default_manager.select_for_update().get(pk=record.pk)
        first = min((day for name in _BEGINS if (day := getattr(fresh, name, None))), default=_FOUNDED)
        if received_on < first:
            raise RoadError(
                f"收款日期 {received_on} 早于 {first}，那时还没有这份合同；请核对收款日期，合同日期不对的先改合同"
            )
        receipt = _sent_before(record, once, amount_fen, received_on)  # perhaps in this very moment
        if receipt is None:
            receipt = book(
                act,
                record.key,
                amount_fen,
                payer,
                received_on=received_on,
                in_arrears_fen=fresh.owed_fen,
                way=way,
                evidence=evidence,
                once=once or None,
            )
            restand(furniture(record.register.name), act, fresh)
    record.refresh_from_db()
    return receipt


def _sent_before(record: Record, once: str, amount_fen: int, received_on: date) -> Receipt | None:
    receipt = Receipt.objects.filter(organisation=record.organisation, once=once).first() if once else None
    if receipt is not None and (receipt.record, receipt.amount_fen, receipt.received_on) != (
        record.key,
        amount_fen,
        received_on,
    ):
        number = receipt.full_number
        raise RoadError(
            f"这一页已经登记过一笔收款（收据号 {number}），这一笔没有登记；另有一笔的，请重新打开这一页再填"
        )
    return receipt


_BEGINS = ("signed_on", "starts_on")
"""A contract is often signed when it has long begun; money comes after the earlier of the two."""
_FOUNDED = date(1949, 10, 1)


def clue(person: Person, record: Record, facts: str) -> Case:
    """Registers a clue of unlawful dealing (类别 G, 移交线索), seen by county and auditor only."""
    if not scope(person, "clue").covers(record.organisation):
        raise PermissionDenied("登记线索要有“看移交线索”的权力")
    if not facts.strip():
        raise RoadError("请写明线索的事实")
    with commit(person, record.organisation, "confirm", "登记线索") as act:
        case = act.save(
            Case(
                organisation=record.organisation,
                register=record.register.name,
                record=record.pk,
                klass=CLUE,
                opened_on=act.on,
                secret=True,
                measure=facts.strip(),
            )
        )
        _step(act, case, "open", "")
    return case


def draw(cases: Sequence[int], share: int, seed: str) -> list[int]:
    """The sample: the cases whose SHA-256 of ``seed:case`` comes first. Anyone can draw it again with the seed.

    ``share`` is a percentage, at least one case is drawn.
    """
    size = max(1, -(-len(cases) * share // 100)) if cases else 0
    order = sorted(cases, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())
    return sorted(order[:size])


def spot_check(person: Person, organisation: Organisation, register: str, share: int, seed: str) -> SpotCheck:
    """Draws a spot check among the accepted cases below an organisation. The drawn wait for a word each (close or
    reopen); those not drawn are closed.

    :raises RoadError: when there is nothing to draw from or the share is none.
    """
    if not 1 <= share <= 100:
        raise RoadError("抽查比例应在 1 到 100 之间")
    if not seed.strip():
        raise RoadError("请写下抽签的种子（例如当天开奖号码），好让别人也能照样抽一遍")
    with transaction.atomic():
        return _spot_check(
            person, organisation, furniture(register), share, mask_numbers(seed.strip())[:40]
        )  # as it is kept, so that anyone can draw it again


def _spot_check(person: Person, organisation: Organisation, kit: Furniture, share: int, seed: str) -> SpotCheck:
    """The draw is one deed at the place that draws, the closing of the rest one in each village; all of it or nothing."""
    with commit(person, organisation, "spot_check", "抽查") as act:
        of = sorted(
            scope(person, "spot_check")
            .within(organisation)
            .of(Case)
            .filter(register=kit.name, stage=Stage.ACCEPTED, secret=False)
            .exclude(pk__in=_drawn_before())
            .values_list("pk", flat=True)
        )
        if not of:
            raise RoadError("没有已验收、还没抽查过的整改")
        drawn = draw(of, share, seed)
        check = act.save(
            SpotCheck(organisation=organisation, on=act.on, by=person, seed=seed, share=share, of=of, drawn=drawn)
        )
    others = sorted(set(of) - set(drawn))
    places = {
        place.pk: place
        for place in Organisation.objects.filter(pk__in=Case.objects.filter(pk__in=others).values("organisation"))
    }
    for place in places.values():
        with commit(person, place, "spot_check", "未抽中，销号") as act:
            for case in Case.objects.filter(pk__in=others, organisation=place):
                case.stage, case.closed_on = Stage.CLOSED.value, act.on
                act.save(case, "stage", "closed_on")
                _step(act, case, "close", f"抽查 {check.pk} 未抽中")
            restand_all(kit, act, place)
    return check


def _drawn_before() -> list[int]:
    return [pk for drawn in SpotCheck.objects.values_list("drawn", flat=True) for pk in drawn]


def waiting_for_check(cases: Iterable[Any]) -> list[Any]:
    """Accepted cases that a spot check has drawn and nobody has decided."""
    drawn = set(_drawn_before())
    return [case for case in cases if case.pk in drawn and case.stage == Stage.ACCEPTED]
