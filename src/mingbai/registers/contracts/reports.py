"""Hidden contracts reported by whoever holds them 隐性合同自报: reported → confirmed by the village → a contract.

    report(clerk, village, reporter="李四", lessee="李四", what="村西两间旧房", since=date(2012, 3, 1))
    confirm(supervisor, report, ("确认单.pdf", data))       # the signed sheet in hand; the register gets a contract
    refuse(supervisor, report, "与 HT-014 是同一份")

A report counts for nothing until then, and nothing follows from a contract not having been reported: no day after which
it would be void (a threat seen in one county, without a basis in law).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from mingbai.kit import intake
from mingbai.kit.furniture import furniture
from mingbai.places.models import Organisation, Person
from mingbai.records import files
from mingbai.records.door import commit
from mingbai.registers.contracts.events import record_within
from mingbai.registers.contracts.models import Contract, SelfReport

FIELDS = (
    "reporter",
    "reporter_phone",
    "reporter_id_no",
    "lessee",
    "what",
    "land_class",
    "since",
    "until",
    "area_mu4",
    "rent_fen_per_year",
    "oral",
    "words",
)
SHEET = "隐性合同确认单"
_ASKED = (
    "title",
    "lessee",
    "lessee_id_no",
    "phone",
    "form",
    "land_class",
    "starts_on",
    "ends_on",
    "area_mu4",
    "rent_fen_per_year",
    "remark",
)


class ReportError(ValueError):
    """A report that cannot be taken, or not be decided: ``where``, ``what``, ``mend``."""

    def __init__(self, where: str, what: str, mend: str, name: str = "") -> None:
        super().__init__(f"{where}：{what}；{mend}")
        self.where, self.what, self.mend, self.name = where, what, mend, name


def report(person: Person, organisation: Organisation, *, reported_on: date | None = None, **said: Any) -> SelfReport:
    """Writes down what somebody reports.

    :raises ReportError: without who reports, who uses it and what; or for days that cannot be.
    """
    assert set(said) <= set(FIELDS), set(said) - set(FIELDS)
    with commit(person, organisation, "edit", "登记隐性合同自报") as act:
        for name, where in (("reporter", _("谁来报的")), ("lessee", _("谁在用")), ("what", _("什么"))):
            if not str(said.get(name) or "").strip():
                raise ReportError(where, _("没有填"), _("写上名字或者叫得出的东西"), name)
        on = reported_on or act.on
        if on > act.on:
            raise ReportError(_("自报日期"), _("还没有到"), _("写来报的那一天"), "reported_on")
        since, until = said.get("since"), said.get("until")
        if since and since > act.on:
            raise ReportError(_("从哪天起"), _("还没有到"), _("写实际开始用的那一天"), "since")
        if since and until and until < since:
            raise ReportError(_("到哪天止"), _("早于起始日"), _("核对两个日期"), "until")
        last = SelfReport.objects.filter(organisation=organisation).aggregate(Max("number"))["number__max"] or 0
        return act.save(SelfReport(organisation=organisation, number=last + 1, reported_on=on, by=person, **said))


def confirm(person: Person, report: SelfReport, sheet: tuple[str, bytes]) -> Contract:
    """The village confirms it with the signed sheet: it becomes a contract of the register, marked as reported.

    :raises ReportError: decided already, or by the one who wrote it down.
    :raises UnwelcomeError: a sheet that is no evidence.
    """
    with commit(person, report.organisation, "self_check", "确认隐性合同自报") as act:
        fresh = _open(report)
        if fresh.by_id == person.pk:
            raise ReportError(_("谁来确认"), _("登记的人不能自己确认"), _("请村监委会另外一个人核对、确认"))
        note = f"隐性合同自报第 {fresh.number} 号，{fresh.reported_on} 由{fresh.reporter}报告"
        contract = intake.enter(
            act,
            furniture("contracts"),
            Contract(organisation=fresh.organisation),
            {
                "title": fresh.what,
                "lessee": fresh.lessee,
                "form": "口头" if fresh.oral else "书面",
                "land_class": fresh.land_class or None,
                "starts_on": fresh.since,
                "ends_on": fresh.until,
                "area_mu4": fresh.area_mu4,
                "rent_fen_per_year": fresh.rent_fen_per_year,
                "lessee_id_no": fresh.reporter_id_no if fresh.reporter == fresh.lessee else None,
                "phone": fresh.reporter_phone if fresh.reporter == fresh.lessee else None,
                "remark": note,
            },
            asked=_ASKED,
        )
        assert isinstance(contract, Contract)
        fresh.sheet = files.keep(act, *sheet, label=SHEET, record=contract.key)
        record_within(
            act, contract, "self_report", fresh.reported_on, {"to": fresh.lessee}, words=note, paper=fresh.sheet
        )
        fresh.state, fresh.contract, fresh.decided_on, fresh.decided_by = (
            SelfReport.State.CONFIRMED,
            contract,
            act.on,
            person,
        )
        act.save(fresh, "state", "contract", "decided_on", "decided_by", "sheet")
    contract.refresh_from_db()
    return contract


def refuse(person: Person, report: SelfReport, reason: str) -> SelfReport:
    """It does not hold: kept, with the reason.

    :raises ReportError: decided already, or no reason.
    """
    if not reason.strip():
        raise ReportError(_("理由"), _("没有写"), _("写明核对了什么，例如：与哪一份合同是同一份"), "reason")
    with commit(person, report.organisation, "self_check", "隐性合同自报不成立") as act:
        fresh = _open(report)
        fresh.state, fresh.reason, fresh.decided_on, fresh.decided_by = (
            SelfReport.State.REFUSED,
            reason.strip(),
            act.on,
            person,
        )
        return act.save(fresh, "state", "reason", "decided_on", "decided_by")


def _open(report: SelfReport) -> SelfReport:
    fresh = SelfReport.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=report.pk)
    if fresh.state != SelfReport.State.REPORTED:
        raise ReportError(
            _("状态"), _("已经办过了：%(state)s") % {"state": _(fresh.get_state_display())}, _("看这一页现在的内容")
        )
    return fresh
