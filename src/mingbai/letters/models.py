"""Forms that places put in the house's stead, and letters made of them, with how they were served and answered."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models

from mingbai.letters.form import Block
from mingbai.letters.kinds import Kind, kinds
from mingbai.places.models import Organisation, Person
from mingbai.records.models import Attachment
from mingbai.vault.fields import FreeLine, FreeText, SealedField


class Form(models.Model):
    """A place's own form 当地范本 of a kind of letter: proposed by one person, approved by another, holding for the place and
    all below it until a newer one does. An empty ``text`` goes back to what holds above. Nothing is overwritten."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    kind = models.CharField("文书", max_length=20)
    text = models.TextField("范本", blank=True)
    note = FreeText("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="批准人")
    decided_on = models.DateField("批准日期", null=True)
    why = FreeText("理由", blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "文书范本"


class Letter(models.Model):
    """A letter 文书 as it was made; its words never change. They are sealed, and an identity number is not among them."""

    class Way(models.TextChoices):
        SIGNED = "signed", "当面签收"
        WITNESSED = "witnessed", "拒收留置，有见证人"
        EMS = "ems", "邮政特快专递"
        NOTARISED = "notarised", "公证送达"
        PUBLIC = "public", "公告送达"

    class Answer(models.TextChoices):
        AGREED = "agreed", "书面同意履行"
        DISPUTED = "disputed", "有异议"
        OTHER = "other", "其他答复"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="letters", verbose_name="组织")
    kind = models.CharField("文书", max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("号")
    record = models.CharField("记录", max_length=60, blank=True, db_index=True)
    """``contracts:12``; "" for a place's letter."""
    about = FreeLine("关于", max_length=200, blank=True)
    addressee = FreeLine("送给", max_length=200, blank=True)
    amount_fen = models.BigIntegerField("金额（分）", null=True)
    on = models.DateField("日期")
    answer_by = models.DateField("答复期限", null=True)
    words: Any = SealedField("内容")
    form = models.ForeignKey(Form, models.PROTECT, null=True, related_name="+", verbose_name="范本")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    way = models.CharField("送达方式", max_length=10, choices=Way.choices, blank=True)
    served_on = models.DateField("送达日期", null=True)
    served_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    mark = FreeLine("单号、见证人或刊登处", max_length=200, blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="送达证明")
    answer = models.CharField("答复", max_length=10, choices=Answer.choices, blank=True)
    answered_on = models.DateField("答复日期", null=True)
    answer_note = FreeText("答复内容", blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "kind", "year", "number"), name="letter_number_once"),
        )
        indexes = (models.Index(fields=("organisation", "kind", "served_on")),)
        verbose_name = "文书"

    def __str__(self) -> str:
        return f"{self.what.title} {self.full_number}"

    @property
    def what(self) -> Kind:
        return kinds()[str(self.kind)]

    @property
    def key(self) -> str:
        return str(self.record) or f"letter:{self.pk}"

    @property
    def full_number(self) -> str:
        return f"{self.organisation.name}{self.what.mark}〔{self.year}〕{self.number}号"

    @property
    def blocks(self) -> list[Block]:
        """What it says, the place of an identity number held open."""
        return [
            Block(kind, text, tuple(tuple(row) for row in rows), head)
            for kind, text, rows, head in json.loads(self.words)
        ]

    @staticmethod
    def kept(blocks: list[Block]) -> str:
        return json.dumps([(block.kind, block.text, block.rows, block.head) for block in blocks], ensure_ascii=False)
