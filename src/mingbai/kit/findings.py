"""Findings at rest: rebuilt from records, law, policy and day; what a person judged stays judged."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import Sum

from mingbai.kit import publish
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.ledgers import Table, frame
from mingbai.kit.models import Case, Finding, Policy
from mingbai.kit.record import Record
from mingbai.kit.road import Stage
from mingbai.notices.models import Notice
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope
from mingbai.records.door import Commit, recomputes
from mingbai.records.models import Receipt
from mingbai.rules import Checker, Findings, Law, load_law
from mingbai.rules import Finding as Worded
from mingbai.rules.engine import CANNOT_TELL, DISPUTED, YES

COMPARED = Organisation.Level.COUNTY
"""Prices are compared within the county."""


def policy_of(kit: Furniture, organisation: Organisation, on: date) -> tuple[str, ...]:
    """The texts of the policies that hold for an organisation on a day, from the top of the tree down: of each place the
    newest. A lower one lies over those above it."""
    return policies_of(kit, (organisation,), on)[organisation.pk]


def policies_of(kit: Furniture, organisations: Iterable[Organisation], on: date, instead: Mapping[str, str] | None = None) -> dict[int, tuple[str, ...]]:
    """The same for many, in one query. ``instead``: path of a place → what would hold there."""
    rows = Policy.objects.filter(register=kit.name, since__lte=on).select_related("organisation")
    newest = {each.organisation.path: each.text for each in sorted(rows, key=lambda each: (each.since, each.pk))} | dict(instead or {})
    paths = sorted(newest)
    return {each.pk: tuple(newest[path] for path in paths if each.path.startswith(path)) for each in organisations}


@lru_cache(maxsize=16)
def law(name: str, policies: tuple[str, ...] = ()) -> Law:
    """A register's law with local policies on top."""
    found = load_law(name)
    for policy in policies:
        found = found.under_text("本地政策", policy.encode())
    return found


@lru_cache(maxsize=8)
def _checker(name: str, policies: tuple[str, ...], on: date) -> Checker:
    kit = furniture(name)
    assert kit.rulebook is not None
    return Checker(kit.register, kit.rulebook, law(name, policies), on)


def judge(kit: Furniture, organisation: Organisation, on: date, only: int | None = None, fresh: Table | None = None) -> Findings:
    """The rules over an organisation's own records (or one of them), and those about to be stored, compared with those of its
    county."""
    model = kit.model
    whole = Scope(None, "view", (organisation.path,)).of(model).filter(organisation=organisation)
    own = whole if only is None else whole.filter(pk=only)
    top = next((each for each in organisation.above if each.level == COMPARED), None)
    peers = None
    if only is None and top is not None:
        peers = Scope(None, "view", (top.path,)).of(model).exclude(organisation=organisation)
    rows = frame(kit.register, own, peers, kit.road.peers, _known(kit, (organisation,)), fresh)
    found = _checker(kit.name, policy_of(kit, organisation, on), on)(rows)
    return replace(found, judged=found.judged.filter(pl.col("_row") > 0))


def judge_all(kit: Furniture, county: Organisation, on: date, instead: Mapping[str, str] | None = None) -> list[Findings]:
    """The rules over all organisations of a county at once, of which each gets what :func:`judge` would give it alone: one
    reading of the rows, and one run for each set of policies that holds somewhere. ``instead``: what if these policies held."""
    places = list(county.below)
    rows = frame(kit.register, Scope(None, "view", (county.path,)).of(kit.model), known=_known(kit, places))
    policies = policies_of(kit, places, on, instead)
    under: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for place in places:
        under[policies[place.pk]].append(place.code)
    runs = [(_checker(kit.name, each, on)(rows), codes) for each, codes in under.items()] if len(rows) else []
    return [replace(run, judged=run.judged.filter(pl.col("_file").is_in(codes))) for run, codes in runs]


def stale(kit: Furniture, county: Organisation, on: date) -> dict[int, Findings]:
    """Of :func:`judge_all`, the organisations whose stored findings or standing say otherwise, with what the rules say now."""
    place_of = {each.code: each.pk for each in county.below}
    stored: dict[int, dict[tuple[int, str], tuple[Any, ...]]] = defaultdict(dict)
    findings = Finding.objects.filter(organisation__in=county.below, register=kit.name, gone=False).order_by()
    for organisation, record, rule, *words in findings.values_list("organisation", "record", "rule", *_SAYS[:-1]):
        stored[organisation][record, rule] = tuple(words)
    records = kit.model._default_manager.filter(organisation__in=county.below).order_by()
    standing = dict(records.values_list("pk", "unsure"))  # what a record is worth follows from its own cells: an edit sees to that
    found: dict[int, Findings] = {}
    for run in judge_all(kit, county, on):
        said: dict[int, dict[tuple[int, str], tuple[Any, ...]]] = defaultdict(dict)
        for one in run.where(YES, DISPUTED):
            words = (one.answer, one.severity, one.sentence, list(one.cites), list(one.columns), one.advice)
            said[place_of[one.file]][one.row, one.rule] = words
        unsure = _unsure(run)
        members = dict(run.judged.select("_row", "_file").iter_rows())
        changed = {place_of[code] for record, code in members.items() if unsure[record] != standing.get(record)}
        changed |= {pk for pk in map(place_of.__getitem__, set(members.values())) if said[pk] != stored[pk]}
        if changed:
            parts = run.judged.partition_by("_file", as_dict=True)
            found |= {place_of[str(code)]: replace(run, judged=part) for (code,), part in parts.items() if place_of[str(code)] in changed}
    return found


def _known(kit: Furniture, organisations: Iterable[Organisation]) -> Mapping[str, Mapping[int, date]]:
    """What the house itself knows of records, by column: the days its notices showed them."""
    if kit.road.shown is None:
        return {}
    days = publish.displayed(organisations, kit.name)
    return {column: {record: run[at] for record, run in days.items()} for at, column in enumerate(kit.road.shown)}


def recheck(kit: Furniture, act: Commit, organisation: Organisation, found: Findings | None = None) -> None:
    """Findings and standing of an organisation's records, made anew within the open door. ``found``: what the rules say of
    them, where that was asked already and nothing has changed since."""
    model = kit.model
    if not model._default_manager.filter(organisation=organisation).exists():
        return
    judged = found or judge(kit, organisation, act.on)
    added, gone, weighty = _keep(kit, act, organisation, judged.where(YES, DISPUTED))
    unsure, rewritten = _unsure(judged), 0
    if found is None:
        rewritten = _stand(kit, act, organisation, kit.road.worth(judged.judged), unsure)
    elif weighty or dict(model._default_manager.filter(organisation=organisation).values_list("pk", "unsure")) != unsure:
        rewritten = _stand(kit, act, organisation, None, unsure)  # the cells are what they were, and so is what they are worth
    if added or gone:
        act.told("findings", register=kit.name, added=added, gone=gone, rewritten=rewritten)


def receive(kit: Furniture, act: Commit, organisation: Organisation, fresh: Table) -> list[tuple[Any, ...]]:
    """Findings of an organisation's records and of those about to be stored. Gives the standing of these, in the order of
    :attr:`Record.DERIVED`: they are stored with it, and need not be read and written again."""
    judged = judge(kit, organisation, act.on, fresh=fresh)
    added, gone, _ = _keep(kit, act, organisation, judged.where(YES, DISPUTED))
    unsure, worth = _unsure(judged), kit.road.worth(judged.judged)
    rewritten = _stand(kit, act, organisation, worth, unsure)
    if added or gone:
        act.told("findings", register=kit.name, added=added, gone=gone, rewritten=rewritten)
    return list(_standings(kit, organisation, ((pk, "", *NEW) for pk in fresh["_row"]), worth, unsure))


_SAYS = ("answer", "severity", "sentence", "cites", "columns", "advice", "gone")
"""What a finding says, and whether it still does."""


def _keep(kit: Furniture, act: Commit, organisation: Organisation, worded: Iterable[Worded]) -> tuple[int, int, bool]:
    """Findings added, findings gone, and whether anything else than words changed."""
    known = {(each.record, each.rule): each for each in Finding.objects.filter(organisation=organisation, register=kit.name)}
    aside = {each.record for each in known.values() if each.state == Finding.State.SET_ASIDE and each.facts}
    record_of = kit.model._default_manager.in_bulk(aside) if aside else {}
    reopened: list[int] = []
    fresh: list[tuple[Any, ...]] = []
    changed: list[tuple[int, tuple[Any, ...]]] = []
    weighty = False
    for each in worded:
        old = known.pop((each.row, each.rule), None) if known else None
        if old is None:
            fresh.append((organisation.pk, kit.name, each.row, each.rule, each.answer, each.severity, each.sentence, each.cites, each.columns,
                          each.advice, False, act.on, Finding.State.OPEN, "", ""))
            continue
        words = (each.answer, each.severity, each.sentence, list(each.cites), list(each.columns), each.advice, False)
        if words != (old.answer, old.severity, old.sentence, old.cites, old.columns, old.advice, old.gone):
            changed.append((old.pk, words))
            weighty |= (each.answer, each.severity, False) != (old.answer, old.severity, old.gone)
        if old.state == Finding.State.SET_ASIDE and old.facts not in ("", facts(kit, record_of[old.record], each)):
            reopened.append(old.pk)
            act.about(old.key)
    act.rewrite(Finding, _SAYS, changed)
    act.change(Finding.objects.filter(pk__in=reopened), state=Finding.State.OPEN)
    left = [each for each in known.values() if not each.gone]
    act.drop(Finding.objects.filter(pk__in=[each.pk for each in left if each.state == Finding.State.OPEN]))
    act.rewrite(Finding, ("gone",), [(each.pk, (True,)) for each in left if each.state != Finding.State.OPEN])
    lines = len(act.lines)
    added = act.add(Finding, ("organisation", "register", "record", "rule", *_SAYS, "since", "state", "reason", "facts"), fresh)
    del act.lines[lines:]  # derived: the caller tells the numbers
    return added, len(left), bool(added or left or reopened or weighty)


def facts(kit: Furniture, record: Record, finding: Finding | Worded) -> str:
    """What a finding stands on: the answer, the law, and the cells of the record it was read from. Not its sentence,
    which a day or another village's price may change."""
    cells = [(name, str(getattr(record, name))) for name in sorted(set(finding.columns)) if name in kit.register.by_name]
    return fingerprint((finding.answer, sorted(finding.cites), cells))


def _unsure(found: Findings) -> Mapping[int, str]:
    """Record → the rules that cannot tell, in one short text."""
    rules = list(found.rulebook.rules)
    silent = found.judged.select(
        "_row", pl.concat_str([pl.when(pl.col(rule) == CANNOT_TELL).then(pl.lit(rule + " ")).otherwise(pl.lit("")) for rule in rules]).alias("unsure"))
    return dict(silent.iter_rows())


_WEIGHED = ("record", "rule", "answer", "severity", "gone", "state", "case_id")
"""What a record's standing takes from its findings."""


NEW = ("", 0, 0, 0, False, False, "", None, "", None, 0, 0, 0)
"""The standing of a record nobody has looked at yet."""


def _stand(
    kit: Furniture, act: Commit, organisation: Organisation, worth: Mapping[int, tuple[int | None, int]] | None,
    unsure: Mapping[int, str] | None, only: int | None = None,
) -> int:
    """The derived columns of records (:attr:`Record.DERIVED`), from findings, cases and receipts. Rows rewritten."""
    rows = kit.model._default_manager.filter(organisation=organisation)
    rows = rows.filter(pk=only) if only is not None else rows
    were = list(rows.values_list("pk", "klass", *Record.DERIVED))
    now = _standings(kit, organisation, were, worth, unsure, only)
    return act.rewrite(kit.model, Record.DERIVED, [(was[0], each) for was, each in zip(were, now, strict=True) if each != was[2:]])


def _standings(
    kit: Furniture, organisation: Organisation, were: Iterable[tuple[Any, ...]], worth: Mapping[int, tuple[int | None, int]] | None,
    unsure: Mapping[int, str] | None, only: int | None = None,
) -> Iterator[tuple[Any, ...]]:
    """For each (number, class, *derived columns as they were) what these are now."""
    by_record: dict[int, list[Any]] = defaultdict(list)
    findings = Finding.objects.filter(organisation=organisation, register=kit.name)
    cases = Case.objects.filter(organisation=organisation, register=kit.name, secret=False).order_by("pk")
    receipts = Receipt.objects.filter(organisation=organisation, record__startswith=f"{kit.name}:")
    if only is not None:
        findings, cases, receipts = findings.filter(record=only), cases.filter(record=only), receipts.filter(record=f"{kit.name}:{only}")
    for each in findings.order_by().values_list(*_WEIGHED, named=True):  # rows, not models: a county has a hundred thousand
        by_record[each.record].append(each)
    case_of = {case.record: case for case in cases}
    recovered = dict(receipts.values_list("record").annotate(Sum("arrears_fen")).values_list("record", "arrears_fen__sum"))
    clean, proposes = kit.road.clean, kit.road.proposes
    amount_at, owed_at, unsure_at = (2 + Record.DERIVED.index(name) for name in ("amount_fen", "stated_owed_fen", "unsure"))
    for was in were:
        pk, klass, case = was[0], was[1], case_of.get(was[0])
        amount, owed = worth.get(pk, (None, 0)) if worth is not None else (was[amount_at], was[owed_at])
        silent = unsure.get(pk, "") if unsure is not None else was[unsure_at]
        got = recovered.get(f"{kit.name}:{pk}", 0) if recovered else 0
        mine = by_record.get(pk, ())
        opened = [each for each in mine if each.state == Finding.State.OPEN and not each.gone]
        confirmed = [each for each in mine if each.state == Finding.State.CONFIRMED]
        done = case is not None and case.stage in (Stage.ACCEPTED, Stage.CLOSED)
        yield (
            max((proposes.get(each.rule, clean) for each in mine if not each.gone and each.answer == "yes"), default=clean) if mine else clean,
            len(opened), len(confirmed), max((each.severity for each in (*opened, *confirmed)), default=0) if mine else 0,
            bool(confirmed), bool(confirmed) and done and not _outside(confirmed, case),
            case.stage if case is not None else "suspected" if opened else "clean" if klass else "new",
            case.deadline if case is not None and not done else None,
            silent, amount, owed, max(owed - got, 0), got,
        )


def _outside(confirmed: Iterable[Any], case: Case | None) -> bool:
    """A confirmed finding that the case does not answer for: found after it was opened."""
    return any(case is None or each.case_id != case.pk for each in confirmed)


def restand(kit: Furniture, act: Commit, record: Record) -> None:
    """The standing of one record, after its case, findings or receipts changed but not its own words."""
    _stand(kit, act, record.organisation, None, None, only=record.pk)


def restand_all(kit: Furniture, act: Commit, organisation: Organisation) -> None:
    """The standing of all records of an organisation, after many of their cases or findings changed."""
    _stand(kit, act, organisation, None, None)


def fingerprint(values: Iterable[Any]) -> str:
    """32 hex digits that are equal for equal values: how a row is known again in a later file."""
    return hashlib.blake2b(repr(tuple(values)).encode(), digest_size=16).hexdigest()


def _declare() -> None:
    for name in furnished():
        after = Notice if furniture(name).road.shown else None
        recomputes(f"findings:{name}", lambda act, place, name=name: recheck(furniture(name), act, place), after=after)  # type: ignore[misc]


_declare()
