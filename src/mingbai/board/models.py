"""What the board keeps: one number per organisation and indicator. Derived; can be rebuilt at any time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingbai.places.models import Organisation


class Tally(models.Model):
    """A tally 计数: an indicator over an organisation's own records, not those below it. A place's figure is the sum
    over the range of its path, so that no total can differ from its parts."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    indicator = models.CharField("指标", max_length=60)
    number = models.BigIntegerField("数")
    """A count, or fen."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "register", "indicator"), name="tally_once"),)
        verbose_name = "计数"
