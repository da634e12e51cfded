"""Findings at rest: rebuilt from records, law, policy and day; what a person judged stays judged."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl
from django.db.models import Sum, TextField
from django.db.models.functions import Cast

from mingbai.dues import limitation_end
from mingbai.kit import publish
from mingbai.kit.furniture import Furniture, furnished, furniture
from mingbai.kit.ledgers import Table, frame
from mingbai.kit.models import Case, Finding, Policy
from mingbai.kit.record import Record
from mingbai.kit.road import Stage
from mingbai.letters.desk import served_days
from mingbai.notices.models import Notice
from mingbai.places.models import Organisation
from mingbai.places.scope import Scope
from mingbai.records.door import Commit, recomputes
from mingbai.records.models import Receipt
from mingbai.rules import Checker, Findings, Law, load_law
from mingbai.rules import Finding as Worded
from mingbai.rules.engine import CANNOT_TELL, DISPUTED, YES
from mingbai.units import mask_numbers

COMPARED = Organisation.Level.COUNTY
"""Prices are compared within the county."""


def policy_of(kit: Furniture, organisation: Organisation, on: date) -> tuple[str, ...]:
    """The texts of the policies that hold for an organisation on a day, from the top of the tree down: of each place the
    newest. A lower one lies over those above it."""
    return policies_of(kit, (organisation,), on)[organisation.pk]


def policies_of(
    kit: Furniture, organisations: Iterable[Organisation], on: date, instead: Mapping[str, str] | None = None
) -> dict[int, tuple[str, ...]]:
    """The same for many, in one query. ``instead``: path of a place → what would hold there."""
    rows = Policy.objects.filter(register=kit.name, since__lte=on).select_related("organisation")
    newest = {
        each.organisation.path: each.text for each in sorted(rows, key=lambda each: (each.since, each.pk))
    } | dict(instead or {})
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


def judge(
    kit: Furniture, organisation: Organisation, on: date, only: int | None = None, fresh: Table | None = None
) -> Findings:
    """The rules over an organisation's own records (or one of them), and those about to be stored, compared with those of its
    county."""
    found = checker_of(kit, policy_of(kit, organisation, on), on)(rows_of(kit, organisation, on, only, fresh))
    return replace(found, judged=found.judged.filter(pl.col("_row") > 0))


def rows_of(
    kit: Furniture, organisation: Organisation, on: date, only: int | None = None, fresh: Table | None = None
) -> pl.DataFrame:
    """An organisation's own records (or one of them), and those about to be stored, as the rules meet them, with those they
    are compared with."""
    model = kit.model
    whole = Scope(None, "view", (organisation.path,)).of(model).filter(organisation=organisation)
    own = whole if only is None else whole.filter(pk=only)
    top = next((each for each in organisation.above if each.level == COMPARED), None)
    peers = None
    if only is None and top is not None:
        peers = Scope(None, "view", (top.path,)).of(model).exclude(organisation=organisation)
    around = (organisation,) if peers is None or top is None else tuple(top.below)
    return frame(kit.register, own, peers, kit.road.peers, _known(kit, (organisation,), on, around), fresh)


def checker_of(kit: Furniture, policies: tuple[str, ...], on: date) -> Checker:
    """The rules made ready for a day and the policies that hold."""
    return _checker(kit.name, policies, on)


def county_rows(kit: Furniture, county: Organisation, on: date) -> pl.DataFrame:
    """The records of a county as the rules meet them on a day."""
    places = list(county.below)
    return frame(kit.register, Scope(None, "view", (county.path,)).of(kit.model), known=_known(kit, places, on, places))


def judge_all(
    kit: Furniture,
    county: Organisation,
    on: date,
    instead: Mapping[str, str] | None = None,
    read: pl.DataFrame | None = None,
) -> list[Findings]:
    """The rules over all organisations of a county at once, of which each gets what :func:`judge` would give it alone: one
    reading of the rows, and one run for each set of policies that holds somewhere. ``instead``: what if these policies held.
    ``read``: :func:`county_rows`, where they were read already."""
    places = list(county.below)
    rows = county_rows(kit, county, on) if read is None else read
    policies = policies_of(kit, places, on, instead)
    under: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for place in places:
        under[policies[place.pk]].append(place.code)
    runs = [(_checker(kit.name, each, on)(rows), codes) for each, codes in under.items()] if len(rows) else []
    return [replace(run, judged=run.judged.filter(pl.col("_file").is_in(codes))) for run, codes in runs]


def stale(kit: Furniture, county: Organisation, on: date) -> dict[int, Told]:
    """Of :func:`judge_all`, the organisations whose stored findings or standing say otherwise, with what is to be written."""
    place_of = {each.code: each.pk for each in county.below}
    worded: dict[int, list[Worded]] = {pk: [] for pk in place_of.values()}
    unsure: dict[int, str] = {}
    for run in judge_all(kit, county, on):
        for one in run.where(YES, DISPUTED):
            worded[place_of[one.file]].append(one)
        unsure |= _unsure(run)
    told = _compare(kit, worded, on)
    records = kit.model._default_manager.filter(organisation__in=list(worded)).order_by()
    for organisation, record, was in records.values_list(
        "organisation", "pk", "unsure"
    ):  # what it is worth follows from its own cells: an edit sees to that
        told[organisation].unsure[record] = unsure[record]
        told[organisation].moved |= unsure[record] != was
    return {pk: each for pk, each in told.items() if each.moved or each.weighty or each.changed}


def _known(
    kit: Furniture, organisations: Iterable[Organisation], on: date, around: Iterable[Organisation]
) -> Mapping[str, Mapping[int, Any]]:
    """What the house itself knows of records, by column: what their events made of them (of those ``around``, too, that
    they are compared with), the days its notices showed them, and the last demand it served."""
    places = list(organisations)
    known: dict[str, Mapping[int, Any]] = dict(kit.road.stands(around, on)) if kit.road.stands else {}
    if kit.road.shown is not None:
        days = publish.displayed(places, kit.name)
        known |= {column: {record: run[at] for record, run in days.items()} for at, column in enumerate(kit.road.shown)}
    if kit.road.demanded is not None:
        served = served_days(places, kit.name)
        told = (
            dict(kit.model._default_manager.filter(pk__in=served).values_list("pk", kit.road.demanded))
            if served
            else {}
        )
        lived = known.get(kit.road.demanded, {})
        known[kit.road.demanded] = {
            **lived,
            **{record: last_demand(lived.get(record, told.get(record)), each) for record, each in served.items()},
        }
    return known


def after_events(kit: Furniture, record: Record, on: date) -> dict[str, Any]:
    """Of one record, what its events made of its columns, where that is not what the ledger says."""
    told = kit.road.stands((record.organisation,), on) if kit.road.stands else {}
    return {column: values[record.pk] for column, values in told.items() if record.pk in values}


def last_demand(told: date | None, served: Iterable[date]) -> date:
    """The last demand that counted: each restarts the limitation only if it came before the one before had let it run out
    (民法典第192、195条)."""
    days = sorted(served)
    last = told if told is not None else days[0]
    for each in days:
        if each > last and all(
            (end := limitation_end(last, kind, each).end_on) is not None and each <= end for kind in ("rent", "general")
        ):
            last = each
    return last


def recheck(kit: Furniture, act: Commit, organisation: Organisation, told: Told | None = None) -> None:
    """Findings and standing of an organisation's records, made anew within the open door. ``told``: what :func:`stale` said
    of them, where nothing has changed since."""
    if told is None:
        if not kit.model._default_manager.filter(organisation=organisation).exists():
            return
        _anew(kit, act, organisation)
        return
    rewritten = _rewrite(kit, act, (told,))
    if told.fresh or told.left:
        act.told("findings", register=kit.name, added=len(told.fresh), gone=len(told.left), rewritten=rewritten)


def _anew(
    kit: Furniture, act: Commit, organisation: Organisation, fresh: Table | None = None
) -> tuple[Told, Mapping[int, tuple[int | None, int]], Mapping[int, str]]:
    """Findings of all, standing of the records that are stored. Gives what was told, what records are worth, and the rules that
    cannot tell."""
    judged = judge(kit, organisation, act.on, fresh=fresh)
    told = _compare(kit, {organisation.pk: list(judged.where(YES, DISPUTED))}, act.on)[organisation.pk]
    worth, unsure = kit.road.worth(judged.judged), _unsure(judged)
    _keep(kit, act, (told,))
    rewritten = _stand(kit, act, (organisation.pk,), worth, unsure)
    if told.fresh or told.left:
        act.told("findings", register=kit.name, added=len(told.fresh), gone=len(told.left), rewritten=rewritten)
    return told, worth, unsure


def recheck_all(kit: Furniture, act: Commit, places: Sequence[Organisation], told: Mapping[int, Told]) -> None:
    """The same for many organisations at or below the door's, with one line for all."""
    mine = [told[place.pk] for place in places]
    with act.of(places):
        rewritten = _rewrite(kit, act, mine)
    added, gone = sum(len(each.fresh) for each in mine), sum(len(each.left) for each in mine)
    if added or gone:
        act.told(
            "findings",
            register=kit.name,
            places=[place.code for place in places],
            added=added,
            gone=gone,
            rewritten=rewritten,
        )


def _rewrite(kit: Furniture, act: Commit, told: Sequence[Told]) -> int:
    """Findings as told, and the standing where it moved: the cells are what they were, and so is what they are worth."""
    _keep(kit, act, told)
    unsure = {record: rules for each in told for record, rules in each.unsure.items()}
    moved = [each.organisation for each in told if each.moved or each.weighty]
    return _stand(kit, act, moved, None, unsure) if moved else 0


def receive(kit: Furniture, act: Commit, organisation: Organisation, fresh: Table) -> list[tuple[Any, ...]]:
    """Findings of an organisation's records and of those about to be stored. Gives the standing of these, in the order of
    :attr:`Record.DERIVED`: they are stored with it, and need not be read and written again."""
    told, worth, unsure = _anew(kit, act, organisation, fresh)
    found = (
        _Weighed(record, rule, answer, severity) for record, rule, answer, severity, *_ in told.fresh
    )  # of a new record all are
    return list(_standings(kit, ((pk, "", *NEW) for pk in fresh["_row"]), found, worth, unsure))


_SAYS = ("answer", "severity", "sentence", "cites", "columns", "advice", "gone")
"""What a finding says, and whether it still does."""
_STORED = (
    "pk",
    "organisation",
    "record",
    "rule",
    "answer",
    "severity",
    "sentence",
    "cites_text",
    "columns_text",
    "advice",
    "gone",
    "state",
    "facts",
)


@dataclass(slots=True)
class Told:
    """What the rules say of an organisation beside what is stored: findings to come, words to change, findings that no longer
    speak and whether somebody judged them, and those set aside on facts that have changed since."""

    organisation: int
    fresh: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    left: list[tuple[int, bool]] = field(default_factory=list)
    reopened: list[tuple[int, str]] = field(default_factory=list)
    heavier: bool = False
    """An answer or its weight changed, not only words."""
    unsure: dict[int, str] = field(default_factory=dict)
    """Record → the rules that cannot tell."""
    moved: bool = False
    """They are others than stored."""

    @property
    def weighty(self) -> bool:
        return bool(self.fresh or self.left or self.reopened or self.heavier)


def _compare(kit: Furniture, worded: Mapping[int, Sequence[Worded]], on: date) -> dict[int, Told]:
    """What the rules say now, by organisation, beside what is stored. Writes nothing."""
    told = {pk: Told(pk) for pk in worded}
    stored = (
        Finding.objects.filter(organisation__in=list(worded), register=kit.name)
        .order_by()
        .annotate(cites_text=Cast("cites", TextField()), columns_text=Cast("columns", TextField()))
    )  # few different ones: read once each
    known = {
        (record, rule): (
            pk,
            place,
            (answer, severity, sentence, _listed(cites), _listed(columns), advice, gone),
            state,
            facts,
        )
        for pk, place, record, rule, answer, severity, sentence, cites, columns, advice, gone, state, facts in stored.values_list(
            *_STORED
        )
    }
    aside = {
        record for (record, _), (*_, state, stood_on) in known.items() if state == Finding.State.SET_ASIDE and stood_on
    }
    record_of = kit.model._default_manager.in_bulk(aside) if aside else {}
    lived: Mapping[str, Mapping[int, Any]] = {}
    if aside and kit.road.stands:
        lived = kit.road.stands(
            list(Organisation.objects.filter(pk__in={each.organisation_id for each in record_of.values()})), on
        )
    for organisation, said in worded.items():
        mine = told[organisation]
        for each in said:
            words = (each.answer, each.severity, each.sentence, each.cites, each.columns, each.advice, False)
            old = known.pop((each.row, each.rule), None)
            if old is None:
                mine.fresh.append((each.row, each.rule, *words))
                continue
            pk, _, was, state, stood_on = old
            if (
                words != was and (words := (*words[:2], mask_numbers(each.sentence), *words[3:])) != was
            ):  # as a sentence is kept: numbers in part
                mine.changed.append((pk, words))
                mine.heavier |= (each.answer, each.severity, False) != (was[0], was[1], was[-1])
            if (
                state == Finding.State.SET_ASIDE
                and stood_on
                and stood_on
                != facts(
                    kit, record_of[each.row], each, {name: of[each.row] for name, of in lived.items() if each.row in of}
                )
            ):
                mine.reopened.append((pk, f"{kit.name}:{each.row}"))
    for pk, place, was, state, _ in known.values():
        if not was[-1]:
            told[place].left.append((pk, state != Finding.State.OPEN))
    return told


@lru_cache(maxsize=1024)
def _listed(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _keep(kit: Furniture, act: Commit, told: Sequence[Told]) -> None:
    """Writes findings as :func:`_compare` told."""
    act.rewrite(Finding, _SAYS, [each for mine in told for each in mine.changed])
    reopened = [each for mine in told for each in mine.reopened]
    for _, key in reopened:
        act.about(key)
    act.change(Finding.objects.filter(pk__in=[pk for pk, _ in reopened]), state=Finding.State.OPEN)
    left = [each for mine in told for each in mine.left]
    act.drop(Finding.objects.filter(pk__in=[pk for pk, judged in left if not judged]))
    act.rewrite(Finding, ("gone",), [(pk, (True,)) for pk, judged in left if judged])
    act.derive(
        Finding,
        ("organisation", "register", "record", "rule", *_SAYS, "since", "state", "reason", "facts"),
        [
            (mine.organisation, kit.name, *row, act.on, Finding.State.OPEN, "", "")
            for mine in told
            for row in mine.fresh
        ],
    )


def facts(kit: Furniture, record: Record, finding: Finding | Worded, after: Mapping[str, Any]) -> str:
    """What a finding stands on: the answer, the law, and the cells of the record it was read from, as they stand ``after``
    its events. Not its sentence, which a day or another village's price may change."""
    cells = [
        (name, str(after.get(name, getattr(record, name))))
        for name in sorted(set(finding.columns))
        if name in kit.register.by_name
    ]
    return fingerprint((finding.answer, sorted(finding.cites), cells))


def _unsure(found: Findings) -> dict[int, str]:
    """Record → the rules that cannot tell, in one short text."""
    rules = list(found.rulebook.rules)
    silent = found.judged.select(
        "_row",
        pl.concat_str(
            [pl.when(pl.col(rule) == CANNOT_TELL).then(pl.lit(rule + " ")).otherwise(pl.lit("")) for rule in rules]
        ).alias("unsure"),
    )
    return dict(silent.iter_rows())


class _Weighed(NamedTuple):
    """What a record's standing takes from a finding of it."""

    record: int
    rule: str
    answer: str
    severity: int
    gone: bool = False
    state: Any = Finding.State.OPEN
    case_id: int | None = None


NEW = ("", 0, 0, 0, False, False, "", None, "", None, 0, 0, 0)
"""The standing of a record nobody has looked at yet."""


def _stand(
    kit: Furniture,
    act: Commit,
    organisations: Sequence[int],
    worth: Mapping[int, tuple[int | None, int]] | None,
    unsure: Mapping[int, str] | None,
    only: int | None = None,
) -> int:
    """The derived columns of records (:attr:`Record.DERIVED`), from findings, cases and receipts. Rows rewritten."""
    rows = kit.model._default_manager.filter(organisation__in=organisations)
    findings = Finding.objects.filter(organisation__in=organisations, register=kit.name)
    cases = Case.objects.filter(organisation__in=organisations, register=kit.name, secret=False).order_by("pk")
    receipts = Receipt.objects.filter(organisation__in=organisations, record__startswith=f"{kit.name}:")
    if only is not None:
        rows, findings, cases, receipts = (
            rows.filter(pk=only),
            findings.filter(record=only),
            cases.filter(record=only),
            receipts.filter(record=f"{kit.name}:{only}"),
        )
    were = list(rows.values_list("pk", "klass", *Record.DERIVED))
    if not were:
        return 0
    found = map(
        _Weighed._make, findings.order_by().values_list(*_Weighed._fields)
    )  # rows, not models: a county has a hundred thousand
    case_of = {case.record: case for case in cases}
    recovered = dict(
        receipts.values_list("record").annotate(Sum("arrears_fen")).values_list("record", "arrears_fen__sum")
    )
    now = _standings(kit, were, found, worth, unsure, case_of, recovered)
    return act.rewrite(
        kit.model, Record.DERIVED, [(was[0], each) for was, each in zip(were, now, strict=True) if each != was[2:]]
    )


def _standings(
    kit: Furniture,
    were: Iterable[tuple[Any, ...]],
    findings: Iterable[_Weighed],
    worth: Mapping[int, tuple[int | None, int]] | None,
    unsure: Mapping[int, str] | None,
    case_of: Mapping[int, Case] = MappingProxyType({}),
    recovered: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[tuple[Any, ...]]:
    """For each (number, class, *derived columns as they were) what these are now."""
    by_record: dict[int, list[_Weighed]] = defaultdict(list)
    for each in findings:
        by_record[each.record].append(each)
    clean, proposes = kit.road.clean, kit.road.proposes
    amount_at, owed_at, unsure_at = (
        2 + Record.DERIVED.index(name) for name in ("amount_fen", "stated_owed_fen", "unsure")
    )
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
            max(
                (proposes.get(each.rule, clean) for each in mine if not each.gone and each.answer == "yes"),
                default=clean,
            )
            if mine
            else clean,
            len(opened),
            len(confirmed),
            max((each.severity for each in (*opened, *confirmed)), default=0) if mine else 0,
            bool(confirmed),
            bool(confirmed) and done and not _outside(confirmed, case),
            case.stage if case is not None else "suspected" if opened else "clean" if klass else "new",
            case.deadline if case is not None and not done else None,
            silent,
            amount,
            owed,
            max(owed - got, 0),
            got,
        )


def _outside(confirmed: Iterable[Any], case: Case | None) -> bool:
    """A confirmed finding that the case does not answer for: found after it was opened."""
    return any(case is None or each.case_id != case.pk for each in confirmed)


def restand(kit: Furniture, act: Commit, record: Record) -> None:
    """The standing of one record, after its case, findings or receipts changed but not its own words."""
    _stand(kit, act, (record.organisation_id,), None, None, only=record.pk)


def restand_all(kit: Furniture, act: Commit, organisation: Organisation) -> None:
    """The standing of all records of an organisation, after many of their cases or findings changed."""
    _stand(kit, act, (organisation.pk,), None, None)


def fingerprint(values: Iterable[Any]) -> str:
    """32 hex digits that are equal for equal values: how a row is known again in a later file."""
    return hashlib.blake2b(repr(tuple(values)).encode(), digest_size=16).hexdigest()


def _declare() -> None:
    for name in furnished():
        kit = furniture(name)
        recomputes(f"findings:{name}", partial(recheck, kit), after=Notice if kit.road.shown else None)


_declare()
