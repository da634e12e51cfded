"""The card at rest 资产卡片: the register's columns as fields."""

from __future__ import annotations

from django.db import models

from mingbai.kit.record import Record, fields
from mingbai.registers.assets import depreciation
from mingbai.registers.assets.depreciation import Plan
from mingbai.registers.assets.register import REGISTER


class Asset(Record):
    """One card of a collective's assets. Money in fen, life in months."""

    vars().update(fields(REGISTER))
    register = REGISTER

    class Meta(Record.Meta):
        verbose_name = "资产"
        constraints = (models.UniqueConstraint(fields=("organisation", "serial"), name="asset_serial_once"),)
        indexes = (models.Index(fields=("organisation", "serial")), models.Index(fields=("organisation", "stage", "deadline")))

    @property
    def name(self) -> str:
        """九院村 GZ-003 旧校舍"""
        return f"{self.organisation.name} {self.asset_no or self.serial} {self.title or '资产'}"

    @property
    def course(self) -> Plan | None:
        """How it is written down."""
        return depreciation.plan(cost_fen=self.cost_fen, residual_fen=self.residual_fen, months=self.life_months, begins=self.in_use_on or self.acquired_on,
                                 method=self.method, ends=self.disposed_on)


RECORD = Asset
