"""The second factor 动态码 (TOTP, RFC 6238): a code from a telephone beside the password, for those who approve.

The secret is sealed; of the recovery codes only keyed marks are kept, each good once; a code is good once too.
"""

from __future__ import annotations

import secrets
import time

import pyotp

from mingbai.places.clock import home
from mingbai.places.models import Person
from mingbai.places.scope import grants_of
from mingbai.vault.seal import mark

APPROVING = frozenset({"accept", "spot_check", "sign", "policy", "people"})
"""Powers whose holders sign in with a second factor."""
STEP = 30
RECOVERY = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def wanted(person: Person) -> bool:
    """Whether this person must have one: whoever approves, in any home but a demo."""
    return not home().is_demo and any(APPROVING & set(grant.role.powers) for grant in grants_of(person))


def new_secret() -> str:
    return pyotp.random_base32()


def address(person: Person, secret: str) -> str:
    """What the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name="明白账")


def step_of(secret: str, code: str, after: int = 0, now: float | None = None) -> int | None:
    """The half minute a code belongs to: this one, the one before or the one after; None if it is none of theirs, or not after the last one used."""
    here = int((time.time() if now is None else now) // STEP)
    code = code.replace(" ", "")
    for step in (here, here - 1, here + 1):
        if step > after and secrets.compare_digest(pyotp.TOTP(secret).at(step * STEP), code):
            return step
    return None


def recovery_codes() -> tuple[list[str], str]:
    """Codes to be written down, and what is kept of them."""
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2)) for _ in range(RECOVERY)]
    return codes, " ".join(mark(code) for code in codes)


def spend(kept: str | None, code: str) -> str | None:
    """What is kept of the recovery codes after this one is used; None where it is none of them."""
    left = (kept or "").split()
    sign = mark(code.strip().lower())
    if sign not in left:
        return None
    left.remove(sign)
    return " ".join(left)
