"""Events of a contract's life at rest: recorded through the door, undone by a further one, laid over what the ledger wrote.

    record(clerk, contract, "demand", date(2026, 9, 1), {"served_by": "当面签收", "amount_fen": 120_000_00})
    undo(clerk, event, date(2026, 9, 3), "登记到别的合同上了")
    standing(contract, date(2026, 9, 30))

After each the rules look at the village again, at the contract as it stands by its events; the ledger's own cells stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields as fields_of
from datetime import date
from typing import Any

from mingbai.kit.findings import law, policies_of
from mingbai.kit.furniture import furniture
from mingbai.places.models import Organisation, Person
from mingbai.records import files
from mingbai.records.door import Commit, commit
from mingbai.records.models import Attachment
from mingbai.registers.contracts import life
from mingbai.registers.contracts.amounts import amount_fen
from mingbai.registers.contracts.happenings import KINDS, TITLES, UNDO
from mingbai.registers.contracts.life import Event, Standing, Terms
from mingbai.registers.contracts.models import Contract, ContractEvent
from mingbai.rules import Law
from mingbai.rules.rule import ymd
from mingbai.units import mask_numbers
from mingbai.units.wording import phrase

REGISTER = "contracts"
_TERMS = tuple(each.name for each in fields_of(Terms))


def record(
    person: Person | None,
    contract: Contract,
    kind: str,
    on: date,
    facts: Mapping[str, Any] | None = None,
    *,
    words: str = "",
    paper: Attachment | None = None,
    file: tuple[str, bytes] | None = None,
) -> ContractEvent:
    """Records that something happened to a contract on a day. ``facts`` by the names of :data:`FIELDS`: money in fen,
    area in mu4, dates as :class:`date` or ISO text. ``words``: anything more, sealed. ``paper``: its evidence, already among
    the contract's attachments; ``file``: (name, bytes) of one to keep with it.

    :raises LifeError: where, what and how to mend, when it may not follow what is there.
    :raises UnwelcomeError: a file that is no evidence.
    :raises PermissionDenied: without the power ``edit`` over the village.
    """
    with commit(
        person, contract.organisation, "edit", phrase("登记合同事件：{event}", event=TITLES.get(kind, kind))
    ) as act:
        if file is not None:
            paper = files.keep(act, *file, label=TITLES.get(kind, kind), record=contract.key)
        return record_within(act, contract, kind, on, facts, words=words, paper=paper)


def record_within(
    act: Commit,
    contract: Contract,
    kind: str,
    on: date,
    facts: Mapping[str, Any] | None = None,
    *,
    words: str = "",
    paper: Attachment | None = None,
    undoes: ContractEvent | None = None,
) -> ContractEvent:
    """The same inside an open door (whoever opened it asked for the power)."""
    fresh = Contract.objects.select_for_update().get(pk=contract.pk)
    if paper is not None and paper.organisation_id != fresh.organisation_id:
        raise life.LifeError("凭证", "不是这个村的附件", "把凭证交到这份合同的附件里再选")
    before = list(fresh.events.all())
    said = _kept(facts or {})
    number = max((each.pk for each in before), default=0) + 1
    life.admit(
        terms(fresh),
        [as_event(each) for each in before],
        Event(number, kind, on, said, undoes.pk if undoes else None),
        _law(fresh.organisation, act.on),
        act.on,
    )
    made = act.save(
        ContractEvent(
            organisation=contract.organisation,
            contract=fresh,
            kind=kind,
            on=on,
            facts=said,
            words=words.strip() or None,
            paper=paper,
            undoes=undoes,
            by=act.person,
            entered_on=act.on,
        )
    )
    act.recheck(f"findings:{REGISTER}")
    return made


def undo(person: Person | None, event: ContractEvent, on: date, why: str) -> ContractEvent:
    """Strikes an event by a further one, with the reason.

    :raises LifeError: no reason, struck already, or later events rest on it.
    """
    with commit(person, event.organisation, "edit", phrase("撤销合同事件：{event}", event=TITLES[event.kind])) as act:
        return record_within(act, event.contract, UNDO, on, {"why": why}, undoes=event)


def _kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are stored: what is empty left out, days as ISO text, numbers of persons in part."""
    kept: dict[str, Any] = {}
    for name, value in facts.items():
        if value in (None, "") and value is not False:
            continue
        kept[name] = (
            value.isoformat()
            if isinstance(value, date)
            else mask_numbers(value.strip())
            if isinstance(value, str)
            else value
        )
    return kept


def terms(contract: Contract) -> Terms:
    """What the ledger wrote of it."""
    return Terms(**{name: getattr(contract, name) for name in _TERMS})


def as_event(row: ContractEvent) -> Event:
    """As :mod:`life` knows it."""
    return Event(row.pk, row.kind, row.on, row.facts, row.undoes_id)


def _law(organisation: Organisation, on: date) -> Law:
    kit = furniture(REGISTER)
    return law(REGISTER, policies_of(kit, (organisation,), on)[organisation.pk])


def standing(contract: Contract, on: date) -> Standing:
    """The contract as it stands on a day."""
    return life.fold(
        terms(contract), [as_event(each) for each in contract.events.all()], on, _law(contract.organisation, on)
    )


def standings(contracts: Iterable[Contract], on: date) -> dict[int, tuple[Contract, Standing]]:
    """The same for many, those with events only: contract number → itself and how it stands. Periods by the national law:
    none of the numbers :mod:`life` reads is a place's to change."""
    return _folded(ContractEvent.objects.filter(contract__in=contracts).select_related("contract").order_by("pk"), on)


def _folded(rows: Iterable[ContractEvent], on: date) -> dict[int, tuple[Contract, Standing]]:
    chosen: dict[int, Contract] = {}
    by_contract: dict[int, list[Event]] = defaultdict(list)
    for row in rows:
        chosen[row.contract_id] = row.contract
        by_contract[row.contract_id].append(as_event(row))
    return {
        pk: (chosen[pk], life.fold(terms(chosen[pk]), events, on, law(REGISTER))) for pk, events in by_contract.items()
    }


def laid_over(organisations: Iterable[Organisation], on: date) -> Mapping[str, Mapping[int, Any]]:
    """Column → contract → value after the events: what :attr:`Road.stands` asks for."""
    told: dict[str, dict[int, Any]] = defaultdict(dict)
    rows = ContractEvent.objects.filter(organisation__in=organisations).select_related("contract").order_by("pk")
    for pk, (contract, now) in _folded(rows, on).items():
        changed = life.overlay(terms(contract), now)
        for name, value in changed.items():
            told[name][pk] = value
        if _TERMS_OF_AMOUNT & set(changed):  # what it is worth stays what the ledger wrote
            told["stated_amount_fen"][pk] = _stated_amount(contract)
    return told


_TERMS_OF_AMOUNT = {"ends_on", "rent_fen_per_mu_year", "rent_fen_per_year", "area_mu4", "escalation"}


def _stated_amount(contract: Contract) -> int | None:
    said = terms(contract)
    return amount_fen(
        {
            "total_fen": contract.total_fen,
            "start": ymd(said.begins) if said.begins else None,
            "end": ymd(said.end) if said.end else None,
            "rent_fen_per_year": contract.rent_fen_per_year,
            "rent_fen_per_mu_year": contract.rent_fen_per_mu_year,
            "area_mu4": contract.area_mu4,
            "escalation": contract.escalation,
        }
    )


__all__ = ["KINDS", "as_event", "laid_over", "record", "record_within", "standing", "standings", "terms", "undo"]
