"""The record at rest 督导整改: the register's columns as fields."""

from __future__ import annotations

from django.db import models

from mingbai.kit.record import Record, fields
from mingbai.registers.inspections.register import REGISTER


class Inspection(Record):
    """One line of 督导整改台账."""

    vars().update(fields(REGISTER))
    register = REGISTER

    class Meta(Record.Meta):
        verbose_name = "督导整改"
        constraints = (models.UniqueConstraint(fields=("organisation", "serial"), name="inspection_serial_once"),)
        indexes = (
            models.Index(fields=("organisation", "serial")),
            models.Index(fields=("organisation", "stage", "deadline")),
        )


RECORD = Inspection
