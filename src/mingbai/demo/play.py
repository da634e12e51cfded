"""The demo played 演一遍: the district's ledgers go through the real door, then its people put the contracts right.

    play()                   # 69 villages into the current home; a finished demo is kept as it is
    play(villages=6)         # a small one, for tests

Everything happens by the hand of whoever would do it, through the functions the pages use; the day of the home moves
from the first upload to the day the demo stands at. The same seed gives the same play.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from mingbai import demo, units
from mingbai.demo import cards, lives, statements, vouchers, words
from mingbai.demo.answers import chosen
from mingbai.demo.books import file_name
from mingbai.demo.cast import Cast, Team, gather
from mingbai.demo.fates import WAVES, End, Fate, Plight, fates
from mingbai.demo.paper import paper
from mingbai.kit import cases, intake, letters, publish
from mingbai.kit.furniture import furniture
from mingbai.kit.models import Case, Finding, Policy, SpotCheck, Upload
from mingbai.kit.recheck import recheck
from mingbai.kit.record import Record
from mingbai.letters.models import Letter
from mingbai.notices import desk, objections
from mingbai.notices.models import Notice
from mingbai.notices.wall import wall
from mingbai.places.models import Home, Kin, Organisation, Person
from mingbai.records.door import commit, derived, later
from mingbai.records.guard import lifted

Progress = Callable[[str, int, int], None]

REGISTER, ASSETS = "contracts", "assets"
FOUNDED, HANDED_IN, JUDGED, ASSIGNED = date(2026, 8, 3), date(2026, 8, 17), date(2026, 8, 24), date(2026, 8, 31)
WAVE_DAYS = (date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21))
DRAWN, LOOKED = date(2026, 9, 25), date(2026, 9, 28)
DRAW_SEED, DRAW_SHARE = "20260925", 10
SET_ASIDE, READ_KINDLY = 0.06, 0.5
"""How many plain findings turn out to be none, and how many disputed findings are read in favour of the contract."""
SHOWN_FROM, CORRECTED, SHOWN_LATE, STEPS_SHOWN = (
    date(2026, 9, 10),
    date(2026, 9, 14),
    date(2026, 9, 22),
    date(2026, 9, 29),
)
"""When the sheets go up: in time to be shown fifteen days before the demo's day, and in one village too late."""
_WAITING_FOR_A_WORD = 6
_CHARGES = ("C25", "C27")


class NotEmptyError(RuntimeError):
    """The home holds somebody's own records."""


def play(villages: int | None = None, progress: Progress | None = None) -> None:
    """Builds the demo into the current home, whose database is migrated. A finished demo is kept; one that was broken off
    is built anew.

    :raises NotEmptyError: when the home holds anything else.
    """
    home = Home.objects.first()
    if home is not None and home.is_demo and home.seed is not None:
        return
    if not (home is not None and home.is_demo) and (Organisation.objects.exists() or Person.objects.exists()):
        raise NotEmptyError("这个家目录里有自己的账，演示不能建在里面；请另指一个空的家目录（MINGBAI_HOME）")
    if home is not None:
        with lifted():
            call_command("flush", verbosity=0, interactive=False, skip_checks=True)
        shutil.rmtree(Path(settings.HOME) / "files", ignore_errors=True)
    _Play(villages, progress or (lambda stage, done, total: None)).all()


class _Play:
    """One performance. Its steps stand in the order of :meth:`all`."""

    def __init__(self, villages: int | None, progress: Progress) -> None:
        self.villages, self.progress = villages, progress
        self.random = Random(f"{demo.SEED}/整改")
        self.kit = furniture(REGISTER)
        self.cast: Cast
        self.shown: Team
        """九院村, the one a visitor opens first."""
        self.slow: Team
        """The largest village: what is not put right yet is here."""
        self.late: Team
        """The second largest: all is done, but its sheet went up too late to be full."""

    def all(self) -> None:
        self.enter()
        self.hand_in()
        self.judge()
        opened = self.assign()
        for wave in range(WAVES):
            with self.judged_after():
                self.mend(opened, wave)
            if wave == 0:
                with self.judged_after():
                    self.show("sheet", SHOWN_FROM, but=(self.late,))
                self.object()
        self.show("sheet", SHOWN_LATE, only=(self.late,))
        self.spot_check()
        self.write()
        with self.judged_after():
            self.show("steps", STEPS_SHOWN)
        self.object_on_paper()
        self.live()
        self.keep_books()
        self.stand_still()

    # -- the stage

    def enter(self) -> None:
        drawn = chosen(self.villages)
        self.progress("建组织和人员", 0, 1)
        self.cast = gather([each.home for each in drawn], [len(each.contracts) for each in drawn], FOUNDED, demo.SEED)
        size = {team.place.pk: len(village.contracts) for team, village in zip(self.cast.teams, drawn, strict=True)}
        self.shown = next(team for team in self.cast.teams if team.is_shown)
        others = sorted(
            (team for team in self.cast.teams if team is not self.shown), key=lambda team: -size[team.place.pk]
        )
        self.slow, self.late = (*others, self.shown, self.shown)[:2]
        text = resources.files("mingbai.demo").joinpath(demo.POLICY).read_text(encoding="utf-8")
        with commit(self.cast.officer, self.cast.county, "policy", "批准本地政策") as act:
            act.save(
                Policy(
                    organisation=self.cast.county,
                    register=REGISTER,
                    text=text,
                    since=date(2026, 1, 1),
                    approved_by=self.cast.officer,
                )
            )
        self.progress("建组织和人员", 1, 1)

    def teams(self, stage: str) -> Iterator[Team]:
        for done, team in enumerate(self.cast.teams):
            self.progress(stage, done, len(self.cast.teams))
            yield team
        self.progress(stage, len(self.cast.teams), len(self.cast.teams))

    # -- clear 清查

    def hand_in(self) -> None:
        """Every clerk hands in a workbook, the queue is worked off, the clerk takes the rows in."""
        with tempfile.TemporaryDirectory(prefix="mingbai-demo-") as name:
            folder = Path(name)
            demo.write(
                folder, villages=self.villages, progress=lambda done, total, _: self.progress("写台账", done, total)
            )
            files = [folder / file_name(village) for village in chosen(self.villages)]
            for number, team in enumerate(self.teams("收台账")):
                _turn_to(HANDED_IN + timedelta(days=number % 5))
                upload = intake.receive(
                    team.clerk, team.place, REGISTER, files[number].name, files[number].read_bytes()
                )
                _work_off()
                intake.accept(team.clerk, Upload.objects.get(pk=upload.pk))
                self._hand_in_cards(team)

    def _hand_in_cards(self, team: Team) -> None:
        """The asset cards, which are in order and passed as such, but for what the slow village has still to mend."""
        mine, keeper = cards.drawn(
            team.place.code, [officer.name for officer in team.officers], unfinished=team is self.slow
        )
        upload = intake.receive(
            team.clerk,
            team.place,
            ASSETS,
            f"{team.place.name}_资产卡片.xlsx",
            cards.workbook(mine, team.place.name, keeper),
        )
        _work_off()
        intake.accept(team.clerk, Upload.objects.get(pk=upload.pk))
        cases.pass_clean(team.clerk, team.place, ASSETS)

    def judge(self) -> None:
        """Prices are compared within the county, so findings are made anew now that all is in; then the clerks judge."""
        for number, team in enumerate(self.teams("核查、认定")):
            _turn_to(JUDGED + timedelta(days=number % 5))
            with commit(team.reviewer, team.place, "places", "分责任田") as act:
                pks = list(self._records(team).values_list("pk", flat=True))
                for place, cell in enumerate(team.cells):
                    act.change(self._records(team).filter(pk__in=pks[place :: len(team.cells)]), cell=cell)
                act.recheck(f"findings:{REGISTER}")
            self._judge(team)

    def _records(self, team: Team) -> Any:
        return self.kit.model._default_manager.filter(organisation=team.place).order_by("serial")

    def _judge(self, team: Team) -> None:
        findings: dict[int, list[Finding]] = defaultdict(list)
        for finding in Finding.objects.filter(organisation=team.place, register=REGISTER):
            findings[finding.record].append(finding)
        records = [record for record in self._records(team).select_related("organisation") if record.pk in findings]
        random = Random(f"{demo.SEED}/{team.place.code}/认定")
        calm = [record for record in records if not record.owed_fen]
        late = calm[-1:] if team in (self.slow, self.shown) else []
        choices = [self._choice(record, findings[record.pk], random) for record in records if record not in late]
        cases.decide_many(team.clerk, team.place, REGISTER, choices)
        cases.pass_clean(team.clerk, team.place, REGISTER)
        self._register_kin(
            team,
            [
                choice.record
                for choice in choices
                if any(j.confirm and j.finding.rule == "C23" for j in choice.judgements)
            ],
            random,
        )

    def _choice(self, record: Record, findings: list[Finding], random: Random) -> cases.Choice:
        judgements = []
        for finding in findings:
            disputed = finding.answer == "disputed"
            reasons = words.UNDISPUTED if disputed else words.SET_ASIDE
            none = random.random() < (READ_KINDLY if disputed else SET_ASIDE) and finding.rule in reasons
            judgements.append(cases.Judgement(finding, not none, reasons[finding.rule] if none else ""))
        road = self.kit.road
        klass = max((road.proposes[each.finding.rule] for each in judgements if each.confirm), default=road.clean)
        return cases.Choice(record, klass, judgements)

    def _register_kin(self, team: Team, records: list[Any], random: Random) -> None:
        """Lessees that the ledger calls an officer's kin go into the roster."""
        if records:
            with commit(team.reviewer, team.place, "places", "登记近亲属") as act:
                for record in records:
                    act.save(
                        Kin(
                            officer=random.choice(team.officers),
                            name=record.lessee,
                            relation=random.choice(("配偶", "女婿", "儿媳")),
                        )
                    )

    # -- put right 规范

    def assign(self) -> dict[int, Fate]:
        """The streets hand the cases out, but for those nobody has got to. Gives case → fate."""
        owed = {
            record.pk: record.owed_fen for team in self.cast.teams for record in self._records(team).only("owed_fen")
        }
        arrears = set(
            Finding.objects.filter(register=REGISTER, rule="C15", state=Finding.State.CONFIRMED).values_list(
                "record", flat=True
            )
        )
        rows = Case.objects.filter(register=REGISTER, secret=False).order_by("organisation__path", "pk")
        plights = [
            Plight(
                case.pk,
                owed[case.record] if case.record in arrears else 0,
                case.organisation_id == self.shown.place.pk,
                case.organisation_id == self.slow.place.pk,
            )
            for case in rows
        ]
        opened, self.reopened = fates(plights, self.random)
        for number, team in enumerate(self.teams("派单")):
            _turn_to(ASSIGNED + timedelta(days=number % 4))
            orders = [
                cases.Order(
                    case,
                    case.cell.leader if case.cell else team.clerk,
                    self._deadline(opened[case.pk]),
                    words.MEASURE[case.klass],
                )
                for case in self._cases(team)
                if opened[case.pk].end != End.UNASSIGNED
            ]
            cases.assign_many(team.reviewer, team.place, REGISTER, orders)
        self._tell_clue()
        return opened

    def _cases(self, team: Team) -> Any:
        rows = Case.objects.filter(organisation=team.place, register=REGISTER, secret=False)
        return rows.select_related("organisation", "cell__leader").order_by("pk")

    def _deadline(self, fate: Fate) -> date:
        match fate.end:
            case End.WAITING:
                return self.random.choice((date(2026, 10, 3), date(2026, 10, 31)))
            case End.OVERDUE:
                return self.random.choice((date(2026, 9, 18), date(2026, 9, 25)))
            case _:
                return WAVE_DAYS[-1] + timedelta(days=self.random.choice((4, 7, 9)))

    def _tell_clue(self) -> None:
        """One clue of unlawful dealing, seen by county and auditor only."""
        found = Finding.objects.filter(register=REGISTER, rule__in=_CHARGES, state=Finding.State.CONFIRMED)
        finding = found.exclude(organisation=self.shown.place).order_by("-rule", "pk").first()
        if finding is not None:
            cases.clue(
                self.cast.officer,
                self.kit.model._default_manager.select_related("organisation").get(pk=finding.record),
                words.CLUE,
            )

    def mend(self, opened: dict[int, Fate], wave: int) -> None:
        """A week: the clerks bring evidence, the supervisors look at it, the streets accept it or send it back."""
        for number, team in enumerate(self.teams(f"整改第{wave + 1}周")):
            day = WAVE_DAYS[wave] + timedelta(days=number % 2)
            due = [case for case in self._cases(team) if self._comes(opened[case.pk], wave)]
            again = [
                case for case in self._cases(team) if opened[case.pk].returned and opened[case.pk].wave == wave - 1
            ]
            if not due and not again:
                continue
            _turn_to(day)
            self._bring(team, due, opened, wave)
            checked = [case for case in due if opened[case.pk].end in (End.ACCEPTED, End.CHECKED)] + again
            _turn_to(day + timedelta(days=1))
            self._step(team.supervisor, team, checked, "self_check", "看了现场和材料，齐全")
            _turn_to(day + timedelta(days=3))
            self._step(
                team.reviewer,
                team,
                [case for case in checked if opened[case.pk].returned and case not in again],
                "return",
                words.RETURNED,
            )
            ready = [
                case
                for case in checked
                if opened[case.pk].end == End.ACCEPTED and (case in again or not opened[case.pk].returned)
            ]
            self._step(team.reviewer, team, ready, "accept", "")

    def _comes(self, fate: Fate, wave: int) -> bool:
        """Whether its evidence comes this week. Who is late brings money and the demand, or nothing yet."""
        return fate.wave == wave and (fate.end in (End.ACCEPTED, End.CHECKED) or fate.owed_fen > 0)

    def _step(self, person: Person, team: Team, which: list[Case], name: str, note: str) -> None:
        if which:
            left = cases.step_many(person, team.place, REGISTER, which, name, note)
            assert not left, left

    def _bring(self, team: Team, due: list[Case], opened: dict[int, Fate], wave: int) -> None:
        """What each class asks for: one meeting of the village this week, papers and receipts case by case."""
        if not due:
            return
        random = Random(f"{demo.SEED}/{team.place.code}/第{wave}周")
        entitled = random.randint(30, 60)
        present = random.randint(entitled * 4 // 5, entitled)
        votes_for = random.randint(present * 4 // 5, present)
        held_on = WAVE_DAYS[wave]
        people = (f"应到 {entitled} 人，实到 {present} 人，同意 {votes_for} 人。", f"议题：{len(due)} 份合同的整改。")
        minutes, asked = None, []
        records = {
            record.pk: record
            for record in self._records(team)
            .filter(pk__in=[case.record for case in due])
            .select_related("organisation")
        }
        for case in due:
            record = records[case.record]
            for proof in self.kit.road.classes[case.klass].proofs:
                if proof.key == "demand" and record.owed_fen > 0:
                    asked.append(record)
                elif proof.kind == "file":
                    self._attach(team, record, proof.title, (words.MEASURE[case.klass],))
                elif proof.kind == "decision":
                    minutes = minutes or self._attach(team, record, words.MINUTES, people, about=False)
                    cases.resolve(
                        team.clerk,
                        record,
                        body="代表会议",
                        held_on=held_on,
                        entitled=entitled,
                        present=present,
                        votes_for=votes_for,
                        subject=words.SUBJECT[case.klass],
                        minutes=minutes,
                    )
        self._demand(team, asked, random)
        for case in due:
            self._receive(team, records[case.record], opened[case.pk])

    def _demand(self, team: Team, records: list[Any], random: Random) -> None:
        """Who owes is asked in writing, and the proof that it reached them is kept, before any money comes in."""
        if not records:
            return
        made = letters.make_many(team.clerk, team.place, records, "demand")
        deliveries = []
        for letter in made:
            way, mark = random.choice(words.SERVED)
            said = (
                f"{letter.full_number}，催收 {units.format_money(letter.amount_fen)} 元。",
                f"送达方式：{dict(Letter.Way.choices)[way]}{mark and '，'}{mark}。",
            )
            data = paper("送达回证（演示）", (letter.about, *said, "演示数据，内容全为虚构。"))
            deliveries.append(letters.Delivery(letter, way, letter.on, "送达回证.pdf", data, mark))
        letters.serve_many(team.clerk, team.place, deliveries)

    def _receive(self, team: Team, record: Any, fate: Fate) -> None:
        if fate.paid_fen:
            said = f"收到承包费 {units.format_money(fate.paid_fen)} 元。"
            slip = self._attach(team, record, words.SLIP, (said,))
            cases.receive(
                team.clerk, record, fate.paid_fen, record.lessee or "承包方", received_on=slip.on, evidence=slip
            )
        if fate.end == End.ACCEPTED and fate.paid_fen < fate.owed_fen:
            rest = f"余下 {units.format_money(fate.owed_fen - fate.paid_fen)} 元，2027 年 6 月 30 日前分两次缴清。"
            self._attach(team, record, words.INSTALMENTS, (rest,))

    def _attach(self, team: Team, record: Any, title: str, lines: tuple[str, ...], *, about: bool = True) -> Any:
        head = (record.name,) if about else (team.place.name,)
        data = paper(f"{title}（演示）", (*head, *lines, "演示数据，内容全为虚构。"))
        return cases.attach(team.clerk, record, title, f"{title}.pdf", data)

    # -- looked at again 抽查

    def spot_check(self) -> None:
        """The county draws a tenth by a seed that is shown; closes most, reopens a few, and has some yet to visit."""
        county, inspector = self.cast.county, self.cast.inspector
        _turn_to(DRAWN)
        self.progress("抽查", 0, 2)
        check = cases.spot_check(inspector, county, REGISTER, DRAW_SHARE, DRAW_SEED)
        self.progress("抽查", 1, 2)
        _turn_to(LOOKED)
        drawn = list(
            Case.objects.filter(pk__in=check.drawn)
            .select_related("organisation", "cell__leader")
            .order_by("organisation__path", "pk")
        )
        away = [case for case in drawn if case.organisation_id == self.slow.place.pk]
        back = self.random.sample(away, min(self.reopened, len(away)))
        waiting = self.random.sample(
            [case for case in drawn if case not in back], min(_WAITING_FOR_A_WORD, len(drawn) // 4)
        )
        by_village: dict[int, list[Case]] = defaultdict(list)
        for case in drawn:
            if case not in back and case not in waiting:
                by_village[case.organisation_id].append(case)
        for team in self.cast.teams:
            self._step(inspector, team, by_village[team.place.pk], "close", "实地看过，与材料一致")
        for case, why in zip(back, words.REOPENED * len(back), strict=False):
            cases.step(inspector, case, "reopen", why)
            again = Case.objects.select_related("organisation").get(pk=case.pk)
            assert case.responsible is not None
            cases.assign(
                self.cast.officer, again, case.responsible, date(2026, 10, 15), f"{words.MEASURE[case.klass]}；{why}"
            )
        self.progress("抽查", 2, 2)

    # -- the other letters 文书

    def write(self) -> None:
        """In 九院村 one of each letter that is no demand, each about the first contract that gives cause for it, if one does; of the
        village its list of what is put right, of the county the record of its spot check."""
        team = self.shown
        known = [
            letters.asked(self.kit, record, LOOKED)
            for record in self._records(team).filter(irregular=True).select_related("organisation")
        ]
        for writes in self.kit.road.letters:
            if writes.kind != "demand" and known:
                letters.make(
                    team.clerk, next((each for each in known if writes.cause(each)), known[0]).record, writes.kind
                )
        letters.list_of(team.reviewer, team.place, REGISTER)
        letters.check_record(self.cast.inspector, SpotCheck.objects.get(organisation=self.cast.county))

    # -- shown 公示

    def show(self, kind: str, day: date, only: Sequence[Team] = (), but: Sequence[Team] = ()) -> None:
        """The clerks draft, the supervisors read and sign, the sheet hangs and is photographed."""
        teams = [team for team in only or self.cast.teams if team not in but]
        for done, team in enumerate(teams):
            self.progress("公示", done, len(teams))
            _turn_to(min(day + timedelta(days=done % 4), demo.AS_OF))
            for register in (REGISTER, ASSETS):
                content = publish.MAKES[kind](team.place, register)
                if content.rows:
                    self._hang(
                        team,
                        desk.draft(
                            team.clerk, team.place, register, kind, publish.title(team.place, register, kind), content
                        ),
                    )
        self.progress("公示", len(teams), len(teams))

    def _hang(self, team: Team, draft: Notice) -> Notice:
        notice = desk.sign(team.supervisor, draft, desk.to_sign(draft))
        desk.photograph(team.clerk, notice, "公示栏.png", wall(notice, notice.code, "a4", "png"))
        return notice

    def object(self) -> None:
        """A villager objects by phone: looked into, mended, answered by a correction that still hangs its days."""
        team = next((team for team in self.cast.teams if team not in (self.shown, self.slow, self.late)), None)
        if team is None:
            return
        notice = Notice.objects.get(organisation=team.place, register=REGISTER, kind=Notice.Kind.SHEET)
        objection, _ = objections.object_to(notice, 1, words.OBJECTION, sender="demo")
        record = self.kit.model._default_manager.select_related("organisation").get(pk=notice.records[0])
        _turn_to(CORRECTED)
        intake.edit(team.clerk, record, {"location": words.MENDED_LOCATION}, note=f"异议 {objection.number}")
        draft = desk.draft(
            team.clerk,
            team.place,
            REGISTER,
            "sheet",
            notice.title,
            publish.sheet(team.place, REGISTER),
            notice,
            words.CORRECTION,
        )
        objections.answer(team.clerk, objection, words.ANSWER, self._hang(team, draft))

    def object_on_paper(self) -> None:
        """In 九院村 an objection came on paper and waits for its answer."""
        _turn_to(STEPS_SHOWN)
        notice = Notice.objects.get(organisation=self.shown.place, register=REGISTER, kind=Notice.Kind.SHEET)
        objections.object_to(notice, 3, words.WAITING_OBJECTION, person=self.shown.clerk)

    # -- the contracts' lives 合同的一生

    def live(self) -> None:
        """The clerks write down what happened to their contracts since they were signed."""
        _turn_to(STEPS_SHOWN)
        for team in self.teams("补记合同事件"):
            lives.live(team, list(self._records(team).select_related("organisation")))

    # -- the books 记账

    def keep_books(self) -> None:
        """Every village's books from 2023 on, from its contracts and its other business."""
        _turn_to(demo.AS_OF)
        for team in self.teams("记账"):
            vouchers.keep(team, list(self._records(team)))
        for team in [self.shown, *(team for team in self.cast.teams if team is not self.shown)][: statements.VILLAGES]:
            statements.hand_in(team)

    # -- the demo's day

    @contextmanager
    def judged_after(self) -> Iterator[None]:
        """Many doors, and one look at the whole county afterwards, as the house's own job takes it at night."""
        with later(f"findings:{REGISTER}", f"findings:{ASSETS}"):
            yield
        recheck(None, self.cast.county.pk)

    def stand_still(self) -> None:
        """Everything derived as of the day the demo stands at; the seed says that the demo is whole."""
        _turn_to(demo.AS_OF)
        self.progress("按演示日期核对", 0, 1)
        recheck(None, self.cast.county.pk)
        self.progress("按演示日期核对", 1, 1)
        with commit(None, self.cast.county, "places", "演示区建好") as act:
            home = Home.objects.get()
            home.seed = demo.SEED
            act.save(home, "seed")


def _turn_to(day: date) -> None:
    """The day in the home of the demo."""
    with derived():
        Home.objects.update(today=day)


def _work_off() -> None:
    """Does what is queued, as the worker would."""
    for waiting in DBTaskResult.objects.ready():
        waiting.task.call(*waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"])
        with derived():
            waiting.set_successful(None)
