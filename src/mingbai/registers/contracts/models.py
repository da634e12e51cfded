"""The contract at rest 合同: the register's columns as fields."""

from __future__ import annotations

from django.db import models

from mingbai.kit.record import Record, fields
from mingbai.registers.contracts.register import REGISTER


class Contract(Record):
    """One contract of a collective. Money in fen, area in 1/10,000 mu, term in months."""

    vars().update(fields(REGISTER))
    register = REGISTER

    class Meta(Record.Meta):
        verbose_name = "合同"
        constraints = (models.UniqueConstraint(fields=("organisation", "serial"), name="contract_serial_once"),)
        indexes = (
            models.Index(fields=("organisation", "serial")),
            models.Index(fields=("organisation", "stage", "deadline")),
            models.Index(fields=("organisation", "irregular", "rectified")),
        )

    @property
    def name(self) -> str:
        """九院村 3 号 王某 果园承包合同"""
        words = self.title or "".join(filter(None, (self.lessee, self.location)))
        return f"{self.organisation.name} {self.contract_no or self.serial} {words or '合同'}"


RECORD = Contract
