"""Background work: what runs, what is done, what failed and what to do then."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from mingbai.places.here import Here, page
from mingbai.records.models import Job

PAGE = 30


@require_GET
@page("view")
def index(request: HttpRequest, here: Here) -> HttpResponse:
    rows = here.scope.of(Job).select_related("organisation", "person")
    at_work = [shown(job) for job in rows.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))[:10]]
    done = Paginator(rows.filter(state__in=(Job.State.DONE, Job.State.FAILED)), PAGE).get_page(request.GET.get("page"))
    return render(request, "web/jobs.html", {"at_work": at_work, "page": done})


@require_GET
@page("view")
def show(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """One job; the part alone where htmx asks for it."""
    job = shown(here.get(Job, pk=pk))
    return render(request, "web/parts/progress.html" if request.htmx else "web/job.html", {"job": job})


def shown(job: Job) -> dict[str, Any]:
    """A job as the progress part wants it."""
    now = job.ended_at or timezone.now()
    seconds = max(int((now - job.made_at).total_seconds()), 0)
    left = (
        seconds * (job.total - job.done) // job.done if job.state == Job.State.RUNNING and job.done and job.total else 0
    )
    ended = job.state in (Job.State.DONE, Job.State.FAILED)
    return {
        "title": job.title,
        "state": job.state,
        "done": job.done,
        "total": job.total or None,
        "now": job.message if job.state == Job.State.DONE else job.stage,
        "elapsed": _spell(seconds),
        "remaining": _spell(left) if left else "",
        "url": reverse("job", args=(job.pk,)),
        "error": job.message if job.state == Job.State.FAILED else "",
        "result_url": job.url if ended else "",
        "result_title": _("去看看"),
    }


def _spell(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)s 秒", "%(n)s 秒", seconds) % {"n": seconds}
    return ngettext("%(n)s 分钟", "%(n)s 分钟", seconds // 60) % {"n": seconds // 60}
