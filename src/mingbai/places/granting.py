"""Who may grant what: never more than one holds oneself, where one holds it (授权不超过自己)."""

from __future__ import annotations

from mingbai.places.models import Organisation, Person, Role
from mingbai.places.powers import POWERS
from mingbai.places.scope import grants_of, scope


class GrantError(ValueError):
    """A grant that would exceed the granter's own powers; the sentence names them."""


def check_grant(granter: Person, role: Role, organisation: Organisation) -> None:
    """:raises GrantError: when the granter lacks ``people`` there, or any power of the role."""
    if not scope(granter, "people").covers(organisation):
        raise GrantError(f"您在{organisation.name}没有授权的权力")
    beyond = [power for power in role.powers if not scope(granter, power).covers(organisation)]
    if beyond:
        words = "；".join(POWERS.get(power, power) for power in beyond)
        raise GrantError(f"“{role.title}”有您自己在{organisation.name}没有的权力（{words}），不能授出；请找上级管理员")


def may_grant(granter: Person, role: Role, organisation: Organisation) -> bool:
    try:
        check_grant(granter, role, organisation)
    except GrantError:
        return False
    return True


def check_account(keeper: Person, person: Person) -> None:
    """Whoever sets another's password, or lets them in, could act as them: that too must not exceed one's own powers.

    :raises GrantError: when the person may do what the keeper may not, or belongs elsewhere.
    """
    if person.home is None or not scope(keeper, "people").covers(person.home):
        raise GrantError(f"{person.name}不归您管")
    for grant in grants_of(person):
        if not may_grant(keeper, grant.role, grant.organisation):
            raise GrantError(
                f"{person.name}在{grant.organisation.name}的权力（{grant.role.title}）不比您小，请找上级管理员"
            )
