"""Who may grant what: never more than one holds oneself, where one holds it (授权不超过自己)."""

from __future__ import annotations

from mingbai.places.models import Organisation, Person, Role
from mingbai.places.scope import scope


class GrantError(ValueError):
    """A grant that would exceed the granter's own powers; the sentence names them."""


def check_grant(granter: Person, role: Role, organisation: Organisation) -> None:
    """:raises GrantError: when the granter lacks ``people`` there, or any power of the role."""
    if not scope(granter, "people").covers(organisation):
        raise GrantError(f"您在{organisation.name}没有授权的权力")
    beyond = [power for power in role.powers if not scope(granter, power).covers(organisation)]
    if beyond:
        raise GrantError(f"“{role.title}”有您自己在{organisation.name}没有的权力（{'、'.join(beyond)}），不能授出")
