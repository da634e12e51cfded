"""The house looked at by those who keep it: every component in every state, whether it lives, and what wants doing."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai import __version__
from mingbai.board import fsck
from mingbai.places.here import Here, page
from mingbai.records import jobs, worker
from mingbai.records.models import Attachment, Event, Job
from mingbai.vault import LAST_BACKUP
from mingbai.web.opened import open_page

ROOM_LEAST, BACKUP_DAYS, WAIT_MINUTES, CHAIN_DAYS = 2 * 1024**3, 7, 10, 30


@open_page
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "web/components.html")


@open_page
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """``ok`` while the database answers; for whatever watches the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that is looked at. ``mend`` says what to do where something is wrong, and is empty where nothing is."""

    title: str
    says: str
    mend: str = ""
    url: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@page("people")
def state(request: HttpRequest, here: Here) -> HttpResponse:
    """Whether this home is well: room on the disk, the last backup, the worker and its jobs, the audit chain, the keys.
    A POST has the chains walked."""
    if request.method == "POST":
        job = jobs.enqueue(
            fsck.CHAINS,
            here.place.pk,
            organisation=here.place,
            person=here.person,
            title=fsck.CHECKED,
            url=reverse("state"),
        )
        return redirect("job", job.pk)
    now = timezone.now()
    readings = [_room(), _data(), _backup(now), _worker(now), _failures(here, now), _chain(here, now), _keys()]
    return render(
        request,
        "web/state.html",
        {"readings": readings, "ill": sum(1 for each in readings if each.mend), "version": __version__},
    )


def _room() -> Reading:
    disk = shutil.disk_usage(settings.HOME)
    said = _("还有 %(free)s，共 %(all)s") % {"free": filesizeformat(disk.free), "all": filesizeformat(disk.total)}
    return Reading(
        _("磁盘"),
        said,
        _("快满了：把旧的备份移到别处，或者换大的盘") if disk.free < max(ROOM_LEAST, disk.total // 20) else "",
    )


def _data() -> Reading:
    database = Path(str(settings.DATABASES["default"]["NAME"]))
    size = (
        filesizeformat(database.stat().st_size)
        if connection.vendor == "sqlite" and database.is_file()
        else connection.vendor
    )
    files = Attachment.objects.aggregate(size=Sum("size"))["size"] or 0
    return Reading(
        _("数据"),
        _("数据库 %(size)s，附件 %(files)s，审计记录 %(events)s 条")
        % {"size": size, "files": filesizeformat(files), "events": f"{Event.objects.count():,}"},
    )


def _backup(now: datetime) -> Reading:
    title, how = _("上次备份"), _("运行 mingbai backup，把文件放到另一台机器上")
    try:
        last: dict[str, Any] = json.loads((settings.HOME / LAST_BACKUP).read_text(encoding="utf-8"))
        made = datetime.fromisoformat(last["made_at"])
    except (OSError, ValueError, KeyError):
        return Reading(title, _("还没有备份过"), how)
    said = _("%(on)s，%(name)s") % {
        "on": timezone.localtime(made).strftime("%Y-%m-%d %H:%M"),
        "name": last.get("name", ""),
    }
    return Reading(title, said, how if now - made > timedelta(days=BACKUP_DAYS) else "")


def _worker(now: datetime) -> Reading:
    """The worker holds its lock while it lives; a job that waits long says that nobody takes it."""
    waiting = Job.objects.filter(state=Job.State.WAITING).order_by("made_at", "pk")
    alive, oldest = worker.at_work(), waiting.first()
    late = oldest is not None and now - oldest.made_at > timedelta(minutes=WAIT_MINUTES)
    said = (_("在干活") if alive else _("没有在干活")) + "；" + _("排队 %(n)s 件") % {"n": waiting.count()}
    return Reading(
        _("后台工"),
        said,
        _("用 mingbai serve 重新打开应用；它会把后台工一起打开") if not alive or late else "",
        reverse("jobs"),
    )


def _failures(here: Here, now: datetime) -> Reading:
    failed = here.scope.of(Job).filter(state=Job.State.FAILED, ended_at__gte=now - timedelta(days=7)).count()
    return Reading(
        _("一周里没有完成的任务"),
        _("%(n)s 件") % {"n": failed},
        _("打开看看为什么，多半是文件的问题") if failed else "",
        reverse("jobs"),
    )


def _chain(here: Here, now: datetime) -> Reading:
    """When the chains were last walked as a job, and what was found."""
    last = here.scope.of(Job).filter(title=fsck.CHECKED, state=Job.State.DONE).order_by("-pk").first()
    if last is None or last.ended_at is None:
        return Reading(_("审计链"), _("还没有核对过"), _("点下面的“核对审计链”；也可以运行 mingbai fsck"))
    said = f"{timezone.localtime(last.ended_at):%Y-%m-%d %H:%M}：{last.message}"
    broken = not last.message.endswith(fsck.SOUND)
    mend = (
        _("有断处：马上停用，保留现场，请懂的人来看")
        if broken
        else _("很久没有核对了")
        if now - last.ended_at > timedelta(days=CHAIN_DAYS)
        else ""
    )
    return Reading(_("审计链"), said, mend, reverse("job", args=(last.pk,)))


def _keys() -> Reading:
    seals = len(list((settings.HOME / "keys").glob("seal-*.key")))
    return Reading(
        _("密钥"),
        _("%(n)s 把") % {"n": seals},
        _("旧密钥还留着；备份都换新以后运行 mingbai rotate-keys --forget") if seals > 1 else "",
    )
