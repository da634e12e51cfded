"""Invitations 邀请: a code that is good once and for some days, with which a person chooses a password nobody else ever knew.

Of the code only a keyed mark is kept. Whoever keeps people gives the code to the person face to face or by telephone.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from mingbai.places.models import Person
from mingbai.vault.seal import mark

DAYS = 7
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No i, l, o, 0, 1: a code is read out over the telephone."""


def invite(person: Person, now: datetime) -> str:
    """A fresh code for this person, whose password and earlier codes are good no more. Not saved yet."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    person.set_unusable_password()
    person.invited, person.invited_until = mark(_plain(code)), now + timedelta(days=DAYS)
    return code


def opens(person: Person, code: str, now: datetime) -> bool:
    """Whether the code is this person's, unused and not out of its days."""
    return (
        bool(person.invited)
        and person.invited_until is not None
        and now < person.invited_until
        and secrets.compare_digest(person.invited, mark(_plain(code)))
    )


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())
