"""Mergers 合并 of organisations: from a day on, one stands for two. What the merged one did stays its own.

The merged organisation keeps its name, code, records and chain. In the tree it moves below the one that took it in, so
that whoever may see or do something there may see or do it here too, and totals follow.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from mingbai.places.models import Organisation, Person
from mingbai.records.door import commit


class MergerError(ValueError):
    """A merger that cannot be; the sentence says why."""


def merge(person: Person | None, gone: Organisation, into: Organisation, on: date, source: str) -> None:
    """Merges one organisation into another; the person holds ``places`` over both. An event in each chain.

    :raises MergerError: for what is no merger.
    """
    if gone.pk == into.pk:
        raise MergerError("不能并入自己")
    if gone.level != into.level:
        raise MergerError(
            f"{gone.name}是{gone.get_level_display()}，{into.name}是{into.get_level_display()}；同一层级的才能合并"
        )
    if not source.strip():
        raise MergerError("请写明依据：批准合并的文件或者决议")
    with transaction.atomic():
        with commit(person, into, "places", "接收合并", note=source.strip()) as act:
            gone, into = Organisation.objects.get(pk=gone.pk), Organisation.objects.get(pk=into.pk)
            if gone.merged_into_id or into.merged_into_id:
                merged = gone if gone.merged_into_id else into
                raise MergerError(f"{merged.name}已经并入别处")
            if on > act.on:
                raise MergerError(f"合并日期 {on} 还没有到；到了那天再登记")
            if any(each.since and on < each.since for each in (gone, into)):
                raise MergerError("合并日期早于设立日期")
            act.told("merged", organisation=gone.pk, name=gone.name, code=gone.code, on=on)
        with commit(person, gone, "places", "并入", note=source.strip()) as act:
            below = list(gone.below.order_by("path"))
            old = gone.path
            gone.parent, gone.merged_into, gone.merged_on = into, into, on
            act.save(gone.placed())
            for each in below:
                if each.pk != gone.pk:
                    each.path = gone.path + each.path[len(old) :]
                    act.save(each, "path")
